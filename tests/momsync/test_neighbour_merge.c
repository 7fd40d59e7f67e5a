/*
 * What becomes of edits and deletions that are made at two nodes: each test is a story of two or three
 * neighbours.
 */
#include "neighbour.h"
#include "net.h"

/* Anna, whom all three nodes know; nodes 1 and 2 are cut off. */
static struct net *two_cut_off(uint64_t *ret_anna)
{
    struct net *net = net_star(3, NULL);

    *ret_anna = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    return net;
}

/* They come back one after the other. */
static void both_back(struct net *net, unsigned first, unsigned second)
{
    net_link(net, first, 0);
    net_link(net, second, 0);
    net_check_equal(net);
}

static void assert_name(struct net *net, uint64_t id, const char *name)
{
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), name);
}

static void edits_of_different_fields_at_cut_off_nodes_are_both_kept(void **state)
{
    uint64_t id;
    struct net *net = two_cut_off(&id);

    (void)state;
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_change(net, 2, MOM_USER, id, "hierarchy1", "Ward 3", NULL);
    both_back(net, 1, 2);
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Berta");
        assert_string_equal(net_value(net, i, id, MOM_USER_hierarchy1), "Ward 3");
        assert_int_equal(net->nodes[i].conflicts, 0);
    }
    net_free(net);
}

static void two_edits_of_one_field_are_a_conflict_that_the_later_wins(void **state)
{
    uint64_t id;
    struct net *net = two_cut_off(&id);

    (void)state;
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_change(net, 2, MOM_USER, id, "name", "Clara", NULL);
    both_back(net, 2, 1);
    assert_name(net, id, "Clara");
    assert_int_equal(net->nodes[0].conflicts, 1);
    net_free(net);
}

static void who_has_seen_a_value_wins_over_it_whatever_the_clocks_say(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id;

    (void)state;
    net->nodes[0].clock_ms = 50000; /* less than the skew */
    id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    net_run(net);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_run(net);
    net_check_equal(net);
    assert_string_equal(net_value(net, 0, id, MOM_USER_name), "Berta");
    assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
    net_free(net);
}

static void one_number_given_twice_parks_the_later_one_everywhere(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t first, second;

    (void)state;
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    first = net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    second = net_change(net, 2, MOM_USER, 0, "num", "4711", "name", "Berta", NULL);
    both_back(net, 2, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_false(net_parked(net, i, first));
        assert_true(net_parked(net, i, second));
    }
    net_change(net, 0, MOM_USER, second, "num", "4712", NULL);
    net_run(net);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_false(net_parked(net, i, second));
    net_free(net);
}

static void a_phone_bound_at_two_nodes_is_bound_to_the_later_user(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t device, a, b;

    (void)state;
    device = net_change(net, 0, MOM_DEVICE, 0, "ipei", "03074 0220259 3", NULL);
    a = net_change(net, 0, MOM_USER, 0, "num", "1", NULL);
    b = net_change(net, 0, MOM_USER, 0, "num", "2", NULL);
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_bind(net, 1, device, a);
    net_bind(net, 2, device, b);
    both_back(net, 1, 2);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(net_partner(net, i, device), b);
        assert_int_equal(net_partner(net, i, b), device);
        assert_int_equal(net_partner(net, i, a), 0);
    }
    assert_true(net->nodes[0].conflicts > 0);
    net_free(net);
}

static void a_deleted_record_does_not_come_back(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_delete(net, 0, id);
    net_run(net);
    net_link(net, 1, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_num), "(none)");
    assert_int_equal(net->nodes[0].conflicts, 0);
    net_free(net);
}

static void an_edit_after_a_deletion_of_which_it_did_not_know_brings_it_back(void **state)
{
    uint64_t id;
    struct net *net = two_cut_off(&id);

    (void)state;
    net_delete(net, 2, id);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    both_back(net, 2, 1);
    assert_name(net, id, "Berta");
    assert_int_equal(net->nodes[0].conflicts, 1);
    net_free(net);
}

static void an_edit_before_a_deletion_that_did_not_know_of_it_is_in_the_list(void **state)
{
    uint64_t id;
    struct net *net = two_cut_off(&id);

    (void)state;
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_delete(net, 2, id);
    both_back(net, 2, 1);
    assert_name(net, id, "(none)");
    assert_int_equal(net->nodes[0].conflicts, 1);
    net_free(net);
}

static void what_was_deleted_while_a_node_was_away_returns_if_it_is_asked_for(void **state)
{
    struct mom_config config = {.offline_delete = MOM_RESTORE_DELETED};
    struct net *net = net_star(2, &config);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL), other;

    (void)state;
    other = net_change(net, 0, MOM_USER, 0, "num", "4712", NULL);
    net_run(net);
    net_delete(net, 0, other);
    net_run(net);
    net_cut(net, 0, 1);
    net_delete(net, 0, id);
    net_link(net, 1, 0);
    net_check_equal(net);
    assert_string_equal(net_value(net, 0, id, MOM_USER_num), "4711");
    assert_string_equal(net_value(net, 1, id, MOM_USER_num), "4711");
    assert_string_equal(net_value(net, 1, other, MOM_USER_num), "(none)");
    net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_of_different_fields_at_cut_off_nodes_are_both_kept),
        cmocka_unit_test(two_edits_of_one_field_are_a_conflict_that_the_later_wins),
        cmocka_unit_test(who_has_seen_a_value_wins_over_it_whatever_the_clocks_say),
        cmocka_unit_test(one_number_given_twice_parks_the_later_one_everywhere),
        cmocka_unit_test(a_phone_bound_at_two_nodes_is_bound_to_the_later_user),
        cmocka_unit_test(a_deleted_record_does_not_come_back),
        cmocka_unit_test(an_edit_after_a_deletion_of_which_it_did_not_know_brings_it_back),
        cmocka_unit_test(an_edit_before_a_deletion_that_did_not_know_of_it_is_in_the_list),
        cmocka_unit_test(what_was_deleted_while_a_node_was_away_returns_if_it_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
