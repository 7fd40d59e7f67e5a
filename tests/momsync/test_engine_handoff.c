/*
 * The handoff: every row of the table is taken by a story told with simulated sites.
 */
#include "handoff_world.h"

static void phone_moves_to_another_site(void **state)
{
    struct world *w = three_sites(true, 0);
    static const char *const order[] = {"do put site=2",      "do deregister site=1",
                                        "in released site=1", "do register site=2",
                                        "in renewed site=2",  "do remove site=1"};

    (void)state;
    world_listen(w);
    locate(w, 2);
    assert_order(w, order, sizeof order / sizeof order[0]);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    assert_true(fake_by(&w->sites[2], MOM_USER, "num", "4711")->registered);
    assert_int_equal(hub_counts(w).handoffs_done, 1);
    locate(w, 1);
    assert_lives_at(w, 1);
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
    assert_int_equal(w->sites[1].registers, 1); /* an end of its registration may be on its way */
    assert_lives_at(w, 1);
    end(w);

    w = delivering(false);
    locate(w, 1);
    assert_int_equal(w->sites[1].registers, 0);
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

/* --- policies --------------------------------------------------------------------------------- */

static struct world *with_policy(enum mom_policy policy)
{
    struct world *w = three_sites(true, 0);

    set_policy(w, 2, policy);
    return w;
}

/* "remove before register": the former site has not answered yet. */
static struct world *clearing(void)
{
    struct world *w = with_policy(MOM_POLICY_REMOVE_FIRST);

    w->sites[1].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "clearing");
    assert_int_equal(w->sites[2].puts, 0);
    return w;
}

/* It has, and the new site does not answer. */
static struct world *delivering_cleared(void)
{
    struct world *w = with_policy(MOM_POLICY_REMOVE_FIRST);

    w->sites[2].mute = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "delivering");
    assert_int_equal(w->sites[1].deregisters, 1);
    return w;
}

/* "register before remove": the new site has not answered. */
static struct world *registering_as(bool permanent)
{
    struct world *w = with_policy(MOM_POLICY_REGISTER_FIRST);

    if (permanent)
        make_permanent(w);
    w->sites[2].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "registering");
    assert_int_equal(w->sites[1].deregisters, 0);
    return w;
}

static struct world *registering(void)
{
    return registering_as(false);
}

static struct world *ending_as(bool permanent)
{
    struct world *w = with_policy(MOM_POLICY_REGISTER_FIRST);

    if (permanent)
        make_permanent(w);
    w->sites[1].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "ending");
    return w;
}

static struct world *ending(void)
{
    return ending_as(false);
}

static struct world *releasing_as(bool permanent)
{
    struct world *w = three_sites(true, 0);

    if (permanent)
        make_permanent(w);
    w->sites[1].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "releasing");
    return w;
}

static struct world *renewing_as(bool permanent)
{
    struct world *w = three_sites(true, 0);

    if (permanent)
        make_permanent(w);
    w->sites[2].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "renewing");
    return w;
}

static void former_site_ends_before_the_new_one_gets_the_records(void **state)
{
    static const char *const order[] = {"do deregister site=1", "in released site=1",
                                        "do put site=2", "do register site=2", "do remove site=1"};
    struct world *w = with_policy(MOM_POLICY_REMOVE_FIRST);

    (void)state;
    locate(w, 2);
    assert_order(w, order, sizeof order / sizeof order[0]);
    assert_int_equal(w->sites[1].deregisters, 1);
    comes_to_rest(w, 2);
}

static void new_site_registers_before_the_former_one_ends(void **state)
{
    static const char *const order[] = {"do put site=2",      "do register site=2",
                                        "in renewed site=2",  "do deregister site=1",
                                        "in released site=1", "do remove site=1"};
    struct world *w = with_policy(MOM_POLICY_REGISTER_FIRST);

    (void)state;
    locate(w, 2);
    assert_order(w, order, sizeof order / sizeof order[0]);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_int_equal(w->sites[2].registers, 1);
    comes_to_rest(w, 2);
}

static void clearing_goes_on_whatever_the_former_site_does(void **state)
{
    struct world *w = clearing();

    (void)state;
    locate(w, 2);
    assert_int_equal(w->sites[1].deregisters, 1);
    site_import(w, &w->sites[2]);
    world_run(w);
    assert_string_equal(state_of(w), "clearing");
    world_wait(w, 6000);
    assert_int_equal(hub_site(w, phone(w)), 2);
    assert_int_equal(w->sites[1].deregisters, 2); /* it had its time, and may not have heard it */
    comes_to_rest(w, 2);

    w = clearing();
    world_cut(w, 1);
    assert_int_equal(hub_site(w, phone(w)), 2);
    w->sites[1].deaf = false;
    world_connect(w, 1); /* it may not have heard it */
    assert_int_equal(w->sites[1].deregisters, 2);
    comes_to_rest(w, 2);

    w = clearing();
    locate(w, 3);
    assert_string_equal(state_of(w), "clearing");
    comes_to_rest(w, 3);
}

/* A former site that was told to end is told to register again when nothing comes of it. */
static void assert_restored(struct world *w)
{
    assert_string_equal(state_of(w), "renewing");
    assert_int_equal(hub_site(w, phone(w)), 1);
    assert_int_equal(mom_engine_handoff(w->engine, phone(w)).to, 1);
    comes_to_rest(w, 1);
}

static void former_site_registers_again_when_clearing_came_to_nothing(void **state)
{
    struct world *w = clearing();

    (void)state;
    locate(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    assert_restored(w);

    w = clearing();
    world_cut(w, 2);
    assert_int_equal(w->sites[1].registers, 1);
    assert_restored(w);

    w = clearing();
    unsubscribe(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    assert_restored(w);

    w = clearing();
    world_crash(w);
    assert_int_equal(w->sites[1].registers, 0);
    world_run(w);
    assert_int_equal(w->sites[1].registers, 1);
    assert_restored(w);

    w = clearing();
    hub_delete(w, phone(w));
    assert_int_equal(hub_counts(w).handoffs_active, 0);
    end(w);
}

static void former_site_registers_again_when_the_delivery_failed(void **state)
{
    struct world *w = with_policy(MOM_POLICY_REMOVE_FIRST);

    (void)state;
    w->sites[2].refuse = MOM_ELIMIT;
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 1);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);

    w = delivering_cleared();
    world_wait(w, 11000);
    assert_int_equal(w->sites[2].rejects, 1);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);

    w = delivering_cleared();
    locate(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);

    w = delivering_cleared();
    world_cut(w, 2);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);

    w = delivering_cleared();
    unsubscribe(w, 1);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);

    w = delivering_cleared();
    world_crash(w);
    world_run(w);
    assert_int_equal(w->sites[1].registers, 1);
    comes_to_rest(w, 1);
}

static void late_confirmation_of_a_former_site_that_was_away_counts(void **state)
{
    struct world *w = clearing();

    (void)state;
    w->sites[2].mute = true;
    world_cut(w, 1);
    world_connect(w, 1);
    assert_string_equal(state_of(w), "delivering");
    tell_sip(w, 1, MOM_IN_RELEASED);
    assert_int_equal(w->sites[1].deregisters, 1);
    comes_to_rest(w, 1); /* the new site never answered */
}

static void registering_ends_whatever_happens(void **state)
{
    struct world *w = registering();

    (void)state;
    world_wait(w, 6000); /* the new site does not answer: the former one ends all the same */
    assert_int_equal(w->sites[1].deregisters, 1);
    comes_to_rest(w, 2);

    w = registering();
    world_cut(w, 1);
    assert_string_equal(state_of(w), "registering");
    tell_sip(w, 2, MOM_IN_RENEWED);
    assert_string_equal(state_of(w), "home");
    comes_to_rest(w, 2);

    w = registering();
    world_cut(w, 1);
    world_wait(w, 6000);
    comes_to_rest(w, 2);

    w = registering();
    world_cut(w, 2);
    assert_int_equal(w->sites[1].deregisters, 1);
    comes_to_rest(w, 2);

    w = registering();
    world_cut(w, 1);
    world_cut(w, 2);
    comes_to_rest(w, 2);

    w = registering();
    tell_sip(w, 1, MOM_IN_RELEASED);
    site_import(w, &w->sites[2]);
    world_run(w);
    assert_int_equal(w->sites[2].registers, 2);
    hub_delete(w, phone(w));
    assert_int_equal(hub_counts(w).handoffs_active, 0);
    end(w);

    w = registering();
    world_crash(w);
    world_run(w);
    comes_to_rest(w, 2);
}

static void ending_ends_whatever_happens(void **state)
{
    struct world *w = ending();

    (void)state;
    world_wait(w, 6000);
    comes_to_rest(w, 2);

    w = ending();
    world_cut(w, 1);
    comes_to_rest(w, 2);

    w = ending();
    site_import(w, &w->sites[2]);
    world_run(w);
    world_cut(w, 2);
    assert_string_equal(state_of(w), "ending");
    hub_delete(w, phone(w));
    assert_int_equal(hub_counts(w).handoffs_active, 0);
    end(w);

    w = ending();
    world_crash(w);
    world_run(w);
    comes_to_rest(w, 2);
}

/* A permanent user's records stay: what is not asked for again is never ended. */
static void former_site_that_does_not_answer_in_time_is_told_again(void **state)
{
    struct world *(*const stops[])(bool) = {releasing_as, ending_as};

    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        struct world *w = stops[i](true);

        world_wait(w, 6000);
        assert_string_equal(state_of(w), "home");
        w->sites[1].deaf = false;
        world_wait(w, 60000);
        assert_false(fake_by(&w->sites[1], MOM_USER, "num", "4711")->registered);
        comes_to_rest(w, 2);
    }
}

static void renewal_is_not_lost_with_a_link_that_fails_twice(void **state)
{
    struct world *w = renewing();
    struct mom_input in = {.kind = MOM_IN_SITE_REMOVE, .site = 2};

    (void)state;
    world_crash(w);
    world_run(w);
    world_cut(w, 2);
    assert_string_equal(state_of(w), "renewing");
    world_connect(w, 2);
    assert_int_equal(w->sites[2].registers, 3);
    world_cut(w, 2);
    add(w, &in); /* but a site that is forgotten will not renew */
    world_run(w);
    assert_int_equal(hub_counts(w).handoffs_active, 0);
    end(w);
}

/* The newest claim wins in every state after the move, whatever the next site has and wants. */
static void newest_claim_wins_after_the_move(void **state)
{
    static struct world *(*const stops[])(bool) = {releasing_as, renewing_as, registering_as,
                                                   ending_as};

    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        struct world *w = stops[i](false);

        locate(w, 2); /* again: nothing new */
        set_policy(w, 3, MOM_POLICY_REMOVE_FIRST);
        locate(w, 3);
        comes_to_rest(w, 3);

        w = stops[i](false);
        locate(w, 3);
        comes_to_rest(w, 3);

        w = stops[i](true);
        set_policy(w, 3, MOM_POLICY_REGISTER_FIRST);
        locate(w, 3);
        comes_to_rest(w, 3);

        w = stops[i](true);
        locate(w, 3);
        comes_to_rest(w, 3);

        w = stops[i](false);
        w->sites[1].deaf = true;
        go_back_with_another_user(w);

        w = stops[i](false);
        hub_bind(w, phone(w), 0);
        locate(w, 1);
        comes_to_rest(w, 1);
    }
}

static void policy_of_the_next_site_counts_while_delivering(void **state)
{
    struct world *w = delivering(true);

    (void)state;
    set_policy(w, 3, MOM_POLICY_REMOVE_FIRST);
    w->sites[1].deaf = true;
    locate(w, 3);
    assert_string_equal(state_of(w), "clearing");
    comes_to_rest(w, 3);

    w = held_at_three(true);
    w->sites[2].mute = true;
    locate(w, 2);
    set_policy(w, 3, MOM_POLICY_REGISTER_FIRST);
    locate(w, 3);
    comes_to_rest(w, 3);

    /* Neither delivery nor release: the site has all, and the former one is down. */
    w = with_policy(MOM_POLICY_REGISTER_FIRST);
    make_permanent(w);
    world_cut(w, 1);
    locate(w, 2);
    assert_int_equal(w->sites[2].registers, 1);
    comes_to_rest(w, 2);
}

static void every_row_was_taken(void **state)
{
    (void)state;
    assert_every_row_was_told(&mom__handoff_fsm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_moves_to_another_site),
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
        cmocka_unit_test(former_site_ends_before_the_new_one_gets_the_records),
        cmocka_unit_test(new_site_registers_before_the_former_one_ends),
        cmocka_unit_test(clearing_goes_on_whatever_the_former_site_does),
        cmocka_unit_test(former_site_registers_again_when_clearing_came_to_nothing),
        cmocka_unit_test(former_site_registers_again_when_the_delivery_failed),
        cmocka_unit_test(late_confirmation_of_a_former_site_that_was_away_counts),
        cmocka_unit_test(registering_ends_whatever_happens),
        cmocka_unit_test(ending_ends_whatever_happens),
        cmocka_unit_test(former_site_that_does_not_answer_in_time_is_told_again),
        cmocka_unit_test(renewal_is_not_lost_with_a_link_that_fails_twice),
        cmocka_unit_test(newest_claim_wins_after_the_move),
        cmocka_unit_test(policy_of_the_next_site_counts_while_delivering),
        cmocka_unit_test(every_row_was_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
