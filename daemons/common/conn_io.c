/*
 * The bytes of a connection: from the socket through TLS to the owner and back, with limits on both
 * ways.
 */
#include "conn_private.h"

#include <stdlib.h>
#include <string.h>

#define READ_SIZE  (16u * 1024)
#define CHUNK_SIZE 4096 /* of what TLS holds, given on at once */

/* --- writing */

/* A write owns its bytes until libuv is done with them. */
struct writing {
    uv_write_t request;
    struct com_conn *conn;
    uint8_t *mem;
};

size_t com_conn_queued(const struct com_conn *conn)
{
    size_t queued = conn->queue.len;
    if (conn->session)
        queued += conn->session->out.len;
    if (conn->sock_open)
        queued += uv_stream_get_write_queue_size(&conn->sock.stream);
    return queued;
}

static void check_drain(struct com_conn *conn)
{
    if (!conn->above || conn->state != CONN_OPEN ||
        com_conn_queued(conn) > com__conn_low_mark(conn))
        return;
    conn->above = false;
    if (!conn->ops->on_drain)
        return;
    conn->dispatching++;
    conn->ops->on_drain(conn);
    conn->dispatching--;
    com__conn_pump(conn);
}

static void on_written(uv_write_t *request, int status)
{
    struct writing *writing = request->data;
    struct com_conn *conn = writing->conn;
    free(writing->mem);
    free(writing);
    conn->writes--;
    if (conn->state == CONN_CLOSING)
        return;
    if (status < 0) {
        com__conn_finish(conn, COM_CLOSE_RESET, "sending failed: %s", uv_strerror(status));
        return;
    }
    com__conn_pump(conn);
    check_drain(conn);
    com__conn_flush(conn);
}

/* Give the whole buffer to the socket. */
static void send_buffer(struct com_conn *conn, struct buffer *buffer)
{
    if (buffer->len == 0 || !conn->sock_open)
        return;
    struct writing *writing = calloc(1, sizeof *writing);
    if (!writing) {
        com__conn_finish(conn, COM_CLOSE_LIMIT, "out of memory");
        return;
    }
    size_t start, len;
    writing->request.data = writing;
    writing->conn = conn;
    writing->mem = com__buffer_take(buffer, &start, &len);
    /* the queue limit is far below 4 GiB */
    uv_buf_t buf = uv_buf_init((char *)writing->mem + start, (unsigned)len);
    int err = uv_write(&writing->request, &conn->sock.stream, &buf, 1, on_written);
    if (err != 0) {
        free(writing->mem);
        free(writing);
        com__conn_finish(conn, COM_CLOSE_RESET, "sending failed: %s", uv_strerror(err));
        return;
    }
    conn->writes++;
}

static void encrypt_queue(struct com_conn *conn)
{
    struct session *session = conn->session;
    while (conn->queue.len > 0 && !conn->goodbye) {
        size_t taken = 0, before = session->out.len,
               len = com__throttle_part(conn, conn->queue.len);
        if (len < session->repeat) /* that much is encrypted already */
            len = session->repeat;
        if (len == 0)
            break;
        session->waiting = uv_stream_get_write_queue_size(&conn->sock.stream);
        enum session_result result =
            com__session_write(session, com__buffer_ptr(&conn->queue), len, &taken);
        if (result == SESSION_AGAIN)
            break;
        if (result != SESSION_DONE) {
            com__conn_finish(conn, COM_CLOSE_TLS, "%s",
                             result == SESSION_FAILED ? session->error
                                                      : "the TLS session has ended");
            return;
        }
        com__buffer_consume(&conn->queue, taken);
        com__throttle_spend(conn, session->out.len - before);
    }
    send_buffer(conn, &session->out);
}

static void send_plain(struct com_conn *conn)
{
    size_t len = com__throttle_part(conn, conn->queue.len);
    struct buffer part = {0};
    com__throttle_spend(conn, len);
    if (len == conn->queue.len) {
        send_buffer(conn, &conn->queue);
        return;
    }
    if (com__buffer_add(&part, com__buffer_ptr(&conn->queue), len) != 0) {
        com__conn_finish(conn, COM_CLOSE_LIMIT, "out of memory");
        return;
    }
    com__buffer_consume(&conn->queue, len);
    send_buffer(conn, &part);
    com__buffer_done(&part);
}

void com__conn_pump(struct com_conn *conn)
{
    if (conn->state != CONN_OPEN && conn->state != CONN_FLUSHING)
        return;
    if (conn->session)
        encrypt_queue(conn);
    else if (conn->writes == 0) /* what comes meanwhile goes together */
        send_plain(conn);
}

int64_t com_conn_write(struct com_conn *conn, const void *bytes, size_t len)
{
    if (conn->state == CONN_FLUSHING || conn->state == CONN_CLOSING)
        return -1;
    if (len > COM_CONN_QUEUE_MAX || com_conn_queued(conn) + len > COM_CONN_QUEUE_MAX) {
        com__conn_finish(conn, COM_CLOSE_LIMIT,
                         "the peer does not take its data: %zu bytes are waiting",
                         com_conn_queued(conn));
        return -1;
    }
    if (com__buffer_add(&conn->queue, bytes, len) != 0) {
        com__conn_finish(conn, COM_CLOSE_LIMIT, "out of memory");
        return -1;
    }
    /* inside a callback the bytes wait for its end, so that many small writes become one */
    if (conn->dispatching == 0)
        com__conn_pump(conn);
    if (conn->state == CONN_CLOSING)
        return -1;
    size_t queued = com_conn_queued(conn);
    conn->above = conn->above || queued > com__conn_high_mark(conn);
    return (int64_t)queued;
}

/* --- closing in order */

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct com_conn *conn = request->data;
    if (conn->state != CONN_FLUSHING)
        return;
    if (status < 0)
        com__conn_finish(conn, COM_CLOSE_LOCAL, "closed");
    else
        com__conn_limit(conn, LINGER_MS);
}

/* The next step of a graceful close: when all is sent, the goodbye and our end of stream. */
void com__conn_flush(struct com_conn *conn)
{
    if (conn->state != CONN_FLUSHING || conn->goodbye || conn->queue.len > 0 || conn->writes > 0)
        return;
    conn->goodbye = true;
    if (conn->session) {
        com__session_goodbye(conn->session);
        send_buffer(conn, &conn->session->out);
    }
    if (conn->state != CONN_FLUSHING)
        return;
    conn->shutdown.data = conn;
    if (uv_shutdown(&conn->shutdown, &conn->sock.stream, on_shutdown) != 0)
        com__conn_finish(conn, COM_CLOSE_LOCAL, "closed");
}

/* --- reading */

static void deliver(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    if (conn->state != CONN_OPEN || !conn->ops->on_data)
        return;
    conn->dispatching++;
    conn->ops->on_data(conn, bytes, len);
    conn->dispatching--;
}

static bool wants_input(const struct com_conn *conn)
{
    return (conn->state == CONN_OPEN && conn->reading && !conn->turn_ended) ||
           conn->state == CONN_FLUSHING;
}

/* Several records may lie in one read, and no event would come for the rest: read until nothing is
 * left. */
void com__conn_input(struct com_conn *conn)
{
    uint8_t bytes[CHUNK_SIZE];
    while (wants_input(conn)) {
        size_t len = 0;
        switch (com__session_read(conn->session, bytes, sizeof bytes, &len)) {
        case SESSION_DONE:
            deliver(conn, bytes, len);
            continue;
        case SESSION_AGAIN:
            com__conn_pump(conn);
            return;
        case SESSION_CLOSED:
            com__conn_finish(conn, COM_CLOSE_PEER, "the peer closed the connection");
            return;
        case SESSION_ENDED:
            com__conn_finish(conn, COM_CLOSE_PEER,
                             "the peer closed the connection without TLS goodbye");
            return;
        case SESSION_FAILED:
            send_buffer(conn, &conn->session->out); /* the alert */
            com__conn_finish(conn, COM_CLOSE_TLS, "%s", conn->session->error);
            return;
        }
    }
    com__conn_pump(conn);
}

void com__conn_handshake(struct com_conn *conn)
{
    enum session_result result = com__session_handshake(conn->session);
    send_buffer(conn, &conn->session->out);
    if (conn->state != CONN_HANDSHAKE)
        return;
    switch (result) {
    case SESSION_DONE:
        com__conn_opened(conn);
        com__conn_input(conn);
        break;
    case SESSION_AGAIN:
        break;
    case SESSION_CLOSED:
    case SESSION_ENDED:
        com__conn_finish(conn, COM_CLOSE_TLS,
                         "the peer closed the connection during the TLS handshake");
        break;
    case SESSION_FAILED:
        com__conn_finish(conn, COM_CLOSE_TLS, "%s", conn->session->error);
        break;
    }
}

static void received(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    conn->last_received = uv_now(conn->loop);
    if (!conn->session) {
        deliver(conn, bytes, len);
        com__conn_pump(conn);
        return;
    }
    if (com__buffer_add(&conn->session->in, bytes, len) != 0)
        com__conn_finish(conn, COM_CLOSE_LIMIT, "out of memory");
    else if (conn->state == CONN_HANDSHAKE)
        com__conn_handshake(conn);
    else
        com__conn_input(conn);
}

static void ended(struct com_conn *conn)
{
    if (!conn->session) {
        com__conn_finish(conn, COM_CLOSE_PEER, "the peer closed the connection");
        return;
    }
    conn->session->in_ended = true;
    if (conn->state == CONN_HANDSHAKE)
        com__conn_handshake(conn);
    else
        com__conn_input(conn);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle;
    (void)suggested;
    buf->base = malloc(READ_SIZE);
    buf->len = buf->base ? READ_SIZE : 0;
}

/* Reading goes on, in the next turn of the loop. */
static void on_resumed(uv_timer_t *timer)
{
    struct com_conn *conn = timer->data;
    conn->turn_ended = false;
    com__conn_poll(conn);
    if (conn->session && conn->state == CONN_OPEN)
        com__conn_input(conn);
}

void com_conn_end_turn(struct com_conn *conn)
{
    if (conn->state != CONN_OPEN || conn->turn_ended)
        return;
    conn->turn_ended = true;
    com__conn_poll(conn);
    uv_timer_start(&conn->kick, on_resumed, 0, 0);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct com_conn *conn = stream->data;
    if (conn->state != CONN_CLOSING) {
        if (count > 0)
            received(conn, (const uint8_t *)buf->base, (size_t)count);
        else if (count == UV_EOF)
            ended(conn);
        else if (count < 0)
            com__conn_finish(conn, count == UV_ENOBUFS ? COM_CLOSE_LIMIT : COM_CLOSE_RESET,
                             "the connection broke: %s", uv_strerror((int)count));
    }
    free(buf->base);
}

void com__conn_poll(struct com_conn *conn)
{
    bool wanted = conn->state == CONN_HANDSHAKE || wants_input(conn);
    if (!conn->sock_open || conn->state == CONN_CLOSING || wanted == conn->polling)
        return;
    conn->polling = wanted;
    if (!wanted)
        uv_read_stop(&conn->sock.stream);
    else if (uv_read_start(&conn->sock.stream, on_alloc, on_read) != 0)
        com__conn_finish(conn, COM_CLOSE_RESET, "the connection broke before it was open");
}

void com_conn_read_stop(struct com_conn *conn)
{
    conn->reading = false;
    if (conn->state == CONN_OPEN)
        com__conn_poll(conn);
}

void com_conn_read_start(struct com_conn *conn)
{
    if (conn->reading)
        return;
    conn->reading = true;
    if (conn->state != CONN_OPEN)
        return;
    conn->last_received = uv_now(conn->loop);
    com__conn_poll(conn);
    /* what TLS already holds raises no event; deliver it in the next turn, not inside this call */
    if (conn->session && conn->state == CONN_OPEN)
        uv_timer_start(&conn->kick, on_resumed, 0, 0);
}
