/*
 * Notices of a roaming phone that arrive out of order: the newest claim wins, and a site that the phone has left again
 * does not stay registered. The model in tests/model found each of these.
 */
#include "world_check.h"

#define PHONE "03074 0220259 3"

/* A user with a phone at the first of three sites, long ago; `permanent`: its records are everywhere. */
static struct world *three_sites(bool permanent)
{
    struct world *w = world_new();

    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    if (permanent)
        hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    world_wait(w, 60000);
    return w;
}

static uint64_t phone(struct world *w)
{
    return hub_find(w, MOM_DEVICE_ipei, PHONE);
}

static struct fake *user_at(struct world *w, unsigned n)
{
    return fake_by(&w->sites[n], MOM_USER, "num", "4711");
}

/* The phone comes to a site that has its records: they tell so, and the user is registered there. */
static void serve(struct world *w, unsigned n, int64_t ago_ms)
{
    struct fake_site *s = &w->sites[n];
    struct fake *device = fake_by(s, MOM_DEVICE, "ipei", PHONE);
    char omm_id[16];

    snprintf(omm_id, sizeof omm_id, "1028000%u", n);
    fake_set(device, "ommId", omm_id);
    device->times[MOM_ROAMING] = site_time(w, s) - ago_ms;
    user_at(w, n)->registered = true;
}

static void notice(struct world *w, unsigned n, int64_t ago_ms)
{
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = n, .ipei = S(PHONE)};

    in.at_ms = w->now.wall_ms - ago_ms;
    add(w, &in);
    world_run(w);
}

static void assert_registered_only_at(struct world *w, unsigned n)
{
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, phone(w)), n);
    for (unsigned i = 1; i <= 3; i++) {
        const struct fake *user = user_at(w, i);

        assert_int_equal(user && user->registered, i == n);
    }
    world_free(w);
}

static void record_that_tells_of_an_older_arrival_does_not_stop_a_delivery(void **state)
{
    struct world *w = three_sites(false);

    (void)state;
    w->sites[2].mute = true;
    notice(w, 2, 0);
    world_wait(w, 3000);
    w->sites[3].mute = true;
    notice(w, 3, 0);
    assert_int_equal(mom_engine_handoff(w->engine, phone(w)).to, 3);
    /* Site 2 made the records after all, and tells when the phone came. */
    site_person(w, 2, "4711", "Anna", PHONE);
    serve(w, 2, 3000);
    site_event(w, &w->sites[2], MOM_DEVICE, fake_by(&w->sites[2], MOM_DEVICE, "ipei", PHONE));
    world_run(w);
    assert_int_equal(mom_engine_handoff(w->engine, phone(w)).to, 3);
    world_free(w);
}

static void notice_from_home_is_newer_than_what_comes_late(void **state)
{
    struct world *w = three_sites(false);

    (void)state;
    notice(w, 1, 0);
    notice(w, 2, 30000);
    assert_registered_only_at(w, 1);
}

static void notice_that_comes_again_is_newer_than_what_comes_late(void **state)
{
    struct world *w = three_sites(false);

    (void)state;
    w->sites[1].deaf = true;
    notice(w, 2, 40000);
    assert_string_equal(mom_engine_handoff(w->engine, phone(w)).state, "releasing");
    notice(w, 2, 0);
    notice(w, 1, 20000);
    assert_int_equal(mom_engine_handoff(w->engine, phone(w)).to, 2);
    w->sites[1].deaf = false;
    world_wait(w, 20000);
    notice(w, 1, 40000); /* older still, and the handoff is over */
    assert_registered_only_at(w, 2);
}

static void site_whose_notice_came_too_late_ends_its_registration(void **state)
{
    struct world *w = three_sites(true);

    (void)state;
    notice(w, 3, 0);
    serve(w, 2, 30000);
    notice(w, 2, 30000);
    assert_registered_only_at(w, 3);
}

static void site_that_was_visited_while_it_was_cut_off_ends_its_registration(void **state)
{
    struct world *w = three_sites(true);

    (void)state;
    world_cut(w, 2);
    notice(w, 3, 0);
    serve(w, 2, 30000);
    world_connect(w, 2);
    assert_registered_only_at(w, 3);
}

static void third_site_ends_its_registration_while_a_handoff_is_under_way(void **state)
{
    struct world *w = three_sites(true);

    (void)state;
    w->sites[3].deaf = true;
    serve(w, 3, 0);
    notice(w, 3, 0);
    assert_string_equal(mom_engine_handoff(w->engine, phone(w)).state, "renewing");
    serve(w, 2, 30000);
    notice(w, 2, 30000);
    w->sites[3].deaf = false;
    assert_registered_only_at(w, 3);
}

/* The end of an earlier handoff is carried out late: after the phone came back to the site. */
static void phone_that_comes_back_before_it_was_delivered_is_registered_again(void **state)
{
    struct world *w = three_sites(false);

    (void)state;
    w->sites[1].deaf = true;
    w->sites[2].deaf = true;
    notice(w, 2, 0);
    assert_int_equal(w->sites[1].deregisters, 1); /* on its way */
    world_wait(w, 1000);
    serve(w, 1, 0);
    notice(w, 1, 0);
    assert_string_equal(mom_engine_handoff(w->engine, phone(w)).state, "releasing");
    world_wait(w, 1000);
    w->sites[3].mute = true;
    notice(w, 3, 0);
    assert_string_equal(mom_engine_handoff(w->engine, phone(w)).state, "delivering");
    world_wait(w, 1000);
    serve(w, 1, 0);
    user_at(w, 1)->registered = false; /* carried out */
    w->sites[1].deaf = w->sites[2].deaf = w->sites[3].mute = false;
    notice(w, 1, 0);
    assert_registered_only_at(w, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_that_tells_of_an_older_arrival_does_not_stop_a_delivery),
        cmocka_unit_test(notice_from_home_is_newer_than_what_comes_late),
        cmocka_unit_test(notice_that_comes_again_is_newer_than_what_comes_late),
        cmocka_unit_test(site_whose_notice_came_too_late_ends_its_registration),
        cmocka_unit_test(site_that_was_visited_while_it_was_cut_off_ends_its_registration),
        cmocka_unit_test(third_site_ends_its_registration_while_a_handoff_is_under_way),
        cmocka_unit_test(phone_that_comes_back_before_it_was_delivered_is_registered_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
