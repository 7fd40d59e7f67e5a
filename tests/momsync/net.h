/*
 * Nodes that are neighbours of each other, for tests: each an engine on a store in memory, messages
 * between them in queues, two virtual clocks for all. A link takes no time unless it is told to keep
 * its messages.
 */
#ifndef NET_H
#define NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <momsync/momsync.h>

enum { NODES = 5, NET_FIRST = 0x01000001, NET_QUEUE = 4096 };

struct net_message {
    unsigned from, to;
    size_t len;
    char *bytes;
};

struct net_node {
    struct mom_store store;
    struct mom_engine *engine;
    int64_t clock_ms; /* wrong by so much */
    unsigned conflicts, steady, held, differences, closed;
    enum mom_refusal reason;
    uint64_t done;
    int refused;
};

struct net {
    struct mom_now now;
    unsigned count;
    struct net_node nodes[NODES];
    bool linked[NODES][NODES];
    struct net_message queue[NET_QUEUE];
    size_t head, tail;
    uint64_t bytes, messages; /* that were carried */
    struct mom_config config; /* for nodes that are added */
    /* star_world.h: what its sites do with an action, and who is told each line of the trace */
    void (*site_act)(struct net *net, unsigned i, const struct mom_action *a);
    void (*told)(const char *line);
    void *sites;
    mom_site own_sites[NODES];
    unsigned vendors; /* further sites of node 0 */
};

static inline struct mom_str NS(const char *s) {
    return (struct mom_str){s, s ? strlen(s) : 0};
}

static inline uint32_t
net_number(unsigned i)
{
    return NET_FIRST + i;
}

static inline struct mom_now net_now(const struct net *net, const struct net_node *node)
{
    return (struct mom_now){net->now.mono_ms, net->now.wall_ms + node->clock_ms};
}

/* Nodes that were told of a claim which they had lost, as the log says. */
static unsigned net_losses;

/* Nodes that were told of a claim which they had lost, as the log says. */
static unsigned net_losses;

static inline void net_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    net_losses += strstr(line, "either it lost that") != NULL;
    net_losses += strstr(line, "either it lost that") != NULL;
    if (strstr(line, "it should not go from"))
        fail_msg("%s", line);
    if (getenv("LOG"))
        fprintf(stderr, "%d %s\n", (int)level, line);
}

/* Moves of conversations that were seen: the test that counts them sets it. */
static void (*net_on_move)(const char *line);

static inline void net_trace(void *user, const char *line)
{
    const struct net *net = user;

    if (net_on_move && strncmp(line, "neighbour ", 10) == 0)
        net_on_move(strstr(line, " : ") + 3);
    if (getenv("TRACE"))
        fprintf(stderr, "%s\n", line);
    if (net->told)
        net->told(line);
}

static inline void net_open(struct net *net, unsigned i)
{
    struct net_node *node = &net->nodes[i];
    struct mom_config config = net->config;
    struct mom_now now = net_now(net, node);

    config.size = sizeof config;
    config.store = node->store;
    config.node = net_number(i);
    config.own_site = net->own_sites[i];
    config.user = net;
    config.log = net_log;
    config.trace = net_trace;

    assert_int_equal(mom_engine_new(&config, &now, &node->engine), MOM_OK);
}

static inline void net_send(struct net *net, unsigned from, unsigned to, struct mom_str text)
{
    struct net_message *m = &net->queue[net->tail++ % NET_QUEUE];

    assert_true(net->tail - net->head <= NET_QUEUE);
    m->from = from;
    m->to = to;
    m->len = text.len;
    m->bytes = malloc(text.len);
    assert_non_null(m->bytes);
    memcpy(m->bytes, text.ptr, text.len);
}

static inline void net_step(struct net *net, unsigned i, const struct mom_input *in);

static inline void net_cut(struct net *net, unsigned a, unsigned b)
{
    struct mom_input down = {.kind = MOM_IN_NODE_DOWN, .node = net_number(b)};

    if (!net->linked[a][b])
        return;
    net->linked[a][b] = net->linked[b][a] = false;
    for (size_t i = net->head; i < net->tail; i++) {
        struct net_message *m = &net->queue[i % NET_QUEUE];

        if ((m->from == a && m->to == b) || (m->from == b && m->to == a))
            m->len = 0;
    }
    net_step(net, a, &down);
    down.node = net_number(a);
    net_step(net, b, &down);
}

static inline void net_act(struct net *net, unsigned i, const struct mom_action *a)
{
    struct net_node *node = &net->nodes[i];
    unsigned to = a->node ? a->node - NET_FIRST : 0;

    switch (a->kind) {
    case MOM_DO_NODE_BYTES:
        assert_in_range(a->text.len, 1, MOM_NODE_MESSAGE_MAX);
        if (net->linked[i][to])
            net_send(net, i, to, a->text);
        break;
    case MOM_DO_NODE_CLOSE:
        node->closed++;
        node->reason = a->reason;
        break;
    case MOM_DO_NODE_STEADY:
        node->steady++;
        break;
    case MOM_DO_DIFFERENCE:
        node->differences++;
        break;
    case MOM_DO_HELD:
        node->held = (unsigned)a->id;
        break;
    case MOM_DO_CONFLICT:
        node->conflicts++;
        if (getenv("LOG"))
            fprintf(stderr, "node %u conflict %.*s\n", i, (int)a->text.len, a->text.ptr);
        break;
    case MOM_DO_DONE:
        node->done = a->id;
        break;
    case MOM_DO_REFUSED:
        node->refused = a->rc;
        break;
    default:
        if (net->site_act)
            net->site_act(net, i, a);
        break;
    }
}

static inline void net_step_batch(struct net *net, unsigned i, const struct mom_batch *batch)
{
    struct net_node *node = &net->nodes[i];
    struct mom_now now = net_now(net, node);
    struct mom_action a;
    bool closed[NODES] = {false};

    assert_int_equal(mom_engine_step(node->engine, &now, batch), MOM_OK);
    while (mom_engine_next_action(node->engine, &a)) {
        net_act(net, i, &a);
        if (a.kind == MOM_DO_NODE_CLOSE && a.node)
            closed[a.node - NET_FIRST] = true;
    }
    for (unsigned other = 0; other < net->count; other++) {
        if (closed[other])
            net_cut(net, i, other);
    }
}

static inline void net_step(struct net *net, unsigned i, const struct mom_input *in)
{
    struct mom_batch *batch = mom_batch_new(NULL);

    assert_non_null(batch);
    if (in)
        assert_int_equal(mom_batch_add(batch, in), MOM_OK);
    net_step_batch(net, i, batch);
    mom_batch_free(batch);
}

/* Carry one message; false when there is none. */
static inline bool net_carry(struct net *net)
{
    struct net_message *m;
    struct mom_input in = {.kind = MOM_IN_NODE_BYTES};

    if (net->head == net->tail)
        return false;
    m = &net->queue[net->head++ % NET_QUEUE];
    in.node = net_number(m->from);
    in.value = (struct mom_str){m->bytes, m->len};
    if (m->len > 0) {
        net->bytes += m->len;
        net->messages++;
        net_step(net, m->to, &in);
    }
    free(m->bytes);
    return true;
}

/* All messages under way are lost, and nobody is told. */
static inline void net_lose(struct net *net)
{
    while (net->head != net->tail)
        free(net->queue[net->head++ % NET_QUEUE].bytes);
}

static inline void net_run(struct net *net)
{
    int guard = 0;

    while (net_carry(net)) {
        if (++guard > 200000)
            fail_msg("the nodes do not come to rest");
    }
}

static inline void net_wait(struct net *net, int64_t ms)
{
    net_run(net);
    net->now.mono_ms += ms;
    net->now.wall_ms += ms;
    for (unsigned i = 0; i < net->count; i++)
        net_step(net, i, NULL);
    net_run(net);
}

static inline unsigned net_add_node(struct net *net)
{
    unsigned i = net->count++;

    assert_true(i < NODES);
    assert_int_equal(mom_store_memory_new(NULL, &net->nodes[i].store), MOM_OK);
    net_open(net, i);
    return i;
}

static inline void net_know(struct net *net, unsigned a, unsigned b)
{
    struct mom_input in = {.kind = MOM_IN_NODE_ADD, .node = net_number(b), .name = NS("node")};

    net_step(net, a, &in);
    in.node = net_number(a);
    net_step(net, b, &in);
}

/* `a` connects to `b`; nothing is carried yet. */
static inline void net_connect(struct net *net, unsigned a, unsigned b)
{
    struct mom_input in = {.kind = MOM_IN_NODE_UP, .node = net_number(a)};

    net->linked[a][b] = net->linked[b][a] = true;
    net_step(net, b, &in);
    in.node = net_number(b);
    in.yes = true;
    net_step(net, a, &in);
}

static inline void net_link(struct net *net, unsigned a, unsigned b)
{
    net_connect(net, a, b);
    net_run(net);
}

/* A star of `count` nodes around node 0, all steady. */
static inline struct net *net_star(unsigned count, const struct mom_config *config)
{
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    if (config)
        net->config = *config;
    net->now.mono_ms = 1000;
    net->now.wall_ms = 1700000000000;
    for (unsigned i = 0; i < count; i++)
        net_add_node(net);
    for (unsigned i = 1; i < count; i++) {
        net_know(net, i, 0);
        net_link(net, i, 0);
    }
    return net;
}

static inline void net_free(struct net *net)
{
    net_lose(net);
    for (unsigned i = 0; i < net->count; i++)
        mom_engine_free(net->nodes[i].engine);
    free(net);
}

/* The power of a node fails: what it committed is there, its links are gone. */
static inline void net_crash(struct net *net, unsigned i)
{
    struct mom_now now = net_now(net, &net->nodes[i]);
    struct mom_input down = {.kind = MOM_IN_NODE_DOWN, .node = net_number(i)};

    assert_int_equal(mom_engine_reload(net->nodes[i].engine, &now), MOM_OK);
    for (unsigned other = 0; other < net->count; other++) {
        if (!net->linked[i][other])
            continue;
        net->linked[i][other] = net->linked[other][i] = false;
        net_step(net, other, &down);
    }
    for (size_t m = net->head; m < net->tail; m++) {
        if (net->queue[m % NET_QUEUE].from == i || net->queue[m % NET_QUEUE].to == i)
            net->queue[m % NET_QUEUE].len = 0;
    }
}

/* --- what people do --------------------------------------------------------------------------- */

/* Name and value in turn, ended by NULL. The id, 0 when refused. */
static inline uint64_t net_change(struct net *net, unsigned i, enum mom_type type, uint64_t id, ...)
{
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = type, .id = id, .tag = 7};
    struct mom_attr attrs[16];
    const char *name;
    va_list args;

    va_start(args, id);
    while ((name = va_arg(args, const char *)) != NULL) {
        attrs[in.attr_count].name = NS(name);
        attrs[in.attr_count++].value = NS(va_arg(args, const char *));
    }
    va_end(args);
    in.attrs = attrs;
    net->now.wall_ms += 7;
    net->now.mono_ms += 7;
    net->nodes[i].done = 0;
    net_step(net, i, &in);
    return net->nodes[i].done;
}

/* `relation` NULL: the usual one. */
static inline void net_bind_as(struct net *net, unsigned i, uint64_t id, uint64_t to,
                               const char *relation)
{
    struct mom_attr attr = {NS("relType"), NS(relation)};
    struct mom_input in = {.kind = MOM_IN_CHANGE,
                           .id = id,
                           .tag = 7,
                           .has_bind = true,
                           .bind_to = to,
                           .attrs = &attr,
                           .attr_count = relation ? 1 : 0};

    net->now.wall_ms += 7;
    net_step(net, i, &in);
}

static inline void net_bind(struct net *net, unsigned i, uint64_t id, uint64_t to)
{
    net_bind_as(net, i, id, to, NULL);
}

static inline void net_delete(struct net *net, unsigned i, uint64_t id)
{
    struct mom_input in = {.kind = MOM_IN_DELETE, .id = id, .tag = 7};

    net->now.wall_ms += 7;
    net_step(net, i, &in);
}

/* --- what can be seen ------------------------------------------------------------------------- */

static inline struct mom_view *net_view(struct net *net, unsigned i)
{
    struct mom_view *view;

    assert_int_equal(mom_view_open(net->nodes[i].engine, &view), MOM_OK);
    return view;
}

/* In a buffer that the next call uses again; "(none)": no record, "(missing)": no value. */
static inline const char *net_value(struct net *net, unsigned i, uint64_t id, enum mom_field field)
{
    static char text[256];
    struct mom_view *view = net_view(net, i);
    const struct mom_record *r = mom_view_record(view, id);
    struct mom_str value;

    snprintf(text, sizeof text, "%s", r ? "(missing)" : "(none)");
    if (r && mom_record_get(r, field, &value))
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.ptr);
    mom_view_close(view);
    return text;
}

static inline uint64_t net_partner(struct net *net, unsigned i, uint64_t id)
{
    struct mom_view *view = net_view(net, i);
    const struct mom_record *r = mom_view_record(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;

    mom_view_close(view);
    return partner;
}

static inline bool net_parked(struct net *net, unsigned i, uint64_t id)
{
    struct mom_view *view = net_view(net, i);
    const struct mom_record *r = mom_view_record(view, id);
    bool parked = r && mom_record_parked(r);

    mom_view_close(view);
    return parked;
}

static inline struct mom_counts net_counts(struct net *net, unsigned i)
{
    struct mom_view *view = net_view(net, i);
    struct mom_counts counts;

    assert_int_equal(mom_view_counts(view, &counts), MOM_OK);
    mom_view_close(view);
    return counts;
}

/* All nodes have the same records. */
static inline void net_check_equal(struct net *net)
{
    struct mom_counts first = net_counts(net, 0);

    for (unsigned i = 1; i < net->count; i++) {
        struct mom_counts counts = net_counts(net, i);

        if (mom_engine_fingerprint(net->nodes[i].engine) !=
            mom_engine_fingerprint(net->nodes[0].engine))
            fail_msg("node %u has other records than node 0", i);
        assert_int_equal(counts.users, first.users);
        assert_int_equal(counts.devices, first.devices);
        assert_int_equal(counts.parked, first.parked);
    }
}

static inline struct mom_neighbour_info net_info(struct net *net, unsigned i, unsigned of)
{
    struct mom_neighbour_info info;

    assert_true(mom_engine_neighbour(net->nodes[i].engine, net_number(of), &info));
    return info;
}

#endif
