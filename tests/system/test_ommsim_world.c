/*
 * The simulated world: sites restart, phones roam, an operator makes things happen over the control socket, sites
 * misbehave; and one session over TLS.
 */
#include "sim_client.h"

#include <com/conn.h>
#include <com/loop.h>

/* --- SARI, control, roaming ------------------------------------------------------------------------------ */

static void wait_for_login(struct client *c, int port)
{
    int64_t limit = sim_ms() + SIM_WAIT_S * 1000;
    while (!client_try(c, port))
        assert_true(sim_ms() < limit);
    assert_absent(client_ask(c, OPEN_SYNC), "errCode");
}

static void a_new_sari_restarts_the_site(void **state)
{
    (void)state;
    struct sim sim;
    struct client c, other;
    sim_start(&sim, "--plain", "--users", "10", "--restart-delay", "100", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_login(&other, sim.ports[1], OPEN_PLAIN);
    assert_attr(client_ask(&c, "<GetSARI/>"), "sari", "0000000000");
    assert_attr(client_ask(&c, "<SetSARI sari=\"1F10288000\"/>"), "sari", "1F10288000");
    client_is_dropped(&c);
    client_is_dropped(&other);
    client_close(&c);
    client_close(&other);
    wait_for_login(&c, sim.ports[1]);
    assert_attr(client_ask(&c, "<GetSARI/>"), "sari", "1F10288000");
    assert_attr(client_ask(&c, "<GetPPUserSummary/>"), "nRecords", "10");
    assert_attr(client_ask(&c, "<GetPPUserSummary/>"), "nSipRegistration", "9");
    assert_absent(client_ask(&c, "<SetSARI sari=\"1F10288000\"/>"), "errCode");
    client_is_silent(&c); /* the same one: no restart */
    client_close(&c);
    sim_stop(&sim);
}

static void a_mom_has_control_while_it_is_there(void **state)
{
    (void)state;
    struct sim sim;
    struct client mom, admin;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&admin, sim.ports[1], OPEN_PLAIN);
    client_ask(&admin, "<Subscribe><e cmd=\"On\" eventType=\"SystemState\"/></Subscribe>");
    assert_attr(client_ask(&admin, "<SetDevAutoCreate enable=\"1\"/>"), "enable", "1");
    assert_attr(client_ask(&admin, "<SetMOMControlState enable=\"1\"/>"), "errCode", "EForbidden");
    client_login(&mom, sim.ports[1], OPEN_SYNC);
    assert_absent(client_ask(&mom, "<SetMOMControlState enable=\"1\"/>"), "errCode");
    assert_attr(client_event(&admin, AXI_T_EventMOMControlState), "enable", "1");
    assert_attr(client_ask(&admin, "<GetDevAutoCreate/>"), "enable", "0");
    struct axi_elem *out = client_ask(&admin, "<SetDevAutoCreate enable=\"1\"/>");
    assert_attr(out, "errCode", "EForbidden");
    client_close(&mom);
    assert_attr(client_event(&admin, AXI_T_EventMOMControlState), "enable", "0");
    assert_attr(client_ask(&admin, "<GetMOMControlState/>"), "enable", "0");
    assert_attr(client_ask(&admin, "<GetDevAutoCreate/>"), "enable", "1");
    client_close(&admin);
    sim_stop(&sim);
}

static void take_control(struct client *c, int port)
{
    client_login(c, port, OPEN_SYNC);
    assert_absent(client_ask(c, SUBSCRIBE_ALL), "errCode");
    assert_absent(client_ask(c, "<SetMOMControlState enable=\"1\"/>"), "errCode");
}

static void the_newest_mom_has_control(void **state)
{
    (void)state;
    struct sim sim;
    struct client old, new;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    take_control(&old, sim.ports[1]);
    take_control(&new, sim.ports[1]);
    assert_attr(client_event(&old, AXI_T_EventMOMControlState), "enable", "0");
    assert_attr(client_ask(&old, "<PPSIPRegister uid=\"1\"/>"), "errCode", "EForbidden");
    client_close(&old);
    assert_absent(client_ask(&new, "<PPSIPRegister uid=\"1\"/>"), "errCode");
    client_close(&new);
    sim_stop(&sim);
}

/* What a hub does when site 2 asks for a phone: its device and user, bound. */
static void hand_over(struct client *to, const struct axi_elem *dev)
{
    char request[1024];
    struct axi_str ipei = axi_get_named(dev, "ipei"), uak = axi_get_named(dev, "uak");
    snprintf(request, sizeof request,
             "<CreatePPDev><pp ipei=\"%.*s\" uak=\"%.*s\" s=\"Yes\" relType=\"Unbound\""
             " autoCreate=\"0\"/></CreatePPDev>",
             (int)ipei.len, ipei.ptr, (int)uak.len, uak.ptr);
    struct axi_elem *out = client_ask(to, request);
    assert_absent(out, "errCode");
    int64_t ppn = axi_get_int_or(axi_first_child(out, "pp"), AXI_A_ppn, 0);
    out = client_ask(to, "<CreatePPUser><user num=\"20001\" sipPw=\"pw\"/></CreatePPUser>");
    int64_t uid = axi_get_int_or(axi_first_child(out, "user"), AXI_A_uid, 0);
    snprintf(request, sizeof request,
             "<SetPP><pp ppn=\"%lld\" relType=\"Dynamic\" uid=\"%lld\"/>"
             "<user uid=\"%lld\" relType=\"Dynamic\" ppn=\"%lld\"/></SetPP>",
             (long long)ppn, (long long)uid, (long long)uid, (long long)ppn);
    assert_absent(client_ask(to, request), "errCode");
}

static void a_phone_roams_with_the_help_of_a_mom(void **state)
{
    (void)state;
    struct sim sim;
    struct client first, second;
    sim_start(&sim, "--plain", "--sites", "2", "--users", "10", NULL);
    take_control(&first, sim.ports[1]);
    take_control(&second, sim.ports[2]);
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[1]");
    sim_do(&sim, "locate 20001 2");
    struct axi_elem *event = client_event(&second, AXI_T_EventDECTLocate);
    assert_absent(event, "ppn");
    assert_non_null(axi_get_named(event, "subscriptionId").ptr);
    sim_until(&sim, "where 20001 --json", "\"state\":\"waiting\"");
    struct axi_elem *out = client_ask(&first, "<GetPPDev ppn=\"1\"/>");
    hand_over(&second, axi_first_child(out, "pp"));
    sim_until(&sim, "where 20001 --json",
              "\"state\":\"served\",\"why\":\"\",\"registeredAt\":[1,2]");
    assert_absent(client_ask(&first, "<PPSIPDeregister uid=\"1\"/>"), "errCode");
    event = client_event(&first, AXI_T_EventPPSIPDeregistered);
    assert_attr(event, "uid", "1");
    assert_attr(event, "ppn", "1");
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[2]");
    assert_absent(client_ask(&second, "<PPSIPRegister ppn=\"999\" uid=\"1\"/>"), "errCode");
    /* It comes back to the site that still has the record: served at once, the hub hears of it. */
    sim_do(&sim, "locate 20001 1");
    event = client_event(&first, AXI_T_EventPPCnf);
    assert_non_null(axi_get_named(axi_first_child(event, "pp"), "timeStampRoaming").ptr);
    assert_attr(client_event(&first, AXI_T_EventDECTLocate), "ppn", "1");
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[1,2]");
    client_close(&first);
    client_close(&second);
    sim_stop(&sim);
}

static void renewals_are_counted(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "2", NULL);
    take_control(&c, sim.ports[1]);
    client_ask(&c, "<PPSIPRegister uid=\"1\"/>");
    client_ask(&c, "<PPSIPRegister uid=\"1\"/>");
    sim_until(&sim, "registrations 1 --json", "\"renewals\":2");
    client_ask(&c, "<SetPPUser><user uid=\"1\" sipPw=\"\"/></SetPPUser>");
    sim_until(&sim, "registrations 1 --json", "\"state\":\"rejected\"");
    client_close(&c);
    sim_stop(&sim);
}

static void a_refused_phone_has_no_service(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--sites", "2", "--users", "10", NULL);
    sim_do(&sim, "locate 20001 2"); /* nobody to ask */
    sim_until(&sim, "where 20001 --json", "\"state\":\"no service\"");
    take_control(&c, sim.ports[2]);
    client_event(&c, AXI_T_EventDECTLocate); /* it tries again */
    char text[128], request[256];
    struct axi_elem *event;
    sim_do(&sim, "locate 20001 2");
    event = client_event(&c, AXI_T_EventDECTLocate);
    struct axi_str ipei = axi_get_named(event, "ipei");
    snprintf(text, sizeof text, "%.*s", (int)ipei.len, ipei.ptr);
    snprintf(request, sizeof request, "<DECTLocateReject ipei=\"%s\"/>", text);
    assert_absent(client_ask(&c, request), "errCode");
    sim_until(&sim, "where 20001 --json", "refused");
    assert_attr(client_ask(&c, request), "errCode", "ENoEnt");
    client_close(&c);
    sim_stop(&sim);
}

/* --- control socket --------------------------------------------------------------------------------------- */

static void an_operator_changes_records(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    char text[4096];
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_ask(&c, SUBSCRIBE_ALL);
    sim_do(&sim, "edit 1 20002 'name=Z\xC3\xBCrich <1>' vip=true");
    struct axi_elem *user = axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user");
    assert_attr(user, "name", "Z\xC3\xBCrich <1>");
    sim_do(&sim, "create 1 user num=555 name=Local sipPw=x");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user"), "num", "555");
    sim_do(&sim, "create 1 device ipei=0307402202593");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "pp"), "ipei",
                "03074 0220259 3");
    sim_do(&sim, "bind 1 555 0307402202593");
    struct axi_elem *event = client_event(&c, AXI_T_EventPPCnf);
    assert_attr(axi_first_child(event, "pp"), "relType", "Dynamic");
    assert_attr(axi_first_child(event, "user"), "relType", "Dynamic");
    sim_until(&sim, "registrations", "555");
    sim_do(&sim, "unbind 1 555");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user"), "ppn", "0");
    sim_do(&sim, "delete 1 555");
    assert_attr(client_event(&c, AXI_T_EventPPCnf), "deletedUser", "1");
    assert_int_equal(sim_ctl(&sim, "edit 1 20001 num=20002", text, sizeof text), 1);
    assert_non_null(strstr(text, "EExist num"));
    assert_int_equal(sim_ctl(&sim, "delete 1 nobody", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "users 9", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "no-such-command", text, sizeof text), 2);
    assert_int_equal(sim_ctl(&sim, "users 1", text, sizeof text), 0);
    assert_non_null(strstr(text, "hierarchy1"));
    client_close(&c);
    sim_stop(&sim);
    assert_int_equal(sim_ctl(&sim, "sites", text, sizeof text), 3);
}

static void a_site_is_cut_and_healed(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "cut 1");
    client_is_dropped(&c);
    client_close(&c);
    assert_false(client_try(&c, sim.ports[1]));
    sim_do(&sim, "edit 1 20001 name=Apart");
    sim_do(&sim, "heal 1");
    client_login(&c, sim.ports[1], OPEN_SYNC);
    assert_attr(axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user"), "name", "Apart");
    sim_do(&sim, "restart 1 --down 50");
    client_is_dropped(&c);
    client_close(&c);
    wait_for_login(&c, sim.ports[1]);
    assert_attr(axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user"), "name", "Apart");
    client_close(&c);
    sim_stop(&sim);
}

static void a_site_can_be_slow_and_its_clock_wrong(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "slow 1 150");
    int64_t begin = sim_ms();
    client_send(&c, "<Ping seq=\"1\"/>");
    client_send(&c, "<Ping seq=\"2\"/>");
    assert_attr(axi_msg_root(client_next(&c)), "seq", "1");
    assert_true(sim_ms() - begin >= 140);
    assert_attr(axi_msg_root(client_next(&c)), "seq", "2");
    sim_do(&sim, "slow 1 0");
    sim_do(&sim, "clock 1 -3600");
    int64_t now = (int64_t)time(NULL) - 3600;
    struct axi_elem *out = client_ask(&c, "<Ping timeStamp=\"0\"/>");
    assert_in_range(axi_get_int_or(out, AXI_A_timeStamp, 0), now - 2, now + 10);
    out = client_ask(&c, "<SetPPUser><user uid=\"1\" name=\"n\"/></SetPPUser>");
    assert_in_range(axi_get_int_or(axi_first_child(out, "user"), AXI_A_timeStampAdmin, 0), now - 2,
                    now + 10);
    client_close(&c);
    sim_stop(&sim);
}

static void a_site_misbehaves_on_request(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    int error;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "fault 1 truncate");
    client_send(&c, "<GetPPUser uid=\"1\"/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_equal(error, AXI_EMALFORMED);
    assert_absent(client_ask(&c, "<Ping/>"), "errCode"); /* once */
    sim_do(&sim, "fault 1 garbage");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_not_equal(error, AXI_OK);
    while (client_next_or(&c, 100, &error) != NULL || error != AXI_OK) {
    }
    sim_do(&sim, "fault 1 unknown");
    client_send(&c, "<GetPPUser uid=\"1\"/>");
    struct axi_elem *root = axi_msg_root(client_next(&c));
    assert_true(axi_elem_name(root).len == strlen("EventFutureThing"));
    root = axi_msg_root(client_next(&c));
    assert_attr(axi_first_child(root, "user"), "futureMode", "sideways");
    sim_do(&sim, "fault 1 park 1F10288888");
    assert_attr(client_ask(&c, "<GetPARK/>"), "park", "1F10288888");
    sim_do(&sim, "fault 1 version 46");
    client_close(&c);
    client_connect(&c, sim.ports[1]);
    assert_attr(client_ask(&c, OPEN_SYNC), "protocolVersion", "46");
    sim_do(&sim, "fault 1 mute");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, 200, &error));
    sim_do(&sim, "fault 1 none");
    assert_absent(client_ask(&c, "<Ping/>"), "errCode");
    client_close(&c);
    sim_stop(&sim);
}

static void a_message_without_end_is_100_mb(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    int error;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "fault 1 oversize");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_equal(error, AXI_ETOOLONG);
    assert_absent(client_ask(&c, "<Ping seq=\"9\"/>"), "errCode");
    assert_true(axi_parser_stats(c.parser).bytes > 100 * 1024 * 1024);
    client_close(&c);
    sim_stop(&sim);
}

static void broken_requests_end_only_their_session(void **state)
{
    (void)state;
    struct sim sim;
    struct client good, bad;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&good, sim.ports[1], OPEN_PLAIN);
    client_login(&bad, sim.ports[1], OPEN_PLAIN);
    client_send(&bad, "<GetPPUser uid=");
    client_is_dropped(&bad);
    assert_absent(client_ask(&good, "<Ping/>"), "errCode");
    client_close(&good);
    client_close(&bad);
    sim_stop(&sim);
}

/* Records of all sites as text, without what is of today. */
static void dump_to(const struct sim *sim, char *text, size_t max)
{
    assert_int_equal(sim_ctl(sim, "users 1 --json", text, max / 2), 0);
    assert_int_equal(sim_ctl(sim, "devices 2 --json", text + strlen(text), max / 2), 0);
}

static void the_seed_makes_the_records(void **state)
{
    (void)state;
    static char texts[3][1 << 20];
    static const char *const seeds[] = {"7", "7", "8"};
    for (int i = 0; i < 3; i++) {
        struct sim sim;
        sim_start(&sim, "--plain", "--sites", "2", "--users", "100", "--seed", seeds[i],
                  "--permanent", "10", NULL);
        dump_to(&sim, texts[i], sizeof texts[i]);
        sim_stop(&sim);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[0], texts[2]);
    assert_non_null(strstr(texts[0], "\"permanent\":\"1\""));
}

static void records_can_be_as_full_as_they_get(void **state)
{
    (void)state;
    static char text[1 << 16];
    struct sim sim;
    sim_start(&sim, "--plain", "--users", "10", "--full-records", NULL);
    assert_int_equal(sim_ctl(&sim, "users 1 --json", text, sizeof text), 0);
    sim_stop(&sim);
    unsigned users = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1, users++) {
        *end = '\0';
        assert_non_null(strstr(line, "\"ppData\":\"UD_PpSettings1=melody:"));
        assert_null(strstr(line, "\"credentialPw\":\"\""));
        assert_in_range(strlen(line), 2000, 3000); /* the phone has the rest of 3 KB */
    }
    assert_int_equal(users, 10);
}

/* --- TLS -------------------------------------------------------------------------------------------------- */

struct over_tls {
    uv_loop_t loop;
    struct axi_parser *parser;
    int users;
    bool opened, closed;
};

static void tls_open(struct com_conn *conn)
{
    static const char requests[] =
        "<Open username=\"omm\" password=\"omm\"/>\0<GetPPUser uid=\"0\" maxRecords=\"20\"/>";
    struct over_tls *test = com_conn_user(conn);
    test->opened = true;
    com_conn_write(conn, requests, sizeof requests);
}

static void tls_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct over_tls *test = com_conn_user(conn);
    const char *data = (const char *)bytes;
    struct axi_msg *msg;
    while (axi_parser_next(test->parser, &data, &len, &msg) == AXI_OK && msg != NULL) {
        for (struct axi_elem *e = axi_first_child(axi_msg_root(msg), "user"); e != NULL;
             e = axi_next_sibling(e, "user"))
            test->users++;
        if (axi_msg_type(msg) == AXI_T_GetPPUserResp)
            com_conn_close(conn);
    }
}

static void tls_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    (void)code;
    (void)reason;
    ((struct over_tls *)com_conn_user(conn))->closed = true;
}

static void tls_is_spoken(void **state)
{
    (void)state;
    static const struct com_conn_ops ops = {
        .on_open = tls_open, .on_data = tls_data, .on_close = tls_close};
    struct sim sim;
    char error[256];
    sim_start(&sim, "--users", "50", NULL);
    struct over_tls test = {.parser = axi_parser_new(NULL)};
    uv_loop_init(&test.loop);
    struct com_tls_client_options tls_options = {.check = COM_TLS_CHECK_NONE};
    struct com_conn_options options = {.host = "127.0.0.1",
                                       .port = sim.ports[1],
                                       .tls = com_tls_client_new(&tls_options, error, sizeof error),
                                       .timeout_ms = SIM_WAIT_S * 1000};
    assert_non_null(options.tls);
    assert_non_null(com_conn_connect(&test.loop, &options, &ops, &test));
    while (!test.closed)
        uv_run(&test.loop, UV_RUN_ONCE);
    assert_true(test.opened);
    assert_int_equal(test.users, 20);
    com_tls_unref(options.tls);
    assert_int_equal(com_loop_finish(&test.loop, 1000), 0);
    axi_parser_free(test.parser);
    sim_stop(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_sari_restarts_the_site),
        cmocka_unit_test(a_mom_has_control_while_it_is_there),
        cmocka_unit_test(the_newest_mom_has_control),
        cmocka_unit_test(a_phone_roams_with_the_help_of_a_mom),
        cmocka_unit_test(renewals_are_counted),
        cmocka_unit_test(a_refused_phone_has_no_service),
        cmocka_unit_test(an_operator_changes_records),
        cmocka_unit_test(a_site_is_cut_and_healed),
        cmocka_unit_test(a_site_can_be_slow_and_its_clock_wrong),
        cmocka_unit_test(a_site_misbehaves_on_request),
        cmocka_unit_test(a_message_without_end_is_100_mb),
        cmocka_unit_test(broken_requests_end_only_their_session),
        cmocka_unit_test(the_seed_makes_the_records),
        cmocka_unit_test(records_can_be_as_full_as_they_get),
        cmocka_unit_test(tls_is_spoken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
