/*
 * Failure: a scenario with three sites is run with every operation of the store failing in turn,
 * and with the hub dying before every step. Whatever was hit, after a reload and new links the
 * outcome is the one of the undisturbed run. The same scenario runs on LMDB.
 */
#define _GNU_SOURCE
#include "store_mem.h"
#include "world_check.h"

#include <unistd.h>

#define PHONE1 "03074 0220259 3"
#define PHONE2 "57005 0782068 7"

/* After a failure of the store: load again, and the links come back. What was not taken is given again by whoever gave
 * it: the sites by their import, the administrator by asking once more. */
static void recover(struct world *w)
{
    w->failure = 0;
    world_crash(w);
    world_run(w);
}

static void settle(struct world *w)
{
    world_run(w);
    if (w->failure)
        recover(w);
}

static void change(struct world *w, const char *num, const char *field, const char *value)
{
    for (int i = 0; i < 2; i++) {
        uint64_t id = hub_find(w, MOM_USER_num, num);

        assert_true(id != 0);
        if (hub_change(w, MOM_USER, id, field, value, NULL))
            return;
        if (w->failure)
            recover(w);
    }
}

static void connect_all(struct world *w)
{
    for (unsigned n = 1; n <= 3; n++) {
        world_connect_now(w, &w->sites[n]);
        settle(w);
    }
}

static void move(struct world *w, unsigned n, const char *phone)
{
    for (int i = 0; i < 2; i++) {
        uint64_t id = hub_find(w, MOM_DEVICE_ipei, phone);

        located(w, n, phone);
        settle(w);
        world_wait(w, 1000);
        if (w->failure)
            recover(w);
        else if (hub_site(w, id) == n)
            return;
    }
}

static void prepare(struct world *w)
{
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE1);
    site_person(w, 2, "4712", "Bert", PHONE2);
    site_user(w, 3, "4713", "Carl");
    /* Another person with the number of somebody at site 2. */
    fake_set(site_user(w, 3, "4712", "Double"), "sipAuthId", "other");
}

/* Imports, an edit on either side, a move, a permanent user, a deletion at a site. */
static void scenario(struct world *w)
{
    struct fake *f;

    connect_all(w);
    change(w, "4711", "hierarchy1", "Board");
    f = fake_by(&w->sites[1], MOM_USER, "num", "4711");
    if (f) {
        site_edit(w, 1, MOM_USER, f, "name", "Anna B.");
        settle(w);
    }
    move(w, 2, PHONE1);
    change(w, "4711", "permanent", "1");
    f = fake_by(&w->sites[3], MOM_USER, "num", "4713");
    if (f) {
        site_lose(w, &w->sites[3], MOM_USER, f->local);
        settle(w);
    }
    world_wait(w, 120000);
    if (w->failure)
        recover(w);
    world_wait(w, 120000);
}

static void check_outcome(struct world *w)
{
    uint64_t anna = hub_find(w, MOM_USER_num, "4711"), phone = hub_find(w, MOM_DEVICE_ipei, PHONE1);

    assert_true(anna && phone);
    assert_string_equal(hub_value(w, anna, MOM_USER_hierarchy1), "Board");
    assert_string_equal(hub_value(w, anna, MOM_USER_name), "Anna B.");
    assert_int_equal(hub_partner(w, anna), phone);
    assert_int_equal(hub_site(w, anna), 2);
    assert_string_equal(hub_value(w, hub_find(w, MOM_USER_num, "4712"), MOM_USER_name), "Bert");
    assert_int_equal(hub_find(w, MOM_USER_num, "4713"), 0);
    assert_int_equal(hub_counts(w).users, 3);
    assert_int_equal(hub_counts(w).parked, 1);
    assert_int_equal(hub_counts(w).devices, 2);
    for (unsigned n = 1; n <= 3; n++)
        assert_non_null(fake_by(&w->sites[n], MOM_USER, "num", "4711"));
    world_check(w);
}

static void undisturbed_run(void **state)
{
    struct world *w = world_new();

    (void)state;
    prepare(w);
    scenario(w);
    check_outcome(w);
    world_free(w);
}

static void any_operation_of_the_store_may_fail(void **state)
{
    bool failed = true;

    (void)state;
    for (uint64_t n = 1; failed; n++) {
        struct world *w = world_new();

        prepare(w);
        w->fail_after = n;
        w->fail_code = n % 2 ? MOM_ESTORE : MOM_EFULL;
        scenario(w);
        check_outcome(w);
        failed = w->crashes > 0;
        assert_true(failed || n > 200);
        world_free(w);
    }
}

static void hub_may_die_before_any_step(void **state)
{
    struct world *w = world_new();
    unsigned first, steps;

    (void)state;
    prepare(w);
    first = w->steps;
    scenario(w);
    steps = w->steps;
    world_free(w);
    for (unsigned n = first + 1; n <= steps; n++) {
        w = world_new();
        prepare(w);
        w->crash_at = n;
        scenario(w);
        /* What was lost on its way in is given again. */
        change(w, "4711", "hierarchy1", "Board");
        move(w, 2, PHONE1);
        change(w, "4711", "permanent", "1");
        world_wait(w, 120000);
        assert_int_equal(w->crashes, 1);
        check_outcome(w);
        world_free(w);
    }
}

static void same_on_lmdb(void **state)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    char path[] = "/tmp/momsync-engine-XXXXXX", file[64];
    struct world *w = calloc(1, sizeof *w);
    struct mom_lmdb_options options = {.path = path, .no_sync = true};
    struct mom_store store;

    (void)state;
    assert_non_null(mkdtemp(path));
    assert_int_equal(mom_store_lmdb_open(&options, &store), MOM_OK);
    world_init_on(w, store);
    prepare(w);
    scenario(w);
    check_outcome(w);
    mom_engine_free(w->engine);

    /* Opened again: everything is there, and an import changes nothing. */
    assert_int_equal(mom_store_lmdb_open(&options, &w->store), MOM_OK);
    assert_int_equal(world_open(w), MOM_OK);
    w->sites[1].puts = w->sites[2].puts = w->sites[3].puts = 0;
    connect_all(w);
    check_outcome(w);
    assert_int_equal(w->sites[1].puts + w->sites[2].puts + w->sites[3].puts, 0);
    world_free(w);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(file, sizeof file, "%s/%s", path, files[i]);
        assert_int_equal(unlink(file), 0);
    }
    assert_int_equal(rmdir(path), 0);
}

static void failed_step_refuses_everything_until_reload(void **state)
{
    struct world *w = world_new();
    struct mom_action a;

    (void)state;
    prepare(w);
    w->fail_after = 3;
    w->fail_code = MOM_ESTORE;
    world_connect(w, 1);
    assert_int_equal(w->failure, MOM_ESTORE);
    assert_false(mom_engine_next_action(w->engine, &a));
    assert_int_equal(mom_engine_step(w->engine, &w->now, w->batch), MOM_ESTATE);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_OK);
    assert_int_equal(hub_counts(w).users, 0);
    world_free(w);
}

static void unread_actions_and_open_views_stop_a_step(void **state)
{
    struct world *w = world_new();
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .tag = 1};
    struct mom_attr attr = {S("num"), S("1")};
    struct mom_view *view;
    struct mom_action a;

    (void)state;
    in.attrs = &attr;
    in.attr_count = 1;
    add(w, &in);
    assert_int_equal(mom_engine_step(w->engine, &w->now, w->next), MOM_OK);
    assert_int_equal(mom_engine_step(w->engine, &w->now, w->next), MOM_ESTATE);
    while (mom_engine_next_action(w->engine, &a))
        ;
    view = world_view(w);
    assert_int_equal(mom_engine_step(w->engine, &w->now, w->next), MOM_ESTATE);
    mom_view_close(view);
    assert_int_equal(mom_engine_step(w->engine, &w->now, NULL), MOM_OK);
    world_free(w);
}

static void idle_step_touches_no_store(void **state)
{
    struct world *w = world_new();
    uint64_t before;

    (void)state;
    prepare(w);
    connect_all(w);
    before = mom__store_memory_operations(&w->store);
    assert_int_equal(mom_engine_step(w->engine, &w->now, NULL), MOM_OK);
    assert_int_equal(mom__store_memory_operations(&w->store), before);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undisturbed_run),
        cmocka_unit_test(any_operation_of_the_store_may_fail),
        cmocka_unit_test(hub_may_die_before_any_step),
        cmocka_unit_test(same_on_lmdb),
        cmocka_unit_test(failed_step_refuses_everything_until_reload),
        cmocka_unit_test(unread_actions_and_open_views_stop_a_step),
        cmocka_unit_test(idle_step_touches_no_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
