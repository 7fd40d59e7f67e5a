/*
 * Proves what a reconnect between two of our nodes costs on the wire: TCP payload with TLS, in both directions, from
 * the connection until both are steady. Bytes are no times, so the bounds are asserted as they are promised.
 */
#include "host.h"

#include "../../bench/pairs.h"

enum { SEED = 4711 };

static uint64_t random_of(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* "Kovalente", "Misoru" …: texts that do not resemble each other. */
static void random_name(uint64_t *seed, char *ret_name, size_t max)
{
    static const char *const parts[] = {"ka", "len", "mi", "so", "ru",  "ver", "to",  "ni",
                                        "as", "der", "ol", "pe", "qui", "zan", "bro", "hu"};
    size_t len = 0, count = 2 + random_of(seed) % 4;

    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(ret_name + len, max - len, "%s", parts[random_of(seed) % 16]);
    ret_name[0] = (char)(ret_name[0] - 'a' + 'A');
}

/* Changes of one node, `step` at a time in one transaction. */
struct changes {
    struct mom_batch *batch;
    struct net *net;
    unsigned i;
};

static void commit(struct changes *c)
{
    net_step_batch(c->net, c->i, c->batch);
    mom_batch_reset(c->batch);
    c->net->now.wall_ms += 7;
}

static void change(struct changes *c, enum mom_type type, uint64_t id, struct mom_attr *attrs,
                   size_t count)
{
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = type, .id = id, .attrs = attrs, .attr_count = count};

    assert_int_equal(mom_batch_add(c->batch, &in), MOM_OK);
    if (mom_batch_count(c->batch) >= 250)
        commit(c);
}

/* So many users and devices, bound pair by pair, as a site of the node above tells them. */
static void load(struct net *net, unsigned pairs)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 1, .name = NS("site")};
    struct pair_half half;

    net_step(net, 0, &in);
    in.kind = MOM_IN_IDENTIFIED;
    in.park = (struct mom_park){31, 0x10280001};
    net_step(net, 0, &in);
    in.kind = MOM_IN_IMPORT;
    net_step(net, 0, &in);
    for (unsigned i = 0; i < 2 * pairs; i++) {
        unsigned pair = i < pairs ? i : i - pairs;
        struct mom_input record = {.kind = MOM_IN_RECORD, .site = 1, .local = pair + 1};

        record.type = i < pairs ? MOM_DEVICE : MOM_USER;
        if (i < pairs)
            pair_device(pair, &half);
        else
            pair_user(pair, &half);
        half.attrs[half.count].name = NS("relType");
        half.attrs[half.count++].value = NS("Fixed");
        record.attrs = half.attrs;
        record.attr_count = half.count;
        record.has_partner = true;
        record.partner_local = record.local;
        record.times_ms[MOM_ADMIN] = net->now.wall_ms - 1000 * (int64_t)pair;
        record.times_ms[MOM_RELATION] = record.times_ms[MOM_ADMIN];
        assert_int_equal(mom_batch_add(batch, &record), MOM_OK);
        if (i % 1000 == 999 || i + 1 == 2 * pairs) {
            net_step_batch(net, 0, batch);
            mom_batch_reset(batch);
        }
    }
    mom_batch_free(batch);
    in.kind = MOM_IN_IMPORTED;
    net_step(net, 0, &in);
    in.kind = MOM_IN_DOWN;
    net_step(net, 0, &in);
    assert_int_equal(net_counts(net, 0).users, pairs);
    assert_int_equal(net_counts(net, 0).devices, pairs);
}

/* New names for `count` users, half of them at each node. */
static void edit(struct net *net, unsigned count, uint64_t seed)
{
    uint64_t ids[1000];
    unsigned found = 0;
    struct mom_view *view = net_view(net, 0);
    char name[64];

    for (uint64_t id = 0; found < count;) {
        const struct mom_record *r = mom_view_next(view, MOM_USER, id);

        assert_non_null(r);
        id = ids[found++] = mom_record_id(r);
    }
    mom_view_close(view);
    for (unsigned i = 0; i < 2; i++) {
        struct changes c = {mom_batch_new(NULL), net, i};

        for (unsigned n = i; n < count; n += 2) {
            struct mom_attr attr = {NS("name"), {0}};

            random_name(&seed, name, sizeof name);
            attr.value = NS(name);
            change(&c, MOM_USER, ids[n], &attr, 1);
        }
        commit(&c);
        mom_batch_free(c.batch);
    }
}

/* `most` 0: no bound. */
static void bound(struct wire *w, const char *what, uint64_t bytes, uint64_t most)
{
    struct mom_node_info info;
    char limit[32] = "";

    mom_node_get_info(w->hosts[0].link, &info);
    if (most > 0)
        snprintf(limit, sizeof limit, ", at most %u", (unsigned)most);
    print_message("  %-34s %7u bytes, %7u of them messages%s (%s, %s login)\n", what,
                  (unsigned)bytes, (unsigned)w->payload, limit,
                  w->resumed ? "resumed" : "full handshake", info.short_login ? "short" : "long");
    if (most > 0 && bytes > most)
        fail_msg("%s: %u bytes", what, (unsigned)bytes);
}

/* With `changes` made while they were apart: once resumed, once with nothing left of the session, once after a
 * restart. */
static void measure(struct wire *w, const char *what, unsigned changes, uint64_t resumed,
                    uint64_t full)
{
    for (unsigned how = 0; how < 3; how++) {
        uint64_t bytes;

        wire_cut(w);
        if (how == 1)
            com_tls_session_drop(w->session);
        if (how == 2)
            wire_restart_below(w);
        if (changes > 0)
            edit(&w->net, changes, SEED * 31 + changes + how);
        bytes = wire_meet(w);
        bound(w, what, bytes, how == 0 ? resumed : full);
        assert_int_equal(w->resumed, how == 0);
    }
}

static void whole_run(unsigned pairs)
{
    struct wire *w = wire_new();

    print_message("%u users and devices (seed %d):\n", pairs, SEED);
    load(&w->net, pairs);
    bound(w, "first synchronisation", wire_meet(w), pairs == 0 ? 1750 : UINT64_C(750) * pairs);
    assert_false(w->resumed);
    assert_int_equal(net_counts(&w->net, 1).users, pairs);
    measure(w, "nothing changed", 0, 600, 1750);
    if (pairs >= 1000) {
        measure(w, "10 changes, half at each node", 10, 1600, 2800);
        measure(w, "1,000 changes, half at each node", 1000, 105000, 105000);
    }
    wire_free(w);
}

static void a_reconnect_of_nodes_without_records_keeps_its_bounds(void **state)
{
    (void)state;
    whole_run(0);
}

static void a_reconnect_with_1000_pairs_keeps_its_bounds(void **state)
{
    (void)state;
    whole_run(1000);
}

static void a_reconnect_with_10000_pairs_keeps_its_bounds(void **state)
{
    (void)state;
    whole_run(10000);
}

/* The side above begins anew: its sessions are lost, its certificate is the same. */
static void a_restart_above_costs_one_full_handshake(void **state)
{
    struct wire *w = wire_new();
    struct com_listener_options options = {.on_accept = host_accept, .user = &w->hosts[0]};
    struct com_tls_server_options tls = {.sessions = 100};
    char error[256] = "";
    struct com_tls *anew;

    (void)state;
    load(&w->net, 100);
    (void)wire_meet(w);
    wire_cut(w);
    tls.cert_pem = com_tls_cert_pem(w->server_tls);
    tls.key_pem = com_tls_key_pem(w->server_tls);
    anew = com_tls_server_new(&tls, error, sizeof error);
    assert_string_equal(error, "");
    com_listener_close(w->listener);
    com_tls_unref(w->server_tls);
    w->server_tls = options.tls = anew;
    w->listener = com_listener_new(&w->loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    w->relay.port = com_listener_port(w->listener);
    bound(w, "above restarted", wire_meet(w), 1750);
    assert_false(w->resumed);
    wire_cut(w);
    bound(w, "and again", wire_meet(w), 600);
    assert_true(w->resumed);
    wire_free(w);
}

/* Through a throttle all arrives too, and the link does not hand over more than there is room for. */
static void a_throttled_first_synchronisation_arrives(void **state)
{
    struct wire *w = wire_new();

    (void)state;
    w->rate = 400000;
    load(&w->net, 1000);
    bound(w, "first synchronisation at 400 kB/s", wire_meet(w), 0);
    assert_int_equal(net_counts(&w->net, 1).users, 1000);
    print_message("  at most %u bytes wait\n", (unsigned)w->hosts[0].most);
    assert_true(w->hosts[0].most < 1100000); /* 8 messages of 128 KiB, and a queue */
    wire_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reconnect_of_nodes_without_records_keeps_its_bounds),
        cmocka_unit_test(a_reconnect_with_1000_pairs_keeps_its_bounds),
        cmocka_unit_test(a_reconnect_with_10000_pairs_keeps_its_bounds),
        cmocka_unit_test(a_restart_above_costs_one_full_handshake),
        cmocka_unit_test(a_throttled_first_synchronisation_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
