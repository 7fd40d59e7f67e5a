/*
 * The inside of a link to a vendor's remote, shared by its files and by nobody else.
 *
 *   uds.c         life cycle, connection, timers, what the host asks
 *   uds_login.c   Open: whose it is, whether it may, what is answered
 *   uds_serve.c   the table of requests, and the order in which they are taken
 *   uds_show.c    records as the remote sees them; pages and other questions
 *   uds_take.c    changes of the remote: inputs, and their answers after the step
 *   uds_act.c     actions of the engine: events and results
 *   uds_feed.c    the beginning: what the site has is told to the engine, numbers are given
 *   uds_profile.c CoA profiles: questions, changes, events
 *   uds_roam.c    where a phone is: OMM ids, who is told, what is an end and what a renewal
 *
 * Functions return MOM_OK or MOM_ENOMEM and nothing else unless they say so. A conversation that has to end is ended
 * with mom__uds_end, which is no error: callers look at mom__uds_is_open before they go on.
 */
#ifndef MOM_AXI_UDS_IMPL_H
#define MOM_AXI_UDS_IMPL_H

#include "account.h"
#include "alloc.h"
#include "records.h"
#include "text.h"

#include <axi/server.h>
#include <momsync/axi/uds.h>

#define MOM__UDS_HELD_MAX 1024 /* results and removals that wait; an engine has 32 outstanding */
#define MOM__UDS_TYPES    (MOM_DEVICE + 1) /* arrays by enum mom_type; [0] is not used */

/* Values of `roaming`. Only the first is known of an OMM. */
#define MOM__UDS_ROAMED  "RoamingComplete"
#define MOM__UDS_ROAMING "RoamingInProgress"
enum { MOM__UDS_ARRIVING = 64 };

enum mom__uds_conn {
    MOM__UDS_DOWN,   /* disabled, or waiting for the remote */
    MOM__UDS_OPEN,   /* connected */
    MOM__UDS_CLOSING /* the host was asked to close and has not said that it did */
};

/* A change that is in a batch and is answered after the step. */
struct mom__uds_write {
    enum axi_type request;
    bool has_seq;
    int64_t seq;
    uint32_t local[MOM__UDS_TYPES]; /* that the answer shows; 0: none */
    bool fresh[MOM__UDS_TYPES];     /* the number was given for this */
    uint32_t profile;               /* the answer shows this CoA profile; 0: none */
};

/* A PUT or REMOVE that was not confirmed yet. */
struct mom__uds_held {
    uint64_t token;
    enum mom_type type; /* of a REMOVE that is still to be told; 0: only the result waits */
    uint32_t local;
    uint32_t local_device, local_user;
    int rc;
};

struct mom_uds {
    struct mom_uds_config config; /* without zeroes; its keys are in `records` */
    struct mom_alloc alloc;
    struct axi_alloc axi_alloc;

    /* of the call under way */
    struct mom_now now;
    struct mom_batch *batch;

    enum mom_uds_state state;
    char text[160];
    enum mom__uds_conn conn;
    unsigned wants;
    bool enabled;
    bool own_reason; /* state and text come from us, not from the host */
    bool told;       /* the engine was told IDENTIFIED and not yet DOWN */
    int64_t login_at, prepare_at;

    struct axi_server *server; /* of the conversation */
    struct axi_msg *message;   /* scratch: events, and requests that are answered later */
    struct axi_buf in;         /* bytes that wait to be looked at, from in_at on */
    size_t in_at;
    bool logging_in; /* an Open waits for the engine's word */
    struct axi_server_event
        stalled; /* a request that waits for its turn; kind 0 and msg NULL: none */
    bool subscribed;

    /* the beginning */
    bool feeding;
    enum mom_type fed_type; /* 0: nothing was told yet */
    uint32_t fed_local;
    uint32_t next_local[MOM__UDS_TYPES], reserved[MOM__UDS_TYPES];
    uint32_t given_from[MOM__UDS_TYPES]; /* numbers from here on were given in this conversation */
    int64_t contact_ms;                  /* wall time at which the link was last up; 0: not known */
    int64_t login_wall;                  /* wall time of this login */
    bool read_all[MOM__UDS_TYPES];

    struct mom__uds_write *writes;
    size_t write_count;
    struct mom__uds_held held[MOM__UDS_HELD_MAX];
    size_t held_count;

    struct mom__records records; /* key: ours */
    struct mom__key *remote_key; /* that secrets are told with; NULL: ours */

    /* Phones that it said to be coming in this conversation, the last ones: that their roaming is complete is then no
     * word of where they are. */
    uint64_t arriving[MOM__UDS_ARRIVING];
    size_t arriving_next;

    char omm_version[96];     /* as we tell it */
    int64_t protocol_version; /* theirs */
    uint32_t totals[MOM__UDS_TYPES], shown[MOM__UDS_TYPES], secrets_unusable;
    uint64_t requests, refused, events, unknown_messages, uploads, ignored, collisions, bytes_in,
        bytes_out;
};

static inline bool mom__uds_is_open(const struct mom_uds *link)
{
    return link->conn == MOM__UDS_OPEN;
}

static inline size_t mom__uds_waiting(const struct mom_uds *link)
{
    return link->server != NULL ? axi_server_output(link->server).len : 0;
}

/* Room for more than the answers to requests? */
static inline bool mom__uds_has_room(const struct mom_uds *link)
{
    return mom__uds_waiting(link) <= (size_t)link->config.max_output / 2;
}

/* uds.c */
void mom__uds_log(struct mom_uds *link, enum mom_level level, const char *line);
void mom__uds_enter_state(struct mom_uds *link, enum mom_uds_state state);
/* End the conversation: WANT_CLOSE, and DOWN for the engine. `text` is kept with the state. */
int mom__uds_end(struct mom_uds *link, enum mom_uds_state state, const char *text);
int mom__uds_input(struct mom_uds *link, const struct mom_input *input);
/* Open a view. *ret_view NULL with MOM_OK: it could not be, and the conversation was ended. */
int mom__uds_view(struct mom_uds *link, struct mom_view **ret_view);
/* Close it; `rc` is given back, unless reading had failed. */
int mom__uds_view_done(struct mom_uds *link, struct mom_view *view, int rc);
/* Send the answer that was begun in the server. */
int mom__uds_send(struct mom_uds *link);
/* Publish link->message as an event, if the remote asked for it. */
int mom__uds_publish(struct mom_uds *link);

/* uds_login.c */
int mom__uds_login(struct mom_uds *link, const struct axi_server_event *event);
/* The engine's word: yes, or REFUSE. */
int mom__uds_admit(struct mom_uds *link);
int mom__uds_turn_away(struct mom_uds *link, const struct mom_action *action);

/* uds_serve.c */
/* Take what came, as far as it may be taken now. */
int mom__uds_pump(struct mom_uds *link);
/* Is there something that mom__uds_pump could do without a step of the engine? */
bool mom__uds_can_go_on(const struct mom_uds *link);

/* uds_show.c */
/* Write a record that the site has, with all that is true now; false: it is not there. */
bool mom__uds_show(struct mom_uds *link, struct mom_view *view, struct axi_elem *elem,
                   enum mom_type type, uint64_t id, uint32_t local);
/* Number and time stamps only. */
bool mom__uds_show_times(struct mom_uds *link, struct mom_view *view, struct axi_elem *elem,
                         enum mom_type type, uint64_t id, uint32_t local);
/* The record behind a number of the site; 0: there is none. */
uint64_t mom__uds_id_of(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                        uint32_t local);
void mom__uds_show_attr(struct mom_uds *link, struct axi_elem *elem, enum mom_type type,
                        const struct mom_attr *attr);
int mom__uds_page(struct mom_uds *link, const struct axi_msg *request);
int mom__uds_summary(struct mom_uds *link, const struct axi_msg *request);
int mom__uds_find(struct mom_uds *link, const struct axi_msg *request);
/* A time of ours as the remote's clock has it, in seconds. */
int64_t mom__uds_seconds(const struct mom_uds *link, int64_t ms);

/* uds_take.c */
int mom__uds_set(struct mom_uds *link, const struct axi_msg *request);
int mom__uds_delete(struct mom_uds *link, const struct axi_msg *request);
/* A change of a CoA profile is in the batch. */
void mom__uds_note_profile(struct mom_uds *link, const struct axi_msg *request, uint32_t number);
/* After the step: answer what was waiting. */
int mom__uds_answer_writes(struct mom_uds *link);

/* uds_profile.c */
int mom__uds_get_profile(struct mom_uds *link, const struct axi_msg *request);
int mom__uds_set_profile(struct mom_uds *link, const struct axi_msg *request);
/* As it is stored, into an answer. */
void mom__uds_show_profile(struct mom_uds *link, struct mom_view *view, struct axi_elem *answer,
                           uint32_t number);
/* A PROFILE: told and done. */
int mom__uds_profile(struct mom_uds *link, const struct mom_action *action);
/* What the site has is what is stored. */
int mom__uds_feed_profiles(struct mom_uds *link, struct mom_view *view);

/* uds_act.c */
int mom__uds_put(struct mom_uds *link, const struct mom_action *action);
int mom__uds_remove(struct mom_uds *link, const struct mom_action *action);
/* Tell what was not told and confirm what was not confirmed, as far as there is room. `all`: also removals that
 * cannot be told. */
int mom__uds_settle(struct mom_uds *link, bool all);
bool mom__uds_can_settle(const struct mom_uds *link);

/* uds_feed.c */
/* Begin with the next step. */
void mom__uds_feed_start(struct mom_uds *link);
/* A portion of it. */
int mom__uds_feed(struct mom_uds *link);
/* Is everything at the site that should be? */
bool mom__uds_is_complete(const struct mom_uds *link);
/* A number that was never given before; 0: there are no more. */
int mom__uds_number(struct mom_uds *link, enum mom_type type, uint32_t *ret_local);
/* Note that the link was up until now. */
int mom__uds_note_contact(struct mom_uds *link);

/* uds_roam.c */
/* The attributes that say where a phone is. */
void mom__uds_show_place(struct mom_uds *link, struct axi_elem *elem,
                         const struct mom_record *device);
/* DEREGISTER and REGISTER. */
int mom__uds_sip(struct mom_uds *link, const struct mom_action *action);
/* A phone came to another site. */
int mom__uds_moved(struct mom_uds *link, uint64_t device);
/* Does an element say that the phone is at the remote? */
bool mom__uds_is_here(const struct mom_uds *link, const struct axi_elem *elem);
/* Does it say that a roaming is complete that it told to have begun? It may be late, and the phone gone by then. */
bool mom__uds_is_completion(struct mom_uds *link, uint64_t device, const struct axi_elem *elem);
/* What a change of a device says of its place: RELEASED or RENEWED for its user. */
int mom__uds_take_place(struct mom_uds *link, struct mom_view *view, uint64_t device,
                        const struct axi_elem *elem);

#endif
