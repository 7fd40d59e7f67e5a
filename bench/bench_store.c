/*
 * What merging and changing cost beside bare LMDB, in one run on one disk.
 *
 *   merge    records of a neighbour, as messages come, into a store; beside putting the rows that came of it
 *            into an empty environment in as many transactions
 *   single   durable updates one by one; beside one put a transaction
 *   grouped  updates of 8 writers that do not wait for each answer: what is there is one step; beside 100 puts a
 *            transaction. What 8 writers get that do wait, each for its own, is told too: that is a sync for 8
 *   memory   what an engine with all records holds after the merge (most of it buffers that are kept), at most during
 *            it, and when it was opened again
 *
 * Both sides are on the disk of TMPDIR (/tmp). Beside the time that passed stands the time of the processor (user and
 * system), which a loaded machine and a slow disk do not change much.
 *
 *     bench_store [PAIRS]
 */
#include "pairs.h"

#include <momsync/momsync.h>

#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_NODE = 0x01000001,
    TABLES = MOM_T_COUNT,
    UPDATES = 1000,
    WRITERS = 8,
    UNDERWAY = 12, /* updates of a writer that wait for their answers */
    GROUP = 100
};

static struct mom_now now = {1000, INT64_C(1700000000000)};

static void die(const char *what, int rc)
{
    fprintf(stderr, "%s: %d %s\n", what, rc, mom_err_text(rc));
    exit(1);
}

/* Seconds that passed, and of the processor. */
struct cost {
    double wall, cpu;
};

static double read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct cost cost_now(void)
{
    return (struct cost){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct cost cost_since(struct cost start)
{
    struct cost end = cost_now();

    return (struct cost){end.wall - start.wall, end.cpu - start.cpu};
}

/* --- memory through the hook ------------------------------------------------------------------- */

struct counted {
    size_t size;
    max_align_t bytes[];
};

static size_t held, most_held;

static void *count_realloc(void *user, void *ptr, size_t size)
{
    struct counted *old = ptr ? (struct counted *)((char *)ptr - sizeof(struct counted)) : NULL;
    struct counted *p;

    (void)user;
    held -= old ? old->size : 0;
    p = realloc(old, sizeof *p + size);
    if (!p)
        exit(1);
    p->size = size;
    held += size;
    most_held = held > most_held ? held : most_held;
    return p->bytes;
}

static void count_free(void *user, void *ptr)
{
    struct counted *p = ptr ? (struct counted *)((char *)ptr - sizeof(struct counted)) : NULL;

    (void)user;
    held -= p ? p->size : 0;
    free(p);
}

/* --- nodes -------------------------------------------------------------------------------------- */

struct node {
    struct mom_engine *engine;
    char folder[64];
};

static void make_folder(char folder[64])
{
    const char *tmp = getenv("TMPDIR");

    if (snprintf(folder, 64, "%s/bench_store.XXXXXX", tmp ? tmp : "/tmp") >= 64 || !mkdtemp(folder))
        exit(1);
}

static void remove_folder(const char *folder)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    char path[128];

    for (unsigned f = 0; f < 3; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[f]);
        unlink(path);
    }
    rmdir(folder);
}

static void step(struct node *node, const struct mom_batch *batch)
{
    int rc;

    now.mono_ms++;
    now.wall_ms++;
    rc = mom_engine_step(node->engine, &now, batch);
    if (rc != MOM_OK)
        die("step", rc);
}

static void drop_actions(struct node *node)
{
    struct mom_action a;

    while (mom_engine_next_action(node->engine, &a)) {
    }
}

static void one(struct node *node, const struct mom_input *in)
{
    struct mom_batch *batch = mom_batch_new(NULL);

    if (!batch || mom_batch_add(batch, in) != MOM_OK)
        exit(1);
    step(node, batch);
    mom_batch_free(batch);
}

/* With a folder it is on the disk, else in memory. */
static void open_node(struct node *node, unsigned number, unsigned pairs)
{
    struct mom_config config = {.size = sizeof config, .node = FIRST_NODE + number};
    struct mom_lmdb_options options = {.path = node->folder};
    int rc;

    config.limits.users = config.limits.devices = config.limits.site_devices = pairs;
    if (node->folder[0]) {
        config.alloc = (struct mom_alloc){NULL, count_realloc, count_free};
        rc = mom_store_lmdb_open(&options, &config.store);
    } else {
        rc = mom_store_memory_new(NULL, &config.store);
    }
    if (rc == MOM_OK)
        rc = mom_engine_new(&config, &now, &node->engine);
    if (rc != MOM_OK)
        die("open", rc);
    drop_actions(node);
}

static void add_neighbour(struct node *node, unsigned number)
{
    struct mom_input in = {
        .kind = MOM_IN_NODE_ADD, .node = FIRST_NODE + 1 - number, .name = {"n", 1}};

    one(node, &in);
    drop_actions(node);
}

/* The source is in memory, so that only the merging one is on the disk. */
static void load(struct node *node, unsigned pairs)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 1, .name = {"site", 4}};

    one(node, &in);
    in.kind = MOM_IN_IDENTIFIED;
    in.park = (struct mom_park){31, 0x10280001};
    drop_actions(node);
    one(node, &in);
    drop_actions(node);
    in.kind = MOM_IN_IMPORT;
    one(node, &in);
    for (unsigned i = 0; i < 2 * pairs; i++) {
        struct pair_half half;
        struct mom_input record = {.kind = MOM_IN_RECORD, .site = 1, .local = i / 2 + 1};

        record.type = i % 2 ? MOM_USER : MOM_DEVICE;
        if (i % 2)
            pair_user(i / 2, &half);
        else
            pair_device(i / 2, &half);
        record.attrs = half.attrs;
        record.attr_count = half.count;
        record.times_ms[MOM_ADMIN] = now.wall_ms - 1000;
        if (mom_batch_add(batch, &record) != MOM_OK)
            exit(1);
        if (i % 1000 != 999 && i + 1 != 2 * pairs)
            continue;
        step(node, batch);
        drop_actions(node);
        mom_batch_reset(batch);
    }
    in.kind = MOM_IN_DOWN;
    one(node, &in);
    drop_actions(node);
    mom_batch_free(batch);
}

/* --- merge -------------------------------------------------------------------------------------- */

/* Pass what one node has to say to the other; true when there was something. */
static bool pass(struct node *from, struct node *to, struct cost *timed)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_action a;
    struct cost start, took;

    while (mom_engine_next_action(from->engine, &a)) {
        struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .value = a.text};

        in.node = timed ? FIRST_NODE : FIRST_NODE + 1;
        if (a.kind == MOM_DO_NODE_BYTES && mom_batch_add(batch, &in) != MOM_OK)
            exit(1);
    }
    if (mom_batch_count(batch) == 0) {
        mom_batch_free(batch);
        return false;
    }
    start = cost_now();
    step(to, batch);
    took = cost_since(start);
    if (timed) {
        timed->wall += took.wall;
        timed->cpu += took.cpu;
    }
    mom_batch_free(batch);
    return true;
}

static struct cost merge(struct node *source, struct node *target)
{
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = FIRST_NODE + 1};
    struct cost timed = {0, 0};

    one(source, &up);
    up.node = FIRST_NODE;
    up.yes = true;
    one(target, &up);
    while (pass(target, source, NULL) | pass(source, target, &timed)) {
    }
    if (mom_engine_fingerprint(source->engine) != mom_engine_fingerprint(target->engine)) {
        fprintf(stderr, "the two nodes differ after the merge\n");
        exit(1);
    }
    return timed;
}

/* --- the same rows, bare ------------------------------------------------------------------------ */

struct row {
    unsigned table;
    MDB_val key, value;
};

struct rows {
    struct row *rows;
    size_t count, size, bytes;
};

static void check(int rc, const char *what)
{
    if (rc == MDB_SUCCESS)
        return;
    fprintf(stderr, "%s: %s\n", what, mdb_strerror(rc));
    exit(1);
}

static MDB_val copy(MDB_val from)
{
    MDB_val to = {from.mv_size, malloc(from.mv_size ? from.mv_size : 1)};

    if (!to.mv_data)
        exit(1);
    memcpy(to.mv_data, from.mv_data, from.mv_size);
    return to;
}

static const char *const tables[] = {
#define NAME(id, name, key, value, source) name,
    MOM_TABLES(NAME)
#undef NAME
};

static MDB_env *open_env(const char *folder)
{
    MDB_env *env;

    check(mdb_env_create(&env), "create");
    check(mdb_env_set_mapsize(env, (size_t)2 << 30), "map");
    check(mdb_env_set_maxdbs(env, TABLES), "tables");
    check(mdb_env_open(env, folder, MDB_NOTLS, 0600), "open");
    return env;
}

/* How many transactions wrote to the environment since it was made. */
static unsigned transactions(const char *folder)
{
    MDB_env *env = open_env(folder);
    MDB_envinfo info;

    check(mdb_env_info(env, &info), "info");
    mdb_env_close(env);
    return (unsigned)info.me_last_txnid;
}

static void read_rows(const char *folder, struct rows *rows)
{
    MDB_env *env = open_env(folder);
    MDB_txn *txn;

    check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
    for (unsigned t = 0; t < TABLES; t++) {
        MDB_cursor *cursor;
        MDB_dbi dbi;
        MDB_val k, v;

        check(mdb_dbi_open(txn, tables[t], 0, &dbi), tables[t]);
        check(mdb_cursor_open(txn, dbi, &cursor), "cursor");
        while (mdb_cursor_get(cursor, &k, &v, MDB_NEXT) == MDB_SUCCESS) {
            if (rows->count == rows->size) {
                rows->size = rows->size ? 2 * rows->size : 1024;
                rows->rows = realloc(rows->rows, rows->size * sizeof *rows->rows);
                if (!rows->rows)
                    exit(1);
            }
            rows->rows[rows->count++] = (struct row){t, copy(k), copy(v)};
            rows->bytes += k.mv_size + v.mv_size;
        }
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

static size_t count_rows(const struct rows *rows, unsigned table)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++)
        count += rows->rows[i].table == table;
    return count;
}

/* Every transaction takes its share of each table, as the steps did. */
static struct cost put_rows(const struct rows *rows, unsigned steps)
{
    char folder[64];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi[TABLES];
    size_t from[TABLES + 1] = {0};
    struct cost start;

    make_folder(folder);
    env = open_env(folder);
    check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    for (unsigned t = 0; t < TABLES; t++)
        check(mdb_dbi_open(txn, tables[t], MDB_CREATE, &dbi[t]), tables[t]);
    check(mdb_txn_commit(txn), "commit");
    for (size_t i = 0; i < rows->count; i++)
        from[rows->rows[i].table + 1] = i + 1;
    for (unsigned t = 0; t < TABLES; t++)
        from[t + 1] = from[t + 1] > from[t] ? from[t + 1] : from[t];
    start = cost_now();
    for (unsigned n = 0; n < steps; n++) {
        check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        for (unsigned t = 0; t < TABLES; t++) {
            size_t count = from[t + 1] - from[t];

            for (size_t i = count * n / steps; i < count * (n + 1) / steps; i++) {
                struct row *row = &rows->rows[from[t] + i];

                check(mdb_put(txn, dbi[t], &row->key, &row->value, 0), "put");
            }
        }
        check(mdb_txn_commit(txn), "commit");
    }
    start = cost_since(start);
    mdb_env_close(env);
    remove_folder(folder);
    return start;
}

/* --- updates ------------------------------------------------------------------------------------ */

static struct cost update(struct node *node, unsigned pairs, unsigned a_step)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct cost start = cost_now();

    for (unsigned i = 0; i < UPDATES;) {
        mom_batch_reset(batch);
        for (unsigned n = 0; n < a_step && i < UPDATES; n++, i++) {
            char text[32];
            struct mom_attr attr = {{"hierarchy2", 10}, {text, 0}};
            struct mom_input in = {.kind = MOM_IN_CHANGE, .attrs = &attr, .attr_count = 1};

            attr.value.len = (size_t)snprintf(text, sizeof text, "Room %u-%u", i, a_step);
            in.id = (uint64_t)1 << 40 | (2 * (uint64_t)(i * 37 % pairs) + 2);
            if (mom_batch_add(batch, &in) != MOM_OK)
                exit(1);
        }
        step(node, batch);
        drop_actions(node);
    }
    mom_batch_free(batch);
    return cost_since(start);
}

static struct cost put_updates(const struct rows *rows, unsigned a_transaction)
{
    char folder[64];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    size_t first = 0, count = 0;
    struct cost start;

    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].table == MOM_T_RECORD && count++ == 0)
            first = i;
    }
    if (count == 0)
        exit(1);
    make_folder(folder);
    env = open_env(folder);
    check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    check(mdb_dbi_open(txn, "record", MDB_CREATE, &dbi), "record");
    for (size_t i = 0; i < count; i++)
        check(mdb_put(txn, dbi, &rows->rows[first + i].key, &rows->rows[first + i].value, 0),
              "put");
    check(mdb_txn_commit(txn), "commit");
    start = cost_now();
    for (unsigned i = 0; i < UPDATES;) {
        check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        for (unsigned n = 0; n < a_transaction; n++, i++) {
            struct row *row = &rows->rows[first + (size_t)i * 37 % count];

            check(mdb_put(txn, dbi, &row->key, &row->value, 0), "put");
        }
        check(mdb_txn_commit(txn), "commit");
    }
    start = cost_since(start);
    mdb_env_close(env);
    remove_folder(folder);
    return start;
}

/* How much of the rate of bare LMDB, by the clock and by the processor's time. */
static void tell_rate(struct cost ours, struct cost bare, const char *asked)
{
    printf(" rate %.2f of it by the clock, %.2f by processor time%s\n", bare.wall / ours.wall,
           bare.cpu / ours.cpu, asked);
}

static void tell_updates(const char *what, struct cost ours, struct cost bare,
                         unsigned a_transaction, const char *asked)
{
    printf("%-9s %.0f durable updates/s (%.0f us of processor each); bare, %u a transaction, %.0f "
           "(%.0f us);",
           what, UPDATES / ours.wall, ours.cpu / UPDATES * 1e6, a_transaction, UPDATES / bare.wall,
           bare.cpu / UPDATES * 1e6);
    tell_rate(ours, bare, asked);
}

int main(int argc, char **argv)
{
    unsigned pairs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50000, steps;
    struct node source = {.folder = ""}, target = {.folder = ""};
    struct rows rows = {NULL, 0, 0, 0};
    struct cost merged, bare, single, shared, grouped, bare_single, bare_grouped;
    size_t kept, most, opened;

    open_node(&source, 0, pairs);
    add_neighbour(&source, 0);
    load(&source, pairs);
    make_folder(target.folder);
    open_node(&target, 1, pairs);
    add_neighbour(&target, 1);
    mom_engine_free(target.engine);
    steps = transactions(target.folder);
    open_node(&target, 1, pairs);
    merged = merge(&source, &target);
    kept = held;
    most = most_held;
    mom_engine_free(source.engine);
    mom_engine_free(target.engine);
    steps = transactions(target.folder) - steps;
    read_rows(target.folder, &rows);
    if (count_rows(&rows, MOM_T_RECORD) != 2 * (size_t)pairs) {
        fprintf(stderr, "not all records were merged\n");
        exit(1);
    }
    open_node(&target, 1, pairs);
    opened = held;
    single = update(&target, pairs, 1);
    shared = update(&target, pairs, WRITERS);
    grouped = update(&target, pairs, WRITERS * UNDERWAY);
    mom_engine_free(target.engine);
    remove_folder(target.folder);
    bare = put_rows(&rows, steps);
    bare_single = put_updates(&rows, 1);
    bare_grouped = put_updates(&rows, GROUP);
    printf("merge     %u records in %u steps: %.2f s, %.2f s of processor (%.0f/s); %zu rows of "
           "%zu bytes bare: "
           "%.2f s, %.2f s;",
           2 * pairs, steps, merged.wall, merged.cpu, 2 * pairs / merged.wall, rows.count,
           rows.bytes, bare.wall, bare.cpu);
    tell_rate(merged, bare, " (asked: 0.5)");
    tell_updates("single", single, bare_single, 1, " (asked: 0.8)");
    tell_updates("grouped", grouped, bare_grouped, GROUP, " (asked: 0.5)");
    tell_updates("waiting", shared, bare_grouped, GROUP, "");
    printf("memory    %zu bytes after the merge of %u records (%.1f each), %zu at most during it "
           "(%.1f each); "
           "opened again %zu\n",
           kept, 2 * pairs, (double)kept / (2.0 * pairs), most, (double)most / (2.0 * pairs),
           opened);
    return 0;
}
