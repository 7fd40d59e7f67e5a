/*
 * The table of the handoff, what its guards look at and what its actions do.
 */
#include "node.h"

static const struct mom__fsm_row rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {MOM__HANDOFF_##from, MOM__EVENT_##event, MOM__GUARD_##guard, MOM__ACTION_##action,            \
     MOM__HANDOFF_##to},
#include "handoff_rows.h"
};
static const struct mom__word states[] = {
#define STATE_WORD(id, code, name, text) [code] = {name, text},
    MOM__HANDOFF_STATES(STATE_WORD)
#undef STATE_WORD
};
static const struct mom__word events[] = {MOM__HANDOFF_EVENTS(MOM__WORD)};
static const struct mom__word guards[] = {MOM__HANDOFF_GUARDS(MOM__WORD)};
static const struct mom__word actions[] = {MOM__HANDOFF_ACTIONS(MOM__WORD)};

const struct mom__fsm mom__handoff_fsm = {
    .name = "handoff",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .states = {states, MOM__HANDOFF_STATE_COUNT},
    .events = {events, MOM__EVENT_COUNT},
    .guards = {guards, MOM__GUARD_COUNT},
    .actions = {actions, MOM__ACTION_COUNT},
};

/* --- guards ----------------------------------------------------------------------------------- */

static bool is_missing(const struct mom__handoff_step *s)
{
    struct mom__site *to = mom__site(s->e, s->h->to);

    return !to || !mom__has_all(s->e, to, &s->w->record);
}

static bool is_releasable(const struct mom__handoff_step *s)
{
    const struct mom__site *from = mom__site(s->e, s->h->from);
    uint64_t user = s->w->record.partner;

    return from && from->up && user && s->h->end != MOM__END_DONE &&
           mom__local_of(s->e, s->h->from, user);
}

static bool has_policy(const struct mom__handoff_step *s, enum mom_policy policy)
{
    const struct mom__site *to = mom__site(s->e, s->h->to);

    return to && mom__site_policy(s->e, to) == policy;
}

static bool is_cleared(const struct mom__handoff_step *s)
{
    const struct mom_record *device = &s->w->record;

    return s->h->end != MOM__END_NOT_ASKED && device->site && device->site == s->h->from &&
           !(device->flags & (MOM__DELETED | MOM__PARKED));
}

static bool is_alone(const struct mom__handoff_step *s)
{
    const struct mom__site *to = mom__site(s->e, s->h->to);

    return s->h->from == 0 && to && !to->removing;
}

bool mom__handoff_holds(void *context, unsigned guard)
{
    const struct mom__handoff_step *s = context;

    switch ((enum mom__handoff_guard)guard) {
    case MOM__GUARD_ALWAYS:
        return true;
    case MOM__GUARD_SAME:
        return s->h->whither == MOM__WHITHER_SAME;
    case MOM__GUARD_BACK:
        return s->h->whither == MOM__WHITHER_BACK;
    case MOM__GUARD_MISSING:
        return is_missing(s);
    case MOM__GUARD_RELEASABLE:
        return is_releasable(s);
    case MOM__GUARD_HAS_USER:
        return s->w->record.partner != 0;
    case MOM__GUARD_CLEARABLE:
        return has_policy(s, MOM_POLICY_REMOVE_FIRST) && is_releasable(s) && is_missing(s);
    case MOM__GUARD_EARLY:
        return has_policy(s, MOM_POLICY_REGISTER_FIRST) && is_releasable(s);
    case MOM__GUARD_CLEARED:
        return is_cleared(s);
    case MOM__GUARD_BACK_USER:
        /* Whatever ended the registration, this handoff or one before it whose end came late. */
        return s->h->whither == MOM__WHITHER_BACK && s->w->record.partner != 0;
    case MOM__GUARD_ALONE:
        return is_alone(s);
    case MOM__GUARD_COUNT:
        break;
    }
    return false;
}

/* --- actions ---------------------------------------------------------------------------------- */

void mom__want_both(struct mom_engine *e, mom_site number, const struct mom_record *device,
                    bool urgent)
{
    struct mom__site *site = number ? mom__site(e, number) : NULL;

    if (!site)
        return;
    if (device->partner)
        mom__want(e, site, device->partner, urgent);
    mom__want(e, site, device->id, urgent);
}

void mom__ask_sip(struct mom_engine *e, enum mom_action_kind kind, mom_site number,
                  const struct mom_record *device)
{
    const struct mom__site *site = mom__site(e, number);
    struct mom_action *action = site && site->up ? mom__act(e, kind, number) : NULL;

    if (!action)
        return;
    action->local_device = mom__local_of(e, number, device->id);
    action->local_user = mom__local_of(e, number, device->partner);
}

/* Unless it has registered again since it was asked: then it still owes that. */
static void note_released(const struct mom__handoff_step *s)
{
    const struct mom__handoff *h = s->h;
    struct mom__mapping *m = h->from ? mom__mapping(s->e, h->from, h->device) : NULL;

    if (m && m->exists && !h->answer_stale)
        mom__note_released(s->e, m, s->w->record.partner);
}

/* The phone stays at the site of the record; the claim that came to nothing is spent all the same. */
static void stay(const struct mom__handoff_step *s)
{
    struct mom_record *device = &s->w->record;

    if (device->flags & MOM__DELETED)
        return;
    device->epoch = s->h->epoch > device->epoch ? s->h->epoch : device->epoch;
    if (s->h->whither == MOM__WHITHER_BACK && s->h->claim_ms > device->claim_ms)
        device->claim_ms = s->h->claim_ms;
    mom__work_changed(s->e, s->w, MOM_CHANGED);
}

static void deliver(const struct mom__handoff_step *s)
{
    mom__want_both(s->e, s->h->to, &s->w->record, true);
    s->h->deadline = s->e->now.mono_ms + s->e->timers.deliver_ms;
}

static void move(const struct mom__handoff_step *s)
{
    struct mom__handoff *h = s->h;
    struct mom__claim claim = {h->claim_ms, h->epoch, h->to};

    claim = mom__claim_after(mom__claim_of(&s->w->record), claim);
    h->epoch = claim.epoch;
    h->claim_ms = claim.ms;
    mom__move(s->e, s->w, claim.site, claim.epoch, claim.ms);
    mom__presence_moved(s->e, s->w);
    if (h->end == MOM__END_DONE)
        note_released(s);
}

static void release(const struct mom__handoff_step *s)
{
    mom__ask_sip(s->e, MOM_DO_DEREGISTER, s->h->from, &s->w->record);
    s->h->answer_stale = false;
    s->h->deadline = s->e->now.mono_ms + s->e->timers.release_ms;
}

static void renew(const struct mom__handoff_step *s)
{
    mom__ask_sip(s->e, MOM_DO_REGISTER, s->h->to, &s->w->record);
    s->h->deadline = s->e->now.mono_ms + s->e->timers.renew_ms;
}

static void reject(const struct mom__handoff_step *s)
{
    const struct mom_record *device = &s->w->record;
    struct mom_action *action = mom__act(s->e, MOM_DO_REJECT, s->h->to);

    if (!action)
        return;
    action->ipei = mom__step_dup(s->e, mom__record_value(device, MOM_DEVICE_ipei));
    action->subscription =
        mom__step_dup(s->e, mom__record_value(device, MOM_DEVICE_subscriptionId));
    action->subscribing = s->h->subscribing;
    action->text = mom__str("its records could not be given to the site");
}

/* From here on the site where the records live is the one to register. */
static void restore(const struct mom__handoff_step *s)
{
    struct mom__handoff *h = s->h;
    const struct mom__site *home = mom__site(s->e, s->w->record.site);
    mom_site abandoned = h->to;

    stay(s);
    h->to = s->w->record.site;
    h->from = 0;
    h->end = MOM__END_NOT_ASKED;
    h->claim_ms = s->w->record.claim_ms;
    if (abandoned != h->to)
        mom__want_both(s->e, abandoned, &s->w->record, false);
    renew(s);
    if (home && !home->up)
        h->deadline = MOM_NEVER;
}

static void finish(const struct mom__handoff_step *s)
{
    s->e->counts.handoffs_done++;
}

static void await(const struct mom__handoff_step *s)
{
    s->h->from = 0;
    s->h->deadline = MOM_NEVER;
}

static void ask_end(const struct mom__handoff_step *s)
{
    s->h->end = MOM__END_ASKED;
}

static void note_end(const struct mom__handoff_step *s)
{
    s->h->end = MOM__END_DONE;
}

/* What each action consists of, in this order. */
static void (*const parts[MOM__ACTION_COUNT][2])(const struct mom__handoff_step *s) = {
    [MOM__ACTION_NONE] = {NULL},
    [MOM__ACTION_DELIVER] = {deliver},
    [MOM__ACTION_MOVE] = {move, finish},
    [MOM__ACTION_MOVE_RELEASE] = {move, release},
    [MOM__ACTION_MOVE_RENEW] = {move, renew},
    [MOM__ACTION_RENEW] = {renew},
    [MOM__ACTION_NOTE_RENEW] = {note_released, renew},
    [MOM__ACTION_NOTE] = {note_released},
    [MOM__ACTION_GIVE_UP] = {reject, stay},
    [MOM__ACTION_STAY] = {stay},
    [MOM__ACTION_AWAIT] = {await},
    [MOM__ACTION_FINISH] = {finish},
    [MOM__ACTION_CLEAR] = {ask_end, release},
    [MOM__ACTION_ENDED] = {note_end},
    [MOM__ACTION_ENDED_DELIVER] = {note_end, deliver},
    [MOM__ACTION_RESTORE] = {restore},
    [MOM__ACTION_REJECT_RESTORE] = {reject, restore},
    [MOM__ACTION_END] = {release},
    [MOM__ACTION_NOTE_FINISH] = {note_released, finish},
};

void mom__handoff_act(void *context, unsigned action)
{
    for (size_t i = 0; i < sizeof parts[0] / sizeof parts[0][0] && parts[action][i]; i++)
        parts[action][i](context);
}
