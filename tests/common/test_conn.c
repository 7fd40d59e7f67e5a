/*
 * Connections, both sides in one loop over 127.0.0.1 and Unix sockets: that what is sent arrives,
 * that every failure has its code and a readable reason, and that on_close comes exactly once and
 * nothing is left behind.
 */
#include "side.h"

#include <com/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <netinet/in.h>

#define BIG (8u * 1024 * 1024)

struct bed {
    uv_loop_t loop;
    struct com_tls *server_tls, *client_tls;
    struct com_listener *listener;
    struct side client, server;
    struct com_listener_options listen;
    struct com_conn_options dial;
    char path[128];
};

static struct com_tls *make_server(void)
{
    char error[256] = "";
    struct com_tls *tls = com_tls_server_new(
        &(struct com_tls_server_options){.self_signed_name = "omm"}, error, sizeof error);
    assert_string_equal(error, "");
    return tls;
}

static struct com_tls *make_client(const struct com_tls_client_options *options)
{
    char error[256] = "";
    struct com_tls *tls = com_tls_client_new(options, error, sizeof error);
    assert_string_equal(error, "");
    return tls;
}

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    com_ignore_sigpipe();
    uv_loop_init(&bed->loop);
    bed->listen = (struct com_listener_options){.on_accept = side_accept, .user = &bed->server};
    bed->dial = (struct com_conn_options){.host = "127.0.0.1"};
    *state = bed;
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

static void start_server(struct bed *bed)
{
    char error[256] = "";
    bed->listen.tls = bed->server_tls;
    bed->listener = com_listener_new(&bed->loop, &bed->listen, error, sizeof error);
    assert_string_equal(error, "");
    bed->dial.port = com_listener_port(bed->listener);
}

static void start_client(struct bed *bed)
{
    bed->dial.tls = bed->client_tls;
    bed->client.conn = com_conn_connect(&bed->loop, &bed->dial, &side_ops, &bed->client);
    assert_non_null(bed->client.conn);
    assert_int_equal(bed->client.opened + bed->client.closed, 0);
}

static void use_tls(struct bed *bed, const struct com_tls_client_options *options)
{
    bed->server_tls = make_server();
    bed->client_tls = make_client(options);
}

static void open_both(struct bed *bed)
{
    start_server(bed);
    start_client(bed);
    RUN_UNTIL(&bed->loop, (bed->client.opened && bed->server.opened) || bed->client.closed);
    assert_string_equal(bed->client.reason, "");
}

/* Connect and wait until the client is told that it failed. */
static void expect_failure(struct bed *bed, enum com_close_code code, const char *part)
{
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->client.closed);
    if (bed->client.code != code || !strstr(bed->client.reason, part))
        fail_msg("%s: %s", com_close_name(bed->client.code), bed->client.reason);
    assert_int_equal(bed->client.opened, 0);
    assert_int_equal(bed->client.closed, 1);
}

/* --- data ------------------------------------------------------------------------------------- */

static void send_more(struct side *side)
{
    uint8_t bytes[30011];
    while (side->sent < side->to_send && com_conn_queued(side->conn) <= COM_CONN_HIGH_WATER) {
        size_t len = sizeof bytes;
        if (len > side->to_send - side->sent)
            len = (size_t)(side->to_send - side->sent);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)((side->sent + i) % 251);
        assert_true(com_conn_write(side->conn, bytes, len) >= 0);
        side->sent += len;
    }
}

static void transfer_both_ways(struct bed *bed)
{
    struct side *sides[] = {&bed->client, &bed->server};
    for (int i = 0; i < 2; i++) {
        sides[i]->to_send = BIG;
        sides[i]->on_open = send_more;
        sides[i]->on_drain = send_more;
    }
    open_both(bed);
    RUN_UNTIL(&bed->loop, (bed->client.received == BIG && bed->server.received == BIG) ||
                              bed->client.closed || bed->server.closed);
    assert_int_equal(bed->client.received, BIG);
    assert_int_equal(bed->client.wrong + bed->server.wrong, 0);
    assert_true(bed->client.drained > 0 && bed->server.drained > 0);
    com_conn_close(bed->client.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_int_equal(bed->client.code, COM_CLOSE_LOCAL);
    assert_int_equal(bed->server.code, COM_CLOSE_PEER);
    assert_string_equal(bed->server.reason, "the peer closed the connection");
}

static void big_transfers_pass_both_ways_over_tls(void **state)
{
    use_tls(*state, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    transfer_both_ways(*state);
}

static void big_transfers_pass_both_ways_in_the_clear(void **state)
{
    transfer_both_ways(*state);
}

static void queued_data_arrives_before_a_graceful_close(void **state)
{
    struct bed *bed = *state;
    static uint8_t bytes[BIG];
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    for (size_t i = 0; i < BIG; i++)
        bytes[i] = (uint8_t)(i % 251);
    assert_true(com_conn_write(bed->client.conn, bytes, BIG) > (int64_t)COM_CONN_HIGH_WATER);
    com_conn_close(bed->client.conn);
    assert_int_equal(com_conn_write(bed->client.conn, "x", 1), -1);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_int_equal(bed->server.received, BIG);
    assert_int_equal(bed->server.wrong, 0);
}

static void a_stopped_reader_holds_the_sender_back(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    com_conn_read_stop(bed->server.conn);
    bed->client.to_send = BIG;
    bed->client.on_drain = send_more;
    send_more(&bed->client);
    int64_t until = com_now_ms() + 200;
    RUN_UNTIL(&bed->loop, com_now_ms() > until);
    assert_int_equal(bed->server.received, 0);
    com_conn_read_start(bed->server.conn);
    RUN_UNTIL(&bed->loop, bed->server.received == BIG);
    assert_int_equal(bed->server.wrong, 0);
}

static void stop_after_each(struct side *side, const uint8_t *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    com_conn_read_stop(side->conn);
}

static void stopping_in_the_middle_loses_nothing(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    bed->server.on_data = stop_after_each;
    bed->client.to_send = 200000;
    send_more(&bed->client);
    int64_t limit = com_now_ms() + TEST_LIMIT_MS;
    while (bed->server.received < 200000 && com_now_ms() < limit) {
        uint64_t before = bed->server.received;
        com_conn_read_start(bed->server.conn);
        RUN_UNTIL(&bed->loop, bed->server.received > before);
    }
    assert_int_equal(bed->server.received, 200000);
    assert_int_equal(bed->server.wrong, 0);
}

/* A step of the engine, which is a timer that is due at once. */
static uv_timer_t step;
static unsigned steps, pieces;

static void on_step(uv_timer_t *timer)
{
    (void)timer;
    steps++;
}

static void step_before_more(struct side *side, const uint8_t *bytes, size_t len)
{
    (void)bytes;
    assert_true(len <= 4096);
    assert_int_equal(steps, pieces);
    pieces++;
    uv_timer_start(&step, on_step, 0, 0);
    com_conn_end_turn(side->conn);
}

static void what_is_due_comes_before_more_data_when_the_turn_is_ended(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    steps = pieces = 0;
    uv_timer_init(&bed->loop, &step);
    bed->server.on_data = step_before_more;
    bed->client.to_send = 200000;
    send_more(&bed->client);
    RUN_UNTIL(&bed->loop, bed->server.received == 200000);
    assert_int_equal(bed->server.wrong, 0);
    assert_true(pieces >= 200000 / 4096);
    uv_close((uv_handle_t *)&step, NULL);
    uv_run(&bed->loop, UV_RUN_NOWAIT);
}

static void unix_sockets_carry_data_and_credentials(void **state)
{
    struct bed *bed = *state;
    uid_t uid;
    gid_t gid;
    struct stat st;
    snprintf(bed->path, sizeof bed->path, "/tmp/com-test-%d.sock", (int)getpid());
    bed->listen.path = bed->dial.path = bed->path;
    /* a socket file whose process has died */
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, bed->path, strlen(bed->path) + 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    open_both(bed);
    assert_int_equal(stat(bed->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(com_conn_peer_cred(bed->server.conn, &uid, &gid));
    assert_int_equal(uid, geteuid());
    assert_string_equal(com_conn_peer(bed->server.conn), "unix");
    com_conn_write(bed->server.conn, "hello", 5);
    RUN_UNTIL(&bed->loop, bed->client.received == 5);
    assert_string_equal(bed->client.first, "hello");
    /* and one that lives is not replaced */
    char error[256] = "";
    assert_null(com_listener_new(&bed->loop, &bed->listen, error, sizeof error));
    assert_non_null(strstr(error, "address already in use"));
    com_listener_close(bed->listener);
    bed->listener = NULL;
    RUN_UNTIL(&bed->loop, access(bed->path, F_OK) != 0);
}

/* --- closing ---------------------------------------------------------------------------------- */

static void a_refused_connect_is_unreachable(void **state)
{
    struct bed *bed = *state;
    start_server(bed);
    com_listener_close(bed->listener);
    bed->listener = NULL;
    uv_run(&bed->loop, UV_RUN_NOWAIT);
    expect_failure(bed, COM_CLOSE_UNREACHABLE, "connection refused");
}

static void a_missing_socket_file_is_unreachable(void **state)
{
    struct bed *bed = *state;
    bed->dial.path = "/tmp/com-test-there-is-none.sock";
    expect_failure(bed, COM_CLOSE_UNREACHABLE, "no such file");
}

static void an_impossible_port_is_unreachable(void **state)
{
    ((struct bed *)*state)->dial.port = 70000;
    expect_failure(*state, COM_CLOSE_UNREACHABLE, "127.0.0.1:70000");
}

static void a_name_without_address_is_told(void **state)
{
    struct bed *bed = *state;
    bed->dial.host = "no-such-host.invalid";
    bed->dial.port = 1;
    bed->dial.timeout_ms = TEST_LIMIT_MS;
    expect_failure(bed, COM_CLOSE_RESOLVE, "has no address");
}

static void a_look_up_that_is_given_up_frees_everything(void **state)
{
    struct bed *bed = *state;
    bed->dial.host = "no-such-host.invalid";
    bed->dial.port = 1;
    start_client(bed);
    com_conn_abort(bed->client.conn);
    com_conn_abort(bed->client.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed);
    assert_int_equal(bed->client.code, COM_CLOSE_LOCAL);
}

static void an_abrupt_end_is_told_once(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    com_conn_abort(bed->server.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_int_equal(bed->client.code, COM_CLOSE_PEER);
    assert_non_null(strstr(bed->client.reason, "without TLS goodbye"));
    assert_int_equal(bed->client.closed + bed->server.closed, 2);
}

static void a_reset_is_told(void **state)
{
    struct bed *bed = *state;
    struct linger hard = {.l_onoff = 1};
    uv_os_fd_t fd = -1;
    open_both(bed);
    /* the only way to send a reset on purpose; the descriptor is found by its port */
    for (int i = 3; i < 64 && fd < 0; i++) {
        struct sockaddr_in in = {.sin_family = AF_UNSPEC};
        socklen_t len = sizeof in;
        if (getpeername(i, (struct sockaddr *)&in, &len) == 0 && in.sin_family == AF_INET &&
            ntohs(in.sin_port) != bed->dial.port)
            fd = i;
    }
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), 0);
    com_conn_abort(bed->server.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed);
    assert_int_equal(bed->client.code, COM_CLOSE_RESET);
}

static void abort_in_data(struct side *side, const uint8_t *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    com_conn_abort(side->conn);
}

static void aborting_inside_a_callback_ends_the_callbacks(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    bed->server.on_data = abort_in_data;
    bed->client.to_send = 100000;
    send_more(&bed->client);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_true(bed->server.received <= 16384);
}

static void close_in_open(struct side *side)
{
    com_conn_write(side->conn, "bye", 3);
    com_conn_close(side->conn);
}

static void closing_in_on_open_still_delivers(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    bed->server.on_open = close_in_open;
    start_server(bed);
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_string_equal(bed->client.first, "bye");
}

static void a_queue_without_end_is_given_up(void **state)
{
    struct bed *bed = *state;
    open_both(bed);
    com_conn_read_stop(bed->server.conn);
    static uint8_t megabyte[1024 * 1024];
    int64_t queued = 0;
    for (int i = 0; i < 100 && queued >= 0; i++)
        queued = com_conn_write(bed->client.conn, megabyte, sizeof megabyte);
    assert_int_equal(queued, -1);
    RUN_UNTIL(&bed->loop, bed->client.closed);
    assert_int_equal(bed->client.code, COM_CLOSE_LIMIT);
}

static void silence_ends_at_the_idle_limit(void **state)
{
    struct bed *bed = *state;
    open_both(bed);
    com_conn_set_idle(bed->server.conn, 50);
    RUN_UNTIL(&bed->loop, bed->server.closed);
    assert_int_equal(bed->server.code, COM_CLOSE_TIMEOUT);
}

static void connections_above_the_limit_wait(void **state)
{
    struct bed *bed = *state;
    struct side second = {0};
    bed->listen.max = 1;
    open_both(bed);
    second.conn = com_conn_connect(&bed->loop, &bed->dial, &side_ops, &second);
    RUN_UNTIL(&bed->loop, second.opened);
    int64_t until = com_now_ms() + 50;
    RUN_UNTIL(&bed->loop, com_now_ms() > until);
    assert_int_equal(bed->server.opened, 1);
    com_conn_abort(bed->server.conn);
    RUN_UNTIL(&bed->loop, bed->server.opened == 2);
    com_conn_abort(second.conn);
    RUN_UNTIL(&bed->loop, second.closed);
}

static void drop(void *user, struct com_conn *conn)
{
    (void)conn;
    ++*(int *)user;
}

static void a_connection_that_nobody_takes_is_closed(void **state)
{
    struct bed *bed = *state;
    int offered = 0;
    bed->listen.on_accept = drop;
    bed->listen.user = &offered;
    start_server(bed);
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->client.closed);
    assert_int_equal(offered, 1);
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void tls_against_a_plain_server_fails_readably(void **state)
{
    struct bed *bed = *state;
    bed->server.on_open = close_in_open;
    bed->client_tls = make_client(&(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "");
}

static void answer_plainly(struct side *side, const uint8_t *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    com_conn_write(side->conn, "<Hello there, this is no TLS/>", 30);
}

static void plain_answers_to_tls_are_recognised(void **state)
{
    struct bed *bed = *state;
    bed->server.on_data = answer_plainly;
    bed->client_tls = make_client(&(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "does not speak TLS");
}

static void plain_against_a_tls_server_is_refused(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    start_server(bed);
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->client.opened);
    com_conn_write(bed->client.conn, "<Open protocolVersion=\"45\"/>", 29);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    assert_int_equal(bed->server.code, COM_CLOSE_TLS);
    assert_int_equal(bed->server.opened, 0);
}

static void a_silent_server_runs_into_the_handshake_limit(void **state)
{
    struct bed *bed = *state;
    bed->client_tls = make_client(&(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    bed->dial.timeout_ms = 100;
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TIMEOUT, "handshake did not end within 100 ms");
}

static void a_silent_client_runs_into_the_servers_limit(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    bed->listen.timeout_ms = 100;
    start_server(bed);
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->server.closed);
    assert_int_equal(bed->server.code, COM_CLOSE_TIMEOUT);
}

/* Random bytes behind a plausible record header, many times, against a server and against a
 * client. */
static void garbage_never_does_more_than_end_a_connection(void **state)
{
    struct bed *bed = *state;
    unsigned seed = 4711;
    bed->server_tls = make_server();
    start_server(bed);
    for (int i = 0; i < 200; i++) {
        uint8_t bytes[600];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)(rand_r(&seed) >> 7);
        if (i % 4 != 0)
            memcpy(bytes, "\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03", i % 4 == 1 ? 5 : 11);
        bed->client = bed->server = (struct side){0};
        start_client(bed);
        com_conn_write(bed->client.conn, bytes, sizeof bytes);
        RUN_UNTIL(&bed->loop, bed->client.opened);
        com_conn_close(bed->client.conn);
        RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
        assert_int_equal(bed->server.opened, 0);
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The authority is the certificate of `authority`; the client dials `host`. */
static void use_authority(struct bed *bed, const struct com_tls *authority, const char *name)
{
    snprintf(bed->path, sizeof bed->path, "/tmp/com-test-%d.pem", (int)getpid());
    write_file(bed->path, com_tls_cert_pem(authority));
    bed->client_tls = make_client(
        &(struct com_tls_client_options){.check = COM_TLS_CHECK_CA, .ca_file = bed->path});
    bed->dial.server_name = name;
    unlink(bed->path);
}

static void the_right_authority_and_name_pass(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    use_authority(bed, bed->server_tls, "omm");
    open_both(bed);
    assert_non_null(strstr(com_conn_tls_text(bed->client.conn), "TLSv1."));
}

static void the_right_authority_and_address_pass(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    use_authority(bed, bed->server_tls, "127.0.0.1");
    open_both(bed);
}

static void another_name_is_refused(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    use_authority(bed, bed->server_tls, "other");
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "not trusted");
}

static void another_address_is_refused(void **state)
{
    struct bed *bed = *state;
    bed->server_tls = make_server();
    use_authority(bed, bed->server_tls, "127.0.0.2");
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "not for the address 127.0.0.2");
}

static void another_authority_is_refused(void **state)
{
    struct bed *bed = *state;
    struct com_tls *other = make_server();
    bed->server_tls = make_server();
    use_authority(bed, other, "omm");
    com_tls_unref(other);
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "not correctly signed by the trusted CA");
}

static void a_fingerprint_is_learnt_and_then_held(void **state)
{
    struct bed *bed = *state;
    char own[COM_FINGERPRINT_SIZE];
    use_tls(bed,
            &(struct com_tls_client_options){.check = COM_TLS_CHECK_PINNED, .fingerprint = ""});
    com_tls_fingerprint(bed->server_tls, own);
    open_both(bed);
    assert_string_equal(bed->client.fingerprint, own);
    com_conn_close(bed->client.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed);
    com_tls_unref(bed->client_tls);
    bed->client_tls = make_client(
        &(struct com_tls_client_options){.check = COM_TLS_CHECK_PINNED, .fingerprint = own});
    bed->client = bed->server = (struct side){0};
    start_client(bed);
    RUN_UNTIL(&bed->loop, bed->client.opened);
}

static void another_fingerprint_is_refused_with_both(void **state)
{
    struct bed *bed = *state;
    char own[COM_FINGERPRINT_SIZE];
    const char *pinned = "AA:BB000000000000000000000000000000000000000000000000000000000000";
    use_tls(bed,
            &(struct com_tls_client_options){.check = COM_TLS_CHECK_PINNED, .fingerprint = pinned});
    com_tls_fingerprint(bed->server_tls, own);
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, own);
    assert_non_null(strstr(bed->client.reason, "expected is aabb00"));
}

static void settings_outlive_their_owner(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.check = COM_TLS_CHECK_NONE});
    open_both(bed);
    com_tls_unref(bed->client_tls);
    com_tls_unref(bed->server_tls);
    bed->client_tls = bed->server_tls = NULL;
    com_conn_write(bed->client.conn, "still", 5);
    RUN_UNTIL(&bed->loop, bed->server.received == 5);
}

static void cipher_lists_are_obeyed_or_refused(void **state)
{
    struct bed *bed = *state;
    char error[256] = "";
    struct com_tls_client_options options = {.ciphers = "AES256-GCM-SHA384:HIGH"};
    assert_null(com_tls_client_new(&options, error, sizeof error));
    assert_non_null(strstr(error, "\"HIGH\""));
    options.ciphers = "";
    options.min_version = "1.4";
    assert_null(com_tls_client_new(&options, error, sizeof error));
    assert_non_null(strstr(error, "1.4"));
    bed->server_tls = make_server();
    bed->client_tls = make_client(&(struct com_tls_client_options){
        .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256", .min_version = "1.2"});
    open_both(bed);
    assert_non_null(strstr(com_conn_tls_text(bed->client.conn), "AES-128-GCM"));
}

static void no_common_cipher_is_told(void **state)
{
    struct bed *bed = *state;
    use_tls(bed, &(struct com_tls_client_options){.ciphers = "AES256-SHA"}); /* needs an RSA key */
    start_server(bed);
    expect_failure(bed, COM_CLOSE_TLS, "");
    RUN_UNTIL(&bed->loop, bed->server.closed);
    assert_int_equal(bed->server.code, COM_CLOSE_TLS);
}

static void server_files_must_belong_together(void **state)
{
    char error[256] = "";
    (void)state;
    struct com_tls *a = make_server(), *b = make_server();
    struct com_tls_server_options options = {.cert_pem = com_tls_cert_pem(a),
                                             .key_pem = com_tls_key_pem(b)};
    assert_null(com_tls_server_new(&options, error, sizeof error));
    assert_non_null(strstr(error, "does not belong"));
    options = (struct com_tls_server_options){.cert_file = "/tmp/com-test-none.pem",
                                              .key_file = "/tmp/x"};
    assert_null(com_tls_server_new(&options, error, sizeof error));
    assert_non_null(strstr(error, "/tmp/com-test-none.pem"));
    com_tls_unref(a);
    com_tls_unref(b);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(big_transfers_pass_both_ways_over_tls),
        T(big_transfers_pass_both_ways_in_the_clear),
        T(queued_data_arrives_before_a_graceful_close),
        T(a_stopped_reader_holds_the_sender_back),
        T(stopping_in_the_middle_loses_nothing),
        T(what_is_due_comes_before_more_data_when_the_turn_is_ended),
        T(unix_sockets_carry_data_and_credentials),
        T(a_refused_connect_is_unreachable),
        T(a_missing_socket_file_is_unreachable),
        T(a_name_without_address_is_told),
        T(a_look_up_that_is_given_up_frees_everything),
        T(an_abrupt_end_is_told_once),
        T(a_reset_is_told),
        T(aborting_inside_a_callback_ends_the_callbacks),
        T(closing_in_on_open_still_delivers),
        T(a_queue_without_end_is_given_up),
        T(silence_ends_at_the_idle_limit),
        T(connections_above_the_limit_wait),
        T(a_connection_that_nobody_takes_is_closed),
        T(tls_against_a_plain_server_fails_readably),
        T(plain_answers_to_tls_are_recognised),
        T(plain_against_a_tls_server_is_refused),
        T(a_silent_server_runs_into_the_handshake_limit),
        T(a_silent_client_runs_into_the_servers_limit),
        T(garbage_never_does_more_than_end_a_connection),
        T(an_impossible_port_is_unreachable),
        T(the_right_authority_and_name_pass),
        T(the_right_authority_and_address_pass),
        T(another_name_is_refused),
        T(another_address_is_refused),
        T(another_authority_is_refused),
        T(a_fingerprint_is_learnt_and_then_held),
        T(another_fingerprint_is_refused_with_both),
        T(settings_outlive_their_owner),
        T(cipher_lists_are_obeyed_or_refused),
        T(no_common_cipher_is_told),
        T(server_files_must_belong_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
