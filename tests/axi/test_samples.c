/*
 * The captured messages: each is read strictly at every split, known, without a finding, and comes out of an encoder
 * and a second parser as it was. What the catalogue cannot represent of a capture is a bug of the catalogue: there is
 * no list of exceptions.
 */
#include "axi/transcript.h"

static void check_sample(const char *name, const char *bytes, size_t len, void *arg)
{
    struct axi_parser *first = axi_parser_new(NULL), *second = axi_parser_new(NULL);
    struct axi_msg *msg, *again;
    struct axi_finding findings[8];
    struct axi_buf buf = {0};
    size_t element = strcspn(name, ".");
    (void)arg;

    assert_int_equal(feed(first, bytes, len + 1, &msg), AXI_OK);
    assert_non_null(msg);
    assert_int_equal(axi_elem_name(axi_msg_root(msg)).len, element);
    assert_memory_equal(axi_elem_name(axi_msg_root(msg)).ptr, name, element);
    assert_int_not_equal(axi_msg_type(msg), AXI_T_NONE);

    struct axi_str source = {bytes, len};
    size_t count = axi_check(msg, source, findings, 8);
    for (size_t i = 0; i < count && i < 8; i++) {
        char path[160];
        axi_finding_path(&findings[i], path, sizeof path);
        print_error("%s: %s at %s\n", name, axi_rule_name(findings[i].rule), path);
    }
    assert_int_equal(count, 0);

    assert_int_equal(axi_encode(msg, 0, &buf), AXI_OK);
    assert_int_equal(feed(second, buf.ptr, buf.len, &again), AXI_OK);
    assert_true(same_tree(axi_msg_root(msg), axi_msg_root(again)));
    axi_buf_done(&buf);
    axi_parser_free(first);
    axi_parser_free(second);
}

static void read_strictly(const char *name, const char *bytes, size_t len, void *arg)
{
    struct axi_parser_options options = {.strict = true};
    struct axi_parser *parser = axi_parser_new(&options), *tolerant = axi_parser_new(NULL);
    struct transcript expected = {0};
    (void)arg;
    transcript_message(&expected, parse(tolerant, bytes));
    for (size_t c = 0; c < TRANSCRIPT_CHUNKS; c++) {
        char *got = transcript_of(parser, bytes, len + 1, transcript_chunks[c]);
        if (strcmp(got, expected.text) != 0)
            fail_msg("%s in pieces of %zu gives %s", name, transcript_chunks[c], got);
        free(got);
    }
    free(expected.text);
    axi_parser_free(tolerant);
    axi_parser_free(parser);
}

static void every_capture_is_read_strictly_at_every_split(void **state)
{
    (void)state;
    assert_int_equal(for_files(SAMPLES, ".xml", read_strictly, NULL), 41);
}

static void every_capture_is_known_and_survives_a_round_trip(void **state)
{
    (void)state;
    assert_int_equal(for_files(SAMPLES, ".xml", check_sample, NULL), 41);
}

static struct axi_msg *sample(struct axi_parser *parser, const char *name)
{
    size_t len;
    char *bytes = read_file(SAMPLES, name, &len);
    struct axi_msg *msg;
    assert_int_equal(feed(parser, bytes, len + 1, &msg), AXI_OK);
    free(bytes);
    return msg;
}

static void records_of_a_sync_session_are_typed(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *root = axi_msg_root(sample(parser, "SetPPResp.unbound.xml"));
    struct axi_elem *pp = axi_first_child(root, "pp"), *user = axi_first_child(root, "user");
    enum axi_value value;
    bool encrypt;

    assert_int_equal(axi_elem_type(pp), AXI_T_PPDevType);
    assert_int_equal(axi_elem_type(user), AXI_T_PPUserType);
    assert_int_equal(axi_get_int_or(pp, AXI_A_ppn, -1), 32);
    assert_int_equal(axi_get_int_or(user, AXI_A_ppnOld, -1), 32);
    assert_int_equal(axi_get_int_or(pp, AXI_A_timeStampRoaming, -1), 1510486477);
    assert_int_equal(axi_get_int_or(user, AXI_A_timeStampRelation, -1), 1520386972);
    assert_int_equal(axi_get_enum(pp, AXI_A_s, &value), AXI_OK);
    assert_int_equal(value, AXI_V_Yes);
    assert_int_equal(axi_get_bool(pp, AXI_A_encrypt, &encrypt), AXI_OK);
    assert_true(encrypt);
    assert_str(axi_get_str(pp, AXI_A_ipei), "03074 0220259 3");
    assert_str(axi_get_str(pp, AXI_A_ethAddr), "");
    axi_parser_free(parser);
}

static void text_children_are_read_in_order(void **state)
{
    (void)state;
    static const char *const expected[] = {"AllCnfRead",    "AllCnfWrite", "Messaging",
                                           "InfoMessaging", "Alerting",    "LocatingAlert",
                                           "Locating",      "Monitoring"};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *root = axi_msg_root(sample(parser, "EventPermissionChange.xml"));
    size_t i = 0;
    for (struct axi_elem *e = axi_first_child(root, "permission"); e != NULL;
         e = axi_next_sibling(e, "permission"))
        assert_str(axi_elem_text(e), expected[i++]);
    assert_int_equal(i, 8);
    axi_parser_free(parser);
}

static void versions_are_read_by_name(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *root = axi_msg_root(sample(parser, "GetVersionsResp.xml"));
    assert_int_equal(axi_attr_count(root), 431);
    assert_str(axi_get_named(root, "SetPP"), "2.0.0");
    assert_str(axi_get_named(root, "SetPPLink"), "1.0.1");
    assert_null(axi_get_named(root, "NoSuchMessage").ptr);
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capture_is_known_and_survives_a_round_trip),
        cmocka_unit_test(every_capture_is_read_strictly_at_every_split),
        cmocka_unit_test(records_of_a_sync_session_are_typed),
        cmocka_unit_test(text_children_are_read_in_order),
        cmocka_unit_test(versions_are_read_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
