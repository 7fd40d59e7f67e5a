/*
 * The disk of a node: the store in memory behind a seam that fails on demand. An operation fails
 * and with it the batch;
 * the disk is full for a while; the power fails before a commit, or after it and before anybody
 * knows.
 */
#include "sim.h"

#include <stdlib.h>

struct txn {
    struct sim_store *disk;
    struct mom_txn *inner;
    bool write;
};

static struct txn *txn_of(struct mom_txn *txn)
{
    return (struct txn *)(void *)txn;
}

static const struct mom_store_ops *ops(const struct sim_store *disk)
{
    return disk->memory.ops;
}

static int operation(struct sim_store *disk)
{
    if (disk->spared)
        return MOM_OK;
    disk->operations++;
    if (!disk->fail_at || disk->operations < disk->fail_at)
        return MOM_OK;
    disk->hurt = true;
    return disk->fail_code;
}

static int writing(struct sim_store *disk)
{
    int rc = operation(disk);

    if (rc == MOM_OK && disk->full) {
        disk->hurt = true;
        rc = MOM_EFULL;
    }
    return rc;
}

static int store_begin(void *store, bool write, struct mom_txn **ret_txn)
{
    struct sim_store *disk = store;
    struct txn *txn;
    int rc = operation(disk);

    if (rc != MOM_OK)
        return rc;
    txn = sim_alloc(sizeof *txn);
    txn->disk = disk;
    txn->write = write;
    rc = ops(disk)->begin(disk->memory.store, write, &txn->inner);
    if (rc != MOM_OK) {
        free(txn);
        return rc;
    }
    *ret_txn = (struct mom_txn *)(void *)txn;
    return MOM_OK;
}

static int store_get(struct mom_txn *t, enum mom_table table, struct mom_str key,
                     struct mom_str *ret_value)
{
    struct txn *txn = txn_of(t);
    int rc = operation(txn->disk);

    return rc == MOM_OK ? ops(txn->disk)->get(txn->inner, table, key, ret_value) : rc;
}

static int store_put(struct mom_txn *t, enum mom_table table, struct mom_str key,
                     struct mom_str value)
{
    struct txn *txn = txn_of(t);
    int rc = writing(txn->disk);

    return rc == MOM_OK ? ops(txn->disk)->put(txn->inner, table, key, value) : rc;
}

static int store_del(struct mom_txn *t, enum mom_table table, struct mom_str key)
{
    struct txn *txn = txn_of(t);
    int rc = writing(txn->disk);

    return rc == MOM_OK ? ops(txn->disk)->del(txn->inner, table, key) : rc;
}

static int store_scan(struct mom_txn *t, enum mom_table table, struct mom_str from,
                      mom_visit *visit, void *user)
{
    struct txn *txn = txn_of(t);
    int rc = operation(txn->disk);

    return rc == MOM_OK ? ops(txn->disk)->scan(txn->inner, table, from, visit, user) : rc;
}

static int store_count(struct mom_txn *t, enum mom_table table, uint64_t *ret_count)
{
    struct txn *txn = txn_of(t);
    int rc = operation(txn->disk);

    return rc == MOM_OK ? ops(txn->disk)->count(txn->inner, table, ret_count) : rc;
}

static void store_abort(struct mom_txn *t)
{
    struct txn *txn = txn_of(t);

    ops(txn->disk)->abort(txn->inner);
    free(txn);
}

static int store_commit(struct mom_txn *t)
{
    struct txn *txn = txn_of(t);
    struct sim_store *disk = txn->disk;
    int rc = txn->write ? writing(disk) : operation(disk);

    if (rc != MOM_OK) {
        store_abort(t);
        return rc;
    }
    rc = ops(disk)->commit(txn->inner);
    disk->committed |= rc == MOM_OK && txn->write;
    if (rc == MOM_OK && txn->write && disk->lose_commit) {
        disk->lose_commit = false;
        disk->hurt = true;
        rc = MOM_ESTORE;
    }
    free(txn);
    return rc;
}

/* The disk outlives the engine. */
static void store_close(void *store)
{
    struct sim_store *disk = store;

    mom_store_memory_crash(&disk->memory);
}

static const struct mom_store_ops disk_ops = {
    .begin = store_begin,
    .get = store_get,
    .put = store_put,
    .del = store_del,
    .scan = store_scan,
    .count = store_count,
    .commit = store_commit,
    .abort = store_abort,
    .close = store_close,
};

void sim_store_wrap(struct sim_store *disk, struct mom_store *ret_store)
{
    *ret_store = (struct mom_store){&disk_ops, disk};
}
