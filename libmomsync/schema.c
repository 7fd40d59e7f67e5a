/*
 * The format number of a store. There has been one format so far; the next one adds its migration
 * here, in the same transaction.
 */
#include "schema.h"

#include "keys.h"
#include "text.h"

static int mark(const struct mom_store_ops *ops, struct mom_txn *txn)
{
    unsigned char number[8];
    int rc = ops->put(txn, MOM_T_META, mom__str(MOM__META_FORMAT),
                      mom__value_u64(number, MOM__SCHEMA_FORMAT));
    if (rc != MOM_OK)
        return rc;
    return ops->put(txn, MOM_T_META, mom__str(MOM__META_WRITER), mom__str(mom_version()));
}

/* A store without a format must be empty. */
static int check_empty(const struct mom_store_ops *ops, struct mom_txn *txn)
{
    for (int t = 0; t < MOM_T_COUNT; t++) {
        uint64_t count = 0;
        int rc = t == MOM_T_META ? MOM_OK : ops->count(txn, (enum mom_table)t, &count);
        if (rc != MOM_OK)
            return rc;
        if (count > 0)
            return MOM_ECORRUPT;
    }
    return MOM_OK;
}

/* MOM_OK: nothing to write; MOM_ENOENT: to be marked as ours. */
static int check(const struct mom_store_ops *ops, struct mom_txn *txn)
{
    struct mom_str value;
    uint64_t format;
    int rc = ops->get(txn, MOM_T_META, mom__str(MOM__META_FORMAT), &value);
    if (rc == MOM_ENOENT) {
        rc = check_empty(ops, txn);
        return rc == MOM_OK ? MOM_ENOENT : rc;
    }
    if (rc == MOM_OK)
        rc = mom__value_read_u64(value, &format);
    if (rc != MOM_OK)
        return rc;
    if (format != MOM__SCHEMA_FORMAT)
        return format > MOM__SCHEMA_FORMAT ? MOM_EFORMAT : MOM_ECORRUPT;
    rc = ops->get(txn, MOM_T_META, mom__str(MOM__META_WRITER), &value);
    if (rc == MOM_OK && !mom__equal_c(value, mom_version()))
        return MOM_ENOENT;
    return rc;
}

static int open_once(const struct mom_store *store)
{
    struct mom_txn *txn;
    int rc = store->ops->begin(store->store, true, &txn);
    if (rc != MOM_OK)
        return rc;
    rc = check(store->ops, txn);
    if (rc == MOM_ENOENT) {
        rc = mark(store->ops, txn);
        if (rc == MOM_OK)
            return store->ops->commit(txn);
    }
    store->ops->abort(txn);
    return rc;
}

int mom__schema_open(const struct mom_store *store)
{
    int rc = open_once(store);
    while (rc == MOM_EFULL && store->ops->grow != NULL && store->ops->grow(store->store) == MOM_OK)
        rc = open_once(store);
    return rc;
}
