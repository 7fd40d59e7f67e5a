/*
 * Noting the puts of a store, and giving them to bare LMDB.
 */
#include "bare.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const tables[MOM_T_COUNT] = {
#define NAME(id, name, key, value, source) name,
    MOM_TABLES(NAME)
#undef NAME
};

static void *must(void *ptr)
{
    if (!ptr) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return ptr;
}

/* --- costs and folders -------------------------------------------------------------------------- */

static double read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct cost cost_now(void)
{
    return (struct cost){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

void cost_add(struct cost *sum, struct cost start)
{
    struct cost end = cost_now();

    sum->wall += end.wall - start.wall;
    sum->cpu += end.cpu - start.cpu;
}

void folder_make(char folder[BENCH_FOLDER])
{
    const char *tmp = getenv("TMPDIR");
    int len = snprintf(folder, BENCH_FOLDER, "%s/bench_store.XXXXXX", tmp ? tmp : "/tmp");

    if (len >= BENCH_FOLDER || !mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
}

void folder_remove(const char *folder)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    char path[2 * BENCH_FOLDER];

    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[f]);
        unlink(path);
    }
    rmdir(folder);
}

/* --- noting ------------------------------------------------------------------------------------- */

struct noting {
    struct mom_store inner;
    struct puts *puts;
};

/* One writes at a time, so the transaction is part of the store. */
struct noting_txn {
    struct noting *noting;
    struct mom_txn *inner;
    size_t begun; /* how many puts there were before it */
};

static struct noting_txn *mine(struct mom_txn *txn)
{
    return (struct noting_txn *)(void *)txn;
}

static int note_begin(void *store, bool write, struct mom_txn **ret_txn)
{
    struct noting *noting = store;
    struct noting_txn *txn = must(malloc(sizeof *txn));
    int rc;

    *txn = (struct noting_txn){noting, NULL, noting->puts->count};
    rc = noting->inner.ops->begin(noting->inner.store, write, &txn->inner);
    if (rc == MOM_OK)
        *ret_txn = (struct mom_txn *)(void *)txn;
    else
        free(txn);
    return rc;
}

static int note_get(struct mom_txn *t, enum mom_table table, struct mom_str key,
                    struct mom_str *ret_value)
{
    return mine(t)->noting->inner.ops->get(mine(t)->inner, table, key, ret_value);
}

static size_t note_bytes(struct puts *puts, struct mom_str bytes)
{
    size_t at = puts->used;

    while (puts->room - at < bytes.len) {
        puts->room = puts->room ? 2 * puts->room : 1 << 20;
        puts->bytes = must(realloc(puts->bytes, puts->room));
    }
    if (bytes.len > 0)
        memcpy(puts->bytes + at, bytes.ptr, bytes.len);
    puts->used += bytes.len;
    return at;
}

static int note_put(struct mom_txn *t, enum mom_table table, struct mom_str key,
                    struct mom_str value)
{
    struct puts *puts = mine(t)->noting->puts;
    struct put *put;

    if (puts->count == puts->size) {
        puts->size = puts->size ? 2 * puts->size : 1024;
        puts->list = must(realloc(puts->list, puts->size * sizeof *puts->list));
    }
    put = &puts->list[puts->count++];
    put->table = table;
    put->key_len = key.len;
    put->value_len = value.len;
    put->key = note_bytes(puts, key);
    put->value = note_bytes(puts, value);
    return mine(t)->noting->inner.ops->put(mine(t)->inner, table, key, value);
}

static int note_del(struct mom_txn *t, enum mom_table table, struct mom_str key)
{
    return mine(t)->noting->inner.ops->del(mine(t)->inner, table, key);
}

static int note_scan(struct mom_txn *t, enum mom_table table, struct mom_str from, mom_visit *visit,
                     void *user)
{
    return mine(t)->noting->inner.ops->scan(mine(t)->inner, table, from, visit, user);
}

static int note_count(struct mom_txn *t, enum mom_table table, uint64_t *ret_count)
{
    return mine(t)->noting->inner.ops->count(mine(t)->inner, table, ret_count);
}

static int note_commit(struct mom_txn *t)
{
    struct noting_txn *txn = mine(t);
    struct puts *puts = txn->noting->puts;
    int rc = txn->noting->inner.ops->commit(txn->inner);

    if (puts->transactions == puts->ends_size) {
        puts->ends_size = puts->ends_size ? 2 * puts->ends_size : 256;
        puts->ends = must(realloc(puts->ends, puts->ends_size * sizeof *puts->ends));
    }
    puts->ends[puts->transactions++] = puts->count;
    free(txn);
    return rc;
}

static void note_abort(struct mom_txn *t)
{
    struct noting_txn *txn = mine(t);

    txn->noting->puts->count = txn->begun;
    txn->noting->inner.ops->abort(txn->inner);
    free(txn);
}

static void note_close(void *store)
{
    struct noting *noting = store;

    noting->inner.ops->close(noting->inner.store);
    free(noting);
}

static int note_grow(void *store)
{
    struct noting *noting = store;

    return noting->inner.ops->grow(noting->inner.store);
}

static const struct mom_store_ops noting_ops = {
    .begin = note_begin,
    .get = note_get,
    .put = note_put,
    .del = note_del,
    .scan = note_scan,
    .count = note_count,
    .commit = note_commit,
    .abort = note_abort,
    .close = note_close,
    .grow = note_grow,
};

struct mom_store puts_note(struct mom_store inner, struct puts *puts)
{
    struct noting *noting = must(malloc(sizeof *noting));

    *noting = (struct noting){inner, puts};
    return (struct mom_store){&noting_ops, noting};
}

void puts_done(struct puts *puts)
{
    free(puts->list);
    free(puts->ends);
    free(puts->bytes);
    *puts = (struct puts){NULL};
}

/* --- the peer ----------------------------------------------------------------------------------- */

struct bare {
    char folder[BENCH_FOLDER];
    MDB_env *env;
    MDB_dbi dbi[MOM_T_COUNT];
    const struct puts *puts;
    size_t *records; /* number of the last put of a record, by the number in its id */
};

static void check(int rc, const char *what)
{
    if (rc == MDB_SUCCESS)
        return;
    fprintf(stderr, "%s: %s\n", what, mdb_strerror(rc));
    exit(1);
}

static uint64_t number_of(const unsigned char *key)
{
    uint64_t number = 0;

    for (unsigned i = 3; i < 8; i++) /* behind the node */
        number = number << 8 | key[i];
    return number;
}

static void find_records(struct bare *bare)
{
    const struct puts *puts = bare->puts;

    bare->records = must(calloc(puts->count + 1, sizeof *bare->records));
    for (size_t i = 0; i < puts->count; i++) {
        const struct put *p = &puts->list[i];

        if (p->table == MOM_T_RECORD)
            bare->records[number_of((unsigned char *)puts->bytes + p->key)] = i;
    }
}

struct bare *bare_new(const struct puts *puts)
{
    struct bare *bare = must(calloc(1, sizeof *bare));
    MDB_txn *txn;

    bare->puts = puts;
    find_records(bare);
    folder_make(bare->folder);
    check(mdb_env_create(&bare->env), "create");
    check(mdb_env_set_mapsize(bare->env, (size_t)2 << 30), "map");
    check(mdb_env_set_maxdbs(bare->env, MOM_T_COUNT), "tables");
    check(mdb_env_open(bare->env, bare->folder, MDB_NOTLS, 0600), "open");
    check(mdb_txn_begin(bare->env, NULL, 0, &txn), "begin");
    for (unsigned t = 0; t < MOM_T_COUNT; t++)
        check(mdb_dbi_open(txn, tables[t], MDB_CREATE, &bare->dbi[t]), tables[t]);
    check(mdb_txn_commit(txn), "commit");
    return bare;
}

void bare_free(struct bare *bare)
{
    mdb_env_close(bare->env);
    folder_remove(bare->folder);
    free(bare->records);
    free(bare);
}

static void put(const struct bare *bare, MDB_txn *txn, size_t i)
{
    const struct put *p = &bare->puts->list[i];
    MDB_val key = {p->key_len, bare->puts->bytes + p->key};
    MDB_val value = {p->value_len, bare->puts->bytes + p->value};

    check(mdb_put(txn, bare->dbi[p->table], &key, &value, 0), "put");
}

void bare_repeat(struct bare *bare, size_t n)
{
    MDB_txn *txn;

    check(mdb_txn_begin(bare->env, NULL, 0, &txn), "begin");
    for (size_t i = n > 0 ? bare->puts->ends[n - 1] : 0; i < bare->puts->ends[n]; i++)
        put(bare, txn, i);
    check(mdb_txn_commit(txn), "commit");
}

void bare_update(struct bare *bare, const uint64_t *numbers, size_t count)
{
    MDB_txn *txn;

    check(mdb_txn_begin(bare->env, NULL, 0, &txn), "begin");
    for (size_t n = 0; n < count; n++)
        put(bare, txn, bare->records[numbers[n]]);
    check(mdb_txn_commit(txn), "commit");
}
