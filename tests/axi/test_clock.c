/*
 * Proves the measuring of the peer's clock: what counts as equal, how measurements are smoothed, that nonsense (answers
 * that were not asked for, times beyond all bounds, clocks of the host that go back) measures nothing and
 * overflows nothing, and that time stamps are corrected.
 */
#include "axi/support.h"

#include <axi/clock.h>

#define NOW_S  INT64_C(1700000000)
#define NOW_MS (NOW_S * 1000)

/* One Ping: asked at `ms` of our clock and answered after `way` with the text of a time stamp. */
static bool measure_text(struct axi_clock *clock, int64_t ms, int64_t way, const char *stamp)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_time sent = {5000, ms}, answered = {5000 + way, ms + way};
    axi_clock_ask(clock, axi_msg_start(msg, AXI_T_Ping), sent);
    assert_true(clock->asked);
    assert_int_equal(axi_get_int_or(axi_msg_root(msg), AXI_A_timeStamp, -1), ms / 1000);
    struct axi_elem *answer = axi_msg_start(msg, AXI_T_PingResp);
    if (stamp != NULL)
        axi_set_cstr(answer, AXI_A_timeStamp, stamp);
    bool measured = axi_clock_answer(clock, msg, answered);
    assert_false(clock->asked);
    axi_msg_free(msg);
    return measured;
}

static bool measure(struct axi_clock *clock, int64_t way, int64_t peer_seconds)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)peer_seconds);
    return measure_text(clock, NOW_MS, way, text);
}

static void equal_clocks_have_no_offset(void **state)
{
    (void)state;
    for (int64_t way = 0; way <= 4000; way += 250)
        for (int64_t differs = -1; differs <= 1; differs++) {
            struct axi_clock clock = {0};
            assert_true(measure(&clock, way, NOW_S + differs));
            assert_true(clock.known);
            assert_int_equal(clock.offset_ms, 0);
        }
}

static void another_clock_has_the_offset_that_it_has(void **state)
{
    (void)state;
    struct axi_clock clock = {0};
    assert_true(measure(&clock, 200, NOW_S + 3600));
    assert_int_equal(clock.offset_ms, 3600 * 1000 + 500 - 100);
    struct axi_clock behind = {0};
    assert_true(measure(&behind, 200, NOW_S - 60));
    assert_int_equal(behind.offset_ms, -60 * 1000 + 500 - 100);
}

static void small_changes_are_smoothed_and_large_ones_taken(void **state)
{
    (void)state;
    struct axi_clock clock = {0};
    assert_true(measure(&clock, 0, NOW_S + 100));
    assert_int_equal(clock.offset_ms, 100500);
    assert_true(measure(&clock, 0, NOW_S + 101));
    assert_int_equal(clock.offset_ms, 100750);
    assert_true(measure(&clock, 0, NOW_S + 100));
    assert_int_equal(clock.offset_ms, 100688);
    assert_true(measure(&clock, 0, NOW_S + 50));
    assert_int_equal(clock.offset_ms, 50500);
    assert_true(measure(&clock, 0, NOW_S + 1));
    assert_int_equal(clock.offset_ms, 0);
}

static void nonsense_measures_nothing(void **state)
{
    (void)state;
    static const char *const stamps[] = {NULL,
                                         "",
                                         "0",
                                         "-5",
                                         "now",
                                         " 5",
                                         "1700000000.5",
                                         "9223372036854775807",
                                         "99999999999999999999"};
    struct axi_clock clock = {0};
    assert_true(measure(&clock, 0, NOW_S + 100));
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        assert_false(measure_text(&clock, NOW_MS, 10, stamps[i]));
        assert_int_equal(clock.offset_ms, 100500);
    }
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_time now = {1, NOW_MS};
    axi_set_int(axi_msg_start(msg, AXI_T_PingResp), AXI_A_timeStamp, 7);
    assert_false(axi_clock_answer(&clock, msg, now)); /* not asked */
    assert_false(axi_clock_answer(&clock, NULL, now));
    axi_msg_free(msg);
}

static void without_wall_time_nothing_is_asked(void **state)
{
    (void)state;
    static const int64_t walls[] = {0, -1, INT64_MIN, INT64_MAX, INT64_MAX / 4};
    struct axi_msg *msg = axi_msg_new(NULL);
    for (size_t i = 0; i < sizeof walls / sizeof walls[0]; i++) {
        struct axi_clock clock = {0};
        struct axi_time now = {1, walls[i]};
        axi_clock_ask(&clock, axi_msg_start(msg, AXI_T_Ping), now);
        assert_false(clock.asked);
        assert_false(axi_has(axi_msg_root(msg), AXI_A_timeStamp));
    }
    axi_msg_free(msg);
}

static void no_time_overflows(void **state)
{
    (void)state;
    static const int64_t monos[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    static const int64_t walls[] = {1, NOW_MS, INT64_MAX / 8};
    static const int64_t stamps[] = {1, NOW_S, INT64_MAX / 8000};
    size_t n = sizeof monos / sizeof monos[0];
    struct axi_msg *msg = axi_msg_new(NULL);
    for (size_t i = 0; i < n * n * 9; i++) {
        struct axi_clock clock = {0};
        struct axi_time sent = {monos[i % n], walls[i / n / n % 3]};
        struct axi_time answered = {monos[i / n % n], INT64_MAX};
        for (unsigned round = 0; round < 2; round++) {
            axi_clock_ask(&clock, axi_msg_start(msg, AXI_T_Ping), sent);
            axi_set_int(axi_msg_start(msg, AXI_T_PingResp), AXI_A_timeStamp,
                        stamps[(i / n / n / 3 + round) % 3]);
            bool measured = axi_clock_answer(&clock, msg, answered);
            assert_true(!measured || answered.mono_ms >= sent.mono_ms);
            (void)axi_clock_time(&clock, axi_msg_root(msg), AXI_A_timeStamp);
        }
    }
    axi_msg_free(msg);
}

static void time_stamps_are_corrected(void **state)
{
    (void)state;
    struct axi_clock clock = {0};
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *elem = axi_msg_start(msg, AXI_T_PingResp);
    assert_int_equal(axi_clock_time(&clock, elem, AXI_A_timeStamp), 0);
    axi_set_int(elem, AXI_A_timeStamp, NOW_S);
    assert_int_equal(axi_clock_time(&clock, elem, AXI_A_timeStamp), NOW_MS);
    clock.offset_ms = 5500;
    assert_int_equal(axi_clock_time(&clock, elem, AXI_A_timeStamp), NOW_MS - 5500);
    axi_set_int(elem, AXI_A_timeStamp, 5);
    assert_int_equal(axi_clock_time(&clock, elem, AXI_A_timeStamp), 0);
    axi_set_int(elem, AXI_A_timeStamp, INT64_MAX / 8000 + 1);
    assert_int_equal(axi_clock_time(&clock, elem, AXI_A_timeStamp), 0);
    assert_int_equal(axi_clock_time(&clock, NULL, AXI_A_timeStamp), 0);
    axi_msg_free(msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_clocks_have_no_offset),
        cmocka_unit_test(another_clock_has_the_offset_that_it_has),
        cmocka_unit_test(small_changes_are_smoothed_and_large_ones_taken),
        cmocka_unit_test(nonsense_measures_nothing),
        cmocka_unit_test(without_wall_time_nothing_is_asked),
        cmocka_unit_test(no_time_overflows),
        cmocka_unit_test(time_stamps_are_corrected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
