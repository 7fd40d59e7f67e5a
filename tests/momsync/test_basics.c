/*
 * What everything stands on: result codes, memory, arena, buffer, text and lines for the log.
 */
#include "core_support.h"

#include "alloc.h"
#include "arena.h"
#include "buf.h"
#include "fmt.h"

static void codes_have_names_texts_and_bands(void **state)
{
    (void)state;
    assert_string_equal(mom_err_name(MOM_OK), "MOM_OK");
    assert_string_equal(mom_err_name(MOM_EEXIST), "MOM_EEXIST");
    assert_string_equal(mom_err_text(MOM_OK), "success");
    assert_non_null(strstr(mom_err_text(MOM_EFULL), "full"));
    assert_non_null(mom_err_name(-12345));
    assert_non_null(mom_err_text(12345));
    assert_true(mom_err_is_fatal(MOM_ENOMEM));
    assert_true(mom_err_is_fatal(MOM_ELOCKED));
    assert_false(mom_err_is_fatal(MOM_EEXIST));
    assert_false(mom_err_is_fatal(MOM_EINVAL));
    assert_false(mom_err_is_fatal(MOM_OK));
    assert_false(mom_err_is_fatal(-12345));
    assert_true(strlen(mom_version()) >= 5);
}

static void memory_goes_through_the_hook(void **state)
{
    (void)state;
    struct counter memory = {0};
    struct mom_alloc hook = counting(&memory), none = mom__alloc_copy(NULL);
    char *p = mom__zalloc(&hook, 10);
    assert_int_equal(memory.live, 1);
    assert_int_equal(p[9], 0);
    p = mom__realloc(&hook, p, 5000);
    mom__free(&hook, p);
    mom__free(&hook, NULL);
    assert_int_equal(memory.live, 0);
    assert_int_equal(memory.calls, 2);
    p = mom__alloc(&none, 0);
    assert_non_null(p);
    mom__free(NULL, p);
    hook.free = NULL; /* a pool that gives nothing back */
    p = mom__alloc(&hook, 3);
    mom__free(&hook, p);
    assert_int_equal(memory.live, 1);
    free(p);
}

static void arena_pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    struct counter memory = {0};
    struct mom_alloc hook = counting(&memory);
    struct rng rng = rng_new(41);
    struct mom__arena arena;
    mom__arena_init(&arena, &hook);
    for (int round = 0; round < 20; round++) {
        unsigned char *pieces[200];
        size_t sizes[200];
        for (int i = 0; i < 200; i++) {
            sizes[i] = rng_below(&rng, i % 50 == 0 ? 20000 : 100);
            bool text = rng_below(&rng, 2) == 0;
            pieces[i] = text ? (void *)mom__arena_bytes(&arena, sizes[i])
                             : mom__arena_alloc(&arena, sizes[i]);
            assert_non_null(pieces[i]);
            assert_true(text || (uintptr_t)pieces[i] % _Alignof(max_align_t) == 0);
            memset(pieces[i], i, sizes[i]);
        }
        for (int i = 0; i < 200; i++) {
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(pieces[i][k], i);
        }
        mom__arena_reset(&arena, round == 10 ? 0 : 1 << 24);
    }
    assert_true(memory.live <= 1);
    mom__arena_done(&arena);
    assert_int_equal(memory.live, 0);
}

static void arena_settles_to_no_allocation(void **state)
{
    (void)state;
    struct counter memory = {0};
    struct mom_alloc hook = counting(&memory);
    struct mom__arena arena;
    size_t calls = 0;
    mom__arena_init(&arena, &hook);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 500; i++)
            assert_non_null(mom__arena_zalloc(&arena, 100));
        mom__arena_reset(&arena, 1 << 20);
        if (round == 3)
            calls = memory.calls;
    }
    assert_int_equal(memory.calls, calls);
    struct mom_str copy;
    assert_true(mom__arena_dup(&arena, mom__str(NULL), &copy));
    assert_null(copy.ptr);
    assert_true(mom__arena_dup(&arena, mom__str(""), &copy));
    assert_non_null(copy.ptr);
    assert_true(mom__arena_dup(&arena, mom__str("text"), &copy));
    assert_str(copy, "text");
    memory.fail_at = memory.calls + 1;
    assert_null(mom__arena_alloc(&arena, 1 << 22));
    assert_null(mom__arena_zalloc(&arena, SIZE_MAX - 8));
    assert_null(mom__arena_bytes(&arena, 1 << 22));
    assert_non_null(mom__arena_bytes(&arena, 10));
    mom__arena_done(&arena);
    assert_int_equal(memory.live, 0);
}

static void numbers_survive_the_buffer(void **state)
{
    (void)state;
    struct rng rng = rng_new(42);
    struct mom__buf buf;
    struct mom__reader reader;
    mom__buf_init(&buf, NULL);
    for (int i = 0; i < 5000; i++) {
        uint64_t n = rng_next(&rng) >> rng_below(&rng, 64);
        int64_t z = i == 0   ? INT64_MIN
                    : i == 1 ? INT64_MAX
                             : (int64_t)rng_next(&rng) >> rng_below(&rng, 64);
        mom__buf_reset(&buf);
        mom__buf_varint(&buf, n);
        mom__buf_zigzag(&buf, z);
        mom__buf_u64(&buf, n);
        mom__buf_u8(&buf, 200);
        mom__buf_str(&buf, mom__str("text"));
        mom__reader_init(&reader, mom__buf_view(&buf));
        assert_true(mom__reader_varint(&reader) == n);
        assert_true(mom__reader_zigzag(&reader) == z);
        assert_true(mom__reader_u64(&reader) == n);
        assert_int_equal(mom__reader_u8(&reader), 200);
        assert_str(mom__reader_str(&reader), "text");
        assert_true(mom__reader_ok(&reader));
        assert_int_equal(mom__reader_u8(&reader), 0);
        assert_false(mom__reader_ok(&reader));
    }
    mom__buf_done(&buf);
}

static void odd_varints_are_refused(void **state)
{
    (void)state;
    static const struct mom_str odd[] = {
        {"\x80", 1},                                      /* cut */
        {"\x80\x00", 2},                                  /* longer than needed */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, /* 65 bits */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
    };
    struct mom__reader reader;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        mom__reader_init(&reader, odd[i]);
        assert_true(mom__reader_varint(&reader) == 0);
        assert_true(reader.failed);
    }
    mom__reader_init(&reader, (struct mom_str){"\xff\xff\xff\xff\x1f", 5});
    assert_int_equal(mom__reader_varint32(&reader), 0);
    assert_true(reader.failed);
    mom__reader_init(&reader, (struct mom_str){"\x05"
                                               "abc",
                                               4});
    assert_str(mom__reader_str(&reader), "");
    assert_true(reader.failed);
}

static void buffer_without_memory_says_so_at_the_end(void **state)
{
    (void)state;
    struct counter memory = {.fail_at = 2};
    struct mom_alloc hook = counting(&memory);
    struct mom__buf buf;
    char block[600] = {0};
    mom__buf_init(&buf, &hook);
    assert_str(mom__buf_view(&buf), "");
    for (int i = 0; i < 5; i++)
        mom__buf_bytes(&buf, block, sizeof block);
    assert_true(buf.failed);
    assert_int_equal(buf.len, 600);
    mom__buf_reset(&buf);
    assert_false(buf.failed);
    mom__buf_done(&buf);
    assert_int_equal(memory.live, 0);
}

static void texts_compare_like_bytes(void **state)
{
    (void)state;
    assert_true(mom__compare(mom__str("a"), mom__str("ab")) < 0);
    assert_true(mom__compare(mom__str("\xff"), mom__str("a")) > 0);
    assert_true(mom__compare(mom__str(NULL), mom__str("")) == 0);
    assert_false(mom__equal(mom__str(NULL), mom__str("")));
    assert_true(mom__equal(mom__str(NULL), mom__str(NULL)));
    uint64_t n = 0;
    assert_true(mom__parse_uint(mom__str("18446744073709551615"), &n));
    assert_true(n == UINT64_MAX);
    assert_false(mom__parse_uint(mom__str("18446744073709551616"), &n));
    assert_false(mom__parse_uint(mom__str(""), &n));
    assert_false(mom__parse_uint(mom__str("1 "), &n));
}

static void lines_are_built_and_cut_at_a_character(void **state)
{
    (void)state;
    struct mom__text line;
    mom__text_init(&line);
    mom__text_add(&line, "user");
    mom__text_key_str(&line, "num", mom__str("47\n11"));
    mom__text_key_str(&line, "name", mom__str(NULL));
    mom__text_key_uint(&line, "n", 0);
    mom__text_char(&line, ' ');
    mom__text_int(&line, INT64_MIN);
    mom__text_char(&line, ' ');
    mom__text_int(&line, 42);
    mom__text_char(&line, ' ');
    mom__text_uint(&line, UINT64_MAX);
    mom__text_char(&line, ' ');
    mom__text_hex(&line, 0xab, 4);
    mom__text_char(&line, ' ');
    mom__text_hex(&line, UINT64_MAX, 99);
    mom__text_add(&line, NULL);
    assert_str(mom__text_view(&line), "user num=47?11 name=- n=0 -9223372036854775808 42 "
                                      "18446744073709551615 00ab ffffffffffffffff");
    assert_string_equal(line.buf, mom__text_view(&line).ptr);
    assert_false(line.cut);
    /* Every length of what stands before the characters of two bytes. */
    for (size_t before = 400; before <= MOM__TEXT_SIZE + 3; before++) {
        mom__text_init(&line);
        for (size_t i = 0; i < before; i++)
            mom__text_char(&line, 'x');
        for (int i = 0; i < 100; i++)
            mom__text_str(&line, mom__str("\xc3\xbc"));
        assert_true(line.cut);
        assert_true(line.len < MOM__TEXT_SIZE);
        assert_int_equal(strlen(line.buf), line.len);
        assert_string_equal(line.buf + line.len - 3, "\xe2\x80\xa6");
        size_t chars;
        assert_true(mom__utf8_count(mom__text_view(&line), &chars));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_names_texts_and_bands),
        cmocka_unit_test(memory_goes_through_the_hook),
        cmocka_unit_test(arena_pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(arena_settles_to_no_allocation),
        cmocka_unit_test(numbers_survive_the_buffer),
        cmocka_unit_test(odd_varints_are_refused),
        cmocka_unit_test(buffer_without_memory_says_so_at_the_end),
        cmocka_unit_test(texts_compare_like_bytes),
        cmocka_unit_test(lines_are_built_and_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
