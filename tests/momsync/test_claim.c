/*
 * The order of claims is total, the same on every node, and a new claim is ahead of the one that it
 * replaces.
 */
#include "core_support.h"

#include "claim.h"
#include "stamp.h"

static struct mom__claim random_claim(struct rng *rng)
{
    return (struct mom__claim){(int64_t)rng_below(rng, 4), (uint32_t)rng_below(rng, 3),
                               (uint32_t)rng_below(rng, 3)};
}

static bool is_equal(struct mom__claim a, struct mom__claim b)
{
    return a.ms == b.ms && a.epoch == b.epoch && a.site == b.site;
}

static void order_is_total(void **state)
{
    struct rng rng = rng_new(81);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct mom__claim a = random_claim(&rng), b = random_claim(&rng), c = random_claim(&rng);
        int ab = mom__claim_compare(a, b), bc = mom__claim_compare(b, c);

        assert_int_equal(ab, -mom__claim_compare(b, a));
        assert_int_equal(ab == 0, is_equal(a, b));
        if (ab < 0 && bc < 0)
            assert_true(mom__claim_compare(a, c) < 0);
    }
}

static void time_goes_before_epoch_and_epoch_before_site(void **state)
{
    (void)state;
    assert_true(mom__claim_compare((struct mom__claim){2, 1, 1}, (struct mom__claim){1, 9, 9}) > 0);
    assert_true(mom__claim_compare((struct mom__claim){1, 2, 1}, (struct mom__claim){1, 1, 9}) > 0);
    assert_true(mom__claim_compare((struct mom__claim){1, 1, 2}, (struct mom__claim){1, 1, 1}) > 0);
}

static void next_claim_is_ahead_whatever_the_time(void **state)
{
    struct rng rng = rng_new(82);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct mom__claim a = random_claim(&rng), next, after, planned = random_claim(&rng);
        int64_t at_ms = (int64_t)rng_below(&rng, 8) - 2;

        next = mom__claim_next(a, 7, at_ms);
        assert_true(mom__claim_compare(next, a) > 0 && next.ms > a.ms && next.site == 7);
        assert_true(next.ms >= at_ms && next.epoch == a.epoch + 1);
        after = mom__claim_after(a, planned);
        assert_true(mom__claim_compare(after, a) > 0 && after.ms > a.ms);
        assert_true(after.site == planned.site && after.epoch >= planned.epoch);
        assert_true(after.epoch > a.epoch);
        if (planned.ms > a.ms && planned.epoch > a.epoch)
            assert_true(is_equal(after, planned));
    }
}

static void largest_numbers_do_not_overflow(void **state)
{
    struct mom__claim most = {INT64_MAX, UINT32_MAX, UINT32_MAX}, next;

    (void)state;
    next = mom__claim_next(most, UINT32_MAX, INT64_MIN);
    assert_true(is_equal(next, most));
}

/* The message of a later one could not be read by anybody. */
static void the_greatest_time_is_followed_by_itself(void **state)
{
    struct mom__claim last = {MOM__MS_MAX, 7, 3}, next = mom__claim_next(last, 2, 1700000000000);

    (void)state;
    assert_true(next.ms == MOM__MS_MAX);
    assert_true(mom__claim_compare(next, last) > 0);
}

static void record_carries_its_claim(void **state)
{
    struct mom__claim claim = {5, 3, 2};
    struct mom_record record;

    (void)state;
    mom__record_init(&record, MOM_DEVICE, 1);
    assert_true(is_equal(mom__claim_of(&record), (struct mom__claim){0, 0, 0}));
    mom__claim_set(&record, claim);
    assert_true(is_equal(mom__claim_of(&record), claim));
    assert_false(mom__claim_outdates(claim, 5));
    assert_true(mom__claim_outdates(claim, 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_total),
        cmocka_unit_test(time_goes_before_epoch_and_epoch_before_site),
        cmocka_unit_test(next_claim_is_ahead_whatever_the_time),
        cmocka_unit_test(largest_numbers_do_not_overflow),
        cmocka_unit_test(the_greatest_time_is_followed_by_itself),
        cmocka_unit_test(record_carries_its_claim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
