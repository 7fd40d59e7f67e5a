/*
 * The server's side of one session, sans-I/O: what an OMM, a hub that speaks AXI to applications, or a simulator does
 * for each connection.
 *
 *     while (axi_server_next(s, now, &data, &len, &event))
 *         switch (event.kind) {
 *         case AXI_SERVER_LOGIN:   check event.login; axi_server_accept(s, …) or axi_server_refuse(s, …)
 *         case AXI_SERVER_REQUEST: answer = axi_server_answer(s, event.msg); …; axi_server_send(s)
 *         }
 *     send axi_server_output(s), axi_server_sent(s, n)
 *
 * By itself it refuses everything before Open (EPerm) and Open on an open session (EForbidden), refuses
 * requests for which the session lacks the permission (EPerm) or which differ from the catalogue (EInval, EMissing,
 * ETooLong with `bad` and maxLen; what the catalogue does not know is tolerated, and so are attributes that only an
 * OMM sets), answers Ping and Subscribe, sends events to those who asked for them, puts files together and cuts
 * them into blocks, and tells when a client was silent for too long.
 */
#ifndef AXI_SERVER_H
#define AXI_SERVER_H

#include <axi/clock.h>
#include <axi/parser.h>
#include <axi/session.h>
#include <axi/subscribe.h>

#ifdef __cplusplus
extern "C" {
#endif

struct axi_server;

/* 0 takes the default. */
struct axi_server_options {
    /* Its alloc is the server's too; max_message is 64 KiB by default here. */
    struct axi_parser_options parser;
    /* Silence after which IDLE comes; default 300000 (AXI: 5 minutes), negative: never. */
    int64_t idle_ms;
    /* Bytes that may wait to be sent; default 4 MiB: then SLOW comes. While more than a quarter waits, no requests
     * are taken. */
    size_t max_output;
    /* Bytes of a file sent to us; default 1 MiB: EInval beyond. */
    size_t max_file;
    /* Subscribed items; default 65536: ENoMem beyond. */
    size_t max_items;
    /* Do not compare requests with the catalogue: the host does. */
    bool unchecked;
};
/* options NULL: all defaults. NULL on no memory. */
AXI_API struct axi_server *axi_server_new(const struct axi_server_options *options);
AXI_API void axi_server_free(struct axi_server *server);

/* --- events ------------------------------------------------------------------------------------- */

enum axi_server_event_kind {
    /* An Open to accept or to refuse, before anything else: login, msg. */
    AXI_SERVER_LOGIN,
    /* A request to answer, now or later: msg, type (NONE: not in the catalogue). */
    AXI_SERVER_REQUEST,
    /* A request that was answered already (Ping, a block of a file, any refusal), for logs and counters: msg, type,
     * code (NOTHING = success). */
    AXI_SERVER_ANSWERED,
    /* The same for a Subscribe that changed the subscriptions: msg, type. */
    AXI_SERVER_SUBSCRIBED,
    /* A file has arrived completely: msg, name, data. Answer it with axi_server_answer. */
    AXI_SERVER_FILE,
    /* A file is asked for: msg, name. Answer it with axi_server_send_file or an error. */
    AXI_SERVER_GET_FILE,
    /* An answer or an event, which no client sends: msg. It gets no answer. */
    AXI_SERVER_STRAY,
    /* What came was no message: axi_server_parse_error. The link goes on. */
    AXI_SERVER_BROKEN,
    /* The client was silent for too long: close the link. */
    AXI_SERVER_IDLE,
    /* The client does not read, or there was no memory for what it was to be sent: close the link. What was to be sent
     * is dropped, what comes is not looked at any more. */
    AXI_SERVER_SLOW
};

struct axi_server_login {
    struct axi_str username, password;
    bool sync, omp;
    int64_t protocol_version; /* 0: not told */
    /* What is wrong with it whoever it is (open already, not as the catalogue says), NOTHING when the host decides.
     * Such a login cannot be accepted: axi_server_accept refuses it too. */
    enum axi_value code;
};

/* Borrowed until the next axi_server_next. */
struct axi_server_event {
    enum axi_server_event_kind kind;
    const struct axi_msg *msg;
    enum axi_type type;
    enum axi_value code;
    struct axi_server_login login;
    struct axi_str name, data;
};

/*
 * Take bytes from *data and advance *data and *len, up to the next thing that the host must know; then
 * true. False when there is nothing more to do for now. If bytes are left then, they have to wait until the
 * login is decided or until more of the output was sent: stop reading the link, and call again with the same
 * bytes afterwards. Call it with *len 0 when only time has passed.
 */
AXI_MUST_CHECK AXI_API bool axi_server_next(struct axi_server *server, struct axi_time now,
                                            const char **data, size_t *len,
                                            struct axi_server_event *ret_event);
/* Bytes to send; borrowed until the next call on this server. Say how many of them were sent. */
AXI_API struct axi_str axi_server_output(const struct axi_server *server);
AXI_API void axi_server_sent(struct axi_server *server, size_t len);
/* When to call axi_server_next at the latest (mono_ms), INT64_MAX: not before bytes come. */
AXI_API int64_t axi_server_deadline(const struct axi_server *server);

/* --- answers ------------------------------------------------------------------------------------ */

/* Begin the answer to a request; it is the server's one message, to be filled and sent with axi_server_send before
 * the next answer begins. For a request that is answered later keep a copy of it, or only its name and seq. */
AXI_API struct axi_elem *axi_server_answer(struct axi_server *server,
                                           const struct axi_msg *request);
/* Begin a refusal. `bad` and `info` may be NULL, max_len 0. */
AXI_API struct axi_elem *axi_server_error(struct axi_server *server, const struct axi_msg *request,
                                          enum axi_value code, const char *bad, const char *info,
                                          int64_t max_len);
/* Send what axi_server_answer, axi_server_error, axi_server_accept or axi_server_refuse began. Returns what axi_encode
 * would; AXI_EFULL once SLOW is due. */
AXI_MUST_CHECK AXI_API int axi_server_send(struct axi_server *server);

/* After LOGIN: begin the OpenResp with the granted permissions in it, implied ones included; fill in the rest and
 * axi_server_send it. The session is open from now on (see login.code). */
AXI_API struct axi_elem *axi_server_accept(struct axi_server *server, unsigned permissions);
/* After LOGIN: begin the refusal (EAuth as a rule; login.code goes before); the session stays as it was and
 * another Open may come. An OMM tells its protocolVersion here too. */
AXI_API struct axi_elem *axi_server_refuse(struct axi_server *server, enum axi_value code);

/* What a paged request asks for (AXI, GetRecordType): records with id >= first, `count` at most. exact: only the one
 * with that id, and ENoEnt when there is none. AXI_EINVAL when the request is not paged or has no key, AXI_EVALUE when
 * key or maxRecords is no number or maxRecords negative. */
struct axi_page {
    struct axi_paging paging;
    int64_t first;
    unsigned count; /* 1..20 */
    bool exact;
};
AXI_MUST_CHECK AXI_API int axi_server_page(const struct axi_msg *request,
                                           struct axi_page *ret_page);

/* Send an event if this session asked for it. True when it was queued. The host may publish EventPPCnf and the two
 * events about only a device or a user to all sessions: the first goes to sync sessions only, the others to
 * the rest (AXI, Subscribe). */
AXI_API bool axi_server_publish(struct axi_server *server, const struct axi_msg *event);
/* Send an event to an open session whether it asked for it or not. True when it was queued. */
AXI_API bool axi_server_notify(struct axi_server *server, const struct axi_msg *event);
/* Change what the session may do, and tell it by EventPermissionChange if it asked for SystemState. Subscriptions
 * that it may not have any more end. */
AXI_API void axi_server_permit(struct axi_server *server, unsigned permissions);
/* Answer GET_FILE: blocks go out as the output drains. `data` is copied. One file at a time: while one is under
 * way the server refuses the next GetFile with EInProgress, and this returns AXI_ESTATE. */
AXI_MUST_CHECK AXI_API int axi_server_send_file(struct axi_server *server,
                                                const struct axi_msg *request, struct axi_str data);

/* --- what is known ------------------------------------------------------------------------------ */

/* True once a login was accepted. */
AXI_API bool axi_server_is_open(const struct axi_server *server);
/* True for a UserDeviceSync session (AXI, Open). */
AXI_API bool axi_server_is_sync(const struct axi_server *server);
/* What the session may do, implied ones included; enum axi_permission. */
AXI_API unsigned axi_server_permissions(const struct axi_server *server);
/* What the session asked for. Borrowed as long as the server lives. */
AXI_API struct axi_subscriptions *axi_server_subscriptions(struct axi_server *server);
/* What was wrong with the last message that was BROKEN. */
AXI_API const struct axi_parse_error *axi_server_parse_error(const struct axi_server *server);
/* What came from the client. */
AXI_API struct axi_parser_stats axi_server_stats(const struct axi_server *server);

#ifdef __cplusplus
}
#endif
#endif
