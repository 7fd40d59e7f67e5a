/*
 * Running out of memory at every single allocation, once and for good: the code is AXI_ENOMEM or
 * the object NULL, nothing leaks, and the same objects work again when there is memory. expat's own
 * allocations do not go through the hook and are not part of this.
 */
#include "axi/support.h"

/* Decode (one message in pieces, one that is mended), build, copy, call, answer, encode. True when
 * all went well; anything else must be for want of memory. */
static bool scenario(struct axi_parser *parser, struct axi_msg *msg, struct axi_calls *calls,
                     struct axi_buf *buf)
{
    static const char bytes[] =
        "<GetPPUserResp seq=\"1\" u=\"2\"><user uid=\"1\" new=\"x\"/><other "
        "a=\"1\">text<b/>more</other></GetPPUserResp>\0<a b=\"\x01\"/>";
    bool good = true;
    const size_t half = 20;
    for (int piece = 0; piece < 2; piece++) {
        const char *data = piece == 0 ? bytes : bytes + half;
        size_t len = piece == 0 ? half : sizeof bytes - half;
        do {
            struct axi_msg *got;
            int rc = axi_parser_next(parser, &data, &len, &got);
            assert_true(rc == AXI_OK || rc == AXI_ENOMEM);
            assert_true(rc == AXI_OK || axi_parser_error(parser)->code == AXI_ENOMEM);
            good = good && rc == AXI_OK;
            if (got == NULL)
                continue;
            struct axi_elem *root = axi_msg_start_named(msg, str("GetPPUser"));
            axi_add_copy(axi_add_child(root, "made"), axi_msg_root(got));
            for (int i = 0; i < 40; i++)
                axi_set_int(root, (enum axi_attr)(i + 1), i);
            axi_set_named(root, str("own"), str("value"));
            axi_set_text(root, str("text"));
            axi_calls_clear(calls);
            int begun = axi_calls_begin(calls, msg, 0, 0);
            size_t before = buf->len;
            int written = begun == AXI_OK ? axi_encode(msg, 0, buf) : begun;
            assert_true(written == AXI_OK || written == AXI_ENOMEM);
            assert_true(written == AXI_OK || buf->len == before);
            good = good && written == AXI_OK;
            axi_answer_error(msg, got, AXI_V_EFailed, "b", "i");
            assert_true(axi_msg_error(msg) == AXI_OK || axi_msg_error(msg) == AXI_ENOMEM);
            good = good && axi_msg_error(msg) == AXI_OK;
        } while (len > 0);
    }
    return good;
}

/* True when no allocation failed. */
static bool run(struct counting *counting)
{
    struct axi_alloc hook = counting_hook(counting);
    struct axi_parser_options options = {.alloc = hook};
    struct axi_buf buf = {.alloc = hook};
    struct axi_parser *parser = axi_parser_new(&options);
    struct axi_msg *msg = axi_msg_new(&hook);
    struct axi_calls *calls = axi_calls_new(&hook, 4);
    bool good = parser != NULL && msg != NULL && calls != NULL;
    if (good)
        good = scenario(parser, msg, calls, &buf);
    if (parser != NULL && msg != NULL && calls != NULL) {
        counting->fail_at = 0;
        assert_true(scenario(parser, msg, calls, &buf));
    }
    axi_buf_done(&buf);
    axi_calls_free(calls);
    axi_msg_free(msg);
    axi_parser_free(parser);
    assert_int_equal(counting->live, 0);
    assert_int_equal(counting->bytes, 0);
    return good;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int for_good = 0; for_good < 2; for_good++) {
        size_t n = 1;
        for (;; n++) {
            struct counting counting = {.fail_at = n, .for_good = for_good == 1};
            if (run(&counting))
                break;
            assert_true(n < 1000);
        }
        assert_true(n > 10);
    }
}

static void used_objects_settle_to_no_allocations(void **state)
{
    (void)state;
    struct counting counting = {0};
    struct axi_alloc hook = counting_hook(&counting);
    struct axi_parser_options options = {.alloc = hook};
    struct axi_parser *parser = axi_parser_new(&options);
    struct axi_msg *msg = axi_msg_new(&hook);
    size_t room = 64 << 10, len = 0;
    char *text = malloc(room);
    len += (size_t)snprintf(text, room, "<GetPPUserResp>");
    for (int i = 0; i < 500; i++)
        len +=
            (size_t)snprintf(text + len, room - len, "<user uid=\"%d\" name=\"User %d\"/>", i, i);
    snprintf(text + len, room - len, "</GetPPUserResp>");
    size_t settled = 0;
    for (int i = 0; i < 10; i++) {
        struct axi_msg *got = parse(parser, text);
        struct axi_elem *root = axi_msg_start(msg, AXI_T_SetPP);
        axi_add_copy(root, axi_msg_root(got));
        assert_int_equal(axi_msg_error(msg), AXI_OK);
        if (i == 1)
            settled = counting.calls;
    }
    assert_int_equal(counting.calls, settled);
    axi_msg_free(msg);
    axi_parser_free(parser);
    free(text);
    assert_int_equal(counting.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(used_objects_settle_to_no_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
