/*
 * The server's side of a session: what it answers by itself, what it refuses and how, what it leaves to the host and
 * when. Files are in test_server_file.c, memory and streams in test_server_stream.c.
 */
#include "axi/server_rig.h"

/* --- login ----------------------------------------------------------------------------------------- */

static void before_open_everything_is_refused(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_false(axi_server_is_open(rig.server));
    assert_answer(&rig, "<Ping seq=\"4\" timeStamp=\"5\"/>",
                  "<PingResp seq=\"4\" errCode=\"EPerm\" info=\"log in first\"/>");
    assert_answer(&rig, "<GetPPUser/>", "<GetPPUserResp errCode=\"EPerm\" info=\"log in first\"/>");
    assert_answer(&rig, "<Subscribe/>", "<SubscribeResp errCode=\"EPerm\" info=\"log in first\"/>");
    assert_answer(&rig, "<PutFile name=\":a\"/>",
                  "<PutFileResp errCode=\"EPerm\" info=\"log in first\"/>");
    assert_answer(&rig, "<DoSomething/>",
                  "<DoSomethingResp errCode=\"EPerm\" info=\"log in first\"/>");
    assert_sees(&rig, "(Ping:EPerm) (GetPPUser:EPerm) (Subscribe:EPerm) (PutFile:EPerm) "
                      "(DoSomething:EPerm) ");
    rig_done(&rig);
}

static void the_host_decides_about_a_login(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_answer(&rig, "<Open seq=\"1\" username=\"omm\" password=\"no\"/>",
                  "<OpenResp seq=\"1\" errCode=\"EAuth\"/>");
    assert_false(axi_server_is_open(rig.server));
    assert_answer(&rig, "<Open seq=\"2\" username=\"reader\" password=\"secret\"/>",
                  "<OpenResp seq=\"2\">" PERMISSION("AllCnfRead") "</OpenResp>");
    assert_true(axi_server_is_open(rig.server));
    assert_false(axi_server_is_sync(rig.server));
    assert_int_equal(axi_server_permissions(rig.server), AXI_MAY_AllCnfRead);
    assert_sees(&rig, "login login ");
    rig_done(&rig);
}

static void implied_permissions_are_granted_and_told(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    rig.decide_later = true;
    assert_int_equal(give(&rig, OPEN_SYNC), 0);
    axi_set_int(axi_server_accept(rig.server, AXI_MAY_AllCnfWrite | AXI_MAY_Messaging),
                AXI_A_protocolVersion, 45);
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    assert_sends(&rig, "<OpenResp protocolVersion=\"45\">" PERMISSION("AllCnfWrite")
                           PERMISSION("AllCnfRead") PERMISSION("InfoMessaging")
                               PERMISSION("Messaging") "</OpenResp>#");
    assert_true(axi_server_is_sync(rig.server));
    rig_done(&rig);
}

static void a_login_tells_the_host_what_it_said(void **state)
{
    (void)state;
    static const char open[] = "<Open username=\"u\" password=\"p\" protocolVersion=\"45\" "
                               "OMPClient=\"1\" UserDeviceSyncClient=\"true\"/>";
    const char *data = open;
    size_t len = sizeof open;
    struct axi_server_event event;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_true(axi_server_next(rig.server, rig.now, &data, &len, &event));
    assert_int_equal(event.kind, AXI_SERVER_LOGIN);
    assert_int_equal(event.type, AXI_T_Open);
    assert_str(event.login.username, "u");
    assert_str(event.login.password, "p");
    assert_true(event.login.sync && event.login.omp);
    assert_int_equal(event.login.protocol_version, 45);
    assert_int_equal(event.login.code, AXI_V_NOTHING);
    axi_server_refuse(rig.server, AXI_V_NOTHING);
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    assert_sends(&rig, "<OpenResp errCode=\"EAuth\"/>#");
    rig_done(&rig);
}

static void a_wrong_login_cannot_be_accepted(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_answer(&rig, "<Open username=\"omm\" password=\"secret\" protocolVersion=\"x\"/>",
                  "<OpenResp errCode=\"EInval\" bad=\"protocolVersion\"/>");
    assert_false(axi_server_is_open(rig.server));
    assert_int_equal(give(&rig, OPEN_READER), 0);
    free(taken(&rig));
    assert_answer(&rig, OPEN_SYNC, "<OpenResp errCode=\"EForbidden\"/>");
    assert_true(axi_server_is_open(rig.server));
    assert_false(axi_server_is_sync(rig.server));
    assert_int_equal(axi_server_permissions(rig.server), AXI_MAY_AllCnfRead);
    assert_sees(&rig, "login:EInval login login:EForbidden ");
    rig_done(&rig);
}

static void nothing_goes_on_before_the_login_is_decided(void **state)
{
    (void)state;
    static const char bytes[] = OPEN_OMM "\0<Ping seq=\"1\"/>";
    struct rig rig;
    rig_init(&rig, NULL);
    rig.decide_later = true;
    assert_int_equal(give_bytes(&rig, bytes, sizeof bytes), sizeof "<Ping seq=\"1\"/>");
    assert_int_equal(give_bytes(&rig, bytes + sizeof OPEN_OMM, 3), 3);
    assert_sees(&rig, "login ");
    assert_sends(&rig, "");
    axi_server_accept(rig.server, AXI_MAY_AllCnfRead);
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    assert_int_equal(give_bytes(&rig, bytes + sizeof OPEN_OMM, sizeof bytes - sizeof OPEN_OMM), 0);
    assert_sends(&rig, "<OpenResp>" PERMISSION("AllCnfRead") "</OpenResp>#<PingResp seq=\"1\"/>#");
    rig_done(&rig);
}

static void a_decision_without_a_login_is_misuse(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_non_null(axi_server_accept(rig.server, AXI_MAY_EVERYTHING));
    assert_int_equal(axi_server_send(rig.server), AXI_ESTATE);
    axi_set_cstr(axi_server_refuse(rig.server, AXI_V_EAuth), AXI_A_info, "x");
    assert_int_equal(axi_server_send(rig.server), AXI_ESTATE);
    assert_false(axi_server_is_open(rig.server));
    assert_sends(&rig, "");
    axi_server_free(NULL);
    rig_done(&rig);
}

/* --- requests -------------------------------------------------------------------------------------- */

static void ping_tells_the_time_when_asked(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_READER);
    assert_answer(&rig, "<Ping/>", "<PingResp/>");
    assert_answer(&rig, "<Ping seq=\"0\"/>", "<PingResp seq=\"0\"/>");
    assert_answer(&rig, "<Ping seq=\"9\" timeStamp=\"1\"/>",
                  "<PingResp seq=\"9\" timeStamp=\"1700000000\"/>");
    rig.now.wall_ms = 0;
    assert_answer(&rig, "<Ping timeStamp=\"1\"/>", "<PingResp/>");
    assert_sees(&rig, "(Ping) (Ping) (Ping) (Ping) ");
    rig_done(&rig);
}

static void what_differs_from_the_catalogue_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {"<Ping timeStamp=\"soon\"/>",
         "errCode=\"EInval\" info=\"the value does not have the form of "
         "its type\" bad=\"timeStamp\"/>"},
        {"<GetPPUser/>",
         "errCode=\"EMissing\" info=\"a required attribute is absent\" bad=\"uid\"/>"},
        {"<GetPPUser uid=\"x\" maxRecords=\"1\"/>",
         "errCode=\"EInval\" info=\"the value does not have "
         "the form of its type\" bad=\"uid\"/>"},
        {"<GetPPUserByNumber/>",
         "errCode=\"EMissing\" info=\"a required attribute is absent\" bad=\"num\"/>"},
        {"<CreatePPDev/>",
         "errCode=\"EMissing\" info=\"fewer elements of this name than required\" bad=\"pp\"/>"},
        {"<SetPPDev><pp ppn=\"1\" encrypt=\"perhaps\"/></SetPPDev>",
         "errCode=\"EInval\" info=\"the value does not have the form of its type\" "
         "bad=\"encrypt\"/>"},
        {"<SetPPDev><pp ppn=\"1\"/><pp ppn=\"2\"/></SetPPDev>",
         "errCode=\"EInval\" info=\"more elements of this name than allowed\" bad=\"pp\"/>"},
    };
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(give(&rig, rows[i].request), 0);
        char *answer = taken(&rig);
        assert_non_null(strstr(answer, " errCode="));
        char expected[256];
        snprintf(expected, sizeof expected, "%s#", rows[i].answer);
        assert_string_equal(strstr(answer, "errCode="), expected);
        free(answer);
    }
    assert_null(strstr(rig.log, "CreatePPDev ")); /* none reached the host */
    rig_done(&rig);
}

/* The length of a user's hierarchy1 is known, and counted in characters. */
static void too_long_names_the_length(void **state)
{
    (void)state;
    struct axi_field field;
    assert_true(axi_type_field(AXI_T_PPUserType, AXI_A_hierarchy1, &field));
    assert_int_equal(field.max, 16);
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    assert_answer(
        &rig, "<SetPPUser seq=\"3\"><user uid=\"1\" hierarchy1=\"12345678901234567\"/></SetPPUser>",
        "<SetPPUserResp seq=\"3\" errCode=\"ETooLong\" info=\"the value has more characters "
        "than allowed\" bad=\"hierarchy1\" maxLen=\"16\"/>");
    assert_answer(&rig,
                  "<SetPPUser><user uid=\"1\" hierarchy1=\"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
                  "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
                  "\xC3\xA4\xC3\xA4\"/></SetPPUser>",
                  "<SetPPUserResp/>");
    rig_done(&rig);
}

static void the_unknown_is_tolerated_and_hides_nothing(void **state)
{
    (void)state;
    struct rig rig;
    char request[4096] = "<GetPPUser";
    rig_open(&rig, NULL, OPEN_OMM);
    assert_answer(&rig, "<GetPPUser uid=\"1\" newest=\"thing\"><part/></GetPPUser>",
                  "<GetPPUserResp/>");
    assert_answer(&rig, "<Ping newest=\"thing\"/>", "<PingResp/>");
    assert_sees(&rig, "GetPPUser (Ping) ");
    for (unsigned i = 0; i < 100; i++)
        snprintf(request + strlen(request), sizeof request - strlen(request), " new%u=\"\"", i);
    size_t len = strlen(request);
    snprintf(request + len, sizeof request - len, " uid=\"x\"/>");
    assert_answer(
        &rig, request,
        "<GetPPUserResp errCode=\"EInval\" info=\"the value does not have the form of its "
        "type\" bad=\"uid\"/>");
    snprintf(request + len, sizeof request - len, " uid=\"1\"/>");
    assert_answer(&rig, request, "<GetPPUserResp/>");
    rig_done(&rig);
}

static void the_host_may_do_without_the_catalogue(void **state)
{
    (void)state;
    struct axi_server_options options = {.unchecked = true};
    struct rig rig;
    rig_init(&rig, &options);
    assert_int_equal(give(&rig, "<Open password=\"secret\" protocolVersion=\"x\"/>"), 0);
    free(taken(&rig));
    assert_answer(&rig, "<GetPPUser uid=\"x\"/>", "<GetPPUserResp/>");
    assert_answer(&rig, "<PutFile name=\":a\" offset=\"x\"/>",
                  "<PutFileResp errCode=\"EInval\" bad=\"offset\"/>");
    assert_answer(&rig, "<GetFile/>", "<GetFileResp errCode=\"EMissing\" bad=\"name\"/>");
    assert_sees(&rig, "login GetPPUser (PutFile:EInval) (GetFile:EMissing) ");
    rig_done(&rig);
}

static void requests_that_nobody_knows_are_the_hosts(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_READER);
    assert_answer(&rig, "<Frobnicate seq=\"7\" a=\"b\"/>", "<FrobnicateResp seq=\"7\"/>");
    assert_sees(&rig, "Frobnicate? ");
    rig_done(&rig);
}

static void answers_and_events_get_no_answer(void **state)
{
    (void)state;
    static const char *const strays[] = {"<PingResp/>", "<EventPPState ppn=\"1\"/>", "<FrobResp/>",
                                         "<EventFrob/>"};
    struct rig rig;
    rig_init(&rig, NULL);
    for (unsigned open = 0; open < 2; open++) {
        for (size_t i = 0; i < sizeof strays / sizeof strays[0]; i++)
            assert_int_equal(give(&rig, strays[i]), 0);
        assert_sees(&rig, "stray stray stray stray ");
        assert_sends(&rig, "");
        give(&rig, OPEN_OMM);
        free(taken(&rig));
        rig.log[0] = '\0';
    }
    assert_answer(&rig, "<Res/>", "<ResResp/>");
    rig_done(&rig);
}

static void what_is_no_message_is_told_and_the_link_goes_on(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_READER);
    assert_answer(&rig, "<Ping#<Ping seq=\"2\"/>", "<PingResp seq=\"2\"/>");
    assert_sees(&rig, "broken (Ping) ");
    assert_int_equal(axi_server_parse_error(rig.server)->code, AXI_EMALFORMED);
    assert_int_equal(axi_server_stats(rig.server).errors, 1);
    assert_int_equal(axi_server_stats(rig.server).messages, 2);
    /* A request of more than 64 KiB is none. */
    char *long_one = malloc((65 << 10) + 1);
    memset(long_one, 'x', 65 << 10);
    long_one[65 << 10] = '\0';
    assert_int_equal(give(&rig, long_one), 0);
    free(long_one);
    assert_sees(&rig, "broken ");
    assert_int_equal(axi_server_parse_error(rig.server)->code, AXI_ETOOLONG);
    rig_done(&rig);
}

static void each_request_needs_its_permission(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_READER);
    for (int t = AXI_T_NONE + 1; t < AXI_T_COUNT; t++) {
        enum axi_type type = (enum axi_type)t;
        if (axi_type_kind(type) != AXI_REQUEST || type == AXI_T_Open)
            continue;
        char request[128], refused[128];
        bool may = (axi_type_permission(type) & ~(unsigned)AXI_MAY_AllCnfRead) == 0;
        snprintf(request, sizeof request, "<%s/>", axi_type_name(type));
        snprintf(refused, sizeof refused,
                 "<%sResp errCode=\"EPerm\" info=\"the account may not do this\"/>#",
                 axi_type_name(type));
        give(&rig, request);
        char *answer = taken(&rig);
        assert_int_equal(strcmp(answer, refused) == 0, !may);
        free(answer);
        rig.log[0] = '\0';
    }
    rig_done(&rig);
}

static void an_answer_can_wait_and_others_go_before_it(void **state)
{
    (void)state;
    struct rig rig;
    struct axi_server_event event;
    struct axi_msg *copy = axi_msg_new(NULL);
    static const char bytes[] = "<GetPARK seq=\"1\"/>\0<Ping seq=\"2\"/>";
    const char *data = bytes;
    size_t len = sizeof bytes;
    rig_open(&rig, NULL, OPEN_OMM);
    assert_true(axi_server_next(rig.server, rig.now, &data, &len, &event));
    assert_int_equal(event.kind, AXI_SERVER_REQUEST);
    axi_set_int(axi_msg_start(copy, event.type), AXI_A_seq, 1);
    assert_int_equal(give_bytes(&rig, data, len), 0);
    axi_server_error(rig.server, copy, AXI_V_ETooLong, "park", "later", 10);
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    assert_int_equal(axi_server_send(rig.server), AXI_ESTATE); /* nothing was begun */
    assert_sends(&rig, "<PingResp seq=\"2\"/>#<GetPARKResp seq=\"1\" errCode=\"ETooLong\" "
                       "bad=\"park\" info=\"later\" maxLen=\"10\"/>#");
    axi_server_error(rig.server, copy, AXI_V_ENoEnt, NULL, NULL, 0);
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    assert_sends(&rig, "<GetPARKResp seq=\"1\" errCode=\"ENoEnt\"/>#");
    axi_set_cstr(axi_server_answer(rig.server, copy), AXI_A_info, "\xFF");
    assert_int_equal(axi_server_send(rig.server), AXI_EUTF8);
    assert_sends(&rig, "");
    axi_msg_free(copy);
    rig_done(&rig);
}

/* --- events ---------------------------------------------------------------------------------------- */

static bool publish(struct rig *rig, const char *event)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    bool queued = axi_server_publish(rig->server, parse(parser, event));
    axi_parser_free(parser);
    return queued;
}

static void subscriptions_are_answered_and_kept(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_READER);
    assert_false(publish(&rig, "<EventHealthState/>"));
    assert_answer(&rig,
                  "<Subscribe seq=\"1\"><e cmd=\"On\" eventType=\"SystemState\"/></Subscribe>",
                  "<SubscribeResp seq=\"1\"/>");
    assert_true(publish(&rig, "<EventHealthState/>"));
    assert_sends(&rig, "<EventHealthState/>#");
    assert_answer(
        &rig,
        "<Subscribe seq=\"2\"><e cmd=\"Off\" eventType=\"SystemState\"/>"
        "<e cmd=\"On\" eventType=\"PPState\" ppn=\"-1\"/></Subscribe>",
        "<SubscribeResp seq=\"2\" errCode=\"EPerm\" bad=\"e\" info=\"nothing was changed\" "
        "eventType=\"PPState\"/>");
    assert_true(publish(&rig, "<EventHealthState/>"));
    free(taken(&rig));
    assert_answer(&rig, "<Subscribe/>",
                  "<SubscribeResp errCode=\"EMissing\" bad=\"e\" info=\"nothing was changed\"/>");
    assert_answer(&rig, "<Subscribe><e cmd=\"On\" eventType=\"Nonsense\"/></Subscribe>",
                  "<SubscribeResp errCode=\"EInval\" bad=\"e\" info=\"nothing was changed\" "
                  "eventType=\"Nonsense\"/>");
    assert_sees(&rig, "subscribed (Subscribe:EPerm) (Subscribe:EMissing) (Subscribe:EInval) ");
    struct axi_subscription sub;
    assert_true(axi_subscriptions_at(axi_server_subscriptions(rig.server), 0, &sub));
    assert_int_equal(sub.event, AXI_V_SystemState);
    rig_done(&rig);
}

static void records_come_in_pairs_to_sync_sessions_only(void **state)
{
    (void)state;
    for (unsigned sync = 0; sync < 2; sync++) {
        struct rig rig;
        rig_open(&rig, NULL, sync ? OPEN_SYNC : OPEN_OMM);
        assert_answer(&rig,
                      "<Subscribe><e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"-1\"/>"
                      "<e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"7\"/></Subscribe>",
                      "<SubscribeResp/>");
        assert_int_equal(publish(&rig, "<EventPPCnf><pp ppn=\"1\"/></EventPPCnf>"), sync);
        assert_int_equal(publish(&rig, "<EventPPCnf><user uid=\"7\"/></EventPPCnf>"), sync);
        assert_false(publish(&rig, "<EventPPCnf><user uid=\"8\"/></EventPPCnf>"));
        assert_int_equal(publish(&rig, "<EventPPDevCnf><pp ppn=\"1\"/></EventPPDevCnf>"), !sync);
        assert_int_equal(publish(&rig, "<EventPPUserCnf><user uid=\"7\"/></EventPPUserCnf>"),
                         !sync);
        rig_done(&rig);
    }
}

static void an_event_can_be_sent_unasked_to_an_open_session(void **state)
{
    (void)state;
    struct rig rig;
    struct axi_msg *event = axi_msg_new(NULL);
    axi_msg_start(event, AXI_T_EventPPSIPDeregistered);
    rig_init(&rig, NULL);
    assert_false(axi_server_notify(rig.server, event));
    assert_false(axi_server_publish(rig.server, event));
    give(&rig, OPEN_OMM);
    free(taken(&rig));
    assert_true(axi_server_notify(rig.server, event));
    assert_sends(&rig, "<EventPPSIPDeregistered/>#");
    axi_msg_reset(event);
    assert_false(axi_server_notify(rig.server, event));
    axi_msg_free(event);
    rig_done(&rig);
}

static void permissions_change_and_take_subscriptions_with_them(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    axi_server_permit(rig.server, AXI_MAY_Monitoring | AXI_MAY_Alerting);
    assert_sends(&rig, ""); /* it did not ask */
    assert_int_equal(axi_server_permissions(rig.server),
                     axi_permissions_with_implied(AXI_MAY_Monitoring | AXI_MAY_Alerting));
    assert_answer(&rig,
                  "<Subscribe><e cmd=\"On\" eventType=\"SystemState\"/>"
                  "<e cmd=\"On\" eventType=\"PPState\" ppn=\"-1\"/></Subscribe>",
                  "<SubscribeResp/>");
    assert_true(publish(&rig, "<EventPPState ppn=\"1\"/>"));
    free(taken(&rig));
    axi_server_permit(rig.server, AXI_MAY_AllCnfRead);
    assert_sends(&rig,
                 "<EventPermissionChange>" PERMISSION("AllCnfRead") "</EventPermissionChange>#");
    assert_false(publish(&rig, "<EventPPState ppn=\"1\"/>"));
    assert_true(publish(&rig, "<EventHealthState/>"));
    free(taken(&rig));
    axi_server_permit(rig.server, AXI_MAY_NOTHING);
    assert_sends(&rig, "<EventPermissionChange/>#"); /* the last one */
    assert_answer(&rig, "<GetPARK/>",
                  "<GetPARKResp errCode=\"EPerm\" info=\"the account may not do this\"/>");
    rig_done(&rig);
}

/* --- pages ----------------------------------------------------------------------------------------- */

static void pages_as_requests_ask_for_them(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int rc;
        int64_t first;
        unsigned count;
        bool exact;
    } rows[] = {
        {"<GetPPDev ppn=\"5\"/>", AXI_OK, 5, 1, true},
        {"<GetPPDev ppn=\"5\" maxRecords=\"0\"/>", AXI_OK, 5, 1, true},
        {"<GetPPDev ppn=\"0\" maxRecords=\"1\"/>", AXI_OK, 0, 1, false},
        {"<GetPPDev ppn=\"0\" maxRecords=\"20\"/>", AXI_OK, 0, 20, false},
        {"<GetPPDev ppn=\"0\" maxRecords=\"21\"/>", AXI_OK, 0, 20, false},
        {"<GetPPDev ppn=\"0\" maxRecords=\"9223372036854775807\"/>", AXI_OK, 0, 20, false},
        {"<GetPPDev ppn=\"0\" maxRecords=\"-1\"/>", AXI_EVALUE, 0, 0, false},
        {"<GetPPDev ppn=\"0\" maxRecords=\"x\"/>", AXI_EVALUE, 0, 0, false},
        {"<GetPPDev ppn=\"x\"/>", AXI_EVALUE, 0, 0, false},
        {"<GetPPDev maxRecords=\"1\"/>", AXI_EINVAL, 0, 0, false},
        {"<GetPPUser uid=\"5\"/>", AXI_OK, 5, 1, false},
        {"<GetPPUser uid=\"5\" maxRecords=\"0\"/>", AXI_OK, 5, 1, true},
        {"<GetRFP id=\"0\" maxRecords=\"3\"/>", AXI_OK, 0, 3, false},
        {"<Ping/>", AXI_EINVAL, 0, 0, false},
        {"<Frob/>", AXI_EINVAL, 0, 0, false},
    };
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct axi_page page = {{AXI_A_NONE, AXI_A_NONE, NULL, 0}, 0, 0, false};
        assert_int_equal(axi_server_page(parse(parser, rows[i].request), &page), rows[i].rc);
        assert_int_equal(page.first, rows[i].first);
        assert_int_equal(page.count, rows[i].count);
        assert_int_equal(page.exact, rows[i].exact);
    }
    struct axi_page page;
    assert_int_equal(axi_server_page(parse(parser, "<GetRFP id=\"0\"/>"), &page), AXI_OK);
    assert_string_equal(page.paging.element, "rfp");
    assert_int_equal(page.paging.key, AXI_A_id);
    axi_parser_free(parser);
}

/* --- silence --------------------------------------------------------------------------------------- */

static void a_silent_client_is_told_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_init(&rig, NULL);
    assert_int_equal(axi_server_deadline(rig.server), 0);
    assert_int_equal(give_bytes(&rig, "", 0), 0);
    assert_int_equal(axi_server_deadline(rig.server), 301000);
    rig.now.mono_ms = 300999;
    give_bytes(&rig, "", 0);
    assert_sees(&rig, "");
    rig.now.mono_ms = 301000;
    give_bytes(&rig, "", 0);
    give_bytes(&rig, "", 0);
    assert_sees(&rig, "idle ");
    assert_true(axi_server_deadline(rig.server) == INT64_MAX);
    rig.now.mono_ms = 400000; /* the host did not close, and it speaks again */
    give(&rig, OPEN_OMM);
    assert_int_equal(axi_server_deadline(rig.server), 700000);
    rig_done(&rig);
}

static void only_requests_break_the_silence(void **state)
{
    (void)state;
    struct axi_server_options options = {.idle_ms = 1000};
    struct rig rig;
    rig_open(&rig, &options, OPEN_OMM);
    struct axi_msg *event = axi_msg_new(NULL);
    axi_msg_start(event, AXI_T_EventPPSIPDeregistered);
    rig.now.mono_ms = 1900;
    assert_true(axi_server_notify(rig.server, event));
    give(&rig, "<PingResp/>#nonsense");
    give_bytes(&rig, "<Pi", 3);
    assert_int_equal(axi_server_deadline(rig.server), 2000);
    assert_sees(&rig, "stray broken ");
    rig.now.mono_ms = 2500; /* a request that was on its way comes first */
    give_bytes(&rig, "ng/>", 5);
    assert_sees(&rig, "(Ping) ");
    assert_int_equal(axi_server_deadline(rig.server), 3500);
    rig.now.mono_ms = 3500;
    give_bytes(&rig, "<", 1);
    assert_sees(&rig, "idle ");
    axi_msg_free(event);
    rig_done(&rig);
}

static void silence_can_be_allowed(void **state)
{
    (void)state;
    const int64_t never[] = {-1, INT64_MAX};
    for (size_t i = 0; i < 2; i++) {
        struct axi_server_options options = {.idle_ms = never[i]};
        struct rig rig;
        rig_init(&rig, &options);
        give_bytes(&rig, "", 0);
        assert_true(axi_server_deadline(rig.server) == INT64_MAX);
        rig.now.mono_ms = INT64_MAX - 1;
        give_bytes(&rig, "", 0);
        assert_sees(&rig, "");
        rig_done(&rig);
    }
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    rig.now.mono_ms = 200000;
    give(&rig, "<Ping/>");
    rig.now.mono_ms = -5;
    give(&rig, "<Ping/>");
    assert_int_equal(axi_server_deadline(rig.server), 500000);
    rig.now.mono_ms = 300000;
    give_bytes(&rig, "", 0);
    assert_sees(&rig, "(Ping) (Ping) ");
    rig_done(&rig);
}

static void time_may_begin_anywhere(void **state)
{
    (void)state;
    const int64_t starts[] = {INT64_MIN, -300001, -1, INT64_MAX - 300000, INT64_MAX};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct rig rig;
        rig_init(&rig, NULL);
        rig.now.mono_ms = starts[i];
        give_bytes(&rig, "", 0);
        give(&rig, OPEN_OMM);
        assert_true(axi_server_deadline(rig.server) ==
                    (starts[i] < INT64_MAX - 300000 ? starts[i] + 300000 : INT64_MAX));
        rig_done(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_open_everything_is_refused),
        cmocka_unit_test(the_host_decides_about_a_login),
        cmocka_unit_test(implied_permissions_are_granted_and_told),
        cmocka_unit_test(a_login_tells_the_host_what_it_said),
        cmocka_unit_test(a_wrong_login_cannot_be_accepted),
        cmocka_unit_test(nothing_goes_on_before_the_login_is_decided),
        cmocka_unit_test(a_decision_without_a_login_is_misuse),
        cmocka_unit_test(ping_tells_the_time_when_asked),
        cmocka_unit_test(what_differs_from_the_catalogue_is_refused),
        cmocka_unit_test(too_long_names_the_length),
        cmocka_unit_test(the_unknown_is_tolerated_and_hides_nothing),
        cmocka_unit_test(the_host_may_do_without_the_catalogue),
        cmocka_unit_test(requests_that_nobody_knows_are_the_hosts),
        cmocka_unit_test(answers_and_events_get_no_answer),
        cmocka_unit_test(what_is_no_message_is_told_and_the_link_goes_on),
        cmocka_unit_test(each_request_needs_its_permission),
        cmocka_unit_test(an_answer_can_wait_and_others_go_before_it),
        cmocka_unit_test(subscriptions_are_answered_and_kept),
        cmocka_unit_test(records_come_in_pairs_to_sync_sessions_only),
        cmocka_unit_test(an_event_can_be_sent_unasked_to_an_open_session),
        cmocka_unit_test(permissions_change_and_take_subscriptions_with_them),
        cmocka_unit_test(pages_as_requests_ask_for_them),
        cmocka_unit_test(a_silent_client_is_told_once),
        cmocka_unit_test(only_requests_break_the_silence),
        cmocka_unit_test(silence_can_be_allowed),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(time_may_begin_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
