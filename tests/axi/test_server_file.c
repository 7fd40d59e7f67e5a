/*
 * Files between client and server: put together from blocks, cut into blocks, and what is refused on the way.
 */
#include "axi/server_rig.h"

#include "base64.h"

/* --- PutFile --------------------------------------------------------------------------------------- */

/* A byte for each place, so that none can be exchanged. */
static char *pattern(size_t len)
{
    char *bytes = malloc(len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 31 + (i >> 8) * 7);
    return bytes;
}

/* One block; `rest` is what else stands in it. */
static void put_block(struct rig *rig, const char *name, size_t offset, const char *bytes,
                      size_t len, const char *rest)
{
    char *request = malloc(AXI__BASE64_SIZE(len) + 500);
    int head = snprintf(request, 400, "<PutFile name=\"%s\" offset=\"%zu\" data=\"", name, offset);
    size_t text = axi__base64_encode(bytes, len, request + head);
    snprintf(request + (size_t)head + text, 56, "\"%s/>", rest);
    assert_int_equal(give(rig, request), 0);
    free(request);
}

static void put_file(struct rig *rig, const char *bytes, size_t len, size_t block)
{
    for (size_t at = 0; at < len; at += block) {
        put_block(rig, ":f", at, bytes + at, len - at < block ? len - at : block, "");
        assert_sends(rig, "<PutFileResp/>#");
        assert_sees(rig, "(PutFile) ");
    }
    put_block(rig, ":f", len, "", 0, " eof=\"true\"");
    assert_sends(rig, "<PutFileResp/>#");
    assert_sees(rig, "file :f ");
    assert_int_equal(rig->file_len, len);
    assert_memory_equal(rig->file, bytes, len);
}

static void files_of_all_sizes_are_put_together(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 499, 500, 501, 999, 1000, 1001, 70000, 300000};
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = pattern(sizes[i]);
        put_file(&rig, bytes, sizes[i], sizes[i] > 5000 ? 30000 : 500);
        free(bytes);
    }
    rig_done(&rig);
}

static void the_last_block_may_have_data_and_the_offset_may_be_absent(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    assert_answer(&rig, "<PutFile seq=\"5\" name=\":ima\" data=\"YWJj\" eof=\"1\"/>",
                  "<PutFileResp seq=\"5\"/>");
    assert_sees(&rig, "file :ima ");
    assert_int_equal(rig.file_len, 3);
    assert_memory_equal(rig.file, "abc", 3);
    assert_answer(&rig, "<PutFile name=\":ima\" eof=\"1\"/>", "<PutFileResp/>");
    assert_sees(&rig, "file :ima ");
    assert_int_equal(rig.file_len, 0);
    rig_done(&rig);
}

static void offset_zero_begins_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    put_block(&rig, ":a", 0, "one", 3, "");
    put_block(&rig, ":a", 3, "two", 3, "");
    put_block(&rig, ":b", 0, "three", 5, "");
    put_block(&rig, ":b", 5, "", 0, " eof=\"1\"");
    assert_sees(&rig, "(PutFile) (PutFile) (PutFile) file :b ");
    assert_int_equal(rig.file_len, 5);
    assert_memory_equal(rig.file, "three", 5);
    rig_done(&rig);
}

static void gaps_and_strangers_are_refused_and_the_file_can_go_on(void **state)
{
    (void)state;
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {"<PutFile name=\":f\" offset=\"2\" data=\"eA==\"/>",
         "<PutFileResp errCode=\"EInval\" info=\"not the number of bytes that came before\" "
         "bad=\"offset\"/>#"},
        {"<PutFile name=\":f\" offset=\"4\"/>",
         "<PutFileResp errCode=\"EInval\" info=\"not the number of bytes that came before\" "
         "bad=\"offset\"/>#"},
        {"<PutFile name=\":f\" offset=\"-3\"/>",
         "<PutFileResp errCode=\"EInval\" bad=\"offset\"/>#"},
        {"<PutFile name=\":g\" offset=\"3\"/>",
         "<PutFileResp errCode=\"EInval\" info=\"this file was not begun\" bad=\"offset\"/>#"},
        {"<PutFile offset=\"3\"/>", "<PutFileResp errCode=\"EMissing\" bad=\"name\"/>#"},
        {"<PutFile name=\"\" offset=\"3\"/>", "<PutFileResp errCode=\"EMissing\" bad=\"name\"/>#"},
        {"<PutFile name=\":f\" offset=\"3\" data=\"eA=\"/>",
         "<PutFileResp errCode=\"EInval\" info=\"not base64\" bad=\"data\"/>#"},
    };
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    assert_answer(&rig, "<PutFile name=\":f\" offset=\"3\" data=\"eA==\"/>",
                  "<PutFileResp errCode=\"EInval\" info=\"this file was not begun\" "
                  "bad=\"offset\"/>");
    put_block(&rig, ":f", 0, "abc", 3, "");
    free(taken(&rig));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(give(&rig, rows[i].request), 0);
        assert_sends(&rig, rows[i].answer);
    }
    rig.log[0] = '\0';
    put_block(&rig, ":f", 3, "d", 1, " eof=\"1\"");
    assert_sees(&rig, "file :f ");
    assert_memory_equal(rig.file, "abcd", 4);
    free(taken(&rig));
    /* It is over: there is nothing to go on with. */
    put_block(&rig, ":f", 4, "e", 1, "");
    assert_sees(&rig, "(PutFile:EInval) ");
    rig_done(&rig);
}

static void a_name_is_no_place_to_hide_a_file(void **state)
{
    (void)state;
    char name[257];
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    memset(name, 'n', 256);
    name[256] = '\0';
    put_block(&rig, name, 0, "a", 1, "");
    assert_sees(&rig, "(PutFile:EInval) ");
    name[255] = '\0';
    put_block(&rig, name, 0, "a", 1, "");
    assert_sees(&rig, "(PutFile) ");
    rig_done(&rig);
}

static void a_file_that_is_too_large_is_dropped(void **state)
{
    (void)state;
    struct axi_server_options options = {.max_file = 1000};
    char *bytes = pattern(1001);
    struct rig rig;
    rig_open(&rig, &options, OPEN_OMM);
    put_file(&rig, bytes, 1000, 500);
    put_block(&rig, ":f", 0, bytes, 1000, "");
    free(taken(&rig));
    put_block(&rig, ":f", 1000, bytes, 1, "");
    assert_sends(&rig, "<PutFileResp errCode=\"EInval\" info=\"the file is too large\" "
                       "bad=\"data\"/>#");
    put_block(&rig, ":f", 1000, "", 0, " eof=\"1\"");
    assert_sees(&rig, "(PutFile) (PutFile:EInval) (PutFile:EInval) ");
    put_block(&rig, ":f", 0, bytes, 1001, " eof=\"1\"");
    assert_sees(&rig, "(PutFile:EInval) ");
    assert_int_equal(rig.file_len, 1000); /* the first one */
    free(bytes);
    rig_done(&rig);
}

/* The session ends while the host has the file in its hands. */
static void a_file_is_there_until_the_host_asks_for_more(void **state)
{
    (void)state;
    struct axi_server_options options = {.max_output = 100};
    static const char bytes[] = "<PutFile name=\":f\" data=\"YWJj\" eof=\"1\"/>";
    const char *data = bytes;
    size_t len = sizeof bytes;
    struct axi_server_event event;
    struct axi_msg *notice = axi_msg_new(NULL);
    struct rig rig;
    axi_msg_start(notice, AXI_T_EventPPSIPDeregistered);
    rig_open(&rig, &options, OPEN_READER);
    axi_server_permit(rig.server, AXI_MAY_EVERYTHING);
    assert_true(axi_server_next(rig.server, rig.now, &data, &len, &event));
    assert_int_equal(event.kind, AXI_SERVER_FILE);
    while (axi_server_notify(rig.server, notice))
        continue;
    assert_str(event.data, "abc");
    assert_str(event.name, ":f");
    give_bytes(&rig, "", 0);
    assert_sees(&rig, "slow ");
    axi_msg_free(notice);
    rig_done(&rig);
}

/* --- GetFile --------------------------------------------------------------------------------------- */

/* Put the answers of a GetFile together; what they say besides is checked. */
static size_t get_answers(struct rig *rig, const char *seq, char *to, bool *ret_end)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_str out = axi_server_output(rig->server);
    const char *data = out.ptr;
    size_t len = out.len, got = 0;
    struct axi_msg *msg;
    while (axi_parser_next(parser, &data, &len, &msg) == AXI_OK && msg != NULL) {
        const struct axi_elem *root = axi_msg_root(msg);
        assert_int_equal(axi_msg_type(msg), AXI_T_GetFileResp);
        assert_str(axi_get_str(root, AXI_A_name), ":log");
        if (seq != NULL)
            assert_str(axi_get_str(root, AXI_A_seq), seq);
        else
            assert_false(axi_has(root, AXI_A_seq));
        assert_int_equal(axi_get_int_or(root, AXI_A_size, -1), rig->serve.len);
        int64_t offset = axi_get_int_or(root, AXI_A_offset, -1);
        struct axi_str text = axi_get_str(root, AXI_A_data);
        size_t block;
        assert_true(offset >= 0 && (uint64_t)offset <= rig->serve.len);
        assert_true(axi__base64_decode(text, to + offset, rig->serve.len - (size_t)offset, &block));
        got += block;
        assert_false(*ret_end);
        *ret_end = axi_get_bool_or(root, AXI_A_eof, false);
    }
    assert_int_equal(len, 0);
    axi_parser_free(parser);
    /* Not all at once: the blocks that are held back follow what is gone. */
    axi_server_sent(rig->server, out.len / 2);
    axi_server_sent(rig->server, out.len - out.len / 2);
    return got;
}

static void files_of_all_sizes_are_cut_into_blocks(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,    1,    2,    3,     3071,  3072,   3073,
                                   6143, 6144, 6145, 49152, 49153, 1000000};
    struct rig rig;
    rig_open(&rig, NULL, OPEN_OMM);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = pattern(sizes[i]), *got = malloc(sizes[i] + 1);
        size_t done = 0;
        bool end = false;
        rig.serve.ptr = bytes;
        rig.serve.len = sizes[i];
        assert_int_equal(give(&rig, i % 2 == 0 ? "<GetFile name=\":log\" seq=\"x7\"/>"
                                               : "<GetFile name=\":log\"/>"),
                         0);
        if (i % 2 == 0) {
            /* seq is a number: this one is refused by the catalogue. */
            assert_sees(&rig, "(GetFile:EInval) ");
            free(taken(&rig));
            give(&rig, "<GetFile name=\":log\" seq=\"7\"/>");
        }
        assert_sees(&rig, "get :log ");
        while (!end) {
            /* What waits is bounded, however large the file is. */
            assert_in_range(axi_server_output(rig.server).len, 1, 80000);
            size_t part = get_answers(&rig, i % 2 == 0 ? "7" : NULL, got, &end);
            done += part;
        }
        assert_int_equal(done, sizes[i]);
        assert_memory_equal(got, bytes, sizes[i]);
        assert_sends(&rig, "");
        free(bytes);
        free(got);
    }
    rig_done(&rig);
}

static void one_file_goes_out_at_a_time(void **state)
{
    (void)state;
    struct rig rig;
    char *bytes = pattern(200000);
    rig_open(&rig, NULL, OPEN_OMM);
    rig.serve.ptr = bytes;
    rig.serve.len = 200000;
    give(&rig, "<GetFile name=\":log\"/>#<GetFile seq=\"2\" name=\":log\"/>#<GetFile name=\"\"/>");
    assert_sees(&rig, "get :log (GetFile:EInProgress) (GetFile:EMissing) ");
    struct axi_msg *request = axi_msg_new(NULL);
    axi_set_cstr(axi_msg_start(request, AXI_T_GetFile), AXI_A_name, ":log");
    assert_int_equal(axi_server_send_file(rig.server, request, rig.serve), AXI_ESTATE);
    while (axi_server_output(rig.server).len > 0)
        axi_server_sent(rig.server, axi_server_output(rig.server).len);
    give(&rig, "<GetFile name=\":log\"/>");
    assert_sees(&rig, "get :log ");
    axi_msg_free(request);
    free(bytes);
    rig_done(&rig);
}

static void a_file_is_sent_to_who_asked_for_one(void **state)
{
    (void)state;
    struct rig rig;
    struct axi_msg *request = axi_msg_new(NULL);
    axi_msg_start(request, AXI_T_GetFile);
    rig_init(&rig, NULL);
    assert_int_equal(axi_server_send_file(rig.server, request, rig.serve), AXI_ESTATE);
    give(&rig, OPEN_OMM);
    free(taken(&rig));
    axi_msg_start(request, AXI_T_Ping);
    assert_int_equal(axi_server_send_file(rig.server, request, rig.serve), AXI_EINVAL);
    axi_set_cstr(axi_msg_start(request, AXI_T_GetFile), AXI_A_name, ":l");
    assert_int_equal(axi_server_send_file(rig.server, request, str("hello")), AXI_OK);
    assert_sends(&rig,
                 "<GetFileResp name=\":l\" offset=\"0\" data=\"aGVsbG8=\" size=\"5\" eof=\"1\"/>#");
    axi_msg_free(request);
    rig_done(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_all_sizes_are_put_together),
        cmocka_unit_test(the_last_block_may_have_data_and_the_offset_may_be_absent),
        cmocka_unit_test(offset_zero_begins_again),
        cmocka_unit_test(gaps_and_strangers_are_refused_and_the_file_can_go_on),
        cmocka_unit_test(a_name_is_no_place_to_hide_a_file),
        cmocka_unit_test(a_file_that_is_too_large_is_dropped),
        cmocka_unit_test(a_file_is_there_until_the_host_asks_for_more),
        cmocka_unit_test(files_of_all_sizes_are_cut_into_blocks),
        cmocka_unit_test(one_file_goes_out_at_a_time),
        cmocka_unit_test(a_file_is_sent_to_who_asked_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
