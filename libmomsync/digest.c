/*
 * DIGEST: a hash of the registers of every record, and the fingerprint of all of them, which is
 * kept in memory. Two nodes with the same fingerprint have the same records. A deletion that every
 * node knows does not count: nodes forget it at different times.
 */
#include "hash.h"
#include "neighbour.h"
#include "node.h"
#include "reconcile.h"

static bool counts(const struct mom_engine *e, const struct mom_record *record)
{
    return !(record->flags & MOM__DELETED) || mom_stamp_compare(record->deleted, e->seen) > 0;
}

static void add(struct mom_engine *e, uint64_t id, uint64_t hash, bool more)
{
    uint64_t part = mom__range_part(id, hash);

    e->fingerprint = more ? e->fingerprint + part : e->fingerprint - part;
    e->digests = more ? e->digests + 1 : e->digests - 1;
}

void mom__digest_drop(struct mom_engine *e, uint64_t id)
{
    struct mom_str row;
    struct mom__key key;
    uint64_t hash;

    if (!mom__get(e, MOM_T_DIGEST, mom__key_id(&key, id), &row))
        return;
    mom__fail(e, mom__value_read_u64(row, &hash));
    if (e->failed != MOM_OK)
        return;
    add(e, id, hash, false);
    mom__del(e, MOM_T_DIGEST, mom__key_id(&key, id));
}

void mom__digest_save(struct mom_engine *e, struct mom__work *w)
{
    uint64_t id = w->record.id, hash = mom__reg_digest(&w->record), old;
    struct mom_str row;
    struct mom__key key;
    unsigned char value[8];

    if (!counts(e, &w->record)) {
        mom__digest_drop(e, id);
        return;
    }
    if (w->in_digest && mom__get(e, MOM_T_DIGEST, mom__key_id(&key, id), &row)) {
        mom__fail(e, mom__value_read_u64(row, &old));
        if (e->failed != MOM_OK || old == hash)
            return;
        add(e, id, old, false);
    }
    add(e, id, hash, true);
    w->in_digest = true;
    mom__put(e, MOM_T_DIGEST, mom__key_id(&key, id), mom__value_u64(value, hash));
}

void mom__digest_flush(struct mom_engine *e)
{
    for (struct mom__work *w = e->dirty_works; w && e->failed == MOM_OK; w = w->next_dirty) {
        if (!w->gone)
            mom__digest_save(e, w);
    }
}

static bool visit_digest(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;
    uint64_t id, hash;

    if (mom__key_read_id(key, &id) != MOM_OK || mom__value_read_u64(value, &hash) != MOM_OK) {
        mom__fail(e, MOM_ECORRUPT);
        return false;
    }
    add(e, id, hash, true);
    return true;
}

void mom__digest_load(struct mom_engine *e)
{
    e->fingerprint = e->digests = 0;
    mom__scan(e, MOM_T_DIGEST, mom__str(""), visit_digest, e);
}

uint64_t mom_engine_fingerprint(const struct mom_engine *engine)
{
    return engine->fingerprint;
}
