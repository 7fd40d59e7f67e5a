/*
 * Inside of a connection: conn.c has its life (open, close), conn_io.c moves its bytes, listener.c
 * makes accepted ones.
 *
 * Freeing: every libuv handle of a connection is counted, and the last close callback calls
 * on_close and frees. As libuv calls those at the end of a turn, no function here can lose its
 * connection under its feet.
 */
#ifndef COM_CONN_PRIVATE_H
#define COM_CONN_PRIVATE_H

#include "tls_private.h"

#include <com/conn.h>
#include <sys/socket.h>

#define ADDRESSES_MAX 8
/* After our end of stream the peer gets so long to end its own; closing on unread data would reset
 * the connection, and the peer could lose what we sent last. */
#define LINGER_MS 1000

enum conn_state {
    CONN_OFFERED, /* by a listener, nobody took it yet */
    CONN_RESOLVING,
    CONN_CONNECTING,
    CONN_HANDSHAKE,
    CONN_OPEN,
    CONN_FLUSHING, /* closed by us, but not everything is sent */
    CONN_CLOSING   /* handles are being closed */
};

/* A bucket of bytes that may be sent: it fills at `rate` up to `burst`. */
struct throttle {
    int64_t rate; /* bytes a second; 0: none */
    int64_t
        credit; /* thousandths of a byte; below 0 when what was sent was more than what was to be sent */
    uint64_t at_ms;  /* when it was filled last, by the loop's clock */
    uv_timer_t wake; /* there is enough to go on */
};

struct resolving;
struct com_listener;

union any_socket {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

struct com_conn {
    uv_loop_t *loop;
    union any_socket sock;
    uv_timer_t timer; /* the limit of the present state */
    bool turn_ended;  /* nothing is read until the next turn of the loop */
    uv_timer_t kick;  /* work that must not happen inside the caller's call */
    uv_connect_t connect;
    uv_shutdown_t shutdown;
    unsigned handles; /* not closed yet */
    bool sock_open;
    enum conn_state state;

    const struct com_conn_ops *ops;
    void *user;
    struct com_listener *listener; /* of an accepted connection */

    struct resolving *resolving;
    struct sockaddr_storage addresses[ADDRESSES_MAX];
    unsigned address_count, address_next;
    int64_t timeout_ms;
    struct com_tls *tls;
    struct com_tls_session *memory;
    char *name; /* "host:port" or the path, for messages */
    char *server_name;

    struct session *session;
    struct buffer queue; /* plain bytes that neither TLS nor the socket has taken */
    unsigned writes;     /* in flight */
    unsigned dispatching;
    bool reading; /* the user wants data */
    bool polling; /* libuv reads */
    bool above;   /* the queue passed the high mark */
    bool goodbye; /* close_notify and end of stream are on their way */
    struct throttle throttle;
    int64_t idle_ms;
    uint64_t last_received;

    char peer[128];
    bool has_cred;
    uid_t uid;
    gid_t gid;

    enum com_close_code code;
    char reason[600];
};

/* conn.c */
struct com_conn *com__conn_new(uv_loop_t *loop);
int com__conn_socket(struct com_conn *conn, bool local);
void com__conn_note_peer(struct com_conn *conn);
void com__conn_established(struct com_conn *conn);
void com__conn_opened(struct com_conn *conn);
void com__conn_finish(struct com_conn *conn, enum com_close_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void com__conn_limit(struct com_conn *conn, int64_t ms);

/* conn_io.c */
void com__conn_handshake(struct com_conn *conn);
void com__conn_input(struct com_conn *conn);
void com__conn_pump(struct com_conn *conn);
void com__conn_flush(struct com_conn *conn);
/* Let libuv read exactly when somebody has use for the bytes. */
void com__conn_poll(struct com_conn *conn);

/* throttle.c */
/* How many of `want` bytes may be sent now; 0: none, and com__conn_pump is called when some may. */
size_t com__throttle_part(struct com_conn *conn, size_t want);
/* So many bytes were given to the socket. */
void com__throttle_spend(struct com_conn *conn, size_t len);
/* Tell the socket; it has just been made. */
void com__throttle_socket(struct com_conn *conn);
/* Above which the owner should not write, and below which it may again. */
size_t com__conn_high_mark(const struct com_conn *conn);
size_t com__conn_low_mark(const struct com_conn *conn);

/* listener.c: an accepted connection is gone. */
void com__listener_release(struct com_listener *listener);

#endif
