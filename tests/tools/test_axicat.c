/*
 * The texts of axicat: the short form, JSON and XML both ways, files in all forms, the command line's order,
 * differences. Tables of texts with the XML that they mean, every capture there and back, streams in pieces of all
 * small sizes.
 */
#include "axi/support.h"

#include <getopt.h>
#include <jobs.h>
#include <options.h>
#include <print.h>
#include <reader.h>
#include <recording.h>
#include <secrets.h>
#include <words.h>

/* --- the short form */

static const struct {
    const char *line, *xml;
} good_lines[] = {
    {"Ping", "<Ping/>"},
    {"GetPPUser uid=1 maxRecords=20", "<GetPPUser uid=\"1\" maxRecords=\"20\"/>"},
    {"  GetPPUser\tuid=-1\r", "<GetPPUser uid=\"-1\"/>"},
    {"SetPPUser user.uid=3 user.name=Ward",
     "<SetPPUser><user uid=\"3\" name=\"Ward\"/></SetPPUser>"},
    {"SetPPUser user.name='a \"b\"' user.num=\"c'd\"",
     "<SetPPUser><user name=\"a &quot;b&quot;\" num=\"c'd\"/></SetPPUser>"},
    {"SetPPUser user.name=a\\ b\\n user.num=\"1\\\"2\"",
     "<SetPPUser><user name=\"a b&#10;\" num=\"1&quot;2\"/></SetPPUser>"},
    {"SetPPUser user.name=a=b user.name=c", "<SetPPUser><user name=\"c\"/></SetPPUser>"},
    {"SetPPUser user.name= user.uid=", "<SetPPUser><user name=\"\" uid=\"\"/></SetPPUser>"},
    {"SetPP +pp ppn=1 +user uid=2 pp.uid=2",
     "<SetPP><pp ppn=\"1\" uid=\"2\"/><user uid=\"2\"/></SetPP>"},
    {"Subscribe +e cmd=On eventType=SystemState +e cmd=Off eventType=PPDevCnf ppn=7",
     "<Subscribe><e cmd=\"On\" eventType=\"SystemState\"/><e cmd=\"Off\" eventType=\"PPDevCnf\" "
     "ppn=\"7\"/></Subscribe>"},
    {"SetPPUser +user uid=1 +user uid=2 user.name=b",
     "<SetPPUser><user uid=\"1\"/><user uid=\"2\" name=\"b\"/></SetPPUser>"},
    {"OpenResp +permission =AllCnfRead permission.=AllCnfWrite",
     "<OpenResp><permission>AllCnfWrite</permission></OpenResp>"},
    {"GetVersionsResp Anything=1.2.3", "<GetVersionsResp Anything=\"1.2.3\"/>"},
};

static void short_forms_are_messages(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct cat_error error;
    for (size_t i = 0; i < sizeof good_lines / sizeof good_lines[0]; i++) {
        if (!cat_line_message(str(good_lines[i].line), false, msg, &error))
            fail_msg("%s: %s", good_lines[i].line, error.text);
        assert_encodes(msg, good_lines[i].xml);
    }
    axi_msg_free(msg);
}

static const struct {
    const char *line, *says;
} bad_lines[] = {
    {"", "needs a name"},
    {"GetPPUsr uid=1", "did you mean \"GetPPUser\""},
    {"getppuser uid=1", "did you mean \"GetPPUser\""},
    {"PPUserType uid=1", "has no message PPUserType"},
    {"GetPPUser Uid=1", "did you mean \"uid\""},
    {"GetPPUser uid", "neither NAME=VALUE nor +ELEMENT"},
    {"GetPPUser uid=one", "uid takes a number"},
    {"GetPPUser uid=99999999999", "uid takes a number"},
    {"GetPPUser user.uid=1", "GetPPUser has no element user"},
    {"SetPPUser +usr uid=1", "did you mean \"user\""},
    {"SetPPUser user.usr.uid=1", "user has no element usr"},
    {"SetPPUser .uid=1", "no name of an element"},
    {"SetPPUser +user. uid=1", "no name of an element"},
    {"SetPPUser user.vip=maybe", "vip takes 1, 0, true or false"},
    {"Subscribe +e cmd=Perhaps", "cmd takes "},
    {"CreatePPDev pp.uak=xyz", "uak takes hexadecimal"},
    {"GetPPUser \"uid=1", "quote is not closed"},
    {"GetPPUser uid='1", "quote is not closed"},
    {"<Ping/>", "has no message"},
};

static void mistakes_in_short_forms_are_told(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct cat_error error;
    for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++) {
        if (cat_line_message(str(bad_lines[i].line), false, msg, &error))
            fail_msg("%s is taken", bad_lines[i].line);
        if (strstr(error.text, bad_lines[i].says) == NULL)
            fail_msg("%s: %s", bad_lines[i].line, error.text);
    }
    assert_false(cat_line_message(str("Pi<ng"), true, msg, &error));
    assert_false(cat_line_message(str("Ping a<b=1"), true, msg, &error));
    assert_false(cat_line_message(str("Ping +a<b"), true, msg, &error));
    assert_false(cat_line_message(str("Ping a=\xff"), true, msg, &error));
    assert_false(cat_line_message(str("Ping a=\x01"), true, msg, &error));
    assert_true(cat_line_message(str("Pong a.b.c=1 +a x=2"), true, msg, &error));
    assert_encodes(msg, "<Pong><a><b c=\"1\"/></a><a x=\"2\"/></Pong>");
    axi_msg_free(msg);
}

static void short_forms_have_limits(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct cat_error error;
    char *many = malloc((size_t)CAT_WORDS_MAX * 4 + 16);
    memcpy(many, "Ping", 4);
    for (int i = 1; i <= CAT_WORDS_MAX; i++)
        memcpy(many + (ptrdiff_t)i * 4, " a=1", 5);
    assert_false(cat_line_message(str(many), true, msg, &error));
    assert_false(
        cat_line_message(str("A a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s=1"), true, msg, &error));
    memset(many, 'A', 300);
    many[300] = '\0';
    memcpy(many, "Ping +", 6);
    assert_false(cat_line_message(str(many), true, msg, &error));
    free(many);
    axi_msg_free(msg);
}

/* --- JSON */

static char *json_of(const struct axi_msg *msg, const struct cat_stamp *stamp)
{
    struct com_json json;
    com_json_init(&json);
    cat_json_write(&json, msg, stamp);
    assert_non_null(com_json_done_text(&json));
    char *text = strdup(com_json_done_text(&json));
    com_json_done(&json);
    return text;
}

static const struct {
    const char *xml, *json;
} json_forms[] = {
    {"<GetPPUser uid=\"1\" maxRecords=\"020\"/>",
     "{\"message\":\"GetPPUser\",\"attributes\":{\"uid\":1,\"maxRecords\":\"020\"}}"},
    {"<Ping seq=\"-5\" timeStamp=\"9007199254740993\" other=\"7\"/>",
     "{\"message\":\"Ping\",\"attributes\":{\"seq\":-5,\"timeStamp\":\"9007199254740993\","
     "\"other\":"
     "\"7\"}}"},
    {"<SetPPUser><user vip=\"1\" permanent=\"0\" locatable=\"true\"/></SetPPUser>",
     "{\"message\":\"SetPPUser\",\"attributes\":{},\"children\":[{\"element\":\"user\","
     "\"attributes\":{\"vip\":true,\"permanent\":false,\"locatable\":\"true\"}}]}"},
    {"<SetPPUser><user vip=\"true\" permanent=\"false\" locatable=\"1\" uid=\"-0\"/></SetPPUser>",
     "{\"message\":\"SetPPUser\",\"booleans\":\"words\",\"attributes\":{},\"children\":[{"
     "\"element\":"
     "\"user\",\"attributes\":{\"vip\":true,\"permanent\":false,\"locatable\":\"1\",\"uid\":\"-0\"}"
     "}]}"},
    {"<OpenResp><permission>AllCnfRead</permission><permission/></OpenResp>",
     "{\"message\":\"OpenResp\",\"attributes\":{},\"children\":[{\"element\":\"permission\","
     "\"attributes\":{},\"text\":\"AllCnfRead\"},{\"element\":\"permission\",\"attributes\":{}}]}"},
};

static void json_has_types_and_goes_back(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *back = axi_msg_new(NULL);
    struct cat_error error;
    for (size_t i = 0; i < sizeof json_forms / sizeof json_forms[0]; i++) {
        char *text = json_of(parse(parser, json_forms[i].xml), NULL);
        assert_string_equal(text, json_forms[i].json);
        assert_true(cat_json_read(str(text), back, NULL, &error));
        assert_encodes(back, json_forms[i].xml);
        free(text);
    }
    axi_msg_free(back);
    axi_parser_free(parser);
}

static void json_keeps_direction_and_time(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *back = axi_msg_new(NULL);
    struct cat_stamp stamp = {"out", 1769862896789}, read;
    struct cat_error error;
    char *text = json_of(parse(parser, "<Ping/>"), &stamp);
    assert_string_equal(text,
                        "{\"message\":\"Ping\",\"direction\":\"out\",\"time\":\"2026-01-31T12:"
                        "34:56.789Z\",\"attributes\":{}}");
    assert_true(cat_json_read(str(text), back, &read, &error));
    assert_string_equal(read.direction, "out");
    assert_int_equal(read.wall_ms, stamp.wall_ms);
    free(text);
    axi_msg_free(back);
    axi_parser_free(parser);
}

static const char *const bad_json[] = {
    "",
    "{",
    "[]",
    "1",
    "{}",
    "{\"message\":1}",
    "{\"message\":\"\"}",
    "{\"message\":\"a b\"}",
    "{\"message\":\"A\",\"message\":\"B\"}",
    "{\"message\":\"A\",\"direction\":\"up\"}",
    "{\"message\":\"A\",\"booleans\":\"numbers\"}",
    "{\"message\":\"A\",\"attributes\":[]}",
    "{\"message\":\"A\",\"attributes\":{\"a\":1.5}}",
    "{\"message\":\"A\",\"attributes\":{\"a\":null}}",
    "{\"message\":\"A\",\"attributes\":{\"a\":{}}}",
    "{\"message\":\"A\",\"attributes\":{\"a b\":1}}",
    "{\"message\":\"A\",\"attributes\":{\"a\":\"\\u0001\"}}",
    "{\"message\":\"A\",\"text\":1}",
    "{\"message\":\"A\",\"attributes\":{\"a\":\"\\u0000\"}}",
    "{\"message\":\"A\",\"children\":{}}",
    "{\"message\":\"A\",\"children\":[1]}",
    "{\"message\":\"A\",\"children\":[{\"element\":\"<\"}]}",
    "{\"message\":\"A\",\"children\":[{\"attributes\":{}}]}",
};

static void json_that_is_no_message_is_refused(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct cat_error error;
    for (size_t i = 0; i < sizeof bad_json / sizeof bad_json[0]; i++) {
        error.text[0] = '\0';
        if (cat_json_read(str(bad_json[i]), msg, NULL, &error))
            fail_msg("%s is taken", bad_json[i]);
        assert_true(error.text[0] != '\0');
    }
    char *deep = NULL;
    size_t len;
    FILE *out = open_memstream(&deep, &len);
    fputs("{\"message\":\"A\"", out);
    for (int i = 0; i < 20; i++)
        fputs(",\"children\":[{\"element\":\"a\"", out);
    for (int i = 0; i < 20; i++)
        fputs("}]", out);
    fputs("}", out);
    fclose(out);
    assert_false(cat_json_read(str(deep), msg, NULL, &error));
    assert_non_null(strstr(error.text, "too deep"));
    free(deep);
    axi_msg_free(msg);
}

static void back_from_json(const char *name, const char *bytes, size_t len, void *arg)
{
    struct axi_parser *parser = arg;
    struct axi_msg *msg, *back = axi_msg_new(NULL);
    struct cat_error error;
    assert_int_equal(feed(parser, bytes, len + 1, &msg), AXI_OK);
    char *text = json_of(msg, NULL), *before = encoded(msg, 0);
    if (!cat_json_read(str(text), back, NULL, &error))
        fail_msg("%s: %s", name, error.text);
    assert_encodes(back, before);
    free(before);
    free(text);
    axi_msg_free(back);
}

static void every_capture_comes_back_from_json(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    assert_true(for_files(SAMPLES, ".xml", back_from_json, parser) > 30);
    axi_parser_free(parser);
}

/* A value of the field's form, and for booleans both ways to write them. */
static const char *sample(const struct axi_field *field, bool words)
{
    switch (field->form) {
    case AXI_BOOL:
        return words ? "false" : "1";
    case AXI_HEX:
        return "1F10";
    case AXI_STR:
        return "a & b";
    case AXI_ENUMERATED:
        return axi_value_text(axi_enum_at(field->of, 0));
    case AXI_INT_LIST:
        return "1,2";
    default:
        return "7";
    }
}

static void fill_element(struct axi_elem *elem, bool words, unsigned depth)
{
    struct axi_field field;
    struct axi_child child;
    for (size_t i = 0; axi_type_field_at(axi_elem_type(elem), i, &field); i++)
        axi_set_cstr(elem, field.attr, sample(&field, words));
    for (size_t i = 0; depth > 0 && axi_type_child_at(axi_elem_type(elem), i, &child); i++)
        fill_element(axi_add_child(elem, child.element), words, depth - 1);
}

static void every_message_of_the_catalogue_comes_back_from_json(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL), *back = axi_msg_new(NULL);
    struct cat_error error;
    for (int i = 2; i < 2 * AXI_T_COUNT; i++) {
        enum axi_type type = (enum axi_type)(i / 2);
        if (axi_type_kind(type) == AXI_RECORD)
            continue;
        fill_element(axi_msg_start(msg, type), i % 2 == 0, 2);
        char *text = json_of(msg, NULL), *before = encoded(msg, 0);
        if (!cat_json_read(str(text), back, NULL, &error))
            fail_msg("%s: %s", axi_type_name(type), error.text);
        assert_encodes(back, before);
        free(before);
        free(text);
    }
    axi_msg_free(back);
    axi_msg_free(msg);
}

static void every_attribute_of_the_catalogue_can_be_typed(void **state)
{
    (void)state;
    struct axi_msg *msg = axi_msg_new(NULL);
    struct cat_error error;
    struct axi_field field;
    for (int i = 1; i < AXI_T_COUNT; i++) {
        enum axi_type type = (enum axi_type)i;
        for (size_t k = 0; axi_type_kind(type) != AXI_RECORD && axi_type_field_at(type, k, &field);
             k++) {
            char line[400];
            snprintf(line, sizeof line, "%s %s='%s'", axi_type_name(type),
                     axi_attr_name(field.attr), sample(&field, true));
            if (!cat_line_message(str(line), false, msg, &error))
                fail_msg("%s: %s", line, error.text);
        }
    }
    axi_msg_free(msg);
}

/* --- streams */

static const char stream[] =
    "\xef\xbb\xbf# comment <a>\n<?xml version=\"1.0\"?>\n<!-- <no> --><Ping a='>' b=\"'/>\"/>\0\0"
    "<A><B/><!-- </A> --><![CDATA[</A>]]></A><C></C>  {\"message\":\"D\"}\nE f=1\n!nonsense\n"
    "<G>\0<H/>I";

static const struct {
    enum cat_item_kind kind;
    const char *text;
    unsigned long line, column;
} stream_items[] = {
    {CAT_ITEM_XML, "<Ping a='>' b=\"'/>\"/>", 3, 14},
    {CAT_ITEM_XML, "<A><B/><!-- </A> --><![CDATA[</A>]]></A>", 3, 37},
    {CAT_ITEM_XML, "<C></C>", 3, 77},
    {CAT_ITEM_JSON, "{\"message\":\"D\"}", 3, 86},
    {CAT_ITEM_WORDS, "E f=1", 4, 1},
    {CAT_ITEM_BAD, NULL, 5, 1},
    {CAT_ITEM_BAD, NULL, 6, 1},
    {CAT_ITEM_XML, "<H/>", 6, 5},
    {CAT_ITEM_WORDS, "I", 6, 9},
};

static size_t check_items(struct cat_reader *reader, size_t next)
{
    struct cat_item item;
    while (cat_reader_next(reader, &item)) {
        assert_true(next < sizeof stream_items / sizeof stream_items[0]);
        assert_int_equal(item.kind, stream_items[next].kind);
        assert_int_equal(item.line, stream_items[next].line);
        assert_int_equal(item.column, stream_items[next].column);
        if (stream_items[next].text != NULL)
            assert_str(item.text, stream_items[next].text);
        next++;
    }
    return next;
}

static void streams_are_cut_alike_in_all_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= sizeof stream; piece++) {
        struct cat_reader *reader = cat_reader_new();
        size_t next = 0, len = sizeof stream - 1;
        for (size_t at = 0; at < len; at += piece) {
            assert_true(cat_reader_feed(reader, stream + at, piece < len - at ? piece : len - at));
            next = check_items(reader, next);
        }
        cat_reader_end(reader);
        next = check_items(reader, next);
        assert_int_equal(next, sizeof stream_items / sizeof stream_items[0]);
        cat_reader_free(reader);
    }
}

static void a_message_that_is_too_long_is_one_item(void **state)
{
    (void)state;
    struct cat_reader *reader = cat_reader_new();
    struct cat_item item;
    char bytes[4096];
    memset(bytes, 'x', sizeof bytes);
    assert_true(cat_reader_feed(reader, "<a>", 3));
    assert_false(cat_reader_next(reader, &item));
    for (size_t n = 0; n < CAT_MESSAGE_MAX + sizeof bytes; n += sizeof bytes) {
        assert_true(cat_reader_feed(reader, bytes, sizeof bytes));
        assert_false(cat_reader_next(reader, &item));
    }
    assert_true(cat_reader_feed(reader, "</a><b/>", 8));
    assert_true(cat_reader_next(reader, &item));
    assert_int_equal(item.kind, CAT_ITEM_BAD);
    assert_true(cat_reader_next(reader, &item));
    assert_str(item.text, "<b/>");
    cat_reader_free(reader);
}

/* --- printing */

static char *printed(const struct axi_msg *msg, const struct cat_printer_options *form)
{
    char *text = NULL;
    size_t len;
    struct cat_printer_options options = *form;
    options.out = open_memstream(&text, &len);
    struct cat_printer *printer = cat_printer_new(&options);
    assert_true(cat_print(printer, msg, NULL));
    cat_printer_free(printer);
    fclose(options.out);
    return text;
}

#define assert_prints(msg, form, text)                                                             \
    do {                                                                                           \
        char *printed_ = printed(msg, form);                                                       \
        assert_string_equal(printed_, text);                                                       \
        free(printed_);                                                                            \
    } while (0)

static void secrets_are_hidden_in_every_form(void **state)
{
    (void)state;
    static const struct cat_printer_options xml = {.format = CAT_XML}, json = {.format = CAT_JSON},
                                            pretty = {.format = CAT_PRETTY},
                                            shown = {.format = CAT_XML, .show_secrets = true};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg =
        parse(parser, "<SetPPUser><user uid=\"1\" sipPw=\"x\" newPw=\"y\"/></SetPPUser>");
    assert_prints(msg, &xml,
                  "<SetPPUser><user uid=\"1\" sipPw=\"***\" newPw=\"***\"/></SetPPUser>\n");
    assert_prints(msg, &json,
                  "{\"message\":\"SetPPUser\",\"attributes\":{},\"children\":[{\"element\":"
                  "\"user\",\"attributes\":{\"uid\":1,\"sipPw\":\"***\",\"newPw\":\"***\"}}]}\n");
    assert_prints(msg, &pretty,
                  "<SetPPUser>\n  <user uid=\"1\" sipPw=\"***\" newPw=\"***\"/>\n</SetPPUser>\n");
    assert_prints(msg, &shown,
                  "<SetPPUser><user uid=\"1\" sipPw=\"x\" newPw=\"y\"/></SetPPUser>\n");
    msg = parse(parser, "<Open username=\"a\" password=\"b\"/>");
    assert_prints(msg, &shown, "<Open username=\"a\" password=\"***\"/>\n");
    axi_parser_free(parser);
}

static void nothing_printed_can_write_on_a_terminal(void **state)
{
    (void)state;
    static const struct cat_printer_options xml = {.format = CAT_XML}, json = {.format = CAT_JSON},
                                            pretty = {.format = CAT_PRETTY};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(parser, "<A b=\"\xc2\x9b[1m\x7f&#10;\">\n\xc2\x85</A>");
    assert_prints(msg, &xml, "<A b=\"&#155;[1m&#127;&#10;\">&#10;&#133;</A>\n");
    assert_prints(msg, &pretty, "<A b=\"&#155;[1m&#127;&#10;\">&#10;&#133;</A>\n");
    assert_prints(msg, &json,
                  "{\"message\":\"A\",\"attributes\":{\"b\":\"\\u009b[1m\\u007f\\n\"},"
                  "\"text\":\"\\n\\u0085\"}\n");
    axi_parser_free(parser);
}

static void long_elements_are_wrapped(void **state)
{
    (void)state;
    static const struct cat_printer_options pretty = {.format = CAT_PRETTY, .width = 40};
    static const struct cat_printer_options coloured = {
        .format = CAT_PRETTY, .width = 40, .colour = true};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg =
        parse(parser, "<R><user uid=\"1\" name=\"12345678\" num=\"123456\" vip=\"1\"/>a</R>");
    assert_prints(msg, &pretty,
                  "<R>a\n"
                  "  <user uid=\"1\" name=\"12345678\"\n"
                  "        num=\"123456\" vip=\"1\"/>\n"
                  "</R>\n");
    char *text = printed(msg, &coloured);
    assert_non_null(strstr(text, "\033["));
    free(text);
    axi_parser_free(parser);
}

/* --- the command line */

static bool read_jobs(struct cat_jobs *jobs, struct cat_error *error, int argc,
                      const char *const *argv)
{
    struct cat_options options;
    optind = 0; /* getopt begins anew */
    assert_int_equal(cat_options_read(&options, argc, (char **)(uintptr_t)argv), -1);
    bool good = cat_jobs_read(jobs, &options, true, error);
    cat_options_done(&options);
    return good;
}

static void jobs_keep_their_order(void **state)
{
    (void)state;
    static const char *const argv[] = {"axicat",
                                       "host",
                                       "Ping",
                                       "--all",
                                       "GetPPUser",
                                       "GetPPUser",
                                       "uid=1",
                                       "maxRecords=2",
                                       "-f",
                                       "file",
                                       "<A/><B/>",
                                       "GetPPDev ppn=3",
                                       "-",
                                       "SetPPUser",
                                       "+user",
                                       "uid=1",
                                       "user.name=a b=\"c",
                                       "--",
                                       "Limits",
                                       "{\"message\":\"C\"}",
                                       NULL};
    static const char *const expected[] = {
        "<Ping/>",
        NULL,
        "<GetPPUser uid=\"1\" maxRecords=\"2\"/>",
        NULL,
        "<A/>",
        "<B/>",
        "<GetPPDev ppn=\"3\"/>",
        NULL,
        "<SetPPUser><user uid=\"1\" name=\"a b=&quot;c\"/></SetPPUser>",
        "<Limits/>",
        "<C/>"};
    struct cat_jobs jobs = {0};
    struct cat_error error;
    assert_true(read_jobs(&jobs, &error, (int)(sizeof argv / sizeof *argv) - 1, argv));
    assert_int_equal(jobs.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < jobs.count; i++) {
        assert_int_equal(jobs.list[i].kind == CAT_JOB_MESSAGE, expected[i] != NULL);
        if (expected[i] != NULL)
            assert_encodes(jobs.list[i].msg, expected[i]);
    }
    assert_int_equal(axi_msg_type(jobs.list[1].msg), AXI_T_GetPPUser);
    assert_string_equal(jobs.list[3].path, "file");
    assert_string_equal(jobs.list[7].path, "-");
    cat_jobs_done(&jobs);
}

static void words_without_a_message_are_refused(void **state)
{
    (void)state;
    static const char *const argv[] = {"axicat", "host", "uid=1", NULL};
    struct cat_jobs jobs = {0};
    struct cat_error error;
    assert_false(read_jobs(&jobs, &error, 3, argv));
    assert_non_null(strstr(error.text, "before the name of a message"));
    cat_jobs_done(&jobs);
}

static const struct {
    const char *text, *user, *host;
    int port;
} targets[] = {
    {"omm.example", "omm", "omm.example", 12622},
    {"me@omm.example:1234", "me", "omm.example", 1234},
    {"a@b@192.0.2.1", "a@b", "192.0.2.1", 12622},
    {"[2001:db8::1]:99", "omm", "2001:db8::1", 99},
    {"[2001:db8::1]", "omm", "2001:db8::1", 12622},
    {"2001:db8::1", "omm", "2001:db8::1", 12622},
    {"", NULL, NULL, 0},
    {":12", NULL, NULL, 0},
    {"h:", NULL, NULL, 0},
    {"h:70000", NULL, NULL, 0},
    {"h:1x", NULL, NULL, 0},
    {"[::1", NULL, NULL, 0},
    {"[::1]x", NULL, NULL, 0},
};

static void targets_are_read(void **state)
{
    (void)state;
    unsetenv("AXICAT_USER");
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct cat_options options = {.port = CAT_PORT};
        struct cat_error error;
        assert_int_equal(cat_options_target(&options, targets[i].text, &error),
                         targets[i].host != NULL);
        if (targets[i].host == NULL)
            continue;
        assert_string_equal(options.host, targets[i].host);
        assert_string_equal(options.user, targets[i].user);
        assert_int_equal(options.port, targets[i].port);
    }
}

static void subscriptions_are_read(void **state)
{
    (void)state;
    struct axi_subscription list[CAT_FILTERS_MAX];
    struct cat_error error;
    size_t count;
    assert_true(cat_subscription_read("SystemState", list, &count, &error));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].filter, 0);
    assert_true(cat_subscription_read("PPDevCnf", list, &count, &error));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].filter, AXI_BY_PPN);
    assert_int_equal(list[0].item, -1);
    assert_true(cat_subscription_read("PPDevCnf:ppn=7", list, &count, &error));
    assert_int_equal(list[0].item, 7);
    assert_true(cat_subscription_read("MessageSend", list, &count, &error));
    assert_int_equal(count, 2);
    assert_true(cat_subscription_read("MessageSend:scheme=tel", list, &count, &error));
    assert_str(list[0].pattern, "tel");
    assert_false(cat_subscription_read("PPDevCnf:", list, &count, &error));
    assert_false(cat_subscription_read("PPDevCnf:ppn", list, &count, &error));
    assert_false(cat_subscription_read("PPDevCnf:ppn=all", list, &count, &error));
    assert_false(cat_subscription_read("PPDevCnf:uid=1", list, &count, &error));
    assert_false(cat_subscription_read("ppdevcnf", list, &count, &error));
    assert_non_null(strstr(error.text, "PPDevCnf"));
}

/* --- differences and secrets */

static size_t differences(const char *a, const char *b)
{
    static const char *const ignore[] = {"timeStamp"};
    const struct cat_comparison comparison = {ignore, 1, NULL, NULL};
    struct axi_parser *one = axi_parser_new(NULL), *two = axi_parser_new(NULL);
    size_t count =
        cat_compare(axi_msg_root(parse(one, a)), axi_msg_root(parse(two, b)), &comparison);
    axi_parser_free(one);
    axi_parser_free(two);
    return count;
}

static void differences_are_counted(void **state)
{
    (void)state;
    assert_int_equal(differences("<A b=\"1\" c=\"2\"/>", "<A c=\"2\" b=\"1\"/>"), 0);
    assert_int_equal(differences("<A seq=\"1\" timeStamp=\"5\"/>", "<A seq=\"2\"/>"), 0);
    assert_int_equal(differences("<A b=\"***\"/>", "<A b=\"1\"/>"), 0);
    assert_int_equal(differences("<A b=\"1\"/>", "<A b=\"***\"/>"), 0);
    assert_int_equal(differences("<A b=\"1\"/>", "<A/>"), 1);
    assert_int_equal(differences("<A/>", "<A b=\"\"/>"), 1);
    assert_int_equal(differences("<A/>", "<B x=\"1\"/>"), 1);
    assert_int_equal(differences("<A><u/><u a=\"1\"/></A>", "<A><u/><u a=\"2\"/></A>"), 1);
    assert_int_equal(differences("<A><u/></A>", "<A><u/><u/><v/></A>"), 2);
    assert_int_equal(differences("<A><u/><v/></A>", "<A/>"), 2);
    assert_int_equal(differences("<A>x</A>", "<A>y</A>"), 1);
    assert_int_equal(differences("<A><u><v w=\"1\"/></u></A>", "<A><u><v/></u></A>"), 1);
}

static void only_secrets_in_clear_are_encrypted(void **state)
{
    (void)state;
    struct axi_public_key none = {{NULL, 0}, {NULL, 0}};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct cat_error error;
    char text[200], cipher[89];
    memset(cipher, 'A', 88);
    cipher[88] = '\0';
    assert_true(
        cat_has_clear_secrets(parse(parser, "<SetPPUser><user pin=\"1\"/></SetPPUser>"), &none));
    assert_false(cat_encrypt_secrets(parse(parser, "<SetPPUser><user pin=\"1\"/></SetPPUser>"),
                                     &none, &error));
    assert_false(
        cat_has_clear_secrets(parse(parser, "<SetPPUser><user pin=\"\"/></SetPPUser>"), &none));
    assert_false(
        cat_has_clear_secrets(parse(parser, "<SetPPUser><user name=\"1\"/></SetPPUser>"), &none));
    assert_false(cat_has_clear_secrets(parse(parser, "<Open password=\"1\"/>"), &none));
    assert_false(
        cat_has_clear_secrets(parse(parser, "<SetPPDev><pp uak=\"00\"/></SetPPDev>"), &none));
    assert_false(cat_has_clear_secrets(
        parse(parser, "<SetPPUser plainText=\"1\"><user pin=\"1\"/></SetPPUser>"), &none));
    snprintf(text, sizeof text, "<SetPPUser><user pin=\"%s\"/></SetPPUser>", cipher);
    assert_false(cat_has_clear_secrets(parse(parser, text), &none));
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_forms_are_messages),
        cmocka_unit_test(mistakes_in_short_forms_are_told),
        cmocka_unit_test(short_forms_have_limits),
        cmocka_unit_test(json_has_types_and_goes_back),
        cmocka_unit_test(json_keeps_direction_and_time),
        cmocka_unit_test(json_that_is_no_message_is_refused),
        cmocka_unit_test(every_capture_comes_back_from_json),
        cmocka_unit_test(every_message_of_the_catalogue_comes_back_from_json),
        cmocka_unit_test(every_attribute_of_the_catalogue_can_be_typed),
        cmocka_unit_test(streams_are_cut_alike_in_all_pieces),
        cmocka_unit_test(a_message_that_is_too_long_is_one_item),
        cmocka_unit_test(secrets_are_hidden_in_every_form),
        cmocka_unit_test(nothing_printed_can_write_on_a_terminal),
        cmocka_unit_test(long_elements_are_wrapped),
        cmocka_unit_test(jobs_keep_their_order),
        cmocka_unit_test(words_without_a_message_are_refused),
        cmocka_unit_test(targets_are_read),
        cmocka_unit_test(subscriptions_are_read),
        cmocka_unit_test(differences_are_counted),
        cmocka_unit_test(only_secrets_in_clear_are_encrypted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
