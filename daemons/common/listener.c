/*
 * Listening sockets. Above the limit of connections nothing is accepted: libuv then leaves further
 * ones in the system's queue until uv_accept is called again.
 */
#include <com/listener.h>
#include "conn_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

struct com_listener {
    union any_socket sock;
    uv_loop_t *loop;
    bool local, closed; /* closed: the handle is gone, connections may still be there */
    bool pending;       /* one connection waits because the limit is reached */
    unsigned active, max;
    int64_t timeout_ms;
    struct com_tls *tls;
    void (*on_accept)(void *user, struct com_conn *conn);
    void *user;
};

static void free_if_done(struct com_listener *listener)
{
    if (!listener->closed || listener->active > 0)
        return;
    com_tls_unref(listener->tls);
    free(listener);
}

static void accept_one(struct com_listener *listener)
{
    struct com_conn *conn = com__conn_new(listener->loop);
    if (!conn) { /* it stays in the queue; the next connection that ends tries again */
        listener->pending = true;
        return;
    }
    listener->active++;
    conn->listener = listener;
    conn->state = CONN_OFFERED;
    conn->timeout_ms = listener->timeout_ms;
    conn->tls = listener->tls ? com_tls_ref(listener->tls) : NULL;
    conn->name = strdup("client");
    if (!conn->name || com__conn_socket(conn, listener->local) != 0 ||
        uv_accept(&listener->sock.stream, &conn->sock.stream) != 0) {
        com_conn_abort(conn);
        return;
    }
    com__conn_note_peer(conn);
    listener->on_accept(listener->user, conn);
    if (conn->state == CONN_OFFERED)
        com_conn_abort(conn);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct com_listener *listener = stream->data;
    if (status < 0)
        return;
    if (listener->active >= listener->max)
        listener->pending = true;
    else
        accept_one(listener);
}

void com__listener_release(struct com_listener *listener)
{
    listener->active--;
    if (listener->pending && !uv_is_closing(&listener->sock.handle)) {
        listener->pending = false;
        accept_one(listener);
    }
    free_if_done(listener);
}

static void on_closed(uv_handle_t *handle)
{
    struct com_listener *listener = handle->data;
    listener->closed = true;
    free_if_done(listener);
}

void com_listener_close(struct com_listener *listener)
{
    if (listener && !uv_is_closing(&listener->sock.handle))
        uv_close(&listener->sock.handle, on_closed);
}

/* --- binding */

static int bind_tcp(struct com_listener *listener, const char *host, int port)
{
    struct sockaddr_storage address;
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)&address) != 0 &&
        uv_ip6_addr(host, port, (struct sockaddr_in6 *)&address) != 0)
        return UV_EINVAL;
    int err = uv_tcp_bind(&listener->sock.tcp, (struct sockaddr *)&address, 0);
    return err != 0 ? err : uv_listen(&listener->sock.stream, BACKLOG, on_connection);
}

/* Is the file a socket on which nobody listens? */
static bool is_stale(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool refused = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static int bind_path(struct com_listener *listener, const char *path)
{
    struct sockaddr_un address;
    if (strlen(path) >= sizeof address.sun_path)
        return UV_ENAMETOOLONG;
    if (is_stale(path))
        unlink(path);
    /* the mask closes the gap between bind and chmod */
    mode_t mask = umask(0177);
    int err = uv_pipe_bind(&listener->sock.pipe, path);
    umask(mask);
    if (err == UV_EACCES && errno == ENOENT) /* libuv gives the one for the other */
        err = UV_ENOENT;
    return err != 0 ? err : uv_listen(&listener->sock.stream, BACKLOG, on_connection);
}

struct com_listener *com_listener_new(uv_loop_t *loop, const struct com_listener_options *options,
                                      char *error, size_t max)
{
    const char *host = options->host ? options->host : "127.0.0.1";
    struct com_listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        snprintf(error, max, "out of memory");
        return NULL;
    }
    listener->loop = loop;
    listener->local = options->path != NULL;
    listener->max = options->max ? options->max : COM_LISTENER_MAX;
    listener->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : COM_CONN_OPEN_MS;
    listener->on_accept = options->on_accept;
    listener->user = options->user;
    int err = listener->local ? uv_pipe_init(loop, &listener->sock.pipe, 0)
                              : uv_tcp_init(loop, &listener->sock.tcp);
    if (err != 0) {
        snprintf(error, max, "no socket: %s", uv_strerror(err));
        free(listener);
        return NULL;
    }
    listener->sock.handle.data = listener;
    listener->tls = options->tls ? com_tls_ref(options->tls) : NULL;
    err = options->path ? bind_path(listener, options->path)
                        : bind_tcp(listener, host, options->port);
    if (err == 0)
        return listener;
    if (listener->local)
        snprintf(error, max, "cannot listen on %s: %s", options->path, uv_strerror(err));
    else
        snprintf(error, max, "cannot listen on %s:%d: %s", host, options->port, uv_strerror(err));
    com_listener_close(listener);
    return NULL;
}

int com_listener_port(const struct com_listener *listener)
{
    struct sockaddr_storage address;
    int len = sizeof address;
    if (listener->local ||
        uv_tcp_getsockname(&listener->sock.tcp, (struct sockaddr *)&address, &len) != 0)
        return 0;
    /* the port is at the same place in both families */
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}
