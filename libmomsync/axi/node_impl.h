/*
 * The inside of a link between two of our nodes, shared by its files and by nobody else.
 *
 *   node.c         life cycle, connection, timers, actions, what the host asks
 *   node_greet.c   Open and OpenResp, on both sides
 *   node_login.c   the short login of who was up before, on both sides
 *   node_frame.c   frames in and out, the bytes that wait
 *
 * Functions return MOM_OK or MOM_ENOMEM and nothing else. A conversation that has to end is ended with
 * mom__node_end, which is no error: callers look at mom__node_is_open before they go on.
 */
#ifndef MOM_AXI_NODE_IMPL_H
#define MOM_AXI_NODE_IMPL_H

#include "account.h"
#include "alloc.h"
#include "text.h"

#include <axi/message.h>
#include <momsync/axi/node.h>

#define MOM__NODE_GREETING_MAX                                                                     \
    16384                       /* bytes of an Open or OpenResp: that of an OMM has 2 to 4 KiB */
#define MOM__NODE_BYE_MAX   160 /* bytes of the text of a goodbye */
#define MOM__NODE_INTERVALS 3   /* keep-alive intervals of silence after which the link ends */

/* Kinds of frames: a control character that XML does not have, so that AXI in its place is noticed. */
enum mom__frame {
    MOM__FRAME_MESSAGE = 1, /* body: a message of the engine */
    MOM__FRAME_PING = 2,    /* no body: answer with PONG */
    MOM__FRAME_PONG = 3,    /* no body */
    MOM__FRAME_GOODBYE = 4, /* body: reason, text in ASCII */
    /* The first of each side after a short login, and nowhere else. */
    MOM__FRAME_LOGIN = 5, /* body: see node_login.c */
    MOM__FRAME_ANSWER = 6
};
/* Kind and length: the longest message needs three bytes for its length. */
#define MOM__FRAME_HEAD_MAX 4

enum mom__node_conn {
    MOM__NODE_DOWN,     /* disabled, or waiting for somebody who connects */
    MOM__NODE_DIALING,  /* the host connects */
    MOM__NODE_GREETING, /* Open and OpenResp */
    MOM__NODE_SHORT,    /* the short login: LOGIN and ANSWER */
    MOM__NODE_FRAMES,   /* both agreed */
    MOM__NODE_CLOSING,  /* the host was asked to close and has not said that it did */
    MOM__NODE_HANDED,   /* no node: the connection is the host's */
    MOM__NODE_PAUSE     /* until retry_at */
};

struct mom_node {
    struct mom_node_config config; /* without zeroes; no account in it */
    struct mom_alloc alloc;
    struct axi_alloc axi_alloc;
    struct mom__account account;
    uint64_t random;

    /* of the call */
    struct mom_now now;
    struct mom_batch *batch;

    enum mom_node_state state;
    char text[160];
    enum mom__node_conn conn;
    unsigned wants;
    bool enabled;
    bool own_reason;   /* the state was set by ourselves: the host's does not count */
    bool dial_at_once; /* enabled again while the host still closes */
    bool told;         /* the engine was told NODE_UP and not yet NODE_DOWN */
    bool knows;        /* CENTRAL: was up with this neighbour; the next login is a short one */
    bool shortly;      /* this conversation began with a short login */
    bool unanswered;   /* …to which no answer has come */
    int64_t retry_at, login_at, ping_at, heard_at;
    int64_t up_at;     /* MOM_NEVER: it was not, since the last wait */
    int64_t next_wait; /* of those that get longer with each failure */

    /* greeting */
    char *greeting; /* all that came so far */
    size_t greeting_len, greeting_cap;
    uint32_t neighbour, claimed;
    int64_t protocol_version;
    enum mom_platform platform;     /* of the other side's OMM */
    enum mom_platform omm_platform; /* of ours */
    uint32_t carriage;

    /* frames in */
    char head[MOM__FRAME_HEAD_MAX];
    size_t head_len;
    bool in_body;
    char *body; /* of a frame that is not complete */
    size_t body_len, body_cap, body_need;
    int goodbye;

    /* bytes out */
    char *out;
    size_t out_len, out_cap, out_sent;
    size_t secret_left; /* of the bytes that wait: so many are to be wiped, Open has the password */
    uint64_t pong_end;  /* bytes_out once the last PONG is gone */

    uint64_t messages_in, messages_out, bytes_in, bytes_out;
};

static inline bool mom__node_is_open(const struct mom_node *link)
{
    return link->conn == MOM__NODE_GREETING || link->conn == MOM__NODE_SHORT ||
           link->conn == MOM__NODE_FRAMES;
}

/* node.c */
void mom__node_log(struct mom_node *link, enum mom_level level, const char *line);
void mom__node_enter_state(struct mom_node *link, enum mom_node_state state);
/* End the conversation: WANT_CLOSE, and NODE_DOWN for the engine. `text` is kept with the state. */
int mom__node_end(struct mom_node *link, enum mom_node_state state, const char *text);
/* Both agreed: frames from now on, and NODE_UP for the engine. */
int mom__node_agreed(struct mom_node *link);
/* NODE_UP for the engine, once. */
int mom__node_tell_up(struct mom_node *link);

/* node_greet.c */
/* What a caller says of itself, in either form. */
struct mom__claim {
    uint32_t node, carriage;
    int64_t protocol_version;
    enum mom_platform platform;
    struct mom_str username, password;
};
#define MOM__NODE_WHY_SIZE 160 /* of the text of a refusal, with its end */
/* UP, and link->neighbour is set; or the state of the refusal, and why, in words (nothing for AUTH_FAILED). In one
 * order for both forms, so that who has no account learns nothing about the versions and neighbours of this node. */
enum mom_node_state mom__node_judge(struct mom_node *link, const struct mom__claim *claim,
                                    char ret_why[MOM__NODE_WHY_SIZE]);
/* CENTRAL: the other side's versions (in link) and number as they were told: agreed, or the end. */
int mom__node_compare(struct mom_node *link, uint32_t node);
/* CENTRAL: send Open. */
int mom__node_greet(struct mom_node *link);
/* Do two versions of AXI's protocol exclude each other? One that is not known (0) does not. */
static inline bool mom__node_differs(int64_t ours, int64_t theirs)
{
    return ours != 0 && theirs != 0 && ours != theirs;
}
/* Take bytes up to the end of the first message, or all. */
int mom__node_greeting(struct mom_node *link, const char **data, size_t *len);
/* Wipe and free what came before the frames. */
void mom__node_drop_greeting(struct mom_node *link);

/* node_login.c */
/* CENTRAL: send a LOGIN, and tell the engine NODE_UP. */
int mom__node_login(struct mom_node *link);
/* REMOTE: a LOGIN came. CENTRAL: an ANSWER came. */
int mom__node_take_login(struct mom_node *link, struct mom_str body);
int mom__node_take_answer(struct mom_node *link, struct mom_str body);
/* Longest bodies. */
#define MOM__NODE_LOGIN_MAX  (1 + 4 + 1 + 5 + 2 + 2 * MOM__ACCOUNT_MAX)
#define MOM__NODE_ANSWER_MAX (1 + 1 + 4 + 1 + 5 + MOM__NODE_BYE_MAX)

/* node_frame.c */
/* Text of a stranger in ASCII, at most MOM__NODE_BYE_MAX bytes and an end. */
void mom__node_clean(char *ret_text, struct mom_str text);
/* A varint: bytes written, 5 at most. */
size_t mom__node_varint(char *ret_bytes, uint32_t number);
/* Take bytes up to the end of a frame, or all. */
int mom__node_frame(struct mom_node *link, const char **data, size_t *len);
/* Queue bytes as they are; no limit. MOM_ENOMEM leaves the queue as it was. */
int mom__node_put(struct mom_node *link, const char *data, size_t len);
int mom__node_put_frame(struct mom_node *link, enum mom__frame kind, struct mom_str body);
/* A goodbye and the end of the conversation. */
int mom__node_part(struct mom_node *link, enum mom_node_state state, int reason, const char *text);
size_t mom__node_waiting(const struct mom_node *link);
void mom__node_drop_output(struct mom_node *link);
/* Forget a frame that is not complete. */
void mom__node_drop_frame(struct mom_node *link);

#endif
