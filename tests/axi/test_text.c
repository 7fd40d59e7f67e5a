/*
 * What is below messages: names and texts of errors, numbers in all their spellings, UTF-8.
 */
#include "axi/support.h"

#include "text.h"

static void errors_have_names_and_texts(void **state)
{
    (void)state;
    assert_string_equal(axi_err_name(AXI_OK), "AXI_OK");
    assert_string_equal(axi_err_name(AXI_EUTF8), "AXI_EUTF8");
    assert_string_equal(axi_err_text(AXI_EUTF8), "not valid UTF-8");
    assert_string_equal(axi_err_name(-99), "AXI_E?");
    assert_string_equal(axi_err_text(7), "unknown error");
    assert_true(strlen(axi_version()) > 0);
}

static void numbers_are_read_and_written_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"0x1", false, 0},
        {"1.0", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 0;
        assert_int_equal(axi__parse_int(str(rows[i].text), &value), rows[i].ok);
        assert_true(value == rows[i].value);
    }
    static const int64_t values[] = {0, 1, -1, 10, 4711, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[AXI__INT_TEXT], expected[32];
        size_t len = axi__format_int(text, values[i]);
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        assert_int_equal(len, strlen(expected));
        assert_memory_equal(text, expected, len);
    }
}

static void utf8_is_checked_by_the_standard(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t bad; /* offset, or the length */
    } rows[] = {
        {"abc", 3},
        {"\xC3\xA4", 2},
        {"\xE2\x82\xAC", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"a\x80", 1},            /* tail alone */
        {"a\xC0\xAF", 1},        /* overlong */
        {"\xE0\x80\xAF", 0},     /* overlong */
        {"\xF0\x80\x80\xAF", 0}, /* overlong */
        {"\xED\xA0\x80", 0},     /* surrogate */
        {"\xF4\x90\x80\x80", 0}, /* above U+10FFFF */
        {"ab\xC3", 2},           /* cut off */
        {"ab\xE2\x82", 2},       /* cut off */
        {"\xFF", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(axi__utf8_bad(rows[i].text, strlen(rows[i].text)), rows[i].bad);
    assert_int_equal(axi__char_count(str("a\xC3\xA4\xE2\x82\xAC")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_names_and_texts),
        cmocka_unit_test(numbers_are_read_and_written_exactly),
        cmocka_unit_test(utf8_is_checked_by_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
