/*
 * Keys of the tables and base rows: order, there and back, damage.
 */
#include "core_support.h"

#include "base_row.h"
#include "keys.h"

static void keys_have_the_order_of_their_numbers(void **state)
{
    (void)state;
    struct rng rng = rng_new(21);
    for (int i = 0; i < 5000; i++) {
        uint32_t s1 = (uint32_t)rng_below(&rng, 4) << 8, s2 = (uint32_t)rng_below(&rng, 4) << 8;
        uint64_t a = rng_next(&rng) >> rng_below(&rng, 64),
                 b = rng_next(&rng) >> rng_below(&rng, 64);
        struct mom__key x, y;
        int order = mom__compare(mom__key_site_id(&x, s1, a), mom__key_site_id(&y, s2, b));
        int want = s1 != s2 ? (s1 > s2) - (s1 < s2) : (a > b) - (a < b);
        assert_int_equal((order > 0) - (order < 0), want);
    }
}

static void keys_are_read_again(void **state)
{
    (void)state;
    struct mom__key key;
    uint64_t id = 0;
    uint32_t site = 0, local = 0;
    enum mom_type type = MOM_USER;
    assert_int_equal(mom__key_read_id(mom__key_id(&key, UINT64_C(0x123456789abcdef0)), &id),
                     MOM_OK);
    assert_true(id == UINT64_C(0x123456789abcdef0));
    assert_int_equal(mom__key_read_site(mom__key_site(&key, 77), &site), MOM_OK);
    assert_int_equal(site, 77);
    assert_int_equal(mom__key_read_site_id(mom__key_site_id(&key, MOM__ALL_SITES, 5), &site, &id),
                     MOM_OK);
    assert_true(site == MOM__ALL_SITES && id == 5);
    assert_int_equal(mom__key_read_id_site(mom__key_id_site(&key, 6, 10001), &id, &site), MOM_OK);
    assert_true(site == 10001 && id == 6);
    struct mom_str text = mom__key_local(&key, 3, MOM_DEVICE, 70000);
    assert_int_equal(mom__key_read_local(text, &site, &type, &local), MOM_OK);
    assert_true(site == 3 && type == MOM_DEVICE && local == 70000);
    key.bytes[4] = 9;
    assert_int_equal(mom__key_read_local(text, &site, &type, &local), MOM_ECORRUPT);
    text.len--;
    assert_int_equal(mom__key_read_local(text, &site, &type, &local), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_id(text, &id), MOM_OK);
    assert_int_equal(mom__key_read_site(text, &site), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_site_id(text, &site, &id), MOM_ECORRUPT);
    text.len--;
    assert_int_equal(mom__key_read_id(text, &id), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_id(mom__key_id(&key, 0), &id), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_site(mom__key_site(&key, 0), &site), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_site_id(mom__key_site_id(&key, 1, 0), &site, &id), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_id_site(mom__key_id_site(&key, 1, 0), &id, &site), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_id_site(mom__key_id_site(&key, 0, 1), &id, &site), MOM_ECORRUPT);
    assert_int_equal(mom__key_read_id_site(mom__key_id(&key, 1), &id, &site), MOM_ECORRUPT);
    unsigned char number[8];
    assert_int_equal(mom__value_read_u64(mom__value_u64(number, 99), &id), MOM_OK);
    assert_int_equal(id, 99);
    assert_int_equal(mom__value_read_u64(mom__str("short"), &id), MOM_ECORRUPT);
}

static void unique_keys_fit_and_differ(void **state)
{
    (void)state;
    char text[5000];
    memset(text, 'u', sizeof text);
    struct mom__key a, b;
    for (size_t len = 0; len < sizeof text; len += len < 420 ? 1 : 97) {
        struct mom_str x = mom__key_unique(&a, MOM_USER_num, (struct mom_str){text, len});
        struct mom_str y = mom__key_unique(&b, MOM_USER_num, (struct mom_str){text, len + 1});
        assert_true(x.len > 0 && x.len <= MOM__KEY_MAX);
        assert_false(mom__equal(x, y));
        y = mom__key_unique(&b, MOM_USER_addId, (struct mom_str){text, len});
        assert_false(mom__equal(x, y));
        y = mom__key_unique(&b, MOM_DEVICE_ipei, (struct mom_str){text, len});
        assert_false(mom__equal(x, y));
    }
}

static void random_base(struct rng *rng, struct mom__base *base)
{
    mom__base_init(base, rng_below(rng, 2) ? MOM_USER : MOM_DEVICE);
    base->local = (uint32_t)(rng_next(rng) >> (32 + rng_below(rng, 32)));
    base->flags = (unsigned)rng_below(rng, 32);
    base->partner = rng_below(rng, 2) ? rng_next(rng) : 0;
    for (int k = 0; k < MOM_KINDS; k++)
        base->times_ms[k] = rng_below(rng, 3) ? (int64_t)rng_next(rng) >> rng_below(rng, 63) : 0;
    enum mom_field first = mom__field_first(base->type), end = mom__field_end(base->type);
    for (int i = 0; i < 60; i++) {
        enum mom_field f = first + (enum mom_field)rng_below(rng, (size_t)end - (size_t)first);
        struct mom__base_entry *e = mom__base_entry(base, f);
        assert_int_equal(e != NULL, mom__field_leads(f));
        if (e == NULL)
            continue;
        assert_int_equal(e->group, f);
        e->hash = rng_next(rng);
        e->open = rng_below(rng, 2) ? e->hash : rng_next(rng);
        e->has_pushed = rng_below(rng, 3) == 0;
        e->pushed = e->has_pushed ? rng_next(rng) : 0;
        e->pushed_open = e->has_pushed && rng_below(rng, 2) ? rng_next(rng) : e->pushed;
        if (rng_below(rng, 6) == 0)
            assert_true(mom__base_remove(base, f));
    }
}

static void assert_bases_equal(const struct mom__base *a, const struct mom__base *b)
{
    assert_true(a->type == b->type && a->local == b->local && a->flags == b->flags &&
                a->partner == b->partner);
    assert_memory_equal(a->times_ms, b->times_ms, sizeof a->times_ms);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct mom__base_entry *x = &a->entries[i], *y = &b->entries[i];
        assert_true(x->group == y->group && x->hash == y->hash && x->open == y->open);
        assert_true(x->has_pushed == y->has_pushed && x->pushed == y->pushed);
        assert_true(x->pushed_open == y->pushed_open);
        assert_true(i == 0 || x[-1].group < x->group);
    }
}

static void base_rows_come_back_and_damage_is_noticed(void **state)
{
    (void)state;
    struct rng rng = rng_new(22);
    struct mom__buf buf;
    mom__buf_init(&buf, NULL);
    for (int i = 0; i < 300; i++) {
        struct mom__base base, again;
        random_base(&rng, &base);
        assert_int_equal(mom__base_encode(&base, &buf), MOM_OK);
        assert_int_equal(mom__base_decode(mom__buf_view(&buf), &again), MOM_OK);
        assert_bases_equal(&base, &again);
        for (size_t len = 0; i < 20 && len < buf.len; len++) {
            char *copy = malloc(len + 1);
            memcpy(copy, buf.ptr, len);
            assert_int_equal(mom__base_decode((struct mom_str){copy, len}, &again), MOM_ECORRUPT);
            free(copy);
        }
        for (size_t at = 0; i < 100 && at < buf.len; at++) {
            char right = buf.ptr[at];
            buf.ptr[at] = (char)rng_next(&rng);
            int rc = mom__base_decode(mom__buf_view(&buf), &again);
            assert_true(rc == MOM_OK || rc == MOM_ECORRUPT || rc == MOM_EFORMAT);
            buf.ptr[at] = right;
        }
    }
    buf.ptr[0] = 3;
    struct mom__base base;
    assert_int_equal(mom__base_decode(mom__buf_view(&buf), &base), MOM_EFORMAT);
    mom__buf_done(&buf);
}

static void base_entries_are_found(void **state)
{
    (void)state;
    struct mom__base base;
    mom__base_init(&base, MOM_USER);
    assert_null(mom__base_find(&base, MOM_USER_num));
    assert_false(mom__base_remove(&base, MOM_USER_num));
    assert_null(mom__base_entry(&base, MOM_USER_sipPw));  /* leads no group */
    assert_null(mom__base_entry(&base, MOM_DEVICE_ipei)); /* of the other type */
    assert_null(mom__base_entry(&base, MOM_FIELD_NONE));
    for (enum mom_field f = mom__field_end(MOM_USER) - 1; f >= mom__field_first(MOM_USER); f--) {
        if (mom__field_leads(f))
            mom__base_entry(&base, f)->hash = f;
    }
    for (enum mom_field f = mom__field_first(MOM_USER); f != mom__field_end(MOM_USER); f++) {
        struct mom__base_entry *e = mom__base_find(&base, f);
        assert_int_equal(e != NULL, mom__field_leads(f));
        if (e != NULL)
            assert_int_equal(e->hash, f);
    }
}

static void no_memory_is_told(void **state)
{
    (void)state;
    struct counter none = {.fail_at = 1};
    struct mom_alloc alloc = counting(&none);
    struct mom__buf buf;
    struct mom__base base;
    mom__buf_init(&buf, &alloc);
    mom__base_init(&base, MOM_USER);
    assert_int_equal(mom__base_encode(&base, &buf), MOM_ENOMEM);
    mom__buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_the_order_of_their_numbers),
        cmocka_unit_test(keys_are_read_again),
        cmocka_unit_test(unique_keys_fit_and_differ),
        cmocka_unit_test(base_rows_come_back_and_damage_is_noticed),
        cmocka_unit_test(base_entries_are_found),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
