/*
 * CoA profiles of an OMM: read after the import one by one, told as they change, set when the engine wants it; and an
 * OMM that has none, or says nonsense of them, keeps everything else.
 */
#include "rig.h"

#define EVENT(rest) "<EventPpProfileCnf" rest "</EventPpProfileCnf>"

static void put(struct rig *rig, int64_t number, const char *name, const char *data)
{
    rig_set_profile(rig, number, rig_text(name), rig_text(data));
}

/* As far as steady and what follows it, with what came in the batch. */
static void begin(struct rig *rig)
{
    rig->config.profiles = true;
    rig_identify(rig);
    rig_step(rig);
    assert_int_equal(rig_admit(rig, rig->sari), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
}

/* The same, looked at already. */
static struct rig *new_steady(void)
{
    struct rig *rig = rig_new();

    begin(rig);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES);
    rig_step(rig);
    return rig;
}

static void assert_told(const struct mom_input *in, uint32_t number, const char *name,
                        const char *data)
{
    assert_non_null(in);
    assert_int_equal(in->kind, MOM_IN_PROFILE);
    assert_int_equal(in->site, 7);
    assert_int_equal(in->local, number);
    assert_true(rig_is(in->name, name));
    assert_true(rig_is(in->value, data));
}

static int set(struct rig *rig, uint32_t number, const char *name, const char *data)
{
    struct mom_action action = {.kind = MOM_DO_PROFILE, .site = 7, .local = number};

    action.name = rig_str(name);
    action.text = rig_str(data);
    assert_int_equal(rig_act(rig, &action), MOM_OK);
    return rig_run(rig);
}

static void say(struct rig *rig, const char *xml)
{
    rig_say_text(rig, xml);
    assert_int_equal(rig_run(rig), MOM_OK);
}

/* --- reading */

static void all_are_read_after_the_import(void **state)
{
    struct rig *rig = rig_new();
    const struct mom_input *in;

    (void)state;
    rig_user(rig, 1, "4711");
    put(rig, 2, "Ward", "UD_A=1\nUD_B=2");
    put(rig, 20, "", "UD_C=3");
    rig->clock_s = 100;
    rig->profile_s = RIG_WALL / 1000 + 40;
    begin(rig);
    assert_string_equal(rig_kinds(rig), "MRDFFFFFFFFFFFFFFFFFFFF");
    for (uint32_t number = 1; number <= MOM_PROFILES; number++) {
        in = rig_input(rig, MOM_IN_PROFILE, number - 1);
        assert_told(in, number, number == 2 ? "Ward" : "",
                    number == 2    ? "UD_A=1\nUD_B=2"
                    : number == 20 ? "UD_C=3"
                                   : "");
        /* by our clock; one that is not there has no time */
        if (number == 2 || number == 20)
            assert_in_range(in->at_ms, RIG_WALL - 62000, RIG_WALL - 58000);
        else
            assert_int_equal(in->at_ms, 0);
    }
    /* the OMM tells changes from before the reading on */
    assert_non_null(strstr(rig->last[AXI_T_Subscribe], "SystemCnf"));
    assert_non_null(strstr(rig->asked, "GetPPUser Subscribe GetPpProfile "));
    assert_int_equal(rig->count[AXI_T_GetPpProfile], MOM_PROFILES);
    assert_int_equal(rig_info(rig).errors_answered, 0);
    rig_done(rig);
}

static void without_the_option_nothing_is_asked(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig_steady(rig);
    assert_int_equal(rig->count[AXI_T_GetPpProfile], 0);
    assert_null(strstr(rig->last[AXI_T_Subscribe], "SystemCnf"));
    assert_int_equal(set(rig, 1, "Ward", "A=1"), MOM_OK);
    assert_int_equal(rig->count[AXI_T_SetPpProfile], 0);
    say(rig, EVENT("><ppProfile id=\"1\" name=\"a\" ppData=\"b\"/>"));
    assert_string_equal(rig_kinds(rig), "");
    assert_int_equal(rig_info(rig).unknown_messages, 1);
    rig_done(rig);
}

/* One request at a time: what else has to be said does not wait for twenty answers. */
static void reading_is_one_request_at_a_time(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->config.profiles = true;
    rig_identify(rig);
    rig_step(rig);
    assert_int_equal(rig_admit(rig, rig->sari), MOM_OK);
    for (rig_omm_reads(rig); rig->count[AXI_T_GetPpProfile] == 0; rig_omm_reads(rig))
        assert_int_equal(rig_link_reads(rig), MOM_OK);
    for (unsigned n = 1; n <= MOM_PROFILES; n++) {
        assert_int_equal(rig->count[AXI_T_GetPpProfile], n);
        assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), n - 1);
        assert_int_equal(rig_link_reads(rig), MOM_OK);
        rig_omm_reads(rig);
    }
    assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES);
    rig_done(rig);
}

static void every_connection_reads_them_anew(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
    assert_int_equal(rig_advance(rig, 70000), MOM_OK);
    rig_step(rig);
    put(rig, 5, "Ward", "A=1");
    assert_int_equal(mom_omm_wants(rig->link, NULL), MOM_OMM_WANT_CONNECT);
    assert_int_equal(mom_omm_opened(rig->link, &rig->now, rig->batch), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig_admit(rig, rig->sari), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES);
    assert_told(rig_input(rig, MOM_IN_PROFILE, 4), 5, "Ward", "A=1");
    rig_done(rig);
}

static void assert_left_alone(struct rig *rig, const char *logged)
{
    rig_assert_state(rig, MOM_OMM_STEADY);
    assert_non_null(strstr(rig->log, logged));
    assert_int_equal(rig->count[AXI_T_GetPpProfile], 1);
    assert_string_equal(rig_kinds(rig), "MD");
    say(rig, EVENT("><ppProfile id=\"1\" name=\"a\" ppData=\"b\"/>"));
    assert_string_equal(rig_kinds(rig), "MD");
    assert_int_equal(set(rig, 1, "Ward", "A=1"), MOM_OK);
    assert_int_equal(rig->count[AXI_T_SetPpProfile], 0);
    assert_int_equal(rig_info(rig).unknown_messages, 0);
    rig_done(rig);
}

static void an_omm_that_does_not_know_them_is_left_alone(void **state)
{
    static const enum axi_value codes[] = {AXI_V_EForbidden, AXI_V_EInval, AXI_V_EFailed,
                                           AXI_V_EPerm};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct rig *rig = rig_new();

        rig->refuse[AXI_T_GetPpProfile] = codes[i];
        begin(rig);
        assert_left_alone(rig, "CoA profiles are not kept the same here: GetPpProfile");
    }
}

static void an_omm_that_does_not_answer_is_left_alone(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->silent[AXI_T_GetPpProfile] = true;
    begin(rig);
    assert_int_equal(rig_advance(rig, 15000), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    assert_left_alone(rig, "was not answered in time");
}

static void one_that_is_dead_is_still_noticed(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->silent[AXI_T_GetPpProfile] = true;
    begin(rig);
    rig->silent[AXI_T_Ping] = true;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rig_advance(rig, 15000), MOM_OK);
        rig_omm_reads(rig);
    }
    rig_assert_state(rig, MOM_OMM_NO_ANSWER);
    rig_done(rig);
}

static void an_omm_that_tells_no_changes_is_read(void **state)
{
    struct rig *rig = rig_new();

    (void)state;
    rig->refuse_system = AXI_V_EInval;
    begin(rig);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES);
    assert_non_null(strstr(rig->log, "Subscribe: EInval"));
    rig_step(rig);
    assert_int_equal(set(rig, 3, "Ward", "A=1"), MOM_OK);
    assert_string_equal(rig_kinds(rig), "F");
    rig_done(rig);
}

/* --- events */

static void changes_at_the_omm_are_told(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    say(rig, EVENT("><ppProfile id=\"4\" name=\"Ward\" ppData=\"A=1\" timeStamp=\"1700000009\"/>"));
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 4, "Ward", "A=1");
    assert_int_equal(rig_input(rig, MOM_IN_PROFILE, 0)->at_ms, RIG_WALL + 9000);
    rig_step(rig);
    say(rig, EVENT(" delete=\"1\"><ppProfile id=\"4\"/>"));
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 4, "", "");
    assert_int_equal(rig->count[AXI_T_GetPpProfile], MOM_PROFILES);
    rig_done(rig);
}

/* What an event leaves out is not guessed. */
static void an_event_with_a_part_makes_it_read_anew(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    put(rig, 9, "Ward", "A=1");
    say(rig, EVENT("><ppProfile id=\"9\" name=\"Ward\"/>"));
    assert_int_equal(rig->count[AXI_T_GetPpProfile], MOM_PROFILES + 1);
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 9, "Ward", "A=1");
    rig_done(rig);
}

static void an_event_about_nothing_is_counted(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    say(rig, EVENT(">"));
    say(rig, EVENT("><ppProfile name=\"a\" ppData=\"b\"/>"));
    say(rig, EVENT("><ppProfile id=\"0\" name=\"a\" ppData=\"b\"/>"));
    say(rig, EVENT("><ppProfile id=\"21\" name=\"a\" ppData=\"b\"/>"));
    say(rig, EVENT("><ppProfile id=\"-1\"/>"));
    say(rig, EVENT(" delete=\"1\"><ppProfile id=\"4294967297\"/>"));
    assert_int_equal(rig_info(rig).unknown_messages, 6);
    /* others come with the same subscription */
    say(rig, "<EventSARICnf sari=\"1F10187326\"/>");
    assert_int_equal(rig_info(rig).unknown_messages, 6);
    assert_string_equal(rig_kinds(rig), "");
    assert_int_equal(rig->count[AXI_T_GetPpProfile], MOM_PROFILES);
    rig_assert_state(rig, MOM_OMM_STEADY);
    rig_done(rig);
}

/* --- setting */

static void the_engine_sets_and_takes_away(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    assert_int_equal(set(rig, 6, "Ward", "A=1\nB=2"), MOM_OK);
    assert_string_equal(rig->profiles[6].data, "A=1\nB=2");
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 6, "Ward", "A=1\nB=2");
    assert_int_equal(rig_input(rig, MOM_IN_PROFILE, 0)->at_ms, RIG_WALL - 50000);
    rig_step(rig);
    assert_int_equal(set(rig, 6, "", ""), MOM_OK);
    assert_null(rig->profiles[6].name);
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 6, "", "");
    rig_done(rig);
}

static void what_the_omm_refuses_is_logged_and_what_it_has_is_told(void **state)
{
    struct rig *rig = new_steady();

    (void)state;
    put(rig, 6, "Theirs", "A=9");
    rig->refuse[AXI_T_SetPpProfile] = AXI_V_ETooLong;
    assert_int_equal(set(rig, 6, "Ward", "A=1"), MOM_OK);
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 6, "Theirs", "A=9");
    rig_step(rig);
    assert_non_null(strstr(rig->log, "CoA profile 6 is not set: SetPpProfile: ETooLong"));
    /* what XML cannot carry is not sent */
    assert_int_equal(set(rig, 7, "\x01", "A=1"), MOM_OK);
    assert_int_equal(rig->count[AXI_T_SetPpProfile], 1);
    assert_string_equal(rig_kinds(rig), "F");
    assert_non_null(strstr(rig->log, "CoA profile 7 is not set"));
    rig_assert_state(rig, MOM_OMM_STEADY);
    rig_done(rig);
}

/* After an import thousands of phones may be to register at once, more than a link takes on: a profile that was not
 * even sent would count as refused. */
static void a_profile_is_set_however_many_phones_are_to_register(void **state)
{
    struct rig *rig = new_steady();
    struct mom_action action = {.kind = MOM_DO_REGISTER, .site = 7, .local_device = 1};

    (void)state;
    for (uint32_t uid = 1; uid <= 2000; uid++) {
        action.local_user = uid;
        assert_int_equal(rig_act(rig, &action), MOM_OK);
    }
    assert_int_equal(set(rig, 6, "Ward", "A=1"), MOM_OK);
    assert_string_equal(rig->profiles[6].data, "A=1");
    assert_null(strstr(rig->log, "is not set"));
    rig_done(rig);
}

/* The answer to a SetPpProfile that is on its way, and how often profile 6 is read anew then. */
static void answer_set(const char *inside, unsigned reads)
{
    struct rig *rig = new_steady();
    char answer[300];
    const char *seq;

    put(rig, 6, "Theirs", "A=9");
    rig->silent[AXI_T_SetPpProfile] = true;
    assert_int_equal(set(rig, 6, "Ward", "A=1"), MOM_OK);
    seq = strstr(rig->last[AXI_T_SetPpProfile], "seq=\"");
    assert_non_null(seq);
    snprintf(answer, sizeof(answer), "<SetPpProfileResp seq=\"%ld\">%s</SetPpProfileResp>",
             strtol(seq + 5, NULL, 10), inside);
    say(rig, answer);
    assert_int_equal(rig->count[AXI_T_GetPpProfile], MOM_PROFILES + reads);
    assert_string_equal(rig_kinds(rig), "F");
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 6, "Theirs", "A=9");
    rig_done(rig);
}

static void an_answer_that_does_not_tell_it_makes_it_read_anew(void **state)
{
    (void)state;
    answer_set("", 1);
    answer_set("<ppProfile id=\"6\"/>", 1);
    answer_set("<ppProfile id=\"7\" name=\"Ward\" ppData=\"A=1\"/>", 1);
    answer_set("<ppProfile id=\"6\" name=\"Theirs\" ppData=\"A=9\"/>", 0);
}

/* --- nonsense */

static void another_one_than_was_asked_for_ends_the_reading(void **state)
{
    struct rig *rig = rig_new();
    char answer[200];

    (void)state;
    rig->silent[AXI_T_GetPpProfile] = true;
    begin(rig);
    snprintf(answer, sizeof(answer),
             "<GetPpProfileResp seq=\"%ld\"><ppProfile id=\"2\" name=\"a\" ppData=\"b\"/>"
             "</GetPpProfileResp>",
             strtol(strstr(rig->last[AXI_T_GetPpProfile], "seq=\"") + 5, NULL, 10));
    say(rig, answer);
    assert_left_alone(rig, "answered with another one");
}

static void what_is_too_long_is_not_told(void **state)
{
    struct rig *rig = rig_new();
    char name[MOM_PROFILE_NAME_MAX + 2], *data = malloc(MOM_PROFILE_DATA_MAX + 2);

    (void)state;
    memset(name, 'n', sizeof(name));
    memset(data, 'd', MOM_PROFILE_DATA_MAX + 2);
    name[MOM_PROFILE_NAME_MAX + 1] = data[MOM_PROFILE_DATA_MAX + 1] = '\0';
    put(rig, 1, name, "A=1");
    put(rig, 2, "Ward", data);
    name[MOM_PROFILE_NAME_MAX] = data[MOM_PROFILE_DATA_MAX] = '\0';
    put(rig, 3, name, data);
    begin(rig);
    assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES - 2);
    assert_told(rig_input(rig, MOM_IN_PROFILE, 0), 3, name, data);
    assert_non_null(strstr(rig->log, "CoA profile 1 is not taken"));
    assert_non_null(strstr(rig->log, "CoA profile 2 is not taken"));
    rig_assert_state(rig, MOM_OMM_STEADY);
    rig_done(rig);
    free(data);
}

/* Without memory at any point the call says so, and the conversation begins anew. */
static void every_lack_of_memory_is_told(void **state)
{
    (void)state;
    for (long at = 1;; at++) {
        struct rig *rig = rig_new();
        int rc;

        put(rig, 2, "Ward", "A=1");
        rig->config.profiles = true;
        rig_identify(rig);
        rig->fails_at = at;
        rc = rig_admit(rig, rig->sari);
        if (rc == MOM_OK)
            rc = rig_run(rig);
        if (rc == MOM_OK && rig->fails_at != 0) {
            assert_int_equal(rig_count_inputs(rig, MOM_IN_PROFILE), MOM_PROFILES);
            rig_done(rig);
            return;
        }
        assert_int_equal(rc, MOM_ENOMEM);
        rig->fails_at = 0;
        assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
        rig_done(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_read_after_the_import),
        cmocka_unit_test(without_the_option_nothing_is_asked),
        cmocka_unit_test(reading_is_one_request_at_a_time),
        cmocka_unit_test(every_connection_reads_them_anew),
        cmocka_unit_test(an_omm_that_does_not_know_them_is_left_alone),
        cmocka_unit_test(an_omm_that_does_not_answer_is_left_alone),
        cmocka_unit_test(one_that_is_dead_is_still_noticed),
        cmocka_unit_test(an_omm_that_tells_no_changes_is_read),
        cmocka_unit_test(changes_at_the_omm_are_told),
        cmocka_unit_test(an_event_with_a_part_makes_it_read_anew),
        cmocka_unit_test(an_event_about_nothing_is_counted),
        cmocka_unit_test(the_engine_sets_and_takes_away),
        cmocka_unit_test(what_the_omm_refuses_is_logged_and_what_it_has_is_told),
        cmocka_unit_test(a_profile_is_set_however_many_phones_are_to_register),
        cmocka_unit_test(an_answer_that_does_not_tell_it_makes_it_read_anew),
        cmocka_unit_test(another_one_than_was_asked_for_ends_the_reading),
        cmocka_unit_test(what_is_too_long_is_not_told),
        cmocka_unit_test(every_lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
