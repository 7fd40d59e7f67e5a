/*
 * Stories of phones of a star that are bound to one site (`subscribeToPARIOnly`): their records are at that site alone,
 * and a subscription at another site takes them there. Part of test_star.c.
 */
#ifndef STAR_PARI_H
#define STAR_PARI_H

#include "star_world.h"

static inline struct net *star_with_pari_phone(unsigned count)
{
    struct net *net = star_nodes(count);
    struct fake *user = site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    struct fake *device = fake_find(star_site(net, 1), MOM_DEVICE, user->partner);

    fake_set(device, "subscribeToPARIOnly", "1");
    snprintf(device->relation, sizeof device->relation, "Fixed");
    snprintf(user->relation, sizeof user->relation, "Fixed");
    star_connect(net);
    star_forget_counts(net);
    return net;
}

/* The phone and its user are at the OMM of node `at` alone, and registered there. */
static inline void star_check_only(struct net *net, unsigned at)
{
    star_check(net, PHONE, at);
    for (unsigned i = 0; i < net->count; i++) {
        assert_int_equal(fake_by(star_site(net, i), MOM_DEVICE, "ipei", PHONE) != NULL, i == at);
        assert_int_equal(fake_by(star_site(net, i), MOM_USER, "num", "4711") != NULL, i == at);
    }
}

static inline void star_pari_rests(struct net *net, unsigned at)
{
    star_mend(net);
    star_check_only(net, at);
    star_free(net);
}

static inline void star_subscribe(struct net *net, unsigned i)
{
    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    star_hear_as(net, i, PHONE, MOM_IN_SUBSCRIBE);
    star_run(net);
}

static inline void a_subscription_at_another_site_takes_phone_and_user_there(void **state)
{
    struct net *net = star_with_pari_phone(3);

    (void)state;
    star_check_only(net, 1);
    star_hear(net, 2, PHONE); /* no roaming */
    assert_int_equal(star_site(net, 2)->rejects, 1);
    star_check_only(net, 1);
    assert_int_equal(star_site(net, 1)->registers + star_site(net, 1)->deregisters, 0);
    star_subscribe(net, 2);
    assert_int_equal(star_site(net, 2)->registers, 2);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_check_only(net, 2);
    star_subscribe(net, 2); /* once more */
    star_subscribe(net, 1); /* and back */
    star_pari_rests(net, 1);
}

static inline void the_site_of_the_sari_takes_no_phone_that_takes_no_sari(void **state)
{
    struct net *net = star_nodes(3);

    (void)state;
    star_site(net, 0)->park = net->config.sari;
    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    fake_set(fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE), "subscribeToPARIOnly", "1");
    star_connect(net);
    star_subscribe(net, 0);
    assert_int_equal(star_site(net, 0)->subscription_rejects, 1);
    star_pari_rests(net, 1);
}

/* It registers as soon as it has the records, and once more when the former one ended. */
static inline void a_pari_phone_waits_for_no_former_site(void **state)
{
    struct net *net;

    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        net = star_with_pari_phone(3);
        if (cut)
            net_cut(net, 0, 1);
        else
            star_omm_down(net, 1);
        star_subscribe(net, 2);
        assert_string_equal(star_state(net, 2), "announcing");
        assert_int_equal(star_site(net, 2)->registers, 1);
        assert_true(star_registered(net, 2, PHONE));
        star_wait(net, 20000);
        star_forget_counts(net);
        if (cut)
            star_link(net, 1);
        else
            star_omm_up(net, 1);
        assert_int_equal(star_site(net, 1)->deregisters, 1);
        assert_int_equal(star_site(net, 2)->registers, 1);
        star_pari_rests(net, 2);
    }
}

static inline void
a_pari_phone_that_nobody_had_is_registered_when_its_site_has_the_records(void **state)
{
    struct net *net = star_nodes(3);
    uint64_t device, user;

    (void)state;
    star_connect(net);
    device = net_change(net, 0, MOM_DEVICE, 0, "ipei", PHONE, NULL);
    user = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);
    net_bind_as(net, 0, user, device, "Fixed");
    net_change(net, 0, MOM_DEVICE, device, "subscribeToPARIOnly", "1", NULL);
    star_run(net);
    star_forget_counts(net);
    star_subscribe(net, 2);
    assert_string_equal(star_state(net, 2), "home");
    assert_true(star_site(net, 2)->registers > 0);
    star_pari_rests(net, 2);
}

static inline void a_former_site_that_does_not_answer_loses_a_pari_phone_all_the_same(void **state)
{
    struct net *net = star_with_pari_phone(3);

    (void)state;
    star_careless[2] = true;
    star_subscribe(net, 2);
    assert_string_equal(star_state(net, 1), "leaving");
    star_wait(net, 5000);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_check_only(net, 2);
    star_free(net);
}

static inline void a_pari_phone_arrives_whatever_fails_in_the_middle(void **state)
{
    struct net *net;

    (void)state;
    for (unsigned crash = 1; crash < 3; crash++) {
        net = star_with_pari_phone(3);
        star_site(net, 1)->deaf = true;
        star_subscribe(net, 2);
        assert_string_equal(star_state(net, 1), "leaving");
        star_crash(net, crash);
        star_pari_rests(net, 2);
    }
    for (int crash = 0; crash < 2; crash++) {
        net = star_with_pari_phone(3);
        star_site(net, 2)->mute = true; /* what it is given gets lost */
        star_subscribe(net, 2);
        assert_false(star_registered(net, 2, PHONE));
        star_site(net, 2)->mute = false;
        if (crash)
            star_crash(net, 2);
        else
            star_omm_down(net, 2);
        star_pari_rests(net, 2);
    }
    net = star_with_pari_phone(4);
    net_cut(net, 0, 2);
    net_cut(net, 0, 3);
    star_subscribe(net, 2);
    star_subscribe(net, 3); /* neither knows of the other */
    star_pari_rests(net, 3);
}

/* He is everywhere then, also at a site that was away. */
static inline void the_user_of_a_deleted_pari_phone_is_given_to_all_sites(void **state)
{
    struct net *net = star_with_pari_phone(3);

    (void)state;
    star_omm_down(net, 2);
    net_delete(net, 2, star_phone(net));
    star_run(net);
    star_omm_up(net, 2);
    star_wait(net, 60000);
    for (unsigned i = 0; i < 3; i++)
        assert_non_null(fake_by(star_site(net, i), MOM_USER, "num", "4711"));
    star_free(net);
}

/* His former site ends when it unbinds him: the one that has his phone now registers after that. */
static inline void a_user_who_gets_a_pari_phone_is_registered_last_at_its_site(void **state)
{
    struct net *net = star_with_pari_phone(3);
    uint64_t berta;

    (void)state;
    (void)site_person(star_omm(net, 2), 3, "4712", "Berta", OTHER);
    star_wait(net, 20000);
    berta = star_find(net, 0, MOM_USER_num, "4712");
    net_cut(net, 0, 1);
    net_bind(net, 1, user_of(net), 0);
    net_bind_as(net, 1, berta, star_phone(net), "Fixed");
    star_wait(net, 20000);
    star_forget_counts(net);
    star_link(net, 1);
    assert_string_equal(
        fake_get(fake_find(star_site(net, 1), MOM_USER,
                           fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE)->partner),
                 "num"),
        "4712");
    assert_true(star_site(net, 1)->registers > 0);
    star_mend(net);
    star_check(net, PHONE, 1);
    star_free(net);
}

/* Whoever was not registered is not told to end. */
static inline void a_phone_that_becomes_bound_to_its_site_leaves_the_others(void **state)
{
    struct net *net = star_new(3);
    uint64_t device = star_phone(net), user = user_of(net);

    (void)state;
    net_bind_as(net, 0, user, device, "Fixed");
    star_wait(net, 20000);
    star_forget_counts(net);
    net_change(net, 0, MOM_DEVICE, device, "subscribeToPARIOnly", "1", NULL);
    star_wait(net, 20000);
    star_check_only(net, 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(star_site(net, i)->deregisters, 0);
    net_change(net, 0, MOM_DEVICE, device, "subscribeToPARIOnly", "0", NULL);
    star_wait(net, 20000);
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

#endif
