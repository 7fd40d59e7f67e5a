/*
 * The server's side of a session: its life, and what becomes of each message that comes in.
 */
#include "server_impl.h"

#include <string.h>

#include <axi/check.h>

#include "alloc.h"
#include "text.h"

enum { MAX_MESSAGE = 64 << 10, IDLE_MS = 300000, MAX_OUTPUT = 4 << 20, MAX_FILE = 1 << 20 };

static struct axi_server_options with_defaults(const struct axi_server_options *options)
{
    struct axi_server_options o = {0};
    if (options != NULL)
        o = *options;
    if (o.parser.max_message == 0)
        o.parser.max_message = MAX_MESSAGE;
    if (o.idle_ms == 0)
        o.idle_ms = IDLE_MS;
    if (o.max_output == 0)
        o.max_output = MAX_OUTPUT;
    if (o.max_file == 0)
        o.max_file = MAX_FILE;
    return o;
}

struct axi_server *axi_server_new(const struct axi_server_options *options)
{
    struct axi_server_options full = with_defaults(options);
    const struct axi_alloc *hook = &full.parser.alloc;
    struct axi_server *server = axi__realloc(hook, NULL, sizeof *server);
    if (server == NULL)
        return NULL;
    memset(server, 0, sizeof *server);
    server->options = full;
    server->out.alloc = server->in.data.alloc = server->out_file.data.alloc = *hook;
    server->parser = axi_parser_new(&full.parser);
    server->answer = axi_msg_new(hook);
    server->subs = axi_subscriptions_new(hook, full.max_items);
    if (server->parser == NULL || server->answer == NULL || server->subs == NULL) {
        axi_server_free(server);
        return NULL;
    }
    return server;
}

void axi_server_free(struct axi_server *server)
{
    if (server == NULL)
        return;
    struct axi_alloc hook = server->options.parser.alloc;
    axi_parser_free(server->parser);
    axi_msg_free(server->answer);
    axi_subscriptions_free(server->subs);
    axi_buf_done(&server->out);
    axi__server_free_files(server);
    axi__free(&hook, server);
}

/* --- beside the catalogue -------------------------------------------------------------------------- */

/* What is unknown is tolerated: every release adds some. */
static struct axi__verdict judge(const struct axi_finding *finding)
{
    struct axi__verdict verdict = {AXI_V_NOTHING, {NULL, 0}, NULL, 0};
    struct axi_field field;
    verdict.bad = finding->name.ptr != NULL ? finding->name : axi_elem_name(finding->elem);
    verdict.info = axi_rule_text(finding->rule);
    switch (finding->rule) {
    case AXI_RULE_MISSING_ATTRIBUTE:
    case AXI_RULE_MISSING_ELEMENT:
        verdict.code = AXI_V_EMissing;
        break;
    case AXI_RULE_BAD_VALUE:
    case AXI_RULE_BAD_TEXT:
    case AXI_RULE_OUT_OF_RANGE:
    case AXI_RULE_TOO_MANY_ELEMENTS:
        verdict.code = AXI_V_EInval;
        break;
    case AXI_RULE_TOO_LONG:
        verdict.code = AXI_V_ETooLong;
        if (axi_type_field(axi_elem_type(finding->elem), axi_attr_of(finding->name), &field))
            verdict.max_len = field.max;
        break;
    case AXI_RULE_UNKNOWN_MESSAGE:
    case AXI_RULE_UNKNOWN_ELEMENT:
    case AXI_RULE_UNKNOWN_ATTRIBUTE:
    case AXI_RULE_COUNT:
        break;
    }
    return verdict;
}

static struct axi__verdict judge_all(const struct axi_finding *findings, size_t count)
{
    struct axi__verdict verdict = {AXI_V_NOTHING, {NULL, 0}, NULL, 0};
    for (size_t i = 0; i < count && verdict.code == AXI_V_NOTHING; i++)
        verdict = judge(&findings[i]);
    return verdict;
}

static struct axi__verdict check(const struct axi_server *server, const struct axi_msg *msg)
{
    enum { MOST = 32 };
    struct axi_finding few[MOST];
    struct axi__verdict verdict = {AXI_V_NOTHING, {NULL, 0}, NULL, 0};
    struct axi_str none = {NULL, 0};
    if (server->options.unchecked)
        return verdict;
    size_t count = axi_check(msg, none, few, MOST);
    if (count <= MOST)
        return judge_all(few, count);
    /* A crowd of unknown attributes must not hide what is behind it. */
    const struct axi_alloc *hook = &server->options.parser.alloc;
    struct axi_finding *many = axi__realloc(hook, NULL, count * sizeof *many);
    if (many == NULL) {
        verdict.code = AXI_V_ENoMem;
        return verdict;
    }
    verdict = judge_all(many, axi_check(msg, none, many, count));
    axi__free(hook, many);
    return verdict;
}

/* --- requests -------------------------------------------------------------------------------------- */

void axi__server_answered(struct axi_server_event *event, enum axi_value code)
{
    event->kind = AXI_SERVER_ANSWERED;
    event->code = code;
}

static void refuse(struct axi_server *server, struct axi_server_event *event,
                   const struct axi__verdict *verdict)
{
    axi__server_refuse(server, event->msg, verdict);
    axi__server_answered(event, verdict->code);
}

/* The host decides about every Open, since every answer to it tells what the OMM is. */
static void take_login(struct axi_server *server, struct axi_server_event *event)
{
    const struct axi_elem *open = axi_msg_root(event->msg);
    struct axi__verdict verdict = check(server, event->msg);
    if (server->open) {
        verdict.code = AXI_V_EForbidden;
        verdict.bad = axi__str(NULL);
    }
    server->login = event->msg;
    server->login_code = verdict.code;
    server->login_bad = verdict.bad;
    event->kind = AXI_SERVER_LOGIN;
    event->login.username = axi_get_str(open, AXI_A_username);
    event->login.password = axi_get_str(open, AXI_A_password);
    event->login.sync = axi_get_bool_or(open, AXI_A_UserDeviceSyncClient, false);
    event->login.omp = axi_get_bool_or(open, AXI_A_OMPClient, false);
    event->login.protocol_version = axi_get_int_or(open, AXI_A_protocolVersion, 0);
    event->login.code = event->code = verdict.code;
}

static void take_ping(struct axi_server *server, struct axi_server_event *event)
{
    struct axi_elem *out = axi_answer_start(server->answer, event->msg);
    if (axi_has(axi_msg_root(event->msg), AXI_A_timeStamp) && server->now.wall_ms != 0)
        axi_set_int(out, AXI_A_timeStamp, server->now.wall_ms / 1000);
    axi__server_send(server);
    axi__server_answered(event, AXI_V_NOTHING);
}

static void take_subscribe(struct axi_server *server, struct axi_server_event *event)
{
    struct axi_str bad = {NULL, 0};
    enum axi_value code =
        axi_subscriptions_apply(server->subs, event->msg, server->permissions, &bad);
    if (code == AXI_V_NOTHING) {
        axi_answer_start(server->answer, event->msg);
        event->kind = AXI_SERVER_SUBSCRIBED;
    } else {
        struct axi_elem *out =
            axi_answer_error(server->answer, event->msg, code, "e", "nothing was changed");
        axi_set_str(out, AXI_A_eventType, bad);
        axi__server_answered(event, code);
    }
    axi__server_send(server);
}

/* What the session as it is may not ask for. */
static struct axi__verdict admit(const struct axi_server *server, const struct axi_msg *request)
{
    struct axi__verdict verdict = {AXI_V_NOTHING, {NULL, 0}, NULL, 0};
    enum axi_type type = axi_msg_type(request);
    if (!server->open) {
        verdict.code = AXI_V_EPerm;
        verdict.info = "log in first";
    } else if ((axi_type_permission(type) & ~server->permissions) != 0) {
        verdict.code = AXI_V_EPerm;
        verdict.info = "the account may not do this";
    } else if (type != AXI_T_NONE && type != AXI_T_Subscribe) {
        /* A Subscribe that is wrong names the event type at fault. */
        verdict = check(server, request);
    }
    return verdict;
}

static void take_request(struct axi_server *server, struct axi_server_event *event)
{
    struct axi__verdict verdict = admit(server, event->msg);
    if (verdict.code != AXI_V_NOTHING) {
        refuse(server, event, &verdict);
        return;
    }
    switch ((int)event->type) {
    case AXI_T_Ping:
        take_ping(server, event);
        break;
    case AXI_T_Subscribe:
        take_subscribe(server, event);
        break;
    case AXI_T_PutFile:
        axi__server_put_file(server, event->msg, event);
        break;
    case AXI_T_GetFile:
        axi__server_get_file(server, event->msg, event);
        break;
    default:
        event->kind = AXI_SERVER_REQUEST;
        break;
    }
}

/* An answer to an answer would be answered in its turn by another server: for ever. */
static bool is_stray(const struct axi_msg *msg)
{
    enum axi_kind kind = axi_type_kind(axi_msg_type(msg));
    struct axi_str name = axi_elem_name(axi_msg_root(msg));
    if (axi_msg_type(msg) != AXI_T_NONE)
        return kind == AXI_RESPONSE || kind == AXI_EVENT;
    return (name.len >= 4 && memcmp(name.ptr + name.len - 4, "Resp", 4) == 0) ||
           (name.len >= 5 && memcmp(name.ptr, "Event", 5) == 0);
}

static void take(struct axi_server *server, const struct axi_msg *msg,
                 struct axi_server_event *event)
{
    event->msg = msg;
    event->type = axi_msg_type(msg);
    if (is_stray(msg)) {
        event->kind = AXI_SERVER_STRAY;
        return;
    }
    server->last_request_ms = server->now.mono_ms;
    server->idle = false;
    if (event->type == AXI_T_Open)
        take_login(server, event);
    else
        take_request(server, event);
}

/* --- the stream ------------------------------------------------------------------------------------ */

/* Requests wait while their answers would only lengthen the queue. */
static bool is_held(const struct axi_server *server)
{
    return server->login != NULL || axi__server_queued(server) > server->options.max_output / 4;
}

/* Bytes up to the next message; false when there is none. */
static bool take_bytes(struct axi_server *server, const char **data, size_t *len,
                       struct axi_server_event *event)
{
    struct axi_msg *msg = NULL;
    if (*len == 0 || is_held(server))
        return false;
    if (axi_parser_next(server->parser, data, len, &msg) != AXI_OK)
        event->kind = AXI_SERVER_BROKEN;
    else if (msg != NULL)
        take(server, msg, event);
    else
        return false;
    return true;
}

static bool end_slow(struct axi_server *server, const char **data, size_t *len,
                     struct axi_server_event *event)
{
    bool first = !server->slow_told;
    if (*len > 0) /* else there need not be a pointer */
        *data += *len;
    *len = 0;
    server->slow_told = true;
    event->kind = AXI_SERVER_SLOW;
    return first;
}

static int64_t idle_at(const struct axi_server *server)
{
    int64_t idle_ms = server->options.idle_ms, last = server->last_request_ms;
    if (idle_ms < 0 || server->idle || (last > 0 && idle_ms > INT64_MAX - last))
        return INT64_MAX;
    return last + idle_ms;
}

bool axi_server_next(struct axi_server *server, struct axi_time now, const char **data, size_t *len,
                     struct axi_server_event *ret_event)
{
    struct axi_server_event event = {0};
    bool found = false;
    if (server->started && now.mono_ms < server->now.mono_ms)
        now.mono_ms = server->now.mono_ms; /* it never goes back */
    server->now = now;
    if (!server->started)
        server->last_request_ms = now.mono_ms;
    server->started = true;
    axi__server_release_file(server);
    if (!server->slow)
        found = take_bytes(server, data, len, &event);
    if (!found && server->slow) {
        found = end_slow(server, data, len, &event);
    } else if (!found && idle_at(server) < INT64_MAX && now.mono_ms >= idle_at(server)) {
        server->idle = found = true;
        event.kind = AXI_SERVER_IDLE;
    }
    if (found)
        *ret_event = event;
    return found;
}

int64_t axi_server_deadline(const struct axi_server *server)
{
    if (!server->started)
        return 0; /* the time of silence begins with the first call */
    if (server->slow)
        return server->slow_told ? INT64_MAX : server->now.mono_ms;
    return idle_at(server);
}

/* --- what is known --------------------------------------------------------------------------------- */

bool axi_server_is_open(const struct axi_server *server)
{
    return server->open;
}

bool axi_server_is_sync(const struct axi_server *server)
{
    return server->sync;
}

unsigned axi_server_permissions(const struct axi_server *server)
{
    return server->permissions;
}

struct axi_subscriptions *axi_server_subscriptions(struct axi_server *server)
{
    return server->subs;
}

const struct axi_parse_error *axi_server_parse_error(const struct axi_server *server)
{
    return axi_parser_error(server->parser);
}

struct axi_parser_stats axi_server_stats(const struct axi_server *server)
{
    return axi_parser_stats(server->parser);
}
