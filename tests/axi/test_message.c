/*
 * Building and reading messages: what is set is what is read, what is built is always well-formed
 * and parses back equal, secrets do not reach logs, and errors stick.
 */
#include "axi/support.h"

/* --- building */

static void the_example_of_the_header_holds(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *req = axi_msg_start(msg, AXI_T_GetPPUser);
    struct axi_buf buf = {0};
    axi_set_int(req, AXI_A_uid, 1);
    axi_set_int(req, AXI_A_maxRecords, 20);
    assert_int_equal(axi_encode(msg, 0, &buf), AXI_OK);
    assert_int_equal(buf.len, sizeof "<GetPPUser uid=\"1\" maxRecords=\"20\"/>");
    assert_string_equal(buf.ptr, "<GetPPUser uid=\"1\" maxRecords=\"20\"/>");
    assert_int_equal(axi_encode(msg, AXI_ENCODE_NO_NUL, &buf), AXI_OK);
    assert_int_equal(buf.len, 2 * sizeof "<GetPPUser uid=\"1\" maxRecords=\"20\"/>" - 1);
    axi_buf_done(&buf);
    axi_msg_free(msg);
}

static void setting_again_replaces_in_place(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *user = axi_add_child(axi_msg_start(msg, AXI_T_SetPPUser), "user");
    axi_set_int(user, AXI_A_uid, 7);
    axi_set_cstr(user, AXI_A_name, "A");
    struct axi_str old = axi_get_str(user, AXI_A_name);
    axi_set_bool(user, AXI_A_vip, true);
    axi_set_enum(user, AXI_A_relType, AXI_V_Dynamic);
    axi_set_named(user, str("future"), str("1"));
    axi_set_named(user, str("name"), str("B & \"C\""));
    axi_set_named(user, str("future"), str("2"));
    axi_set_bool(user, AXI_A_vip, false);
    axi_unset(user, AXI_A_relType);
    axi_unset(user, AXI_A_num);
    assert_str(old, "A"); /* borrowed until the message starts anew */
    assert_encodes(msg, "<SetPPUser><user uid=\"7\" name=\"B &amp; &quot;C&quot;\" vip=\"0\" "
                        "future=\"2\"/></SetPPUser>");
    struct axi_str none = {NULL, 0};
    axi_set_str(user, AXI_A_name, none);
    assert_false(axi_has(user, AXI_A_name));
    axi_set_cstr(user, AXI_A_name, "");
    assert_str(axi_get_str(user, AXI_A_name), "");
    axi_msg_free(msg);
}

static void children_get_their_types_from_the_parent(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_SetPP);
    assert_int_equal(axi_elem_type(axi_add_child(root, "pp")), AXI_T_PPDevType);
    assert_int_equal(axi_elem_type(axi_add_child(root, "user")), AXI_T_PPUserType);
    struct axi_elem *other = axi_add_child(root, "other");
    assert_int_equal(axi_elem_type(other), AXI_T_NONE);
    assert_int_equal(axi_elem_type(axi_add_child(other, "pp")), AXI_T_NONE);
    axi_set_text(other, str("1 < 2"));
    assert_encodes(msg, "<SetPP><pp/><user/><other>1 &lt; 2<pp/></other></SetPP>");
    root = axi_msg_start_named(msg, str("Ping"));
    assert_int_equal(axi_elem_type(root), AXI_T_Ping);
    root = axi_msg_start_named(msg, str("Pong"));
    assert_int_equal(axi_msg_type(msg), AXI_T_NONE);
    assert_str(axi_elem_name(root), "Pong");
    axi_msg_free(msg);
}

static void copies_are_deep_and_keep_order_and_types(void **state)
{
    (void)state;
    static const char text[] = "<SetPPResp><pp ppn=\"1\" new=\"&lt;\"><x><y a=\"1\"/><z/></x>t</pp>"
                               "<user uid=\"2\" sipPw=\"s\"/></SetPPResp>";
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *from = parse(parser, text), *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_SetPP);
    for (struct axi_elem *e = axi_first_child(axi_msg_root(from), NULL); e != NULL;
         e = axi_next_sibling(e, NULL))
        assert_true(same_tree(axi_add_copy(root, e), e));
    axi_add_copy(axi_first_child(root, "user"), root); /* into itself */
    axi_parser_free(parser);
    assert_encodes(msg,
                   "<SetPP><pp ppn=\"1\" new=\"&lt;\">t<x><y a=\"1\"/><z/></x></pp>"
                   "<user uid=\"2\" sipPw=\"s\"><SetPP><pp ppn=\"1\" new=\"&lt;\">t<x><y "
                   "a=\"1\"/><z/></x></pp><user uid=\"2\" sipPw=\"s\"/></SetPP></user></SetPP>");
    root = axi_msg_start_named(msg, str("kept"));
    struct axi_msg *record = axi_msg_new(NULL);
    struct axi_elem *user = axi_add_child(axi_msg_start(record, AXI_T_SetPPUser), "user");
    axi_set_cstr(user, AXI_A_sipPw, "x");
    assert_int_equal(axi_elem_type(axi_add_copy(root, user)), AXI_T_PPUserType);
    axi_msg_free(record);
    axi_msg_free(msg);
}

static void a_used_message_is_empty_again(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_buf buf = {0};
    assert_int_equal(axi_encode(msg, 0, &buf), AXI_ESTATE);
    assert_int_equal(axi_msg_type(msg), AXI_T_NONE);
    axi_set_int(axi_msg_start(msg, AXI_T_Ping), AXI_A_seq, 1);
    axi_msg_reset(msg);
    assert_null(axi_msg_root(msg));
    assert_int_equal(axi_encode(msg, 0, &buf), AXI_ESTATE);
    axi_msg_start(msg, AXI_T_Ping);
    assert_encodes(msg, "<Ping/>");
    assert_null(buf.ptr);
    axi_msg_free(msg);
}

/* --- errors */

static void build_bad(struct axi_msg *msg, int which)
{
    struct axi_str nul = {"a\0b", 3};
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Ping);
    switch (which) {
    case 0:
        axi_set_cstr(root, AXI_A_NONE, "x");
        break;
    case 1:
        axi_set_cstr(root, AXI_A_COUNT, "x");
        break;
    case 2:
        axi_set_enum(root, AXI_A_errCode, AXI_V_NOTHING);
        break;
    case 3:
        axi_set_named(root, str("a b"), str("x"));
        break;
    case 4:
        axi_set_named(root, str(""), str("x"));
        break;
    case 5:
        axi_add_child(root, "1x");
        break;
    case 6:
        axi_add_child(root, NULL);
        break;
    case 7:
        axi_add_copy(root, NULL);
        break;
    case 8:
        axi_msg_start(msg, AXI_T_NONE);
        break;
    case 9:
        axi_msg_start_named(msg, str("a><b"));
        break;
    case 10:
        axi_set_cstr(root, AXI_A_info, "\xC3");
        break;
    case 11:
        axi_set_str(root, AXI_A_info, nul);
        break;
    case 12:
        axi_set_text(root, str("\xED\xA0\x80"));
        break;
    case 13:
        axi_set_cstr(root, AXI_A_info, "\x01");
        break;
    default:
        axi_set_text(root, str("\xEF\xBF\xBE"));
        break;
    }
}

static void the_first_error_sticks_until_the_next_start(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    for (int i = 0; i < 15; i++) {
        int expected = i < 10 ? AXI_EINVAL : i < 13 ? AXI_EUTF8 : AXI_EVALUE;
        struct axi_buf buf = {0};
        build_bad(msg, i);
        assert_int_equal(axi_msg_error(msg), expected);
        axi_set_cstr(axi_msg_root(msg), AXI_A_info, "fine");
        axi_set_cstr(axi_msg_root(msg), AXI_A_info, "\xFF");
        assert_int_equal(axi_encode(msg, 0, &buf), expected);
        assert_null(buf.ptr);
        axi_msg_start(msg, AXI_T_Ping);
        assert_int_equal(axi_msg_error(msg), AXI_OK);
    }
    axi_msg_free(msg);
}

static void an_error_names_its_attribute(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *user = axi_add_child(axi_msg_start(msg, AXI_T_SetPPUser), "user");
    assert_int_equal(axi_msg_error_attr(msg), AXI_A_NONE);
    axi_set_cstr(user, AXI_A_name, "\xFF");
    axi_set_cstr(user, AXI_A_num, "\xFF");
    assert_int_equal(axi_msg_error_attr(msg), AXI_A_name);
    axi_set_enum(axi_msg_start(msg, AXI_T_SetPP), AXI_A_errCode, AXI_V_NOTHING);
    assert_int_equal(axi_msg_error_attr(msg), AXI_A_errCode);
    axi_add_child(axi_msg_start(msg, AXI_T_SetPP), "1");
    assert_int_equal(axi_msg_error(msg), AXI_EINVAL);
    assert_int_equal(axi_msg_error_attr(msg), AXI_A_NONE);
    axi_msg_reset(msg);
    assert_int_equal(axi_msg_error_attr(msg), AXI_A_NONE);
    assert_int_equal(axi_msg_error_attr(NULL), AXI_A_NONE);
    axi_msg_free(msg);
}

static void what_is_given_out_on_error_swallows_everything(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *lost = axi_msg_start(msg, AXI_T_NONE);
    assert_non_null(lost);
    axi_set_cstr(lost, AXI_A_name, "x");
    axi_set_named(lost, str("y"), str("x"));
    axi_set_text(lost, str("x"));
    axi_unset(lost, AXI_A_name);
    assert_ptr_equal(axi_add_child(lost, "user"), lost);
    assert_ptr_equal(axi_add_copy(lost, lost), lost);
    assert_int_equal(axi_attr_count(lost), 0);
    assert_null(axi_elem_name(lost).ptr);
    struct axi_msg *other = axi_msg_new(NULL);
    axi_add_copy(axi_msg_start(other, AXI_T_Ping), lost);
    assert_int_equal(axi_msg_error(other), AXI_EINVAL);
    axi_msg_free(other);
    axi_msg_free(msg);
}

static void nothing_is_read_from_null(void **state)
{
    (void)state;
    int64_t number;
    struct axi_attr_view view;
    assert_null(axi_msg_root(NULL));
    assert_int_equal(axi_msg_type(NULL), AXI_T_NONE);
    assert_false(axi_msg_repaired(NULL));
    assert_int_equal(axi_elem_type(NULL), AXI_T_NONE);
    assert_null(axi_elem_name(NULL).ptr);
    assert_null(axi_elem_text(NULL).ptr);
    assert_null(axi_first_child(NULL, NULL));
    assert_null(axi_next_sibling(NULL, "x"));
    assert_int_equal(axi_attr_count(NULL), 0);
    assert_false(axi_attr_at(NULL, 0, &view));
    assert_false(axi_has(NULL, AXI_A_uid));
    assert_null(axi_get_str(NULL, AXI_A_uid).ptr);
    assert_null(axi_get_named(NULL, "uid").ptr);
    assert_int_equal(axi_get_int(NULL, AXI_A_uid, &number), AXI_ENOENT);
    assert_null(axi_msg_start(NULL, AXI_T_Ping));
    assert_null(axi_msg_start_named(NULL, str("a")));
    assert_null(axi_add_child(NULL, "a"));
    assert_null(axi_add_copy(NULL, NULL));
    axi_msg_reset(NULL);
    assert_int_equal(axi_msg_error(NULL), AXI_EINVAL);
    struct axi_buf buf = {0};
    assert_int_equal(axi_encode(NULL, 0, &buf), AXI_EINVAL);
    assert_string_equal(axi_err_text(AXI_OK), "success");
    assert_string_equal(axi_err_name(AXI_OK), "AXI_OK");
    assert_string_equal(axi_err_text(-999), "unknown error");
    assert_string_equal(axi_err_name(-999), "AXI_E?");
    axi_msg_free(NULL);
    axi_parser_free(NULL);
    axi_calls_free(NULL);
    axi_buf_done(NULL);
}

/* --- reading */

static void values_are_read_by_their_form(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *e = axi_first_child(
        axi_msg_root(parse(parser,
                           "<SetPPUser><user uid=\"12\" ppn=\"x\" vip=\"true\" "
                           "external=\"0\" msgRight=\"yes\" relType=\"Fixed\" lang=\"Klingon\" "
                           "timeStamp=\"-5\"/></SetPPUser>")),
        "user");
    int64_t number = 99;
    bool truth = false;
    enum axi_value value = AXI_V_NOTHING;
    assert_int_equal(axi_get_int(e, AXI_A_uid, &number), AXI_OK);
    assert_int_equal(number, 12);
    assert_int_equal(axi_get_int(e, AXI_A_ppn, &number), AXI_EVALUE);
    assert_int_equal(axi_get_int(e, AXI_A_ppnOld, &number), AXI_ENOENT);
    assert_int_equal(number, 12);
    assert_int_equal(axi_get_int_or(e, AXI_A_ppn, 3), 3);
    assert_int_equal(axi_get_int_or(e, AXI_A_timeStamp, 3), -5);
    assert_int_equal(axi_get_bool(e, AXI_A_vip, &truth), AXI_OK);
    assert_true(truth);
    assert_int_equal(axi_get_bool(e, AXI_A_external, &truth), AXI_OK);
    assert_false(truth);
    assert_int_equal(axi_get_bool(e, AXI_A_msgRight, &truth), AXI_EVALUE);
    assert_true(axi_get_bool_or(e, AXI_A_msgRight, true));
    assert_int_equal(axi_get_enum(e, AXI_A_relType, &value), AXI_OK);
    assert_int_equal(value, AXI_V_Fixed);
    assert_int_equal(axi_get_enum(e, AXI_A_lang, &value), AXI_EVALUE);
    assert_int_equal(axi_get_enum(e, AXI_A_langPP, &value), AXI_ENOENT);
    axi_parser_free(parser);
}

static void attributes_are_found_in_any_order_of_asking(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start_named(msg, str("x"));
    uint64_t seed = 4711;
    for (int i = 1; i < AXI_A_COUNT; i += 3)
        axi_set_int(root, (enum axi_attr)i, i);
    for (int n = 0; n < 20000; n++) {
        int i = (int)(next_random(&seed) % (AXI_A_COUNT + 3));
        assert_int_equal(axi_get_int_or(root, (enum axi_attr)i, -1),
                         i % 3 == 1 && i < AXI_A_COUNT ? i : -1);
        if (n % 100 == 0 && i < AXI_A_COUNT && i > 0) {
            axi_unset(root, (enum axi_attr)i);
            assert_false(axi_has(root, (enum axi_attr)i));
            if (i % 3 == 1)
                axi_set_int(root, (enum axi_attr)i, i);
        }
    }
    axi_msg_free(msg);
}

static void children_are_filtered_by_name(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *root = axi_msg_root(parse(parser, "<a><b n='1'/><c/><b n='2'/></a>"));
    struct axi_elem *b = axi_first_child(root, "b");
    assert_str(axi_get_named(b, "n"), "1");
    b = axi_next_sibling(b, "b");
    assert_str(axi_get_named(b, "n"), "2");
    assert_null(axi_next_sibling(b, "b"));
    assert_null(axi_first_child(root, "d"));
    assert_str(axi_elem_name(axi_next_sibling(axi_first_child(root, NULL), NULL)), "c");
    axi_parser_free(parser);
}

/* --- round trips and secrets */

static size_t random_text(uint64_t *seed, char *out, size_t max)
{
    static const char *const pieces[] = {"a",        "<",
                                         ">",        "&",
                                         "\"",       "'",
                                         "\t",       "\n",
                                         "\r",       " ",
                                         "]]>",      "&lt;",
                                         "\xC3\xA4", "\xE2\x82\xAC",
                                         "=",        "<!--",
                                         "%00",      "\x7F",
                                         "Z",        "\xF0\x9F\x98\x80"};
    size_t len = 0;
    for (uint32_t n = next_random(seed) % 12; n > 0; n--) {
        const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof pieces[0])];
        if (len + strlen(piece) < max)
            len += (size_t)snprintf(out + len, max - len, "%s", piece);
    }
    out[len] = '\0';
    return len;
}

static void random_attrs(struct axi_elem *elem, uint64_t *seed)
{
    char value[128], name[32];
    for (uint32_t n = next_random(seed) % 9; n > 0; n--) {
        struct axi_str text = {value, random_text(seed, value, sizeof value)};
        snprintf(name, sizeof name, "x%u", (unsigned)(next_random(seed) % 20));
        if (next_random(seed) % 2 == 0)
            axi_set_named(elem, str(name), text);
        else
            axi_set_str(elem, (enum axi_attr)(1 + next_random(seed) % (AXI_A_COUNT - 1)), text);
    }
}

static void whatever_is_built_parses_back_equal(void **state)
{
    (void)state;
    static const char *const names[] = {"user", "pp", "e", "_x-1.y", "a:b"};
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_parser *parser = axi_parser_new(NULL);
    for (uint64_t start = 1; start <= 3000; start++) {
        uint64_t seed = start * 0x9E3779B97F4A7C15u;
        struct axi_elem *at =
            axi_msg_start(msg, (enum axi_type)(1 + next_random(&seed) % (AXI_T_COUNT - 1)));
        if (axi_type_kind(axi_msg_type(msg)) == AXI_RECORD)
            at = axi_msg_start_named(msg, str("Unknown"));
        for (uint32_t n = next_random(&seed) % 8; n > 0; n--) {
            char text[128];
            random_attrs(at, &seed);
            struct axi_elem *child = axi_add_child(at, names[next_random(&seed) % 5]);
            struct axi_str content = {text, random_text(&seed, text, sizeof text)};
            /* Blanks alone beside children are layout and not kept. */
            if (strspn(text, " \t\r\n") < content.len)
                axi_set_text(child, content);
            if (next_random(&seed) % 2 == 0)
                at = child;
        }
        assert_int_equal(axi_msg_error(msg), AXI_OK);
        char *bytes = encoded(msg, 0);
        struct axi_msg *again;
        int rc = feed(parser, bytes, strlen(bytes) + 1, &again);
        if (rc != AXI_OK || !same_tree(axi_msg_root(msg), axi_msg_root(again)))
            fail_msg("seed %llu: %s", (unsigned long long)start, bytes);
        assert_false(axi_msg_repaired(again));
        free(bytes);
    }
    axi_parser_free(parser);
    axi_msg_free(msg);
}

static void secrets_are_not_written_for_logs(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    char *text = encoded(parse(parser, "<SetPP><pp ppn=\"1\" uak=\"19F9\"/><user uid=\"1\" "
                                       "sipPw=\"a\" pin=\"\" name=\"N\" newPw=\"b\"/>"
                                       "<other sipPw=\"c\" oldPassword=\"d\" uid=\"2\" "
                                       "WIFIPASSWORD=\"e\" x-secret=\"f\" userPIN=\"g\"/></SetPP>"),
                         AXI_ENCODE_REDACT);
    assert_string_equal(text, "<SetPP><pp ppn=\"1\" uak=\"***\"/><user uid=\"1\" sipPw=\"***\" "
                              "pin=\"***\" name=\"N\" newPw=\"***\"/><other sipPw=\"***\" "
                              "oldPassword=\"***\" uid=\"2\" WIFIPASSWORD=\"***\" "
                              "x-secret=\"***\" userPIN=\"***\"/></SetPP>");
    free(text);
    text = encoded(parse(parser, "<Open username=\"omm\" password=\"omm\"/>"), AXI_ENCODE_REDACT);
    assert_string_equal(text, "<Open username=\"omm\" password=\"***\"/>");
    free(text);
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_header_holds),
        cmocka_unit_test(setting_again_replaces_in_place),
        cmocka_unit_test(children_get_their_types_from_the_parent),
        cmocka_unit_test(copies_are_deep_and_keep_order_and_types),
        cmocka_unit_test(a_used_message_is_empty_again),
        cmocka_unit_test(the_first_error_sticks_until_the_next_start),
        cmocka_unit_test(an_error_names_its_attribute),
        cmocka_unit_test(what_is_given_out_on_error_swallows_everything),
        cmocka_unit_test(nothing_is_read_from_null),
        cmocka_unit_test(values_are_read_by_their_form),
        cmocka_unit_test(attributes_are_found_in_any_order_of_asking),
        cmocka_unit_test(children_are_filtered_by_name),
        cmocka_unit_test(whatever_is_built_parses_back_equal),
        cmocka_unit_test(secrets_are_not_written_for_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
