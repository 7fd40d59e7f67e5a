/*
 * The inside of a link of role `omm`, shared by its files and by nobody else.
 *
 *   alloc.c    memory
 *   omm.c      life cycle, connection, timers, what the host asks
 *   output.c   bytes to send, requests that wait, the log
 *   script.c   from Open to the subscriptions, a table of steps
 *   import.c   reading the lists by pages, events that arrive meanwhile
 *   omm_records.c  AXI elements to RECORD inputs and back, with records.c
 *   push.c     PUT, REMOVE and the other actions as jobs
 *   dialect.c  the control messages whose attributes are our reading
 *   clock.c    the offset of the OMM's clock
 *   profile.c  CoA profiles: reading them after the import, events, setting one
 *   key.c      the OMM's public key and its fingerprint
 *
 * Functions return MOM_OK or MOM_ENOMEM and nothing else. A conversation that has to end is ended
 * with mom__omm_end, which is no error: callers look at `conn` before they go on.
 */
#ifndef MOM_AXI_OMM_IMPL_H
#define MOM_AXI_OMM_IMPL_H

#include "account.h"
#include "alloc.h"
#include "records.h"
#include "text.h"

#include <axi/pages.h>
#include <momsync/axi/omm.h>

#define MOM__OMM_CALLS_MAX   256  /* requests without an answer */
#define MOM__OMM_JOBS_MAX    1024 /* actions under way */
#define MOM__OMM_JOBS_ROOM   256 /* beside them: what an engine itself bounds: PUT, REMOVE, PROFILE */
#define MOM__OMM_HELD_MAX    4096      /* events held while the lists are read */
#define MOM__OMM_HELD_BYTES  (4 << 20) /* the same in bytes of the wire */
#define MOM__OMM_IMPORTS_MAX 3 /* times that the lists are read anew when more events came */
#define MOM__OMM_RESTART_TRIES                                                                     \
    24 /* dials at `restart_ms` before an OMM is given up until `retry_ms` */

enum mom__conn {
    MOM__CONN_DOWN,    /* disabled */
    MOM__CONN_DIALING, /* the host connects */
    MOM__CONN_OPEN,
    MOM__CONN_CLOSING, /* the host was asked to close and has not said that it did */
    MOM__CONN_WAITING  /* until retry_at */
};

/* What a request was for: upper byte of axi_call.tag; the rest is the step, start of the page, number of the job or of
 * the CoA profile (0: their subscription). */
enum mom__purpose {
    MOM__FOR_STEP = 1,
    MOM__FOR_PAGE,
    MOM__FOR_JOB,
    MOM__FOR_PING,
    MOM__FOR_PROFILE
};
#define MOM__TAG(purpose, rest) (((uint64_t)(purpose) << 56) | (uint64_t)(rest))
#define MOM__TAG_PURPOSE(tag)   ((enum mom__purpose)((tag) >> 56))
#define MOM__TAG_REST(tag)      ((tag) & (UINT64_MAX >> 8))

enum mom__stage {
    MOM__STAGE_DEVICE,
    MOM__STAGE_DEVICE_FIND,
    MOM__STAGE_USER,
    MOM__STAGE_USER_FIND,
    MOM__STAGE_RELATION,
    MOM__STAGE_ONLY, /* jobs of a single request */
    MOM__STAGE_DONE
};

/* One action under way: one request at a time. */
struct mom__job {
    struct mom__job *next;
    uint64_t number;
    enum mom_action_kind kind;
    uint64_t token;
    enum mom_type type;
    uint32_t local_device, local_user;
    enum mom__stage stage;
    bool sent;                 /* the request of the stage is on its way */
    bool again;                /* a creation that is tried once more */
    bool has_device, has_user; /* halves of a PUT that are to be written */
    char relation[16];
    struct axi_msg
        *draft; /* the request; of a PUT: a SetPP with both halves as they will be sent */
};

/* CoA profiles in this conversation. */
struct mom__omm_profiles {
    bool on;         /* false: not wanted, before the import, or the OMM has none */
    bool subscribe;  /* the subscription has to be sent */
    bool asked;      /* a request of profile.c is on its way; of setting one the jobs know */
    uint32_t unread; /* bit n - 1: number n has to be read */
};

struct mom_omm {
    struct mom_alloc alloc;
    struct axi_alloc axi_alloc;
    struct mom_omm_config
        config; /* pointers into it are not used after mom_omm_new, settings are filled in */
    struct mom__account account;
    uint64_t random;

    /* of the call under way */
    struct mom_now now;
    struct mom_batch *batch;

    enum mom_omm_state state;
    enum mom__conn conn;
    char text[160];
    bool enabled;
    bool dial_at_once; /* after the close that is awaited */
    bool own_reason;   /* state and text come from us, not from the host */
    bool accepted;     /* Open was accepted in this conversation */
    bool told;         /* the engine knows that we are up: it has to be told DOWN */
    unsigned wants, address;
    int64_t retry_at, ping_at, close_at;
    unsigned restart_tries;
    bool sari_was_set; /* in the conversation before this one */
    bool starved;      /* requests wait for room in the output */

    struct axi_parser *parser;
    struct axi_calls *calls;
    struct axi_msg *request;
    struct axi_buf output;
    size_t output_sent;

    unsigned step;
    struct mom_park park, sari, wanted_sari;
    enum mom_platform platform;
    struct mom__records records;
    char omm_version[96], standby_address[64];
    int64_t protocol_version;

    struct axi_pages pages;
    enum mom_type reading;
    unsigned imports;
    struct axi_msg *held;
    size_t held_count, held_bytes;
    bool held_overflow;
    uint64_t message_began; /* bytes of the stream before the message under way */

    struct mom__omm_profiles profiles;

    struct mom__job *jobs, **jobs_tail, *spare_jobs;
    size_t job_count;
    uint64_t next_job;

    uint32_t devices_total, users_total, devices_read, users_read, secrets_unusable;
    uint64_t requests, answers, events, errors_answered, unknown_messages, bytes_out;
};

static inline bool mom__omm_is_open(const struct mom_omm *link)
{
    return link->conn == MOM__CONN_OPEN;
}

/* alloc.c */
void *mom__omm_realloc(struct mom_omm *link, void *ptr, size_t size);
void mom__omm_release(struct mom_omm *link, void *ptr);

/* omm.c */
void mom__omm_enter_state(struct mom_omm *link, enum mom_omm_state state);
/* End the conversation: WANT_CLOSE, and DOWN for the engine. `text` is kept with the state. */
int mom__omm_end(struct mom_omm *link, enum mom_omm_state state, const char *text);
int mom__omm_input(struct mom_omm *link, const struct mom_input *input);

/* output.c */
void mom__omm_log(struct mom_omm *link, enum mom_level level, const char *line);
/* Room for another request? False marks the link as starved; is_roomy only looks. */
bool mom__omm_has_room(struct mom_omm *link);
bool mom__omm_is_roomy(const struct mom_omm *link);
/* Number and encode a request whose building went well. */
int mom__omm_send(struct mom_omm *link, struct axi_msg *request, uint64_t tag);
/* Send whatever was waiting for room. */
int mom__omm_pump(struct mom_omm *link);
void mom__omm_drop_output(struct mom_omm *link);
/* "GetPARK: EFailed (bad park): text" */
void mom__omm_describe_error(char *buf, size_t size, const struct axi_msg *answer);
/* End because of an answer: PERMISSION for EPerm, else REJECTED. */
int mom__omm_end_by_answer(struct mom_omm *link, const struct axi_msg *answer);

/* script.c */
int mom__omm_script_start(struct mom_omm *link);
int mom__omm_script_answer(struct mom_omm *link, unsigned step, const struct axi_msg *answer);
int mom__omm_script_admit(struct mom_omm *link, struct mom_park sari);

/* import.c */
int mom__omm_import_start(struct mom_omm *link);
int mom__omm_import_pump(struct mom_omm *link);
int mom__omm_import_answer(struct mom_omm *link, uint32_t start, const struct axi_msg *answer);
/* An event: held while the lists are read, else handled. */
int mom__omm_event(struct mom_omm *link, const struct axi_msg *msg);
void mom__omm_drop_held(struct mom_omm *link);

/* omm_records.c */
int mom__omm_record(struct mom_omm *link, enum mom_type type, uint32_t local,
                    const struct axi_elem *elem, bool partial);
/* The same for the record in an answer to a change: whole when it looks whole. */
int mom__omm_answered_record(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem);
int mom__omm_gone(struct mom_omm *link, enum mom_type type, uint32_t local);
/* uid of a user's element, ppn of a device's; 0 when it is missing or nonsense. */
uint32_t mom__omm_local(enum mom_type type, const struct axi_elem *elem);
/* Set the attributes of a PUT's half; secrets are encrypted. */
void mom__omm_write_record(struct mom_omm *link, struct axi_elem *elem, enum mom_type type,
                           const struct mom_put *put);

/* push.c */
int mom__omm_job_start(struct mom_omm *link, const struct mom_action *action);
int mom__omm_job_pump(struct mom_omm *link);
int mom__omm_job_answer(struct mom_omm *link, uint64_t number, const struct axi_msg *answer);
void mom__omm_drop_jobs(struct mom_omm *link);
void mom__omm_free_jobs(struct mom_omm *link);

/* dialect.c */
void mom__dialect_fill_control(struct mom_omm *link, struct axi_elem *request);
/* Fill in the request of a DEREGISTER, REGISTER or REJECT. */
void mom__dialect_fill_action(struct axi_msg *request, const struct mom_action *action);
/* How a login ended. */
void mom__dialect_login_result(struct mom_omm *link, const struct mom_action *action);
/* An answer to one of these. */
int mom__dialect_answer(struct mom_omm *link, const struct mom__job *job,
                        const struct axi_msg *answer);
/* An event of the dialect; *ret_known false when it is none. */
int mom__dialect_event(struct mom_omm *link, const struct axi_elem *event, bool *ret_known);

/* profile.c */
/* The import is complete. */
void mom__omm_profiles_start(struct mom_omm *link);
int mom__omm_profiles_pump(struct mom_omm *link);
int mom__omm_profiles_answer(struct mom_omm *link, uint32_t number, const struct axi_msg *answer);
void mom__omm_profiles_unanswered(struct mom_omm *link);
/* Any event that nobody else knows. */
int mom__omm_profiles_event(struct mom_omm *link, const struct axi_elem *event, bool *ret_known);
/* A PROFILE as a job: its request, its answer, and that it does not reach the OMM. */
void mom__omm_profiles_fill(struct axi_msg *request, const struct mom_action *action);
int mom__omm_profiles_set(struct mom_omm *link, const struct mom__job *job,
                          const struct axi_msg *answer);
void mom__omm_profiles_unset(struct mom_omm *link, uint32_t number, const char *why);

/* clock.c */
int mom__omm_clock_ask(struct mom_omm *link, uint64_t tag);
void mom__omm_clock_begin(struct mom_omm *link, struct axi_elem *request);
void mom__omm_clock_answer(struct mom_omm *link, const struct axi_msg *answer);
/* A time stamp of the OMM in our milliseconds; 0 when it is missing or nonsense. */
int64_t mom__omm_time(const struct mom_omm *link, const struct axi_elem *elem, enum axi_attr attr);

#endif
