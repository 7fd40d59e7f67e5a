/*
 * Range reconciliation: two sets talk until both know every difference, whatever the sets are and
 * however short their messages have to be; and no list of ranges, damaged or made up, does harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reconcile.h"
#include "wire.h"

enum { ITEMS = 6000 };

struct item {
    uint64_t id, hash;
};

struct side {
    struct item items[ITEMS];
    size_t count;
    uint64_t found[2 * ITEMS];
    enum mom__range_difference what[2 * ITEMS];
    size_t found_count;
};

static uint64_t seed;

static uint64_t pick(uint64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 16) % n;
}

static int scan(void *user, uint64_t from, mom__range_visit *visit, void *visitor)
{
    const struct side *side = user;

    for (size_t i = 0; i < side->count; i++) {
        if (side->items[i].id >= from && !visit(visitor, side->items[i].id, side->items[i].hash))
            break;
    }
    return MOM_OK;
}

static void found(void *user, uint64_t id, enum mom__range_difference what)
{
    struct side *side = user;

    assert_true(side->found_count < 2 * ITEMS);
    side->found[side->found_count] = id;
    side->what[side->found_count++] = what;
}

static void begin(const struct side *side, struct mom__buf *buf)
{
    uint64_t fingerprint = 0;

    for (size_t i = 0; i < side->count; i++)
        fingerprint += mom__range_part(side->items[i].id, side->items[i].hash);
    mom__range_begin(buf, fingerprint, side->count);
}

/* Messages until nobody has more to say; how many. */
static unsigned talk(struct side *a, struct side *b, size_t cap, size_t *ret_bytes)
{
    struct mom__buf message, answer;
    struct side *to = b;
    unsigned count = 0;
    bool more = true;

    mom__buf_init(&message, NULL);
    mom__buf_init(&answer, NULL);
    begin(a, &message);
    *ret_bytes = 0;
    while (more) {
        struct mom__range_source source = {to, scan};
        struct mom__reader reader;
        struct mom__buf swap;

        count++;
        assert_true(count < 10000);
        *ret_bytes += message.len;
        /* One range may pass the cap with its items, and one for the rest follows. */
        assert_true(message.len <= cap + 600);
        mom__reader_init(&reader, mom__buf_view(&message));
        mom__buf_reset(&answer);
        assert_int_equal(mom__range_answer(&source, &reader, &answer, cap, found, to, &more),
                         MOM_OK);
        assert_false(reader.failed);
        swap = message;
        message = answer;
        answer = swap;
        to = to == a ? b : a;
    }
    mom__buf_done(&message);
    mom__buf_done(&answer);
    return count;
}

static bool was_found(const struct side *a, const struct side *b, uint64_t id,
                      enum mom__range_difference at_a, enum mom__range_difference at_b)
{
    for (size_t i = 0; i < a->found_count; i++) {
        if (a->found[i] == id)
            return a->what[i] == at_a;
    }
    for (size_t i = 0; i < b->found_count; i++) {
        if (b->found[i] == id)
            return b->what[i] == at_b;
    }
    return false;
}

/* Both sets side by side, as plain lists. */
static void check(const struct side *a, const struct side *b)
{
    size_t i = 0, j = 0, differences = 0;

    while (i < a->count || j < b->count) {
        uint64_t ia = i < a->count ? a->items[i].id : UINT64_MAX;
        uint64_t ib = j < b->count ? b->items[j].id : UINT64_MAX;

        if (ia == ib && a->items[i].hash == b->items[j].hash) {
            i++;
            j++;
            continue;
        }
        differences++;
        if (ia < ib)
            assert_true(was_found(a, b, ia, MOM__RANGE_OURS, MOM__RANGE_THEIRS));
        else if (ib < ia)
            assert_true(was_found(a, b, ib, MOM__RANGE_THEIRS, MOM__RANGE_OURS));
        else
            assert_true(was_found(a, b, ia, MOM__RANGE_DIFFERENT, MOM__RANGE_DIFFERENT));
        i += ia <= ib;
        j += ib <= ia;
    }
    assert_int_equal(a->found_count + b->found_count, differences);
}

static void make_sets(struct side *a, struct side *b, unsigned count, unsigned differ)
{
    uint64_t id = 0;

    memset(a, 0, sizeof *a);
    memset(b, 0, sizeof *b);
    for (unsigned i = 0; i < count; i++) {
        id += 1 + pick(pick(10) ? 3 : UINT64_C(1) << 45);
        struct item item = {id, pick(UINT64_MAX)};

        if (differ > 0 && pick(count) < differ) {
            unsigned how = (unsigned)pick(3);

            if (how != 0)
                a->items[a->count++] = item;
            item.hash ^= how == 2;
            if (how != 1)
                b->items[b->count++] = item;
        } else {
            a->items[a->count++] = b->items[b->count++] = item;
        }
    }
}

static void all_differences_are_found(void **state)
{
    struct side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    for (seed = 1; seed < 400;) {
        uint64_t run = seed;
        unsigned count = (unsigned)pick(pick(4) ? 300 : ITEMS);
        unsigned differ = (unsigned)pick(3) ? (unsigned)pick(30) : (unsigned)pick(count + 1);
        size_t bytes;

        make_sets(a, b, count, differ);
        (void)talk(a, b, pick(2) ? 100 : 100000, &bytes);
        check(a, b);
        seed = run + 1;
    }
    free(a);
    free(b);
}

static void equal_sets_need_one_message(void **state)
{
    struct side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    size_t bytes;

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    seed = 5;
    make_sets(a, b, 5000, 0);
    assert_int_equal(talk(a, b, 1000, &bytes), 1);
    assert_true(bytes < 20);
    free(a);
    free(b);
}

/* k differences among n cost about k log n. */
static void few_differences_cost_little(void **state)
{
    struct side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    size_t bytes;

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    seed = 6;
    make_sets(a, b, 5000, 0);
    b->items[2500].hash ^= 1;
    assert_true(talk(a, b, 30000, &bytes) <= 5);
    assert_true(bytes < 1200);
    free(a);
    free(b);
}

static void an_empty_side_learns_what_it_lacks_in_one_answer(void **state)
{
    struct side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    size_t bytes;

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    seed = 7;
    make_sets(a, b, 5000, 0);
    b->count = 0;
    assert_int_equal(talk(a, b, 1000, &bytes), 2);
    assert_int_equal(a->found_count, a->count);
    assert_true(bytes < 40);
    free(a);
    free(b);
}

static void damaged_lists_do_no_harm(void **state)
{
    struct side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    struct mom__buf first, answer, last;

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    mom__buf_init(&first, NULL);
    mom__buf_init(&answer, NULL);
    mom__buf_init(&last, NULL);
    seed = 8;
    make_sets(a, b, 400, 50);
    begin(a, &first);
    for (int i = 0; i < 3000; i++) {
        struct side *side = i % 2 ? a : b;
        struct mom__range_source source = {side, scan};
        struct mom__reader reader;
        char bytes[4096];
        const struct mom__buf *from = i % 5 ? &answer : &first;
        size_t len = from->len < sizeof bytes ? from->len : sizeof bytes;
        bool more;
        int rc;

        memcpy(bytes, mom__buf_view(from).ptr, len);
        for (int n = (int)pick(3); n > 0 && len > 0; n--)
            bytes[pick(len)] = (char)pick(256);
        if (pick(4) == 0)
            len = (size_t)pick(len + 1);
        mom__reader_init(&reader, (struct mom_str){bytes, len});
        side->found_count = 0;
        mom__buf_reset(&last);
        rc = mom__range_answer(&source, &reader, &last, 2000, found, side, &more);
        assert_true(rc == MOM_OK || rc == MOM_ECORRUPT);
        if (rc == MOM_OK && more) {
            mom__buf_reset(&answer);
            mom__buf_bytes(&answer, mom__buf_view(&last).ptr, last.len);
        }
    }
    mom__buf_done(&first);
    mom__buf_done(&answer);
    mom__buf_done(&last);
    free(a);
    free(b);
}

static bool is_read(const struct mom__hello *hello)
{
    struct mom__hello got;
    struct mom__reader reader;
    struct mom__buf buf;
    bool good;

    mom__buf_init(&buf, NULL);
    mom__wire_put_hello(&buf, hello);
    mom__reader_init(&reader, mom__buf_view(&buf));
    good = mom__wire_get_hello(&reader, &got);
    mom__buf_done(&buf);
    return good;
}

/* What a hello says is stored: it must be something that can be loaded again. */
static void a_hello_with_an_identity_or_a_count_that_cannot_be_is_damaged(void **state)
{
    struct mom__hello good = {.node = 0x01000001, .to = 0x01000002, .wall_ms = 1700000000000};
    struct mom__hello h = good;

    (void)state;
    assert_true(is_read(&h));
    h.sari_pli = 31;
    h.sari_ari = 0x10187326;
    h.your_ids = 50000;
    assert_true(is_read(&h));
    h.sari_ari = 0x90187326;
    assert_false(is_read(&h));
    h.sari_ari = 0x10187326;
    h.sari_pli = 0xb4;
    assert_false(is_read(&h));
    h = good;
    h.your_ids = UINT64_C(1) << 39;
    assert_false(is_read(&h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_differences_are_found),
        cmocka_unit_test(equal_sets_need_one_message),
        cmocka_unit_test(few_differences_cost_little),
        cmocka_unit_test(an_empty_side_learns_what_it_lacks_in_one_answer),
        cmocka_unit_test(damaged_lists_do_no_harm),
        cmocka_unit_test(a_hello_with_an_identity_or_a_count_that_cannot_be_is_damaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
