/*
 * Phones that fall silent: the registration ends after the time for it and is renewed when they are
 * heard again. What is not told is not guessed, and many phones cost no more than one.
 */
#include "handoff_world.h"

#include "presence.h"

enum { SILENCE = 9000000, HOUR = 3600000 };

static void heard(struct world *w, unsigned n)
{
    struct mom_input in = {.kind = MOM_IN_HEARD, .site = n, .ipei = S(PHONE)};

    add(w, &in);
    world_run(w);
}

static bool is_registered(struct world *w, unsigned n)
{
    return fake_by(&w->sites[n], MOM_USER, "num", "4711")->registered;
}

static void silent_phone_loses_its_registration_until_it_is_heard(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    heard(w, 1);
    world_wait(w, SILENCE - 1);
    assert_int_equal(w->sites[1].deregisters, 0);
    world_wait(w, 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_false(is_registered(w, 1));
    assert_lives_at(w, 1);
    world_wait(w, SILENCE);
    assert_int_equal(w->sites[1].deregisters, 1); /* once */
    heard(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    assert_true(is_registered(w, 1));
    heard(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    end(w);
}

static void phone_that_is_heard_stays(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    for (int i = 0; i < 12; i++) {
        heard(w, 1);
        world_wait(w, 2 * HOUR);
    }
    located(w, 1, PHONE); /* that is being heard too */
    world_run(w);
    world_wait(w, 2 * HOUR);
    assert_int_equal(w->sites[1].deregisters, 0);
    end(w);
}

static void phone_of_a_site_that_tells_nothing_is_not_watched(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    located(w, 1, PHONE);
    world_run(w);
    world_wait(w, 10 * HOUR);
    assert_int_equal(w->sites[1].deregisters, 0);
    assert_true(mom_engine_deadline(w->engine) == MOM_NEVER);
    end(w);
}

/* What a site could not tell while its link was down is no silence. */
static void phone_is_not_silent_because_its_link_was_down(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    heard(w, 1);
    world_wait(w, HOUR);
    world_cut(w, 1);
    world_wait(w, HOUR);
    world_connect(w, 1);
    world_wait(w, HOUR);
    assert_int_equal(w->sites[1].deregisters, 0);
    heard(w, 1);
    world_cut(w, 1);
    world_wait(w, 3 * HOUR);
    assert_int_equal(w->sites[1].deregisters, 0);
    end(w);
}

static void silent_phone_stays_silent_over_a_restart(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    heard(w, 1);
    world_wait(w, SILENCE);
    world_crash(w);
    world_run(w);
    hub_change(w, MOM_DEVICE, phone(w), "encrypt", "1", NULL); /* a PUT and its answer */
    heard(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    end(w);
}

/* The one who was silent goes elsewhere, loses the user, or is gone. */
static void silence_ends_with_its_reason(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    heard(w, 1);
    world_wait(w, SILENCE);
    hub_bind(w, phone(w), 0);
    heard(w, 1);
    assert_int_equal(w->sites[1].registers, 0);
    world_wait(w, SILENCE); /* and without user there is nothing to end */
    assert_int_equal(w->sites[1].deregisters, 1);
    end(w);

    w = three_sites(true, 0);
    heard(w, 1);
    world_wait(w, SILENCE);
    locate(w, 2);
    assert_true(is_registered(w, 2));
    assert_lives_at(w, 2);
    end(w);

    w = three_sites(true, 0);
    heard(w, 1);
    hub_delete(w, phone(w));
    world_wait(w, SILENCE);
    assert_int_equal(w->sites[1].deregisters, 0);
    end(w);
}

static void phone_that_is_heard_elsewhere_has_moved(void **state)
{
    struct world *w = three_sites(true, 0);
    struct mom_input in = {.kind = MOM_IN_HEARD, .site = 2, .type = MOM_DEVICE};

    (void)state;
    make_permanent(w);
    in.local = fake_by(&w->sites[2], MOM_DEVICE, "ipei", PHONE)->local;
    add(w, &in);
    world_run(w);
    assert_lives_at(w, 2);
    in.local = 77;
    add(w, &in);
    in.site = 9;
    add(w, &in);
    world_run(w);
    assert_lives_at(w, 2);
    end(w);
}

/* That it was located elsewhere is being heard: the time begins again at the new site. */
static void phone_that_has_moved_has_its_whole_time(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    heard(w, 1);
    world_wait(w, 2 * HOUR);
    locate(w, 2);
    world_wait(w, HOUR);
    assert_int_equal(w->sites[2].deregisters, 0);
    world_wait(w, SILENCE - HOUR);
    assert_int_equal(w->sites[2].deregisters, 1);
    end(w);
}

/* It was silent at a site, went elsewhere and came back: it may fall silent there once more. */
static void phone_that_comes_back_is_not_silent_any_more(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    make_permanent(w);
    heard(w, 1);
    world_wait(w, SILENCE);
    assert_int_equal(w->sites[1].deregisters, 1);
    locate(w, 2);
    heard(w, 2);
    locate(w, 1);
    assert_true(is_registered(w, 1));
    world_wait(w, SILENCE);
    assert_false(is_registered(w, 1));
    end(w);
}

/* Phones are silent in the order in which they were heard, and a step takes a bounded number of them. */
static void many_phones_are_watched_in_order(void **state)
{
    struct world *w = three_sites(true, 0);
    uint32_t first = w->sites[1].last_ppn;

    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        char ipei[20];

        snprintf(ipei, sizeof ipei, "00100 %07u", i);
        fake_set(fake_new(w, &w->sites[1], MOM_DEVICE), "s", "Yes");
        fake_set(&w->sites[1].devices[i + 1], "ipei", ipei);
        site_event(w, &w->sites[1], MOM_DEVICE, &w->sites[1].devices[i + 1]);
    }
    world_run(w);
    for (unsigned i = 1; i <= 60; i++) {
        struct mom_input in = {.kind = MOM_IN_HEARD, .site = 1, .local = first + i};

        add(w, &in);
        world_run(w);
        w->now.mono_ms += 1000;
        w->now.wall_ms += 1000;
    }
    assert_true(mom_engine_deadline(w->engine) == w->now.mono_ms - 60000 + SILENCE);
    heard(w, 1);
    world_wait(w, SILENCE);
    assert_int_equal(w->sites[1].deregisters, 1); /* the others have no user */
    assert_true(mom_engine_deadline(w->engine) == MOM_NEVER);
    end(w);
}

static void every_row_was_taken(void **state)
{
    (void)state;
    assert_every_row_was_told(&mom__presence_fsm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_phone_loses_its_registration_until_it_is_heard),
        cmocka_unit_test(phone_that_is_heard_stays),
        cmocka_unit_test(phone_of_a_site_that_tells_nothing_is_not_watched),
        cmocka_unit_test(phone_is_not_silent_because_its_link_was_down),
        cmocka_unit_test(silent_phone_stays_silent_over_a_restart),
        cmocka_unit_test(silence_ends_with_its_reason),
        cmocka_unit_test(phone_that_is_heard_elsewhere_has_moved),
        cmocka_unit_test(phone_that_has_moved_has_its_whole_time),
        cmocka_unit_test(phone_that_comes_back_is_not_silent_any_more),
        cmocka_unit_test(many_phones_are_watched_in_order),
        cmocka_unit_test(every_row_was_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
