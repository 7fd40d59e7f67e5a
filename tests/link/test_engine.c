/*
 * Proves that links and engine fit: two scripted OMMs, their links, and a real engine over the memory store. Records
 * are imported, edits travel both ways, and a phone is handed over with its user.
 */
#include "rig.h"

#include <momsync/store.h>

struct system {
    struct rig *rigs[2]; /* sites 1 and 2 */
    struct mom_engine *engine;
    struct mom_now now;
};

static void engine_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    if (level <= MOM_LOG_WARNING)
        print_message("engine: %s\n", line);
}

static struct system *system_new(void)
{
    static const char *const parks[] = {"1F1028D085", "1F1028D086"};
    struct system *system = calloc(1, sizeof(*system));
    struct mom_config config = {.size = sizeof(config), .log = engine_log};

    system->now = (struct mom_now){1000, RIG_WALL};
    assert_int_equal(mom_store_memory_new(NULL, &config.store), MOM_OK);
    assert_int_equal(mom_engine_new(&config, &system->now, &system->engine), MOM_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct rig *rig = system->rigs[i] = rig_new();

        rig->config.site = i + 1;
        rig->tells_sip = true;
        rig_set(rig->park, parks[i]);
        rig_set(rig->sari, parks[0]);
    }
    return system;
}

static void system_done(struct system *system)
{
    rig_done(system->rigs[0]);
    rig_done(system->rigs[1]);
    mom_engine_free(system->engine);
    free(system);
}

/* One step of the engine with what link `i` has to tell; its actions go to their links. */
static void step(struct system *system, struct rig *from)
{
    struct mom_action action;

    assert_int_equal(mom_engine_step(system->engine, &system->now, from ? from->batch : NULL),
                     MOM_OK);
    if (from != NULL)
        rig_step(from);
    while (mom_engine_next_action(system->engine, &action)) {
        if (action.kind < MOM_DO_CHANGED)
            assert_int_equal(rig_act(system->rigs[action.site - 1], &action), MOM_OK);
    }
}

static void settle(struct system *system)
{
    bool busy = true;

    while (busy) {
        busy = false;
        for (int i = 0; i < 2; i++) {
            struct rig *rig = system->rigs[i];

            if (rig->link == NULL)
                continue;
            assert_int_equal(rig_run(rig), MOM_OK);
            if (mom_batch_count(rig->batch) > 0) {
                busy = true;
                step(system, rig);
            }
        }
        for (int i = 0; i < 2 && !busy; i++) {
            const char *data;

            busy =
                system->rigs[i]->link != NULL && mom_omm_output(system->rigs[i]->link, &data) > 0;
        }
    }
}

static void start(struct system *system)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct mom_input input = {.kind = MOM_IN_SITE_ADD, .site = i + 1};

        input.name = rig_str(i == 0 ? "north" : "south");
        assert_int_equal(mom_batch_add(system->rigs[i]->batch, &input), MOM_OK);
        step(system, system->rigs[i]);
        assert_int_equal(rig_connect(system->rigs[i]), MOM_OK);
    }
    settle(system);
    rig_assert_state(system->rigs[0], MOM_OMM_STEADY);
    rig_assert_state(system->rigs[1], MOM_OMM_STEADY);
}

static void add_bound_pair(struct rig *rig, uint32_t id, const char *num, const char *ipei)
{
    struct axi_elem *row = rig_device(rig, id, ipei);

    axi_set_cstr(row, AXI_A_relType, "Dynamic");
    axi_set_int(row, AXI_A_uid, id);
    axi_set_cstr(row, AXI_A_s, "Yes");
    axi_set_cstr(row, AXI_A_uak, "00112233445566778899AABBCCDDEEFF");
    row = rig_user(rig, id, num);
    axi_set_cstr(row, AXI_A_name, num);
    axi_set_cstr(row, AXI_A_relType, "Dynamic");
    axi_set_int(row, AXI_A_ppn, id);
}

static struct mom_counts counts(struct system *system)
{
    struct mom_view *view;
    struct mom_counts ret;

    assert_int_equal(mom_view_open(system->engine, &view), MOM_OK);
    assert_int_equal(mom_view_counts(view, &ret), MOM_OK);
    mom_view_close(view);
    return ret;
}

static void two_sites_are_imported(void **state)
{
    struct system *system = system_new();
    struct mom_site_info info;

    (void)state;
    add_bound_pair(system->rigs[0], 1, "4711", "03074 0220259 3");
    for (uint32_t id = 2; id <= 50; id++) {
        char num[16];

        snprintf(num, sizeof(num), "%u", 1000 + id);
        (void)rig_user(system->rigs[1], id * 3, num);
    }
    start(system);
    assert_int_equal(counts(system).users, 50);
    assert_int_equal(counts(system).devices, 1);
    assert_true(mom_engine_site(system->engine, 2, &info));
    assert_true(info.up && !info.importing);
    assert_int_equal(info.users, 49);
    assert_int_equal(info.pending, 0);
    system_done(system);
}

static void a_phone_is_handed_over_with_its_user(void **state)
{
    struct system *system = system_new();
    struct rig *north = system->rigs[0], *south = system->rigs[1];

    (void)state;
    add_bound_pair(north, 1, "4711", "03074 0220259 3");
    start(system);
    assert_int_equal(south->users.count, 0);

    rig_say_text(south, "<EventDECTLocate ipei=\"03074 0220259 3\"/>");
    settle(system);
    assert_int_equal(south->users.count, 1);
    assert_int_equal(south->devices.count, 1);
    assert_true(
        rig_is((struct mom_str){axi_get_str(rig_row(&south->devices.rows[0]), AXI_A_relType).ptr,
                                axi_get_str(rig_row(&south->devices.rows[0]), AXI_A_relType).len},
               "Dynamic"));
    assert_int_equal(north->count[AXI_T_PPSIPDeregister], 1);
    assert_int_equal(south->count[AXI_T_PPSIPRegister], 1);
    assert_int_equal(north->users.count, 0);
    assert_int_equal(north->devices.count, 0);
    assert_int_equal(counts(system).users, 1);
    assert_int_equal(counts(system).devices, 1);

    /* And back. */
    rig_say_text(north, "<EventDECTLocate ipei=\"03074 0220259 3\"/>");
    settle(system);
    assert_int_equal(north->users.count, 1);
    assert_int_equal(south->users.count, 0);
    assert_int_equal(counts(system).users, 1);
    system_done(system);
}

static void add_free_device(struct rig *rig, uint32_t id, const char *ipei)
{
    struct axi_elem *row = rig_device(rig, id, ipei);

    axi_set_cstr(row, AXI_A_relType, "Unbound");
    axi_set_int(row, AXI_A_uid, 0);
    axi_set_cstr(row, AXI_A_s, "Yes");
    axi_set_cstr(row, AXI_A_uak, "00112233445566778899AABBCCDDEEFF");
}

/* South asks for a user of north at a phone of its own; the user comes, and is bound there. */
static void a_user_logs_in_at_a_phone_of_the_other_site(void **state)
{
    struct system *system = system_new();
    struct rig *north = system->rigs[0], *south = system->rigs[1];
    const struct axi_elem *user;

    (void)state;
    add_bound_pair(north, 1, "4711", "03074 0220259 3");
    add_free_device(south, 9, "57005 0782068 7");
    start(system);
    rig_say_text(south, "<EventPPLogin ppn=\"9\" num=\"4711\"/>");
    settle(system);
    assert_int_equal(north->count[AXI_T_PPSIPDeregister], 1);
    assert_int_equal(north->users.count, 0);
    assert_int_equal(north->devices.count, 1);
    assert_int_equal(south->users.count, 1);
    user = rig_row(&south->users.rows[0]);
    assert_int_equal(axi_get_int_or(user, AXI_A_ppn, 0), 9);
    assert_int_equal(counts(system).users, 1);
    assert_int_equal(counts(system).devices, 2);
    system_done(system);
}

static void a_phone_that_nobody_knows_is_not_subscribed(void **state)
{
    struct system *system = system_new();
    struct rig *south = system->rigs[1];

    (void)state;
    start(system);
    rig_say_text(south, "<EventDECTSubscribe ipei=\"57005 0782068 7\"/>");
    settle(system);
    assert_int_equal(south->count[AXI_T_DECTSubscribeReject], 1);
    system_done(system);
}

static void an_edit_at_a_site_is_taken_and_one_of_ours_is_given(void **state)
{
    struct system *system = system_new();
    struct rig *north = system->rigs[0];
    const struct mom_attr ours = {rig_str("hierarchy1"), rig_str("Lab")};
    struct mom_input change = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = &ours, .attr_count = 1};
    struct mom_view *view;
    const struct mom_record *user;
    struct mom_str name;

    (void)state;
    add_bound_pair(north, 1, "4711", "03074 0220259 3");
    start(system);
    rig_say_text(north, "<EventPPCnf><user uid=\"1\" name=\"Reception\" "
                        "timeStampAdmin=\"1700000010\"/></EventPPCnf>");
    settle(system);
    assert_int_equal(mom_view_open(system->engine, &view), MOM_OK);
    user = mom_view_find(view, MOM_USER_num, rig_str("4711"));
    assert_non_null(user);
    assert_true(mom_record_get(user, MOM_USER_name, &name));
    assert_true(rig_is(name, "Reception"));
    change.id = mom_record_id(user);
    mom_view_close(view);

    assert_int_equal(mom_batch_add(north->batch, &change), MOM_OK);
    step(system, north);
    settle(system);
    assert_non_null(strstr(north->last[AXI_T_SetPPUser], "hierarchy1=\"Lab\""));
    system_done(system);
}

static void a_second_site_with_the_same_park_is_refused(void **state)
{
    struct system *system = system_new();

    (void)state;
    rig_set(system->rigs[1]->park, system->rigs[0]->park);
    for (uint32_t i = 0; i < 2; i++) {
        struct mom_input input = {.kind = MOM_IN_SITE_ADD, .site = i + 1, .name = rig_str("x")};

        assert_int_equal(mom_batch_add(system->rigs[i]->batch, &input), MOM_OK);
        step(system, system->rigs[i]);
        assert_int_equal(rig_connect(system->rigs[i]), MOM_OK);
        settle(system);
    }
    rig_assert_state(system->rigs[0], MOM_OMM_STEADY);
    rig_assert_state(system->rigs[1], MOM_OMM_PARK_DUPLICATE);
    system_done(system);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sites_are_imported),
        cmocka_unit_test(a_phone_is_handed_over_with_its_user),
        cmocka_unit_test(a_user_logs_in_at_a_phone_of_the_other_site),
        cmocka_unit_test(a_phone_that_nobody_knows_is_not_subscribed),
        cmocka_unit_test(an_edit_at_a_site_is_taken_and_one_of_ours_is_given),
        cmocka_unit_test(a_second_site_with_the_same_park_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
