/*
 * Proves what a link between nodes does with those who are no node, a wrong one, or worse: each wrong answer and each
 * wrong Open ends in its state, an OMM and an ordinary client are handed over with all their bytes, nothing reaches the
 * engine before the login is good, memory is bounded, and memory that runs out does no harm.
 */
#include "node_solo.h"

#include <axi/server.h>

/* --- the caller -------------------------------------------------------------------------------- */

static void open_is_ordinary_and_says_which_node_it_is(void **state)
{
    struct solo *s = solo_new(MOM_NODE_CENTRAL);

    (void)state;
    assert_string_equal(said(s, NULL), "<Open seq=\"1\"" ACCOUNT SYNC " protocolVersion=\"45\""
                                       " momsync-node=\"16777218\" momsync-carriage=\"1\"/>");
    solo_free(s);
}

static void the_caller_leaves_no_password_in_memory_that_it_gives_back(void **state)
{
    const char *data;

    (void)state;
    for (unsigned how = 0; how < 3; how++) {
        struct solo *s = solo_new(MOM_NODE_CENTRAL);
        size_t len;

        s->watched = true;
        assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch),
                         MOM_OK);
        s->now.mono_ms += 70000;
        assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
        assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
        len = mom_node_output(s->link, &data);
        assert_true(len > 100);
        if (how == 1) /* all was sent, or some of it, or nothing */
            mom_node_sent(s->link, len / 2);
        if (how == 2)
            (void)said(s, NULL);
        if (how == 2)
            hear_text(s, "<OpenResp protocolVersion=\"45\"" ANNOUNCED "/>");
        solo_free(s);
    }
}

static void every_wrong_answer_ends_in_its_state(void **state)
{
    static const struct {
        const char *answer;
        enum mom_node_state state;
        const char *text;
    } cases[] = {
        {"<OpenResp errCode=\"EAuth\"" ANNOUNCED "/>", MOM_NODE_AUTH_FAILED, "EAuth"},
        {"<OpenResp errCode=\"EAuth\" protocolVersion=\"45\"/>", MOM_NODE_AUTH_FAILED, "EAuth"},
        {"<OpenResp protocolVersion=\"44\"" ANNOUNCED "/>", MOM_NODE_VERSION_MISMATCH,
         "it speaks version 44, we speak 45"},
        {"<OpenResp errCode=\"EInval\" bad=\"protocolVersion\" info=\"no\"" ANNOUNCED "/>",
         MOM_NODE_VERSION_MISMATCH, "EInval: no"},
        {"<OpenResp protocolVersion=\"45\" momsync-node=\"16777217\" momsync-carriage=\"2\"/>",
         MOM_NODE_CARRIAGE_MISMATCH, "it speaks frames of version 2, we of 1"},
        {"<OpenResp errCode=\"EInval\" bad=\"momsync-carriage\"" ANNOUNCED "/>",
         MOM_NODE_CARRIAGE_MISMATCH, "EInval"},
        {"<OpenResp protocolVersion=\"45\" momsync-node=\"16777217\"/>", MOM_NODE_CARRIAGE_MISMATCH,
         "it speaks frames of version 0, we of 1"},
        {"<OpenResp protocolVersion=\"45\" momsync-node=\"16777219\" momsync-carriage=\"1\"/>",
         MOM_NODE_WRONG_NODE, "it is node 16777219"},
        {"<OpenResp errCode=\"EPerm\" bad=\"momsync-node\" info=\"who?\"" ANNOUNCED "/>",
         MOM_NODE_WRONG_NODE, "EPerm: who?"},
        {"<OpenResp protocolVersion=\"45\" momsync-carriage=\"1\"/>", MOM_NODE_PROTOCOL_ERROR,
         "OpenResp does not say which node it is"},
        {"<OpenResp protocolVersion=\"45\" momsync-node=\"-1\" momsync-carriage=\"1\"/>",
         MOM_NODE_PROTOCOL_ERROR, "OpenResp does not say which node it is"},
        {"<OpenResp protocolVersion=\"45\" momsync-node=\"4311744513\" momsync-carriage=\"1\"/>",
         MOM_NODE_PROTOCOL_ERROR, "OpenResp does not say which node it is"},
        {"<OpenResp errCode=\"EFailed\" protocolVersion=\"35\"/>", MOM_NODE_VERSION_MISMATCH,
         "EFailed"},
        {"<OpenResp errCode=\"ENoMem\"/>", MOM_NODE_REFUSED, "ENoMem"},
        {"<OpenResp errCode=\"EUnheardOf\" info=\"x\"/>", MOM_NODE_REFUSED, "EUnheardOf: x"},
        {"<PingResp/>", MOM_NODE_PROTOCOL_ERROR, "the first message is no OpenResp"},
        {"<Open/>", MOM_NODE_PROTOCOL_ERROR, "the first message is no OpenResp"},
        {"", MOM_NODE_PROTOCOL_ERROR, "the first message is no OpenResp"},
        {"<OpenResp", MOM_NODE_PROTOCOL_ERROR, NULL},
        {"HTTP/1.1 400 Bad Request", MOM_NODE_PROTOCOL_ERROR, NULL},
        {"\x01\x01x", MOM_NODE_PROTOCOL_ERROR, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = solo_new(MOM_NODE_CENTRAL);

        print_message("%s\n", cases[i].answer);
        hear_text(s, cases[i].answer);
        check_state(s, cases[i].state);
        if (cases[i].text)
            assert_string_equal(info_of(s).text, cases[i].text);
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
        hear(s, "\x01\x01x", 3);
        assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch),
                         MOM_OK);
        check_state(s, cases[i].state);
        assert_int_equal(mom_batch_count(s->batch), 0);
        if (cases[i].state == MOM_NODE_REFUSED)
            assert_in_range(info_of(s).next_try_ms, 2000, 2500);
        else
            assert_in_range(info_of(s).next_try_ms, 61000, 66000);
        solo_free(s);
    }
}

static void an_omm_is_handed_over_with_all_bytes_and_tried_again_afterwards(void **state)
{
    static const char answer[] =
        "<OpenResp seq=\"1\" protocolVersion=\"45\" "
        "ommVersion=\"OpenMobility Manager SIP-DECT 7.1-CK14\">"
        "<publicKey modulus=\"AB\" exponent=\"010001\"/></OpenResp>\0<Event";
    struct solo *s = solo_new(MOM_NODE_CENTRAL);
    const char *data;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        hear(s, answer + i, 1);
    assert_int_equal(mom_node_hand_over(s->link, &data), 0);
    hear(s, answer + 100, sizeof answer - 100);
    check_state(s, MOM_NODE_NO_NODE);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_HAND_OVER);
    assert_int_equal(mom_node_hand_over(s->link, &data), sizeof answer);
    assert_memory_equal(data, answer, sizeof answer);
    assert_int_equal(mom_node_deadline(s->link), MOM_NEVER);
    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch), MOM_OK);
    check_state(s, MOM_NODE_NO_NODE);
    assert_int_equal(mom_batch_count(s->batch), 0);
    s->now.mono_ms = mom_node_deadline(s->link);
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CONNECT);
    solo_free(s);
    s = solo_new(MOM_NODE_CENTRAL);
    hear_text(s, "<OpenResp errCode=\"EInval\" bad=\"momsync-node\"/>");
    check_state(s, MOM_NODE_NO_NODE);
    solo_free(s);
}

/* --- who is called ------------------------------------------------------------------------------ */

/* Who it said it is counts only after its account was found good, and makes it no neighbour. */
static void check_claim(const struct solo *s, const char *open)
{
    const char *number = strstr(open, "momsync-node=\"");
    struct mom_node_info info = info_of(s);
    unsigned long claimed = number ? strtoul(number + strlen("momsync-node=\""), NULL, 10) : 0;

    if (info.state == MOM_NODE_AUTH_FAILED || info.state == MOM_NODE_PROTOCOL_ERROR)
        claimed = 0;
    assert_int_equal(info.neighbour, 0);
    assert_int_equal(info.claimed, claimed);
}

static void every_wrong_open_is_refused_with_its_reason(void **state)
{
#define VERSION "<Open seq=\"5\" protocolVersion=\"45\""
    static const struct {
        const char *open;
        enum mom_node_state state;
        const char *code, *bad;
    } cases[] = {
        {VERSION " username=\"below\" password=\"wrong\"" SYNC " momsync-node=\"16777218\""
                 " momsync-carriage=\"1\"/>",
         MOM_NODE_AUTH_FAILED, "EAuth", NULL},
        {VERSION " username=\"below\" password=\"\"" SYNC " momsync-node=\"16777218\""
                 " momsync-carriage=\"1\"/>",
         MOM_NODE_AUTH_FAILED, "EAuth", NULL},
        /* Who has no account is told nothing else. */
        {"<Open protocolVersion=\"1\" username=\"x\" password=\"x\"" SYNC " momsync-node=\"5\""
         " momsync-carriage=\"99\"/>",
         MOM_NODE_AUTH_FAILED, "EAuth", NULL},
        {VERSION ACCOUNT SYNC " momsync-node=\"16777220\" momsync-carriage=\"1\"/>",
         MOM_NODE_WRONG_NODE, "EPerm", "momsync-node"},
        {VERSION ACCOUNT SYNC " momsync-node=\"16777217\" momsync-carriage=\"1\"/>",
         MOM_NODE_WRONG_NODE, "EPerm", "momsync-node"},
        {VERSION ACCOUNT SYNC " momsync-node=\"0\" momsync-carriage=\"1\"/>", MOM_NODE_WRONG_NODE,
         "EPerm", "momsync-node"},
        {VERSION ACCOUNT SYNC " momsync-node=\"16777218\" momsync-carriage=\"2\"/>",
         MOM_NODE_CARRIAGE_MISMATCH, "EInval", "momsync-carriage"},
        {"<Open protocolVersion=\"44\"" ACCOUNT SYNC ANNOUNCED "/>", MOM_NODE_VERSION_MISMATCH,
         "EInval", "protocolVersion"},
        {VERSION ACCOUNT ANNOUNCED "/>", MOM_NODE_PROTOCOL_ERROR, "EInval", "UserDeviceSyncClient"},
        {VERSION ACCOUNT SYNC " momsync-node=\"\" momsync-carriage=\"1\"/>",
         MOM_NODE_PROTOCOL_ERROR, "EInval", "momsync-node"},
        {VERSION ACCOUNT SYNC " momsync-node=\"99999999999\" momsync-carriage=\"1\"/>",
         MOM_NODE_PROTOCOL_ERROR, "EInval", "momsync-node"},
        {VERSION ACCOUNT SYNC " momsync-node=\"16777218\"/>", MOM_NODE_PROTOCOL_ERROR, "EInval",
         "momsync-carriage"},
        {VERSION ACCOUNT SYNC " momsync-carriage=\"1\"/>", MOM_NODE_PROTOCOL_ERROR, "EInval",
         "momsync-node"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = solo_new(MOM_NODE_REMOTE);
        char wanted[64];
        const char *answer;

        print_message("%s\n", cases[i].open);
        hear_text(s, cases[i].open);
        check_state(s, cases[i].state);
        check_claim(s, cases[i].open);
        answer = said(s, NULL);
        snprintf(wanted, sizeof wanted, "errCode=\"%s\"", cases[i].code);
        assert_non_null(strstr(answer, wanted));
        snprintf(wanted, sizeof wanted, "bad=\"%s\"", cases[i].bad ? cases[i].bad : "");
        assert_int_equal(strstr(answer, "bad=") != NULL, cases[i].bad != NULL);
        assert_true(cases[i].bad == NULL || strstr(answer, wanted) != NULL);
        assert_non_null(strstr(answer, "momsync-carriage=\"1\""));
        assert_null(strstr(answer, PAIR_PASSWORD));
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
        /* A flood of the right thing after the wrong one is not looked at. */
        hear_text(s, VERSION ACCOUNT SYNC " momsync-node=\"16777218\" momsync-carriage=\"1\"/>");
        assert_string_equal(said(s, NULL), "");
        assert_int_equal(mom_batch_count(s->batch), 0);
        assert_null(strstr(s->hooks.log, PAIR_PASSWORD));
        assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch),
                         MOM_OK);
        assert_int_equal(mom_batch_count(s->batch), 0);
        solo_free(s);
    }
#undef VERSION
}

static void why_a_node_is_not_let_in_is_told_at_both_ends(void **state)
{
    struct solo *above = solo_new(MOM_NODE_REMOTE), *below = solo_new(MOM_NODE_CENTRAL);
    const char *answer;

    (void)state;
    hear_text(above, "<Open protocolVersion=\"45\"" ACCOUNT SYNC
                     " momsync-node=\"16777219\" momsync-carriage=\"1\"/>");
    check_state(above, MOM_NODE_REFUSED);
    assert_string_equal(info_of(above).text, PAIR_NO_ROOM);
    answer = said(above, NULL);
    assert_non_null(strstr(answer, "errCode=\"EPerm\""));
    assert_null(strstr(answer, "bad="));
    hear_text(below, answer);
    check_state(below, MOM_NODE_REFUSED);
    assert_string_equal(info_of(below).text, "EPerm: " PAIR_NO_ROOM);
    assert_int_equal(info_of(below).claimed, 0);
    assert_non_null(strstr(below->hooks.log, "refused: EPerm: " PAIR_NO_ROOM));
    /* It is forgotten with the next connection. */
    assert_int_equal(mom_node_closed(above->link, &above->now, MOM_NODE_LOST, NS(""), above->batch),
                     MOM_OK);
    assert_int_equal(info_of(above).claimed, net_number(2));
    assert_int_equal(mom_node_opened(above->link, &above->now, above->batch), MOM_OK);
    assert_int_equal(info_of(above).claimed, 0);
    solo_free(above);
    solo_free(below);
}

static void frames_behind_a_refused_open_do_not_reach_the_engine(void **state)
{
    static const char bytes[] =
        "<Open protocolVersion=\"45\" username=\"below\" password=\"no\"" SYNC
        " momsync-node=\"16777218\" momsync-carriage=\"1\"/>\0\x01\x05hello";
    struct solo *s = solo_new(MOM_NODE_REMOTE);

    (void)state;
    hear(s, bytes, sizeof bytes - 1);
    check_state(s, MOM_NODE_AUTH_FAILED);
    assert_int_equal(mom_batch_count(s->batch), 0);
    solo_free(s);
}

static void an_ordinary_client_is_handed_over_and_served(void **state)
{
    static const char bytes[] =
        "<Open seq=\"3\" username=\"omm\" password=\"secret\"" SYNC "/>\0<Ping seq=\"4\"/>\0<Pi";
    struct solo *s = solo_new(MOM_NODE_REMOTE);
    struct axi_server *server = axi_server_new(NULL);
    struct axi_server_event event;
    struct axi_time now = {.mono_ms = 1000, .wall_ms = 1700000000000};
    const char *data;
    size_t len;

    (void)state;
    hear(s, bytes, 10);
    hear(s, bytes + 10, sizeof bytes - 11);
    check_state(s, MOM_NODE_NO_NODE);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_HAND_OVER);
    assert_string_equal(said(s, NULL), "");
    len = mom_node_hand_over(s->link, &data);
    assert_int_equal(len, sizeof bytes - 1);
    assert_true(axi_server_next(server, now, &data, &len, &event));
    assert_int_equal(event.kind, AXI_SERVER_LOGIN);
    assert_true(event.login.sync);
    axi_server_accept(server, 0);
    assert_int_equal(axi_server_send(server), AXI_OK);
    assert_true(axi_server_next(server, now, &data, &len, &event));
    assert_int_equal(event.type, AXI_T_Ping);
    assert_false(axi_server_next(server, now, &data, &len, &event));
    axi_server_free(server);
    /* The link is free for the next one. */
    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch), MOM_OK);
    assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
    check_state(s, MOM_NODE_LOGIN);
    hear_text(s, "<GetVersions/>");
    check_state(s, MOM_NODE_NO_NODE);
    assert_int_equal(mom_batch_count(s->batch), 0);
    solo_free(s);
}

static void an_open_that_does_not_end_is_given_up(void **state)
{
    struct solo *s = solo_new(MOM_NODE_REMOTE);

    (void)state;
    for (unsigned i = 0; i < 16384; i++) {
        check_state(s, MOM_NODE_LOGIN);
        hear(s, "<", 1);
    }
    hear(s, "<", 1);
    check_state(s, MOM_NODE_PROTOCOL_ERROR);
    assert_true(s->most < 40000);
    solo_free(s);
    s = solo_new(MOM_NODE_REMOTE);
    for (unsigned i = 0; i < 30; i++) {
        check_state(s, MOM_NODE_LOGIN);
        hear(s, "<", 1);
        assert_int_equal(mom_node_deadline(s->link), 31000);
        s->now.mono_ms += 1000;
        assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    }
    check_state(s, MOM_NODE_NO_ANSWER);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
    solo_free(s);
    s = solo_new(MOM_NODE_CENTRAL);
    s->now.mono_ms += 30000;
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    check_state(s, MOM_NODE_NO_ANSWER);
    assert_int_equal(mom_batch_count(s->batch), 0);
    solo_free(s);
}

/* --- frames -------------------------------------------------------------------------------------- */

static void every_wrong_frame_ends_the_link_with_a_goodbye(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"\x00", 1}, /* a kind that is none */
        {"\x05", 1}, /* or not here */
        {"\x06", 1},
        {"\x07", 1},
        {"<", 1}, /* AXI */
        {"\xff", 1},
        {"\x01\x00", 2},         /* a message without a body */
        {"\x01\x81\x80\x08", 4}, /* one byte more than a message may have */
        {"\x01\xff\xff\xff", 4},
        {"\x01\x81\x00", 3}, /* a length with a byte too many */
        {"\x01\x80\x80\x00", 4},
        {"\x02\x01", 2}, /* a ping with a body */
        {"\x03\x01", 2},
        {"\x04\x00", 2},     /* a goodbye without a reason */
        {"\x04\xa2\x01", 3}, /* or with too long a text */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int role = MOM_NODE_CENTRAL; role <= MOM_NODE_REMOTE; role++) {
            struct solo *s = agreed((enum mom_node_role)role);
            const char *answer;

            hear(s, "\x01\x02ok", 4);
            hear(s, cases[i].bytes, cases[i].len);
            check_state(s, MOM_NODE_PROTOCOL_ERROR);
            hear(s, "\x01\x02no", 4);
            assert_int_equal(mom_batch_count(s->batch), 2);
            assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_BYTES);
            assert_int_equal(s->batch->inputs[0].value.len, 2);
            assert_int_equal(s->batch->inputs[1].kind, MOM_IN_NODE_DOWN);
            answer = said(s, NULL);
            assert_int_equal(answer[0], 4);
            assert_int_equal((unsigned char)answer[2], MOM_NODE_BYE_PROTOCOL);
            assert_string_equal(answer + 3, info_of(s).text);
            assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
            assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch),
                             MOM_OK);
            assert_int_equal(mom_batch_count(s->batch), 2);
            solo_free(s);
        }
    }
}

static void the_longest_message_passes_at_any_split(void **state)
{
    static char frame[4 + MOM_NODE_MESSAGE_MAX] = {1, (char)0x80, (char)0x80, 8};
    static const size_t splits[] = {1, 3, 4, 5, 4096, sizeof frame};

    (void)state;
    for (size_t i = 4; i < sizeof frame; i++)
        frame[i] = (char)(i * 31);
    for (size_t k = 0; k < sizeof splits / sizeof splits[0]; k++) {
        struct solo *s = agreed(MOM_NODE_REMOTE);

        for (size_t at = 0; at < sizeof frame; at += splits[k]) {
            size_t left = sizeof frame - at;

            assert_int_equal(mom_batch_count(s->batch), 0);
            assert_int_equal(mom_node_received(s->link, &s->now, frame + at,
                                               left < splits[k] ? left : splits[k], s->batch),
                             MOM_OK);
        }
        assert_int_equal(mom_batch_count(s->batch), 1);
        assert_int_equal(s->batch->inputs[0].value.len, MOM_NODE_MESSAGE_MAX);
        assert_memory_equal(s->batch->inputs[0].value.ptr, frame + 4, MOM_NODE_MESSAGE_MAX);
        assert_true(s->most < 2 * sizeof frame);
        assert_true(s->memory < 16384);
        solo_free(s);
    }
}

static void a_flood_of_pings_is_answered_once_until_the_answer_was_sent(void **state)
{
    struct solo *s = agreed(MOM_NODE_REMOTE);
    size_t len;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        hear(s, "\x02\x00", 2);
    assert_string_equal(said(s, &len), "\x03");
    assert_int_equal(len, 2);
    hear(s, "\x02\x00", 2);
    assert_string_equal(said(s, &len), "\x03");
    assert_int_equal(mom_batch_count(s->batch), 0);
    assert_true(s->most < 65536);
    /* An answer that was never sent does not count in the next connection. */
    hear(s, "\x02\x00", 2);
    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch), MOM_OK);
    assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
    hear_text(s, "<Open protocolVersion=\"45\"" ACCOUNT SYNC
                 " momsync-node=\"16777218\" momsync-carriage=\"1\"/>");
    (void)said(s, NULL);
    hear(s, "\x02\x00", 2);
    assert_string_equal(said(s, &len), "\x03");
    solo_free(s);
}

/* Single bytes of a frame are no sign of life: only its end is. */
static void a_frame_that_does_not_end_is_silence(void **state)
{
    struct solo *s = agreed(MOM_NODE_CENTRAL);
    unsigned pings = 0;
    size_t len;

    (void)state;
    hear(s, "\x01\x7f", 2);
    for (unsigned i = 0; i < 36; i++) {
        check_state(s, MOM_NODE_UP);
        hear(s, "x", 1);
        s->now.mono_ms += 5000;
        if (s->now.mono_ms >= mom_node_deadline(s->link))
            assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
        (void)said(s, &len);
        pings += len == 2;
    }
    assert_int_equal(pings, 2);
    check_state(s, MOM_NODE_SILENT);
    assert_int_equal(mom_batch_count(s->batch), 1);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_DOWN);
    solo_free(s);
}

static void who_is_silent_is_told_unless_it_does_not_read(void **state)
{
    static char big[1000];
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .text = {big, sizeof big}};
    struct solo *s;
    const char *data;

    (void)state;
    for (size_t sent = 0; sent <= sizeof big + 3; sent++) {
        s = agreed(MOM_NODE_REMOTE);
        a.node = net_number(1);
        assert_int_equal(mom_node_act(s->link, &s->now, &a, s->batch), MOM_OK);
        mom_node_sent(s->link, sent);
        s->now.mono_ms += 180000;
        assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
        check_state(s, MOM_NODE_SILENT);
        if (sent == sizeof big + 3)
            assert_memory_equal(said(s, NULL), "\x04\x17\x81", 3);
        else
            assert_int_equal(mom_node_output(s->link, &data), 0);
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
        solo_free(s);
    }
}

static void a_goodbye_is_kept_without_what_could_disturb_a_terminal(void **state)
{
    static const char bye[] = "\x04\x0a\x06"
                              "a\x1b[2J\x80\xff"
                              "b\x00";
    struct solo *s = agreed(MOM_NODE_CENTRAL);

    (void)state;
    hear(s, bye, sizeof bye - 1);
    check_state(s, MOM_NODE_GOODBYE);
    assert_int_equal(info_of(s).goodbye, MOM_REFUSED_NODE_SARI);
    assert_string_equal(info_of(s).text, "a [2J??b?");
    assert_string_equal(said(s, NULL), "");
    solo_free(s);
}

/* --- the rest ------------------------------------------------------------------------------------- */

static struct solo *older;

static enum mom_node_state know_and_end_the_older(void *user, uint32_t node,
                                                  struct mom_str username, char *ret_why,
                                                  size_t max)
{
    struct solo *s = user;

    (void)node;
    assert_int_equal(username.len, strlen(PAIR_USER));
    assert_string_equal(ret_why, "");
    assert_true(max >= 100);
    assert_int_equal(
        mom_node_closed(older->link, &s->now, MOM_NODE_LOST, NS("it came anew"), s->batch), MOM_OK);
    return MOM_NODE_UP;
}

static void a_node_that_comes_anew_takes_the_place_of_its_older_link(void **state)
{
    struct solo *s = calloc(1, sizeof *s);
    struct mom_node_config config = pair_config(NULL, 0);

    (void)state;
    older = agreed(MOM_NODE_REMOTE);
    s->now = older->now;
    s->batch = mom_batch_new(NULL);
    config.log = NULL;
    config.user = s;
    config.know_node = know_and_end_the_older;
    assert_int_equal(mom_node_new(&config, &s->link), MOM_OK);
    assert_int_equal(mom_node_enable(s->link, &s->now, true, s->batch), MOM_OK);
    assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
    hear_text(s, "<Open protocolVersion=\"45\"" ACCOUNT SYNC
                 " momsync-node=\"16777218\" momsync-carriage=\"1\"/>");
    check_state(s, MOM_NODE_UP);
    check_state(older, MOM_NODE_LOST);
    assert_int_equal(mom_batch_count(s->batch), 2);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_DOWN);
    assert_int_equal(s->batch->inputs[1].kind, MOM_IN_NODE_UP);
    solo_free(older);
    solo_free(s);
}

/* A whole conversation of a side, in which the allocation `fails_in` fails; true when it came that far. */
static bool run_short_of_memory(enum mom_node_role role, unsigned fails_in)
{
    static const char *const greetings[] = {
        [MOM_NODE_CENTRAL] = "<OpenResp protocolVersion=\"45\"" ANNOUNCED "/>",
        [MOM_NODE_REMOTE] = "<Open protocolVersion=\"45\"" ACCOUNT SYNC
                            " momsync-node=\"16777218\" momsync-carriage=\"1\"/>"};
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES};
    struct solo *s = solo_new(role);
    static char big[100000];
    int rc;

    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch), MOM_OK);
    s->now.mono_ms += 70000;
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    s->fails_in = fails_in;
    rc = mom_node_opened(s->link, &s->now, s->batch);
    if (rc == MOM_OK)
        rc = mom_node_received(s->link, &s->now, greetings[role], strlen(greetings[role]) + 1,
                               s->batch);
    a.node = info_of(s).neighbour;
    a.text = (struct mom_str){big, sizeof big};
    if (rc == MOM_OK)
        rc = mom_node_act(s->link, &s->now, &a, s->batch);
    if (rc == MOM_OK)
        rc = mom_node_received(s->link, &s->now, "\x01\x02x", 3, s->batch);
    if (rc == MOM_OK)
        rc = mom_node_received(s->link, &s->now, "y\x02", 2, s->batch);
    if (rc == MOM_OK)
        check_state(s, MOM_NODE_UP);
    else
        assert_int_equal(rc, MOM_ENOMEM);
    s->fails_in = 0;
    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS(""), s->batch), MOM_OK);
    if (mom_batch_count(s->batch) > 0) {
        assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_UP);
        assert_int_equal(s->batch->inputs[mom_batch_count(s->batch) - 1].kind, MOM_IN_NODE_DOWN);
    }
    solo_free(s);
    return rc == MOM_ENOMEM;
}

static void memory_that_runs_out_ends_in_its_error_and_loses_none(void **state)
{
    unsigned at;

    (void)state;
    for (int role = MOM_NODE_CENTRAL; role <= MOM_NODE_REMOTE; role++) {
        for (at = 1; run_short_of_memory((enum mom_node_role)role, at); at++)
            continue;
        print_message("role %d: %u allocations\n", role, at - 1);
        assert_true(at > 5);
    }
}

static void a_configuration_that_makes_no_sense_is_refused(void **state)
{
    struct mom_node_config good[2] = {pair_config(NULL, 0), pair_config(NULL, 1)}, c;
    struct mom_node *link;

    (void)state;
#define REFUSED(i, change)                                                                         \
    do {                                                                                           \
        c = good[i];                                                                               \
        change;                                                                                    \
        assert_int_equal(mom_node_new(&c, &link), MOM_EINVAL);                                     \
    } while (0)
    assert_int_equal(mom_node_new(NULL, &link), MOM_EINVAL);
    REFUSED(0, c.size--);
    REFUSED(0, c.node = 7);
    REFUSED(0, c.node = 0x02000000);
    REFUSED(0, c.neighbour = net_number(1));
    REFUSED(0, c.check_account = NULL);
    REFUSED(0, c.know_node = NULL);
    REFUSED(0, c.role = (enum mom_node_role)2);
    REFUSED(0, c.login_ms = -1);
    REFUSED(0, c.ping_ms = INT64_C(1) << 40);
    REFUSED(0, c.max_output = MOM_NODE_MESSAGE_MAX);
    REFUSED(1, c.neighbour = 0);
    REFUSED(1, c.neighbour = c.node);
    REFUSED(1, c.username.ptr = NULL);
    REFUSED(1, c.password.ptr = NULL);
    REFUSED(1, c.password.len = 257);
#undef REFUSED
    assert_int_equal(mom_node_new(&good[0], &link), MOM_OK);
    assert_int_equal(mom_node_set_account(link, NS("a"), NS("b")), MOM_EINVAL);
    mom_node_free(link);
    mom_node_free(NULL);
}

static void states_have_names_of_their_own(void **state)
{
    (void)state;
    for (int i = 0; i < MOM_NODE_STATE_COUNT; i++) {
        assert_true(strlen(mom_node_state_text((enum mom_node_state)i)) > 5);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(mom_node_state_name((enum mom_node_state)i),
                                    mom_node_state_name((enum mom_node_state)k));
    }
    assert_string_equal(mom_node_state_name(MOM_NODE_STATE_COUNT), "?");
    assert_string_equal(mom_node_state_text(MOM_NODE_STATE_COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_is_ordinary_and_says_which_node_it_is),
        cmocka_unit_test(the_caller_leaves_no_password_in_memory_that_it_gives_back),
        cmocka_unit_test(every_wrong_answer_ends_in_its_state),
        cmocka_unit_test(an_omm_is_handed_over_with_all_bytes_and_tried_again_afterwards),
        cmocka_unit_test(every_wrong_open_is_refused_with_its_reason),
        cmocka_unit_test(why_a_node_is_not_let_in_is_told_at_both_ends),
        cmocka_unit_test(frames_behind_a_refused_open_do_not_reach_the_engine),
        cmocka_unit_test(an_ordinary_client_is_handed_over_and_served),
        cmocka_unit_test(an_open_that_does_not_end_is_given_up),
        cmocka_unit_test(every_wrong_frame_ends_the_link_with_a_goodbye),
        cmocka_unit_test(the_longest_message_passes_at_any_split),
        cmocka_unit_test(a_flood_of_pings_is_answered_once_until_the_answer_was_sent),
        cmocka_unit_test(a_frame_that_does_not_end_is_silence),
        cmocka_unit_test(who_is_silent_is_told_unless_it_does_not_read),
        cmocka_unit_test(a_goodbye_is_kept_without_what_could_disturb_a_terminal),
        cmocka_unit_test(a_node_that_comes_anew_takes_the_place_of_its_older_link),
        cmocka_unit_test(memory_that_runs_out_ends_in_its_error_and_loses_none),
        cmocka_unit_test(a_configuration_that_makes_no_sense_is_refused),
        cmocka_unit_test(states_have_names_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
