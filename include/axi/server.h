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
 * By itself it refuses everything before Open (EPerm) and Open on an open session, refuses requests for which
 * the session lacks the permission (EPerm) or which differ from the catalogue (EInval, EMissing, ETooLong with `bad` and
 * maxLen), answers Ping and Subscribe, sends events to those who asked for them, puts files together and cuts
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
    struct axi_parser_options
        parser; /* its alloc is the server's too; default max_message here 64 KiB */
    int64_t
        idle_ms; /* silence after which IDLE comes; default 300000 (AXI: 5 minutes), negative: never */
    size_t max_output; /* bytes that may wait to be sent; default 4 MiB: then SLOW comes */
    size_t max_file;   /* bytes of a file sent to us; default 1 MiB: EInval beyond */
    size_t max_items;  /* subscribed items; default 65536: ENoMem beyond */
    bool unchecked;    /* do not compare requests with the catalogue: the host does */
};
AXI_API struct axi_server *axi_server_new(const struct axi_server_options *options);
AXI_API void axi_server_free(struct axi_server *server);

/* --- events ------------------------------------------------------------------------------------- */

enum axi_server_event_kind {
    AXI_SERVER_LOGIN, /* an Open to accept or to refuse, before anything else: login, msg */
    AXI_SERVER_REQUEST, /* a request to answer, now or later: msg, type (NONE for a name that is not in the catalogue) */
    AXI_SERVER_SUBSCRIBED, /* the subscriptions have changed; it was answered already */
    AXI_SERVER_FILE, /* a file has arrived completely: name, data. Answer it with axi_server_answer */
    AXI_SERVER_GET_FILE, /* a file is asked for: name. axi_server_send_file, or an error answer */
    AXI_SERVER_BROKEN,   /* what came was no message: axi_server_parse_error. The link goes on */
    AXI_SERVER_IDLE,     /* the client was silent for too long: close the link */
    AXI_SERVER_SLOW /* the client does not read: close the link. What was to be sent is dropped */
};

struct axi_server_login {
    struct axi_str username, password;
    bool sync, omp;
    int64_t protocol_version; /* 0: not told */
};

/* Borrowed until the next axi_server_next. */
struct axi_server_event {
    enum axi_server_event_kind kind;
    const struct axi_msg *msg;
    enum axi_type type;
    struct axi_server_login login;
    struct axi_str name, data;
};

/* As axi_client_next: take bytes up to the next thing that the host must know. */
AXI_MUST_CHECK AXI_API bool axi_server_next(struct axi_server *server, struct axi_time now,
                                            const char **data, size_t *len,
                                            struct axi_server_event *ret_event);
AXI_API struct axi_str axi_server_output(const struct axi_server *server);
AXI_API void axi_server_sent(struct axi_server *server, size_t len);
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
/* Send what axi_server_answer, axi_server_error or axi_server_accept began. Returns what axi_encode would;
 * AXI_EFULL once SLOW is due. */
AXI_MUST_CHECK AXI_API int axi_server_send(struct axi_server *server);

/* After LOGIN: begin the OpenResp with the granted permissions in it; fill in the rest and axi_server_send it. */
AXI_API struct axi_elem *axi_server_accept(struct axi_server *server, unsigned permissions);
/* After LOGIN: begin the refusal (EAuth as a rule); the session stays closed and another Open may come. */
AXI_API struct axi_elem *axi_server_refuse(struct axi_server *server, enum axi_value code);

/* What a paged request asks for (AXI, GetRecordType): records with id >= first, `count` at most. exact: only the one
 * with that id, and ENoEnt when there is none. AXI_EINVAL when the request is not paged or has no key. */
struct axi_page {
    struct axi_paging paging;
    int64_t first;
    unsigned count; /* 1..20 */
    bool exact;
};
AXI_MUST_CHECK AXI_API int axi_server_page(const struct axi_msg *request,
                                           struct axi_page *ret_page);

/* Send an event if this session asked for it. True when it was queued. */
AXI_API bool axi_server_publish(struct axi_server *server, const struct axi_msg *event);
/* Change what the session may do, and tell it by EventPermissionChange if it asked for SystemState. */
AXI_API void axi_server_permit(struct axi_server *server, unsigned permissions);
/* Answer GET_FILE: blocks go out as the output drains. `data` is copied. */
AXI_MUST_CHECK AXI_API int axi_server_send_file(struct axi_server *server,
                                                const struct axi_msg *request, struct axi_str data);

/* --- what is known ------------------------------------------------------------------------------ */

AXI_API bool axi_server_is_open(const struct axi_server *server);
AXI_API bool axi_server_is_sync(const struct axi_server *server);
AXI_API unsigned axi_server_permissions(const struct axi_server *server);
AXI_API struct axi_subscriptions *axi_server_subscriptions(struct axi_server *server);
AXI_API const struct axi_parse_error *axi_server_parse_error(const struct axi_server *server);
AXI_API struct axi_parser_stats axi_server_stats(const struct axi_server *server);

#ifdef __cplusplus
}
#endif
#endif
