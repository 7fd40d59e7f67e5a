/*
 * Merging what a neighbour tells of a record into ours, register by register: the greater one wins,
 * here as there. A register that we changed too and that the neighbour had not seen is a conflict
 * and is listed; the order of the registers decides it, so both sides decide alike.
 */
#include "neighbour.h"
#include "node.h"
#include "shape.h"
#include "wire.h"

#include <string.h>

struct join {
    struct mom__neighbour *n;
    const struct mom__entry *entry;
    struct mom__work *w;
    struct mom__pending *pending;
    bool pending_changed, took, took_claim;
    bool was_deleted, is_new;
    bool insisted;                  /* we have what they do not */
    struct mom_stamp took_newest;   /* newest group that was taken */
    struct mom_stamp unseen_newest; /* newest group of ours that the neighbour had not seen */
};

/* --- what the neighbour had not seen ---------------------------------------------------------- */

/* What they have of the record is known, up to what stands in PENDING. */
static bool has_rows(const struct join *j)
{
    return j->n->agreed || mom__is_same(j->n, j->w->record.id);
}

static bool is_unconfirmed(struct join *j, unsigned reg)
{
    return !has_rows(j) || j->pending->whole || mom__pending_find(j->pending, reg);
}

/* Our value of a register was changed by somebody of whom the neighbour does not know. */
static bool is_unseen(struct join *j, unsigned reg)
{
    struct mom_stamp ours = mom__reg_stamp(&j->w->record, reg);

    if (mom__stamp_is_zero(ours) || !is_unconfirmed(j, reg))
        return false;
    return !j->entry->has_base[reg] || mom_stamp_compare(j->entry->bases[reg], ours) != 0;
}

/* They tell again what we had heard of them and have changed since: our confirmation was lost. */
static bool is_known(const struct join *j, unsigned reg)
{
    const struct mom__pending_reg *p = mom__pending_find(j->pending, reg);

    return p && mom_stamp_compare(p->base, mom__reg_stamp(&j->entry->record, reg)) == 0;
}

static struct mom_stamp later(struct mom_stamp a, struct mom_stamp b)
{
    return mom_stamp_compare(a, b) < 0 ? b : a;
}

static void note_unseen(struct join *j)
{
    enum mom_type type = j->w->record.type;

    for (unsigned reg = 0; reg < MOM__FIELDS_MAX && !j->is_new; reg = mom__reg_next(type, reg)) {
        bool same =
            j->entry->has[reg] && mom__reg_compare(&j->entry->record, &j->w->record, reg) == 0;

        if (!same && is_unseen(j, reg))
            j->unseen_newest = later(j->unseen_newest, mom__reg_stamp(&j->w->record, reg));
    }
}

/* --- one register ----------------------------------------------------------------------------- */

static void conflict(struct mom_engine *e, struct join *j, unsigned reg, int order)
{
    const struct mom_record *theirs = &j->entry->record, *ours = &j->w->record;
    struct mom_stamp a = mom__reg_stamp(theirs, reg), b = mom__reg_stamp(ours, reg);
    struct mom__verdict v = {.id = ours->id, .group = mom__reg_group(ours->type, reg)};

    if (!v.group || mom__reg_hash(theirs, reg) == mom__reg_hash(ours, reg))
        return;
    v.winner = order > 0 ? a : b;
    v.loser = order > 0 ? b : a;
    v.kept = order > 0 ? theirs : ours;
    v.lost = order > 0 ? ours : theirs;
    v.from = j->n->node;
    v.theirs_won = order > 0;
    v.clock_ms = j->n->offset_ms;
    v.told_ms = a.ms;
    if (j->entry->has_base[reg])
        v.base = j->entry->bases[reg];
    v.rule = mom_stamp_compare(a, b) == 0             ? "tie-value"
             : a.ms == b.ms && a.counter == b.counter ? "tie-origin"
                                                      : "later";
    mom__conflict(e, &v);
}

static void confirm(struct join *j, unsigned reg)
{
    if (!mom__pending_find(j->pending, reg))
        return;
    mom__pending_remove(j->pending, reg);
    j->pending_changed = true;
}

/* They have an older value: ours is news for them, and they know what we know of theirs. */
static void insist(struct mom_engine *e, struct join *j, unsigned reg)
{
    j->insisted = true;
    if (!has_rows(j)) {
        if (mom__queue_put(&j->n->whole, j->w->record.id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
        return;
    }
    if (j->pending->whole)
        return;
    mom__pending_add(j->pending, reg)->base = mom__reg_stamp(&j->entry->record, reg);
    j->pending_changed = true;
}

/* A whole record has all that they know of it, so what it lacks is news for them. */
static void join_missing(struct mom_engine *e, struct join *j, unsigned reg)
{
    const struct mom_record *ours = &j->w->record;

    if (j->entry->whole && !mom__stamp_is_zero(mom__reg_stamp(ours, reg)))
        insist(e, j, reg);
}

static void join_register(struct mom_engine *e, struct join *j, unsigned reg)
{
    struct mom_record *ours = &j->w->record;
    int order = mom__reg_compare(&j->entry->record, ours, reg);

    if (order != 0 && is_unseen(j, reg) && !is_known(j, reg))
        conflict(e, j, reg, order);
    if (order < 0) {
        insist(e, j, reg);
        return;
    }
    confirm(j, reg);
    j->w->told[reg] = true;
    if (order == 0)
        return;
    mom__pending_renew(j->w, reg, mom__reg_stamp(&j->entry->record, reg));
    mom__reg_copy(ours, &j->entry->record, reg);
    j->took |= reg != MOM__REG_CLAIM;
    j->took_claim |= reg == MOM__REG_CLAIM;
    if (reg < MOM__FIELDS_MAX)
        j->took_newest = later(j->took_newest, ours->stamps[reg]);
}

/* A record that is new here has no register of ours: it was taken as it came. */
static void join_new(struct join *j)
{
    memcpy(j->w->told, j->entry->has, sizeof j->entry->has);
    j->took = true;
    j->took_claim = j->entry->has[MOM__REG_CLAIM];
}

static void join_registers(struct mom_engine *e, struct join *j)
{
    enum mom_type type = j->w->record.type;

    for (unsigned reg = 0; reg < MOM__REGS_MAX && e->failed == MOM_OK;
         reg = mom__reg_next(type, reg)) {
        if (j->entry->has[reg])
            join_register(e, j, reg);
        else
            join_missing(e, j, reg);
    }
}

/* --- deletions -------------------------------------------------------------------------------- */

static void tell_deletion(struct mom_engine *e, struct join *j, bool deleted, struct mom_stamp edit,
                          bool theirs)
{
    struct mom_stamp deletion = j->w->record.deleted;
    struct mom__verdict v = {.id = j->w->record.id,
                             .winner = deleted ? deletion : edit,
                             .loser = deleted ? edit : deletion,
                             .kept_text = mom__str(deleted ? "deletion" : "edit"),
                             .lost_text = mom__str(deleted ? "edit" : "deletion"),
                             .from = j->n->node,
                             .theirs_won = theirs,
                             .kept_deletion = deleted,
                             .lost_deletion = !deleted,
                             .rule = deleted ? "delete-over-edit" : "edit-over-delete"};

    *(deleted ? &v.lost : &v.kept) = &j->w->record;
    mom__conflict(e, &v);
}

/* One side deleted what the other one changed without knowing of it. */
static void judge_deletion(struct mom_engine *e, struct join *j, bool deletion_unseen)
{
    const struct mom_record *r = &j->w->record;
    bool deleted = !mom__stamp_is_zero(r->deleted) &&
                   mom_stamp_compare(mom__record_newest(r), r->deleted) <= 0;
    bool their_deletion = j->entry->has[MOM__REG_DELETED] && j->w->told[MOM__REG_DELETED];
    /* If it lives by something else, they took the deletion back when they knew the edit, and nothing is lost. */
    bool decides = deleted || mom_stamp_compare(j->unseen_newest, r->deleted) > 0;

    if (!j->was_deleted && their_deletion && !mom__stamp_is_zero(j->unseen_newest) && decides)
        tell_deletion(e, j, deleted, j->unseen_newest, deleted);
    else if (j->was_deleted && deletion_unseen && !mom__stamp_is_zero(j->took_newest))
        tell_deletion(e, j, deleted, j->took_newest, !deleted);
}

/* --- the record ------------------------------------------------------------------------------- */

static void see_stamps(struct mom_engine *e, struct join *j)
{
    const struct mom_record *r = &j->entry->record;
    struct mom_stamp newest = later(mom__record_newest(r), r->deleted);

    mom__hlc_after(&e->clock, newest);
    e->numbers_changed = true;
    if (newest.ms > e->now.wall_ms + e->skew_ms && !j->n->warned_future) {
        j->n->warned_future = true;
        mom__logf(e, MOM_LOG_WARNING, "node %u: its stamps are %d ms in the future",
                  MOM__U(j->n->node), newest.ms - e->now.wall_ms);
    }
}

/* Ours, or a new one with the id that it has everywhere. */
static bool find(struct mom_engine *e, struct join *j)
{
    const struct mom_record *theirs = &j->entry->record;

    j->w = mom__work(e, theirs->id);
    if (!j->w && !j->entry->whole) {
        if (mom__queue_put(&j->n->want, theirs->id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
        return false;
    }
    if (!j->w && j->entry->has[MOM__REG_DELETED] &&
        (mom_stamp_compare(mom__record_newest(theirs), theirs->deleted) <= 0 ||
         MOM__PLANTED(DEAD_STAY_DEAD)) &&
        mom_stamp_compare(theirs->deleted, e->seen) <= 0)
        return false; /* deleted, and forgotten by us since everybody knew it */
    if (!j->w) {
        j->w = mom__work_adopt(e, theirs);
        j->is_new = true;
        return j->w != NULL;
    }
    if (j->w->record.type != theirs->type ||
        (j->entry->whole && mom_stamp_compare(j->w->record.created, theirs->created) != 0)) {
        mom__logf(e, MOM_LOG_ERROR, "node %u: its record %u is not the one that has this id here",
                  MOM__U(j->n->node), theirs->id);
        return false;
    }
    return true;
}

/* What the shape is told of the time before. */
static struct mom__news before_of(const struct join *j)
{
    const struct mom_record *r = &j->w->record;

    if (j->is_new)
        return (struct mom__news){.device = r->id};
    return mom__news_before(r, 0);
}

/* What changed besides the registers: who is where follows from a claim. */
static void moved(struct mom_engine *e, struct mom__work *device)
{
    struct mom__work *user = mom__work(e, device->record.partner);

    mom__work_changed(e, device, MOM_MOVED);
    if (user)
        mom__work_touch(e, user);
}

void mom__join(struct mom_engine *e, struct mom__neighbour *n, const struct mom__entry *entry)
{
    struct mom__pending pending; /* large: not cleared */
    struct join j = {.n = n, .entry = entry, .pending = &pending};
    bool *told = mom__step_alloc(e, MOM__REGS_MAX * sizeof *told), deletion_unseen;
    struct mom__news before;

    if (!told || !find(e, &j))
        return;
    pending.whole = false;
    pending.count = 0;
    if (!j.is_new) /* of a record that is new here nothing waits */
        (void)mom__pending_get(e, n->node, entry->record.id, entry->record.type, &pending);
    see_stamps(e, &j);
    j.w->told = told;
    j.was_deleted = j.w->record.flags & MOM__DELETED;
    deletion_unseen = !j.is_new && is_unseen(&j, MOM__REG_DELETED);
    before = before_of(&j);
    if (entry->has[MOM__REG_DELETED]) {
        if (!MOM__PLANTED(HELD_BLIND))
            j.unseen_newest = entry->unseen;
        note_unseen(&j);
    }
    if (j.is_new)
        join_new(&j);
    else
        join_registers(e, &j);
    judge_deletion(e, &j, deletion_unseen);
    if (j.pending_changed)
        mom__pending_put(e, n->node, entry->record.id, entry->record.type, &pending);
    if (pending.count > 0 && mom__queue_put(&n->outbox, entry->record.id, false) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
    /* A claim that moves nothing is no change for the host. */
    if (j.took || j.took_claim)
        mom__work_changed(e, j.w, j.took ? MOM_CHANGED : 0);
    e->joining = n;
    mom__pending_note(e, j.w);
    e->joining = NULL;
    if (entry->whole && !j.insisted)
        mom__same_told(e, n, j.w->record.id);
    j.w->told = NULL;
    if (j.w->record.type != MOM_DEVICE)
        return;
    if (before.claim.site != j.w->record.site)
        moved(e, j.w);
    if (mom__claim_compare(before.claim, mom__claim_of(&j.w->record)) != 0 ||
        before.confirmed_ms != j.w->record.confirmed_ms ||
        before.confirmed_by != j.w->record.confirmed_by)
        mom__news_add(e, &before);
}

struct mom_stamp mom__join_but_deletion(struct mom_engine *e, struct mom__neighbour *n,
                                        const struct mom__entry *entry)
{
    struct mom__entry *rest = mom__step_room(e, sizeof *rest);
    struct mom__pending pending; /* large: not cleared */
    struct join j = {.n = n, .entry = entry, .pending = &pending};

    if (!rest || !find(e, &j))
        return j.unseen_newest;
    pending.whole = false;
    pending.count = 0;
    (void)mom__pending_get(e, n->node, entry->record.id, entry->record.type, &pending);
    note_unseen(&j);
    *rest = *entry;
    rest->has[MOM__REG_DELETED] = false;
    mom__join(e, n, rest);
    return j.unseen_newest;
}
