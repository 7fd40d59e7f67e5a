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
#include "login.h"
#include "presence.h"
#include "plant.h"
#include "queue.h"
#include "record.h"
#include "seal.h"
#include "stamp.h"
#include "text.h"
#include "wire.h"

#include <momsync/engine.h>
#include <momsync/limits.h>
#include <momsync/history.h>

enum {
    MOM__UNIQUE_MAX = 3,       /* unique fields of a type */
    MOM__DEFAULT_SKEW = 60000, /* ms */
    MOM__DEFAULT_HISTORY_DAYS = 90,
    MOM__DEFAULT_NODE = 0x01000000,
    MOM__DEFAULT_BRAKE = 50, /* percent */
    MOM__BRAKE_LEAST = MOM_IMPORT_BRAKE_LEAST,
    MOM__STEP_KEEP = MOM_STEP_KEEP_BYTES,
};

/* What the indexes and counters say of a record: a function of the record and of its partner. */
struct mom__index {
    struct mom_str unique[MOM__UNIQUE_MAX];
    uint64_t claimed;
    uint32_t resident; /* site, MOM__ALL_SITES, 0: nowhere */
    bool live, parked, deleted, permanent;
};

/* A record during a step. There is one object per id, written back before the commit. */
struct mom__noted;
struct mom__work {
    struct mom_record record; /* first: it is not cleared with the rest */
    struct mom__index index;  /* as it is in the store */
    struct mom__work *next_touched, *next_dirty;
    bool touched, dirty;
    enum mom_change change;   /* strongest change since the last settling */
    struct mom__noted *noted; /* registers as neighbours were last told of; NULL: there are none */
    bool *told;     /* registers that the neighbour at hand has just told us, and agrees on */
    bool fresh;     /* new to this node since then */
    bool unnoted;   /* changed since then */
    bool gone;      /* forgotten in this step */
    bool in_digest; /* DIGEST may have a row of it */
    bool alone
        [MOM__UNIQUE_MAX]; /* nobody claimed the value when it was last derived who is parked */
    struct mom__work *next_parked; /* parked since the last report, */
    bool in_parked;
    uint64_t parked_by; /* by whom, and for which value */
    enum mom_field parked_field;
    const struct mom_record *stored; /* as it is in the store; NULL: it is not */
    enum mom_reason reason;          /* of the last change */
};

/* The base row of a record at a site during a step. */
struct mom__mapping {
    mom_site site;
    uint64_t id;
    struct mom__mapping *next_dirty;
    bool exists, dirty;
    struct mom__base base; /* last: it is large */
};

enum mom__op_kind { MOM__OP_PUT, MOM__OP_REMOVE, MOM__OP_RELEASE };

/* Something that a site was told and has not answered. */
struct mom__op {
    enum mom__op_kind kind;
    uint64_t token;
    uint64_t device, user;       /* ids; 0: not touched by it */
    const char *relation;        /* PUT: what it makes of the relation of the two, NULL: nothing */
    bool new_device, new_user;   /* PUT: it is to make the record */
    bool told_device, told_user; /* PUT: the site has told the record since */
    bool ends;                   /* a registration of the user ends with it */
    int64_t deadline;            /* RELEASE */
    bool anew;                   /* RELEASE: the site may have registered the user since */
};

struct mom__site {
    mom_site number;
    char name[MOM_SITE_NAME_BYTES];
    struct mom_park park;
    enum mom_platform platform; /* as it was last told */
    unsigned warned;            /* limits at which it is nearly full: bits of mom_capacity_kind */
    bool up, importing, imported;
    bool removing;           /* it is being forgotten */
    enum mom_policy policy;  /* UNSET: that of the configuration */
    uint32_t users, devices; /* mapped */
    int64_t up_ms;           /* monotonic: when it was admitted */
    int64_t imported_ms, contact_ms;
    int64_t clock_ms;    /* its clock is ahead by so much, as it was last told */
    uint64_t held;       /* records of its last import that wait for a decision */
    uint32_t over_limit; /* records of this import that were not taken */
    /* CoA profiles that it told since it is up, and those that it was told and has not answered: bits */
    uint32_t profiles_known, profiles_told;
    struct mom__idmap seen;    /* ids that this import brought */
    struct mom__idmap refused; /* id → when it is offered again, monotonic */
    struct mom__idmap
        arrivals; /* device that says in an import that it is here now → since when, by the site's clock */
    struct mom__idmap mappings; /* id → base rows that the step has in hand */
    int64_t retry_at;
    /* records that it was asked to make before this import, without an answer */
    struct mom__queue creations;
    struct mom__queue pending; /* ids whose state at the site has to be looked at */
    struct mom__queue
        waiting; /* ids that wait for an outstanding answer: pending again when one comes */
    struct mom__queue
        owed;       /* star: ids that wait until fewer registrations are being ended: see push.c */
    size_t ends;    /* so many are, as the step began */
    uint64_t given; /* star: phones that neighbours gave back, of which the log was not told */
    struct mom__op *ops;
    size_t op_count, op_size;
};

struct mom__history;
struct mom__neighbour;
struct mom__news;
/* Which life of the store this is; incarnation.c. */
struct mom__incarnation {
    uint64_t current, previous;
    uint64_t seed;
    int64_t made_ms; /* wall time */
    bool restored;
    struct mom_restored info;
};

struct mom_engine {
    struct mom_alloc alloc;
    struct mom_store store;
    uint32_t node;
    enum mom_shape shape;
    mom_site own_site;
    enum mom_offline_delete offline_delete;
    uint32_t brake_percent;
    struct mom_park configured_sari;
    bool same_platform, site_devices_by_platform;
    int64_t skew_ms, history_ms;
    bool unique_sip_auth;
    struct mom_limits limits;
    struct mom_timers timers;
    struct mom_sealer sealer;
    enum mom_policy policy;
    void *user;
    void (*log)(void *user, enum mom_level level, const char *line);
    void (*trace)(void *user, const char *line);

    /* memory of what the store has */
    struct mom_park sari;
    struct mom__hlc clock;
    uint64_t next_id, last_conflict, last_token;
    struct mom__incarnation incarnation;
    struct mom_counts counts;
    struct mom__site **sites; /* ascending */
    size_t site_count, site_size;
    struct mom__idmap handoffs; /* device id → struct mom__handoff, the first of its list */
    struct mom__idmap logins;   /* user id → struct mom__login */
    struct mom__presences presences;
    bool dead;                          /* a step failed: only reload helps */
    struct mom__neighbour **neighbours; /* ascending */
    size_t neighbour_count;
    uint64_t fingerprint, digests; /* of all rows of DIGEST */
    struct mom_stamp seen;         /* deletions up to it are known to every node */
    int64_t collect_at;            /* monotonic */
    bool mixed;                    /* platforms: the log was told */
    unsigned warned;               /* limits: the log was told, bits of mom_capacity_kind */

    /* the step */
    struct mom_now now;
    struct mom_txn *txn;
    int failed;
    bool wrote, numbers_changed;
    mom_site teller; /* the site whose record is being merged, and which one; 0: none is */
    uint64_t told, told_partner;
    enum mom_reason reason; /* of what is being changed */
    struct mom__arena arena;
    uint32_t timed_out;      /* handoffs in this step */
    struct mom__arena aside; /* what is looked at once and not kept for the step */
    struct mom__buf buf;
    struct mom__wire_out message;
    struct mom__packs packs;
    const struct mom__neighbour *joining; /* whose record is being merged */
    struct mom__news *news; /* claims that neighbours told; the shape was not told yet */
    /* a star: what was done to claims for one of the own sites, for the others, and the last of it */
    struct mom__news *own_news, *own_news_last;
    bool telling; /* they are being told */
    struct mom__idmap works;
    struct mom__work *touched, *parked;
    struct mom__work *dirty_works, **dirty_end; /* in the order in which they were changed first */
    struct mom__mapping *dirty_mappings;
    struct mom__history *history; /* the row at hand: large. NULL: none was needed yet */
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
/* The same, not cleared. */
void *mom__step_room(struct mom_engine *e, size_t size);
struct mom_str mom__step_dup(struct mom_engine *e, struct mom_str text);

/* The record of an id; NULL: never was (or the step has failed). Tombstones are found. */
struct mom__work *mom__work(struct mom_engine *e, uint64_t id);
/* The same, live or parked only. */
struct mom__work *mom__work_live(struct mom_engine *e, uint64_t id);
/* A record of a file, which keeps its id; there must be none with this id. NULL after a failure. */
struct mom__work *mom__work_insert(struct mom_engine *e, const struct mom_record *record,
                                   enum mom_change change);
/* A new record with an id of its own. NULL after a failure. */
struct mom__work *mom__work_new(struct mom_engine *e, enum mom_type type);
/* A record of another node, as it is there, which is new here. NULL after a failure. */
struct mom__work *mom__work_adopt(struct mom_engine *e, const struct mom_record *record);
/* Forget a deleted record altogether. */
void mom__work_gone(struct mom_engine *e, struct mom__work *w);
/* Note that a record was changed; settled after the input, written before the commit. */
void mom__work_changed(struct mom_engine *e, struct mom__work *w, enum mom_change change);
/* Note that the indexes of a record may have changed through its partner. */
void mom__work_touch(struct mom_engine *e, struct mom__work *w);

/* The base row of a record at a site; `exists` is false when there is none. NULL after a failure. */
struct mom__mapping *mom__mapping(struct mom_engine *e, mom_site site, uint64_t id);
/* The same of a record at hand, which has to be of the type that the row says: else the store is damaged. */
struct mom__mapping *mom__mapping_of(struct mom_engine *e, mom_site site,
                                     const struct mom__work *w);
void mom__mapping_changed(struct mom_engine *e, struct mom__mapping *m);
/* Note the uid or ppn of a record at a site; and that it is not there any more. */
void mom__map_local(struct mom_engine *e, struct mom__mapping *m, uint32_t local);
void mom__unmap(struct mom_engine *e, struct mom__mapping *m);
/* The same, but what was agreed on is kept: the record is held, or may be until the end of the import. */
void mom__unnumber(struct mom_engine *e, struct mom__mapping *m);
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
/* The same of a record that was just loaded: what the store says, though its partner may have changed in this step. */
struct mom__index mom__index_before(struct mom_engine *e, const struct mom_record *record);
/* Bring indexes, counters and the sites' lists in step with the records that were touched. */
void mom__settle(struct mom_engine *e);
bool mom__is_permanent(const struct mom_record *user);
void mom__count(struct mom_counts *counts, const struct mom__index *index,
                const struct mom_record *record, int by);

/* --- unique.c --------------------------------------------------------------------------------- */

/* The fields of a type that have to be unique (`exclusive`: leave out those that are for look-up alone). */
size_t mom__unique_fields(const struct mom_engine *e, enum mom_type type, bool exclusive,
                          enum mom_field ret_fields[MOM__UNIQUE_MAX]);
/* The live record that has a value, 0: none. */
uint64_t mom__unique_find(struct mom_engine *e, enum mom_field field, struct mom_str value);
/* The other record that has the value of `field` in `record`, 0: none. */
uint64_t mom__unique_other(struct mom_engine *e, const struct mom_record *record,
                           enum mom_field field);
/* The live record that was created earlier and has one of the values of this one, 0: none. */
uint64_t mom__unique_winner(struct mom_engine *e, struct mom__work *w, enum mom_field *ret_field);
/* Bring the rows of a record in step with `now`; whoever may gain or lose by it is touched. */
void mom__unique_save(struct mom_engine *e, const struct mom__work *w,
                      const struct mom__index *now);

/* --- derive.c --------------------------------------------------------------------------------- */

/* Compute what follows from the registers of a record and of those that it depends on. */
void mom__derive(struct mom_engine *e, struct mom__work *w);
/* Only whether it is parked: before the rest of the input that makes it is worked on. */
void mom__derive_parked(struct mom_engine *e, struct mom__work *w);
/* Touch those that depend on it. */
void mom__derive_touch(struct mom_engine *e, const struct mom__work *w,
                       const struct mom__index *now);
/* Conflicts for those that were parked since the last call and still are. */
void mom__derive_report(struct mom_engine *e);

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
/* A site has the phone: it neither owes an end, nor counts as one that was told to end. */
void mom__settle_owing(struct mom_engine *e, struct mom__mapping *m);
/* A site, which was asked, says that this user's registration ended; `m` is of the phone. */
void mom__note_released(struct mom_engine *e, struct mom__mapping *m, uint64_t user);
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
    bool news[MOM_KINDS];       /* kinds of which the site changed something that can be compared */
    bool sent[MOM_KINDS]; /* kinds of which something was on its way there when the record came */
    bool differs;         /* the site has not what it should have */
    /* Large: filled as they are needed. */
    struct mom_record record; /* values in canonical form */
    uint64_t bare[MOM__FIELDS_MAX], bare_open[MOM__FIELDS_MAX];
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

/* Keep TOMBSTONE in step with a record. */
void mom__tombstone_save(struct mom_engine *e, const struct mom__work *w,
                         const struct mom__index *now);
void mom__delete(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp);
/* A site does not have a mapped record any more. `when_ms`: when it was deleted there, as far as we know; `told`: in a
 * notice, not by a list that lacks it. */
void mom__deleted_at_site(struct mom_engine *e, struct mom__site *site, struct mom__mapping *m,
                          int64_t when_ms, bool told);
/* A deleted record is live again: one of its groups has a stamp later than the deletion by now. */
void mom__revive(struct mom_engine *e, struct mom__work *w);

/* --- held.c, for sites (neighbour.h has the rest) --------------------------------------------- */

/* So many of so many records are more than the brake lets through. */
bool mom__brake(const struct mom_engine *e, uint64_t count, uint64_t of);
void mom__hold(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes);
bool mom__is_held(struct mom_engine *e, uint32_t where, uint64_t id);
/* Does what becomes of a record at a site depend on a decision? Not if it is there again, or does not belong there. */
bool mom__is_missing(struct mom_engine *e, struct mom__site *site, const struct mom_record *record);
/* Records that an import lacks are in HELD: tell it. */
void mom__hold_missing(struct mom_engine *e, struct mom__site *site, uint64_t count, uint64_t of);
/* Give a record a stamp later than its deletion. */
void mom__reaffirm(struct mom_engine *e, struct mom__work *w);

/* --- change.c --------------------------------------------------------------------------------- */

void mom__on_change(struct mom_engine *e, const struct mom_input *in);
/* The change of a CHANGE with all its checks; the record and the stamp that it got. A code that refuses has changed
 * nothing. */
MOM_MUST_CHECK int mom__change(struct mom_engine *e, const struct mom_input *in,
                               struct mom__work **ret_work, struct mom_stamp *ret_stamp,
                               const char **ret_why);
/* Why there may be no record like this (static); NULL: there may. `fresh`: it was none before; `was_permanent`: it was
 * counted. */
const char *mom__over_limit(const struct mom_engine *e, const struct mom_record *plan, bool fresh,
                            bool was_permanent);
void mom__on_delete(struct mom_engine *e, const struct mom_input *in);
void mom__on_setting(struct mom_engine *e, const struct mom_input *in);

/* --- incarnation.c: is the store the one that we wrote last? ----------------------------------- */

/* In the transaction that loads the store. With a configuration a new life of the store begins. */
void mom__incarnation_load(struct mom_engine *e, const struct mom_config *opening);
/* In every transaction that changes numbers: a new incarnation every hour. */
void mom__incarnation_renew(struct mom_engine *e);
void mom__on_restored_seen(struct mom_engine *e, const struct mom_input *in);

/* --- restore.c: records of an import ---------------------------------------------------------- */

void mom__on_restore(struct mom_engine *e, const struct mom_input *in);
/* Make a group of a record what it is in a file (`secrets`: the file has them); what the file does not have becomes
 * empty. True when that changed something. MOM_ENOMEM goes to *ret_rc. */
bool mom__restore_group(struct mom_record *record, const struct mom_record *file,
                        enum mom_field group, bool secrets, struct mom__arena *arena, int *ret_rc);
/* A group that a restore sets: no relation, nothing that is only reported. */
bool mom__restore_takes(enum mom_field f);

/* --- view.c ----------------------------------------------------------------------------------- */

/* What a view reads from, for the other questions of the library. */
struct mom_engine *mom__view_engine(const struct mom_view *view);
struct mom_txn *mom__view_txn(const struct mom_view *view);
/* A record as it is in the store, deleted ones too; texts are in the arena. NULL, and *ret_rc tells why: MOM_ENOENT. */
struct mom_record *mom__view_load(struct mom_view *view, uint64_t id, struct mom__arena *arena,
                                  int *ret_rc);

/* --- site.c ----------------------------------------------------------------------------------- */

struct mom__site *mom__site(const struct mom_engine *e, mom_site number);
struct mom__site *mom__site_insert(struct mom_engine *e, mom_site number);
void mom__sites_free(struct mom_engine *e);
void mom__site_load(struct mom_engine *e, struct mom_str key, struct mom_str value);
void mom__site_save(struct mom_engine *e, const struct mom__site *site);
/* The policy that counts for a site. */
enum mom_policy mom__site_policy(const struct mom_engine *e, const struct mom__site *site);
void mom__on_site_add(struct mom_engine *e, const struct mom_input *in);
void mom__on_site_remove(struct mom_engine *e, const struct mom_input *in);
void mom__set_sari(struct mom_engine *e, struct mom_park sari);
void mom__on_identified(struct mom_engine *e, const struct mom_input *in);
void mom__on_down(struct mom_engine *e, const struct mom_input *in);

/* --- capacity.c ------------------------------------------------------------------------------- */

/* How many more fit (`site` for MOM_CAPACITY_SITE_DEVICES). */
uint64_t mom__room(const struct mom_engine *e, enum mom_capacity_kind kind,
                   const struct mom__site *site);
/* Why one more does not fit; NULL: it does. Static. */
const char *mom__full(const struct mom_engine *e, enum mom_capacity_kind kind,
                      const struct mom__site *site);
/* Warn of what is nearly full and was not warned of. */
void mom__capacity_check(struct mom_engine *e);

/* --- desire.c, push.c: what a site should have ------------------------------------------------ */

bool mom__desired(struct mom_engine *e, const struct mom_record *record, mom_site site);
/* Is the group at the site to be something else than the record has, and what (borrowed, static)? NULL: as the record
 * has it. */
const char *mom__desired_instead(const struct mom_engine *e, const struct mom_record *record,
                                 mom_site site, enum mom_field group);
/* mom__record_group_hash of what the site is to have in the group. */
uint64_t mom__desired_hash(const struct mom_engine *e, const struct mom_record *record,
                           mom_site site, enum mom_field group, enum mom__hash_mode mode);
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
/* The site may have registered the user of a device since it was asked to end: it is asked again. */
void mom__release_anew(struct mom__site *site, uint64_t device);
/* Forget what the site was told and what it should be told. */
void mom__push_forget(struct mom__site *site);
/* A record is not at the site any more: who has its number now may have been refused for it there. */
void mom__push_left(struct mom_engine *e, struct mom__site *site, uint64_t id);
struct mom__op *mom__op_find(struct mom__site *site, uint64_t id);

/* --- conflict.c ------------------------------------------------------------------------------- */

struct mom__verdict {
    uint64_t id;
    enum mom_field group; /* NONE: deletion or uniqueness */
    struct mom_stamp winner, loser;
    const struct mom_record *kept, *lost; /* for the values of `group`; NULL: none */
    struct mom_str kept_text, lost_text;  /* used when there is no group */
    const char *rule;
    /* What the outcome follows from; see struct mom_conflict. Without a group, `kept` and `lost` are whole records. */
    uint32_t from;
    bool theirs_won, kept_deletion, lost_deletion;
    int64_t told_ms, clock_ms;
    uint64_t base_hash, other;
    struct mom_stamp base;
};
void mom__conflict(struct mom_engine *e, const struct mom__verdict *verdict);
/* The row of a conflict; MOM_ENOENT. Borrowed from the memory of the step. */
MOM_MUST_CHECK int mom__conflict_load(struct mom_engine *e, uint64_t sequence,
                                      struct mom_conflict *ret_conflict);
/* Note which change put the other side in place; zero: none has. */
void mom__conflict_mark(struct mom_engine *e, uint64_t sequence, struct mom_stamp stamp);
/* Open the secrets among the values, which live in the arena then. */
MOM_MUST_CHECK int mom__conflict_open(const struct mom_sealer *sealer, struct mom__arena *arena,
                                      struct mom_conflict *conflict);
MOM_MUST_CHECK int mom__conflict_decode(struct mom_str key, struct mom_str value,
                                        struct mom_conflict *ret_conflict);
/* "num=4711", secrets as ***, fields of the group parted by blanks: appended to a buffer, and as text of the step. */
void mom__group_show(struct mom__buf *buf, const struct mom_record *record, enum mom_field group);
struct mom_str mom__group_text(struct mom_engine *e, const struct mom_record *record,
                               enum mom_field group);

/* --- history.c, undo.c ------------------------------------------------------------------------ */

/* A record is about to be written: note what it replaces. */
void mom__history_note(struct mom_engine *e, const struct mom__work *w);
/* A record is forgotten, and so is what it was. */
void mom__history_forget(struct mom_engine *e, uint64_t id);
void mom__on_undo(struct mom_engine *e, const struct mom_input *in);
void mom__on_restore_at(struct mom_engine *e, const struct mom_input *in);

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
void mom__trace_handoff(struct mom_engine *e, const struct mom__fsm *fsm,
                        const struct mom__handoff *h, const struct mom__fsm_row *row);
/* A transition of another machine, about a record at a site. */
void mom__trace_step(struct mom_engine *e, const struct mom__fsm *fsm, uint64_t id, mom_site site,
                     const struct mom__fsm_row *row);

#define MOM__U(x) ((uint64_t)(x))

#endif
