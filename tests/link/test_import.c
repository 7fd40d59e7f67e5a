/*
 * Proves what the engine gets of an OMM's records: the lists by pages with gaps and any window, events while they
 * are read and afterwards, attributes, local ids and secrets.
 */
#include "rig.h"

static void fill(struct rig *rig, uint32_t devices, uint32_t users, uint32_t step)
{
    char text[32];

    for (uint32_t i = 0; i < devices; i++) {
        snprintf(text, sizeof(text), "%05u 0000000 0", i);
        (void)rig_device(rig, 1 + i * step, text);
    }
    for (uint32_t i = 0; i < users; i++) {
        snprintf(text, sizeof(text), "%u", 10000 + i);
        (void)rig_user(rig, 1 + i * step, text);
    }
}

/* Every record of the OMM's tables was told exactly once, devices before users. */
static void assert_all_told(struct rig *rig)
{
    size_t devices = 0, users = 0;

    for (size_t i = 0; i < rig->batch->count; i++) {
        const struct mom_input *input = &rig->batch->inputs[i];

        if (input->kind != MOM_IN_RECORD)
            continue;
        assert_false(input->partial);
        if (input->type == MOM_DEVICE) {
            assert_int_equal(users, 0);
            assert_non_null(rig_find(&rig->devices, input->local));
            devices++;
        } else {
            assert_non_null(rig_find(&rig->users, input->local));
            users++;
        }
    }
    assert_int_equal(devices, rig->devices.count);
    assert_int_equal(users, rig->users.count);
}

static void every_record_is_told_once_whatever_the_gaps_and_the_window(void **state)
{
    static const uint32_t sizes[] = {0, 1, 19, 20, 21, 137}, steps[] = {1, 2, 7, 1000};

    (void)state;
    for (size_t s = 0; s < 6; s++) {
        for (size_t g = 0; g < 4; g++) {
            for (int64_t window = 1; window <= 7; window += 2) {
                struct rig *rig = rig_new();

                rig->config.window = window;
                fill(rig, sizes[s], sizes[5 - s], steps[g]);
                rig_identify(rig);
                assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
                assert_int_equal(rig_run(rig), MOM_OK);
                rig_assert_state(rig, MOM_OMM_STEADY);
                assert_all_told(rig);
                rig_done(rig);
            }
        }
    }
}

static void the_window_is_kept_full(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    fill(rig, 200, 0, 1);
    rig_identify(rig);
    rig->silent[AXI_T_GetPPDev] = true;
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig->count[AXI_T_GetPPDev], 4);
    rig_done(rig);
}

static void a_slow_line_is_not_taken_for_silence(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    fill(rig, 80, 0, 1);
    rig_identify(rig);
    rig->silent[AXI_T_GetPPDev] = true;
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig->count[AXI_T_GetPPDev], 4);
    /* The first of the four answers takes almost all the time that one may take. */
    assert_int_equal(rig_advance(rig, 14000), MOM_OK);
    (void)axi_msg_start(rig->answer, AXI_T_GetPPDevResp);
    for (uint32_t id = 1; id <= 20; id++)
        (void)axi_add_copy(axi_msg_root(rig->answer), rig_row(rig_find(&rig->devices, id)));
    rig_say(rig, rig->answer); /* without seq: of the oldest request */
    assert_int_equal(rig_link_reads(rig), MOM_OK);
    assert_int_equal(rig_info(rig).devices_read, 20);
    assert_int_equal(rig_advance(rig, 14000), MOM_OK);
    rig_assert_state(rig, MOM_OMM_IMPORTING);
    assert_int_equal(rig_advance(rig, 14000), MOM_OK);
    rig_assert_state(rig, MOM_OMM_NO_ANSWER);
    rig_done(rig);
}

static void the_output_limit_holds_requests_back(void **state)
{
    struct rig *rig = rig_new();
    const char *data;
    size_t len;

    (void)state;
    rig->config.max_output = 50; /* not two requests */
    fill(rig, 100, 30, 1);
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    for (int i = 0; i < 1000 && rig_info(rig).state != MOM_OMM_STEADY; i++) {
        len = mom_omm_output(rig->link, &data);
        assert_true(len < 250);
        assert_int_equal(rig_run(rig), MOM_OK);
        if (mom_omm_deadline(rig->link) <= rig->now.mono_ms)
            assert_int_equal(mom_omm_timeout(rig->link, &rig->now, rig->batch), MOM_OK);
    }
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_all_told(rig);
    rig_done(rig);
}

/* --- events while the lists are read ---------------------------------------------------------------- */

/* Stop where the first page of devices is on its way. */
static void import_half(struct rig *rig)
{
    rig->config.window = 1;
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    rig->silent[AXI_T_GetPPDev] = true;
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_IMPORTING);
    rig->silent[AXI_T_GetPPDev] = false;
    rig_step(rig);
}

/* The answer that was kept back. */
static void answer_page(struct rig *rig)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    const char *at = rig->last[AXI_T_GetPPDev];
    size_t len = strlen(at) + 1;
    struct axi_msg *request;

    assert_int_equal(axi_parser_next(parser, &at, &len, &request), AXI_OK);
    rig_answer(rig, AXI_T_GetPPDev, request);
    rig_say(rig, rig->answer);
    axi_parser_free(parser);
    assert_int_equal(rig_run(rig), MOM_OK);
}

static void events_wait_until_the_lists_are_read(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *input;

    (void)state;
    fill(rig, 3, 2, 1);
    import_half(rig);
    rig_say_text(rig, "<EventPPCnf><user uid=\"2\" name=\"new\"/></EventPPCnf>");
    rig_say_text(rig, "<EventPPCnf deletedDev=\"1\"><pp ppn=\"3\"/></EventPPCnf>");
    rig_say_text(rig, "<EventDECTLocate ipei=\"03074 0220259 3\"/>");
    rig_say_text(rig, "<EventPPCnf><user uid=\"9\" num=\"9\" relType=\"Unbound\"/></EventPPCnf>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(mom_batch_count(rig->batch), 0);
    answer_page(rig);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_string_equal(rig_kinds(rig), "RRRRRRGLRD");
    input = rig_input(rig, MOM_IN_RECORD, 5);
    assert_true(input->partial);
    assert_int_equal(input->local, 2);
    assert_true(rig_is(rig_attr(input, "name"), "new"));
    assert_int_equal(rig_input(rig, MOM_IN_GONE, 0)->local, 3);
    assert_int_equal(rig_input(rig, MOM_IN_RECORD, 6)->local, 9);
    rig_done(rig);
}

static void too_many_events_make_the_lists_be_read_again(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    fill(rig, 1, 1, 1);
    import_half(rig);
    for (int i = 0; i < 5000; i++)
        rig_say_text(rig, "<EventPPCnf><user uid=\"1\" name=\"x\"/></EventPPCnf>");
    assert_int_equal(rig_run(rig), MOM_OK);
    answer_page(rig);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_string_equal(rig_kinds(rig), "RRMRRD");
    assert_int_equal(rig_info(rig).users_read, 1);
    rig_done(rig);
}

static void an_omm_that_never_stops_changing_is_given_up(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    fill(rig, 1, 1, 1);
    import_half(rig);
    rig->silent[AXI_T_GetPPDev] = true;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5000; i++)
            rig_say_text(rig, "<EventPPCnf><user uid=\"1\" name=\"x\"/></EventPPCnf>");
        assert_int_equal(rig_run(rig), MOM_OK);
        answer_page(rig);
    }
    rig_assert_state(rig, MOM_OMM_PROTOCOL_ERROR);
    rig_done(rig);
}

static void a_page_out_of_order_is_a_protocol_error(void **state)
{
    static const char *const pages[] = {
        "<pp ppn=\"5\"/><pp ppn=\"4\"/>",
        "<pp ppn=\"0\"/>",
        "<pp ppn=\"99999999999\"/>",
        "<pp/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct rig *rig = rig_new();
        char text[200];
        const char *seq;

        import_half(rig);
        seq = strstr(rig->last[AXI_T_GetPPDev], "seq=\"");
        assert_non_null(seq);
        snprintf(text, sizeof(text), "<GetPPDevResp seq=\"%d\">%s</GetPPDevResp>",
                 (int)strtol(seq + 5, NULL, 10), pages[i]);
        rig_say_text(rig, text);
        assert_int_equal(rig_run(rig), MOM_OK);
        rig_assert_state(rig, MOM_OMM_PROTOCOL_ERROR);
        rig_done(rig);
    }
}

static void an_import_that_ends_early_deletes_nothing(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    fill(rig, 3, 2, 1);
    import_half(rig);
    rig_remove(&rig->devices, &rig->devices.rows[2]); /* without an event */
    answer_page(rig);
    rig_assert_state(rig, MOM_OMM_PROTOCOL_ERROR);
    assert_string_equal(rig_info(rig).text,
                        "the OMM counts 3 devices and 2 users, but told 2 and 2");
    assert_int_equal(rig_count_inputs(rig, MOM_IN_IMPORTED), 0);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_DOWN), 1);
    rig_done(rig);

    rig = rig_new();
    fill(rig, 3, 2, 1);
    import_half(rig);
    rig_remove(&rig->devices, &rig->devices.rows[2]);
    rig_say_text(rig, "<EventPPCnf deletedDev=\"1\"><pp ppn=\"3\"/></EventPPCnf>");
    answer_page(rig);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_string_equal(rig_kinds(rig), "RRRRGD");
    rig_done(rig);
}

/* --- events in steady state ------------------------------------------------------------------------- */

static void events_become_inputs(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *input;

    (void)state;
    fill(rig, 3, 3, 1);
    rig_steady(rig);
    rig_say_text(
        rig,
        "<EventPPCnf><pp ppn=\"1\" relType=\"Dynamic\" uid=\"2\" timeStampRelation=\"1700000000\"/>"
        "<user uid=\"2\" relType=\"Dynamic\" ppn=\"1\"/></EventPPCnf>");
    rig_say_text(rig, "<EventPPCnf deletedUser=\"1\"><user uid=\"3\" uidSec=\"0\"/></EventPPCnf>");
    rig_say_text(rig, "<EventPPDevCnf><pp ppn=\"2\" encrypt=\"1\"/></EventPPDevCnf>");
    rig_say_text(rig, "<EventPPDevCnf deleted=\"true\"><pp ppn=\"2\"/></EventPPDevCnf>");
    rig_say_text(rig, "<EventPPUserCnf deleted=\"1\"><user uid=\"1\"/></EventPPUserCnf>");
    rig_say_text(rig, "<EventPPUserCnf><user name=\"nobody\"/></EventPPUserCnf>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "RRGRGG");
    input = rig_input(rig, MOM_IN_RECORD, 0);
    assert_int_equal(input->type, MOM_DEVICE);
    assert_true(input->has_partner && input->partner_local == 2 && input->partial);
    assert_int_equal(input->times_ms[MOM_RELATION], 1700000000000);
    assert_int_equal(input->times_ms[MOM_ADMIN], 0);
    assert_int_equal(input->attr_count, 1);
    input = rig_input(rig, MOM_IN_RECORD, 1);
    assert_true(input->type == MOM_USER && input->has_partner && input->partner_local == 1);
    input = rig_input(rig, MOM_IN_RECORD, 2);
    assert_false(input->has_partner);
    assert_int_equal(rig_input(rig, MOM_IN_GONE, 0)->type, MOM_USER);
    assert_int_equal(rig_input(rig, MOM_IN_GONE, 1)->type, MOM_DEVICE);
    assert_int_equal(rig_info(rig).events, 6);
    assert_int_equal(rig_info(rig).unknown_messages, 1);
    rig_done(rig);
}

static void a_location_report_becomes_an_input(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *input;

    (void)state;
    rig_steady(rig);
    rig_say_text(rig,
                 "<EventDECTLocate ipei=\"03074 0220259 3\" subscriptionId=\"0123456789ABCDEF\" "
                 "timeStamp=\"1700000001\"/>");
    rig_say_text(rig, "<EventDECTLocate subscriptionId=\"0123456789ABCDEF\"/>");
    rig_say_text(rig, "<EventDECTLocate/>");
    rig_say_text(rig, "<EventPPSIPDeregistered uid=\"12\" ppn=\"3\"/>");
    rig_say_text(rig, "<EventPPSIPDeregistered/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "LLS");
    input = rig_input(rig, MOM_IN_LOCATED, 0);
    assert_true(rig_is(input->ipei, "03074 0220259 3"));
    assert_true(rig_is(input->subscription, "0123456789ABCDEF"));
    assert_int_equal(input->at_ms, 1700000001000);
    assert_int_equal(rig_input(rig, MOM_IN_LOCATED, 1)->at_ms, 0);
    input = rig_input(rig, MOM_IN_RELEASED, 0);
    assert_true(input->type == MOM_USER && input->local == 12);
    rig_done(rig);
}

static void a_login_and_a_subscription_become_inputs(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *input;

    (void)state;
    rig_steady(rig);
    rig_say_text(rig, "<EventPPLogin ppn=\"7\" num=\"4711\"/>");
    rig_say_text(rig, "<EventPPLogin ppn=\"8\" addId=\"20\"/>");
    rig_say_text(rig, "<EventPPLogin ppn=\"8\"/>");
    rig_say_text(rig, "<EventPPLogin num=\"4711\"/>");
    rig_say_text(rig,
                 "<EventDECTSubscribe ipei=\"03074 0220259 3\" addId=\"20\" ommId=\"1028D085\"/>");
    rig_say_text(rig, "<EventDECTSubscribe ommId=\"1028D085\"/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "PPU");
    input = rig_input(rig, MOM_IN_LOGIN, 0);
    assert_int_equal(input->local_device, 7);
    assert_true(rig_is(input->number, "4711"));
    input = rig_input(rig, MOM_IN_LOGIN, 1);
    assert_int_equal(input->local_device, 8);
    assert_true(rig_is(input->additional, "20"));
    input = rig_input(rig, MOM_IN_SUBSCRIBE, 0);
    assert_true(rig_is(input->ipei, "03074 0220259 3"));
    assert_true(rig_is(input->additional, "20"));
    rig_done(rig);
}

static void phones_that_register_their_location_are_heard_when_they_are_watched(void **state)
{
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct rig *rig = rig_new();

        rig->config.watch_phones = true;
        rig->refuse_watch = refused ? AXI_V_EPerm : AXI_V_NOTHING;
        rig_steady(rig);
        assert_int_equal(rig->count[AXI_T_Subscribe], 2);
        assert_non_null(strstr(rig->last[AXI_T_Subscribe], "PPTransactionLocReg"));
        rig_say_text(rig, "<EventPPTransaction trType=\"LocReg\" ppn=\"7\" rfpId=\"1\"/>");
        rig_say_text(rig, "<EventPPTransaction trType=\"Release\" ppn=\"7\"/>");
        rig_say_text(rig, "<EventPPTransaction trType=\"LocReg\"/>");
        assert_int_equal(rig_run(rig), MOM_OK);
        assert_string_equal(rig_kinds(rig), "H");
        assert_int_equal(rig_input(rig, MOM_IN_HEARD, 0)->local, 7);
        rig_done(rig);
    }
}

static void what_belongs_to_the_site_is_left_out_and_secrets_are_marked(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *input;
    struct axi_elem *row = rig_user(rig, 4, "4711");
    struct mom_str secret;

    (void)state;
    axi_set_int(row, AXI_A_uidSec, 0);
    axi_set_int(row, AXI_A_ppnOld, 9);
    axi_set_cstr(row, AXI_A_sipPw, "c2VhbGVk");
    axi_set_cstr(row, AXI_A_pin, "");
    axi_set_named(row, rig_text("ofTheFuture"), rig_text("1"));
    row = rig_device(rig, 5, "");
    axi_set_cstr(row, AXI_A_uak, "00112233445566778899AABBCCDDEEFF");
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);

    input = rig_input(rig, MOM_IN_RECORD, 0);
    assert_true(rig_is(rig_attr(input, "uak"), "00112233445566778899AABBCCDDEEFF"));
    assert_true(rig_is(rig_attr(input, "ipei"), ""));
    assert_null(rig_attr(input, "ppn").ptr);
    input = rig_input(rig, MOM_IN_RECORD, 1);
    assert_null(rig_attr(input, "uid").ptr);
    assert_null(rig_attr(input, "uidSec").ptr);
    assert_null(rig_attr(input, "ppn").ptr);
    assert_null(rig_attr(input, "ppnOld").ptr);
    assert_null(rig_attr(input, "timeStamp").ptr);
    assert_true(rig_is(rig_attr(input, "ofTheFuture"), "1"));
    assert_true(rig_is(rig_attr(input, "pin"), ""));
    secret = rig_attr(input, "sipPw");
    assert_int_equal(secret.len, 1 + 16 + 8);
    if (secret.ptr == NULL)
        return;
    assert_int_equal(secret.ptr[0], 'K');
    for (size_t i = 1; i <= 16; i++)
        assert_non_null(strchr("0123456789ABCDEF", secret.ptr[i]));
    assert_memory_equal(secret.ptr + 17, "c2VhbGVk", 8);
    assert_null(strstr(rig->log, "c2VhbGVk"));
    rig_done(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_told_once_whatever_the_gaps_and_the_window),
        cmocka_unit_test(the_window_is_kept_full),
        cmocka_unit_test(a_slow_line_is_not_taken_for_silence),
        cmocka_unit_test(the_output_limit_holds_requests_back),
        cmocka_unit_test(events_wait_until_the_lists_are_read),
        cmocka_unit_test(too_many_events_make_the_lists_be_read_again),
        cmocka_unit_test(an_omm_that_never_stops_changing_is_given_up),
        cmocka_unit_test(a_page_out_of_order_is_a_protocol_error),
        cmocka_unit_test(an_import_that_ends_early_deletes_nothing),
        cmocka_unit_test(events_become_inputs),
        cmocka_unit_test(a_location_report_becomes_an_input),
        cmocka_unit_test(a_login_and_a_subscription_become_inputs),
        cmocka_unit_test(phones_that_register_their_location_are_heard_when_they_are_watched),
        cmocka_unit_test(what_belongs_to_the_site_is_left_out_and_secrets_are_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
