/*
 * Random runs over nodes that are no star but a chain or a tree, so that news come by relays and in different orders:
 * edits, creations, deletions and bindings within the same millisecond at several nodes, links that come and go, nodes
 * that crash, or are forgotten and made known again, audits, messages that come twice, deletions that are held, decided
 * on and forgotten. Whatever happened, when all links are up again the nodes have the same records. SEED=n repeats one.
 */
#include "net_random.h"

static unsigned above[NODES]; /* whom a node connects to */

/* Several of them often fall into one millisecond. */
static void change_something(struct net *net, unsigned i)
{
    struct mom_now before = net->now;

    net_change_something(net, i, 2);
    if (pick(2))
        net->now = before;
}

static void forget(struct net *net, unsigned i)
{
    struct mom_input in = {.kind = MOM_IN_NODE_REMOVE, .node = net_number(i)};

    net_cut(net, i, above[i]);
    net_step(net, above[i], &in);
    in.kind = MOM_IN_NODE_ADD;
    net_step(net, above[i], &in);
}

static void decide(struct net *net, unsigned i)
{
    struct mom_input in = {.kind = MOM_IN_DECIDE, .yes = pick(2)};

    for (unsigned other = 0; other < net->count; other++) {
        in.node = net_number(other);
        if (other != i)
            net_step(net, i, &in);
    }
}

static void audit(struct net *net, unsigned i, unsigned of)
{
    struct mom_input in = {
        .kind = MOM_IN_NODE_AUDIT, .node = net_number(of), .yes = pick(2), .tag = 7};

    net_step(net, i, &in);
}

/* What was sent last comes twice. */
static void double_last(struct net *net)
{
    const struct net_message *m = &net->queue[(net->tail - 1) % NET_QUEUE];

    if (net->head != net->tail && m->len > 0)
        net_send(net, m->from, m->to, (struct mom_str){m->bytes, m->len});
}

static void do_something(struct net *net)
{
    unsigned i = pick(net->count), lower = 1 + pick(net->count - 1);

    switch (pick(19)) {
    case 0:
        net_cut(net, above[lower], lower);
        break;
    case 1:
    case 2:
    case 3:
        if (!net->linked[above[lower]][lower])
            net_connect(net, lower, above[lower]);
        break;
    case 4:
        if (pick(4) == 0)
            net_crash(net, i);
        break;
    case 5:
        if (pick(3) == 0)
            net_lose(net);
        break;
    case 6:
        net_wait(net, 1000 * (int64_t)pick(200));
        break;
    case 7:
        if (pick(8) == 0)
            net_wait(net, 3600001);
        break;
    case 8:
        if (pick(6) == 0)
            forget(net, lower);
        break;
    case 9:
        decide(net, i);
        break;
    case 10:
        audit(net, lower, above[lower]);
        break;
    case 11:
        audit(net, above[lower], lower);
        break;
    case 12:
        double_last(net);
        break;
    default:
        change_something(net, i);
        break;
    }
}

static void end(struct net *net)
{
    for (unsigned round = 0; round < 3; round++) {
        net_run(net);
        for (unsigned i = 1; i < net->count; i++) {
            net_cut(net, above[i], i);
            net_link(net, i, above[i]);
        }
        for (unsigned i = 0; i < net->count; i++)
            decide(net, i);
        net_wait(net, 1000);
    }
}

static void run(uint64_t number_of_run)
{
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    seed = number_of_run;
    net->now.mono_ms = 1000;
    net->now.wall_ms = 1700000000000;
    for (unsigned i = 0, count = 3 + pick(3); i < count; i++) {
        net_add_node(net);
        if (i == 0)
            continue;
        above[i] = pick(2) ? i - 1 : pick(i);
        net_know(net, i, above[i]);
        net_link(net, i, above[i]);
    }
    for (unsigned i = 0; i < 200; i++) {
        do_something(net);
        for (unsigned n = pick(6); n > 0; n--)
            net_carry(net);
        if (pick(2)) {
            net->now.mono_ms += pick(3000);
            net->now.wall_ms += pick(3000);
        }
    }
    end(net);
    net_check_equal(net);
    for (unsigned i = 1; i < net->count; i++) {
        assert_string_equal(net_info(net, above[i], i).state, "steady");
        assert_int_equal(net_info(net, above[i], i).pending, 0);
    }
    net_free(net);
}

static void random_runs_converge(void **state)
{
    (void)state;
    random_runs(200, run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_runs_converge)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
