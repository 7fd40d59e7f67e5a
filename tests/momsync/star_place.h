/*
 * Stories of what an OMM of a star says of a phone's place, in the record (`ommId`) and at its import: part of
 * test_star.c.
 */
#ifndef STAR_PLACE_H
#define STAR_PLACE_H

#include "star_world.h"

static inline void an_import_tells_that_the_phone_came(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_omm_down(net, 2);
    star_hear_alone(net, 2, PHONE);
    assert_int_equal(star_registrations(net, PHONE), 2);
    star_omm_up(net, 2);
    star_check(net, PHONE, 2);
    star_free(net);
}

static inline void an_event_tells_that_the_phone_came(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    net->now.wall_ms += 5000;
    star_note(net, 2, PHONE, 2);
    site_event(star_omm(net, 2), star_site(net, 2), MOM_DEVICE,
               fake_by(star_site(net, 2), MOM_DEVICE, "ipei", PHONE));
    star_run(net);
    star_rests(net, 2);
}

static inline void who_had_the_phone_while_it_was_not_heard_of_ends_too(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_hear(net, 0, PHONE);
    star_omm_down(net, 2);
    star_hear_alone(net, 2, PHONE);
    star_hear(net, 1, PHONE); /* and on: this is later */
    assert_true(star_registered(net, 2, PHONE));
    star_omm_up(net, 2);
    star_check(net, PHONE, 1);
    star_free(net);
}

/* The own OMM knows that the phone is elsewhere before any neighbour tells it. */
static inline void tell_elsewhere(struct net *net, unsigned i)
{
    net->now.wall_ms += 5000;
    star_note(net, i, PHONE, 3);
    site_event(star_omm(net, i), star_site(net, i), MOM_DEVICE,
               fake_by(star_site(net, i), MOM_DEVICE, "ipei", PHONE));
    star_run(net);
}

static inline void a_site_gives_up_when_its_own_omm_says_so(void **state)
{
    struct net *net = star_new(4);

    (void)state;
    net_cut(net, 0, 3);
    star_hear(net, 3, PHONE);
    assert_int_equal(star_registrations(net, PHONE), 2);
    tell_elsewhere(net, 1);
    assert_false(star_registered(net, 1, PHONE));
    assert_string_equal(star_state(net, 1), "absent");
    tell_elsewhere(net, 1);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_wait(net, 6000);
    star_forget_counts(net);
    star_link(net, 3);
    /* It confirms at once: it is not registered any more. */
    assert_string_equal(star_state(net, 1), "home");
    assert_int_equal(star_site(net, 1)->deregisters, 0);
    assert_int_equal(star_site(net, 3)->registers, 1);
    star_rests(net, 3);
}

static inline void a_site_whose_omm_did_not_answer_is_asked_when_the_claim_comes(void **state)
{
    struct net *net;

    (void)state;
    for (int down = 0; down < 2; down++) {
        net = star_new(4);
        net_cut(net, 0, 3);
        star_hear(net, 3, PHONE);
        star_careless[2] = true;
        tell_elsewhere(net, 1);
        assert_string_equal(star_state(net, 1), "leaving");
        tell_elsewhere(net, 1);
        star_wait(net, 6000);
        assert_string_equal(star_state(net, 1), "absent");
        assert_int_equal(star_site(net, 1)->deregisters, 1);
        assert_true(star_registered(net, 1, PHONE));
        star_careless[2] = false;
        if (down)
            star_omm_down(net, 1);
        star_link(net, 3);
        assert_int_equal(star_site(net, 1)->deregisters, down ? 1 : 2);
        assert_string_equal(star_state(net, 1), "home");
        star_rests(net, 3);
    }
}

static inline void a_site_that_gave_up_for_nothing_registers_when_it_hears_the_phone(void **state)
{
    struct net *net = star_new(4);

    (void)state;
    tell_elsewhere(net, 1);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_wait(net, 6000);
    star_hear(net, 1, PHONE);
    star_check(net, PHONE, 1);

    star_site(net, 1)->deaf = true;
    tell_elsewhere(net, 1);
    assert_string_equal(star_state(net, 1), "leaving");
    star_hear(net, 1, PHONE);
    assert_string_equal(star_state(net, 1), "renewing");
    tell_elsewhere(net, 1);
    assert_string_equal(star_state(net, 1), "leaving");
    star_hear(net, 1, PHONE);
    star_rests(net, 1);

    net = star_announcing();
    star_site(net, 2)->deaf = true;
    tell_elsewhere(net, 2);
    assert_string_equal(star_state(net, 2), "leaving");
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

static inline void a_site_that_gave_up_registers_again_when_no_claim_follows(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    tell_elsewhere(net, 1);
    star_wait(net, 59000);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_wait(net, 1000);
    star_check(net, PHONE, 1);
    star_omm_down(net, 1); /* it says the same again: that is no news */
    star_omm_up(net, 1);
    star_check(net, PHONE, 1);
    tell_elsewhere(net, 1);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_rests(net, 1);
}

static inline void giving_up_outlives_what_happens_to_the_omm_and_the_node(void **state)
{
    struct net *net;

    (void)state;
    for (int crash = 0; crash < 2; crash++) {
        for (int lost = 0; lost < 2; lost++) {
            net = star_new(3);
            star_careless[2] = lost;
            tell_elsewhere(net, 1);
            assert_string_equal(star_state(net, 1), lost ? "leaving" : "absent");
            if (crash) {
                star_crash(net, 1);
                star_run(net);
            } else {
                star_omm_down(net, 1);
            }
            assert_string_equal(star_state(net, 1), "absent");
            star_wait(net, 30000);
            star_omm_up(net, 1);
            assert_string_equal(star_state(net, 1), "absent");
            star_rests(net, 1);
        }
    }
    net = star_new(3);
    tell_elsewhere(net, 1);
    star_omm_down(net, 1);
    star_wait(net, 60000); /* it registers as soon as it can */
    assert_string_equal(star_state(net, 1), "renewing");
    star_rests(net, 1);
}

static inline void what_is_told_to_a_site_that_gave_up(void **state)
{
    struct net *net = star_new(4);
    struct mom_input in = {.kind = MOM_IN_RELEASED, .site = 2, .type = MOM_USER};

    (void)state;
    in.local = fake_by(star_site(net, 1), MOM_USER, "num", "4711")->local;
    star_site(net, 1)->deaf = true;
    tell_elsewhere(net, 1);
    star_wait(net, 6000);
    assert_string_equal(star_state(net, 1), "absent");
    net_step(net, 1, &in); /* the answer, late: it is not asked again when a claim comes */
    in.kind = MOM_IN_RENEWED;
    net_step(net, 1, &in);
    assert_string_equal(star_state(net, 1), "absent");
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 1)->deregisters, 1);
    star_rests(net, 2);

    /* That a former site let go is no reason to register. */
    for (int deaf = 0; deaf < 2; deaf++) {
        net = star_new(4);
        net_cut(net, 0, 1);
        star_hear(net, 2, PHONE);
        star_wait(net, 20000);
        star_site(net, 2)->deaf = deaf;
        tell_elsewhere(net, 2);
        assert_string_equal(star_state(net, 2), deaf ? "leaving" : "absent");
        star_link(net, 1);
        assert_int_equal(star_registrations(net, PHONE), 0);
        star_rests(net, 2);
    }

    net = star_new(3);
    tell_elsewhere(net, 1);
    net_delete(net, 0, star_phone(net));
    star_wait(net, 60000);
    assert_int_equal(net_counts(net, 1).handoffs_active, 0);
    star_free(net);
}

static inline void a_site_that_gave_up_for_a_user_who_left_is_at_rest(void **state)
{
    struct net *net;
    uint64_t user;

    (void)state;
    for (int heard = 0; heard < 2; heard++) {
        net = star_new(3);
        user = user_of(net);
        tell_elsewhere(net, 1);
        net_bind(net, 0, user, 0);
        star_run(net);
        if (heard)
            star_hear(net, 1, PHONE);
        else
            star_wait(net, 60000);
        assert_string_equal(star_state(net, 1), "home");
        if (heard) /* its OMM binds him anew */
            site_bind(star_omm(net, 1), 2, fake_by(star_site(net, 1), MOM_DEVICE, "ipei", PHONE),
                      fake_by(star_site(net, 1), MOM_USER, "num", "4711"));
        else
            net_bind(net, 0, user, star_phone(net));
        star_run(net);
        star_hear(net, 1, PHONE);
        star_rests(net, 1);
    }
}

static inline void without_a_user_there_is_nothing_to_give_up(void **state)
{
    struct net *net = star_nodes(3);
    uint64_t user;

    (void)state;
    (void)site_device(star_omm(net, 1), 2, PHONE);
    star_connect(net);
    tell_elsewhere(net, 1);
    assert_string_equal(star_state(net, 1), "home");
    star_free(net);

    for (int i = 0; i < 2; i++) {
        net = i ? star_renewing() : star_announcing();
        user = user_of(net);
        net_cut(net, 0, 1); /* it does not confirm */
        star_site(net, 2)->mute = true;
        net_bind(net, 2, user, 0);
        star_run(net);
        tell_elsewhere(net, 2);
        assert_string_equal(star_state(net, 2), "home");
        star_free(net);
        net = i ? star_renewing() : star_announcing();
        star_site(net, 2)->mute = true;
        net_bind(net, 2, user, 0);
        star_run(net);
        star_hear(net, 3, PHONE);
        assert_string_equal(star_state(net, 2), "home");
        star_free(net);
    }
}

#endif
