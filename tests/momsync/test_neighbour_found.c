/*
 * What the simulator found between nodes: each case is a run of momsim, reduced to a story. The seeds are in
 * tests/sim/seeds.
 */
#include "net.h"
#include "node.h"

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

/* Node 0 holds what node 1 deleted: most of what there is. Node 2 is cut off. */
static struct net *net_that_holds(uint64_t ids[20])
{
    struct net *net = net_star(3, NULL);

    for (unsigned i = 0; i < 20; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 1000 + i);
        ids[i] = net_change(net, 0, MOM_USER, 0, "num", num, NULL);
    }
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    net_change(net, 2, MOM_USER, ids[1], "name", "Anna", NULL);
    net->now.wall_ms += 1000;
    for (unsigned i = 0; i < 15; i++)
        net_delete(net, 1, ids[i]);
    net_link(net, 1, 0);
    assert_int_equal(net->nodes[0].held, 15);
    return net;
}

static void decide(struct net *net)
{
    const struct mom_input yes = {.kind = MOM_IN_DECIDE, .node = net_number(1), .yes = true};

    net_step(net, 0, &yes);
    net_run(net);
    net_check_equal(net);
}

/* The list of conflicts of a node: rule and id of each. */
static void check_list(struct net *net, unsigned i, const char *rule, uint64_t id, unsigned count)
{
    struct mom_view *view = net_view(net, i);
    struct mom_conflict c = {.sequence = 0};
    unsigned found = 0;

    while (mom_view_next_conflict(view, c.sequence, &c)) {
        assert_true(mom_conflict_check(&c));
        found +=
            c.id == id && c.rule.len == strlen(rule) && memcmp(c.rule.ptr, rule, c.rule.len) == 0;
    }
    mom_view_close(view);
    assert_int_equal(found, count);
}

/* What node 2 tells is earlier than the deletion, and what is done here is later. Node 1, which does not know that the
 * deletion was not done, confirms both. */
static void an_edit_that_comes_while_a_deletion_is_held_is_in_the_list(void **state)
{
    uint64_t ids[20];
    struct net *net = net_that_holds(ids);

    (void)state;
    net_link(net, 2, 0);
    net_change(net, 0, MOM_USER, ids[2], "name", "Berta", NULL);
    net_run(net);
    net_crash(net, 0);
    net_link(net, 1, 0);
    net_link(net, 2, 0);
    decide(net);
    assert_string_equal(net_value(net, 1, ids[1], MOM_USER_name), "(none)");
    assert_string_equal(net_value(net, 1, ids[2], MOM_USER_name), "Berta");
    check_list(net, 0, "delete-over-edit", ids[1], 1);
    check_list(net, 0, "edit-over-delete", ids[2], 1);
    assert_int_equal(net->nodes[0].conflicts, 2);
    net_free(net);
}

/* Node 1 takes the deletion back when it has heard of the edit. */
static void a_deletion_that_was_taken_back_while_it_was_held_is_no_conflict(void **state)
{
    uint64_t ids[20];
    struct net *net = net_that_holds(ids);
    struct mom_input back = {.kind = MOM_IN_RESTORE_AT, .id = ids[1], .tag = 7};

    (void)state;
    back.at_ms = net->now.wall_ms - 500;
    net_link(net, 2, 0);
    net->now.wall_ms += 1000;
    net_step(net, 1, &back);
    assert_int_equal(net->nodes[1].refused, 0);
    net_run(net);
    decide(net);
    assert_string_equal(net_value(net, 0, ids[1], MOM_USER_num), "1001");
    assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
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

/* Both edited one field. Node 1 tells its edit again, after it heard of the other one; meanwhile node 0 has built on
 * it, and the confirmation of its own first edit came late. */
static void an_edit_of_what_was_told_is_no_conflict_though_an_older_one_is_confirmed(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

    (void)state;
    net_run(net);
    net->nodes[1].clock_ms = 1000;
    net_change(net, 1, MOM_USER, id, "name", "Clara", NULL);
    net_change(net, 0, MOM_USER, id, "name", "Berta", NULL);
    (void)net_carry(net);
    (void)net_carry(net);
    assert_int_equal(net->nodes[0].conflicts, 1);
    assert_int_equal(net->nodes[1].conflicts, 1);
    net->now.wall_ms += 2000;
    net_change(net, 0, MOM_USER, id, "name", "Dora", NULL);
    net_run(net);
    net_check_equal(net);
    assert_string_equal(net_value(net, 1, id, MOM_USER_name), "Dora");
    assert_int_equal(net->nodes[0].conflicts, 1);
    assert_int_equal(net->nodes[1].conflicts, 1);
    net_free(net);
}

/* Between nodes the stamps decide as they are: what was measured of the clocks is shown, and changes nothing. */
static void a_conflict_of_nodes_whose_clocks_differ_follows_from_its_row(void **state)
{
    static const int64_t clocks[] = {1, -12000, 50000, 3600000}; /* the last beyond the skew */

    (void)state;
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct net *net = net_star(2, NULL);
        uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

        net_run(net);
        net_cut(net, 0, 1);
        net->nodes[1].clock_ms = clocks[i];
        net_change(net, 0, MOM_USER, id, "name", "Berta", NULL);
        net_change(net, 1, MOM_USER, id, "name", "Clara", NULL);
        net_link(net, 1, 0);
        assert_int_equal(net_info(net, 0, 1).offset_ms, clocks[i]);
        check_list(net, 0, "later", id, 1);
        check_list(net, 1, "later", id, 1);
        net_free(net);
    }
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

/* However what is on its way ends: confirmed, or with the connections. */
static void what_was_packed_is_given_back_when_nothing_is_on_its_way(void **state)
{
    static char data[600];

    (void)state;
    memset(data, '-', sizeof data - 1);
    for (int cut = 0; cut < 2; cut++) {
        struct net *net = net_star(3, NULL);
        const struct mom__packs *packs;

        net_run(net);
        net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", "ppData", data, NULL);
        packs = &net->nodes[0].engine->packs;
        assert_non_null(packs->kept[0]);
        if (cut) {
            net_cut(net, 0, 1);
            net_cut(net, 0, 2);
        } else {
            net_run(net);
        }
        assert_null(packs->kept[0]);
        net_free(net);
    }
}

static void lose_store(struct net *net, unsigned i)
{
    mom_engine_free(net->nodes[i].engine);
    assert_int_equal(mom_store_memory_new(NULL, &net->nodes[i].store), MOM_OK);
    net_open(net, i);
}

/* A node was forgotten, lost its store and is made known anew under its number. It makes a record before it got those
 * of the other one back (`early`), or after. */
static void who_was_forgotten_and_lost_his_store_gives_no_id_twice(void **state)
{
    struct mom_input forget = {.kind = MOM_IN_NODE_REMOVE, .node = net_number(1)};

    (void)state;
    for (int early = 0; early < 2; early++) {
        struct net *net = net_star(2, NULL);
        uint64_t first = net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
        uint64_t second;

        net_run(net);
        net_cut(net, 0, 1);
        net_step(net, 0, &forget);
        lose_store(net, 1);
        net_know(net, 1, 0);
        net_connect(net, 1, 0);
        for (int i = 0; i < 2 || !early; i++) {
            if (!net_carry(net))
                break;
        }
        second = net_change(net, 1, MOM_USER, 0, "num", "4712", "name", "Berta", NULL);
        assert_true(second != 0 && second != first);
        net_run(net);
        net_check_equal(net);
        assert_int_equal(net_counts(net, 0).users, 2);
        assert_string_equal(net_value(net, 1, first, MOM_USER_name), "Anna");
        assert_string_equal(net_value(net, 0, second, MOM_USER_name), "Berta");
        net_free(net);
    }
}

/* A node lost its store and made a record before it heard of anybody: one id stands for two records, and the nodes are
 * never the same. They do not compare all records again and again for that, once somebody has looked. */
static void a_difference_that_stays_is_not_compared_without_end(void **state)
{
    struct net *net = net_star(2, NULL);
    struct mom_input audit = {.kind = MOM_IN_NODE_AUDIT, .node = net_number(0), .yes = true};

    (void)state;
    net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    net_run(net);
    net_cut(net, 0, 1);
    lose_store(net, 1);
    net_change(net, 1, MOM_USER, 0, "num", "4712", "name", "Berta", NULL);
    net_know(net, 1, 0);
    net_link(net, 1, 0);
    assert_string_equal(net_info(net, 1, 0).state, "steady");
    net_step(net, 1, &audit);
    net_run(net);
    net->messages = 0;
    net_wait(net, 60000);
    net_wait(net, 60000);
    assert_in_range(net->messages, 1, 30); /* but it is looked at now and then */
    net_change(net, 0, MOM_USER, 0, "num", "4713", "name", "Clara", NULL);
    net_run(net);
    assert_int_equal(net_counts(net, 1).users, 2);
    net_free(net);
}

/* Two nodes lost their stores, so that neither can tell the other one anything. A third one has what they had. */
static void who_gets_his_records_back_from_somebody_else_gives_no_id_twice(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t first = net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL), second;

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_cut(net, 0, 2);
    lose_store(net, 0);
    lose_store(net, 1);
    net_know(net, 1, 0);
    net_know(net, 2, 0);
    net_link(net, 1, 0);
    net_link(net, 2, 0);
    assert_string_equal(net_value(net, 1, first, MOM_USER_name), "Anna");
    second = net_change(net, 1, MOM_USER, 0, "num", "4712", "name", "Berta", NULL);
    assert_true(second != 0 && second != first);
    net_run(net);
    net_check_equal(net);
    assert_int_equal(net_counts(net, 2).users, 2);
    net_free(net);
}

/* A site of node i, the only one, has the user under a name since a time. */
static void tell_name(struct net *net, unsigned i, const char *name, int64_t ms)
{
    struct mom_attr attrs[] = {
        {NS("num"), NS("4711")}, {NS("name"), NS(name)}, {NS("relType"), NS("Unbound")}};
    struct mom_input in = {
        .kind = MOM_IN_RECORD, .site = 7, .type = MOM_USER, .local = 1, .has_partner = true};

    in.attrs = attrs;
    in.attr_count = sizeof attrs / sizeof attrs[0];
    for (int kind = 0; kind < MOM_KINDS; kind++)
        in.times_ms[kind] = ms;
    net_step(net, i, &in);
}

static void import_name(struct net *net, unsigned i, const char *name, int64_t ms)
{
    struct mom_input in = {
        .kind = MOM_IN_SITE_ADD, .site = 7, .name = NS("site"), .park = {31, 0x10280007}};

    net_step(net, i, &in);
    in.kind = MOM_IN_IDENTIFIED;
    net_step(net, i, &in);
    in.kind = MOM_IN_IMPORT;
    net_step(net, i, &in);
    tell_name(net, i, name, ms);
    in.kind = MOM_IN_IMPORTED;
    net_step(net, i, &in);
    net_run(net);
}

/* Sites of two nodes have one number, by mistake, and the name of a user is changed at both within one of their
 * seconds: two values with one stamp. Whichever is the greater one, a third node hears of it, and so do both. */
static void of_two_values_with_one_stamp_all_nodes_have_the_same(void **state)
{
    struct mom_config config = {.sari = {31, 0x10280000}};

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct net *net = net_star(3, &config);
        uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
        int64_t ms = net->now.wall_ms + 5000;
        char name[256];

        net_run(net);
        import_name(net, 1, "Anna", net->now.wall_ms);
        import_name(net, 2, "Anna", net->now.wall_ms);
        net_cut(net, 0, 1);
        net_cut(net, 0, 2);
        net->now.wall_ms += 10000;
        net->now.mono_ms += 10000;
        tell_name(net, 1, turn ? "Berta" : "Clara", ms);
        tell_name(net, 2, turn ? "Clara" : "Berta", ms);
        net_link(net, 1, 0);
        net_link(net, 2, 0);
        snprintf(name, sizeof name, "%s", net_value(net, 0, id, MOM_USER_name));
        assert_string_equal(net_value(net, 1, id, MOM_USER_name), name);
        assert_string_equal(net_value(net, 2, id, MOM_USER_name), name);
        net_check_equal(net);
        net_free(net);
    }
}

/* Node 2 is below node 1, which is below node 0: the one that says which deletions everybody knows. */
static void a_node_below_another_hears_which_deletions_are_known_to_all(void **state)
{
    struct net *net = calloc(1, sizeof *net);
    uint64_t id;

    (void)state;
    assert_non_null(net);
    net->now = (struct mom_now){1000, 1700000000000};
    for (unsigned i = 0; i < 3; i++) {
        net_add_node(net);
        if (i == 0)
            continue;
        net_know(net, i, i - 1);
        net_link(net, i, i - 1);
    }
    id = net_change(net, 2, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    net_run(net);
    net_delete(net, 2, id);
    net_run(net);
    net_wait(net, 3600001);
    net_wait(net, 3600001);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(net_counts(net, i).tombstones, 0);
    net_check_equal(net);
    net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_is_in_the_list_though_the_deletion_was_held_and_confirmed),
        cmocka_unit_test(an_edit_that_comes_while_a_deletion_is_held_is_in_the_list),
        cmocka_unit_test(a_deletion_that_was_taken_back_while_it_was_held_is_no_conflict),
        cmocka_unit_test(an_edit_of_what_was_told_is_no_conflict_though_the_confirmation_was_lost),
        cmocka_unit_test(an_edit_of_what_was_told_is_no_conflict_though_an_older_one_is_confirmed),
        cmocka_unit_test(what_was_packed_is_given_back_when_nothing_is_on_its_way),
        cmocka_unit_test(a_conflict_of_nodes_whose_clocks_differ_follows_from_its_row),
        cmocka_unit_test(an_edit_of_what_was_told_is_no_conflict_though_they_have_not_agreed_yet),
        cmocka_unit_test(who_was_forgotten_and_lost_his_store_gives_no_id_twice),
        cmocka_unit_test(a_difference_that_stays_is_not_compared_without_end),
        cmocka_unit_test(who_gets_his_records_back_from_somebody_else_gives_no_id_twice),
        cmocka_unit_test(of_two_values_with_one_stamp_all_nodes_have_the_same),
        cmocka_unit_test(a_node_below_another_hears_which_deletions_are_known_to_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
