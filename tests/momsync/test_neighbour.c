/*
 * Neighbours: nodes that exchange what changed, compare what they have, and merge what was changed
 * on both sides. Each test is a story of two or three nodes.
 */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "neighbour.h"
#include "net.h"
#include "page.h"

#include <unistd.h>

static void nothing_to_say_takes_one_round_trip(void **state)
{
    struct net *net = net_star(2, NULL);

    (void)state;
    assert_int_equal(net->nodes[0].steady, 1);
    assert_int_equal(net->nodes[1].steady, 1);
    net_cut(net, 0, 1);
    net->bytes = net->messages = 0;
    net_link(net, 1, 0);
    assert_int_equal(net->messages, 2);
    assert_in_range(net->bytes, 1, 250);
    assert_string_equal(net_info(net, 0, 1).state, "steady");
    net_free(net);
}

static void a_new_record_is_at_all_nodes(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);

    (void)state;
    assert_true(id != 0);
    net_run(net);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Anna");
    net_check_equal(net);
    assert_int_equal(net_info(net, 0, 2).pending, 0);
    net_free(net);
}

static void what_is_under_way_is_not_confirmed(void **state)
{
    struct net *net = net_star(2, NULL);

    (void)state;
    net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    assert_int_equal(net_info(net, 1, 0).pending, 1);
    net_run(net);
    assert_int_equal(net_info(net, 1, 0).pending, 0);
    net_free(net);
}

static void deletions_that_everybody_has_seen_are_forgotten(void **state)
{
    struct net *net = net_star(3, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);

    (void)state;
    net_run(net);
    net_cut(net, 0, 2);
    net_delete(net, 0, id);
    net_wait(net, 3600001);
    assert_int_equal(net_counts(net, 0).tombstones, 1);
    net_link(net, 2, 0);
    net_wait(net, 3600001);
    net_wait(net, 3600001);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(net_counts(net, i).tombstones, 0);
    net_cut(net, 0, 2);
    net_link(net, 2, 0);
    assert_string_equal(net_info(net, 0, 2).state, "steady");
    net_free(net);
}

/* That everybody has seen a deletion is found while the two are still comparing. */
static void who_is_not_steady_yet_hears_what_everybody_has_seen(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);
    uint64_t other = net_change(net, 0, MOM_USER, 0, "num", "4712", NULL);
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};

    (void)state;
    net_delete(net, 0, id);
    net_run(net);
    net_cut(net, 0, 1);
    net_change(net, 1, MOM_USER, other, "name", "Anna", NULL);
    net->linked[0][1] = net->linked[1][0] = true;
    net_step(net, 0, &up);
    up.node = net_number(0);
    up.yes = true;
    net_step(net, 1, &up);
    (void)net_carry(net);
    assert_string_equal(net_info(net, 0, 1).state, "catching up");
    net->now.mono_ms += 3600001;
    net->now.wall_ms += 3600001;
    net_step(net, 0, NULL);
    net_run(net);
    net_check_equal(net);
    net_wait(net, 3600001);
    assert_int_equal(net_counts(net, 0).tombstones, 0);
    assert_int_equal(net_counts(net, 1).tombstones, 0);
    net_free(net);
}

static void a_node_that_would_delete_much_is_held_until_somebody_decides(bool yes)
{
    struct net *net = net_star(2, NULL);
    uint64_t ids[40];
    struct mom_input in = {.kind = MOM_IN_DECIDE, .node = net_number(1), .yes = yes};

    for (unsigned i = 0; i < 40; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 1000 + i);
        ids[i] = net_change(net, 0, MOM_USER, 0, "num", num, NULL);
    }
    net_run(net);
    net_cut(net, 0, 1);
    for (unsigned i = 0; i < 30; i++)
        net_delete(net, 1, ids[i]);
    net_change(net, 1, MOM_USER, ids[35], "name", "Anna", NULL);
    net_link(net, 1, 0);
    assert_int_equal(net->nodes[0].held, 30);
    assert_string_equal(net_info(net, 0, 1).state, "held");
    assert_string_equal(net_info(net, 1, 0).state, "held");
    assert_int_equal(net_counts(net, 0).users, 40);
    assert_string_equal(net_value(net, 0, ids[35], MOM_USER_name), "Anna");
    net_crash(net, 0);
    net_link(net, 1, 0);
    assert_string_equal(net_info(net, 0, 1).state, "held");
    net_step(net, 0, &in);
    net_run(net);
    net_check_equal(net);
    assert_string_equal(net_info(net, 0, 1).state, "steady");
    assert_int_equal(net_counts(net, 1).users, yes ? 10 : 40);
    net_free(net);
}

/* While one node waits for a decision somebody deletes the same records there. */
static void what_is_held_is_moot_when_both_have_the_same(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t ids[12];

    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 1000 + i);
        ids[i] = net_change(net, 0, MOM_USER, 0, "num", num, NULL);
    }
    net_run(net);
    net_cut(net, 0, 1);
    for (unsigned i = 0; i < 12; i++)
        net_delete(net, 0, ids[i]);
    net_link(net, 1, 0);
    assert_int_equal(net->nodes[1].held, 12);
    for (unsigned i = 0; i < 12; i++)
        net_delete(net, 1, ids[i]);
    net_run(net);
    net_cut(net, 0, 1);
    net_link(net, 1, 0);
    assert_int_equal(net->nodes[0].closed, 0);
    for (unsigned i = 0; i < 2; i++)
        assert_string_equal(net_info(net, i, 1 - i).state, "steady");
    net_check_equal(net);
    net_free(net);
}

/* Deletions wait for the end of a backlog. When it breaks off they are not told again. */
static void few_deletions_of_a_backlog_that_broke_off_are_done_with_the_next(void **state)
{
    struct net *net = net_star(2, NULL);
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "4711", NULL);
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};

    (void)state;
    net_run(net);
    net_cut(net, 0, 1);
    net_delete(net, 0, id);
    net->linked[0][1] = net->linked[1][0] = true;
    net_step(net, 0, &up);
    up.node = net_number(0);
    up.yes = true;
    net_step(net, 1, &up);
    for (int i = 0; i < 5; i++) /* two greetings, the deletion, and that it was confirmed */
        (void)net_carry(net);
    net_cut(net, 0, 1);
    assert_int_equal(net_counts(net, 1).users, 1);
    net_link(net, 1, 0);
    assert_string_equal(net_info(net, 0, 1).state, "steady");
    net_check_equal(net);
    assert_int_equal(net_counts(net, 1).users, 0);
    net_free(net);
}

static void what_is_held_is_deleted_on_a_yes(void **state)
{
    (void)state;
    a_node_that_would_delete_much_is_held_until_somebody_decides(true);
}

static void what_is_held_is_kept_everywhere_on_a_no(void **state)
{
    (void)state;
    a_node_that_would_delete_much_is_held_until_somebody_decides(false);
}

static void a_crash_at_any_message_loses_nothing(void **state)
{
    (void)state;
    for (unsigned after = 0; after < 14; after++) {
        for (unsigned who = 0; who < 2; who++) {
            struct net *net = net_star(2, NULL);
            struct mom_input in = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};
            uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "1", NULL), b;

            net_run(net);
            net_cut(net, 0, 1);
            net_change(net, 0, MOM_USER, id, "name", "Anna", NULL);
            net_change(net, 1, MOM_USER, id, "hierarchy1", "Ward", NULL);
            b = net_change(net, 1, MOM_USER, 0, "num", "2", NULL);
            net->linked[0][1] = net->linked[1][0] = true;
            net_step(net, 0, &in);
            in = (struct mom_input){.kind = MOM_IN_NODE_UP, .node = net_number(0), .yes = true};
            net_step(net, 1, &in);
            for (unsigned i = 0; i < after; i++)
                net_carry(net);
            net_crash(net, who);
            net_run(net);
            net_link(net, 1, 0);
            net_check_equal(net);
            assert_string_equal(net_value(net, 1, id, MOM_USER_name), "Anna");
            assert_string_equal(net_value(net, 0, id, MOM_USER_hierarchy1), "Ward");
            assert_string_equal(net_value(net, 0, b, MOM_USER_num), "2");
            assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
            net_free(net);
        }
    }
}

/* At node 0; whoever is connected is told now and then. */
static void enter_people(struct net *net, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 10000 + i);
        net_change(net, 0, MOM_USER, 0, "num", num, "name", "Somebody", NULL);
        if (i % 64 == 0)
            net_run(net);
    }
}

static void many_records_meet_an_empty_node(void **state)
{
    struct net *net = net_star(2, NULL);
    unsigned empty;

    (void)state;
    enter_people(net, 3000);
    net_run(net);
    net_check_equal(net);
    empty = net_add_node(net);
    net_know(net, empty, 0);
    net_link(net, empty, 0);
    net_check_equal(net);
    assert_int_equal(net_counts(net, empty).users, 3000);
    assert_string_equal(net_info(net, 0, empty).state, "steady");
    net_free(net);
}

/* A host with little memory says how much a step may do: what is left is due at once. */
static void a_step_sends_no_more_than_it_may(void **state)
{
    struct mom_config config = {.size = sizeof config, .limits.per_step = 10};
    struct net *net = net_star(2, &config);
    unsigned quiet = 0;

    (void)state;
    net_cut(net, 1, 0);
    enter_people(net, 1500);
    net_connect(net, 1, 0);
    while (quiet < 2) {
        size_t before = net->tail;

        quiet = net_carry(net) ? 0 : quiet + 1;
        assert_true(net->tail - before <= 2);
        for (unsigned i = 0; quiet == 1 && i < net->count; i++) {
            before = net->tail;
            net_step(net, i, NULL);
            assert_true(net->tail - before <= 2);
        }
    }
    assert_true(net->messages >= 150);
    net_check_equal(net);
    assert_int_equal(net_counts(net, 1).users, 1500);
    net_free(net);
}

/* Of all the time that 1,500 records take when each message needs `ms`: the most messages of node 0 on their way. */
static unsigned most_under_way(int64_t ms)
{
    struct mom_config config = {.size = sizeof config, .limits.per_step = 10};
    struct net *net = net_star(2, &config);
    unsigned most = 0;

    net_cut(net, 1, 0);
    enter_people(net, 1500);
    net_connect(net, 1, 0);
    do {
        unsigned under_way = 0;
        size_t before;

        do {
            before = net->tail;
            net_step(net, 0, NULL);
        } while (net->tail != before);
        for (size_t i = net->head; i < net->tail; i++)
            under_way += net->queue[i % NET_QUEUE].from == 0;
        most = under_way > most ? under_way : most;
        net->now.mono_ms += ms;
    } while (net_carry(net));
    net_check_equal(net);
    net_free(net);
    return most;
}

/* A message that asks whether all is through may be on its way, too. */
static void more_is_under_way_to_a_neighbour_that_is_near(void **state)
{
    (void)state;
    assert_in_range(most_under_way(0), MOM_NODE_WINDOW_NEAR - 1, MOM_NODE_WINDOW_NEAR + 1);
    assert_in_range(most_under_way(100), MOM_NODE_WINDOW - 1, MOM_NODE_WINDOW + 1);
}

static void an_audit_names_differences_and_mends_them_on_request(void **state)
{
    struct net *net = net_star(2, NULL);
    struct mom_input audit = {
        .kind = MOM_IN_NODE_AUDIT, .node = net_number(0), .tag = 9, .yes = false};
    uint64_t id = net_change(net, 0, MOM_USER, 0, "num", "1", NULL);

    (void)state;
    net_run(net);
    net_change(net, 0, MOM_USER, 0, "num", "2", NULL);
    net_lose(net); /* the message is lost, and nobody has noticed yet */
    net_step(net, 1, &audit);
    net_run(net);
    /* The number of the next message shows that one is missing: the connection ends. */
    assert_true(net->nodes[0].closed + net->nodes[1].closed > 0);
    net_link(net, 1, 0);
    net_check_equal(net);
    net->nodes[1].done = 99;
    net_step(net, 1, &audit);
    net_run(net);
    assert_int_equal(net->nodes[1].done, 0);
    assert_int_equal(net->nodes[1].differences, 0);
    assert_true(id != 0);
    net_free(net);
}

/* A node on LMDB: its store can be copied and put back. */
static void put_on_disk(struct net *net, unsigned i, const char *folder)
{
    struct mom_lmdb_options options = {.path = folder, .no_sync = true};

    mom_engine_free(net->nodes[i].engine);
    assert_int_equal(mom_store_lmdb_open(&options, &net->nodes[i].store), MOM_OK);
    net_open(net, i);
}

static void remove_folder(const char *folder)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    char path[128];

    for (unsigned f = 0; f < 3; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[f]);
        (void)remove(path);
    }
    (void)rmdir(folder);
}

static void a_store_that_was_put_back_brings_no_deleted_record_back(void **state)
{
    char folder[] = "/tmp/momsync-node-XXXXXX", copy[64];
    struct net *net = net_star(3, NULL);
    uint64_t gone, kept, fresh;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(copy, sizeof copy, "%s-copy", folder);
    net_cut(net, 0, 1);
    put_on_disk(net, 1, folder);
    net_know(net, 1, 0);
    net_link(net, 1, 0);
    gone = net_change(net, 0, MOM_USER, 0, "num", "1", NULL);
    kept = net_change(net, 1, MOM_USER, 0, "num", "2", NULL);
    net_run(net);
    assert_int_equal(mom_store_lmdb_backup(&net->nodes[1].store, copy, net->now.wall_ms), MOM_OK);
    net_delete(net, 0, gone);
    net_change(net, 0, MOM_USER, kept, "name", "Anna", NULL);
    fresh = net_change(net, 1, MOM_USER, 0, "num", "3", NULL);
    net_wait(net, 3600001);
    net_wait(net, 3600001);
    assert_int_equal(net_counts(net, 0).tombstones, 0);
    net_cut(net, 0, 1);
    put_on_disk(net, 1, copy);
    assert_true(mom_engine_restored(net->nodes[1].engine, NULL));
    net_link(net, 1, 0);
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(net_value(net, i, gone, MOM_USER_num), "(none)");
        assert_string_equal(net_value(net, i, kept, MOM_USER_name), "Anna");
        assert_string_equal(net_value(net, i, fresh, MOM_USER_num), "3");
        assert_int_equal(net->nodes[i].conflicts, 0);
    }
    net_free(net);
    remove_folder(folder);
    remove_folder(copy);
}

static void another_system_is_refused(void **state)
{
    struct mom_config config = {.sari = {31, 0x10280000}};
    struct net *net = net_star(1, &config);
    unsigned other;

    (void)state;
    net->config.sari.ari = 0x10290000;
    other = net_add_node(net);
    net_know(net, other, 0);
    net_link(net, other, 0);
    assert_int_equal(net->nodes[0].reason, MOM_REFUSED_NODE_SARI);
    assert_string_equal(net_info(net, 0, other).state, "down");
    net_free(net);
}

static void a_clock_that_is_wrong_is_measured(void **state)
{
    struct net *net = net_star(2, NULL);

    (void)state;
    net_cut(net, 0, 1);
    net->nodes[0].clock_ms = 12000;
    net_link(net, 1, 0);
    assert_int_equal(net_info(net, 1, 0).offset_ms, 12000);
    assert_int_equal(net_info(net, 0, 1).offset_ms, -12000);
    net_free(net);
}

static void who_does_not_confirm_is_given_up(void **state)
{
    struct net *net = net_star(2, NULL);

    (void)state;
    net_change(net, 0, MOM_USER, 0, "num", "1", NULL);
    net_lose(net);
    net_wait(net, 60001);
    assert_int_equal(net->nodes[0].reason, MOM_REFUSED_NODE_SILENT);
    net_link(net, 1, 0);
    net_check_equal(net);
    net_free(net);
}

/* One side agreed and the other did not, so what was not confirmed is forgotten and all is compared: a deletion is
 * found although who has the record live cannot name it. */
static void a_deletion_is_found_by_comparing_when_only_one_side_had_agreed(void **state)
{
    struct net *net = net_star(1, NULL);
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};
    uint64_t id;

    (void)state;
    net_add_node(net);
    net_know(net, 1, 0);
    net->linked[0][1] = net->linked[1][0] = true;
    net_step(net, 0, &up);
    up = (struct mom_input){.kind = MOM_IN_NODE_UP, .node = net_number(0), .yes = true};
    net_step(net, 1, &up);
    id = net_change(net, 1, MOM_USER, 0, "num", "5", NULL);
    while (net_counts(net, 0).users == 0)
        assert_true(net_carry(net));
    net_delete(net, 0, id);
    net_cut(net, 0, 1);
    net_link(net, 1, 0);
    assert_int_equal(net_counts(net, 1).users, 0);
    net_check_equal(net);
    assert_string_equal(net_info(net, 0, 1).state, "steady");
    assert_string_equal(net_info(net, 1, 0).state, "steady");
    net_free(net);
}

/* Carry the first message that goes to node `to`, past those that go the other way. */
static void carry_to(struct net *net, unsigned to)
{
    struct net_message m;
    size_t at = net->head;

    while (at < net->tail && net->queue[at % NET_QUEUE].to != to)
        at++;
    if (at == net->tail)
        return;
    m = net->queue[at % NET_QUEUE];
    for (; at > net->head; at--)
        net->queue[at % NET_QUEUE] = net->queue[(at - 1) % NET_QUEUE];
    net->queue[at % NET_QUEUE] = m;
    net_carry(net);
}

/* One direction may be faster than the other at any time. Both nodes are steady in the end, and not one alone. */
static void both_become_steady_whatever_direction_is_faster(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 600; seed++) {
        struct net *net = net_star(1, NULL);
        struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(0), .yes = true};
        uint32_t random = seed;
        unsigned changes = seed & 1 ? 5 : 0; /* made meanwhile */
        char num[8];

        net_add_node(net);
        net_know(net, 1, 0);
        for (unsigned u = 0; u < 10; u++) {
            snprintf(num, sizeof num, "%u", 100 + u);
            net_change(net, u & 1, MOM_USER, 0, "num", num, "name", "Somebody", NULL);
        }
        net->linked[0][1] = net->linked[1][0] = true;
        net_step(net, 1, &up);
        up = (struct mom_input){.kind = MOM_IN_NODE_UP, .node = net_number(1)};
        net_step(net, 0, &up);
        while (net->head != net->tail) {
            random = random * 1664525u + 1013904223u;
            carry_to(net, random >> 31);
            if (changes > 0 && (random >> 20 & 7) == 0) {
                snprintf(num, sizeof num, "%u", 200 + changes--);
                net_change(net, random >> 30 & 1, MOM_USER, 0, "num", num, NULL);
            }
        }
        for (unsigned i = 0; i < 2; i++) {
            if (strcmp(net_info(net, i, 1 - i).state, "steady") != 0)
                fail_msg("seed %u: node %u is %s", seed, i, net_info(net, i, 1 - i).state);
        }
        net_check_equal(net);
        net_free(net);
    }
}

/* A transport that says things twice. False: there was nothing to carry. */
static bool carry_twice(struct net *net)
{
    struct net_message *m = &net->queue[net->head % NET_QUEUE];
    struct mom_input again = {.kind = MOM_IN_NODE_BYTES};
    static char bytes[MOM_NODE_MESSAGE_MAX];
    unsigned to;

    if (net->head == net->tail)
        return false;
    to = m->to;
    again.node = net_number(m->from);
    again.value = (struct mom_str){bytes, m->len};
    memcpy(bytes, m->bytes, m->len);
    (void)net_carry(net);
    if (again.value.len > 0)
        net_step(net, to, &again);
    return true;
}

static void what_comes_twice_is_dropped_the_greeting_too(void **state)
{
    struct net *net = net_star(2, NULL);
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = net_number(1)};
    uint64_t id;

    (void)state;
    net_cut(net, 0, 1);
    id = net_change(net, 0, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    net->linked[0][1] = net->linked[1][0] = true;
    net_step(net, 0, &up);
    up.node = net_number(0);
    up.yes = true;
    net_step(net, 1, &up);
    while (carry_twice(net))
        ;
    assert_int_equal(net->nodes[0].closed + net->nodes[1].closed, 0);
    assert_string_equal(net_value(net, 1, id, MOM_USER_name), "Anna");
    net_check_equal(net);
    net_free(net);
}

/* --- the moves of the conversation ------------------------------------------------------------- */

static bool moved[64];

static void note_move(const char *line)
{
    for (size_t i = 0; i < mom__neighbour_move_count; i++) {
        char text[64];

        snprintf(text, sizeof text, "%s -> %s",
                 mom__neighbour_state_name(mom__neighbour_moves[i].from),
                 mom__neighbour_state_name(mom__neighbour_moves[i].to));
        moved[i] |= strcmp(line, text) == 0;
    }
}

/* What the tests before this one did. */
static void every_move_was_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < mom__neighbour_move_count; i++) {
        if (!moved[i])
            fail_msg("nobody went from %s to %s",
                     mom__neighbour_state_name(mom__neighbour_moves[i].from),
                     mom__neighbour_state_name(mom__neighbour_moves[i].to));
    }
}

static void page_has_the_states_and_moves(void **state)
{
    static struct page_part states, moves;

    (void)state;
    page_add(&states, "| state | meaning |\n| --- | --- |\n");
    for (int s = 0; s < MOM__NEIGHBOUR_STATE_COUNT; s++)
        page_add(&states, "| %s | %s |\n", mom__neighbour_state_name((enum mom__neighbour_state)s),
                 mom__neighbour_state_text((enum mom__neighbour_state)s));
    page_holds("docs/reconciliation.md", "states of a neighbour", &states);
    page_add(&moves, "```mermaid\nstateDiagram-v2\n    [*] --> down\n");
    for (size_t i = 0; i < mom__neighbour_move_count; i++) {
        char from[32], to[32];

        snprintf(from, sizeof from, "%s", mom__neighbour_state_name(mom__neighbour_moves[i].from));
        snprintf(to, sizeof to, "%s", mom__neighbour_state_name(mom__neighbour_moves[i].to));
        for (char *c = from; *c; c++)
            *c = *c == ' ' ? '_' : *c;
        for (char *c = to; *c; c++)
            *c = *c == ' ' ? '_' : *c;
        page_add(&moves, "    %s --> %s : %s\n", from, to, mom__neighbour_moves[i].why);
    }
    page_add(&moves, "```\n");
    page_holds("docs/reconciliation.md", "moves of a neighbour", &moves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_say_takes_one_round_trip),
        cmocka_unit_test(a_new_record_is_at_all_nodes),
        cmocka_unit_test(what_is_under_way_is_not_confirmed),
        cmocka_unit_test(deletions_that_everybody_has_seen_are_forgotten),
        cmocka_unit_test(who_is_not_steady_yet_hears_what_everybody_has_seen),
        cmocka_unit_test(what_is_held_is_moot_when_both_have_the_same),
        cmocka_unit_test(few_deletions_of_a_backlog_that_broke_off_are_done_with_the_next),
        cmocka_unit_test(what_is_held_is_deleted_on_a_yes),
        cmocka_unit_test(what_is_held_is_kept_everywhere_on_a_no),
        cmocka_unit_test(a_crash_at_any_message_loses_nothing),
        cmocka_unit_test(many_records_meet_an_empty_node),
        cmocka_unit_test(a_step_sends_no_more_than_it_may),
        cmocka_unit_test(more_is_under_way_to_a_neighbour_that_is_near),
        cmocka_unit_test(an_audit_names_differences_and_mends_them_on_request),
        cmocka_unit_test(a_store_that_was_put_back_brings_no_deleted_record_back),
        cmocka_unit_test(another_system_is_refused),
        cmocka_unit_test(a_clock_that_is_wrong_is_measured),
        cmocka_unit_test(who_does_not_confirm_is_given_up),
        cmocka_unit_test(a_deletion_is_found_by_comparing_when_only_one_side_had_agreed),
        cmocka_unit_test(both_become_steady_whatever_direction_is_faster),
        cmocka_unit_test(what_comes_twice_is_dropped_the_greeting_too),
        cmocka_unit_test(every_move_was_made),
        cmocka_unit_test(page_has_the_states_and_moves),
    };

    net_on_move = note_move;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
