/*
 * Proves how a vendor's remote is served: login, identities, lists, uploads, events, deletions, reconnection. A
 * scripted remote says AXI to a link in front of a real engine in the shape of a star.
 */
#include "uds_rig.h"

#include <momsync/axi/node.h>

static uint64_t find(struct uds_rig *rig, enum mom_field field, const char *value)
{
    struct mom_view *view = net_view(rig->net, 0);
    const struct mom_record *r = mom_view_find(view, field, NS(value));
    uint64_t id = r ? mom_record_id(r) : 0;

    mom_view_close(view);
    return id;
}

static const char *value(struct uds_rig *rig, uint64_t id, enum mom_field field)
{
    return net_value(rig->net, 0, id, field);
}

static uint64_t add_user(struct uds_rig *rig, const char *num, const char *name)
{
    uint64_t id = net_change(rig->net, 0, MOM_USER, 0, "num", num, "name", name, NULL);

    assert_int_not_equal(id, 0);
    uds_run(rig);
    return id;
}

static uint64_t add_device(struct uds_rig *rig, const char *ipei)
{
    uint64_t id = net_change(rig->net, 0, MOM_DEVICE, 0, "ipei", ipei, "s", "Yes", "uak",
                             "00112233445566778899AABBCCDDEEFF", NULL);

    assert_int_not_equal(id, 0);
    uds_run(rig);
    return id;
}

/* --- login ---------------------------------------------------------------------------------------- */

static void a_wrong_password_is_refused_and_the_version_told(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_open(rig);
    uds_say(rig, "<Open seq='1' protocolVersion='45' username='north' password='x' "
                 "UserDeviceSyncClient='1'/>");
    uds_assert_heard(rig, "errCode=\"EAuth\"");
    uds_assert_heard(rig, "protocolVersion=\"45\"");
    uds_assert_state(rig, MOM_UDS_AUTH_FAILED);
    assert_true(rig->wants_close);
    assert_null(strstr(rig->log, "secret"));
    uds_close(rig);
    uds_login(rig);
    uds_rig_done(rig);
}

static void another_protocol_version_is_refused_until_it_matches(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_uds_info info;

    (void)state;
    mom_uds_set_version(rig->link, 44, NS(""));
    uds_open(rig);
    uds_say(rig, UDS_LOGIN);
    uds_assert_heard(rig, "errCode=\"EInval\" bad=\"protocolVersion\"");
    uds_assert_heard(rig, "protocolVersion=\"44\"");
    uds_assert_state(rig, MOM_UDS_VERSION_MISMATCH);
    mom_uds_get_info(rig->link, &info);
    assert_string_equal(info.text, "it speaks version 45, we speak 44");
    assert_int_equal(info.protocol_version, 45);
    uds_close(rig);
    uds_assert_state(rig, MOM_UDS_VERSION_MISMATCH);
    mom_uds_set_version(rig->link, 45, NS("SIP-DECT 7.1"));
    uds_login(rig);
    uds_assert_heard(rig, "ommVersion=\"SIP-DECT 7.1\"");
    uds_rig_done(rig);
}

static void an_application_is_no_remote(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_open(rig);
    uds_say(rig, "<Open username='north' password='secret'/>");
    uds_assert_heard(rig, "errCode=\"EPerm\"");
    uds_assert_state(rig, MOM_UDS_NO_SYNC);
    uds_rig_done(rig);
}

static void nothing_is_served_before_the_login(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_open(rig);
    uds_say(rig, "<GetPPUser seq='1' uid='0' maxRecords='20'/>");
    uds_assert_heard(rig, "<GetPPUserResp seq=\"1\" errCode=\"EPerm\"");
    uds_wait(rig, 30000);
    uds_assert_state(rig, MOM_UDS_NO_ANSWER);
    uds_rig_done(rig);
}

static void a_park_of_another_length_is_refused_with_its_reason(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);

    (void)state;
    rig->config.park = (struct mom_park){27, 0x1028D080};
    uds_start(rig);
    uds_open(rig);
    uds_say(rig, UDS_LOGIN);
    uds_assert_heard(rig, "errCode=\"EForbidden\"");
    uds_assert_state(rig, MOM_UDS_PARK_MISMATCH);
    uds_rig_done(rig);
}

static void a_second_open_is_refused_and_the_session_goes_on(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_login(rig);
    uds_say(rig, UDS_LOGIN);
    uds_assert_heard(rig, "errCode=\"EForbidden\"");
    uds_say(rig, "<GetSARI seq='5'/>");
    uds_assert_heard(rig, "<GetSARIResp seq=\"5\" sari=\"" UDS_SARI "\"");
    uds_rig_done(rig);
}

static void the_host_learns_who_connects(void **state)
{
    static const char open[] = "<Open seq='7' protocolVersion='45' username='no&amp;1' "
                               "password='secret' UserDeviceSyncClient='1'/>";
    char name[16], answer[256];
    size_t len;

    (void)state;
    assert_int_equal(mom_uds_who(NULL, open, sizeof open, name, sizeof name), MOM_OK);
    assert_string_equal(name, "no&1");
    assert_int_equal(mom_uds_who(NULL, open, sizeof open, name, 4), MOM_ENOENT);
    assert_int_equal(mom_uds_who(NULL, open, 20, name, sizeof name), MOM_ENOENT);
    assert_int_equal(mom_uds_who(NULL, "<Ping/>", 8, name, sizeof name), MOM_ENOENT);
    len = mom_uds_refusal(NULL, open, sizeof open, 45, answer, sizeof answer);
    assert_in_range(len, 1, sizeof answer);
    assert_int_equal(answer[len - 1], '\0');
    assert_non_null(strstr(answer, "<OpenResp seq=\"7\" errCode=\"EAuth\""));
    assert_non_null(strstr(answer, "protocolVersion=\"45\""));
    assert_int_equal(mom_uds_refusal(NULL, open, sizeof open, 45, answer, 10), 0);
    assert_int_equal(mom_uds_refusal(NULL, "x", 2, 45, answer, sizeof answer), 0);
}

static void the_host_asks_whether_an_account_fits_and_nothing_changes(void **state)
{
    static const char wrong[] =
        "<Open seq='1' username='north' password='guess' UserDeviceSyncClient='1'/>";
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_login(rig);
    assert_true(mom_uds_may_login(rig->link, UDS_LOGIN, sizeof UDS_LOGIN));
    assert_false(mom_uds_may_login(rig->link, UDS_LOGIN, 20));
    assert_false(mom_uds_may_login(rig->link, wrong, sizeof wrong));
    assert_false(mom_uds_may_login(rig->link, "<Ping/>", 8));
    uds_say(rig, "<GetSARI seq='5'/>");
    uds_assert_heard(rig, "<GetSARIResp seq=\"5\" sari=\"" UDS_SARI "\"");
    uds_rig_done(rig);
}

static bool nobody(void *user, struct mom_str username, struct mom_str password)
{
    (void)user;
    (void)username;
    (void)password;
    return false;
}

static enum mom_node_state no_node(void *user, uint32_t node, struct mom_str username,
                                   char *ret_why, size_t max)
{
    (void)user;
    (void)node;
    (void)username;
    (void)ret_why;
    (void)max;
    return MOM_NODE_WRONG_NODE;
}

/* As a daemon does it: who connects is first taken for one of our nodes. */
static void a_connection_is_handed_over_by_the_link_between_nodes(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_node_config config = {.size = sizeof config, .role = MOM_NODE_REMOTE};
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_node *node;
    const char *data;
    char name[32];
    size_t len;

    (void)state;
    config.node = net_number(0);
    config.check_account = nobody;
    config.know_node = no_node;
    assert_int_equal(mom_node_new(&config, &node), MOM_OK);
    assert_int_equal(mom_node_enable(node, &rig->net->now, true, batch), MOM_OK);
    assert_int_equal(mom_node_opened(node, &rig->net->now, batch), MOM_OK);
    assert_int_equal(mom_node_received(node, &rig->net->now, UDS_LOGIN, sizeof UDS_LOGIN, batch),
                     MOM_OK);
    assert_true(mom_node_wants(node) & MOM_NODE_WANT_HAND_OVER);
    len = mom_node_hand_over(node, &data);
    assert_int_equal(mom_uds_who(NULL, data, len, name, sizeof name), MOM_OK);
    assert_string_equal(name, "north");
    uds_open(rig);
    uds_send(rig, data, len);
    uds_run(rig);
    uds_assert_heard(rig, "<OpenResp seq=\"1\" ");
    uds_assert_silence(rig, "errCode");
    mom_node_free(node);
    mom_batch_free(batch);
    uds_rig_done(rig);
}

/* --- identities and small questions ----------------------------------------------------------------- */

static void park_sari_versions_and_limits_are_told(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_login(rig);
    uds_say(rig, "<GetPARK seq='2'/>");
    uds_assert_heard(rig, "park=\"" UDS_SARI "\"");
    uds_say(rig, "<GetPublicKey seq='3'/>");
    uds_assert_heard(rig, "modulus=\"C0FFEE01\" exponent=\"10001\"");
    uds_say(rig, "<GetVersions seq='4'/>");
    uds_assert_heard(rig, "SetPP=\"2.0.0\"");
    uds_say(rig, "<Limits seq='5'/>");
    uds_assert_heard(rig, "records=\"20\"");
    uds_say(rig, "<SetSARI seq='6' sari='1F10187327'/>");
    uds_assert_heard(rig, "<SetSARIResp seq=\"6\" errCode=\"EForbidden\"");
    uds_say(rig, "<GetFile seq='7' filename=':x'/>");
    uds_assert_heard(rig, "errCode=");
    uds_rig_done(rig);
}

static void the_clock_of_the_remote_is_measured_and_corrected(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_uds_info info;
    uint64_t id;
    char text[200];
    struct mom_view *view;

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<Ping seq='5' timeStamp='1700000060'/>");
    uds_assert_heard(rig, "<PingResp seq=\"5\" timeStamp=\"1700000000\"");
    mom_uds_get_info(rig->link, &info);
    assert_true(info.clock_known);
    assert_in_range(info.clock_offset_ms, 60000, 61000);
    assert_non_null(strstr(rig->log, "clock differs by"));
    uds_say(rig, "<CreatePPUser seq='6'><user num='4711' name='Anna' "
                 "timeStampAdmin='1700000050'/></CreatePPUser>");
    id = find(rig, MOM_USER_num, "4711");
    view = net_view(rig->net, 0);
    assert_in_range(mom_record_stamp(mom_view_record(view, id), MOM_USER_name).ms, 1699999989000,
                    1699999990000);
    mom_view_close(view);
    /* and our times are told as its clock has them */
    snprintf(text, sizeof text, "timeStampAdmin=\"%d\"", 1700000050);
    uds_assert_heard(rig, text);
    uds_rig_done(rig);
}

/* --- lists ---------------------------------------------------------------------------------------- */

static void lists_are_read_by_pages_with_gaps(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t ids[50];
    char num[8];

    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(num, sizeof num, "%d", 5000 + i);
        ids[i] = add_user(rig, num, "somebody");
    }
    uds_connect(rig);
    for (int i = 3; i < 30; i++) {
        net_delete(rig->net, 0, ids[i]);
        uds_run(rig);
    }
    uds_say_only(rig, "<GetPPUser seq='5' uid='0' maxRecords='20'/>");
    uds_say_only(rig, "<GetPPUser seq='6' uid='21' maxRecords='20'/>");
    uds_say(rig, "<GetPPUser seq='7' uid='41' maxRecords='20'/>");
    uds_assert_heard(rig, "<GetPPUserResp seq=\"5\"><user uid=\"1\"");
    assert_int_equal(uds_count_heard(rig, "<user uid="), 20 + 20 + 10);
    uds_assert_silence(rig, "errCode");
    uds_say(rig, "<GetPPUser seq='8' uid='51' maxRecords='20'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_say(rig, "<GetPPUser seq='9' uid='4' maxRecords='0'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_say(rig, "<GetPPUser seq='9' uid='31'/>");
    uds_assert_heard(rig, "<user uid=\"31\"");
    uds_say(rig, "<GetPPUserSummary seq='10'/>");
    uds_assert_heard(rig, "nRecords=\"23\" uidFirst=\"1\"");
    uds_say(rig, "<GetPPUserByNumber seq='11' num='5040'/>");
    uds_assert_heard(rig, "num=\"5040\"");
    uds_say(rig, "<GetPPUserByNumber seq='12' num='1'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_say(rig, "<GetPPDevByIPEI seq='13' ipei=''/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_rig_done(rig);
}

static void a_page_shows_a_record_with_relation_times_and_secrets(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user = add_user(rig, "4711", "Anna"), device = add_device(rig, UDS_IPEI1);

    (void)state;
    net_change(rig->net, 0, MOM_USER, user, "sipPw", "Phush", "pin", "", NULL);
    net_bind(rig->net, 0, user, device);
    uds_connect(rig);
    uds_say_only(rig, "<GetPPDev seq='5' ppn='1' maxRecords='0'/>");
    uds_say(rig, "<GetPPUser seq='6' uid='1' maxRecords='0'/>");
    uds_assert_heard(rig, "<pp ppn=\"1\" ipei=\"" UDS_IPEI1 "\"");
    uds_assert_heard(rig, "relType=\"Dynamic\" uid=\"1\"");
    uds_assert_heard(rig, "relType=\"Dynamic\" ppn=\"1\"");
    uds_assert_heard(rig, "sipPw=\"enc:C0FF:hush\"");
    uds_assert_heard(rig, "pin=\"\"");
    uds_assert_heard(rig, "uak=\"00112233445566778899AABBCCDDEEFF\"");
    uds_assert_heard(rig, "timeStampAdmin=\"17000000");
    uds_assert_heard(rig, "timeStampSubscription=\"17000000");
    uds_rig_done(rig);
}

static void secrets_are_told_with_the_remotes_key_when_it_is_known(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);
    uint64_t user;
    struct mom_uds_info info;

    (void)state;
    rig->config.remote_key.modulus = (struct axi_str){"BEEF0123", 8};
    rig->config.remote_key.exponent = (struct axi_str){"3", 1};
    uds_start(rig);
    user = add_user(rig, "4711", "Anna");
    net_change(rig->net, 0, MOM_USER, user, "sipPw", "Phush", "pin", "K0123456789ABCDEFxxxx", NULL);
    uds_connect(rig);
    uds_say(rig, "<GetPPUser seq='6' uid='1' maxRecords='0'/>");
    uds_assert_heard(rig, "sipPw=\"enc:BEEF:hush\"");
    uds_assert_silence(rig, " pin=");
    mom_uds_get_info(rig->link, &info);
    assert_int_equal(info.secrets_unusable, 2); /* in the list before, and now */
    uds_say(rig, "<SetPPUser seq='7'><user uid='1' sipPw='enc:C0FF:louder'/></SetPPUser>");
    uds_assert_heard(rig, "<SetPPUserResp seq=\"7\"><user uid=\"1\"");
    assert_string_equal(value(rig, user, MOM_USER_sipPw), "Plouder");
    uds_rig_done(rig);
}

/* --- uploads -------------------------------------------------------------------------------------- */

static void what_the_remote_has_alone_is_made_and_answered_whole(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user, device;

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<SetPP seq='5'><pp ppn='0' ipei='" UDS_IPEI1 "' s='Yes' relType='Dynamic' uid='0'"
                 " newer='thing'/><user uid='0' num='4711' name='Anna' relType='Dynamic' ppn='0'/>"
                 "</SetPP>");
    uds_assert_heard(rig, "<SetPPResp seq=\"5\"><pp ppn=\"1\" ipei=\"" UDS_IPEI1 "\"");
    uds_assert_heard(rig, "newer=\"thing\"");
    uds_assert_heard(rig, "relType=\"Dynamic\" uid=\"1\"");
    uds_assert_heard(rig, "relType=\"Dynamic\" ppn=\"1\"");
    user = find(rig, MOM_USER_num, "4711");
    device = find(rig, MOM_DEVICE_ipei, UDS_IPEI1);
    assert_true(user && device);
    assert_int_equal(net_partner(rig->net, 0, user), device);
    uds_say(rig, "<CreatePPDev seq='6'><pp ipei='" UDS_IPEI2 "'/></CreatePPDev>");
    uds_assert_heard(rig, "<CreatePPDevResp seq=\"6\"><pp ppn=\"2\"");
    uds_say(rig, "<CreatePPDev seq='7'><pp ipei='" UDS_IPEI2 "'/></CreatePPDev>");
    uds_assert_heard(rig, "<CreatePPDevResp seq=\"7\" errCode=\"EExist\" bad=\"pp\"");
    uds_say(rig, "<CreatePPUser seq='8'><user num='4711'/></CreatePPUser>");
    uds_assert_heard(rig, "errCode=\"EExist\" bad=\"user\"");
    uds_say(rig, "<CreatePPUser seq='9'><user name='nobody'/></CreatePPUser>");
    uds_assert_heard(rig, "errCode=\"EMissing\" bad=\"user\"");
    uds_say(rig, "<SetPP seq='10'/>");
    uds_assert_heard(rig, "errCode=\"EMissing\"");
    uds_say(rig, "<CreateFixedPP seq='11'><user num='4712' name='Bert' relType='Fixed'/>"
                 "<pp ipei='' relType='Fixed'/></CreateFixedPP>");
    uds_assert_heard(rig, "<CreateFixedPPResp seq=\"11\"><pp ppn=\"3\"");
    uds_assert_heard(rig, "relType=\"Fixed\" uid=\"2\"");
    uds_rig_done(rig);
}

static void a_change_of_the_remote_is_taken_field_by_field(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user = add_user(rig, "4711", "Anna");

    (void)state;
    uds_connect(rig);
    uds_wait(rig, 60000);
    uds_say(rig, "<SetPPUser seq='5'><user uid='1' name='Anne' timeStampAdmin='1700000058'/>"
                 "</SetPPUser>");
    uds_assert_heard(rig, "<SetPPUserResp seq=\"5\"><user uid=\"1\" num=\"4711\" name=\"Anne\"");
    assert_string_equal(value(rig, user, MOM_USER_name), "Anne");
    uds_assert_silence(rig, "EventPPCnf");
    uds_say(rig, "<SetPPUser seq='6'><user uid='9' name='Nobody'/></SetPPUser>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\" bad=\"user\"");
    uds_say(rig, "<SetPPUser seq='7'><user name='Nobody'/></SetPPUser>");
    uds_assert_heard(rig, "errCode=\"EMissing\" bad=\"user\"");
    uds_rig_done(rig);
}

static void what_is_older_than_ours_is_answered_with_what_is_true(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user = add_user(rig, "4711", "Anna");
    struct mom_uds_info info;

    (void)state;
    uds_connect(rig);
    uds_wait(rig, 60000);
    net_change(rig->net, 0, MOM_USER, user, "name", "Anne", NULL);
    uds_run(rig);
    uds_say(rig, "<SetPPUser seq='5'><user uid='1' name='Annabel' timeStampAdmin='1700000030'/>"
                 "</SetPPUser>");
    uds_assert_heard(rig, "name=\"Anne\"");
    assert_string_equal(value(rig, user, MOM_USER_name), "Anne");
    mom_uds_get_info(rig->link, &info);
    assert_int_equal(info.ignored, 1);
    uds_rig_done(rig);
}

static void a_number_of_somebody_else_comes_back_as_an_event(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    add_user(rig, "4711", "Anna");
    add_user(rig, "4712", "Bert");
    uds_connect(rig);
    uds_wait(rig, 60000);
    uds_say(rig, "<SetPPUser seq='5'><user uid='2' num='4711'/></SetPPUser>");
    uds_assert_heard(rig, "<SetPPUserResp seq=\"5\"><user uid=\"2\" num=\"4712\"");
    uds_assert_heard(rig, "<EventPPCnf><user uid=\"2\"");
    assert_true(strstr(rig->heard, "<SetPPUserResp") < strstr(rig->heard, "<EventPPCnf"));
    uds_rig_done(rig);
}

static void changes_are_pipelined_and_lists_wait_for_them(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    char text[120];

    (void)state;
    uds_connect(rig);
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text,
                 "<CreatePPUser seq='%d'><user num='%d' name='x'/></CreatePPUser>", i + 10,
                 6000 + i);
        uds_say_only(rig, text);
    }
    uds_say(rig, "<GetPPUser seq='500' uid='181' maxRecords='20'/>");
    assert_int_equal(uds_count_heard(rig, "<CreatePPUserResp"), 200);
    uds_assert_heard(rig, "<GetPPUserResp seq=\"500\"><user uid=\"181\"");
    uds_assert_silence(rig, "errCode");
    uds_rig_done(rig);
}

static void a_full_system_answers_that_there_is_no_room(void **state)
{
    struct mom_config config = {.limits = {.users = 2}};
    struct uds_rig *rig = uds_rig_new_with(&config);

    (void)state;
    uds_start(rig);
    uds_connect(rig);
    for (int i = 0; i < 3; i++)
        uds_say(rig, i == 0   ? "<CreatePPUser seq='5'><user num='1' name='a'/></CreatePPUser>"
                     : i == 1 ? "<CreatePPUser seq='6'><user num='2' name='b'/></CreatePPUser>"
                              : "<CreatePPUser seq='7'><user num='3' name='c'/></CreatePPUser>");
    uds_assert_heard(rig, "<CreatePPUserResp seq=\"7\" errCode=\"ENoMem\"");
    uds_rig_done(rig);
}

/* --- events --------------------------------------------------------------------------------------- */

static void changes_reach_a_remote_that_subscribed(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user, device;

    (void)state;
    uds_connect(rig);
    user = add_user(rig, "4711", "Anna");
    uds_assert_heard(rig, "<EventPPCnf><user uid=\"1\" num=\"4711\" name=\"Anna\"");
    uds_forget(rig);
    net_change(rig->net, 0, MOM_USER, user, "name", "Anne", NULL);
    uds_run(rig);
    uds_assert_heard(rig, "<EventPPCnf><user uid=\"1\"");
    uds_assert_heard(rig, "name=\"Anne\"");
    uds_assert_silence(rig, "num=");
    device = add_device(rig, UDS_IPEI1);
    uds_forget(rig);
    net_bind(rig->net, 0, user, device);
    uds_run(rig);
    uds_assert_heard(rig, "relType=\"Dynamic\" uid=\"1\"");
    uds_assert_heard(rig, "relType=\"Dynamic\" ppn=\"1\"");
    uds_forget(rig);
    net_bind(rig->net, 0, user, 0);
    uds_run(rig);
    uds_assert_heard(rig, "relType=\"Unbound\" uid=\"0\"");
    uds_forget(rig);
    net_delete(rig->net, 0, user);
    uds_run(rig);
    uds_assert_heard(rig, "<EventPPCnf deletedUser=\"1\"><user uid=\"1\" uidSec=\"0\"/>");
    uds_rig_done(rig);
}

static void a_deletion_of_the_remote_deletes_everywhere(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    add_user(rig, "4711", "Anna");
    add_user(rig, "4712", "Bert");
    add_device(rig, UDS_IPEI1);
    uds_connect(rig);
    uds_say(rig, "<DeletePPUser seq='5' uid='1'/>");
    uds_assert_heard(rig, "<DeletePPUserResp seq=\"5\"/>");
    uds_say(rig, "<DeletePPUser seq='6' num='4712'/>");
    uds_assert_heard(rig, "<DeletePPUserResp seq=\"6\"/>");
    uds_say(rig, "<DeletePPDev seq='7' ppn='1'/>");
    uds_assert_heard(rig, "<DeletePPDevResp seq=\"7\"/>");
    assert_int_equal(find(rig, MOM_USER_num, "4711") | find(rig, MOM_USER_num, "4712"), 0);
    assert_int_equal(find(rig, MOM_DEVICE_ipei, UDS_IPEI1), 0);
    uds_assert_silence(rig, "EventPPCnf");
    uds_say(rig, "<DeletePPUser seq='8' uid='1'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    /* a number is not given twice */
    add_user(rig, "4713", "Cleo");
    uds_assert_heard(rig, "<EventPPCnf><user uid=\"3\"");
    uds_rig_done(rig);
}

/* --- coming back ---------------------------------------------------------------------------------- */

static void a_reconnection_deletes_nothing_and_keeps_the_numbers(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user;

    (void)state;
    user = add_user(rig, "4711", "Anna");
    add_user(rig, "4712", "Bert");
    add_device(rig, UDS_IPEI1);
    uds_connect(rig);
    uds_close(rig);
    uds_assert_state(rig, MOM_UDS_LOST);
    uds_wait(rig, 60000);
    net_change(rig->net, 0, MOM_USER, user, "name", "Anne", NULL);
    add_user(rig, "4713", "Cleo");
    uds_login(rig);
    uds_say(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    uds_assert_heard(rig, "<user uid=\"1\" num=\"4711\" name=\"Anne\"");
    uds_assert_heard(rig, "<user uid=\"2\" num=\"4712\"");
    uds_assert_heard(rig, "<user uid=\"3\" num=\"4713\"");
    assert_int_equal(find(rig, MOM_USER_num, "4711"), user);
    assert_int_equal(rig->net->nodes[0].conflicts, 0);
    uds_rig_done(rig);
}

static void numbers_are_not_given_again_after_a_restart(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t last;

    (void)state;
    add_user(rig, "4711", "Anna");
    last = add_user(rig, "4712", "Bert");
    uds_connect(rig);
    net_delete(rig->net, 0, last);
    uds_run(rig);
    uds_close(rig);
    mom_uds_free(rig->link);
    rig->link = NULL;
    net_crash(rig->net, 0);
    uds_start(rig);
    uds_connect(rig);
    add_user(rig, "4713", "Cleo");
    assert_in_range(uds_number(rig, "num=\"4713\"", "uid"), 3, 40);
    uds_rig_done(rig);
}

static void what_was_deleted_meanwhile_is_told_once_the_remote_listens(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user;

    (void)state;
    user = add_user(rig, "4711", "Anna");
    uds_connect(rig);
    uds_close(rig);
    net_delete(rig->net, 0, user);
    uds_run(rig);
    uds_login(rig);
    uds_assert_silence(rig, "deletedUser");
    uds_say(rig, UDS_SUBSCRIBE);
    uds_assert_heard(rig, "<EventPPCnf deletedUser=\"1\"><user uid=\"1\" uidSec=\"0\"/>");
    uds_say(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_rig_done(rig);
}

static void a_remote_that_never_listens_is_not_waited_for(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct mom_site_info info;
    uint64_t user;

    (void)state;
    user = add_user(rig, "4711", "Anna");
    uds_connect(rig);
    uds_close(rig);
    net_delete(rig->net, 0, user);
    uds_run(rig);
    uds_login(rig);
    uds_say(rig, "<GetPPUser seq='4' uid='0' maxRecords='20'/>");
    uds_assert_heard(rig, "errCode=\"ENoEnt\"");
    uds_wait(rig, 30000);
    assert_true(mom_engine_site(rig->net->nodes[0].engine, UDS_SITE, &info));
    assert_int_equal(info.pending, 0);
    assert_int_equal(info.users, 0);
    uds_rig_done(rig);
}

/* The remote changed the name and somebody else the description, while the link was down: it uploads all of its
 * administered fields. */
static void fields_that_it_did_not_touch_undo_nothing(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user;

    (void)state;
    user = net_change(rig->net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", "hierarchy1", "old",
                      NULL);
    uds_connect(rig);
    uds_wait(rig, 10000);
    uds_close(rig);
    uds_wait(rig, 10000);
    net_change(rig->net, 0, MOM_USER, user, "hierarchy1", "new", "hierarchy2", "set here", NULL);
    uds_run(rig);
    uds_wait(rig, 100000);
    uds_connect(rig);
    uds_say(rig, "<SetPPUser seq='5'><user uid='1' num='4711' name='Anne' hierarchy1='old' "
                 "hierarchy2='' sosNum='112' "
                 "timeStampAdmin='1700000100'/></SetPPUser>");
    assert_string_equal(value(rig, user, MOM_USER_name), "Anne");
    assert_string_equal(value(rig, user, MOM_USER_hierarchy1), "new");
    uds_assert_heard(rig, "hierarchy1=\"new\"");
    assert_string_equal(value(rig, user, MOM_USER_hierarchy2), "set here");
    assert_string_equal(value(rig, user, MOM_USER_sosNum), "112");
    /* once it is connected it may put a value back */
    uds_wait(rig, 100000);
    uds_say(rig, "<SetPPUser seq='6'><user uid='1' hierarchy1='old' timeStampAdmin='1700000219'/>"
                 "</SetPPUser>");
    assert_string_equal(value(rig, user, MOM_USER_hierarchy1), "old");
    uds_rig_done(rig);
}

/* The only conflict there is, with both sides of it, and the group that was not disputed is in none. */
static void assert_listed(struct uds_rig *rig, bool theirs)
{
    struct mom_view *view = net_view(rig->net, 0);
    struct mom_conflict c = {.sequence = 0};

    assert_true(mom_view_next_conflict(view, 0, &c));
    assert_int_equal(c.group, MOM_USER_name);
    assert_int_equal(c.from, UDS_SITE);
    assert_int_equal(c.theirs_won, theirs);
    assert_int_equal(c.rule.len, 5);
    assert_memory_equal(c.rule.ptr, "later", 5);
    assert_true(mom_conflict_check(&c));
    assert_false(mom_view_next_conflict(view, c.sequence, &c));
    mom_view_close(view);
}

/* Both changed the name while the link was down. */
static void a_field_that_both_changed_is_a_conflict(void **state)
{
    for (int later = 0; later < 2; later++) {
        struct uds_rig *rig = uds_rig_new();
        uint64_t user = add_user(rig, "4711", "Anna");
        struct mom_uds_info info;
        char text[200];

        uds_connect(rig);
        uds_wait(rig, 10000);
        uds_close(rig);
        uds_wait(rig, 50000);
        net_change(rig->net, 0, MOM_USER, user, "name", "Here", NULL);
        uds_run(rig);
        uds_wait(rig, 50000);
        uds_connect(rig);
        snprintf(text, sizeof text,
                 "<SetPPUser seq='5'><user uid='1' sosNum='112' name='There' "
                 "timeStampAdmin='%d'/></SetPPUser>",
                 later ? 1700000090 : 1700000030);
        uds_say(rig, text);
        assert_string_equal(value(rig, user, MOM_USER_name), later ? "There" : "Here");
        mom_uds_get_info(rig->link, &info);
        assert_int_equal(info.collisions, 1);
        assert_int_equal(info.ignored, 0);
        assert_string_equal(value(rig, user, MOM_USER_sosNum), "112");
        assert_listed(rig, later);
        uds_assert_heard(rig, later ? "name=\"There\"" : "name=\"Here\"");
        assert_non_null(strstr(rig->log, "uid 1: name was changed at both sides"));
        uds_rig_done(rig);
    }
    (void)state;
}

/* The remote tells the relation that it knows: once with the time that it had, once with that of another change. */
static void a_relation_that_was_ended_here_stays_ended(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    uint64_t user = add_user(rig, "4711", "Anna"), device = add_device(rig, UDS_IPEI1);

    (void)state;
    net_bind(rig->net, 0, user, device);
    uds_connect(rig);
    uds_wait(rig, 10000);
    uds_close(rig);
    uds_wait(rig, 10000);
    net_bind(rig->net, 0, user, 0);
    uds_run(rig);
    uds_wait(rig, 100000);
    uds_connect(rig);
    uds_say(rig,
            "<SetPP seq='5'><pp ppn='1' relType='Dynamic' uid='1' encrypt='1' "
            "timeStampRelation='1700000000' timeStampAdmin='1700000100'/>"
            "<user uid='1' relType='Dynamic' ppn='1' timeStampRelation='1700000000'/></SetPP>");
    uds_assert_heard(rig, "relType=\"Unbound\" uid=\"0\"");
    assert_int_equal(net_partner(rig->net, 0, user), 0);
    assert_string_equal(value(rig, device, MOM_DEVICE_encrypt), "1");
    uds_say(rig, "<SetPP seq='6'><pp ppn='1' relType='Dynamic' uid='1' timeStamp='1700000100'/>"
                 "<user uid='1' relType='Dynamic' ppn='1' timeStamp='1700000100'/></SetPP>");
    assert_int_equal(net_partner(rig->net, 0, user), 0);
    assert_int_equal(net_partner(rig->net, 0, device), 0);
    /* as a change of now it counts */
    uds_say(rig, "<SetPP seq='7'><pp ppn='1' relType='Dynamic' uid='1'/>"
                 "<user uid='1' relType='Dynamic' ppn='1'/></SetPP>");
    assert_int_equal(net_partner(rig->net, 0, user), device);
    uds_rig_done(rig);
}

static void unknown_attributes_are_merged_like_fields(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<CreatePPUser seq='5'><user num='4711' name='Anna' odd='1' "
                 "timeStampAdmin='1700000000'/></CreatePPUser>");
    uds_assert_heard(rig, "odd=\"1\"");
    uds_wait(rig, 60000);
    uds_say(rig,
            "<SetPPUser seq='6'><user uid='1' odd='2' timeStampAdmin='1700000060'/></SetPPUser>");
    uds_assert_heard(rig, "odd=\"2\"");
    uds_say(rig,
            "<SetPPUser seq='7'><user uid='1' odd='3' timeStampAdmin='1700000030'/></SetPPUser>");
    uds_assert_heard(rig, "odd=\"2\"");
    uds_rig_done(rig);
}

static void the_park_of_the_central_omm_is_shown_when_it_is_known(void **state)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);

    (void)state;
    rig->config.central = UDS_SITE;
    rig->config.key = (struct axi_public_key){{NULL, 0}, {NULL, 0}};
    uds_start(rig);
    uds_login(rig);
    uds_say(rig, "<GetPARK seq='2'/>");
    uds_assert_heard(rig, "park=\"" UDS_PARK "\"");
    uds_say(rig, "<GetPublicKey seq='3'/>");
    uds_assert_heard(rig, "errCode=\"EFailed\"");
    uds_rig_done(rig);
}

static void settings_that_are_nonsense_are_passed_over(void **state)
{
    static const char *const names[] = {"uds.10001.uid", "uds.10001.ppn", "uds.10001.contact"};
    static const char *const values[] = {"99999999999", "many", "1234567890123456789012"};
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct mom_input in = {
            .kind = MOM_IN_SETTING, .name = NS(names[i]), .value = NS(values[i])};

        assert_int_equal(mom_batch_add(rig->batch, &in), MOM_OK);
    }
    uds_run(rig);
    uds_connect(rig);
    add_user(rig, "4711", "Anna");
    uds_assert_heard(rig, "<EventPPCnf><user uid=\"1\"");
    add_device(rig, UDS_IPEI1);
    uds_assert_heard(rig, "<EventPPCnf><pp ppn=\"1\"");
    uds_rig_done(rig);
}

static void a_disabled_link_takes_nobody(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    uds_enable(rig, false);
    uds_run(rig);
    uds_assert_state(rig, MOM_UDS_DISABLED);
    assert_true(rig->wants_close);
    uds_close(rig);
    uds_open(rig);
    assert_false(mom_uds_is_open(rig->link));
    uds_enable(rig, true);
    uds_assert_state(rig, MOM_UDS_WAITING);
    uds_connect(rig);
    uds_rig_done(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_password_is_refused_and_the_version_told),
        cmocka_unit_test(another_protocol_version_is_refused_until_it_matches),
        cmocka_unit_test(an_application_is_no_remote),
        cmocka_unit_test(nothing_is_served_before_the_login),
        cmocka_unit_test(a_park_of_another_length_is_refused_with_its_reason),
        cmocka_unit_test(a_second_open_is_refused_and_the_session_goes_on),
        cmocka_unit_test(the_host_learns_who_connects),
        cmocka_unit_test(the_host_asks_whether_an_account_fits_and_nothing_changes),
        cmocka_unit_test(a_connection_is_handed_over_by_the_link_between_nodes),
        cmocka_unit_test(park_sari_versions_and_limits_are_told),
        cmocka_unit_test(the_clock_of_the_remote_is_measured_and_corrected),
        cmocka_unit_test(lists_are_read_by_pages_with_gaps),
        cmocka_unit_test(a_page_shows_a_record_with_relation_times_and_secrets),
        cmocka_unit_test(secrets_are_told_with_the_remotes_key_when_it_is_known),
        cmocka_unit_test(what_the_remote_has_alone_is_made_and_answered_whole),
        cmocka_unit_test(a_change_of_the_remote_is_taken_field_by_field),
        cmocka_unit_test(what_is_older_than_ours_is_answered_with_what_is_true),
        cmocka_unit_test(a_number_of_somebody_else_comes_back_as_an_event),
        cmocka_unit_test(changes_are_pipelined_and_lists_wait_for_them),
        cmocka_unit_test(a_full_system_answers_that_there_is_no_room),
        cmocka_unit_test(changes_reach_a_remote_that_subscribed),
        cmocka_unit_test(a_deletion_of_the_remote_deletes_everywhere),
        cmocka_unit_test(a_reconnection_deletes_nothing_and_keeps_the_numbers),
        cmocka_unit_test(numbers_are_not_given_again_after_a_restart),
        cmocka_unit_test(what_was_deleted_meanwhile_is_told_once_the_remote_listens),
        cmocka_unit_test(a_remote_that_never_listens_is_not_waited_for),
        cmocka_unit_test(fields_that_it_did_not_touch_undo_nothing),
        cmocka_unit_test(a_field_that_both_changed_is_a_conflict),
        cmocka_unit_test(a_relation_that_was_ended_here_stays_ended),
        cmocka_unit_test(unknown_attributes_are_merged_like_fields),
        cmocka_unit_test(the_park_of_the_central_omm_is_shown_when_it_is_known),
        cmocka_unit_test(settings_that_are_nonsense_are_passed_over),
        cmocka_unit_test(a_disabled_link_takes_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
