/*
 * Base64: the vectors of RFC 4648, every length there and back, and what is refused.
 */
#include "axi/support.h"

#include "base64.h"

static const struct {
    const char *plain, *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void the_vectors_of_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[16], plain[16];
        size_t len = strlen(vectors[i].plain), ret = 99;
        assert_int_equal(axi__base64_encode(vectors[i].plain, len, text), strlen(vectors[i].text));
        assert_memory_equal(text, vectors[i].text, strlen(vectors[i].text));
        assert_true(axi__base64_decode(str(vectors[i].text), plain, len, &ret));
        assert_int_equal(ret, len);
        assert_memory_equal(plain, vectors[i].plain, len);
    }
}

static void every_length_comes_back_in_exactly_its_room(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (size_t len = 0; len <= 100; len++) {
        /* Blocks of exactly the size, so that a sanitizer sees a byte too many. */
        unsigned char *plain = malloc(len + 1), *back = malloc(len > 0 ? len : 1);
        size_t size = AXI__BASE64_SIZE(len), ret = 999;
        char *text = malloc(size > 0 ? size : 1);
        for (size_t i = 0; i < len; i++)
            plain[i] = (unsigned char)next_random(&seed);
        assert_int_equal(axi__base64_encode(plain, len, text), size);
        struct axi_str str = {text, size};
        assert_true(axi__base64_decode(str, back, len, &ret));
        assert_int_equal(ret, len);
        assert_memory_equal(back, plain, len);
        if (len > 0)
            assert_false(axi__base64_decode(str, back, len - 1, &ret));
        assert_int_equal(ret, len);
        free(plain);
        free(back);
        free(text);
    }
}

static void every_character_of_the_alphabet(void **state)
{
    (void)state;
    unsigned char bytes[48];
    char text[64];
    size_t len;
    struct axi_str all = str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    assert_true(axi__base64_decode(all, bytes, sizeof bytes, &len));
    assert_int_equal(len, 48);
    assert_int_equal(axi__base64_encode(bytes, len, text), 64);
    assert_memory_equal(text, all.ptr, 64);
}

static void blanks_and_line_ends_are_passed_over(void **state)
{
    (void)state;
    char plain[8];
    size_t len;
    assert_true(axi__base64_decode(str(" Zm9\r\nvYg=\t=\n"), plain, sizeof plain, &len));
    assert_int_equal(len, 4);
    assert_memory_equal(plain, "foob", 4);
    assert_true(axi__base64_decode(str(" \n"), plain, 0, &len));
    assert_int_equal(len, 0);
}

static void what_is_not_base64_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",   "Zg===",    "=",          "====",
                                      "Z===", "Zg=a", "Zm9v=", "Zg==Zg==", "Zg== Zg==",  "Zm9v!",
                                      "Zm-v", "Zm_v", "Zh==",  "Zm9=",     "\xC3\xA4==", "Zg==="};
    char plain[16];
    size_t len = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(axi__base64_decode(str(bad[i]), plain, sizeof plain, &len));
    for (unsigned c = 0; c < 256; c++) {
        char text[4] = {'Z', (char)c, '9', 'v'};
        struct axi_str str = {text, 4};
        bool known = c != 0 && c != '=' &&
                     strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                            (int)c) != NULL;
        assert_int_equal(axi__base64_decode(str, plain, sizeof plain, &len), known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_standard),
        cmocka_unit_test(every_length_comes_back_in_exactly_its_room),
        cmocka_unit_test(every_character_of_the_alphabet),
        cmocka_unit_test(blanks_and_line_ends_are_passed_over),
        cmocka_unit_test(what_is_not_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
