/*
 * TLS sessions that are resumed: what a handshake costs in bytes, and above all when none may be resumed. Client,
 * server and a wire that counts are in one loop over 127.0.0.1.
 */
#include "relay.h"

#include <com/crypto.h>
#include <stdio.h>
#include <unistd.h>

struct bed {
    uv_loop_t loop;
    struct com_tls *server_tls, *client_tls;
    struct com_listener *listener;
    struct com_tls_session *session;
    struct relay relay;
    struct side client, server;
    struct com_conn_options dial;
    bool resumed;
};

static struct com_tls *make_server(unsigned sessions)
{
    char error[256] = "";
    struct com_tls_server_options options = {.self_signed_name = "node", .sessions = sessions};
    struct com_tls *tls = com_tls_server_new(&options, error, sizeof error);
    assert_string_equal(error, "");
    return tls;
}

static void set_client(struct bed *bed, enum com_tls_check check, const char *fingerprint,
                       const char *ca_file)
{
    char error[256] = "";
    struct com_tls_client_options options = {
        .check = check, .fingerprint = fingerprint, .ca_file = ca_file, .lean = true};
    com_tls_unref(bed->client_tls);
    bed->client_tls = com_tls_client_new(&options, error, sizeof error);
    assert_string_equal(error, "");
}

/* The server is started anew: with another certificate when `tls` has one. It takes the reference. */
static void set_server(struct bed *bed, struct com_tls *tls)
{
    struct com_listener_options options = {
        .on_accept = side_accept, .user = &bed->server, .tls = tls};
    char error[256] = "";
    com_listener_close(bed->listener);
    com_tls_unref(bed->server_tls);
    bed->server_tls = tls;
    bed->listener = com_listener_new(&bed->loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    bed->relay.port = com_listener_port(bed->listener);
}

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    com_ignore_sigpipe();
    uv_loop_init(&bed->loop);
    bed->dial = (struct com_conn_options){.host = "127.0.0.1"};
    bed->dial.port = relay_start(&bed->relay, &bed->loop, 0);
    bed->session = com_tls_session_new();
    assert_non_null(bed->session);
    bed->dial.session = bed->session;
    set_server(bed, make_server(10));
    set_client(bed, COM_TLS_CHECK_PINNED, "", NULL);
    *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    com_listener_close(bed->listener);
    relay_stop(&bed->relay);
    com_tls_session_free(bed->session);
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

static void dial(struct bed *bed)
{
    bed->client = bed->server = (struct side){0};
    bed->relay.bytes[0] = bed->relay.bytes[1] = 0;
    bed->dial.tls = bed->client_tls;
    bed->client.conn = com_conn_connect(&bed->loop, &bed->dial, &side_ops, &bed->client);
    assert_non_null(bed->client.conn);
}

static void dial_in_vain(struct bed *bed)
{
    dial(bed);
    RUN_UNTIL(&bed->loop, bed->client.closed && !bed->server.conn && bed->relay.open == 0);
    assert_int_equal(bed->client.opened, 0);
}

/* Connect, exchange some bytes, close. What the handshake cost. */
static uint64_t meet(struct bed *bed)
{
    uint64_t cost;
    dial(bed);
    RUN_UNTIL(&bed->loop, (bed->client.opened && bed->server.opened) || bed->client.closed);
    assert_string_equal(bed->client.reason, "");
    bed->resumed = com_conn_resumed(bed->client.conn);
    assert_false(com_conn_resumed(bed->server.conn));
    assert_int_equal(strlen(com_conn_fingerprint(bed->client.conn)), COM_FINGERPRINT_SIZE - 1);
    cost = bed->relay.bytes[0] + bed->relay.bytes[1];
    com_conn_write(bed->client.conn, "ping", 4);
    RUN_UNTIL(&bed->loop, bed->server.received == 4);
    com_conn_write(bed->server.conn, "pong", 4);
    RUN_UNTIL(&bed->loop, bed->client.received == 4);
    com_conn_close(bed->client.conn);
    RUN_UNTIL(&bed->loop, bed->client.closed && bed->server.closed && bed->relay.open == 0);
    return cost;
}

static void expect_resumed(struct bed *bed, bool resumed)
{
    (void)meet(bed);
    assert_int_equal(bed->resumed, resumed);
}

static void a_second_handshake_is_resumed_and_small(void **state)
{
    struct bed *bed = *state;
    uint64_t full = meet(bed), again;
    assert_false(bed->resumed);
    again = meet(bed);
    assert_true(bed->resumed);
    print_message("handshake: %u bytes, resumed %u\n", (unsigned)full, (unsigned)again);
    assert_true(full < 1100);
    assert_true(again < 330);
    assert_int_equal(meet(bed), again);
    assert_true(bed->resumed);
}

static void without_a_memory_every_handshake_is_full(void **state)
{
    struct bed *bed = *state;
    bed->dial.session = NULL;
    expect_resumed(bed, false);
    expect_resumed(bed, false);
    bed->dial.session = bed->session;
    expect_resumed(bed, false);
    expect_resumed(bed, true);
}

static void a_server_that_keeps_none_makes_full_handshakes(void **state)
{
    struct bed *bed = *state;
    set_server(bed, make_server(0));
    expect_resumed(bed, false);
    expect_resumed(bed, false);
}

/* The certificate is the same, the sessions are lost. */
static void a_server_that_was_restarted_makes_one_full_handshake(void **state)
{
    struct bed *bed = *state;
    char error[256] = "";
    struct com_tls_server_options options = {.sessions = 10};
    struct com_tls *tls;
    expect_resumed(bed, false);
    options.cert_pem = com_tls_cert_pem(bed->server_tls);
    options.key_pem = com_tls_key_pem(bed->server_tls);
    tls = com_tls_server_new(&options, error, sizeof error);
    assert_string_equal(error, "");
    set_server(bed, tls);
    expect_resumed(bed, false);
    expect_resumed(bed, true);
}

static void a_memory_that_was_dropped_is_not_used(void **state)
{
    struct bed *bed = *state;
    expect_resumed(bed, false);
    com_tls_session_drop(bed->session);
    expect_resumed(bed, false);
    expect_resumed(bed, true);
}

static void a_learnt_fingerprint_that_is_pinned_now_goes_on(void **state)
{
    struct bed *bed = *state;
    char own[COM_FINGERPRINT_SIZE];
    expect_resumed(bed, false);
    com_tls_fingerprint(bed->server_tls, own);
    set_client(bed, COM_TLS_CHECK_PINNED, own, NULL);
    expect_resumed(bed, true);
}

static void another_pin_is_not_passed_by_a_session(void **state)
{
    struct bed *bed = *state;
    expect_resumed(bed, false);
    set_client(bed, COM_TLS_CHECK_PINNED,
               "aabb000000000000000000000000000000000000000000000000000000000000", NULL);
    dial_in_vain(bed);
    assert_int_equal(bed->client.code, COM_CLOSE_TLS);
    assert_non_null(strstr(bed->client.reason, "is another one"));
    /* and the session is gone for good */
    set_client(bed, COM_TLS_CHECK_PINNED, "", NULL);
    expect_resumed(bed, false);
}

/* The authority is the server's own certificate. */
static void use_authority(struct bed *bed, const struct com_tls *authority, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/com-test-resume-%d.pem", (int)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(com_tls_cert_pem(authority), file);
    fclose(file);
    set_client(bed, COM_TLS_CHECK_CA, NULL, path);
    unlink(path);
    bed->dial.server_name = name;
}

static void an_authority_holds_for_resumed_sessions_too(void **state)
{
    struct bed *bed = *state;
    struct com_tls *other = make_server(1);
    expect_resumed(bed, false);
    use_authority(bed, bed->server_tls,
                  "node"); /* another check: what passed the old one does not count */
    expect_resumed(bed, false);
    expect_resumed(bed, true);
    use_authority(bed, bed->server_tls, "node"); /* the same settings, made anew */
    expect_resumed(bed, true);
    bed->dial.server_name = "127.0.0.1";
    expect_resumed(bed, false);
    expect_resumed(bed, true);
    use_authority(bed, other, "127.0.0.1");
    dial_in_vain(bed);
    assert_int_equal(bed->client.code, COM_CLOSE_TLS);
    assert_non_null(strstr(bed->client.reason, "not trusted"));
    com_tls_unref(other);
}

static void who_failed_the_check_is_not_remembered(void **state)
{
    struct bed *bed = *state;
    struct com_tls *other = make_server(1);
    use_authority(bed, other, "node");
    com_tls_unref(other);
    for (unsigned i = 0; i < 2; i++) {
        dial_in_vain(bed);
        assert_int_equal(bed->client.code, COM_CLOSE_TLS);
    }
}

/* The server forgets the first session when it has room for two others only. */
static void a_server_keeps_no_more_than_it_may(void **state)
{
    struct bed *bed = *state;
    struct com_tls_session *others[2] = {com_tls_session_new(), com_tls_session_new()};
    set_server(bed, make_server(2));
    expect_resumed(bed, false);
    for (unsigned i = 0; i < 2; i++) {
        bed->dial.session = others[i];
        expect_resumed(bed, false);
    }
    expect_resumed(bed, true);
    bed->dial.session = bed->session;
    expect_resumed(bed, false);
    com_tls_session_free(others[0]);
    com_tls_session_free(others[1]);
}

static void a_memory_may_go_before_its_connection(void **state)
{
    struct bed *bed = *state;
    dial(bed);
    com_tls_session_free(bed->session);
    bed->session = bed->dial.session = NULL;
    RUN_UNTIL(&bed->loop, bed->client.opened);
}

static void a_handshake_that_failed_ends_the_session(void **state)
{
    struct bed *bed = *state;
    expect_resumed(bed, false);
    bed->relay.deaf = true;
    bed->dial.timeout_ms = 50;
    dial_in_vain(bed);
    assert_int_equal(bed->client.code, COM_CLOSE_TIMEOUT);
    bed->relay.deaf = false;
    bed->dial.timeout_ms = 0;
    expect_resumed(bed, true); /* silence says nothing about the session */
    com_listener_close(bed->listener);
    bed->listener = NULL;
    bed->relay.port = 1;
    dial_in_vain(bed);
    assert_int_equal(bed->client.code,
                     COM_CLOSE_TLS); /* the wire took the connection and closed it */
    set_server(bed, com_tls_ref(bed->server_tls));
    expect_resumed(bed, false);
}

static void settings_that_are_not_lean_remember_nothing(void **state)
{
    struct bed *bed = *state;
    char error[256] = "";
    struct com_tls_client_options options = {.check = COM_TLS_CHECK_NONE};
    com_tls_unref(bed->client_tls);
    bed->client_tls = com_tls_client_new(&options, error, sizeof error);
    assert_string_equal(error, "");
    expect_resumed(bed, false);
    expect_resumed(bed, false);
}

static void lean_with_ciphers_of_ones_own_resumes_too(void **state)
{
    struct bed *bed = *state;
    char error[256] = "";
    struct com_tls_client_options options = {.ciphers = "ECDHE-ECDSA-AES256-SHA384", .lean = true};
    com_tls_unref(bed->client_tls);
    bed->client_tls = com_tls_client_new(&options, error, sizeof error);
    assert_string_equal(error, "");
    expect_resumed(bed, false);
    expect_resumed(bed, true);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_second_handshake_is_resumed_and_small),
        T(without_a_memory_every_handshake_is_full),
        T(a_server_that_keeps_none_makes_full_handshakes),
        T(a_server_that_was_restarted_makes_one_full_handshake),
        T(a_memory_that_was_dropped_is_not_used),
        T(a_learnt_fingerprint_that_is_pinned_now_goes_on),
        T(another_pin_is_not_passed_by_a_session),
        T(an_authority_holds_for_resumed_sessions_too),
        T(who_failed_the_check_is_not_remembered),
        T(a_server_keeps_no_more_than_it_may),
        T(a_memory_may_go_before_its_connection),
        T(a_handshake_that_failed_ends_the_session),
        T(settings_that_are_not_lean_remember_nothing),
        T(lean_with_ciphers_of_ones_own_resumes_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
