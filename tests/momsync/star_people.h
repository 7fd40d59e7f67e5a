/*
 * Stories of what people do in a star besides carrying a phone: users who log in elsewhere, phones that lose their
 * subscription, sites that are full, notices that are late or come twice. Part of test_star.c.
 */
#ifndef STAR_PEOPLE_H
#define STAR_PEOPLE_H

#include "star_world.h"

static inline void star_log(struct net *net, unsigned i, enum mom_input_kind kind, const char *ipei,
                            const char *number)
{
    struct mom_input in = {.kind = kind, .site = i + 1, .number = S(number), .token = 5};

    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    in.local_device = fake_by(star_site(net, i), MOM_DEVICE, "ipei", ipei)->local;
    add(star_omm(net, i), &in);
    star_run(net);
}

/* Everything is up again: the user has the phone OTHER at node `at`, and only there he is registered. */
static inline void star_logged_in(struct net *net, unsigned at)
{
    star_mend(net);
    star_check(net, OTHER, at);
    assert_true(net_partner(net, 0, user_of(net)) == star_find(net, 0, MOM_DEVICE_ipei, OTHER));
    star_free(net);
}

/* A phone without user at the OMM of node 2. */
static inline struct net *star_with_other_phone(void)
{
    struct net *net = star_new(4);

    (void)site_device(star_omm(net, 2), 3, OTHER);
    star_wait(net, 10000);
    return net;
}

static inline void a_login_while_the_former_site_is_away_ends_there_when_it_is_back(void **state)
{
    struct net *net;

    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        net = star_with_other_phone();
        if (cut)
            net_cut(net, 0, 1);
        else
            star_omm_down(net, 1);
        star_log(net, 2, MOM_IN_LOGIN, OTHER, "4711");
        star_wait(net, 20000);
        assert_int_equal(star_site(net, 2)->login_rc, MOM_OK);
        assert_true(star_registered(net, 2, OTHER));
        star_logged_in(net, 2);
    }
}

static inline void of_two_logins_of_one_user_the_later_one_counts(void **state)
{
    struct net *net;

    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        net = star_with_other_phone();
        (void)site_device(star_omm(net, 3), 4, "12308 0004063 5");
        star_wait(net, 10000);
        if (cut)
            net_cut(net, 0, 2);
        star_log(net, 3, MOM_IN_LOGIN, "12308 0004063 5", "4711");
        star_log(net, 2, MOM_IN_LOGIN, OTHER, "4711");
        star_wait(net, 20000);
        star_logged_in(net, 2);
    }
}

static inline void a_logout_at_another_site_ends_the_registration(void **state)
{
    struct net *net = star_with_other_phone();

    (void)state;
    star_hear(net, 2, PHONE);
    star_log(net, 2, MOM_IN_LOGOUT, PHONE, "");
    star_mend(net);
    assert_int_equal(star_site(net, 2)->login_rc, MOM_OK);
    net_check_equal(net);
    for (unsigned i = 0; i < net->count; i++)
        assert_false(fake_by(star_site(net, i), MOM_USER, "num", "4711")->registered);
    star_log(net, 2, MOM_IN_LOGIN, OTHER, "4711");
    star_wait(net, 20000);
    star_logged_in(net, 2);
}

/* The end for the phone that left may reach the OMM after the login at another one there. */
static inline void a_login_at_the_site_that_the_phone_left_is_not_ended_with_it(void **state)
{
    struct net *net;

    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        net = star_new(3);
        (void)site_device(star_omm(net, 1), 2, OTHER);
        star_wait(net, 10000);
        star_careless[2] = lost;
        if (!lost) /* not heard yet */
            site_bind(star_omm(net, 1), 2, fake_by(star_site(net, 1), MOM_DEVICE, "ipei", OTHER),
                      fake_by(star_site(net, 1), MOM_USER, "num", "4711"));
        net->now.wall_ms += 2000;
        star_hear_as(net, 2, PHONE, MOM_IN_LOCATED);
        (void)star_listen(net, 2);
        while (net_carry(net))
            ;
        assert_string_equal(star_state(net, 1), "leaving");
        assert_int_equal(star_registered(net, 1, lost ? PHONE : OTHER), lost);
        star_forget_counts(net);
        if (lost)
            star_log(net, 1, MOM_IN_LOGIN, OTHER, "4711");
        star_run(net);
        assert_string_equal(star_state(net, 1), "home");
        assert_int_equal(star_site(net, 1)->deregisters, 0);
        star_logged_in(net, 1);
    }
}

/* The OMM that has not ended yet binds somebody else to the phone that left: he is ended, too. */
static inline void whoever_is_bound_at_the_site_that_the_phone_left_is_ended(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    (void)site_user(star_omm(net, 1), 2, "4712", "Berta");
    star_wait(net, 10000);
    star_careless[2] = true;
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 1), "leaving");
    star_careless[2] = false;
    net->now.wall_ms += 2000;
    site_bind(star_omm(net, 1), 2, fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE),
              fake_by(star_site(net, 1), MOM_USER, "num", "4712"));
    star_run(net);
    star_rests(net, 2);
}

static inline void a_user_with_a_pari_phone_logs_in_at_another_site(void **state)
{
    struct net *net = star_nodes(3);

    (void)state;
    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    fake_set(fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE), "subscribeToPARIOnly", "1");
    (void)site_device(star_omm(net, 2), 3, OTHER);
    star_connect(net);
    assert_null(fake_by(star_site(net, 2), MOM_USER, "num", "4711"));
    star_log(net, 2, MOM_IN_LOGIN, OTHER, "4711");
    star_wait(net, 20000);
    assert_int_equal(star_site(net, 2)->login_rc, MOM_OK);
    star_logged_in(net, 2);
}

/* --- subscriptions ---------------------------------------------------------------------------- */

static inline void star_unsubscribe(struct net *net, unsigned i)
{
    struct fake *f = fake_by(star_site(net, i), MOM_DEVICE, "ipei", PHONE);

    net->now.wall_ms += 2000;
    fake_set(f, "s", "No");
    fake_set(f, "uak", "");
    f->times[MOM_SUBSCRIPTION] = site_time(star_omm(net, i), star_site(net, i));
    site_event(star_omm(net, i), star_site(net, i), MOM_DEVICE, f);
    star_run(net);
}

static inline void a_phone_that_lost_its_subscription_is_served_nowhere(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_unsubscribe(net, 1);
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 2)->rejects, 1);
    assert_int_equal(star_claim(net, 0, star_phone(net)), 2);
    star_hear_as(net, 2, PHONE, MOM_IN_SUBSCRIBE); /* a new one, there */
    star_run(net);
    star_rests(net, 2);
}

static inline void what_is_under_way_for_a_phone_ends_with_its_subscription(void **state)
{
    struct net *net;

    (void)state;
    for (int renewing = 0; renewing < 2; renewing++) {
        net = renewing ? star_renewing() : star_announcing();
        star_forget_counts(net);
        star_unsubscribe(net, 0);
        assert_string_equal(star_state(net, 2), "home");
        star_wait(net, 4000);
        assert_int_equal(star_site(net, 2)->registers, 0);
        star_rests(net, 2);
    }
}

static inline void a_wildcard_subscription_brings_the_phone_of_its_user(void **state)
{
    struct net *net = star_nodes(3);
    struct mom_input in = {
        .kind = MOM_IN_SUBSCRIBE, .site = 3, .additional = S("99"), .ipei = S(PHONE)};
    uint64_t device, user;

    (void)state;
    star_connect(net);
    device = net_change(net, 0, MOM_DEVICE, 0, "ipei", "", NULL);
    user = net_change(net, 0, MOM_USER, 0, "num", "4711", "addId", "99", NULL);
    net_bind(net, 0, user, device);
    star_wait(net, 10000);
    add(star_omm(net, 2), &in);
    star_run(net);
    assert_int_equal(star_claim(net, 0, device), 3);
    assert_int_equal(star_site(net, 2)->subscription_rejects, 0);
    star_free(net);
}

/* --- limits ----------------------------------------------------------------------------------- */

static inline void a_full_site_does_not_take_a_phone_until_there_is_room(void **state)
{
    struct net *net = star_nodes_with(3, (struct mom_limits){.site_devices = 1});
    struct fake *other;

    (void)state;
    other = site_device(star_omm(net, 2), 3, OTHER);
    star_omm_up(net, 2);
    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    star_connect(net);
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 2)->rejects, 1);
    assert_int_equal(star_claim(net, 2, star_phone(net)), 2);
    assert_true(star_registered(net, 1, PHONE));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(star_site(net, i)->registers + star_site(net, i)->deregisters, 0);
    site_lose(star_omm(net, 2), star_site(net, 2), MOM_DEVICE, other->local);
    star_wait(net, 60000);
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

static inline void a_permanent_user_roams_as_all_others_do(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    net_change(net, 0, MOM_USER, user_of(net), "permanent", "1", NULL);
    star_run(net);
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 2)->registers, 2);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    assert_int_equal(star_site(net, 1)->removes, 0);
    star_rests(net, 2);
}

/* --- notices ---------------------------------------------------------------------------------- */

static inline void a_notice_that_comes_twice_is_heard_once(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_forget_counts(net);
    for (int i = 0; i < 3; i++) {
        star_hear_as(net, 2, PHONE, MOM_IN_LOCATED);
        star_hear_as(net, 2, PHONE, MOM_IN_HEARD);
    }
    star_run(net);
    assert_int_equal(star_site(net, 2)->registers, 2);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_rests(net, 2);
}

/* It may have registered the user when it heard the phone. */
static inline void a_notice_that_is_late_moves_nothing_and_owes_an_end(void **state)
{
    struct net *net = star_new(3);
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = 1, .ipei = S(PHONE)};

    (void)state;
    in.at_ms = net->now.wall_ms + 1000;
    net->now.wall_ms += 10000;
    star_hear(net, 2, PHONE);
    star_wait(net, 10000);
    star_forget_counts(net);
    fake_by(star_site(net, 0), MOM_USER, "num", "4711")->registered = true;
    star_watch(star_site(net, 0));
    add(star_omm(net, 0), &in);
    star_run(net);
    assert_int_equal(star_claim(net, 0, star_phone(net)), 3);
    assert_int_equal(star_site(net, 0)->deregisters, 1);
    assert_int_equal(star_site(net, 2)->registers, 1);
    star_check(net, PHONE, 2);

    /* One of the site that has the phone is no more than that. */
    star_forget_counts(net);
    in.site = 3;
    in.at_ms = net->now.wall_ms - 50000;
    add(star_omm(net, 2), &in);
    star_run(net);
    assert_int_equal(star_site(net, 2)->deregisters, 0);
    star_rests(net, 2);
}

static inline void answers_that_come_twice_mean_nothing(void **state)
{
    struct net *net = star_new(3);
    struct mom_input in = {.kind = MOM_IN_RENEWED, .site = 3, .type = MOM_USER};

    (void)state;
    star_hear(net, 2, PHONE);
    in.local = fake_by(star_site(net, 2), MOM_USER, "num", "4711")->local;
    net_step(net, 2, &in);
    in = (struct mom_input){.kind = MOM_IN_RELEASED, .site = 2, .type = MOM_USER};
    in.local = fake_by(star_site(net, 1), MOM_USER, "num", "4711")->local;
    star_forget_counts(net);
    net_step(net, 1, &in);
    star_run(net);
    assert_int_equal(star_site(net, 2)->registers, 0);
    star_rests(net, 2);
}

static inline void a_centre_that_starts_again_in_the_middle_loses_nothing(void **state)
{
    struct net *net = star_announcing();

    (void)state;
    star_crash(net, 0);
    star_site(net, 1)->deaf = false;
    star_wait(net, 40000);
    assert_string_equal(star_state(net, 2), "home");
    star_rests(net, 2);
}

#endif
