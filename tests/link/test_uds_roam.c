/*
 * Proves that phones roam between a vendor's remote and the other sites of a star: who is told what, who ends, who
 * renews, also when somebody does not answer or was away.
 */
#include "uds_rig.h"

/* A user with a phone, known at both sites; ppn and uid are 1 at the remote. */
static uint64_t add_pair(struct uds_rig *rig)
{
    uint64_t user = net_change(rig->net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    uint64_t device = net_change(rig->net, 0, MOM_DEVICE, 0, "ipei", UDS_IPEI1, "s", "Yes", "uak",
                                 "00112233445566778899AABBCCDDEEFF", NULL);

    assert_true(user && device);
    net_bind(rig->net, 0, user, device);
    uds_run(rig);
    return device;
}

static void located_elsewhere(struct uds_rig *rig)
{
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = UDS_OTHER, .ipei = NS(UDS_IPEI1)};

    uds_forget(rig);
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    uds_run(rig);
}

/* The remote tells that its phone came, at the second of today. */
static void located_here(struct uds_rig *rig)
{
    char text[200];

    snprintf(text, sizeof text,
             "<SetPP seq='50'><pp ppn='1' ommId='" UDS_OWN "' roaming='RoamingInProgress' "
             "timeStampRoaming='%d'/></SetPP>",
             (int)(rig->net->now.wall_ms / 1000));
    uds_say(rig, text);
    uds_assert_heard(rig, "<SetPPResp seq=\"50\"><pp ppn=\"1\"");
}

static mom_site site_of(struct uds_rig *rig, unsigned node, uint64_t device)
{
    struct mom_view *view = net_view(rig->net, node);
    mom_site site = mom_record_site(mom_view_record(view, device));

    mom_view_close(view);
    return site;
}

static const char *handoff(struct uds_rig *rig, unsigned node, uint64_t device)
{
    return mom_engine_handoff(rig->net->nodes[node].engine, device).state;
}

static void complete(struct uds_rig *rig)
{
    uds_say(rig, "<SetPP seq='51'><pp ppn='1' roaming='RoamingComplete'/></SetPP>");
    uds_assert_heard(rig, "<SetPPResp seq=\"51\"");
}

/* The phone is at the remote, and everything is done. */
static void settle_here(struct uds_rig *rig, uint64_t device)
{
    located_here(rig);
    complete(rig);
    uds_wait(rig, 60000);
    assert_int_equal(site_of(rig, 0, device), UDS_SITE);
    assert_string_equal(handoff(rig, 0, device), "home");
    rig->registers = rig->deregisters = 0;
}

static void a_phone_that_comes_first_belongs_to_the_remote(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    located_here(rig);
    assert_int_equal(site_of(rig, 0, device), UDS_SITE);
    assert_int_equal(site_of(rig, 1, device), UDS_SITE);
    uds_assert_heard(rig, "ommId=\"" UDS_OWN "\" ommIdAck=\"" UDS_OWN "\"");
    complete(rig);
    assert_string_equal(handoff(rig, 0, device), "home");
    uds_assert_heard(rig, "roaming=\"RoamingComplete\"");
    uds_rig_done(rig);
}

static void a_phone_goes_from_the_remote_to_another_site(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    settle_here(rig, device);
    located_elsewhere(rig);
    assert_int_equal(site_of(rig, 0, device), UDS_OTHER);
    uds_assert_heard(rig, "<EventPPCnf><pp ppn=\"1\" ommId=\"" UDS_THERE "\" ommIdAck=\"" UDS_OWN
                          "\" roaming=\"RoamingInProgress\"");
    assert_int_equal(uds_count_heard(rig, "<EventPPCnf>"), 1);
    assert_int_equal(rig->registers, 1); /* at once */
    assert_string_equal(handoff(rig, 1, device), "announcing");
    uds_say(rig, "<SetPP seq='52'><pp ppn='1' ommIdAck='" UDS_THERE "'/></SetPP>");
    assert_int_equal(rig->registers, 2); /* and once more when the remote let go */
    assert_string_equal(handoff(rig, 0, device), "home");
    assert_string_equal(handoff(rig, 1, device), "home");
    uds_assert_heard(rig, "ommId=\"" UDS_THERE "\" ommIdAck=\"");
    uds_say(rig, "<GetPPDev seq='53' ppn='1' maxRecords='0'/>");
    uds_assert_heard(rig, "ommId=\"" UDS_THERE "\" ommIdAck=\"" UDS_THERE "\"");
    uds_assert_heard(rig, "roaming=\"RoamingComplete\"");
    uds_rig_done(rig);
}

static void a_remote_that_does_not_let_go_is_asked_again(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    settle_here(rig, device);
    located_elsewhere(rig);
    uds_wait(rig, 4000);
    uds_forget(rig);
    uds_wait(rig, 2000);
    assert_in_range(rig->registers, 2, 3); /* after the time-outs of both */
    uds_assert_heard(rig, "ommId=\"" UDS_THERE "\" ommIdAck=\"" UDS_OWN "\"");
    uds_forget(rig);
    uds_wait(rig, 30000);
    uds_assert_heard(rig, "ommId=\"" UDS_THERE "\" ommIdAck=\"" UDS_OWN "\"");
    uds_rig_done(rig);
}

static void a_phone_comes_from_another_site_to_the_remote(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    located_elsewhere(rig);
    uds_assert_heard(rig, "<EventPPCnf><pp ppn=\"1\" ommId=\"" UDS_THERE "\"");
    uds_wait(rig, 60000);
    rig->deregisters = 0;
    located_here(rig);
    assert_int_equal(site_of(rig, 1, device), UDS_SITE);
    assert_int_equal(rig->deregisters, 1);
    /* the former site let go: the remote is told, and renews */
    uds_assert_heard(rig, "<EventPPCnf><pp ppn=\"1\" ommId=\"" UDS_OWN "\" ommIdAck=\"" UDS_OWN
                          "\" roaming=\"RoamingInProgress\"");
    assert_true(strstr(rig->heard, "<SetPPResp") < strstr(rig->heard, "<EventPPCnf"));
    assert_string_equal(handoff(rig, 0, device), "renewing");
    complete(rig);
    assert_string_equal(handoff(rig, 0, device), "home");
    assert_string_equal(handoff(rig, 1, device), "home");
    uds_rig_done(rig);
}

static void a_phone_may_come_back_within_a_second(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    settle_here(rig, device);
    uds_wait(rig, 1000 - rig->net->now.wall_ms % 1000 + 300);
    located_elsewhere(rig);
    uds_say(rig, "<SetPP seq='52'><pp ppn='1' ommIdAck='" UDS_THERE "'/></SetPP>");
    assert_int_equal(site_of(rig, 0, device), UDS_OTHER);
    uds_wait(rig, 300);
    located_here(rig);
    assert_int_equal(site_of(rig, 0, device), UDS_SITE);
    assert_int_equal(site_of(rig, 1, device), UDS_SITE);
    complete(rig);
    assert_string_equal(handoff(rig, 0, device), "home");
    uds_rig_done(rig);
}

/* It was written before the remote could know that the phone has gone on, and with the time of that second. */
static void a_late_word_that_the_roaming_is_complete_does_not_bring_the_phone_back(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);
    char text[240];

    (void)state;
    uds_connect(rig);
    located_here(rig);
    uds_wait(rig, 2000);
    located_elsewhere(rig);
    assert_int_equal(site_of(rig, 0, device), UDS_OTHER);
    uds_wait(rig, 1000);
    snprintf(text, sizeof text,
             "<SetPP seq='53'><pp ppn='1' ommId='" UDS_OWN "' ommIdAck='" UDS_OWN
             "' roaming='RoamingComplete' timeStampRoaming='%d'/></SetPP>",
             (int)(rig->net->now.wall_ms / 1000));
    uds_say(rig, text);
    uds_assert_heard(rig, "<SetPPResp seq=\"53\"");
    assert_int_equal(site_of(rig, 0, device), UDS_OTHER);
    assert_int_equal(site_of(rig, 1, device), UDS_OTHER);
    uds_rig_done(rig);
}

static void without_a_confirmation_it_renews_after_the_time_out(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    located_elsewhere(rig);
    uds_wait(rig, 60000);
    net_cut(rig->net, 0, 1);
    uds_run(rig);
    located_here(rig);
    assert_string_equal(handoff(rig, 0, device), "announcing");
    uds_assert_silence(rig, "ommIdAck=\"" UDS_OWN "\"");
    uds_forget(rig);
    uds_wait(rig, 5000);
    uds_assert_heard(rig,
                     "<EventPPCnf><pp ppn=\"1\" ommId=\"" UDS_OWN "\" ommIdAck=\"" UDS_OWN "\"");
    complete(rig);
    assert_string_equal(handoff(rig, 0, device), "home");
    assert_int_equal(site_of(rig, 1, device), UDS_OTHER);
    net_connect(rig->net, 1, 0);
    uds_run(rig);
    assert_int_equal(site_of(rig, 1, device), UDS_SITE);
    uds_assert_heard(rig, "ommIdAck=\"" UDS_OWN "\"");
    net_check_equal(rig->net);
    uds_rig_done(rig);
}

static void a_phone_that_came_while_the_remote_was_away_is_claimed(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    located_elsewhere(rig);
    uds_wait(rig, 60000);
    uds_close(rig);
    uds_wait(rig, 60000);
    uds_connect(rig);
    uds_say(rig, "<GetPPDev seq='53' ppn='1' maxRecords='0'/>");
    uds_assert_heard(rig, "ommId=\"" UDS_THERE "\"");
    rig->deregisters = 0;
    located_here(rig);
    assert_int_equal(site_of(rig, 1, device), UDS_SITE);
    assert_int_equal(rig->deregisters, 1);
    uds_rig_done(rig);
}

/* It had the phone for a while and does not know that it is elsewhere by now. */
static void a_phone_that_came_and_left_is_let_go(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);

    (void)state;
    uds_connect(rig);
    uds_close(rig);
    uds_wait(rig, 60000);
    located_elsewhere(rig);
    uds_wait(rig, 10000);
    uds_connect(rig);
    uds_say(rig, "<SetPP seq='50'><pp ppn='1' ommId='" UDS_OWN "' roaming='RoamingInProgress' "
                 "timeStampRoaming='1700000030'/></SetPP>");
    assert_int_equal(site_of(rig, 0, device), UDS_OTHER);
    uds_assert_heard(rig,
                     "<EventPPCnf><pp ppn=\"1\" ommId=\"" UDS_THERE "\" ommIdAck=\"" UDS_OWN "\"");
    uds_say(rig, "<SetPP seq='52'><pp ppn='1' ommIdAck='" UDS_THERE "'/></SetPP>");
    assert_string_equal(handoff(rig, 0, device), "home");
    uds_rig_done(rig);
}

static void a_phone_of_the_local_pari_only_stays_where_it_is(void **state)
{
    struct uds_rig *rig = uds_rig_pair();

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<CreateFixedPP seq='5'><user num='4711' name='Anna' relType='Fixed'/>"
                 "<pp ipei='" UDS_IPEI1 "' relType='Fixed' s='Yes' subscribeToPARIOnly='1' "
                 "ommId='" UDS_OWN "' timeStampRoaming='1700000000'/></CreateFixedPP>");
    uds_assert_heard(rig, "subscribeToPARIOnly=\"1\"");
    {
        struct mom_view *view = net_view(rig->net, 1);
        const struct mom_record *r = mom_view_find(view, MOM_DEVICE_ipei, NS(UDS_IPEI1));

        assert_non_null(r);
        assert_int_equal(mom_record_site(r), UDS_SITE);
        assert_int_equal(mom_view_local(view, UDS_OTHER, mom_record_id(r)), 0);
        mom_view_close(view);
    }
    uds_rig_done(rig);
}

/* The engine has one word for the end of a silent phone and for that of one that is elsewhere. */
static void an_omm_that_gave_its_phone_away_has_its_word_repeated(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    uint64_t device = add_pair(rig);
    char text[200];

    (void)state;
    uds_connect(rig);
    settle_here(rig, device);
    snprintf(text, sizeof text,
             "<SetPP seq='50'><pp ppn='1' ommId='1028D099' timeStampRoaming='%d'/></SetPP>",
             (int)(rig->net->now.wall_ms / 1000));
    uds_say(rig, text);
    uds_assert_heard(rig, "<EventPPCnf><pp ppn=\"1\" ommId=\"1028D099\" ommIdAck=\"" UDS_OWN "\"");
    uds_say(rig, "<SetPP seq='52'><pp ppn='1' ommId='1028D099' ommIdAck='1028D099'/></SetPP>");
    assert_string_equal(handoff(rig, 0, device), "absent");
    uds_rig_done(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_comes_first_belongs_to_the_remote),
        cmocka_unit_test(a_phone_goes_from_the_remote_to_another_site),
        cmocka_unit_test(a_remote_that_does_not_let_go_is_asked_again),
        cmocka_unit_test(a_phone_comes_from_another_site_to_the_remote),
        cmocka_unit_test(a_phone_may_come_back_within_a_second),
        cmocka_unit_test(a_late_word_that_the_roaming_is_complete_does_not_bring_the_phone_back),
        cmocka_unit_test(without_a_confirmation_it_renews_after_the_time_out),
        cmocka_unit_test(a_phone_that_came_while_the_remote_was_away_is_claimed),
        cmocka_unit_test(a_phone_that_came_and_left_is_let_go),
        cmocka_unit_test(a_phone_of_the_local_pari_only_stays_where_it_is),
        cmocka_unit_test(an_omm_that_gave_its_phone_away_has_its_word_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
