/*
 * Random walks of phones over a star: links are cut, OMMs do not answer, lose requests or their links, nodes
 * crash, messages get lost, records are edited. Whatever happened, when all is up again each phone is
 * registered at one site: with right clocks that of its last hearing, with wrong ones that of the
 * greatest claim. In the walks of star_churn.h records come and go, too. The seed is printed when a run fails:
 * SEED=n repeats it.
 */
#include "star_churn.h"

static void hear(struct net *net)
{
    unsigned p = pick(PHONES), i = pick(star_places(net));

    last[p] = i;
    star_hear_alone(net, i, ipeis[p]);
    if (!star_site(net, i)->up)
        return;
    star_hear_as(net, i, ipeis[p], pick(4) ? MOM_IN_LOCATED : MOM_IN_HEARD);
    if (pick(2))
        site_event(star_omm(net, i), star_site(net, i), MOM_DEVICE,
                   fake_by(star_site(net, i), MOM_DEVICE, "ipei", ipeis[p]));
    (void)star_listen(net, star_node(net, i));
}

/* Who is bound to the phone is left alone: a site that was not told yet has no user to register. */
static void edit_name(struct net *net)
{
    unsigned p = pick(PHONES), i = pick(net->count);
    uint64_t user = star_find(net, i, MOM_USER_num, numbers[p]);

    if (user)
        net_change(net, i, MOM_USER, user, "name", pick(2) ? "Anna" : "Berta", NULL);
}

static void do_something(struct net *net)
{
    switch (pick(8)) {
    case 0:
    case 1:
    case 2:
        hear(net);
        break;
    case 3:
    case 4:
        mend(net);
        break;
    case 5:
        pass(net, 1000 * (int64_t)pick(30));
        break;
    default:
        disturb(net);
        break;
    }
    for (unsigned n = pick(8); n > 0; n--) {
        (void)star_listen(net, pick(net->count));
        (void)net_carry(net);
    }
}

static void run(uint64_t number, bool wrong_clocks)
{
    struct net *net;

    seed = number;
    edit = edit_name;
    net = star_nodes(2 + pick(3));
    while (net->vendors < vendors)
        (void)star_add_vendor(net);
    for (unsigned p = 0; p < PHONES; p++) {
        last[p] = pick(star_places(net));
        (void)site_person(star_omm(net, last[p]), last[p] + 1, numbers[p], "Anna", ipeis[p]);
    }
    star_connect(net);
    for (unsigned p = 0; p < PHONES; p++)
        star_check(net, ipeis[p], last[p]);
    for (unsigned i = 0; wrong_clocks && i < net->count; i++)
        net->nodes[i].clock_ms = (int64_t)pick(120000) - 60000;
    for (unsigned i = 0; i < 100; i++)
        do_something(net);
    mend_all(net);
    for (unsigned p = 0; p < PHONES; p++) {
        if (wrong_clocks)
            last[p] = star_claim(net, 0, star_find(net, 0, MOM_DEVICE_ipei, ipeis[p])) - 1;
        star_check(net, ipeis[p], last[p]);
    }
    star_free(net);
}

/* Nothing is broken: after one round trip one site is registered, whoever heard the phone, and how many at once. */
static void calm_run(uint64_t number)
{
    struct net *net;

    seed = number;
    net = star_nodes(2 + pick(3));
    while (net->vendors < vendors)
        (void)star_add_vendor(net);
    last[0] = pick(star_places(net));
    (void)site_person(star_omm(net, last[0]), last[0] + 1, numbers[0], "Anna", ipeis[0]);
    star_connect(net);
    for (unsigned i = 0; i < 40; i++) {
        for (unsigned n = 1 + pick(3); n > 0; n--) {
            unsigned at = pick(star_places(net));

            pass(net, (int64_t)pick(2));
            star_hear_as(net, at, ipeis[0], MOM_IN_LOCATED);
            (void)star_listen(net, star_node(net, at));
            for (unsigned k = pick(4); k > 0; k--) {
                (void)star_listen(net, pick(net->count));
                (void)net_carry(net);
            }
        }
        star_run(net);
        assert_int_equal(star_registrations(net, ipeis[0]), 1);
        if (pick(2))
            pass(net, (int64_t)pick(9000));
        star_run(net);
    }
    star_wait(net, 60000);
    last[0] = star_claim(net, 0, star_find(net, 0, MOM_DEVICE_ipei, ipeis[0])) - 1;
    star_check(net, ipeis[0], last[0]);
    star_free(net);
}

static void calm_walk(uint64_t number, bool wrong_clocks)
{
    (void)wrong_clocks;
    calm_run(number);
}

static void (*walk)(uint64_t number, bool wrong_clocks);
static bool clocks_are_wrong;

static void run_one(uint64_t number)
{
    walk(number, clocks_are_wrong);
}

static void run_all_of(void (*walk_of)(uint64_t number, bool wrong_clocks), bool wrong_clocks)
{
    walk = walk_of;
    clocks_are_wrong = wrong_clocks;
    random_runs(100, run_one);
}

static void one_site_is_registered_after_one_round_trip(void **state)
{
    (void)state;
    run_all_of(calm_walk, false);
}

static void walks_end_at_the_site_of_the_last_hearing(void **state)
{
    (void)state;
    run_all_of(run, false);
}

static void walks_end_at_one_site_with_wrong_clocks(void **state)
{
    (void)state;
    run_all_of(run, true);
}

static void whoever_is_bound_is_registered_where_the_phone_is_and_nobody_else(void **state)
{
    (void)state;
    run_all_of(churn, false);
}

static void the_same_with_wrong_clocks(void **state)
{
    (void)state;
    run_all_of(churn, true);
}

static void walks_over_a_centre_with_several_sites_end_alike(void **state)
{
    for (vendors = 1; vendors <= 2; vendors++) {
        walks_end_at_the_site_of_the_last_hearing(state);
        one_site_is_registered_after_one_round_trip(state);
    }
    vendors = 2;
    walks_end_at_one_site_with_wrong_clocks(state);
    vendors = 0;
}

static void whoever_is_bound_is_registered_at_one_of_several_sites_of_the_centre(void **state)
{
    for (vendors = 1; vendors <= 2; vendors++)
        whoever_is_bound_is_registered_where_the_phone_is_and_nobody_else(state);
    vendors = 2;
    the_same_with_wrong_clocks(state);
    vendors = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_end_at_the_site_of_the_last_hearing),
        cmocka_unit_test(walks_end_at_one_site_with_wrong_clocks),
        cmocka_unit_test(one_site_is_registered_after_one_round_trip),
        cmocka_unit_test(whoever_is_bound_is_registered_where_the_phone_is_and_nobody_else),
        cmocka_unit_test(the_same_with_wrong_clocks),
        cmocka_unit_test(walks_over_a_centre_with_several_sites_end_alike),
        cmocka_unit_test(whoever_is_bound_is_registered_at_one_of_several_sites_of_the_centre),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
