/*
 * Proves the files of a client: every size around the borders of blocks both ways, refusals in the middle, blocks that
 * are missing or are no base64, answers that bring no data, and one file at a time.
 */
#include "axi/client_rig.h"

static char bytes[1600];

static void fill(void)
{
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31 + i / 256 * 7);
}

static struct axi_str first_bytes(size_t len)
{
    struct axi_str data = {bytes, len};
    return data;
}

static int put(struct rig *r, struct axi_str data, uint64_t tag)
{
    return axi_client_put_file(r->c, str(":license"), data, tag, r->now);
}

static int get(struct rig *r, uint64_t tag)
{
    return axi_client_get_file(r->c, str(":license"), tag, r->now);
}

/* --- word by word */

static void blocks_follow_answers(struct rig *r)
{
    char copy[502];
    memset(copy, 'a', sizeof copy);
    open_session(r);
    struct axi_str data = {copy, sizeof copy};
    assert_int_equal(put(r, data, 3), AXI_OK);
    assert_int_equal(put(r, data, 4), AXI_ESTATE);
    assert_int_equal(get(r, 4), AXI_ESTATE);
    memset(copy, 'b', sizeof copy); /* it was copied */
    const char *sent = take_sent(r);
    assert_memory_equal(sent, "<PutFile name=\":license\" offset=\"0\" data=\"YWFhYWFh", 50);
    assert_non_null(strstr(sent, "YWE=\" seq=\"2\"/>\n"));
    say(r, "<PutFileResp seq=\"2\"/>");
    expect_sent(r, "<PutFile name=\":license\" offset=\"500\" data=\"YWE=\" seq=\"3\"/>\n");
    say(r, "<EventPPCnf/>");
    say(r, "<PutFileResp seq=\"3\"/>");
    expect_events(r, "NOTICE EventPPCnf\n");
    expect_sent(r, "<PutFile name=\":license\" offset=\"502\" data=\"\" eof=\"1\" seq=\"4\"/>\n");
    say(r, "<PutFileResp seq=\"4\"/>");
    expect_events(r, "FILE_SENT PutFile #3\n");
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(put(r, str(""), 5), AXI_OK);
    expect_sent(r, "<PutFile name=\":license\" offset=\"0\" data=\"\" eof=\"1\" seq=\"5\"/>\n");
    say(r, "<PutFileResp seq=\"5\" errCode=\"ELicenseFile\"/>");
    expect_events(r, "FILE_SENT PutFile #5 ELicenseFile\n");
    assert_int_equal(get(r, 6), AXI_OK);
}

static void answers_bring_blocks(struct rig *r)
{
    open_session(r);
    assert_int_equal(get(r, 3), AXI_OK);
    expect_sent(r, "<GetFile name=\":license\" seq=\"2\"/>\n");
    say(r, "<GetFileResp seq=\"2\" name=\":license\" offset=\"0\" data=\"QUJD\"/>");
    expect_events(r, "FILE_DATA GetFile #3 0+3\n");
    assert_int_equal(axi_client_pending(r->c), 1);
    pass(r, 29999);
    say(r, "<GetFileResp seq=\"2\"/>"); /* nothing, but it goes on */
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms + 30000);
    pass(r, 29999);
    say(r, "<GetFileResp offset=\"3\" data=\"RA==\" eof=\"0\"/>");
    say(r, "<GetFileResp seq=\"2\" data=\"RUY=\" eof=\"true\"/>");
    expect_events(r, "FILE_DATA GetFile #3 3+1\nFILE_DATA GetFile #3 4+2\nFILE_END GetFile #3\n");
    say(r, "<GetFileResp seq=\"2\" offset=\"6\" data=\"RUY=\" eof=\"true\"/>");
    expect_events(r, "STRAY GetFileResp\n");
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_int_equal(get(r, 4), AXI_OK);
    say(r, "<GetFileResp offset=\"0\" data=\"\" eof=\"1\"/>");
    assert_int_equal(get(r, 5), AXI_OK);
    say(r, "<GetFileResp errCode=\"ENoEnt\"/>");
    assert_int_equal(get(r, 6), AXI_OK);
    say(r, "<GetFileResp offset=\"0\" data=\"QUJD\"/>");
    pass(r, 30000);
    expect_events(r, "FILE_END GetFile #4\nFILE_END GetFile #5 ENoEnt\n"
                     "FILE_DATA GetFile #6 0+3\nTIMED_OUT GetFile #6\n");
}

static void blocks_that_cannot_be_end_a_file(struct rig *r)
{
    static const char *const answers[] = {
        "offset=\"4\" data=\"QUJD\"",  "offset=\"0\" data=\"QUJD\"",
        "offset=\"-3\" data=\"QUJD\"", "offset=\"x\" data=\"QUJD\"",
        "offset=\"3\" data=\"QUJ!\"",  "offset=\"3\" data=\"QUJ\"",
        "offset=\"3\" data=\"Q\"",     "offset=\"3\" errCode=\"EFailed\""};
    open_session(r);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        char text[200];
        assert_int_equal(get(r, 3), AXI_OK);
        say(r, "<GetFileResp offset=\"0\" data=\"QUJD\"/>");
        snprintf(text, sizeof text, "<GetFileResp %s/>", answers[i]);
        say(r, text);
        expect_events(r, "FILE_DATA GetFile #3 0+3\nFILE_END GetFile #3 EFailed\n");
        say(r, "<GetFileResp offset=\"3\" data=\"QUJD\" eof=\"1\"/>");
        expect_events(r, "STRAY GetFileResp\n");
        assert_int_equal(axi_client_pending(r->c), 0);
    }
}

static void bad_names_begin_nothing(struct rig *r)
{
    struct axi_str none = {NULL, 0}, huge = {bytes, SIZE_MAX / 4};
    open_session(r);
    assert_int_equal(axi_client_put_file(r->c, none, str("x"), 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_put_file(r->c, str(""), str("x"), 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_put_file(r->c, str(":\xFF"), str("x"), 1, r->now), AXI_EUTF8);
    assert_int_equal(axi_client_put_file(r->c, str(":x"), huge, 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_get_file(r->c, none, 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_get_file(r->c, str(":\xFF"), 1, r->now), AXI_EUTF8);
    assert_int_equal(axi_client_pending(r->c), 0);
    expect_sent(r, "");
    assert_int_equal(put(r, none, 1), AXI_OK);
}

/* The last block is borrowed until the end is told: nothing may begin before. */
static void a_file_ends_when_its_end_was_told(struct rig *r)
{
    static const char answer[] = "<GetFileResp offset=\"0\" data=\"QUJD\" eof=\"1\"/>";
    const char *at = answer;
    size_t len = sizeof answer;
    struct axi_client_event event;
    open_session(r);
    assert_int_equal(get(r, 3), AXI_OK);
    assert_true(axi_client_next(r->c, r->now, &at, &len, &event));
    assert_int_equal(event.kind, AXI_CLIENT_FILE_DATA);
    assert_int_equal(axi_client_deadline(r->c), r->now.mono_ms);
    assert_int_equal(put(r, str("xyz"), 4), AXI_ESTATE);
    assert_str(event.data, "ABC");
    assert_true(axi_client_next(r->c, r->now, &at, &len, &event));
    assert_int_equal(event.kind, AXI_CLIENT_FILE_END);
    assert_int_equal(put(r, str("xyz"), 4), AXI_OK);
    assert_false(axi_client_next(r->c, r->now, &at, &len, &event));
}

static void files_word_by_word(void **state)
{
    (void)state;
    for_chunks(NULL, blocks_follow_answers);
    for_chunks(NULL, answers_bring_blocks);
    for_chunks(NULL, blocks_that_cannot_be_end_a_file);
    for_chunks(NULL, bad_names_begin_nothing);
    for_chunks(NULL, a_file_ends_when_its_end_was_told);
}

/* --- every size */

static void files_of_every_size_are_sent(void **state)
{
    (void)state;
    fill();
    struct rig r;
    rig_init(&r, NULL);
    open_session(&r);
    for (size_t len = 0; len <= 1501; len++) {
        r.omm.got_len = 0;
        assert_int_equal(put(&r, first_bytes(len), len + 1), AXI_OK);
        converse(&r);
        char expected[64];
        snprintf(expected, sizeof expected, "FILE_SENT PutFile #%zu\n", len + 1);
        expect_events(&r, expected);
        assert_int_equal(r.omm.got_len, len);
        if (len > 0)
            assert_memory_equal(r.omm.got, bytes, len);
    }
    rig_done(&r);
}

static void a_block_can_be_refused(void **state)
{
    (void)state;
    fill();
    for (int64_t block = 0; block <= 1000; block += 500) {
        struct rig r;
        rig_init(&r, NULL);
        r.omm.refuse_block = block;
        open_session(&r);
        assert_int_equal(put(&r, first_bytes(1000), 1), AXI_OK);
        converse(&r);
        expect_events(&r, "FILE_SENT PutFile #1 EInProgress\n");
        assert_int_equal(r.omm.got_len, block);
        r.omm.refuse_block = -1;
        r.omm.got_len = 0;
        assert_int_equal(put(&r, first_bytes(1000), 2), AXI_OK);
        converse(&r);
        expect_events(&r, "FILE_SENT PutFile #2\n");
        rig_done(&r);
    }
}

/* Offsets and lengths of the blocks are in the trace; their bytes are compared here. */
static void files_of_every_size_are_fetched(void **state)
{
    (void)state;
    fill();
    static const size_t blocks[] = {1500, 500, 7};
    struct rig r;
    rig_init(&r, NULL);
    open_session(&r);
    for (size_t len = 0; len <= 1501; len++)
        for (size_t i = len % 10 == 0 ? 0 : 1; i < (len < 60 ? 3 : 2); i++) {
            struct axi_client_event event;
            struct answers a = {.msg = axi_msg_new(NULL)};
            struct axi_msg *request = axi_msg_new(NULL);
            size_t got = 0;
            r.omm.file = bytes;
            r.omm.file_len = len;
            r.omm.file_block = blocks[i];
            assert_int_equal(get(&r, 9), AXI_OK);
            (void)take_sent(&r);
            axi_msg_start(request, AXI_T_GetFile);
            send_file(&r, &a, request);
            const char *at = a.bytes.ptr;
            size_t left = a.bytes.len;
            while (axi_client_next(r.c, r.now, &at, &left, &event) &&
                   event.kind == AXI_CLIENT_FILE_DATA) {
                assert_int_equal(event.offset, got);
                assert_true(got + event.data.len <= len);
                assert_memory_equal(event.data.ptr, bytes + got, event.data.len);
                got += event.data.len;
            }
            assert_int_equal(event.kind, AXI_CLIENT_FILE_END);
            assert_int_equal(event.code, AXI_V_NOTHING);
            assert_int_equal(got, len);
            assert_int_equal(left, 0);
            axi_msg_free(a.msg);
            axi_msg_free(request);
            axi_buf_done(&a.bytes);
        }
    rig_done(&r);
}

static void large_files_do_not_stay_in_memory(void **state)
{
    (void)state;
    struct rig r;
    size_t size = 200000;
    char *large = malloc(size);
    memset(large, 'x', size);
    rig_init(&r, NULL);
    open_session(&r);
    struct axi_str data = {large, size};
    size_t before = r.counting.bytes;
    assert_int_equal(put(&r, data, 1), AXI_OK);
    assert_true(r.counting.bytes > before + size);
    converse(&r);
    expect_events(&r, "FILE_SENT PutFile #1\n");
    assert_int_equal(r.omm.got_len, size);
    assert_true(r.counting.bytes < before + 10000);
    free(large);
    rig_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_word_by_word),
        cmocka_unit_test(files_of_every_size_are_sent),
        cmocka_unit_test(a_block_can_be_refused),
        cmocka_unit_test(files_of_every_size_are_fetched),
        cmocka_unit_test(large_files_do_not_stay_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
