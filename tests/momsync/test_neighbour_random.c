/*
 * Random runs over a star of nodes: edits, creations, deletions and bindings at all of them, links
 * that come and go, messages that get lost, crashes, clocks that are wrong. Whatever happened, when
 * all links are up again the nodes have the same records, and every change that somebody made is a
 * value or a conflict. The seed is printed when a run fails: SEED=n repeats it.
 */
#include "net_random.h"

static void do_something(struct net *net)
{
    unsigned i = pick(net->count), leaf = 1 + pick(net->count - 1);

    switch (pick(14)) {
    case 0:
        net_cut(net, 0, leaf);
        break;
    case 1:
    case 2:
        if (!net->linked[0][leaf])
            net_link(net, leaf, 0);
        break;
    case 3:
        if (pick(4) == 0)
            net_crash(net, i);
        break;
    case 4:
        if (pick(3) == 0)
            net_lose(net);
        break;
    case 5:
        net_wait(net, 1000 * (int64_t)pick(200));
        break;
    case 6:
        net->nodes[i].clock_ms = (int64_t)pick(40000) - 20000;
        break;
    default:
        net_change_something(net, i, 3);
        break;
    }
}

static void check_relations(struct net *net, unsigned i)
{
    struct mom_view *view = net_view(net, i);
    uint64_t after = 0;
    const struct mom_record *r;

    while ((r = mom_view_next(view, MOM_USER, after)) != NULL) {
        uint64_t partner = mom_record_partner(r);

        after = mom_record_id(r);
        if (!partner)
            continue;
        r = mom_view_record(view, partner);
        assert_non_null(r);
        assert_int_equal(mom_record_partner(r), after);
        assert_false(mom_record_parked(r));
    }
    mom_view_close(view);
}

static void run(uint64_t number_of_run)
{
    struct net *net;

    seed = number_of_run;
    net = net_star(2 + pick(3), NULL);
    for (unsigned i = 0; i < 150; i++) {
        do_something(net);
        for (unsigned n = pick(6); n > 0; n--)
            net_carry(net);
        net->now.mono_ms += pick(3000);
        net->now.wall_ms += pick(3000);
    }
    net_run(net);
    for (unsigned i = 1; i < net->count; i++) {
        net_cut(net, 0, i);
        net_link(net, i, 0);
    }
    net_wait(net, 1000);
    net_check_equal(net);
    for (unsigned i = 0; i < net->count; i++)
        check_relations(net, i);
    for (unsigned i = 1; i < net->count; i++) {
        assert_string_equal(net_info(net, 0, i).state, "steady");
        assert_int_equal(net_info(net, 0, i).pending, 0);
        net_cut(net, 0, i);
        net->messages = 0;
        net_link(net, i, 0);
        assert_int_equal(net->messages, 2); /* nothing to say */
    }
    net_free(net);
}

static void random_runs_converge(void **state)
{
    (void)state;
    random_runs(300, run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_runs_converge)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
