/*
 * Messages between nodes as bytes: what is written is read again, and what was not written by us does no harm.
 */
#include "core_support.h"
#include "sextet.h"
#include "wire.h"

#include <stdlib.h>

enum { SECRET = 88, MANY = 40 };

static struct mom__arena arena;
static struct mom__wire_out out;

static int set_up(void **state)
{
    (void)state;
    mom__arena_init(&arena, NULL);
    mom__wire_out_init(&out, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mom__wire_out_done(&out);
    mom__arena_done(&arena);
    return 0;
}

/* --- sextets ---------------------------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Not random, and no two the same. */
static void fill(char *text, size_t len, unsigned salt)
{
    for (size_t i = 0; i < len; i++)
        text[i] = digits[(i * 37 + (i + salt) * (salt + 11)) % 64];
}

static void sextets_keep_every_text(void **state)
{
    (void)state;
    for (size_t len = 0; len <= SECRET; len++) {
        for (size_t pads = 0; pads <= MOM__SEXTET_PADS && pads <= len; pads++) {
            char text[SECRET], again[SECRET];
            unsigned char bytes[SECRET];
            size_t count;
            unsigned ends;

            fill(text, len, (unsigned)len);
            memset(text + len - pads, '=', pads);
            assert_true(mom__sextet_is((struct mom_str){text, len}, &count, &ends));
            assert_int_equal(count + ends, len);
            assert_int_equal(ends, pads);
            assert_true(mom__sextet_bytes(count) <= (count * 3 + 3) / 4);
            mom__sextet_pack(text, count, bytes);
            mom__sextet_unpack(bytes, count, ends, again);
            assert_memory_equal(again, text, len);
        }
    }
}

static void sextets_are_those_of_base64(void **state)
{
    unsigned char bytes[3];

    (void)state;
    mom__sextet_pack("Zm9v", 4, bytes); /* RFC 4648, section 10 */
    assert_memory_equal(bytes, "foo", 3);
}

static void other_texts_are_no_sextets(void **state)
{
    static const char *const texts[] = {"a b",   "a-b", "\xc3\xa4", "=a", "a=b",
                                        "AB===", "a:b", "@",        "[",  "`{"};
    size_t count;
    unsigned pads;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(mom__sextet_is(mom__str(texts[i]), &count, &pads));
}

/* --- entries ---------------------------------------------------------------------------------- */

/* A user with three texts in the group of the SIP account, all of them secret or none. */
static void make_user(struct mom__entry *entry, char text[2][SECRET], unsigned n, bool secret)
{
    struct mom_record *r = &entry->record;
    enum mom_field fields[] = {MOM_USER_sipAuthId, MOM_USER_sipPw};

    mom__record_init(r, MOM_USER, n);
    mom__entry_init(entry);
    r->created = (struct mom_stamp){1000 + n, 0, 1};
    entry->whole = true;
    for (unsigned i = 0; i < 2; i++) {
        fill(text[i], SECRET, n * 2 + i);
        text[i][3] = secret ? text[i][3] : ' ';
        r->values[mom__field_index(fields[i])] = (struct mom_str){text[i], SECRET - i};
    }
    for (enum mom_field f = mom__field_first(MOM_USER); f != mom__field_end(MOM_USER); f++) {
        unsigned reg = mom__field_index(f);

        if (!mom__field_leads(f) || !mom__reg_is(MOM_USER, reg))
            continue;
        entry->has[reg] = true;
        r->stamps[reg] = (struct mom_stamp){2000, 0, 1};
    }
}

static void write_users(struct mom__entry *users, char texts[][2][SECRET], unsigned count,
                        bool secret)
{
    struct mom__wire_context context = {.bare_out = &out.bare};

    mom__wire_begin(&out, MOM__WIRE_RECORDS, 7);
    for (unsigned i = 0; i < count; i++) {
        make_user(&users[i], texts[i], i + 1, secret);
        mom__wire_put_entry(&out.body, &context, &users[i]);
    }
}

static int read_users(struct mom_str message, struct mom__entry *users, unsigned *ret_count)
{
    struct mom__wire_in in;
    struct mom__wire_context context = {.bare_in = &in.bare};
    int rc = mom__wire_open(message, &arena, &in);

    *ret_count = 0;
    while (rc == MOM_OK && in.body.at != in.body.end && *ret_count < MANY) {
        rc = mom__wire_get_entry(&in.body, &context, &arena, &users[*ret_count]);
        *ret_count += rc == MOM_OK;
    }
    if (rc == MOM_OK && !mom__reader_ok(&in.bare))
        rc = MOM_ECORRUPT;
    return rc;
}

static void come_as_they_were(unsigned count, bool secret)
{
    struct mom__entry *told = calloc(MANY, sizeof *told), *heard = calloc(MANY, sizeof *heard);
    char(*texts)[2][SECRET] = calloc(MANY, sizeof *texts);
    struct mom_str message;
    unsigned got;

    assert_true(told && heard && texts);
    write_users(told, texts, count, secret);
    message = mom__wire_end(&out, NULL);
    assert_true(message.len > 0);
    assert_int_equal(read_users(message, heard, &got), MOM_OK);
    assert_int_equal(got, count);
    for (unsigned i = 0; i < count; i++)
        assert_true(mom__reg_digest(&told[i].record) == mom__reg_digest(&heard[i].record));
    free(told);
    free(heard);
    free(texts);
}

static void records_come_as_they_were_told(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= MANY; count += 13) {
        come_as_they_were(count, false);
        come_as_they_were(count, true);
    }
}

static void secrets_take_three_quarters_of_their_room(void **state)
{
    struct mom__entry *users = calloc(MANY, sizeof *users);
    char(*texts)[2][SECRET] = calloc(MANY, sizeof *texts);

    (void)state;
    assert_true(users && texts);
    write_users(users, texts, MANY, true);
    assert_int_equal(out.bare.len,
                     MANY * (mom__sextet_bytes(SECRET) + mom__sextet_bytes(SECRET - 1)));
    assert_true(out.body.len < MANY * 200);
    write_users(users, texts, MANY, false);
    assert_int_equal(out.bare.len, 0);
    free(users);
    free(texts);
}

/* --- what was packed lately ------------------------------------------------------------------------ */

static struct mom_str copy_of(struct mom_str bytes)
{
    char *ptr = mom__arena_bytes(&arena, bytes.len);

    assert_non_null(ptr);
    memcpy(ptr, bytes.ptr, bytes.len);
    return (struct mom_str){ptr, bytes.len};
}

static void check_same(struct mom_str left, struct mom_str right)
{
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.ptr, right.ptr, left.len);
}

/* Message i, whether it is packed anew or was kept, is what it is when nothing is kept; whatever its number. */
static void check_message(struct mom__packs *packs, char texts[][2][SECRET],
                          struct mom__entry *users, unsigned i)
{
    struct mom_str alone;

    write_users(users, texts, 4 + i, i % 2);
    alone = copy_of(mom__wire_end(&out, NULL));
    check_same(alone, mom__wire_end(&out, packs));
    out.body.ptr[out.head - 1] = 9;
    alone = copy_of(mom__wire_end(&out, NULL));
    check_same(alone, mom__wire_end(&out, packs));
}

static void what_was_packed_lately_is_what_would_be_packed_now(void **state)
{
    struct mom__entry *users = calloc(MANY, sizeof *users);
    char(*texts)[2][SECRET] = calloc(MANY, sizeof *texts);

    (void)state;
    assert_true(users && texts);
    for (uint32_t size = 1; size <= 8; size *= 2) {
        struct mom__packs packs;

        mom__packs_init(&packs, NULL, size);
        for (unsigned round = 0; round < 3; round++) {
            for (unsigned i = 0; i < 6; i++)
                check_message(&packs, texts, users, i);
            if (round == 1)
                mom__packs_forget(&packs);
        }
        mom__packs_forget(&packs);
    }
    free(users);
    free(texts);
}

/* Whatever is cut off or added, nothing is taken for a whole message. */
static void a_bare_part_that_does_not_fit_is_refused(void **state)
{
    struct mom__entry *users = calloc(MANY, sizeof *users);
    char(*texts)[2][SECRET] = calloc(MANY, sizeof *texts);
    struct mom_str message;
    unsigned got;

    (void)state;
    assert_true(users && texts);
    write_users(users, texts, 2, true);
    out.bare.len--;
    assert_int_equal(read_users(mom__wire_end(&out, NULL), users, &got), MOM_ECORRUPT);
    write_users(users, texts, 2, true);
    mom__buf_u8(&out.bare, 0);
    assert_int_equal(read_users(mom__wire_end(&out, NULL), users, &got), MOM_ECORRUPT);
    write_users(users, texts, 2, true);
    message = mom__wire_end(&out, NULL);
    for (size_t len = 0; len < message.len; len++)
        assert_int_not_equal(read_users((struct mom_str){message.ptr, len}, users, &got), MOM_OK);
    free(users);
    free(texts);
}

/* A claim as it is told, and read again. */
static int tell_claim(int64_t claim_ms, int64_t confirmed_ms)
{
    struct mom__entry *devices = calloc(2, sizeof *devices);
    struct mom_record *r = &devices[0].record;
    struct mom__wire_context inside = {.id = 0}, outside = {.id = 0};
    struct mom__reader reader;
    int rc;

    assert_non_null(devices);
    mom__record_init(r, MOM_DEVICE, 1);
    mom__entry_init(&devices[0]);
    devices[0].has[MOM__REG_CLAIM] = true;
    r->site = 3;
    r->epoch = 70000;
    r->claim_ms = claim_ms;
    r->confirmed_by = 2;
    r->confirmed_ms = confirmed_ms;
    mom__buf_reset(&out.body);
    mom__wire_put_entry(&out.body, &inside, &devices[0]);
    mom__reader_init(&reader, mom__buf_view(&out.body));
    rc = mom__wire_get_entry(&reader, &outside, &arena, &devices[1]);
    if (rc == MOM_OK) {
        assert_true(devices[1].record.claim_ms == claim_ms);
        assert_true(devices[1].record.confirmed_ms == confirmed_ms);
    }
    free(devices);
    return rc;
}

/* Whatever is taken can be told on, and so can what comes after it. */
static void times_beyond_the_last_one_are_refused(void **state)
{
    (void)state;
    assert_int_equal(tell_claim(1700000000000, 1700000000001), MOM_OK);
    assert_int_equal(tell_claim(1700000000000, 0), MOM_OK);
    assert_int_equal(tell_claim(0, MOM__MS_MAX), MOM_OK);
    assert_int_equal(tell_claim(MOM__MS_MAX, MOM__MS_MAX), MOM_OK);
    assert_int_equal(tell_claim(MOM__MS_MAX + 1, 1), MOM_ECORRUPT);
    assert_int_equal(tell_claim(MOM__MS_MAX, MOM__MS_MAX + 1), MOM_ECORRUPT);
    assert_int_equal(tell_claim(1700000000000, -1), MOM_ECORRUPT);
}

/* Held rows have no bare part: an entry that wants one is damaged. */
static void an_entry_without_a_bare_part_has_all_texts(void **state)
{
    struct mom__entry *users = calloc(2, sizeof *users);
    char(*texts)[2][SECRET] = calloc(1, sizeof *texts);
    struct mom__wire_context inside = {.id = 0}, empty = {.id = 0};
    struct mom__reader reader;

    (void)state;
    assert_true(users && texts);
    make_user(&users[0], texts[0], 1, true);
    mom__buf_reset(&out.body);
    mom__wire_put_entry(&out.body, &inside, &users[0]);
    mom__reader_init(&reader, mom__buf_view(&out.body));
    assert_int_equal(mom__wire_get_entry(&reader, &empty, &arena, &users[1]), MOM_OK);
    assert_true(mom__reg_digest(&users[0].record) == mom__reg_digest(&users[1].record));

    write_users(users, texts, 1, true);
    memset(&empty, 0, sizeof empty);
    mom__reader_init(&reader, mom__buf_view(&out.body));
    (void)mom__reader_bytes(&reader, 3); /* version, kind, number */
    assert_int_equal(mom__wire_get_entry(&reader, &empty, &arena, &users[1]), MOM_ECORRUPT);
    free(users);
    free(texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sextets_keep_every_text),
        cmocka_unit_test(sextets_are_those_of_base64),
        cmocka_unit_test(other_texts_are_no_sextets),
        cmocka_unit_test_setup_teardown(records_come_as_they_were_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_take_three_quarters_of_their_room, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_packed_lately_is_what_would_be_packed_now, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(times_beyond_the_last_one_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bare_part_that_does_not_fit_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_entry_without_a_bare_part_has_all_texts, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
