/*
 * What becomes of edits and deletions that are made at two nodes: each test is a story of two or three
 * neighbours.
 */
#include "neighbour.h"
#include "net.h"

static void edits_of_different_fields_at_cut_off_nodes_are_both_kept(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_change(net, 2, MOM_USER, id, "hierarchy1", "Ward 3", NULL);
    net_link(net, 1, 0);
    net_link(net, 2, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Berta");
        assert_string_equal(net_value(net, i, id, MOM_USER_hierarchy1), "Ward 3");
        assert_int_equal(net->nodes[i].conflicts, 0);
    }
    net_free(net);
}

static void two_edits_of_one_field_are_a_conflict_that_the_later_wins(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_change(net, 2, MOM_USER, id, "name", "Clara", NULL);
    net_link(net, 2, 0);
    net_link(net, 1, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Clara");
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
    net_link(net, 2, 0);
    net_link(net, 1, 0);
    net_check_equal(net);
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
    net_link(net, 1, 0);
    net_link(net, 2, 0);
    net_check_equal(net);
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
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_delete(net, 2, id);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_link(net, 2, 0);
    net_link(net, 1, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Berta");
    assert_int_equal(net->nodes[0].conflicts, 1);
    net_free(net);
}

static void an_edit_before_a_deletion_that_did_not_know_of_it_is_in_the_list(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_change(net, 1, MOM_USER, id, "name", "Berta", NULL);
    net_delete(net, 2, id);
    net_link(net, 2, 0);
    net_link(net, 1, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "(none)");
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

/* Two messages of one node are heard by the other one in one step. */
static void carry_two_at_once(struct net *net, unsigned from, unsigned to)
{
    struct mom_batch *batch = mom_batch_new(NULL);

    assert_non_null(batch);
    for (int i = 0; i < 2; i++) {
        struct net_message *m = &net->queue[net->head++ % NET_QUEUE];
        struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = net_number(from)};

        assert_true(m->from == from && m->to == to);
        in.value = (struct mom_str){m->bytes, m->len};
        assert_int_equal(mom_batch_add(batch, &in), MOM_OK);
        free(m->bytes);
    }
    net_step_batch(net, to, batch);
    mom_batch_free(batch);
}

/* Node 1 confirms what it was told before node 0 hears of the edit, and by then it only holds the deletion. */
static void an_edit_is_in_the_list_though_the_deletion_was_held_and_confirmed(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_change(net, 1, MOM_USER, id, "name", "Berta", "hierarchy1", "Ward 3", NULL);
    net_change(net, 0, MOM_USER, id, "name", "Clara", NULL);
    net_delete(net, 0, id);
    net->linked[0][1] = net->linked[1][0] = true;
    net_step(net, 0, &up);
    up.node = net_number(0);
    up.yes = true;
    net_step(net, 1, &up);
    (void)net_carry(net); /* the greeting */
    carry_two_at_once(net, 0, 1);
    carry_two_at_once(net, 1, 0);
    net_run(net);
    net_check_equal(net);
    assert_string_equal(net_value(net, 0, id, MOM_USER_name), "(none)");
    assert_int_equal(net->nodes[0].conflicts, 0);
    assert_int_equal(net->nodes[1].conflicts, 2); /* of the name, and of the deletion */
    net_free(net);
}

/* Node 0 tells its edit again, for it does not know that node 1 has it, and has built on it. */
static void an_edit_of_what_was_told_is_no_conflict_though_the_confirmation_was_lost(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

    (void)state;
    net_run(net);
    net_change(net, 0, MOM_USER, id, "name", "Berta", NULL);
    (void)net_carry(net);
    net_cut(net, 0, 1);
    net_change(net, 1, MOM_USER, id, "name", "Clara", NULL);
    net_link(net, 1, 0);
    net_check_equal(net);
    assert_string_equal(net_value(net, 0, id, MOM_USER_name), "Clara");
    assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
    net_free(net);
}

/* Two nodes meet, and after some messages the one of them that `edits` changes what it has by then. */
static bool meet_and_edit(unsigned messages, unsigned edits)
{
    struct net *net = net_star(1, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    bool under_way = true, has;

    net_add_node(net);
    net_know(net, 1, 0);
    net_connect(net, 1, 0);
    for (unsigned i = 0; i < messages && under_way; i++)
        under_way = net_carry(net);
    has = net_counts(net, edits).users == 1;
    if (has)
        net_change(net, edits, MOM_USER, id, "name", "Berta", NULL);
    net_run(net);
    net_check_equal(net);
    assert_string_equal(net_value(net, 1 - edits, id, MOM_USER_name), has ? "Berta" : "Anna");
    assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
    net_free(net);
    return under_way;
}

static void an_edit_of_what_was_told_is_no_conflict_though_they_have_not_agreed_yet(void **state)
{
    (void)state;
    for (unsigned edits = 0; edits < 2; edits++) {
        unsigned messages = 0;

        while (meet_and_edit(messages, edits))
            messages++;
        assert_true(messages > 4);
    }
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
        cmocka_unit_test(an_edit_is_in_the_list_though_the_deletion_was_held_and_confirmed),
        cmocka_unit_test(an_edit_of_what_was_told_is_no_conflict_though_the_confirmation_was_lost),
        cmocka_unit_test(an_edit_of_what_was_told_is_no_conflict_though_they_have_not_agreed_yet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
