/*
 * The life of a connection: resolve, connect, open, limits, close.
 */
#include "conn_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sys/un.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *com_close_name(enum com_close_code code)
{
    static const char *const names[] = {"local",   "peer",        "reset", "timeout",
                                        "resolve", "unreachable", "tls",   "limit"};
    return (size_t)code < sizeof names / sizeof names[0] ? names[code] : "?";
}

/* --- end */

static void conn_free(struct com_conn *conn)
{
    if (conn->ops && conn->ops->on_close)
        conn->ops->on_close(conn, conn->code, conn->reason);
    if (conn->listener)
        com__listener_release(conn->listener);
    com__session_free(conn->session);
    com_tls_unref(conn->tls);
    com_tls_session_free(conn->memory);
    com__buffer_done(&conn->queue);
    free(conn->name);
    free(conn->server_name);
    free(conn);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct com_conn *conn = handle->data;
    if (--conn->handles == 0)
        conn_free(conn);
}

/* A name look-up cannot be stopped; it lives by itself and asks whether somebody still waits. */
struct resolving {
    uv_getaddrinfo_t request;
    struct com_conn *conn;
};

void com__conn_finish(struct com_conn *conn, enum com_close_code code, const char *format, ...)
{
    if (conn->state == CONN_CLOSING)
        return;
    /* what goes wrong after our own close is no news for the owner */
    if (conn->state == CONN_FLUSHING)
        code = COM_CLOSE_LOCAL;
    va_list args;
    va_start(args, format);
    if (code == COM_CLOSE_LOCAL)
        snprintf(conn->reason, sizeof conn->reason, "closed here");
    else
        vsnprintf(conn->reason, sizeof conn->reason, format, args);
    va_end(args);
    conn->code = code;
    conn->state = CONN_CLOSING;
    if (conn->resolving) {
        conn->resolving->conn = NULL;
        uv_cancel((uv_req_t *)&conn->resolving->request);
        conn->resolving = NULL;
    }
    uv_close((uv_handle_t *)&conn->timer, on_handle_closed);
    uv_close((uv_handle_t *)&conn->kick, on_handle_closed);
    uv_close((uv_handle_t *)&conn->throttle.wake, on_handle_closed);
    if (conn->sock_open)
        uv_close(&conn->sock.handle, on_handle_closed);
    conn->sock_open = false;
}

void com_conn_close(struct com_conn *conn)
{
    if (conn->state == CONN_FLUSHING || conn->state == CONN_CLOSING)
        return;
    if (conn->state != CONN_OPEN) {
        com__conn_finish(conn, COM_CLOSE_LOCAL, "closed");
        return;
    }
    conn->state = CONN_FLUSHING;
    com__conn_limit(conn, COM_CONN_FLUSH_MS);
    com__conn_poll(conn);
    com__conn_pump(conn);
    com__conn_flush(conn);
}

void com_conn_abort(struct com_conn *conn)
{
    com__conn_finish(conn, COM_CLOSE_LOCAL, "closed");
}

/* --- limits */

static void check_idle(struct com_conn *conn)
{
    uint64_t now = uv_now(conn->loop), limit = (uint64_t)conn->idle_ms;
    /* silence while we do not listen is not the peer's */
    uint64_t silent = conn->reading ? now - conn->last_received : 0;
    if (silent >= limit)
        com__conn_finish(conn, COM_CLOSE_TIMEOUT, "nothing received for %lld ms",
                         (long long)conn->idle_ms);
    else
        com__conn_limit(conn, (int64_t)(limit - silent));
}

static void on_limit(uv_timer_t *timer)
{
    struct com_conn *conn = timer->data;
    switch (conn->state) {
    case CONN_OPEN:
        check_idle(conn);
        break;
    case CONN_HANDSHAKE:
        com__conn_finish(conn, COM_CLOSE_TIMEOUT, "the TLS handshake did not end within %lld ms",
                         (long long)conn->timeout_ms);
        break;
    default:
        com__conn_finish(conn, COM_CLOSE_TIMEOUT, "no connection to %s within %lld ms", conn->name,
                         (long long)conn->timeout_ms);
    }
}

void com__conn_limit(struct com_conn *conn, int64_t ms)
{
    uv_timer_start(&conn->timer, on_limit, (uint64_t)ms, 0);
}

void com_conn_set_idle(struct com_conn *conn, int64_t idle_ms)
{
    conn->idle_ms = idle_ms;
    conn->last_received = uv_now(conn->loop);
    if (conn->state != CONN_OPEN)
        return;
    if (idle_ms > 0)
        com__conn_limit(conn, idle_ms);
    else
        uv_timer_stop(&conn->timer);
}

/* --- open */

static void note_address(const struct sockaddr *address, bool with_port, char *text, size_t max)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        uv_ip4_name(in, host, sizeof host);
        if (with_port)
            snprintf(text, max, "%s:%u", host, ntohs(in->sin_port));
        else
            snprintf(text, max, "%s", host);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        uv_ip6_name(in6, host, sizeof host);
        if (with_port)
            snprintf(text, max, "[%s]:%u", host, ntohs(in6->sin6_port));
        else
            snprintf(text, max, "%s", host);
    }
}

void com__conn_note_peer(struct com_conn *conn)
{
    struct sockaddr_storage address;
    int len = sizeof address;
    if (conn->sock.handle.type == UV_TCP) {
        uv_tcp_nodelay(&conn->sock.tcp, 1);
        uv_tcp_keepalive(&conn->sock.tcp, 1, 60);
        com__throttle_socket(conn);
        if (uv_tcp_getpeername(&conn->sock.tcp, (struct sockaddr *)&address, &len) == 0)
            note_address((struct sockaddr *)&address, true, conn->peer, sizeof conn->peer);
        return;
    }
    struct ucred cred;
    socklen_t size = sizeof cred;
    uv_os_fd_t fd;
    snprintf(conn->peer, sizeof conn->peer, "unix");
    if (uv_fileno(&conn->sock.handle, &fd) == 0 &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == 0) {
        conn->has_cred = true;
        conn->uid = cred.uid;
        conn->gid = cred.gid;
    }
}

void com__conn_opened(struct com_conn *conn)
{
    conn->state = CONN_OPEN;
    conn->last_received = uv_now(conn->loop);
    uv_timer_stop(&conn->timer);
    if (conn->idle_ms > 0)
        com__conn_limit(conn, conn->idle_ms);
    conn->dispatching++;
    if (conn->ops->on_open)
        conn->ops->on_open(conn);
    conn->dispatching--;
    com__conn_poll(conn);
    com__conn_pump(conn);
}

void com__conn_established(struct com_conn *conn)
{
    com__conn_note_peer(conn);
    if (!conn->tls) {
        com__conn_opened(conn);
        return;
    }
    conn->session = com__session_new(conn->tls, conn->server_name, conn->memory);
    if (!conn->session) {
        com__conn_finish(conn, COM_CLOSE_LIMIT, "the TLS session cannot be made");
        return;
    }
    conn->state = CONN_HANDSHAKE;
    com__conn_poll(conn);
    com__conn_handshake(conn);
}

static void connect_next(struct com_conn *conn);

static void on_failed_socket_closed(uv_handle_t *handle)
{
    struct com_conn *conn = handle->data;
    conn->handles--;
    if (conn->state != CONN_CLOSING)
        connect_next(conn);
    else if (conn->handles == 0)
        conn_free(conn);
}

static void connect_failed(struct com_conn *conn, int err)
{
    if (conn->address_next >= conn->address_count) {
        com__conn_finish(conn, COM_CLOSE_UNREACHABLE, "cannot connect to %s: %s", conn->name,
                         uv_strerror(err));
        return;
    }
    conn->sock_open = false;
    uv_close(&conn->sock.handle, on_failed_socket_closed);
}

static void on_connect(uv_connect_t *request, int status)
{
    struct com_conn *conn = request->data;
    if (conn->state != CONN_CONNECTING)
        return;
    if (status < 0)
        connect_failed(conn, status);
    else
        com__conn_established(conn);
}

int com__conn_socket(struct com_conn *conn, bool local)
{
    int err = local ? uv_pipe_init(conn->loop, &conn->sock.pipe, 0)
                    : uv_tcp_init(conn->loop, &conn->sock.tcp);
    if (err != 0)
        return err;
    conn->sock.handle.data = conn;
    conn->sock_open = true;
    conn->handles++;
    return 0;
}

static void connect_next(struct com_conn *conn)
{
    const struct sockaddr *address = (struct sockaddr *)&conn->addresses[conn->address_next++];
    int err = com__conn_socket(conn, false);
    if (err != 0) {
        com__conn_finish(conn, COM_CLOSE_UNREACHABLE, "no socket: %s", uv_strerror(err));
        return;
    }
    conn->state = CONN_CONNECTING;
    conn->connect.data = conn;
    err = uv_tcp_connect(&conn->connect, &conn->sock.tcp, address, on_connect);
    if (err != 0)
        connect_failed(conn, err);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct resolving *resolving = request->data;
    struct com_conn *conn = resolving->conn;
    for (struct addrinfo *a = list; conn && a; a = a->ai_next) {
        if (conn->address_count < ADDRESSES_MAX && a->ai_addrlen <= sizeof conn->addresses[0])
            memcpy(&conn->addresses[conn->address_count++], a->ai_addr, a->ai_addrlen);
    }
    uv_freeaddrinfo(list);
    free(resolving);
    if (!conn)
        return;
    conn->resolving = NULL;
    if (status != 0 || conn->address_count == 0)
        com__conn_finish(conn, COM_CLOSE_RESOLVE, "%s has no address: %s", conn->name,
                         status != 0 ? uv_strerror(status) : "empty answer");
    else
        connect_next(conn);
}

static int resolve(struct com_conn *conn, const char *host, int port)
{
    struct sockaddr_storage *first = &conn->addresses[0];
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)first) == 0 ||
        uv_ip6_addr(host, port, (struct sockaddr_in6 *)first) == 0) {
        conn->address_count = 1;
        connect_next(conn);
        return 0;
    }
    struct resolving *resolving = calloc(1, sizeof *resolving);
    if (!resolving)
        return UV_ENOMEM;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    resolving->request.data = resolving;
    resolving->conn = conn;
    conn->resolving = resolving;
    int err = uv_getaddrinfo(conn->loop, &resolving->request, on_resolved, host, service, &hints);
    if (err != 0) {
        conn->resolving = NULL;
        free(resolving);
    }
    return err;
}

static void connect_path(struct com_conn *conn, const char *path)
{
    struct sockaddr_un address;
    int err =
        strlen(path) < sizeof address.sun_path ? com__conn_socket(conn, true) : UV_ENAMETOOLONG;
    if (err != 0) {
        com__conn_finish(conn, COM_CLOSE_UNREACHABLE, "%s: %s", path, uv_strerror(err));
        return;
    }
    conn->state = CONN_CONNECTING;
    conn->connect.data = conn;
    uv_pipe_connect(&conn->connect, &conn->sock.pipe, path, on_connect);
}

struct com_conn *com__conn_new(uv_loop_t *loop)
{
    struct com_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return NULL;
    conn->loop = loop;
    conn->reading = true;
    uv_timer_init(loop, &conn->timer);
    uv_timer_init(loop, &conn->kick);
    uv_timer_init(loop, &conn->throttle.wake);
    conn->timer.data = conn;
    conn->kick.data = conn;
    conn->throttle.wake.data = conn;
    conn->handles = 3;
    return conn;
}

static int copy_options(struct com_conn *conn, const struct com_conn_options *options)
{
    size_t len = strlen(options->path ? options->path : options->host) + 16;
    const char *expected = options->server_name ? options->server_name : options->host;
    conn->name = malloc(len);
    conn->server_name = strdup(expected ? expected : "");
    if (!conn->name || !conn->server_name)
        return -1;
    if (options->path)
        snprintf(conn->name, len, "%s", options->path);
    else
        snprintf(conn->name, len, strchr(options->host, ':') ? "[%s]:%d" : "%s:%d", options->host,
                 options->port);
    snprintf(conn->peer, sizeof conn->peer, "%s", conn->name);
    conn->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : COM_CONN_OPEN_MS;
    conn->tls = options->tls ? com_tls_ref(options->tls) : NULL;
    conn->memory = options->session ? com__memory_ref(options->session) : NULL;
    return 0;
}

struct com_conn *com_conn_connect(uv_loop_t *loop, const struct com_conn_options *options,
                                  const struct com_conn_ops *ops, void *user)
{
    struct com_conn *conn = com__conn_new(loop);
    if (!conn)
        return NULL;
    if (copy_options(conn, options) != 0) {
        com__conn_finish(conn, COM_CLOSE_LIMIT, "out of memory");
        return NULL; /* ops are not set: nobody is told, the loop frees it */
    }
    conn->ops = ops;
    conn->user = user;
    conn->state = CONN_RESOLVING;
    uv_update_time(loop);
    com__conn_limit(conn, conn->timeout_ms);
    if (options->path) {
        connect_path(conn, options->path);
    } else if (options->port < 1 || options->port > 65535) {
        com__conn_finish(conn, COM_CLOSE_UNREACHABLE, "cannot connect to %s: no such port",
                         conn->name);
    } else {
        int err = resolve(conn, options->host, options->port);
        if (err != 0)
            com__conn_finish(conn, COM_CLOSE_RESOLVE, "%s has no address: %s", conn->name,
                             uv_strerror(err));
    }
    return conn;
}

static void on_accepted(uv_timer_t *timer)
{
    com__conn_established(timer->data);
}

void com_conn_pass(struct com_conn *conn, const struct com_conn_ops *ops, void *user)
{
    conn->ops = ops;
    conn->user = user;
}

void com_conn_accept(struct com_conn *conn, const struct com_conn_ops *ops, void *user)
{
    conn->ops = ops;
    conn->user = user;
    if (conn->state != CONN_OFFERED)
        return;
    conn->state = CONN_CONNECTING;
    uv_timer_start(&conn->kick, on_accepted, 0, 0);
    com__conn_limit(conn, conn->timeout_ms);
}

/* --- reading a connection's facts */

void *com_conn_user(const struct com_conn *conn)
{
    return conn->user;
}

void com_conn_set_user(struct com_conn *conn, void *user)
{
    conn->user = user;
}

bool com_conn_is_open(const struct com_conn *conn)
{
    return conn->state == CONN_OPEN;
}

const char *com_conn_peer(const struct com_conn *conn)
{
    return conn->peer;
}

void com_conn_local_host(const struct com_conn *conn, char *ret_text, size_t max)
{
    struct sockaddr_storage address;
    int len = sizeof address;
    ret_text[0] = '\0';
    if (conn->sock_open && conn->sock.handle.type == UV_TCP &&
        uv_tcp_getsockname(&conn->sock.tcp, (struct sockaddr *)&address, &len) == 0)
        note_address((struct sockaddr *)&address, false, ret_text, max);
}

const char *com_conn_fingerprint(const struct com_conn *conn)
{
    return conn->session ? conn->session->fingerprint : "";
}

const char *com_conn_tls_text(const struct com_conn *conn)
{
    return conn->session ? conn->session->text : "";
}

bool com_conn_resumed(const struct com_conn *conn)
{
    return conn->session && conn->session->resumed;
}

bool com_conn_peer_cred(const struct com_conn *conn, uid_t *ret_uid, gid_t *ret_gid)
{
    if (!conn->has_cred)
        return false;
    *ret_uid = conn->uid;
    *ret_gid = conn->gid;
    return true;
}

bool com_conn_peer_in_group(const struct com_conn *conn, gid_t group)
{
    uv_os_fd_t fd;
    gid_t few[32], *groups = few;
    socklen_t size = sizeof few;
    bool found = conn->has_cred && conn->gid == group;
    if (found || !conn->has_cred || uv_fileno(&conn->sock.handle, &fd) != 0)
        return found;
    int rc = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, few, &size);
    if (rc != 0 && errno == ERANGE &&
        (groups = malloc(size)) != NULL) /* size says what is needed */
        rc = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    for (size_t i = 0; rc == 0 && i < size / sizeof *groups; i++)
        found = found || groups[i] == group;
    if (groups != few)
        free(groups);
    return found;
}
