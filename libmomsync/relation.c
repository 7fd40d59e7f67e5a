/*
 * Relations: which user is bound to which device. One to one and symmetric, always: only
 * mom__relate and mom__unbind
 * change a relation, and they change both sides under one stamp.
 */
#include "node.h"
#include "shape.h"

enum mom_field mom__relation_group(enum mom_type type)
{
    return type == MOM_USER ? MOM_USER_relType : MOM_DEVICE_relType;
}

uint64_t mom__relation_hash(enum mom_type type, struct mom_str rel_type, uint64_t partner)
{
    struct mom_record record;

    mom__record_init(&record, type, 0);
    mom__record_set(&record, mom__relation_group(type), rel_type);
    record.partner = record.claimed = partner;
    return mom__record_group_hash(&record, mom__relation_group(type), MOM__HASH_ALL);
}

/* A user who is unbound while the phone moves has no right any more to be at its two ends. */
static void leave_handoff(struct mom_engine *e, const struct mom_record *r)
{
    const struct mom__handoff *h = r->type == MOM_USER ? mom__handoff_of(e, r->partner) : NULL;

    for (; h; h = h->next) {
        struct mom__site *from = mom__site(e, h->from), *to = mom__site(e, h->to);

        if (from)
            mom__want(e, from, r->id, false);
        if (to)
            mom__want(e, to, r->id, false);
    }
}

static void set_side(struct mom_engine *e, struct mom__work *w, uint64_t partner,
                     struct mom_str rel_type, struct mom_stamp stamp)
{
    struct mom_record *r = &w->record;
    enum mom_field group = mom__relation_group(r->type);

    if (r->partner && r->partner != partner)
        leave_handoff(e, r);
    r->partner = r->claimed = partner;
    mom__record_set(r, group, rel_type);
    mom__record_set_stamp(r, group, stamp);
    mom__work_changed(e, w, MOM_CHANGED);
}

void mom__unbind(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp)
{
    struct mom__work *partner = mom__work(e, w->record.partner);

    if (w->record.claimed)
        set_side(e, w, 0, mom__str("Unbound"), stamp);
    if (partner)
        set_side(e, partner, 0, mom__str("Unbound"), stamp);
}

/* A bound user lives where its device does; a device that lives nowhere goes to its user. In a star every site has
 * both: being bound does not make a phone be anywhere. */
static void live_together(const struct mom_engine *e, struct mom__work *device,
                          struct mom__work *user)
{
    struct mom_record *d = &device->record, *u = &user->record;

    if (d->site == 0 && u->site != 0 && e->shape == MOM_SHAPE_HUB)
        mom__claim_set(d, mom__claim_next(mom__claim_of(d), u->site, u->claim_ms));
    if (u->site != d->site && d->site != 0)
        mom__claim_set(u, mom__claim_after(mom__claim_of(u), mom__claim_of(d)));
}

void mom__relate(struct mom_engine *e, struct mom__work *device, struct mom__work *user,
                 struct mom_str rel_type, struct mom_stamp stamp)
{
    if (device && (!user || device->record.claimed != user->record.id))
        mom__unbind(e, device, stamp);
    if (user && (!device || user->record.claimed != device->record.id))
        mom__unbind(e, user, stamp);
    if (!device || !user)
        return;
    set_side(e, device, user->record.id, rel_type, stamp);
    if (!MOM__PLANTED(ONE_SIDED))
        set_side(e, user, device->record.id, rel_type, stamp);
    live_together(e, device, user);
}

/* A site at which the phone is not must not be registered for it; that the phone is there settles it. `doubted`: it may
 * be there for all that. */
static void note_owing(struct mom_engine *e, struct mom__mapping *m, bool owing, bool doubted)
{
    unsigned flags;

    if (!m || !m->exists || MOM__PLANTED(OWING_FORGOTTEN))
        return;
    flags = m->base.flags &
            ~(unsigned)(MOM__BASE_OWING | MOM__BASE_RELEASED | (doubted ? 0 : MOM__BASE_DOUBTED));
    m->base.flags = flags | (owing ? MOM__BASE_OWING : 0u) | (doubted ? MOM__BASE_DOUBTED : 0u);
    mom__mapping_changed(e, m);
}

/* What the site was asked to end before this it may have begun again. */
static void note_anew(struct mom_engine *e, mom_site number, uint64_t device)
{
    struct mom__site *site = mom__site(e, number);

    mom__handoff_anew(e, number, device);
    if (site)
        mom__release_anew(site, device);
}

void mom__owes(struct mom_engine *e, struct mom__site *site, const struct mom__work *device)
{
    if (!device->record.partner || device->record.site == site->number)
        return;
    note_anew(e, site->number, device->record.id);
    note_owing(e, mom__mapping(e, site->number, device->record.id), true, true);
    mom__want(e, site, device->record.id, false);
}

/* Somebody else may be bound to the phone there, by what is to be undone: he was not told to end. */
void mom__note_released(struct mom_engine *e, struct mom__mapping *m, uint64_t user)
{
    if (!m->base.partner || m->base.partner == user)
        m->base.flags &= ~(unsigned)MOM__BASE_OWING;
    m->base.flags |= MOM__BASE_RELEASED;
    mom__mapping_changed(e, m);
}

void mom__settle_owing(struct mom_engine *e, struct mom__mapping *m)
{
    note_owing(e, m, false, false);
}

/* The phone is at a site beyond doubt. Where it was thought not to be, and may have been, the user may have been
 * registered anew, while the site was cut off, and nothing in its records shows that. Only who is permanent is still
 * there. */
static void settle_doubts(struct mom_engine *e, const struct mom__work *device, mom_site site)
{
    const struct mom__work *user = mom__work(e, device->record.partner);

    if (!user || !mom__is_permanent(&user->record))
        return;
    for (size_t i = 0; i < e->site_count; i++) {
        struct mom__mapping *m = mom__mapping(e, e->sites[i]->number, device->record.id);

        if (!m || !m->exists || m->site == site || !(m->base.flags & MOM__BASE_DOUBTED))
            continue;
        note_owing(e, m, true, false);
        mom__want(e, e->sites[i], device->record.id, false);
    }
}

void mom__move(struct mom_engine *e, struct mom__work *w, mom_site site, uint32_t epoch,
               int64_t claim_ms)
{
    struct mom__work *partner = mom__work(e, w->record.partner);
    struct mom__work *both[2] = {w, partner};
    const struct mom__work *device = w->record.type == MOM_DEVICE ? w : partner;

    bool clear = device && mom__claim_outdates_clearly(mom__claim_of(&device->record), claim_ms);
    bool hub = e->shape == MOM_SHAPE_HUB; /* a star notes it when each of its sites is told */

    if (clear && hub)
        settle_doubts(e, device, site);
    if (device && device->record.site != site) {
        if (device->record.site && hub)
            note_owing(e, mom__mapping(e, device->record.site, device->record.id), true, !clear);
        note_owing(e, mom__mapping(e, site, device->record.id), false, false);
    }

    for (int i = 0; i < 2; i++) {
        if (!both[i])
            continue;
        mom__claim_set(&both[i]->record,
                       mom__claim_after(mom__claim_of(&both[i]->record),
                                        (struct mom__claim){claim_ms, epoch, site}));
        mom__work_changed(e, both[i], MOM_MOVED);
    }
}

/* --- what a site has -------------------------------------------------------------------------- */

static void note_side(struct mom_engine *e, struct mom__mapping *m, uint64_t partner,
                      struct mom_str rel_type)
{
    struct mom__base_entry *entry;

    if (!m || !m->exists)
        return;
    entry = mom__base_entry(&m->base, mom__relation_group(m->base.type));
    m->base.partner = partner;
    entry->hash = entry->open = mom__relation_hash(m->base.type, rel_type, partner);
    entry->has_pushed = false;
    mom__mapping_changed(e, m);
}

/* The former partner of a record at a site is free there. */
static void note_release(struct mom_engine *e, const struct mom__mapping *m, uint64_t partner)
{
    struct mom__mapping *former;

    if (!m || !m->base.partner || m->base.partner == partner)
        return;
    former = mom__mapping(e, m->site, m->base.partner);
    if (former && former->base.partner == m->id)
        note_side(e, former, 0, mom__str("Unbound"));
}

void mom__relation_note_gone(struct mom_engine *e, const struct mom__mapping *m)
{
    note_release(e, m, 0);
}

/* A site that binds a user to a phone registers it; a permanent user's phone may be elsewhere, or
 * leave. */
static void note_binding(struct mom_engine *e, struct mom__mapping *m)
{
    const struct mom__work *device = mom__work(e, m->id);

    note_anew(e, m->site, m->id);
    if (device && device->record.site != m->site)
        note_owing(e, m, true, m->base.flags & MOM__BASE_DOUBTED);
    else if (device)
        mom__presence_bound(e, device);
}

void mom__relation_note(struct mom_engine *e, mom_site site, uint64_t device, uint64_t user,
                        struct mom_str rel_type)
{
    struct mom__mapping *d = device ? mom__mapping(e, site, device) : NULL;
    struct mom__mapping *u = user ? mom__mapping(e, site, user) : NULL;
    bool bound = d && u && !mom__equal_c(rel_type, "Unbound");

    note_release(e, d, bound ? user : 0);
    note_release(e, u, bound ? device : 0);
    note_side(e, d, bound ? user : 0, rel_type);
    note_side(e, u, bound ? device : 0, rel_type);
    if (bound && d->exists && u->exists)
        note_binding(e, d);
}

bool mom__relation_differs(struct mom_engine *e, const struct mom_record *record,
                           struct mom__mapping *m)
{
    enum mom_field group = mom__relation_group(record->type);
    const struct mom__base_entry *entry = mom__base_find(&m->base, group);

    (void)e;
    if (!record->partner && !m->base.partner)
        return false;
    return !entry || entry->hash != mom__record_group_hash(record, group, MOM__HASH_ALL);
}

/* --- merging ---------------------------------------------------------------------------------- */

/* What a site says of a relation. */
struct claim {
    struct mom__work *device, *user; /* one of them may be NULL: unbound */
    struct mom_str rel_type;
};

/* False: nothing was told, or the partner is not known yet (devices come before users; the partner's own record will
 * tell the same). */
static bool read_claim(struct mom_engine *e, struct mom__observed *seen, struct claim *ret_claim)
{
    const struct mom_input *in = seen->in;
    struct mom_str told = mom__record_value(&seen->record, mom__relation_group(in->type));
    enum mom_type other = in->type == MOM_USER ? MOM_DEVICE : MOM_USER;
    uint64_t id = seen->mapping->base.partner;
    struct mom__work *partner = NULL;

    if (!in->has_partner && !told.ptr)
        return false;
    if (in->has_partner)
        id = mom__local_id(e, in->site, other, in->partner_local);
    if (in->has_partner && in->partner_local && !id)
        return false;
    if (id) {
        partner = mom__work_live(e, id);
        if (!partner || (partner->record.flags & MOM__PARKED))
            return false;
    }
    if (!partner)
        told = mom__str("Unbound");
    else if (!mom__equal_c(told, "Fixed"))
        told = mom__str("Dynamic");
    ret_claim->rel_type = told;
    ret_claim->device = in->type == MOM_DEVICE ? seen->work : partner;
    ret_claim->user = in->type == MOM_USER ? seen->work : partner;
    return true;
}

/* The stamp of a side whose relation was changed by somebody else since the site was last heard; zero: it was not. */
static struct mom_stamp unseen_stamp(struct mom_engine *e, mom_site site, const struct mom__work *w)
{
    static const struct mom_stamp none;
    struct mom__mapping *m = w ? mom__mapping(e, site, w->record.id) : NULL;
    enum mom_field group;
    const struct mom__base_entry *entry;

    if (!m)
        return none;
    group = mom__relation_group(w->record.type);
    entry = mom__base_find(&m->base, group);
    if (entry ? !mom__relation_differs(e, &w->record, m) : !w->record.partner)
        return none;
    return mom_record_stamp(&w->record, group);
}

static struct mom_stamp later(struct mom_stamp a, struct mom_stamp b)
{
    return mom_stamp_compare(a, b) < 0 ? b : a;
}

/* A record that looks like a side of the claim: for the list of conflicts. */
static const struct mom_record *claimed(struct mom_engine *e, const struct mom__work *w,
                                        const struct claim *c)
{
    struct mom_record *r = mom__step_alloc(e, sizeof *r);

    if (r) {
        mom__record_init(r, w->record.type, w->record.id);
        mom__record_set(r, mom__relation_group(r->type), c->rel_type);
        r->partner = !c->device || !c->user       ? 0
                     : w->record.type == MOM_USER ? c->device->record.id
                                                  : c->user->record.id;
        r->claimed = r->partner;
    }
    return r;
}

/* A row for each change of ours that the claim met: that of the device's relation, and that of the user's unless it was
 * the same one. */
static void note_conflict(struct mom_engine *e, const struct mom__observed *seen,
                          const struct claim *c, struct mom__verdict *v)
{
    const struct mom__work *sides[2] = {c->device, c->user};
    struct mom_stamp noted = {0, 0, 0};

    v->rule = v->winner.ms == v->loser.ms ? "tie-origin" : "later";
    v->from = seen->in->site;
    v->told_ms = seen->told_ms[MOM_RELATION];
    v->clock_ms = seen->in->clock_ms;
    for (int i = 0; i < 2; i++) {
        struct mom_stamp unseen = unseen_stamp(e, v->from, sides[i]);
        struct mom_record before;

        if (!sides[i] || mom__stamp_is_zero(unseen) || mom_stamp_compare(unseen, noted) == 0)
            continue;
        noted = unseen;
        before = sides[i]->record;
        v->id = before.id;
        v->group = mom__relation_group(before.type);
        v->kept = v->theirs_won ? claimed(e, sides[i], c) : &before;
        v->lost = v->theirs_won ? &before : claimed(e, sides[i], c);
        if (v->kept && v->lost)
            mom__conflict(e, v);
    }
}

static void decide(struct mom_engine *e, struct mom__observed *seen, const struct claim *c)
{
    mom_site site = seen->in->site;
    struct mom_stamp hub = later(unseen_stamp(e, site, c->device), unseen_stamp(e, site, c->user));
    struct mom_stamp current = hub, stamp;
    int64_t ms = seen->times_ms[MOM_RELATION] ? seen->times_ms[MOM_RELATION] : e->now.wall_ms;
    struct mom_stamp theirs = {ms, 0, site};
    bool conflict = !mom__stamp_is_zero(hub) && !seen->fresh, wins;
    struct mom__verdict v = {.id = 0};

    wins = !conflict || ms > hub.ms || (ms == hub.ms && site >= hub.origin);
    v.theirs_won = wins;
    v.winner = wins ? theirs : hub;
    v.loser = wins ? hub : theirs;
    if (conflict)
        note_conflict(e, seen, c, &v);
    if (!wins)
        return;
    if (c->device)
        current = later(current, mom_record_stamp(&c->device->record, MOM_DEVICE_relType));
    if (c->user)
        current = later(current, mom_record_stamp(&c->user->record, MOM_USER_relType));
    stamp = mom__stamp_of_site(e, site, ms, current);
    mom__relate(e, c->device, c->user, c->rel_type, stamp);
}

/* A record that the site makes because we asked it to, before its relation was made too: nobody unbound it. An import
 * may find it like that, for the link went down, or this node, in the middle. */
static bool is_half_made(const struct mom__observed *seen, const struct mom__base_entry *entry,
                         uint64_t partner)
{
    if (MOM__PLANTED(HALF_MADE) || partner != 0 || (entry && entry->hash != 0))
        return false;
    return mom__op_find(seen->site, seen->work->record.id) ||
           (seen->site->importing && entry && entry->has_pushed);
}

/* The site bound the two once more, as they were: it registered again. */
static bool is_bound_anew(const struct mom__observed *seen)
{
    const struct mom__base *base = &seen->mapping->base;

    return seen->in->type == MOM_DEVICE && base->partner && base->times_ms[MOM_RELATION] &&
           seen->told_ms[MOM_RELATION] > base->times_ms[MOM_RELATION];
}

/* A fresh user that a site shows bound to a device which is bound elsewhere is a change of the device's relation. */
void mom__relation_merge(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *r = &seen->work->record;
    enum mom_field group = mom__relation_group(r->type);
    struct mom__base_entry *entry = mom__base_find(&seen->mapping->base, group);
    struct claim c;
    uint64_t partner, hash;
    bool agreed;

    if (!read_claim(e, seen, &c))
        return;
    partner = !c.device || !c.user  ? 0
              : r->type == MOM_USER ? c.device->record.id
                                    : c.user->record.id;
    hash = mom__relation_hash(r->type, c.rel_type, partner);
    if (entry && entry->hash == hash) {
        if (is_bound_anew(seen))
            note_binding(e, seen->mapping);
        seen->differs |= mom__relation_differs(e, r, seen->mapping);
        return;
    }
    if (is_half_made(seen, entry, partner)) {
        seen->differs = true;
        return;
    }
    agreed = partner ? mom__record_group_hash(r, group, MOM__HASH_ALL) == hash : r->partner == 0;
    /* What happens to a relation while the records are being removed is our own doing. */
    if (!agreed && !seen->leaving && !(r->flags & MOM__PARKED) &&
        !(entry && entry->has_pushed && entry->pushed == hash))
        decide(e, seen, &c);
    mom__relation_note(e, seen->in->site, c.device ? c.device->record.id : 0,
                       c.user ? c.user->record.id : 0, c.rel_type);
    seen->differs |= mom__relation_differs(e, r, seen->mapping);
}
