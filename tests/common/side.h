/*
 * Helpers for tests with connections: a loop that runs until a condition holds, and a record of
 * what one side of a connection saw.
 */
#ifndef TEST_SIDE_H
#define TEST_SIDE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/conn.h>
#include <com/listener.h>
#include <com/loop.h>
#include <string.h>

#define TEST_LIMIT_MS 60000

struct side {
    struct com_conn *conn; /* NULL after on_close */
    int opened, closed, drained;
    enum com_close_code code;
    char reason[600];
    char fingerprint[COM_FINGERPRINT_SIZE];
    char first[64];           /* the first bytes, terminated */
    uint64_t received, wrong; /* wrong: bytes that are not those of the pattern */
    void (*on_data)(struct side *side, const uint8_t *bytes, size_t len);
    void (*on_open)(struct side *side);
    void (*on_drain)(struct side *side);
    uint64_t to_send, sent;
};

static inline void side_open(struct com_conn *conn)
{
    struct side *side = com_conn_user(conn);
    side->opened++;
    snprintf(side->fingerprint, sizeof side->fingerprint, "%s", com_conn_fingerprint(conn));
    if (side->on_open)
        side->on_open(side);
}

static inline void side_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct side *side = com_conn_user(conn);
    size_t have = strlen(side->first), room = sizeof side->first - 1 - have;
    memcpy(side->first + have, bytes, len < room ? len : room);
    for (size_t i = 0; i < len; i++)
        side->wrong += bytes[i] != (uint8_t)((side->received + i) % 251);
    side->received += len;
    if (side->on_data)
        side->on_data(side, bytes, len);
}

static inline void side_drain(struct com_conn *conn)
{
    struct side *side = com_conn_user(conn);
    side->drained++;
    if (side->on_drain)
        side->on_drain(side);
}

static inline void side_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct side *side = com_conn_user(conn);
    assert_ptr_equal(side->conn, conn);
    side->conn = NULL;
    side->closed++;
    side->code = code;
    snprintf(side->reason, sizeof side->reason, "%s", reason);
}

static const struct com_conn_ops side_ops = {side_open, side_data, side_drain, side_close};

static inline void side_accept(void *user, struct com_conn *conn)
{
    struct side *side = user;
    side->conn = conn;
    com_conn_accept(conn, &side_ops, side);
}

static inline void side_tick(uv_timer_t *timer)
{
    (void)timer;
}

#define RUN_UNTIL(loop, condition)                                                                 \
    do {                                                                                           \
        uv_timer_t tick_;                                                                          \
        int64_t limit_ = com_now_ms() + TEST_LIMIT_MS;                                             \
        uv_timer_init(loop, &tick_);                                                               \
        uv_timer_start(&tick_, side_tick, 5, 5);                                                   \
        while (!(condition) && com_now_ms() < limit_)                                              \
            uv_run(loop, UV_RUN_ONCE);                                                             \
        uv_close((uv_handle_t *)&tick_, NULL);                                                     \
        uv_run(loop, UV_RUN_NOWAIT);                                                               \
        assert_true(condition);                                                                    \
    } while (0)

#endif
