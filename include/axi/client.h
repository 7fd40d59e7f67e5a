/*
 * The client's side of one session with an OMM, sans-I/O: the host carries bytes and tells the time.
 *
 *     struct axi_client *c = axi_client_new(NULL);
 *     axi_client_open(c, &login, now);
 *     for (;;) {
 *         send what axi_client_output(c) has, axi_client_sent(c, n);
 *         wait for bytes, or until axi_client_deadline(c);
 *         while (axi_client_next(c, now, &data, &len, &event))
 *             switch (event.kind) { … }
 *     }
 *
 * The client numbers requests (seq) and finds their answers, lets at most a window of them be under way and keeps the
 * others waiting in order, times them out, pings before the OMM hangs up (it does after 5 minutes without a request),
 * measures its clock, reads whole tables page by page, keeps the subscriptions, and carries files. The host sees what
 * it must decide about as events. After a lost connection axi_client_reset and axi_client_open begin again;
 * subscriptions are asked for again by themselves.
 *
 * Requests go out in the order of the calls that made them, and subscriptions before all that was asked for
 * later: who subscribes and then reads misses nothing. What is asked for before Open was accepted waits for it,
 * and goes out behind the subscriptions.
 *
 * Memory is bounded by the parser's limit, by `queue` and by what the host itself asks for; in the steady
 * state nothing is allocated per message. When there is no memory a call of the host returns AXI_ENOMEM and has
 * begun nothing; what the client has to send by itself (the next page, block, Subscribe or Ping) is tried again
 * with the next axi_client_next, for which the deadline asks within a second.
 */
#ifndef AXI_CLIENT_H
#define AXI_CLIENT_H

#include <axi/clock.h>
#include <axi/parser.h>
#include <axi/session.h>
#include <axi/subscribe.h>

#ifdef __cplusplus
extern "C" {
#endif

struct axi_client;

/* 0 takes the default. */
struct axi_client_options {
    /* Its alloc is the client's too. */
    struct axi_parser_options parser;
    /* Requests under way at a time; default 8. */
    unsigned window;
    /* Requests under way and waiting, at most 65536; default 256: AXI_EFULL. The client's own (further pages and
     * blocks, Ping, Subscribe after Open) are not refused. */
    unsigned queue;
    /* From being sent to the answer; default 30000. */
    int64_t timeout_ms;
    /* Ping after so long without a request; default 60000, negative: never. */
    int64_t ping_ms;
    /* Records per paged request, 1 to 20; default 20 (AXI, LimitsResp.records). */
    unsigned page;
    /* Requests under way at a time for one axi_client_read, 1 to 32; default 1. More is faster over a long way, but
     * where a page begins must then be guessed: the records of later ids can come before those of earlier ones. */
    unsigned pages;
    /* Subscribed items; default 65536: AXI_EFULL beyond. */
    size_t max_items;
};

/* options NULL: all defaults. NULL on no memory. */
AXI_API struct axi_client *axi_client_new(const struct axi_client_options *options);
AXI_API void axi_client_free(struct axi_client *client);
/* The connection is gone: forget what was under way or waited (without events), half-read bytes, bytes not sent, and
 * what the OMM told of itself. Keeps the wanted subscriptions. */
AXI_API void axi_client_reset(struct axi_client *client);

/* --- events ------------------------------------------------------------------------------------- */

enum axi_client_event_kind {
    /* Open was accepted: msg is OpenResp. */
    AXI_CLIENT_OPENED,
    /* Open was refused: code, msg. The link stays: another axi_client_open may follow. */
    AXI_CLIENT_REFUSED,
    /* To axi_client_request: tag, request, code (NOTHING = success), msg. */
    AXI_CLIENT_ANSWER,
    /* No answer in time: tag, request. Also for Open (another may follow), reads and files (they are over), Ping
     * and Subscribe (tag 0; the flags are asked for again after the next Open). The session goes on; a late answer
     * is STRAY. */
    AXI_CLIENT_TIMED_OUT,
    /* One page of axi_client_read: tag, request, msg; records are its `element` children. Each record comes once:
     * those that an earlier page brought are taken out of msg. */
    AXI_CLIENT_RECORDS,
    /* The read is complete (code NOTHING) or was refused (code, msg): tag, request. EFailed without an errCode in
     * msg: its records are not in the order of their ids. */
    AXI_CLIENT_READ_END,
    /* An Event… message: msg. */
    AXI_CLIENT_NOTICE,
    /* A Subscribe was answered: code, msg; when refused, msg names the event type, and the flags of that request
     * are no longer wanted. */
    AXI_CLIENT_SUBSCRIBED,
    /* The OMM's clock was measured (msg is PingResp): axi_client_clock. */
    AXI_CLIENT_CLOCK,
    /* axi_client_put_file is complete or was refused: tag, code, msg. */
    AXI_CLIENT_FILE_SENT,
    /* A block of axi_client_get_file: tag, data (decoded), offset, msg. */
    AXI_CLIENT_FILE_DATA,
    /* The file is complete (code NOTHING) or was refused (code, msg): tag. EFailed without an errCode in msg: a
     * block is missing or is no base64; ENoMem without one: no memory for a block. */
    AXI_CLIENT_FILE_END,
    /* An answer that nothing waits for, or a request from the OMM's side: msg. */
    AXI_CLIENT_STRAY,
    /* What came was no message: axi_client_parse_error. The link goes on. */
    AXI_CLIENT_BROKEN
};

/* Borrowed until the next axi_client_next or axi_client_reset: what the host asks for while it looks at an event does
 * not touch it. */
struct axi_client_event {
    enum axi_client_event_kind kind;
    uint64_t tag;
    enum axi_type request; /* NONE for one that the catalogue does not have */
    enum axi_value code;
    const struct axi_msg *msg; /* NULL where none is named above */
    const char *element;       /* RECORDS: name of the records; static */
    struct axi_str data;       /* FILE_DATA */
    uint64_t offset;           /* FILE_DATA */
};

/*
 * Take bytes from *data and advance *data and *len, up to the next thing that the host must know; then true.
 * False when all bytes were taken and no time-out is due. Call it with *len 0 (*data may be NULL then) when only
 * time has passed.
 */
AXI_MUST_CHECK AXI_API bool axi_client_next(struct axi_client *client, struct axi_time now,
                                            const char **data, size_t *len,
                                            struct axi_client_event *ret_event);

/* Bytes to send; borrowed until the next call on this client. Say how many of them were sent: there may be more
 * then. Open, with its password, is wiped from memory as it is sent. */
AXI_API struct axi_str axi_client_output(const struct axi_client *client);
AXI_API void axi_client_sent(struct axi_client *client, size_t len);
/* When to call axi_client_next at the latest (mono_ms), INT64_MAX: not before bytes come. */
AXI_API int64_t axi_client_deadline(const struct axi_client *client);

/* --- what the host asks for; all return AXI_OK or an error and then nothing was begun ------------- */

struct axi_login {
    struct axi_str username, password;
    bool sync;                /* a UserDeviceSync session: whole records, EventPPCnf (AXI, Open) */
    bool omp;                 /* as the admin portal does */
    int64_t protocol_version; /* 0: not sent */
};
/* AXI_ESTATE when the session is open or opening, or an earlier Open is still to be sent. Nothing else is sent before
 * it is accepted; requests wait. */
AXI_MUST_CHECK AXI_API int axi_client_open(struct axi_client *client, const struct axi_login *login,
                                           struct axi_time now);
/* Send a request; its seq is set. The message is the caller's again at once, and axi_client_output has its bytes when
 * the session is open and the window has room. timeout_ms 0: the default. AXI_EFULL when `queue` requests wait (try
 * again after an answer), AXI_EINVAL for what is no request of the catalogue (names that it does not have pass) and for
 * Open. A Subscribe that is sent in this way is not remembered. */
AXI_MUST_CHECK AXI_API int axi_client_request(struct axi_client *client, struct axi_msg *request,
                                              uint64_t tag, int64_t timeout_ms,
                                              struct axi_time now);
/* Read all records of a paged request (axi_type_paging) from id `first` on. Several reads may run at a time.
 * AXI_EINVAL when the request is not paged, AXI_EFULL as above. */
AXI_MUST_CHECK AXI_API int axi_client_read(struct axi_client *client, enum axi_type request,
                                           int64_t first, uint64_t tag, struct axi_time now);
/* The same, with all else that `request` says (GetRFP withDetails …) in the request of each page. It begins at the id
 * in its key attribute, or at the least there is; maxRecords is ours. The message stays the caller's. AXI_EVALUE when
 * the key is no id. */
AXI_MUST_CHECK AXI_API int axi_client_read_like(struct axi_client *client,
                                                const struct axi_msg *request, uint64_t tag,
                                                struct axi_time now);
/* Set or clear a flag. Flags are collected and go out, up to 20 in a request, with the next call of
 * axi_client_next, before the next request, or when 20 are there. Before Open they wait for it. AXI_EINVAL and
 * AXI_EFULL as axi_subscriptions_set, AXI_EFULL also when `queue` requests wait. */
AXI_MUST_CHECK AXI_API int axi_client_subscribe(struct axi_client *client,
                                                const struct axi_subscription *subscription,
                                                struct axi_time now);
/* Ping now: CLOCK comes if the host knows the time and the OMM tells its own. AXI_ESTATE when the session is not open.
 */
AXI_MUST_CHECK AXI_API int axi_client_ping(struct axi_client *client, struct axi_time now);
/* Send a file by PutFile, block by block, each after the answer to the one before it. `data` is copied.
 * Names begin with a colon (":license"). One file at a time, in whatever direction: AXI_ESTATE. */
AXI_MUST_CHECK AXI_API int axi_client_put_file(struct axi_client *client, struct axi_str name,
                                               struct axi_str data, uint64_t tag,
                                               struct axi_time now);
/* Fetch a file by GetFile. One request may bring several answers (our reading; no capture shows it): the
 * time-out runs from each. One file at a time: AXI_ESTATE. */
AXI_MUST_CHECK AXI_API int axi_client_get_file(struct axi_client *client, struct axi_str name,
                                               uint64_t tag, struct axi_time now);

/* --- what is known ------------------------------------------------------------------------------ */

/* True from the accepted Open to a reset. */
AXI_API bool axi_client_is_open(const struct axi_client *client);
/* Granted by OpenResp and EventPermissionChange, implied ones included; enum axi_permission. */
AXI_API unsigned axi_client_permissions(const struct axi_client *client);
/* The OMM's public key, from OpenResp or GetPublicKeyResp; ptr NULL when it has told none (or one of more than 8192
 * bits). Borrowed until the next axi_client_next or axi_client_reset. */
AXI_API struct axi_public_key axi_client_public_key(const struct axi_client *client);
/* Borrowed as long as the client lives. */
AXI_API const struct axi_clock *axi_client_clock(const struct axi_client *client);
/* What is subscribed, as far as it was acknowledged. Borrowed as long as the client lives. */
AXI_API const struct axi_subscriptions *axi_client_subscriptions(const struct axi_client *client);
/* Requests under way and waiting, those of reads and files, Ping and Subscribe included. */
AXI_API size_t axi_client_pending(const struct axi_client *client);
/* What was wrong with the last message that was BROKEN. */
AXI_API const struct axi_parse_error *axi_client_parse_error(const struct axi_client *client);
/* What came from the OMM since the client was made. */
AXI_API struct axi_parser_stats axi_client_stats(const struct axi_client *client);

#ifdef __cplusplus
}
#endif
#endif
