/*
 * The inside of momsim: a whole system in one thread, on a virtual clock, from one seed.
 *
 * What is simulated knows the library by its public headers alone. The oracle knows nothing of the
 * library: it has what people did, and finds it again by the values that they set, each of which is
 * set only once.
 */
#ifndef MOMSIM_SIM_H
#define MOMSIM_SIM_H

#include <momsync/momsync.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_VALUE = 56, /* bytes of a value, a sealed secret included */
    SIM_JOBS = 96,  /* actions that a conversation has under way */
    SIM_NODES = 11, /* of a star: the most */
    SIM_SECOND = 1000,
    SIM_MINUTE = 60 * SIM_SECOND,
    SIM_HOUR = 60 * SIM_MINUTE,
};

#define SIM_DAY   (24 * (int64_t)SIM_HOUR)
#define SIM_EPOCH INT64_C(1700000000000) /* wall clock at the time 0 */

/* Fields of the simulated records. The order is that of sim_fields. */
enum sim_field {
    F_NUM,
    F_NAME,
    F_HIERARCHY,
    F_ADDID,
    F_SIPAUTH,
    F_SIPPW,
    F_PERMANENT,
    F_FWDSTATE,
    F_FWDDEST,
    F_FWDTIME,
    F_MODE,
    F_USER_END,
    F_IPEI = F_USER_END,
    F_AC,
    F_S,
    F_UAK,
    F_SUBSCRIPTION,
    F_PARI_ONLY,
    F_OMMID,
    F_COUNT
};

struct sim_field_row {
    const char *name;
    enum mom_field field;
    enum mom_kind kind;
    char
        mark; /* values that people set are this letter and the number of the edit; 0: it has no mark of its own */
    bool secret, reported;
};
extern const struct sim_field_row sim_fields[F_COUNT];

static inline enum sim_field sim_first(enum mom_type type)
{
    return type == MOM_USER ? F_NUM : F_IPEI;
}

static inline enum sim_field sim_end(enum mom_type type)
{
    return type == MOM_USER ? F_USER_END : F_COUNT;
}

/* A record as a site has it, or a part of one on its way. */
struct sim_rec {
    bool used;
    enum mom_type type;
    uint32_t local, partner;
    bool fixed, stopped;      /* bound for good; a user whose SIP registration was ended */
    int64_t heard;            /* a device: when its phone was last heard here */
    bool unknown;             /* ... which no node was told, and the record does not show it */
    int64_t times[MOM_KINDS]; /* ms, whole seconds by the clock of the site */
    bool has[F_COUNT];
    char v[F_COUNT][SIM_VALUE];
};

struct sim;
typedef void sim_handler(struct sim *s, void *ctx, uint64_t arg);

/* --- messages on their way -------------------------------------------------------------------- */

/* M(kind, from, to, what it says) */
/* clang-format off */
#define SIM_MESSAGES(M) \
    M(RECORD, OMM, NODE, "a record: it changed, or it was asked for") \
    M(GONE, OMM, NODE, "a record is deleted") \
    M(LOCATED, OMM, NODE, "a phone registered its location") \
    M(RELEASED, OMM, NODE, "a registration was ended") \
    M(RENEWED, OMM, NODE, "a registration was renewed") \
    M(HEARD, OMM, NODE, "a phone was heard") \
    M(LOGIN, OMM, NODE, "a user logs in") \
    M(LOGOUT, OMM, NODE, "a user logs out") \
    M(SUBSCRIBE, OMM, NODE, "a phone asks for a subscription") \
    M(ANSWER, OMM, NODE, "the answer to a request") \
    M(DEVICES_END, OMM, NODE, "a page of devices ends") \
    M(USERS_END, OMM, NODE, "a page of users ends") \
    M(CONTROL, NODE, OMM, "the first request") \
    M(GET_DEVICES, NODE, OMM, "a page of devices") \
    M(GET_USERS, NODE, OMM, "a page of users") \
    M(SET, NODE, OMM, "make or change a record") \
    M(FIND, NODE, OMM, "is it there already?") \
    M(RELATE, NODE, OMM, "bind, unbind") \
    M(DELETE, NODE, OMM, "delete a record") \
    M(DEREGISTER, NODE, OMM, "end a registration") \
    M(REGISTER, NODE, OMM, "renew a registration") \
    M(REJECT, NODE, OMM, "reject a phone") \
    M(BYTES, NODE, NODE, "a message between neighbours")
/* clang-format on */

enum sim_msg_kind {
#define SIM_MSG_ENUM(kind, from, to, text) M_##kind,
    SIM_MESSAGES(SIM_MSG_ENUM)
#undef SIM_MSG_ENUM
};

struct sim_msg {
    enum sim_msg_kind kind;
    unsigned generation;
    bool event; /* RECORD: not an answer, not of a list */
    bool create;
    enum mom_type type;
    uint32_t local, local2;
    unsigned job;
    int rc, phone;
    int user; /* LOGIN, LOGOUT: object of the user who does */
    int64_t at;
    int64_t made; /* true time at which it was composed */
    char relation[12];
    struct sim_rec rec;
    struct sim_msg *next;
    const char *bytes; /* BYTES: borrowed; a pipe copies them */
    size_t size;
};

/* --- pipes: delay, order, loss (link.c) ------------------------------------------------------- */

/* A connection: bytes in order while it lasts, lost when it breaks. End 0 is that of the node
 * which dials. */
struct sim_pipe {
    unsigned id;
    int64_t delay, jitter;
    int64_t arrive[2]; /* towards an end: when the last message comes in */
    int64_t stuck[2];  /* towards an end: nothing arrives before */
    int64_t cut;       /* no connection can be made before */
    unsigned generation;
    bool up;
    void *owner;
    void (*deliver)(struct sim *s, void *owner, int end, struct sim_msg *msg);
    void (*broken)(struct sim *s, void *owner, int end);
    void (*opened)(struct sim *s, void *owner);
};

void sim_pipe_send(struct sim *s, struct sim_pipe *p, int to, const struct sim_msg *msg);
void sim_pipe_break(struct sim *s, struct sim_pipe *p);
/* Dial: `opened` when it is there; tried again while it cannot be. */
void sim_pipe_redial(struct sim *s, struct sim_pipe *p);
void sim_pipe_dial(struct sim *s, struct sim_pipe *p, int64_t after);

/* --- nodes (node.c, store.c) ------------------------------------------------------------------ */

struct sim_store {
    struct mom_store memory;
    uint64_t operations;
    uint64_t fail_at; /* operation that fails, 0: none */
    int fail_code;
    bool full;        /* every write fails with MOM_EFULL */
    bool lose_commit; /* the next commit is done, and the power fails before it is known */
    bool spared;      /* it does not fail: somebody only looks */
    bool hurt;        /* it failed since this was last cleared */
    bool committed;   /* something was written since this was last cleared, whoever knows of it */
};

struct sim_node {
    unsigned number;
    struct sim_store disk;
    struct mom_config config;
    struct mom_engine *engine; /* NULL: it is off */
    struct mom_batch *batch;
    int64_t boot;     /* true time of its start: 0 of its monotonic clock */
    int64_t offset;   /* its wall clock is ahead by so much */
    int64_t latest;   /* the latest that its wall clock ever showed */
    int64_t step_due; /* true time, MOM_NEVER */
    unsigned generation;
    unsigned crash_after;                /* actions until it crashes, 0: it does not */
    uint64_t last_conflict, last_undone; /* rows of its list */
    struct sim_mark *marks;              /* what the batch tells, for the oracle */
    size_t mark_count, mark_size;
    uint64_t changed[512];
    size_t changed_count;
};

/* An edit that is in a batch: heard when the batch is committed. */
struct sim_mark {
    unsigned edit;
    int object;
    int64_t made;
};

void sim_store_wrap(struct sim_store *disk, struct mom_store *ret_store);
void sim_node_start(struct sim *s, struct sim_node *n);
void sim_node_stop(struct sim *s, struct sim_node *n);
/* One of them. */
struct sim_node *sim_node_any(struct sim *s);
/* Somebody decides about all that the brake holds. */
void sim_node_decide(struct sim *s, struct sim_node *n);
void sim_node_crash(struct sim *s, struct sim_node *n, bool fresh);
/* A view during which the disk does not fail. NULL: the simulation has failed. */
struct mom_view *sim_node_view(struct sim *s, struct sim_node *n);
void sim_node_view_end(struct sim_node *n, struct mom_view *view);
/* What is gathered is given to a step at once. */
void sim_node_flush(struct sim *s, struct sim_node *n);
void sim_node_add(struct sim *s, struct sim_node *n, const struct mom_input *in);
void sim_node_mark(struct sim_node *n, unsigned edit, int object, int64_t made);
struct mom_now sim_node_now(const struct sim *s, const struct sim_node *n);

/* --- sites (site.c) and their conversations (omm.c) ------------------------------------------- */

enum sim_stage {
    STAGE_DEVICE,
    STAGE_DEVICE_FIND,
    STAGE_USER,
    STAGE_USER_FIND,
    STAGE_RELATION,
    STAGE_ONLY
};

struct sim_job {
    bool used;
    uint64_t token;
    enum mom_action_kind kind;
    enum sim_stage stage;
    bool device, user;
    struct sim_rec device_rec, user_rec;
    uint32_t local_device, local_user;
    char relation[12];
};

struct sim_site {
    mom_site number;
    struct mom_park park;
    enum mom_policy policy; /* of its own; UNSET: none */
    char omm_id[MOM_OMM_ID_LEN + 1];
    struct sim_rec *recs[2]; /* users, devices: places for so many as the plan says */
    unsigned tops[2];        /* places that were ever used */
    uint32_t last_uid, last_ppn;
    unsigned seals;
    /* its clock */
    int64_t offset;
    int drift_ppm;
    /* what is wrong with it */
    int64_t restarting, refusing, deaf; /* until */
    int refuse_code;
    unsigned refuse_per_mille;
    bool controlled; /* it knows a controller that listens to it */
    /* the conversation */
    struct sim_node *node;
    struct sim_pipe pipe;
    bool up, importing, steady; /* as the node sees it */
    int64_t steady_since;
    int64_t measured, measure_at;
    struct sim_job jobs[SIM_JOBS];
    unsigned job_top; /* jobs that were ever used */
    struct sim_msg *held, **held_end;
    unsigned puts, removes;
};

int64_t sim_site_clock(const struct sim *s, const struct sim_site *site);
struct sim_rec *sim_site_find(struct sim_site *site, enum mom_type type, uint32_t local);
struct sim_rec *sim_site_by(struct sim_site *site, enum sim_field field, const char *value);
struct sim_rec *sim_site_new(struct sim *s, struct sim_site *site, enum mom_type type);
struct sim_rec *sim_site_any(struct sim *s, struct sim_site *site, enum mom_type type);
void sim_site_stamp(struct sim *s, struct sim_site *site, struct sim_rec *rec, enum mom_kind kind);
void sim_site_event(struct sim *s, struct sim_site *site, const struct sim_rec *rec);
void sim_site_bind(struct sim *s, struct sim_site *site, struct sim_rec *device,
                   struct sim_rec *user, bool fixed);
void sim_site_unbind(struct sim *s, struct sim_site *site, struct sim_rec *rec);
/* The device lost its subscription there. */
void sim_site_unsubscribed(struct sim_site *site, const struct sim_rec *device);
void sim_site_lose(struct sim *s, struct sim_site *site, struct sim_rec *rec);
void sim_site_done(struct sim *s, struct sim_site *site);
void sim_site_empty(struct sim *s, struct sim_site *site);
bool sim_site_registered(const struct sim *s, struct sim_site *site, const struct sim_rec *user);
void sim_site_receive(struct sim *s, struct sim_site *site, struct sim_msg *msg);
/* It refuses most requests for a while. */
void sim_site_refuse(struct sim *s, struct sim_site *site, int64_t time);
bool sim_site_is_free(struct sim_site *site, enum sim_field field, const char *value);

void sim_omm_init(struct sim *s, struct sim_site *site);
void sim_omm_action(struct sim *s, struct sim_site *site, const struct mom_action *action);
/* The node is gone, or has forgotten the conversation. */
void sim_omm_forget(struct sim *s, struct sim_site *site);

/* --- nodes that are neighbours (neighbour.c), and the star that they make (star.c) ------------ */

struct sim_phone;
struct sim_edit;

/* What two nodes say to each other. End 0 dials: the one that is further from the centre. */
struct sim_link {
    struct sim_pipe pipe;
    struct sim_node *ends[2];
    bool up[2]; /* as the node sees it */
    uint64_t messages, bytes;
};

void sim_link_init(struct sim *s, struct sim_link *link, struct sim_node *leaf,
                   struct sim_node *centre);
/* A node wants something of its conversation with another one. */
void sim_link_action(struct sim *s, struct sim_node *n, const struct mom_action *action);
/* The node is gone, or has forgotten its conversations. */
void sim_links_forget(struct sim *s, const struct sim_node *n);

/* Somebody decides about all that the brake holds of neighbours. */
void sim_links_decide(struct sim *s, const struct sim_node *n);

void sim_star_plan(struct sim *s);
void sim_star_make(struct sim *s);
/* The site that a device is at has just begun to serve its phone. */
void sim_star_served(struct sim *s, struct sim_phone *phone, struct sim_site *site);
/* Somebody edits what another node has just told, and the confirmation is lost. */
void sim_star_confirm_lost(struct sim *s);
/* A node has this record: what its administrators know. */
void sim_star_learn(struct sim *s, const struct sim_node *n, const struct mom_record *r);
/* All of it, after a start. */
void sim_star_learn_all(struct sim *s, struct sim_node *n);
/* Did whoever was at this place at this time know the edit? */
bool sim_star_knew(const struct sim *s, const struct sim_edit *e, mom_site place, int64_t when);
/* All nodes are up and have told each other everything. A hub has nobody to tell. */
bool sim_star_is_quiet(struct sim *s);
/* All nodes have the same. */
void sim_star_check(struct sim *s);
/* The greatest time that a clock of any node showed. */
int64_t sim_star_latest(const struct sim *s, const struct sim_node *n);

/* --- people (people.c) and administrators (admin.c) ------------------------------------------- */

struct sim_phone {
    char ipei[MOM_IPEI_LEN + 1], subscription[17], uak[33];
    bool pari_only;
    int object, owner; /* of the phone, and of the user that it was made for; -1: nobody */
    int home, at, to;  /* index of a site; to: where it is carried while `at` is -1 */
    int asking;        /* the site that it asked for a subscription; -1: none */
    unsigned asked;    /* bits: these, and its first home */
    unsigned subscriptions, tries; /* tries to be served since it is there */
    bool served;
    int64_t arrived;
    unsigned generation;
};

int sim_phone_new(struct sim *s, int site);
/* The phone of an IPEI, NULL: there is none. */
struct sim_phone *sim_phone_by(struct sim *s, const char *ipei);
void sim_phone_carry(struct sim *s, struct sim_phone *phone, int site);
void sim_phone_located(struct sim *s, struct sim_phone *phone, bool periodic);
/* The site got, or changed, a device. */
void sim_phone_record(struct sim *s, struct sim_site *site, struct sim_rec *device);
/* The site has it no more. */
void sim_phone_lost(struct sim *s, struct sim_site *site, const struct sim_rec *device);
void sim_phones_retry(struct sim *s, struct sim_site *site);
/* It is switched off for some time, and on again at a site. */
void sim_phone_off(struct sim *s, struct sim_phone *phone, int site, int64_t time);
/* Whoever is under way arrives soon. */
void sim_phones_arrive(struct sim *s);
void sim_people_start(struct sim *s);

/* --- subscriptions and silent phones (subscribe.c), logins (login.c) -------------------------- */

void sim_subscriptions_draw(struct sim *s);
void sim_subscriptions_start(struct sim *s);
void sim_subscription_new(struct sim_phone *phone, const struct sim *s);
void sim_unsubscribe(struct sim *s, struct sim_site *site, struct sim_phone *phone);
/* The site where it asked for a subscription has its record. */
void sim_subscribe_soon(struct sim *s, struct sim_phone *phone);
/* The phone is not served. */
void sim_subscribe_try(struct sim *s, struct sim_phone *phone);
void sim_subscription_judge(struct sim *s, const struct mom_record *r);
void sim_silence_calm(struct sim *s);

void sim_logins_draw(struct sim *s);
void sim_logins_start(struct sim *s);
void sim_logins_free(struct sim *s);
bool sim_login(struct sim *s, struct sim_phone *phone, int user);
/* LOGIN, LOGOUT or SUBSCRIBE arrived from a site. */
void sim_login_told(struct sim *s, struct sim_site *site, const struct sim_msg *m);
/* Somebody logged in at a phone (an object) with a number that this user had. */
bool sim_login_explains(struct sim *s, int device, int user);
void sim_login_calm(struct sim *s);

void sim_admin_start(struct sim *s);
void sim_admin_populate(struct sim *s);
/* Somebody edits something at this site. */
void sim_admin_edit(struct sim *s, struct sim_site *site);
void sim_admin_something(struct sim *s);
enum sim_soon {
    SIM_DELETE,
    SIM_DELETE_USER,
    SIM_UNBIND,
    SIM_REBIND,
    SIM_EDIT,
    SIM_RENUMBER,
    SIM_CREATE_SAME
};
/* Somebody does that to a device at the hub in a moment. */
void sim_admin_soon(struct sim *s, int object, enum sim_soon what);
/* For words: a person with a phone; what somebody does now, to a user at a site or to anything
 * at the hub. */
void sim_admin_person(struct sim *s, struct sim_site *site, bool permanent);
void sim_admin_at_site(struct sim *s, struct sim_site *site, int user, enum sim_soon what);
void sim_admin_at_node(struct sim *s, struct sim_node *n, int object, enum sim_soon what);
void sim_admin_at_hub(struct sim *s, int object, enum sim_soon what);
void sim_admin_bind(struct sim *s, int device, int user);
/* The node answered a change. */
void sim_admin_answer(struct sim *s, const struct mom_action *action);
/* The node crashed: what was not answered may have happened or not. */
void sim_admin_lost(struct sim *s);

/* --- what administrators seldom do (undo.c, decide.c, restore.c) ------------------------------ */

/* What an administrator asked a node to put back, and what it said. */
struct sim_asked {
    uint64_t tag, count, id;
    bool answered;
    int rc;
};

/* A record of a node as it is at one moment. */
struct sim_state {
    bool live;
    enum mom_type type;
    int object, partner;
    char v[F_COUNT][SIM_VALUE];
    struct mom_stamp stamps[F_COUNT]; /* of the group */
};

void sim_state_read(struct sim *s, struct mom_view *view, uint64_t id, struct sim_state *ret_state);
/* Somebody at `place` who knew what was there asked for what is there now. */
void sim_state_compare(struct sim *s, const struct sim_state *was, const struct sim_state *is,
                       mom_site place);
/* He asked for it, and the node died: nobody knows whether it was done. `removal`: it would be gone. */
void sim_state_maybe(struct sim *s, const struct sim_state *was, mom_site place, bool removal);
/* Give the node this with nothing else in the step; what it said is in s->asked. A view of what is there now; NULL:
 * it died, nobody knows. */
struct mom_view *sim_asked(struct sim *s, struct sim_node *n, const struct mom_input *in);
/* Ask for the record s->asked.id to be put back by this, and tell the oracle what came of it. False: it was refused, or
 * nobody knows. */
bool sim_put_back(struct sim *s, struct sim_node *n, const struct mom_input *in,
                  const struct sim_state *was, bool removal, struct sim_state *ret_is);
void sim_state_of(struct sim *s, const struct mom_record *r, struct sim_state *ret_state);
/* Somebody restores some record at this node. */
void sim_restore(struct sim *s, struct sim_node *n);

/* --- a limit that is reached (limits.c) ------------------------------------------------------- */

void sim_limits_set(struct sim *s, struct sim_node *n);
/* No more than the limit, at any time. */
void sim_limits_check(struct sim *s, struct sim_node *n);

/* What the brake holds for a site of the node is deleted. False: another decision is to be made. */
bool sim_delete_held(struct sim *s, struct sim_node *n, mom_site site);

void sim_rare_draw(struct sim *s);
void sim_rare_start(struct sim *s);
/* Judging, when all later edits are judged: is what somebody put back there, or what was made of it? */
bool sim_put_back_stands(const struct sim *s, const struct sim_edit *edit);
/* False: it is the answer to something else. */
bool sim_undo_answer(struct sim *s, const struct mom_action *action);

/* --- large systems (scale.c) ------------------------------------------------------------------ */

void sim_scale_draw(struct sim *s);
void sim_scale_start(struct sim *s);

/* --- policies (policy.c) ---------------------------------------------------------------------- */

void sim_policy_draw(struct sim *s);
enum mom_policy sim_policy_any(struct sim *s);
/* The policy in force at a site. */
enum mom_policy sim_site_policy(const struct sim *s, const struct sim_site *site);
int64_t sim_policy_twice(struct sim *s, const struct sim_phone *phone, struct sim_site *to,
                         int64_t way);

/* What breaks, how often among all of them, and of what. */
enum sim_part { SIM_PART_LINK, SIM_PART_NODE, SIM_PART_OMM };
struct sim_fault {
    void (*happen)(struct sim *s);
    unsigned weight;
    enum sim_part part;
    const char *text;
};
const struct sim_fault *sim_fault(size_t i); /* NULL at the end */
void sim_faults_start(struct sim *s);
void sim_faults_end(struct sim *s);

/* --- the oracle (oracle.c) -------------------------------------------------------------------- */

/* Where somebody edits: the number of a site, or PLACE_NODE times that of a node; the hub is 0. */
enum { PLACE_HUB = 0, PLACE_NODE = 1000 };

static inline bool sim_place_is_node(mom_site place)
{
    return place % PLACE_NODE == 0;
}

struct sim_edit {
    int object;
    enum sim_field field;
    unsigned parent; /* what the editor saw; 0: nothing */
    mom_site place;
    int64_t time;
    bool maybe; /* nobody knows whether it was done */
    bool refused;
    bool heard; /* a node has committed it */
    int64_t heard_at;
    bool overwritten;     /* at its site, before anybody else heard of it */
    bool lost;            /* it is in the list of conflicts */
    bool contested;       /* it met one that did not know of it, and won or lost */
    bool covered, at_end; /* judging: it is somewhere; it is what is there */
    /* undo.c: its value is that of another edit, and its mark is a stamp */
    bool puts_back, brings_back; /* with the record, which was deleted */
    unsigned revives;            /* that edit; 0: the value is empty, or nobody can tell */
    bool revived;                /* an edit puts this one back */
    unsigned earlier;            /* the edit before that puts something back in the same object */
    struct mom_stamp stamp;
    int64_t known_at[SIM_NODES]; /* a star: when the node had it, 0: not yet */
    char number[16];             /* F_NUM: the value, */
    unsigned before;             /* and the edit of the same object's number before */
};

struct sim_delete {
    int object;
    mom_site place;
    int64_t time;
    bool maybe;
    bool decisive; /* whoever did it knew all, and it stood */
};

struct sim_object {
    enum mom_type type;
    int phone;    /* a device's */
    bool created; /* for certain */
    unsigned deletes;
    bool merged;               /* taken for somebody else, as the list of conflicts says */
    bool twice, met;           /* entered at two places; a node had both */
    bool apart;                /* under two numbers: they may be two people */
    bool parked, uncertain;    /* it lost a conflict of uniqueness; it may be gone by an accident */
    int64_t last_elsewhere[2]; /* last event (edit, relation, roam): [0] time, [1] place */
    int64_t last_event, last_heard;
    int64_t related;      /* a change of its relation that no node has heard of: when; 0: none */
    unsigned last_number; /* its last edit of F_NUM; 0: none */
    unsigned bound;       /* the last of those that it was bound to */
    uint64_t ids[8];      /* records of nodes that have its values */
    unsigned id_count;
    bool log_edit_lost; /* a deletion won over an edit, and the list says so */
    unsigned put_back;  /* its last edit that puts something back; 0: none */
    bool puzzling; /* something may have been put back in it: nobody knows whose its values are */
};

/* Somebody bound a user to this device, and to others before. */
struct sim_bound {
    int device;
    unsigned before;
};

struct sim_oracle {
    struct sim_edit *edits; /* 1… */
    size_t edit_count, edit_size;
    struct sim_object *objects;
    size_t object_count, object_size;
    struct sim_delete *deletes;
    size_t delete_count, delete_size;
    struct sim_bound *bound; /* 1… */
    size_t bound_count, bound_size;
};

int sim_oracle_object(struct sim *s, enum mom_type type, int phone);
unsigned sim_oracle_edit(struct sim *s, int object, enum sim_field field, unsigned parent,
                         mom_site place);
/* The number that an edit of F_NUM sets. */
void sim_oracle_number(struct sim *s, unsigned edit, const char *number);
/* The edit that set this value, 0: none. */
unsigned sim_oracle_edit_of(struct sim *s, int object, enum sim_field field, const char *value);
/* The edit that put back what a node has there, which nothing but the stamp tells. 0: none did. */
unsigned sim_oracle_put_back(const struct sim *s, int object, enum sim_field field,
                             struct mom_stamp stamp);
/* What a record of a node has in this field: whose edit it is. */
unsigned sim_oracle_edit_at(struct sim *s, int object, enum sim_field field,
                            const struct mom_record *r);
int sim_oracle_object_of(struct sim *s, enum mom_type type, const char *key);
int sim_oracle_rec(struct sim *s, const struct sim_rec *rec);
/* `certain`: nothing at that place stands in the way. */
void sim_oracle_delete(struct sim *s, int object, mom_site place, bool certain);
void sim_oracle_touched(struct sim *s, int object, mom_site place, bool roam);
void sim_oracle_overwritten(struct sim *s, const struct sim_rec *rec, enum sim_field field);
void sim_oracle_heard(struct sim *s, const struct sim_mark *mark);
void sim_oracle_bound(struct sim *s, int device, int user);
bool sim_oracle_was_bound(struct sim *s, int device, int user);
/* The edit whose value a text like "forwardState=Busy forwardDest=f12" shows, 0: none. */
unsigned sim_oracle_edit_in(struct sim *s, int object, const char *text);
int sim_oracle_object_of_id(const struct sim *s, uint64_t id);
void sim_oracle_conflict(struct sim *s, struct mom_view *view, const struct mom_conflict *c);
void sim_oracle_record(struct sim *s, const struct mom_record *r);
/* A node has a record: if it is somebody who was entered twice, it may see both for the first time. Ends the use of
 * `r`, which is of that view. */
void sim_oracle_renumbered(struct sim *s, const struct sim_site *site, const struct sim_rec *rec,
                           int object);
void sim_oracle_met(struct sim *s, struct mom_view *view, const struct mom_record *r);
/* Everything that people did is where it should be, or in the list. */
void sim_oracle_judge(struct sim *s, struct mom_view *view);
void sim_oracle_free(struct sim_oracle *o);

/* --- checks (check.c), trace and counts (trace.c) --------------------------------------------- */

void sim_check_step(struct sim *s, struct sim_node *n, struct mom_view *view);
/* No user of a phone is registered at two sites. */
void sim_check_doubles(struct sim *s, bool rest);
void sim_check_rest(struct sim *s);
bool sim_is_at_rest(struct sim *s);
void sim_check_calm(struct sim *s);
/* How long news need on the slowest link. */
int64_t sim_slowest(const struct sim *s);

/* clang-format off */
#define SIM_COUNTS(C)                                                                          \
    C(events) C(steps) C(inputs) C(actions) C(puts) C(removes) C(edits) C(renumbers)           \
    C(creates) C(binds) C(deletes) C(roams) C(locates) C(logins)                 \
    C(logins_done) C(logouts) C(unsubscribed) C(subscribed) C(silent)                          \
    C(breaks) C(stalls) C(crashes)                                                             \
    C(cut_commits) C(full_disks) C(restarts) C(refusals) C(jumps) C(emptied) C(held) C(conflicts)      \
    C(parked) C(refused_changes) C(overwritten) C(doubled) C(calm) C(stars) C(messages) C(hints) C(sip) \
    C(undone) C(deleted_held) C(restored) C(limited)
/* clang-format on */

struct sim_counts {
#define SIM_COUNT_FIELD(name) uint64_t name;
    SIM_COUNTS(SIM_COUNT_FIELD)
#undef SIM_COUNT_FIELD
};

/* Why a row need not be taken: no system can, or few do. */
enum sim_excuse { SIM_UNREACHED = 1, SIM_RARE };

enum { SIM_ROWS = 256, SIM_ROW_TEXT = 96 };

struct sim_rows {
    size_t count;
    char text[SIM_ROWS][SIM_ROW_TEXT];
    unsigned char seen[SIM_ROWS];
    unsigned systems[SIM_ROWS];      /* how many took it */
    unsigned char excused[SIM_ROWS]; /* enum sim_excuse, as a file says */
};

bool sim_rows_read(struct sim_rows *rows, const char *path);
/* Those of a file of unreachable rows. False: it cannot be read, or names a row that is in no table. */
bool sim_rows_excuse(struct sim_rows *rows, const char *path);
/* Print how many were taken, which were not, and which by few. Returns how many are not as they should be: not taken
 * without an excuse, or taken with one. */
size_t sim_rows_show(const struct sim_rows *rows, uint64_t systems);
void sim_trace_line(void *user, const char *line);
void sim_log_line(void *user, enum mom_level level, const char *line);
__attribute__((format(printf, 2, 3))) void sim_note(struct sim *s, const char *format, ...);
__attribute__((format(printf, 2, 3))) void sim_fail(struct sim *s, const char *format, ...);

/* --- words (words.c) -------------------------------------------------------------------------- */

/* What a letter stands for; NULL: there are no more. */
const char *sim_letter(unsigned i, char *ret_letter);
void sim_word(struct sim *s);

/* --- the world (world.c) ---------------------------------------------------------------------- */

struct sim_event {
    int64_t when;
    uint64_t order;
    sim_handler *handler;
    void *ctx;
    uint64_t arg;
    bool owned; /* ctx is freed afterwards */
};

/* How wild a day is; drawn from the seed. Rates are means between two events, ms. */
struct sim_plan {
    bool star, bare;  /* bare: nothing stands beside the centre */
    unsigned vendors; /* a star: sites of the centre besides the one that stands there */
    unsigned sites, people;
    unsigned records, phones; /* at most: of a type at a site, of the system */
    int64_t edit, roam, fault;
    unsigned clocks; /* 0: clocks are right; 1: offset and drift; 2: they are set too */
    unsigned permanent_percent, pari_percent;
    bool crashes, full, refuses, breaks, doubles;
    enum mom_policy policy; /* of sites without one of their own */
    bool subscriptions, watch, logins;
    bool self_ending;        /* sites end registrations of silent phones by themselves */
    bool policies;           /* sites may have one of their own */
    bool undoes, restores;   /* somebody undoes conflicts, restores records as of a time */
    bool deletes_held;       /* somebody says yes to what the brake holds */
    unsigned most_permanent; /* a limit that is reached: permanent users; 0: it is not */
};

/* VENDORS: a star whose centre has vendor's remotes, OMMs without a node of their own. DRAWN is never that. */
enum sim_shape { SIM_DRAWN, SIM_HUB, SIM_STAR, SIM_VENDORS };

struct sim {
    uint64_t seed, random;
    enum sim_shape shape;
    const char *word;      /* of words.c, instead of a random run */
    unsigned hours, scale; /* scale: so many sites instead of what the seed draws; 0: none */
    bool trace, failed, chaos, healing, calm;
    bool still;        /* phones keep silent */
    unsigned speaking; /* whose engine it is that tells */
    char failure[512];
    int64_t now, until;
    struct sim_plan plan;
    struct sim_event *heap;
    size_t heap_count, heap_size;
    uint64_t order;
    struct sim_node *nodes;
    unsigned node_count;
    struct sim_site *sites;
    unsigned site_count;
    struct sim_link *links;
    unsigned link_count;
    struct sim_phone *phones; /* places for so many as the plan says */
    int phone_count;
    unsigned numbers; /* how many numbers were given */
    struct sim_oracle oracle;
    struct sim_rows *rows;
    struct sim_counts counts;
    uint64_t hash;
    void *admin;
    struct sim_asked asked;
    struct sim_logins *logins;
    unsigned in_flight; /* messages */
};

void sim_at(struct sim *s, int64_t when, sim_handler *handler, void *ctx, uint64_t arg);
/* The same with memory that is freed afterwards. */
void sim_at_owned(struct sim *s, int64_t when, sim_handler *handler, void *ctx, uint64_t arg);
uint64_t sim_random(struct sim *s);
unsigned sim_pick(struct sim *s, unsigned n);
int64_t sim_span(struct sim *s, int64_t least, int64_t most);
/* A time to the next of events that come at random, `mean` apart. */
int64_t sim_gap(struct sim *s, int64_t mean);
void *sim_alloc(size_t size);
void sim_run_until(struct sim *s, int64_t when);
/* A whole simulated system; what came of it is in `s`. */
void sim_run(struct sim *s);
void sim_done(struct sim *s);

static inline struct mom_str sim_str(const char *text)
{
    size_t len = 0;

    while (text && text[len])
        len++;
    return (struct mom_str){text, len};
}

/* Print the picture of docs/simulation.md. */
void sim_picture(void);

#endif
