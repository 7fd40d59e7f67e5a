/*
 * One stream connection: TLS, plain TCP or a Unix socket, made by us or accepted, with one
 * interface.
 *
 * A life: com_conn_connect or an accept, then on_open once (after the TLS handshake), on_data any
 * number of times, on_close exactly once. A connection that fails to open gets on_close without
 * on_open. Callbacks are never called from inside com_conn_connect, com_conn_write, com_conn_close
 * or com_conn_abort. After on_close has returned the pointer is invalid. Everything belongs to the
 * thread of the loop.
 */
#ifndef COM_CONN_H
#define COM_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>
#include <com/tls.h>

struct com_conn;

enum com_close_code {
    COM_CLOSE_LOCAL,       /* we closed it */
    COM_CLOSE_PEER,        /* the peer ended it in order */
    COM_CLOSE_RESET,       /* the peer or the network broke it */
    COM_CLOSE_TIMEOUT,     /* connect, handshake or idle limit */
    COM_CLOSE_RESOLVE,     /* the host name has no address */
    COM_CLOSE_UNREACHABLE, /* connect failed */
    COM_CLOSE_TLS,         /* handshake or record failed; the reason says why */
    COM_CLOSE_LIMIT        /* out of memory, or more than the limit was queued */
};
/* "local", "peer", "reset" … for logs and metrics. */
const char *com_close_name(enum com_close_code code);

/* Each may be NULL. `reason` is readable text, never NULL, valid during the call. */
struct com_conn_ops {
    void (*on_open)(struct com_conn *conn);
    void (*on_data)(struct com_conn *conn, const uint8_t *bytes, size_t len);
    /* The queue fell to COM_CONN_LOW_WATER after it was full: at COM_CONN_HIGH_WATER. (With a rate both are lower.) */
    void (*on_drain)(struct com_conn *conn);
    void (*on_close)(struct com_conn *conn, enum com_close_code code, const char *reason);
};

#define COM_CONN_HIGH_WATER (256u * 1024)
#define COM_CONN_LOW_WATER  (64u * 1024)
/* Most that may be queued before the connection is given up. */
#define COM_CONN_QUEUE_MAX (64u * 1024 * 1024)
#define COM_CONN_OPEN_MS                                                                           \
    10000 /* default limit for resolving, connecting and the handshake together */
#define COM_CONN_FLUSH_MS 5000 /* limit for what a graceful close still has to send */

/* Texts are copied. */
struct com_conn_options {
    const char *host; /* name or address */
    int port;
    const char *path; /* Unix socket instead of host and port */
    struct com_tls
        *tls; /* client settings, NULL for plain; the connection takes its own reference */
    const char
        *server_name; /* name to expect in the certificate, default host; not used for addresses */
    int64_t timeout_ms; /* 0: COM_CONN_OPEN_MS */
    /* What is known of this server from earlier, for settings that are lean; NULL: nothing. The connection takes its
     * own reference. */
    struct com_tls_session *session;
};

/* NULL only when memory is out; every other failure arrives in on_close. `ops` must outlive the
 * connection. */
struct com_conn *com_conn_connect(uv_loop_t *loop, const struct com_conn_options *options,
                                  const struct com_conn_ops *ops, void *user);
/* Take what a listener offers; only inside its on_accept. */
void com_conn_accept(struct com_conn *conn, const struct com_conn_ops *ops, void *user);

/* From the next turn on somebody else has the connection: after its first bytes showed whose it is. */
void com_conn_pass(struct com_conn *conn, const struct com_conn_ops *ops, void *user);

void *com_conn_user(const struct com_conn *conn);
void com_conn_set_user(struct com_conn *conn, void *user);

/* Copy and queue bytes; allowed before on_open. Returns what is queued now, or -1 when the
 * connection is closing. Stop writing while it is above COM_CONN_HIGH_WATER. */
int64_t com_conn_write(struct com_conn *conn, const void *bytes, size_t len);
/* Bytes that the system has not taken yet. */
size_t com_conn_queued(const struct com_conn *conn);

/* Send at most so many bytes a second, TLS records included (handshakes are not), in bursts of an eighth of a second;
 * 0: as fast as it goes (default). Allowed at any time, before on_open too, and counts from then on.
 *
 * With a rate the queue is full when it takes about half a second to send, and the system is asked to keep less below
 * it: what is small and comes behind something large waits no longer than that. Owners that have more to send keep it
 * until on_drain. */
void com_conn_set_rate(struct com_conn *conn, int64_t bytes_per_s);
/* How many bytes the owner should write now at most: what is left until the queue is full. When it was filled, on_drain
 * tells that there is room again. */
size_t com_conn_room(const struct com_conn *conn);

/* Send what is queued, say goodbye, then on_close with COM_CLOSE_LOCAL. No more on_data. */
void com_conn_close(struct com_conn *conn);
/* Drop what is queued, then on_close with COM_CLOSE_LOCAL in a later turn. No more of the other
 * callbacks. */
void com_conn_abort(struct com_conn *conn);

/* Back pressure: no on_data between stop and start. */
void com_conn_read_stop(struct com_conn *conn);
void com_conn_read_start(struct com_conn *conn);
/* In on_data: no more of it in this turn of the loop. What a fast peer sends would otherwise be read until nothing is
 * left, before anything else happens. */
void com_conn_end_turn(struct com_conn *conn);
/* Close with COM_CLOSE_TIMEOUT when nothing came for so long; 0 switches it off (default). Counts
 * from on_open. */
void com_conn_set_idle(struct com_conn *conn, int64_t idle_ms);

bool com_conn_is_open(const struct com_conn *conn);
/* "192.0.2.1:12622", "[2001:db8::1]:12622", "unix"; before it is known the name that was asked for.
 * Borrowed. */
const char *com_conn_peer(const struct com_conn *conn);
/* Our own address without port ("192.0.2.7"), "" when there is none. */
void com_conn_local_host(const struct com_conn *conn, char *ret_text, size_t max);
/* Fingerprint of the peer's certificate, "" for plain connections and before on_open. Borrowed. */
const char *com_conn_fingerprint(const struct com_conn *conn);
/* "TLSv1.2 ECDHE-…" for logs, "" for plain ones. Borrowed. */
const char *com_conn_tls_text(const struct com_conn *conn);
/* Was the handshake a short one, out of com_conn_options.session? False for a server's side, which need not know. */
bool com_conn_resumed(const struct com_conn *conn);
/* User and group of the process at the other end of a Unix socket; false for other kinds. */
bool com_conn_peer_cred(const struct com_conn *conn, uid_t *ret_uid, gid_t *ret_gid);
/* Is the process at the other end of a Unix socket in the group, by its own or by a further one? */
bool com_conn_peer_in_group(const struct com_conn *conn, gid_t group);

#endif
