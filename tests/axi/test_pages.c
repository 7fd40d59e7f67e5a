/*
 * Proves the interval logic of the paged reading: for any set of ids, any page size, any window and any order of the
 * answers, every id is brought, is new exactly once, and the reading ends; and that a dense list costs no more
 * requests than it has pages.
 */
#include <axi/pages.h>

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
    int64_t start;
    unsigned max;
};

/* What an OMM answers: up to max records with an id of start or above. */
static unsigned answer(const int64_t *ids, unsigned count, struct request request, int64_t *ret)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count && n < request.max; i++) {
        if (ids[i] >= request.start)
            ret[n++] = ids[i];
    }
    return n;
}

struct range {
    int64_t first, last;
};
static const struct range ppns = {1, UINT32_MAX};

/* Read all of `ids`; returns the number of requests. */
static unsigned read_range(struct range range, const int64_t *ids, unsigned count, unsigned page,
                           unsigned window, bool shuffled)
{
    struct axi_pages pages;
    struct request asked[AXI_PAGES_WINDOW];
    int64_t *brought = calloc(count + 1, sizeof(*brought)), records[64];
    unsigned asked_count = 0, requests = 0, new_records = 0;

    axi_pages_start(&pages, range.first, range.last, page, window);
    for (;;) {
        struct request now;
        unsigned at, n;

        while (axi_pages_next(&pages, &now.start, &now.max)) {
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
        for (unsigned i = 0; i < n; i++) {
            if (axi_pages_is_new(&pages, records[i]))
                brought[new_records++] = records[i];
            assert_true(new_records <= count);
        }
        assert_true(axi_pages_answer(&pages, now.start, n, n > 0 ? records[n - 1] : now.start));
        if (requests > 100 + 20 * count)
            fail_msg("seed %llu: the reading does not end", (unsigned long long)seed);
    }
    if (!axi_pages_done(&pages) || new_records != count)
        fail_msg("seed %llu: %u of %u ids", (unsigned long long)seed, new_records, count);
    for (unsigned i = 0; i < count; i++) {
        unsigned found = 0;

        for (unsigned k = 0; k < new_records && count <= 300; k++)
            found += brought[k] == ids[i];
        assert_true(count > 300 || found == 1);
    }
    assert_int_equal(axi_pages_asked(&pages), 0);
    free(brought);
    return requests;
}

static unsigned read_all(const int64_t *ids, unsigned count, unsigned page, unsigned window,
                         bool shuffled)
{
    return read_range(ppns, ids, count, page, window, shuffled);
}

static void every_id_is_brought_once_whatever_the_gaps(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        int64_t ids[200], next;
        unsigned count, window, page, gap;
        struct range range = {round % 5 == 0 ? 0 : 1, round % 7 == 0 ? INT64_MAX : UINT32_MAX};

        seed = random_state = 4711 + round;
        count = pick(200);
        window = 1 + pick(AXI_PAGES_WINDOW);
        page = 1 + pick(20);
        gap = 1 + pick(round % 3 == 0 ? 2 : round % 3 == 1 ? 50 : 100000);
        next = range.first - 1;
        for (unsigned i = 0; i < count; i++)
            ids[i] = next += 1 + pick(gap);
        (void)read_range(range, ids, count, page, window, round % 2 == 0);
    }
}

static void a_dense_list_costs_one_request_a_page(void **state)
{
    static int64_t ids[10000];

    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        ids[i] = i + 1;
    for (unsigned window = 1; window <= AXI_PAGES_WINDOW; window++) {
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
    static int64_t ids[2000];
    unsigned requests;

    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        ids[i] = 1 + i * 100;
    requests = read_all(ids, 2000, 20, 4, false);
    assert_true(requests <= 3 * 100);
}

static void the_last_id_that_there_can_be_is_read(void **state)
{
    const struct range ranges[] = {{1, UINT32_MAX}, {0, INT64_MAX}, {1, 2}, {7, 7}};

    (void)state;
    for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const int64_t ids[] = {ranges[i].first, ranges[i].first + 1, ranges[i].last - 1,
                               ranges[i].last};
        const int64_t *from = ids + (i > 1 ? 2 : 0);
        unsigned count = i == 3 ? 1 : i == 2 ? 2 : 4;

        from = i == 3 ? ids + 3 : from;
        for (unsigned page = 1; page <= 5; page++)
            for (unsigned window = 1; window <= 6; window++)
                (void)read_range(ranges[i], from, count, page, window, page % 2 == 0);
    }
}

static void a_range_without_ids_is_read_at_once(void **state)
{
    struct axi_pages pages;
    int64_t start;
    unsigned max;

    (void)state;
    axi_pages_start(&pages, 8, 7, 20, 4);
    assert_false(axi_pages_next(&pages, &start, &max));
    assert_true(axi_pages_done(&pages));
}

static void sizes_are_cut_to_what_can_be(void **state)
{
    struct axi_pages pages;
    int64_t start;
    unsigned max, asked = 0;

    (void)state;
    axi_pages_start(&pages, -5, INT64_MAX, 0, 0);
    assert_true(axi_pages_next(&pages, &start, &max));
    assert_int_equal(start, 0);
    assert_int_equal(max, 1);
    assert_false(axi_pages_next(&pages, &start, &max));
    axi_pages_start(&pages, 0, INT64_MAX, 20, 1000);
    while (axi_pages_next(&pages, &start, &max))
        asked++;
    assert_int_equal(asked, AXI_PAGES_WINDOW);
    assert_int_equal(axi_pages_asked(&pages), AXI_PAGES_WINDOW);
}

static void a_last_id_that_cannot_be_is_refused(void **state)
{
    struct axi_pages pages;
    int64_t start;
    unsigned max;

    (void)state;
    axi_pages_start(&pages, 1, 1000, 2, 1);
    assert_true(axi_pages_next(&pages, &start, &max));
    assert_false(axi_pages_answer(&pages, 1, 2, 0));
    assert_false(axi_pages_answer(&pages, 1, 2, -3));
    assert_false(axi_pages_answer(&pages, 1, 2, 1001));
    assert_false(axi_pages_answer(&pages, -1, 2, 2));
    assert_true(axi_pages_answer(&pages, 1, 5, 2));
    assert_false(axi_pages_is_new(&pages, 2));
    assert_true(axi_pages_is_new(&pages, 3));
    assert_false(axi_pages_is_new(&pages, -1));
    assert_true(axi_pages_next(&pages, &start, &max));
    assert_int_equal(start, 3);
    assert_true(axi_pages_answer(&pages, 3, 0, -77));
    assert_true(axi_pages_done(&pages));
}

static void an_answer_that_was_not_asked_for_changes_nothing(void **state)
{
    struct axi_pages pages;
    int64_t start;
    unsigned max;

    (void)state;
    axi_pages_start(&pages, 1, UINT32_MAX, 20, 1);
    assert_true(axi_pages_next(&pages, &start, &max));
    assert_int_equal(start, 1);
    assert_false(axi_pages_answer(&pages, 77, 20, 96));
    assert_true(axi_pages_is_new(&pages, 80));
    assert_false(axi_pages_next(&pages, &start, &max));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_brought_once_whatever_the_gaps),
        cmocka_unit_test(a_dense_list_costs_one_request_a_page),
        cmocka_unit_test(an_empty_list_ends_at_once),
        cmocka_unit_test(sparse_ids_do_not_multiply_the_requests),
        cmocka_unit_test(the_last_id_that_there_can_be_is_read),
        cmocka_unit_test(a_range_without_ids_is_read_at_once),
        cmocka_unit_test(sizes_are_cut_to_what_can_be),
        cmocka_unit_test(a_last_id_that_cannot_be_is_refused),
        cmocka_unit_test(an_answer_that_was_not_asked_for_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
