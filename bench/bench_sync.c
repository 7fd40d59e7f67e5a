/*
 * What two nodes tell each other, counted at the engine's edge in both directions: a first
 * synchronisation, nothing changed, a few and many changes. With the time that both engines took
 * together, each on a store in LMDB.
 *
 *     bench_sync [PAIRS]
 */
#include "pairs.h"

#include <momsync/momsync.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_NODE = 0x01000001 };

struct node {
    struct mom_engine *engine;
    struct mom_batch *batch, *next;
    char folder[64];
};

static struct node nodes[2];
static struct mom_now now = {1000, INT64_C(1700000000000)};
static uint64_t bytes, messages, last_done;
static size_t text_bytes;

static void die(const char *what, int rc)
{
    fprintf(stderr, "%s: %s\n", what, mom_err_text(rc));
    exit(1);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void open_node(unsigned i)
{
    struct mom_lmdb_options options = {.path = nodes[i].folder};
    struct mom_config config = {.size = sizeof config, .node = FIRST_NODE + i};
    int rc;

    snprintf(nodes[i].folder, sizeof nodes[i].folder, "/tmp/bench_sync.XXXXXX");
    if (!mkdtemp(nodes[i].folder))
        exit(1);
    rc = mom_store_lmdb_open(&options, &config.store);
    if (rc == MOM_OK)
        rc = mom_engine_new(&config, &now, &nodes[i].engine);
    if (rc != MOM_OK)
        die("open", rc);
    nodes[i].batch = mom_batch_new(NULL);
    nodes[i].next = mom_batch_new(NULL);
}

static void close_node(unsigned i)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    char path[128];

    mom_engine_free(nodes[i].engine);
    mom_batch_free(nodes[i].batch);
    mom_batch_free(nodes[i].next);
    for (unsigned f = 0; f < 3; f++) {
        snprintf(path, sizeof path, "%s/%s", nodes[i].folder, files[f]);
        unlink(path);
    }
    rmdir(nodes[i].folder);
}

static void add(unsigned i, const struct mom_input *in)
{
    int rc = mom_batch_add(nodes[i].next, in);

    if (rc != MOM_OK)
        die("batch", rc);
}

/* Step with what has come; messages go to the other node's next batch. */
static bool step(unsigned i)
{
    struct mom_batch *batch = nodes[i].next;
    struct mom_action a;
    int rc;

    if (mom_batch_count(batch) == 0)
        return false;
    nodes[i].next = nodes[i].batch;
    nodes[i].batch = batch;
    mom_batch_reset(nodes[i].next);
    now.mono_ms++;
    now.wall_ms++;
    rc = mom_engine_step(nodes[i].engine, &now, batch);
    if (rc != MOM_OK)
        die("step", rc);
    while (mom_engine_next_action(nodes[i].engine, &a)) {
        struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = FIRST_NODE + i, .value = a.text};

        if (a.kind == MOM_DO_DONE)
            last_done = a.id;
        if (a.kind != MOM_DO_NODE_BYTES)
            continue;
        bytes += a.text.len;
        messages++;
        add(1 - i, &in);
    }
    return true;
}

static void run(void)
{
    while (step(0) | step(1)) {
    }
}

static void link_nodes(bool up)
{
    for (unsigned i = 0; i < 2; i++) {
        struct mom_input in = {.kind = up ? MOM_IN_NODE_UP : MOM_IN_NODE_DOWN,
                               .node = FIRST_NODE + 1 - i,
                               .yes = i == 1};

        if (i == 1 && up)
            step(0);
        add(i, &in);
    }
    run();
}

/* Users and devices that a site tells, bound pair by pair. */
static void load(unsigned pairs)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 1, .name = {"site", 4}};

    add(0, &in);
    in.kind = MOM_IN_IDENTIFIED;
    in.park = (struct mom_park){31, 0x10280001};
    add(0, &in);
    in.kind = MOM_IN_IMPORT;
    add(0, &in);
    for (unsigned i = 0; i < 2 * pairs; i++) {
        unsigned pair = i < pairs ? i : i - pairs;
        struct pair_half half;
        struct mom_input record = {.kind = MOM_IN_RECORD, .site = 1, .local = pair + 1};

        record.type = i < pairs ? MOM_DEVICE : MOM_USER;
        if (i < pairs)
            pair_device(pair, &half);
        else
            pair_user(pair, &half);
        text_bytes += pair_axi_bytes(&half);
        half.attrs[half.count].name = (struct mom_str){"relType", 7};
        half.attrs[half.count++].value = (struct mom_str){"Fixed", 5};
        record.attrs = half.attrs;
        record.attr_count = half.count;
        record.has_partner = true;
        record.partner_local = record.local;
        record.times_ms[MOM_ADMIN] = now.wall_ms - 1000 * (int64_t)pair;
        record.times_ms[MOM_RELATION] = record.times_ms[MOM_ADMIN];
        add(0, &record);
        if (i % 1000 == 999)
            step(0);
    }
    in.kind = MOM_IN_IMPORTED;
    add(0, &in);
    step(0);
    in.kind = MOM_IN_DOWN;
    add(0, &in);
    step(0);
}

static uint64_t user_of(unsigned node, unsigned i)
{
    struct mom_view *view;
    char num[16];
    const struct mom_record *r;
    uint64_t id;
    int rc = mom_view_open(nodes[node].engine, &view);

    if (rc != MOM_OK)
        die("view", rc);
    snprintf(num, sizeof num, "%u", 100000 + i);
    r = mom_view_find(view, MOM_USER_num, (struct mom_str){num, strlen(num)});
    id = r ? mom_record_id(r) : 0;
    mom_view_close(view);
    return id;
}

/* Half of the changes at each node, while they do not hear of each other. */
static void change(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char text[32];
        struct mom_attr attr = {{"hierarchy1", 10}, {text, 0}};
        struct mom_input in = {.kind = MOM_IN_CHANGE, .attrs = &attr, .attr_count = 1};
        unsigned node = i % 2;

        attr.value.len = (size_t)snprintf(text, sizeof text, "Building %u", 1000 + i);
        in.id = user_of(node, i * 7 % 9973);
        add(node, &in);
        step(node);
    }
}

static void report(const char *what, double from, uint64_t limit)
{
    printf("sync      %-28s %9" PRIu64 " bytes (limit %8" PRIu64 ") in %4" PRIu64
           " messages, %.2f s\n",
           what, bytes, limit, messages, seconds() - from);
    if (mom_engine_fingerprint(nodes[0].engine) != mom_engine_fingerprint(nodes[1].engine)) {
        fprintf(stderr, "the nodes have not the same records\n");
        exit(1);
    }
    bytes = messages = 0;
}

static void again(const char *what, unsigned changes, uint64_t limit)
{
    double from;

    link_nodes(false);
    change(changes);
    bytes = messages = 0;
    from = seconds();
    link_nodes(true);
    report(what, from, limit);
}

int main(int argc, char **argv)
{
    unsigned pairs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    double from;

    for (unsigned i = 0; i < 2; i++)
        open_node(i);
    for (unsigned i = 0; i < 2; i++) {
        struct mom_input in = {
            .kind = MOM_IN_NODE_ADD, .node = FIRST_NODE + 1 - i, .name = {"other", 5}};

        add(i, &in);
        step(i);
    }
    load(pairs);
    printf("sync      %u users and devices, %zu bytes as AXI text\n", pairs, text_bytes);
    bytes = messages = 0;
    from = seconds();
    link_nodes(true);
    report("first synchronisation", from, (uint64_t)pairs * 750);
    again("nothing changed", 0, 250);
    again("10 changes", 10, 2048);
    again("1000 changes", 1000, 102400);
    for (unsigned i = 0; i < 2; i++)
        close_node(i);
    return 0;
}
