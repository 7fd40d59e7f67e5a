/*
 * axi_check: one row per rule, with the path and the byte that it must name, read and built, mended
 * and strict; and the forms of values.
 */
#include "axi/support.h"

struct row {
    const char *text;
    size_t count;
    enum axi_rule rule;
    const char *path;
    const char *at; /* the finding's bytes begin so */
};

/* clang-format off */
static const struct row rows[] = {
    {"<GetPPUser uid=\"1\" seq=\"4\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<GetPPNobody uid=\"1\" x=\"2\"/>", 1, AXI_RULE_UNKNOWN_MESSAGE, "/GetPPNobody", "<GetPPNobody"},
    {"<PPUserType uid=\"1\"/>", 1, AXI_RULE_UNKNOWN_MESSAGE, "/PPUserType", "<PPUserType"},
    {"<SetPP><x y=\"z\"><pp/></x><pp ppn=\"1\"/></SetPP>", 1, AXI_RULE_UNKNOWN_ELEMENT, "/SetPP/x", "<x y"},
    {"<SetPP><pp><x/></pp></SetPP>", 1, AXI_RULE_UNKNOWN_ELEMENT, "/SetPP/pp/x", "<x/>"},
    {"<GetPPUser uid=\"1\" future=\"2\"/>", 1, AXI_RULE_UNKNOWN_ATTRIBUTE, "/GetPPUser/@future", "future"},
    {"<GetPPUser uid=\"1\" ppn=\"2\"/>", 1, AXI_RULE_UNKNOWN_ATTRIBUTE, "/GetPPUser/@ppn", "ppn"},
    {"<GetPPUser/>", 1, AXI_RULE_MISSING_ATTRIBUTE, "/GetPPUser/@uid", "<GetPPUser"},
    {"<OpenResp errCode=\"EAuth\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<OpenResp protocolVersion=\"45\"/>", 1, AXI_RULE_MISSING_ATTRIBUTE, "/OpenResp/@ommStbState", "<OpenResp"},
    {"<Subscribe><e cmd=\"On\"/></Subscribe>", 1, AXI_RULE_MISSING_ATTRIBUTE, "/Subscribe/e/@eventType", "<e cmd"},
    {"<Subscribe><e cmd=\"On\" eventType=\"SystemState\"/><e cmd=\"On\"/></Subscribe>", 1,
     AXI_RULE_MISSING_ATTRIBUTE, "/Subscribe/e[2]/@eventType", "<e cmd=\"On\"/>"},
    {"<GetPPUser uid=\"one\"/>", 1, AXI_RULE_BAD_VALUE, "/GetPPUser/@uid", "uid=\"one"},
    {"<GetPPUser\n\tseq = ' uid= ' uid\n = 'one'/>", 2, AXI_RULE_BAD_VALUE, "/GetPPUser/@seq", "seq ="},
    {"<GetPPUser\n\tseq = '3' uid\n = 'one'/>", 1, AXI_RULE_BAD_VALUE, "/GetPPUser/@uid", "uid\n ="},
    {"<GetPPUser uid=\"\"/>", 1, AXI_RULE_BAD_VALUE, "/GetPPUser/@uid", "uid=\"\""},
    {"<SetPP><pp encrypt=\"TRUE\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "/SetPP/pp/@encrypt", "encrypt"},
    {"<SetPP><pp encrypt=\"true\"/></SetPP>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp encrypt=\"\" relType=\"\" ppn=\"\"/></SetPP>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp ommId=\"102A7C8G\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "/SetPP/pp/@ommId", "ommId"},
    {"<SetPP><pp ommId=\"102a7c82\" uak=\"\"/></SetPP>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp relType=\"unbound\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "/SetPP/pp/@relType", "relType"},
    {"<SetPP><pp relType=\"Busy\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "/SetPP/pp/@relType", "relType"},
    {"<SetDECTSubscriptionMode mode=\"Wildcard\" timeout=\"0\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetDECTSubscriptionMode mode=\"Wildcard\" timeout=\"60\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetDECTSubscriptionMode mode=\"Wildcard\" timeout=\"-1\"/>", 1, AXI_RULE_OUT_OF_RANGE,
     "/SetDECTSubscriptionMode/@timeout", "timeout=\"-1"},
    {"<SetDECTSubscriptionMode mode=\"Wildcard\" timeout=\"61\"/>", 1, AXI_RULE_OUT_OF_RANGE,
     "/SetDECTSubscriptionMode/@timeout", "timeout=\"61"},
    {"<SetPPUser><user holdRingBackTime=\"6\"/></SetPPUser>", 1, AXI_RULE_OUT_OF_RANGE,
     "/SetPPUser/user/@holdRingBackTime", "holdRingBackTime"},
    {"<SetPPUser><user holdRingBackTime=\"\"/></SetPPUser>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp ommId=\"102A7C8200\"/></SetPP>", 1, AXI_RULE_TOO_LONG, "/SetPP/pp/@ommId", "ommId"},
    {"<SetPPUser><user hierarchy1=\"12345678901234567\"/></SetPPUser>", 1, AXI_RULE_TOO_LONG,
     "/SetPPUser/user/@hierarchy1", "hierarchy1"},
    {"<SetPPUser><user hierarchy1=\"&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;"
     "&#228;&#228;&#228;&#228;&#228;\"/></SetPPUser>", 0, AXI_RULE_TOO_LONG, NULL, NULL},
    {"<SetPP><pp uak=\"19F9919C895FD7B326B94C7F9118BB1619F9919C895FD7B326B94C7F9118BB16\"/></SetPP>",
     0, AXI_RULE_TOO_LONG, NULL, NULL},
    {"<GetVersionsResp Anything=\"1.0.0\"/>", 0, AXI_RULE_UNKNOWN_ATTRIBUTE, NULL, NULL},
    {"<GetPPUser uid=\"1\">text</GetPPUser>", 1, AXI_RULE_BAD_TEXT, "/GetPPUser", "<GetPPUser"},
    {"<GetPPUser uid=\"1\"> </GetPPUser>", 0, AXI_RULE_BAD_TEXT, NULL, NULL},
    {"<SetPP><pp>text</pp></SetPP>", 1, AXI_RULE_BAD_TEXT, "/SetPP/pp", "<pp>"},
    {"<SetPP a\xC3\xA4=\"\xC3\xA4\" ppn=\"x\"/>", 2, AXI_RULE_UNKNOWN_ATTRIBUTE, "/SetPP/@a\xC3\xA4", "a\xC3\xA4"},
};
/* clang-format on */

static void check_row(struct axi_parser *parser, const struct row *row, const char *text)
{
    struct axi_finding findings[4];
    struct axi_msg *msg = parse(parser, text);
    char path[160];
    size_t count = axi_check(msg, str(text), findings, 4);
    if (count != row->count)
        fail_msg("%s: %zu findings", text, count);
    if (count == 0)
        return;
    size_t len = axi_finding_path(&findings[0], path, sizeof path);
    assert_int_equal(len, strlen(path));
    if (findings[0].rule != row->rule || strcmp(path, row->path) != 0)
        fail_msg("%s: %s at %s", text, axi_rule_name(findings[0].rule), path);
    assert_true(findings[0].offset < strlen(text));
    if (strncmp(text + findings[0].offset, row->at, strlen(row->at)) != 0)
        fail_msg("%s: offset %zu", text, findings[0].offset);
    /* Without the bytes it is the element's. */
    struct axi_str gone = {NULL, 0};
    assert_int_equal(axi_check(msg, gone, findings, 4), count);
    assert_int_equal(text[findings[0].offset], '<');
}

static void each_rule_names_what_breaks_it(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(parser, &rows[i], rows[i].text);
    axi_parser_free(parser);
}

/* What stands before the message moves every offset; a comment with forbidden characters also makes
 * the parser read a mended copy, whose offsets are others. */
static void offsets_are_those_of_the_bytes_as_they_came(void **state)
{
    (void)state;
    static const char *const heads[] = {"\xEF\xBB\xBF", "<?xml version=\"1.0\"?>\n",
                                        "<!-- \x01\x02\xEF\xBF\xBE -->",
                                        "<!-- &#1;&#xFFFF; &amp; \xC3\xA4 -->\n<?pi \x7F\x1F?>"};
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t h = 0; h < sizeof heads / sizeof heads[0]; h++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char text[512];
            snprintf(text, sizeof text, "%s%s", heads[h], rows[i].text);
            check_row(parser, &rows[i], text);
        }
    }
    assert_true(axi_parser_stats(parser).repaired > 0);
    axi_parser_free(parser);
}

static void bytes_that_are_not_the_message_do_no_harm(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "<",
                                         "<GetPPUser ",
                                         "<GetPPUser uid",
                                         "<GetPPUser uid=",
                                         "<GetPPUser x=\"",
                                         "<GetPPUser x=\"y",
                                         "<GetPPUser x=\"\" ",
                                         "<GetPPUser x y z",
                                         "xxxxxxxxxxxxxxxxxxxxxxxxxxx",
                                         "<GetPPUser></GetPPUser>"};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(parser, "<GetPPUser uid=\"one\"/>");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct axi_finding finding;
        size_t len = strlen(others[i]);
        char *copy =
            malloc(len > 0 ? len : 1); /* no end mark: sanitizers see what is read behind */
        memcpy(copy, others[i], len);
        struct axi_str source = {copy, len};
        assert_int_equal(axi_check(msg, source, &finding, 1), 1);
        assert_true(finding.offset <= source.len);
        free(copy);
    }
    axi_parser_free(parser);
}

static void all_findings_are_counted_and_the_first_are_written(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(parser, "<SetPP a=\"\" b=\"\"><pp c=\"\"/></SetPP>");
    struct axi_str gone = {NULL, 0};
    struct axi_finding findings[2] = {0};
    assert_int_equal(axi_check(msg, gone, findings, 1), 3);
    assert_str(findings[0].name, "a");
    assert_null(findings[1].elem);
    assert_int_equal(axi_check(msg, gone, NULL, 0), 3);
    struct axi_msg *empty = axi_msg_new(NULL);
    assert_int_equal(axi_check(empty, gone, findings, 2), 0);
    axi_msg_free(empty);
    axi_parser_free(parser);
}

static void built_messages_have_no_offsets(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_finding findings[2];
    char path[160];
    axi_set_cstr(axi_add_child(axi_msg_start(msg, AXI_T_SetPPUser), "user"), AXI_A_uid, "x");
    assert_int_equal(axi_check(msg, str("<SetPPUser>"), findings, 2), 1);
    assert_true(findings[0].offset == SIZE_MAX);
    axi_finding_path(&findings[0], path, sizeof path);
    assert_string_equal(path, "/SetPPUser/user/@uid");
    axi_msg_free(msg);
}

/* --- how many elements, and their texts: whatever the catalogue says of any type */

static struct axi_elem *add_row(struct axi_elem *parent, const struct axi_child *row)
{
    struct axi_elem *elem = axi_add_child(parent, row->element);
    enum axi_value value = axi_enum_at(row->of, 0);
    if (value != AXI_V_NOTHING)
        axi_set_text(elem, str(axi_value_text(value)));
    return elem;
}

/* Findings of `rule` about `parent` itself or the elements right below it. */
static size_t count_of(const struct axi_msg *msg, enum axi_rule rule, const char *name)
{
    static struct axi_finding findings[256];
    struct axi_str gone = {NULL, 0};
    size_t all = axi_check(msg, gone, findings, 256), count = 0;
    for (size_t i = 0; i < all && i < 256; i++) {
        struct axi_str about =
            findings[i].name.ptr != NULL ? findings[i].name : axi_elem_name(findings[i].elem);
        count += findings[i].rule == rule && is(about, name);
    }
    return count;
}

static void check_counts(struct axi_msg *msg, enum axi_type type, const struct axi_child *row,
                         size_t *ret_bounded)
{
    struct axi_elem *root = axi_msg_start(msg, type);
    for (unsigned n = 0; n < row->min; n++) {
        assert_int_equal(count_of(msg, AXI_RULE_MISSING_ELEMENT, row->element), 1);
        add_row(root, row);
    }
    assert_int_equal(count_of(msg, AXI_RULE_MISSING_ELEMENT, row->element), 0);
    if (row->max == 0 || row->max > 30)
        return;
    ++*ret_bounded;
    for (unsigned n = row->min; n < row->max; n++)
        add_row(root, row);
    assert_int_equal(count_of(msg, AXI_RULE_TOO_MANY_ELEMENTS, row->element), 0);
    add_row(root, row);
    axi_add_child(root, "between");
    add_row(root, row);
    assert_int_equal(count_of(msg, AXI_RULE_TOO_MANY_ELEMENTS, row->element), 1);
}

static void check_texts(struct axi_msg *msg, enum axi_type type, const struct axi_child *row)
{
    struct axi_elem *elem = add_row(axi_msg_start(msg, type), row);
    assert_int_equal(count_of(msg, AXI_RULE_BAD_TEXT, row->element), 0);
    axi_set_text(elem, str("Klingon"));
    assert_int_equal(count_of(msg, AXI_RULE_BAD_TEXT, row->element), row->of != AXI_E_NOTHING);
    axi_set_cstr(elem, AXI_A_uid, "1");
    assert_int_equal(count_of(msg, AXI_RULE_UNKNOWN_ATTRIBUTE, "uid"), 1);
    axi_add_child(elem, "below");
    assert_int_equal(count_of(msg, AXI_RULE_UNKNOWN_ELEMENT, "below"), 1);
}

static void elements_are_counted_and_their_texts_are_read(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    size_t bounded = 0;
    for (unsigned type = 1; type < AXI_T_COUNT; type++) {
        struct axi_child row;
        if (axi_type_kind((enum axi_type)type) == AXI_RECORD)
            continue;
        for (size_t i = 0; axi_type_child_at((enum axi_type)type, i, &row); i++) {
            check_counts(msg, (enum axi_type)type, &row, &bounded);
            if (row.type == AXI_T_NONE)
                check_texts(msg, (enum axi_type)type, &row);
        }
    }
    assert_true(bounded > 0);
    axi_msg_free(msg);
}

/* --- forms */

static void each_form_has_its_range(void **state)
{
    (void)state;
    static const struct {
        enum axi_form form;
        const char *good[6], *bad[6];
    } forms[] = {
        {AXI_INT,
         {"0", "-1", "2147483647", "-2147483648", "007"},
         {"2147483648", "-2147483649", "", "+1", " 1", "1.0"}},
        {AXI_INT16, {"32767", "-32768"}, {"32768", "-32769", "x", "-", ""}},
        {AXI_UINT32, {"0", "4294967295"}, {"-1", "4294967296", ""}},
        {AXI_INT64,
         {"9223372036854775807", "-9223372036854775808"},
         {"9223372036854775808", "-9223372036854775809", "99999999999999999999", ""}},
        {AXI_INT_LIST,
         {"", "1", "1,2", "-1,0,9223372036854775807"},
         {",", "1,", ",1", "1, 2", "1;2"}},
        {AXI_BOOL, {"0", "1", "true", "false"}, {"", "yes", "True", "2"}},
        {AXI_HEX, {"", "0", "0123456789ABCDEF", "abcdef"}, {"0x1", "G", " 1", "`"}},
        {AXI_STR, {"", "anything"}, {NULL}},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct axi_field field = {.attr = AXI_A_uid, .form = forms[i].form};
        for (size_t n = 0; n < 6 && forms[i].good[n] != NULL; n++)
            assert_true(axi_field_accepts(&field, str(forms[i].good[n])));
        for (size_t n = 0; n < 6 && forms[i].bad[n] != NULL; n++)
            if (axi_field_accepts(&field, str(forms[i].bad[n])))
                fail_msg("form %d takes %s", (int)forms[i].form, forms[i].bad[n]);
    }
    struct axi_field code = {.form = AXI_ENUMERATED, .of = AXI_E_ResponseCodeType};
    assert_true(axi_field_accepts(&code, str("ENoEnt")));
    assert_false(axi_field_accepts(&code, str("enoent")));
    assert_false(axi_field_accepts(&code, str("")));
}

/* --- names, paths, strictness */

static void rules_have_names_and_texts(void **state)
{
    (void)state;
    for (int i = 0; i < AXI_RULE_COUNT; i++) {
        assert_true(strlen(axi_rule_name((enum axi_rule)i)) > 3);
        assert_true(strlen(axi_rule_text((enum axi_rule)i)) > 10);
    }
    assert_string_equal(axi_rule_name(AXI_RULE_BAD_VALUE), "bad-value");
    assert_string_equal(axi_rule_name(AXI_RULE_COUNT), "unknown-rule");
    assert_string_equal(axi_rule_text((enum axi_rule)99), "unknown rule");
}

static void a_path_that_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(
        parser, "<GetPPUserResp><user/><user \xC3\xA4\xE4\xB8\x80\xC3\xB6x=\"\"/></GetPPUserResp>");
    static const char whole[] = "/GetPPUserResp/user[2]/@\xC3\xA4\xE4\xB8\x80\xC3\xB6x";
    struct axi_finding finding;
    struct axi_str gone = {NULL, 0};
    assert_int_equal(axi_check(msg, gone, &finding, 1), 1);
    for (size_t size = 0; size <= sizeof whole; size++) {
        char *path = malloc(size + 1);
        memset(path, '#', size + 1);
        assert_int_equal(axi_finding_path(&finding, path, size), sizeof whole - 1);
        assert_int_equal(path[size], '#');
        if (size > 0) {
            assert_true(strlen(path) < size);
            assert_memory_equal(path, whole, strlen(path));
            unsigned char next = (unsigned char)whole[strlen(path)];
            assert_true((next & 0xC0) != 0x80);
            assert_true(size - 1 - strlen(path) < 4);
        }
        free(path);
    }
    axi_parser_free(parser);
}

static void a_strict_parser_refuses_what_has_findings(void **state)
{
    (void)state;
    struct axi_parser_options options = {.strict = true};
    struct axi_parser *parser = axi_parser_new(&options);
    const struct axi_parse_error *error = axi_parser_error(parser);
    struct axi_msg *msg;
    uint64_t before = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        int rc = feed(parser, row->text, strlen(row->text) + 1, &msg);
        assert_int_equal(rc, row->count > 0 ? AXI_EINVALID : AXI_OK);
        assert_int_equal(msg == NULL, row->count > 0);
        if (row->count > 0) {
            assert_int_equal(error->code, AXI_EINVALID);
            assert_string_equal(error->text, axi_rule_text(row->rule));
            assert_string_equal(error->path, row->path);
            assert_int_equal(error->stream_offset, before + error->offset);
            assert_memory_equal(row->text + error->offset, row->at, strlen(row->at));
        }
        before += strlen(row->text) + 1;
    }
    assert_int_equal(feed(parser, "<a", 3, &msg), AXI_EMALFORMED);
    assert_string_equal(error->path, "");
    assert_int_equal(feed(parser, "<x \x01=\"\"/>", 10, &msg), AXI_EMALFORMED);
    assert_int_equal(feed(parser, "<SetPP x=\"\x01\"/>", 15, &msg), AXI_EINVALID);
    assert_int_equal(error->offset, 7);
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_names_what_breaks_it),
        cmocka_unit_test(offsets_are_those_of_the_bytes_as_they_came),
        cmocka_unit_test(bytes_that_are_not_the_message_do_no_harm),
        cmocka_unit_test(all_findings_are_counted_and_the_first_are_written),
        cmocka_unit_test(built_messages_have_no_offsets),
        cmocka_unit_test(elements_are_counted_and_their_texts_are_read),
        cmocka_unit_test(each_form_has_its_range),
        cmocka_unit_test(rules_have_names_and_texts),
        cmocka_unit_test(a_path_that_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(a_strict_parser_refuses_what_has_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
