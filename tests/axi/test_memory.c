/*
 * Memory: all of it goes through the hook, expat's too.
 *
 * Every single allocation fails once and for good: the code is AXI_ENOMEM or the object NULL, nothing leaks, and
 * the same objects work again when there is memory. Objects in use take nothing from the hook any more. A message
 * that is held is small, and what an unusual one took is given back.
 */
#include "axi/support.h"

#include "heap.h"
#include "tree.h"

/* --- everything fails */

struct objects {
    struct axi_parser *parser, *strict;
    struct axi_msg *msg, *answer;
    struct axi_calls *calls;
    struct axi_buf buf;
};

/* True when all is there. */
static bool make_objects(struct objects *o, const struct axi_alloc *hook)
{
    struct axi_parser_options options = {.alloc = *hook}, strict = {.alloc = *hook, .strict = true};
    memset(o, 0, sizeof *o);
    o->parser = axi_parser_new(&options);
    o->strict = axi_parser_new(&strict);
    o->msg = axi_msg_new(hook);
    o->answer = axi_msg_new(hook);
    o->calls = axi_calls_new(hook, 4);
    o->buf.alloc = *hook;
    return o->parser != NULL && o->strict != NULL && o->msg != NULL && o->answer != NULL &&
           o->calls != NULL;
}

static void free_objects(struct objects *o)
{
    axi_buf_done(&o->buf);
    axi_calls_free(o->calls);
    axi_msg_free(o->answer);
    axi_msg_free(o->msg);
    axi_parser_free(o->strict);
    axi_parser_free(o->parser);
}

/* True for success; anything else must be for want of memory. */
static bool went_well(int rc)
{
    assert_true(rc == AXI_OK || rc == AXI_ENOMEM);
    return rc == AXI_OK;
}

static int encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                   char *ret_text, size_t max, size_t *ret_len)
{
    (void)user, (void)key;
    assert_true(plain.len <= max);
    memcpy(ret_text, plain.ptr, plain.len);
    *ret_len = plain.len;
    return AXI_OK;
}

static int decrypt(void *user, struct axi_str text, char *ret_plain, size_t max, size_t *ret_len)
{
    return encrypt(user, NULL, text, ret_plain, max, ret_len);
}

static bool build(struct objects *o, const struct axi_msg *got)
{
    static const int64_t numbers[] = {1, 2, 3};
    const struct axi_secret_ops ops = {.encrypt = encrypt, .decrypt = decrypt};
    struct axi_public_key key = {{NULL, 0}, {NULL, 0}};
    struct axi_elem *root = axi_msg_start_named(o->msg, str("GetPPUser"));
    struct axi_finding findings[4];
    char plain[16];
    size_t len;
    axi_add_copy(axi_add_child(root, "made"), axi_msg_root(got));
    for (int i = 0; i < 40; i++)
        axi_set_int(root, (enum axi_attr)(i + 1), i);
    axi_set_named(root, str("own"), str("value"));
    axi_set_text(root, str("text"));
    axi_set_int_list(root, AXI_A_id, numbers, 3);
    axi_set_hex(root, AXI_A_park, "\x01\x02", 2);
    if (!went_well(axi_set_secret(root, AXI_A_sipPw, str("secret"), &key, &ops)))
        return false;
    assert_int_equal(axi_get_secret(root, AXI_A_sipPw, &ops, plain, sizeof plain, &len), AXI_OK);
    assert_true(axi_check(o->msg, str(""), findings, 4) > 0);
    return went_well(axi_msg_error(o->msg));
}

/* Ask what was built, answer what was got, write both. */
static bool converse(struct objects *o, const struct axi_msg *got)
{
    if (!build(o, got))
        return false;
    struct axi_call call;
    axi_calls_clear(o->calls);
    if (!went_well(axi_calls_begin(o->calls, o->msg, 0, 0)))
        return false;
    axi_answer_start(o->answer, o->msg);
    if (!went_well(axi_msg_error(o->answer)))
        return false;
    assert_int_equal(axi_calls_match(o->calls, o->answer, &call), AXI_OK);
    size_t before = o->buf.len;
    if (!went_well(axi_encode(o->msg, AXI_ENCODE_REDACT, &o->buf))) {
        assert_int_equal(o->buf.len, before);
        return false;
    }
    axi_answer_too_long(o->answer, got, "name", 20);
    return went_well(axi_msg_error(o->answer)) && went_well(axi_encode(o->answer, 0, &o->buf));
}

/* One message in pieces, one that is mended, one with an XML declaration and a byte order mark. */
static bool decode(struct objects *o)
{
    static const char bytes[] =
        "<GetPPUserResp seq=\"1\" u=\"2\"><user uid=\"1\" new=\"x\"/><other "
        "a=\"1\">text<b/>more</other></GetPPUserResp>\0<a b=\"\x01\"/>\0\xEF\xBB\xBF<?xml "
        "version=\"1.0\" encoding=\"utf-8\"?><?pi pi?><Ping/>";
    static const size_t ends[] = {1, 20, 70, sizeof bytes};
    bool good = true;
    const char *data = bytes;
    for (size_t piece = 0; piece < sizeof ends / sizeof ends[0]; piece++) {
        size_t len = ends[piece] - (size_t)(data - bytes);
        while (len > 0) {
            struct axi_msg *got;
            int rc = axi_parser_next(o->parser, &data, &len, &got);
            good = went_well(rc) && good;
            assert_true(rc == AXI_OK || axi_parser_error(o->parser)->code == AXI_ENOMEM);
            if (got != NULL)
                good = converse(o, got) && good;
        }
    }
    return good;
}

static bool decode_strictly(struct objects *o)
{
    static const struct {
        const char *text;
        int code;
    } rows[] = {{"<GetPPUser uid=\"1\" maxRecords=\"20\"/>", AXI_OK},
                {"<GetPPUser uid=\"one\"/>", AXI_EINVALID},
                {"<GetPPUser future=\"\x01\"/>", AXI_EINVALID}};
    bool good = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct axi_msg *got;
        int rc = feed(o->strict, rows[i].text, strlen(rows[i].text) + 1, &got);
        assert_true(rc == rows[i].code || rc == AXI_ENOMEM);
        good = good && rc == rows[i].code;
    }
    return good;
}

static bool scenario(struct objects *o)
{
    bool good = decode(o);
    return decode_strictly(o) && good;
}

/* True when the allocation that is to fail came, and then something did not go well. */
static bool run(struct counting *counting)
{
    size_t fail_at = counting->fail_at;
    struct axi_alloc hook = counting_hook(counting);
    struct objects o;
    bool made = make_objects(&o, &hook), good = made && scenario(&o);
    bool failed = counting->calls >= fail_at;
    assert_true(failed == !good);
    counting->fail_at = 0;
    if (made)
        assert_true(scenario(&o));
    free_objects(&o);
    assert_int_equal(counting->live, 0);
    assert_int_equal(counting->bytes, 0);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int for_good = 0; for_good < 2; for_good++) {
        size_t n = 1;
        for (;; n++) {
            struct counting counting = {.fail_at = n, .for_good = for_good == 1};
            if (!run(&counting))
                break;
            assert_true(n < 5000);
        }
        /* Both parsers' expat alone takes dozens. */
        assert_true(n > 60);
    }
}

/* Failures in the middle of much use, where what was kept is in use again: every tenth, from any place on. */
static void every_allocation_may_fail_later_too(void **state)
{
    (void)state;
    for (size_t first = 1; first <= 10; first++) {
        struct counting counting = {0};
        struct axi_alloc hook = counting_hook(&counting);
        struct objects o;
        assert_true(make_objects(&o, &hook));
        for (size_t round = 0; round < 40; round++) {
            counting.fail_at = counting.calls + first + 10 * (round % 4);
            counting.for_good = round % 2 == 1;
            scenario(&o);
            axi_msg_free(o.msg); /* and anew, so that there is something to fail */
            o.msg = NULL;
            axi_buf_done(&o.buf);
            counting.fail_at = 0;
            assert_true((o.msg = axi_msg_new(&hook)) != NULL);
        }
        assert_true(scenario(&o));
        free_objects(&o);
        assert_int_equal(counting.live, 0);
    }
}

/* A message lies in blocks. What is put in front of it moves the end of a block through all that is built or read, so
 * that each piece is once the one for which there is no block. */
static bool build_behind(struct objects *o, const char *filling, size_t len)
{
    static const int64_t numbers[] = {1, 2, 3};
    struct axi_elem *root = axi_msg_start_named(o->msg, str("Unheard"));
    struct axi_str fill = {filling, len};
    axi_set_text(root, fill);
    struct axi_elem *child = axi_add_child(root, "made");
    axi_set_named(child, str("own"), str("value"));
    axi_set_cstr(child, AXI_A_uid, "1");
    axi_set_int_list(child, AXI_A_id, numbers, 3);
    axi_set_hex(child, AXI_A_park, numbers, sizeof numbers);
    axi_set_text(axi_add_child(child, "text"), str("text"));
    if (went_well(axi_msg_error(o->msg))) {
        axi_add_copy(root, child);
        axi_add_copy(root, root);
    }
    if (!went_well(axi_msg_error(o->msg)))
        return false;
    o->buf.len = 0;
    if (!went_well(axi_encode(o->msg, 0, &o->buf)))
        return false;
    axi_msg_start_named(o->answer, fill);
    axi_answer_start(o->answer, o->msg);
    return went_well(axi_msg_error(o->answer));
}

static bool read_behind(struct objects *o, const char *filling, size_t len)
{
    static const char behind[] = "\"><user uid=\"1\" new=\"x\" name=\"&lt;\"/><user uid=\"2\"/><x "
                                 "y=\"1\">text<z/>more</x></GetPPUserResp>";
    static const char before[] = "<GetPPUserResp name=\"";
    char text[4096];
    struct axi_msg *got;
    memcpy(text, before, sizeof before - 1);
    memcpy(text + sizeof before - 1, filling, len);
    memcpy(text + sizeof before - 1 + len, behind, sizeof behind);
    return went_well(feed(o->parser, text, sizeof before - 1 + len + sizeof behind, &got));
}

static void a_block_may_end_anywhere(void **state)
{
    (void)state;
    static char filling[2200];
    memset(filling, 'x', sizeof filling);
    for (size_t len = 900; len < sizeof filling; len += 4) {
        bool failed = true;
        for (size_t n = 1; failed; n++) {
            struct counting counting = {0};
            struct axi_alloc hook = counting_hook(&counting);
            struct objects o;
            assert_true(make_objects(&o, &hook));
            counting.fail_at = counting.calls + n;
            bool good = build_behind(&o, filling, len);
            good = read_behind(&o, filling, len) && good;
            failed = counting.calls >= counting.fail_at;
            assert_true(failed || good);
            counting.fail_at = 0;
            assert_true(build_behind(&o, filling, len) && read_behind(&o, filling, len));
            free_objects(&o);
            assert_int_equal(counting.live, 0);
            assert_true(n < 200);
        }
    }
}

/* The same for the buffer of an encoder: it is full at each byte of the message. */
static void a_buffer_may_end_anywhere(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_alloc hook = counting_hook(&counting);
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg =
        parse(parser, "<a b=\"&lt;&amp;\" uid=\"12\"><c/><d>text &gt; text</d><e><f/></e></a>");
    struct axi_buf whole = {0};
    assert_int_equal(axi_encode(msg, 0, &whole), AXI_OK);
    for (size_t cap = 0; cap < whole.len; cap++) {
        struct axi_buf buf = {.alloc = hook};
        if (cap > 0)
            buf.ptr = counting_realloc(&counting, NULL, cap);
        buf.cap = cap;
        counting.fail_at = counting.calls + 1;
        assert_int_equal(axi_encode(msg, 0, &buf), AXI_ENOMEM);
        assert_int_equal(buf.len, 0);
        counting.fail_at = 0;
        assert_int_equal(axi_encode(msg, 0, &buf), AXI_OK);
        assert_memory_equal(buf.ptr, whole.ptr, whole.len);
        axi_buf_done(&buf);
    }
    assert_int_equal(counting.live, 0);
    axi_buf_done(&whole);
    axi_parser_free(parser);
}

/* A message that comes in pieces and fills the limit: its buffer grows to exactly that. */
static void the_buffer_of_a_half_message_may_fail(void **state)
{
    (void)state;
    static char message[3000];
    memset(message, ' ', sizeof message);
    memcpy(message, "<Ping/>", 7);
    message[sizeof message - 1] = '\0';
    for (size_t n = 1; n < 12; n++) {
        struct counting counting = {0};
        struct axi_parser_options options = {.alloc = counting_hook(&counting),
                                             .max_message = 3000};
        struct axi_parser *parser = axi_parser_new(&options);
        counting.fail_at = counting.calls + n;
        size_t errors = 0, messages = 0;
        for (size_t at = 0; at < sizeof message; at += 500) {
            struct axi_msg *msg;
            errors += feed(parser, message + at, 500, &msg) != AXI_OK;
            messages += msg != NULL;
        }
        assert_int_equal(errors + messages, 1);
        assert_int_equal(axi_parser_held(parser), 0);
        parse(parser, "<Ping/>");
        axi_parser_free(parser);
        assert_int_equal(counting.live, 0);
    }
}

static void what_no_memory_can_hold_is_refused(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_alloc hook = counting_hook(&counting);
    struct axi__heap heap;
    assert_null(axi_calls_new(&hook, SIZE_MAX / 8));
    axi__heap_init(&heap, &hook);
    struct axi__heap *before = axi__heap_enter(&heap);
    assert_null(axi__heap_malloc(SIZE_MAX / 2));
    void *block = axi__heap_malloc(0);
    assert_non_null(block);
    assert_null(axi__heap_realloc(block, SIZE_MAX / 2));
    block = axi__heap_realloc(block, 1000);
    memset(block, 1, 1000);
    block = axi__heap_realloc(block, 100000);
    assert_int_equal(((char *)block)[999], 1);
    counting.fail_at = counting.calls + 1;
    assert_null(axi__heap_realloc(block, 200000));
    counting.fail_at = counting.calls + 1;
    assert_null(axi__heap_realloc(block, 100));
    block = axi__heap_realloc(block, 10);
    assert_int_equal(((char *)block)[9], 1);
    block = axi__heap_realloc(block, 9);
    axi__heap_free(block);
    axi__heap_free(NULL);
    axi__heap_leave(before);
    axi__heap_done(&heap);
    assert_int_equal(heap.total, 0);
    assert_int_equal(counting.live, 0);
}

/* --- no allocation in use */

/* Text of an answer with `count` users of all attributes, with names that are not ASCII and characters
 * that are escaped. */
static void build_page(struct axi_msg *msg, unsigned count)
{
    struct axi_elem *root = axi_msg_start(msg, AXI_T_GetPPUserResp);
    struct axi_field field;
    axi_set_int(root, AXI_A_seq, 17);
    for (unsigned u = 1; u <= count; u++) {
        struct axi_elem *user = axi_add_child(root, "user");
        for (size_t i = 0; axi_type_field_at(AXI_T_PPUserType, i, &field); i++) {
            enum axi_value value = axi_enum_at(field.of, 0);
            if (value != AXI_V_NOTHING)
                axi_set_enum(user, field.attr, value);
            else if (field.form == AXI_STR)
                axi_set_cstr(user, field.attr, "J\xC3\xBCrgen & <S\xC3\xB6hne>");
            else if (field.form == AXI_HEX)
                axi_set_hex(user, field.attr, &u, sizeof u);
            else
                axi_set_int(user, field.attr, field.form == AXI_BOOL ? u & 1 : u);
        }
    }
    assert_int_equal(axi_msg_error(msg), AXI_OK);
}

/* Decodes the bytes in pieces; encodes, copies and encodes again what comes out, if `msg` is given. */
static void use(struct axi_parser *parser, const struct axi_buf *bytes, size_t piece,
                struct axi_msg *msg, struct axi_buf *out)
{
    for (size_t at = 0; at < bytes->len; at += piece) {
        const char *data = bytes->ptr + at;
        size_t len = bytes->len - at < piece ? bytes->len - at : piece;
        while (len > 0) {
            struct axi_msg *got;
            assert_int_equal(axi_parser_next(parser, &data, &len, &got), AXI_OK);
            if (got == NULL || msg == NULL)
                continue;
            out->len = 0;
            assert_int_equal(axi_encode(got, 0, out), AXI_OK);
            assert_true(axi_msg_repaired(got) ||
                        (out->len == bytes->len && memcmp(out->ptr, bytes->ptr, out->len) == 0));
            axi_add_copy(axi_msg_start(msg, AXI_T_SetPP), axi_msg_root(got));
            out->len = 0;
            assert_int_equal(axi_encode(msg, AXI_ENCODE_REDACT, out), AXI_OK);
        }
    }
}

static void settles(struct counting *counting, const struct axi_buf *bytes, bool strict)
{
    static const size_t pieces[] = {7, 1000, 16384, 1 << 20};
    struct axi_alloc hook = counting_hook(counting);
    struct axi_parser_options options = {.alloc = hook, .strict = strict};
    struct axi_parser *parser = axi_parser_new(&options);
    struct axi_msg *msg = axi_msg_new(&hook);
    struct axi_buf out = {.alloc = hook};
    size_t settled = 0;
    for (int round = 0; round < 6; round++) {
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
            use(parser, bytes, pieces[i], msg, &out);
        if (round == 1)
            settled = counting->calls;
    }
    assert_int_equal(counting->calls, settled);
    axi_buf_done(&out);
    axi_msg_free(msg);
    axi_parser_free(parser);
    assert_int_equal(counting->live, 0);
}

static void objects_in_use_take_nothing(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_buf page = {0}, mended = {0};
    build_page(msg, 20);
    assert_int_equal(axi_encode(msg, 0, &page), AXI_OK);
    assert_true(page.len > 20000);
    settles(&counting, &page, false);
    /* Names that the catalogue has not, and texts. */
    struct axi_elem *root = axi_msg_start_named(msg, str("Future"));
    for (int i = 0; i < 100; i++) {
        struct axi_elem *child = axi_add_child(root, i % 2 == 0 ? "even" : "odd");
        axi_set_named(child, str("unheard"), str("of"));
        axi_set_text(child, str("text & text"));
    }
    page.len = 0;
    assert_int_equal(axi_encode(msg, 0, &page), AXI_OK);
    settles(&counting, &page, false);
    /* Characters that have to be mended. */
    static const char broken[] = "<PutFile data=\"a\x01z\" seq=\"1\"/>";
    mended.ptr = malloc(sizeof broken);
    mended.len = mended.cap = sizeof broken;
    memcpy(mended.ptr, broken, sizeof broken);
    settles(&counting, &mended, false);
    /* A strict parser. */
    static const char request[] = "<GetPPUser uid=\"1\" maxRecords=\"20\"/>";
    axi_buf_done(&mended);
    mended.ptr = malloc(sizeof request);
    mended.len = mended.cap = sizeof request;
    memcpy(mended.ptr, request, sizeof request);
    settles(&counting, &mended, true);
    axi_buf_done(&mended);
    axi_buf_done(&page);
    axi_msg_free(msg);
}

/* --- how much is held */

/* A device and its user with all their attributes, 3 KB as text. */
static void build_pair(struct axi_msg *msg, size_t value_len)
{
    static const enum axi_type types[] = {AXI_T_PPDevType, AXI_T_PPUserType};
    static const char text[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
    struct axi_elem *root = axi_msg_start(msg, AXI_T_SetPPResp);
    struct axi_field field;
    for (int i = 0; i < 2; i++) {
        struct axi_elem *elem = axi_add_child(root, i == 0 ? "pp" : "user");
        for (size_t n = 0; axi_type_field_at(types[i], n, &field); n++) {
            struct axi_str value = {text, value_len};
            axi_set_str(elem, field.attr, value);
        }
    }
}

static void a_message_of_3_kilobytes_takes_less_than_8(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_alloc hook = counting_hook(&counting);
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_buf bytes = {0};
    struct axi_msg *built = axi_msg_new(NULL), *got;
    for (size_t value_len = 0; bytes.len < 3000; value_len++) {
        bytes.len = 0;
        build_pair(built, value_len);
        assert_int_equal(axi_encode(built, 0, &bytes), AXI_OK);
    }
    for (int round = 0; round < 3; round++) {
        assert_int_equal(feed(parser, bytes.ptr, bytes.len, &got), AXI_OK);
        size_t held = sizeof *got + got->arena.total;
        struct axi_msg *copy = axi_msg_new(&hook);
        axi_add_copy(axi_msg_start(copy, AXI_T_SetPPResp), axi_msg_root(got));
        if (round == 0)
            print_message("%zu bytes, %zu attributes: %zu held by the parser, %zu as a copy\n",
                          bytes.len,
                          axi_attr_count(axi_first_child(axi_msg_root(got), "pp")) +
                              axi_attr_count(axi_first_child(axi_msg_root(got), "user")),
                          held, counting.bytes);
        assert_true(held < 8000);
        assert_true(counting.bytes < 8000);
        axi_msg_free(copy);
    }
    assert_int_equal(counting.live, 0);
    axi_msg_free(built);
    axi_buf_done(&bytes);
    axi_parser_free(parser);
}

static void what_an_unusual_message_took_is_given_back(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_parser_options options = {.alloc = counting_hook(&counting)};
    struct axi_parser *parser = axi_parser_new(&options);
    size_t room = 1 << 20, len = 0;
    char *text = malloc(room);
    parse(parser, "<Ping/>");
    size_t usual = counting.bytes;
    len += (size_t)snprintf(text, room, "<a z='.'>");
    for (int i = 0; i < 4000; i++)
        len +=
            (size_t)snprintf(text + len, room - len, "<b%d c%d=\"\" d%d=\"%050d\"/>", i, i, i, i);
    snprintf(text + len, room - len, "</a>");
    for (int round = 0; round < 6; round++) {
        text[6] = round % 2 == 0 ? '.' : '\x01'; /* half of them are to be mended */
        parse(parser, text);
        assert_true(counting.bytes > usual + (128 << 10));
        parse(parser, "<Ping/>");
        parse(parser, "<Ping/>");
        assert_true(counting.bytes < usual + (16 << 10));
    }
    /* What expat is made anew of may be missing then. */
    parse(parser, text);
    struct axi_msg *msg;
    counting.fail_at = counting.calls + 1;
    assert_int_equal(feed(parser, "<Ping/>", 8, &msg), AXI_ENOMEM);
    parse(parser, "<Ping/>");
    axi_parser_free(parser);
    assert_int_equal(counting.live, 0);
    free(text);
}

/* --- parsers inside each other's hooks */

struct nested {
    struct counting counting;
    struct axi_parser *other;
    unsigned depth, used;
};

static void *nested_realloc(void *user, void *ptr, size_t size)
{
    struct nested *nested = user;
    if (nested->other != NULL && nested->depth == 0) {
        nested->depth++;
        nested->used++;
        assert_int_equal(axi_msg_type(parse(nested->other, "<Ping seq=\"1\"/>")), AXI_T_Ping);
        nested->depth--;
    }
    return counting_realloc(&nested->counting, ptr, size);
}

static void nested_free(void *user, void *ptr)
{
    counting_free(&((struct nested *)user)->counting, ptr);
}

static void a_hook_may_use_another_parser(void **state)
{
    (void)state;
    struct counting other = {0};
    struct nested nested = {{0}, NULL, 0, 0};
    struct axi_parser_options inner = {.alloc = counting_hook(&other)};
    struct axi_parser_options outer = {.alloc = {&nested, nested_realloc, nested_free}};
    nested.other = axi_parser_new(&inner);
    struct axi_parser *parser = axi_parser_new(&outer);
    parse(parser, "<GetPPUserResp><user uid=\"1\" future=\"2\"/></GetPPUserResp>");
    assert_true(nested.used > 10);
    axi_parser_free(parser);
    assert_int_equal(nested.counting.live, 0);
    axi_parser_free(nested.other);
    assert_int_equal(other.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_later_too),
        cmocka_unit_test(a_block_may_end_anywhere),
        cmocka_unit_test(a_buffer_may_end_anywhere),
        cmocka_unit_test(the_buffer_of_a_half_message_may_fail),
        cmocka_unit_test(what_no_memory_can_hold_is_refused),
        cmocka_unit_test(objects_in_use_take_nothing),
        cmocka_unit_test(a_message_of_3_kilobytes_takes_less_than_8),
        cmocka_unit_test(what_an_unusual_message_took_is_given_back),
        cmocka_unit_test(a_hook_may_use_another_parser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
