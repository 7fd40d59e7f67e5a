/*
 * Proves the interval logic of the paged reading: for any set of ids, any page size, any window and any order of the
 * answers, every id is brought, is new exactly once, and the reading ends; and that a dense list costs no more
 * requests than it has pages.
 */
#include "pages.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state, seed;

static uint32_t pick(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

struct request {
    uint32_t start, max;
};

/* What an OMM answers: up to max records with an id of start or above. */
static uint32_t answer(const uint32_t *ids, unsigned count, struct request request, uint32_t *ret)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < count && n < request.max; i++) {
        if (ids[i] >= request.start)
            ret[n++] = ids[i];
    }
    return n;
}

/* Read all of `ids`; returns the number of requests. */
static unsigned read_all(const uint32_t *ids, unsigned count, uint32_t page, unsigned window,
                         bool shuffled)
{
    struct mom__pages pages;
    struct request asked[MOM__PAGES_WINDOW];
    uint32_t *brought = calloc(count + 1, sizeof(*brought)), records[64];
    unsigned asked_count = 0, requests = 0, new_records = 0;

    mom__pages_start(&pages, page, window);
    for (;;) {
        struct request now;
        unsigned at;
        uint32_t n;

        while (mom__pages_next(&pages, &now.start, &now.max)) {
            assert_true(now.max >= 1 && now.max <= page);
            assert_true(asked_count < window);
            asked[asked_count++] = now;
            requests++;
        }
        if (asked_count == 0)
            break;
        at = shuffled ? pick(asked_count) : 0;
        now = asked[at];
        memmove(&asked[at], &asked[at + 1], (asked_count - at - 1) * sizeof(asked[0]));
        asked_count--;
        n = answer(ids, count, now, records);
        for (uint32_t i = 0; i < n; i++) {
            if (mom__pages_is_new(&pages, records[i]))
                brought[new_records++] = records[i];
            assert_true(new_records <= count);
        }
        assert_true(mom__pages_answer(&pages, now.start, n, n > 0 ? records[n - 1] : now.start));
        if (requests > 100 + 20 * count)
            fail_msg("seed %llu: the reading does not end", (unsigned long long)seed);
    }
    if (!mom__pages_done(&pages) || new_records != count)
        fail_msg("seed %llu: %u of %u ids", (unsigned long long)seed, new_records, count);
    for (unsigned i = 0; i < count; i++) {
        unsigned found = 0;

        for (unsigned k = 0; k < new_records && count <= 300; k++)
            found += brought[k] == ids[i];
        assert_true(count > 300 || found == 1);
    }
    free(brought);
    return requests;
}

static void every_id_is_brought_once_whatever_the_gaps(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        uint32_t ids[200], next = 0, gap;
        unsigned count, window, page;

        seed = random_state = 4711 + round;
        count = pick(200);
        window = 1 + pick(MOM__PAGES_WINDOW);
        page = 1 + pick(20);
        gap = 1 + pick(round % 3 == 0 ? 2 : round % 3 == 1 ? 50 : 100000);
        for (unsigned i = 0; i < count; i++)
            ids[i] = next += 1 + pick(gap);
        (void)read_all(ids, count, page, window, round % 2 == 0);
    }
}

static void a_dense_list_costs_one_request_a_page(void **state)
{
    static uint32_t ids[10000];

    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        ids[i] = i + 1;
    for (unsigned window = 1; window <= MOM__PAGES_WINDOW; window++) {
        unsigned requests = read_all(ids, 10000, 20, window, false);

        /* 500 full pages, and as many beyond the end as were on their way. */
        assert_true(requests <= 500 + window);
    }
}

static void an_empty_list_ends_at_once(void **state)
{
    (void)state;
    assert_int_equal(read_all(NULL, 0, 20, 1, false), 1);
    assert_int_equal(read_all(NULL, 0, 20, 4, false), 4);
}

static void sparse_ids_do_not_multiply_the_requests(void **state)
{
    static uint32_t ids[2000];
    unsigned requests;

    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        ids[i] = 1 + i * 100;
    requests = read_all(ids, 2000, 20, 4, false);
    assert_true(requests <= 3 * 100);
}

static void the_last_id_that_there_can_be_is_read(void **state)
{
    const uint32_t ids[] = {1, 2, UINT32_MAX - 1, UINT32_MAX};

    (void)state;
    (void)read_all(ids, 4, 1, 4, true);
    (void)read_all(ids, 4, 2, 1, false);
    (void)read_all(ids, 4, 4, 3, true);
}

static void an_answer_that_was_not_asked_for_changes_nothing(void **state)
{
    struct mom__pages pages;
    uint32_t start, max;

    (void)state;
    mom__pages_start(&pages, 20, 1);
    assert_true(mom__pages_next(&pages, &start, &max));
    assert_int_equal(start, 1);
    assert_false(mom__pages_answer(&pages, 77, 20, 96));
    assert_true(mom__pages_is_new(&pages, 80));
    assert_false(mom__pages_next(&pages, &start, &max));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_brought_once_whatever_the_gaps),
        cmocka_unit_test(a_dense_list_costs_one_request_a_page),
        cmocka_unit_test(an_empty_list_ends_at_once),
        cmocka_unit_test(sparse_ids_do_not_multiply_the_requests),
        cmocka_unit_test(the_last_id_that_there_can_be_is_read),
        cmocka_unit_test(an_answer_that_was_not_asked_for_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
