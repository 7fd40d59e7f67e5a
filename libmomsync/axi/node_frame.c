/*
 * Frames between two nodes, and the bytes that wait to be sent. A frame is its kind, the length of its body as a varint
 * (seven bits a byte, the lowest first, the top bit says that more follow, no more bytes than needed), and the body.
 * A body that lies wholly in the caller's bytes is used where it is; only what spans reads is copied.
 */
#include "node_impl.h"

#include <string.h>

enum { BODY_KEEP = 4096, OUT_KEEP = 65536, OUT_FIRST = 512 };

/* --- bytes out ------------------------------------------------------------------------------------- */

size_t mom__node_waiting(const struct mom_node *link)
{
    return link->out_len - link->out_sent;
}

void mom__node_drop_output(struct mom_node *link)
{
    if (link->secret_left > 0)
        mom__omm_wipe(link->out, link->out_len);
    mom__omm_free_by(&link->alloc, link->out);
    link->out = NULL;
    link->out_len = link->out_cap = link->out_sent = 0;
    link->secret_left = 0;
    link->pong_end = link->bytes_out;
}

/* Bytes that were sent are cut off when they are more than what is left: each byte is moved once at most. */
static void compact(struct mom_node *link)
{
    size_t left = mom__node_waiting(link);

    if (link->out_sent == 0 || left > link->out_sent || link->secret_left > 0)
        return; /* a password leaves no second copy behind */
    if (left > 0)
        memmove(link->out, link->out + link->out_sent, left);
    link->out_len = left;
    link->out_sent = 0;
}

static int reserve(struct mom_node *link, size_t len)
{
    size_t cap = link->out_cap > 0 ? link->out_cap : OUT_FIRST;
    bool secret = link->secret_left > 0;
    char *grown;

    compact(link);
    while (cap - link->out_len < len)
        cap *= 2;
    if (cap == link->out_cap)
        return MOM_OK;
    grown = mom__omm_alloc(&link->alloc, secret ? NULL : link->out, cap);
    if (grown == NULL)
        return MOM_ENOMEM;
    if (secret) {
        memcpy(grown, link->out, link->out_len);
        mom__omm_wipe(link->out, link->out_len);
        mom__omm_free_by(&link->alloc, link->out);
    }
    link->out = grown;
    link->out_cap = cap;
    return MOM_OK;
}

static void append(struct mom_node *link, const char *data, size_t len)
{
    if (len > 0)
        memcpy(link->out + link->out_len, data, len);
    link->out_len += len;
}

int mom__node_put(struct mom_node *link, const char *data, size_t len)
{
    int rc = reserve(link, len);

    if (rc == MOM_OK)
        append(link, data, len);
    return rc;
}

size_t mom__node_varint(char *ret_bytes, uint32_t number)
{
    size_t len = 0;

    for (; number >= 0x80; number >>= 7)
        ret_bytes[len++] = (char)(number | 0x80);
    ret_bytes[len++] = (char)number;
    return len;
}

int mom__node_put_frame(struct mom_node *link, enum mom__frame kind, struct mom_str body)
{
    char head[1 + 5];
    int rc = reserve(link, MOM__FRAME_HEAD_MAX + body.len);

    if (rc != MOM_OK)
        return rc;
    head[0] = (char)kind;
    append(link, head, 1 + mom__node_varint(head + 1, (uint32_t)body.len));
    append(link, body.ptr, body.len);
    return MOM_OK;
}

int mom__node_part(struct mom_node *link, enum mom_node_state state, int reason, const char *text)
{
    char body[1 + MOM__NODE_BYE_MAX + 1];
    int rc;

    body[0] = (char)reason;
    mom__text_format(body + 1, sizeof(body) - 1, "%s", text);
    rc =
        mom__node_put_frame(link, MOM__FRAME_GOODBYE, (struct mom_str){body, 1 + strlen(body + 1)});
    return rc == MOM_OK ? mom__node_end(link, state, text) : rc;
}

size_t mom_node_output(const struct mom_node *link, const char **ret_data)
{
    size_t waiting = mom__node_waiting(link);

    *ret_data = waiting > 0 ? link->out + link->out_sent : NULL;
    return waiting;
}

void mom_node_sent(struct mom_node *link, size_t len)
{
    size_t waiting = mom__node_waiting(link), secret;

    if (len > waiting)
        len = waiting;
    secret = len < link->secret_left ? len : link->secret_left;
    if (secret > 0)
        mom__omm_wipe(link->out + link->out_sent, secret);
    link->secret_left -= secret;
    link->out_sent += len;
    link->bytes_out += len;
    if (link->out_sent < link->out_len)
        return;
    link->out_len = link->out_sent = 0;
    if (link->out_cap > OUT_KEEP)
        mom__node_drop_output(link);
}

/* --- frames in ------------------------------------------------------------------------------------- */

void mom__node_drop_frame(struct mom_node *link)
{
    if (link->in_body && link->head[0] == MOM__FRAME_LOGIN)
        mom__omm_wipe(link->body, link->body_len);
    mom__omm_free_by(&link->alloc, link->body);
    link->body = NULL;
    link->body_len = link->body_cap = link->body_need = 0;
    link->head_len = 0;
    link->in_body = false;
}

static int damaged(struct mom_node *link, const char *text)
{
    if (link->conn == MOM__NODE_SHORT) /* nobody knows yet who that is */
        return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR, text);
    return mom__node_part(link, MOM_NODE_PROTOCOL_ERROR, MOM_NODE_BYE_PROTOCOL, text);
}

static int take_message(struct mom_node *link, struct mom_str body)
{
    struct mom_input input = {.kind = MOM_IN_NODE_BYTES, .node = link->neighbour, .value = body};

    if (mom_batch_add(link->batch, &input) != MOM_OK)
        return MOM_ENOMEM;
    link->messages_in++;
    return MOM_OK;
}

/* One PONG waits at a time, so that pings cannot fill the memory of who cannot send. */
static int take_ping(struct mom_node *link)
{
    int rc;

    if (link->pong_end > link->bytes_out)
        return MOM_OK;
    rc = mom__node_put_frame(link, MOM__FRAME_PONG, (struct mom_str){NULL, 0});
    link->pong_end = link->bytes_out + mom__node_waiting(link);
    return rc;
}

void mom__node_clean(char *ret_text, struct mom_str text)
{
    size_t len = text.len < MOM__NODE_BYE_MAX ? text.len : MOM__NODE_BYE_MAX;

    for (size_t i = 0; i < len; i++)
        ret_text[i] = (unsigned char)text.ptr[i] < 0x80 && text.ptr[i] != '\0' ? text.ptr[i] : '?';
    ret_text[len] = '\0';
}

static int take_goodbye(struct mom_node *link, struct mom_str body)
{
    char text[MOM__NODE_BYE_MAX + 1];

    mom__node_clean(text, (struct mom_str){body.ptr + 1, body.len - 1});
    link->goodbye = (unsigned char)body.ptr[0];
    return mom__node_end(link, MOM_NODE_GOODBYE, text);
}

static int take_frame(struct mom_node *link, struct mom_str body)
{
    enum mom__frame kind = (enum mom__frame)link->head[0];

    link->head_len = 0;
    link->in_body = false;
    link->heard_at = link->now.mono_ms;
    link->ping_at = link->now.mono_ms + link->config.ping_ms;
    switch (kind) {
    case MOM__FRAME_MESSAGE:
        return take_message(link, body);
    case MOM__FRAME_PING:
        return take_ping(link);
    case MOM__FRAME_GOODBYE:
        return take_goodbye(link, body);
    case MOM__FRAME_LOGIN:
        return mom__node_take_login(link, body);
    case MOM__FRAME_ANSWER:
        return mom__node_take_answer(link, body);
    case MOM__FRAME_PONG:
        break;
    }
    return MOM_OK;
}

/* Lengths of the bodies, by kind. */
static const struct {
    size_t least, most;
} lengths[] = {
    [MOM__FRAME_MESSAGE] = {1, MOM_NODE_MESSAGE_MAX},
    [MOM__FRAME_PING] = {0, 0},
    [MOM__FRAME_PONG] = {0, 0},
    [MOM__FRAME_GOODBYE] = {1, 1 + MOM__NODE_BYE_MAX},
    [MOM__FRAME_LOGIN] = {1, MOM__NODE_LOGIN_MAX},
    [MOM__FRAME_ANSWER] = {1, MOM__NODE_ANSWER_MAX},
};

/* What may come now. */
static bool is_kind(const struct mom_node *link, unsigned kind)
{
    if (link->conn != MOM__NODE_SHORT)
        return kind >= MOM__FRAME_MESSAGE && kind <= MOM__FRAME_GOODBYE;
    return kind == (link->config.role == MOM_NODE_CENTRAL ? MOM__FRAME_ANSWER : MOM__FRAME_LOGIN);
}

/* Take a byte of the head. */
static int take_head(struct mom_node *link, char c)
{
    unsigned kind;
    size_t len = 0;

    link->head[link->head_len++] = c;
    kind = (unsigned char)link->head[0];
    if (link->head_len == 1)
        return is_kind(link, kind) ? MOM_OK : damaged(link, "no such kind of frame");
    if ((c & 0x80) != 0) /* more follows */
        return link->head_len < MOM__FRAME_HEAD_MAX ? MOM_OK
                                                    : damaged(link, "the frame is too long");
    if (c == 0 && link->head_len > 2)
        return damaged(link, "the length of the frame has more bytes than needed");
    for (size_t i = link->head_len; i-- > 1;)
        len = len << 7 | (size_t)(link->head[i] & 0x7f);
    if (len < lengths[kind].least || len > lengths[kind].most)
        return damaged(link, len > lengths[kind].most ? "the frame is too long"
                                                      : "the frame is too short");
    link->in_body = true;
    link->body_need = len;
    link->body_len = 0;
    return len == 0 ? take_frame(link, (struct mom_str){"", 0}) : MOM_OK;
}

static int hold(struct mom_node *link, const char *data, size_t len)
{
    char *grown;

    if (link->body_cap < link->body_need) {
        grown = mom__omm_alloc(&link->alloc, link->body, link->body_need);
        if (grown == NULL)
            return MOM_ENOMEM;
        link->body = grown;
        link->body_cap = link->body_need;
    }
    memcpy(link->body + link->body_len, data, len);
    link->body_len += len;
    return MOM_OK;
}

static int take_body(struct mom_node *link, const char *data, size_t len)
{
    struct mom_str body = {data, len};
    bool held = len < link->body_need;
    int rc;

    if (held) {
        rc = hold(link, data, len);
        if (rc != MOM_OK || link->body_len < link->body_need)
            return rc;
        body = (struct mom_str){link->body, link->body_need};
    }
    rc = take_frame(link, body);
    if (held && link->head[0] == MOM__FRAME_LOGIN)
        mom__omm_wipe(link->body, link->body_need);
    if (held && link->body_cap > BODY_KEEP) {
        mom__omm_free_by(&link->alloc, link->body);
        link->body = NULL;
        link->body_cap = 0;
    }
    return rc;
}

int mom__node_frame(struct mom_node *link, const char **data, size_t *len)
{
    size_t part = 1;
    int rc;

    if (link->in_body) {
        part = link->body_need - link->body_len;
        part = part < *len ? part : *len;
        rc = take_body(link, *data, part);
    } else {
        rc = take_head(link, **data);
    }
    *data += part;
    *len -= part;
    return rc;
}
