/*
 * Proves what becomes of the engine's actions at the OMM: creations, changes, bindings, deletions, their errors,
 * secrets in all forms, and the control messages of a handoff.
 */
#include "rig.h"

static struct mom_attr attr(const char *name, const char *value)
{
    return (struct mom_attr){rig_str(name), rig_str(value)};
}

static const struct mom_input *result(struct rig *rig)
{
    assert_int_equal(rig_count_inputs(rig, MOM_IN_RESULT), 1);
    return rig_input(rig, MOM_IN_RESULT, 0);
}

static struct axi_str stored(struct rig_table *table, uint32_t id, enum axi_attr name)
{
    struct rig_record *record = rig_find(table, id);

    assert_non_null(record);
    return axi_get_str(rig_row(record), name);
}

static bool is(struct axi_str text, const char *value)
{
    return rig_is((struct mom_str){text.ptr, text.len}, value);
}

static void a_put_creates_both_and_binds_them(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr device[] = {attr("ipei", "03074 0220259 3"), attr("s", "Yes"),
                                      attr("uak", "00112233445566778899AABBCCDDEEFF"),
                                      attr("relType", "Dynamic")};
    const struct mom_attr user[] = {attr("num", "4711"), attr("name", "Reception")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .site = 7,
                                .token = 99,
                                .device = {.id = 1, .attrs = device, .attr_count = 4},
                                .user = {.id = 2, .attrs = user, .attr_count = 2}};
    const struct mom_input *done;

    (void)state;
    rig_device(rig, 5, "");
    rig_steady(rig);
    rig->asked_len = 0;
    action.relation = rig_str("Dynamic");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "CreatePPDev CreatePPUser SetPP ");
    assert_non_null(strstr(rig->last[AXI_T_CreatePPDev], "relType=\"Unbound\""));
    assert_string_equal(rig_kinds(rig), "RRRRT");
    assert_false(rig_input(rig, MOM_IN_RECORD, 0)->partial);
    done = result(rig);
    assert_int_equal(done->token, 99);
    assert_int_equal(done->rc, MOM_OK);
    assert_int_equal(done->local_device, 6);
    assert_int_equal(done->local_user, 1);
    assert_true(is(stored(&rig->devices, 6, AXI_A_uid), "1"));
    assert_true(is(stored(&rig->users, 1, AXI_A_ppn), "6"));
    assert_true(is(stored(&rig->users, 1, AXI_A_relType), "Dynamic"));
    rig_done(rig);
}

static void a_put_sends_only_what_it_needs(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr user[] = {attr("name", "Lab"), attr("ofTheFuture", "1")};
    struct mom_action action = {.kind = MOM_DO_PUT, .token = 1};

    (void)state;
    rig_user(rig, 3, "4711");
    rig_device(rig, 8, "");
    rig_steady(rig);
    rig->asked_len = 0;
    action.user = (struct mom_put){.id = 2, .local = 3, .attrs = user, .attr_count = 1};
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "SetPPUser ");
    assert_int_equal(result(rig)->rc, MOM_OK);
    assert_int_equal(result(rig)->local_user, 3);
    rig_step(rig);

    /* The relation alone, with a device that is not part of the PUT. */
    rig->asked_len = 0;
    action.user.attr_count = 0;
    action.local_device = 8;
    action.relation = rig_str("Fixed");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "SetPP ");
    assert_true(is(stored(&rig->devices, 8, AXI_A_relType), "Fixed"));
    assert_int_equal(result(rig)->rc, MOM_OK);
    rig_step(rig);
    action.relation = rig_str("Unbound");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_true(is(stored(&rig->devices, 8, AXI_A_uid), "0"));
    assert_true(is(stored(&rig->users, 3, AXI_A_ppn), "0"));
    rig_step(rig);

    /* Nothing at all. */
    rig->asked_len = 0;
    action.relation = rig_str("");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_OK);
    rig_step(rig);

    /* Half a binding. */
    action.local_device = 0;
    action.relation = rig_str("Dynamic");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_ERELATION);
    rig_done(rig);
}

/* Whose it is the engine has to say: it is told, and not changed. */
static void a_creation_that_exists_tells_what_is_in_the_way(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr device[] = {attr("ipei", "03074 0220259 3"), attr("encrypt", "1")};
    const struct mom_attr user[] = {attr("num", "4711"), attr("name", "Lab")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .device = {.id = 1, .attrs = device, .attr_count = 2},
                                .user = {.id = 2, .attrs = user, .attr_count = 2}};

    (void)state;
    rig_user(rig, 3, "4711");
    rig_device(rig, 8, "03074 0220259 3");
    rig_steady(rig);
    rig->asked_len = 0;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "CreatePPDev GetPPDevByIPEI ");
    assert_int_equal(result(rig)->rc, MOM_EEXIST);
    rig_step(rig);

    rig->asked_len = 0;
    action.device.id = 0;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "CreatePPUser GetPPUserByNumber ");
    assert_int_equal(result(rig)->rc, MOM_EEXIST);
    assert_false(is(stored(&rig->users, 3, AXI_A_name), "Lab"));
    rig_step(rig);

    /* In use is another key, the additional id for example. */
    rig->refuse[AXI_T_CreatePPUser] = AXI_V_EExist;
    rig->refuse[AXI_T_GetPPUserByNumber] = AXI_V_ENoEnt;
    rig->asked_len = 0;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "CreatePPUser GetPPUserByNumber CreatePPUser ");
    assert_int_equal(result(rig)->rc, MOM_EEXIST);
    rig_done(rig);
}

/* Its removal was asked for after the creation, and done before it was looked for. */
static void a_creation_is_tried_again_when_nothing_is_in_the_way_any_more(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr device[] = {attr("ipei", "03074 0220259 3"), attr("encrypt", "1")};
    const struct mom_attr user[] = {attr("num", "4711"), attr("name", "Lab")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .device = {.id = 1, .attrs = device, .attr_count = 2},
                                .user = {.id = 2, .attrs = user, .attr_count = 2}};

    (void)state;
    rig_steady(rig);
    rig->refuse[AXI_T_CreatePPDev] = rig->refuse[AXI_T_CreatePPUser] = AXI_V_EExist;
    rig->refusals[AXI_T_CreatePPDev] = rig->refusals[AXI_T_CreatePPUser] = 1;
    rig->refuse[AXI_T_GetPPDevByIPEI] = rig->refuse[AXI_T_GetPPUserByNumber] = AXI_V_ENoEnt;
    rig->asked_len = 0;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig->asked, "CreatePPDev GetPPDevByIPEI CreatePPDev "
                                    "CreatePPUser GetPPUserByNumber CreatePPUser ");
    assert_int_equal(result(rig)->rc, MOM_OK);
    rig_done(rig);
}

static void errors_are_told_with_their_codes(void **state)
{
    static const struct {
        enum axi_value code;
        int rc;
    } cases[] = {{AXI_V_ENoEnt, MOM_ENOENT},     {AXI_V_EInval, MOM_EVALUE},
                 {AXI_V_ETooLong, MOM_EVALUE},   {AXI_V_EMissing, MOM_EVALUE},
                 {AXI_V_EExist, MOM_EEXIST},     {AXI_V_EInvalidChars, MOM_EVALUE},
                 {AXI_V_ENoMem, MOM_ELIMIT},     {AXI_V_ELicense, MOM_ELIMIT},
                 {AXI_V_EFailed, MOM_EFIELD},    {AXI_V_EForbidden, MOM_EFIELD},
                 {AXI_V_EInProgress, MOM_EFIELD}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig *rig = rig_new();
        const struct mom_attr user[] = {attr("name", "Lab")};
        struct mom_action action = {.kind = MOM_DO_PUT,
                                    .user = {.id = 2, .local = 3, .attrs = user, .attr_count = 1}};

        rig_user(rig, 3, "4711");
        rig_steady(rig);
        rig->refuse[AXI_T_SetPPUser] = cases[i].code;
        rig->bad = "name";
        assert_int_equal(rig_act(rig, &action), MOM_OK);
        assert_int_equal(rig_run(rig), MOM_OK);
        assert_int_equal(result(rig)->rc, cases[i].rc);
        assert_non_null(strstr(rig->log, "(bad name)"));
        rig_assert_state(rig, MOM_OMM_STEADY);
        rig_done(rig);
    }
}

static void a_device_that_was_created_is_told_although_the_user_fails(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr device[] = {attr("ipei", "03074 0220259 3")};
    const struct mom_attr user[] = {attr("num", "4711")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .device = {.id = 1, .attrs = device, .attr_count = 1},
                                .user = {.id = 2, .attrs = user, .attr_count = 1}};

    (void)state;
    rig_steady(rig);
    rig->refuse[AXI_T_CreatePPUser] = AXI_V_ENoMem;
    action.relation = rig_str("Dynamic");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "RT");
    assert_int_equal(result(rig)->rc, MOM_ELIMIT);
    assert_int_equal(result(rig)->local_device, 1);
    assert_int_equal(result(rig)->local_user, 0);
    rig_done(rig);
}

static void text_that_axi_cannot_carry_is_refused(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_attr user[] = {attr("name", "\xff\xfe")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .user = {.id = 2, .local = 3, .attrs = user, .attr_count = 1}};

    (void)state;
    rig_steady(rig);
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_EVALUE);
    rig_done(rig);
}

static void secrets_are_given_in_every_form(void **state)
{
    struct rig *rig = rig_new();
    char own[64] = "", foreign[] = "K0123456789ABCDEFb3RoZXI=";
    struct mom_attr user[] = {attr("num", "4711"),
                              attr("sipPw", "Pclear"),
                              attr("pin", ""),
                              attr("credentialPw", own),
                              attr("serviceAuthPassword", foreign),
                              attr("keyLockPin", "?nonsense")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .user = {.id = 2, .attrs = user, .attr_count = 6}};
    struct mom_str told;

    (void)state;
    axi_set_cstr(rig_user(rig, 1, "1"), AXI_A_sipPw, "b3du");
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    told = rig_attr(rig_input(rig, MOM_IN_RECORD, 0), "sipPw");
    snprintf(own, sizeof(own), "%.*s", (int)told.len, told.ptr);
    user[3] = attr("credentialPw", own);
    rig_step(rig);

    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_OK);
    assert_true(is(stored(&rig->users, 2, AXI_A_sipPw), "enc:C0FF:clear"));
    assert_true(is(stored(&rig->users, 2, AXI_A_pin), ""));
    assert_true(is(stored(&rig->users, 2, AXI_A_credentialPw), "b3du"));
    assert_null(stored(&rig->users, 2, AXI_A_serviceAuthPassword).ptr);
    assert_null(stored(&rig->users, 2, AXI_A_keyLockPin).ptr);
    assert_int_equal(rig_info(rig).secrets_unusable, 2);
    assert_non_null(strstr(rig->log, "serviceAuthPassword of user 4711"));
    assert_null(strstr(rig->log, "b3RoZXI="));
    assert_null(strstr(rig->log, "clear"));

    /* Too long for the key. */
    rig_step(rig);
    user[1] = attr("sipPw", "P123456789012345678901234567890123456789012345678901234567890");
    action.user.local = 2;
    action.user.attr_count = 2;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_OK);
    assert_true(is(stored(&rig->users, 2, AXI_A_sipPw), "enc:C0FF:clear"));
    assert_int_equal(rig_info(rig).secrets_unusable, 3);
    rig_done(rig);
}

static void the_same_key_has_the_same_fingerprint_however_it_is_written(void **state)
{
    struct mom_str told[2];
    struct rig *rigs[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        rigs[i] = rig_new();
        rigs[i]->no_key = i == 1; /* then GetPublicKey tells it */
        axi_set_cstr(rig_user(rigs[i], 1, "1"), AXI_A_sipPw, "b3du");
        rig_identify(rigs[i]);
        assert_int_equal(rig_admit(rigs[i], RIG_SARI), MOM_OK);
        assert_int_equal(rig_run(rigs[i]), MOM_OK);
        told[i] = rig_attr(rig_input(rigs[i], MOM_IN_RECORD, 0), "sipPw");
    }
    assert_int_equal(told[0].len, told[1].len);
    assert_memory_equal(told[0].ptr, told[1].ptr, told[0].len);
    rig_done(rigs[0]);
    rig_done(rigs[1]);
}

static void removals_are_done_and_a_missing_record_counts_as_done(void **state)
{
    struct rig *rig = rig_new();
    struct mom_action action = {.kind = MOM_DO_REMOVE, .type = MOM_USER, .token = 5, .local = 3};

    (void)state;
    rig_user(rig, 3, "4711");
    rig_device(rig, 4, "");
    rig_steady(rig);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rig_act(rig, &action), MOM_OK);
        assert_int_equal(rig_run(rig), MOM_OK);
        assert_int_equal(result(rig)->rc, MOM_OK);
        assert_int_equal(result(rig)->token, 5);
        assert_int_equal(rig->users.count, 0);
        rig_step(rig);
    }
    action.type = MOM_DEVICE;
    action.local = 4;
    rig->refuse[AXI_T_DeletePPDev] = AXI_V_EForbidden;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(result(rig)->rc, MOM_EFIELD);
    rig_done(rig);
}

static void a_handoff_speaks_the_dialect(void **state)
{
    struct rig *rig = rig_new();
    struct mom_action action = {.kind = MOM_DO_DEREGISTER, .local_user = 3, .local_device = 4};

    (void)state;
    rig_steady(rig);
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_non_null(strstr(rig->last[AXI_T_PPSIPDeregister], "uid=\"3\""));
    assert_non_null(strstr(rig->last[AXI_T_PPSIPDeregister], "ppn=\"4\""));
    assert_string_equal(rig_kinds(rig), ""); /* the answer is not the event */
    rig_say_text(rig, "<EventPPSIPDeregistered uid=\"3\" ppn=\"4\"/>");
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "S");
    rig_step(rig);

    rig->refuse[AXI_T_PPSIPDeregister] = AXI_V_ENoEnt;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "S");
    assert_int_equal(rig_input(rig, MOM_IN_RELEASED, 0)->local, 3);
    rig_step(rig);
    rig->refuse[AXI_T_PPSIPDeregister] = AXI_V_EFailed;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "");

    action.kind = MOM_DO_REGISTER;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "N");
    assert_int_equal(rig_input(rig, MOM_IN_RENEWED, 0)->local, 3);
    rig_step(rig);
    rig->refuse[AXI_T_PPSIPRegister] = AXI_V_EFailed;
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_string_equal(rig_kinds(rig), "");

    action.kind = MOM_DO_REJECT;
    action.ipei = rig_str("03074 0220259 3");
    action.subscription = rig_str("0123456789ABCDEF");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_non_null(strstr(rig->last[AXI_T_DECTLocateReject], "ipei=\"03074 0220259 3\""));
    assert_string_equal(rig_kinds(rig), "");
    action.subscribing = true;
    action.additional = rig_str("20");
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_non_null(strstr(rig->last[AXI_T_DECTSubscribeReject], "ipei=\"03074 0220259 3\""));
    assert_non_null(strstr(rig->last[AXI_T_DECTSubscribeReject], "addId=\"20\""));
    assert_int_equal(rig->count[AXI_T_DECTLocateReject], 1);
    rig_done(rig);
}

static void jobs_run_side_by_side_and_end_with_the_link(void **state)
{
    struct rig *rig = rig_new();
    struct mom_action action = {.kind = MOM_DO_REMOVE, .type = MOM_USER};

    (void)state;
    rig_steady(rig);
    rig->silent[AXI_T_DeletePPUser] = true;
    for (uint32_t i = 1; i <= 500; i++) {
        action.local = i;
        assert_int_equal(rig_act(rig, &action), MOM_OK);
    }
    rig_omm_reads(rig);
    assert_in_range(rig->count[AXI_T_DeletePPUser], 32, 256);
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, "gone"), MOM_OK);
    assert_string_equal(rig_kinds(rig), "O");
    assert_int_equal(rig_act(rig, &action), MOM_OK); /* the engine did not know yet */
    assert_string_equal(rig_kinds(rig), "O");
    rig_step(rig);

    rig->silent[AXI_T_DeletePPUser] = false;
    rig_steady(rig);
    for (uint32_t i = 1; i <= 500; i++)
        assert_int_equal(rig_act(rig, &action), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_RESULT), 500);
    rig_done(rig);
}

/* More phones ask at once than answers may be under way: the engine bounds records by itself. */
static void a_storm_of_phones_does_not_refuse_records(void **state)
{
    struct rig *rig = rig_new();
    struct mom_action reject = {.kind = MOM_DO_REJECT, .ipei = rig_str("03074 0220259 3")};
    struct mom_action remove = {.kind = MOM_DO_REMOVE, .type = MOM_USER};

    (void)state;
    rig_steady(rig);
    rig->silent[AXI_T_DECTLocateReject] = true;
    for (int i = 0; i < 3000; i++)
        assert_int_equal(rig_act(rig, &reject), MOM_OK);
    for (remove.local = 1; remove.local <= 32; remove.local++)
        assert_int_equal(rig_act(rig, &remove), MOM_OK);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_RESULT), 0);
    rig_done(rig);
}

/* --- memory ----------------------------------------------------------------------------------------- */

/* A whole life; returns the first MOM_ENOMEM, after which the host closes. */
static int live(struct rig *rig)
{
    const struct mom_attr user[] = {attr("num", "4711"), attr("sipPw", "Pclear")};
    struct mom_action action = {.kind = MOM_DO_PUT,
                                .user = {.id = 2, .attrs = user, .attr_count = 2}};
    int rc = rig_connect(rig);

    if (rc == MOM_OK)
        rc = rig_run(rig);
    if (rc == MOM_OK)
        rc = rig_admit(rig, RIG_SARI);
    if (rc == MOM_OK) {
        rig_say_text(rig, "<EventPPCnf><user uid=\"1\" name=\"x\"/></EventPPCnf>");
        rc = rig_run(rig);
    }
    if (rc == MOM_OK)
        rc = rig_act(rig, &action);
    return rc == MOM_OK ? rig_run(rig) : rc;
}

static void every_failed_allocation_is_survived(void **state)
{
    bool failed = true;

    (void)state;
    for (long at = 1; failed; at++) {
        struct rig *rig = rig_new();
        int rc;

        axi_set_cstr(rig_user(rig, 1, "1"), AXI_A_sipPw, "b3du");
        rig_device(rig, 1, "");
        rig_new_link(rig);
        rig->fails_at = at;
        rc = live(rig);
        failed = rig->fails_at == 0;
        rig->fails_at = 0;
        assert_true(rc == MOM_OK || rc == MOM_ENOMEM);
        assert_true(failed || rc == MOM_OK);
        assert_int_equal(rig_close(rig, MOM_OMM_LOST, "out of memory"), MOM_OK);
        assert_int_equal(rig_count_inputs(rig, MOM_IN_DOWN),
                         rig_count_inputs(rig, MOM_IN_IDENTIFIED));
        rig_step(rig);
        /* And all is well the next time. */
        rig_steady(rig);
        rig_done(rig);
    }
}

static void a_link_that_cannot_be_made_leaves_nothing(void **state)
{
    struct rig *rig = rig_new();
    struct mom_omm *link = NULL;
    int rc = MOM_ENOMEM;

    (void)state;
    rig_new_link(rig);
    for (long at = 1; rc != MOM_OK; at++) {
        rig->fails_at = at;
        rc = mom_omm_new(&rig->config, &link);
        assert_true(rc == MOM_OK || rc == MOM_ENOMEM);
    }
    mom_omm_free(link);
    rig_done(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_put_creates_both_and_binds_them),
        cmocka_unit_test(a_put_sends_only_what_it_needs),
        cmocka_unit_test(a_creation_that_exists_tells_what_is_in_the_way),
        cmocka_unit_test(a_creation_is_tried_again_when_nothing_is_in_the_way_any_more),
        cmocka_unit_test(errors_are_told_with_their_codes),
        cmocka_unit_test(a_device_that_was_created_is_told_although_the_user_fails),
        cmocka_unit_test(text_that_axi_cannot_carry_is_refused),
        cmocka_unit_test(secrets_are_given_in_every_form),
        cmocka_unit_test(the_same_key_has_the_same_fingerprint_however_it_is_written),
        cmocka_unit_test(removals_are_done_and_a_missing_record_counts_as_done),
        cmocka_unit_test(a_handoff_speaks_the_dialect),
        cmocka_unit_test(jobs_run_side_by_side_and_end_with_the_link),
        cmocka_unit_test(a_storm_of_phones_does_not_refuse_records),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(a_link_that_cannot_be_made_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
