/*
 * What the simulator found of where a phone is, and who is registered: each case is a run of momsim,
 * reduced to a story. The seeds are in tests/sim/seeds.
 */
#include "found.h"

static void visit(struct world *w, unsigned n)
{
    struct fake *device = phone_at(w, n);
    char own[20];

    snprintf(own, sizeof own, "%08X", 0x10280000u + n);
    fake_set(device, "ommId", own);
    device->times[MOM_ROAMING] = site_time(w, &w->sites[n]);
    anna_at(w, n)->registered = true;
}

/* The clock of the site is set: what it told long ago looks later than the phone's last move. */
static void a_roaming_time_that_was_told_before_is_no_claim(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    w->sites[2].clock_ms = 7200000;
    visit(w, 2);
    site_event(w, &w->sites[2], MOM_DEVICE, phone_at(w, 2));
    located(w, 2, PHONE);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    located(w, 1, PHONE);
    world_wait(w, 60000);
    world_cut(w, 2);
    w->sites[2].clock_ms = 0;
    world_wait(w, 60000);
    world_connect(w, 2);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    world_free(w);
}

/* A phone came to a site that was cut off, and left it again: nobody told that site. */
static void a_site_that_was_visited_while_cut_off_is_released(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    world_cut(w, 2);
    world_wait(w, 60000);
    visit(w, 2);
    world_wait(w, 60000);
    located(w, 1, PHONE);
    world_wait(w, 60000);
    world_connect(w, 2);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    assert_false(anna_at(w, 2)->registered);
    world_free(w);
}

/* Two sites tell in their imports that the phone is there, and the later visit is told first. */
static void an_earlier_visit_that_is_told_later_is_released(void **state)
{
    struct world *w = two_sites(true);
    struct mom_input end = {.kind = MOM_IN_IMPORTED, .site = 2};

    (void)state;
    world_add_site(w);
    world_connect(w, 3);
    world_wait(w, 60000);
    world_cut(w, 2);
    world_cut(w, 3);
    world_wait(w, 60000);
    visit(w, 2);
    world_wait(w, 60000);
    visit(w, 3);
    world_wait(w, 60000);
    w->sites[2].slow_import = true;
    world_connect(w, 2);
    world_connect(w, 3);
    add(w, &end);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 3);
    assert_false(anna_at(w, 2)->registered);
    assert_true(anna_at(w, 3)->registered);
    world_check(w);
    world_free(w);
}

/* The node's clock was an hour ahead and is right now: the claims of that hour do not stand
 * against new ones. */
static void a_claim_of_a_clock_that_was_set_back_does_not_stand(void **state)
{
    struct world *w = two_sites(false);

    (void)state;
    w->now.wall_ms += 3600000;
    located(w, 2, PHONE);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    w->now.wall_ms -= 3600000;
    located(w, 1, PHONE);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    world_free(w);
}

/* The request to end a registration was lost with the link, after its time had run out. */
static void an_end_that_was_lost_is_asked_for_again(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    w->sites[1].deaf = true;
    located(w, 2, PHONE);
    world_wait(w, 20000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    assert_true(anna_at(w, 1)->registered);
    world_cut(w, 1);
    w->sites[1].deaf = false;
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_false(anna_at(w, 1)->registered);
    world_check(w);
    world_free(w);
}

/* The hub died while a phone moved. The former site comes back before the new one: what it owes
 * is found all the same. */
static void what_is_owed_is_found_after_a_start(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    w->sites[1].deaf = true;
    located(w, 2, PHONE);
    world_run(w);
    assert_int_equal(hub_site(w, anna(w)), 2);
    w->sites[1].up = w->sites[2].up = false;
    world_crash(w);
    w->sites[1].deaf = false;
    world_connect(w, 1);
    world_wait(w, 60000);
    world_connect(w, 2);
    world_wait(w, 60000);
    assert_false(anna_at(w, 1)->registered);
    world_check(w);
    world_free(w);
}

static void with_policy(struct world *w, unsigned n, enum mom_policy policy)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = n, .name = S("site"), .policy = policy};

    add(w, &in);
    world_run(w);
}

/* The link was broken and nobody had noticed: the request to end was lost, and its time ran out. */
static void an_end_that_was_lost_is_owed_whatever_the_policy(void **state)
{
    static const enum mom_policy policies[] = {MOM_POLICY_RENEW, MOM_POLICY_REGISTER_FIRST};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct world *w = two_sites(true);

        with_policy(w, 2, policies[i]);
        w->sites[1].deaf = true;
        located(w, 2, PHONE);
        world_wait(w, 20000);
        assert_int_equal(hub_site(w, anna(w)), 2);
        world_cut(w, 1);
        w->sites[1].deaf = false;
        world_connect(w, 1);
        world_wait(w, 20000);
        assert_false(anna_at(w, 1)->registered);
        assert_true(anna_at(w, 2)->registered);
        world_free(w);
    }
}

/* The phone left the former site, came back and goes again, faster than that answers: its answer to the first request
 * says nothing of the registration that it has now, which it was not asked to end yet. */
static void a_late_answer_of_a_site_that_was_not_asked_again_is_no_end(void **state)
{
    struct world *w = two_sites(true);
    struct mom_input released = {.kind = MOM_IN_RELEASED, .site = 1, .type = MOM_USER};

    (void)state;
    with_policy(w, 2, MOM_POLICY_REGISTER_FIRST);
    w->sites[2].deaf = true;
    located(w, 2, PHONE);
    world_run(w);
    assert_int_equal(w->sites[1].deregisters, 0);
    released.local = anna_at(w, 1)->local;
    add(w, &released);
    world_run(w);
    world_cut(w, 1);
    world_wait(w, 20000);
    w->sites[2].deaf = false;
    world_connect(w, 1);
    world_wait(w, 20000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    assert_false(anna_at(w, 1)->registered);
    world_check(w);
    world_free(w);
}

/* The same while the new site waits for it. A permanent user keeps his records at the former site. */
static void a_site_that_did_not_answer_while_it_was_cleared_is_asked_again(void **state)
{
    struct world *w = two_sites(false);

    (void)state;
    w->sites[2].refuse = MOM_EFIELD;
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "permanent", "1");
    world_run(w);
    w->sites[2].refuse = 0;
    with_policy(w, 2, MOM_POLICY_REMOVE_FIRST);
    w->sites[1].deaf = true;
    located(w, 2, PHONE);
    world_run(w);
    assert_null(anna_at(w, 2));
    world_wait(w, 8000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    w->sites[1].deaf = false;
    world_cut(w, 1);
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_non_null(anna_at(w, 1));
    assert_false(anna_at(w, 1)->registered);
    assert_true(anna_at(w, 2)->registered);
    world_free(w);
}

/* What a muted site was asked, to bind the two or to unbind them, is done now, and answered. */
static void relate_late(struct world *w, unsigned n, bool bind)
{
    struct fake_site *s = &w->sites[n];

    s->mute = s->deaf = false;
    if (!phone_at(w, n))
        site_device(w, n, PHONE);
    fake_unbind(w, s, phone_at(w, n), MOM_USER);
    if (bind)
        fake_bind(w, s, phone_at(w, n), anna_at(w, n), "Dynamic");
    site_event(w, s, MOM_DEVICE, phone_at(w, n));
    site_event(w, s, MOM_USER, anna_at(w, n));
    site_answer(w, s, s->muted, MOM_OK, phone_at(w, n)->local, anna_at(w, n)->local);
    world_run(w);
}

/* The former site was asked to end its registration, and binds the two after that: it registers again. What it answers
 * to the request says nothing of that. */
static void a_former_site_that_binds_after_the_end_is_asked_again(void **state)
{
    static const enum mom_policy policies[] = {MOM_POLICY_RENEW, MOM_POLICY_REGISTER_FIRST,
                                               MOM_POLICY_REMOVE_FIRST};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct world *w = two_sites(true);
        struct mom_input released = {.kind = MOM_IN_RELEASED, .site = 1, .type = MOM_USER};

        with_policy(w, 2, policies[i]);
        w->sites[1].mute = true;
        hub_bind(w, anna(w), 0);
        w->sites[2].mute = policies[i] == MOM_POLICY_REMOVE_FIRST; /* it lacks the relation then */
        hub_bind(w, anna(w), hub_find(w, MOM_DEVICE_ipei, PHONE));
        w->sites[1].deaf = true;
        located(w, 2, PHONE);
        world_run(w);
        assert_int_equal(w->sites[1].deregisters, 1);
        relate_late(w, 1, false);
        assert_true(anna_at(w, 1)->registered);
        released.local = anna_at(w, 1)->local;
        add(w, &released);
        world_run(w);
        if (w->sites[2].mute)
            relate_late(w, 2, true);
        world_wait(w, 60000);
        assert_int_equal(hub_site(w, anna(w)), 2);
        assert_false(anna_at(w, 1)->registered);
        assert_true(anna_at(w, 2)->registered);
        world_check(w);
        world_free(w);
    }
}

/* The former site was asked to end its registration, and heard the phone after that, which by its clock was long ago.
 * What it answers to the request says nothing of that: it is asked again, also where the first request was an owed
 * end. */
static void a_former_site_that_hears_the_phone_after_the_end_is_asked_again(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct world *w = two_sites(true);
        struct mom_input released = {.kind = MOM_IN_RELEASED, .site = 1, .type = MOM_USER},
                         late = {.kind = MOM_IN_LOCATED, .site = 1, .ipei = S(PHONE)};

        world_wait(w, 60000);
        w->sites[1].deaf = i == 0;
        located(w, 2, PHONE);
        world_run(w);
        w->sites[1].deaf = true;
        for (int k = 0; k < 1 + i; k++) {
            late.at_ms = w->now.wall_ms - 10000;
            anna_at(w, 1)->registered = true;
            add(w, &late);
            world_run(w);
        }
        assert_int_equal(w->sites[1].deregisters, 1 + i);
        w->sites[1].deaf = false;
        released.local = anna_at(w, 1)->local;
        add(w, &released);
        world_wait(w, 60000);
        assert_int_equal(hub_site(w, anna(w)), 2);
        assert_false(anna_at(w, 1)->registered);
        world_check(w);
        world_free(w);
    }
}

/* A phone hopped to and fro within the time that notices may overtake each other, and is not where the last notice
 * said. There it is heard while the link is down, which nothing shows, and goes on. */
static void a_site_that_may_have_had_the_phone_is_ended_when_that_is_elsewhere(void **state)
{
    struct world *w = two_sites(true);
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = 1, .ipei = S(PHONE)};

    (void)state;
    world_add_site(w);
    world_connect(w, 3);
    world_wait(w, 60000);
    located(w, 2, PHONE);
    world_run(w);
    w->now.wall_ms += 100;
    w->now.mono_ms += 100;
    in.at_ms = w->now.wall_ms - 1000;
    add(w, &in);
    world_wait(w, 5000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    assert_false(anna_at(w, 2)->registered);
    world_cut(w, 2);
    anna_at(w, 2)->registered = true;
    world_crash(w);
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    world_wait(w, 60000);
    located(w, 3, PHONE);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 3);
    assert_false(anna_at(w, 1)->registered);
    assert_false(anna_at(w, 2)->registered);
    assert_true(anna_at(w, 3)->registered);
    world_check(w);
    w->sites[1].deregisters = w->sites[2].deregisters = 0;
    world_wait(w, 60000);
    located(w, 1, PHONE);
    world_wait(w, 60000);
    assert_int_equal(w->sites[2].deregisters, 0);
    world_free(w);
}

/* The same, of a phone whose notice was taken for late, for the site's clock was behind. */
static void a_site_whose_notice_was_late_is_ended_when_the_phone_is_elsewhere(void **state)
{
    struct world *w = two_sites(true);
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = 2, .ipei = S(PHONE)};

    (void)state;
    world_add_site(w);
    world_connect(w, 3);
    world_wait(w, 60000);
    located(w, 1, PHONE);
    world_run(w);
    in.at_ms = w->now.wall_ms - 10000;
    anna_at(w, 2)->registered = true;
    add(w, &in);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    assert_false(anna_at(w, 2)->registered);
    world_cut(w, 2);
    anna_at(w, 2)->registered = true;
    world_connect(w, 2);
    world_wait(w, 60000);
    located(w, 3, PHONE);
    world_wait(w, 60000);
    assert_false(anna_at(w, 2)->registered);
    assert_true(anna_at(w, 3)->registered);
    world_check(w);
    world_free(w);
}

/* Nothing but the time of the relation shows that the user was unbound there and bound again, and is registered. */
static void a_former_site_that_binds_the_two_anew_while_cut_off_is_ended(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    located(w, 2, PHONE);
    world_wait(w, 60000);
    assert_false(anna_at(w, 1)->registered);
    world_cut(w, 1);
    w->now.wall_ms += 60000;
    w->now.mono_ms += 60000;
    site_bind(w, 1, fake_find(&w->sites[1], MOM_DEVICE, anna_at(w, 1)->partner), anna_at(w, 1));
    assert_true(anna_at(w, 1)->registered);
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 2);
    assert_false(anna_at(w, 1)->registered);
    assert_true(anna_at(w, 2)->registered);
    w->sites[1].deregisters = 0;
    world_cut(w, 1);
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_int_equal(w->sites[1].deregisters, 0);
    world_check(w);
    world_free(w);
}

/* Anna is registered at site 2, where her phone was heard while the link was down. The phone is Berta's by then, who
 * lived there, so she is the one whose end is asked for; and it is Anna's again before that is answered. */
static void who_is_bound_there_is_ended_and_not_only_who_was_to_be(void **state)
{
    struct world *w = two_sites(true);
    struct mom_input released = {.kind = MOM_IN_RELEASED, .site = 2, .type = MOM_USER};
    uint64_t phone, berta;

    (void)state;
    released.local = site_user(w, 2, "4712", "Berta")->local;
    world_wait(w, 60000);
    phone = hub_find(w, MOM_DEVICE_ipei, PHONE);
    berta = hub_find(w, MOM_USER_num, "4712");
    world_cut(w, 2);
    visit(w, 2);
    assert_true(anna_at(w, 2)->registered);
    world_wait(w, 60000);
    located(w, 1, PHONE);
    hub_bind(w, berta, phone);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, berta), 1);
    w->sites[2].deaf = true;
    w->sites[2].deregisters = 0;
    world_connect(w, 2);
    assert_int_equal(w->sites[2].deregisters, 1);
    hub_bind(w, anna(w), phone);
    w->sites[2].deaf = false;
    add(w, &released);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, anna(w)), 1);
    assert_true(anna_at(w, 1)->registered);
    assert_false(anna_at(w, 2)->registered);
    world_check(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roaming_time_that_was_told_before_is_no_claim),
        cmocka_unit_test(a_site_that_was_visited_while_cut_off_is_released),
        cmocka_unit_test(an_earlier_visit_that_is_told_later_is_released),
        cmocka_unit_test(a_claim_of_a_clock_that_was_set_back_does_not_stand),
        cmocka_unit_test(an_end_that_was_lost_is_asked_for_again),
        cmocka_unit_test(what_is_owed_is_found_after_a_start),
        cmocka_unit_test(an_end_that_was_lost_is_owed_whatever_the_policy),
        cmocka_unit_test(a_late_answer_of_a_site_that_was_not_asked_again_is_no_end),
        cmocka_unit_test(a_site_that_did_not_answer_while_it_was_cleared_is_asked_again),
        cmocka_unit_test(a_former_site_that_binds_after_the_end_is_asked_again),
        cmocka_unit_test(a_former_site_that_hears_the_phone_after_the_end_is_asked_again),
        cmocka_unit_test(a_site_that_may_have_had_the_phone_is_ended_when_that_is_elsewhere),
        cmocka_unit_test(a_site_whose_notice_was_late_is_ended_when_the_phone_is_elsewhere),
        cmocka_unit_test(a_former_site_that_binds_the_two_anew_while_cut_off_is_ended),
        cmocka_unit_test(who_is_bound_there_is_ended_and_not_only_who_was_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
