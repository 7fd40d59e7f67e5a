/*
 * How fast a connection may send, so that a long transfer leaves a narrow line usable for others. What is not sent yet
 * stays in the queue of the connection, which is kept short, and in the hands of its owner.
 */
#include "conn_private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define RATE_MAX  INT64_C(10000000000)
#define BURST_MIN 2048
#define BURST_MAX (64 * 1024)
#define QUEUE_MIN 4096
/* The socket holds no more than so much that is not on its way. */
#define UNSENT_MIN (16 * 1024)

static int64_t between(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static int64_t burst_of(const struct throttle *throttle)
{
    return between(throttle->rate / 8, BURST_MIN, BURST_MAX);
}

/* Nothing large is sent in smaller pieces than this: each is a TLS record. */
static int64_t piece_of(const struct throttle *throttle)
{
    return burst_of(throttle) / 2;
}

size_t com__conn_high_mark(const struct com_conn *conn)
{
    if (conn->throttle.rate == 0)
        return COM_CONN_HIGH_WATER;
    return (size_t)between(conn->throttle.rate / 2, QUEUE_MIN, COM_CONN_HIGH_WATER);
}

size_t com__conn_low_mark(const struct com_conn *conn)
{
    return com__conn_high_mark(conn) / (COM_CONN_HIGH_WATER / COM_CONN_LOW_WATER);
}

size_t com_conn_room(const struct com_conn *conn)
{
    size_t queued = com_conn_queued(conn), high = com__conn_high_mark(conn);
    return queued <= high ? high - queued + 1 : 0; /* one more, so that it counts as full */
}

static void fill(struct com_conn *conn)
{
    struct throttle *throttle = &conn->throttle;
    uint64_t now = uv_now(conn->loop);
    int64_t passed = between((int64_t)(now - throttle->at_ms), 0, 60000);
    throttle->at_ms = now;
    throttle->credit += throttle->rate * passed;
    if (throttle->credit > burst_of(throttle) * 1000)
        throttle->credit = burst_of(throttle) * 1000;
}

static void on_wake(uv_timer_t *timer)
{
    com__conn_pump(timer->data);
}

size_t com__throttle_part(struct com_conn *conn, size_t want)
{
    struct throttle *throttle = &conn->throttle;
    if (throttle->rate == 0 || want == 0)
        return want;
    fill(conn);
    int64_t need = piece_of(throttle);
    if ((uint64_t)need > want)
        need = (int64_t)want;
    if (throttle->credit < need * 1000) {
        int64_t missing = need * 1000 - throttle->credit;
        uv_timer_start(&throttle->wake, on_wake,
                       (uint64_t)((missing + throttle->rate - 1) / throttle->rate), 0);
        return 0;
    }
    uint64_t most = (uint64_t)(throttle->credit / 1000);
    return want < most ? want : (size_t)most;
}

void com__throttle_spend(struct com_conn *conn, size_t len)
{
    if (conn->throttle.rate != 0)
        conn->throttle.credit -= (int64_t)len * 1000;
}

void com__throttle_socket(struct com_conn *conn)
{
    uv_os_fd_t fd;
    int unsent = 0; /* what the system thinks right */
    if (conn->throttle.rate != 0)
        unsent = (int)between(burst_of(&conn->throttle), UNSENT_MIN, BURST_MAX);
    if (conn->sock_open && conn->sock.handle.type == UV_TCP &&
        uv_fileno(&conn->sock.handle, &fd) == 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void com_conn_set_rate(struct com_conn *conn, int64_t bytes_per_s)
{
    struct throttle *throttle = &conn->throttle;
    int64_t before = throttle->rate;
    if (conn->state == CONN_CLOSING)
        return;
    if (before != 0)
        fill(conn);
    throttle->rate = between(bytes_per_s, 0, RATE_MAX);
    throttle->at_ms = uv_now(conn->loop);
    if (before == 0 || throttle->credit > burst_of(throttle) * 1000)
        throttle->credit = burst_of(throttle) * 1000;
    com__throttle_socket(conn);
    /* whoever finds no room from here on is told when there is */
    conn->above = conn->above || com_conn_queued(conn) > com__conn_high_mark(conn);
    if (conn->queue.len > 0) /* in a turn of its own: callbacks never come from inside this call */
        uv_timer_start(&throttle->wake, on_wake, 0, 0);
}
