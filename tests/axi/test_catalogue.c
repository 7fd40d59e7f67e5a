/*
 * The catalogue's rows: their order, which the look-ups rely on, and that every id leads to its
 * text and back.
 */
#include "axi/support.h"

#include "catalogue.h"
#include "text.h"

static void rows_are_sorted_by_bytes(void **state)
{
    (void)state;
    for (int i = 2; i < AXI_A_COUNT; i++)
        assert_true(strcmp(axi_attr_name((enum axi_attr)(i - 1)), axi_attr_name((enum axi_attr)i)) <
                    0);
    for (int i = 2; i < AXI_V_COUNT; i++)
        assert_true(
            strcmp(axi_value_text((enum axi_value)(i - 1)), axi_value_text((enum axi_value)i)) < 0);
    for (int i = 2; i < AXI_T_COUNT; i++)
        assert_true(strcmp(axi_type_name((enum axi_type)(i - 1)), axi_type_name((enum axi_type)i)) <
                    0);
}

static void every_id_has_a_text_that_leads_back(void **state)
{
    (void)state;
    for (int i = 1; i < AXI_A_COUNT; i++)
        assert_int_equal(axi_attr_of(str(axi_attr_name((enum axi_attr)i))), i);
    for (int i = 1; i < AXI_T_COUNT; i++)
        assert_int_equal(axi_type_of(str(axi_type_name((enum axi_type)i))), i);
    for (int i = 1; i < AXI_V_COUNT; i++)
        assert_int_equal(axi__value_anywhere(str(axi_value_text((enum axi_value)i))), i);
}

static void unknown_ids_and_texts_have_no_counterpart(void **state)
{
    (void)state;
    struct axi_str none = {NULL, 0};
    assert_null(axi_attr_name(AXI_A_NONE));
    assert_null(axi_attr_name(AXI_A_COUNT));
    assert_null(axi_attr_name((enum axi_attr) - 1));
    assert_null(axi_type_name(AXI_T_NONE));
    assert_null(axi_type_name(AXI_T_COUNT));
    assert_null(axi_value_text(AXI_V_NOTHING));
    assert_null(axi_value_text(AXI_V_COUNT));
    assert_int_equal(axi_attr_of(none), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("UID")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("uidx")), AXI_A_NONE);
    assert_int_equal(axi_type_of(str("getPPUser")), AXI_T_NONE);
    assert_int_equal(axi_value_of(AXI_E_CmdType, str("Busy")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_NOTHING, str("On")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_COUNT, str("On")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_CmdType, str("On")), AXI_V_On);
}

static void fields_and_children_stand_with_their_types(void **state)
{
    (void)state;
    struct axi_field field, same;
    struct axi_child child, same_child;
    for (int t = 1; t < AXI_T_COUNT; t++) {
        for (size_t i = 0; axi_type_field_at((enum axi_type)t, i, &field); i++) {
            assert_true(axi_type_field((enum axi_type)t, field.attr, &same));
            assert_memory_equal(&same, &field, sizeof field);
            assert_non_null(axi_attr_name(field.attr));
            if (field.form == AXI_ENUMERATED)
                assert_non_null(axi_enum_name(field.of));
            else if (field.form != AXI_STR)
                assert_int_equal(field.of, AXI_E_NOTHING);
        }
        for (size_t i = 0; axi_type_child_at((enum axi_type)t, i, &child); i++) {
            assert_true(axi__child_of((enum axi_type)t, str(child.element), &same_child));
            assert_int_equal(same_child.type, child.type);
            assert_true(child.max == 0 || child.min <= child.max);
            /* A record, or text that is a value of an enumeration. */
            assert_int_equal(child.type == AXI_T_NONE, child.of != AXI_E_NOTHING);
            assert_int_equal(axi_type_kind(child.type), AXI_RECORD);
        }
    }
    assert_false(axi_type_field_at(AXI_T_NONE, 0, &field));
    assert_false(axi_type_child_at(AXI_T_COUNT, 0, &child));
    assert_false(axi_type_field(AXI_T_GetPPUser, AXI_A_sipPw, &field));
    assert_int_equal(axi_enum_at(AXI_E_CmdType, 2), AXI_V_NOTHING);
    assert_string_equal(axi_enum_name(AXI_E_CmdType), "CmdType");
}

static void every_request_has_its_answer(void **state)
{
    (void)state;
    for (int t = 1; t < AXI_T_COUNT; t++) {
        enum axi_type answer = axi_type_response((enum axi_type)t);
        if (axi_type_kind((enum axi_type)t) != AXI_REQUEST) {
            assert_int_equal(answer, AXI_T_NONE);
            continue;
        }
        char expected[128];
        snprintf(expected, sizeof expected, "%sResp", axi_type_name((enum axi_type)t));
        assert_int_not_equal(answer, AXI_T_NONE);
        assert_string_equal(axi_type_name(answer), expected);
        assert_int_equal(axi_type_kind(answer), AXI_RESPONSE);
        struct axi_field field;
        assert_true(axi_type_field((enum axi_type)t, AXI_A_seq, &field));
        assert_true(axi_type_field(answer, AXI_A_errCode, &field));
    }
}

static void records_are_no_messages_and_versions_are_open(void **state)
{
    (void)state;
    assert_int_equal(axi__message_type(str("PPUserType")), AXI_T_NONE);
    assert_int_equal(axi__message_type(str("Open")), AXI_T_Open);
    assert_true(axi_type_is_open(AXI_T_GetVersionsResp));
    assert_false(axi_type_is_open(AXI_T_GetVersions));
    assert_false(axi_type_is_open(AXI_T_NONE));
}

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
        cmocka_unit_test(rows_are_sorted_by_bytes),
        cmocka_unit_test(every_id_has_a_text_that_leads_back),
        cmocka_unit_test(unknown_ids_and_texts_have_no_counterpart),
        cmocka_unit_test(fields_and_children_stand_with_their_types),
        cmocka_unit_test(every_request_has_its_answer),
        cmocka_unit_test(records_are_no_messages_and_versions_are_open),
        cmocka_unit_test(errors_have_names_and_texts),
        cmocka_unit_test(numbers_are_read_and_written_exactly),
        cmocka_unit_test(utf8_is_checked_by_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
