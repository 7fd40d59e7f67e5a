/*
 * Typed values: every form is read as it was set, at the ends of its range too, what has another form is refused and
 * leaves the result alone; trees are walked without allocation.
 */
#include "axi/support.h"

static const int64_t numbers[] = {0,         1,          -1,        42,       INT32_MAX,
                                  INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static void numbers_are_read_as_they_were_set(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Ping);
    for (size_t i = 0; i < NUMBERS; i++) {
        int64_t wide = 7, n = numbers[i];
        int32_t narrow = 7;
        uint32_t whole = 7;
        axi_set_int(root, AXI_A_timeStamp, n);
        assert_int_equal(axi_get_int(root, AXI_A_timeStamp, &wide), AXI_OK);
        assert_true(wide == n);
        bool fits = n >= INT32_MIN && n <= INT32_MAX, natural = n >= 0 && n <= UINT32_MAX;
        assert_int_equal(axi_get_int32(root, AXI_A_timeStamp, &narrow), fits ? AXI_OK : AXI_EVALUE);
        assert_true(narrow == (fits ? n : 7));
        assert_int_equal(axi_get_uint32(root, AXI_A_timeStamp, &whole),
                         natural ? AXI_OK : AXI_EVALUE);
        assert_true(whole == (natural ? n : 7));
    }
    int32_t narrow;
    uint32_t whole;
    assert_int_equal(axi_get_int32(root, AXI_A_seq, &narrow), AXI_ENOENT);
    assert_int_equal(axi_get_uint32(NULL, AXI_A_seq, &whole), AXI_ENOENT);
    axi_msg_free(msg);
}

static void lists_are_read_number_by_number(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Ping);
    for (size_t count = 0; count <= NUMBERS; count++) {
        int64_t value;
        size_t at = 0, seen = 0;
        int rc;
        axi_set_int_list(root, AXI_A_id, numbers, count);
        assert_true(axi_has(root, AXI_A_id));
        while ((rc = axi_get_int_list(root, AXI_A_id, &at, &value)) == AXI_OK)
            assert_true(value == numbers[seen++]);
        assert_int_equal(rc, AXI_ENOENT);
        assert_int_equal(seen, count);
    }
    assert_str(
        axi_get_str(root, AXI_A_id),
        "0,1,-1,42,2147483647,-2147483648,4294967295,9223372036854775807,-9223372036854775808");
    static const char *const bad[] = {",", "1,,2", "1,", "1, 2", "x", "1,2x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value;
        size_t at = 0;
        int rc;
        axi_set_cstr(root, AXI_A_id, bad[i]);
        while ((rc = axi_get_int_list(root, AXI_A_id, &at, &value)) == AXI_OK)
            ;
        assert_int_equal(rc, AXI_EVALUE);
    }
    size_t at = 0;
    int64_t value;
    assert_int_equal(axi_get_int_list(root, AXI_A_uid, &at, &value), AXI_ENOENT);
    axi_msg_free(msg);
}

static void bytes_are_hexadecimal_text(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Ping);
    unsigned char all[256], back[256];
    size_t len = 99;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    axi_set_hex(root, AXI_A_park, all, sizeof all);
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 255, &len), AXI_EFULL);
    assert_int_equal(len, 99);
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 256, &len), AXI_OK);
    assert_int_equal(len, 256);
    assert_memory_equal(all, back, 256);
    axi_set_hex(root, AXI_A_park, "\x1F\x10", 2);
    assert_str(axi_get_str(root, AXI_A_park), "1F10");
    axi_set_cstr(root, AXI_A_park, "1f1");
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 256, &len), AXI_EVALUE);
    axi_set_cstr(root, AXI_A_park, "1f1g");
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 256, &len), AXI_EVALUE);
    axi_set_cstr(root, AXI_A_park, "aBcD");
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 2, &len), AXI_OK);
    assert_memory_equal(back, "\xAB\xCD", 2);
    axi_set_hex(root, AXI_A_park, NULL, 0);
    assert_int_equal(axi_get_hex(root, AXI_A_park, back, 0, &len), AXI_OK);
    assert_int_equal(len, 0);
    assert_int_equal(axi_get_hex(root, AXI_A_uid, back, 0, &len), AXI_ENOENT);
    axi_msg_free(msg);
}

static void what_cannot_be_set_is_the_error_of_the_message(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    int64_t one = 1;
    axi_set_int_list(NULL, AXI_A_id, &one, 1);
    axi_set_hex(NULL, AXI_A_id, &one, 1);
    axi_set_enum(NULL, AXI_A_id, AXI_V_NOTHING);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Ping);
    axi_set_int_list(root, AXI_A_id, &one, SIZE_MAX);
    assert_int_equal(axi_msg_error(msg), AXI_ENOMEM);
    root = axi_msg_start(msg, AXI_T_Ping);
    axi_set_hex(root, AXI_A_id, &one, SIZE_MAX);
    assert_int_equal(axi_msg_error(msg), AXI_ENOMEM);
    axi_set_hex(root, AXI_A_id, &one, 1);
    assert_false(axi_has(root, AXI_A_id));
    root = axi_msg_start(msg, AXI_T_Ping);
    axi_set_hex(root, AXI_A_NONE, &one, 1);
    assert_int_equal(axi_msg_error(msg), AXI_EINVAL);
    axi_msg_free(msg);
}

static void trees_are_walked_in_document_order(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *root = axi_msg_root(parse(parser, "<a><b><c/><d><e/></d></b><f/></a>"));
    const char *expected = "abcdef";
    for (struct axi_elem *e = root; e != NULL; e = axi_next_in_tree(root, e))
        assert_int_equal(*axi_elem_name(e).ptr, *expected++);
    assert_int_equal(*expected, '\0');
    struct axi_elem *b = axi_first_child(root, "b");
    expected = "bcde";
    for (struct axi_elem *e = b; e != NULL; e = axi_next_in_tree(b, e))
        assert_int_equal(*axi_elem_name(e).ptr, *expected++);
    assert_int_equal(*expected, '\0');
    assert_ptr_equal(axi_elem_parent(b), root);
    assert_null(axi_elem_parent(root));
    assert_null(axi_elem_parent(NULL));
    assert_null(axi_next_in_tree(NULL, NULL));
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_they_were_set),
        cmocka_unit_test(lists_are_read_number_by_number),
        cmocka_unit_test(bytes_are_hexadecimal_text),
        cmocka_unit_test(what_cannot_be_set_is_the_error_of_the_message),
        cmocka_unit_test(trees_are_walked_in_document_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
