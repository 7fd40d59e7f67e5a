/*
 * Listening sockets, TCP and Unix, that hand over connections (conn.h).
 */
#ifndef COM_LISTENER_H
#define COM_LISTENER_H

#include <com/conn.h>

struct com_listener;

struct com_listener_options {
    const char *host; /* numeric address; default "127.0.0.1" */
    int port;         /* 0: the system chooses */
    const char
        *path; /* Unix socket instead: mode 0600, what a dead process left there is replaced */
    struct com_tls *tls;
    /* A new connection. Call com_conn_accept(conn, …) before returning, otherwise it is closed. */
    void (*on_accept)(void *user, struct com_conn *conn);
    void *user;
    unsigned
        max; /* connections at a time, 0: COM_LISTENER_MAX; others wait in the system's queue */
    int64_t timeout_ms; /* for the TLS handshake, 0: COM_CONN_OPEN_MS */
};

#define COM_LISTENER_MAX 1024

/* NULL with a text in `error` when the address is not usable. */
struct com_listener *com_listener_new(uv_loop_t *loop, const struct com_listener_options *options,
                                      char *error, size_t max);
int com_listener_port(const struct com_listener *listener);
/* Stop listening and remove a Unix socket's file; connections live on. NULL is allowed. The memory
 * goes when the loop has closed the handle. */
void com_listener_close(struct com_listener *listener);

#endif
