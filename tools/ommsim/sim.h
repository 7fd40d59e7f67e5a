/*
 * The simulated world: sites with their records, phones that walk between them, and the sessions of the clients.
 *
 * Layers, lower ones know nothing of higher ones: fields and records (data and its rules) → sip and events (what a
 * change brings about) → world (phones) → sessions and handlers (AXI, by libaxi's server) → control (commands). One
 * thread.
 */
#ifndef OMMSIM_SIM_H
#define OMMSIM_SIM_H

#include <axi/mbedtls.h>
#include <axi/server.h>
#include <com/conn.h>
#include <com/listener.h>
#include <com/log.h>
#include <com/loop.h>
#include <com/tls.h>

#include "fields.h"

#define SIM_PARK_SIZE        11 /* ten hexadecimal digits and the end */
#define SIM_OMM_ID_SIZE      9
#define SIM_SITES_MAX        500
#define SIM_USERS_MAX        200000
#define SIM_EXTRAS_MAX       64   /* attributes that we do not know, per record */
#define SIM_VALUE_MAX        8192 /* characters of one attribute value */
#define SIM_PAGE_MAX         20
#define SIM_REQUEST_MAX      (1u << 20) /* bytes */
#define SIM_NO_SARI          "0000000000"
#define SIM_ROAMED           "RoamingComplete"
#define SIM_ROAMING          "RoamingInProgress" /* our reading: no other value is known */
#define SIM_LOCATE_MS        10000 /* how long a phone waits for its new site to know it */
#define SIM_SECRETS          5
#define SIM_PROFILES         20 /* AXI, LimitsResp ppProfileNum */
#define SIM_PROFILE_NAME_MAX 128
#define SIM_PROFILE_DATA_MAX 16384

struct sim_world;
struct sim_site;
struct sim_session;
struct sim_remote;

/* --- records ------------------------------------------------------------------------------------ */

enum sim_sip_state { SIM_SIP_NONE, SIM_SIP_REGISTERED, SIM_SIP_REJECTED };

struct sim_extra {
    char *name, *value;
};

struct sim_rec {
    enum sim_kind kind;
    int64_t id; /* uid or ppn */
    struct sim_site *site;
    struct sim_extra *extras;
    size_t extra_count;
    char *cipher[SIM_SECRETS]; /* secrets as they were last sent, made when first needed */
    unsigned upload;           /* what a central OMM does not have yet: remote.h */
    bool listed;               /* the central OMM has shown it since the last login */
    /* of a user */
    enum sim_sip_state sip;
    bool sip_stopped; /* told to be silent until it is told to register or its phone comes */
    int64_t sip_since;
    unsigned sip_renewals;
    const char *val[]; /* by slot; the field's default is shared, other texts are owned */
};

struct sim_recs {
    struct sim_rec **at; /* ascending ids */
    size_t count, cap;
    int64_t next_id; /* ids are not used again */
};

/* Why a request is refused. */
struct sim_refusal {
    enum axi_value code;
    char bad[64]; /* name of the attribute, "" when it concerns none */
    unsigned max_len;
    const char *info;
};
/* Always false, for `return sim_refuse(...)`. */
bool sim_refuse(struct sim_refusal *refusal, enum axi_value code, const char *bad,
                const char *info);

/* What a client wants to write into a record. */
struct sim_patch {
    char *val[SIM_SLOTS_MAX]; /* owned; NULL: not given */
    struct sim_extra *extras;
    size_t extra_count;
};

enum sim_writer {
    SIM_BY_CLIENT,
    SIM_BY_SYNC,
    SIM_BY_SETPP,   /* as SIM_BY_SYNC, but the relation is looked at elsewhere */
    SIM_BY_OPERATOR /* the control socket: may write all that a sync session may, secrets in clear */
};

struct sim_rec *sim_rec_new(struct sim_site *site, enum sim_kind kind, int64_t id);
void sim_rec_free(struct sim_rec *rec);
/* Put a value without rules and without index: for the makers of records. */
void sim_rec_put(struct sim_rec *rec, unsigned slot, const char *value);
void sim_rec_put_int(struct sim_rec *rec, unsigned slot, int64_t value);
int64_t sim_rec_int(const struct sim_rec *rec, unsigned slot);
/* Into the site's list and indexes. */
bool sim_rec_add(struct sim_rec *rec);
void sim_rec_remove(struct sim_rec *rec);
void sim_recs_done(struct sim_site *site);

struct sim_rec *sim_find(struct sim_site *site, enum sim_kind kind, int64_t id);
/* First position with an id not below `id`. */
size_t sim_position(const struct sim_recs *recs, int64_t id);
struct sim_rec *sim_find_number(struct sim_site *site, const char *num);
struct sim_rec *sim_find_ipei(struct sim_site *site, const char *ipei);

/* Read and check the attributes of an element; `old` is the record to be changed, NULL for a new one. On false the
 * patch is empty. */
bool sim_patch_read(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                    const struct sim_rec *old, const struct axi_elem *elem, enum sim_writer writer,
                    struct sim_refusal *refusal);
/* One attribute, checked; false with a refusal. */
bool sim_patch_set(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                   const struct sim_rec *old, const struct axi_attr_view *attr,
                   enum sim_writer writer, struct sim_refusal *refusal);
/* Unique values: number, IPEI, additional id. */
bool sim_patch_unique(const struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                      const struct sim_rec *old, struct sim_refusal *refusal);
void sim_patch_done(struct sim_patch *patch);
/* Write what differs, with time stamps, and note it for the events. Returns true when something did. */
bool sim_patch_apply(const struct sim_patch *patch, struct sim_rec *rec);
/* Write one slot likewise. */
bool sim_rec_change(struct sim_rec *rec, unsigned slot, const char *value);
/* Move the time stamp of a group to now, with the newest of all. */
void sim_rec_stamp(struct sim_rec *rec, enum sim_group group);

/* Printed form with blanks of an IPEI typed with or without them; false when it is none. */
bool sim_ipei_normal(const char *text, char ret_ipei[16]);
void sim_ipei_print(unsigned emc, unsigned psn, char ret_ipei[16]);
bool sim_park_valid(const char *text);

/* --- secrets ------------------------------------------------------------------------------------ */

/* Clear text of what a client sent, to be freed; NULL when it was encrypted for another key. */
char *sim_secret_read(struct sim_site *site, struct axi_str text);
/* A record's secret as it is sent; NULL when it cannot be (then it is left out). Borrowed. */
const char *sim_secret_text(struct sim_rec *rec, unsigned slot);
void sim_secret_forget(struct sim_rec *rec, unsigned slot);

/* --- events ------------------------------------------------------------------------------------- */

enum sim_op { SIM_CREATED, SIM_CHANGED, SIM_DELETED };

struct sim_note {
    enum sim_kind kind;
    enum sim_op op;
    int64_t id;
    char second_id[24]; /* uidSec or ppnSec of a deleted record */
    struct sim_mask changed;
    bool extras;
};

/* Remember a change; notes become events in sim_events_flush, after the answer. */
void sim_note(struct sim_rec *rec, enum sim_op op, const struct sim_mask *changed, bool extras);
void sim_events_flush(struct sim_site *site);

/* --- sessions ----------------------------------------------------------------------------------- */

struct sim_late {
    struct sim_late *next;
    int64_t due_ms;
    size_t len;
    char bytes[];
};

struct sim_session {
    struct sim_session *next;
    struct sim_site *site;
    struct com_conn *conn;
    struct axi_server *server;
    struct com_timer *idle_timer;
    struct axi_buf held; /* bytes that wait until the client has taken its answers */
    bool closing;
    struct sim_late *late, **late_end; /* what a slow site still has to send */
    struct com_timer *late_timer;
    size_t stream_left; /* of a message without end (fault) */
};

struct sim_account {
    char *username, *password;
    unsigned permissions; /* enum axi_permission */
};

/* session.c. A connection that the site's listener has. */
void sim_session_accept(struct sim_site *site, struct com_conn *conn);
bool sim_session_is_open(const struct sim_session *session);
/* True when the session wants events of this type, for the device `ppn` where the type is about devices. */
bool sim_wants(const struct sim_session *session, enum axi_value type, int64_t ppn);
/* Send what was built in site->event to one session, to those who asked for that event, or to those who asked for
 * events of a type. */
void sim_send(struct sim_session *session);
void sim_publish(struct sim_site *site);
void sim_tell(struct sim_site *site, enum axi_value type);

/* output.c: bytes to the client, as a slow or bad site sends them. */
/* Send what the session's server has. */
void sim_output(struct sim_session *session);
/* Some of it was taken: go on with a message that has no end. */
void sim_output_drained(struct sim_session *session);
void sim_output_done(struct sim_session *session);

/* --- sites -------------------------------------------------------------------------------------- */

enum sim_fault {
    SIM_FAULT_NONE,
    SIM_FAULT_MUTE,
    SIM_FAULT_TRUNCATE,
    SIM_FAULT_OVERSIZE,
    SIM_FAULT_UNKNOWN,
    SIM_FAULT_GARBAGE
};
enum sim_link { SIM_UP, SIM_CUT, SIM_RESTARTING };

/* A CoA profile: settings that are loaded into phones over the air. Without name and data there is none. */
struct sim_profile {
    char *name, *data; /* owned; NULL is "" */
    int64_t stamp;     /* seconds, by the site's clock */
};

struct sim_site_stats {
    uint64_t requests[AXI_T_COUNT]; /* [AXI_T_NONE]: unknown ones */
    uint64_t accepted, closed, bytes_in, bytes_out, events, refused, parse_errors;
};

struct sim_site {
    struct sim_world *world;
    int number, port; /* from 1 */
    char park[SIM_PARK_SIZE], sari[SIM_PARK_SIZE], omm_id[SIM_OMM_ID_SIZE];
    struct sim_recs recs[2];
    void *by_num, *by_add, *by_ipei; /* trees of tsearch(3) */
    struct com_tls *tls;
    struct axi_rsa *rsa;
    char *empty_cipher; /* the empty secret, the most frequent one */
    struct com_listener *listener;
    struct com_timer *restart_timer;
    enum sim_link link;
    int64_t up_since_ms;
    int64_t clock_offset_s, slow_ms;
    enum sim_fault fault;
    int64_t fault_version; /* reported instead of the world's when not 0 */
    char fault_park[SIM_PARK_SIZE];
    char fault_platform[16]; /* reported instead of linux-pc when not empty */
    struct sim_profile profiles[SIM_PROFILES];
    struct sim_remote *remote; /* the built-in synchronisation; NULL: off */
    struct sim_session *sessions;
    struct sim_session *controller; /* the session that a MOM controls us with */
    bool mom_control, auto_create, auto_create_before;
    enum axi_value subscription_mode;
    struct sim_note *notes;
    size_t note_count, note_cap;
    struct axi_msg *event; /* for building, used again and again */
    struct sim_site_stats stats;
};

/* Seconds since 1970 by the site's clock, which may be wrong. */
int64_t sim_site_now(const struct sim_site *site);
const char *sim_site_park(const struct sim_site *site);
int64_t sim_site_protocol(const struct sim_site *site);
/* "1"/"0" or "true"/"false", as the simulated release writes it. */
const char *sim_bool(const struct sim_world *world, bool value);
void sim_set_bool(const struct sim_world *world, struct axi_elem *elem, enum axi_attr attr,
                  bool value);
/* Write a record's attributes: those in `only`, or all when it is NULL. `sync`: for a sync session. */
void sim_rec_write(struct sim_rec *rec, struct axi_elem *elem, bool sync,
                   const struct sim_mask *only);

/* site.c. False with a text when the port is not usable. */
bool sim_site_listen(struct sim_site *site, char *error, size_t max);
/* Stop listening and end every session, after what they still have to get when `flush`. */
void sim_site_hang_up(struct sim_site *site, bool flush);
void sim_site_restart(struct sim_site *site, int64_t down_ms);
void sim_site_cut(struct sim_site *site);
bool sim_site_heal(struct sim_site *site, char *error, size_t max);

/* profiles.c. `number` is 1 to SIM_PROFILES; NULL when it is not. */
struct sim_profile *sim_profile_at(struct sim_site *site, int64_t number);
bool sim_profile_exists(const struct sim_profile *profile);
/* Write a name, data or both (NULL: as it is), checked. *ret_changed tells whether something differs now; then it has
 * a new time stamp and sim_profile_tell is to follow. */
bool sim_profile_set(struct sim_site *site, int64_t number, const char *name, const char *data,
                     bool *ret_changed, struct sim_refusal *refusal);
/* As ppProfile has it. */
void sim_profile_write(struct sim_site *site, int64_t number, struct axi_elem *elem);
/* To those who asked for the settings of the system: what it is now. */
void sim_profile_tell(struct sim_site *site, int64_t number);
void sim_profiles_done(struct sim_site *site);

/* --- what follows from a change ------------------------------------------------------------------ */

/* Look whether this user should be registered at SIP, and see to it. */
void sim_sip_check(struct sim_rec *user);
void sim_sip_check_device(struct sim_rec *dev);
void sim_sip_check_all(struct sim_site *site);
void sim_sip_register(struct sim_rec *user);
/* Registration gone; `stop`: and not again by itself. */
void sim_sip_deregister(struct sim_rec *user, bool stop);
/* The user of a device and the device of a user; NULL when unbound. */
struct sim_rec *sim_user_of(const struct sim_rec *dev);
struct sim_rec *sim_device_of(const struct sim_rec *user);

/* Bind and unbind with time stamps, former partners included. */
void sim_bind(struct sim_rec *user, struct sim_rec *dev, const char *rel_type);
void sim_unbind(struct sim_rec *user, struct sim_rec *dev);
/* A new record enters the site: time stamps, indexes, events. False on no memory. */
bool sim_enter(struct sim_rec *rec, const struct sim_patch *patch);
/* Write a patch and see to what follows from it: SIP registration, waiting phones, the one user of the
 * registrar check. */
void sim_write(struct sim_rec *rec, const struct sim_patch *patch);
/* A record leaves: its partner is unbound, clients are told. The record is gone. */
void sim_leave(struct sim_rec *rec);

/* --- phones ------------------------------------------------------------------------------------- */

enum sim_phone_state {
    SIM_PHONE_SERVED,  /* at its site, with a record there */
    SIM_PHONE_WAITING, /* the controller was asked and has not answered */
    SIM_PHONE_NONE     /* no service */
};

struct sim_phone {
    char ipei[16], subscription_id[17], uak[33];
    struct sim_site *site; /* where it is */
    enum sim_phone_state state;
    const char *why; /* of no service */
    struct com_timer *timer;
    struct sim_world *world;
};

struct sim_release {
    const char *name, *omm_version, *axi_version, *spec_version;
    bool words; /* true/false instead of 1/0 */
    bool later; /* release 9 and up: more attributes */
};

struct sim_options {
    int sites, users, base_port;
    uint64_t seed;
    bool plain, shared_key, full_records, quiet;
    const char *ctl_path, *host, *username, *password, *park, *sari;
    unsigned key_bits;
    int64_t protocol, restart_ms, idle_ms, first_number, limit;
    int unbound_percent, permanent, filled; /* 0: all sites */
    const struct sim_release *release;
    /* The central OMM: host NULL, there is none. Accounts by site; the last one is for all that follow. */
    const char *uds_host;
    int uds_port;
    int64_t uds_retry_ms;
    struct sim_account uds_accounts[SIM_SITES_MAX];
    int uds_users, uds_passwords;
};

/* So many of the first sites have users. */
static inline int sim_filled_sites(const struct sim_options *options)
{
    bool some = options->filled > 0 && options->filled < options->sites;
    return some ? options->filled : options->sites;
}

struct sim_world {
    const struct sim_options *options;
    uv_loop_t *loop;
    struct sim_site *sites;
    int site_count;
    struct sim_phone **phones;
    size_t phone_count, phone_cap;
    void *phone_index; /* by IPEI */
    struct sim_account accounts[2];
    struct axi_rsa *shared_rsa;
    struct com_tls *uds_tls;
};

/* --- as remote of a central OMM: remote.c ----------------------------------------------------------- */

struct sim_remote_info {
    const char *state, *why; /* "" for a site that is none */
    uint64_t merged, uploads, refused, events;
    int64_t synced_ms; /* wall time at which it was last synchronised, 0: never */
};
/* False on no memory. It begins stopped. */
bool sim_remote_new(struct sim_site *site);
/* Connect, and again after the connection ends; or end it and stay away. Nothing for a site that is no remote. */
void sim_remote_start(struct sim_site *site);
void sim_remote_stop(struct sim_site *site);
/* Free its timers, before the loop ends; free it. */
void sim_remote_end(struct sim_site *site);
void sim_remote_free(struct sim_site *site);
struct sim_remote_info sim_remote_info(const struct sim_site *site);
/* Borrowed from the options. */
struct sim_account sim_remote_account(const struct sim_options *options, int site);
/* The site's changes that are about to become events are uploaded too. */
void sim_remote_changes(struct sim_site *site);
/* A CoA profile of the site changed: likewise. */
void sim_remote_profile(struct sim_site *site, int64_t number);
/* A phone came to this site: it is ours from now on, and the former OMM has to let go. */
void sim_remote_roams(struct sim_rec *dev);
/* It has let go, or its time is over: register once more. */
void sim_remote_renew(struct sim_rec *dev);

const struct sim_release *sim_release_of(const char *name);

struct sim_phone *sim_phone_find(struct sim_world *world, const char *ipei);
struct sim_phone *sim_phone_add(struct sim_world *world, const char *ipei);
/* The phone of an IPEI or of a user's number, wherever that is. */
struct sim_phone *sim_phone_of(struct sim_world *world, const char *ipei_or_number);
/* The phone appears at a site. False with a text when it cannot. */
bool sim_locate(struct sim_phone *phone, struct sim_site *site, const char **ret_why);
/* A device record came or changed: a phone may be waiting for it. */
void sim_phone_record(struct sim_rec *dev);
/* A device record goes: its phone is without service. */
void sim_phone_unknown(struct sim_rec *dev);
/* The controller does not know the phone. False when none was waiting. */
bool sim_phone_reject(struct sim_site *site, const char *ipei, const char *subscription_id);
/* A controller is there: phones without service try again. */
void sim_phones_retry(struct sim_site *site);
/* Free the timers, before the loop ends; free the phones. */
void sim_phones_stop(struct sim_world *world);
void sim_phones_done(struct sim_world *world);
/* subscriptionId of an IPEI: 05, IPUI-N, padding. */
void sim_subscription_id(const char *ipei, char ret_id[17]);

/* What a device has that subscribed here: to the SARI when there is one, else to the site's own PARK. */
void sim_put_subscription(struct sim_rec *dev, const char *ipei);
/* What a device has that is served here. One that a client creates is not until its phone appears. */
void sim_put_location(struct sim_rec *dev);

/* generate.c: records and phones from the seed. */
bool sim_generate(struct sim_world *world);
void sim_world_done(struct sim_world *world);

/* Counts of the records, as the summaries have them. */
void sim_write_summary(struct sim_site *site, enum sim_kind kind, struct axi_elem *out);

/* Requests (handlers). */
struct sim_call {
    struct sim_session *session;
    struct sim_site *site;
    const struct axi_msg *request;
    struct axi_elem *in; /* root of the request */
    bool sync;           /* the session's */
    bool refused, restart;
    void (*after)(struct sim_call *call); /* what comes behind the answer; may be NULL */
    int64_t uid, ppn, profile;            /* for it */
};
/* Build the answer to a request, to a login. */
void sim_dispatch(struct sim_call *call);
void sim_login(struct sim_call *call, const struct axi_server_login *login);
/* The controlling session is gone or gives up: local operation. */
void sim_control_end(struct sim_site *site);

/* Control socket and its client. */
struct com_ctl;
struct com_ctl *sim_control_new(struct sim_world *world, const char *path, char *error, size_t max);
int sim_client(int argc, char **argv);

#endif
