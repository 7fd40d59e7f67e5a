/*
 * Logins and logouts of users: the table's guards and actions, and what becomes an event.
 */
#include "node.h"

static const struct mom__fsm_row rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {MOM__LOGIN_##from, MOM__LOGIN_ON_##event, MOM__LOGIN_IF_##guard, MOM__LOGIN_DO_##action,      \
     MOM__LOGIN_##to},
#include "login_rows.h"
};
static const struct mom__word states[] = {MOM__LOGIN_STATES(MOM__WORD)};
static const struct mom__word events[] = {MOM__LOGIN_EVENTS(MOM__WORD)};
static const struct mom__word guards[] = {MOM__LOGIN_GUARDS(MOM__WORD)};
static const struct mom__word actions[] = {MOM__LOGIN_ACTIONS(MOM__WORD)};

const struct mom__fsm mom__login_fsm = {
    .name = "login",
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .states = {states, MOM__LOGIN_STATE_COUNT},
    .events = {events, MOM__LOGIN_EVENT_COUNT},
    .guards = {guards, MOM__LOGIN_GUARD_COUNT},
    .actions = {actions, MOM__LOGIN_ACTION_COUNT},
};

static struct mom__login *login_of(const struct mom_engine *e, uint64_t user)
{
    return user ? mom__idmap_get_ptr(&e->logins, user) : NULL;
}

bool mom__login_wants(const struct mom_engine *e, uint64_t user, mom_site site)
{
    const struct mom__login *l = e->logins.count > 0 ? login_of(e, user) : NULL;

    return l && l->site == site;
}

static void drop(struct mom_engine *e, struct mom__login *l)
{
    mom__idmap_del(&e->logins, l->user);
    mom__free(&e->alloc, l);
}

void mom__logins_free(struct mom_engine *e)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while ((slot = mom__idmap_next(&e->logins, &cursor)) != NULL)
        mom__free(&e->alloc, slot->value.ptr);
    mom__idmap_reset(&e->logins);
}

static void answer(struct mom_engine *e, const struct mom__login *l, int rc, const char *text)
{
    struct mom_action *action = mom__act(e, MOM_DO_LOGIN_RESULT, l->site);

    if (!action)
        return;
    action->token = l->token;
    action->rc = rc;
    action->text = mom__str(text);
    action->local_device = mom__local_of(e, l->site, l->device);
    action->local_user = mom__local_of(e, l->site, l->user);
    if (rc != MOM_OK)
        mom__logf(e, MOM_LOG_NOTICE, "site %u: the login of record %u is refused: %s",
                  MOM__U(l->site), l->user, text);
}

/* --- guards and actions ----------------------------------------------------------------------- */

struct step {
    struct mom_engine *e;
    struct mom__login *l;
};

static bool has_user(struct mom_engine *e, const struct mom__login *l)
{
    const struct mom__mapping *m = mom__mapping(e, l->site, l->user);

    return m && m->exists && m->base.local && !(m->base.flags & MOM__BASE_LEAVING);
}

/* In a star he is at the new site already: he is bound at once, and who had him hears of that as of any change. */
static bool is_registered(struct mom_engine *e, struct mom__login *l)
{
    const struct mom__work *user = mom__work_live(e, l->user);
    const struct mom__site *from = user ? mom__site(e, user->record.site) : NULL;

    return e->shape == MOM_SHAPE_HUB && from && from->number != l->site && from->up &&
           user->record.partner && mom__local_of(e, from->number, l->user);
}

static bool holds(void *context, unsigned guard)
{
    const struct step *s = context;

    switch ((enum mom__login_guard)guard) {
    case MOM__LOGIN_IF_MISSING:
        return !has_user(s->e, s->l);
    case MOM__LOGIN_IF_REGISTERED:
        return is_registered(s->e, s->l);
    case MOM__LOGIN_IF_ALWAYS:
    case MOM__LOGIN_GUARD_COUNT:
        break;
    }
    return guard == MOM__LOGIN_IF_ALWAYS;
}

static void trace(void *context, const struct mom__fsm_row *row)
{
    const struct step *s = context;

    mom__trace_step(s->e, &mom__login_fsm, s->l->user, s->l->site, row);
    if (row->event == MOM__LOGIN_ON_TIMEOUT) {
        s->l->rc = MOM_ESTATE;
        s->l->error = "the site did not take the records in time";
    } else if (row->event == MOM__LOGIN_ON_GONE) {
        s->l->rc = MOM_ENOENT;
        s->l->error = "the record of the user or of the phone is gone";
    }
}

static void give(const struct step *s)
{
    mom__want(s->e, mom__site(s->e, s->l->site), s->l->user, true);
    s->l->deadline = s->e->now.mono_ms + s->e->timers.login_ms;
}

static const struct mom_record *phone_of(struct mom_engine *e, uint64_t user)
{
    const struct mom__work *w = mom__work_live(e, user);
    const struct mom__work *phone = w ? mom__work_live(e, w->record.partner) : NULL;

    return phone ? &phone->record : NULL;
}

static void end(const struct step *s)
{
    const struct mom_record *phone = phone_of(s->e, s->l->user);

    if (phone) {
        s->l->from = phone->site;
        mom__ask_sip(s->e, MOM_DO_DEREGISTER, phone->site, phone);
    }
    s->l->deadline = s->e->now.mono_ms + s->e->timers.release_ms;
}

static void bind(const struct step *s)
{
    struct mom__work *user = mom__work_live(s->e, s->l->user);
    struct mom__work *device = mom__work_live(s->e, s->l->device);

    if (user && device)
        mom__relate(s->e, device, user, mom__str("Dynamic"), mom__stamp_new(s->e));
    s->l->deadline = s->e->now.mono_ms + s->e->timers.login_ms;
    give(s);
}

static void accept(const struct step *s)
{
    answer(s->e, s->l, MOM_OK, "");
}

static void refuse(const struct step *s)
{
    answer(s->e, s->l, s->l->rc, s->l->error);
}

static void restore(const struct step *s)
{
    const struct mom_record *phone = phone_of(s->e, s->l->user);

    if (phone && phone->site == s->l->from)
        mom__ask_sip(s->e, MOM_DO_REGISTER, phone->site, phone);
}

static void (*const parts[MOM__LOGIN_ACTION_COUNT][2])(const struct step *s) = {
    [MOM__LOGIN_DO_NONE] = {NULL},       [MOM__LOGIN_DO_GIVE] = {give},
    [MOM__LOGIN_DO_END] = {end},         [MOM__LOGIN_DO_BIND] = {bind},
    [MOM__LOGIN_DO_ACCEPT] = {accept},   [MOM__LOGIN_DO_REFUSE] = {refuse},
    [MOM__LOGIN_DO_RESTORE] = {restore}, [MOM__LOGIN_DO_REFUSE_RESTORE] = {refuse, restore},
};

static void act(void *context, unsigned action)
{
    for (size_t i = 0; i < sizeof parts[0] / sizeof parts[0][0] && parts[action][i]; i++)
        parts[action][i](context);
}

static void step(struct mom_engine *e, struct mom__login *l, enum mom__login_event event)
{
    struct step s = {e, l};
    struct mom__fsm_host host = {holds, trace, act, &s};
    const struct mom__fsm_row *row;
    struct mom__site *site = mom__site(e, l->site);
    uint64_t user = l->user;

    if (e->failed != MOM_OK)
        return;
    row = mom__fsm_step(&mom__login_fsm, l->state, event, &host);
    if (!row)
        return;
    l->state = (enum mom__login_state)row->to;
    if (l->state != MOM__LOGIN_OUT)
        return;
    drop(e, l);
    if (site)
        mom__want(e, site, user, false);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Logins may end while they are walked: their users are gathered first. */
static void gather(struct mom_engine *e, struct mom__queue *users)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    mom__queue_init(users, &e->alloc);
    while (e->logins.count > 0 && (slot = mom__idmap_next(&e->logins, &cursor)) != NULL) {
        if (mom__queue_put(users, slot->key, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
}

void mom__login_refused(struct mom_engine *e, mom_site site, uint64_t user, int rc)
{
    struct mom__login *l = login_of(e, user);

    if (!l || l->site != site)
        return;
    l->rc = rc;
    l->error = "the site refused the record";
    step(e, l, MOM__LOGIN_ON_REFUSED);
}

void mom__login_released(struct mom_engine *e, mom_site site, uint64_t user)
{
    struct mom__login *l = login_of(e, user);

    if (l && l->from == site)
        step(e, l, MOM__LOGIN_ON_ENDED);
}

/* `look` says which event a login is due, MOM__LOGIN_EVENT_COUNT: none. True when one was. */
static bool walk(struct mom_engine *e, mom_site site,
                 enum mom__login_event (*look)(struct mom_engine *e, const struct mom__login *l,
                                               mom_site site))
{
    struct mom__queue users;
    bool happened = false;
    uint64_t user;

    if (e->logins.count == 0)
        return false;
    gather(e, &users);
    while (e->failed == MOM_OK && (user = mom__queue_take(&users)) != 0) {
        struct mom__login *l = login_of(e, user);
        enum mom__login_event event = l ? look(e, l, site) : MOM__LOGIN_EVENT_COUNT;

        if (event == MOM__LOGIN_EVENT_COUNT)
            continue;
        step(e, l, event);
        happened = true;
    }
    mom__queue_done(&users);
    return happened;
}

static enum mom__login_event look_down(struct mom_engine *e, const struct mom__login *l,
                                       mom_site site)
{
    (void)e;
    return l->site == site   ? MOM__LOGIN_ON_TO_DOWN
           : l->from == site ? MOM__LOGIN_ON_FROM_DOWN
                             : MOM__LOGIN_EVENT_COUNT;
}

void mom__login_down(struct mom_engine *e, mom_site site)
{
    (void)walk(e, site, look_down);
}

static bool is_gone(const struct mom__work *w)
{
    return !w || (w->record.flags & MOM__PARKED);
}

static enum mom__login_event look_check(struct mom_engine *e, const struct mom__login *l,
                                        mom_site unused)
{
    const struct mom__work *user = mom__work_live(e, l->user);
    const struct mom__work *device = mom__work_live(e, l->device);
    struct mom__site *site = mom__site(e, l->site);

    (void)unused;
    if (is_gone(user) || is_gone(device) || device->record.site != l->site ||
        (l->state == MOM__LOGIN_BINDING && user->record.partner != l->device))
        return MOM__LOGIN_ON_GONE;
    if (!site || mom__op_find(site, l->user) || mom__op_find(site, l->device))
        return MOM__LOGIN_EVENT_COUNT;
    if (l->state == MOM__LOGIN_GIVING && has_user(e, l))
        return MOM__LOGIN_ON_GIVEN;
    if (l->state == MOM__LOGIN_BINDING && mom__has_all(e, site, &device->record))
        return MOM__LOGIN_ON_BOUND;
    return MOM__LOGIN_EVENT_COUNT;
}

bool mom__login_check(struct mom_engine *e)
{
    return walk(e, 0, look_check);
}

static enum mom__login_event look_timer(struct mom_engine *e, const struct mom__login *l,
                                        mom_site unused)
{
    (void)unused;
    return l->deadline <= e->now.mono_ms ? MOM__LOGIN_ON_TIMEOUT : MOM__LOGIN_EVENT_COUNT;
}

void mom__login_timers(struct mom_engine *e)
{
    (void)walk(e, 0, look_timer);
}

int64_t mom__login_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;
    const struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while (e->logins.count > 0 && (slot = mom__idmap_next(&e->logins, &cursor)) != NULL) {
        const struct mom__login *l = slot->value.ptr;

        deadline = l->deadline < deadline ? l->deadline : deadline;
    }
    return deadline;
}

/* --- inputs ----------------------------------------------------------------------------------- */

static struct mom__work *find_by(struct mom_engine *e, enum mom_field field, struct mom_str told)
{
    struct mom_str value = {NULL, 0};
    int rc = told.len ? mom__field_tolerant(field, told, &e->arena, &value) : MOM_OK;

    if (rc != MOM_OK)
        mom__fail(e, rc);
    return mom__work_live(e, mom__unique_find(e, field, value));
}

static bool is_fixed(const struct mom_record *record)
{
    return record->partner &&
           mom__equal_c(mom__record_value(record, mom__relation_group(record->type)), "Fixed");
}

/* Why a user may not log in at a phone; NULL: he may. */
static const char *objection(const struct mom__login *l, const struct mom__work *user,
                             const struct mom__work *device, int *ret_rc)
{
    *ret_rc = MOM_ENOENT;
    if (is_gone(device))
        return "the phone is not known";
    if (is_gone(user))
        return "the user is not known";
    *ret_rc = MOM_ESTATE;
    if (device->record.site != l->site)
        return "the phone is at another site";
    *ret_rc = MOM_ERELATION;
    if (is_fixed(&user->record) && user->record.partner != device->record.id)
        return "the user is bound to a phone for good";
    if (is_fixed(&device->record) && device->record.partner != user->record.id)
        return "the phone is bound to a user for good";
    return NULL;
}

static void begin(struct mom_engine *e, const struct mom__login *asked)
{
    struct mom__login *l = login_of(e, asked->user);

    if (l && l->device == asked->device) {
        l->token = asked->token; /* asked again */
        return;
    }
    if (l) {
        /* The same user at another phone: the later one counts. */
        answer(e, l, MOM_ESTATE, "the user logs in at another phone");
        mom__want(e, mom__site(e, l->site), l->user, false);
        drop(e, l);
    }
    l = mom__zalloc(&e->alloc, sizeof *l);
    if (!l || mom__idmap_put_ptr(&e->logins, asked->user, l) != MOM_OK) {
        mom__free(&e->alloc, l);
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    *l = *asked;
    step(e, l, MOM__LOGIN_ON_ASKED);
}

static struct mom__site *talking_site(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);

    return site && site->up ? site : NULL;
}

static uint64_t local_device(struct mom_engine *e, const struct mom_input *in)
{
    return in->local_device ? mom__local_id(e, in->site, MOM_DEVICE, in->local_device) : 0;
}

void mom__on_login(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__login asked = {.site = in->site, .token = in->token, .deadline = MOM_NEVER};
    const struct mom__work *user, *device;
    const char *why;
    int rc;

    if (!talking_site(e, in))
        return;
    device = mom__work_live(e, local_device(e, in));
    user = find_by(e, MOM_USER_num, in->number);
    if (!user)
        user = find_by(e, MOM_USER_addId, in->additional);
    asked.device = device ? device->record.id : 0;
    asked.user = user ? user->record.id : 0;
    why = objection(&asked, user, device, &rc);
    if (e->failed != MOM_OK)
        return;
    if (why)
        answer(e, &asked, rc, why);
    else
        begin(e, &asked);
}

void mom__on_logout(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__login asked = {.site = in->site, .token = in->token};
    struct mom__work *device, *user;

    if (!talking_site(e, in))
        return;
    device = mom__work_live(e, local_device(e, in));
    user = mom__work_live(e, device ? device->record.partner : 0);
    asked.device = device ? device->record.id : 0;
    asked.user = user ? user->record.id : 0;
    if (!device) {
        answer(e, &asked, MOM_ENOENT, "the phone is not known");
    } else if (is_fixed(&device->record)) {
        answer(e, &asked, MOM_ERELATION, "the phone is bound to its user for good");
    } else {
        if (user)
            mom__unbind(e, device, mom__stamp_new(e));
        answer(e, &asked, MOM_OK, "");
    }
}
