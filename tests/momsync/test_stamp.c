/*
 * Stamps: their total order, the order of their encoding, and the promise of the clock: what is
 * made after something was seen is greater than it, whatever the wall clock does.
 */
#include "core_support.h"

#include "stamp.h"

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static struct mom_stamp random_stamp(struct rng *rng)
{
    /* Few values, so that parts are often equal; now and then the ends of the range. */
    struct mom_stamp s = {
        .ms = (int64_t)rng_below(rng, 4),
        .counter = (uint16_t)rng_below(rng, 3),
        .origin = (uint32_t)rng_below(rng, 3),
    };
    if (rng_below(rng, 8) == 0)
        s.ms = (INT64_C(1) << 48) - 1 - s.ms;
    if (rng_below(rng, 8) == 0)
        s.counter = (uint16_t)(UINT16_MAX - s.counter);
    if (rng_below(rng, 8) == 0)
        s.origin = UINT32_MAX - s.origin;
    return s;
}

static void encoding_has_the_order_of_the_stamps(void **state)
{
    (void)state;
    struct rng rng = rng_new(5);
    for (int i = 0; i < 20000; i++) {
        struct mom_stamp a = random_stamp(&rng), b = random_stamp(&rng);
        unsigned char x[MOM__STAMP_LEN], y[MOM__STAMP_LEN];
        mom__stamp_encode(a, x);
        mom__stamp_encode(b, y);
        assert_int_equal(sign(mom_stamp_compare(a, b)), sign(memcmp(x, y, sizeof x)));
        assert_int_equal(sign(mom_stamp_compare(a, b)), -sign(mom_stamp_compare(b, a)));
        assert_int_equal(mom_stamp_compare(a, mom__stamp_decode(x)), 0);
    }
}

static void what_does_not_fit_is_kept_within(void **state)
{
    (void)state;
    unsigned char bytes[MOM__STAMP_LEN];
    struct mom_stamp low = {INT64_MIN, 1, 2}, high = {INT64_MAX, 1, 2};
    mom__stamp_encode(low, bytes);
    assert_true(mom__stamp_decode(bytes).ms == 0);
    mom__stamp_encode(high, bytes);
    assert_true(mom__stamp_decode(bytes).ms == (INT64_C(1) << 48) - 1);
    struct mom_stamp zero = {0, 0, 0};
    assert_true(mom__stamp_is_zero(zero));
    assert_false(mom__stamp_is_zero(low));
}

static void clock_never_goes_back(void **state)
{
    (void)state;
    struct rng rng = rng_new(6);
    struct mom__hlc hlc = {0, 0};
    struct mom_stamp last = {0, 0, 0};
    int64_t wall = 1000000;
    for (int i = 0; i < 20000; i++) {
        wall += (int64_t)rng_below(&rng, 21) - 10;
        struct mom_stamp next = mom__hlc_now(&hlc, wall, 7);
        assert_true(mom_stamp_compare(next, last) > 0);
        assert_true(next.ms >= wall);
        last = next;
        if (rng_below(&rng, 5) == 0) {
            struct mom_stamp seen = {wall + (int64_t)rng_below(&rng, 50), (uint16_t)rng_next(&rng),
                                     UINT32_MAX};
            mom__hlc_after(&hlc, seen);
            next = mom__hlc_now(&hlc, wall, 1);
            assert_true(mom_stamp_compare(next, seen) > 0);
            assert_true(mom_stamp_compare(next, last) > 0);
            last = next;
        }
    }
}

static void full_counter_runs_ahead_of_the_clock(void **state)
{
    (void)state;
    struct mom__hlc hlc = {0, 0};
    struct mom_stamp last = mom__hlc_now(&hlc, 500, 1);
    for (int i = 0; i < 70000; i++) {
        struct mom_stamp next = mom__hlc_now(&hlc, 500, 1);
        assert_true(mom_stamp_compare(next, last) > 0);
        last = next;
    }
    assert_int_equal(last.ms, 501);
}

/* What others could not read would keep them from hearing anything. */
static void the_greatest_time_is_never_passed(void **state)
{
    (void)state;
    struct mom__hlc hlc = {0, 0};
    mom__hlc_after(&hlc, (struct mom_stamp){INT64_MAX, 7, 1});
    for (int i = 0; i < 70000; i++)
        assert_true(mom__hlc_now(&hlc, 500, 1).ms == MOM__MS_MAX);
}

static void stamps_from_the_future_are_put_back(void **state)
{
    (void)state;
    struct mom_stamp in_time = {1060, 5, 9}, ahead = {1061, 5, 9};
    assert_false(mom__stamp_clamp(&in_time, 1000, 60));
    assert_int_equal(in_time.counter, 5);
    assert_true(mom__stamp_clamp(&ahead, 1000, 60));
    assert_int_equal(ahead.ms, 1060);
    assert_int_equal(ahead.counter, 0);
    assert_int_equal(ahead.origin, 9);
    struct mom_stamp far = {INT64_MAX, 0, 1};
    assert_false(mom__stamp_clamp(&far, INT64_MAX - 1, 60));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_has_the_order_of_the_stamps),
        cmocka_unit_test(what_does_not_fit_is_kept_within),
        cmocka_unit_test(clock_never_goes_back),
        cmocka_unit_test(full_counter_runs_ahead_of_the_clock),
        cmocka_unit_test(the_greatest_time_is_never_passed),
        cmocka_unit_test(stamps_from_the_future_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
