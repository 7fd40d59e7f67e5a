/*
 * Proves the paged reading of a client: every record once and in the right request, whatever the gaps, the page size,
 * the pages at a time and the order of answers; empty tables, tables that end with a page, ends by ENoEnt and by a
 * short page; refusals, time-outs and answers that cannot be.
 */
#include "axi/client_rig.h"

/* --- word by word */

static void begin_read(struct rig *r, int64_t first, uint64_t tag)
{
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, first, tag, r->now), AXI_OK);
}

static void reads_until_there_is_no_more(struct rig *r)
{
    open_session(r);
    begin_read(r, 1, 9);
    expect_sent(r, "<GetPPUser uid=\"1\" maxRecords=\"3\" seq=\"2\"/>\n");
    say(r, "<GetPPUserResp seq=\"2\"><user uid=\"2\"/><user uid=\"5\"/><user uid=\"9\"/>"
           "</GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #9 2 5 9\n");
    expect_sent(r, "<GetPPUser uid=\"10\" maxRecords=\"3\" seq=\"3\"/>\n");
    say(r, "<GetPPUserResp seq=\"3\"><new/><user uid=\"10\"/><pp ppn=\"3\"/></GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #9 10\nREAD_END GetPPUser #9\n");
    expect_sent(r, "");
    assert_int_equal(axi_client_pending(r->c), 0);
    begin_read(r, 11, 1);
    say(r, "<GetPPUserResp seq=\"4\" errCode=\"ENoEnt\"/>");
    expect_events(r, "READ_END GetPPUser #1\n");
}

static void refusals_end_a_read(struct rig *r)
{
    open_session(r);
    begin_read(r, 1, 9);
    say(r, "<GetPPUserResp seq=\"2\" errCode=\"EPerm\"/>");
    expect_events(r, "READ_END GetPPUser #9 EPerm\n");
    begin_read(r, 1, 8);
    say(r, "<GetPPUserResp seq=\"3\"><user uid=\"2\"/><user uid=\"5\"/><user uid=\"9\"/>"
           "</GetPPUserResp>");
    say(r, "<GetPPUserResp seq=\"4\" errCode=\"EInProgress\"><user uid=\"10\"/></GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #8 2 5 9\nREAD_END GetPPUser #8 EInProgress\n");
    assert_int_equal(axi_client_pending(r->c), 0);
}

static void answers_that_cannot_be_end_a_read(struct rig *r)
{
    static const char *const records[] = {
        "<user uid=\"6\"/>",                  /* before the first */
        "<user uid=\"8\"/><user uid=\"8\"/>", /* twice */
        "<user uid=\"9\"/><user uid=\"8\"/>", /* down */
        "<user uid=\"8\"/><user/>",           /* none */
        "<user uid=\"x\"/>",
        "<user uid=\"-1\"/>",
        "<user uid=\"8\"/><user uid=\"9\"/><user uid=\"2147483648\"/>" /* no id of AXI */
    };
    open_session(r);
    for (unsigned i = 0; i < sizeof records / sizeof records[0]; i++) {
        char text[200];
        begin_read(r, 7, 1);
        snprintf(text, sizeof text, "<GetPPUserResp seq=\"%u\">%s</GetPPUserResp>", 2 + i,
                 records[i]);
        say(r, text);
        expect_events(r, "READ_END GetPPUser #1 EFailed\n");
        assert_int_equal(axi_client_pending(r->c), 0);
    }
    /* More than were asked for are taken, and the last id that there can be is the end. */
    begin_read(r, 7, 2);
    say(r, "<GetPPUserResp><user uid=\"7\"/><user uid=\"8\"/><user uid=\"9\"/><user uid=\"10\"/>"
           "</GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #2 7 8 9 10\n");
    say(r, "<GetPPUserResp><user uid=\"11\"/><user uid=\"12\"/><user uid=\"2147483647\"/>"
           "</GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #2 11 12 2147483647\nREAD_END GetPPUser #2\n");
}

/* The request says id, the records say ppn. */
static void keys_can_have_two_names(struct rig *r)
{
    open_session(r);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetActivePPDev, 1, 5, r->now), AXI_OK);
    say(r, "<GetActivePPDevResp seq=\"2\"><pp ppn=\"2\" id=\"9\"/><pp ppn=\"4\"/>"
           "<pp ppn=\"7\"/></GetActivePPDevResp>");
    expect_events(r, "RECORDS GetActivePPDev #5 2 4 7\n");
    expect_sent(r, "<GetActivePPDev id=\"1\" maxRecords=\"3\" seq=\"2\"/>\n"
                   "<GetActivePPDev id=\"8\" maxRecords=\"3\" seq=\"3\"/>\n");
    say(r, "<GetActivePPDevResp seq=\"3\" errCode=\"ENoEnt\"/>");
    expect_events(r, "READ_END GetActivePPDev #5\n");
}

static void what_is_no_table_is_not_read(struct rig *r)
{
    open_session(r);
    assert_int_equal(axi_client_read(r->c, AXI_T_Ping, 1, 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_read(r->c, AXI_T_NONE, 1, 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, -1, 1, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_read(r->c, AXI_T_GetPPUser, INT64_C(0x80000000), 1, r->now),
                     AXI_EINVAL);
    assert_int_equal(axi_client_pending(r->c), 0);
    expect_sent(r, "");
}

static void reads_with_what_else_the_request_says(struct rig *r)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_GetRFP);
    open_session(r);
    axi_set_bool(root, AXI_A_withDetails, true);
    axi_set_int(root, AXI_A_maxRecords, 7);
    axi_set_int(root, AXI_A_seq, 7);
    axi_set_cstr(axi_add_child(root, "x"), AXI_A_name, "y");
    assert_int_equal(axi_client_read_like(r->c, msg, 1, r->now), AXI_OK);
    axi_set_int(root, AXI_A_id, 5);
    assert_int_equal(axi_client_read_like(r->c, msg, 2, r->now), AXI_OK);
    axi_msg_start(msg, AXI_T_Ping);
    assert_int_equal(axi_client_read_like(r->c, msg, 3, r->now), AXI_EINVAL);
    axi_msg_reset(msg);
    assert_int_equal(axi_client_read_like(r->c, msg, 3, r->now), AXI_EINVAL);
    assert_int_equal(axi_client_read_like(r->c, NULL, 3, r->now), AXI_EINVAL);
    expect_sent(r, "<GetRFP withDetails=\"1\" maxRecords=\"3\" id=\"0\" seq=\"2\"><x name=\"y\"/>"
                   "</GetRFP>\n"
                   "<GetRFP withDetails=\"1\" maxRecords=\"3\" id=\"5\" seq=\"3\"><x name=\"y\"/>"
                   "</GetRFP>\n");
    say(r, "<GetRFPResp seq=\"3\"><rfp id=\"5\"/><rfp id=\"6\"/><rfp id=\"9\"/></GetRFPResp>");
    expect_sent(r, "<GetRFP withDetails=\"1\" maxRecords=\"3\" id=\"10\" seq=\"4\"><x name=\"y\"/>"
                   "</GetRFP>\n");
    say(r, "<GetRFPResp seq=\"2\" errCode=\"ENoEnt\"/>");
    say(r, "<GetRFPResp seq=\"4\"/>");
    expect_events(r, "RECORDS GetRFP #2 5 6 9\nREAD_END GetRFP #1\nREAD_END GetRFP #2\n");
    /* What the one before had is not in the next. */
    assert_int_equal(axi_client_read(r->c, AXI_T_GetRFP, 0, 4, r->now), AXI_OK);
    expect_sent(r, "<GetRFP id=\"0\" maxRecords=\"3\" seq=\"5\"/>\n");
    axi_set_cstr(axi_msg_start(msg, AXI_T_GetRFP), AXI_A_id, "x");
    assert_int_equal(axi_client_read_like(r->c, msg, 3, r->now), AXI_EVALUE);
    axi_set_cstr(axi_msg_start(msg, AXI_T_GetRFP), AXI_A_info, "\xFF");
    assert_int_equal(axi_client_read_like(r->c, msg, 3, r->now), AXI_EUTF8);
    assert_int_equal(axi_client_pending(r->c), 1);
    axi_msg_free(msg);
}

static void tables_word_by_word(void **state)
{
    (void)state;
    struct axi_client_options options = {.page = 3};
    for_chunks(&options, reads_until_there_is_no_more);
    for_chunks(&options, refusals_end_a_read);
    for_chunks(&options, answers_that_cannot_be_end_a_read);
    for_chunks(&options, keys_can_have_two_names);
    for_chunks(&options, what_is_no_table_is_not_read);
    for_chunks(&options, reads_with_what_else_the_request_says);
}

static void records_that_came_before_are_taken_out(struct rig *r)
{
    open_session(r);
    begin_read(r, 1, 4);
    expect_sent(r, "<GetPPUser uid=\"1\" maxRecords=\"2\" seq=\"2\"/>\n"
                   "<GetPPUser uid=\"3\" maxRecords=\"2\" seq=\"3\"/>\n");
    say(r, "<GetPPUserResp seq=\"2\"><user uid=\"2\"/><user uid=\"5\"/></GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #4 2 5\n");
    say(r, "<GetPPUserResp seq=\"3\"><user uid=\"5\"/><a/><user uid=\"6\"/></GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #4 6\n");
    expect_sent(r, "<GetPPUser uid=\"6\" maxRecords=\"2\" seq=\"4\"/>\n"
                   "<GetPPUser uid=\"9\" maxRecords=\"2\" seq=\"5\"/>\n");
    say(r, "<GetPPUserResp seq=\"4\"><user uid=\"6\"/><user uid=\"9\"/></GetPPUserResp>");
    expect_events(r, "RECORDS GetPPUser #4 9\n");
    expect_sent(r, "<GetPPUser uid=\"12\" maxRecords=\"2\" seq=\"6\"/>\n");
    /* Nothing new, and not the end: no event. */
    say(r, "<GetPPUserResp seq=\"5\"><user uid=\"9\"/></GetPPUserResp>");
    expect_events(r, "");
    say(r, "<GetPPUserResp seq=\"6\" errCode=\"ENoEnt\"/>");
    expect_events(r, "READ_END GetPPUser #4\n");
    assert_int_equal(axi_client_pending(r->c), 0);
}

static void other_pages_of_a_read_that_is_over_are_not_looked_at(struct rig *r)
{
    open_session(r);
    begin_read(r, 1, 4);
    begin_read(r, 1, 5);
    expect_sent(r, "<GetPPUser uid=\"1\" maxRecords=\"2\" seq=\"2\"/>\n"
                   "<GetPPUser uid=\"3\" maxRecords=\"2\" seq=\"3\"/>\n"
                   "<GetPPUser uid=\"1\" maxRecords=\"2\" seq=\"4\"/>\n"
                   "<GetPPUser uid=\"3\" maxRecords=\"2\" seq=\"5\"/>\n");
    say(r, "<GetPPUserResp seq=\"2\" errCode=\"EFailed\"/>");
    expect_events(r, "READ_END GetPPUser #4 EFailed\n");
    assert_int_equal(axi_client_pending(r->c), 3);
    say(r, "<GetPPUserResp seq=\"3\"><user uid=\"5\"/></GetPPUserResp>");
    expect_events(r, "");
    pass(r, 30000);
    expect_events(r, "TIMED_OUT GetPPUser #5\n");
    assert_int_equal(axi_client_pending(r->c), 0);
    assert_true(axi_client_deadline(r->c) == r->now.mono_ms + 30000); /* Ping */
}

static void several_pages_word_by_word(void **state)
{
    (void)state;
    struct axi_client_options options = {.page = 2, .pages = 2};
    for_chunks(&options, records_that_came_before_are_taken_out);
    for_chunks(&options, other_pages_of_a_read_that_is_over_are_not_looked_at);
}

/* --- against a table */

static uint64_t seed;

/* What `tag` read, from the trace: ids in the order in which they came. Returns how many; *ret_ends counts READ_END. */
static size_t ids_of(const struct rig *r, unsigned tag, int64_t *ids, size_t max,
                     unsigned *ret_ends)
{
    char records[64], end[64];
    size_t count = 0;
    snprintf(records, sizeof records, "RECORDS GetPPUser #%u ", tag);
    snprintf(end, sizeof end, "READ_END GetPPUser #%u\n", tag);
    *ret_ends = 0;
    for (const char *line = r->trace; *line != '\0'; line = strchr(line, '\n') + 1) {
        *ret_ends += strncmp(line, end, strlen(end)) == 0;
        if (strncmp(line, records, strlen(records)) != 0)
            continue;
        char *at = NULL;
        for (const char *p = line + strlen(records); *p != '\n'; p = at + (*at == ' ')) {
            assert_true(count < max);
            ids[count++] = strtoll(p, &at, 10);
        }
    }
    return count;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void expect_ids(struct rig *r, unsigned tag, bool in_order)
{
    int64_t got[512];
    unsigned ends;
    size_t count = ids_of(r, tag, got, 512, &ends);
    if (!in_order)
        qsort(got, count, sizeof got[0], by_value);
    if (count != r->omm.id_count || ends != 1 ||
        (count > 0 && memcmp(got, r->omm.ids, count * sizeof got[0]) != 0))
        fail_msg("seed %llu: %zu of %zu records, %u ends\n%s", (unsigned long long)seed, count,
                 r->omm.id_count, ends, r->trace);
}

static void any_table_is_read_by_two_at_once(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 300; round++) {
        int64_t ids[200], next = 0;
        seed = round * 7919;
        uint64_t random = seed;
        struct axi_client_options options = {.page = 1 + next_random(&random) % 20,
                                             .pages = round % 2 ? 1 : next_random(&random) % 40,
                                             .window = 1 + next_random(&random) % 10,
                                             .queue = 40 + next_random(&random) % 30};
        struct rig r;
        rig_init(&r, &options);
        r.chunk = next_random(&random) % 3 == 0 ? 1 + next_random(&random) % 300 : 0;
        r.omm.hides_end = next_random(&random) % 2;
        r.omm.seed = round % 3 ? next_random(&random) | 1 : 0;
        r.omm.ids = ids;
        r.omm.id_count = next_random(&random) % 200;
        uint32_t gap = round % 3 == 0 ? 1 : round % 3 == 1 ? 30 : 5000;
        for (size_t i = 0; i < r.omm.id_count; i++)
            ids[i] = next += 1 + next_random(&random) % gap;
        open_session(&r);
        begin_read(&r, 1, 1);
        begin_read(&r, 0, 2);
        converse(&r);
        assert_true(r.most_on_wire <= options.window);
        expect_ids(&r, 1, round % 2);
        expect_ids(&r, 2, round % 2);
        assert_int_equal(axi_client_pending(r.c), 0);
        rig_done(&r);
    }
}

static void borders_of_pages(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 19, 20, 21, 39, 40, 41, 60};
    int64_t ids[60];
    for (size_t i = 0; i < 60; i++)
        ids[i] = 1 + (int64_t)i;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (unsigned hides = 0; hides < 2; hides++) {
            struct rig r;
            rig_init(&r, NULL);
            r.omm.ids = ids;
            r.omm.id_count = counts[i];
            r.omm.hides_end = hides;
            open_session(&r);
            begin_read(&r, 1, 1);
            converse(&r);
            expect_ids(&r, 1, true);
            assert_int_equal(r.omm.pages, counts[i] / 20 + 1);
            rig_done(&r);
        }
}

static void an_error_in_the_middle_ends_only_its_read(void **state)
{
    (void)state;
    int64_t ids[200];
    for (size_t i = 0; i < 200; i++)
        ids[i] = 1 + 3 * (int64_t)i;
    for (unsigned pages = 1; pages <= 8; pages++) {
        struct axi_client_options options = {.pages = pages};
        struct rig r;
        rig_init(&r, &options);
        r.omm.ids = ids;
        r.omm.id_count = 200;
        r.omm.refuse_at = 250;
        open_session(&r);
        begin_read(&r, 1, 1);
        converse(&r);
        assert_non_null(strstr(r.trace, "READ_END GetPPUser #1 EFailed\n"));
        assert_int_equal(axi_client_pending(r.c), 0);
        assert_null(strstr(r.trace, "STRAY"));
        r.omm.refuse_at = 0;
        r.trace_len = 0;
        begin_read(&r, 1, 2);
        converse(&r);
        expect_ids(&r, 2, false);
        rig_done(&r);
    }
}

static void many_reads_share_the_queue(void **state)
{
    (void)state;
    int64_t ids[100];
    for (size_t i = 0; i < 100; i++)
        ids[i] = 1 + (int64_t)i;
    struct axi_client_options options = {.pages = 32, .window = 3, .queue = 10, .page = 5};
    struct rig r;
    rig_init(&r, &options);
    r.omm.ids = ids;
    r.omm.id_count = 100;
    open_session(&r);
    begin_read(&r, 1, 1); /* takes all of the queue */
    assert_int_equal(axi_client_pending(r.c), 10);
    assert_int_equal(axi_client_read(r.c, AXI_T_GetPPUser, 1, 2, r.now), AXI_EFULL);
    converse(&r);
    expect_ids(&r, 1, false);
    assert_int_equal(r.most_on_wire, 3);
    rig_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_word_by_word),
        cmocka_unit_test(several_pages_word_by_word),
        cmocka_unit_test(any_table_is_read_by_two_at_once),
        cmocka_unit_test(borders_of_pages),
        cmocka_unit_test(an_error_in_the_middle_ends_only_its_read),
        cmocka_unit_test(many_reads_share_the_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
