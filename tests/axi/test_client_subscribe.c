/*
 * Proves the subscriptions of a client: collected into requests of 20 at most, sent before what is asked for later,
 * known when they were acknowledged, given up when refused, and asked for again after every Open.
 */
#include "axi/client_rig.h"

static int subscribe(struct rig *r, struct axi_subscription f)
{
    return axi_client_subscribe(r->c, &f, r->now);
}

static struct axi_subscription off(struct axi_subscription f)
{
    f.on = false;
    return f;
}

static struct axi_subscription by_trigger(const char *pattern)
{
    struct axi_subscription f = {AXI_V_AlarmTrigger, true, AXI_BY_TRIGGER, 0, str(pattern)};
    return f;
}

static bool has(const struct rig *r, struct axi_subscription f)
{
    return axi_subscriptions_has(axi_client_subscriptions(r->c), &f);
}

static void flags_are_collected(struct rig *r)
{
    open_session(r);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, -1)), AXI_OK);
    assert_int_equal(subscribe(r, by_trigger("LOC-*")), AXI_OK);
    assert_int_equal(subscribe(r, flag(AXI_V_RFPSummary, 0, 0)), AXI_OK);
    assert_int_equal(subscribe(r, off(flag(AXI_V_PPDevCnf, AXI_BY_PPN, 7))), AXI_OK);
    expect_sent(r, "");
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms);
    pass(r, 0);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 30000);
    expect_sent(r, "<Subscribe seq=\"2\">"
                   "<e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                   "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"LOC-*\"/>"
                   "<e cmd=\"On\" eventType=\"RFPSummary\"/>"
                   "<e cmd=\"Off\" eventType=\"PPDevCnf\" ppn=\"7\"/></Subscribe>\n");
    assert_false(has(r, flag(AXI_V_RFPSummary, 0, 0)));
    say(r, "<SubscribeResp seq=\"2\"/>");
    expect_events(r, "SUBSCRIBED Subscribe\n");
    assert_true(has(r, flag(AXI_V_RFPSummary, 0, 0)));
    assert_true(has(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, 5)));
    assert_true(has(r, by_trigger("LOC-7")));
    assert_false(has(r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 7)));
    assert_int_equal(subscribe(r, off(flag(AXI_V_RFPSummary, 0, 0))), AXI_OK);
    pass(r, 0);
    say(r, "<SubscribeResp seq=\"3\"/>");
    expect_events(r, "SUBSCRIBED Subscribe\n");
    assert_false(has(r, flag(AXI_V_RFPSummary, 0, 0)));
}

static void who_subscribes_first_reads_later(struct rig *r)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    open_session(r);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, -1)), AXI_OK);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 1, r->now), AXI_OK);
    expect_sent(r, "<Subscribe seq=\"2\"><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                   "</Subscribe>\n<GetPPUser uid=\"1\" maxRecords=\"20\" seq=\"3\"/>\n");
    assert_int_equal(subscribe(r, flag(AXI_V_RFPSummary, 0, 0)), AXI_OK);
    axi_msg_start(msg, AXI_T_Limits);
    assert_int_equal(axi_client_request(r->c, msg, 1, 0, r->now), AXI_OK);
    assert_int_equal(subscribe(r, flag(AXI_V_SiteCnf, 0, 0)), AXI_OK);
    assert_int_equal(axi_client_get_file(r->c, str(":x"), 1, r->now), AXI_OK);
    assert_int_equal(subscribe(r, flag(AXI_V_FACCnf, 0, 0)), AXI_OK);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    expect_sent(r, "<Subscribe seq=\"4\"><e cmd=\"On\" eventType=\"RFPSummary\"/></Subscribe>\n"
                   "<Limits seq=\"5\"/>\n"
                   "<Subscribe seq=\"6\"><e cmd=\"On\" eventType=\"SiteCnf\"/></Subscribe>\n"
                   "<GetFile name=\":x\" seq=\"7\"/>\n"
                   "<Subscribe seq=\"8\"><e cmd=\"On\" eventType=\"FACCnf\"/></Subscribe>\n"
                   "<Ping timeStamp=\"1700000000\" seq=\"9\"/>\n");
    axi_msg_free(msg);
}

static void refused_flags_are_no_longer_wanted(struct rig *r)
{
    open_session(r);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, 1)), AXI_OK);
    assert_int_equal(subscribe(r, by_trigger("A")), AXI_OK);
    assert_int_equal(subscribe(r, off(flag(AXI_V_FACCnf, 0, 0))), AXI_OK);
    pass(r, 0);
    /* One of them is asked for again before the answer, one is new. */
    assert_int_equal(subscribe(r, by_trigger("A")), AXI_OK);
    assert_int_equal(subscribe(r, by_trigger("B")), AXI_OK);
    pass(r, 0);
    (void)take_sent(r);
    say(r, "<SubscribeResp seq=\"2\" errCode=\"EPerm\" eventType=\"PPUserCnf\"/>");
    say(r, "<SubscribeResp seq=\"3\"/>");
    expect_events(r, "SUBSCRIBED Subscribe EPerm\nSUBSCRIBED Subscribe\n");
    assert_true(has(r, by_trigger("A")));
    assert_true(has(r, by_trigger("B")));
    assert_false(has(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, 1)));
    axi_client_reset(r->c);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    (void)take_sent(r);
    say(r, "<OpenResp protocolVersion=\"45\"/>");
    expect_sent(r, "<Subscribe seq=\"5\"><e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
                   "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"B\"/></Subscribe>\n");
}

/* What one refused flag stands for as a whole is not what others were granted. */
static void refused_flags_leave_others_wanted(struct rig *r)
{
    open_session(r);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, 1)), AXI_OK);
    assert_int_equal(subscribe(r, by_trigger("A")), AXI_OK);
    pass(r, 0);
    (void)take_sent(r);
    say(r, "<SubscribeResp seq=\"2\"/>");
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_UID, -1)), AXI_OK);
    assert_int_equal(subscribe(r, by_trigger("*")), AXI_OK);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, 0, 0)), AXI_OK);
    assert_int_equal(subscribe(r, flag(AXI_V_SiteCnf, 0, 0)), AXI_OK);
    pass(r, 0);
    (void)take_sent(r);
    say(r, "<SubscribeResp seq=\"3\" errCode=\"EInval\" eventType=\"PPUserCnf\"/>");
    expect_events(r, "SUBSCRIBED Subscribe\nSUBSCRIBED Subscribe EInval\n");
    axi_client_reset(r->c);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    (void)take_sent(r);
    say(r, "<OpenResp protocolVersion=\"45\"/>");
    expect_sent(r, "<Subscribe seq=\"5\"><e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
                   "<e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"1\"/></Subscribe>\n");
}

static void subscribe_times_out(struct rig *r)
{
    open_session(r);
    assert_int_equal(subscribe(r, flag(AXI_V_SiteCnf, 0, 0)), AXI_OK);
    pass(r, 0);
    pass(r, 30000);
    expect_events(r, "TIMED_OUT Subscribe\n");
    say(r, "<SubscribeResp seq=\"2\"/>");
    expect_events(r, "STRAY SubscribeResp\n");
    assert_false(has(r, flag(AXI_V_SiteCnf, 0, 0)));
    axi_client_reset(r->c);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    (void)take_sent(r);
    say(r, "<OpenResp protocolVersion=\"45\"/>");
    assert_non_null(strstr(take_sent(r), "eventType=\"SiteCnf\""));
}

static void bad_flags_begin_nothing(struct rig *r)
{
    open_session(r);
    assert_int_equal(axi_client_subscribe(r->c, NULL, r->now), AXI_EINVAL);
    assert_int_equal(subscribe(r, flag(AXI_V_NOTHING, 0, 0)), AXI_EINVAL);
    assert_int_equal(subscribe(r, flag(AXI_V_PPUserCnf, AXI_BY_PPN, 1)), AXI_EINVAL);
    assert_int_equal(subscribe(r, by_trigger("\xFF")), AXI_EINVAL);
    assert_int_equal(subscribe(r, by_trigger("\x01")), AXI_EINVAL);
    pass(r, 0);
    expect_sent(r, "");
    assert_int_equal(axi_client_pending(r->c), 0);
}

static void subscriptions_word_by_word(void **state)
{
    (void)state;
    for_chunks(NULL, flags_are_collected);
    for_chunks(NULL, who_subscribes_first_reads_later);
    for_chunks(NULL, refused_flags_are_no_longer_wanted);
    for_chunks(NULL, refused_flags_leave_others_wanted);
    for_chunks(NULL, subscribe_times_out);
    for_chunks(NULL, bad_flags_begin_nothing);
}

/* --- many */

static void at_most_20_go_in_a_request(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 19, 20, 21, 40, 41, 205};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct rig r;
        rig_init(&r, NULL);
        open_session(&r);
        for (size_t n = 0; n < counts[i]; n++)
            assert_int_equal(subscribe(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 1 + (int64_t)n)),
                             AXI_OK);
        assert_int_equal(axi_client_pending(r.c), counts[i] / 20);
        pass(&r, 0);
        converse(&r);
        assert_int_equal(r.omm.subscribes, (counts[i] + 19) / 20);
        assert_int_equal(r.omm.most_flags, counts[i] < 20 ? counts[i] : 20);
        for (size_t n = 0; n < counts[i]; n++)
            assert_true(has(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 1 + (int64_t)n)));
        /* The same after a new connection, and before what waited for it. */
        axi_client_reset(r.c);
        assert_false(has(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 1)));
        r.omm.subscribes = 0;
        assert_int_equal(axi_client_read(r.c, AXI_T_GetPPUser, 1, 1, r.now), AXI_OK);
        assert_int_equal(axi_client_get_file(r.c, str(":x"), 1, r.now), AXI_OK);
        struct axi_login login = login_of("omm", "secret");
        assert_int_equal(axi_client_open(r.c, &login, r.now), AXI_OK);
        converse(&r);
        assert_int_equal(r.omm.subscribes, (counts[i] + 19) / 20);
        for (size_t n = 0; n < counts[i]; n++)
            assert_true(has(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 1 + (int64_t)n)));
        assert_true(strstr(r.trace, "READ_END") > strstr(r.trace, "OPENED\nSUBSCRIBED"));
        assert_int_equal(axi_client_pending(r.c), 0);
        rig_done(&r);
    }
}

static void only_so_many_items_are_remembered(void **state)
{
    (void)state;
    struct axi_client_options options = {.max_items = 3, .queue = 2};
    struct rig r;
    rig_init(&r, &options);
    open_session(&r);
    for (int64_t n = 1; n <= 3; n++)
        assert_int_equal(subscribe(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, n)), AXI_OK);
    assert_int_equal(subscribe(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 4)), AXI_EFULL);
    pass(&r, 0);
    assert_int_equal(subscribe(&r, flag(AXI_V_PPDevCnf, AXI_BY_PPN, 4)), AXI_EFULL);
    assert_int_equal(subscribe(&r, flag(AXI_V_SiteCnf, 0, 0)), AXI_OK);
    pass(&r, 0);
    assert_int_equal(axi_client_pending(r.c), 2);
    assert_int_equal(subscribe(&r, flag(AXI_V_SiteCnf, 0, 0)), AXI_EFULL);
    converse(&r);
    assert_int_equal(r.omm.subscribes, 2);
    rig_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscriptions_word_by_word),
        cmocka_unit_test(at_most_20_go_in_a_request),
        cmocka_unit_test(only_so_many_items_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
