/*
 * Handoffs: one interpreter of the rows in handoff_rows.h, what their guards look at and their
 * actions do, and the inputs
 * that become events. A handoff never waits for a site that is down.
 */
#include "node.h"

enum {
    HANDOFF_FORMAT = 1,
    CLAIM_SLACK = 2000, /* ms that a notice may be older than the claim it competes with */
    NOTICE_AGE = 60000, /* ms: no notice is on its way for longer than this */
};

struct mom__handoff *mom__handoff_of(const struct mom_engine *e, uint64_t device)
{
    return device ? mom__idmap_get_ptr(&e->handoffs, device) : NULL;
}

/* --- rows of the store ------------------------------------------------------------------------ */

static void save(struct mom_engine *e, const struct mom__handoff *h)
{
    struct mom__key key;

    if (h->state == MOM__HANDOFF_HOME) {
        mom__del(e, MOM_T_HANDOFF, mom__key_id(&key, h->device));
        return;
    }
    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, HANDOFF_FORMAT);
    mom__buf_u8(&e->buf, h->state);
    mom__buf_varint(&e->buf, h->from);
    mom__buf_varint(&e->buf, h->to);
    mom__buf_varint(&e->buf, h->epoch);
    mom__buf_zigzag(&e->buf, h->claim_ms);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_HANDOFF, mom__key_id(&key, h->device), mom__buf_view(&e->buf));
}

static struct mom__handoff *add(struct mom_engine *e, uint64_t device)
{
    struct mom__handoff *h = mom__zalloc(&e->alloc, sizeof *h);

    if (!h || mom__idmap_put_ptr(&e->handoffs, device, h) != MOM_OK) {
        mom__free(&e->alloc, h);
        mom__fail(e, MOM_ENOMEM);
        return NULL;
    }
    h->device = device;
    h->deadline = MOM_NEVER;
    return h;
}

static void drop(struct mom_engine *e, struct mom__handoff *h)
{
    mom__idmap_del(&e->handoffs, h->device);
    mom__free(&e->alloc, h);
}

void mom__handoff_load(struct mom_engine *e, struct mom_str key, struct mom_str value)
{
    struct mom__reader reader;
    struct mom__handoff *h;
    uint64_t device;
    unsigned format;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    if (format > HANDOFF_FORMAT || format == 0 || mom__key_read_id(key, &device) != MOM_OK) {
        mom__fail(e, format > HANDOFF_FORMAT ? MOM_EFORMAT : MOM_ECORRUPT);
        return;
    }
    h = add(e, device);
    if (!h)
        return;
    h->state = (enum mom__handoff_state)mom__reader_u8(&reader);
    h->from = mom__reader_varint32(&reader);
    h->to = mom__reader_varint32(&reader);
    h->epoch = mom__reader_varint32(&reader);
    h->claim_ms = mom__reader_zigzag(&reader);
    if (!mom__reader_ok(&reader) || h->state == MOM__HANDOFF_HOME ||
        h->state >= MOM__HANDOFF_STATE_COUNT)
        mom__fail(e, MOM_ECORRUPT);
}

void mom__handoffs_free(struct mom_engine *e)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while ((slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL)
        mom__free(&e->alloc, slot->value.ptr);
    mom__idmap_reset(&e->handoffs);
}

/* --- guards ----------------------------------------------------------------------------------- */

static bool is_missing(struct mom_engine *e, const struct mom__handoff *h,
                       const struct mom_record *device)
{
    struct mom__site *to = mom__site(e, h->to);

    return !to || !mom__has_all(e, to, device);
}

static bool is_releasable(struct mom_engine *e, const struct mom__handoff *h,
                          const struct mom_record *device)
{
    const struct mom__site *from = mom__site(e, h->from);

    return from && from->up && device->partner && mom__local_of(e, h->from, device->partner);
}

static bool holds(struct mom_engine *e, const struct mom__handoff *h, enum mom__handoff_guard guard)
{
    const struct mom__work *w = mom__work(e, h->device);

    if (!w)
        return guard == MOM__GUARD_ALWAYS;
    switch (guard) {
    case MOM__GUARD_ALWAYS:
        return true;
    case MOM__GUARD_SAME:
        return h->claim == MOM__CLAIM_SAME;
    case MOM__GUARD_BACK:
        return h->claim == MOM__CLAIM_BACK;
    case MOM__GUARD_MISSING:
        return is_missing(e, h, &w->record);
    case MOM__GUARD_RELEASABLE:
        return is_releasable(e, h, &w->record);
    case MOM__GUARD_HAS_USER:
        return w->record.partner != 0;
    case MOM__GUARD_COUNT:
        break;
    }
    return false;
}

/* --- actions ---------------------------------------------------------------------------------- */

static void want_both(struct mom_engine *e, mom_site number, const struct mom_record *device,
                      bool urgent)
{
    struct mom__site *site = number ? mom__site(e, number) : NULL;

    if (!site)
        return;
    if (device->partner)
        mom__want(e, site, device->partner, urgent);
    mom__want(e, site, device->id, urgent);
}

static void ask_sip(struct mom_engine *e, enum mom_action_kind kind, mom_site number,
                    const struct mom_record *device)
{
    const struct mom__site *site = mom__site(e, number);
    struct mom_action *action = site && site->up ? mom__act(e, kind, number) : NULL;

    if (!action)
        return;
    action->local_device = mom__local_of(e, number, device->id);
    action->local_user = mom__local_of(e, number, device->partner);
}

static void reject(struct mom_engine *e, mom_site site, struct mom_str ipei,
                   struct mom_str subscription)
{
    struct mom_action *action = mom__act(e, MOM_DO_REJECT, site);

    if (action) {
        action->ipei = mom__step_dup(e, ipei);
        action->subscription = mom__step_dup(e, subscription);
    }
}

static void note_released(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__mapping *m = site ? mom__mapping(e, site, device) : NULL;

    if (m && m->exists) {
        m->base.flags &= ~(unsigned)MOM__BASE_OWING;
        m->base.flags |= MOM__BASE_RELEASED;
        mom__mapping_changed(e, m);
    }
}

/* The phone stays at the site of the record; the claim that came to nothing is spent all the same. */
static void stay(struct mom_engine *e, const struct mom__handoff *h, struct mom__work *w)
{
    if (w->record.flags & MOM__DELETED)
        return;
    w->record.epoch = h->epoch;
    if (h->claim == MOM__CLAIM_BACK)
        w->record.claim_ms = h->claim_ms;
    mom__work_changed(e, w, MOM_CHANGED);
}

static void act(struct mom_engine *e, struct mom__handoff *h, struct mom__work *w,
                enum mom__handoff_action action)
{
    const struct mom_record *device = &w->record;

    switch (action) {
    case MOM__ACTION_NONE:
    case MOM__ACTION_COUNT:
        break;
    case MOM__ACTION_DELIVER:
        want_both(e, h->to, device, true);
        h->deadline = e->now.mono_ms + e->timers.deliver_ms;
        break;
    case MOM__ACTION_MOVE:
        mom__move(e, w, h->to, h->epoch, h->claim_ms);
        e->counts.handoffs_done++;
        break;
    case MOM__ACTION_MOVE_RELEASE:
        mom__move(e, w, h->to, h->epoch, h->claim_ms);
        ask_sip(e, MOM_DO_DEREGISTER, h->from, device);
        h->deadline = e->now.mono_ms + e->timers.release_ms;
        break;
    case MOM__ACTION_MOVE_RENEW:
        mom__move(e, w, h->to, h->epoch, h->claim_ms);
        ask_sip(e, MOM_DO_REGISTER, h->to, device);
        h->deadline = e->now.mono_ms + e->timers.renew_ms;
        break;
    case MOM__ACTION_NOTE_RENEW:
        note_released(e, h->from, h->device);
        ask_sip(e, MOM_DO_REGISTER, h->to, device);
        h->deadline = e->now.mono_ms + e->timers.renew_ms;
        break;
    case MOM__ACTION_RENEW:
        ask_sip(e, MOM_DO_REGISTER, h->to, device);
        h->deadline = e->now.mono_ms + e->timers.renew_ms;
        break;
    case MOM__ACTION_NOTE:
        note_released(e, h->from, h->device);
        break;
    case MOM__ACTION_GIVE_UP:
        reject(e, h->to, mom__record_value(device, MOM_DEVICE_ipei),
               mom__record_value(device, MOM_DEVICE_subscriptionId));
        stay(e, h, w);
        break;
    case MOM__ACTION_STAY:
        stay(e, h, w);
        break;
    case MOM__ACTION_AWAIT:
        h->from = 0;
        h->deadline = MOM_NEVER;
        break;
    case MOM__ACTION_FINISH:
        e->counts.handoffs_done++;
        break;
    }
}

/* --- the interpreter -------------------------------------------------------------------------- */

static const struct mom__handoff_row *find_row(struct mom_engine *e, const struct mom__handoff *h,
                                               enum mom__handoff_event event)
{
    for (size_t i = 0; i < mom__handoff_row_count; i++) {
        const struct mom__handoff_row *row = &mom__handoff_rows[i];

        if (row->from == h->state && row->event == event && holds(e, h, row->guard))
            return row;
    }
    return NULL;
}

static void step(struct mom_engine *e, struct mom__handoff *h, enum mom__handoff_event event)
{
    const struct mom__handoff_row *row = find_row(e, h, event);
    struct mom__work *w = mom__work(e, h->device);
    mom_site ends[2];

    if (e->failed != MOM_OK)
        return;
    if (!row || !w) {
        mom__logf(e, MOM_LOG_INFO, "handoff of record %u: %s means nothing while it is %s",
                  h->device, mom__handoff_event_name(event), mom__handoff_state_name(h->state));
        return;
    }
    mom__trace_handoff(e, h, row);
    if (event == MOM__EVENT_TIMEOUT) {
        h->deadline = MOM_NEVER;
        e->counts.handoffs_timed_out++;
    }
    act(e, h, w, row->action);
    h->state = row->to;
    save(e, h);
    if (h->state != MOM__HANDOFF_HOME)
        return;
    ends[0] = h->from;
    ends[1] = h->to;
    drop(e, h);
    /* What one of them has no right to any more is removed. */
    want_both(e, ends[0], &w->record, false);
    want_both(e, ends[1], &w->record, false);
}

void mom__handoff_event(struct mom_engine *e, uint64_t device, enum mom__handoff_event event)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h)
        step(e, h, event);
}

/* The phone is heard again where it is moving to: what another site says late must be older than this. */
static void note_again(struct mom_engine *e, struct mom__handoff *h, struct mom__work *w,
                       int64_t at_ms)
{
    if (at_ms <= h->claim_ms)
        return;
    h->claim_ms = at_ms;
    if (w->record.site == h->to)
        mom__move(e, w, h->to, w->record.epoch, at_ms);
}

void mom__handoff_claim(struct mom_engine *e, uint64_t device, mom_site site, int64_t at_ms)
{
    struct mom__handoff *h = mom__handoff_of(e, device);
    struct mom__work *w = mom__work_live(e, device);
    mom_site abandoned = h ? h->to : 0;

    if (!w)
        return;
    if (!h)
        h = add(e, device);
    if (!h)
        return;
    h->claim = MOM__CLAIM_NEW;
    if (h->state != MOM__HANDOFF_HOME && h->to == site) {
        h->claim = MOM__CLAIM_SAME;
        note_again(e, h, w, at_ms);
    } else {
        h->epoch = (h->epoch > w->record.epoch ? h->epoch : w->record.epoch) + 1;
        h->claim_ms = at_ms;
        if (h->state == MOM__HANDOFF_DELIVERING && w->record.site == site) {
            h->claim = MOM__CLAIM_BACK;
        } else {
            if (abandoned && h->state != MOM__HANDOFF_DELIVERING)
                abandoned = h->from;
            h->from = w->record.site;
            h->to = site;
        }
    }
    if (h->claim != MOM__CLAIM_NEW)
        abandoned = 0;
    step(e, h, MOM__EVENT_LOCATED); /* it may be gone after this */
    if (abandoned)
        want_both(e, abandoned, &w->record, false);
}

/* Handoffs may end while they are walked: their ids are gathered first. */
static void gather(struct mom_engine *e, struct mom__queue *ids)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    mom__queue_init(ids, &e->alloc);
    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        if (mom__queue_put(ids, slot->key, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
}

void mom__handoff_site(struct mom_engine *e, mom_site site, bool as_target,
                       enum mom__handoff_event event)
{
    struct mom__queue ids;
    uint64_t id;

    gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (h && (as_target ? h->to : h->from) == site)
            step(e, h, event);
    }
    mom__queue_done(&ids);
}

void mom__handoff_refused(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h && h->to == site && h->state == MOM__HANDOFF_DELIVERING)
        step(e, h, MOM__EVENT_REFUSED);
}

static bool is_delivered(struct mom_engine *e, const struct mom__handoff *h)
{
    const struct mom__work *w = mom__work_live(e, h->device);
    struct mom__site *to = mom__site(e, h->to);

    return h->state == MOM__HANDOFF_DELIVERING && w && to && to->up && to->imported &&
           !mom__op_find(to, h->device) &&
           !(w->record.partner && mom__op_find(to, w->record.partner)) &&
           mom__has_all(e, to, &w->record);
}

bool mom__handoff_check(struct mom_engine *e)
{
    struct mom__queue ids;
    bool happened = false;
    uint64_t id;

    if (e->handoffs.count == 0)
        return false;
    gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (!h || !is_delivered(e, h))
            continue;
        step(e, h, MOM__EVENT_DELIVERED);
        happened = true;
    }
    mom__queue_done(&ids);
    return happened;
}

void mom__handoff_timers(struct mom_engine *e)
{
    struct mom__queue ids;
    uint64_t id;

    if (mom__handoff_deadline(e) > e->now.mono_ms)
        return;
    gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (h && h->deadline <= e->now.mono_ms)
            step(e, h, MOM__EVENT_TIMEOUT);
    }
    mom__queue_done(&ids);
}

int64_t mom__handoff_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;
    const struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        const struct mom__handoff *h = slot->value.ptr;

        deadline = h->deadline < deadline ? h->deadline : deadline;
    }
    return deadline;
}

/* --- inputs ----------------------------------------------------------------------------------- */

static struct mom__work *find_device(struct mom_engine *e, const struct mom_input *in)
{
    static const enum mom_field fields[2] = {MOM_DEVICE_subscriptionId, MOM_DEVICE_ipei};
    struct mom_str told[2] = {in->subscription, in->ipei};

    for (int i = 0; i < 2; i++) {
        struct mom__work *w;
        struct mom_str value = {NULL, 0};
        int rc = told[i].len ? mom__field_tolerant(fields[i], told[i], &e->arena, &value) : MOM_OK;

        if (rc != MOM_OK)
            mom__fail(e, rc);
        w = mom__work_live(e, mom__unique_find(e, fields[i], value));
        if (w && !(w->record.flags & MOM__PARKED))
            return w;
    }
    return NULL;
}

/* Why a site may not serve a phone; NULL: it may. */
static const char *objection(struct mom_engine *e, const struct mom__site *site,
                             const struct mom_record *device)
{
    bool subscribed = mom__equal_c(mom__record_value(device, MOM_DEVICE_s), "Yes") ||
                      mom__record_value(device, MOM_DEVICE_uak).len > 0;

    if (mom__equal_c(mom__record_value(device, MOM_DEVICE_subscribeToPARIOnly), "1") &&
        device->site && device->site != site->number)
        return "it is subscribed to one site only";
    if (!subscribed)
        return "it has no subscription";
    if (site->devices >= e->limits.site_devices && !mom__local_of(e, site->number, device->id))
        return "the site has as many devices as it may have";
    return NULL;
}

void mom__on_located(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom__work *w = site && site->up ? find_device(e, in) : NULL;
    const char *why = w ? objection(e, site, &w->record) : "it is not known";
    int64_t at_ms = in->at_ms > e->now.wall_ms - NOTICE_AGE ? in->at_ms : e->now.wall_ms;
    const struct mom__handoff *h;

    if (!site || !site->up || e->failed != MOM_OK)
        return;
    if (why) {
        mom__logf(e, MOM_LOG_NOTICE, "site %u: a phone is not served (%S): %s", MOM__U(in->site),
                  &in->ipei, why);
        reject(e, in->site, in->ipei, in->subscription);
        return;
    }
    if (at_ms > e->now.wall_ms)
        at_ms = e->now.wall_ms;
    h = mom__handoff_of(e, w->record.id);
    if (!h && w->record.site == in->site) {
        /* What another site says late must be older than this. */
        if (at_ms > w->record.claim_ms)
            mom__move(e, w, in->site, w->record.epoch, at_ms);
        mom__want(e, site, w->record.id, true);
        return;
    }
    if (at_ms + CLAIM_SLACK < (h ? h->claim_ms : w->record.claim_ms)) {
        mom__logf(e, MOM_LOG_INFO, "site %u: a late notice of record %u counts no more",
                  MOM__U(in->site), w->record.id);
        mom__owes(e, site, w);
        return;
    }
    mom__handoff_claim(e, w->record.id, in->site, at_ms);
}

static uint64_t user_of(struct mom_engine *e, const struct mom_input *in)
{
    uint64_t id = mom__local_id(e, in->site, in->type, in->local);
    const struct mom__work *w = mom__work(e, id);

    return w && w->record.type == MOM_DEVICE ? w->record.partner : id;
}

void mom__on_released(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    uint64_t user = site ? user_of(e, in) : 0;
    const struct mom__work *w = mom__work(e, user);
    struct mom__handoff *h = w ? mom__handoff_of(e, w->record.partner) : NULL;

    if (!w)
        return;
    mom__released(e, site, user);
    if (h && h->from == in->site)
        step(e, h, MOM__EVENT_RELEASED);
}

void mom__on_renewed(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    const struct mom__work *w = site ? mom__work(e, user_of(e, in)) : NULL;
    struct mom__handoff *h = w ? mom__handoff_of(e, w->record.partner) : NULL;

    if (h && h->to == in->site)
        step(e, h, MOM__EVENT_RENEWED);
}

struct mom_handoff_info mom_engine_handoff(const struct mom_engine *engine, uint64_t device)
{
    struct mom_handoff_info info = {mom__handoff_state_name(MOM__HANDOFF_HOME), 0, 0, 0, MOM_NEVER};
    const struct mom__handoff *h = engine ? mom__handoff_of(engine, device) : NULL;

    if (h) {
        info.state = mom__handoff_state_name(h->state);
        info.from = h->from;
        info.to = h->to;
        info.epoch = h->epoch;
        info.deadline_ms = h->deadline;
    }
    return info;
}
