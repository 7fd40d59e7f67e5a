/*
 * What merging and changing cost beside bare LMDB, in one run on one disk.
 *
 *   merge    records of a neighbour, a message a step, into a store; beside putting the rows that came of it
 *            into an empty environment in as many transactions
 *   single   durable updates one by one; beside one put a transaction
 *   grouped  updates of 8 writers that wait for each other's commit; beside 100 puts a transaction
 *   memory   what an engine with all records holds, in bytes a record
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

enum { FIRST_NODE = 0x01000001, TABLES = MOM_T_COUNT, UPDATES = 1000, WRITERS = 8, GROUP = 100 };

static struct mom_now now = {1000, INT64_C(1700000000000)};

static void die(const char *what, int rc)
{
    fprintf(stderr, "%s: %d %s\n", what, rc, mom_err_text(rc));
    exit(1);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- memory through the hook ------------------------------------------------------------------- */

struct counted {
    size_t size;
    max_align_t bytes[];
};

static size_t held;

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
    snprintf(folder, 64, "/tmp/bench_store.XXXXXX");
    if (!mkdtemp(folder))
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

static void open_node(struct node *node, unsigned number, bool memory)
{
    struct mom_config config = {.size = sizeof config, .node = FIRST_NODE + number};
    struct mom_lmdb_options options = {.path = node->folder};
    struct mom_input in = {
        .kind = MOM_IN_NODE_ADD, .node = FIRST_NODE + 1 - number, .name = {"n", 1}};
    int rc;

    if (!memory) {
        make_folder(node->folder);
        config.alloc = (struct mom_alloc){NULL, count_realloc, count_free};
        rc = mom_store_lmdb_open(&options, &config.store);
    } else {
        rc = mom_store_memory_new(NULL, &config.store);
    }
    if (rc == MOM_OK)
        rc = mom_engine_new(&config, &now, &node->engine);
    if (rc != MOM_OK)
        die("open", rc);
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

struct merged {
    double seconds;
    unsigned steps;
};

/* Pass what one node has to say to the other; true when there was something. */
static bool pass(struct node *from, struct node *to, struct merged *timed)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_action a;
    double start;

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
    start = seconds();
    step(to, batch);
    if (timed) {
        timed->seconds += seconds() - start;
        timed->steps++;
    }
    mom_batch_free(batch);
    return true;
}

static struct merged merge(struct node *source, struct node *target)
{
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = FIRST_NODE + 1};
    struct merged timed = {0, 0};

    one(source, &up);
    up.node = FIRST_NODE;
    up.yes = true;
    one(target, &up);
    while (pass(target, source, NULL) | pass(source, target, &timed)) {
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
#define NAME(id, name) name,
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

/* Every transaction takes its share of each table, as the steps did. */
static double put_rows(const struct rows *rows, unsigned transactions)
{
    char folder[64];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi[TABLES];
    size_t from[TABLES + 1] = {0};
    double start;

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
    start = seconds();
    for (unsigned n = 0; n < transactions; n++) {
        check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        for (unsigned t = 0; t < TABLES; t++) {
            size_t count = from[t + 1] - from[t];

            for (size_t i = count * n / transactions; i < count * (n + 1) / transactions; i++) {
                struct row *row = &rows->rows[from[t] + i];

                check(mdb_put(txn, dbi[t], &row->key, &row->value, 0), "put");
            }
        }
        check(mdb_txn_commit(txn), "commit");
    }
    start = seconds() - start;
    mdb_env_close(env);
    remove_folder(folder);
    return start;
}

/* --- updates ------------------------------------------------------------------------------------ */

static double update(struct node *node, unsigned pairs, unsigned writers)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    double start = seconds();

    for (unsigned i = 0; i < UPDATES;) {
        mom_batch_reset(batch);
        for (unsigned w = 0; w < writers; w++, i++) {
            char text[32];
            struct mom_attr attr = {{"hierarchy2", 10}, {text, 0}};
            struct mom_input in = {.kind = MOM_IN_CHANGE, .attrs = &attr, .attr_count = 1};

            attr.value.len = (size_t)snprintf(text, sizeof text, "Room %u-%u", i, writers);
            in.id = (uint64_t)1 << 40 | (2 * (uint64_t)(i * 37 % pairs) + 2);
            if (mom_batch_add(batch, &in) != MOM_OK)
                exit(1);
        }
        step(node, batch);
        drop_actions(node);
    }
    mom_batch_free(batch);
    return seconds() - start;
}

static double put_updates(const struct rows *rows, unsigned a_transaction)
{
    char folder[64];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    size_t first = 0, count = 0;
    double start;

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
    start = seconds();
    for (unsigned i = 0; i < UPDATES;) {
        check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        for (unsigned n = 0; n < a_transaction; n++, i++) {
            struct row *row = &rows->rows[first + (size_t)i * 37 % count];

            check(mdb_put(txn, dbi, &row->key, &row->value, 0), "put");
        }
        check(mdb_txn_commit(txn), "commit");
    }
    start = seconds() - start;
    mdb_env_close(env);
    remove_folder(folder);
    return start;
}

int main(int argc, char **argv)
{
    unsigned pairs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50000;
    struct node source = {.folder = ""}, target = {.folder = ""};
    struct rows rows = {NULL, 0, 0, 0};
    struct merged merged;
    double bare, single, grouped, bare_single, bare_grouped;
    size_t memory;

    open_node(&source, 0, true);
    load(&source, pairs);
    open_node(&target, 1, false);
    merged = merge(&source, &target);
    mom_engine_free(source.engine);
    if (mom_engine_reload(target.engine, &now) != MOM_OK)
        exit(1);
    memory = held;
    single = update(&target, pairs, 1);
    grouped = update(&target, pairs, WRITERS);
    mom_engine_free(target.engine);
    read_rows(target.folder, &rows);
    remove_folder(target.folder);
    bare = put_rows(&rows, merged.steps);
    bare_single = put_updates(&rows, 1);
    bare_grouped = put_updates(&rows, GROUP);
    printf("merge     %u records in %u steps: %.2f s (%.0f/s); %zu rows of %zu bytes bare: %.2f s; "
           "rate %.2f of it (asked: 0.5)\n",
           2 * pairs, merged.steps, merged.seconds, 2 * pairs / merged.seconds, rows.count,
           rows.bytes, bare, bare / merged.seconds);
    printf("single    %.0f durable updates/s; bare %.0f; rate %.2f of it (asked: 0.8)\n",
           UPDATES / single, UPDATES / bare_single, bare_single / single);
    printf("grouped   %.0f updates/s of %d writers; bare, %d a transaction, %.0f; rate %.2f of it "
           "(asked: 0.5)\n",
           UPDATES / grouped, WRITERS, GROUP, UPDATES / bare_grouped, bare_grouped / grouped);
    printf("memory    %zu bytes with %u records: %.1f a record\n", memory, 2 * pairs,
           (double)memory / (2.0 * pairs));
    return 0;
}
