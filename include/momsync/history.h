/*
 * History: what the records were. Every change of a record leaves what it replaced, with its time, origin and reason;
 * from that and the record as it is follows its state at any time, back to a limit (`versions` a record, and
 * `history_ms` of struct mom_config).
 *
 * Times are this node's wall clock when the change was taken, not when somebody made it at a site: "as of 10:00" means
 * what this node had at 10:00. Of one record they never go back, also when the clock was put back. Changes of one
 * batch are one change. Fields that only report the state of a phone (MOM_REPORTED) have no history; records as of a
 * time are without them.
 *
 * All questions go to a view (engine.h). Results are borrowed until the next call on this view or its end. Secrets in
 * texts are shown as ***; a struct mom_record has them as every record has.
 */
#ifndef MOMSYNC_HISTORY_H
#define MOMSYNC_HISTORY_H

#include <momsync/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a record changed. The codes are part of the store's format. */
#define MOM_REASONS(R)                                                                             \
    R(SYSTEM, 1, "system", "a consequence of something else")                                      \
    R(ADMIN, 2, "admin", "an administrator at this node")                                          \
    R(SITE, 3, "site", "a site told it as it happened there")                                      \
    R(IMPORT, 4, "import", "a site had it when it was read after connecting")                      \
    R(MERGE, 5, "merge", "another node sent it")                                                   \
    R(CONFLICT, 6, "conflict", "the outcome of a conflict, see the list of conflicts")             \
    R(UNDO, 7, "undo", "the other side of a conflict was put in place")                            \
    R(HANDOFF, 8, "handoff", "the phone moved")                                                    \
    R(RESTORE, 9, "restore", "an earlier state was put in place")

enum mom_reason {
#define MOM_REASON_ENUM(id, code, name, meaning) MOM_REASON_##id = code,
    MOM_REASONS(MOM_REASON_ENUM)
#undef MOM_REASON_ENUM
};
/* "admin"; "unknown" for what is none. Static. */
MOM_API const char *mom_reason_name(enum mom_reason reason);

/* What a change did; several at once are possible. */
enum mom_did {
    MOM_DID_CREATE = 1,
    MOM_DID_CHANGE = 2, /* groups: see `groups` */
    MOM_DID_MOVE = 4,   /* site or epoch */
    MOM_DID_DELETE = 8,
    MOM_DID_REVIVE = 16, /* it was deleted before */
    MOM_DID_PARK = 32,   /* it lost a conflict of uniqueness */
    MOM_DID_UNPARK = 64
};

/* A group and what became of it. Texts as in struct mom_conflict; ptr NULL: the group was missing. */
struct mom_replaced {
    enum mom_field group;
    struct mom_str from, to;
    struct mom_stamp from_stamp, to_stamp;
};

/* A change of a record. */
struct mom_version {
    uint64_t number;        /* of the record's changes, from 1 */
    int64_t at_ms;          /* wall time of this node */
    struct mom_stamp stamp; /* the newest that the change gave; `origin` made it */
    enum mom_reason reason;
    unsigned did; /* enum mom_did */
    mom_site from_site, to_site;
    uint32_t from_epoch, to_epoch;
    const struct mom_replaced *groups; /* of a creation: none */
    size_t group_count;
};
/* The newest change of a record whose number is below `before` (0: the newest of all). MOM_ENOENT: there is none, or it
 * is not kept any more. MOM_EINVAL; codes of the STORE band. */
MOM_MUST_CHECK MOM_API int mom_view_version(struct mom_view *view, uint64_t id, uint64_t before,
                                            struct mom_version *ret_version);

/* A record as of a time, with all changes up to and including that millisecond. MOM_ENOENT: it was not there then: not
 * made yet, or deleted. MOM_EHISTORY: what it was then is not kept any more. MOM_EINVAL; codes of the STORE band. */
MOM_MUST_CHECK MOM_API int mom_view_record_at(struct mom_view *view, uint64_t id, int64_t at_ms,
                                              const struct mom_record **ret_record);
/* All records as of a time: the one of a type with the smallest id above `after` (0 begins) that was there then.
 * MOM_ENOENT ends the walk. MOM_EHISTORY: what the record `*ret_id` was then is not kept; the walk may go on behind it.
 * Both results are written with MOM_OK, the id with MOM_EHISTORY too. */
MOM_MUST_CHECK MOM_API int mom_view_next_at(struct mom_view *view, enum mom_type type,
                                            uint64_t after, int64_t at_ms, uint64_t *ret_id,
                                            const struct mom_record **ret_record);

/* What differs in a record between two times. */
struct mom_difference {
    uint64_t id;
    bool was_there, is_there; /* at from_ms, at to_ms */
    bool was_parked, is_parked;
    mom_site from_site, to_site;       /* 0 where it is not there */
    const struct mom_replaced *groups; /* those whose values differ */
    size_t group_count;
};
/* The record of a type with the smallest id above `after` that differs between two times, in whatever order they are.
 * MOM_ENOENT ends the walk. MOM_EHISTORY: for the record ret_difference->id one of the times is not kept (nothing else
 * is written then); the walk may go on behind it. */
MOM_MUST_CHECK MOM_API int mom_view_next_difference(struct mom_view *view, enum mom_type type,
                                                    uint64_t after, int64_t from_ms, int64_t to_ms,
                                                    struct mom_difference *ret_difference);

#ifdef __cplusplus
}
#endif
#endif
