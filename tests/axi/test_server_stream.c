/*
 * One whole session, again and again: in pieces of every size, with memory failing at every place, with a client that
 * does not read, and without taking memory once it is under way.
 */
#include "axi/server_rig.h"

static const char session[] =
    "<Ping seq=\"1\"/>#" OPEN_OMM "#<Open username=\"omm\" password=\"no\"/>#"
    "<Subscribe><e cmd=\"On\" eventType=\"PPState\" ppn=\"5\"/>"
    "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"SOS\"/></Subscribe>#"
    "<Ping seq=\"3\" timeStamp=\"1\"/>#<GetPPUser seq=\"4\" uid=\"1\" "
    "maxRecords=\"20\"/>#<nonsense#"
    "<GetPPUser uid=\"x\"/>#<PutFile name=\":f\" offset=\"0\" data=\"YWJj\"/>#"
    "<PutFile name=\":f\" offset=\"3\" data=\"ZGVm\" eof=\"1\"/>#<GetFile name=\":log\" "
    "seq=\"5\"/>#"
    "<Unknown a=\"b\"><c/></Unknown>#<PingResp/>#<Ping seq=\"6\"/>#";

static const char seen[] = "(Ping:EPerm) login login:EForbidden subscribed (Ping) GetPPUser broken "
                           "(GetPPUser:EInval) (PutFile) file :f get :log Unknown? stray (Ping) ";

/* The session in pieces of `step` bytes; returns what was sent. */
static char *run(struct rig *rig, size_t step)
{
    size_t len = strlen(session);
    char *bytes = malloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(session[i] == '#' ? '\0' : session[i]);
    for (size_t at = 0; at < len; at += step) {
        size_t part = len - at < step ? len - at : step;
        assert_int_equal(give_bytes(rig, bytes + at, part), 0);
    }
    free(bytes);
    return taken(rig);
}

static void a_session_in_pieces_is_the_same_session(void **state)
{
    (void)state;
    static const size_t steps[] = {sizeof session, 1, 2, 3, 4, 5, 6, 7, 1000};
    char *whole = NULL;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct rig rig;
        rig_init(&rig, NULL);
        rig.serve = str("hello");
        char *sent = run(&rig, steps[i]);
        assert_sees(&rig, seen);
        assert_int_equal(rig.file_len, 6);
        if (whole == NULL)
            whole = sent;
        else
            assert_string_equal(sent, whole);
        if (sent != whole)
            free(sent);
        rig_done(&rig);
    }
    free(whole);
}

static void tell(struct rig *rig, struct axi_msg *event)
{
    axi_set_int(axi_msg_start(event, AXI_T_EventPPState), AXI_A_ppn, 5);
    axi_server_publish(rig->server, event);
}

static void memory_may_end_at_every_place(void **state)
{
    (void)state;
    char *good = NULL;
    for (unsigned for_good = 0; for_good < 2; for_good++) {
        bool whole_run = false;
        for (size_t fail = 0; !whole_run; fail++) {
            struct counting counting = {.fail_at = fail, .for_good = for_good != 0};
            struct axi_server_options options = {.parser.alloc = counting_hook(&counting)};
            struct axi_msg *event = axi_msg_new(NULL);
            struct rig rig;
            rig_init(&rig, &options);
            if (rig.server != NULL) {
                rig.serve = str("hello");
                char *sent = run(&rig, 50);
                tell(&rig, event);
                axi_server_permit(rig.server, AXI_MAY_AllCnfRead);
                free(taken(&rig));
                /* Nothing is lost silently: what is missing was told, or the session is over. */
                if (good != NULL && strcmp(sent, good) != 0)
                    assert_string_not_equal(rig.log, seen);
                if (good == NULL)
                    good = sent;
                else
                    free(sent);
            }
            whole_run = fail > 0 && counting.calls < fail;
            rig_done(&rig);
            axi_msg_free(event);
            assert_int_equal(counting.live, 0);
        }
    }
    free(good);
}

static void a_session_under_way_takes_no_memory(void **state)
{
    (void)state;
    static const char round[] = "<Ping seq=\"1\" timeStamp=\"2\"/>#<GetPPUser uid=\"1\"/>#"
                                "<GetPPUser uid=\"x\"/>#<Unknown/>#"
                                "<PutFile name=\":f\" offset=\"0\" data=\"YWJj\"/>#"
                                "<PutFile name=\":f\" offset=\"3\" eof=\"1\"/>#"
                                "<GetFile name=\":log\"/>#"
                                "<Subscribe><e cmd=\"On\" eventType=\"PPState\" ppn=\"5\"/>"
                                "</Subscribe>#<Subscribe><e cmd=\"Off\" eventType=\"PPState\" "
                                "ppn=\"4\"/></Subscribe>#<Ping";
    struct counting counting = {0};
    struct axi_server_options options = {.parser.alloc = counting_hook(&counting)};
    struct axi_msg *event = axi_msg_new(NULL);
    struct rig rig;
    size_t calls = 0;
    rig_open(&rig, &options, OPEN_OMM);
    rig.serve = str("hello");
    for (unsigned i = 0; i < 200; i++) {
        if (i == 20)
            calls = counting.calls;
        give(&rig, round);
        tell(&rig, event);
        free(taken(&rig));
        rig.log[0] = '\0';
    }
    assert_int_equal(counting.calls, calls);
    axi_msg_free(event);
    rig_done(&rig);
    assert_int_equal(counting.live, 0);
}

/* --- a client that does not read -------------------------------------------------------------------- */

static void requests_wait_while_the_client_is_behind(void **state)
{
    (void)state;
    struct axi_server_options options = {.max_output = 400};
    static const char pings[] = "<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>\0"
                                "<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>\0<Ping/>";
    struct rig rig;
    rig_open(&rig, &options, OPEN_READER);
    /* An answer has 12 bytes: the ninth passes the quarter of 400. */
    assert_int_equal(give_bytes(&rig, pings, sizeof pings), 3 * 8);
    assert_int_equal(give_bytes(&rig, pings + 9 * 8, 3 * 8), 3 * 8);
    axi_server_sent(rig.server, 8); /* half an answer is gone: just below */
    assert_int_equal(give_bytes(&rig, pings + 9 * 8, 3 * 8), 2 * 8);
    axi_server_sent(rig.server, 1000000);
    assert_int_equal(give_bytes(&rig, pings + 10 * 8, 2 * 8), 0);
    assert_sends(&rig, "<PingResp/>#<PingResp/>#");
    assert_sees(&rig,
                "(Ping) (Ping) (Ping) (Ping) (Ping) (Ping) (Ping) (Ping) (Ping) (Ping) (Ping) "
                "(Ping) ");
    rig_done(&rig);
}

static void a_client_that_does_not_read_is_told_once_and_dropped(void **state)
{
    (void)state;
    struct axi_server_options options = {.max_output = 400};
    struct axi_msg *event = axi_msg_new(NULL);
    struct rig rig;
    unsigned queued = 0;
    rig_open(&rig, &options, OPEN_OMM);
    give(&rig, "<Subscribe><e cmd=\"On\" eventType=\"PPState\" ppn=\"-1\"/></Subscribe>#<GetFile "
               "name=\":log\"/>#<PutFile name=\":f\"/>");
    free(taken(&rig));
    axi_set_int(axi_msg_start(event, AXI_T_EventPPState), AXI_A_ppn, 5);
    while (axi_server_publish(rig.server, event))
        queued++;
    assert_int_equal(queued, 400 / strlen("<EventPPState ppn=\"5\"/>#"));
    assert_int_equal(axi_server_output(rig.server).len, 0);
    assert_int_equal(axi_server_deadline(rig.server), rig.now.mono_ms);
    assert_false(axi_server_notify(rig.server, event));
    axi_server_answer(rig.server, event);
    assert_int_equal(axi_server_send(rig.server), AXI_EFULL);
    axi_msg_start(event, AXI_T_GetFile);
    assert_int_equal(axi_server_send_file(rig.server, event, str("x")), AXI_EFULL);
    rig.log[0] = '\0';
    assert_int_equal(give(&rig, "<Ping/>#<Ping/>"), 0);
    assert_int_equal(give(&rig, "<Ping/>"), 0);
    assert_sees(&rig, "slow ");
    assert_sends(&rig, "");
    assert_true(axi_server_deadline(rig.server) == INT64_MAX);
    const char *nothing = NULL; /* only time has passed */
    size_t none = 0;
    struct axi_server_event told;
    assert_false(axi_server_next(rig.server, rig.now, &nothing, &none, &told));
    assert_null(nothing);
    axi_msg_free(event);
    rig_done(&rig);
}

/* What is gone from the front of the queue is not kept, and what is behind it stays in order. */
static void the_queue_moves_up(void **state)
{
    (void)state;
    struct axi_server_options options = {.max_output = 100000};
    struct counting counting = {0};
    struct axi_msg *event = axi_msg_new(NULL);
    struct rig rig;
    options.parser.alloc = counting_hook(&counting);
    rig_open(&rig, &options, OPEN_OMM);
    uint64_t seed = 5;
    int64_t in = 0, out = 0;
    char text[64];
    while (out < 20000) {
        for (uint32_t i = next_random(&seed) % 100; i > 0; i--) {
            axi_set_int(axi_msg_start(event, AXI_T_EventPPState), AXI_A_ppn, in++);
            assert_true(axi_server_notify(rig.server, event));
        }
        for (uint32_t i = next_random(&seed) % 110; i > 0 && out < in; i--) {
            size_t len =
                (size_t)snprintf(text, sizeof text, "<EventPPState ppn=\"%d\"/>", (int)out++);
            assert_memory_equal(axi_server_output(rig.server).ptr, text, len + 1);
            axi_server_sent(rig.server, len + 1);
        }
    }
    assert_true(counting.peak < 400000);
    axi_msg_free(event);
    rig_done(&rig);
}

/* Of a session that once sent a large answer; its next one is small. */
static void what_a_large_answer_took_is_given_back(void **state)
{
    (void)state;
    enum { LARGE = 2 << 20, ORDINARY = 1 << 20 };
    struct counting counting = {0};
    struct axi_server_options options = {.parser.alloc = counting_hook(&counting)};
    struct rig rig;
    rig_open(&rig, &options, OPEN_OMM);
    struct axi_msg *request = axi_msg_new(NULL);
    char *text = malloc(LARGE);
    memset(text, 'x', LARGE);
    axi_msg_start(request, AXI_T_GetFile);
    axi_set_str(axi_server_answer(rig.server, request), AXI_A_data, (struct axi_str){text, LARGE});
    assert_int_equal(axi_server_send(rig.server), AXI_OK);
    axi_server_sent(rig.server, SIZE_MAX);
    give(&rig, "<Ping/>");
    axi_server_sent(rig.server, SIZE_MAX);
    assert_true(counting.bytes < ORDINARY);
    free(text);
    axi_msg_free(request);
    rig_done(&rig);
    assert_int_equal(counting.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_in_pieces_is_the_same_session),
        cmocka_unit_test(memory_may_end_at_every_place),
        cmocka_unit_test(a_session_under_way_takes_no_memory),
        cmocka_unit_test(requests_wait_while_the_client_is_behind),
        cmocka_unit_test(a_client_that_does_not_read_is_told_once_and_dropped),
        cmocka_unit_test(the_queue_moves_up),
        cmocka_unit_test(what_a_large_answer_took_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
