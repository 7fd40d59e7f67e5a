/*
 * Indexes and counters are functions of the records. After every input the records that it touched
 * are settled: what the index says is compared with what it should say, and the difference is
 * written. No rule writes an index by itself.
 */
#include "neighbour.h"
#include "node.h"

#include <string.h>

bool mom__is_permanent(const struct mom_record *user)
{
    return user->type == MOM_USER && mom__equal_c(mom__record_value(user, MOM_USER_permanent), "1");
}

static bool is_live(const struct mom_record *record)
{
    return !(record->flags & (MOM__DELETED | MOM__PARKED));
}

static bool is_pari_only(const struct mom_record *record)
{
    return record->type == MOM_DEVICE &&
           mom__equal_c(mom__record_value(record, MOM_DEVICE_subscribeToPARIOnly), "1");
}

/* The live partner, NULL: none; one of its own kind, or itself, is damage. `before`: as it was before this step. Not
 * mom__work: a device and its user would load each other without end. Valid until the next call or use of the store. */
static const struct mom_record *partner_of(struct mom_engine *e, const struct mom_record *record,
                                           bool before)
{
    const struct mom__work *w =
        record->partner ? mom__idmap_get_ptr(&e->works, record->partner) : NULL;
    struct mom_record *loaded;
    struct mom_str bytes;
    struct mom__key key;

    if (w && w->record.type == record->type) {
        mom__fail(e, MOM_ECORRUPT);
        return NULL;
    }
    if (w && before)
        return w->stored && is_live(w->stored) ? w->stored : NULL;
    if (w)
        return is_live(&w->record) ? &w->record : NULL;
    if (!record->partner || !mom__get(e, MOM_T_RECORD, mom__key_id(&key, record->partner), &bytes))
        return NULL;
    mom__arena_reset(&e->aside, MOM__STEP_KEEP);
    loaded = mom__arena_alloc(&e->aside, sizeof *loaded);
    if (!loaded) {
        mom__fail(e, MOM_ENOMEM);
        return NULL;
    }
    /* Nothing secret is looked at. */
    if (mom__record_decode(bytes, record->partner, &e->aside, loaded) != MOM_OK ||
        loaded->type == record->type) {
        mom__fail(e, MOM_ECORRUPT);
        return NULL;
    }
    return is_live(loaded) ? loaded : NULL;
}

/* A phone that takes no SARI works at one site: it is never everywhere, nor who is bound to it. */
static bool belongs_everywhere(struct mom_engine *e, const struct mom_record *record, bool before)
{
    const struct mom_record *partner = partner_of(e, record, before);

    if (is_pari_only(record) || (partner && is_pari_only(partner) && e->shape == MOM_SHAPE_STAR))
        return false;
    if (e->shape == MOM_SHAPE_STAR)
        return true;
    return record->type == MOM_USER ? mom__is_permanent(record)
                                    : partner && mom__is_permanent(partner);
}

static struct mom__index index_of(struct mom_engine *e, const struct mom_record *record,
                                  bool before)
{
    struct mom__index index = {.claimed = record->claimed};
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, record->type, false, fields);

    index.deleted = record->flags & MOM__DELETED;
    index.parked = !index.deleted && (record->flags & MOM__PARKED);
    index.live = is_live(record);
    index.permanent = index.live && mom__is_permanent(record);
    if (index.deleted)
        return index;
    for (size_t i = 0; i < count; i++) {
        struct mom_str value = mom__record_value(record, fields[i]);

        if (value.len > 0)
            index.unique[i] = value;
    }
    if (index.live)
        index.resident = belongs_everywhere(e, record, before) ? MOM__ALL_SITES : record->site;
    return index;
}

struct mom__index mom__index_of(struct mom_engine *e, const struct mom_record *record)
{
    return index_of(e, record, false);
}

struct mom__index mom__index_before(struct mom_engine *e, const struct mom_record *record)
{
    return index_of(e, record, true);
}

static void set_resident(struct mom_engine *e, const struct mom__work *w,
                         const struct mom__index *now)
{
    struct mom__key key;

    if (w->index.resident == now->resident)
        return;
    if (w->index.resident)
        mom__del(e, MOM_T_RESIDENT, mom__key_site_id(&key, w->index.resident, w->record.id));
    if (now->resident)
        mom__put(e, MOM_T_RESIDENT, mom__key_site_id(&key, now->resident, w->record.id),
                 mom__str(""));
}

void mom__count(struct mom_counts *counts, const struct mom__index *index,
                const struct mom_record *record, int by)
{
    uint64_t step = by > 0 ? 1 : UINT64_MAX; /* modulo 2^64: minus one */

    if (index->live || index->parked)
        *(record->type == MOM_USER ? &counts->users : &counts->devices) += step;
    if (index->parked)
        counts->parked += step;
    if (index->deleted)
        counts->tombstones += step;
    if (index->permanent)
        counts->permanent += step;
}

static void tell_site(struct mom_engine *e, mom_site number, uint64_t id)
{
    struct mom__site *site = number ? mom__site(e, number) : NULL;

    /* A site that is being imported and has just told this record, or its partner, was compared with it already. */
    if (site && site->importing && e->teller == number && (id == e->told || id == e->told_partner))
        return;
    if (site)
        mom__want(e, site, id, false);
}

/* The sites that may have to get, change or lose the record. */
static void tell_sites(struct mom_engine *e, const struct mom__work *w,
                       const struct mom__index *now)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    if (w->index.resident == MOM__ALL_SITES || now->resident == MOM__ALL_SITES ||
        (w->index.live && !now->live) || (w->index.deleted && !now->deleted)) {
        mom__want_everywhere(e, w->record.id);
        return;
    }
    tell_site(e, w->index.resident, w->record.id);
    tell_site(e, now->resident, w->record.id);
    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        const struct mom__handoff *h = slot->value.ptr;

        if (h->device != w->record.id && h->device != w->record.partner)
            continue;
        for (; h; h = h->next) {
            tell_site(e, h->from, w->record.id);
            tell_site(e, h->to, w->record.id);
        }
    }
}

static void tell_host(struct mom_engine *e, struct mom__work *w)
{
    struct mom_action *action = w->change ? mom__act(e, MOM_DO_CHANGED, 0) : NULL;

    if (!action)
        return;
    action->id = w->record.id;
    action->type = w->record.type;
    action->change = w->change;
    w->record.version++;
    w->change = 0;
}

static void settle(struct mom_engine *e, struct mom__work *w)
{
    struct mom__index now;
    struct mom__work *partner;
    bool spread;

    if (w->gone)
        return;
    mom__derive(e, w);
    mom__pending_note(e, w);
    now = mom__index_of(e, &w->record);
    spread = now.resident != w->index.resident || now.live != w->index.live;
    partner = spread ? mom__work(e, w->record.partner) : NULL;
    mom__unique_save(e, w, &now);
    set_resident(e, w, &now);
    mom__tombstone_save(e, w, &now);
    mom__derive_touch(e, w, &now);
    /* A record that was made in this step was not counted when it was loaded: its index is empty. */
    mom__count(&e->counts, &w->index, &w->record, -1);
    mom__count(&e->counts, &now, &w->record, 1);
    tell_sites(e, w, &now);
    w->index = now;
    if (partner)
        mom__work_touch(e, partner);
    tell_host(e, w);
}

/* Those that are touched now, in the order in which they were touched. */
static struct mom__work *take_touched(struct mom_engine *e)
{
    struct mom__work *w = e->touched, *first = NULL;

    while (w) {
        struct mom__work *next = w->next_touched;

        w->next_touched = first;
        first = w;
        w = next;
    }
    e->touched = NULL;
    return first;
}

void mom__settle(struct mom_engine *e)
{
    while (e->touched && e->failed == MOM_OK) {
        for (struct mom__work *w = take_touched(e); w && e->failed == MOM_OK;) {
            struct mom__work *next = w->next_touched;

            w->touched = false;
            settle(e, w);
            w = next;
        }
    }
    mom__derive_report(e);
}
