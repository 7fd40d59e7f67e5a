/*
 * Proves that two nodes come to the same records through the link between them: over pipes that split the bytes
 * anywhere, cut at any byte and connected again; and what it costs in bytes. Time runs on virtual clocks. What a link
 * does with others than itself is in test_node_hostile.c.
 */
#include "node_rig.h"

static struct pair *pair_up(void)
{
    struct pair *p = pair_new(NULL);

    pair_enable(p);
    pair_run(p);
    pair_check_steady(p);
    return p;
}

/* So many users at each side, of which the other does not know. */
static void add_users(struct pair *p, unsigned count)
{
    char num[16], name[32];

    for (unsigned i = 0; i < 2; i++) {
        for (unsigned u = 0; u < count; u++) {
            snprintf(num, sizeof num, "%u", 1000 * (i + 1) + u);
            snprintf(name, sizeof name, "User %u of %u", u, i);
            pair_user(p, i, 0, num, name);
        }
    }
}

static void two_nodes_have_the_same_records_and_changes_stream(void **state)
{
    struct pair *p = pair_new(NULL);

    (void)state;
    add_users(p, 20);
    pair_enable(p);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_WAITING);
    pair_run(p);
    pair_check_steady(p);
    assert_int_equal(net_counts(p->net, 0).users, 40);
    assert_int_equal(pair_info(p, 0).neighbour, net_number(1));
    assert_int_equal(pair_info(p, 0).protocol_version, 45);
    assert_int_equal(pair_info(p, 1).protocol_version, 45);
    assert_int_equal(pair_info(p, 1).carriage, MOM_NODE_CARRIAGE_VERSION);
    assert_int_equal(pair_info(p, 0).messages_in, pair_info(p, 1).messages_out);
    assert_int_equal(pair_info(p, 0).bytes_in, pair_info(p, 1).bytes_out);
    assert_int_equal(pair_info(p, 0).waiting, 0);
    pair_user(p, 0, 0, "77", "Late");
    pair_user(p, 1, 0, "78", "Later");
    pair_run(p);
    assert_int_equal(net_counts(p->net, 0).users, 42);
    pair_check_steady(p);
    pair_free(p);
}

static void bytes_may_be_split_anywhere(void **state)
{
    (void)state;
    for (size_t split = 1; split <= 9; split++) {
        struct pair *p = pair_new(NULL);

        add_users(p, 5);
        p->split = split;
        pair_enable(p);
        pair_run(p);
        pair_check_steady(p);
        assert_int_equal(p->connects, 1);
        pair_free(p);
    }
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct pair *p = pair_new(NULL);

        add_users(p, 5);
        p->split = 200;
        p->random = seed * 0x9e3779b97f4a7c15u;
        pair_enable(p);
        pair_run(p);
        if (net_counts(p->net, 0).users != 10)
            fail_msg("seed %u", (unsigned)seed);
        pair_check_steady(p);
        pair_free(p);
    }
}

/* How many bytes a pair carries until it rests. */
static uint64_t whole_run(void)
{
    struct pair *p = pair_new(NULL);
    uint64_t bytes;

    add_users(p, 4);
    pair_enable(p);
    pair_run(p);
    bytes = p->bytes[0] + p->bytes[1];
    pair_free(p);
    return bytes;
}

static void a_connection_may_be_cut_at_every_byte(void **state)
{
    uint64_t whole = whole_run();

    (void)state;
    for (uint64_t at = 1; at <= whole; at++) {
        struct pair *p = pair_new(NULL);

        add_users(p, 4);
        p->budget = at;
        p->split = 17;
        pair_enable(p);
        pair_run(p);
        assert_int_equal(pair_info(p, 1).state, MOM_NODE_LOST);
        assert_string_equal(net_info(p->net, 0, 1).state, "down");
        assert_string_equal(net_info(p->net, 1, 0).state, "down");
        p->budget = UINT64_MAX;
        pair_wait(p, 66000);
        if (net_counts(p->net, 0).users != 8)
            fail_msg("cut after %u bytes: records are missing", (unsigned)at);
        pair_check_steady(p);
        assert_int_equal(p->connects, 2);
        pair_free(p);
    }
    print_message("cut at each of %u bytes and connected again\n", (unsigned)whole);
}

static void reconnecting_with_nothing_changed_costs_less_than_160_bytes(void **state)
{
    struct pair *p = pair_new(NULL);
    uint64_t both, messages;

    (void)state;
    add_users(p, 1000);
    pair_enable(p);
    pair_run(p);
    both = p->bytes[0] + p->bytes[1];
    messages = p->payload[0] + p->payload[1];
    print_message("first synchronisation of 2,000 users: %u bytes, %u of them messages\n",
                  (unsigned)both, (unsigned)messages);
    assert_true(both - messages < 600);
    pair_cut(p);
    pair_wait(p, 66000);
    pair_check_steady(p);
    assert_int_equal(p->connects, 2);
    both = p->bytes[0] + p->bytes[1];
    messages = p->payload[0] + p->payload[1];
    print_message("nothing changed: %u bytes, %u up and %u down; %u in %u messages\n",
                  (unsigned)both, (unsigned)p->bytes[1], (unsigned)p->bytes[0], (unsigned)messages,
                  (unsigned)(p->frames[0] + p->frames[1]));
    assert_true(both < 160);
    pair_free(p);
}

/* Kind and length: 2 bytes up to 127, 3 up to 16383, 4 for more. */
static void a_frame_costs_two_to_four_bytes(void **state)
{
    static const struct {
        size_t len, head;
    } cases[] = {{1, 2}, {127, 2}, {128, 3}, {16383, 3}, {16384, 4}, {65536, 4}, {131072, 4}};
    static char body[MOM_NODE_MESSAGE_MAX];
    struct pair *p = pair_up();
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(1)};
    const char *data;

    (void)state;
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        a.text = (struct mom_str){body, cases[i].len};
        assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
        assert_int_equal(mom_node_output(p->links[0], &data), cases[i].len + cases[i].head);
        assert_int_equal(pair_info(p, 0).waiting, cases[i].len + cases[i].head);
        mom_node_sent(p->links[0], cases[i].len + cases[i].head);
    }
    pair_free(p);
}

static void quiet_nodes_ping_each_other_and_stay_connected(void **state)
{
    struct pair *p = pair_up();
    uint64_t before = p->bytes[0] + p->bytes[1], cost;

    (void)state;
    pair_wait(p, 3600000);
    pair_check_steady(p);
    assert_int_equal(p->connects, 1);
    cost = p->bytes[0] + p->bytes[1] - before;
    print_message("an hour of silence: %u bytes\n", (unsigned)cost);
    assert_in_range(cost, 60 * 4, 60 * 8 + 8);
    pair_free(p);
}

static void a_connection_that_carries_nothing_ends_after_three_intervals(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    p->connected = false; /* the network swallows all, and nobody is told */
    pair_wait(p, 179999);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_UP);
    pair_wait(p, 1);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_SILENT);
    assert_int_equal(pair_info(p, 1).state, MOM_NODE_SILENT);
    assert_string_equal(net_info(p->net, 0, 1).state, "down");
    pair_wait(p, 66000);
    pair_check_steady(p);
    assert_int_equal(p->connects, 2);
    pair_free(p);
}

/* How long until the caller tries again, from now. */
static int64_t pause_of(const struct pair *p)
{
    return pair_info(p, 1).next_try_ms - p->net->now.mono_ms;
}

static void who_is_not_reached_is_tried_again_soon_and_at_last_every_minute(void **state)
{
    struct pair *p = pair_new(NULL);
    unsigned different = 0;

    (void)state;
    p->reachable = false;
    pair_enable(p);
    for (int64_t wait = 1000, round = 0; round < 10; round++) {
        int64_t pause;

        pair_run(p);
        assert_int_equal(pair_info(p, 1).state, MOM_NODE_UNREACHABLE);
        assert_string_equal(pair_info(p, 1).text, "nobody there");
        pause = pause_of(p);
        assert_in_range(pause, wait, wait + (wait < 10000 ? wait / 2 : 5000));
        different += pause != wait;
        wait = 2 * wait < 60000 ? 2 * wait : 60000;
        pair_wait(p, pause);
    }
    assert_true(different > 0);
    p->reachable = true;
    pair_wait(p, 65000);
    pair_check_steady(p);
    pair_free(p);
}

static void a_link_that_was_up_for_a_while_is_back_soon(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    for (int i = 0; i < 8; i++) {
        pair_wait(p, 5000);
        pair_cut(p);
        assert_in_range(pause_of(p), 1000, 1500);
        pair_wait(p, 1500);
        pair_check_steady(p);
    }
    pair_free(p);
}

static void one_that_breaks_as_soon_as_it_is_up_is_left_alone_for_longer(void **state)
{
    struct pair *p = pair_up();
    int64_t before = 0;

    (void)state;
    for (int i = 0; i < 8; i++) {
        int64_t pause;

        pair_cut(p);
        pause = pause_of(p);
        assert_true(pause > before || pause >= 60000);
        before = pause;
        pair_wait(p, pause);
        assert_int_equal(pair_info(p, 1).state, MOM_NODE_UP);
    }
    assert_true(before >= 60000);
    pair_free(p);
}

static void who_is_switched_off_says_goodbye(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    assert_int_equal(mom_node_enable(p->links[1], &p->net->now, false, p->batches[1]), MOM_OK);
    pair_flush(p, 1);
    pair_run(p);
    assert_int_equal(pair_info(p, 1).state, MOM_NODE_DISABLED);
    assert_int_equal(mom_node_deadline(p->links[1]), MOM_NEVER);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_GOODBYE);
    assert_int_equal(pair_info(p, 0).goodbye, MOM_NODE_BYE_STOPPED);
    assert_string_equal(pair_info(p, 0).text, "switched off");
    assert_string_equal(net_info(p->net, 0, 1).state, "down");
    assert_string_equal(net_info(p->net, 1, 0).state, "down");
    pair_wait(p, 200000);
    assert_int_equal(p->connects, 1);
    pair_enable(p);
    pair_run(p);
    pair_check_steady(p);
    pair_free(p);
}

static void who_is_enabled_while_the_host_closes_dials_at_once(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    assert_int_equal(mom_node_enable(p->links[1], &p->net->now, false, p->batches[1]), MOM_OK);
    assert_int_equal(mom_node_enable(p->links[1], &p->net->now, true, p->batches[1]), MOM_OK);
    pair_flush(p, 1);
    pair_run(p);
    assert_int_equal(p->connects, 2);
    pair_check_steady(p);
    pair_free(p);
}

/* The engine that does not know its neighbour closes; the other side learns why. */
static void what_an_engine_refuses_reaches_the_other_side_with_its_reason(void **state)
{
    struct pair *p = pair_new(NULL);
    struct mom_input forget = {.kind = MOM_IN_NODE_REMOVE, .node = net_number(1)};

    (void)state;
    pair_step(p, 0, &forget);
    pair_enable(p);
    pair_run(p);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_CLOSED);
    assert_int_equal(pair_info(p, 1).state, MOM_NODE_GOODBYE);
    assert_int_equal(pair_info(p, 1).goodbye, MOM_REFUSED_NODE_UNKNOWN);
    assert_string_equal(pair_info(p, 1).text, "no such neighbour");
    net_know(p->net, 0, 1);
    pair_wait(p, 66000);
    pair_check_steady(p);
    pair_free(p);
}

static void what_would_wait_beyond_the_limit_ends_the_link(void **state)
{
    static char body[MOM_NODE_MESSAGE_MAX];
    struct pair *p = pair_up();
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(1)};
    const char *data;

    (void)state;
    a.text = (struct mom_str){body, sizeof body};
    for (unsigned i = 0; i < 31; i++)
        assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_UP);
    assert_int_equal(pair_info(p, 0).waiting, 31 * (MOM_NODE_MESSAGE_MAX + 4));
    assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_SLOW);
    assert_int_equal(mom_node_output(p->links[0], &data), 0);
    assert_int_equal(mom_batch_count(p->batches[0]), 1);
    assert_int_equal(p->batches[0]->inputs[0].kind, MOM_IN_NODE_DOWN);
    pair_flush(p, 0);
    pair_wait(p, 66000);
    pair_check_steady(p);
    pair_free(p);
}

static void passwords_are_in_no_log(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    assert_int_equal(mom_node_set_account(p->links[1], NS(PAIR_USER), NS("not-the-right-one")),
                     MOM_OK);
    pair_cut(p);
    pair_wait(p, 66000);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_AUTH_FAILED);
    assert_int_equal(pair_info(p, 1).state, MOM_NODE_AUTH_FAILED);
    assert_string_equal(pair_info(p, 0).text, "account \"below\" was refused");
    assert_non_null(strstr(p->log, "auth failed"));
    assert_null(strstr(p->log, "not-the-right-one"));
    assert_null(strstr(p->log, PAIR_PASSWORD));
    assert_int_equal(mom_node_set_account(p->links[1], NS(PAIR_USER), NS(PAIR_PASSWORD)), MOM_OK);
    pair_wait(p, 66000);
    pair_check_steady(p);
    pair_free(p);
}

static void an_action_for_another_node_or_after_the_end_does_nothing(void **state)
{
    struct pair *p = pair_up();
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(3), .text = NS("x")};

    (void)state;
    assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    a.node = net_number(1);
    a.text.len = 0;
    assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    a.kind = MOM_DO_NODE_STEADY;
    assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    assert_int_equal(pair_info(p, 0).waiting, 0);
    pair_cut(p);
    a.kind = MOM_DO_NODE_BYTES;
    a.text.len = 1;
    assert_int_equal(mom_node_act(p->links[0], &p->net->now, &a, p->batches[0]), MOM_OK);
    assert_int_equal(pair_info(p, 0).waiting, 0);
    pair_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_nodes_have_the_same_records_and_changes_stream),
        cmocka_unit_test(bytes_may_be_split_anywhere),
        cmocka_unit_test(a_connection_may_be_cut_at_every_byte),
        cmocka_unit_test(reconnecting_with_nothing_changed_costs_less_than_160_bytes),
        cmocka_unit_test(a_frame_costs_two_to_four_bytes),
        cmocka_unit_test(quiet_nodes_ping_each_other_and_stay_connected),
        cmocka_unit_test(a_connection_that_carries_nothing_ends_after_three_intervals),
        cmocka_unit_test(who_is_not_reached_is_tried_again_soon_and_at_last_every_minute),
        cmocka_unit_test(a_link_that_was_up_for_a_while_is_back_soon),
        cmocka_unit_test(one_that_breaks_as_soon_as_it_is_up_is_left_alone_for_longer),
        cmocka_unit_test(who_is_switched_off_says_goodbye),
        cmocka_unit_test(who_is_enabled_while_the_host_closes_dials_at_once),
        cmocka_unit_test(what_an_engine_refuses_reaches_the_other_side_with_its_reason),
        cmocka_unit_test(what_would_wait_beyond_the_limit_ends_the_link),
        cmocka_unit_test(passwords_are_in_no_log),
        cmocka_unit_test(an_action_for_another_node_or_after_the_end_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
