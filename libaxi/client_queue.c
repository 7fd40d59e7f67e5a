/*
 * Requests of a client from the call that makes them to their end: places, numbers, the order in which they
 * wait, the window, and the bytes that the host is to send.
 */
#include "client_impl.h"

#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "calls.h"
#include "text.h"

enum {
    FIRST_PLACES = 8,
    MOST_PLACES = 1 << 20,  /* beyond any queue and all subscribed items */
    KEEP_OUTPUT = 128 << 10 /* what an unusual burst took is given back */
};

/* --- places */

static void put_free(struct axi_client *client, uint32_t place)
{
    client->places[place].purpose = AXI__FREE;
    client->places[place].next = client->free_place;
    client->free_place = place;
}

static bool grow(struct axi_client *client)
{
    uint32_t count = client->place_count > 0 ? 2 * client->place_count : FIRST_PLACES;
    if (count > MOST_PLACES)
        return false;
    struct axi__request *grown = axi__realloc(&client->options.parser.alloc, client->places,
                                              count * sizeof client->places[0]);
    if (grown == NULL)
        return false;
    client->places = grown;
    for (uint32_t place = count; place-- > client->place_count;)
        put_free(client, place);
    client->place_count = count;
    return true;
}

int axi__client_take_place(struct axi_client *client, uint32_t *ret_place)
{
    if (client->free_place == AXI__NO_PLACE && !grow(client))
        return AXI_ENOMEM;
    *ret_place = client->free_place;
    struct axi__request *request = &client->places[*ret_place];
    client->free_place = request->next;
    memset(request, 0, sizeof *request);
    request->next = AXI__NO_PLACE;
    client->used++;
    return AXI_OK;
}

/* Empty the place and return what was in it. */
static struct axi__request leave(struct axi_client *client, uint32_t place)
{
    struct axi__request request = client->places[place];
    put_free(client, place);
    client->used--;
    client->pings -= request.purpose == AXI__FOR_PING;
    return request;
}

void axi__client_forget_requests(struct axi_client *client)
{
    axi_calls_clear(client->calls);
    client->free_place = AXI__NO_PLACE;
    for (uint32_t place = client->place_count; place-- > 0;)
        put_free(client, place);
    client->used = client->pings = 0;
    client->first_waiting = client->last_waiting = AXI__NO_PLACE;
    client->output.len = client->output_sent = client->ready = 0;
    if (client->output.cap > KEEP_OUTPUT)
        axi_buf_done(&client->output);
}

bool axi__client_is_full(const struct axi_client *client)
{
    return client->used >= client->options.queue;
}

/* --- waiting */

/* FNV-1a. Names that the catalogue does not have are compared by it: an answer's is the request's with Resp behind. */
static uint64_t hash(struct axi_str name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
    return h;
}

/* Bytes that were sent are cut off when they are more than what is left: each byte is moved once at
 * most. */
static void compact(struct axi_client *client)
{
    struct axi_buf *output = &client->output;
    size_t left = output->len - client->output_sent;
    if (client->output_sent == 0 || left > client->output_sent)
        return;
    if (left > 0)
        memmove(output->ptr, output->ptr + client->output_sent, left);
    output->len = left;
    client->ready -= client->output_sent;
    client->output_sent = 0;
}

static void append(struct axi_client *client, uint32_t place)
{
    if (client->first_waiting == AXI__NO_PLACE)
        client->first_waiting = place;
    else
        client->places[client->last_waiting].next = place;
    client->last_waiting = place;
}

int axi__client_enqueue(struct axi_client *client, struct axi_msg *msg,
                        const struct axi__request *what)
{
    struct axi_elem *root = axi_msg_root(msg);
    int64_t seq = axi__seq_after(client->last_seq);
    uint32_t place;
    axi_set_int(root, AXI_A_seq, seq);
    compact(client);
    size_t before = client->output.len;
    int rc = axi_encode(msg, 0, &client->output);
    if (rc != AXI_OK)
        return rc;
    rc = axi__client_take_place(client, &place);
    if (rc != AXI_OK) {
        client->output.len = before;
        return rc;
    }
    struct axi__request *request = &client->places[place];
    *request = *what;
    request->next = AXI__NO_PLACE;
    request->type = axi_elem_type(root);
    request->name = hash(axi_elem_name(root));
    request->seq = client->last_seq = seq;
    request->bytes = client->output.len - before;
    if (request->timeout_ms == 0)
        request->timeout_ms = client->options.timeout_ms;
    client->pings += what->purpose == AXI__FOR_PING;
    append(client, place);
    return AXI_OK;
}

static void reverse(char *bytes, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        char c = bytes[i];
        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = c;
    }
}

void axi__client_put_first(struct axi_client *client)
{
    uint32_t older = client->first_waiting, last = client->last_older;
    size_t len = client->output.len - client->ready, first = client->older_bytes;
    if (last == AXI__NO_PLACE || last == client->last_waiting)
        return;
    client->first_waiting = client->places[last].next;
    client->places[client->last_waiting].next = older;
    client->places[last].next = AXI__NO_PLACE;
    client->last_waiting = last;
    /* Exchange the two parts where they are: no memory can be wanting. */
    char *bytes = client->output.ptr + client->ready;
    reverse(bytes, first);
    reverse(bytes + first, len - first);
    reverse(bytes, len);
}

/* --- sending */

static int64_t later(int64_t now, int64_t wait)
{
    return now > 0 && wait > INT64_MAX - now ? INT64_MAX : now + wait;
}

void axi__client_start_time(struct axi_client *client, uint32_t place)
{
    struct axi__request *request = &client->places[place];
    struct axi_call call = {request->type, request->seq, place,
                            later(client->now.mono_ms, request->timeout_ms)};
    /* There is a place in the table for each of the window. */
    request->sent = axi__calls_add(client->calls, &call) == AXI_OK;
    client->request_ms = client->now.mono_ms;
}

void axi__client_release(struct axi_client *client)
{
    if (client->session != AXI__OPEN || client->resubscribing)
        return;
    while (client->first_waiting != AXI__NO_PLACE &&
           axi_calls_count(client->calls) < client->options.window) {
        uint32_t place = client->first_waiting;
        struct axi__request *request = &client->places[place];
        client->first_waiting = request->next;
        request->next = AXI__NO_PLACE;
        client->ready += request->bytes;
        axi__client_start_time(client, place);
    }
}

struct axi_str axi_client_output(const struct axi_client *client)
{
    struct axi_str bytes = {NULL, 0};
    if (client->login_sent < client->login.len) {
        bytes.ptr = client->login.ptr + client->login_sent;
        bytes.len = client->login.len - client->login_sent;
    } else if (client->output_sent < client->ready) {
        bytes.ptr = client->output.ptr + client->output_sent;
        bytes.len = client->ready - client->output_sent;
    }
    return bytes;
}

void axi_client_sent(struct axi_client *client, size_t len)
{
    struct axi_str bytes = axi_client_output(client);
    if (len > bytes.len)
        len = bytes.len;
    if (client->login_sent < client->login.len) {
        axi__wipe(client->login.ptr + client->login_sent, len);
        client->login_sent += len;
        return;
    }
    client->output_sent += len;
    if (client->output_sent == client->output.len) {
        client->output.len = client->output_sent = client->ready = 0;
        if (client->output.cap > KEEP_OUTPUT)
            axi_buf_done(&client->output);
    }
}

/* --- answers and time-outs */

/* Where the catalogue does not say how the answer of a request is named, the names themselves are compared. */
static bool fits(const struct axi_client *client, const struct axi_msg *answer)
{
    struct axi_str name = axi_elem_name(axi_msg_root(answer));
    int64_t seq;
    if (axi_msg_type(answer) != AXI_T_NONE)
        return true;
    if (name.len < 4 || axi_get_int(axi_msg_root(answer), AXI_A_seq, &seq) != AXI_OK)
        return false;
    name.len -= 4; /* Resp */
    for (uint32_t i = 0; i < client->place_count; i++) {
        const struct axi__request *request = &client->places[i];
        if (request->purpose != AXI__FREE && request->sent && request->seq == seq)
            return request->name == hash(name);
    }
    return false;
}

bool axi__client_match(struct axi_client *client, const struct axi_msg *answer,
                       struct axi__request *ret_request)
{
    struct axi_call call;
    if (!fits(client, answer) || axi_calls_match(client->calls, answer, &call) != AXI_OK)
        return false;
    *ret_request = leave(client, (uint32_t)call.tag);
    return true;
}

bool axi__client_expired(struct axi_client *client, struct axi__request *ret_request)
{
    struct axi_call call;
    if (!axi_calls_expired(client->calls, client->now.mono_ms, &call))
        return false;
    *ret_request = leave(client, (uint32_t)call.tag);
    return true;
}

void axi__client_await_more(struct axi_client *client, const struct axi__request *request)
{
    uint32_t place;
    int64_t request_ms = client->request_ms;
    if (axi__client_take_place(client, &place) != AXI_OK)
        return; /* there is one: it was just left */
    client->places[place] = *request;
    client->places[place].next = AXI__NO_PLACE;
    axi__client_start_time(client, place);
    client->request_ms = request_ms; /* nothing was sent */
}

/* --- what the host asks for */

static bool is_request(const struct axi_msg *msg)
{
    enum axi_type type = axi_msg_type(msg);
    return type == AXI_T_NONE || (type != AXI_T_Open && axi_type_kind(type) == AXI_REQUEST);
}

int axi_client_request(struct axi_client *client, struct axi_msg *request, uint64_t tag,
                       int64_t timeout_ms, struct axi_time now)
{
    struct axi__request what = {.purpose = AXI__FOR_HOST, .tag = tag, .timeout_ms = timeout_ms};
    axi__client_tick(client, now);
    if (axi_msg_error(request) != AXI_OK)
        return axi_msg_error(request);
    if (axi_msg_root(request) == NULL || !is_request(request) || timeout_ms < 0)
        return AXI_EINVAL;
    if (axi__client_is_full(client))
        return AXI_EFULL;
    int rc = axi__client_flush(client);
    if (rc == AXI_OK)
        rc = axi__client_enqueue(client, request, &what);
    if (rc == AXI_OK)
        axi__client_pump(client);
    return rc;
}

size_t axi_client_pending(const struct axi_client *client)
{
    return client->used;
}
