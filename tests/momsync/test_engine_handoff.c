/*
 * The handoff: every row of the table is reached by a story told with simulated sites, the table
 * itself is sound, and its
 * printed form is the one in docs/handoff.md (UPDATE=1 writes it there).
 */
#include "handoff.h"
#include "fmt.h"
#include "world_check.h"

#define PHONE "03074 0220259 3"
#define OTHER "57005 0782068 7"

/* All transitions of all stories. */
static char told[1 << 20];
static size_t told_len;

static void keep_trace(struct world *w)
{
    for (char *line = w->trace; *line;) {
        char *end = strchr(line, '\n');

        assert_non_null(end);
        if (strncmp(line, "handoff ", 8) == 0 && told_len + 200 < sizeof told) {
            memcpy(told + told_len, line, (size_t)(end - line) + 1);
            told_len += (size_t)(end - line) + 1;
        }
        line = end + 1;
    }
}

static struct world *three_sites(bool user, uint32_t outstanding)
{
    struct world *w = world_new_narrow(outstanding);

    world_listen(w);
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    if (user)
        site_person(w, 1, "4711", "Anna", PHONE);
    else
        site_device(w, 1, PHONE);
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    w->now.mono_ms += 10000;
    w->now.wall_ms += 10000;
    return w;
}

static void end(struct world *w)
{
    keep_trace(w);
    world_free(w);
}

static uint64_t phone(struct world *w)
{
    return hub_find(w, MOM_DEVICE_ipei, PHONE);
}

static const char *state_of(struct world *w)
{
    return mom_engine_handoff(w->engine, phone(w)).state;
}

static void locate(struct world *w, unsigned n)
{
    located(w, n, PHONE);
    world_run(w);
}

/* The phone comes from site 1 to site 2, and the story stops in a state. */
static struct world *delivering(bool user)
{
    struct world *w = three_sites(user, 0);

    w->sites[2].mute = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "delivering");
    return w;
}

static struct world *releasing(void)
{
    struct world *w = three_sites(true, 0);

    w->sites[1].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "releasing");
    return w;
}

static struct world *renewing(void)
{
    struct world *w = three_sites(true, 0);

    w->sites[2].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "renewing");
    return w;
}

static void assert_lives_at(struct world *w, unsigned n)
{
    assert_string_equal(state_of(w), "home");
    assert_int_equal(hub_site(w, phone(w)), n);
    for (unsigned i = 1; i <= 3; i++)
        w->sites[i].mute = w->sites[i].deaf = false;
    for (unsigned i = 1; i <= 3; i++) {
        if (w->sites[i].up)
            world_cut(w, i);
        world_connect(w, i);
    }
    world_wait(w, 60000);
    world_check(w);
}

static void phone_moves_to_another_site(void **state)
{
    struct world *w = three_sites(true, 0);
    const char *order[] = {"do put site=2",      "do deregister site=1", "in released site=1",
                           "do register site=2", "in renewed site=2",    "do remove site=1"};
    const char *at;

    (void)state;
    world_listen(w);
    locate(w, 2);
    at = w->trace;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = at ? strstr(at, order[i]) : NULL;
        if (!at)
            fail_msg("'%s' is missing or too early in:\n%s", order[i], w->trace);
    }
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    assert_true(fake_by(&w->sites[2], MOM_USER, "num", "4711")->registered);
    assert_int_equal(hub_counts(w).handoffs_done, 1);
    locate(w, 1);
    assert_lives_at(w, 1);
    end(w);
}

static void permanent_user_needs_no_delivery(void **state)
{
    struct world *w = three_sites(true, 0);
    unsigned puts;

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    assert_int_equal(site_count(&w->sites[3], MOM_DEVICE), 1);
    puts = w->sites[2].puts;
    locate(w, 2);
    assert_int_equal(w->sites[2].puts, puts);
    assert_int_equal(hub_site(w, phone(w)), 2);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    world_cut(w, 2);
    locate(w, 3);
    assert_int_equal(w->sites[3].registers, 1);
    assert_lives_at(w, 3);
    end(w);
}

static void permanent_user_is_released_when_its_former_site_returns(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    world_cut(w, 1);
    locate(w, 2);
    assert_int_equal(w->sites[1].deregisters, 0);
    world_crash(w);
    world_connect(w, 2);
    world_connect(w, 3);
    world_connect(w, 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 1);
    world_cut(w, 1);
    world_connect(w, 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    end(w);
}

static void permanent_user_that_is_bound_away_from_its_phone_is_released(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t user = hub_find(w, MOM_USER_num, "4711"), device = hub_partner(w, user);
    unsigned before[3];

    (void)state;
    hub_change(w, MOM_USER, user, "permanent", "1", NULL);
    locate(w, 2);
    hub_bind(w, user, 0);
    before[1] = w->sites[1].deregisters;
    before[2] = w->sites[2].deregisters;
    hub_bind(w, user, device);
    assert_int_equal(w->sites[1].deregisters, before[1] + 1);
    assert_int_equal(w->sites[2].deregisters, before[2]);
    end(w);
}

/* What a site says at once is heard at once, even if its clock was set since it was measured. */
static void phone_is_followed_whatever_the_clocks_say(void **state)
{
    static const int64_t wrong_ms[] = {0, -3600000, 3600000, -3600000};
    struct world *w = world_new();

    (void)state;
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    fake_by(&w->sites[1], MOM_DEVICE, "ipei", PHONE)->times[MOM_ROAMING] = w->now.wall_ms + 3600000;
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    for (unsigned i = 0; i < sizeof wrong_ms / sizeof wrong_ms[0]; i++) {
        unsigned n = 2 + i % 2;
        struct mom_input in = {.kind = MOM_IN_LOCATED, .site = n, .ipei = S(PHONE)};

        w->now.wall_ms += 1000;
        in.at_ms = w->now.wall_ms + wrong_ms[i];
        add(w, &in);
        world_run(w);
        assert_lives_at(w, n);
    }
    end(w);
}

static void phone_without_user_moves_without_sip(void **state)
{
    struct world *w = three_sites(false, 0);

    (void)state;
    locate(w, 2);
    assert_int_equal(w->sites[1].deregisters + w->sites[2].registers, 0);
    assert_lives_at(w, 2);
    end(w);
}

static void delivery_that_fails_leaves_the_phone_at_home(void **state)
{
    struct world *w = delivering(true);

    (void)state;
    locate(w, 2); /* again: nothing new */
    assert_int_equal(w->sites[2].puts, 1);
    world_wait(w, 11000);
    assert_int_equal(w->sites[2].rejects, 1);
    assert_int_equal(hub_counts(w).handoffs_timed_out, 1);
    assert_lives_at(w, 1);
    end(w);

    w = three_sites(true, 0);
    w->sites[2].refuse = MOM_ELIMIT;
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 1);
    w->sites[2].refuse = 0;
    assert_lives_at(w, 1);
    end(w);

    w = delivering(true);
    world_cut(w, 2);
    assert_lives_at(w, 1);
    end(w);

    w = delivering(true);
    world_crash(w);
    assert_string_equal(state_of(w), "home");
    assert_lives_at(w, 1);
    end(w);
}

static void delivering_goes_on_when_the_former_site_fails(void **state)
{
    struct world *w = delivering(true);

    (void)state;
    world_cut(w, 1);
    assert_string_equal(state_of(w), "delivering");
    end(w);

    w = three_sites(true, 0);
    world_cut(w, 1);
    locate(w, 2);
    assert_int_equal(w->sites[2].registers, 1);
    assert_lives_at(w, 2);
    /* The former site learned of it when it came back. */
    assert_int_equal(w->sites[1].deregisters, 1);
    end(w);
}

static void phone_goes_on_before_it_was_delivered(void **state)
{
    struct world *w = delivering(true);

    (void)state;
    locate(w, 1);
    assert_int_equal(w->sites[2].rejects, 0);
    assert_lives_at(w, 1);
    end(w);

    w = delivering(true);
    locate(w, 3);
    assert_int_equal(hub_site(w, phone(w)), 3);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_lives_at(w, 3);
    end(w);
}

static void delivery_to_a_site_that_is_being_imported(void **state)
{
    struct world *w = three_sites(true, 0);
    struct mom_input in = {.kind = MOM_IN_IDENTIFIED, .site = 2};

    (void)state;
    world_cut(w, 2);
    in.park = w->sites[2].park;
    add(w, &in);
    in.kind = MOM_IN_IMPORT;
    add(w, &in);
    located(w, 2, PHONE);
    in.kind = MOM_IN_IMPORTED;
    add(w, &in);
    w->sites[2].up = true;
    world_run(w);
    assert_lives_at(w, 2);
    end(w);
}

/* The records are still at site 3, which the phone has left: one PUT that is not answered holds their removal up. */
static struct world *held_at_three(bool user)
{
    struct world *w = three_sites(user, 1);
    uint64_t other;

    locate(w, 3);
    site_user(w, 3, "4999", "Hold");
    world_run(w);
    other = hub_find(w, MOM_USER_num, "4999");
    w->sites[3].mute = true;
    hub_change(w, MOM_USER, other, "hierarchy1", "x", NULL);
    locate(w, 1);
    assert_int_equal(hub_site(w, phone(w)), 1);
    assert_int_equal(site_count(&w->sites[3], MOM_DEVICE), 1);
    w->now.mono_ms += 10000;
    w->now.wall_ms += 10000;
    return w;
}

static void phone_returns_to_a_site_that_still_has_it(void **state)
{
    struct world *w = held_at_three(false);

    (void)state;
    locate(w, 3);
    assert_lives_at(w, 3);
    end(w);

    w = held_at_three(false);
    w->sites[2].mute = true;
    locate(w, 2);
    locate(w, 3);
    assert_lives_at(w, 3);
    end(w);

    w = held_at_three(true);
    w->sites[2].mute = true;
    locate(w, 2);
    w->sites[1].deaf = true;
    locate(w, 3);
    assert_string_equal(state_of(w), "releasing");
    world_wait(w, 20000);
    assert_lives_at(w, 3);
    end(w);

    w = held_at_three(true);
    w->sites[2].mute = true;
    locate(w, 2);
    world_cut(w, 1);
    w->sites[3].deaf = true;
    locate(w, 3);
    assert_string_equal(state_of(w), "renewing");
    world_wait(w, 20000);
    assert_lives_at(w, 3);
    end(w);
}

static void release_that_is_not_confirmed_is_not_waited_for(void **state)
{
    struct world *w = releasing();

    (void)state;
    locate(w, 2);
    assert_string_equal(state_of(w), "releasing");
    world_wait(w, 6000);
    assert_int_equal(w->sites[2].registers, 1);
    assert_lives_at(w, 2);
    end(w);

    w = releasing();
    world_cut(w, 1);
    assert_int_equal(w->sites[2].registers, 1);
    assert_lives_at(w, 2);
    end(w);

    w = releasing();
    world_cut(w, 2);
    assert_lives_at(w, 2);
    end(w);

    w = releasing();
    site_import(w, &w->sites[2]);
    world_run(w);
    assert_string_equal(state_of(w), "releasing");
    end(w);

    w = releasing();
    world_crash(w);
    assert_string_equal(state_of(w), "renewing");
    world_run(w);
    assert_lives_at(w, 2);
    end(w);
}

static void newest_claim_wins_while_releasing(void **state)
{
    struct world *w = releasing();

    (void)state;
    locate(w, 3);
    assert_lives_at(w, 3);
    end(w);

    w = releasing();
    w->sites[2].deaf = true;
    locate(w, 1);
    assert_string_equal(state_of(w), "releasing");
    world_wait(w, 20000);
    assert_lives_at(w, 1);
    end(w);

    w = releasing();
    hub_bind(w, phone(w), 0);
    locate(w, 1);
    assert_lives_at(w, 1);
    end(w);
}

static void newest_claim_wins_while_renewing(void **state)
{
    struct world *w = renewing();

    (void)state;
    locate(w, 2);
    assert_string_equal(state_of(w), "renewing");
    locate(w, 3);
    world_wait(w, 20000);
    assert_lives_at(w, 3);
    end(w);

    w = renewing();
    locate(w, 1);
    assert_string_equal(state_of(w), "releasing");
    world_wait(w, 20000);
    assert_lives_at(w, 1);
    end(w);

    w = renewing();
    hub_bind(w, phone(w), 0);
    locate(w, 1);
    assert_lives_at(w, 1);
    end(w);
}

/* Another user was bound to the phone, and the new site does not have it yet when the phone goes back. */
static void go_back_with_another_user(struct world *w)
{
    uint64_t other;

    site_user(w, 1, "4720", "Bert");
    world_run(w);
    other = hub_find(w, MOM_USER_num, "4720");
    w->sites[2].mute = true;
    hub_bind(w, other, phone(w));
    assert_int_equal(hub_partner(w, phone(w)), other);
    locate(w, 1);
    assert_string_equal(state_of(w), "renewing");
    world_wait(w, 20000);
    assert_lives_at(w, 1);
    end(w);
}

static void user_changes_while_the_phone_is_moving(void **state)
{
    struct world *w = releasing();

    (void)state;
    go_back_with_another_user(w);
    w = renewing();
    w->sites[1].deaf = true;
    go_back_with_another_user(w);
}

static void renewing_ends_whatever_happens(void **state)
{
    struct world *w = renewing();
    struct mom_input in = {.kind = MOM_IN_RELEASED, .site = 1, .type = MOM_USER};

    (void)state;
    in.local = fake_by(&w->sites[1], MOM_USER, "num", "4711")->local;
    add(w, &in);
    world_run(w);
    assert_string_equal(state_of(w), "renewing");
    world_cut(w, 1);
    assert_string_equal(state_of(w), "renewing");
    world_wait(w, 6000);
    assert_lives_at(w, 2);
    end(w);

    w = renewing();
    world_cut(w, 2);
    assert_lives_at(w, 2);
    end(w);

    w = renewing();
    site_import(w, &w->sites[2]);
    world_run(w);
    assert_int_equal(w->sites[2].registers, 2);
    world_crash(w);
    assert_string_equal(state_of(w), "renewing");
    w->sites[2].deaf = false;
    world_run(w);
    assert_lives_at(w, 2);
    end(w);
}

static void deleted_phone_ends_its_handoff(void **state)
{
    struct world *(*const stops[])(void) = {releasing, renewing};
    struct world *w = delivering(true);

    (void)state;
    hub_delete(w, phone(w));
    assert_int_equal(hub_counts(w).handoffs_active, 0);
    end(w);
    for (size_t i = 0; i < 2; i++) {
        w = stops[i]();
        hub_delete(w, phone(w));
        assert_int_equal(hub_counts(w).handoffs_active, 0);
        end(w);
    }
}

static void phones_that_must_not_roam_are_rejected(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    located(w, 2, OTHER);
    world_run(w);
    assert_int_equal(w->sites[2].rejects, 1);
    site_edit(w, 1, MOM_DEVICE, fake_by(&w->sites[1], MOM_DEVICE, "ipei", PHONE),
              "subscribeToPARIOnly", "1");
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 2);
    assert_string_equal(w->why, "it is subscribed to one site only");
    hub_change(w, MOM_DEVICE, phone(w), "subscribeToPARIOnly", "0", "s", "No", "uak", "", NULL);
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 3);
    assert_lives_at(w, 1);
    end(w);
}

/* While the link was down the phone came to site 2, which had its records from before. */
static void import_tells_where_the_phone_is(void **state)
{
    struct world *w = three_sites(true, 0);
    struct fake *device;

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    world_cut(w, 2);
    world_wait(w, 60000);
    device = fake_by(&w->sites[2], MOM_DEVICE, "ipei", PHONE);
    fake_set(device, "ommId", "10280002");
    device->times[MOM_ROAMING] = site_time(w, &w->sites[2]);
    world_wait(w, 60000);
    world_connect(w, 2);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_lives_at(w, 2);
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_moves_to_another_site),
        cmocka_unit_test(permanent_user_needs_no_delivery),
        cmocka_unit_test(permanent_user_is_released_when_its_former_site_returns),
        cmocka_unit_test(permanent_user_that_is_bound_away_from_its_phone_is_released),
        cmocka_unit_test(phone_is_followed_whatever_the_clocks_say),
        cmocka_unit_test(phone_without_user_moves_without_sip),
        cmocka_unit_test(delivery_that_fails_leaves_the_phone_at_home),
        cmocka_unit_test(delivering_goes_on_when_the_former_site_fails),
        cmocka_unit_test(phone_goes_on_before_it_was_delivered),
        cmocka_unit_test(delivery_to_a_site_that_is_being_imported),
        cmocka_unit_test(phone_returns_to_a_site_that_still_has_it),
        cmocka_unit_test(release_that_is_not_confirmed_is_not_waited_for),
        cmocka_unit_test(newest_claim_wins_while_releasing),
        cmocka_unit_test(newest_claim_wins_while_renewing),
        cmocka_unit_test(user_changes_while_the_phone_is_moving),
        cmocka_unit_test(renewing_ends_whatever_happens),
        cmocka_unit_test(deleted_phone_ends_its_handoff),
        cmocka_unit_test(phones_that_must_not_roam_are_rejected),
        cmocka_unit_test(import_tells_where_the_phone_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
