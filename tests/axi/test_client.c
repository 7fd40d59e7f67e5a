/*
 * Proves the client's session: Open and its refusal, answers and what is none, the window and its order, time-outs,
 * Ping and the clock, permissions and the public key, a new connection. Every scenario runs with bytes that come
 * whole and in pieces of 1 to 7.
 */
#include "axi/client_rig.h"

static struct axi_msg *request(enum axi_type type)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    axi_msg_start(msg, type);
    return msg;
}

static void ask(struct rig *r, enum axi_type type, uint64_t tag)
{
    struct axi_msg *msg = request(type);
    assert_int_equal(axi_client_request(r->c, msg, tag, 0, r->now), AXI_OK);
    axi_msg_free(msg);
}

/* --- Open */

static void opens(struct rig *r)
{
    struct axi_login login = login_of("a&b", "p\"w");
    assert_false(axi_client_is_open(r->c));
    assert_int_equal(axi_client_output(r->c).len, 0);
    assert_true(axi_client_deadline(r->c) == INT64_MAX);
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_ESTATE);
    assert_int_equal(axi_client_pending(r->c), 1);
    assert_int_equal(axi_client_deadline(r->c), START_MS + 30000);
    expect_sent(r, "<Open seq=\"1\" username=\"a&amp;b\" password=\"p&quot;w\"/>\n");
    say(r, "<OpenResp seq=\"1\" protocolVersion=\"45\"><publicKey modulus=\"C0FFEE\" "
           "exponent=\"10001\"/><permission>Monitoring</permission><permission>New</permission>"
           "</OpenResp>");
    expect_events(r, "OPENED\n");
    assert_true(axi_client_is_open(r->c));
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(axi_client_permissions(r->c), AXI_MAY_Monitoring | AXI_MAY_AllCnfRead);
    assert_str(axi_client_public_key(r->c).modulus, "C0FFEE");
    assert_str(axi_client_public_key(r->c).exponent, "10001");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_ESTATE);
}

static void is_refused_and_opens_again(struct rig *r)
{
    struct axi_login login = login_of("omm", "wrong");
    login.sync = login.omp = true;
    login.protocol_version = 45;
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"1\" protocolVersion=\"45\" username=\"omm\" password=\"wrong\" "
                   "OMPClient=\"1\" UserDeviceSyncClient=\"1\"/>\n");
    say(r, "<OpenResp seq=\"1\" errCode=\"EAuth\" protocolVersion=\"45\"/>");
    expect_events(r, "REFUSED EAuth\n");
    assert_false(axi_client_is_open(r->c));
    login = login_of("omm", "");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"2\" username=\"omm\" password=\"\"/>\n");
    say(r, "<OpenResp protocolVersion=\"45\"/>");
    expect_events(r, "OPENED\n");
    assert_int_equal(axi_client_permissions(r->c), 0);
    assert_null(axi_client_public_key(r->c).modulus.ptr);
}

static void open_times_out_and_is_tried_again(struct rig *r)
{
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    pass(r, 29999);
    expect_events(r, "");
    pass(r, 1);
    expect_events(r, "TIMED_OUT Open\n");
    /* Half an Open on the wire cannot be followed by another. */
    axi_client_sent(r->c, 7);
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_ESTATE);
    axi_client_sent(r->c, 10000);
    assert_int_equal(axi_client_output(r->c).len, 0);
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"2\" username=\"omm\" password=\"secret\"/>\n");
    say(r, "<OpenResp seq=\"1\" protocolVersion=\"45\"/>");
    expect_events(r, "STRAY OpenResp\n");
    say(r, "<OpenResp seq=\"2\" protocolVersion=\"45\"/>");
    expect_events(r, "OPENED\n");
}

static void bad_logins_begin_nothing(struct rig *r)
{
    struct axi_login login = login_of("omm", "\xFF");
    assert_int_equal(axi_client_open(r->c, NULL, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_EUTF8);
    login.password.ptr = NULL;
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_EINVAL);
    login = login_of("omm", "x");
    login.username.len = SIZE_MAX / 4;
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_EINVAL);
    login.username.ptr = NULL;
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_output(r->c).len, 0);
    assert_int_equal(axi_client_pending(r->c), 0);
    open_session(r);
}

static void requests_wait_for_open(struct rig *r)
{
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
    ask(r, AXI_T_GetVersions, 7);
    assert_int_equal(axi_client_subscribe(r->c, &users, r->now), AXI_OK);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 8, r->now), AXI_OK);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_ESTATE);
    assert_int_equal(axi_client_output(r->c).len, 0);
    assert_int_equal(axi_client_pending(r->c), 2);
    assert_true(axi_client_deadline(r->c) == INT64_MAX);
    pass(r, 100000);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"3\" username=\"omm\" password=\"secret\"/>\n");
    say(r, "<GetVersionsResp seq=\"1\"/>"); /* it was not asked */
    say(r, "<GetVersionsResp/>");
    expect_events(r, "STRAY GetVersionsResp\nSTRAY GetVersionsResp\n");
    say(r, "<OpenResp seq=\"3\" protocolVersion=\"45\"/>");
    expect_events(r, "OPENED\n");
    expect_sent(r, "<Subscribe seq=\"4\"><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                   "</Subscribe>\n<GetVersions seq=\"1\"/>\n"
                   "<GetPPUser uid=\"1\" maxRecords=\"20\" seq=\"2\"/>\n");
    say(r, "<GetVersionsResp seq=\"1\"/>");
    say(r, "<SubscribeResp seq=\"4\"/>");
    say(r, "<GetPPUserResp seq=\"2\"/>");
    expect_events(r, "ANSWER GetVersions #7\nSUBSCRIBED Subscribe\nREAD_END GetPPUser #8\n");
}

static void sessions_open(void **state)
{
    (void)state;
    for_chunks(NULL, opens);
    for_chunks(NULL, is_refused_and_opens_again);
    for_chunks(NULL, open_times_out_and_is_tried_again);
    for_chunks(NULL, bad_logins_begin_nothing);
    for_chunks(NULL, requests_wait_for_open);
}

/* Memory in which nobody may leave the password when it is given back. */
static bool holds_secret(const char *bytes, size_t len)
{
    for (size_t i = 0; i + 6 <= len; i++)
        if (memcmp(bytes + i, "secret", 6) == 0)
            return true;
    return false;
}

/* Valgrind minds that what lies between the members of structures is looked at, and says so in the environment. */
static bool may_look(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload == NULL || strstr(preload, "vgpreload") == NULL;
}

static void watching_free(void *user, void *ptr)
{
    union counted *block = (union counted *)ptr - 1;
    if (!may_look())
        block->size = 0;
    *(bool *)user |= holds_secret(ptr, block->size);
    free(block);
}

static void *watching_realloc(void *user, void *ptr, size_t size)
{
    union counted *block = malloc(sizeof *block + size);
    assert_non_null(block);
    block->size = size;
    memset(block + 1, 0, size);
    if (ptr != NULL) {
        size_t old = ((union counted *)ptr - 1)->size;
        memcpy(block + 1, ptr, old < size ? old : size);
        watching_free(user, ptr);
    }
    return block + 1;
}

static void passwords_do_not_stay_in_memory(void **state)
{
    (void)state;
    bool leaked = false;
    struct axi_client_options options = {
        .parser = {.alloc = {&leaked, watching_realloc, watching_free}}};
    struct axi_time now = {1, 0};
    for (unsigned sent = 0; sent < 3; sent++) {
        struct axi_login login = login_of("omm", "secret");
        login.sync = login.omp = true;
        struct axi_client *c = axi_client_new(&options);
        assert_int_equal(axi_client_open(c, &login, now), AXI_OK);
        struct axi_str out = axi_client_output(c);
        assert_true(holds_secret(out.ptr, out.len));
        axi_client_sent(c, sent == 0 ? 0 : sent == 1 ? 20 : out.len);
        assert_int_equal(holds_secret(out.ptr, out.len), sent < 2);
        if (sent == 1)
            axi_client_reset(c);
        axi_client_free(c);
        assert_false(leaked);
    }
    /* What fails leaves nothing behind either. */
    struct axi_login login = login_of("omm\xFF", "secret");
    struct axi_client *c = axi_client_new(&options);
    assert_int_equal(axi_client_open(c, &login, now), AXI_EUTF8);
    login = login_of("omm", "secret\x01");
    assert_int_equal(axi_client_open(c, &login, now), AXI_EVALUE);
    axi_client_free(c);
    assert_false(leaked);
}

/* --- answers and other messages */

static void answers_come_in_any_order(struct rig *r)
{
    open_session(r);
    ask(r, AXI_T_GetVersions, 10);
    ask(r, AXI_T_Limits, 20);
    ask(r, AXI_T_GetSARI, 30);
    expect_sent(r, "<GetVersions seq=\"2\"/>\n<Limits seq=\"3\"/>\n<GetSARI seq=\"4\"/>\n");
    assert_int_equal(axi_client_pending(r->c), 3);
    say(r, "<GetSARIResp seq=\"4\" errCode=\"EPerm\"/>");
    say(r, "<EventPPCnf/>");
    say(r, "<LimitsResp seq=\"3\"/>");
    say(r, "<EventNeverHeardOf x=\"1\"/>");
    say(r, "<GetVersionsResp seq=\"2\" errCode=\"ENew\"/>");
    expect_events(r, "ANSWER GetSARI #30 EPerm\nNOTICE EventPPCnf\nANSWER Limits #20\n"
                     "NOTICE EventNeverHeardOf\nANSWER GetVersions #10 EFailed\n");
    assert_int_equal(axi_client_pending(r->c), 0);
}

static void nonsense_is_stray_and_matches_nothing(struct rig *r)
{
    static const char *const texts[] = {"<PingResp/>",
                                        "<PingResp seq=\"2\"/>",
                                        "<GetSARIResp seq=\"two\"/>",
                                        "<GetSARIResp seq=\"\"/>",
                                        "<GetSARIResp seq=\"99\"/>",
                                        "<GetSARIResp seq=\"-2\"/>",
                                        "<GetSARIResp seq=\" 2\"/>",
                                        "<GetSARIResp seq=\"18446744073709551618\"/>",
                                        "<SomethingResp seq=\"2\"/>",
                                        "<Resp seq=\"2\"/>",
                                        "<x seq=\"2\"/>",
                                        "<GetSARI seq=\"2\"/>",
                                        "<SomethingResp/>",
                                        "<PPUserType/>",
                                        "<Open/>",
                                        "<OpenResp seq=\"1\"/>",
                                        "<SomethingResp seq=\"two\"/>"};
    open_session(r);
    ask(r, AXI_T_GetSARI, 5);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned before = r->events;
        say(r, texts[i]);
        assert_int_equal(r->events, before + 1);
        assert_memory_equal(r->trace, "STRAY ", 6);
        r->trace_len = 0;
    }
    say(r, "<GetSARIResp seq=\"2\"/>");
    say(r, "<GetSARIResp seq=\"2\"/>");
    expect_events(r, "ANSWER GetSARI #5\nSTRAY GetSARIResp\n");
}

static void requests_of_unknown_names_find_their_answers(struct rig *r)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    open_session(r);
    axi_msg_start_named(msg, str("DoOne"));
    assert_int_equal(axi_client_request(r->c, msg, 1, 0, r->now), AXI_OK);
    assert_int_equal(axi_get_int_or(axi_msg_root(msg), AXI_A_seq, 0), 2);
    axi_msg_start_named(msg, str("DoTwo"));
    assert_int_equal(axi_client_request(r->c, msg, 2, 0, r->now), AXI_OK);
    say(r, "<DoOneResp seq=\"3\"/>");
    say(r, "<DoTwoResp seq=\"4\"/>");
    say(r, "<DoTwoResp seq=\"3\" errCode=\"EInval\"/>");
    say(r, "<DoOneResp/>");
    say(r, "<DoOneResp seq=\"2\"/>");
    expect_events(r, "STRAY DoOneResp\nSTRAY DoTwoResp\nANSWER #2 EInval\nSTRAY DoOneResp\n"
                     "ANSWER #1\n");
    axi_msg_free(msg);
}

static void broken_messages_do_not_end_the_session(struct rig *r)
{
    open_session(r);
    ask(r, AXI_T_GetSARI, 5);
    say(r, "<GetSARIResp seq=\"2\"");
    assert_int_equal(axi_client_parse_error(r->c)->code, AXI_EMALFORMED);
    say(r, "<a>\xFF</a>");
    say(r, "");
    say(r, "<GetSARIResp seq=\"2\"/>");
    expect_events(r, "BROKEN AXI_EMALFORMED\nBROKEN AXI_EUTF8\nANSWER GetSARI #5\n");
    assert_int_equal(axi_client_stats(r->c).errors, 2);
}

static void bad_requests_begin_nothing(struct rig *r)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    open_session(r);
    assert_int_equal(axi_client_request(r->c, NULL, 0, 0, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_request(r->c, msg, 0, 0, r->now), AXI_EINVAL);
    axi_set_cstr(axi_msg_start(msg, AXI_T_Ping), AXI_A_info, "\xFF");
    assert_int_equal(axi_client_request(r->c, msg, 0, 0, r->now), AXI_EUTF8);
    static const enum axi_type types[] = {AXI_T_Open, AXI_T_PingResp, AXI_T_EventPPCnf,
                                          AXI_T_PPUserType};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        axi_msg_start(msg, types[i]);
        assert_int_equal(axi_client_request(r->c, msg, 0, 0, r->now), AXI_EINVAL);
    }
    axi_msg_start(msg, AXI_T_Ping);
    assert_int_equal(axi_client_request(r->c, msg, 0, -1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(axi_client_output(r->c).len, 0);
    axi_set_int(axi_msg_start(msg, AXI_T_Ping), AXI_A_seq, 77);
    assert_int_equal(axi_client_request(r->c, msg, 0, 0, r->now), AXI_OK);
    expect_sent(r, "<Ping seq=\"2\"/>\n");
    axi_msg_free(msg);
}

static void messages_are_told_apart(void **state)
{
    (void)state;
    for_chunks(NULL, answers_come_in_any_order);
    for_chunks(NULL, nonsense_is_stray_and_matches_nothing);
    for_chunks(NULL, requests_of_unknown_names_find_their_answers);
    for_chunks(NULL, broken_messages_do_not_end_the_session);
    for_chunks(NULL, bad_requests_begin_nothing);
}

static void permissions_and_key_change(struct rig *r)
{
    char text[5000], digits[2050];
    open_session(r);
    assert_int_equal(axi_client_permissions(r->c), AXI_MAY_AllCnfWrite | AXI_MAY_AllCnfRead);
    say(r, "<EventPermissionChange><permission>Locating</permission></EventPermissionChange>");
    assert_int_equal(axi_client_permissions(r->c), AXI_MAY_Locating);
    ask(r, AXI_T_GetPublicKey, 1);
    say(r, "<GetPublicKeyResp seq=\"2\" errCode=\"EPerm\" modulus=\"AB\" exponent=\"3\"/>");
    assert_null(axi_client_public_key(r->c).modulus.ptr);
    ask(r, AXI_T_GetPublicKey, 2);
    say(r, "<GetPublicKeyResp seq=\"3\" modulus=\"AB\" exponent=\"3\"/>");
    assert_str(axi_client_public_key(r->c).modulus, "AB");
    memset(digits, 'A', 2049);
    for (int len = 2048; len <= 2049; len++) {
        ask(r, AXI_T_GetPublicKey, 3);
        snprintf(text, sizeof text, "<GetPublicKeyResp modulus=\"%.*s\" exponent=\"3\"/>", len,
                 digits);
        say(r, text);
        assert_int_equal(axi_client_public_key(r->c).modulus.len, len == 2048 ? 2048 : 0);
        assert_int_equal(axi_client_public_key(r->c).exponent.len, len == 2048 ? 1 : 0);
    }
}

static void what_the_omm_tells_is_kept(void **state)
{
    (void)state;
    for_chunks(NULL, permissions_and_key_change);
}

/* --- window, queue, time */

static void the_window_is_kept_and_the_order_too(void **state)
{
    (void)state;
    for (unsigned window = 1; window <= 9; window += 4) {
        struct axi_client_options options = {.window = window, .queue = 20};
        struct rig r;
        char expected[64];
        rig_init(&r, &options);
        open_session(&r);
        for (uint64_t tag = 1; tag <= 20; tag++)
            ask(&r, AXI_T_GetSARI, tag);
        struct axi_msg *more = request(AXI_T_Ping);
        assert_int_equal(axi_client_request(r.c, more, 0, 0, r.now), AXI_EFULL);
        assert_false(axi_has(axi_msg_root(more), AXI_A_seq));
        axi_msg_free(more);
        assert_int_equal(axi_client_ping(r.c, r.now), AXI_EFULL);
        assert_int_equal(axi_client_read(r.c, AXI_T_GetPPUser, 1, 0, r.now), AXI_EFULL);
        assert_int_equal(axi_client_get_file(r.c, str(":x"), 0, r.now), AXI_EFULL);
        struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
        assert_int_equal(axi_client_subscribe(r.c, &users, r.now), AXI_EFULL);
        assert_int_equal(axi_client_pending(r.c), 20);
        unsigned sent = 0;
        for (unsigned answered = 0; answered < 20; answered++) {
            const char *out = take_sent(&r);
            for (; *out != '\0'; out = strchr(out, '\n') + 1) {
                snprintf(expected, sizeof expected, "<GetSARI seq=\"%u\"/>\n", ++sent + 1);
                assert_memory_equal(out, expected, strlen(expected));
            }
            assert_true(sent - answered <= window);
            assert_true(sent == 20 || sent - answered == window);
            snprintf(expected, sizeof expected, "<GetSARIResp seq=\"%u\"/>", answered + 2);
            say(&r, expected);
            snprintf(expected, sizeof expected, "ANSWER GetSARI #%u\n", answered + 1);
            expect_events(&r, expected);
        }
        rig_done(&r);
    }
}

static void time_runs_from_being_sent(struct rig *r)
{
    open_session(r);
    for (uint64_t tag = 1; tag <= 3; tag++)
        ask(r, AXI_T_GetSARI, tag);
    (void)take_sent(r);
    pass(r, 29000);
    say(r, "<GetSARIResp seq=\"2\"/>");
    expect_events(r, "ANSWER GetSARI #1\n");
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 1000);
    pass(r, 1000);
    expect_events(r, "TIMED_OUT GetSARI #2\n");
    expect_sent(r, "<GetSARI seq=\"4\"/>\n");
    say(r, "<GetSARIResp seq=\"3\"/>");
    expect_events(r, "STRAY GetSARIResp\n");
    pass(r, 28999);
    expect_events(r, "");
    /* An answer that comes with the time-out is an answer, if it comes whole. */
    r->now.mono_ms += 1001;
    r->chunk = 0;
    say(r, "<GetSARIResp seq=\"4\"/>");
    expect_events(r, "ANSWER GetSARI #3\n");
    assert_true(axi_client_is_open(r->c));
}

static void requests_have_their_own_times(struct rig *r)
{
    struct axi_msg *msg = request(AXI_T_GetSARI);
    open_session(r);
    assert_int_equal(axi_client_request(r->c, msg, 1, 5, r->now), AXI_OK);
    assert_int_equal(axi_client_request(r->c, msg, 2, INT64_MAX, r->now), AXI_OK);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 5);
    pass(r, 5);
    expect_events(r, "TIMED_OUT GetSARI #1\n");
    pass(r, INT64_MAX / 2);
    r->trace_len = 0; /* pings */
    say(r, "<GetSARIResp seq=\"3\"/>");
    assert_non_null(strstr(r->trace, "ANSWER GetSARI #2\n"));
    axi_msg_free(msg);
}

static void several_time_outs_come_one_by_one(struct rig *r)
{
    open_session(r);
    ask(r, AXI_T_GetSARI, 1);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 2, r->now), AXI_OK);
    assert_int_equal(axi_client_put_file(r->c, str(":x"), str("y"), 3, r->now), AXI_OK);
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
    assert_int_equal(axi_client_subscribe(r->c, &users, r->now), AXI_OK);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms);
    pass(r, 0);
    (void)take_sent(r);
    assert_true(axi_client_clock(r->c)->asked);
    pass(r, 30000);
    expect_events(r, "TIMED_OUT GetSARI #1\nTIMED_OUT Ping\nTIMED_OUT GetPPUser #2\n"
                     "TIMED_OUT PutFile #3\nTIMED_OUT Subscribe\n");
    assert_false(axi_client_clock(r->c)->asked);
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(axi_client_get_file(r->c, str(":x"), 4, r->now), AXI_OK);
    pass(r, 30000);
    expect_events(r, "TIMED_OUT GetFile #4\n");
    /* Late answers to all of them. */
    for (int seq = 2; seq <= 8; seq++) {
        static const char *const names[] = {"GetSARI",   "Ping",    "GetPPUser", "PutFile",
                                            "Subscribe", "GetFile", "Nothing"};
        char text[100];
        snprintf(text, sizeof text, "<%sResp seq=\"%d\" timeStamp=\"1700000000\"/>", names[seq - 2],
                 seq);
        say(r, text);
    }
    expect_events(r, "STRAY GetSARIResp\nSTRAY PingResp\nSTRAY GetPPUserResp\nSTRAY PutFileResp\n"
                     "STRAY SubscribeResp\nSTRAY GetFileResp\nSTRAY NothingResp\n");
}

static void time_passes(void **state)
{
    (void)state;
    struct axi_client_options options = {.window = 2, .ping_ms = -1};
    for_chunks(&options, time_runs_from_being_sent);
    options.window = 8;
    for_chunks(&options, requests_have_their_own_times);
    for_chunks(&options, several_time_outs_come_one_by_one);
}

/* --- Ping */

static void pings_when_nothing_else_is_asked(struct rig *r)
{
    open_session(r);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 60000);
    pass(r, 30000);
    ask(r, AXI_T_GetSARI, 1);
    say(r, "<GetSARIResp seq=\"2\"/>");
    (void)take_sent(r);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 60000);
    pass(r, 59999);
    expect_sent(r, "");
    pass(r, 1);
    expect_sent(r, "<Ping timeStamp=\"1700000090\" seq=\"3\"/>\n");
    pass(r, 10000);
    say(r, "<PingResp seq=\"3\" timeStamp=\"1700000195\"/>");
    expect_events(r, "ANSWER GetSARI #1\nCLOCK Ping\n");
    assert_true(axi_client_clock(r->c)->known);
    assert_int_equal(axi_client_clock(r->c)->offset_ms, 100500);
    pass(r, 50000);
    expect_sent(r, "<Ping timeStamp=\"1700000150\" seq=\"4\"/>\n");
    say(r, "<PingResp seq=\"4\"/>");
    expect_events(r, "");
}

static void pings_without_wall_time_measure_nothing(struct rig *r)
{
    r->now.wall_ms = 0;
    open_session(r);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    expect_sent(r, "<Ping seq=\"2\"/>\n");
    say(r, "<PingResp seq=\"2\" timeStamp=\"1700000000\"/>");
    expect_events(r, "");
    assert_false(axi_client_clock(r->c)->known);
    assert_int_equal(axi_client_pending(r->c), 0);
}

static void only_the_first_of_two_pings_measures(struct rig *r)
{
    open_session(r);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    expect_sent(r, "<Ping timeStamp=\"1700000000\" seq=\"2\"/>\n<Ping seq=\"3\"/>\n");
    say(r, "<PingResp seq=\"3\" timeStamp=\"1600000000\"/>");
    expect_events(r, "");
    say(r, "<PingResp seq=\"2\" timeStamp=\"1700000000\"/>");
    expect_events(r, "CLOCK Ping\n");
    assert_int_equal(axi_client_clock(r->c)->offset_ms, 0);
}

static void no_ping_goes_out_while_one_is_on_its_way(struct rig *r)
{
    open_session(r);
    pass(r, 60000);
    expect_sent(r, "<Ping timeStamp=\"1700000060\" seq=\"2\"/>\n");
    pass(r, 29999);
    expect_sent(r, "");
    pass(r, 1);
    expect_events(r, "TIMED_OUT Ping\n");
    pass(r, 30000);
    expect_sent(r, "<Ping timeStamp=\"1700000120\" seq=\"3\"/>\n");
}

static void pings_keep_the_session(void **state)
{
    (void)state;
    for_chunks(NULL, pings_when_nothing_else_is_asked);
    for_chunks(NULL, pings_without_wall_time_measure_nothing);
    for_chunks(NULL, only_the_first_of_two_pings_measures);
    for_chunks(NULL, no_ping_goes_out_while_one_is_on_its_way);
}

static void pings_can_be_switched_off(void **state)
{
    (void)state;
    struct axi_client_options options = {.ping_ms = -1};
    struct rig r;
    rig_init(&r, &options);
    open_session(&r);
    assert_true(axi_client_deadline(r.c) == INT64_MAX);
    pass(&r, 10000000);
    expect_sent(&r, "");
    rig_done(&r);
}

/* --- a new connection */

static void begins_again(struct rig *r)
{
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
    open_session(r);
    assert_int_equal(axi_client_subscribe(r->c, &users, r->now), AXI_OK);
    pass(r, 0);
    say(r, "<SubscribeResp seq=\"2\"/>");
    assert_true(axi_subscriptions_has(axi_client_subscriptions(r->c), &users));
    ask(r, AXI_T_GetSARI, 1);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 2, r->now), AXI_OK);
    assert_int_equal(axi_client_get_file(r->c, str(":x"), 4, r->now), AXI_OK);
    assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
    give(r, "<GetSARIResp se", 15);
    r->trace_len = 0;
    axi_client_reset(r->c);
    assert_false(axi_client_is_open(r->c));
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(axi_client_output(r->c).len, 0);
    assert_int_equal(axi_client_permissions(r->c), 0);
    assert_true(axi_client_deadline(r->c) == INT64_MAX);
    assert_false(axi_subscriptions_has(axi_client_subscriptions(r->c), &users));
    assert_false(axi_client_clock(r->c)->asked);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"7\" username=\"omm\" password=\"secret\"/>\n");
    say(r, "<GetSARIResp seq=\"3\"/>");
    say(r, "<OpenResp seq=\"7\" protocolVersion=\"45\"/>");
    expect_events(r, "STRAY GetSARIResp\nOPENED\n");
    expect_sent(r, "<Subscribe seq=\"8\"><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                   "</Subscribe>\n");
    assert_false(axi_subscriptions_has(axi_client_subscriptions(r->c), &users));
    say(r, "<SubscribeResp seq=\"8\"/>");
    assert_true(axi_subscriptions_has(axi_client_subscriptions(r->c), &users));
    expect_events(r, "SUBSCRIBED Subscribe\n");
}

static void a_new_connection_begins_again(void **state)
{
    (void)state;
    for_chunks(NULL, begins_again);
}

/* What lies in the output between two Opens is none of the new connection's business. */
static void a_reset_drops_large_output(void **state)
{
    (void)state;
    struct rig r;
    rig_init(&r, NULL);
    open_session(&r);
    struct axi_msg *msg = axi_msg_new(NULL);
    char *name = malloc(200001);
    memset(name, 'x', 200000);
    name[200000] = '\0';
    axi_set_cstr(axi_msg_start(msg, AXI_T_SetSystemName), AXI_A_name, name);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(axi_client_request(r.c, msg, 1, 0, r.now), AXI_OK);
        axi_client_sent(r.c, 150000);
    }
    assert_true(r.counting.bytes > 400000);
    axi_client_reset(r.c);
    assert_true(r.counting.bytes < 200000);
    (void)take_sent(&r);
    assert_int_equal(axi_client_request(r.c, msg, 1, 0, r.now), AXI_OK);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r.c, &login, r.now), AXI_OK);
    (void)take_sent(&r);
    say(&r, "<OpenResp protocolVersion=\"45\"/>");
    assert_true(axi_client_output(r.c).len > 200000);
    assert_true(strlen(take_sent(&r)) > 200000);
    assert_true(r.counting.bytes < 200000);
    free(name);
    axi_msg_free(msg);
    rig_done(&r);
}

/* --- memory and other options */

static void no_memory_for_a_client(void **state)
{
    (void)state;
    for (size_t fail_at = 1;; fail_at++) {
        struct counting counting = {.fail_at = fail_at};
        struct axi_client_options options = {.parser = {.alloc = counting_hook(&counting)}};
        struct axi_client *c = axi_client_new(&options);
        if (c != NULL) {
            axi_client_free(c);
            assert_int_equal(counting.live, 0);
            assert_true(fail_at > 5);
            break;
        }
        assert_int_equal(counting.live, 0);
    }
    axi_client_free(NULL);
    struct axi_client *plain = axi_client_new(NULL);
    assert_non_null(plain);
    axi_client_free(plain);
}

static void options_are_cut_to_what_can_be(void **state)
{
    (void)state;
    struct axi_client_options options = {.window = 100,
                                         .queue = 3,
                                         .timeout_ms = -5,
                                         .page = 21,
                                         .pages = 99,
                                         .parser = {.strict = true}};
    struct rig r;
    rig_init(&r, &options);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r.c, &login, r.now), AXI_OK);
    assert_int_equal(axi_client_deadline(r.c), START_MS + 30000);
    say(&r, "<OpenResp seq=\"1\"/>"); /* without protocolVersion: not by the book */
    expect_events(&r, "BROKEN AXI_EINVALID\n");
    assert_string_not_equal(axi_client_parse_error(r.c)->path, "");
    rig_done(&r);
    options = (struct axi_client_options){.queue = UINT32_MAX};
    rig_init(&r, &options);
    open_session(&r);
    for (unsigned i = 0; i < 65536; i++)
        ask(&r, AXI_T_Limits, i + 1);
    struct axi_msg *msg = request(AXI_T_Limits);
    assert_int_equal(axi_client_request(r.c, msg, 0, 0, r.now), AXI_EFULL);
    axi_msg_free(msg);
    rig_done(&r);
}

static void time_never_goes_back(void **state)
{
    (void)state;
    struct rig r;
    rig_init(&r, NULL);
    open_session(&r);
    pass(&r, 1000);
    ask(&r, AXI_T_Limits, 1);
    r.now.mono_ms = -5;
    ask(&r, AXI_T_Limits, 2);
    assert_int_equal(axi_client_deadline(r.c), START_MS + 31000);
    r.now.mono_ms = INT64_MAX;
    give(&r, NULL, 0);
    expect_events(&r, "TIMED_OUT Limits #1\nTIMED_OUT Limits #2\n");
    give(&r, "", 0);
    ask(&r, AXI_T_Limits, 3);
    assert_true(axi_client_deadline(r.c) > INT64_MAX / 2);
    rig_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_open),
        cmocka_unit_test(passwords_do_not_stay_in_memory),
        cmocka_unit_test(messages_are_told_apart),
        cmocka_unit_test(what_the_omm_tells_is_kept),
        cmocka_unit_test(the_window_is_kept_and_the_order_too),
        cmocka_unit_test(time_passes),
        cmocka_unit_test(pings_keep_the_session),
        cmocka_unit_test(pings_can_be_switched_off),
        cmocka_unit_test(a_new_connection_begins_again),
        cmocka_unit_test(a_reset_drops_large_output),
        cmocka_unit_test(no_memory_for_a_client),
        cmocka_unit_test(options_are_cut_to_what_can_be),
        cmocka_unit_test(time_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
