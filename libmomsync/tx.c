/*
 * The store during a step, and the working set: every record and base row that a step touches is
 * loaded once, changed in memory and written back before the commit. Knows tables and encodings, no
 * rules.
 */
#include "neighbour.h"
#include "node.h"

#include <string.h>

void mom__fail(struct mom_engine *e, int code)
{
    if (e->failed == MOM_OK)
        e->failed = code;
}

bool mom__get(struct mom_engine *e, enum mom_table table, struct mom_str key,
              struct mom_str *ret_value)
{
    int rc = e->failed;

    if (rc == MOM_OK)
        rc = e->store.ops->get(e->txn, table, key, ret_value);
    if (rc != MOM_OK && rc != MOM_ENOENT)
        mom__fail(e, rc);
    return rc == MOM_OK;
}

void mom__put(struct mom_engine *e, enum mom_table table, struct mom_str key, struct mom_str value)
{
    if (e->failed != MOM_OK)
        return;
    e->wrote = true;
    mom__fail(e, e->store.ops->put(e->txn, table, key, value));
}

void mom__del(struct mom_engine *e, enum mom_table table, struct mom_str key)
{
    int rc;

    if (e->failed != MOM_OK)
        return;
    rc = e->store.ops->del(e->txn, table, key);
    if (rc == MOM_OK)
        e->wrote = true;
    else if (rc != MOM_ENOENT)
        mom__fail(e, rc);
}

void mom__scan(struct mom_engine *e, enum mom_table table, struct mom_str from, mom_visit *visit,
               void *user)
{
    if (e->failed == MOM_OK)
        mom__fail(e, e->store.ops->scan(e->txn, table, from, visit, user));
}

void *mom__step_room(struct mom_engine *e, size_t size)
{
    void *ptr = e->failed == MOM_OK ? mom__arena_alloc(&e->arena, size) : NULL;

    if (!ptr)
        mom__fail(e, MOM_ENOMEM);
    return ptr;
}

void *mom__step_alloc(struct mom_engine *e, size_t size)
{
    void *ptr = mom__step_room(e, size);

    return ptr ? memset(ptr, 0, size) : NULL;
}

struct mom_str mom__step_dup(struct mom_engine *e, struct mom_str text)
{
    struct mom_str copy = {NULL, 0};

    if (!mom__arena_dup(&e->arena, text, &copy))
        mom__fail(e, MOM_ENOMEM);
    return copy;
}

/* --- records ---------------------------------------------------------------------------------- */

/* The record is for the caller to fill: it is large, and is cleared or read at once. */
static struct mom__work *work_add(struct mom_engine *e, uint64_t id)
{
    struct mom__work *w = mom__step_room(e, sizeof *w);

    if (w && mom__idmap_put_ptr(&e->works, id, w) != MOM_OK) {
        mom__fail(e, MOM_ENOMEM);
        return NULL;
    }
    if (!w)
        return NULL;
    memset(&w->index, 0, sizeof *w - offsetof(struct mom__work, index));
    return w;
}

struct mom__work *mom__work(struct mom_engine *e, uint64_t id)
{
    struct mom__work *w = id ? mom__idmap_get_ptr(&e->works, id) : NULL;
    struct mom_record *stored;
    struct mom_str bytes;
    struct mom__key key;

    if (w || id == 0 || !mom__get(e, MOM_T_RECORD, mom__key_id(&key, id), &bytes))
        return w && !w->gone ? w : NULL;
    bytes = mom__step_dup(e, bytes);
    w = work_add(e, id);
    stored = mom__step_room(e, sizeof *stored);
    if (!w || !stored)
        return NULL;
    w->stored = stored;
    w->in_digest = true;
    mom__fail(e, mom__record_load(&e->sealer, bytes, id, &e->arena, stored));
    if (e->failed != MOM_OK)
        return NULL;
    mom__record_copy(&w->record, stored);
    w->index = mom__index_before(e, stored);
    mom__pending_watch(e, w, false);
    return w;
}

struct mom__work *mom__work_live(struct mom_engine *e, uint64_t id)
{
    struct mom__work *w = mom__work(e, id);

    return w && !(w->record.flags & MOM__DELETED) ? w : NULL;
}

struct mom__work *mom__work_new(struct mom_engine *e, enum mom_type type)
{
    uint64_t id = (uint64_t)(e->node & 0xffffffu) << 40 | e->next_id;
    struct mom__work *w = work_add(e, id);

    if (!w)
        return NULL;
    e->next_id++;
    e->numbers_changed = true;
    mom__record_init(&w->record, type, id);
    mom__pending_watch(e, w, true);
    mom__work_changed(e, w, MOM_CREATED);
    return w;
}

/* One of ours, from elsewhere: it is not to be given again. */
static void keep_id(struct mom_engine *e, uint64_t id)
{
    uint64_t ours = (uint64_t)(e->node & 0xffffffu) << 40, number = id - ours;

    if (id < ours || number < e->next_id || number >> MOM__ID_BITS != 0)
        return;
    e->next_id = number + 1;
    e->numbers_changed = true;
}

struct mom__work *mom__work_adopt(struct mom_engine *e, const struct mom_record *record)
{
    struct mom__work *w = work_add(e, record->id);

    if (!w)
        return NULL;
    mom__record_copy(&w->record, record);
    w->record.partner = 0; /* derived */
    keep_id(e, record->id);
    mom__pending_watch(e, w, true);
    mom__work_changed(e, w, MOM_CREATED);
    mom__neighbour_saw_id(e, record->id);
    return w;
}

void mom__work_gone(struct mom_engine *e, struct mom__work *w)
{
    struct mom__key key;

    w->gone = true;
    mom__del(e, MOM_T_RECORD, mom__key_id(&key, w->record.id));
    mom__history_forget(e, w->record.id);
}

struct mom__work *mom__work_insert(struct mom_engine *e, const struct mom_record *record,
                                   enum mom_change change)
{
    struct mom__work *w = work_add(e, record->id);

    if (!w)
        return NULL;
    w->record = *record;
    keep_id(e, record->id);
    mom__pending_watch(e, w, true);
    mom__work_changed(e, w, change);
    return w;
}

void mom__work_touch(struct mom_engine *e, struct mom__work *w)
{
    if (w->touched)
        return;
    w->touched = true;
    w->next_touched = e->touched;
    e->touched = w;
}

/* What is told when a record changed in several ways at once: the first of these. */
static const enum mom_change strength[] = {MOM_DELETED, MOM_CREATED, MOM_PARKED, MOM_MOVED,
                                           MOM_CHANGED};

void mom__work_changed(struct mom_engine *e, struct mom__work *w, enum mom_change change)
{
    for (size_t i = 0; i < sizeof strength / sizeof strength[0]; i++) {
        if (strength[i] == change || strength[i] == w->change) {
            w->change = strength[i];
            break;
        }
    }
    w->reason = e->reason;
    w->unnoted = true;
    mom__work_touch(e, w);
    if (!w->dirty) {
        w->dirty = true;
        *e->dirty_end = w;
        e->dirty_end = &w->next_dirty;
    }
}

static void write_works(struct mom_engine *e)
{
    for (struct mom__work *w = e->dirty_works; w && e->failed == MOM_OK; w = w->next_dirty) {
        struct mom__key key;

        if (w->gone)
            continue;
        mom__digest_save(e, w);
        mom__history_note(e, w);
        mom__fail(e, mom__record_store(&e->sealer, &w->record, &e->arena, &e->buf));
        mom__put(e, MOM_T_RECORD, mom__key_id(&key, w->record.id), mom__buf_view(&e->buf));
    }
}

/* --- base rows -------------------------------------------------------------------------------- */

struct mom__mapping *mom__mapping(struct mom_engine *e, mom_site site, uint64_t id)
{
    struct mom__site *at = mom__site(e, site);
    struct mom__mapping *m = at ? mom__idmap_get_ptr(&at->mappings, id) : NULL;
    struct mom_str bytes;
    struct mom__key key;

    if (m || !at)
        return m;
    m = mom__step_room(e, sizeof *m);
    if (!m)
        return NULL;
    memset(m, 0, offsetof(struct mom__mapping, base.entries));
    m->site = site;
    m->id = id;
    if (mom__get(e, MOM_T_BASE, mom__key_site_id(&key, site, id), &bytes)) {
        mom__fail(e, mom__base_decode(bytes, &m->base));
        m->exists = true;
    }
    if (e->failed == MOM_OK && mom__idmap_put_ptr(&at->mappings, id, m) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
    return e->failed == MOM_OK ? m : NULL;
}

struct mom__mapping *mom__mapping_of(struct mom_engine *e, mom_site site, const struct mom__work *w)
{
    struct mom__mapping *m = mom__mapping(e, site, w->record.id);

    if (!m || !m->exists || m->base.type == w->record.type)
        return m;
    mom__fail(e, MOM_ECORRUPT); /* the row is damaged, or that of the record is */
    return NULL;
}

void mom__mapping_changed(struct mom_engine *e, struct mom__mapping *m)
{
    m->exists = true;
    if (m->dirty)
        return;
    m->dirty = true;
    m->next_dirty = e->dirty_mappings;
    e->dirty_mappings = m;
}

static void count_mapped(struct mom_engine *e, const struct mom__mapping *m, bool more)
{
    struct mom__site *site = mom__site(e, m->site);
    uint32_t *count = m->base.type == MOM_USER ? &site->users : &site->devices;

    *count = more ? *count + 1 : *count - 1;
}

void mom__map_local(struct mom_engine *e, struct mom__mapping *m, uint32_t local)
{
    unsigned char value[8];
    struct mom__key key;

    if (m->base.local == local)
        return;
    if (m->base.local)
        mom__del(e, MOM_T_LOCAL, mom__key_local(&key, m->site, m->base.type, m->base.local));
    else
        count_mapped(e, m, true);
    m->base.local = local;
    mom__put(e, MOM_T_LOCAL, mom__key_local(&key, m->site, m->base.type, local),
             mom__value_u64(value, m->id));
    mom__mapping_changed(e, m);
}

void mom__unnumber(struct mom_engine *e, struct mom__mapping *m)
{
    struct mom__key key;

    if (!m->exists || !m->base.local)
        return;
    mom__del(e, MOM_T_LOCAL, mom__key_local(&key, m->site, m->base.type, m->base.local));
    count_mapped(e, m, false);
    m->base.local = 0;
    mom__mapping_changed(e, m);
}

void mom__unmap(struct mom_engine *e, struct mom__mapping *m)
{
    struct mom__key key;

    if (!m->exists)
        return;
    if (m->base.local) {
        mom__del(e, MOM_T_LOCAL, mom__key_local(&key, m->site, m->base.type, m->base.local));
        count_mapped(e, m, false);
    }
    mom__del(e, MOM_T_BASE, mom__key_site_id(&key, m->site, m->id));
    mom__base_init(&m->base, m->base.type);
    m->exists = false;
}

uint64_t mom__local_id(struct mom_engine *e, mom_site site, enum mom_type type, uint32_t local)
{
    struct mom_str value;
    struct mom__key key;
    uint64_t id = 0;

    if (local && mom__get(e, MOM_T_LOCAL, mom__key_local(&key, site, type, local), &value))
        mom__fail(e, mom__value_read_u64(value, &id));
    return id;
}

uint32_t mom__local_of(struct mom_engine *e, mom_site site, uint64_t id)
{
    const struct mom__mapping *m = id ? mom__mapping(e, site, id) : NULL;

    return m && m->exists ? m->base.local : 0;
}

static void write_mappings(struct mom_engine *e)
{
    for (struct mom__mapping *m = e->dirty_mappings; m && e->failed == MOM_OK; m = m->next_dirty) {
        struct mom__key key;

        if (!m->exists)
            continue;
        mom__fail(e, mom__base_encode(&m->base, &e->buf));
        mom__put(e, MOM_T_BASE, mom__key_site_id(&key, m->site, m->id), mom__buf_view(&e->buf));
    }
}

/* --- stamps ----------------------------------------------------------------------------------- */

struct mom_stamp mom__stamp_new(struct mom_engine *e)
{
    e->numbers_changed = true;
    return mom__hlc_now(&e->clock, e->now.wall_ms, e->node);
}

struct mom_stamp mom__stamp_of_site(struct mom_engine *e, mom_site site, int64_t ms,
                                    struct mom_stamp current)
{
    struct mom__hlc clock = {current.ms, current.counter};
    struct mom_stamp stamp = mom__hlc_now(&clock, ms > 0 ? ms : e->now.wall_ms, site);

    mom__hlc_after(&e->clock, stamp);
    e->numbers_changed = true;
    return stamp;
}

/* --- the transaction -------------------------------------------------------------------------- */

int mom__tx_begin(struct mom_engine *e)
{
    e->failed = MOM_OK;
    e->wrote = e->numbers_changed = false;
    mom__tx_forget(e);
    return e->store.ops->begin(e->store.store, true, &e->txn);
}

/* The working set ends with its step. */
void mom__tx_forget(struct mom_engine *e)
{
    mom__idmap_reset(&e->works);
    for (size_t i = 0; i < e->site_count; i++) {
        if (e->sites[i]->mappings.count > 0)
            mom__idmap_reset(&e->sites[i]->mappings);
    }
    e->touched = e->dirty_works = e->parked = NULL;
    e->dirty_end = &e->dirty_works;
    e->dirty_mappings = NULL;
    e->history = NULL;
}

static void write_numbers(struct mom_engine *e)
{
    unsigned char clock[MOM__STAMP_LEN], value[8];
    struct mom_stamp stamp = {e->clock.ms, e->clock.counter, e->node};

    if (!e->numbers_changed)
        return;
    mom__incarnation_renew(e);
    mom__stamp_encode(stamp, clock);
    mom__put(e, MOM_T_META, mom__str(MOM__META_CLOCK),
             (struct mom_str){(const char *)clock, sizeof clock});
    mom__put(e, MOM_T_META, mom__str(MOM__META_NEXT_ID), mom__value_u64(value, e->next_id));
    mom__put(e, MOM_T_META, mom__str(MOM__META_CONFLICT), mom__value_u64(value, e->last_conflict));
}

int mom__tx_end(struct mom_engine *e)
{
    write_works(e);
    write_mappings(e);
    write_numbers(e);
    if (e->failed == MOM_OK && e->wrote)
        mom__fail(e, e->store.ops->commit(e->txn));
    else
        e->store.ops->abort(e->txn);
    e->txn = NULL;
    mom__tx_forget(e);
    return e->failed;
}
