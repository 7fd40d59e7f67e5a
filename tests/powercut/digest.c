/*
 * Two digests of a store: over its rows, and over what the engine tells of it.
 */
#include "stream.h"

#include "hash.h"
#include "text.h"

#include <stdio.h>

struct raw {
    struct mom__hasher hasher;
    bool meta;
};

static bool hash_row(void *user, struct mom_str key, struct mom_str value)
{
    struct raw *raw = user;
    if (raw->meta && mom__equal_c(key, "lmdb"))
        return true;
    mom__hasher_str(&raw->hasher, key);
    mom__hasher_str(&raw->hasher, value);
    return true;
}

int stream_raw_digest(struct mom_store store, uint64_t *ret_digest)
{
    struct raw raw;
    struct mom_txn *txn;
    int rc = store.ops->begin(store.store, false, &txn);
    if (rc != MOM_OK)
        return rc;
    mom__hasher_init(&raw.hasher);
    for (unsigned t = 0; t < MOM_T_COUNT && rc == MOM_OK; t++) {
        raw.meta = t == MOM_T_META;
        mom__hasher_u64(&raw.hasher, t);
        rc = store.ops->scan(txn, (enum mom_table)t, mom__str(""), hash_row, &raw);
    }
    store.ops->abort(txn);
    *ret_digest = mom__hasher_end(&raw.hasher);
    return rc;
}

static void hash_stamp(struct mom__hasher *h, struct mom_stamp stamp)
{
    mom__hasher_u64(h, (uint64_t)stamp.ms);
    mom__hasher_u64(h, (uint64_t)stamp.counter << 32 | stamp.origin);
}

static void hash_record(struct mom__hasher *h, const struct mom_record *r)
{
    struct mom_str value;
    struct mom_attr extra;
    mom__hasher_u64(h, mom_record_id(r));
    mom__hasher_u64(h, mom_record_partner(r));
    mom__hasher_u64(h, mom_record_version(r));
    mom__hasher_u64(h, (uint64_t)mom_record_site(r) << 32 | mom_record_epoch(r));
    mom__hasher_u64(h, mom_record_parked(r));
    hash_stamp(h, mom_record_created(r));
    for (enum mom_field f = 1; f < MOM_FIELD_COUNT; f++) {
        if (mom_field_info(f)->owner != mom_record_type(r) ||
            mom_field_info(f)->form == MOM_PARTNER)
            continue;
        hash_stamp(h, mom_record_stamp(r, f));
        if (mom_record_get(r, f, &value))
            mom__hasher_str(h, value);
    }
    for (size_t i = 0; mom_record_extra(r, i, &extra); i++) {
        mom__hasher_str(h, extra.name);
        mom__hasher_str(h, extra.value);
    }
}

static void hash_records(struct mom__hasher *h, struct mom_view *view, enum mom_type type)
{
    const struct mom_record *r;
    uint64_t id = 0;
    while ((r = mom_view_next(view, type, id)) != NULL) {
        id = mom_record_id(r);
        hash_record(h, r);
        for (mom_site site = 1; site <= STREAM_SITES; site++)
            mom__hasher_u64(h, mom_view_local(view, site, id));
    }
}

static void hash_lists(struct mom__hasher *h, struct mom_view *view)
{
    struct mom_conflict c = {.sequence = 0};
    struct mom_attr setting;
    char after[128] = "";
    while (mom_view_next_conflict(view, c.sequence, &c)) {
        mom__hasher_u64(h, c.sequence);
        mom__hasher_u64(h, c.id);
        mom__hasher_str(h, c.kept);
        mom__hasher_str(h, c.lost);
        mom__hasher_str(h, c.rule);
    }
    while (mom_view_next_setting(view, mom__str(after), &setting)) {
        mom__hasher_str(h, setting.name);
        mom__hasher_str(h, setting.value);
        snprintf(after, sizeof after, "%.*s", (int)setting.name.len, setting.name.ptr);
    }
}

static void hash_sites(struct mom__hasher *h, const struct stream *s)
{
    struct mom_site_info info = {.site = 0};
    mom_site site = 0;
    while ((site = mom_engine_next_site(s->engine, site)) != 0 &&
           mom_engine_site(s->engine, site, &info)) {
        mom__hasher_u64(h, site);
        mom__hasher_str(h, mom__str(info.name));
        mom__hasher_u64(h, info.park.ari);
        mom__hasher_u64(h, (uint64_t)info.users << 32 | info.devices);
        mom__hasher_u64(h, (uint64_t)info.imported_ms);
    }
    mom__hasher_u64(h, mom_engine_sari(s->engine).ari);
}

int stream_view_digest(struct stream *s, uint64_t *ret_digest)
{
    struct mom__hasher h;
    struct mom_counts n;
    struct mom_view *view;
    int rc = mom_view_open(s->engine, &view);
    if (rc != MOM_OK)
        return rc;
    mom__hasher_init(&h);
    hash_records(&h, view, MOM_USER);
    hash_records(&h, view, MOM_DEVICE);
    hash_lists(&h, view);
    rc = mom_view_counts(view, &n);
    mom_view_close(view);
    if (rc != MOM_OK)
        return rc;
    hash_sites(&h, s);
    uint64_t counts[] = {n.users,     n.devices,   n.parked,         n.tombstones,
                         n.conflicts, n.permanent, n.handoffs_active};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        mom__hasher_u64(&h, counts[i]);
    *ret_digest = mom__hasher_end(&h);
    return MOM_OK;
}
