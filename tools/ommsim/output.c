/*
 * From the server of a session to its connection. A good site sends what libaxi's server has; a slow one sends it
 * later, and a bad one mangles an answer on the way.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define OVERSIZE_BYTES (100u * 1024 * 1024)
#define STREAM_CHUNK   (64u * 1024)

/* --- now or later ---------------------------------------------------------------------------------- */

static void write_out(struct sim_session *session, const char *bytes, size_t len)
{
    session->site->stats.bytes_out += len;
    com_conn_write(session->conn, bytes, len);
}

static void send_late(void *user)
{
    struct sim_session *session = user;
    int64_t now = com_now_ms();
    while (session->late != NULL && session->late->due_ms <= now) {
        struct sim_late *late = session->late;
        session->late = late->next;
        if (!session->closing)
            write_out(session, late->bytes, late->len);
        free(late);
    }
    if (session->late == NULL)
        session->late_end = &session->late;
    else
        com_timer_start(session->late_timer, session->late->due_ms - now, 0);
}

static void write_later(struct sim_session *session, const char *bytes, size_t len)
{
    struct sim_late *late = malloc(sizeof *late + len);
    if (session->late_timer == NULL)
        session->late_timer = com_timer_new(session->site->world->loop, send_late, session);
    if (late == NULL || session->late_timer == NULL) {
        free(late);
        return;
    }
    late->next = NULL;
    late->len = len;
    late->due_ms = com_now_ms() + session->site->slow_ms;
    memcpy(late->bytes, bytes, len);
    if (session->late == NULL)
        com_timer_start(session->late_timer, session->site->slow_ms, 0);
    *session->late_end = late;
    session->late_end = &late->next;
}

/* Order is kept: what comes behind something late is late too. */
static void send_bytes(struct sim_session *session, const char *bytes, size_t len)
{
    if (session->site->slow_ms > 0 || session->late != NULL)
        write_later(session, bytes, len);
    else
        write_out(session, bytes, len);
}

/* --- faults ---------------------------------------------------------------------------------------- */

static void pump_stream(struct sim_session *session)
{
    static char chunk[STREAM_CHUNK];
    if (chunk[0] == '\0')
        memset(chunk, 'x', sizeof chunk);
    while (session->stream_left > 0 && !session->closing &&
           com_conn_queued(session->conn) <= COM_CONN_HIGH_WATER) {
        size_t len = session->stream_left < sizeof chunk ? session->stream_left : sizeof chunk;
        session->stream_left -= len;
        write_out(session, chunk, len);
        if (session->stream_left == 0)
            write_out(session, "\"/>", 4); /* with the byte 0 */
    }
}

static void send_garbage(struct sim_session *session)
{
    static const char garbage[] = "\xFF\xFE<not xml &&& \x01\x02\xC3\x28>\0\0<a b=c>\0\x80\x81]]>";
    send_bytes(session, garbage, sizeof garbage);
}

static void send_oversize(struct sim_session *session)
{
    static const char begin[] = "<OversizeResp filler=\"";
    send_bytes(session, begin, sizeof begin - 1);
    session->stream_left = OVERSIZE_BYTES;
    pump_stream(session);
}

/* A record attribute and an element that no catalogue has, and a message of such. */
static bool add_unknown(struct axi_msg *answer, struct axi_buf *out)
{
    static const struct axi_str name = {"futureMode", 10}, value = {"sideways", 8};
    static const struct axi_str event = {"EventFutureThing", 16};
    struct axi_elem *root = axi_msg_root(answer);
    for (struct axi_elem *child = axi_first_child(root, NULL); child != NULL;
         child = axi_next_sibling(child, NULL))
        axi_set_named(child, name, value);
    axi_set_named(root, name, value);
    struct axi_msg *what = axi_msg_new(NULL);
    axi_set_named(axi_msg_start_named(what, event), name, value);
    axi_set_text(axi_add_child(axi_msg_root(what), "part"), value);
    bool done = axi_encode(what, 0, out) == AXI_OK && axi_encode(answer, 0, out) == AXI_OK;
    axi_msg_free(what);
    return done;
}

static void send_unknown(struct sim_session *session, const char *answer, size_t len)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_buf out = {0};
    struct axi_msg *msg = NULL;
    if (parser != NULL && axi_parser_next(parser, &answer, &len, &msg) == AXI_OK && msg != NULL &&
        add_unknown(msg, &out))
        send_bytes(session, out.ptr, out.len);
    axi_buf_done(&out);
    axi_parser_free(parser);
}

/* One answer with its byte 0, as the fault wants it. All but `unknown` happen once. */
static void send_bad(struct sim_session *session, const char *answer, size_t len)
{
    enum sim_fault fault = session->site->fault;
    if (fault != SIM_FAULT_UNKNOWN)
        session->site->fault = SIM_FAULT_NONE;
    if (fault == SIM_FAULT_OVERSIZE) {
        send_oversize(session);
    } else if (fault == SIM_FAULT_GARBAGE) {
        send_garbage(session);
    } else if (fault == SIM_FAULT_UNKNOWN) {
        send_unknown(session, answer, len);
    } else {
        send_bytes(session, answer, len / 2);
        send_bytes(session, "", 1);
    }
}

/* --- what the server has ----------------------------------------------------------------------------- */

static bool is_event(struct axi_str out)
{
    return out.len > 6 && memcmp(out.ptr, "<Event", 6) == 0;
}

void sim_output(struct sim_session *session)
{
    const struct sim_site *site = session->site;
    struct axi_str out;
    while (session->stream_left == 0 && (out = axi_server_output(session->server)).len > 0) {
        size_t len = out.len;
        if (site->fault != SIM_FAULT_NONE && site->fault != SIM_FAULT_MUTE)
            len = strlen(out.ptr) + 1; /* one message */
        if (site->fault == SIM_FAULT_MUTE || session->closing)
            ; /* nobody hears it */
        else if (site->fault == SIM_FAULT_NONE || is_event(out))
            send_bytes(session, out.ptr, len);
        else
            send_bad(session, out.ptr, len);
        axi_server_sent(session->server, len);
    }
}

void sim_output_drained(struct sim_session *session)
{
    pump_stream(session);
    sim_output(session);
}

void sim_output_done(struct sim_session *session)
{
    com_timer_free(session->late_timer);
    while (session->late != NULL) {
        struct sim_late *late = session->late;
        session->late = late->next;
        free(late);
    }
}
