/*
 * A client's life, what it tells its host, and time. The rest is in the files named in client_impl.h.
 */
#include "client_impl.h"

#include <string.h>

#include "alloc.h"
#include "text.h"

enum {
    WINDOW = 8,
    QUEUE = 256,
    MOST_QUEUE = 65536,
    TIMEOUT_MS = 30000,
    PING_MS = 60000,
    RECORDS = 20, /* LimitsResp.records of every OMM */
    RETRY_MS = 1000
};

/* --- life */

static struct axi_client_options with_defaults(const struct axi_client_options *options)
{
    struct axi_client_options o = {0};
    if (options != NULL)
        o = *options;
    if (o.queue == 0)
        o.queue = QUEUE;
    if (o.queue > MOST_QUEUE)
        o.queue = MOST_QUEUE;
    if (o.window == 0)
        o.window = WINDOW;
    if (o.window > o.queue)
        o.window = o.queue;
    if (o.timeout_ms <= 0)
        o.timeout_ms = TIMEOUT_MS;
    if (o.ping_ms == 0)
        o.ping_ms = PING_MS;
    if (o.page == 0 || o.page > RECORDS)
        o.page = RECORDS;
    if (o.pages == 0)
        o.pages = 1;
    if (o.pages > AXI_PAGES_WINDOW)
        o.pages = AXI_PAGES_WINDOW;
    return o;
}

static bool make_parts(struct axi_client *client)
{
    const struct axi_alloc *alloc = &client->options.parser.alloc;
    client->parser = axi_parser_new(&client->options.parser);
    client->calls = axi_calls_new(alloc, client->options.window);
    client->draft = axi_msg_new(alloc);
    client->wanted = axi_subscriptions_new(alloc, client->options.max_items);
    client->acknowledged = axi_subscriptions_new(alloc, client->options.max_items);
    return client->parser != NULL && client->calls != NULL && client->draft != NULL &&
           client->wanted != NULL && client->acknowledged != NULL;
}

struct axi_client *axi_client_new(const struct axi_client_options *options)
{
    struct axi_client_options full = with_defaults(options);
    struct axi_client *client = axi__realloc(&full.parser.alloc, NULL, sizeof *client);
    if (client == NULL)
        return NULL;
    memset(client, 0, sizeof *client);
    client->options = full;
    client->output.alloc = client->login.alloc = client->file.bytes.alloc = full.parser.alloc;
    client->free_place = client->first_waiting = client->last_waiting = AXI__NO_PLACE;
    client->last_older = AXI__NO_PLACE;
    client->now.mono_ms = INT64_MIN;
    client->retry_ms = INT64_MAX;
    if (!make_parts(client)) {
        axi_client_free(client);
        return NULL;
    }
    return client;
}

void axi_client_free(struct axi_client *client)
{
    if (client == NULL)
        return;
    struct axi_alloc alloc = client->options.parser.alloc;
    axi__client_wipe_login(client);
    axi__client_free_batches(client);
    axi__client_free_reads(client);
    axi_parser_free(client->parser);
    axi_calls_free(client->calls);
    axi_msg_free(client->draft);
    axi_subscriptions_free(client->wanted);
    axi_subscriptions_free(client->acknowledged);
    axi_buf_done(&client->output);
    axi_buf_done(&client->file.bytes);
    axi__free(&alloc, client->places);
    axi__free(&alloc, client);
}

void axi_client_reset(struct axi_client *client)
{
    static const struct axi_clock no_clock;
    static const struct axi_public_key no_key;
    axi_parser_reset(client->parser);
    axi__client_wipe_login(client);
    axi__client_forget_requests(client);
    axi__client_forget_reads(client);
    axi__client_forget_batches(client);
    axi__client_file_over(client);
    axi_subscriptions_clear(client->acknowledged);
    client->session = AXI__CLOSED;
    client->permissions = 0;
    client->key = no_key;
    client->clock = no_clock;
    client->late = false;
    client->retry_ms = INT64_MAX;
}

/* --- time */

void axi__client_tick(struct axi_client *client, struct axi_time now)
{
    /* Beyond this no time-out would lie in the future. */
    if (now.mono_ms > INT64_MAX / 2)
        now.mono_ms = INT64_MAX / 2;
    if (now.mono_ms > client->now.mono_ms)
        client->now.mono_ms = now.mono_ms;
    client->now.wall_ms = now.wall_ms;
}

static int make_due(struct axi_client *client)
{
    int rc = axi__client_flush(client);
    if (rc == AXI_OK)
        rc = axi__client_pump_file(client);
    if (rc == AXI_OK)
        rc = axi__client_pump_reads(client);
    if (rc == AXI_OK && axi__client_ping_time(client) <= client->now.mono_ms)
        rc = axi__client_send_ping(client);
    return rc;
}

void axi__client_pump(struct axi_client *client)
{
    int noted = axi__client_pump_acknowledged(client);
    int made = client->session == AXI__OPEN ? make_due(client) : AXI_OK;
    client->retry_ms = INT64_MAX;
    if (noted != AXI_OK || made != AXI_OK)
        client->retry_ms = client->now.mono_ms + RETRY_MS;
    axi__client_release(client);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t axi_client_deadline(const struct axi_client *client)
{
    int64_t own = client->retry_ms; /* what is due cannot be made before */
    if (own == INT64_MAX)
        own = client->collecting != NULL ? client->now.mono_ms : axi__client_ping_time(client);
    return client->late ? client->now.mono_ms : smaller(axi_calls_deadline(client->calls), own);
}

/* --- events */

void axi__client_tell_late(struct axi_client *client, enum axi_client_event_kind kind, uint64_t tag,
                           enum axi_type request)
{
    struct axi_client_event event = {.kind = kind, .tag = tag, .request = request};
    client->late = true;
    client->late_event = event;
}

static void tell_now(struct axi_client *client, struct axi_client_event *event)
{
    *event = client->late_event;
    if (event->kind == AXI_CLIENT_FILE_END)
        axi__client_file_over(client); /* its last block was the event before */
}

static bool tell(struct axi_client_event *event, enum axi_client_event_kind kind,
                 const struct axi_msg *msg)
{
    event->kind = kind;
    event->msg = msg;
    return true;
}

static bool host_answer(struct axi_client *client, const struct axi__request *request,
                        const struct axi_msg *answer, struct axi_client_event *event)
{
    event->tag = request->tag;
    event->request = request->type;
    event->code = axi_answer_code(answer);
    if (request->type == AXI_T_GetPublicKey && event->code == AXI_V_NOTHING)
        axi__client_take_key(client, axi_msg_root(answer));
    return tell(event, AXI_CLIENT_ANSWER, answer);
}

/* The functions below return true when there is an event for the host. */

static bool take_answer(struct axi_client *client, const struct axi_msg *msg,
                        struct axi_client_event *event)
{
    struct axi__request request;
    if (!axi__client_match(client, msg, &request))
        return tell(event, AXI_CLIENT_STRAY, msg);
    switch (request.purpose) {
    case AXI__FOR_HOST:
        return host_answer(client, &request, msg, event);
    case AXI__FOR_OPEN:
        return axi__client_open_answer(client, msg, event);
    case AXI__FOR_PING:
        return axi__client_ping_answer(client, &request, msg, event);
    case AXI__FOR_PAGE:
        return axi__client_page_answer(client, &request, msg, event);
    case AXI__FOR_SUBSCRIBE:
        return axi__client_subscribe_answer(client, request.batch, msg, event);
    case AXI__FOR_PUT:
        return axi__client_put_answer(client, msg, event);
    case AXI__FOR_GET:
        return axi__client_get_answer(client, &request, msg, event);
    case AXI__FOR_NOBODY:
    case AXI__FREE:
        break;
    }
    return false;
}

/* What kind of message a name that the catalogue does not have stands for. */
static enum axi_kind kind_of(const struct axi_msg *msg)
{
    struct axi_str name = axi_elem_name(axi_msg_root(msg));
    enum axi_type type = axi_msg_type(msg);
    if (type != AXI_T_NONE)
        return axi_type_kind(type);
    if (name.len > 5 && memcmp(name.ptr, "Event", 5) == 0)
        return AXI_EVENT;
    if (name.len > 4 && memcmp(name.ptr + name.len - 4, "Resp", 4) == 0)
        return AXI_RESPONSE;
    return AXI_REQUEST;
}

static bool take_message(struct axi_client *client, const struct axi_msg *msg,
                         struct axi_client_event *event)
{
    switch (kind_of(msg)) {
    case AXI_RESPONSE:
        return take_answer(client, msg, event);
    case AXI_EVENT:
        if (axi_msg_type(msg) == AXI_T_EventPermissionChange && axi_client_is_open(client))
            axi__client_take_permissions(client, axi_msg_root(msg));
        return tell(event, AXI_CLIENT_NOTICE, msg);
    case AXI_REQUEST:
    case AXI_RECORD:
        break;
    }
    return tell(event, AXI_CLIENT_STRAY, msg);
}

static bool take_bytes(struct axi_client *client, const char **data, size_t *len,
                       struct axi_client_event *event)
{
    for (;;) {
        struct axi_msg *msg;
        if (axi_parser_next(client->parser, data, len, &msg) != AXI_OK)
            return tell(event, AXI_CLIENT_BROKEN, NULL);
        if (msg == NULL)
            return false;
        if (take_message(client, msg, event))
            return true;
        memset(event, 0, sizeof *event);
    }
}

static bool take_time(struct axi_client *client, struct axi_client_event *event)
{
    struct axi__request request;
    do {
        if (!axi__client_expired(client, &request))
            return false;
    } while (request.purpose == AXI__FOR_NOBODY);
    event->tag = request.tag;
    event->request = request.type;
    switch (request.purpose) {
    case AXI__FOR_OPEN:
        client->session = AXI__CLOSED;
        break;
    case AXI__FOR_PING:
        client->clock.asked = client->clock.asked && request.start == 0;
        break;
    case AXI__FOR_PAGE:
        axi__client_read_over(client, request.read);
        break;
    case AXI__FOR_SUBSCRIBE:
        axi__client_subscribe_over(client, request.batch);
        break;
    case AXI__FOR_PUT:
    case AXI__FOR_GET:
        axi__client_file_over(client);
        break;
    default:
        break;
    }
    return tell(event, AXI_CLIENT_TIMED_OUT, NULL);
}

bool axi_client_next(struct axi_client *client, struct axi_time now, const char **data, size_t *len,
                     struct axi_client_event *ret_event)
{
    bool told = client->late;
    axi__client_tick(client, now);
    memset(ret_event, 0, sizeof *ret_event);
    client->late = false;
    if (told)
        tell_now(client, ret_event);
    else
        told = take_bytes(client, data, len, ret_event) || take_time(client, ret_event);
    axi__client_pump(client);
    return told;
}

/* --- what is known */

bool axi_client_is_open(const struct axi_client *client)
{
    return client->session == AXI__OPEN;
}

unsigned axi_client_permissions(const struct axi_client *client)
{
    return client->permissions;
}

struct axi_public_key axi_client_public_key(const struct axi_client *client)
{
    return client->key;
}

const struct axi_clock *axi_client_clock(const struct axi_client *client)
{
    return &client->clock;
}

const struct axi_parse_error *axi_client_parse_error(const struct axi_client *client)
{
    return axi_parser_error(client->parser);
}

struct axi_parser_stats axi_client_stats(const struct axi_client *client)
{
    return axi_parser_stats(client->parser);
}
