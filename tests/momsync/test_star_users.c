/*
 * What a node of a star does besides the handoff, for its own site: silent phones, logins,
 * subscriptions.
 */
#include "star_world.h"

static void a_phone_that_is_silent_is_ended_at_its_site(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_wait(net, 9000001);
    assert_int_equal(star_registrations(net, PHONE), 0);
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_run(net);
    star_check(net, PHONE, 1);
    star_wait(net, 9000001);

    /* Who is known not to be registered confirms at once. */
    star_forget_counts(net);
    star_hear(net, 2, PHONE);
    assert_int_equal(star_site(net, 1)->deregisters, 0);
    assert_int_equal(star_site(net, 2)->registers, 2);
    star_hear(net, 1, PHONE);
    star_check(net, PHONE, 1);

    /* A site that was cut off and does not know that the phone left ends by itself. */
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_run(net);
    net_cut(net, 0, 1);
    star_hear(net, 2, PHONE);
    star_wait(net, 9000001);
    assert_false(star_registered(net, 1, PHONE));
    star_rests(net, 2);
}

static void a_user_logs_in_at_a_phone_of_the_own_site(void **state)
{
    struct net *net = star_new(3);
    struct mom_input in = {.kind = MOM_IN_LOGIN, .site = 3, .number = S("4711"), .token = 5};

    (void)state;
    (void)site_device(star_omm(net, 2), 3, OTHER);
    star_wait(net, 10000);
    in.local_device = fake_by(star_site(net, 2), MOM_DEVICE, "ipei", OTHER)->local;
    add(star_omm(net, 2), &in);
    star_wait(net, 20000);
    assert_int_equal(star_site(net, 2)->login_results, 1);
    assert_int_equal(star_site(net, 2)->login_rc, MOM_OK);
    star_check(net, OTHER, 2);
    assert_int_equal(star_registrations(net, PHONE), 0);

    /* A phone that is at another site is refused. */
    in.site = 2;
    in.local_device = fake_by(star_site(net, 1), MOM_DEVICE, "ipei", OTHER)->local;
    add(star_omm(net, 1), &in);
    star_run(net);
    assert_int_equal(star_site(net, 1)->login_rc, MOM_ESTATE);

    in.kind = MOM_IN_LOGOUT;
    in.site = 3;
    in.local_device = fake_by(star_site(net, 2), MOM_DEVICE, "ipei", OTHER)->local;
    add(star_omm(net, 2), &in);
    star_wait(net, 20000);
    assert_int_equal(star_site(net, 2)->login_rc, MOM_OK);
    assert_int_equal(star_registrations(net, OTHER), 0);
    star_free(net);
}

static void a_phone_that_is_subscribed_at_a_site_is_there(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_hear_as(net, 2, PHONE, MOM_IN_SUBSCRIBE);
    star_run(net);
    star_check(net, PHONE, 2);
    star_hear_as(net, 2, OTHER, MOM_IN_SUBSCRIBE);
    star_run(net);
    assert_int_equal(star_site(net, 2)->subscription_rejects, 1);
    star_free(net);
}

/* The later one is parked and leaves. The earlier one was refused by its OMM until then, and need not wait any
 * longer. */
static void a_number_given_twice_is_the_earlier_ones_at_every_site(void **state)
{
    struct net *net = star_new(3);
    struct mom_site_info info;

    (void)state;
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_change(net, 1, MOM_USER, 0, "num", "4714", "name", "First", NULL);
    net_change(net, 2, MOM_USER, 0, "num", "4714", "name", "Second", NULL);
    star_run(net);
    net_connect(net, 0, 1);
    net_connect(net, 0, 2);
    star_run(net);
    for (unsigned i = 0; i < 3; i++) {
        assert_non_null(fake_by(star_site(net, i), MOM_USER, "name", "First"));
        assert_null(fake_by(star_site(net, i), MOM_USER, "name", "Second"));
        assert_true(mom_engine_site(net->nodes[i].engine, i + 1, &info));
        assert_int_equal(info.refused, 0);
    }
    star_free(net);
}

/* The earlier one comes while the later one is being made: that this one is not there then is no refusal. */
static void who_lost_his_number_while_he_was_made_is_not_missed(void **state)
{
    struct net *net = star_new(3);
    struct mom_site_info info;
    uint64_t token;

    (void)state;
    net_cut(net, 0, 1);
    net_change(net, 1, MOM_USER, 0, "num", "4714", "name", "First", NULL);
    star_run(net);
    star_site(net, 0)->mute = true;
    net_change(net, 2, MOM_USER, 0, "num", "4714", "name", "Second", NULL);
    star_run(net);
    token = star_site(net, 0)->muted;
    assert_true(token != 0);
    star_site(net, 0)->mute = false;
    net_connect(net, 0, 1);
    star_run(net);
    site_answer(star_omm(net, 0), star_site(net, 0), token, MOM_OK, 0, 0);
    star_run(net);
    assert_non_null(fake_by(star_site(net, 0), MOM_USER, "name", "First"));
    assert_true(mom_engine_site(net->nodes[0].engine, 1, &info));
    assert_int_equal(info.refused, 0);
    star_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_is_silent_is_ended_at_its_site),
        cmocka_unit_test(a_user_logs_in_at_a_phone_of_the_own_site),
        cmocka_unit_test(a_phone_that_is_subscribed_at_a_site_is_there),
        cmocka_unit_test(a_number_given_twice_is_the_earlier_ones_at_every_site),
        cmocka_unit_test(who_lost_his_number_while_he_was_made_is_not_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
