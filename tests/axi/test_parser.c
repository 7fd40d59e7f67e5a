/*
 * The parser against streams: every split of the bytes gives the same messages, every limit and
 * every kind of broken message gives its code, its offset and a parser that goes on.
 */
#include "axi/support.h"

/* --- splits */

struct stream {
    char *bytes;
    size_t len, count;
    struct axi_msg *expected[64]; /* copies */
};

static void add_to_stream(const char *name, const char *bytes, size_t len, void *arg)
{
    struct stream *stream = arg;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg;
    (void)name;
    stream->bytes = realloc(stream->bytes, stream->len + len + 1);
    memcpy(stream->bytes + stream->len, bytes, len + 1);
    stream->len += len + 1;

    /* A root of the same name with what the message has: what comes later is compared with it. */
    assert_int_equal(feed(parser, bytes, len + 1, &msg), AXI_OK);
    struct axi_msg *copy = axi_msg_new(NULL);
    struct axi_elem *holder = axi_msg_start_named(copy, str("holder"));
    axi_add_copy(holder, axi_msg_root(msg));
    assert_int_equal(axi_msg_error(copy), AXI_OK);
    stream->expected[stream->count++] = copy;
    axi_parser_free(parser);
}

static void take_messages(struct axi_parser *parser, const struct stream *stream, size_t chunk)
{
    size_t seen = 0;
    for (size_t at = 0; at < stream->len; at += chunk) {
        const char *data = stream->bytes + at;
        size_t len = stream->len - at < chunk ? stream->len - at : chunk;
        for (;;) {
            struct axi_msg *msg;
            assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
            if (msg == NULL)
                break;
            struct axi_elem *holder = axi_msg_root(stream->expected[seen++]);
            assert_true(same_tree(axi_msg_root(msg), axi_first_child(holder, NULL)));
        }
        assert_int_equal(len, 0);
    }
    assert_int_equal(seen, stream->count);
}

static void every_split_gives_the_same_messages(void **state)
{
    (void)state;
    struct stream stream = {0};
    for_files(SAMPLES, ".xml", add_to_stream, &stream);
    const size_t chunks[] = {1, 2, 3, 4, 5, 6, 7, 100, 1000, 4096, stream.len};
    const size_t rounds = sizeof chunks / sizeof chunks[0];
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < rounds; i++)
        take_messages(parser, &stream, chunks[i]);
    struct axi_parser_stats stats = axi_parser_stats(parser);
    assert_int_equal(stats.messages, rounds * stream.count);
    assert_int_equal(stats.bytes, rounds * stream.len);
    assert_int_equal(stats.errors, 0);
    assert_int_equal(axi_parser_held(parser), 0);
    axi_parser_free(parser);
    for (size_t i = 0; i < stream.count; i++)
        axi_msg_free(stream.expected[i]);
    free(stream.bytes);
}

static void several_messages_in_one_read_come_one_by_one(void **state)
{
    (void)state;
    static const char bytes[] = "<Limits seq=\"1\"/>\0<Ping seq=\"2\"/>\0<GetPP seq=\"3\"";
    const char *data = bytes;
    size_t len = sizeof bytes - 1;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg;
    for (int64_t seq = 1; seq <= 2; seq++) {
        assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
        assert_int_equal(axi_get_int_or(axi_msg_root(msg), AXI_A_seq, 0), seq);
    }
    assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
    assert_null(msg);
    assert_int_equal(len, 0);
    assert_int_equal(axi_parser_held(parser), 14);
    assert_int_equal(feed(parser, "/>", 3, &msg), AXI_OK);
    assert_int_equal(axi_msg_type(msg), AXI_T_GetPP);
    axi_parser_free(parser);
}

static void empty_messages_are_passed_over(void **state)
{
    (void)state;
    static const char bytes[] = "\0\0 \t\r\n\0\xEF\xBB\xBF<Ping/>\0\0";
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg;
    const char *data = bytes;
    size_t len = sizeof bytes - 1;
    assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
    assert_int_equal(axi_msg_type(msg), AXI_T_Ping);
    assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
    assert_null(msg);
    assert_int_equal(axi_parser_stats(parser).messages, 1);
    axi_parser_free(parser);
}

static void a_reset_forgets_the_half_message(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg;
    assert_int_equal(feed(parser, "<Op", 3, &msg), AXI_OK);
    assert_int_equal(axi_parser_held(parser), 3);
    axi_parser_reset(parser);
    assert_int_equal(axi_parser_held(parser), 0);
    assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
    assert_int_equal(feed(parser, "<a", 3, &msg), AXI_EMALFORMED);
    assert_int_equal(axi_parser_error(parser)->stream_offset,
                     11 + axi_parser_error(parser)->offset);
    axi_parser_free(parser);
}

/* --- broken messages */

struct broken {
    const char *text;
    int code;
    size_t offset;
};

static const struct broken broken_messages[] = {
    {"<a", AXI_EMALFORMED, 0},
    {"<a></b>", AXI_EMALFORMED, 5},
    {"<a b=c/>", AXI_EMALFORMED, 5},
    {"<a b=\"1\" b=\"2\"/>", AXI_EMALFORMED, 9},
    {"<a b=\"<\"/>", AXI_EMALFORMED, 6},
    {"<a/><b/>", AXI_EMALFORMED, 4},
    {"<a/>x", AXI_EMALFORMED, 4},
    {"x<a/>", AXI_EMALFORMED, 0},
    {"plain", AXI_EMALFORMED, 0},
    {" <?xml version=\"1.0\"?><a/>", AXI_EMALFORMED, 1},
    {"<a b=\"&nbsp;\"/>", AXI_EMALFORMED, 0},
    {"<!-- nothing -->", AXI_EMALFORMED, 16},
    {"<a b=\"\xFF\"/>", AXI_EUTF8, 6},
    {"<a b=\"x\xC3\"/>", AXI_EUTF8, 7},
    {"<a b=\"\xC0\xAF\"/>", AXI_EUTF8, 6},
    {"<a b=\"\xED\xA0\x80\"/>", AXI_EUTF8, 6},
    {"<a>\xE2\x82</a>", AXI_EUTF8, 3},
    {"<a>xx\xE2\x82", AXI_EUTF8, 5},
    {"<a b=\"\x01\" c=\"\xFF\"/>", AXI_EUTF8, 12},
    {"<a b=\"\x01\" c=d/>", AXI_EMALFORMED, 11},
    {"<a b=\"&#1;\" c=d/>", AXI_EMALFORMED, 14},
    {"<a\x01/>", AXI_EMALFORMED, 2},
    {"<!DOCTYPE a><a/>", AXI_EDTD, 0},
    {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", AXI_EDTD, 0},
    {"<!DOCTYPE a [<!ENTITY x \"y\">]><a b=\"&x;\"/>", AXI_EDTD, 0},
    {"<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b "
     "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
     "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">"
     "]><l>&d;&d;&d;&d;&d;&d;&d;&d;</l>",
     AXI_EDTD, 0},
};

static void broken_messages_are_refused_and_the_next_one_is_read(void **state)
{
    (void)state;
    const size_t count = sizeof broken_messages / sizeof broken_messages[0];
    for (size_t chunk = 0; chunk <= 3; chunk++) {
        struct axi_parser *parser = axi_parser_new(NULL);
        uint64_t start = 0;
        for (size_t i = 0; i < count; i++) {
            const struct broken *b = &broken_messages[i];
            const char *data = b->text;
            size_t left = strlen(b->text) + 1;
            int rc = AXI_OK;
            struct axi_msg *msg;
            while (left > 0) {
                size_t len = chunk == 0 || left < chunk ? left : chunk;
                left -= len;
                int now = axi_parser_next(parser, &data, &len, &msg);
                assert_null(msg);
                assert_int_equal(len, 0);
                rc = now != AXI_OK ? now : rc;
            }
            const struct axi_parse_error *error = axi_parser_error(parser);
            if (rc != b->code || (b->offset != 0 && error->offset != b->offset))
                fail_msg("%s: %s at %zu, expected %s at %zu", b->text, axi_err_name(rc),
                         error->offset, axi_err_name(b->code), b->offset);
            assert_int_equal(error->code, b->code);
            assert_int_equal(error->stream_offset, start + error->offset);
            assert_true(strlen(error->text) > 0);
            assert_int_equal(axi_msg_type(parse(parser, "<Ping seq=\"1\"/>")), AXI_T_Ping);
            start += strlen(b->text) + 1 + strlen("<Ping seq=\"1\"/>") + 1;
        }
        struct axi_parser_stats stats = axi_parser_stats(parser);
        assert_int_equal(stats.errors, count);
        assert_int_equal(stats.messages, count);
        assert_int_equal(stats.repaired, 0);
        axi_parser_free(parser);
    }
}

/* --- limits */

static void each_limit_has_its_code(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_depth = 3, .max_attrs = 2, .max_elems = 4};
    struct axi_parser *parser = axi_parser_new(&options);
    struct axi_msg *msg;
    parse(parser, "<a><b><c/></b><d x=\"1\" y=\"2\"/></a>");
    assert_int_equal(feed(parser, "<a><b><c><d/></c></b></a>", 26, &msg), AXI_EDEPTH);
    assert_int_equal(axi_parser_error(parser)->offset, 9);
    assert_int_equal(feed(parser, "<a x=\"\" y=\"\" z=\"\"/>", 20, &msg), AXI_EATTRS);
    assert_int_equal(feed(parser, "<a><b/><b/><b/><b/></a>", 24, &msg), AXI_ENODES);
    assert_int_equal(axi_parser_error(parser)->offset, 15);
    parse(parser, "<a><b/><b/><b/></a>");
    axi_parser_free(parser);
}

static void default_limits_are_those_of_the_header(void **state)
{
    (void)state;
    char text[32768];
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg;
    size_t len = 0;
    for (int i = 0; i < 17; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "<a>");
    assert_int_equal(feed(parser, text, len + 1, &msg), AXI_EDEPTH);
    len = (size_t)snprintf(text, sizeof text, "<a");
    for (int i = 0; i < 1025; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " a%d=\"\"", i);
    len += (size_t)snprintf(text + len, sizeof text - len, "/>");
    assert_int_equal(feed(parser, text, len + 1, &msg), AXI_EATTRS);
    len = (size_t)snprintf(text, sizeof text, "<a>");
    for (int i = 0; i < 4096; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "<b/>");
    len += (size_t)snprintf(text + len, sizeof text - len, "</a>");
    assert_int_equal(feed(parser, text, len + 1, &msg), AXI_ENODES);
    axi_parser_free(parser);
}

static void the_length_limit_is_exact(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_message = 20};
    for (size_t chunk = 1; chunk <= 25; chunk++) {
        struct axi_parser *parser = axi_parser_new(&options);
        static const char bytes[] =
            "<Ping timeStamp='1'/>\0<Ping timeStamp=''/>\0<Ping seq='123456'/>\0<Limits/>";
        int codes[3] = {0};
        size_t errors = 0, messages = 0;
        for (size_t at = 0; at < sizeof bytes; at += chunk) {
            const char *data = bytes + at;
            size_t len = sizeof bytes - at < chunk ? sizeof bytes - at : chunk;
            struct axi_msg *msg;
            do {
                int rc = axi_parser_next(parser, &data, &len, &msg);
                if (rc != AXI_OK)
                    codes[errors++] = rc;
                messages += msg != NULL;
            } while (len > 0);
            assert_true(axi_parser_held(parser) <= 20);
        }
        assert_int_equal(errors, 1);
        assert_int_equal(codes[0], AXI_ETOOLONG);
        assert_int_equal(axi_parser_error(parser)->offset, 20);
        assert_int_equal(messages, 3);
        axi_parser_free(parser);
    }
}

static void a_message_of_100_megabytes_takes_no_memory(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_parser_options options = {.alloc = counting_hook(&counting)};
    struct axi_parser *parser = axi_parser_new(&options);
    static char block[1 << 16];
    struct axi_msg *msg;
    size_t errors = 0;
    memset(block, 'x', sizeof block);
    for (size_t i = 0; i < 6; i++)
        block[i] = "<a b=\""[i];
    for (int i = 0; i < 1600; i++) {
        int rc = feed(parser, block, sizeof block, &msg);
        errors += rc != AXI_OK;
        assert_null(msg);
        /* The buffer doubles by copying: at the last step the old and the new one exist. */
        assert_true(counting.bytes <= (2u << 20));
    }
    assert_int_equal(errors, 1);
    assert_int_equal(axi_parser_error(parser)->code, AXI_ETOOLONG);
    assert_int_equal(axi_parser_held(parser), 0);
    assert_true(counting.peak < (2u << 20));
    assert_true(counting.bytes < (1u << 16));
    assert_int_equal(feed(parser, "\"/>", 4, &msg), AXI_OK);
    assert_null(msg);
    assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
    axi_parser_free(parser);
    assert_int_equal(counting.live, 0);
}

/* Each piece is one more text of the root: joined naively this costs the square of its size. */
static void text_in_thousands_of_pieces_stays_cheap(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_parser_options options = {.alloc = counting_hook(&counting)};
    struct axi_parser *parser = axi_parser_new(&options);
    size_t room = 600 << 10, len = 0;
    char *text = malloc(room);
    struct axi_msg *msg;
    len += (size_t)snprintf(text, room, "<a>");
    memset(text + len, 'y', 500 << 10);
    len += 500 << 10;
    for (int i = 0; i < 4000; i++)
        len += (size_t)snprintf(text + len, room - len, "<b/>z");
    len += (size_t)snprintf(text + len, room - len, "</a>");
    assert_int_equal(feed(parser, text, len + 1, &msg), AXI_OK);
    assert_int_equal(axi_elem_text(axi_msg_root(msg)).len, (500 << 10) + 4000);
    assert_true(counting.peak < (8u << 20));
    axi_parser_free(parser);
    free(text);
}

/* --- repair */

static void forbidden_characters_are_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"<user name=\"a\x01z\"/>", "a\xEF\xBF\xBDz"},
        {"<user name=\"\x08\x0B\x0C\x0E\x1F\"/>",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"<user name=\"a&#1;z\"/>", "a\xEF\xBF\xBDz"},
        {"<user name=\"a&#x1F;z\"/>", "a\xEF\xBF\xBDz"},
        {"<user name=\"a&#0;z\"/>", "a\xEF\xBF\xBDz"},
        {"<user name=\"a&#xD800;z\"/>", "a\xEF\xBF\xBDz"},
        {"<user name=\"&#xFFFE;&#65535;\"/>", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"<user name=\"&#x110000;&#99999999999999;\"/>", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"<user name=\"a\xEF\xBF\xBEz\xEF\xBF\xBF\"/>", "a\xEF\xBF\xBDz\xEF\xBF\xBD"},
        {"<user name=\"&#10;\x02&amp;&#xE4;&#x9;\"/>", "\n\xEF\xBF\xBD&\xC3\xA4\t"},
    };
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct axi_msg *msg = parse(parser, rows[i].text);
        assert_true(axi_msg_repaired(msg));
        assert_str(axi_get_str(axi_msg_root(msg), AXI_A_name), rows[i].value);
        assert_int_equal(axi_parser_stats(parser).repaired, i + 1);
    }
    assert_int_equal(axi_parser_stats(parser).errors, 0);
    assert_false(axi_msg_repaired(parse(parser, "<user name=\"\xEF\xBF\xBD&#9;\x7F\"/>")));
    axi_parser_free(parser);
}

static void the_limit_holds_for_the_original_not_for_the_repaired(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_message = 40};
    struct axi_parser *parser = axi_parser_new(&options);
    struct axi_msg *msg =
        parse(parser, "<a b=\"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
                      "\x01\x01\x01\x01\x01\x01\x01\"/>");
    assert_int_equal(axi_get_named(axi_msg_root(msg), "b").len, 60);
    axi_parser_free(parser);
}

/* --- what is kept */

static void unknown_names_are_kept_and_written_back(void **state)
{
    (void)state;
    static const char text[] =
        "<New zz=\"1\" uid=\"2\" \xC3\xA4=\"&amp;&lt;&gt;&quot;&#9;&#10;&#13;'\"><x "
        "y=\"\"/>text &lt;&amp;&gt;</New>";
    static const char canonical[] = "<New zz=\"1\" uid=\"2\" "
                                    "\xC3\xA4=\"&amp;&lt;&gt;&quot;&#9;&#10;&#13;'\">text "
                                    "&lt;&amp;&gt;<x y=\"\"/></New>";
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = parse(parser, text);
    struct axi_attr_view view;
    assert_int_equal(axi_msg_type(msg), AXI_T_NONE);
    assert_true(axi_attr_at(axi_msg_root(msg), 0, &view));
    assert_int_equal(view.id, AXI_A_NONE);
    assert_str(view.name, "zz");
    assert_true(axi_attr_at(axi_msg_root(msg), 1, &view));
    assert_int_equal(view.id, AXI_A_uid);
    assert_encodes(msg, canonical);
    axi_parser_free(parser);
}

static void layout_between_records_is_dropped_and_text_is_not(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    assert_encodes(
        parse(parser, "<a>\n  <b> </b>\n  <c><![CDATA[<&]]></c><!-- no --><?pi no?>\n</a>"),
        "<a><b> </b><c>&lt;&amp;</c></a>");
    assert_encodes(parse(parser, "<a>  x <b/> y </a>"), "<a>  x  y <b/></a>");
    assert_encodes(
        parse(parser, "<?xml version=\"1.0\" encoding=\"Utf-8\"?>\n<a b=\"\xC3\xA4\"/>\n"),
        "<a b=\"\xC3\xA4\"/>");
    assert_encodes(parse(parser, "<a b='x\ty\nz'/>"), "<a b=\"x y z\"/>");
    assert_encodes(parse(parser, "<a>x\r\ny&#13;</a>"), "<a>x\ny&#13;</a>");
    axi_parser_free(parser);
}

static void long_attribute_lists_keep_names_and_values_apart(void **state)
{
    (void)state;
    /* Values of all sizes, so that expat's pools are passed in the middle of an element. */
    struct axi_parser *parser = axi_parser_new(NULL);
    size_t room = 1 << 20, len = 0;
    char *text = malloc(room);
    len += (size_t)snprintf(text, room, "<a");
    for (int i = 0; i < 1000; i++)
        len += (size_t)snprintf(text + len, room - len, " a%d=\"%0*d\"", i, i % 700 + 4, i);
    snprintf(text + len, room - len, "/>");
    struct axi_msg *msg = parse(parser, text);
    assert_encodes(msg, text);
    axi_parser_free(parser);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_gives_the_same_messages),
        cmocka_unit_test(several_messages_in_one_read_come_one_by_one),
        cmocka_unit_test(empty_messages_are_passed_over),
        cmocka_unit_test(a_reset_forgets_the_half_message),
        cmocka_unit_test(broken_messages_are_refused_and_the_next_one_is_read),
        cmocka_unit_test(each_limit_has_its_code),
        cmocka_unit_test(default_limits_are_those_of_the_header),
        cmocka_unit_test(the_length_limit_is_exact),
        cmocka_unit_test(a_message_of_100_megabytes_takes_no_memory),
        cmocka_unit_test(text_in_thousands_of_pieces_stays_cheap),
        cmocka_unit_test(forbidden_characters_are_replaced),
        cmocka_unit_test(the_limit_holds_for_the_original_not_for_the_repaired),
        cmocka_unit_test(unknown_names_are_kept_and_written_back),
        cmocka_unit_test(layout_between_records_is_dropped_and_text_is_not),
        cmocka_unit_test(long_attribute_lists_keep_names_and_values_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
