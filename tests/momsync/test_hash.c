/*
 * The hash (published vectors of SipHash-2-4, pieces of any size) and the map of ids (compared with
 * a plain array).
 */
#include "core_support.h"

#include "hash.h"
#include "idmap.h"

static void known_values(void **state)
{
    (void)state;
    unsigned char bytes[64];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    const uint64_t k0 = UINT64_C(0x0706050403020100), k1 = UINT64_C(0x0f0e0d0c0b0a0908);
    assert_true(mom__hash_keyed(k0, k1, bytes, 0) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(mom__hash_keyed(k0, k1, bytes, 1) == UINT64_C(0x74f839c593dc67fd));
    assert_true(mom__hash_keyed(k0, k1, bytes, 8) == UINT64_C(0x93f5f5799a932462));
    assert_true(mom__hash_keyed(k0, k1, bytes, 15) == UINT64_C(0xa129ca6149be45e5));
}

static void pieces_make_the_same_hash(void **state)
{
    (void)state;
    struct rng rng = rng_new(3);
    char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)rng_next(&rng);
    for (int round = 0; round < 500; round++) {
        struct mom__hasher hasher;
        size_t len = rng_below(&rng, sizeof bytes + 1), at = 0;
        mom__hasher_init(&hasher);
        while (at < len) {
            size_t piece = 1 + rng_below(&rng, len - at);
            mom__hasher_bytes(&hasher, bytes + at, piece);
            at += piece;
        }
        assert_true(mom__hasher_end(&hasher) == mom__hash(bytes, len));
    }
}

static void missing_and_empty_differ(void **state)
{
    (void)state;
    struct mom__hasher a, b;
    mom__hasher_init(&a);
    mom__hasher_init(&b);
    mom__hasher_str(&a, mom__str(NULL));
    mom__hasher_str(&b, mom__str(""));
    assert_true(mom__hasher_end(&a) != mom__hasher_end(&b));
}

enum { IDS = 400 };

static void compare(const struct mom__idmap *map, const uint64_t *want, size_t count)
{
    size_t cursor = 0, seen = 0;
    for (const struct mom__idmap_slot *s; (s = mom__idmap_next(map, &cursor)) != NULL; seen++)
        assert_true(want[s->key] == s->value.number);
    assert_int_equal(seen, count);
    assert_int_equal(map->count, count);
}

static void map_does_what_a_plain_array_does(void **state)
{
    (void)state;
    struct rng rng = rng_new(4);
    struct mom__idmap map;
    static uint64_t want[IDS + 1]; /* 0: not there */
    size_t count = 0;
    mom__idmap_init(&map, NULL);
    for (int i = 0; i < 40000; i++) {
        uint64_t key = 1 + rng_below(&rng, IDS), value = 0;
        size_t what = rng_below(&rng, 10);
        bool filling = i / 5000 % 2 == 0;
        if (what < (filling ? 5U : 2U)) {
            count += want[key] == 0;
            want[key] = 1 + rng_below(&rng, 1000);
            assert_int_equal(mom__idmap_put(&map, key, want[key]), MOM_OK);
        } else if (what < 7) {
            assert_int_equal(mom__idmap_del(&map, key), want[key] != 0);
            count -= want[key] != 0;
            want[key] = 0;
        } else {
            assert_int_equal(mom__idmap_has(&map, key), want[key] != 0);
            assert_int_equal(mom__idmap_get(&map, key, &value), want[key] != 0);
            assert_true(value == want[key]);
        }
        if (i % 1000 == 0)
            compare(&map, want, count);
    }
    mom__idmap_reset(&map);
    memset(want, 0, sizeof want);
    compare(&map, want, 0);
    assert_int_equal(mom__idmap_put(&map, 5, want[5] = 6), MOM_OK);
    compare(&map, want, 1);
    mom__idmap_done(&map);
}

static void map_takes_pointers_and_any_key_but_zero(void **state)
{
    (void)state;
    struct mom__idmap map;
    int thing;
    uint64_t value;
    mom__idmap_init(&map, NULL);
    assert_null(mom__idmap_get_ptr(&map, 1));
    assert_false(mom__idmap_del(&map, 1));
    assert_int_equal(mom__idmap_put(&map, 0, 1), MOM_EINVAL);
    assert_int_equal(mom__idmap_put_ptr(&map, UINT64_MAX, &thing), MOM_OK);
    assert_ptr_equal(mom__idmap_get_ptr(&map, UINT64_MAX), &thing);
    assert_false(mom__idmap_get(&map, 0, &value));
    assert_false(mom__idmap_del(&map, 0));
    mom__idmap_done(&map);
}

static void map_without_memory_stays_as_it_was(void **state)
{
    (void)state;
    struct counter memory = {0};
    struct mom_alloc alloc = counting(&memory);
    struct mom__idmap map;
    mom__idmap_init(&map, &alloc);
    memory.fail_at = 2;
    uint64_t key = 1, value;
    while (mom__idmap_put(&map, key, key * 2) == MOM_OK)
        key++;
    assert_true(key > 4);
    assert_int_equal(map.count, key - 1);
    for (uint64_t k = 1; k < key; k++) {
        assert_true(mom__idmap_get(&map, k, &value));
        assert_true(value == k * 2);
    }
    assert_int_equal(mom__idmap_put(&map, 1, 3), MOM_OK);
    mom__idmap_done(&map);
    assert_int_equal(memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(pieces_make_the_same_hash),
        cmocka_unit_test(missing_and_empty_differ),
        cmocka_unit_test(map_does_what_a_plain_array_does),
        cmocka_unit_test(map_takes_pointers_and_any_key_but_zero),
        cmocka_unit_test(map_without_memory_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
