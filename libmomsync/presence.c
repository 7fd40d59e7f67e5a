/*
 * Phones that fell silent. All have the same time, so the list of those that are watched, in the
 * order in which they were heard, is also the order of their deadlines: hearing one and finding the
 * next that is due cost the same however many there are.
 */
#include "node.h"

static const struct mom__fsm_row rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {MOM__PRESENCE_##from, MOM__PRESENCE_ON_##event, MOM__PRESENCE_IF_##guard,                     \
     MOM__PRESENCE_DO_##action, MOM__PRESENCE_##to},
#include "presence_rows.h"
};
static const struct mom__word states[] = {MOM__PRESENCE_STATES(MOM__WORD)};
static const struct mom__word events[] = {MOM__PRESENCE_EVENTS(MOM__WORD)};
static const struct mom__word guards[] = {MOM__PRESENCE_GUARDS(MOM__WORD)};
static const struct mom__word actions[] = {MOM__PRESENCE_ACTIONS(MOM__WORD)};

const struct mom__fsm mom__presence_fsm = {
    .name = "presence",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .states = {states, MOM__PRESENCE_STATE_COUNT},
    .events = {events, MOM__PRESENCE_EVENT_COUNT},
    .guards = {guards, MOM__PRESENCE_GUARD_COUNT},
    .actions = {actions, MOM__PRESENCE_ACTION_COUNT},
};

/* --- the list --------------------------------------------------------------------------------- */

static void unlink_one(struct mom__presences *list, struct mom__presence *p)
{
    *(p->before ? &p->before->after : &list->first) = p->after;
    *(p->after ? &p->after->before : &list->last) = p->before;
    p->before = p->after = NULL;
}

static void append(struct mom__presences *list, struct mom__presence *p)
{
    p->before = list->last;
    *(list->last ? &list->last->after : &list->first) = p;
    list->last = p;
}

static void watch(struct mom_engine *e, uint64_t device)
{
    struct mom__presence *p = mom__idmap_get_ptr(&e->presences.phones, device);

    if (p) {
        unlink_one(&e->presences, p);
    } else {
        p = mom__zalloc(&e->alloc, sizeof *p);
        if (!p || mom__idmap_put_ptr(&e->presences.phones, device, p) != MOM_OK) {
            mom__free(&e->alloc, p);
            mom__fail(e, MOM_ENOMEM);
            return;
        }
        p->device = device;
    }
    p->heard_ms = e->now.mono_ms;
    append(&e->presences, p);
}

static void forget(struct mom_engine *e, struct mom__presence *p)
{
    unlink_one(&e->presences, p);
    mom__idmap_del(&e->presences.phones, p->device);
    mom__free(&e->alloc, p);
}

void mom__presences_free(struct mom_engine *e)
{
    struct mom__presence *next;

    for (struct mom__presence *p = e->presences.first; p; p = next) {
        next = p->after;
        mom__free(&e->alloc, p);
    }
    e->presences.first = e->presences.last = NULL;
    mom__idmap_reset(&e->presences.phones);
}

/* --- guards and actions ----------------------------------------------------------------------- */

struct step {
    struct mom_engine *e;
    struct mom__work *w;
    int64_t since_ms; /* monotonic: when the phone was heard */
};

static bool holds(void *context, unsigned guard)
{
    const struct step *s = context;
    const struct mom_record *device = &s->w->record;
    const struct mom__site *site = mom__site(s->e, device->site);

    return guard == MOM__PRESENCE_IF_ALWAYS ||
           (site && site->up && site->up_ms <= s->since_ms && device->partner &&
            mom__local_of(s->e, site->number, device->partner) &&
            !mom__handoff_at(s->e, device->site, device->id));
}

static void trace(void *context, const struct mom__fsm_row *row)
{
    const struct step *s = context;

    mom__trace_step(s->e, &mom__presence_fsm, s->w->record.id, s->w->record.site, row);
}

static void act(void *context, unsigned action)
{
    const struct step *s = context;
    const struct mom_record *device = &s->w->record;

    if (action == MOM__PRESENCE_DO_END) {
        mom__ask_sip(s->e, MOM_DO_DEREGISTER, device->site, device);
        mom__logf(s->e, MOM_LOG_NOTICE,
                  "site %u: the phone of record %u was not heard for long, its registration ends",
                  MOM__U(device->site), device->id);
    }
    if (action == MOM__PRESENCE_DO_RENEW)
        mom__ask_sip(s->e, MOM_DO_REGISTER, device->site, device);
    if (action == MOM__PRESENCE_DO_RENEW || action == MOM__PRESENCE_DO_WATCH)
        watch(s->e, device->id);
}

static void step(struct step *s, enum mom__presence_event event)
{
    struct mom__fsm_host host = {holds, trace, act, s};
    struct mom__mapping *m = mom__mapping(s->e, s->w->record.site, s->w->record.id);
    bool silent = m && m->exists && (m->base.flags & MOM__BASE_SILENT);
    const struct mom__fsm_row *row = mom__fsm_step(
        &mom__presence_fsm, silent ? MOM__PRESENCE_SILENT : MOM__PRESENCE_PRESENT, event, &host);

    if (!row || row->from == row->to || !m || !m->exists)
        return;
    if (silent)
        m->base.flags &= ~(unsigned)(MOM__BASE_SILENT | MOM__BASE_RELEASED);
    else
        m->base.flags |= MOM__BASE_SILENT;
    mom__mapping_changed(s->e, m);
}

/* --- events ----------------------------------------------------------------------------------- */

void mom__presence_heard(struct mom_engine *e, struct mom__work *w, bool start)
{
    struct step s = {e, w, e->now.mono_ms};
    const struct mom__mapping *m = mom__mapping(e, w->record.site, w->record.id);

    if (start || mom__idmap_has(&e->presences.phones, w->record.id) ||
        (m && m->exists && (m->base.flags & MOM__BASE_SILENT)))
        step(&s, MOM__PRESENCE_ON_HEARD);
}

/* False: it was not silent. */
static bool unsilence(struct mom_engine *e, const struct mom__work *w)
{
    struct mom__mapping *m = mom__mapping(e, w->record.site, w->record.id);

    if (!m || !m->exists || !(m->base.flags & MOM__BASE_SILENT))
        return false;
    m->base.flags &= ~(unsigned)(MOM__BASE_SILENT | MOM__BASE_RELEASED);
    mom__mapping_changed(e, m);
    return true;
}

void mom__presence_released(struct mom_engine *e, mom_site site, uint64_t device)
{
    const struct mom__work *w = mom__work_live(e, device);
    struct mom__mapping *m = w && w->record.site == site ? mom__mapping(e, site, device) : NULL;

    if (!m || !m->exists || !(m->base.flags & MOM__BASE_SILENT) ||
        (m->base.flags & MOM__BASE_RELEASED))
        return;
    m->base.flags |= MOM__BASE_RELEASED;
    mom__mapping_changed(e, m);
}

void mom__presence_moved(struct mom_engine *e, const struct mom__work *w)
{
    if (mom__idmap_has(&e->presences.phones, w->record.id))
        watch(e, w->record.id);
    (void)unsilence(e, w);
}

void mom__presence_bound(struct mom_engine *e, const struct mom__work *w)
{
    if (unsilence(e, w))
        watch(e, w->record.id);
}

void mom__presence_timers(struct mom_engine *e)
{
    for (uint32_t n = 0;
         n < e->limits.step && e->failed == MOM_OK && mom__presence_deadline(e) <= e->now.mono_ms;
         n++) {
        struct step s = {e, mom__work_live(e, e->presences.first->device),
                         e->presences.first->heard_ms};

        forget(e, e->presences.first);
        if (s.w && s.w->record.site)
            step(&s, MOM__PRESENCE_ON_SILENCE);
    }
}

int64_t mom__presence_deadline(const struct mom_engine *e)
{
    const struct mom__presence *first = e->presences.first;

    return first ? first->heard_ms + e->timers.silence_ms : MOM_NEVER;
}
