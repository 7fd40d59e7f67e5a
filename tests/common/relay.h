/*
 * A wire that counts: a connection to it is passed on to a server, byte by byte, in both directions.
 */
#ifndef TEST_RELAY_H
#define TEST_RELAY_H

#include "side.h"

#include <stdlib.h>

struct relay {
    uv_loop_t *loop;
    struct com_listener *listener;
    int port;          /* of the server behind it */
    uint64_t bytes[2]; /* from the client, and from the server, since somebody set them to 0 */
    unsigned open;     /* ends of pairs that are not closed */
    bool deaf;         /* what comes is swallowed */
    struct com_conn *ends[2]; /* of the last pair */
};

struct relay_end {
    struct relay *relay;
    struct com_conn *conn; /* NULL after on_close */
    struct relay_end *other;
    unsigned from;
};

static inline void relay_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct relay_end *end = com_conn_user(conn);
    end->relay->bytes[end->from] += len;
    if (end->other->conn && !end->relay->deaf)
        com_conn_write(end->other->conn, bytes, len);
}

static inline void relay_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct relay_end *end = com_conn_user(conn);
    (void)code;
    (void)reason;
    end->relay->open--;
    if (end->relay->ends[end->from] == conn)
        end->relay->ends[end->from] = NULL;
    end->conn = NULL;
    if (end->other->conn) {
        com_conn_close(end->other->conn);
        return;
    }
    free(end->other);
    free(end);
}

static const struct com_conn_ops relay_ops = {NULL, relay_data, NULL, relay_close};

static inline void relay_accept(void *user, struct com_conn *conn)
{
    struct relay *relay = user;
    struct com_conn_options options = {.host = "127.0.0.1", .port = relay->port};
    struct relay_end *ends[2] = {calloc(1, sizeof **ends), calloc(1, sizeof **ends)};
    for (unsigned i = 0; i < 2; i++) {
        assert_non_null(ends[i]);
        *ends[i] = (struct relay_end){.relay = relay, .other = ends[1 - i], .from = i};
    }
    relay->open += 2;
    ends[0]->conn = conn;
    com_conn_accept(conn, &relay_ops, ends[0]);
    ends[1]->conn = com_conn_connect(relay->loop, &options, &relay_ops, ends[1]);
    assert_non_null(ends[1]->conn);
    for (unsigned i = 0; i < 2; i++)
        relay->ends[i] = ends[i]->conn;
}

/* The port to connect to instead of the server's. */
static inline int relay_start(struct relay *relay, uv_loop_t *loop, int port)
{
    struct com_listener_options options = {.on_accept = relay_accept, .user = relay};
    char error[256] = "";
    *relay = (struct relay){.loop = loop, .port = port};
    relay->listener = com_listener_new(loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    return com_listener_port(relay->listener);
}

/* The wire is cut. */
static inline void relay_cut(struct relay *relay)
{
    for (unsigned i = 0; i < 2; i++) {
        if (relay->ends[i])
            com_conn_abort(relay->ends[i]);
    }
}

static inline void relay_stop(struct relay *relay)
{
    relay_cut(relay);
    com_listener_close(relay->listener);
}

#endif
