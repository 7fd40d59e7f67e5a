/*
 * The parser against streams: tables of bytes and of what it says to them, each read in pieces of 1 to 7 bytes and as a
 * whole; limits, kinds of broken messages, mending, what is kept, and how much memory a hostile stream can take.
 */
#include "axi/transcript.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* clang-format off */

static const struct transcript_row framing[] = {
    STREAM("<Ping/>", "<Ping/>\n"),
    STREAM("<Limits seq=\"1\"/>\0<Ping seq=\"2\"/>\0<GetPP seq=\"3\"/>",
           "<Limits seq=\"1\"/>\n<Ping seq=\"2\"/>\n<GetPP seq=\"3\"/>\n"),
    OPEN_STREAM("<Limits/>\0<Ping/>\0<GetPP", "<Limits/>\n<Ping/>\n"),
    OPEN_STREAM("<Limits/>", ""),
    STREAM("", ""),
    STREAM("\0\0 \t\r\n\0<Ping/>\0\0", "<Ping/>\n"),
    STREAM("<a", "!EMALFORMED at 0\n"),
    STREAM("<a\0<Ping/>\0b>\0<Limits/>", "!EMALFORMED at 0\n<Ping/>\n!EMALFORMED at 0\n<Limits/>\n"),
};

static const struct transcript_row broken[] = {
    STREAM("<a></b>", "!EMALFORMED at 5\n"),
    STREAM("<a b=c/>", "!EMALFORMED at 5\n"),
    STREAM("<a b=\"1\" b=\"2\"/>", "!EMALFORMED at 9\n"),
    STREAM("<a b=\"<\"/>", "!EMALFORMED at 6\n"),
    STREAM("<a/><b/>", "!EMALFORMED at 4\n"),
    STREAM("<a/>x", "!EMALFORMED at 4\n"),
    STREAM("x<a/>", "!EMALFORMED at 1\n"),
    STREAM("plain", "!EMALFORMED at 0\n"),
    STREAM(" <?xml version=\"1.0\"?><a/>", "!EMALFORMED at 1\n"),
    STREAM("<a b=\"&nbsp;\"/>", "!EMALFORMED at 0\n"),
    STREAM("<!-- nothing -->", "!EMALFORMED at 16\n"),
    STREAM("<?xml version=\"1.0\"?>", "!EMALFORMED at 21\n"),
    STREAM("<a b=\"\xFF\"/>", "!EUTF8 at 6\n"),
    STREAM("<a b=\"x\xC3\"/>", "!EUTF8 at 7\n"),
    STREAM("<a b=\"\xC0\xAF\"/>", "!EUTF8 at 6\n"),
    STREAM("<a b=\"\xED\xA0\x80\"/>", "!EUTF8 at 6\n"),
    STREAM("<a>\xE2\x82</a>", "!EUTF8 at 3\n"),
    STREAM("<a>xx\xE2\x82", "!EUTF8 at 5\n"),
    STREAM("<a b=\"\x01\" c=\"\xFF\"/>", "!EUTF8 at 12\n"),
    STREAM("<a b=\"\x01\" c=d/>", "!EMALFORMED at 11\n"),
    STREAM("<a b=\"&#1;\" c=d/>", "!EMALFORMED at 14\n"),
    STREAM("<a\x01/>", "!EMALFORMED at 2\n"),
    STREAM("<a b=\"&#xZ;\"/>", "!EMALFORMED at 9\n"),
    STREAM("<a b=\"&#;\"/>", "!EMALFORMED at 8\n"),
};

static const struct transcript_row types_of_documents[] = {
    STREAM("<!DOCTYPE a><a/>", "!EDTD at 11\n"),
    STREAM("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "!EDTD at 39\n"),
    STREAM("<!DOCTYPE a [<!ENTITY x \"y\">]><a b=\"&x;\"/>", "!EDTD at 12\n"),
    STREAM("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
           "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">"
           "]><l>&d;&d;&d;&d;&d;&d;&d;&d;</l>", "!EDTD at 33\n"),
    STREAM("<!DOCTYPE a [<!ATTLIST a b CDATA \"c\">]><a/>", "!EDTD at 12\n"),
};

static const struct transcript_row encodings[] = {
    STREAM("\xEF\xBB\xBF<Ping/>", "<Ping/>\n"),
    STREAM("\xEF\xBB\xBF<?xml version=\"1.0\"?><Ping/>", "<Ping/>\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"\xC3\xA4\"/>\n", "<a b=\"\xC3\xA4\"/>\n"),
    STREAM("<?xml version=\"1.0\" encoding='utf-8' standalone='yes'?><Ping/>", "<Ping/>\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a b=\"\xE4\"/>", "!EUTF8 at 0\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Ping/>", "!EUTF8 at 0\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"US-ASCII\"?><Ping/>", "!EUTF8 at 0\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"UTF-16\"?><Ping/>", "!EUTF8 at 0\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"UTF-7\"?><Ping/>", "!EUTF8 at 0\n"),
    STREAM("<?xml version=\"1.0\" encoding=\"UTF-88\"?><Ping/>", "!EUTF8 at 0\n"),
    STREAM("\xFE\xFF\x3C\x61\x2F\x3E", "!EUTF8 at 0\n"),
    STREAM("\xFF\xFE\x3C\x61", "!EUTF8 at 0\n"),
    STREAM("\xFE\xFF", "!EUTF8 at 0\n"),
    STREAM("\xEF\xBB\xBF\xEF\xBB\xBF<Ping/>", "!EMALFORMED at 3\n"),
    STREAM("\xEF\xBB\xBF", "!EMALFORMED at 3\n"),
};

#define U_FFFD "\xEF\xBF\xBD"

static const struct transcript_row mended[] = {
    STREAM("<user name=\"a\x01z\"/>", "~<user name=\"a" U_FFFD "z\"/>\n"),
    STREAM("<user name=\"\x08\x0B\x0C\x0E\x1F\"/>", "~<user name=\"" U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD "\"/>\n"),
    STREAM("<user name=\"a&#1;z\"/>", "~<user name=\"a" U_FFFD "z\"/>\n"),
    STREAM("<user name=\"a&#x1F;z\"/>", "~<user name=\"a" U_FFFD "z\"/>\n"),
    STREAM("<user name=\"a&#0;z\"/>", "~<user name=\"a" U_FFFD "z\"/>\n"),
    STREAM("<user name=\"a&#xD800;z\"/>", "~<user name=\"a" U_FFFD "z\"/>\n"),
    STREAM("<user name=\"&#xFFFE;&#65535;\"/>", "~<user name=\"" U_FFFD U_FFFD "\"/>\n"),
    STREAM("<user name=\"&#x110000;&#99999999999999;\"/>", "~<user name=\"" U_FFFD U_FFFD "\"/>\n"),
    STREAM("<user name=\"a\xEF\xBF\xBEz\xEF\xBF\xBF\"/>", "~<user name=\"a" U_FFFD "z" U_FFFD "\"/>\n"),
    STREAM("<user name=\"&#10;\x02&amp;&#xE4;&#x9;\"/>", "~<user name=\"&#10;" U_FFFD "&amp;\xC3\xA4&#9;\"/>\n"),
    STREAM("<user name=\"" U_FFFD "&#9;\x7F\"/>", "<user name=\"" U_FFFD "&#9;\x7F\"/>\n"),
    STREAM("<a>x\x02y</a>\0<b c=\"\x03\"/>", "~<a>x" U_FFFD "y</a>\n~<b c=\"" U_FFFD "\"/>\n"),
};

static const struct transcript_row kept[] = {
    STREAM("<New zz=\"1\" uid=\"2\" \xC3\xA4=\"&amp;&lt;&gt;&quot;&#9;&#10;&#13;'\">"
           "<x y=\"\"/>text &lt;&amp;&gt;</New>",
           "<New zz=\"1\" uid=\"2\" \xC3\xA4=\"&amp;&lt;&gt;&quot;&#9;&#10;&#13;'\">text &lt;&amp;&gt;"
           "<x y=\"\"/></New>\n"),
    STREAM("<a>\n  <b> </b>\n  <c><![CDATA[<&]]></c><!-- no --><?pi no?>\n</a>", "<a><b> </b><c>&lt;&amp;</c></a>\n"),
    STREAM("<a>  x <b/> y </a>", "<a>  x  y <b/></a>\n"),
    STREAM("<a b='x\ty\nz'/>", "<a b=\"x y z\"/>\n"),
    STREAM("<a>x\r\ny&#13;</a>", "<a>x\ny&#13;</a>\n"),
    STREAM("<a:b xmlns:a=\"u\" a:c=\"1\"/>", "<a:b xmlns:a=\"u\" a:c=\"1\"/>\n"),
    /* Records with other attributes, in another order, than the one before: names are guessed from it. */
    STREAM("<a><b uid=\"1\" ppn=\"2\" name=\"3\"/><b uid=\"1\" name=\"3\"/>"
           "<b x=\"0\" uid=\"1\" ppn=\"2\" name=\"3\" y=\"4\"/>"
           "<b name=\"3\" ppn=\"2\" uid=\"1\"/><b/><b uid=\"1\"/><b x=\"0\" y=\"1\"/>"
           "<b x=\"0\" uid=\"1\" y=\"2\"/></a>",
           "<a><b uid=\"1\" ppn=\"2\" name=\"3\"/><b uid=\"1\" name=\"3\"/>"
           "<b x=\"0\" uid=\"1\" ppn=\"2\" name=\"3\" y=\"4\"/>"
           "<b name=\"3\" ppn=\"2\" uid=\"1\"/><b/><b uid=\"1\"/><b x=\"0\" y=\"1\"/>"
           "<b x=\"0\" uid=\"1\" y=\"2\"/></a>\n"),
    STREAM("<a uid=\"1\" ui=\"2\" uidd=\"3\" ><a uid=\"1\" uidx=\"2\"/><a uidx=\"1\" u=\"2\"/></a>",
           "<a uid=\"1\" ui=\"2\" uidd=\"3\"><a uid=\"1\" uidx=\"2\"/><a uidx=\"1\" u=\"2\"/></a>\n"),
};

static const struct transcript_row limits[] = {
    STREAM("<a><b><c/></b><d x=\"1\" y=\"2\"/></a>", "<a><b><c/></b><d x=\"1\" y=\"2\"/></a>\n"),
    STREAM("<a><b><c><d/></c></b></a>", "!EDEPTH at 9\n"),
    STREAM("<a x=\"\" y=\"\" z=\"\"/>", "!EATTRS at 0\n"),
    STREAM("<a><b/><b/><b/><b/></a>", "!ENODES at 15\n"),
    STREAM("<a><b/><b/><b/></a>", "<a><b/><b/><b/></a>\n"),
    STREAM("<a><b><c><d b=\"\x01\"/></c></b></a>", "!EDEPTH at 9\n"),
};

/* Of 20 bytes. */
static const struct transcript_row lengths[] = {
    STREAM("<Ping timeStamp='1'/>", "!ETOOLONG at 20\n"),
    STREAM("<Ping timeStamp=''/>", "<Ping timeStamp=\"\"/>\n"),
    STREAM("<Ping timeStamp='1234567890'/>\0<Ping seq='123456'/>\0<Limits/>",
           "!ETOOLONG at 20\n<Ping seq=\"123456\"/>\n<Limits/>\n"),
    STREAM("<Ping timeStamp='1'/>\0<Ping timeStamp='2'/>\0\0<Ping/>", "!ETOOLONG at 20\n!ETOOLONG at 20\n<Ping/>\n"),
    /* The limit is for what came, not for what it becomes when it is mended. */
    STREAM("<a b=\"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\"/>",
           "~<a b=\"" U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD U_FFFD "\"/>\n"),
};

static const struct transcript_row strictness[] = {
    STREAM("<GetPPUser uid=\"1\"/>", "<GetPPUser uid=\"1\"/>\n"),
    STREAM("<GetPPUser uid=\"1\" future=\"2\"/>\0<Ping/>", "!EINVALID at 19 /GetPPUser/@future\n<Ping/>\n"),
    STREAM("<GetPPUser future=\"\x01\" uid=\"x\"/>", "!EINVALID at 11 /GetPPUser/@future\n"),
    STREAM("<Future/>", "!EINVALID at 0 /Future\n"),
    STREAM("<a", "!EMALFORMED at 0\n"),
};

/* clang-format on */

static void messages_are_framed_by_a_nul(void **state)
{
    (void)state;
    check_transcripts(NULL, framing, COUNT(framing));
}

static void broken_messages_are_refused_and_the_next_one_is_read(void **state)
{
    (void)state;
    check_transcripts(NULL, broken, COUNT(broken));
    check_transcripts(NULL, types_of_documents, COUNT(types_of_documents));
}

static void only_utf8_is_read(void **state)
{
    (void)state;
    check_transcripts(NULL, encodings, COUNT(encodings));
}

static void forbidden_characters_are_replaced(void **state)
{
    (void)state;
    check_transcripts(NULL, mended, COUNT(mended));
}

static void what_is_unknown_is_kept_and_layout_is_not(void **state)
{
    (void)state;
    check_transcripts(NULL, kept, COUNT(kept));
}

static void each_limit_has_its_code(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_depth = 3, .max_attrs = 2, .max_elems = 4};
    check_transcripts(&options, limits, COUNT(limits));
}

static void the_length_limit_is_exact(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_message = 20};
    check_transcripts(&options, lengths, COUNT(lengths));
}

static void a_strict_parser_says_where(void **state)
{
    (void)state;
    struct axi_parser_options options = {.strict = true};
    check_transcripts(&options, strictness, COUNT(strictness));
}

/* --- streams of captures */

struct stream {
    char *bytes;
    size_t len;
    struct transcript expected;
};

static void add_to_stream(const char *name, const char *bytes, size_t len, void *arg)
{
    struct stream *stream = arg;
    struct axi_parser *parser = axi_parser_new(NULL);
    (void)name;
    stream->bytes = realloc(stream->bytes, stream->len + len + 1);
    memcpy(stream->bytes + stream->len, bytes, len + 1);
    stream->len += len + 1;
    transcript_message(&stream->expected, parse(parser, bytes));
    axi_parser_free(parser);
}

static void every_split_of_the_captures_gives_the_same_messages(void **state)
{
    (void)state;
    struct stream stream = {0};
    size_t count = for_files(SAMPLES, ".xml", add_to_stream, &stream);
    const size_t chunks[] = {1, 2, 3, 4, 5, 6, 7, 100, 1000, 4096, 0};
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < COUNT(chunks); i++) {
        char *got = transcript_of(parser, stream.bytes, stream.len, chunks[i]);
        assert_string_equal(got, stream.expected.text);
        free(got);
    }
    struct axi_parser_stats stats = axi_parser_stats(parser);
    assert_int_equal(stats.messages, COUNT(chunks) * count);
    assert_int_equal(stats.bytes, COUNT(chunks) * stream.len);
    assert_int_equal(stats.errors, 0);
    assert_int_equal(stats.repaired, 0);
    assert_int_equal(axi_parser_held(parser), 0);
    axi_parser_free(parser);
    free(stream.expected.text);
    free(stream.bytes);
}

/* --- what is held, counted and forgotten */

static void a_reset_forgets_the_half_message(void **state)
{
    (void)state;
    for (size_t half = 1; half <= 7; half++) {
        struct axi_parser *parser = axi_parser_new(NULL);
        struct axi_msg *msg;
        assert_int_equal(feed(parser, "<Open x=", half, &msg), AXI_OK);
        assert_null(msg);
        assert_int_equal(axi_parser_held(parser), half);
        axi_parser_reset(parser);
        assert_int_equal(axi_parser_held(parser), 0);
        assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
        assert_int_equal(feed(parser, "<a", 3, &msg), AXI_EMALFORMED);
        assert_int_equal(axi_parser_error(parser)->stream_offset,
                         half + 8 + axi_parser_error(parser)->offset);
        axi_parser_free(parser);
    }
}

static void messages_and_errors_are_counted(void **state)
{
    (void)state;
    static const char bytes[] = "<Ping/>\0<a\0<a b=\"\x01\"/>\0\0<Limits/>";
    for (size_t c = 0; c < TRANSCRIPT_CHUNKS; c++) {
        struct axi_parser *parser = axi_parser_new(NULL);
        free(transcript_of(parser, bytes, sizeof bytes, transcript_chunks[c]));
        struct axi_parser_stats stats = axi_parser_stats(parser);
        assert_int_equal(stats.messages, 3);
        assert_int_equal(stats.errors, 1);
        assert_int_equal(stats.repaired, 1);
        assert_int_equal(stats.bytes, sizeof bytes);
        axi_parser_free(parser);
    }
}

/* --- large messages: text that a function writes, read at every split */

static size_t put_depth(char *text, size_t room)
{
    size_t len = 0;
    for (int i = 0; i < 17; i++)
        len += (size_t)snprintf(text + len, room - len, "<a>");
    return len;
}

static size_t put_attrs(char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "<a");
    for (int i = 0; i < 1025; i++)
        len += (size_t)snprintf(text + len, room - len, " a%d=\"\"", i);
    return len + (size_t)snprintf(text + len, room - len, "/>");
}

static size_t put_elems(char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "<a>");
    for (int i = 0; i < 4096; i++)
        len += (size_t)snprintf(text + len, room - len, "<b/>");
    return len + (size_t)snprintf(text + len, room - len, "</a>");
}

/* Values of all sizes, so that expat's pools are passed in the middle of an element. */
static size_t put_values(char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "<a");
    for (int i = 0; i < 1000; i++)
        len += (size_t)snprintf(text + len, room - len, " a%d=\"%0*d\"", i, i % 700 + 4, i);
    return len + (size_t)snprintf(text + len, room - len, "/>");
}

/* Known and unknown names between each other, values likewise. */
static size_t put_mixture(char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "<a>");
    for (int n = 0; n < 3; n++) {
        len += (size_t)snprintf(text + len, room - len, "<b");
        for (int i = 1; i < 300; i++)
            len += (size_t)snprintf(text + len, room - len,
                                    i % 7 == n ? " x%s=\"%0*d\"" : " %s=\"%0*d\"",
                                    axi_attr_name((enum axi_attr)i), i % 90 + 4, i);
        len += (size_t)snprintf(text + len, room - len, "/>");
    }
    return len + (size_t)snprintf(text + len, room - len, "</a>");
}

static void large_messages_are_read_whole_or_refused(void **state)
{
    (void)state;
    static const struct {
        size_t (*put)(char *text, size_t room);
        const char *expected; /* NULL: the text itself */
    } rows[] = {{put_depth, "!EDEPTH at 48\n"},
                {put_attrs, "!EATTRS at 0\n"},
                {put_elems, "!ENODES at 16383\n"},
                {put_values, NULL},
                {put_mixture, NULL}};
    size_t room = 1 << 20;
    char *text = malloc(room);
    struct axi_parser *parser = axi_parser_new(NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = rows[i].put(text, room);
        for (size_t c = 0; c < TRANSCRIPT_CHUNKS; c++) {
            char *got = transcript_of(parser, text, len + 1, transcript_chunks[c]);
            if (rows[i].expected != NULL) {
                assert_string_equal(got, rows[i].expected);
            } else {
                assert_int_equal(strlen(got), len + 1);
                assert_memory_equal(got, text, len);
            }
            free(got);
        }
    }
    axi_parser_free(parser);
    free(text);
}

/* A limit beyond what expat can count is lowered to that. */
static void the_largest_limit_is_what_expat_counts(void **state)
{
    (void)state;
    struct axi_parser_options options = {.max_message = SIZE_MAX};
    struct axi_parser *parser = axi_parser_new(&options);
    assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
    axi_parser_free(parser);
}

/* --- memory that a stranger can take */

static void check_flood(size_t piece, size_t total)
{
    struct counting counting = {0};
    struct axi_parser_options options = {.alloc = counting_hook(&counting)};
    struct axi_parser *parser = axi_parser_new(&options);
    size_t idle = counting.bytes, errors = 0;
    char *block = malloc(piece);
    struct axi_msg *msg;
    memset(block, 'x', piece);
    assert_int_equal(feed(parser, "<a b=\"", 6, &msg), AXI_OK);
    for (size_t at = 0; at < total; at += piece) {
        errors += feed(parser, block, piece, &msg) != AXI_OK;
        assert_null(msg);
        /* The buffer doubles by copying: at the last step the old and the new one exist. */
        assert_true(counting.bytes <= idle + (2u << 20));
    }
    assert_int_equal(errors, 1);
    assert_int_equal(axi_parser_error(parser)->code, AXI_ETOOLONG);
    assert_int_equal(axi_parser_held(parser), 0);
    assert_true(counting.peak < idle + (2u << 20));
    assert_true(counting.bytes <= idle);
    assert_int_equal(feed(parser, "\"/>", 4, &msg), AXI_OK);
    assert_null(msg);
    assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
    axi_parser_free(parser);
    assert_int_equal(counting.live, 0);
    free(block);
}

static void an_endless_message_takes_no_memory(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= 7; piece++)
        check_flood(piece, 3 << 20);
    check_flood(1 << 16, 100 << 20);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_framed_by_a_nul),
        cmocka_unit_test(broken_messages_are_refused_and_the_next_one_is_read),
        cmocka_unit_test(only_utf8_is_read),
        cmocka_unit_test(forbidden_characters_are_replaced),
        cmocka_unit_test(what_is_unknown_is_kept_and_layout_is_not),
        cmocka_unit_test(each_limit_has_its_code),
        cmocka_unit_test(the_length_limit_is_exact),
        cmocka_unit_test(a_strict_parser_says_where),
        cmocka_unit_test(every_split_of_the_captures_gives_the_same_messages),
        cmocka_unit_test(a_reset_forgets_the_half_message),
        cmocka_unit_test(messages_and_errors_are_counted),
        cmocka_unit_test(large_messages_are_read_whole_or_refused),
        cmocka_unit_test(the_largest_limit_is_what_expat_counts),
        cmocka_unit_test(an_endless_message_takes_no_memory),
        cmocka_unit_test(text_in_thousands_of_pieces_stays_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
