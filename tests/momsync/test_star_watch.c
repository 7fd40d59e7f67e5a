/*
 * User monitoring in a star: an OMM watches only users whose phones are there. Where the phone is, the mode is the one
 * that was chosen; elsewhere it is off, and that is nobody's choice.
 */
#include "star_world.h"

static struct fake *user_at(struct net *net, unsigned place)
{
    struct fake *user = fake_by(star_site(net, place), MOM_USER, "num", "4711");

    assert_non_null(user);
    return user;
}

static void edit_at(struct net *net, unsigned place, const char *name, const char *value)
{
    site_edit(star_omm(net, place), place + 1, MOM_USER, user_at(net, place), name, value);
    star_wait(net, 20000);
}

static void check_modes(struct net *net, unsigned here, const char *mode)
{
    for (unsigned place = 0; place < star_places(net); place++)
        assert_string_equal(fake_get(user_at(net, place), "monitoringMode"),
                            place == here ? mode : "Off");
}

static uint64_t conflicts(struct net *net)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < net->count; i++)
        count += net_counts(net, i).conflicts;
    return count;
}

/* Anna, whose phone is at place 1, is watched. Place 3 is a vendor's remote. */
static struct net *watched(void)
{
    struct net *net = star_nodes(3);

    (void)star_add_vendor(net);
    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    star_connect(net);
    edit_at(net, 1, "monitoringMode", "Active");
    check_modes(net, 1, "Active");
    return net;
}

static void rests(struct net *net)
{
    assert_int_equal(conflicts(net), 0);
    star_free(net);
}

static void who_is_elsewhere_is_not_watched(void **state)
{
    struct net *net = watched();

    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        unsigned place = (round + 2) % 4;

        star_hear(net, place, PHONE);
        star_wait(net, 20000);
        star_check(net, PHONE, place);
        check_modes(net, place, "Active");
    }
    rests(net);
}

static void a_site_that_lost_the_phone_while_it_was_away_is_told_when_it_is_back(void **state)
{
    struct net *net = watched();

    (void)state;
    star_omm_down(net, 1);
    star_hear(net, 2, PHONE);
    assert_string_equal(fake_get(user_at(net, 1), "monitoringMode"), "Active");
    star_omm_up(net, 1);
    star_wait(net, 20000);
    check_modes(net, 2, "Active");
    rests(net);
}

static void off_is_no_choice_where_the_phone_is_not(void **state)
{
    struct net *net = watched();

    (void)state;
    for (unsigned place = 0; place < 4; place++) {
        star_omm_down(net, place); /* all is read again */
        star_omm_up(net, place);
        star_crash(net, star_node(net, place));
        star_wait(net, 20000);
        check_modes(net, 1, "Active");
        edit_at(net, place, "name", place % 2 ? "Anne" : "Anna");
        check_modes(net, 1, "Active");
    }
    rests(net);
}

static void another_mode_can_be_chosen_anywhere(void **state)
{
    struct net *net = watched();

    (void)state;
    edit_at(net, 2, "monitoringMode", "Passive");
    check_modes(net, 1, "Passive");
    edit_at(net, 1, "monitoringMode", "Off");
    star_hear(net, 0, PHONE);
    star_wait(net, 20000);
    check_modes(net, 0, "Off");
    edit_at(net, 2, "monitoringMode", "Active");
    check_modes(net, 0, "Active");
    rests(net);
}

/* Without a phone nobody is anywhere, and what the OMMs make of that is theirs. */
static void who_has_no_phone_is_watched_everywhere(void **state)
{
    struct net *net = star_nodes(3);

    (void)state;
    (void)site_user(star_omm(net, 1), 2, "4711", "Anna");
    star_connect(net);
    edit_at(net, 1, "monitoringMode", "Active");
    for (unsigned place = 0; place < 3; place++)
        assert_string_equal(fake_get(user_at(net, place), "monitoringMode"), "Active");
    rests(net);
}

/* A new node, or one whose store is gone, reads an OMM that has the user, not watched, for his phone was elsewhere. */
static void a_new_node_does_not_take_off_for_a_choice(void **state)
{
    struct net *net = star_new(3);
    struct fake *user;
    unsigned place;

    (void)state;
    edit_at(net, 1, "monitoringMode", "Active");
    place = star_add(net, 4);
    net_know(net, place, 0);
    star_link(net, place);
    net->now.wall_ms += 5000;
    user = site_person(star_omm(net, place), place + 1, "4711", "Anna", PHONE);
    fake_set(user, "monitoringMode", "Off");
    user->times[MOM_ADMIN] = site_time(star_omm(net, place), star_site(net, place));
    star_omm_up(net, place);
    star_wait(net, 20000);
    star_check(net, PHONE, 1);
    check_modes(net, 1, "Active");
    rests(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_elsewhere_is_not_watched),
        cmocka_unit_test(a_site_that_lost_the_phone_while_it_was_away_is_told_when_it_is_back),
        cmocka_unit_test(off_is_no_choice_where_the_phone_is_not),
        cmocka_unit_test(another_mode_can_be_chosen_anywhere),
        cmocka_unit_test(who_has_no_phone_is_watched_everywhere),
        cmocka_unit_test(a_new_node_does_not_take_off_for_a_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
