/*
 * The engine: one node with its store. It knows the records, the sites, which record belongs where, who wins a
 * conflict, and how a phone is handed over. It does not know AXI, sockets or clocks.
 *
 *     struct mom_batch *b = mom_batch_new(NULL);
 *     …links and the control socket add inputs with mom_batch_add…
 *     rc = mom_engine_step(m, &now, b);               // one store transaction; nothing leaves before its commit
 *     if (mom_err_is_fatal(rc)) rc = mom_engine_reload(m, &now);
 *     while (mom_engine_next_action(m, &action)) carry_out(&action);
 *     arm_timer(mom_engine_deadline(m));              // then step with an empty batch
 *
 * A batch is all or nothing: when the store fails, nothing of it has happened and its actions do not appear. An
 * input that the rules refuse changes nothing, does not spoil its batch, and is answered with a REFUSED action if
 * it had a tag.
 *
 * Whatever the engine was doing is in the store: after a crash, mom_engine_new (or _reload) takes up every handoff
 * where it was, and the differences between what a site has and what it should have are found when the site is
 * next imported.
 */
#ifndef MOMSYNC_ENGINE_H
#define MOMSYNC_ENGINE_H

#include <momsync/ident.h>
#include <momsync/platform.h>
#include <momsync/limits.h>
#include <momsync/record.h>
#include <momsync/seal.h>
#include <momsync/store.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mom_engine;
struct mom_batch;

/* Number of a site: 1 to 16777215, chosen by the host, kept for the site's life (the OMM id of the manuals). */
typedef uint32_t mom_site;

/* Limits of one engine; 0 takes the default. What would pass one is refused with MOM_ELIMIT. */
#define MOM_LIMITS(L)                                                                              \
    L(sites, 500, "sites of the system (MOM guide 10.1, chapter 1)")                               \
    L(users, 50000, "users of the system (MOM guide 10.1, chapter 1)")                             \
    L(devices, 50000, "devices of the system: as many as users")                                   \
    L(permanent, 512, "permanent users of the system (MOM guide 10.1, permanent users)")           \
    L(site_devices, 10000, "devices of one site; 0: what its platform says, else this")            \
    L(outstanding, 32, "records on their way to one site at a time")                               \
    L(neighbours, 10, "nodes that this one exchanges records with (UDS guide 2.1.1: 10 remotes)")  \
    L(conflicts, 10000, "rows of the list of conflicts: the oldest go first")                      \
    L(versions, 16, "changes of a record that its history keeps: the oldest go first")             \
    L(per_step, MOM_STEP_EVALUATIONS,                                                              \
      "records that one step looks at for one site or sends one node")

struct mom_limits {
#define MOM_LIMIT_FIELD(name, value, why) uint32_t name;
    MOM_LIMITS(MOM_LIMIT_FIELD)
#undef MOM_LIMIT_FIELD
};

/* Timers, milliseconds; 0 takes the default. */
#define MOM_TIMERS(T)                                                                              \
    T(deliver, 10000, "how long a new site may take to accept the records of a roaming phone")     \
    T(release, 5000, "how long the former site may take to end its SIP registration")              \
    T(renew, 5000, "how long the new site may take to renew its SIP registration")                 \
    T(announce, 5000, "star: how long a site waits for the former one to let go before it renews") \
    T(elsewhere, 60000,                                                                            \
      "star: how long a site whose OMM says that another one has the phone waits for that one's "  \
      "claim before it registers again")                                                           \
    T(retry, 30000,                                                                                \
      "after a site refused a record, or did not say that it ended a registration: when it is "    \
      "asked again")                                                                               \
    T(confirm, 60000, "how long a neighbour may take to confirm what it was sent")                 \
    T(collect, 3600000, "how often deleted records that everybody has seen are forgotten")         \
    T(login, 10000, "how long a site may take to accept a user who logs in at a phone there")      \
    T(silence, 9000000,                                                                            \
      "how long a phone may be silent before its SIP registration is ended: 2.5 hours; phones "    \
      "register their location every 2 hours (SIP-DECT 8.1 Multi-OMM design guide)")

struct mom_timers {
#define MOM_TIMER_FIELD(name, value, why) int64_t name##_ms;
    MOM_TIMERS(MOM_TIMER_FIELD)
#undef MOM_TIMER_FIELD
};

/* How records are spread over the sites of a node. */
enum mom_shape {
    MOM_SHAPE_HUB, /* a record is at the site where its phone is; permanent users are everywhere */
    /* every site has every record (UDS guide 2.1.2.2); a node acts for own_site and for all that were added at it */
    MOM_SHAPE_STAR
};

/* A record that was deleted while a site was away. */
enum mom_offline_delete {
    MOM_KEEP_DELETED, /* stays deleted, unless it was changed by somebody who did not know of it */
    MOM_RESTORE_DELETED /* comes back, as the UDS guide 2.1.5 describes it */
};
/*
 * In which order a roaming phone changes its SIP registration from the former site to the new one: what the registrar
 * that the sites share wants. The policy of the new site counts (docs/handoff.md).
 */
#define MOM_POLICIES(P)                                                                            \
    P(RENEW, 1, "renew-after-confirmation",                                                        \
      "both may be registered for a moment; when the former site has ended, the new one renews")   \
    P(REMOVE_FIRST, 2, "remove-before-register",                                                   \
      "the new site gets the records when the former one has ended, or had its time for it")       \
    P(REGISTER_FIRST, 3, "register-before-remove",                                                 \
      "the former site ends when the new one has registered, or had its time for it")

enum mom_policy {
    MOM_POLICY_UNSET, /* a site: that of the configuration; the configuration: RENEW */
#define MOM_POLICY_ENUM(id, code, name, text) MOM_POLICY_##id = (code),
    MOM_POLICIES(MOM_POLICY_ENUM)
#undef MOM_POLICY_ENUM
        MOM_POLICY_END,
    MOM_POLICY_DEFAULT = 255 /* SITE_ADD: that of the configuration again */
};
/* "remove-before-register"; "unset" for UNSET and for what is no policy. Static. */
MOM_API const char *mom_policy_name(enum mom_policy policy);
/* The policy of a name, "default" for DEFAULT; UNSET: there is none of this name. */
MOM_API enum mom_policy mom_policy_of(struct mom_str name);

/* Levels of the log hook. */
enum mom_level { MOM_LOG_ERROR, MOM_LOG_WARNING, MOM_LOG_NOTICE, MOM_LOG_INFO, MOM_LOG_DEBUG };

struct mom_config {
    size_t size; /* sizeof(struct mom_config): how later versions add fields */
    struct mom_alloc alloc;
    struct mom_store store; /* taken on success: closed by mom_engine_free */
    uint32_t
        node; /* this node's origin number in stamps and ids, 0x01000000 to 0x01ffffff; 0: the default
                                0x01000000. Origins below are sites */
    struct mom_park sari; /* pli 0: the PARK of the first site that is admitted becomes the SARI */
    int64_t skew_ms;      /* a stamp further in the future than this is clamped; 0: 60000 */
    enum mom_shape shape;
    mom_site
        own_site; /* star: number of the site beside this node, 0: none. Unique in the whole system, as those of
                                   all sites that are added at it: see MOM_IN_SITE_ADD */
    enum mom_offline_delete offline_delete;
    bool
        unique_sip_auth; /* sipAuthId too belongs to one live user at most. Decided with the first record */
    /* The brake: a site or neighbour that returns and would delete more than so many percent of the records (0: 50)
     * and more than 10 is held until MOM_IN_DECIDE. */
    uint32_t brake_percent;
    /* Sites of two platform classes: false, the log tells it; true, a site of another class than those that are known
     * is refused (the UDS guide demands it of a star, the MOM guide does not of a hub). */
    bool same_platform;
    int64_t history_ms; /* how far back the history goes; 0: 90 days */
    struct mom_limits limits;
    struct mom_timers timers;
    /* Random bits from the host, new at every start: what incarnations are made of. 0: of what else is given, which
     * suffices as long as nobody sets the clock back while restoring a store. */
    uint64_t seed;
    /* mom_engine_incarnation as the host last remembered it, outside the store; 0: it remembers none. */
    uint64_t witness;
    /* Seals secrets in the store; `seal` NULL: they lie there as they came. A store that was written without is read,
     * and its secrets are sealed when their record is written again, or by mom_engine_reseal. */
    struct mom_sealer sealer;
    enum mom_policy policy; /* of sites that have none of their own; 0: RENEW */
    void *user;             /* first argument of the hooks */
    /* Either may be NULL. A log line names its subject and never shows a secret; its wording may change. A trace line
     * is one input, transition or action in the form of docs/trace.md, which does not change. */
    void (*log)(void *user, enum mom_level level, const char *line);
    void (*trace)(void *user, const char *line);
};

/* Open a node: checks the store's format and loads what is kept in memory. Fatal codes of the STORE band. */
MOM_MUST_CHECK MOM_API int mom_engine_new(const struct mom_config *config,
                                          const struct mom_now *now,
                                          struct mom_engine **ret_engine);
/* Its store is closed with it. NULL is allowed. */
MOM_API void mom_engine_free(struct mom_engine *engine);
/* Drop what is in memory and load it again from the store: after a fatal code. Every site is down afterwards; the host
 * closes its links and connects anew. */
MOM_MUST_CHECK MOM_API int mom_engine_reload(struct mom_engine *engine, const struct mom_now *now);

/*
 * Is the store the one that we wrote last? Every life of a store has a number, its incarnation: made at mom_engine_new,
 * written in its first transaction, and renewed with the first change of every hour. The host keeps it outside the
 * store (a file beside it) after mom_engine_new and whenever it has changed after a step, and gives it back as
 * `witness`. A copy that was put in the store's place has an older number; one made by mom_store_lmdb_backup also has
 * a mark.
 *
 * What is noticed is written down before anything else: the engine is `restored` until the host says that it was dealt
 * with (MOM_IN_RESTORED_SEEN). No id is given twice: the counter of ids is set ahead by 2^20.
 */

/* The number of today, never 0. */
MOM_API uint64_t mom_engine_incarnation(const struct mom_engine *engine);

/* What is known of a restored store. */
struct mom_restored {
    int64_t noticed_ms; /* wall time of the start that noticed it */
    int64_t
        snapshot_ms;  /* wall time at which the copy was made, 0: not known (a copy of the files) */
    char version[16]; /* that made the copy, "" when it is not known */
};
/* False: the store is the one that we wrote last, as far as can be told. `ret_restored` may be NULL. */
MOM_API bool mom_engine_restored(const struct mom_engine *engine,
                                 struct mom_restored *ret_restored);

/* --- secrets at rest ----------------------------------------------------------------------------- */

/* How far it has come: all 0 to begin with. */
struct mom_reseal {
    uint64_t after;      /* the last record that was looked at */
    uint64_t looked;     /* records so far */
    uint64_t rewritten;  /* records of which a secret was clear or sealed with another key */
    uint64_t unreadable; /* secrets that cannot be opened: they stay as they are */
    bool done;
};
/* Seal the secrets of up to `limit` further records (0: 1000, the most) with the key of today, in a transaction of its
 * own, between two steps. To be called until `done`; then no secret needs an older key any more. MOM_ESTATE: without a
 * sealer, while a view is open, or when actions of the last step were not all read. After a fatal code nothing of the
 * call has happened and *progress is unchanged. */
MOM_MUST_CHECK MOM_API int mom_engine_reseal(struct mom_engine *engine, size_t limit,
                                             struct mom_reseal *progress);

/* --- inputs -------------------------------------------------------------------------------------- */

enum mom_input_kind {
    /* from the host */
    /* site, name, policy (UNSET: as it is; DEFAULT): make a site known, or change it. In a star the node acts for it
     * from then on as for own_site: a vendor's remote has no node of its own. It is added before the neighbours are up,
     * and its number must not be that of a site of another node: both nodes would take its claims for their own, and a
     * user may be registered twice (docs/handoff.md) */
    MOM_IN_SITE_ADD,
    MOM_IN_SITE_REMOVE, /* site: forget it; its records stay, at no site */
    MOM_IN_SETTING, /* name, value (ptr NULL: delete): the host's own data, in the same transaction */
    MOM_IN_CHANGE, /* type, id (0: create), attrs, tag: an administrator's change. Secrets with their prefix;
                           an empty value clears. Bind and unbind: bind_to */
    MOM_IN_DELETE, /* id, tag */
    /* from a link */
    MOM_IN_IDENTIFIED, /* site, park, platform (unknown: what was told before holds): logged in and PARK read;
                          answered by ADMIT or REFUSE */
    MOM_IN_IMPORT, /* site: the import begins, records follow */
    MOM_IN_RECORD, /* site, type, local, partner_local, times, attrs: a record as the site has it. In an import
                           and in an answer it is whole, in an event (partial) what is missing is unchanged */
    MOM_IN_GONE,     /* site, type, local: the site deleted a record */
    MOM_IN_IMPORTED, /* site: the import is complete; what it did not bring is not at the site */
    MOM_IN_DOWN,     /* site: the link is gone */
    MOM_IN_LOCATED, /* site, ipei and/or subscription, at_ms (0: now): a phone registered its location at a
                           site that does not hold it, or holds it again */
    MOM_IN_RESULT, /* site, token, rc, local_device, local_user: a PUT or REMOVE is done (rc MOM_OK) or refused */
    MOM_IN_RELEASED, /* site, type, local: the SIP registration of this user ended there */
    MOM_IN_RENEWED,  /* site, type, local: the SIP registration was renewed */
    /* neighbours: other nodes with a store of their own */
    MOM_IN_NODE_ADD,    /* node, name: make a neighbour known, or rename it */
    MOM_IN_NODE_REMOVE, /* node: forget it */
    MOM_IN_NODE_UP, /* node, yes: a connection to it is there; `yes` on the side that connected */
    MOM_IN_NODE_BYTES, /* node, value: a message of it, as its NODE_BYTES action had it */
    MOM_IN_NODE_DOWN,  /* node: the connection is gone */
    MOM_IN_NODE_AUDIT, /* node, yes: compare all records now; DIFFERENCE for each that differs, and with `yes`
                           they are made equal. Refused unless the neighbour is steady */
    MOM_IN_DECIDE, /* site or node, yes: what is held there is done; else it is undone there */
    /* from the host */
    MOM_IN_UNDO, /* id: sequence number of a conflict, tag: the other side is put in place, as a change of this node
                           with all its checks. Once more: the other way round */
    MOM_IN_RESTORE_AT, /* id, at_ms, tag: a record gets the values that it had at that time (history.h), likewise */
    /* made by an import (transfer.h), by nobody else */
    MOM_IN_RESTORE, /* restore, id, value and more */
    /* from the host */
    MOM_IN_RESTORED_SEEN, /* tag: that the store is a restored one was dealt with */
    /* from a link */
    MOM_IN_HEARD, /* site, local (a ppn), or ipei and/or subscription: a phone registered its location at the site
                       that serves it. From the first one on it is watched (timer `silence`) */
    MOM_IN_LOGIN, /* site, local_device, number and/or additional, token: a user wants to log in at a phone of the
                       site. Answered by LOGIN_RESULT */
    MOM_IN_LOGOUT, /* site, local_device, token: the user of a phone logs out. Answered by LOGIN_RESULT */
    MOM_IN_SUBSCRIBE, /* site, ipei and/or additional: a phone without a record at the site asks for a subscription.
                         Answered by the records, or by REJECT */
    MOM_IN_PROFILE /* site, local (its number), name, value, at_ms (0: not told): a CoA profile as the site has it,
                      read, told, or in answer to PROFILE; without name and value there is none (profile.h) */
};

/* What a RESTORE does; which members it has is the import's affair. */
enum mom_restore {
    MOM_RESTORE_SARI = 1,
    MOM_RESTORE_FILL,    /* make a record, or what it lacks, with the stamps of the file */
    MOM_RESTORE_CHANGE,  /* make a record what it is in the file, by a new change */
    MOM_RESTORE_RELEASE, /* give up number, IPEI and additional id: another record gets them */
    MOM_RESTORE_FILL_RELATION,
    MOM_RESTORE_CHANGE_RELATION
};

struct mom_input {
    enum mom_input_kind kind;
    mom_site site;
    enum mom_type type;
    uint64_t id;
    uint64_t tag;           /* not 0: DONE or REFUSED carries it back */
    uint32_t local;         /* uid or ppn at the site */
    uint32_t partner_local; /* ppn or uid bound to it there; 0: none */
    bool has_partner;       /* partner_local was told */
    bool partial;
    /* RECORD: the site is known to have changed all that it tells without knowing what is stored. Whatever differs is a
     * conflict, which the times decide. */
    bool disputed;
    /* the site's time stamps, already corrected by its clock's offset; 0: not told */
    int64_t times_ms[MOM_KINDS];
    /* RECORD: by how much the site's clock is ahead of ours: what times_ms was corrected by */
    int64_t clock_ms;
    const struct mom_attr *attrs;
    size_t attr_count;
    struct mom_park park;
    enum mom_platform platform;
    struct mom_str name, value;
    struct mom_str ipei, subscription;
    struct mom_str number, additional; /* what somebody typed: number of a user, additional id */
    enum mom_policy policy;
    int64_t at_ms;
    uint64_t token;
    int rc;
    uint32_t local_device, local_user;
    uint32_t node;
    bool yes;
    bool has_bind;
    uint64_t bind_to; /* with has_bind: the device (for a user) or user to bind to; 0: unbind */
    enum mom_restore restore;
};

/* A list of inputs that owns copies of all they point to. NULL: there is no memory. alloc NULL: the C library's. */
MOM_API struct mom_batch *mom_batch_new(const struct mom_alloc *alloc);
/* NULL is allowed. */
MOM_API void mom_batch_free(struct mom_batch *batch);
/* Copy an input in. MOM_ENOMEM leaves the batch as it was. */
MOM_MUST_CHECK MOM_API int mom_batch_add(struct mom_batch *batch, const struct mom_input *input);
/* How many inputs it has. */
MOM_API size_t mom_batch_count(const struct mom_batch *batch);
/* Empty it and keep its memory. */
MOM_API void mom_batch_reset(struct mom_batch *batch);

/*
 * Take a batch (NULL or empty: time passed) in one transaction. MOM_OK, MOM_ESTATE when actions of the last step were
 * not all read, or a fatal code. The batch is not changed: after a fatal code and a reload it can be given again.
 */
MOM_MUST_CHECK MOM_API int mom_engine_step(struct mom_engine *engine, const struct mom_now *now,
                                           const struct mom_batch *batch);
/* When to step at the latest, on the monotonic clock. */
MOM_API int64_t mom_engine_deadline(const struct mom_engine *engine);

/* --- actions ------------------------------------------------------------------------------------- */

enum mom_action_kind {
    /* to a link */
    MOM_DO_ADMIT, /* site, park = the SARI to set there (pli 0: none known): go on with SARI and import */
    MOM_DO_REFUSE, /* site, reason, text: close the link, try again later */
    MOM_DO_PUT, /* site, token, device and/or user: create or change records, then bind or unbind.
                          Answer RESULT */
    MOM_DO_REMOVE,     /* site, token, type, local: delete a record there. Answer RESULT */
    MOM_DO_DEREGISTER, /* site, local_user, local_device: end the SIP registration. Answer RELEASED */
    MOM_DO_REGISTER, /* site, local_user, local_device: renew the SIP registration. Answer RENEWED */
    MOM_DO_REJECT, /* site, ipei, subscription, text: the located phone is not to be served there. With
                        `subscribing`: the phone (ipei, additional) is not to be subscribed there */
    MOM_DO_LOGIN_RESULT, /* site, token, rc, text, local_device, local_user: a login or logout is done (rc MOM_OK) or
                            refused */
    /* to the host */
    MOM_DO_CHANGED,  /* id, type, change: a record is new, changed, moved, parked or deleted */
    MOM_DO_CONFLICT, /* id, text: two changes did not know of each other; text says who won */
    MOM_DO_DONE,     /* tag, id: CHANGE, DELETE, UNDO or RESTORE_AT was done */
    MOM_DO_REFUSED,  /* tag, rc, text */
    /* neighbours */
    MOM_DO_NODE_BYTES, /* node, text: a message, at most MOM_NODE_MESSAGE_MAX bytes, to be carried in order */
    MOM_DO_NODE_CLOSE,  /* node, reason, text: close the connection, try again later */
    MOM_DO_NODE_STEADY, /* node: both have the same records; changes stream from now on */
    MOM_DO_DIFFERENCE,  /* node, id: found by an audit */
    MOM_DO_HELD,        /* site or node, id = how many: records that wait for MOM_IN_DECIDE */
    /* to a link */
    MOM_DO_PROFILE /* site, local, name, text: the site is to have this CoA profile, or none. Answer PROFILE */
};

enum mom_refusal {
    MOM_REFUSED_PARK_TYPE = 1,
    MOM_REFUSED_PARK_DUPLICATE,
    MOM_REFUSED_PARK_CHANGED,
    MOM_REFUSED_NODE_UNKNOWN, /* not a neighbour, or it says that it is another node */
    MOM_REFUSED_NODE_VERSION, /* it speaks another version of the messages */
    MOM_REFUSED_NODE_SARI,    /* it belongs to another system */
    MOM_REFUSED_NODE_MESSAGE, /* a message is damaged or one is missing */
    MOM_REFUSED_NODE_SILENT,  /* it did not confirm in time */
    MOM_REFUSED_PLATFORM      /* its platform class is not that of the others */
};

enum mom_change { MOM_CREATED = 1, MOM_CHANGED, MOM_MOVED, MOM_PARKED, MOM_DELETED };

/* One record of a PUT. */
struct mom_put {
    uint64_t id;    /* 0: this half is not part of the PUT */
    uint32_t local; /* 0: create it there */
    const struct mom_attr
        *attrs; /* whole for a creation, else the groups that differ; secrets with their prefix */
    size_t attr_count;
};

struct mom_action {
    enum mom_action_kind kind;
    mom_site site;
    uint32_t node;
    uint64_t token;
    uint64_t tag;
    int rc;
    enum mom_refusal reason;
    struct mom_str text;
    struct mom_park park;
    struct mom_put device, user;
    /* PUT: bind the two (DYNAMIC or FIXED relType in `relation`), unbind them, or leave the relation alone (empty). For
     * a half that is not part of the PUT, local_user or local_device says who the partner is there. */
    struct mom_str relation; /* "Fixed", "Dynamic", "Unbound" or empty */
    enum mom_type type;
    uint64_t id;
    uint32_t local, local_device, local_user;
    struct mom_str ipei, subscription, additional;
    bool subscribing;
    enum mom_change change;
    struct mom_str name; /* PROFILE */
};

/* The next action of the last step, in the order in which they must happen; false when there are no more. What it
 * points to is borrowed until the next step. */
MOM_API bool mom_engine_next_action(struct mom_engine *engine, struct mom_action *ret_action);

/* --- questions ----------------------------------------------------------------------------------- */

/* A view reads the store as of its opening. At most one is open at a time and none during a step. */
struct mom_view;
/* MOM_ESTATE when one is open, MOM_EINVAL for NULL, or a code of the STORE band. */
MOM_MUST_CHECK MOM_API int mom_view_open(struct mom_engine *engine, struct mom_view **ret_view);
/* What was borrowed from it ends. NULL is allowed. */
MOM_API void mom_view_close(struct mom_view *view);
/* MOM_OK, or the first failure (STORE band) that an answer of this view met. "There is none" may mean it from then on:
 * a listing that decides something asks at its end. The engine is as it was. MOM_EINVAL for NULL. */
MOM_API int mom_view_error(const struct mom_view *view);

/* Records: NULL when there is none. Borrowed until the next call on this view or its end. */
MOM_API const struct mom_record *mom_view_record(struct mom_view *view, uint64_t id);
/* The live record whose UNIQUE field has this value (canonical form). */
MOM_API const struct mom_record *mom_view_find(struct mom_view *view, enum mom_field field,
                                               struct mom_str value);
/* The live or parked record of a type with the smallest id above `after`: 0 begins a listing. */
MOM_API const struct mom_record *mom_view_next(struct mom_view *view, enum mom_type type,
                                               uint64_t after);
/* uid or ppn of a record at a site, 0 when it is not there. */
MOM_API uint32_t mom_view_local(struct mom_view *view, mom_site site, uint64_t id);
/* The record with the smallest uid or ppn above `after` that a site has, and that number; 0: there is none. Records
 * that were deleted or parked and that the site still has are among them. */
MOM_API uint64_t mom_view_next_local(struct mom_view *view, mom_site site, enum mom_type type,
                                     uint32_t after, uint32_t *ret_local);
/* A setting of the host; ptr NULL when there is none. Borrowed as records are. */
MOM_API struct mom_str mom_view_setting(struct mom_view *view, struct mom_str name);
/* The setting with the smallest name above `after`; false at the end. */
MOM_API bool mom_view_next_setting(struct mom_view *view, struct mom_str after,
                                   struct mom_attr *ret_setting);

/*
 * A conflict that was decided, with all that the outcome follows from. Newest: highest sequence number. At most
 * `conflicts` of struct mom_limits are kept.
 *
 * "Ours" is what this node had; "theirs" is what a site (or another node) told, `from`. A row of an older library has
 * what stands above `from`; then `from` is 0.
 */
struct mom_conflict {
    uint64_t sequence, id;
    enum mom_field group; /* NONE: of a deletion and an edit */
    struct mom_stamp winner, loser;
    int64_t decided_ms;
    struct mom_str kept, lost; /* values; secrets as *** */
    struct mom_str rule;       /* a name of mom_conflict_rule */
    uint32_t from;             /* site or node whose word was compared with ours, 0: nobody's */
    bool theirs_won;
    enum mom_type type; /* of the record; 0: not known */
    int64_t
        told_ms; /* their time by their own clock, 0: not told: taken to be the time of its arrival or, in an
                           import, of the last contact */
    int64_t
        clock_ms; /* by how much their clock was ahead of ours, as measured: subtracted from it if they are a site */
    int64_t
        skew_ms; /* a site's time further ahead of decided_ms than this was put back to that limit */
    uint64_t base_hash;    /* of what both sides last agreed on, 0: nothing is known */
    struct mom_stamp base; /* its stamp, all zero: not known */
    uint64_t other;        /* uniqueness: the record that has the value */
    bool kept_deletion, lost_deletion;
    struct mom_stamp
        undone; /* of the change that put the other side in place; all zero: none did */
    /* Both values as they are put back. For mom_conflict_check; may have secrets in them: not to be shown. */
    struct mom_str kept_values, lost_values;
};

/* The rules by which conflicts are decided. */
struct mom_rule {
    const char *name, *happens, *decides;
};
/* The i-th rule, NULL: there are no more. Static. */
MOM_API const struct mom_rule *mom_conflict_rule(size_t i);
/* Does the outcome of a row follow from what the row has? False for a rule that is none. Needs nothing but its
 * argument. */
MOM_API bool mom_conflict_check(const struct mom_conflict *conflict);

/* The conflict with the smallest number above `after`. */
MOM_API bool mom_view_next_conflict(struct mom_view *view, uint64_t after,
                                    struct mom_conflict *ret_conflict);

/* What is under way for a device. A star may have something under way at several of its own
 * sites: then it is that of the site which the phone came to, or else of the least number. */
struct mom_handoff_info {
    const char *state; /* name of the state, static; "home" when nothing is under way */
    mom_site from, to;
    uint32_t epoch;
    int64_t deadline_ms; /* monotonic, MOM_NEVER */
};
/* Of an id that is no device nothing is under way. */
MOM_API struct mom_handoff_info mom_engine_handoff(const struct mom_engine *engine,
                                                   uint64_t device);

/* How much there is, and how the handoffs went since the start. */
struct mom_counts {
    uint64_t users, devices, parked, tombstones, conflicts, permanent;
    uint64_t handoffs_active, handoffs_done, handoffs_timed_out;
};
/* Count what is in the view. */
MOM_MUST_CHECK MOM_API int mom_view_counts(struct mom_view *view, struct mom_counts *ret_counts);

/* How the secrets of all records, deleted ones too, lie in the store. Secrets that an OMM sealed for itself do not
 * count. */
struct mom_sealing {
    uint64_t clear;      /* not sealed */
    uint64_t current;    /* sealed with the key of today */
    uint64_t older;      /* with another key that we have */
    uint64_t unreadable; /* cannot be opened: no key, or damaged */
};
/* Count them; looks at every record. Codes of the STORE band. */
MOM_MUST_CHECK MOM_API int mom_view_sealing(struct mom_view *view, struct mom_sealing *ret_sealing);

/* What the engine knows of a site. */
struct mom_site_info {
    mom_site site;
    char name[MOM_SITE_NAME_BYTES];
    struct mom_park park;
    enum mom_platform platform;
    bool up, importing;
    enum mom_policy policy;  /* in force: its own, or that of the configuration */
    uint32_t users, devices; /* records that it has, as far as we know */
    uint32_t pending;        /* records that it should get, change or lose */
    uint32_t refused;        /* of these: refused by the site, offered again later */
    int64_t imported_ms;     /* wall time of the last complete import, 0: never */
};
/* False: it does not know such a site. */
MOM_API bool mom_engine_site(const struct mom_engine *engine, mom_site site,
                             struct mom_site_info *ret_info);
/* The site with the smallest number above `after`; 0: none. */
MOM_API mom_site mom_engine_next_site(const struct mom_engine *engine, mom_site after);
/* What the engine knows of a neighbour. */
struct mom_neighbour_info {
    uint32_t node;
    char name[64];
    const char
        *state;       /* "down", "greeting", "catching up", "comparing", "steady", "held"; static */
    bool agreed;      /* both had the same records at least once */
    uint32_t pending; /* records that it has not confirmed yet (while it is up), under way too */
    int64_t offset_ms;       /* its clock is ahead of ours by so much, as last measured */
    int64_t agreed_ms;       /* wall time when both last had the same records, 0: never */
    uint64_t sent, received; /* bytes of messages since the start */
    /* Records of this connection: that it announced to have for us or that we asked for, and that came (others may come
     * too). With `pending` they say how far catching up and comparing have come. */
    uint64_t expected, got;
};
/* False: it does not know such a node. */
MOM_API bool mom_engine_neighbour(const struct mom_engine *engine, uint32_t node,
                                  struct mom_neighbour_info *ret_info);
/* The neighbour with the smallest number above `after`; 0: none. */
MOM_API uint32_t mom_engine_next_neighbour(const struct mom_engine *engine, uint32_t after);
/* A hash of all records of the node, tombstones included: equal on nodes that have the same. */
MOM_API uint64_t mom_engine_fingerprint(const struct mom_engine *engine);
/* What is held for a site or a neighbour: the id above `after`, 0 when there is none. */
MOM_API uint64_t mom_view_next_held(struct mom_view *view, uint32_t site_or_node, uint64_t after);

/* How many sites have which platform class, as they last told it; is it a mixture? `ret_platforms` may be NULL. */
MOM_API bool mom_engine_platform_mixture(const struct mom_engine *engine,
                                         struct mom_platforms *ret_platforms);

/* The limits that count something. At 90 % of one the log gets a warning, once until it fell below 85 %. */
enum mom_capacity_kind {
    MOM_CAPACITY_SITES,
    MOM_CAPACITY_USERS, /* parked ones too */
    MOM_CAPACITY_DEVICES,
    MOM_CAPACITY_PERMANENT,
    MOM_CAPACITY_SITE_DEVICES, /* of one site */
    MOM_CAPACITY_COUNT
};
struct mom_capacity {
    const char *name; /* of the limit in MOM_LIMITS, static */
    bool of_site;     /* one of each site, not one of the system */
    bool near;        /* 90 % or more are used */
    uint64_t used, limit;
};
/* `site` for SITE_DEVICES alone. False: no such kind or site. */
MOM_API bool mom_engine_capacity(const struct mom_engine *engine, enum mom_capacity_kind kind,
                                 mom_site site, struct mom_capacity *ret_capacity);
/* The SARI in force, pli 0: none yet. */
MOM_API struct mom_park mom_engine_sari(const struct mom_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
