/*
 * The format number of a store: an empty store gets it, an older one is migrated in the transaction
 * that changes it, a newer one is refused.
 */
#include "schema.h"

#include "keys.h"
#include "text.h"

static int mark(const struct mom_store_ops *ops, struct mom_txn *txn, uint64_t format)
{
    unsigned char number[8];
    int rc = ops->put(txn, MOM_T_META, mom__str(MOM__META_FORMAT), mom__value_u64(number, format));
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

static int migrate(const struct mom_store_ops *ops, struct mom_txn *txn,
                   const struct mom__schema_plan *plan, struct mom__schema_report *report)
{
    struct mom__migration m;

    mom__migration_init(&m, ops, txn, &plan->alloc);
    int rc = mom__migrate(&m, plan->steps, plan->step_count, report->found, plan->format);
    report->rows = m.rows;
    mom__migration_done(&m);
    return rc;
}

/* MOM_OK: nothing to write; MOM_ENOENT: to be marked as ours. */
static int check(const struct mom_store_ops *ops, struct mom_txn *txn,
                 const struct mom__schema_plan *plan, struct mom__schema_report *report)
{
    struct mom_str value;
    int rc = ops->get(txn, MOM_T_META, mom__str(MOM__META_FORMAT), &value);
    if (rc == MOM_ENOENT) {
        rc = check_empty(ops, txn);
        return rc == MOM_OK ? MOM_ENOENT : rc;
    }
    if (rc == MOM_OK)
        rc = mom__value_read_u64(value, &report->found);
    if (rc != MOM_OK)
        return rc;
    if (report->found > plan->format)
        return MOM_EFORMAT;
    if (report->found == 0)
        return MOM_ECORRUPT;
    if (report->found < plan->format) {
        rc = migrate(ops, txn, plan, report);
        return rc == MOM_OK ? MOM_ENOENT : rc;
    }
    rc = ops->get(txn, MOM_T_META, mom__str(MOM__META_WRITER), &value);
    if (rc == MOM_OK && !mom__equal_c(value, mom_version()))
        return MOM_ENOENT;
    return rc;
}

static int open_once(const struct mom_store *store, const struct mom__schema_plan *plan,
                     struct mom__schema_report *report)
{
    struct mom_txn *txn;
    int rc = store->ops->begin(store->store, true, &txn);
    *report = (struct mom__schema_report){.wanted = plan->format};
    if (rc != MOM_OK)
        return rc;
    rc = check(store->ops, txn, plan, report);
    if (rc == MOM_ENOENT) {
        rc = mark(store->ops, txn, plan->format);
        if (rc == MOM_OK)
            return store->ops->commit(txn);
    }
    store->ops->abort(txn);
    return rc;
}

int mom__schema_open_plan(const struct mom_store *store, const struct mom__schema_plan *plan,
                          struct mom__schema_report *ret_report)
{
    const struct mom__schema_plan standard = {
        .format = MOM__SCHEMA_FORMAT,
        .steps = mom__migrate_steps,
        .step_count = mom__migrate_step_count,
    };
    if (plan == NULL)
        plan = &standard;
    int rc = open_once(store, plan, ret_report);
    while (rc == MOM_EFULL && store->ops->grow != NULL && store->ops->grow(store->store) == MOM_OK)
        rc = open_once(store, plan, ret_report);
    return rc;
}

int mom__schema_open(const struct mom_store *store)
{
    struct mom__schema_report report;
    return mom__schema_open_plan(store, NULL, &report);
}
