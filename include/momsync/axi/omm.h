/*
 * A link of role `omm`: the conversation in which a hub manages an OMM over AXI. Sans-I/O: the host dials, moves bytes
 * and tells the time; the link turns messages into inputs for the engine and actions into messages.
 *
 * A conversation: connect → Open as user-device-sync client → compare the protocol version → measure the clock (Ping) →
 * read PARK and SARI → ask the engine (IDENTIFIED, ADMIT) → set the SARI if it differs (the OMM restarts, the link
 * begins anew) → take control (SetMOMControlState, auto-create off) → Subscribe → read devices, then users, by pages
 * with several requests outstanding, while events are taken as they come → IMPORTED → steady; with `profiles` the
 * OMM's CoA profiles are read then, one by one.
 *
 * A link belongs to one thread at a time. It reads no clock: each call has the host's.
 *
 * Dialect `mom`: the control messages of an OMM under a Multi-OMM Manager are publicly known by name only; their
 * attributes are our reading and stand in libmomsync/axi/dialect.c alone.
 */
#ifndef MOMSYNC_AXI_OMM_H
#define MOMSYNC_AXI_OMM_H

#include <axi/axi.h>
#include <momsync/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mom_omm;

/*
 * States of a link, and what each means to the person who reads `momctl sites`. The first group are stages of a healthy
 * link, the second why it is down (it is tried again after `retry`).
 */
#define MOM_OMM_STATES(S)                                                                          \
    S(DISABLED, "disabled", "switched off by the administrator")                                   \
    S(CONNECTING, "connecting", "TCP and TLS are being set up")                                    \
    S(LOGIN, "login", "Open was sent")                                                             \
    S(IDENTIFYING, "identifying", "clock, PARK and SARI are being read")                           \
    S(RESTARTING, "restarting", "the SARI was set; the OMM restarts")                              \
    S(PREPARING, "preparing", "control is being taken and events subscribed")                      \
    S(IMPORTING, "importing", "devices and users are being read")                                  \
    S(STEADY, "steady", "imported; changes flow as they happen")                                   \
    S(UNREACHABLE, "unreachable", "no connection: the address does not answer or refuses")         \
    S(TLS_FAILED, "tls failed",                                                                    \
      "the TLS handshake failed or the certificate is not the right one")                          \
    S(AUTH_FAILED, "auth failed", "the OMM refused user or password")                              \
    S(VERSION_MISMATCH, "version mismatch", "the OMM speaks another protocol version")             \
    S(PARK_MISMATCH, "park type mismatch", "the PARK's length differs from the system's SARI")     \
    S(PARK_DUPLICATE, "park duplicate", "another site has the same PARK")                          \
    S(PARK_CHANGED, "park changed", "the site had another PARK before")                            \
    S(PLATFORM, "platform mismatch", "the OMM runs on another platform than those of other sites") \
    S(PERMISSION, "no permission", "the account may not do what a hub has to do")                  \
    S(NO_ANSWER, "no answer", "the OMM did not answer a request in time")                          \
    S(PROTOCOL_ERROR, "protocol error", "the OMM sent something that is not AXI, or too much")     \
    S(REJECTED, "rejected", "the OMM answered a request with an error that ends the conversation") \
    S(LOST, "lost", "the connection broke")

enum mom_omm_state {
#define MOM_OMM_STATE_ENUM(id, name, text) MOM_OMM_##id,
    MOM_OMM_STATES(MOM_OMM_STATE_ENUM)
#undef MOM_OMM_STATE_ENUM
        MOM_OMM_STATE_COUNT
};
/* Name of a state for programs, and a text for people. */
MOM_API const char *mom_omm_state_name(enum mom_omm_state state);
MOM_API const char *mom_omm_state_text(enum mom_omm_state state);

/* Timers and sizes of a link; 0 takes the default. */
#define MOM_OMM_SETTINGS(S)                                                                        \
    S(retry_ms, 60000,                                                                             \
      "after a link ended: when it is tried again (MOM guide 10.1: every minute)")                 \
    S(retry_jitter_ms, 5000, "up to so much is added, so that not all sites come back at once")    \
    S(restart_ms, 5000, "after the SARI was set: first try to reach the restarted OMM")            \
    S(answer_ms, 15000, "how long an OMM may take to answer a request")                            \
    S(ping_ms, 30000, "interval of Ping; an OMM drops a link without requests after 5 minutes")    \
    S(page, 20, "records of a page; an OMM gives at most 20")                                      \
    S(window, 4, "pages asked for before the first is answered")                                   \
    S(max_message, 1048576, "bytes of the longest message that is taken")                          \
    S(max_output, 1048576, "bytes that may wait to be sent before no more requests are made")

struct mom_omm_config {
    size_t size; /* sizeof(struct mom_omm_config) */
    struct mom_alloc alloc;
    mom_site site;
    int64_t protocol_version;          /* of ours; 0: take any. See docs/links.md */
    struct mom_str username, password; /* copied; the password is wiped when the link is freed */
    struct axi_secret_ops secrets;     /* how secrets are encrypted; copied by value */
    uint64_t seed;                     /* for the jitter */
    /* Ask the OMM to tell location registrations of all phones, for the engine's timer `silence`. Off by default: an
     * OMM ends the registration of a silent phone by itself, and which registrations it tells is not documented. */
    bool watch_phones;
    /* Its CoA profiles are kept the same too (momsync/profile.h): they are read after the import. */
    bool profiles;
    void *user; /* of the hooks below, which may be NULL */
    void (*log)(void *user, enum mom_level level, const char *line);
#define MOM_OMM_SETTING_FIELD(name, value, why) int64_t name;
    MOM_OMM_SETTINGS(MOM_OMM_SETTING_FIELD)
#undef MOM_OMM_SETTING_FIELD
};

/* The link begins disabled; mom_omm_enable starts it. MOM_EINVAL for a configuration that makes no sense (its size, no
 * site, settings below 0, user or password over 256 bytes), MOM_ENOMEM. */
MOM_MUST_CHECK MOM_API int mom_omm_new(const struct mom_omm_config *config,
                                       struct mom_omm **ret_link);
/* The engine is told nothing: call mom_omm_closed before, if it was connected. NULL is allowed. */
MOM_API void mom_omm_free(struct mom_omm *link);
/* New user and password, taken at the next connect. Copied. MOM_EINVAL when one is too long. */
MOM_MUST_CHECK MOM_API int mom_omm_set_account(struct mom_omm *link, struct mom_str username,
                                               struct mom_str password);

/* --- what the host tells the link ----------------------------------------------------------- */

/* Inputs for the engine are added to `batch`. Every call returns MOM_OK or MOM_ENOMEM; after the latter close the
 * connection and call mom_omm_closed. */

/* Begin to connect at once, or end the conversation and stay down. */
MOM_MUST_CHECK MOM_API int mom_omm_enable(struct mom_omm *link, const struct mom_now *now,
                                          bool enabled, struct mom_batch *batch);
/* The connection (TLS included) is up. */
MOM_MUST_CHECK MOM_API int mom_omm_opened(struct mom_omm *link, const struct mom_now *now,
                                          struct mom_batch *batch);
/* Bytes came in: all are taken. */
MOM_MUST_CHECK MOM_API int mom_omm_received(struct mom_omm *link, const struct mom_now *now,
                                            const char *data, size_t len, struct mom_batch *batch);
/* The connection is gone or was never made. `state` says why from the host's side (UNREACHABLE, TLS_FAILED,
 * NO_ANSWER or LOST; a reason that the link found itself goes first) and `text` for whom it concerns. */
MOM_MUST_CHECK MOM_API int mom_omm_closed(struct mom_omm *link, const struct mom_now *now,
                                          enum mom_omm_state state, struct mom_str text,
                                          struct mom_batch *batch);
/* An action of the engine whose site this is. */
MOM_MUST_CHECK MOM_API int mom_omm_act(struct mom_omm *link, const struct mom_now *now,
                                       const struct mom_action *action, struct mom_batch *batch);
/* The deadline has come. */
MOM_MUST_CHECK MOM_API int mom_omm_timeout(struct mom_omm *link, const struct mom_now *now,
                                           struct mom_batch *batch);

/* --- what the link asks of the host: look after every call above ----------------------------------- */

/* When to call mom_omm_timeout at the latest, on the monotonic clock; MOM_NEVER. */
MOM_API int64_t mom_omm_deadline(const struct mom_omm *link);
enum mom_omm_want {
    MOM_OMM_WANT_CONNECT = 1, /* dial; reported once per attempt */
    MOM_OMM_WANT_CLOSE = 2    /* send what waits, close, then call mom_omm_closed; reported once */
};
/* Bits of enum mom_omm_want. `ret_address`, with CONNECT: 0 the first address of the site, 1 the second. */
MOM_API unsigned mom_omm_wants(struct mom_omm *link, unsigned *ret_address);
/* Bytes to send: borrowed until the next call on the link. Tell what was taken. */
MOM_API size_t mom_omm_output(const struct mom_omm *link, const char **ret_data);
MOM_API void mom_omm_sent(struct mom_omm *link, size_t len);

/* --- questions --------------------------------------------------------------------------------------- */

struct mom_omm_info {
    enum mom_omm_state state;
    char text[160]; /* why it is down, in words; "" when all is well */
    char omm_version[96], standby_address[64];
    int64_t protocol_version;
    struct mom_park park, sari;
    bool standby_known;
    int64_t clock_offset_ms; /* the OMM's clock minus ours */
    bool clock_known;
    uint32_t devices_total, users_total; /* from the summaries, for progress; 0: not known */
    uint32_t devices_read, users_read;   /* of this import */
    uint64_t requests, answers, events, errors_answered, unknown_messages, parse_errors, repaired;
    uint64_t bytes_in, bytes_out;
    uint32_t
        secrets_unusable; /* secrets that could not be given to this OMM since the connect: known under another
                                  OMM's key only */
    int64_t next_try_ms; /* monotonic, MOM_NEVER when connected or disabled */
};
/* How the link is now. */
MOM_API void mom_omm_get_info(const struct mom_omm *link, struct mom_omm_info *ret_info);

#ifdef __cplusplus
}
#endif
#endif
