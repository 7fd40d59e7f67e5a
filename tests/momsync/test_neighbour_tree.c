/*
 * Random runs over nodes that are no star but a chain or a tree, so that news come by relays and in different orders:
 * edits, creations, deletions and bindings within the same millisecond at several nodes, links that come and go, nodes
 * that crash, or are forgotten and made known again, audits, messages that come twice, deletions that are held, decided
 * on and forgotten. Whatever happened, when all links are up again the nodes have the same records. SEED=n repeats one.
 */
#include "net.h"

static uint64_t seed;
static unsigned above[NODES]; /* whom a node connects to */

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static uint64_t any(struct net *net, unsigned i, enum mom_type type)
{
    struct mom_view *view = net_view(net, i);
    uint64_t ids[64], after = 0;
    unsigned count = 0;
    const struct mom_record *r;

    while (count < 64 && (r = mom_view_next(view, type, after)) != NULL)
        ids[count++] = after = mom_record_id(r);
    mom_view_close(view);
    return count ? ids[pick(count)] : 0;
}

static const char *word(void)
{
    static const char *const words[] = {"Anna", "Bert", "Carl", "Dora", "Emil", "Fritz"};

    return words[pick(6)];
}

static const char *number(void)
{
    static char text[8];

    snprintf(text, sizeof text, "%u", 4700 + pick(12));
    return text;
}

static const char *const ipeis[] = {"03074 0220259 3", "57005 0782068 7", "12308 0004063 5",
                                    "00001 0000001 3", "00001 0000002 4"};

static void change_something(struct net *net, unsigned i)
{
    uint64_t user = any(net, i, MOM_USER), device = any(net, i, MOM_DEVICE);
    struct mom_now before = net->now;

    switch (pick(8)) {
    case 0:
        net_change(net, i, MOM_USER, 0, "num", number(), "name", word(), NULL);
        break;
    case 1:
        net_change(net, i, MOM_DEVICE, 0, "ipei", ipeis[pick(5)], NULL);
        break;
    case 2:
        net_change(net, i, MOM_USER, user, "name", word(), NULL);
        break;
    case 3:
        net_change(net, i, MOM_USER, user, "hierarchy1", word(), "sipPw", "Psecret", NULL);
        break;
    case 4:
        net_change(net, i, MOM_USER, user, "num", number(), NULL);
        break;
    case 5:
    case 6:
        net_bind(net, i, user, pick(4) ? device : 0);
        break;
    default:
        if (pick(2) == 0)
            net_delete(net, i, pick(2) ? user : device);
        break;
    }
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
    const char *from = getenv("SEED"), *count = getenv("RUNS");
    uint64_t first = from ? strtoull(from, NULL, 10) : 1;
    uint64_t last = from ? first : count ? strtoull(count, NULL, 10) : 200;

    (void)state;
    for (uint64_t i = first; i <= last; i++) {
        fprintf(stderr, "seed %llu\n", (unsigned long long)i);
        run(i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_runs_converge)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
