/*
 * Proves the conversation of a link with an OMM from connect to steady and every way in which it ends: a scripted OMM
 * on a virtual clock, see rig.h.
 */
#include "rig.h"

static void the_conversation_has_this_order(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_device(rig, 1, "03074 0220259 3");
    rig_user(rig, 1, "4711");
    rig->config.window = 1;
    rig_identify(rig);
    assert_string_equal(rig->asked, "Open Ping GetPARK GetSARI ");
    assert_non_null(strstr(rig->last[AXI_T_Open], "protocolVersion=\"45\""));
    assert_non_null(strstr(rig->last[AXI_T_Open], "UserDeviceSyncClient=\"1\""));
    assert_int_equal(rig_input(rig, MOM_IN_IDENTIFIED, 0)->site, 7);
    assert_int_equal(rig_input(rig, MOM_IN_IDENTIFIED, 0)->park.pli, 0x1f);
    assert_int_equal(rig_input(rig, MOM_IN_IDENTIFIED, 0)->park.ari, 0x1028d085);

    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    rig_assert_state(rig, MOM_OMM_PREPARING);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked,
                        "Open Ping GetPARK GetSARI SetMOMControlState SetDevAutoCreate Subscribe "
                        "GetPPDevSummary GetPPUserSummary GetPPDev GetPPUser ");
    assert_non_null(strstr(rig->last[AXI_T_SetMOMControlState], "enable=\"1\""));
    assert_non_null(strstr(rig->last[AXI_T_SetDevAutoCreate], "enable=\"0\""));
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_string_equal(rig_kinds(rig), "IMRRD");
    assert_int_equal(rig_input(rig, MOM_IN_RECORD, 0)->type, MOM_DEVICE);
    assert_int_equal(rig_input(rig, MOM_IN_RECORD, 1)->type, MOM_USER);
    assert_int_equal(rig_info(rig).devices_read, 1);
    assert_int_equal(rig_info(rig).users_total, 1);
    assert_string_equal(rig_info(rig).omm_version, "SIP-DECT 7.1-CK14");
    assert_null(strstr(rig->log, "secret"));
    rig_done(rig);
}

static void a_site_without_sari_configured_is_left_as_it_is(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_set(rig->sari, "0000000000");
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, ""), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_int_equal(rig->count[AXI_T_SetSARI], 0);
    rig_done(rig);
}

static void the_key_is_asked_for_when_open_does_not_tell_it(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->no_key = true;
    rig_identify(rig);
    assert_string_equal(rig->asked, "Open GetPublicKey Ping GetPARK GetSARI ");
    rig_done(rig);
}

static void the_platform_is_told_by_open_or_by_the_limits(void **state)
{
    static const struct {
        const char *word;
        int64_t phones, base_stations;
        enum axi_value refuse;
        enum mom_platform platform;
    } cases[] = {
        {"rfp", 0, 0, AXI_V_NOTHING, MOM_PLATFORM_BASE_STATION},
        {"linux-pc", 512, 256, AXI_V_NOTHING, MOM_PLATFORM_SERVER},
        {NULL, 512, 256, AXI_V_NOTHING, MOM_PLATFORM_BASE_STATION},
        {"toaster", 10000, 4096, AXI_V_NOTHING, MOM_PLATFORM_SERVER},
        {"linux-pc2", 3, 4, AXI_V_NOTHING, MOM_PLATFORM_UNKNOWN},
        {NULL, -1, INT64_MAX, AXI_V_NOTHING, MOM_PLATFORM_UNKNOWN},
        {NULL, 512, 256, AXI_V_EInval, MOM_PLATFORM_UNKNOWN},
        {NULL, 512, 256, AXI_V_EPerm, MOM_PLATFORM_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig *rig = rig_new();

        rig->platform = cases[i].word;
        rig->phones = cases[i].phones;
        rig->base_stations = cases[i].base_stations;
        rig->refuse[AXI_T_Limits] = cases[i].refuse;
        rig_identify(rig);
        assert_int_equal(rig->count[AXI_T_Limits], i >= 2);
        assert_int_equal(rig_input(rig, MOM_IN_IDENTIFIED, 0)->platform, cases[i].platform);
        rig_done(rig);
    }
}

/* --- refusals --------------------------------------------------------------------------------------- */

static void assert_ends(struct rig *rig, enum mom_omm_state state, const char *text)
{
    unsigned address;

    rig_assert_state(rig, state);
    if (strstr(rig_info(rig).text, text) == NULL)
        fail_msg("text is \"%s\"", rig_info(rig).text);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CLOSE);
    assert_int_equal(mom_omm_wants(rig->link, &address), 0);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "the host closed"), MOM_OK);
    rig_assert_state(rig, state);
    assert_non_null(strstr(rig_info(rig).text, text));
    assert_true(rig_info(rig).next_try_ms >= rig->now.mono_ms + 60000);
    assert_true(rig_info(rig).next_try_ms <= rig->now.mono_ms + 65000);
    assert_int_equal(mom_omm_deadline(rig->link), rig_info(rig).next_try_ms);
}

static void a_wrong_password_is_auth_failed(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->config.password = rig_str("wrong");
    assert_int_equal(rig_connect(rig), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_ends(rig, MOM_OMM_AUTH_FAILED, "EAuth");
    assert_int_equal(mom_batch_count(rig->batch), 0);

    /* The new password is taken at the next try. */
    assert_int_equal(mom_omm_set_account(rig->link, rig_str("omm"), rig_str("secret")), MOM_OK);
    rig_identify(rig);
    rig_done(rig);
}

static void another_version_is_a_mismatch(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->protocol_version = 35;
    assert_int_equal(rig_connect(rig), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_ends(rig, MOM_OMM_VERSION_MISMATCH, "35");
    assert_int_equal(rig_info(rig).protocol_version, 35);
    rig_done(rig);
}

static void a_version_refused_by_the_omm_is_a_mismatch_too(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->protocol_version = 35;
    rig->refuse[AXI_T_Open] = AXI_V_EInval;
    assert_int_equal(rig_connect(rig), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_ends(rig, MOM_OMM_VERSION_MISMATCH, "35");
    rig_done(rig);
}

static void any_version_is_taken_when_none_is_configured(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->config.protocol_version = 0;
    rig->protocol_version = 51;
    rig_identify(rig);
    assert_null(strstr(rig->last[AXI_T_Open], "protocolVersion"));
    assert_int_equal(rig_info(rig).protocol_version, 51);
    rig_done(rig);
}

static const enum axi_type script_requests[] = {
    AXI_T_Open,      AXI_T_GetPARK,          AXI_T_GetSARI,         AXI_T_SetMOMControlState,
    AXI_T_Subscribe, AXI_T_SetDevAutoCreate, AXI_T_GetPPDevSummary, AXI_T_GetPPUserSummary,
    AXI_T_GetPPDev,  AXI_T_GetPPUser,
};
#define SCRIPT_REQUESTS (sizeof(script_requests) / sizeof(script_requests[0]))

/* Run as far as it goes: admit when asked. */
static void run_through(struct rig *rig)
{
    assert_int_equal(rig_connect(rig), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    if (rig_count_inputs(rig, MOM_IN_IDENTIFIED) > 0) {
        assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
        assert_int_equal(rig_run(rig), MOM_OK);
    }
}

static void a_missing_permission_at_any_step_ends_the_conversation(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCRIPT_REQUESTS; i++) {
        struct rig *rig = rig_new();

        rig->refuse[script_requests[i]] = AXI_V_EPerm;
        run_through(rig);
        assert_ends(rig, MOM_OMM_PERMISSION, "EPerm");
        assert_int_equal(rig_count_inputs(rig, MOM_IN_DOWN),
                         rig_count_inputs(rig, MOM_IN_IDENTIFIED));
        rig_done(rig);
    }
}

static void another_error_rejects_where_we_cannot_do_without(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCRIPT_REQUESTS; i++) {
        enum axi_type type = script_requests[i];
        struct rig *rig = rig_new();

        rig->refuse[type] = AXI_V_EInval;
        rig->bad = "thing";
        run_through(rig);
        if (type == AXI_T_SetDevAutoCreate || type == AXI_T_GetPPDevSummary ||
            type == AXI_T_GetPPUserSummary)
            rig_assert_state(rig, MOM_OMM_STEADY);
        else
            assert_ends(rig, MOM_OMM_REJECTED, "EInval (bad thing): not today");
        rig_done(rig);
    }
}

static void silence_at_any_step_is_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCRIPT_REQUESTS; i++) {
        struct rig *rig = rig_new();

        rig->silent[script_requests[i]] = true;
        run_through(rig);
        assert_true(mom_omm_deadline(rig->link) <= rig->now.mono_ms + 15000);
        assert_int_equal(rig_advance(rig, 14999), MOM_OK);
        assert_true(rig_info(rig).state < MOM_OMM_UNREACHABLE);
        assert_int_equal(rig_advance(rig, 1), MOM_OK);
        assert_ends(rig, MOM_OMM_NO_ANSWER, axi_type_name(script_requests[i]));
        rig_done(rig);
    }
}

static void the_engine_can_refuse_a_site(void **state)
{
    static const struct {
        enum mom_refusal reason;
        enum mom_omm_state state;
    } cases[] = {{MOM_REFUSED_PARK_TYPE, MOM_OMM_PARK_MISMATCH},
                 {MOM_REFUSED_PARK_DUPLICATE, MOM_OMM_PARK_DUPLICATE},
                 {MOM_REFUSED_PARK_CHANGED, MOM_OMM_PARK_CHANGED},
                 {MOM_REFUSED_PLATFORM, MOM_OMM_PLATFORM},
                 {MOM_REFUSED_NODE_UNKNOWN, MOM_OMM_REJECTED}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig *rig = rig_new();
        struct mom_action action = {.kind = MOM_DO_REFUSE, .reason = cases[i].reason};

        rig_identify(rig);
        action.text = rig_str("site 3 has this PARK");
        assert_int_equal(rig_act(rig, &action), MOM_OK);
        assert_ends(rig, cases[i].state, "site 3");
        assert_string_equal(rig_kinds(rig), "IO");
        rig_done(rig);
    }
}

static void identities_that_are_none_are_refused(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_set(rig->park, "nonsense");
    run_through(rig);
    assert_ends(rig, MOM_OMM_PROTOCOL_ERROR, "park \"nonsense\"");
    rig_done(rig);

    rig = rig_new();
    rig_set(rig->park, "");
    run_through(rig);
    assert_ends(rig, MOM_OMM_REJECTED, "no PARK");
    rig_done(rig);
}

/* --- the SARI --------------------------------------------------------------------------------------- */

static void set_sari(struct rig *rig)
{
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, "1F10000001"), MOM_OK);
    rig_assert_state(rig, MOM_OMM_RESTARTING);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig->count[AXI_T_SetSARI], 1);
    rig_assert_state(rig, MOM_OMM_RESTARTING);
    rig_step(rig);
}

static void a_new_sari_restarts_the_omm_and_the_link(void **state)
{
    struct rig *rig = rig_new();
    unsigned address;

    (void)state;
    set_sari(rig);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "reset"), MOM_OK);
    rig_assert_state(rig, MOM_OMM_RESTARTING);
    assert_string_equal(rig_kinds(rig), "O");
    assert_int_equal(mom_omm_deadline(rig->link), rig->now.mono_ms + 5000);

    /* It takes a while: dialled again and again. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rig_advance(rig, 5000), MOM_OK);
        assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
        assert_int_equal(address, 0);
        rig_assert_state(rig, MOM_OMM_CONNECTING);
        assert_int_equal(rig_close(rig, MOM_OMM_UNREACHABLE, "refused"), MOM_OK);
        rig_assert_state(rig, MOM_OMM_RESTARTING);
    }
    rig_step(rig);
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, "1F10000001"), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_int_equal(rig->count[AXI_T_SetSARI], 1);
    rig_done(rig);
}

static void an_omm_that_stays_away_after_its_restart_is_unreachable(void **state)
{
    struct rig *rig = rig_new();
    unsigned address;

    (void)state;
    set_sari(rig);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "reset"), MOM_OK);
    for (int i = 0; i < 100 && rig_info(rig).state == MOM_OMM_RESTARTING; i++) {
        assert_int_equal(rig_advance(rig, 5000), MOM_OK);
        assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
        assert_int_equal(rig_close(rig, MOM_OMM_UNREACHABLE, "refused"), MOM_OK);
    }
    rig_assert_state(rig, MOM_OMM_UNREACHABLE);
    assert_string_equal(rig_info(rig).text, "refused");
    assert_true(rig_info(rig).next_try_ms >= rig->now.mono_ms + 60000);
    rig_done(rig);
}

static void an_omm_that_does_not_drop_the_link_is_closed(void **state)
{
    struct rig *rig = rig_new();
    unsigned address;

    (void)state;
    set_sari(rig);
    assert_int_equal(rig_advance(rig, 5000), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CLOSE);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
    rig_assert_state(rig, MOM_OMM_RESTARTING);
    assert_int_equal(mom_omm_deadline(rig->link), rig->now.mono_ms + 5000);
    rig_done(rig);
}

static void an_omm_that_restarts_without_an_answer_is_restarting(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->silent[AXI_T_SetSARI] = true;
    set_sari(rig);
    assert_int_equal(rig_advance(rig, 15000), MOM_OK);
    rig_assert_state(rig, MOM_OMM_RESTARTING);
    rig_done(rig);
}

static void an_omm_that_forgets_the_sari_is_rejected_and_not_restarted_for_ever(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    set_sari(rig);
    rig_set(rig->sari, RIG_SARI);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "reset"), MOM_OK);
    rig_step(rig);
    assert_int_equal(rig_advance(rig, 5000), MOM_OK);
    (void)mom_omm_wants(rig->link, &(unsigned){0});
    assert_int_equal(mom_omm_opened(rig->link, &rig->now, rig->batch), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig_admit(rig, "1F10000001"), MOM_OK);
    assert_ends(rig, MOM_OMM_REJECTED, "did not keep");
    rig_done(rig);
}

static void a_refused_sari_is_rejected(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->refuse[AXI_T_SetSARI] = AXI_V_EForbidden;
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, "1F10000001"), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_ends(rig, MOM_OMM_REJECTED, "SetSARI: EForbidden");
    rig_done(rig);
}

/* --- bad bytes -------------------------------------------------------------------------------------- */

static void what_is_no_axi_ends_the_conversation(void **state)
{
    static const char *const bad[] = {"\x16\x03\x01 this is not XML", "<PingResp", "<a><b></a>",
                                      "<!DOCTYPE x><x/>"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct rig *rig = rig_new();

        rig_steady(rig);
        rig_say_text(rig, bad[i]);
        assert_int_equal(rig_run(rig), MOM_OK);
        assert_ends(rig, MOM_OMM_PROTOCOL_ERROR, "at byte");
        assert_int_equal(rig_info(rig).parse_errors, 1);
        assert_string_equal(rig_kinds(rig), "O");
        rig_done(rig);
    }
}

static void a_message_without_end_is_cut_off(void **state)
{
    struct rig *rig = rig_new();
    static char chunk[4096];

    (void)state;
    rig->config.max_message = 65536;
    rig_steady(rig);
    memset(chunk, ' ', sizeof(chunk));
    for (int i = 0; i < 100000 / 4096 + 1; i++)
        assert_int_equal(mom_omm_received(rig->link, &rig->now, chunk, sizeof(chunk), rig->batch),
                         MOM_OK);
    assert_ends(rig, MOM_OMM_PROTOCOL_ERROR, "is longer than the limit at byte 65536 of a message");
    rig_done(rig);
}

static void unknown_messages_and_late_answers_are_counted(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_steady(rig);
    rig_say_text(rig, "<EventOfTheFuture a=\"1\"><b/></EventOfTheFuture>");
    rig_say_text(rig, "<PingResp seq=\"4000\"/>");
    rig_say_text(rig, "<Open username=\"you\" password=\"me\"/>");
    rig_say_text(rig, "<EventRFPSummary/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_int_equal(rig_info(rig).unknown_messages, 4);
    rig_done(rig);
}

static void bytes_can_come_in_any_portion(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    for (uint32_t id = 1; id <= 45; id++) {
        char num[16];

        snprintf(num, sizeof(num), "%u", 1000 + id);
        rig_user(rig, id, num);
    }
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    rig->hold_wire = true;
    for (int i = 0; i < 1000 && rig_info(rig).state != MOM_OMM_STEADY; i++) {
        char *copy;
        size_t len;

        rig_omm_reads(rig);
        len = rig->wire.len;
        copy = malloc(len + 1);
        if (len > 0)
            memcpy(copy, rig->wire.ptr, len);
        rig->wire.len = 0;
        for (size_t at = 0; at < len; at++)
            assert_int_equal(mom_omm_received(rig->link, &rig->now, copy + at, 1, rig->batch),
                             MOM_OK);
        free(copy);
    }
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_int_equal(rig_info(rig).users_read, 45);
    rig_done(rig);
}

/* --- trying again, the clock, switching ------------------------------------------------------------- */

static void a_lost_link_is_tried_every_minute(void **state)
{
    struct rig *rig = rig_new();
    unsigned address;
    int64_t at;

    (void)state;
    rig_steady(rig);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "connection reset"), MOM_OK);
    rig_assert_state(rig, MOM_OMM_LOST);
    assert_string_equal(rig_info(rig).text, "connection reset");
    assert_string_equal(rig_kinds(rig), "O");
    rig_step(rig);
    for (int i = 0; i < 5; i++) {
        at = rig_info(rig).next_try_ms;
        assert_in_range(at - rig->now.mono_ms, 60000, 65000);
        assert_int_equal(rig_advance(rig, at - rig->now.mono_ms - 1), MOM_OK);
        assert_int_equal(mom_omm_wants(rig->link, &address), 0);
        assert_int_equal(rig_advance(rig, 1), MOM_OK);
        assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
        assert_int_equal(address, 0);
        assert_int_equal(rig_close(rig, MOM_OMM_UNREACHABLE, "no route"), MOM_OK);
        rig_assert_state(rig, MOM_OMM_UNREACHABLE);
    }
    assert_int_equal(mom_batch_count(rig->batch), 0);
    rig_done(rig);
}

static void the_standby_is_tried_in_turn(void **state)
{
    static const unsigned order[] = {0, 1, 0, 1};
    struct rig *rig = rig_new();
    unsigned address;

    (void)state;
    rig->standby = "192.0.2.7";
    rig_steady(rig);
    assert_true(rig_info(rig).standby_known);
    assert_string_equal(rig_info(rig).standby_address, "192.0.2.7");
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(rig_advance(rig, 65000), MOM_OK);
        assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
        assert_int_equal(address, order[i]);
        assert_int_equal(rig_close(rig, MOM_OMM_UNREACHABLE, ""), MOM_OK);
    }
    rig_done(rig);
}

static void ping_keeps_the_link_and_measures_the_clock(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_steady(rig);
    assert_true(rig_info(rig).clock_known);
    assert_int_equal(rig_info(rig).clock_offset_ms, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mom_omm_deadline(rig->link), rig->now.mono_ms + 30000);
        assert_int_equal(rig_advance(rig, 30000), MOM_OK);
        assert_int_equal(rig_run(rig), MOM_OK);
    }
    assert_int_equal(rig->count[AXI_T_Ping], 4);
    rig->clock_s = -7200; /* somebody sets the OMM's clock */
    assert_int_equal(rig_advance(rig, 30000), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_in_range(-rig_info(rig).clock_offset_ms, 7199000, 7200500);
    rig->silent[AXI_T_Ping] = true;
    assert_int_equal(rig_advance(rig, 30000), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig_advance(rig, 15000), MOM_OK);
    assert_ends(rig, MOM_OMM_NO_ANSWER, "Ping");
    rig_done(rig);
}

static void times_of_a_wrong_clock_are_corrected(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *device;
    struct axi_elem *row;
    int64_t omm_now = RIG_WALL / 1000 + 3600;

    (void)state;
    rig->clock_s = 3600;
    row = rig_device(rig, 3, "03074 0220259 3");
    axi_set_int(row, AXI_A_timeStamp, omm_now - 10);
    axi_set_int(row, AXI_A_timeStampAdmin, omm_now - 20);
    axi_set_int(row, AXI_A_timeStampRoaming, omm_now - 30);
    rig_identify(rig);
    assert_int_equal(rig_info(rig).clock_offset_ms, 3600500);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    device = rig_input(rig, MOM_IN_RECORD, 0);
    assert_in_range(device->times_ms[MOM_ADMIN], RIG_WALL - 21000, RIG_WALL - 19000);
    assert_in_range(device->times_ms[MOM_ROAMING], RIG_WALL - 31000, RIG_WALL - 29000);
    assert_in_range(device->times_ms[MOM_RELATION], RIG_WALL - 11000, RIG_WALL - 9000);
    assert_in_range(device->times_ms[MOM_SUBSCRIPTION], RIG_WALL - 11000, RIG_WALL - 9000);
    rig_done(rig);
}

static void a_link_can_be_switched_off_and_on(void **state)
{
    struct rig *rig = rig_new();
    unsigned address;

    (void)state;
    rig_new_link(rig);
    rig_assert_state(rig, MOM_OMM_DISABLED);
    assert_int_equal(mom_omm_deadline(rig->link), MOM_NEVER);
    rig_steady(rig);

    assert_int_equal(mom_omm_enable(rig->link, &rig->now, false, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CLOSE);
    rig_assert_state(rig, MOM_OMM_DISABLED);
    assert_string_equal(rig_kinds(rig), "O");
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "closed"), MOM_OK);
    rig_assert_state(rig, MOM_OMM_DISABLED);
    assert_int_equal(mom_omm_deadline(rig->link), MOM_NEVER);
    assert_int_equal(rig_info(rig).next_try_ms, MOM_NEVER);
    rig_step(rig);

    /* Off and on again before the host has closed: dialled as soon as it has. */
    rig_steady(rig);
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, false, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, true, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CLOSE);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "closed"), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
    rig_assert_state(rig, MOM_OMM_CONNECTING);

    /* Off while it is dialled. */
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, false, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CLOSE);
    assert_int_equal(mom_omm_opened(rig->link, &rig->now, rig->batch), MOM_OK);
    rig_assert_state(rig, MOM_OMM_DISABLED);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);

    /* Off before the host has looked. */
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, true, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, false, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), 0);
    rig_done(rig);
}

static void a_lost_control_ends_the_conversation(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_steady(rig);
    rig_say_text(rig, "<EventMOMControlState enable=\"1\"/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
    rig_say_text(rig, "<EventMOMControlState enable=\"0\"/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_ends(rig, MOM_OMM_REJECTED, "control");
    rig_done(rig);
}

static void bad_configurations_are_refused(void **state)
{
    struct mom_omm_config config = {.size = sizeof(config), .site = 1};
    struct mom_omm *link = NULL;
    static char long_name[300];

    (void)state;
    memset(long_name, 'x', sizeof(long_name));
    assert_int_equal(mom_omm_new(NULL, &link), MOM_EINVAL);
    config.page = -1;
    assert_int_equal(mom_omm_new(&config, &link), MOM_EINVAL);
    config.page = 0;
    config.username = (struct mom_str){long_name, sizeof(long_name)};
    assert_int_equal(mom_omm_new(&config, &link), MOM_EINVAL);
    config.username = rig_str("a");
    config.site = 0;
    assert_int_equal(mom_omm_new(&config, &link), MOM_EINVAL);
    config.site = 1;
    config.size = 1;
    assert_int_equal(mom_omm_new(&config, &link), MOM_EINVAL);
    assert_null(link);
    mom_omm_free(NULL);
    assert_string_equal(mom_omm_state_name(MOM_OMM_PARK_DUPLICATE), "park duplicate");
    assert_string_equal(mom_omm_state_name(MOM_OMM_STATE_COUNT), "?");
    assert_non_null(mom_omm_state_text(MOM_OMM_STEADY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_conversation_has_this_order),
        cmocka_unit_test(a_site_without_sari_configured_is_left_as_it_is),
        cmocka_unit_test(the_key_is_asked_for_when_open_does_not_tell_it),
        cmocka_unit_test(the_platform_is_told_by_open_or_by_the_limits),
        cmocka_unit_test(a_wrong_password_is_auth_failed),
        cmocka_unit_test(another_version_is_a_mismatch),
        cmocka_unit_test(a_version_refused_by_the_omm_is_a_mismatch_too),
        cmocka_unit_test(any_version_is_taken_when_none_is_configured),
        cmocka_unit_test(a_missing_permission_at_any_step_ends_the_conversation),
        cmocka_unit_test(another_error_rejects_where_we_cannot_do_without),
        cmocka_unit_test(silence_at_any_step_is_no_answer),
        cmocka_unit_test(the_engine_can_refuse_a_site),
        cmocka_unit_test(identities_that_are_none_are_refused),
        cmocka_unit_test(a_new_sari_restarts_the_omm_and_the_link),
        cmocka_unit_test(an_omm_that_stays_away_after_its_restart_is_unreachable),
        cmocka_unit_test(an_omm_that_does_not_drop_the_link_is_closed),
        cmocka_unit_test(an_omm_that_restarts_without_an_answer_is_restarting),
        cmocka_unit_test(an_omm_that_forgets_the_sari_is_rejected_and_not_restarted_for_ever),
        cmocka_unit_test(a_refused_sari_is_rejected),
        cmocka_unit_test(what_is_no_axi_ends_the_conversation),
        cmocka_unit_test(a_message_without_end_is_cut_off),
        cmocka_unit_test(unknown_messages_and_late_answers_are_counted),
        cmocka_unit_test(bytes_can_come_in_any_portion),
        cmocka_unit_test(a_lost_link_is_tried_every_minute),
        cmocka_unit_test(the_standby_is_tried_in_turn),
        cmocka_unit_test(ping_keeps_the_link_and_measures_the_clock),
        cmocka_unit_test(times_of_a_wrong_clock_are_corrected),
        cmocka_unit_test(a_link_can_be_switched_off_and_on),
        cmocka_unit_test(a_lost_control_ends_the_conversation),
        cmocka_unit_test(bad_configurations_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
