/*
 * A link between two of our own nodes: the carriage of what their engines say to each other. Sans-I/O: the host dials
 * or accepts, moves bytes and tells the time; the link turns bytes into inputs for the engine (NODE_UP, NODE_BYTES,
 * NODE_DOWN) and actions (NODE_BYTES, NODE_CLOSE) into bytes.
 *
 * A conversation: connect (TLS is the host's) → Open as user-device-sync client, in which the caller announces which
 * node it is → OpenResp, in which the other one does so too → both leave AXI and speak binary frames. What is ours in
 * Open and OpenResp are the attributes MOM_NODE_ATTR_NODE and MOM_NODE_ATTR_CARRIAGE; no release of an OMM has
 * attributes with a hyphen. An OMM passes over what it does not know, so a caller that reached one sees an ordinary
 * OpenResp, and an ordinary client that reached us sent an ordinary Open. Both end in NO_NODE, and the connection with
 * all bytes that came goes back to the host, which may go on with AXI. docs/links.md has frames and time-outs.
 *
 * A caller that was up with its neighbour before, by the same link, leaves AXI out: its first bytes are a frame with
 * the login, and its engine is told NODE_UP at once, so that both go in one write (a refusal is followed by
 * NODE_DOWN). The one that is called tells both logins by their first byte and needs no memory of the caller. A short
 * login that gets no proper answer is followed by a long one, at once.
 *
 * To send few bytes, write after the engine was stepped, not before: answer and greeting are one TLS record then.
 *
 * Either side in a host, `batch` being the one that the engine steps next:
 *
 *     struct mom_node_config config = {.size = sizeof(config), .role = MOM_NODE_CENTRAL, .node = 0x01000002,
 *                                      .neighbour = 0x01000001, .username = …, .password = …};
 *     rc = mom_node_new(&config, &link);
 *     rc = mom_node_enable(link, &now, true, batch);
 *     …
 *     wants = mom_node_wants(link);                        // after every call
 *     if (wants & MOM_NODE_WANT_CONNECT) dial();           // then mom_node_opened or mom_node_closed
 *     if (wants & MOM_NODE_WANT_CLOSE) flush_and_close();  // then mom_node_closed
 *     if (wants & MOM_NODE_WANT_HAND_OVER) n = mom_node_hand_over(link, &data), go_on_with_axi(data, n);
 *     n = mom_node_output(link, &data);                    // write, then mom_node_sent
 *     arm_timer(mom_node_deadline(link));                  // then mom_node_timeout
 *     …
 *     rc = mom_node_received(link, &now, data, len, batch);
 *     rc = mom_engine_step(engine, &now, batch);
 *     mom_batch_reset(batch);
 *     while (mom_engine_next_action(engine, &action))
 *         if (action.node != 0) rc = mom_node_act(link_of(action.node), &now, &action, batch);
 *
 * A link belongs to one thread at a time. Nothing that came in reaches the engine before both sides have agreed.
 */
#ifndef MOMSYNC_AXI_NODE_H
#define MOMSYNC_AXI_NODE_H

#include <momsync/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mom_node;

/* Ours, not the vendor's: attributes of Open and OpenResp. The number of the node that writes, and the version of
 * what follows after OpenResp. The platform of its OMM is told where it is known (enum mom_platform). */
#define MOM_NODE_ATTR_NODE        "momsync-node"
#define MOM_NODE_ATTR_CARRIAGE    "momsync-carriage"
#define MOM_NODE_ATTR_PLATFORM    "momsync-platform"
#define MOM_NODE_CARRIAGE_VERSION 1

/* Which side of the connection we are on; the word says who the other one is to us, as in the UDS guide 2.1. */
enum mom_node_role {
    MOM_NODE_CENTRAL, /* we connect to the neighbour above */
    MOM_NODE_REMOTE   /* a neighbour below connected to us */
};

/*
 * States of a link, and what each means to a person. From UNREACHABLE on they say why it is down; a caller tries again
 * after `retry`, sooner when that may pass by itself, whoever is called waits for the next connection.
 */
#define MOM_NODE_STATES(S)                                                                         \
    S(DISABLED, "disabled", "switched off")                                                        \
    S(WAITING, "waiting", "nobody has connected yet")                                              \
    S(CONNECTING, "connecting", "TCP and TLS are being set up")                                    \
    S(LOGIN, "login", "the login was sent, or is awaited")                                         \
    S(UP, "up", "both agreed; messages are carried")                                               \
    S(NO_NODE, "no node", "the other side speaks AXI and is none of our nodes")                    \
    S(UNREACHABLE, "unreachable", "no connection: the address does not answer or refuses")         \
    S(TLS_FAILED, "tls failed",                                                                    \
      "the TLS handshake failed or the certificate is not the right one")                          \
    S(AUTH_FAILED, "auth failed", "user or password were refused")                                 \
    S(VERSION_MISMATCH, "version mismatch", "the other side speaks another AXI protocol version")  \
    S(CARRIAGE_MISMATCH, "carriage mismatch", "the other node speaks another version of frames")   \
    S(WRONG_NODE, "wrong node", "it is another node than expected, or one that is not known")      \
    S(REFUSED, "refused", "the login was refused for another reason, which the text tells")        \
    S(NO_ANSWER, "no answer", "the login was not complete in time")                                \
    S(SILENT, "silent", "nothing complete came for three keep-alive intervals")                    \
    S(PROTOCOL_ERROR, "protocol error", "what came is neither AXI nor a frame, or too long")       \
    S(SLOW, "slow", "more waits to be sent than the limit: the other side does not read")          \
    S(CLOSED, "closed", "our engine ended the conversation")                                       \
    S(GOODBYE, "goodbye", "the other node ended the conversation")                                 \
    S(LOST, "lost", "the connection broke")

enum mom_node_state {
#define MOM_NODE_STATE_ENUM(id, name, text) MOM_NODE_##id,
    MOM_NODE_STATES(MOM_NODE_STATE_ENUM)
#undef MOM_NODE_STATE_ENUM
        MOM_NODE_STATE_COUNT
};
/* Name of a state for programs, and a text for people. Never NULL. */
MOM_API const char *mom_node_state_name(enum mom_node_state state);
MOM_API const char *mom_node_state_text(enum mom_node_state state);

/* Timers and sizes of a link; 0 takes the default. */
#define MOM_NODE_SETTINGS(S)                                                                       \
    S(retry_ms, 60000,                                                                             \
      "after a link ended: when the caller tries again (MOM guide 10.1: every minute)")            \
    S(first_retry_ms, 1000,                                                                        \
      "instead, the first time that the way or the other side is gone; doubled with each failure") \
    S(retry_jitter_ms, 5000,                                                                       \
      "up to so much, or half of the time, is added, so that not all nodes come back at once")     \
    S(login_ms, 30000, "from the connection until both agreed")                                    \
    S(ping_ms, 60000, "nothing came for so long: ping; after three times as much the link ends")   \
    S(max_output, 4194304, "bytes that may wait to be sent: beyond, the link ends")

/* Why a goodbye was said, in its first byte: what an engine says has the numbers of enum mom_refusal. */
enum mom_node_goodbye {
    MOM_NODE_BYE_STOPPED = 0,    /* switched off, or the program ends */
    MOM_NODE_BYE_PROTOCOL = 128, /* a frame was damaged */
    MOM_NODE_BYE_SILENT = 129    /* nothing came in time */
};

struct mom_node_config {
    size_t size; /* sizeof(struct mom_node_config) */
    struct mom_alloc alloc;
    enum mom_node_role role;
    uint32_t node;      /* our own number, as in mom_config */
    uint32_t neighbour; /* CENTRAL: the node that must answer. REMOTE: 0 */
    int64_t
        protocol_version; /* AXI's, of our OMM; 0: not known, then any is taken. See docs/links.md */
    /* CENTRAL: the account, copied; the password is wiped when the link is freed. 256 bytes each. */
    struct mom_str username, password;
    uint64_t seed; /* for the jitter */
    void *user;    /* first argument of the hooks */
    /* REMOTE, both needed. They may be called in mom_node_received only, and must not call this link.
     * May this account log in? The texts come from a stranger and are borrowed for the call; compare in a time that
     * does not depend on where they differ. */
    bool (*check_account)(void *user, struct mom_str username, struct mom_str password);
    /* After the account was found good: is this node a neighbour that may come with it? MOM_NODE_UP: it may. An older
     * link of that node is ended here then (mom_node_closed with the same batch), so that its NODE_DOWN comes before
     * the new NODE_UP. MOM_NODE_REFUSED: not now, or not as things are; it is told the reason, for which `ret_why` has
     * room for `max` bytes with the end: ASCII, empty when the hook is called. Anything else is MOM_NODE_WRONG_NODE. */
    enum mom_node_state (*know_node)(void *user, uint32_t node, struct mom_str username,
                                     char *ret_why, size_t max);
    /* May be NULL. A line never shows a password. */
    void (*log)(void *user, enum mom_level level, const char *line);
#define MOM_NODE_SETTING_FIELD(name, value, why) int64_t name;
    MOM_NODE_SETTINGS(MOM_NODE_SETTING_FIELD)
#undef MOM_NODE_SETTING_FIELD
};

/* The link begins disabled; mom_node_enable starts it. MOM_EINVAL for a configuration that makes no sense (sizes,
 * numbers of nodes outside 0x01000000 to 0x01ffffff, a missing hook or account), MOM_ENOMEM. */
MOM_MUST_CHECK MOM_API int mom_node_new(const struct mom_node_config *config,
                                        struct mom_node **ret_link);
/* The engine is told nothing: call mom_node_closed before, if it was connected. NULL is allowed. */
MOM_API void mom_node_free(struct mom_node *link);
/* CENTRAL: new user and password, taken at the next connect. Copied. MOM_EINVAL when one is too long. */
MOM_MUST_CHECK MOM_API int mom_node_set_account(struct mom_node *link, struct mom_str username,
                                                struct mom_str password);

/* AXI's protocol version of our OMM and its platform became known or changed: told at the next login. A conversation
 * with a node whose OMM speaks another version ends as VERSION_MISMATCH and is tried again like any other (UDS guide
 * 2.2.2: the link stops, and resumes by itself). A node that does not tell its version is not refused. What a mixture
 * of platforms is worth is the host's affair (UDS guide 2.1.1). */
MOM_MUST_CHECK MOM_API int mom_node_set_omm(struct mom_node *link, const struct mom_now *now,
                                            int64_t version, enum mom_platform platform,
                                            struct mom_batch *batch);

/* --- what the host tells the link ----------------------------------------------------------- */

/* Inputs for the engine are added to `batch`. Every call returns MOM_OK or MOM_ENOMEM; after the latter close the
 * connection and call mom_node_closed. */

/* CENTRAL: connect at once; REMOTE: wait for a connection. Or end the conversation and stay down. */
MOM_MUST_CHECK MOM_API int mom_node_enable(struct mom_node *link, const struct mom_now *now,
                                           bool enabled, struct mom_batch *batch);
/* The connection (TLS included) is up. Ignored unless the link connects or waits for one. With a short login there is
 * NODE_UP in the batch afterwards. */
MOM_MUST_CHECK MOM_API int mom_node_opened(struct mom_node *link, const struct mom_now *now,
                                           struct mom_batch *batch);
/* Bytes came in: all are taken. What it adds to the batch is about as large as `len` and one message more. */
MOM_MUST_CHECK MOM_API int mom_node_received(struct mom_node *link, const struct mom_now *now,
                                             const char *data, size_t len, struct mom_batch *batch);
/* The connection is gone or was never made. `state` says why from the host's side (UNREACHABLE, TLS_FAILED,
 * NO_ANSWER or LOST; a reason that the link found itself goes first) and `text` for whom it concerns. */
MOM_MUST_CHECK MOM_API int mom_node_closed(struct mom_node *link, const struct mom_now *now,
                                           enum mom_node_state state, struct mom_str text,
                                           struct mom_batch *batch);
/* An action of the engine for this neighbour: NODE_BYTES and NODE_CLOSE do something, others nothing. */
MOM_MUST_CHECK MOM_API int mom_node_act(struct mom_node *link, const struct mom_now *now,
                                        const struct mom_action *action, struct mom_batch *batch);
/* The deadline has come. */
MOM_MUST_CHECK MOM_API int mom_node_timeout(struct mom_node *link, const struct mom_now *now,
                                            struct mom_batch *batch);

/* --- what the link asks of the host: look after every call above ------------------------------------ */

/* When to call mom_node_timeout at the latest, on the monotonic clock; MOM_NEVER. */
MOM_API int64_t mom_node_deadline(const struct mom_node *link);
enum mom_node_want {
    MOM_NODE_WANT_CONNECT = 1, /* dial; reported once per attempt */
    /* Send what waits, for a few seconds at most, close, then call mom_node_closed; reported once. */
    MOM_NODE_WANT_CLOSE = 2,
    /* The other side is no node: take the connection with mom_node_hand_over, or close it. Reported once. */
    MOM_NODE_WANT_HAND_OVER = 4
};
/* Bits of enum mom_node_want. */
MOM_API unsigned mom_node_wants(struct mom_node *link);
/* Bytes to send, which are all that wait: borrowed until the next call on the link. Tell what was taken. */
MOM_API size_t mom_node_output(const struct mom_node *link, const char **ret_data);
MOM_API void mom_node_sent(struct mom_node *link, size_t len);
/*
 * In state NO_NODE: all bytes that came, from the first. REMOTE: nothing was answered, give them to an axi_server.
 * CENTRAL: they begin with the OpenResp (which may be a refusal); the session is open as user-device-sync client, and
 * the Open had seq 1. Borrowed until the next call on the link; they may hold a password. When the connection ends
 * call mom_node_closed: a caller then tries again. 0 in other states.
 */
MOM_API size_t mom_node_hand_over(const struct mom_node *link, const char **ret_data);

/* --- questions --------------------------------------------------------------------------------------- */

struct mom_node_info {
    enum mom_node_state state;
    char text[160]; /* why it is down, in words; "" when all is well */
    /* REMOTE: known from the login on, kept until the next connection; 0 before. */
    uint32_t neighbour;
    /* REMOTE: which node it said it is, once its account was found good, refused or not; kept as long. 0 before, and
     * for CENTRAL. Any number: it need not be that of a node, nor of one that is known. */
    uint32_t claimed;
    int64_t protocol_version;   /* AXI's, as the other side told it; 0: not told */
    enum mom_platform platform; /* of its OMM, as it told; unknown: not told */
    uint32_t carriage;          /* the other side's version of frames; 0: not told */
    bool short_login; /* this conversation began with a short login, or the last one did */
    int goodbye; /* reason of the goodbye that came: enum mom_refusal or mom_node_goodbye; -1: none */
    size_t waiting;                     /* bytes that wait to be sent */
    uint64_t messages_in, messages_out; /* of the engine, since the link was made */
    uint64_t bytes_in, bytes_out;       /* of everything, since the link was made */
    int64_t next_try_ms;                /* monotonic, MOM_NEVER when connected or disabled */
};
/* How the link is now. */
MOM_API void mom_node_get_info(const struct mom_node *link, struct mom_node_info *ret_info);

#ifdef __cplusplus
}
#endif
#endif
