/*
 * The conformance suite of the store seam, run on every store: what a host's own store must do too.
 *
 * Besides single rules, random operations are compared with an oracle that is nothing but an array
 * of every possible key. What only one store has (crash, grow, lock, reopen) stands at the end.
 */
#define _GNU_SOURCE 1 /* mkdtemp, nftw */

#include "core_support.h"

#include "keys.h"
#include "schema.h"
#include "store_mem.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEYS = 300, ROUNDS = 60, STEPS = 120 };

struct fixture {
    struct mom_store store;
    char dir[64]; /* empty: memory */
    struct counter memory;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void dir_make(char *dir, size_t size)
{
    snprintf(dir, size, "%s/momsync-test-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static void dir_remove(const char *dir)
{
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int lmdb_open(const char *dir, uint64_t map_size, struct mom_store *ret_store)
{
    struct mom_lmdb_options options = {.path = dir, .map_size = map_size};
    return mom_store_lmdb_open(&options, ret_store);
}

static int setup_memory(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct mom_alloc alloc = counting(&f->memory);
    assert_int_equal(mom_store_memory_new(&alloc, &f->store), MOM_OK);
    *state = f;
    return 0;
}

static int setup_lmdb(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    dir_make(f->dir, sizeof f->dir);
    assert_int_equal(lmdb_open(f->dir, 64 << 20, &f->store), MOM_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    f->store.ops->close(f->store.store);
    assert_int_equal(f->memory.live, 0);
    if (f->dir[0] != '\0')
        dir_remove(f->dir);
    free(f);
    return 0;
}

/* --- short words ------------------------------------------------------------------------------ */

static struct mom_txn *begin(struct fixture *f, bool write)
{
    struct mom_txn *txn = NULL;
    assert_int_equal(f->store.ops->begin(f->store.store, write, &txn), MOM_OK);
    assert_non_null(txn);
    return txn;
}

static void put(struct fixture *f, struct mom_txn *txn, enum mom_table table, const char *key,
                const char *value)
{
    assert_int_equal(f->store.ops->put(txn, table, mom__str(key), mom__str(value)), MOM_OK);
}

static void check(struct fixture *f, struct mom_txn *txn, enum mom_table table, const char *key,
                  const char *value)
{
    struct mom_str found = {NULL, 0};
    int rc = f->store.ops->get(txn, table, mom__str(key), &found);
    assert_int_equal(rc, value != NULL ? MOM_OK : MOM_ENOENT);
    if (value != NULL)
        assert_str(found, value);
}

static void commit(struct fixture *f, struct mom_txn *txn)
{
    assert_int_equal(f->store.ops->commit(txn), MOM_OK);
}

/* --- rules for every store -------------------------------------------------------------------- */

static void writer_sees_its_writes_and_commit_keeps_them(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    check(f, txn, MOM_T_RECORD, "a", NULL);
    put(f, txn, MOM_T_RECORD, "a", "one");
    check(f, txn, MOM_T_RECORD, "a", "one");
    put(f, txn, MOM_T_RECORD, "a", "");
    check(f, txn, MOM_T_RECORD, "a", "");
    put(f, txn, MOM_T_RECORD, "a", "two");
    check(f, txn, MOM_T_LOCAL, "a", NULL);
    commit(f, txn);
    txn = begin(f, false);
    check(f, txn, MOM_T_RECORD, "a", "two");
    f->store.ops->abort(txn);
}

static void abort_drops_everything(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_SITE, "a", "one");
    put(f, txn, MOM_T_SITE, "b", "one");
    commit(f, txn);
    txn = begin(f, true);
    put(f, txn, MOM_T_SITE, "a", "two");
    put(f, txn, MOM_T_SITE, "c", "two");
    assert_int_equal(f->store.ops->del(txn, MOM_T_SITE, mom__str("b")), MOM_OK);
    f->store.ops->abort(txn);
    txn = begin(f, true);
    check(f, txn, MOM_T_SITE, "a", "one");
    check(f, txn, MOM_T_SITE, "b", "one");
    check(f, txn, MOM_T_SITE, "c", NULL);
    f->store.ops->abort(txn);
}

static void del_of_a_missing_key_is_told_and_harmless(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_SITE, "a", "one");
    assert_int_equal(f->store.ops->del(txn, MOM_T_SITE, mom__str("b")), MOM_ENOENT);
    assert_int_equal(f->store.ops->del(txn, MOM_T_SITE, mom__str("a")), MOM_OK);
    assert_int_equal(f->store.ops->del(txn, MOM_T_SITE, mom__str("a")), MOM_ENOENT);
    commit(f, txn);
}

static void reader_keeps_the_state_of_its_begin(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_BASE, "a", "one");
    commit(f, txn);
    struct mom_txn *reader = begin(f, false);
    txn = begin(f, true);
    put(f, txn, MOM_T_BASE, "a", "two");
    put(f, txn, MOM_T_BASE, "b", "two");
    check(f, reader, MOM_T_BASE, "a", "one");
    commit(f, txn);
    check(f, reader, MOM_T_BASE, "a", "one");
    check(f, reader, MOM_T_BASE, "b", NULL);
    struct mom_txn *later = begin(f, false);
    check(f, later, MOM_T_BASE, "a", "two");
    commit(f, later);
    f->store.ops->abort(reader);
}

static void misuse_is_refused_and_spoils_nothing(void **state)
{
    struct fixture *f = *state;
    const struct mom_store_ops *ops = f->store.ops;
    char long_key[512];
    memset(long_key, 'k', sizeof long_key);
    struct mom_str longest = {long_key, 511}, too_long = {long_key, 512}, empty = {"", 0}, found;
    struct mom_txn *txn = begin(f, true), *second;
    assert_int_equal(ops->begin(f->store.store, true, &second), MOM_ESTATE);
    assert_int_equal(ops->put(txn, MOM_T_META, too_long, mom__str("v")), MOM_EINVAL);
    assert_int_equal(ops->put(txn, MOM_T_META, empty, mom__str("v")), MOM_EINVAL);
    assert_int_equal(ops->get(txn, MOM_T_META, too_long, &found), MOM_EINVAL);
    assert_int_equal(ops->get(txn, MOM_T_COUNT, longest, &found), MOM_EINVAL);
    assert_int_equal(ops->put(txn, MOM_T_META, longest, mom__str("v")), MOM_OK);
    commit(f, txn);
    txn = begin(f, false);
    assert_int_equal(ops->get(txn, MOM_T_META, longest, &found), MOM_OK);
    assert_int_equal(ops->put(txn, MOM_T_META, longest, mom__str("w")), MOM_ESTATE);
    assert_int_equal(ops->del(txn, MOM_T_META, longest), MOM_ESTATE);
    ops->abort(txn);
}

static void values_up_to_a_mebibyte(void **state)
{
    struct fixture *f = *state;
    size_t size = 1024 * 1024;
    char *bytes = malloc(size + 1);
    for (size_t i = 0; i <= size; i++)
        bytes[i] = (char)(i * 31 >> 3);
    struct mom_str big = {bytes, size}, found;
    struct mom_txn *txn = begin(f, true);
    assert_int_equal(f->store.ops->put(txn, MOM_T_SETTING, mom__str("big"), big), MOM_OK);
    struct mom_str bigger = {bytes, size + 1};
    assert_int_equal(f->store.ops->put(txn, MOM_T_SETTING, mom__str("bigger"), bigger), MOM_EINVAL);
    commit(f, txn);
    txn = begin(f, false);
    assert_int_equal(f->store.ops->get(txn, MOM_T_SETTING, mom__str("big"), &found), MOM_OK);
    assert_same(found, big);
    f->store.ops->abort(txn);
    free(bytes);
}

/* --- random operations against an oracle ------------------------------------------------------ */

struct oracle {
    int value[KEYS]; /* -1: not there */
};

struct seen {
    const struct oracle *oracle;
    int next; /* the least key that may come */
    int stop_after;
    int count;
};

/* Keys of different lengths, some of them prefixes of others, in the order of their numbers. */
static struct mom_str oracle_key(int number, char buf[16])
{
    int len = snprintf(buf, 16, "%c%s%02d", 'a' + number / 100, number % 100 < 50 ? "\x01" : "\xff",
                       number % 100);
    if (number % 100 == 0)
        len = 1;
    return (struct mom_str){buf, (size_t)len};
}

static struct mom_str oracle_value(int value, char buf[600])
{
    int len = snprintf(buf, 600, "%d:", value);
    size_t pad = (size_t)value * 7 % 500;
    memset(buf + len, 'x', pad);
    return (struct mom_str){buf, (size_t)len + pad};
}

static bool visit(void *user, struct mom_str key, struct mom_str value)
{
    struct seen *seen = user;
    char k[16], v[600];
    while (seen->next < KEYS && seen->oracle->value[seen->next] < 0)
        seen->next++;
    assert_true(seen->next < KEYS);
    assert_same(key, oracle_key(seen->next, k));
    assert_same(value, oracle_value(seen->oracle->value[seen->next], v));
    seen->next++;
    return ++seen->count != seen->stop_after;
}

static void compare(struct fixture *f, struct mom_txn *txn, const struct oracle *oracle, int from)
{
    char buf[16];
    struct seen seen = {oracle, from, 0, 0};
    struct mom_str start = from == 0 ? (struct mom_str){"", 0} : oracle_key(from, buf);
    assert_int_equal(f->store.ops->scan(txn, MOM_T_UNIQUE, start, visit, &seen), MOM_OK);
    uint64_t count = 0, want = 0;
    int behind = 0;
    for (int i = 0; i < KEYS; i++) {
        want += oracle->value[i] >= 0;
        behind += i >= from && oracle->value[i] >= 0;
    }
    assert_int_equal(seen.count, behind);
    assert_int_equal(f->store.ops->count(txn, MOM_T_UNIQUE, &count), MOM_OK);
    assert_int_equal(count, want);
    if (behind > 3) {
        struct seen some = {oracle, from, 2, 0};
        assert_int_equal(f->store.ops->scan(txn, MOM_T_UNIQUE, start, visit, &some), MOM_OK);
        assert_int_equal(some.count, 2);
    }
}

static void random_step(struct fixture *f, struct mom_txn *txn, struct oracle *oracle,
                        struct rng *rng, bool shrink)
{
    char k[16], v[600];
    int number = (int)rng_below(rng, KEYS);
    struct mom_str key = oracle_key(number, k), found;
    int *value = &oracle->value[number];
    size_t what = rng_below(rng, 10);
    if (what < (shrink ? 2U : 5U)) {
        *value = (int)rng_below(rng, 100000);
        assert_int_equal(f->store.ops->put(txn, MOM_T_UNIQUE, key, oracle_value(*value, v)),
                         MOM_OK);
    } else if (what < 8) {
        int rc = f->store.ops->del(txn, MOM_T_UNIQUE, key);
        assert_int_equal(rc, *value >= 0 ? MOM_OK : MOM_ENOENT);
        *value = -1;
    } else {
        int rc = f->store.ops->get(txn, MOM_T_UNIQUE, key, &found);
        assert_int_equal(rc, *value >= 0 ? MOM_OK : MOM_ENOENT);
        if (rc == MOM_OK)
            assert_same(found, oracle_value(*value, v));
    }
}

static void random_operations_do_what_a_plain_array_does(void **state)
{
    struct fixture *f = *state;
    struct rng rng = rng_new(20240521);
    struct oracle durable, working, at_begin;
    memset(&durable, -1, sizeof durable);
    for (int round = 0; round < ROUNDS; round++) {
        struct mom_txn *reader = begin(f, false), *txn = begin(f, true);
        at_begin = working = durable;
        for (int step = 0; step < STEPS; step++)
            random_step(f, txn, &working, &rng, round % 20 > 12);
        compare(f, txn, &working, (int)rng_below(&rng, KEYS));
        compare(f, txn, &working, 0);
        if (rng_below(&rng, 4) == 0) {
            f->store.ops->abort(txn);
        } else {
            commit(f, txn);
            durable = working;
        }
        compare(f, reader, &at_begin, 0);
        f->store.ops->abort(reader);
    }
}

static int last_key(const struct oracle *oracle)
{
    int last = KEYS - 1;

    while (last >= 0 && oracle->value[last] < 0)
        last--;
    return last;
}

static void put_number(struct fixture *f, struct mom_txn *txn, struct oracle *oracle, int number,
                       int value)
{
    char k[16], v[600];

    oracle->value[number] = value;
    assert_int_equal(
        f->store.ops->put(txn, MOM_T_UNIQUE, oracle_key(number, k), oracle_value(value, v)),
        MOM_OK);
}

static void del_number(struct fixture *f, struct mom_txn *txn, struct oracle *oracle, int number)
{
    char k[16];
    int rc = f->store.ops->del(txn, MOM_T_UNIQUE, oracle_key(number, k));

    assert_int_equal(rc, oracle->value[number] >= 0 ? MOM_OK : MOM_ENOENT);
    oracle->value[number] = -1;
}

/* Most rows come behind all others, as new records do; between them everything else. */
static void growing_step(struct fixture *f, struct mom_txn *txn, struct oracle *oracle,
                         struct rng *rng)
{
    int last = last_key(oracle), any = (int)rng_below(rng, KEYS);
    size_t what = rng_below(rng, 40);
    struct mom_str found;
    char k[16];

    if (last >= KEYS - 3)
        for (int i = any / 2; i < KEYS; i++)
            del_number(f, txn, oracle, i);
    else if (what < 30)
        put_number(f, txn, oracle, last + 1 + (int)rng_below(rng, 2), any * 31);
    else if (what < 33)
        assert_int_equal(f->store.ops->get(txn, MOM_T_UNIQUE, oracle_key(any, k), &found),
                         oracle->value[any] >= 0 ? MOM_OK : MOM_ENOENT);
    else if (what < 36)
        del_number(f, txn, oracle, what == 33 && last >= 0 ? last : any);
    else if (what < 39)
        compare(f, txn, oracle, any);
    else
        put_number(f, txn, oracle, any, any);
}

static void rows_behind_all_others_go_there_whatever_is_done_between(void **state)
{
    struct fixture *f = *state;
    struct rng rng = rng_new(20261127);
    struct oracle oracle;

    memset(&oracle, -1, sizeof oracle);
    for (int round = 0; round < ROUNDS; round++) {
        struct mom_txn *txn = begin(f, true);

        for (int step = 0; step < STEPS; step++)
            growing_step(f, txn, &oracle, &rng);
        compare(f, txn, &oracle, 0);
        commit(f, txn);
    }
}

static void ten_thousand_keys_in_any_order(void **state)
{
    struct fixture *f = *state;
    struct rng rng = rng_new(7);
    for (int pass = 0; pass < 2; pass++) {
        struct mom_txn *txn = begin(f, true);
        for (uint64_t i = 0; i < 5000; i++) {
            struct mom__key key;
            uint64_t id = pass == 0 ? i : rng_next(&rng) | UINT64_C(1) << 63;
            struct mom_str k = mom__key_id(&key, id);
            assert_int_equal(f->store.ops->put(txn, MOM_T_RECORD, k, k), MOM_OK);
        }
        commit(f, txn);
    }
    struct mom_txn *txn = begin(f, false);
    uint64_t count = 0;
    assert_int_equal(f->store.ops->count(txn, MOM_T_RECORD, &count), MOM_OK);
    assert_int_equal(count, 10000);
    f->store.ops->abort(txn);
}

static void schema_marks_an_empty_store_and_knows_it_again(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mom__schema_open(&f->store), MOM_OK);
    assert_int_equal(mom__schema_open(&f->store), MOM_OK);
    struct mom_txn *txn = begin(f, true);
    check(f, txn, MOM_T_META, MOM__META_WRITER, mom_version());
    put(f, txn, MOM_T_META, MOM__META_WRITER, "0.0.1");
    commit(f, txn);
    assert_int_equal(mom__schema_open(&f->store), MOM_OK);
    txn = begin(f, true);
    check(f, txn, MOM_T_META, MOM__META_WRITER, mom_version());
    unsigned char newer[8];
    assert_int_equal(f->store.ops->put(txn, MOM_T_META, mom__str(MOM__META_FORMAT),
                                       mom__value_u64(newer, MOM__SCHEMA_FORMAT + 1)),
                     MOM_OK);
    commit(f, txn);
    assert_int_equal(mom__schema_open(&f->store), MOM_EFORMAT);
    txn = begin(f, true);
    put(f, txn, MOM_T_META, MOM__META_FORMAT, "1");
    commit(f, txn);
    assert_int_equal(mom__schema_open(&f->store), MOM_ECORRUPT);
}

static void schema_refuses_content_without_a_format(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_RECORD, "somebody", "else");
    commit(f, txn);
    assert_int_equal(mom__schema_open(&f->store), MOM_ECORRUPT);
}

static void close_ends_open_transactions(void **state)
{
    struct fixture *f = *state;
    begin(f, false);
    put(f, begin(f, true), MOM_T_RECORD, "a", "one");
    /* The fixture closes the store; leaks would show. */
}

/* --- memory only ------------------------------------------------------------------------------ */

static void crash_loses_what_was_not_committed(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_RECORD, "a", "one");
    commit(f, txn);
    begin(f, false);
    txn = begin(f, true);
    put(f, txn, MOM_T_RECORD, "a", "two");
    mom_store_memory_crash(&f->store);
    txn = begin(f, true);
    check(f, txn, MOM_T_RECORD, "a", "one");
    f->store.ops->abort(txn);
}

static int fill(struct fixture *f, int keys)
{
    const struct mom_store_ops *ops = f->store.ops;
    struct mom_txn *txn;
    int rc = ops->begin(f->store.store, true, &txn);
    if (rc != MOM_OK)
        return rc;
    for (int i = 0; i < keys && rc == MOM_OK; i++) {
        char k[16], v[600];
        rc = ops->put(txn, MOM_T_RECORD, oracle_key(i * 37 % KEYS, k), oracle_value(i, v));
    }
    for (int i = 0; i < keys && rc == MOM_OK; i += 3) {
        char k[16];
        rc = ops->del(txn, MOM_T_RECORD, oracle_key(i * 37 % KEYS, k));
    }
    if (rc == MOM_OK)
        return ops->commit(txn);
    /* A spoilt transaction stays spoilt. */
    assert_int_equal(ops->put(txn, MOM_T_RECORD, mom__str("x"), mom__str("y")) != MOM_OK, true);
    ops->abort(txn);
    return rc;
}

static uint64_t count_of(struct fixture *f)
{
    struct mom_txn *txn = begin(f, false);
    uint64_t count = 0;
    assert_int_equal(f->store.ops->count(txn, MOM_T_RECORD, &count), MOM_OK);
    f->store.ops->abort(txn);
    return count;
}

static void every_operation_can_be_made_to_fail(void **state)
{
    struct fixture *f = *state;
    int rc = MOM_EFULL;
    uint64_t n = 1;
    for (; rc != MOM_OK; n++) {
        mom__store_memory_fail_after(&f->store, n, MOM_EFULL);
        rc = fill(f, 30);
        mom__store_memory_fail_after(&f->store, 0, 0);
        assert_true(rc == MOM_OK || rc == MOM_EFULL);
        assert_int_equal(count_of(f), rc == MOM_OK ? 20 : 0);
    }
    assert_int_equal(n - 2, 1 + 30 + 10 + 1);
    assert_true(mom__store_memory_operations(&f->store) > n);
}

static void no_memory_leaves_the_durable_image(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(fill(f, 30), MOM_OK);
    int rc = MOM_ENOMEM;
    for (size_t n = 1; rc != MOM_OK; n++) {
        /* A reader makes the writer copy every node that it touches. */
        struct mom_txn *reader = begin(f, false);
        f->memory.fail_at = f->memory.calls + n;
        rc = fill(f, 90);
        f->memory.fail_at = 0;
        assert_true(rc == MOM_OK || rc == MOM_ENOMEM);
        f->store.ops->abort(reader);
        assert_int_equal(count_of(f), rc == MOM_OK ? 60 : 20);
    }
    struct counter none = {.fail_at = 1};
    struct mom_alloc alloc = counting(&none);
    struct mom_store store;
    assert_int_equal(mom_store_memory_new(&alloc, &store), MOM_ENOMEM);
}

/* --- LMDB only -------------------------------------------------------------------------------- */

static void lmdb_keeps_its_content_over_a_reopen(void **state)
{
    struct fixture *f = *state;
    struct mom_txn *txn = begin(f, true);
    put(f, txn, MOM_T_HANDOFF, "a", "one");
    commit(f, txn);
    put(f, begin(f, true), MOM_T_HANDOFF, "b", "never committed");
    f->store.ops->close(f->store.store);
    assert_int_equal(lmdb_open(f->dir, 0, &f->store), MOM_OK);
    txn = begin(f, false);
    check(f, txn, MOM_T_HANDOFF, "a", "one");
    check(f, txn, MOM_T_HANDOFF, "b", NULL);
    f->store.ops->abort(txn);
}

/* This program again, as another process that wants the store; by way of the emulator or checker that runs this one. */
#define PROBE "--probe"
static const char *program;

static int probe(const char *dir)
{
    struct mom_store store;
    return lmdb_open(dir, 0, &store) == MOM_ELOCKED ? 0 : 1;
}

static void lmdb_lets_nobody_else_in(void **state)
{
    struct fixture *f = *state;
    struct mom_store second;
    assert_int_equal(lmdb_open(f->dir, 0, &second), MOM_ELOCKED);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "exec $RUNNER \"$0\" \"$@\"", program, PROBE, f->dir,
              (char *)NULL);
        _exit(99);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void lmdb_map_grows_when_the_batch_is_run_again(void **state)
{
    struct fixture *f = *state;
    f->store.ops->close(f->store.store);
    dir_remove(f->dir);
    dir_make(f->dir, sizeof f->dir);
    assert_int_equal(lmdb_open(f->dir, 1, &f->store), MOM_OK); /* the least there is */
    const struct mom_store_ops *ops = f->store.ops;
    assert_int_equal(ops->grow(f->store.store), MOM_EFULL); /* nothing is full yet */
    char value[4000];
    memset(value, 'v', sizeof value);
    int grown = 0, rc;
    do {
        struct mom_txn *txn = begin(f, true);
        rc = MOM_OK;
        for (uint64_t i = 0; i < 2000 && rc == MOM_OK; i++) {
            struct mom__key key;
            rc = ops->put(txn, MOM_T_RECORD, mom__key_id(&key, i),
                          (struct mom_str){value, sizeof value});
        }
        if (rc == MOM_OK) {
            rc = ops->commit(txn);
        } else {
            assert_int_equal(ops->grow(f->store.store), MOM_EFULL); /* still open */
            ops->abort(txn);
        }
        assert_true(rc == MOM_OK || rc == MOM_EFULL);
        if (rc == MOM_EFULL) {
            assert_int_equal(count_of(f), 0);
            assert_int_equal(ops->grow(f->store.store), MOM_OK);
            grown++;
        }
    } while (rc == MOM_EFULL);
    assert_true(grown >= 3);
    assert_int_equal(count_of(f), 2000);
    /* Opened with a smaller map than its content needs, it takes what it needs, and grows again. */
    ops->close(f->store.store);
    assert_int_equal(lmdb_open(f->dir, 1, &f->store), MOM_OK);
    assert_int_equal(count_of(f), 2000);
    rc = fill(f, 30);
    while (rc == MOM_EFULL && ops->grow(f->store.store) == MOM_OK)
        rc = fill(f, 30);
    assert_int_equal(rc, MOM_OK);
    assert_int_equal(count_of(f), 2020);
}

static void lmdb_map_grows_ahead_of_need(void **state)
{
    struct fixture *f = *state;
    f->store.ops->close(f->store.store);
    dir_remove(f->dir);
    dir_make(f->dir, sizeof f->dir);
    assert_int_equal(lmdb_open(f->dir, 1, &f->store), MOM_OK); /* the least there is */
    char value[1000];
    memset(value, 'v', sizeof value);
    for (uint64_t batch = 0; batch < 2000; batch++) { /* thirty times the first map */
        struct mom_txn *txn = begin(f, true);
        for (uint64_t i = 0; i < 20; i++) {
            struct mom__key key;
            assert_int_equal(f->store.ops->put(txn, MOM_T_RECORD, mom__key_id(&key, batch * 20 + i),
                                               (struct mom_str){value, sizeof value}),
                             MOM_OK);
        }
        assert_int_equal(f->store.ops->commit(txn), MOM_OK);
    }
    assert_int_equal(count_of(f), 40000);
}

static void lmdb_files_are_for_the_owner_alone(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"data.mdb", "lock.mdb", "momsync.lock"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void lmdb_says_what_is_wrong_with_a_folder(void **state)
{
    struct fixture *f = *state;
    struct mom_store store;
    struct mom_lmdb_options none = {0};
    char path[128];
    assert_int_equal(mom_store_lmdb_open(&none, &store), MOM_EINVAL);
    assert_int_equal(mom_store_lmdb_open(NULL, &store), MOM_EINVAL);
    assert_int_equal(lmdb_open("/nonexistent/folder", 0, &store), MOM_ESTORE);
    f->store.ops->close(f->store.store);
    snprintf(path, sizeof path, "%s/data.mdb", f->dir);
    FILE *file = fopen(path, "r+b");
    for (int i = 0; i < 8192; i++)
        fputc('?', file);
    fclose(file);
    assert_int_equal(lmdb_open(f->dir, 0, &store), MOM_ECORRUPT);
    remove(path);
    assert_int_equal(lmdb_open(f->dir, 0, &f->store), MOM_OK);
}

static void lmdb_of_another_release_is_refused(void **state)
{
    struct fixture *f = *state;
    struct mom_store store;
    struct mom_txn *txn = begin(f, true);
    check(f, txn, MOM_T_META, "lmdb", "0.9");
    put(f, txn, MOM_T_META, "lmdb", "7.7");
    commit(f, txn);
    f->store.ops->close(f->store.store);
    assert_int_equal(lmdb_open(f->dir, 0, &store), MOM_EFORMAT);
    dir_remove(f->dir);
    dir_make(f->dir, sizeof f->dir);
    assert_int_equal(lmdb_open(f->dir, 0, &f->store), MOM_OK);
}

#define MEMORY(test) cmocka_unit_test_setup_teardown(test, setup_memory, teardown)
#define LMDB(test)   cmocka_unit_test_setup_teardown(test, setup_lmdb, teardown)
#define BOTH(test)                                                                                 \
    {"memory: " #test, test, setup_memory, teardown, NULL},                                        \
    {                                                                                              \
        "lmdb: " #test, test, setup_lmdb, teardown, NULL                                           \
    }

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], PROBE) == 0)
        return probe(argv[2]);
    program = argv[0];
    const struct CMUnitTest tests[] = {
        BOTH(writer_sees_its_writes_and_commit_keeps_them),
        BOTH(abort_drops_everything),
        BOTH(del_of_a_missing_key_is_told_and_harmless),
        BOTH(reader_keeps_the_state_of_its_begin),
        BOTH(misuse_is_refused_and_spoils_nothing),
        BOTH(values_up_to_a_mebibyte),
        BOTH(random_operations_do_what_a_plain_array_does),
        BOTH(rows_behind_all_others_go_there_whatever_is_done_between),
        BOTH(ten_thousand_keys_in_any_order),
        BOTH(schema_marks_an_empty_store_and_knows_it_again),
        BOTH(schema_refuses_content_without_a_format),
        BOTH(close_ends_open_transactions),
        MEMORY(crash_loses_what_was_not_committed),
        MEMORY(every_operation_can_be_made_to_fail),
        MEMORY(no_memory_leaves_the_durable_image),
        LMDB(lmdb_keeps_its_content_over_a_reopen),
        LMDB(lmdb_lets_nobody_else_in),
        LMDB(lmdb_map_grows_when_the_batch_is_run_again),
        LMDB(lmdb_map_grows_ahead_of_need),
        LMDB(lmdb_files_are_for_the_owner_alone),
        LMDB(lmdb_says_what_is_wrong_with_a_folder),
        LMDB(lmdb_of_another_release_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
