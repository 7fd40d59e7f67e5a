/*
 * The inside of an engine: what it keeps in memory, what it works on during a step, and the
 * functions that its files share. Only files of libmomsync include this.
 *
 * Failures of the store and of memory stick: the first one is kept in `failed`, and from then on
 * every access to the store does nothing. So the rules need not check each call; the step looks
 * once, at its end, and aborts.
 */
#ifndef MOM__NODE_H
#define MOM__NODE_H

#include "alloc.h"
#include "arena.h"
#include "base_row.h"
#include "buf.h"
#include "fmt.h"
#include "handoff.h"
#include "idmap.h"
#include "keys.h"
#include "queue.h"
#include "record.h"
#include "stamp.h"
#include "text.h"

#include <momsync/engine.h>

enum {
    MOM__UNIQUE_MAX = 2,       /* unique fields of a type */
    MOM__DEFAULT_SKEW = 60000, /* ms */
    MOM__DEFAULT_NODE = 0x01000000,
    MOM__STEP_EVALUATIONS =
        1000, /* records looked at for a site in one step; the rest waits for the next */
    MOM__BRAKE_LEAST = 10,     /* an import may always delete so many records */
    MOM__STEP_KEEP = 16 << 20, /* bytes of memory that a step leaves for the next */
};

/* What the indexes and counters say of a record: a function of the record and of its partner. */
struct mom__index {
    struct mom_str unique[MOM__UNIQUE_MAX];
    uint32_t resident; /* site, MOM__ALL_SITES, 0: nowhere */
    bool live, parked, deleted;
};

/* A record during a step. There is one object per id, written back before the commit. */
struct mom__work {
    struct mom_record record;
    struct mom__index index; /* as it is in the store */
    struct mom__work *next_touched, *next_dirty;
    bool touched, dirty;
    enum mom_change change; /* strongest change since the last settling */
};

/* The base row of a record at a site during a step. */
struct mom__mapping {
    struct mom__base base;
    mom_site site;
    uint64_t id;
    struct mom__mapping *next_dirty;
    bool exists, dirty;
};

enum mom__op_kind { MOM__OP_PUT, MOM__OP_REMOVE, MOM__OP_RELEASE };

/* Something that a site was told and has not answered. */
struct mom__op {
    enum mom__op_kind kind;
    uint64_t token;
    uint64_t device, user;       /* ids; 0: not touched by it */
    const char *relation;        /* PUT: what it makes of the relation of the two, NULL: nothing */
    bool told_device, told_user; /* PUT: the site has told the record since */
    int64_t deadline;            /* RELEASE */
};

struct mom__site {
    mom_site number;
    char name[64];
    struct mom_park park;
    bool up, importing, imported;
    uint32_t users, devices; /* mapped */
    int64_t imported_ms, contact_ms;
    int64_t clock_ms;           /* its clock is ahead by so much, as it was last told */
    uint32_t over_limit;        /* records of this import that were not taken */
    struct mom__idmap seen;     /* ids that this import brought */
    struct mom__idmap refused;  /* id → when it is offered again, monotonic */
    struct mom__idmap mappings; /* id → base rows that the step has in hand */
    int64_t retry_at;
    /* records that it was asked to make before this import, without an answer */
    struct mom__queue creations;
    struct mom__queue arrivals; /* devices that say in an import that they are at this site now */
    struct mom__queue pending;  /* ids whose state at the site has to be looked at */
    struct mom__queue
        waiting; /* ids that wait for an outstanding answer: pending again when one comes */
    struct mom__op *ops;
    size_t op_count, op_size;
};

struct mom_engine {
    struct mom_alloc alloc;
    struct mom_store store;
    uint32_t node;
    struct mom_park configured_sari;
    int64_t skew_ms;
    struct mom_limits limits;
    struct mom_timers timers;
    void *user;
    void (*log)(void *user, enum mom_level level, const char *line);
    void (*trace)(void *user, const char *line);

    /* memory of what the store has */
    struct mom_park sari;
    struct mom__hlc clock;
    uint64_t next_id, last_conflict, last_token;
    struct mom_counts counts;
    struct mom__site **sites; /* ascending */
    size_t site_count, site_size;
    struct mom__idmap handoffs; /* device id → struct mom__handoff */
    bool dead;                  /* a step failed: only reload helps */

    /* the step */
    struct mom_now now;
    struct mom_txn *txn;
    int failed;
    bool wrote, numbers_changed;
    mom_site teller; /* the site whose record is being merged, and which one; 0: none is */
    uint64_t told, told_partner;
    struct mom__arena arena;
    struct mom__buf buf;
    struct mom__idmap works;
    struct mom__work *touched, *dirty_works;
    struct mom__mapping *dirty_mappings;
    struct mom_view *view;

    /* actions of the last step */
    struct mom__action *actions, **actions_end, *unread;
};

struct mom__action {
    struct mom_action action;
    struct mom__action *next;
};

/* --- tx.c: the store during a step, and the working set --------------------------------------- */

void mom__fail(struct mom_engine *e, int code);
bool mom__get(struct mom_engine *e, enum mom_table table, struct mom_str key,
              struct mom_str *ret_value);
void mom__put(struct mom_engine *e, enum mom_table table, struct mom_str key, struct mom_str value);
void mom__del(struct mom_engine *e, enum mom_table table, struct mom_str key);
void mom__scan(struct mom_engine *e, enum mom_table table, struct mom_str from, mom_visit *visit,
               void *user);
/* Memory of the step, cleared; NULL after a failure. */
void *mom__step_alloc(struct mom_engine *e, size_t size);
struct mom_str mom__step_dup(struct mom_engine *e, struct mom_str text);

/* The record of an id; NULL: never was (or the step has failed). Tombstones are found. */
struct mom__work *mom__work(struct mom_engine *e, uint64_t id);
/* The same, live or parked only. */
struct mom__work *mom__work_live(struct mom_engine *e, uint64_t id);
/* A new record with an id of its own. NULL after a failure. */
struct mom__work *mom__work_new(struct mom_engine *e, enum mom_type type);
/* Note that a record was changed; settled after the input, written before the commit. */
void mom__work_changed(struct mom_engine *e, struct mom__work *w, enum mom_change change);
/* Note that the indexes of a record may have changed through its partner. */
void mom__work_touch(struct mom_engine *e, struct mom__work *w);

/* The base row of a record at a site; `exists` is false when there is none. NULL after a failure. */
struct mom__mapping *mom__mapping(struct mom_engine *e, mom_site site, uint64_t id);
void mom__mapping_changed(struct mom_engine *e, struct mom__mapping *m);
/* Note the uid or ppn of a record at a site; and that it is not there any more. */
void mom__map_local(struct mom_engine *e, struct mom__mapping *m, uint32_t local);
void mom__unmap(struct mom_engine *e, struct mom__mapping *m);
/* Id of the record with this uid or ppn, 0: none. */
uint64_t mom__local_id(struct mom_engine *e, mom_site site, enum mom_type type, uint32_t local);
/* uid or ppn, 0: not there. */
uint32_t mom__local_of(struct mom_engine *e, mom_site site, uint64_t id);

int mom__tx_begin(struct mom_engine *e);
int mom__tx_end(struct mom_engine *e);
void mom__tx_forget(struct mom_engine *e);
struct mom_stamp mom__stamp_new(struct mom_engine *e);
/* A stamp for a change that a site made at `ms` (0: now) to a group that has the stamp `current`. */
struct mom_stamp mom__stamp_of_site(struct mom_engine *e, mom_site site, int64_t ms,
                                    struct mom_stamp current);

/* --- index.c: indexes, counters, and who has to be told of a change --------------------------- */

struct mom__index mom__index_of(struct mom_engine *e, const struct mom_record *record);
/* Bring indexes, counters and the sites' lists in step with the records that were touched. */
void mom__settle(struct mom_engine *e);
bool mom__is_permanent(const struct mom_record *user);
void mom__count(struct mom_counts *counts, const struct mom__index *index,
                const struct mom_record *record, int by);

/* --- unique.c --------------------------------------------------------------------------------- */

/* The fields of a type that have to be unique (`exclusive`: leave out those that are for look-up alone). */
size_t mom__unique_fields(enum mom_type type, bool exclusive,
                          enum mom_field ret_fields[MOM__UNIQUE_MAX]);
/* The live record that has a value, 0: none. */
uint64_t mom__unique_find(struct mom_engine *e, enum mom_field field, struct mom_str value);
/* The other record that has the value of `field` in `record`, 0: none. */
uint64_t mom__unique_other(struct mom_engine *e, const struct mom_record *record,
                           enum mom_field field);
/* A record is about to become live: whoever was created later is parked. */
void mom__unique_enter(struct mom_engine *e, struct mom__work *w);
void mom__park(struct mom_engine *e, struct mom__work *loser, const struct mom__work *winner,
               enum mom_field field);

/* --- relation.c ------------------------------------------------------------------------------- */

struct mom__observed;
/* Bind user and device, or unbind (`device` or `user` NULL), under one stamp; earlier partners are released. */
void mom__relate(struct mom_engine *e, struct mom__work *device, struct mom__work *user,
                 struct mom_str rel_type, struct mom_stamp stamp);
void mom__unbind(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp);
/* Hash of a relation group. */
uint64_t mom__relation_hash(enum mom_type type, struct mom_str rel_type, uint64_t partner);
enum mom_field mom__relation_group(enum mom_type type);
/* A record and its partner live at a site from now on. */
void mom__move(struct mom_engine *e, struct mom__work *w, mom_site site, uint32_t epoch,
               int64_t claim_ms);
/* The phone was at a site and is elsewhere by a newer claim: what the site may have registered is to end. */
void mom__owes(struct mom_engine *e, struct mom__site *site, const struct mom__work *device);
void mom__relation_merge(struct mom_engine *e, struct mom__observed *seen);
/* Note in the base rows that two records are bound at a site (`rel_type` "Unbound": are not). */
void mom__relation_note(struct mom_engine *e, mom_site site, uint64_t device, uint64_t user,
                        struct mom_str rel_type);
/* A record is not at a site any more: whoever was bound to it there is free there. */
void mom__relation_note_gone(struct mom_engine *e, const struct mom__mapping *m);
/* Does the relation of a record at a site differ from what the hub has? */
bool mom__relation_differs(struct mom_engine *e, const struct mom_record *record,
                           struct mom__mapping *m);

/* --- import.c, merge.c ------------------------------------------------------------------------ */

/* A record as a site told it. */
struct mom__observed {
    struct mom__site *site;
    const struct mom_input *in;
    struct mom_record record;    /* values in canonical form */
    int64_t times_ms[MOM_KINDS]; /* by our clock */
    int64_t told_ms[MOM_KINDS];  /* by the site's, as it is in the base */
    struct mom__work *work;
    struct mom__mapping *mapping;
    bool fresh;   /* the record was made from this */
    bool asked;   /* the site makes it because we asked for it */
    bool leaving; /* we told the site to remove it */
    bool told
        [MOM__FIELDS_MAX]; /* groups to merge that the site told, at the index of their first field */
    bool part[MOM__FIELDS_MAX]; /* …but not all of its fields: hashes of what it did tell */
    uint64_t bare[MOM__FIELDS_MAX], bare_open[MOM__FIELDS_MAX];
    bool news[MOM_KINDS]; /* kinds of which the site changed something that can be compared */
    bool differs;         /* the site has not what it should have */
};

/* creation.c: the record of ours that the site is just making, 0: none. */
uint64_t mom__creation_find(struct mom_engine *e, const struct mom__observed *seen);
void mom__creations_load(struct mom_engine *e, struct mom__site *site);
void mom__creations_end(struct mom_engine *e, struct mom__site *site);

void mom__on_import(struct mom_engine *e, const struct mom_input *in);
void mom__on_record(struct mom_engine *e, const struct mom_input *in);
void mom__on_gone(struct mom_engine *e, const struct mom_input *in);
void mom__on_imported(struct mom_engine *e, const struct mom_input *in);
/* Merge all groups but the relation. */
void mom__merge(struct mom_engine *e, struct mom__observed *seen);
/* When the site last changed something that the base does not have; 0: never. The base has it afterwards. */
int64_t mom__merge_news(struct mom_engine *e, struct mom__observed *seen);
/* Times of a site that are in the future are put back; told once per record. */
void mom__merge_times(struct mom_engine *e, struct mom__observed *seen);

/* --- remove.c: deletions ---------------------------------------------------------------------- */

void mom__delete(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp);
/* A site does not have a mapped record any more. `when_ms`: when it was deleted there, as far as we know. */
void mom__deleted_at_site(struct mom_engine *e, struct mom__site *site, struct mom__mapping *m,
                          int64_t when_ms);
struct mom_stamp mom__tombstone_stamp(struct mom_engine *e, uint64_t id);
/* A deleted record is live again. */
void mom__revive(struct mom_engine *e, struct mom__work *w);

/* --- change.c --------------------------------------------------------------------------------- */

void mom__on_change(struct mom_engine *e, const struct mom_input *in);
void mom__on_delete(struct mom_engine *e, const struct mom_input *in);
void mom__on_setting(struct mom_engine *e, const struct mom_input *in);

/* --- site.c ----------------------------------------------------------------------------------- */

struct mom__site *mom__site(const struct mom_engine *e, mom_site number);
struct mom__site *mom__site_insert(struct mom_engine *e, mom_site number);
void mom__sites_free(struct mom_engine *e);
void mom__site_load(struct mom_engine *e, struct mom_str key, struct mom_str value);
void mom__site_save(struct mom_engine *e, const struct mom__site *site);
void mom__on_site_add(struct mom_engine *e, const struct mom_input *in);
void mom__on_site_remove(struct mom_engine *e, const struct mom_input *in);
void mom__on_identified(struct mom_engine *e, const struct mom_input *in);
void mom__on_down(struct mom_engine *e, const struct mom_input *in);

/* --- desire.c, push.c: what a site should have ------------------------------------------------ */

bool mom__desired(struct mom_engine *e, const struct mom_record *record, mom_site site);
/* Look at a record for a site when there is room. `urgent`: before all others. */
void mom__want(struct mom_engine *e, struct mom__site *site, uint64_t id, bool urgent);
/* The same for every site that may have to do with it. */
void mom__want_everywhere(struct mom_engine *e, uint64_t id);
/* Has the site the device, its user and their relation? */
bool mom__has_all(struct mom_engine *e, struct mom__site *site, const struct mom_record *device);
void mom__push_all(struct mom_engine *e);
void mom__push_timers(struct mom_engine *e);
int64_t mom__push_deadline(const struct mom_engine *e);
void mom__on_result(struct mom_engine *e, const struct mom_input *in);
/* The SIP registration of a user that was to be released ended (or the time for it passed). */
void mom__released(struct mom_engine *e, struct mom__site *site, uint64_t user);
/* Forget what the site was told and what it should be told. */
void mom__push_forget(struct mom__site *site);
struct mom__op *mom__op_find(struct mom__site *site, uint64_t id);

/* --- conflict.c ------------------------------------------------------------------------------- */

struct mom__verdict {
    uint64_t id;
    enum mom_field group; /* NONE: deletion or uniqueness */
    struct mom_stamp winner, loser;
    const struct mom_record *kept, *lost; /* for the values of `group`; NULL: none */
    struct mom_str kept_text, lost_text;  /* used when there is no group */
    const char *rule;
};
void mom__conflict(struct mom_engine *e, const struct mom__verdict *verdict);
MOM_MUST_CHECK int mom__conflict_decode(struct mom_str key, struct mom_str value,
                                        struct mom_conflict *ret_conflict);
/* "num=4711", secrets as ***, fields of the group parted by blanks. */
struct mom_str mom__group_text(struct mom_engine *e, const struct mom_record *record,
                               enum mom_field group);

/* --- action.c --------------------------------------------------------------------------------- */

/* Append an action; texts are copied. NULL after a failure. */
struct mom_action *mom__act(struct mom_engine *e, enum mom_action_kind kind, mom_site site);
void mom__refuse(struct mom_engine *e, const struct mom_input *in, int code, const char *text);
void mom__done(struct mom_engine *e, const struct mom_input *in, uint64_t id);

/* --- trace.c ---------------------------------------------------------------------------------- */

/* %s text, %S struct mom_str by pointer, %u uint64_t, %x uint64_t in hexadecimal, %d int64_t, %% itself. */
void mom__logf(struct mom_engine *e, enum mom_level level, const char *line, ...);
void mom__trace_input(struct mom_engine *e, const struct mom_input *in);
void mom__trace_action(struct mom_engine *e, const struct mom_action *action);
void mom__trace_handoff(struct mom_engine *e, const struct mom__handoff *h,
                        const struct mom__handoff_row *row);

#define MOM__U(x) ((uint64_t)(x))

#endif
