/*
 * axi_check: one row per rule, with the element and attribute that it must name.
 */
#include "axi/support.h"

struct row {
    const char *text;
    size_t count;
    enum axi_rule rule;
    const char *element, *attribute;
};

static const struct row rows[] = {
    {"<GetPPUser uid=\"1\" seq=\"4\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<GetPPNobody uid=\"1\" x=\"2\"/>", 1, AXI_RULE_UNKNOWN_MESSAGE, "GetPPNobody", NULL},
    {"<PPUserType uid=\"1\"/>", 1, AXI_RULE_UNKNOWN_MESSAGE, "PPUserType", NULL},
    {"<SetPP><x y=\"z\"><pp/></x><pp ppn=\"1\"/></SetPP>", 1, AXI_RULE_UNKNOWN_ELEMENT, "x", NULL},
    {"<SetPP><pp><x/></pp></SetPP>", 1, AXI_RULE_UNKNOWN_ELEMENT, "x", NULL},
    {"<GetPPUser uid=\"1\" future=\"2\"/>", 1, AXI_RULE_UNKNOWN_ATTRIBUTE, "GetPPUser", "future"},
    {"<GetPPUser uid=\"1\" ppn=\"2\"/>", 1, AXI_RULE_UNKNOWN_ATTRIBUTE, "GetPPUser", "ppn"},
    {"<GetPPUser/>", 1, AXI_RULE_MISSING_ATTRIBUTE, "GetPPUser", "uid"},
    {"<OpenResp errCode=\"EAuth\"/>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<OpenResp protocolVersion=\"45\"/>", 1, AXI_RULE_MISSING_ATTRIBUTE, "OpenResp",
     "ommStbState"},
    {"<Subscribe><e cmd=\"On\"/></Subscribe>", 1, AXI_RULE_MISSING_ATTRIBUTE, "e", "eventType"},
    {"<GetPPUser uid=\"one\"/>", 1, AXI_RULE_BAD_VALUE, "GetPPUser", "uid"},
    {"<GetPPUser uid=\"\"/>", 1, AXI_RULE_BAD_VALUE, "GetPPUser", "uid"},
    {"<SetPP><pp encrypt=\"TRUE\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "pp", "encrypt"},
    {"<SetPP><pp encrypt=\"true\"/></SetPP>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp ommId=\"102A7C8G\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "pp", "ommId"},
    {"<SetPP><pp ommId=\"102a7c82\" uak=\"\"/></SetPP>", 0, AXI_RULE_BAD_VALUE, NULL, NULL},
    {"<SetPP><pp relType=\"unbound\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "pp", "relType"},
    {"<SetPP><pp relType=\"Busy\"/></SetPP>", 1, AXI_RULE_BAD_VALUE, "pp", "relType"},
    {"<SetPP><pp ommId=\"102A7C8200\"/></SetPP>", 1, AXI_RULE_TOO_LONG, "pp", "ommId"},
    {"<SetPPUser><user hierarchy1=\"12345678901234567\"/></SetPPUser>", 1, AXI_RULE_TOO_LONG,
     "user", "hierarchy1"},
    {"<SetPPUser><user "
     "hierarchy1=\"&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;&#228;"
     "&#228;&#228;&#228;&#228;&#228;\"/></SetPPUser>",
     0, AXI_RULE_TOO_LONG, NULL, NULL},
    {"<SetPP><pp "
     "uak=\"19F9919C895FD7B326B94C7F9118BB1619F9919C895FD7B326B94C7F9118BB16\"/></SetPP>",
     0, AXI_RULE_TOO_LONG, NULL, NULL},
    {"<GetVersionsResp Anything=\"1.0.0\"/>", 0, AXI_RULE_UNKNOWN_ATTRIBUTE, NULL, NULL},
};

static void each_rule_names_what_breaks_it(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct axi_finding findings[4];
        size_t count = axi_check(parse(parser, row->text), findings, 4);
        if (count != row->count || (count > 0 && (findings[0].rule != row->rule ||
                                                  !is(findings[0].element, row->element))))
            fail_msg("%s: %zu findings", row->text, count);
        if (count > 0 && row->attribute != NULL)
            assert_str(findings[0].attribute, row->attribute);
        else if (count > 0)
            assert_null(findings[0].attribute.ptr);
    }
    axi_parser_free(parser);
}

static void all_findings_are_counted_and_the_first_are_written(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(parser, "<SetPP a=\"\" b=\"\"><pp c=\"\"/></SetPP>");
    struct axi_finding findings[2] = {0};
    assert_int_equal(axi_check(msg, findings, 1), 3);
    assert_str(findings[0].attribute, "a");
    assert_null(findings[1].element.ptr);
    assert_int_equal(axi_check(msg, NULL, 0), 3);
    struct axi_msg *empty = axi_msg_new(NULL);
    assert_int_equal(axi_check(empty, findings, 2), 0);
    axi_msg_free(empty);
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_names_what_breaks_it),
        cmocka_unit_test(all_findings_are_counted_and_the_first_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
