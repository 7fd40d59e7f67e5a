/*
 * A vendor's remote: an OMM of release 6.1 to 8.0 whose built-in user and device synchronisation connects to us as if
 * we were its central OMM. Sans-I/O: the host accepts, moves bytes and tells the time; the link turns requests into
 * inputs for the engine and actions into events.
 *
 * Towards the engine such an OMM is one more site. The link is a virtual OMM in front of what the engine knows of it:
 * the uid and ppn of the site are what the remote sees in lists and events and what it names in its requests. A PUT or
 * REMOVE is done as soon as it was told to the remote, for a remote that missed it reads everything at its next
 * connection.
 *
 * A conversation: Open as sync client → the engine is asked (IDENTIFIED, ADMIT) → OpenResp → what the site has by what
 * we know is told to the engine (an import that deletes nothing), and what it lacks is given to it → the remote reads
 * PARK and SARI, subscribes, reads devices and users by pages, merges, uploads what it has newer or alone → changes in
 * both directions as they happen. CoA profiles (momsync/profile.h) likewise, one by one; a remote that does not ask for
 * them keeps its own.
 *
 * What such an OMM says on that connection is documented nowhere: docs/links.md ("The vendor's remotes") says what is
 * our own reading.
 *
 * In a host, after a mom_node_link of role REMOTE said MOM_NODE_WANT_HAND_OVER:
 *
 *     n = mom_node_hand_over(node_link, &data);
 *     rc = mom_uds_who(NULL, data, n, name, sizeof(name));     // whose link is it?
 *     rc = mom_uds_opened(link, &now, batch);
 *     rc = mom_uds_received(link, &now, data, n, batch);
 *     …
 *     wants = mom_uds_wants(link);                             // after every call
 *     if (wants & MOM_UDS_WANT_CLOSE) flush_and_close();       // then mom_uds_closed
 *     n = mom_uds_output(link, &data);                         // write, then mom_uds_sent
 *     read_or_pause(mom_uds_reads(link));
 *     arm_timer(mom_uds_deadline(link));                       // then mom_uds_timeout
 *     …
 *     rc = mom_engine_step(engine, &now, batch);
 *     while (mom_engine_next_action(engine, &action))
 *         for each link: rc = mom_uds_act(link, &now, &action, batch);
 *     for each link: rc = mom_uds_stepped(link, &now, batch);  // what waited for the step goes on
 *
 * A link belongs to one thread at a time, the one of its engine. It opens views of the engine (mom_view_open) in all
 * calls that have a batch, so none may be open then.
 */
#ifndef MOMSYNC_AXI_UDS_H
#define MOMSYNC_AXI_UDS_H

#include <axi/axi.h>
#include <momsync/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mom_uds;

/*
 * States of a link, and what each means to a person. From AUTH_FAILED on they say why it is down: the remote connects
 * again by itself.
 */
#define MOM_UDS_STATES(S)                                                                          \
    S(DISABLED, "disabled", "switched off by the administrator")                                   \
    S(WAITING, "waiting", "the remote has not connected yet")                                      \
    S(LOGIN, "login", "it is connected; Open is awaited")                                          \
    S(IDENTIFYING, "identifying", "it logged in; whether it fits the system is looked at")         \
    S(PREPARING, "preparing", "what it lacks is put together")                                     \
    S(READING, "reading", "it may read devices and users, and has not read both to the end")       \
    S(STEADY, "steady", "it has read everything; changes flow as they happen")                     \
    S(AUTH_FAILED, "auth failed", "user or password were refused")                                 \
    S(VERSION_MISMATCH, "version mismatch", "it speaks another AXI protocol version")              \
    S(NO_SYNC, "no sync client", "it logged in as an ordinary application")                        \
    S(PARK_MISMATCH, "park type mismatch", "its PARK's length differs from the system's SARI")     \
    S(PARK_DUPLICATE, "park duplicate", "another site has the same PARK")                          \
    S(PARK_CHANGED, "park changed", "it had another PARK before")                                  \
    S(PLATFORM, "platform mismatch", "it runs on another platform than the other sites")           \
    S(NO_ANSWER, "no answer", "Open did not come in time")                                         \
    S(SILENT, "silent", "no request came for five minutes")                                        \
    S(SLOW, "slow", "more waits to be sent than the limit: it does not read")                      \
    S(PROTOCOL_ERROR, "protocol error", "what came is not AXI, or too much of it")                 \
    S(STORE_FAILED, "store failed", "our own records could not be read")                           \
    S(LOST, "lost", "the connection broke")

enum mom_uds_state {
#define MOM_UDS_STATE_ENUM(id, name, text) MOM_UDS_##id,
    MOM_UDS_STATES(MOM_UDS_STATE_ENUM)
#undef MOM_UDS_STATE_ENUM
        MOM_UDS_STATE_COUNT
};
/* Name of a state for programs, and a text for people. Never NULL. */
MOM_API const char *mom_uds_state_name(enum mom_uds_state state);
MOM_API const char *mom_uds_state_text(enum mom_uds_state state);

/* Timers and sizes of a link; 0 takes the default. */
#define MOM_UDS_SETTINGS(S)                                                                        \
    S(login_ms, 30000, "from the connection until Open was accepted")                              \
    S(idle_ms, 300000, "silence after which the link ends (AXI: 5 minutes)")                       \
    S(prepare_ms, 30000,                                                                           \
      "how long lists wait for records that the site still lacks before they are shown as they "   \
      "are")                                                                                       \
    S(portion, 500, "records that are told to the engine in one step when a remote connects")      \
    S(writes, 64, "changes of the remote that wait for a step of the engine at a time")            \
    S(max_message, 65536, "bytes of the longest request that is taken")                            \
    S(max_input, 262144, "bytes that may have come and wait to be looked at")                      \
    S(max_output, 4194304, "bytes that may wait to be sent: beyond, the link ends")

struct mom_uds_config {
    size_t size; /* sizeof(struct mom_uds_config) */
    struct mom_alloc alloc;
    struct mom_engine *engine; /* borrowed: it lives longer than the link */
    mom_site site;
    /* The remote's PARK: such an OMM does not tell it on this connection, so it is configured. */
    struct mom_park park;
    enum mom_platform platform; /* of the remote, if the administrator told it */
    mom_site central; /* site whose PARK is shown as that of the central OMM; 0: the SARI is */
    int64_t protocol_version; /* of ours; 0: take any and tell theirs */
    /* Our key pair: its public half is told in OpenResp, `decrypt` opens what the remote encrypts with it. Copied. */
    struct axi_public_key key;
    /* The key that secrets are encrypted with that we tell; empty: ours. Copied. */
    struct axi_public_key remote_key;
    struct axi_secret_ops secrets; /* copied by value */
    void *user;                    /* first argument of the hooks */
    /* Needed. May this account log in at this site? The texts come from a stranger and are borrowed for the call;
     * compare in a time that does not depend on where they differ. Must not call the link. */
    bool (*check_account)(void *user, struct mom_str username, struct mom_str password);
    /* May be NULL, and so may be its answer. The PARK of a site of another node, whose OMM's id the remote is told when
     * one of its phones has gone there. */
    bool (*find_park)(void *user, mom_site site, struct mom_park *ret_park);
    /* May be NULL. A line never shows a secret. */
    void (*log)(void *user, enum mom_level level, const char *line);
#define MOM_UDS_SETTING_FIELD(name, value, why) int64_t name;
    MOM_UDS_SETTINGS(MOM_UDS_SETTING_FIELD)
#undef MOM_UDS_SETTING_FIELD
};

/* The link begins disabled. MOM_EINVAL for a configuration that makes no sense (sizes, no engine, site, PARK or hook;
 * a key that is none), MOM_ENOMEM. */
MOM_MUST_CHECK MOM_API int mom_uds_new(const struct mom_uds_config *config,
                                       struct mom_uds **ret_link);
/* The engine is told nothing: call mom_uds_closed before, if it was connected. NULL is allowed. */
MOM_API void mom_uds_free(struct mom_uds *link);
/* From the next login on: our protocol version, and what we say that we are (copied, 95 bytes at most; empty: nothing).
 * Both are those of the central OMM, which may be updated. */
MOM_API void mom_uds_set_version(struct mom_uds *link, int64_t protocol_version,
                                 struct mom_str omm_version);

/* --- who is it? ------------------------------------------------------------------------------ */

/* The user name of an Open at the beginning of `data`, with a NUL behind it. MOM_ENOENT: no Open is there, or its name
 * does not fit; MOM_ENOMEM. alloc NULL: the C library's. */
MOM_MUST_CHECK MOM_API int mom_uds_who(const struct mom_alloc *alloc, const char *data, size_t len,
                                       char *ret_name, size_t size);
/* Do user and password of that Open fit, by the link's check_account? Nothing changes by it: to be asked before a
 * conversation is ended because its remote seems to connect anew. False, too: no Open is there, or no memory. */
MOM_API bool mom_uds_may_login(const struct mom_uds *link, const char *data, size_t len);
/* What to say to somebody whose name belongs to no site, before closing: an OpenResp that refuses. Its length; 0 when
 * there is no Open, it does not fit into `size` (256 are enough) or there is no memory. */
MOM_API size_t mom_uds_refusal(const struct mom_alloc *alloc, const char *data, size_t len,
                               int64_t protocol_version, char *ret_data, size_t size);

/* --- what the host tells the link ------------------------------------------------------------ */

/* Inputs for the engine are added to `batch`. Every call returns MOM_OK or MOM_ENOMEM; after the latter close the
 * connection and call mom_uds_closed. */

/* Wait for the remote; or end the conversation and take none. */
MOM_MUST_CHECK MOM_API int mom_uds_enable(struct mom_uds *link, const struct mom_now *now,
                                          bool enabled, struct mom_batch *batch);
/* The remote connected (TLS included). An older connection is closed before (mom_uds_closed). Ignored when disabled or
 * connected: mom_uds_is_open tells. */
MOM_MUST_CHECK MOM_API int mom_uds_opened(struct mom_uds *link, const struct mom_now *now,
                                          struct mom_batch *batch);
/* Bytes came in: all are taken. What cannot be looked at yet is kept, up to max_input. */
MOM_MUST_CHECK MOM_API int mom_uds_received(struct mom_uds *link, const struct mom_now *now,
                                            const char *data, size_t len, struct mom_batch *batch);
/* The connection is gone. `text` says for whom it concerns why; a reason that the link found itself goes first. */
MOM_MUST_CHECK MOM_API int mom_uds_closed(struct mom_uds *link, const struct mom_now *now,
                                          struct mom_str text, struct mom_batch *batch);
/* An action of the engine: those for this site, and CHANGED, of which every link is told so that the remotes hear where
 * a phone is. Others do nothing. */
MOM_MUST_CHECK MOM_API int mom_uds_act(struct mom_uds *link, const struct mom_now *now,
                                       const struct mom_action *action, struct mom_batch *batch);
/* The engine was stepped with a batch in which this link may have had inputs, and its actions were told. */
MOM_MUST_CHECK MOM_API int mom_uds_stepped(struct mom_uds *link, const struct mom_now *now,
                                           struct mom_batch *batch);
/* The deadline has come. */
MOM_MUST_CHECK MOM_API int mom_uds_timeout(struct mom_uds *link, const struct mom_now *now,
                                           struct mom_batch *batch);

/* --- what the link asks of the host: look after every call above ------------------------------ */

/* When to call mom_uds_timeout at the latest, on the monotonic clock; MOM_NEVER. */
MOM_API int64_t mom_uds_deadline(const struct mom_uds *link);
enum mom_uds_want {
    /* Send what waits, for a few seconds at most, close, then call mom_uds_closed; reported once. */
    MOM_UDS_WANT_CLOSE = 1
};
/* Bits of enum mom_uds_want. */
MOM_API unsigned mom_uds_wants(struct mom_uds *link);
/* False: leave what comes where it is, there is enough to do. */
MOM_API bool mom_uds_reads(const struct mom_uds *link);
/* Bytes to send; borrowed until the next call on the link. Tell what was taken. */
MOM_API size_t mom_uds_output(const struct mom_uds *link, const char **ret_data);
MOM_API void mom_uds_sent(struct mom_uds *link, size_t len);

/* --- questions --------------------------------------------------------------------------------- */

/* True from mom_uds_opened to mom_uds_closed. */
MOM_API bool mom_uds_is_open(const struct mom_uds *link);

struct mom_uds_info {
    enum mom_uds_state state;
    char text[160];           /* why it is down, in words; "" when all is well */
    int64_t protocol_version; /* as the remote told it at its last login; 0: not told */
    int64_t clock_offset_ms;  /* the remote's clock minus ours */
    bool clock_known, subscribed;
    uint32_t devices_total, users_total; /* that the site has, when the remote began to read */
    uint32_t devices_read, users_read;   /* of this conversation */
    uint64_t requests, refused, events, unknown_messages;
    uint64_t uploads;    /* records in changes of the remote */
    uint64_t ignored;    /* attributes of them that were older than ours */
    uint64_t collisions; /* attributes that both had changed while the link was down: conflicts */
    uint64_t bytes_in, bytes_out; /* since the link was made */
    uint32_t
        secrets_unusable; /* secrets that could not be told to this remote since it connected */
};
/* How the link is now. */
MOM_API void mom_uds_get_info(const struct mom_uds *link, struct mom_uds_info *ret_info);

#ifdef __cplusplus
}
#endif
#endif
