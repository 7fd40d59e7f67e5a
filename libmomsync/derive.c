/*
 * What follows from the registers of records: whether one is live, whether it is parked, who its
 * partner is. A function of what is in the store, the same on every node that has the same
 * registers, in whatever order they came. It is computed when a record is settled, and whoever it
 * depends on is settled again when it changes.
 *
 *   live     never deleted, or one of its groups is later than the deletion
 *   parked   live, but a live record that was created earlier has one of its unique values
 *   partner  the record that it claims, when that one claims it too and neither is parked or deleted
 */
#include "node.h"

static bool is_deleted(const struct mom_record *r)
{
    return !mom__stamp_is_zero(r->deleted) &&
           mom_stamp_compare(mom__record_newest(r), r->deleted) <= 0;
}

static bool is_live(const struct mom_record *r)
{
    return !(r->flags & (MOM__DELETED | MOM__PARKED));
}

static void set_flag(struct mom_engine *e, struct mom__work *w, unsigned flag, bool on,
                     enum mom_change change)
{
    w->record.flags = on ? w->record.flags | flag : w->record.flags & ~flag;
    mom__work_changed(e, w, change);
    if (on && w->record.type == MOM_DEVICE)
        mom__handoff_gone(e, w->record.id);
}

static void derive_deleted(struct mom_engine *e, struct mom__work *w)
{
    bool deleted = is_deleted(&w->record);

    if (deleted != !!(w->record.flags & MOM__DELETED))
        set_flag(e, w, MOM__DELETED, deleted, deleted ? MOM_DELETED : MOM_CREATED);
}

void mom__derive_parked(struct mom_engine *e, struct mom__work *w)
{
    enum mom_field field = MOM_FIELD_NONE;
    uint64_t winner = w->record.flags & MOM__DELETED ? 0 : mom__unique_winner(e, w, &field);
    bool parked = winner != 0;

    if (parked == !!(w->record.flags & MOM__PARKED))
        return;
    w->parked_by = winner;
    w->parked_field = field;
    if (parked && !w->in_parked) {
        w->in_parked = true;
        w->next_parked = e->parked;
        e->parked = w;
    }
    set_flag(e, w, MOM__PARKED, parked, parked ? MOM_PARKED : MOM_CHANGED);
}

/* A bound user is where the phone is. */
static void follow(struct mom_engine *e, struct mom__work *user, const struct mom__work *device)
{
    struct mom_record *u = &user->record;
    const struct mom_record *d = &device->record;

    if (u->site == d->site || d->site == 0)
        return;
    u->site = d->site;
    u->epoch = d->epoch;
    u->claim_ms = d->claim_ms;
    mom__work_changed(e, user, MOM_MOVED);
}

static void derive_partner(struct mom_engine *e, struct mom__work *w)
{
    struct mom_record *r = &w->record;
    struct mom__work *other = mom__work(e, r->claimed);
    bool bound = other && other->record.claimed == r->id && other->record.type != r->type &&
                 is_live(r) && is_live(&other->record);
    uint64_t partner = bound ? r->claimed : 0;

    if (r->partner != partner) {
        r->partner = partner;
        mom__work_changed(e, w, MOM_CHANGED);
        if (other)
            mom__work_touch(e, other);
    }
    if (bound && r->type == MOM_USER)
        follow(e, w, other);
}

void mom__derive(struct mom_engine *e, struct mom__work *w)
{
    derive_deleted(e, w);
    mom__derive_parked(e, w);
    derive_partner(e, w);
}

/* Whoever names this record, or was named by it, depends on it. */
void mom__derive_touch(struct mom_engine *e, const struct mom__work *w,
                       const struct mom__index *now)
{
    struct mom__work *other;

    if (w->index.live == now->live && w->index.claimed == now->claimed)
        return;
    other = mom__work(e, w->index.claimed);
    if (other)
        mom__work_touch(e, other);
    other = mom__work(e, now->claimed);
    if (other)
        mom__work_touch(e, other);
}

/* --- what came of it -------------------------------------------------------------------------- */

static void report(struct mom_engine *e, const struct mom__work *loser)
{
    const struct mom__work *winner = mom__work(e, loser->parked_by);
    struct mom__verdict verdict = {.id = loser->record.id, .rule = "unique"};

    if (!winner)
        return;
    verdict.winner = winner->record.created;
    verdict.loser = loser->record.created;
    verdict.group = mom__field_group(loser->parked_field);
    verdict.kept = &winner->record;
    verdict.lost = &loser->record;
    verdict.other = winner->record.id;
    mom__conflict(e, &verdict);
    mom__logf(e, MOM_LOG_WARNING, "record %u is parked: %s belongs to record %u", loser->record.id,
              mom_field_info(loser->parked_field)->name, winner->record.id);
}

void mom__derive_report(struct mom_engine *e)
{
    while (e->parked && e->failed == MOM_OK) {
        struct mom__work *w = e->parked;

        e->parked = w->next_parked;
        w->in_parked = false;
        if (w->record.flags & MOM__PARKED)
            report(e, w);
    }
}
