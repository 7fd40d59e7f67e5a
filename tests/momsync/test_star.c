/*
 * The handoff in a star: nodes with an OMM each, links that break, OMMs that do not answer. Every row
 * of the table is taken by a story, and the stories say what the user gets: one registration, at the
 * site that heard the phone last.
 */
#include "star_pari.h"
#include "star_people.h"
#include "star_place.h"
#include "star_world.h"

static void a_phone_that_roams_is_registered_at_once_and_once_more(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_check(net, PHONE, 1);
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 2)->registers, 2);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    assert_int_equal(star_site(net, 0)->registers + star_site(net, 0)->deregisters, 0);
    star_check(net, PHONE, 2);
    star_free(net);
}

/* --- the claim -------------------------------------------------------------------------------- */

static void a_phone_that_nobody_had_waits_for_nobody(void **state)
{
    struct net *net = star_nodes(3);
    uint64_t device, user;

    (void)state;
    star_connect(net);
    device = net_change(net, 0, MOM_DEVICE, 0, "ipei", PHONE, "s", "Yes", NULL);
    user = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);
    net_bind(net, 0, user, device);
    star_wait(net, 10000);
    assert_int_equal(star_claim(net, 1, device), 0);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_forget_counts(net);
    star_hear(net, 1, PHONE);
    assert_true(strstr(told, "home + located (free) -> renewing") != NULL);
    star_rests(net, 1);
}

/* Its user was entered at an OMM: that does not make the phone be there. */
static void a_phone_is_not_where_its_user_was_entered(void **state)
{
    struct net *net = star_nodes(3);
    uint64_t device;

    (void)state;
    (void)site_user(star_omm(net, 1), 2, "4711", "Anna");
    star_connect(net);
    device = net_change(net, 1, MOM_DEVICE, 0, "ipei", PHONE, "s", "Yes", NULL);
    net_bind(net, 1, user_of(net), device);
    star_wait(net, 10000);
    assert_int_equal(star_claim(net, 0, device), 0);
    assert_int_equal(star_claim(net, 1, device), 0);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

static void a_phone_without_user_is_claimed_alone(void **state)
{
    struct net *net = star_nodes(3);

    (void)state;
    (void)site_device(star_omm(net, 1), 2, PHONE);
    star_connect(net);
    star_hear(net, 2, PHONE);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_claim(net, 0, star_phone(net)), 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(star_site(net, i)->registers + star_site(net, i)->deregisters, 0);
    star_free(net);
}

static void a_phone_that_is_not_to_roam_is_refused(void **state)
{
    struct net *net = star_nodes(3);
    struct fake *f = site_device(star_omm(net, 1), 2, PHONE);
    struct mom_input located = {.kind = MOM_IN_LOCATED, .site = 9, .ipei = S(PHONE)};
    struct mom_input other = {.kind = MOM_IN_SITE_ADD, .site = 4, .name = S("other")};

    (void)state;
    fake_set(f, "subscribeToPARIOnly", "1");
    star_connect(net);
    assert_null(fake_by(star_site(net, 2), MOM_DEVICE, "ipei", PHONE));
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 2)->rejects, 1);
    assert_int_equal(star_claim(net, 2, star_phone(net)), 2);
    star_hear(net, 2, OTHER);
    assert_int_equal(star_site(net, 2)->rejects, 2);

    /* Nor is it at another site of the same node. */
    net_step(net, 1, &located); /* no such site */
    net_step(net, 1, &other);
    star_omm(net, 1)->sites[4].number = 4;
    star_omm(net, 1)->sites[4].park = (struct mom_park){31, 0x10280004};
    star_omm(net, 1)->sites[4].slow_import = true;
    world_connect_now(star_omm(net, 1), &star_omm(net, 1)->sites[4]);
    star_run(net);
    located.site = 4;
    net_step(net, 1, &located);
    assert_int_equal(star_claim(net, 1, star_phone(net)), 2);
    assert_int_equal(star_omm(net, 1)->sites[4].rejects, 1);
    star_free(net);
}

static void two_sites_that_hear_a_phone_at_once_end_with_one(void **state)
{
    struct net *net = star_new(4);

    (void)state;
    star_hear_as(net, 0, PHONE, MOM_IN_LOCATED);
    star_hear_as(net, 2, PHONE, MOM_IN_LOCATED);
    star_hear_as(net, 3, PHONE, MOM_IN_LOCATED);
    star_run(net);
    assert_int_equal(star_registrations(net, PHONE), 1);
    star_rests(net, 3); /* equal times and epochs: the greatest site */
}

static void the_claim_is_later_than_the_one_it_replaces_whatever_the_clocks_say(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    net->nodes[1].clock_ms = 3600000;
    star_hear(net, 1, PHONE);
    star_hear(net, 2, PHONE);
    star_check(net, PHONE, 2);
    net->nodes[2].clock_ms = -3600000;
    star_hear(net, 0, PHONE);
    star_hear(net, 2, PHONE);
    star_check(net, PHONE, 2);
    star_hear(net, 1, PHONE);
    star_rests(net, 1);
}

static void who_heard_the_phone_last_wins_though_nobody_was_told_between(void **state)
{
    enum mom_input_kind kinds[2] = {MOM_IN_LOCATED, MOM_IN_HEARD};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct net *net = star_new(3);

        net_cut(net, 0, 2);
        star_hear(net, 2, PHONE);
        net->now.mono_ms += 3000;
        net->now.wall_ms += 3000;
        star_hear_as(net, 1, PHONE, kinds[i]); /* back where it was: node 1 knows of no claim */
        star_run(net);
        assert_true(star_registered(net, 1, PHONE) && star_registered(net, 2, PHONE));
        star_link(net, 2);
        star_rests(net, 1);
    }
}

/* --- the former site -------------------------------------------------------------------------- */

static void a_broken_link_is_not_waited_for_and_healing_ends_it(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    net_cut(net, 0, 1);
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 2), "announcing");
    star_wait(net, 4900);
    assert_int_equal(star_site(net, 2)->registers, 1);
    star_wait(net, 200);
    assert_int_equal(star_site(net, 2)->registers, 2);
    assert_int_equal(star_registrations(net, PHONE), 2);
    star_wait(net, 60000);
    star_link(net, 1);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    assert_int_equal(star_site(net, 2)->registers, 3); /* for the confirmation */
    star_check(net, PHONE, 2);
    star_free(net);
}

static void a_former_omm_that_is_down_ends_when_it_is_back(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_omm_down(net, 1);
    star_hear(net, 2, PHONE);
    star_wait(net, 20000);
    star_crash(net, 1); /* it is not forgotten */
    star_link(net, 1);
    assert_true(star_registered(net, 1, PHONE));
    star_forget_counts(net);
    star_omm_up(net, 1);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    assert_int_equal(star_site(net, 2)->registers, 1);
    star_check(net, PHONE, 2);
    star_free(net);
}

static void a_former_omm_that_does_not_answer_is_not_waited_for(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    star_forget_counts(net);
    star_wait(net, 5100);
    assert_string_equal(star_state(net, 2), "home");
    assert_true(star_site(net, 2)->registers > 0);
    star_rests(net, 2);
}

static void an_end_that_an_omm_lost_is_asked_for_again(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_careless[2] = true;
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    star_wait(net, 5100);
    assert_int_equal(star_site(net, 1)->deregisters, 2);
    star_wait(net, 65000);
    assert_int_equal(star_site(net, 1)->deregisters, 4);
    assert_true(star_registered(net, 1, PHONE));
    assert_string_equal(star_state(net, 1), "leaving");
    star_careless[2] = false;
    star_wait(net, 30000);
    assert_int_equal(star_site(net, 1)->deregisters, 5);
    star_check(net, PHONE, 2); /* which registered after it */
    star_wait(net, 120000);
    assert_int_equal(star_site(net, 1)->deregisters, 5);
    star_free(net);
}

static void an_end_that_was_lost_is_settled_by_the_next_import(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_careless[2] = true;
    star_hear(net, 2, PHONE);
    star_wait(net, 10000);
    star_omm_down(net, 1);
    assert_string_equal(star_state(net, 1), "home");
    star_careless[2] = false;
    star_forget_counts(net);
    star_wait(net, 120000);
    assert_int_equal(star_site(net, 1)->deregisters, 0);
    star_omm_up(net, 1);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_check(net, PHONE, 2);
    star_free(net);

    /* And over a restart of the node. */
    net = star_new(3);
    star_careless[2] = true;
    star_hear(net, 2, PHONE);
    star_wait(net, 10000);
    star_crash(net, 1);
    star_careless[2] = false;
    star_rests(net, 2);
}

static void an_end_is_not_asked_for_again_of_an_omm_without_the_user(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_careless[2] = true;
    star_hear(net, 2, PHONE);
    fake_by(star_site(net, 1), MOM_USER, "num", "4711")->used = false; /* and tells nobody */
    star_watch(star_site(net, 1));
    star_site(net, 1)->refuse = MOM_ENOENT;
    net_change(net, 0, MOM_USER, user_of(net), "name", "Anna M", NULL);
    star_run(net);
    assert_string_equal(star_state(net, 1), "leaving");
    star_forget_counts(net);
    star_wait(net, 5000);
    assert_string_equal(star_state(net, 1), "home");
    assert_int_equal(star_site(net, 1)->deregisters, 0);
    star_site(net, 1)->refuse = 0;
    star_rests(net, 2); /* which made him anew */
}

static void an_end_is_not_asked_for_again_when_nobody_is_bound_any_more(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_careless[2] = true;
    star_hear(net, 2, PHONE);
    star_wait(net, 10000);
    star_forget_counts(net);
    net_bind(net, 0, user_of(net), 0);
    star_run(net);
    assert_string_equal(star_state(net, 1), "home");
    star_wait(net, 120000);
    assert_int_equal(star_site(net, 1)->deregisters, 0);
    star_free(net);
}

static void confirmation_is_not_sent_by_who_was_not_registered(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    star_hear(net, 0, PHONE);
    /* One confirmation each: that of site 2 was for site 3 alone. */
    assert_int_equal(star_site(net, 0)->registers, 2);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_rests(net, 0);
}

static void a_phone_returns_to_the_site_that_is_letting_go(void **state)
{
    struct net *net = star_announcing();
    uint64_t user = user_of(net);

    (void)state;
    star_hear(net, 1, PHONE);
    assert_string_equal(star_state(net, 1), "renewing");
    assert_string_equal(star_state(net, 2), "home"); /* it let go */
    star_rests(net, 1);

    net = star_announcing();
    net_bind(net, 0, user, 0);
    star_run(net);
    star_hear(net, 1, PHONE); /* without user */
    star_wait(net, 60000);
    assert_int_equal(star_claim(net, 2, star_phone(net)), 2);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_free(net);
}

static void an_older_answer_means_nothing_after_a_return(void **state)
{
    struct net *net = star_new(3);
    struct fake *f = fake_by(star_site(net, 1), MOM_USER, "num", "4711");
    struct mom_input in = {.kind = MOM_IN_RELEASED, .site = 2, .type = MOM_USER, .local = f->local};

    (void)state;
    star_hear(net, 2, PHONE);
    star_site(net, 2)->deaf = true;
    net_cut(net, 0, 2);
    star_site(net, 1)->deaf = true;
    star_hear(net, 1, PHONE);
    assert_string_equal(star_state(net, 1), "announcing");
    net_step(net, 1, &in);
    assert_string_equal(star_state(net, 1), "announcing");
    star_wait(net, 5000);
    assert_string_equal(star_state(net, 1), "renewing");
    net_step(net, 1, &in);
    assert_string_equal(star_state(net, 1), "renewing");

    /* And an older renewal means nothing to who is leaving. */
    star_link(net, 2);
    star_hear(net, 0, PHONE);
    assert_string_equal(star_state(net, 1), "leaving");
    in.kind = MOM_IN_RENEWED;
    net_step(net, 1, &in);
    assert_string_equal(star_state(net, 1), "leaving");
    star_rests(net, 0);
}

static void a_chain_of_roams_leaves_the_last_one(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    star_hear(net, 3, PHONE); /* site 2 is still leaving, now for another one */
    assert_string_equal(star_state(net, 1), "leaving");
    assert_string_equal(star_state(net, 2), "home");
    star_rests(net, 3);

    net = star_renewing();
    star_site(net, 2)->deaf = true;
    star_hear(net, 3, PHONE);
    assert_string_equal(star_state(net, 2), "leaving");
    star_rests(net, 3);

    net = star_renewing();
    star_omm_down(net, 2);
    star_hear(net, 0, PHONE); /* its own OMM is down: it owes the end */
    assert_string_equal(star_state(net, 2), "home");
    assert_true(star_registered(net, 2, PHONE));
    star_rests(net, 0);
}

static void a_site_that_is_not_registered_has_nothing_to_end(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    net_cut(net, 0, 1);
    star_site(net, 2)->mute = true; /* the OMM is not told that the user is not bound any more */
    net_bind(net, 2, user_of(net), 0);
    star_run(net);
    star_hear(net, 3, PHONE);
    assert_string_equal(star_state(net, 2), "home");
    star_free(net);

    net = star_new(3);
    star_hear(net, 2, PHONE);
    net_bind(net, 0, user_of(net), 0);
    star_wait(net, 10000);
    star_forget_counts(net);
    star_hear(net, 1, PHONE);
    assert_int_equal(star_site(net, 2)->deregisters, 0);
    star_free(net);
}

static void a_confirmation_that_another_one_hides_is_made_again(void **state)
{
    struct net *net = star_new(4);
    uint64_t id = star_phone(net);

    (void)state;
    /* Sites 2 and 3 both are registered when they hear of the claim of site 4; the clock of 3 is ahead. */
    net_cut(net, 0, 2);
    net_cut(net, 0, 3);
    net->nodes[2].clock_ms = 1500;
    star_hear(net, 2, PHONE);
    star_wait(net, 20000);
    star_hear(net, 3, PHONE);
    star_wait(net, 20000);
    assert_int_equal(star_registrations(net, PHONE), 3);
    star_site(net, 1)->deaf = true;
    star_link(net, 3);
    assert_string_equal(star_state(net, 1), "leaving");
    star_forget_counts(net);
    net_cut(net, 0, 1);
    star_site(net, 1)->deaf = false;
    star_wait(net, 5100); /* site 2 confirms, and nobody hears of it */
    assert_string_equal(star_state(net, 1), "home");
    net->nodes[2].clock_ms = 60000;
    star_link(net, 2); /* site 3 confirms: later, as it thinks */
    assert_int_equal(star_site(net, 3)->registers, 1);
    star_link(net, 1);
    assert_in_range(star_site(net, 3)->registers, 2, 3);
    assert_true(strstr(told, "home + overtaken -> home") != NULL);
    assert_int_equal(star_claim(net, 0, id), 4);
    star_rests(net, 3);
}

/* --- the own OMM ------------------------------------------------------------------------------ */

static void an_omm_whose_link_fails_renews_when_it_is_back(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    star_omm_down(net, 2);
    assert_string_equal(star_state(net, 2), "renewing");
    star_wait(net, 60000);
    assert_string_equal(star_state(net, 2), "renewing");
    star_forget_counts(net);
    star_omm_up(net, 2);
    assert_int_equal(star_site(net, 2)->registers, 1);
    star_rests(net, 2);

    net = star_renewing();
    star_omm_down(net, 2);
    assert_string_equal(star_state(net, 2), "renewing");
    star_rests(net, 2);

    net = star_announcing();
    star_omm_down(net, 1); /* the one that is leaving */
    assert_string_equal(star_state(net, 1), "home");
    star_rests(net, 2);
}

static void renewing_ends_whatever_happens(void **state)
{
    struct net *net = star_renewing();

    (void)state;
    star_hear(net, 2, PHONE); /* again */
    assert_string_equal(star_state(net, 2), "renewing");
    star_wait(net, 5000);
    assert_string_equal(star_state(net, 2), "home");
    star_rests(net, 2);

    net = star_announcing();
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 2), "announcing");
    star_rests(net, 2);
}

static void a_second_former_site_is_renewed_for_too(void **state)
{
    struct net *net = star_new(4);

    (void)state;
    net_cut(net, 0, 2);
    star_hear(net, 2, PHONE);
    star_wait(net, 20000);
    star_site(net, 3)->deaf = true;
    star_hear(net, 3, PHONE);
    assert_string_equal(star_state(net, 3), "renewing");
    star_forget_counts(net);
    star_link(net, 2);
    assert_int_equal(star_site(net, 3)->registers, 1);
    assert_string_equal(star_state(net, 3), "renewing");
    star_rests(net, 3);
}

static void a_node_that_starts_again_goes_on(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    star_crash(net, 2);
    assert_string_equal(star_state(net, 2), "renewing");
    star_rests(net, 2);

    net = star_renewing();
    star_crash(net, 2);
    assert_string_equal(star_state(net, 2), "renewing");
    star_rests(net, 2);

    net = star_announcing();
    star_crash(net, 1);
    assert_string_equal(star_state(net, 1), "home");
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_run(net); /* its OMM is imported, and asked again */
    assert_int_equal(star_site(net, 1)->deregisters, 2);
    star_rests(net, 2);
}

static void a_deleted_phone_ends_it(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    net_delete(net, 0, star_phone(net));
    star_wait(net, 60000);
    assert_int_equal(net_counts(net, 1).handoffs_active + net_counts(net, 2).handoffs_active, 0);
    assert_null(fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE));
    net_check_equal(net);
    star_free(net);

    net = star_renewing();
    net_delete(net, 0, star_phone(net));
    star_wait(net, 60000);
    assert_int_equal(net_counts(net, 2).handoffs_active, 0);
    star_free(net);
}

static void a_parked_phone_is_not_claimed(void **state)
{
    struct net *net = star_new(3);
    uint64_t first = star_phone(net), second;
    struct mom_view *view;
    const struct mom_record *r;

    (void)state;
    net_cut(net, 0, 2);
    net_change(net, 2, MOM_DEVICE, first, "ipei", OTHER, NULL);
    second = net_change(net, 2, MOM_DEVICE, 0, "ipei", PHONE, "s", "Yes", NULL);
    assert_true(second != 0);
    star_run(net);
    star_hear(net, 2, PHONE); /* the new record: nobody else knows it */
    assert_int_equal(star_claim(net, 2, second), 3);
    net_change(net, 2, MOM_DEVICE, first, "ipei", "", NULL);
    star_run(net);
    net_change(net, 1, MOM_DEVICE, first, "name", "hers", NULL);
    star_link(net, 2);
    star_wait(net, 60000);
    net_check_equal(net);
    view = net_view(net, 0);
    r = mom_view_find(view, MOM_DEVICE_ipei, S(PHONE));
    assert_non_null(r);
    mom_view_close(view);
    assert_int_equal(net_counts(net, 0).handoffs_active + net_counts(net, 1).handoffs_active +
                         net_counts(net, 2).handoffs_active,
                     0);
    star_free(net);
}

/* --- nodes that come back --------------------------------------------------------------------- */

static void a_node_that_lost_its_store_renews_what_is_its_own(void **state)
{
    struct net *net = star_new(3);
    unsigned twin;

    (void)state;
    (void)site_device(star_omm(net, 1), 2, OTHER);
    star_run(net);
    star_hear(net, 2, OTHER);
    star_hear(net, 1, OTHER);
    net_cut(net, 0, 1);
    star_omm_down(net, 1);
    /* Another machine takes its place, with an empty store. */
    twin = star_add(net, 2);
    star_omm(net, twin)->sites[2] = *star_site(net, 1);
    world_connect_now(star_omm(net, twin), &star_omm(net, twin)->sites[2]);
    net_know(net, twin, 0);
    net_link(net, twin, 0);
    star_run(net);
    star_wait(net, 60000);
    assert_true(strstr(told, "home + given (has user) -> renewing") != NULL);
    assert_true(strstr(told, "home + given -> home") != NULL);
    assert_int_equal(star_omm(net, twin)->sites[2].registers > 0, true);
    star_free(net);
}

/* Two nodes beside one OMM, one of them without link to it: the other one's claims are its own. */
static void a_claim_that_comes_back_ends_the_leaving(void **state)
{
    struct net *net = star_new(3);
    unsigned twin = star_add(net, 2);
    struct fake_site *s = &star_omm(net, twin)->sites[2];

    (void)state;
    *s = *star_site(net, 1);
    s->up = false;
    net_know(net, twin, 0);
    net_link(net, twin, 0);
    star_wait(net, 60000);
    world_connect_now(star_omm(net, twin), s);
    star_wait(net, 60000);
    s->deaf = true;
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, twin), "leaving");
    star_hear(net, 1, PHONE);
    assert_string_equal(star_state(net, twin), "renewing");
    star_free(net);
}

static uint64_t handoff_rows(const struct mom_store *store)
{
    struct mom_txn *txn;
    uint64_t count;

    assert_int_equal(store->ops->begin(store->store, false, &txn), MOM_OK);
    assert_int_equal(store->ops->count(txn, MOM_T_HANDOFF, &count), MOM_OK);
    store->ops->abort(txn);
    return count;
}

/* A row that the other shape wrote, or of a site that is not of this node, means nothing; one of a newer library is
 * refused. */
static void rows_of_the_other_shape_are_dropped(void **state)
{
    static const struct {
        size_t key_len;
        char row[7];
        int code;
    } rows[] = {
        {8, {2, 1, 1, 2, 2, 0, 0}, MOM_OK},        {12, {67, 1, 1, 2, 2, 0, 0}, MOM_OK},
        {8, {68, 1, 1, 2, 2, 0, 0}, MOM_EFORMAT},  {8, {65, 9, 1, 2, 2, 0, 0}, MOM_ECORRUPT},
        {8, {67, 1, 1, 2, 2, 0, 0}, MOM_ECORRUPT}, {12, {66, 1, 1, 2, 2, 0, 0}, MOM_ECORRUPT}};
    const char key[12] = {0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9};
    struct mom_txn *txn;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct net *net = star_new(2);
        const struct mom_store *store = &net->nodes[1].store;
        struct mom_now now = net_now(net, &net->nodes[1]);

        assert_int_equal(store->ops->begin(store->store, true, &txn), MOM_OK);
        assert_int_equal(store->ops->put(txn, MOM_T_HANDOFF, (struct mom_str){key, rows[i].key_len},
                                         (struct mom_str){rows[i].row, sizeof rows[i].row}),
                         MOM_OK);
        assert_int_equal(store->ops->commit(txn), MOM_OK);
        assert_int_equal(mom_engine_reload(net->nodes[1].engine, &now), rows[i].code);
        if (rows[i].code == MOM_OK)
            assert_int_equal(handoff_rows(store), 0);
        star_free(net);
    }
}

static void a_centre_without_omm_passes_claims_on(void **state)
{
    struct net *net = star_nodes_around(3, true, NULL);

    (void)state;
    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    star_connect(net);
    star_hear(net, 2, PHONE);
    star_check(net, PHONE, 2);
    assert_int_equal(star_site(net, 2)->registers, 2);
    star_hear(net, 1, PHONE);
    star_check(net, PHONE, 1);
    star_free(net);
}

/* --- beside the handoff ----------------------------------------------------------------------- */

static void a_site_that_binds_anew_is_ended_and_renewed_for(void **state)
{
    struct net *net = star_new(3);
    uint64_t user = user_of(net), device = star_phone(net);

    (void)state;
    star_forget_counts(net);
    net_bind(net, 0, user, 0);
    star_wait(net, 10000);
    net_bind(net, 0, user, device);
    star_wait(net, 20000);
    star_check(net, PHONE, 1);
    assert_int_equal(star_site(net, 0)->deregisters, 1);
    assert_int_equal(star_site(net, 2)->deregisters, 1);
    assert_true(star_site(net, 1)->registers > 0);
    star_free(net);
}

static void an_omm_that_binds_the_same_two_once_more_is_ended(void **state)
{
    struct net *net;

    (void)state;
    for (int away = 0; away < 2; away++) {
        net = star_new(3);
        if (away)
            star_omm_down(net, 2);
        net->now.wall_ms += 5000;
        site_bind(star_omm(net, 2), 3, fake_by(star_site(net, 2), MOM_DEVICE, "ipei", PHONE),
                  fake_by(star_site(net, 2), MOM_USER, "num", "4711"));
        assert_true(star_registered(net, 2, PHONE));
        star_omm_up(net, 2);
        star_run(net);
        star_rests(net, 1);
    }
}

static void confirmation_for_a_phone_without_user_renews_nothing(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_omm_down(net, 1);
    star_hear(net, 2, PHONE);
    net_cut(net, 0, 1);
    star_wait(net, 20000);
    net_bind(net, 2, user_of(net), 0);
    star_wait(net, 20000);
    star_omm_up(net, 1); /* it ends, and confirms when it can */
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_forget_counts(net);
    star_link(net, 1);
    star_wait(net, 20000);
    assert_int_equal(star_site(net, 2)->registers, 0);
    star_free(net);
}

static void a_phone_that_is_silent_is_not_registered_for_a_confirmation(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    net_cut(net, 0, 1);
    star_hear_as(net, 2, PHONE, MOM_IN_HEARD); /* it is watched from then on */
    star_wait(net, 9000001);
    assert_false(star_registered(net, 2, PHONE));
    star_link(net, 1);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_forget_counts(net);
    star_hear(net, 1, PHONE); /* who is known not to be registered confirms at once */
    assert_int_equal(star_site(net, 2)->deregisters, 0);
    assert_int_equal(star_site(net, 1)->registers, 2);
    star_rests(net, 1);
}

/* A node learns at once that the phone left and that it was given to somebody: its OMM is asked to end a
 * registration, and registers when it binds the two after that. */
static void a_site_that_binds_while_it_ends_ends_once_more(void **state)
{
    struct net *net = star_new(3);
    struct mom_input released = {.kind = MOM_IN_RELEASED, .site = 3, .type = MOM_USER};
    uint64_t user = star_find(net, 0, MOM_USER_num, "4711");

    (void)state;
    net_bind(net, 1, user, 0);
    star_wait(net, 10000);
    star_hear(net, 2, PHONE);
    net_cut(net, 0, 2);
    star_hear(net, 1, PHONE);
    net_bind(net, 1, user, star_phone(net));
    star_wait(net, 10000);
    star_site(net, 2)->deaf = true;
    star_link(net, 2);
    star_site(net, 2)->deaf = false;
    released.local = fake_by(star_site(net, 2), MOM_USER, "num", "4711")->local;
    add(star_omm(net, 2), &released); /* it comes after the answers to what was bound */
    star_wait(net, 10000);
    star_check(net, PHONE, 1);
    star_free(net);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void every_row_was_taken(void **state)
{
    (void)state;
    assert_every_row_was_told(&mom__star_fsm);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_phone_that_roams_is_registered_at_once_and_once_more),
    cmocka_unit_test(a_phone_that_nobody_had_waits_for_nobody),
    cmocka_unit_test(a_phone_is_not_where_its_user_was_entered),
    cmocka_unit_test(a_phone_without_user_is_claimed_alone),
    cmocka_unit_test(a_phone_that_is_not_to_roam_is_refused),
    cmocka_unit_test(two_sites_that_hear_a_phone_at_once_end_with_one),
    cmocka_unit_test(the_claim_is_later_than_the_one_it_replaces_whatever_the_clocks_say),
    cmocka_unit_test(who_heard_the_phone_last_wins_though_nobody_was_told_between),
    cmocka_unit_test(a_broken_link_is_not_waited_for_and_healing_ends_it),
    cmocka_unit_test(a_former_omm_that_is_down_ends_when_it_is_back),
    cmocka_unit_test(a_former_omm_that_does_not_answer_is_not_waited_for),
    cmocka_unit_test(an_end_that_an_omm_lost_is_asked_for_again),
    cmocka_unit_test(an_end_that_was_lost_is_settled_by_the_next_import),
    cmocka_unit_test(an_end_is_not_asked_for_again_of_an_omm_without_the_user),
    cmocka_unit_test(an_end_is_not_asked_for_again_when_nobody_is_bound_any_more),
    cmocka_unit_test(confirmation_is_not_sent_by_who_was_not_registered),
    cmocka_unit_test(a_phone_returns_to_the_site_that_is_letting_go),
    cmocka_unit_test(an_older_answer_means_nothing_after_a_return),
    cmocka_unit_test(a_chain_of_roams_leaves_the_last_one),
    cmocka_unit_test(a_site_that_is_not_registered_has_nothing_to_end),
    cmocka_unit_test(a_confirmation_that_another_one_hides_is_made_again),
    cmocka_unit_test(an_omm_whose_link_fails_renews_when_it_is_back),
    cmocka_unit_test(renewing_ends_whatever_happens),
    cmocka_unit_test(a_second_former_site_is_renewed_for_too),
    cmocka_unit_test(a_node_that_starts_again_goes_on),
    cmocka_unit_test(a_deleted_phone_ends_it),
    cmocka_unit_test(a_parked_phone_is_not_claimed),
    cmocka_unit_test(an_import_tells_that_the_phone_came),
    cmocka_unit_test(an_event_tells_that_the_phone_came),
    cmocka_unit_test(who_had_the_phone_while_it_was_not_heard_of_ends_too),
    cmocka_unit_test(a_site_gives_up_when_its_own_omm_says_so),
    cmocka_unit_test(a_site_whose_omm_did_not_answer_is_asked_when_the_claim_comes),
    cmocka_unit_test(a_site_that_gave_up_for_nothing_registers_when_it_hears_the_phone),
    cmocka_unit_test(a_site_that_gave_up_registers_again_when_no_claim_follows),
    cmocka_unit_test(giving_up_outlives_what_happens_to_the_omm_and_the_node),
    cmocka_unit_test(what_is_told_to_a_site_that_gave_up),
    cmocka_unit_test(a_site_that_gave_up_for_a_user_who_left_is_at_rest),
    cmocka_unit_test(without_a_user_there_is_nothing_to_give_up),
    cmocka_unit_test(a_node_that_lost_its_store_renews_what_is_its_own),
    cmocka_unit_test(a_claim_that_comes_back_ends_the_leaving),
    cmocka_unit_test(rows_of_the_other_shape_are_dropped),
    cmocka_unit_test(a_centre_without_omm_passes_claims_on),
    cmocka_unit_test(a_site_that_binds_anew_is_ended_and_renewed_for),
    cmocka_unit_test(an_omm_that_binds_the_same_two_once_more_is_ended),
    cmocka_unit_test(confirmation_for_a_phone_without_user_renews_nothing),
    cmocka_unit_test(a_subscription_at_another_site_takes_phone_and_user_there),
    cmocka_unit_test(the_site_of_the_sari_takes_no_phone_that_takes_no_sari),
    cmocka_unit_test(a_pari_phone_waits_for_no_former_site),
    cmocka_unit_test(a_pari_phone_that_nobody_had_is_registered_when_its_site_has_the_records),
    cmocka_unit_test(a_former_site_that_does_not_answer_loses_a_pari_phone_all_the_same),
    cmocka_unit_test(a_pari_phone_arrives_whatever_fails_in_the_middle),
    cmocka_unit_test(the_user_of_a_deleted_pari_phone_is_given_to_all_sites),
    cmocka_unit_test(a_user_who_gets_a_pari_phone_is_registered_last_at_its_site),
    cmocka_unit_test(a_phone_that_becomes_bound_to_its_site_leaves_the_others),
    cmocka_unit_test(a_phone_that_is_silent_is_not_registered_for_a_confirmation),
    cmocka_unit_test(a_login_while_the_former_site_is_away_ends_there_when_it_is_back),
    cmocka_unit_test(of_two_logins_of_one_user_the_later_one_counts),
    cmocka_unit_test(a_logout_at_another_site_ends_the_registration),
    cmocka_unit_test(a_login_at_the_site_that_the_phone_left_is_not_ended_with_it),
    cmocka_unit_test(whoever_is_bound_at_the_site_that_the_phone_left_is_ended),
    cmocka_unit_test(a_user_with_a_pari_phone_logs_in_at_another_site),
    cmocka_unit_test(a_phone_that_lost_its_subscription_is_served_nowhere),
    cmocka_unit_test(what_is_under_way_for_a_phone_ends_with_its_subscription),
    cmocka_unit_test(a_wildcard_subscription_brings_the_phone_of_its_user),
    cmocka_unit_test(a_full_site_does_not_take_a_phone_until_there_is_room),
    cmocka_unit_test(a_permanent_user_roams_as_all_others_do),
    cmocka_unit_test(a_notice_that_comes_twice_is_heard_once),
    cmocka_unit_test(a_notice_that_is_late_moves_nothing_and_owes_an_end),
    cmocka_unit_test(answers_that_come_twice_mean_nothing),
    cmocka_unit_test(a_centre_that_starts_again_in_the_middle_loses_nothing),
    cmocka_unit_test(a_site_that_binds_while_it_ends_ends_once_more),
    cmocka_unit_test(every_row_was_taken),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
