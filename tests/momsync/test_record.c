/*
 * Records: fields, groups and extra attributes; the encoding there and back with random records;
 * what a damaged store can hold, cut at every byte and changed at every byte; hashes of groups.
 */
#include "core_support.h"

#include "record.h"
#include "stamp.h"

struct bench {
    struct counter memory;
    struct mom__arena arena;
    struct mom__buf buf;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    struct mom_alloc alloc = counting(&b->memory);
    mom__arena_init(&b->arena, &alloc);
    mom__buf_init(&b->buf, &alloc);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mom__arena_done(&b->arena);
    mom__buf_done(&b->buf);
    assert_int_equal(b->memory.live, 0);
    free(b);
    return 0;
}

/* --- random records --------------------------------------------------------------------------- */

static struct mom_str random_text(struct bench *b, struct rng *rng, size_t max)
{
    size_t len = rng_below(rng, max + 1);
    char *text = mom__arena_bytes(&b->arena, len + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)rng_next(rng);
    return (struct mom_str){text, len};
}

static struct mom_stamp random_stamp(struct rng *rng, size_t distinct)
{
    size_t n = rng_below(rng, distinct);
    struct mom_stamp s = {(int64_t)(1700000000000 + n), (uint16_t)n, (uint32_t)(n + 1)};
    return s;
}

static void random_record(struct bench *b, struct rng *rng, struct mom_record *r)
{
    mom__record_init(r, rng_below(rng, 2) ? MOM_USER : MOM_DEVICE, rng_next(rng));
    r->flags = (unsigned)rng_below(rng, 4);
    r->created = random_stamp(rng, 9);
    r->version = rng_next(rng) >> rng_below(rng, 64);
    r->site = (uint32_t)(rng_next(rng) >> (32 + rng_below(rng, 32)));
    r->epoch = (uint32_t)(rng_next(rng) >> (32 + rng_below(rng, 32)));
    r->claim_ms = (int64_t)rng_next(rng) >> rng_below(rng, 63);
    r->claimed = rng_below(rng, 2) ? rng_next(rng) : 0;
    r->partner = rng_below(rng, 3) ? r->claimed : 0; /* the other one may not name it */
    if (rng_below(rng, 4) == 0)
        r->deleted = (struct mom_stamp){(int64_t)rng_below(rng, 1000) + 1, 3, 7};
    if (rng_below(rng, 4) == 0) {
        r->confirmed_by = (uint32_t)rng_below(rng, 500) + 1;
        r->confirmed_ms = (int64_t)rng_below(rng, 1000);
    }
    size_t distinct = 1 + rng_below(rng, 80), fill = rng_below(rng, 11);
    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        if (rng_below(rng, 10) < fill)
            mom__record_set(r, f, random_text(b, rng, rng_below(rng, 20) == 0 ? 300 : 10));
        if (rng_below(rng, 10) < 8)
            mom__record_set_stamp(r, f, random_stamp(rng, distinct));
    }
    size_t extras = rng_below(rng, 3) == 0 ? rng_below(rng, 40) : 0;
    struct mom_attr attrs[40];
    for (size_t i = 0; i < extras; i++)
        attrs[i] = (struct mom_attr){random_text(b, rng, 3), random_text(b, rng, 9)};
    assert_int_equal(mom__record_set_extra(r, &b->arena, attrs, extras), MOM_OK);
}

static void assert_records_equal(const struct mom_record *a, const struct mom_record *b)
{
    assert_true(a->id == b->id && a->type == b->type && a->flags == b->flags);
    assert_true(a->version == b->version && a->site == b->site && a->epoch == b->epoch);
    assert_true(a->claim_ms == b->claim_ms && a->partner == b->partner);
    assert_true(a->claimed == b->claimed && a->confirmed_by == b->confirmed_by);
    assert_true(a->confirmed_ms == b->confirmed_ms);
    assert_int_equal(mom_stamp_compare(a->deleted, b->deleted), 0);
    assert_int_equal(mom_stamp_compare(a->created, b->created), 0);
    for (size_t i = 0; i < mom__field_count(a->type); i++) {
        assert_same(a->values[i], b->values[i]);
        assert_int_equal(mom_stamp_compare(a->stamps[i], b->stamps[i]), 0);
    }
    assert_int_equal(a->extra_count, b->extra_count);
    for (size_t i = 0; i < a->extra_count; i++) {
        assert_same(a->extra[i].name, b->extra[i].name);
        assert_same(a->extra[i].value, b->extra[i].value);
    }
}

static void random_records_come_back(void **state)
{
    struct bench *b = *state;
    struct rng rng = rng_new(11);
    for (int i = 0; i < 3000; i++) {
        struct mom_record r, again, copy;
        random_record(b, &rng, &r);
        assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
        assert_int_equal(mom__record_decode(mom__buf_view(&b->buf), r.id, &b->arena, &again),
                         MOM_OK);
        assert_records_equal(&r, &again);
        assert_int_equal(mom__record_dup(&again, &b->arena, &copy), MOM_OK);
        assert_records_equal(&r, &copy);
        mom__arena_reset(&b->arena, 1 << 20);
    }
}

/* Decode from memory of exactly this size, so that sanitizers see every byte read too far. */
static int decode_exact(struct bench *b, const char *bytes, size_t len, struct mom_record *ret)
{
    char *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, bytes, len);
    int rc = mom__record_decode((struct mom_str){copy, len}, 1, &b->arena, ret);
    free(copy);
    return rc;
}

static void every_cut_is_noticed(void **state)
{
    struct bench *b = *state;
    struct rng rng = rng_new(12);
    for (int i = 0; i < 40; i++) {
        struct mom_record r, again;
        random_record(b, &rng, &r);
        assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
        for (size_t len = 0; len < b->buf.len; len++)
            assert_int_equal(decode_exact(b, b->buf.ptr, len, &again), MOM_ECORRUPT);
        mom__buf_u8(&b->buf, 0);
        assert_int_equal(decode_exact(b, b->buf.ptr, b->buf.len, &again), MOM_ECORRUPT);
        mom__arena_reset(&b->arena, 1 << 20);
    }
}

static void changed_bytes_never_crash(void **state)
{
    struct bench *b = *state;
    struct rng rng = rng_new(13);
    struct mom__buf second;
    mom__buf_init(&second, NULL);
    for (int i = 0; i < 60; i++) {
        struct mom_record r, again;
        random_record(b, &rng, &r);
        assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
        for (size_t at = 0; at < b->buf.len; at++) {
            char right = b->buf.ptr[at];
            b->buf.ptr[at] = (char)rng_next(&rng);
            int rc = mom__record_decode(mom__buf_view(&b->buf), 1, &b->arena, &again);
            assert_true(rc == MOM_OK || rc == MOM_ECORRUPT || rc == MOM_EFORMAT);
            /* What is accepted can be written again. */
            if (rc == MOM_OK)
                assert_int_equal(mom__record_encode(&again, &second), MOM_OK);
            b->buf.ptr[at] = right;
        }
        mom__arena_reset(&b->arena, 1 << 20);
    }
    mom__buf_done(&second);
}

static void newer_formats_are_named_as_such(void **state)
{
    struct bench *b = *state;
    struct mom_record r, again;
    mom__record_init(&r, MOM_DEVICE, 1);
    mom__record_set(&r, MOM_DEVICE_ac, mom__str("1234"));
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
    b->buf.ptr[0] = MOM__RECORD_FORMAT + 1;
    assert_int_equal(decode_exact(b, b->buf.ptr, b->buf.len, &again), MOM_EFORMAT);
    b->buf.ptr[0] = MOM__RECORD_FORMAT;
    /* A field that this build does not know: the code before the length of "1234". */
    char *code = memchr(b->buf.ptr, 4, b->buf.len);
    assert_non_null(code);
    code[-1] = (char)250;
    assert_int_equal(decode_exact(b, b->buf.ptr, b->buf.len, &again), MOM_EFORMAT);
}

static void a_full_user_is_small(void **state)
{
    struct bench *b = *state;
    struct mom_record r;
    mom__record_init(&r, MOM_USER, UINT64_C(0x0100000000001234));
    r.created = (struct mom_stamp){1700000000000, 0, 3};
    r.version = 12;
    r.site = 3;
    r.epoch = 4;
    r.claim_ms = 1700000000000;
    r.claimed = r.partner = UINT64_C(0x0100000000004321);
    int n = 0;
    for (enum mom_field f = mom__field_first(MOM_USER); f != mom__field_end(MOM_USER) && n < 65;
         f++, n++) {
        mom__record_set(&r, f, mom__str(mom_field_info(f)->form == MOM_BOOL ? "1" : "short12"));
        if (!mom__field_is_reported(f))
            mom__record_set_stamp(&r, f, (struct mom_stamp){1700000000000 + n / 20, 0, 3});
    }
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
    print_message("65 attributes: %zu bytes\n", b->buf.len);
    assert_true(b->buf.len < 700);
}

static void limits_are_kept(void **state)
{
    struct bench *b = *state;
    struct mom_record r, again;
    static char big[MOM__RECORD_MAX];
    memset(big, 'x', sizeof big);
    mom__record_init(&r, MOM_USER, 1);
    mom__record_set(&r, MOM_USER_ppData, (struct mom_str){big, sizeof big});
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_ELIMIT);
    assert_int_equal(mom__record_decode(mom__buf_view(&b->buf), 1, &b->arena, &again),
                     MOM_ECORRUPT);
    mom__record_set(&r, MOM_USER_ppData, (struct mom_str){big, sizeof big - 60});
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
    struct mom_attr attrs[MOM__EXTRA_MAX + 1];
    char names[MOM__EXTRA_MAX + 1][2];
    for (size_t i = 0; i <= MOM__EXTRA_MAX; i++) {
        names[i][0] = (char)(i * 37 % 256);
        names[i][1] = (char)(i / 256);
        attrs[i] = (struct mom_attr){{names[i], 2}, mom__str("v")};
    }
    mom__record_init(&r, MOM_USER, 1);
    assert_int_equal(mom__record_set_extra(&r, &b->arena, attrs, MOM__EXTRA_MAX + 1), MOM_ELIMIT);
    assert_int_equal(r.extra_count, 0);
    assert_int_equal(mom__record_set_extra(&r, &b->arena, attrs, MOM__EXTRA_MAX), MOM_OK);
    assert_int_equal(mom__record_merge_extra(&r, &b->arena, attrs, 3), MOM_OK);
    assert_int_equal(mom__record_merge_extra(&r, &b->arena, &attrs[MOM__EXTRA_MAX], 1), MOM_ELIMIT);
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
    assert_int_equal(mom__record_decode(mom__buf_view(&b->buf), 1, &b->arena, &again), MOM_OK);
    assert_int_equal(again.extra_count, MOM__EXTRA_MAX);
}

/* Whatever an OMM fills a record with, it can be written. */
static void the_largest_record_fits(void **state)
{
    struct bench *b = *state;
    static char big[MOM__RECORD_MAX];
    memset(big, 'x', sizeof big);
    for (enum mom_type type = MOM_USER; type <= MOM_DEVICE; type++) {
        struct mom_record r, again;
        mom__record_init(&r, type, 1);
        r.site = r.epoch = UINT32_MAX;
        r.version = r.claimed = r.partner = UINT64_MAX;
        r.claim_ms = INT64_MIN;
        for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
            if (mom_field_info(f)->form == MOM_PARTNER || mom_field_info(f)->form == MOM_EXTRA)
                continue;
            struct mom_str value = {big, mom__field_bytes(f)};
            assert_int_equal(mom__field_tolerant(f, value, &b->arena, &value), MOM_OK);
            assert_true(value.len > 0);
            mom__record_set(&r, f, value);
            mom__record_set_stamp(&r, f, (struct mom_stamp){f, 1, 1});
        }
        struct mom_attr extra = {mom__str("e"), {big, MOM__EXTRA_BYTES - 5}};
        assert_int_equal(mom__record_set_extra(&r, &b->arena, &extra, 1), MOM_OK);
        assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
        assert_int_equal(mom__record_decode(mom__buf_view(&b->buf), 1, &b->arena, &again), MOM_OK);
        extra.value.len++;
        assert_int_equal(mom__record_set_extra(&r, &b->arena, &extra, 1), MOM_ELIMIT);
        extra = (struct mom_attr){mom__str("f"), mom__str("")};
        assert_int_equal(mom__record_merge_extra(&r, &b->arena, &extra, 1), MOM_ELIMIT);
    }
}

/* --- fields and groups ------------------------------------------------------------------------ */

static void fields_are_missing_empty_or_set(void **state)
{
    (void)state;
    struct mom_record r;
    struct mom_str value;
    mom__record_init(&r, MOM_USER, 7);
    assert_false(mom_record_get(&r, MOM_USER_num, &value));
    mom__record_set(&r, MOM_USER_num, mom__str(""));
    assert_true(mom_record_get(&r, MOM_USER_num, &value));
    assert_str(value, "");
    mom__record_set(&r, MOM_USER_num, mom__str("4711"));
    assert_str(mom__record_value(&r, MOM_USER_num), "4711");
    mom__record_clear(&r, MOM_USER_num);
    assert_false(mom_record_get(&r, MOM_USER_num, &value));
    /* Fields that have no value of their own, or belong to the other type. */
    static const enum mom_field wrong[] = {MOM_DEVICE_ipei, MOM_USER_ppn, MOM_USER_extra,
                                           MOM_FIELD_NONE, MOM_FIELD_COUNT};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mom__record_set(&r, wrong[i], mom__str("x"));
        assert_false(mom_record_get(&r, wrong[i], &value));
    }
    for (size_t i = 0; i < MOM__FIELDS_MAX; i++)
        assert_null(r.values[i].ptr);
}

static void extra_attributes_are_sorted_and_merged(void **state)
{
    struct bench *b = *state;
    struct mom_record r;
    struct mom_attr attr;
    mom__record_init(&r, MOM_USER, 7);
    struct mom_attr first[] = {{mom__str("c"), mom__str("1")},
                               {mom__str("a"), mom__str("2")},
                               {mom__str("c"), mom__str("3")},
                               {mom__str("b"), mom__str("")}};
    assert_int_equal(mom__record_set_extra(&r, &b->arena, first, 4), MOM_OK);
    struct mom_attr second[] = {{mom__str("bb"), mom__str("4")},
                                {mom__str("a"), mom__str(NULL)},
                                {mom__str("zz"), mom__str(NULL)},
                                {mom__str("c"), mom__str("5")}};
    assert_int_equal(mom__record_merge_extra(&r, &b->arena, second, 4), MOM_OK);
    static const char *const want[][2] = {{"b", ""}, {"bb", "4"}, {"c", "5"}};
    for (size_t i = 0; i < 3; i++) {
        assert_true(mom_record_extra(&r, i, &attr));
        assert_str(attr.name, want[i][0]);
        assert_str(attr.value, want[i][1]);
    }
    assert_false(mom_record_extra(&r, 3, &attr));
    assert_true(mom__record_has_group(&r, MOM_USER_extra));
    assert_int_equal(mom__record_set_extra(&r, &b->arena, NULL, 0), MOM_OK);
    assert_false(mom__record_has_group(&r, MOM_USER_extra));
}

static void groups_stand_together(void **state)
{
    struct bench *b = *state;
    struct mom_record x, y;
    struct mom_stamp stamp = {5, 6, 7};
    mom__record_init(&x, MOM_USER, 1);
    mom__record_init(&y, MOM_USER, 2);
    mom__record_set(&x, MOM_USER_forwardDest, mom__str("0"));
    mom__record_set_stamp(&x, MOM_USER_forwardTime, stamp);
    assert_int_equal(mom_record_stamp(&x, MOM_USER_forwardState).counter, 6);
    assert_true(mom__record_has_group(&x, MOM_USER_forwardState));
    assert_false(mom__record_has_group(&x, MOM_USER_num));
    assert_false(mom__record_group_equal(&x, &y, MOM_USER_forwardState));
    assert_true(mom__record_group_equal(&x, &y, MOM_USER_num));
    mom__record_copy_group(&y, &x, MOM_USER_forwardDest);
    assert_true(mom__record_group_equal(&x, &y, MOM_USER_forwardState));
    assert_int_equal(mom_record_stamp(&y, MOM_USER_forwardState).origin, 7);
    assert_int_equal(mom__record_newest(&y).ms, 5);
    x.claimed = x.partner = 9;
    assert_true(mom__record_has_group(&x, MOM_USER_relType));
    assert_false(mom__record_group_equal(&x, &y, MOM_USER_ppn));
    mom__record_copy_group(&y, &x, MOM_USER_relType);
    assert_int_equal(mom_record_partner(&y), 9);
    struct mom_attr attr = {mom__str("new"), mom__str("")};
    assert_int_equal(mom__record_set_extra(&x, &b->arena, &attr, 1), MOM_OK);
    assert_false(mom__record_group_equal(&x, &y, MOM_USER_extra));
    mom__record_copy_group(&y, &x, MOM_USER_extra);
    assert_true(mom__record_group_equal(&x, &y, MOM_USER_extra));
    struct mom_record device;
    mom__record_init(&device, MOM_DEVICE, 3);
    assert_false(mom__record_group_equal(&x, &device, MOM_USER_num));
    mom__record_copy_group(&device, &x, MOM_USER_num);
    assert_false(mom__record_has_group(&device, MOM_USER_num));
    assert_true(mom__stamp_is_zero(mom_record_stamp(&device, MOM_USER_num)));
}

static void hashes_tell_values_apart(void **state)
{
    struct bench *b = *state;
    struct mom_record r;
    mom__record_init(&r, MOM_USER, 1);
    assert_true(mom__record_group_hash(&r, MOM_USER_sipAuthId, MOM__HASH_ALL) == 0);
    assert_true(mom__record_group_hash(&r, MOM_USER_relType, MOM__HASH_ALL) == 0);
    assert_true(mom__record_group_hash(&r, MOM_USER_extra, MOM__HASH_ALL) == 0);
    assert_true(mom__record_group_hash(&r, MOM_DEVICE_ipei, MOM__HASH_ALL) == 0);
    uint64_t seen[8];
    size_t n = 0;
    mom__record_set(&r, MOM_USER_forwardState, mom__str(""));
    seen[n++] = mom__record_group_hash(&r, MOM_USER_forwardState, MOM__HASH_ALL);
    mom__record_set(&r, MOM_USER_forwardDest, mom__str(""));
    seen[n++] = mom__record_group_hash(&r, MOM_USER_forwardState, MOM__HASH_ALL);
    mom__record_set(&r, MOM_USER_forwardState, mom__str("a"));
    seen[n++] = mom__record_group_hash(&r, MOM_USER_forwardState, MOM__HASH_ALL);
    mom__record_set(&r, MOM_USER_forwardState, mom__str(""));
    mom__record_set(&r, MOM_USER_forwardDest, mom__str("a"));
    seen[n++] = mom__record_group_hash(&r, MOM_USER_forwardTime, MOM__HASH_ALL);
    r.claimed = r.partner = 5;
    seen[n++] = mom__record_group_hash(&r, MOM_USER_relType, MOM__HASH_ALL);
    mom__record_set(&r, MOM_USER_relType, mom__str("Fixed"));
    seen[n++] = mom__record_group_hash(&r, MOM_USER_relType, MOM__HASH_ALL);
    struct mom_attr attr = {mom__str("a"), mom__str("")};
    assert_int_equal(mom__record_set_extra(&r, &b->arena, &attr, 1), MOM_OK);
    seen[n++] = mom__record_group_hash(&r, MOM_USER_extra, MOM__HASH_ALL);
    for (size_t i = 0; i < n; i++) {
        assert_true(seen[i] != 0);
        for (size_t j = 0; j < i; j++)
            assert_true(seen[i] != seen[j]);
    }
}

static uint64_t password_hash(const char *password, enum mom__hash_mode mode)
{
    struct mom_record r;
    mom__record_init(&r, MOM_USER, 1);
    mom__record_set(&r, MOM_USER_sipAuthId, mom__str("me"));
    mom__record_set(&r, MOM_USER_sipPw, mom__str(password));
    return mom__record_group_hash(&r, MOM_USER_sipPw, mode);
}

static void hashes_can_leave_secrets_out(void **state)
{
    (void)state;
    static const char *const sealed[] = {"K0123456789ABCDEFAAAA", "K0123456789ABCDEFBBBB"};
    assert_true(password_hash(sealed[0], MOM__HASH_ALL) != password_hash(sealed[1], MOM__HASH_ALL));
    assert_true(password_hash(sealed[0], MOM__HASH_OPEN) ==
                password_hash(sealed[1], MOM__HASH_OPEN));
    assert_true(password_hash(sealed[0], MOM__HASH_OPEN) == password_hash(NULL, MOM__HASH_ALL));
    assert_true(password_hash("Pa", MOM__HASH_OPEN) != password_hash("Pb", MOM__HASH_OPEN));
    assert_true(password_hash("Pa", MOM__HASH_PUBLIC) == password_hash("Pb", MOM__HASH_PUBLIC));
    assert_true(password_hash("Pa", MOM__HASH_PUBLIC) ==
                password_hash(sealed[0], MOM__HASH_PUBLIC));
    assert_true(password_hash("", MOM__HASH_PUBLIC) != password_hash("Pa", MOM__HASH_PUBLIC));
    struct mom_record r;
    mom__record_init(&r, MOM_DEVICE, 1);
    mom__record_set(&r, MOM_DEVICE_uak, mom__str("00FF"));
    assert_true(mom__record_group_hash(&r, MOM_DEVICE_s, MOM__HASH_PUBLIC) != 0);
}

static void hashes_stay_what_they_are(void **state)
{
    (void)state;
    /* Part of the store's format: a change here needs a new format. */
    assert_true(password_hash("Psecret", MOM__HASH_ALL) == UINT64_C(0x9a15f130954a6890));
}

static void no_memory_is_told(void **state)
{
    struct bench *b = *state;
    struct rng rng = rng_new(14);
    struct mom_record r, again;
    random_record(b, &rng, &r);
    while (r.extra_count == 0)
        random_record(b, &rng, &r);
    assert_int_equal(mom__record_encode(&r, &b->buf), MOM_OK);
    struct counter none = {.fail_at = 1};
    struct mom_alloc alloc = counting(&none);
    struct mom__arena arena;
    struct mom__buf buf;
    mom__arena_init(&arena, &alloc);
    mom__buf_init(&buf, &alloc);
    assert_int_equal(mom__record_encode(&r, &buf), MOM_ENOMEM);
    assert_int_equal(mom__record_decode(mom__buf_view(&b->buf), 1, &arena, &again), MOM_ENOMEM);
    assert_int_equal(mom__record_dup(&r, &arena, &again), MOM_ENOMEM);
    size_t before = r.extra_count;
    assert_int_equal(mom__record_merge_extra(&r, &arena, r.extra, 1), MOM_ENOMEM);
    assert_int_equal(r.extra_count, before);
    none.fail_at = 0;
    assert_int_equal(mom__record_encode(&r, &buf), MOM_OK);
    assert_same(mom__buf_view(&buf), mom__buf_view(&b->buf));
    mom__arena_done(&arena);
    mom__buf_done(&buf);
    assert_int_equal(none.live, 0);
}

static void public_getters_tell_the_rest(void **state)
{
    (void)state;
    struct mom_record r;
    mom__record_init(&r, MOM_DEVICE, 42);
    r.flags = MOM__PARKED;
    r.site = 3;
    r.epoch = 4;
    r.version = 5;
    r.created.ms = 6;
    assert_int_equal(mom_record_id(&r), 42);
    assert_int_equal(mom_record_type(&r), MOM_DEVICE);
    assert_true(mom_record_parked(&r));
    assert_int_equal(mom_record_site(&r), 3);
    assert_int_equal(mom_record_epoch(&r), 4);
    assert_int_equal(mom_record_version(&r), 5);
    assert_int_equal(mom_record_created(&r).ms, 6);
    r.flags = MOM__DELETED;
    assert_false(mom_record_parked(&r));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_records_come_back),
        TEST(every_cut_is_noticed),
        TEST(changed_bytes_never_crash),
        TEST(newer_formats_are_named_as_such),
        TEST(a_full_user_is_small),
        TEST(limits_are_kept),
        TEST(the_largest_record_fits),
        TEST(fields_are_missing_empty_or_set),
        TEST(extra_attributes_are_sorted_and_merged),
        TEST(groups_stand_together),
        TEST(hashes_tell_values_apart),
        TEST(hashes_can_leave_secrets_out),
        TEST(hashes_stay_what_they_are),
        TEST(no_memory_is_told),
        TEST(public_getters_tell_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
