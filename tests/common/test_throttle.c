/*
 * How fast a connection may send: never more than the rate and a burst allow by the loop's own clock, nothing is lost
 * or waits for ever, and the rate can change at any time. Nothing here waits for a time to pass.
 */
#include "side.h"

#include <stdio.h>
#include <stdlib.h>

struct bed {
    uv_loop_t loop;
    struct com_tls *server_tls, *client_tls;
    struct com_listener *listener;
    struct side client, server;
    int64_t rate;
    uint64_t begun_ms,
        record; /* of the client: when its rate was set, and what a record costs on the wire */
    uint64_t drained_at; /* least queue that on_drain saw */
};

static struct bed *bed_of_test;

static int64_t burst(int64_t rate)
{
    return rate / 8 < 2048 ? 2048 : rate / 8 > 65536 ? 65536 : rate / 8;
}

/* The law: at no time more than the burst and what the time since the beginning allows. */
static void obeys(struct side *side, const uint8_t *bytes, size_t len)
{
    struct bed *bed = bed_of_test;
    uint64_t passed = uv_now(&bed->loop) - bed->begun_ms;
    (void)bytes;
    (void)len;
    if (bed->rate > 0 &&
        side->received > (uint64_t)burst(bed->rate) + (uint64_t)bed->rate * passed / 1000)
        fail_msg("%u bytes within %u ms", (unsigned)side->received, (unsigned)passed);
}

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    com_ignore_sigpipe();
    uv_loop_init(&bed->loop);
    bed->server.on_data = obeys;
    bed_of_test = *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    com_listener_close(bed->listener);
    if (bed->client.conn)
        com_conn_abort(bed->client.conn);
    if (bed->server.conn)
        com_conn_abort(bed->server.conn);
    int left = com_loop_finish(&bed->loop, TEST_LIMIT_MS);
    com_tls_unref(bed->server_tls);
    com_tls_unref(bed->client_tls);
    free(bed);
    return left;
}

static void open_both(struct bed *bed, bool tls)
{
    char error[256] = "";
    if (tls) {
        bed->server_tls =
            com_tls_server_new(&(struct com_tls_server_options){0}, error, sizeof error);
        bed->client_tls =
            com_tls_client_new(&(struct com_tls_client_options){0}, error, sizeof error);
    }
    struct com_listener_options listen = {
        .tls = bed->server_tls, .on_accept = side_accept, .user = &bed->server};
    bed->listener = com_listener_new(&bed->loop, &listen, error, sizeof error);
    assert_string_equal(error, "");
    struct com_conn_options dial = {
        .host = "127.0.0.1", .port = com_listener_port(bed->listener), .tls = bed->client_tls};
    bed->client.conn = com_conn_connect(&bed->loop, &dial, &side_ops, &bed->client);
    RUN_UNTIL(&bed->loop, bed->client.opened && bed->server.opened);
}

static void set_rate(struct bed *bed, int64_t rate)
{
    uv_update_time(&bed->loop);
    com_conn_set_rate(bed->client.conn, rate);
    bed->rate = rate;
    bed->begun_ms = uv_now(&bed->loop);
}

/* All that there is room for. */
static void send_more(struct side *side)
{
    uint8_t bytes[1000];
    size_t room, len;
    while (side->conn && side->sent < side->to_send && (room = com_conn_room(side->conn)) > 0) {
        len = sizeof bytes < room ? sizeof bytes : room;
        if (len > side->to_send - side->sent)
            len = (size_t)(side->to_send - side->sent);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)((side->sent + i) % 251);
        assert_true(com_conn_write(side->conn, bytes, len) >= 0);
        side->sent += len;
    }
}

static void transfer(struct bed *bed, uint64_t count)
{
    bed->client.to_send = count;
    bed->client.on_drain = send_more;
    send_more(&bed->client);
    RUN_UNTIL(&bed->loop, bed->server.received == count);
    assert_int_equal(bed->server.wrong, 0);
}

static void takes_its_time(struct bed *bed, bool tls)
{
    uint64_t least = (400000 - 65536) / 1000, passed;
    open_both(bed, tls);
    set_rate(bed, 1000000);
    transfer(bed, 400000);
    passed = uv_now(&bed->loop) - bed->begun_ms;
    print_message("400,000 bytes at 1,000,000 a second: %u ms, at least %u\n", (unsigned)passed,
                  (unsigned)least);
    assert_true(passed >= least);
    assert_true(bed->client.drained > 0);
}

static void a_transfer_takes_its_time_in_the_clear(void **state)
{
    takes_its_time(*state, false);
}

static void a_transfer_takes_its_time_over_tls(void **state)
{
    takes_its_time(*state, true);
}

static void a_slow_rate_lets_a_burst_through_and_no_more(void **state)
{
    struct bed *bed = *state;
    open_both(bed, true);
    set_rate(bed, 20000);
    bed->client.to_send = 10000;
    send_more(&bed->client);
    RUN_UNTIL(&bed->loop, bed->server.received >= 1024);
    transfer(bed, 10000);
}

static void what_is_small_goes_at_once_when_nothing_waits(void **state)
{
    struct bed *bed = *state;
    open_both(bed, true);
    set_rate(bed, 100); /* for whole pieces it would take ten seconds each */
    for (unsigned i = 0; i < 20; i++) {
        uint8_t byte = (uint8_t)i;
        com_conn_write(bed->client.conn, &byte, 1);
        RUN_UNTIL(&bed->loop, bed->server.received == i + 1);
    }
}

static void the_queue_is_short_when_the_rate_is_low(void **state)
{
    static const struct {
        int64_t rate;
        size_t high;
    } cases[] = {{1, 4096}, {8000, 4096}, {100000, 50000}, {100000000, COM_CONN_HIGH_WATER}};
    struct bed *bed = *state;
    open_both(bed, false);
    assert_int_equal(com_conn_room(bed->client.conn), COM_CONN_HIGH_WATER + 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        com_conn_set_rate(bed->client.conn, cases[i].rate);
        assert_int_equal(com_conn_room(bed->client.conn), cases[i].high + 1);
    }
    set_rate(bed, 100000);
    bed->client.to_send = 1000000;
    send_more(&bed->client);
    assert_int_equal(com_conn_room(bed->client.conn), 0);
    assert_in_range(com_conn_queued(bed->client.conn), 50000, 50001);
    assert_in_range(bed->client.sent, 50000, 50001 + burst(100000));
}

static void switching_it_off_sends_what_waits(void **state)
{
    struct bed *bed = *state;
    open_both(bed, true);
    set_rate(bed, 1); /* a day would not be enough */
    bed->client.to_send = 100000;
    bed->client.on_drain = send_more;
    send_more(&bed->client);
    assert_true(bed->client.sent < 8000);
    uv_run(&bed->loop, UV_RUN_NOWAIT);
    set_rate(bed, 0);
    RUN_UNTIL(&bed->loop, bed->server.received == 100000);
    assert_int_equal(bed->server.wrong, 0);
}

static void a_rate_that_comes_while_much_waits_holds_at_once(void **state)
{
    struct bed *bed = *state;
    static uint8_t bytes[200000];
    open_both(bed, false);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i % 251);
    set_rate(bed, 500000);
    com_conn_write(bed->client.conn, bytes, sizeof bytes);
    assert_in_range(com_conn_room(bed->client.conn), 1, 250001);
    com_conn_set_rate(bed->client.conn, 200000); /* who stops now is told when there is room */
    assert_int_equal(com_conn_room(bed->client.conn), 0);
    assert_true(bed->client.drained == 0);
    RUN_UNTIL(&bed->loop, bed->server.received == sizeof bytes && bed->client.drained == 1);
    assert_int_equal(bed->server.wrong, 0);
}

static void a_graceful_close_sends_the_rest_at_the_rate(void **state)
{
    struct bed *bed = *state;
    open_both(bed, true);
    set_rate(bed, 200000);
    bed->client.to_send = 90000;
    send_more(&bed->client);
    com_conn_close(bed->client.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_int_equal(bed->server.received, 90000);
    assert_int_equal(bed->server.wrong, 0);
    assert_int_equal(bed->server.code, COM_CLOSE_PEER);
}

static void aborting_while_it_waits_frees_everything(void **state)
{
    struct bed *bed = *state;
    open_both(bed, true);
    set_rate(bed, 1);
    bed->client.to_send = 90000;
    send_more(&bed->client);
    com_conn_abort(bed->client.conn);
    com_conn_set_rate(bed->client.conn, 0);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_transfer_takes_its_time_in_the_clear),
        T(a_transfer_takes_its_time_over_tls),
        T(a_slow_rate_lets_a_burst_through_and_no_more),
        T(what_is_small_goes_at_once_when_nothing_waits),
        T(the_queue_is_short_when_the_rate_is_low),
        T(switching_it_off_sends_what_waits),
        T(a_rate_that_comes_while_much_waits_holds_at_once),
        T(a_graceful_close_sends_the_rest_at_the_rate),
        T(aborting_while_it_waits_frees_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
