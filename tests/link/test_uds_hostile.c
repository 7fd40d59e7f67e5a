/*
 * Proves that a link to a vendor's remote survives what should not happen: bytes that are no AXI, too many of them,
 * nonsense in requests, remotes that do not read or fall silent, a store that cannot be read, memory that runs out.
 */
#include "uds_rig.h"

static void garbage_ends_the_conversation(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_open(rig);
    uds_say(rig, "GET / HTTP/1.1");
    uds_assert_state(rig, MOM_UDS_PROTOCOL_ERROR);
    assert_true(rig->wants_close);
    uds_say(rig, UDS_LOGIN); /* nothing is looked at any more */
    assert_int_equal(rig->heard_len, 0);
    uds_close(rig);
    uds_login(rig);
    uds_rig_done(rig);
}

static void a_message_without_end_ends_the_conversation(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    char *text = malloc(70000);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 70000);
    text[0] = '<';
    uds_open(rig);
    uds_send(rig, text, 70000);
    uds_run(rig);
    uds_assert_state(rig, MOM_UDS_PROTOCOL_ERROR);
    free(text);
    uds_rig_done(rig);
}

static void bytes_may_come_one_by_one(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    rig->split = 1;
    uds_connect(rig);
    uds_say(rig, "<CreatePPUser seq='5'><user num='4711' name='Anna'/></CreatePPUser>");
    uds_assert_heard(rig, "<CreatePPUserResp seq=\"5\"><user uid=\"1\"");
    uds_rig_done(rig);
}

static void requests_that_cannot_be_served_yet_are_kept_up_to_a_limit(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);
    struct mom_uds_info info;

    (void)state;
    rig->config.max_input = 1000;
    uds_start(rig);
    uds_open(rig);
    uds_say_only(rig, UDS_LOGIN); /* the engine's word is awaited */
    assert_true(mom_uds_reads(rig->link));
    for (int i = 0; i < 20 && mom_uds_reads(rig->link); i++)
        uds_say_only(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    assert_false(mom_uds_reads(rig->link));
    uds_run(rig);
    assert_true(mom_uds_reads(rig->link));
    assert_in_range(uds_count_heard(rig, "<GetPPUserResp"), 5, 20);
    uds_close(rig);
    uds_open(rig);
    uds_say_only(rig, UDS_LOGIN);
    for (int i = 0; i < 40; i++)
        uds_say_only(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    uds_assert_state(rig, MOM_UDS_PROTOCOL_ERROR);
    mom_uds_get_info(rig->link, &info);
    assert_string_equal(info.text, "it sends more than is taken");
    uds_rig_done(rig);
}

/* What comes while changes wait for a step is kept behind them. */
static void bytes_that_wait_keep_their_order(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);
    char text[120];

    (void)state;
    rig->config.writes = 3;
    uds_start(rig);
    uds_connect(rig);
    for (int i = 0; i < 120; i++) {
        snprintf(text, sizeof text,
                 "<CreatePPUser seq='%d'><user num='%d' name='x'/></CreatePPUser>", 1000 + i,
                 6000 + i);
        uds_say_only(rig, text);
    }
    uds_run(rig);
    assert_int_equal(uds_count_heard(rig, "<CreatePPUserResp"), 120);
    for (int i = 0; i < 120; i++) {
        snprintf(text, sizeof text, "<CreatePPUserResp seq=\"%d\"><user uid=\"%d\" num=\"%d\"",
                 1000 + i, i + 1, 6000 + i);
        uds_assert_heard(rig, text);
    }
    uds_rig_done(rig);
}

static void files_are_not_served(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<GetFile seq='1' name=':license'/>");
    uds_assert_heard(rig, "<GetFileResp seq=\"1\" errCode=");
    uds_say(rig, "<PutFile seq='2' name=':license' offset='0' data='eA==' eof='1'/>");
    uds_assert_heard(rig, "<PutFileResp seq=\"2\" errCode=");
    uds_assert_state(rig, MOM_UDS_STEADY);
    uds_rig_done(rig);
}

static void nonsense_in_requests_is_refused(void **state)
{
    static const char *const requests[] = {
        "<GetPPUser seq='1' uid='-1' maxRecords='20'/>",
        "<GetPPUser seq='1' uid='x' maxRecords='20'/>",
        "<GetPPUser seq='1' uid='0' maxRecords='-3'/>",
        "<GetPPUser seq='1' uid='99999999999' maxRecords='20'/>",
        "<GetPPUser seq='1' maxRecords='20'/>",
        "<GetPPDev seq='1' ppn='4294967295' maxRecords='20'/>",
        "<GetPPDevByIPEI seq='1'/>",
        "<SetPPUser seq='1'/>",
        "<SetPPUser seq='1'><user uid='-7'/></SetPPUser>",
        "<SetPPUser seq='1'><user uid='4294967296' name='x'/></SetPPUser>",
        "<SetPP seq='1'><pp ppn='4294967295' ommId='1028D085'/></SetPP>",
        "<SetPP seq='1'><user num='' name='x'/></SetPP>",
        "<DeletePPUser seq='1'/>",
        "<DeletePPUser seq='1' uid='4294967295'/>",
        "<DeletePPDev seq='1' ppn='-1'/>",
        "<SetMOMControlState seq='1' enable='1'/>",
        "<Nonsense seq='1'/>",
        "<Subscribe seq='1'><e cmd='On' eventType='Nonsense'/></Subscribe>",
        "<PutFile seq='1' filename='x'/>",
    };
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        uds_say(rig, requests[i]);
        if (!strstr(rig->heard, "seq=\"1\" errCode=\""))
            fail_msg("%s: %s", requests[i], rig->heard);
    }
    uds_assert_state(rig, MOM_UDS_STEADY);
    assert_int_equal(net_counts(rig->net, 0).users, 0);
    uds_rig_done(rig);
}

static void odd_values_of_records_are_taken_as_they_come(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<SetPP seq='5'><pp ipei='no ipei' relType='Dynamic' uid='77' ommId='xyz' "
                 "ommIdAck='' timeStampRoaming='-5' timeStamp='99999999999999999'/></SetPP>");
    uds_assert_heard(rig, "<SetPPResp seq=\"5\"");
    uds_say(rig, "<SetPP seq='6'><pp ppn='1' ommId='' ommIdAck='zz' roaming='Whatever'/></SetPP>");
    uds_assert_heard(rig, "<SetPPResp seq=\"6\"");
    uds_say(rig, "<CreatePPUser seq='7'><user uid='500' num='1' sipPw='not for us' "
                 "timeStampAdmin='4102444800'/></CreatePPUser>");
    uds_assert_heard(rig, "<CreatePPUserResp seq=\"7\"><user uid=\"1\"");
    uds_assert_state(rig, MOM_UDS_STEADY);
    uds_rig_done(rig);
}

static void answers_and_events_of_a_remote_are_passed_over(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_uds_info info;

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<PingResp/>");
    uds_say(rig, "<EventPPCnf><user uid='1'/></EventPPCnf>");
    assert_int_equal(rig->heard_len, 0);
    mom_uds_get_info(rig->link, &info);
    assert_int_equal(info.unknown_messages, 2);
    uds_rig_done(rig);
}

static void a_silent_remote_is_given_up(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    assert_in_range(mom_uds_deadline(rig->link), rig->net->now.mono_ms + 1,
                    rig->net->now.mono_ms + 300000);
    uds_wait(rig, 299000);
    uds_say(rig, "<Ping/>");
    uds_wait(rig, 299000);
    uds_assert_state(rig, MOM_UDS_STEADY);
    uds_wait(rig, 1000);
    uds_assert_state(rig, MOM_UDS_SILENT);
    assert_true(rig->wants_close);
    uds_rig_done(rig);
}

static void a_remote_that_does_not_read_gets_no_more_than_it_may(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);
    struct mom_site_info info;
    const char *data;
    char num[8];

    (void)state;
    rig->config.max_output = 20000;
    uds_start(rig);
    uds_connect(rig);
    rig->deaf = true;
    for (int i = 0; i < 200; i++) {
        snprintf(num, sizeof num, "%d", 5000 + i);
        assert_int_not_equal(net_change(rig->net, 0, MOM_USER, 0, "num", num, "name", "x", NULL),
                             0);
        uds_run(rig);
    }
    assert_in_range(mom_uds_output(rig->link, &data), 10000, 20000);
    assert_true(mom_engine_site(rig->net->nodes[0].engine, UDS_SITE, &info));
    assert_in_range(info.pending, 1, 199);
    rig->deaf = false;
    uds_run(rig);
    assert_true(mom_engine_site(rig->net->nodes[0].engine, UDS_SITE, &info));
    assert_int_equal(info.pending, 0);
    assert_int_equal(uds_count_heard(rig, "<EventPPCnf><user uid="), 200);
    uds_assert_state(rig, MOM_UDS_STEADY);
    rig->deaf = true;
    for (int i = 0; i < 2000 && uds_state(rig) == MOM_UDS_STEADY; i++)
        uds_say_only(rig, "<Ping/>");
    uds_assert_state(rig, MOM_UDS_STEADY); /* what it asks for waits with it */
    uds_rig_done(rig);
}

static void a_store_that_cannot_be_read_ends_the_conversation(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_view *view;

    (void)state;
    uds_connect(rig);
    view = net_view(rig->net, 0);
    uds_say_only(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    mom_view_close(view);
    uds_run(rig);
    uds_assert_state(rig, MOM_UDS_STORE_FAILED);
    uds_close(rig);
    uds_connect(rig);
    uds_rig_done(rig);
}

static void configurations_without_sense_are_refused(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_uds_config config = rig->config;
    struct mom_uds *link = NULL;

    (void)state;
    config.size = 1;
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.engine = NULL;
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.park.pli = 0;
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.check_account = NULL;
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.login_ms = -1;
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.key.modulus = (struct axi_str){"nonsense", 8};
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    config = rig->config;
    config.remote_key.modulus = (struct axi_str){"nonsense", 8};
    assert_int_equal(mom_uds_new(&config, &link), MOM_EINVAL);
    assert_null(link);
    for (int i = 0; i < MOM_UDS_STATE_COUNT; i++) {
        assert_string_not_equal(mom_uds_state_name((enum mom_uds_state)i), "?");
        assert_string_not_equal(mom_uds_state_text((enum mom_uds_state)i), "?");
    }
    assert_string_equal(mom_uds_state_name(MOM_UDS_STATE_COUNT), "?");
    mom_uds_free(NULL);
    uds_rig_done(rig);
}

/* --- memory --------------------------------------------------------------------------------------- */

/* A bit of everything. False: memory ran out on the way. */
static bool live(struct uds_rig *rig)
{
    static const char *const says[] = {
        UDS_LOGIN,
        UDS_SUBSCRIBE,
        "<GetPPDev seq='3' ppn='0' maxRecords='20'/>",
        "<GetPPUser seq='4' uid='0' maxRecords='20'/>",
        "<SetPP seq='5'><pp ipei='" UDS_IPEI2 "' relType='Dynamic'/><user num='4712' name='Bert' "
        "relType='Dynamic' sipPw='enc:C0FF:hush'/></SetPP>",
        "<SetPP seq='6'><pp ppn='1' ommId='" UDS_OWN "' roaming='RoamingComplete'/></SetPP>",
        "<DeletePPUser seq='7' num='4712'/>",
        "<Nonsense/>",
    };
    struct mom_now now;

    uds_open(rig);
    for (size_t i = 0; i < sizeof says / sizeof says[0] && rig->rc == MOM_OK; i++)
        uds_say(rig, says[i]);
    if (rig->rc == MOM_OK)
        net_change(rig->net, 0, MOM_USER, 0, "num", "4713", "name", "Cleo", NULL);
    if (rig->rc == MOM_OK)
        uds_run(rig);
    if (rig->rc == MOM_OK)
        return true;
    assert_int_equal(rig->rc, MOM_ENOMEM);
    now = net_now(rig->net, &rig->net->nodes[0]);
    assert_int_equal(mom_uds_closed(rig->link, &now, NS("no memory"), rig->batch), MOM_OK);
    rig->rc = MOM_OK;
    return false;
}

static void memory_may_run_out_at_any_time(void **state)
{
    bool done = false;

    (void)state;
    for (long n = 1; !done; n++) {
        struct uds_rig *rig = uds_rig_new_with(NULL);
        int rc;

        assert_in_range(n, 1, 5000);
        rig->fails_at = n;
        rc = mom_uds_new(&rig->config, &rig->link);
        if (rc == MOM_OK) {
            uds_enable(rig, true);
            uds_run(rig);
            net_change(rig->net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
            net_change(rig->net, 0, MOM_DEVICE, 0, "ipei", UDS_IPEI1, NULL);
            done = live(rig);
            done &= rig->fails_at > 0;
            rig->fails_at = 0;
            uds_run(rig);
            if (mom_uds_is_open(rig->link))
                uds_close(rig);
            uds_connect(rig); /* all is well afterwards */
        } else {
            assert_int_equal(rc, MOM_ENOMEM);
            rig->link = NULL;
        }
        uds_rig_done(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(garbage_ends_the_conversation),
        cmocka_unit_test(a_message_without_end_ends_the_conversation),
        cmocka_unit_test(bytes_may_come_one_by_one),
        cmocka_unit_test(requests_that_cannot_be_served_yet_are_kept_up_to_a_limit),
        cmocka_unit_test(bytes_that_wait_keep_their_order),
        cmocka_unit_test(files_are_not_served),
        cmocka_unit_test(nonsense_in_requests_is_refused),
        cmocka_unit_test(odd_values_of_records_are_taken_as_they_come),
        cmocka_unit_test(answers_and_events_of_a_remote_are_passed_over),
        cmocka_unit_test(a_silent_remote_is_given_up),
        cmocka_unit_test(a_remote_that_does_not_read_gets_no_more_than_it_may),
        cmocka_unit_test(a_store_that_cannot_be_read_ends_the_conversation),
        cmocka_unit_test(configurations_without_sense_are_refused),
        cmocka_unit_test(memory_may_run_out_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
