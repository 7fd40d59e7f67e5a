/*
 * Proves what a client does without memory: a whole session is played again and again, and each time another
 * allocation fails, once or from then on for a while. Calls of the host return AXI_ENOMEM and have begun nothing,
 * what the client does by itself is made up for, nothing is lost, sent twice or leaked. And in the steady state nothing
 * is allocated.
 */
#include "axi/client_rig.h"

static char file_bytes[1200];
static int64_t ids[45];

static void prepare(struct rig *r)
{
    for (size_t i = 0; i < sizeof file_bytes; i++)
        file_bytes[i] = (char)('A' + i % 57);
    for (size_t i = 0; i < 45; i++)
        ids[i] = 1 + 2 * (int64_t)i;
    r->omm.ids = ids;
    r->omm.id_count = 45;
    r->omm.file = file_bytes;
    r->omm.file_len = sizeof file_bytes;
    r->omm.file_block = 700;
}

/* Call until there is memory; what failed must have left no trace. */
#define INSIST(call)                                                                               \
    do {                                                                                           \
        int rc_;                                                                                   \
        size_t pending_ = axi_client_pending(r->c);                                                \
        unsigned tries_ = 0;                                                                       \
        while ((rc_ = (call)) == AXI_ENOMEM) {                                                     \
            assert_true(axi_client_pending(r->c) >= pending_);                                     \
            assert_true(tries_++ < 100);                                                           \
        }                                                                                          \
        assert_int_equal(rc_, AXI_OK);                                                             \
    } while (0)

/* Talk, and let time pass as the deadline says when something is to be tried again. */
static void talk(struct rig *r)
{
    for (unsigned rounds = 0; rounds < 200; rounds++) {
        converse(r);
        if (axi_client_pending(r->c) == 0 && axi_client_deadline(r->c) > r->now.mono_ms + 1000)
            return;
        int64_t wait = axi_client_deadline(r->c) - r->now.mono_ms;
        pass(r, wait > 0 ? wait : 0);
    }
    fail_msg("the session hangs\n%s", r->trace);
}

static void open_again(struct rig *r)
{
    struct axi_login login = login_of("omm", "secret");
    do {
        axi_client_reset(r->c);
        INSIST(axi_client_open(r->c, &login, r->now));
        talk(r);
    } while (!axi_client_is_open(r->c)); /* OpenResp fell victim */
}

static int send_request(struct rig *r, enum axi_type type, uint64_t tag)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    axi_msg_start(msg, type);
    int rc = axi_client_request(r->c, msg, tag, 0, r->now);
    axi_msg_free(msg);
    return rc;
}

/* A session with everything in it. */
static void play(struct rig *r)
{
    struct axi_subscription trigger = {AXI_V_AlarmTrigger, true, AXI_BY_TRIGGER, 0, str("LOC-*")};
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
    INSIST(axi_client_subscribe(r->c, &trigger, r->now));
    INSIST(axi_client_subscribe(r->c, &users, r->now));
    INSIST(send_request(r, AXI_T_Limits, 1));
    open_again(r);
    for (int64_t ppn = 1; ppn <= 25; ppn++) {
        struct axi_subscription device = flag(AXI_V_PPDevCnf, AXI_BY_PPN, ppn);
        INSIST(axi_client_subscribe(r->c, &device, r->now));
    }
    INSIST(axi_client_read(r->c, AXI_T_GetPPUser, 1, 2, r->now));
    INSIST(
        axi_client_put_file(r->c, str(":license"), (struct axi_str){file_bytes, 1200}, 3, r->now));
    for (uint64_t tag = 10; tag < 22; tag++)
        INSIST(send_request(r, AXI_T_GetSARI, tag));
    INSIST(axi_client_ping(r->c, r->now));
    talk(r);
    INSIST(axi_client_get_file(r->c, str(":license"), 4, r->now));
    INSIST(axi_client_read(r->c, AXI_T_GetPPUser, 1, 5, r->now));
    talk(r);
    open_again(r);
}

static bool told(const struct rig *r, const char *line)
{
    return strstr(r->trace, line) != NULL;
}

/* Whatever was begun has come to its end: as it should, or because the answer could not be read for lack of memory. */
static void expect_ends(const struct rig *r, bool lossless)
{
    assert_true(told(r, "READ_END GetPPUser #2\n") ||
                (!lossless && told(r, "TIMED_OUT GetPPUser #2\n")));
    assert_true(told(r, "READ_END GetPPUser #5\n") ||
                (!lossless && told(r, "TIMED_OUT GetPPUser #5\n")));
    assert_true(told(r, "FILE_SENT PutFile #3\n") ||
                (!lossless && told(r, "TIMED_OUT PutFile #3\n")));
    assert_true(
        told(r, "FILE_END GetFile #4\n") ||
        (!lossless && (told(r, "TIMED_OUT GetFile #4\n") || told(r, "FILE_END GetFile #4 E"))));
    for (unsigned tag = 10; tag < 22; tag++) {
        char line[64];
        snprintf(line, sizeof line, "GetSARI #%u\n", tag);
        assert_true(told(r, line));
    }
}

static void expect_subscribed(const struct rig *r)
{
    const struct axi_subscriptions *known = axi_client_subscriptions(r->c);
    struct axi_subscription trigger = {AXI_V_AlarmTrigger, true, AXI_BY_TRIGGER, 0, str("LOC-9")};
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, 7);
    assert_true(axi_subscriptions_has(known, &trigger));
    assert_true(axi_subscriptions_has(known, &users));
    for (int64_t ppn = 1; ppn <= 25; ppn++) {
        struct axi_subscription device = flag(AXI_V_PPDevCnf, AXI_BY_PPN, ppn);
        assert_true(axi_subscriptions_has(known, &device));
    }
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    for (unsigned pages = 1; pages <= 3; pages += 2)
        for (size_t fail_at = 1;; fail_at++) {
            struct axi_client_options options = {.pages = pages, .ping_ms = -1};
            struct rig r;
            rig_init(&r, &options);
            assert_non_null(r.c);
            r.chunk = fail_at % 2 == 0 ? 0 : 100;
            prepare(&r);
            size_t made = r.counting.calls;
            r.counting.fail_at = made + fail_at;
            play(&r);
            bool clean = !told(&r, "BROKEN") && !told(&r, "FILE_END GetFile #4 ENoMem");
            bool reached = r.counting.calls >= made + fail_at;
            expect_ends(&r, clean);
            if (!told(&r, "TIMED_OUT Subscribe"))
                expect_subscribed(&r);
            /* And everything works again. */
            r.counting.fail_at = 0;
            r.trace_len = 0;
            r.omm.got_len = 0;
            play(&r);
            expect_ends(&r, true);
            expect_subscribed(&r);
            rig_done(&r);
            if (!reached)
                break;
        }
}

static int read_like(struct rig *r)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    axi_set_bool(axi_msg_start(msg, AXI_T_GetRFP), AXI_A_withDetails, true);
    int rc = axi_client_read_like(r->c, msg, 1, r->now);
    axi_msg_free(msg);
    return rc;
}

static int call(struct rig *r, unsigned which)
{
    struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
    struct axi_login login = login_of("omm", "secret");
    switch (which) {
    case 0:
        return axi_client_open(r->c, &login, r->now);
    case 1:
        return axi_client_read(r->c, AXI_T_GetPPUser, 1, 1, r->now);
    case 2:
        return axi_client_put_file(r->c, str(":license"), str("xyz"), 1, r->now);
    case 3:
        return axi_client_get_file(r->c, str(":license"), 1, r->now);
    case 4:
        return send_request(r, AXI_T_Limits, 1);
    case 5:
        return read_like(r);
    case 6:
        return axi_client_ping(r->c, r->now);
    default:
        return axi_client_subscribe(r->c, &users, r->now);
    }
}

static void a_call_without_memory_begins_nothing(void **state)
{
    (void)state;
    for (unsigned which = 0; which <= 7; which++)
        for (size_t fail_at = 1;; fail_at++) {
            struct rig r;
            rig_init(&r, NULL);
            if (which >= 6)
                open_session(&r);
            size_t pending = axi_client_pending(r.c);
            r.counting.fail_at = r.counting.calls + fail_at;
            int rc = call(&r, which);
            bool reached = r.counting.calls >= r.counting.fail_at;
            assert_int_equal(rc, reached ? AXI_ENOMEM : AXI_OK);
            r.counting.fail_at = 0;
            if (reached) {
                assert_int_equal(axi_client_pending(r.c), pending);
                expect_sent(&r, "");
                assert_int_equal(call(&r, which), AXI_OK);
            }
            rig_done(&r);
            if (!reached)
                break;
        }
}

/* No memory at all for some time, from each allocation on: nothing hangs, nothing spins, and it goes on afterwards. */
static void memory_comes_back(void **state)
{
    (void)state;
    for (size_t fail_at = 1;; fail_at++) {
        struct rig r;
        rig_init(&r, NULL);
        prepare(&r);
        size_t made = r.counting.calls;
        struct axi_login login = login_of("omm", "secret");
        assert_int_equal(axi_client_open(r.c, &login, r.now), AXI_OK);
        converse(&r);
        struct axi_subscription users = flag(AXI_V_PPUserCnf, AXI_BY_UID, -1);
        (void)!axi_client_subscribe(r.c, &users, r.now);
        r.counting.fail_at = r.counting.calls + fail_at;
        r.counting.for_good = true;
        for (unsigned i = 0; i < 3; i++) {
            (void)!axi_client_read(r.c, AXI_T_GetPPUser, 1, 2 + i, r.now);
            (void)!axi_client_put_file(r.c, str(":license"), str("xyz"), 5 + i, r.now);
            (void)!send_request(&r, AXI_T_Limits, 8 + i);
        }
        unsigned calls = 0;
        for (int64_t until = r.now.mono_ms + 100000; r.now.mono_ms < until; calls++) {
            converse(&r);
            int64_t wait = axi_client_deadline(r.c) - r.now.mono_ms;
            pass(&r, wait > 0 ? wait : 0);
        }
        assert_true(calls < 400);
        bool reached = r.counting.calls >= r.counting.fail_at;
        r.counting.fail_at = 0;
        talk(&r);
        r.trace_len = 0;
        r.omm.got_len = 0;
        play(&r);
        expect_ends(&r, true);
        expect_subscribed(&r);
        rig_done(&r);
        assert_true(made > 0);
        if (!reached)
            break;
    }
}

/* Memory goes while the session opens: what is wanted still goes out before what waited and what comes later. */
static void subscriptions_are_made_up_for_in_order(void **state)
{
    (void)state;
    bool refused = false;
    for (size_t fail_at = 1; fail_at < 40; fail_at++) {
        struct axi_subscription site = flag(AXI_V_SiteCnf, 0, 0);
        struct axi_login login = login_of("omm", "secret");
        struct rig r;
        rig_init(&r, NULL);
        for (int64_t ppn = 1; ppn <= 45; ppn++) {
            struct axi_subscription device = flag(AXI_V_PPDevCnf, AXI_BY_PPN, ppn);
            assert_int_equal(axi_client_subscribe(r.c, &device, r.now), AXI_OK);
        }
        assert_int_equal(send_request(&r, AXI_T_Limits, 1), AXI_OK);
        assert_int_equal(axi_client_open(r.c, &login, r.now), AXI_OK);
        (void)take_sent(&r);
        r.counting.fail_at = r.counting.calls + fail_at;
        r.counting.for_good = true;
        say(&r, "<OpenResp seq=\"2\" protocolVersion=\"45\"/>");
        if (axi_client_is_open(r.c)) {
            int rc = axi_client_subscribe(r.c, &site, r.now);
            refused = refused || rc == AXI_ENOMEM;
            assert_true(rc == AXI_OK || rc == AXI_ENOMEM);
            int later = send_request(&r, AXI_T_GetSARI, 2);
            r.counting.fail_at = 0;
            pass(&r, 1000);
            const char *sent = take_sent(&r), *limits = strstr(sent, "<Limits");
            const char *last = strstr(sent, "ppn=\"45\""), *at = strstr(sent, "<GetSARI");
            assert_true(last != NULL && limits > last);
            assert_int_equal(at != NULL, later == AXI_OK);
            assert_true(at == NULL || at > limits);
            const char *added = strstr(sent, "SiteCnf");
            assert_int_equal(added != NULL, rc == AXI_OK);
            assert_true(added == NULL || at == NULL || added < at);
        }
        rig_done(&r);
    }
    assert_true(refused);
}

static void a_file_ends_when_there_is_no_memory_for_a_block(void **state)
{
    (void)state;
    bool seen = false;
    for (size_t fail_at = 1; fail_at < 40; fail_at++) {
        struct rig r;
        rig_init(&r, NULL);
        prepare(&r);
        open_session(&r);
        r.omm.file_block = 1200;
        assert_int_equal(axi_client_get_file(r.c, str(":license"), 4, r.now), AXI_OK);
        r.counting.fail_at = r.counting.calls + fail_at;
        converse(&r);
        seen = seen || told(&r, "FILE_END GetFile #4 ENoMem\n");
        talk(&r);
        assert_int_equal(axi_client_pending(r.c), 0);
        rig_done(&r);
    }
    assert_true(seen);
}

static void the_steady_state_allocates_nothing(void **state)
{
    (void)state;
    struct axi_client_options options = {.pages = 3};
    struct rig rig, *r = &rig;
    size_t before = 0;
    rig_init(r, &options);
    prepare(r);
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    converse(r);
    for (unsigned round = 0; round < 30; round++) {
        r->trace_len = 0;
        r->omm.got_len = 0;
        if (round == 10)
            before = r->counting.calls;
        struct axi_subscription device = flag(AXI_V_PPDevCnf, AXI_BY_PPN, 3);
        device.on = round % 2 == 0;
        assert_int_equal(axi_client_subscribe(r->c, &device, r->now), AXI_OK);
        for (uint64_t tag = 1; tag < 50; tag++)
            assert_int_equal(send_request(r, AXI_T_GetSARI, tag), AXI_OK);
        assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 60, r->now), AXI_OK);
        assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, 1, 61, r->now), AXI_OK);
        assert_int_equal(axi_client_put_file(r->c, str(":license"),
                                             (struct axi_str){file_bytes, 1200}, 3, r->now),
                         AXI_OK);
        assert_int_equal(axi_client_ping(r->c, r->now), AXI_OK);
        talk(r);
        assert_int_equal(axi_client_get_file(r->c, str(":license"), 4, r->now), AXI_OK);
        say(r, "<EventPPCnf><user uid=\"1\" name=\"x\"/></EventPPCnf>");
        talk(r);
        pass(r, 60000);
        talk(r);
        assert_true(told(r, "READ_END GetPPUser #61\n"));
        assert_true(told(r, "FILE_END GetFile #4\n"));
    }
    assert_int_equal(r->counting.calls, before);
    rig_done(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_without_memory_begins_nothing),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(memory_comes_back),
        cmocka_unit_test(subscriptions_are_made_up_for_in_order),
        cmocka_unit_test(a_file_ends_when_there_is_no_memory_for_a_block),
        cmocka_unit_test(the_steady_state_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
