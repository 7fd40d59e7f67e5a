/*
 * Proves that mistakes of the calling program get error codes or nothing, and harm nothing: messages that are absent,
 * empty or failed, calls in the wrong order, what is called from between two events, and clocks that jump.
 */
#include "axi/support.h"

#include <axi/client.h>
#include <axi/server.h>

static const struct axi_time now = {1000, INT64_C(1700000000000)};
static const struct axi_str absent;

static struct axi_client *opened_client(void)
{
    struct axi_client *client = axi_client_new(NULL);
    struct axi_login login = {.username = str("omm"), .password = str("x")};
    struct axi_client_event event;
    static const char answer[] = "<OpenResp seq=\"1\"/>";
    const char *at = answer;
    size_t len = sizeof answer;
    assert_int_equal(axi_client_open(client, &login, now), AXI_OK);
    axi_client_sent(client, SIZE_MAX);
    assert_true(axi_client_next(client, now, &at, &len, &event));
    assert_int_equal(event.kind, AXI_CLIENT_OPENED);
    return client;
}

static struct axi_server *opened_server(void)
{
    struct axi_server *server = axi_server_new(NULL);
    struct axi_server_event event;
    static const char open[] = "<Open username=\"omm\" password=\"x\"/>";
    const char *at = open;
    size_t len = sizeof open;
    assert_true(axi_server_next(server, now, &at, &len, &event));
    axi_server_accept(server, AXI_MAY_EVERYTHING);
    assert_int_equal(axi_server_send(server), AXI_OK);
    axi_server_sent(server, SIZE_MAX);
    return server;
}

static void absent_messages_are_refused(void **state)
{
    (void)state;
    struct axi_client *client = opened_client();
    struct axi_server *server = opened_server();
    struct axi_calls *calls = axi_calls_new(NULL, 2);
    struct axi_call call;
    struct axi_page page;
    assert_int_equal(axi_client_open(client, NULL, now), AXI_EINVAL);
    assert_int_equal(axi_client_request(client, NULL, 1, 0, now), AXI_EINVAL);
    assert_int_equal(axi_client_read_like(client, NULL, 1, now), AXI_EINVAL);
    assert_int_equal(axi_client_subscribe(client, NULL, now), AXI_EINVAL);
    assert_int_equal(axi_client_put_file(client, absent, absent, 1, now), AXI_EINVAL);
    assert_int_equal(axi_client_get_file(client, str(""), 1, now), AXI_EINVAL);
    assert_int_equal(axi_client_pending(client), 0);
    axi_server_answer(server, NULL);
    assert_int_equal(axi_server_send(server), AXI_EINVAL);
    axi_server_error(server, NULL, AXI_V_EFailed, NULL, NULL, 0);
    assert_int_equal(axi_server_send(server), AXI_EINVAL);
    assert_false(axi_server_notify(server, NULL));
    assert_false(axi_server_publish(server, NULL));
    assert_int_equal(axi_server_send_file(server, NULL, str("x")), AXI_EINVAL);
    assert_int_equal(axi_server_page(NULL, &page), AXI_EINVAL);
    assert_int_equal(axi_server_output(server).len, 0);
    assert_int_equal(axi_calls_begin(calls, NULL, 1, 1), AXI_EINVAL);
    assert_int_equal(axi_calls_match(calls, NULL, &call), AXI_ENOENT);
    assert_int_equal(axi_answer_code(NULL), AXI_V_NOTHING);
    assert_null(axi_answer_start(NULL, NULL));
    assert_int_equal(axi_check(NULL, absent, NULL, 0), 0);
    axi_calls_free(calls);
    axi_client_free(client);
    axi_server_free(server);
}

static void failed_and_empty_messages_are_refused(void **state)
{
    (void)state;
    struct axi_client *client = opened_client();
    struct axi_msg *msg = axi_msg_new(NULL);
    assert_int_equal(axi_client_request(client, msg, 1, 0, now), AXI_EINVAL);
    axi_set_cstr(axi_msg_start(msg, AXI_T_SetPPUser), AXI_A_seq, "\xFF");
    assert_int_equal(axi_client_request(client, msg, 1, 0, now), AXI_EUTF8);
    axi_msg_start(msg, AXI_T_GetPPUserResp);
    assert_int_equal(axi_client_request(client, msg, 1, 0, now), AXI_EINVAL);
    axi_msg_start(msg, AXI_T_Limits);
    assert_int_equal(axi_client_request(client, msg, 1, -1, now), AXI_EINVAL);
    assert_int_equal(axi_client_request(client, msg, 1, INT64_MAX, now), AXI_OK);
    assert_int_equal(axi_client_pending(client), 1);
    axi_msg_free(msg);
    axi_client_free(client);
}

static void calls_in_the_wrong_order_begin_nothing(void **state)
{
    (void)state;
    struct axi_client *client = axi_client_new(NULL);
    struct axi_server *server = axi_server_new(NULL);
    struct axi_login login = {.username = str("omm"), .password = str("x")};
    struct axi_client_event event;
    const char *none = NULL;
    size_t len = 0;
    axi_client_sent(client, 5);
    axi_client_reset(client);
    assert_int_equal(axi_client_ping(client, now), AXI_ESTATE);
    assert_false(axi_client_next(client, now, &none, &len, &event));
    assert_int_equal(axi_client_open(client, &login, now), AXI_OK);
    assert_int_equal(axi_client_open(client, &login, now), AXI_ESTATE);
    assert_int_equal(axi_server_send(server), AXI_ESTATE);
    axi_server_accept(server, AXI_MAY_EVERYTHING);
    assert_int_equal(axi_server_send(server), AXI_ESTATE);
    axi_server_refuse(server, AXI_V_EAuth);
    assert_int_equal(axi_server_send(server), AXI_ESTATE);
    axi_server_permit(server, AXI_MAY_EVERYTHING);
    axi_server_sent(server, 5);
    assert_int_equal(axi_server_output(server).len, 0);
    assert_false(axi_server_is_open(server));
    axi_client_free(client);
    axi_server_free(server);
}

/* All that a host can ask for, from within the loop; what the event borrowed stays as it was. */
static void ask_for_everything(struct axi_client *client, struct axi_msg *msg, uint64_t tag)
{
    struct axi_subscription sub = {AXI_V_PPUserCnf, true, AXI_BY_UID, (int64_t)tag, absent};
    axi_msg_start(msg, AXI_T_Limits);
    assert_int_equal(axi_client_request(client, msg, tag, 0, now), AXI_OK);
    assert_int_equal(axi_client_subscribe(client, &sub, now), AXI_OK);
    assert_int_equal(axi_client_read(client, AXI_T_GetPPUser, 1, tag, now), AXI_OK);
    assert_int_equal(axi_client_ping(client, now), AXI_OK);
    int rc = axi_client_put_file(client, str(":x"), str("data"), tag, now);
    assert_true(rc == AXI_OK || rc == AXI_ESTATE);
    axi_client_sent(client, axi_client_output(client).len);
}

static void a_host_may_ask_between_two_events(void **state)
{
    (void)state;
    struct axi_client *client = opened_client();
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_client_event event;
    static const char bytes[] = "<EventPPUserCnf><user uid=\"1\" name=\"N\"/></EventPPUserCnf>\0"
                                "<EventPPUserCnf><user uid=\"2\" name=\"N\"/></EventPPUserCnf>\0"
                                "<PingResp seq=\"7\"/>\0<x\0"
                                "<EventPPUserCnf><user uid=\"3\" name=\"N\"/></EventPPUserCnf>";
    const char *at = bytes;
    size_t len = sizeof bytes;
    int64_t notices = 0;
    while (axi_client_next(client, now, &at, &len, &event)) {
        ask_for_everything(client, msg, (uint64_t)notices + 1);
        if (event.kind != AXI_CLIENT_NOTICE)
            continue;
        const struct axi_elem *user = axi_first_child(axi_msg_root(event.msg), "user");
        assert_true(axi_get_int_or(user, AXI_A_uid, 0) == ++notices);
        assert_str(axi_get_str(user, AXI_A_name), "N");
    }
    assert_int_equal(notices, 3);
    assert_int_equal(len, 0);
    axi_msg_free(msg);
    axi_client_free(client);
}

static void clocks_may_jump(void **state)
{
    (void)state;
    static const int64_t jumps[] = {0, INT64_MIN, INT64_MAX, -1, INT64_MIN + 1, INT64_MAX - 1, 5};
    struct axi_client *client = opened_client();
    struct axi_server *server = opened_server();
    struct axi_msg *msg = axi_msg_new(NULL);
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        struct axi_time then = {jumps[i], jumps[sizeof jumps / sizeof jumps[0] - 1 - i]};
        struct axi_client_event event;
        struct axi_server_event what;
        const char *none = NULL, *ping = "<Ping timeStamp=\"1\"/>";
        size_t nothing = 0, len = strlen(ping) + 1;
        axi_msg_start(msg, AXI_T_Limits);
        (void)!axi_client_request(client, msg, 1, 0, then);
        (void)!axi_client_ping(client, then);
        for (int most = 100; axi_client_next(client, then, &none, &nothing, &event); most--)
            assert_true(most > 0);
        (void)axi_client_deadline(client);
        for (int most = 100; axi_server_next(server, then, &ping, &len, &what); most--)
            assert_true(most > 0);
        (void)axi_server_deadline(server);
    }
    axi_msg_free(msg);
    axi_client_free(client);
    axi_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_messages_are_refused),
        cmocka_unit_test(failed_and_empty_messages_are_refused),
        cmocka_unit_test(calls_in_the_wrong_order_begin_nothing),
        cmocka_unit_test(a_host_may_ask_between_two_events),
        cmocka_unit_test(clocks_may_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
