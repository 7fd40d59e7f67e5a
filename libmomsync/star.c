/*
 * The star's handoff: the table, what its guards look at and its actions do, and what becomes an
 * event. What is under way is kept by handoff.c, as the hub's is.
 */
#include "star.h"

#include "hash.h"
#include "neighbour.h"
#include "node.h"
#include "shape.h"

enum {
    REFRESH_LEAST = 1000, /* ms: a claim is not made anew more often */
    MARKS = 1 << 20,      /* of confirmations */
};
#define LAST_UNIT (MOM__MS_MAX / MARKS)

static const struct mom__fsm_row rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {MOM__STAR_##from, MOM__STAR_ON_##event, MOM__STAR_IF_##guard, MOM__STAR_DO_##action,          \
     MOM__STAR_##to},
#include "star_rows.h"
};
static const struct mom__word states[] = {
#define STATE_WORD(id, code, name, text) [code] = {name, text},
    MOM__STAR_STATES(STATE_WORD)
#undef STATE_WORD
};
static const struct mom__word events[] = {MOM__STAR_EVENTS(MOM__WORD)};
static const struct mom__word guards[] = {MOM__STAR_GUARDS(MOM__WORD)};
static const struct mom__word actions[] = {MOM__STAR_ACTIONS(MOM__WORD)};

const struct mom__fsm mom__star_fsm = {
    .name = "star",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .states = {states, MOM__STAR_STATE_COUNT},
    .events = {events, MOM__STAR_EVENT_COUNT},
    .guards = {guards, MOM__STAR_GUARD_COUNT},
    .actions = {actions, MOM__STAR_ACTION_COUNT},
};

/* --- what the base row of an own site says ---------------------------------------------------- */

static struct mom__mapping *own_mapping(struct mom_engine *e, mom_site own, uint64_t device)
{
    struct mom__mapping *m = mom__mapping(e, own, device);

    return m && m->exists ? m : NULL;
}

static bool has_flag(struct mom_engine *e, mom_site own, uint64_t device, unsigned flags)
{
    const struct mom__mapping *m = own_mapping(e, own, device);

    return m && (m->base.flags & flags);
}

static void set_flags(struct mom_engine *e, mom_site own, uint64_t device, unsigned clear,
                      unsigned set)
{
    struct mom__mapping *m = own_mapping(e, own, device);

    if (!m || ((m->base.flags & ~clear) | set) == m->base.flags)
        return;
    m->base.flags = (m->base.flags & ~clear) | set;
    mom__mapping_changed(e, m);
}

/* --- guards ----------------------------------------------------------------------------------- */

static bool is_reachable(struct mom_engine *e, mom_site own, const struct mom_record *device)
{
    const struct mom__site *site = mom__site(e, own);

    return site && site->up && device->partner && mom__local_of(e, own, device->partner) &&
           mom__local_of(e, own, device->id);
}

/* Are the records at one site only? */
static bool goes_with_phone(struct mom_engine *e, const struct mom_record *device)
{
    return mom__index_of(e, device).resident != MOM__ALL_SITES;
}

bool mom__star_holds(void *context, unsigned guard)
{
    const struct mom__handoff_step *s = context;
    const struct mom_record *device = &s->w->record;
    mom_site own = s->h->own;

    switch ((enum mom__star_guard)guard) {
    case MOM__STAR_IF_ALWAYS:
        return true;
    case MOM__STAR_IF_OURS:
        return device->site == own;
    case MOM__STAR_IF_PRESENT:
        return device->partner && !has_flag(s->e, own, device->id, MOM__BASE_SILENT);
    case MOM__STAR_IF_FREE:
        return device->site == 0 && device->partner;
    case MOM__STAR_IF_HAS_USER:
        return device->partner != 0;
    case MOM__STAR_IF_REACHABLE:
        return is_reachable(s->e, own, device);
    case MOM__STAR_IF_REGISTERED:
        return is_reachable(s->e, own, device) && has_flag(s->e, own, device->id, MOM__BASE_OWING);
    case MOM__STAR_IF_BOUND_ANEW:
        return s->h->answer_stale && is_reachable(s->e, own, device);
    case MOM__STAR_IF_MOVING:
        return goes_with_phone(s->e, device);
    case MOM__STAR_IF_QUIET:
        return s->h->was_ours && device->partner &&
               !has_flag(s->e, own, device->id, MOM__BASE_OWING);
    case MOM__STAR_GUARD_COUNT:
        break;
    }
    return false;
}

/* --- actions ---------------------------------------------------------------------------------- */

static void ask(const struct mom__handoff_step *s, enum mom_action_kind kind)
{
    if (is_reachable(s->e, s->h->own, &s->w->record))
        mom__ask_sip(s->e, kind, s->h->own, &s->w->record);
}

/* A site that does not have the records yet is told as soon as it has. */
static void ask_register(const struct mom__handoff_step *s)
{
    const struct mom__site *site = mom__site(s->e, s->h->own);

    ask(s, MOM_DO_REGISTER);
    s->h->lacking =
        site && site->up && s->w->record.partner && !is_reachable(s->e, s->h->own, &s->w->record);
}

/* What is done for this site is news for the other ones of the node. */
static void tell_others(const struct mom__handoff_step *s)
{
    struct mom__news before = mom__news_before(&s->w->record, s->h->own);

    mom__news_add_own(s->e, &before);
}

static void note_claim(const struct mom__handoff_step *s)
{
    const struct mom_record *device = &s->w->record;

    s->h->epoch = device->epoch;
    s->h->claim_ms = device->claim_ms;
    set_flags(s->e, s->h->own, device->id,
              MOM__BASE_RELEASED | MOM__BASE_OWING | MOM__BASE_SILENT | MOM__BASE_DOUBTED, 0);
}

static void claim(const struct mom__handoff_step *s)
{
    const struct mom_record *device = &s->w->record;
    struct mom__claim next = mom__claim_next(mom__claim_of(device), s->h->own, s->h->arrived_ms);

    tell_others(s);
    mom__move(s->e, s->w, next.site, next.epoch, next.ms);
    mom__want_both(s->e, s->h->own, device, true);
    note_claim(s);
}

/* Somebody who was cut off may have claimed the phone meanwhile: whoever heard it last wins. */
static void refresh(const struct mom__handoff_step *s)
{
    struct mom_record *device = &s->w->record;

    if (s->h->arrived_ms < device->claim_ms + REFRESH_LEAST)
        return;
    tell_others(s);
    mom__claim_set(device, mom__claim_next(mom__claim_of(device), s->h->own, s->h->arrived_ms));
    mom__work_changed(s->e, s->w, 0); /* nothing that the host would call a change */
    s->h->epoch = device->epoch;
    s->h->claim_ms = device->claim_ms;
}

static void await(const struct mom__handoff_step *s)
{
    s->h->deadline = MOM_NEVER;
}

static void renew(const struct mom__handoff_step *s)
{
    const struct mom__site *site = mom__site(s->e, s->h->own);

    ask_register(s);
    note_claim(s);
    s->h->deadline = site && site->up ? s->e->now.mono_ms + s->e->timers.renew_ms : MOM_NEVER;
}

static void announce(const struct mom__handoff_step *s)
{
    ask_register(s);
    s->h->deadline = s->e->now.mono_ms + s->e->timers.announce_ms;
}

static void finish(const struct mom__handoff_step *s)
{
    s->e->counts.handoffs_done++;
}

/* OWING until the end is known: it may be that the answer never comes. */
static void end(const struct mom__handoff_step *s)
{
    set_flags(s->e, s->h->own, s->h->device, MOM__BASE_RELEASED, MOM__BASE_OWING);
    s->h->lacking = false;
    s->h->ended = s->w->record.partner;
    s->h->answered = false;
    ask(s, MOM_DO_DEREGISTER);
    s->h->answer_stale = false;
    s->h->deadline = s->e->now.mono_ms + s->e->timers.release_ms;
}

static void note(const struct mom__handoff_step *s)
{
    /* Nobody knows whether it ended, and another site of this node has the phone: it registers at once, before the
     * records are taken away here, which ends it. So that is told too. */
    bool unknown = !s->h->answered && mom__is_own(s->e, s->w->record.site);

    set_flags(s->e, s->h->own, s->h->device, MOM__BASE_OWING, unknown ? 0 : MOM__BASE_RELEASED);
}

/*
 * A record has room for one confirmation, the greatest. So that nobody's is lost, it says which one its
 * maker knew of: its time, in units of MARKS ms, and below that a mark of the one that it replaces.
 * Whoever sees his own replaced by one that does not know of it confirms once more. Marks may be equal
 * by chance; then one renewal is not made.
 */
static int64_t mark_of(uint32_t confirmed_by, int64_t confirmed_ms)
{
    struct mom__hasher hasher;

    mom__hasher_init(&hasher);
    mom__hasher_u64(&hasher, confirmed_by);
    mom__hasher_u64(&hasher, (uint64_t)confirmed_ms);
    return (int64_t)(mom__hasher_end(&hasher) % MARKS);
}

static void confirm(const struct mom__handoff_step *s)
{
    struct mom_record *device = &s->w->record;
    int64_t unit = s->e->now.wall_ms / MARKS, known = device->confirmed_ms / MARKS;

    if (device->site == s->h->own)
        return;
    if (device->confirmed_by && unit <= known)
        unit = known + 1;
    /* Nobody could read a later one. Who has the phone waits in vain, and renews after `announce`. */
    if (unit > LAST_UNIT)
        return;
    tell_others(s);
    device->confirmed_ms = unit * MARKS + mark_of(device->confirmed_by, device->confirmed_ms);
    device->confirmed_by = s->h->own;
    mom__work_changed(s->e, s->w, 0);
}

/* The OMM is believed, but not for ever: its word may be wrong, and then nobody would be registered
 * until the phone is heard again. */
static void wait(const struct mom__handoff_step *s)
{
    s->h->deadline = s->e->now.mono_ms + s->e->timers.elsewhere_ms;
}

/* Whether the request or its answer was lost nobody knows: who has the phone registers after either. */
static void repeat(const struct mom__handoff_step *s)
{
    confirm(s);
    ask(s, MOM_DO_DEREGISTER);
    s->h->answer_stale = false;
    s->h->deadline = s->e->now.mono_ms + s->e->timers.retry_ms;
}

/* What each action consists of, in this order. */
static void (*const parts[MOM__STAR_ACTION_COUNT][2])(const struct mom__handoff_step *s) = {
    [MOM__STAR_DO_NONE] = {NULL},
    [MOM__STAR_DO_CLAIM] = {claim, finish},
    [MOM__STAR_DO_ANNOUNCE] = {claim, announce},
    [MOM__STAR_DO_ASK] = {ask_register},
    [MOM__STAR_DO_CLAIM_RENEW] = {claim, renew},
    [MOM__STAR_DO_REFRESH] = {refresh},
    [MOM__STAR_DO_REFRESH_RENEW] = {refresh, renew},
    [MOM__STAR_DO_RENEW] = {renew},
    [MOM__STAR_DO_AWAIT] = {await},
    [MOM__STAR_DO_FINISH] = {finish},
    [MOM__STAR_DO_END] = {end},
    [MOM__STAR_DO_CONFIRM] = {confirm},
    [MOM__STAR_DO_NOTE] = {note},
    [MOM__STAR_DO_WAIT] = {wait},
    [MOM__STAR_DO_NOTE_WAIT] = {note, wait},
    [MOM__STAR_DO_REPEAT] = {repeat},
    [MOM__STAR_DO_NOTE_CONFIRM] = {note, confirm},
};

void mom__star_act(void *context, unsigned action)
{
    for (size_t i = 0; i < sizeof parts[0] / sizeof parts[0][0] && parts[action][i]; i++)
        parts[action][i](context);
}

/* --- events ----------------------------------------------------------------------------------- */

/* An event of an own site, for a device that may have nothing under way there. */
static void raise_event(struct mom_engine *e, mom_site own, const struct mom__work *w, mom_site to,
                        enum mom__star_event event)
{
    struct mom__handoff *h = mom__handoff_get(e, own, w->record.id);
    const struct mom_record *device = &w->record;

    if (!h)
        return;
    if (h->to != to || h->state == MOM__STAR_HOME) {
        h->from = to != own ? own : device->site != to ? device->site : device->confirmed_by;
        h->to = to;
    }
    h->epoch = device->epoch;
    h->claim_ms = device->claim_ms;
    mom__handoff_step(e, h, event);
}

void mom__star_claim(struct mom_engine *e, uint64_t device, struct mom__arrival arrival)
{
    const struct mom__work *w = mom__work_live(e, device);
    bool own = w && mom__is_own(e, arrival.site);
    struct mom__handoff *h = own ? mom__handoff_get(e, arrival.site, device) : NULL;

    if (!h)
        return;
    h->arrived_ms = arrival.at_ms;
    raise_event(e, arrival.site, w, arrival.site, MOM__STAR_ON_LOCATED);
}

/* An event for what is under way at a site, if anything is. */
static void tell(struct mom_engine *e, mom_site site, uint64_t device, enum mom__star_event event)
{
    struct mom__handoff *h = mom__handoff_at(e, site, device);

    if (h)
        mom__handoff_step(e, h, event);
}

void mom__star_released(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_at(e, site, device);

    if (h)
        h->answered = true;
    tell(e, site, device, MOM__STAR_ON_RELEASED);
}

void mom__star_renewed(struct mom_engine *e, mom_site site, uint64_t device)
{
    tell(e, site, device, MOM__STAR_ON_RENEWED);
}

static bool go_down(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->own == site)
        mom__handoff_step(e, h, MOM__STAR_ON_DOWN);
    return false;
}

static bool go_up(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->own == site)
        mom__handoff_step(e, h, MOM__STAR_ON_UP);
    return false;
}

void mom__star_down(struct mom_engine *e, mom_site site)
{
    (void)mom__handoff_walk(e, go_down, site);
}

void mom__star_up(struct mom_engine *e, mom_site site)
{
    (void)mom__handoff_walk(e, go_up, site);
}

/* A user who was to be ended for one phone may have come to another one here: he is registered for that. */
static void follow(struct mom_engine *e, mom_site own, uint64_t user)
{
    const struct mom__work *w = mom__work_live(e, user);

    w = w ? mom__work_live(e, w->record.partner) : NULL;
    if (w && w->record.site == own)
        raise_event(e, own, w, own, MOM__STAR_ON_CONFIRMED);
}

static bool is_complete(struct mom_engine *e, mom_site own, const struct mom_record *device)
{
    return is_reachable(e, own, device) && mom__has_all(e, mom__site(e, own), device);
}

/* What became of the records of one that is under way; true: an event. */
static bool look(struct mom_engine *e, struct mom__handoff *h, const struct mom_record *device)
{
    bool was_subscribed = h->subscribed,
         coming = h->state == MOM__STAR_ANNOUNCING || h->state == MOM__STAR_RENEWING;
    uint64_t user = h->ended;
    mom_site own = h->own;

    h->subscribed = mom__is_subscribed(device);
    h->looked = true;
    if (h->state == MOM__STAR_LEAVING && user && device->partner != user) {
        h->ended = 0;
        mom__handoff_step(e, h, MOM__STAR_ON_PARTED);
        follow(e, own, user);
        return true;
    }
    if (coming && was_subscribed && !h->subscribed) {
        mom__handoff_step(e, h, MOM__STAR_ON_UNSUBSCRIBED);
        return true;
    }
    if (h->lacking && is_complete(e, own, device)) {
        h->lacking = false;
        mom__handoff_step(e, h, MOM__STAR_ON_DELIVERED);
        return true;
    }
    return false;
}

/* Since it was last looked at nothing happened to the phone: its record is not in hand. There may be as many as there
 * are phones, and each step comes here. */
static bool is_idle(const struct mom_engine *e, const struct mom__handoff *h)
{
    return h->looked && !h->lacking && !mom__idmap_has(&e->works, h->device);
}

static bool look_live(struct mom_engine *e, struct mom__handoff *h, mom_site unused)
{
    const struct mom__work *w = is_idle(e, h) ? NULL : mom__work_live(e, h->device);

    (void)unused;
    return w && look(e, h, &w->record);
}

bool mom__star_check(struct mom_engine *e)
{
    return mom__handoff_walk(e, look_live, 0);
}

/* Any other phone is bound to him here, too: that is owed an end, which is confirmed. */
void mom__star_parted(struct mom_engine *e, mom_site site, uint64_t user)
{
    const struct mom__work *w = mom__work_live(e, user);

    w = w ? mom__work_live(e, w->record.partner) : NULL;
    if (w && w->record.site && w->record.site != site && goes_with_phone(e, &w->record))
        raise_event(e, site, w, w->record.site, MOM__STAR_ON_LET_GO);
}

bool mom__star_owing(struct mom_engine *e, mom_site site, uint64_t device)
{
    const struct mom__work *w = mom__work_live(e, device);

    if (!w || w->record.site == site || !is_reachable(e, site, &w->record))
        return false;
    raise_event(e, site, w, w->record.site, MOM__STAR_ON_OWING);
    return true;
}

bool mom__star_is_ending(const struct mom__handoff *h)
{
    return h->state == MOM__STAR_LEAVING;
}

/* --- what neighbours tell, and what was done for another site of the node ----------------------- */

/* A site that was the one to register may still be, also for a user whom it does not know to be unbound. */
static void leave_ours(struct mom_engine *e, mom_site own, const struct mom_record *device)
{
    const struct mom__mapping *m = own_mapping(e, own, device->id);
    bool bound =
        m && (m->base.partner || (device->partner && mom__local_of(e, own, device->partner)));

    if (bound && !(m->base.flags & MOM__BASE_RELEASED))
        set_flags(e, own, device->id, 0, MOM__BASE_OWING);
}

/* The claim in force is another one. If it is not clearly later than that of this site was, the phone may be here for
 * all that; once it is elsewhere beyond doubt, this site ends once more, for it may have heard the phone while it was
 * cut off. */
static void note_doubt(struct mom_engine *e, mom_site own, const struct mom_record *device,
                       const struct mom__news *before)
{
    bool clear = mom__claim_outdates_clearly(before->claim, device->claim_ms);

    if (before->claim.site == own && !clear)
        set_flags(e, own, device->id, 0, MOM__BASE_DOUBTED);
    else if (clear && has_flag(e, own, device->id, MOM__BASE_DOUBTED))
        set_flags(e, own, device->id, MOM__BASE_DOUBTED | MOM__BASE_RELEASED, MOM__BASE_OWING);
}

/* What was told, and of it what an own site was before. */
struct told {
    const struct mom__work *w;
    const struct mom__news *before;
    uint32_t confirmed_by; /* as it was told: another own site may have confirmed since */
    int64_t confirmed_ms;
};

/* Did the confirmation of this site get lost: is the one in force by somebody who did not know of it? */
static bool is_overtaken(const struct mom_engine *e, mom_site own, const struct told *t)
{
    const struct mom__news *before = t->before;

    if (before->confirmed_by != own || before->claim.site == own ||
        mom__handoff_at(e, own, before->device))
        return false;
    if (t->confirmed_by == own && t->confirmed_ms == before->confirmed_ms)
        return false;
    return t->confirmed_ms % MARKS != mark_of(own, before->confirmed_ms);
}

static bool is_confirmed(mom_site own, const struct told *t)
{
    const struct mom__news *before = t->before;

    return before->claim.site == own && t->confirmed_by && t->confirmed_by != own &&
           (t->confirmed_by != before->confirmed_by || t->confirmed_ms != before->confirmed_ms);
}

/* Of a deleted record that somebody put back nothing was lost: this node had forgotten it. */
static void take_back(struct mom_engine *e, mom_site own, const struct told *t)
{
    struct mom__site *site = mom__site(e, own);
    bool lost = mom__stamp_is_zero(t->w->record.deleted);

    if (lost)
        mom__logf(e, site ? MOM_LOG_DEBUG : MOM_LOG_NOTICE,
                  "site %u: a neighbour tells that it has the phone of record %u, which this node "
                  "did not know",
                  MOM__U(own), t->before->device);
    if (lost && site)
        site->given++;
    raise_event(e, own, t->w, own, MOM__STAR_ON_GIVEN);
}

static bool is_telling(const struct mom__neighbour *n)
{
    return n->state == MOM__NEIGHBOUR_GREETING || n->state == MOM__NEIGHBOUR_CATCHING_UP ||
           n->state == MOM__NEIGHBOUR_COMPARING;
}

/* A node that lost its store gets all phones of its site back: one line, when nobody is in the middle of it. */
void mom__star_stepped(struct mom_engine *e)
{
    for (size_t i = 0; i < e->neighbour_count; i++) {
        if (is_telling(e->neighbours[i]))
            return;
    }
    for (size_t i = 0; i < e->site_count; i++) {
        struct mom__site *site = e->sites[i];

        if (site->given > 0)
            mom__logf(e, MOM_LOG_NOTICE,
                      "site %u: neighbours tell that it has the phones of %u records, which this "
                      "node did not know: either it lost that, or another node has a site of this "
                      "number",
                      MOM__U(site->number), site->given);
        site->given = 0;
    }
}

static void told_one(struct mom_engine *e, mom_site own, const struct told *t)
{
    const struct mom_record *device = &t->w->record;
    const struct mom__news *before = t->before;
    struct mom__handoff *h;

    if (device->site == own) {
        if (before->claim.site != own)
            take_back(e, own, t);
        else if (is_confirmed(own, t))
            raise_event(e, own, t->w, own, MOM__STAR_ON_CONFIRMED);
        return;
    }
    if (is_overtaken(e, own, t)) {
        raise_event(e, own, t->w, device->site, MOM__STAR_ON_OVERTAKEN);
        return;
    }
    if (mom__claim_compare(mom__claim_of(device), before->claim) == 0)
        return;
    if (before->claim.site == own)
        leave_ours(e, own, device);
    note_doubt(e, own, device, before);
    h = MOM__PLANTED(FORMER_STAYS) ? NULL : mom__handoff_get(e, own, before->device);
    if (!h)
        return;
    h->was_ours = before->claim.site == own;
    raise_event(e, own, t->w, device->site, MOM__STAR_ON_TAKEN);
}

void mom__star_joined(struct mom_engine *e, const struct mom__news *before)
{
    struct told t = {.w = mom__work_live(e, before->device), .before = before};

    if (!t.w || (t.w->record.flags & MOM__PARKED))
        return;
    t.confirmed_by = t.w->record.confirmed_by;
    t.confirmed_ms = t.w->record.confirmed_ms;
    for (mom_site own = 0; e->failed == MOM_OK && (own = mom__own_next(e, own)) != 0;) {
        if (own != before->by)
            told_one(e, own, &t);
    }
}

/* --- what the site itself tells --------------------------------------------------------------- */

const char *mom__star_objection(const struct mom_engine *e, mom_site site)
{
    return mom__is_own(e, site) ? NULL : "it is not a site of this node";
}

bool mom__star_wants(const struct mom__handoff *h, mom_site site)
{
    return h->own == site;
}

/* Its fields tell that the phone is there (`here`), or that it is elsewhere, later than the claim. */
static void take_place(struct mom_engine *e, struct mom__observed *seen, bool here, int64_t ms)
{
    const struct mom_record *device = &seen->work->record;
    struct mom__arrival arrival = {seen->in->site, ms, false};

    if (!here && device->site == seen->in->site)
        raise_event(e, seen->in->site, seen->work, 0, MOM__STAR_ON_ELSEWHERE);
    if (!here)
        return;
    if (!seen->site->importing)
        mom__star_claim(e, device->id, arrival);
    else if (mom__idmap_put(&seen->site->arrivals, device->id,
                            (uint64_t)seen->told_ms[MOM_ROAMING]) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

/* The phone is elsewhere, and a site that was cut off says, as before, that it has it. Clocks may have decided wrongly
 * between claims whose makers did not know of each other, by any time: then it is here, and if it was heard while
 * nobody could be told, the user is registered, which nothing shows. One that is owed an end makes that now. */
static void note_alone(struct mom_engine *e, const struct mom__observed *seen)
{
    const struct mom_record *device = &seen->work->record;

    mom_site own = seen->in->site;

    if (seen->site->importing && device->site != own &&
        !has_flag(e, own, device->id, MOM__BASE_OWING))
        set_flags(e, own, device->id, 0, MOM__BASE_DOUBTED);
}

/*
 * A record that was made by its site and that nobody else has is there, unless it says otherwise;
 * one that the site got from us says nothing by being there. ommId names the OMM that has the phone,
 * and the time of the kind "roaming" says since when (AXI, GetPPDev; section "roaming" of
 * docs/handoff.md).
 */
void mom__star_place(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *r = &seen->work->record;
    struct mom_str told = mom__record_value(&seen->record, MOM_DEVICE_ommId);
    int64_t now = e->now.wall_ms, ms = seen->times_ms[MOM_ROAMING];
    char own[MOM_OMM_ID_LEN + 1];
    mom_site site = seen->in->site;
    struct mom__news before;
    bool here, news;

    if (r->type != MOM_DEVICE || (r->flags & MOM__PARKED))
        return;
    if (ms > now)
        ms = now;
    mom_park_omm_id(seen->site->park, own);
    here = mom__equal_c(told, own);
    /* Sites tell whole seconds. That the phone came is news also when it left within the same one. */
    seen->told_ms[MOM_ROAMING] += here && seen->told_ms[MOM_ROAMING] != 0;
    news = seen->told_ms[MOM_ROAMING] != seen->mapping->base.times_ms[MOM_ROAMING];
    if (r->site == 0 && (told.len > 0 ? here : seen->fresh)) {
        struct mom__claim next = mom__claim_next(mom__claim_of(r), site, ms ? ms : now);

        before = mom__news_before(r, site);
        mom__news_add_own(e, &before);
        mom__move(e, seen->work, next.site, next.epoch, next.ms);
        return;
    }
    if (here && !news)
        note_alone(e, seen);
    if (told.len == 0 || !news)
        return;
    if (mom__claim_outdates(mom__claim_of(r), ms))
        take_place(e, seen, here, ms);
    else if (here && r->site != site) { /* it had the phone while nobody could hear of it */
        mom__handoff_anew(e, site, r->id);
        set_flags(e, site, r->id, MOM__BASE_RELEASED, MOM__BASE_OWING);
    }
}
