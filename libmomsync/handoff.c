/*
 * Handoffs that are under way: their rows in the store, their steps, timers and ends. The table and
 * what it does is in handoff_do.c, the inputs are in located.c. A handoff never waits for a site
 * that is down.
 */
#include "node.h"
#include "shape.h"

enum {
    HUB_FORMAT_1 = 1, /* had no byte of these */
    ROW_END = 3,      /* mask of enum mom__handoff_end */
    ROW_SUBSCRIBING = 4,
    ROW_ALL = 7,
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
    mom__buf_u8(&e->buf, mom__shape(e)->format);
    mom__buf_u8(&e->buf, h->state);
    mom__buf_varint(&e->buf, h->from);
    mom__buf_varint(&e->buf, h->to);
    mom__buf_varint(&e->buf, h->epoch);
    mom__buf_zigzag(&e->buf, h->claim_ms);
    mom__buf_u8(&e->buf, (unsigned)h->end | (h->subscribing ? ROW_SUBSCRIBING : 0u));
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
    const struct mom__shape *shape;
    struct mom__reader reader;
    struct mom__handoff *h;
    uint64_t device;
    unsigned format, bits;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    shape = mom__shape_of_format(format);
    if (!shape || mom__key_read_id(key, &device) != MOM_OK) {
        mom__fail(e, format != 0 && !shape ? MOM_EFORMAT : MOM_ECORRUPT);
        return;
    }
    if (shape != mom__shape(e))
        return; /* mom__handoff_resume drops it */
    h = add(e, device);
    if (!h)
        return;
    h->state = (uint8_t)mom__reader_u8(&reader);
    h->from = mom__reader_varint32(&reader);
    h->to = mom__reader_varint32(&reader);
    h->epoch = mom__reader_varint32(&reader);
    h->claim_ms = mom__reader_zigzag(&reader);
    bits = format != HUB_FORMAT_1 ? mom__reader_u8(&reader) : 0;
    h->end = (enum mom__handoff_end)(bits & ROW_END);
    h->subscribing = bits & ROW_SUBSCRIBING;
    if (!mom__reader_ok(&reader) || h->state == MOM__HANDOFF_HOME ||
        h->state >= shape->fsm->states.count || bits > ROW_ALL || h->end > MOM__END_DONE)
        mom__fail(e, MOM_ECORRUPT);
}

static bool visit_row(void *user, struct mom_str key, struct mom_str value)
{
    struct mom__queue *ids = user;
    uint64_t id;

    (void)value;
    return mom__key_read_id(key, &id) == MOM_OK && mom__queue_put(ids, id, false) == MOM_OK;
}

/* Whatever one waited for, it will not come: the links are down. */
void mom__handoff_resume(struct mom_engine *e)
{
    struct mom__queue ids;
    struct mom__key key;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    mom__scan(e, MOM_T_HANDOFF, mom__str(""), visit_row, &ids);
    while (e->failed == MOM_OK && !MOM__PLANTED(RELOAD_IGNORED) &&
           (id = mom__queue_take(&ids)) != 0) {
        if (mom__handoff_of(e, id))
            mom__handoff_event(e, id, mom__shape(e)->reloaded);
        else
            mom__del(e, MOM_T_HANDOFF, mom__key_id(&key, id));
    }
    mom__queue_done(&ids);
    mom__settle(e);
}

void mom__handoffs_free(struct mom_engine *e)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while ((slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL)
        mom__free(&e->alloc, slot->value.ptr);
    mom__idmap_reset(&e->handoffs);
}

/* --- a step of one ---------------------------------------------------------------------------- */

static void trace(void *context, const struct mom__fsm_row *row)
{
    const struct mom__handoff_step *s = context;

    mom__trace_handoff(s->e, mom__shape(s->e)->fsm, s->h, row);
    if (row->event == mom__shape(s->e)->timeout) {
        s->h->deadline = MOM_NEVER;
        s->e->counts.handoffs_timed_out++;
    }
}

/* A damaged store may have a handoff of a record that it does not have. */
static void forget(struct mom_engine *e, struct mom__handoff *h)
{
    mom__logf(e, MOM_LOG_ERROR, "there is a handoff of record %u, which does not exist", h->device);
    h->state = MOM__HANDOFF_HOME;
    save(e, h);
    drop(e, h);
}

void mom__handoff_step(struct mom_engine *e, struct mom__handoff *h, unsigned event)
{
    const struct mom__shape *shape = mom__shape(e);
    struct mom__handoff_step s = {e, h, mom__work(e, h->device)};
    struct mom__fsm_host host = {shape->holds, trace, shape->act, &s};
    const struct mom__fsm_row *row;
    mom_site ends[2];

    if (e->failed != MOM_OK)
        return;
    if (!s.w) {
        forget(e, h);
        return;
    }
    if (MOM__PLANTED(TIMEOUT_ROW) && e->shape == MOM_SHAPE_HUB && event == MOM__EVENT_TIMEOUT &&
        h->state == MOM__HANDOFF_RELEASING) {
        h->deadline = MOM_NEVER;
        return;
    }
    row = mom__fsm_step(shape->fsm, h->state, event, &host);
    if (!row) {
        mom__logf(e, MOM_LOG_INFO, "handoff of record %u: %s means nothing while it is %s",
                  h->device, shape->fsm->events.words[event].name,
                  shape->fsm->states.words[h->state].name);
        if (h->state == MOM__HANDOFF_HOME)
            drop(e, h);
        return;
    }
    h->state = row->to;
    save(e, h);
    if (h->state != MOM__HANDOFF_HOME)
        return;
    ends[0] = h->from;
    ends[1] = h->to;
    drop(e, h);
    /* What one of them has no right to any more is removed. */
    mom__want_both(e, ends[0], &s.w->record, false);
    mom__want_both(e, ends[1], &s.w->record, false);
    if (ends[0] != 0)
        return;
    /* The former site was forgotten when the node started again: any of them may owe something. */
    mom__want_everywhere(e, s.w->record.id);
    if (s.w->record.partner)
        mom__want_everywhere(e, s.w->record.partner);
}

void mom__handoff_event(struct mom_engine *e, uint64_t device, unsigned event)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h)
        mom__handoff_step(e, h, event);
}

void mom__handoff_gone(struct mom_engine *e, uint64_t device)
{
    mom__handoff_event(e, device, mom__shape(e)->gone);
}

struct mom__handoff *mom__handoff_get(struct mom_engine *e, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    return h ? h : add(e, device);
}

/* Are the records still at the site that the phone comes from? */
static bool is_before_move(const struct mom__handoff *h)
{
    return h->state == MOM__HANDOFF_DELIVERING || h->state == MOM__HANDOFF_CLEARING;
}

/* A claim of another site than the one that the phone was moving to. Returns the site that has nothing to do with it
 * any more. */
static mom_site redirect(struct mom__handoff *h, const struct mom_record *device,
                         const struct mom__arrival *arrival)
{
    struct mom__claim current = mom__claim_of(device);
    struct mom__claim under_way = {h->claim_ms, h->epoch, h->to}, next;
    mom_site abandoned = is_before_move(h) ? h->to : h->from;

    if (mom__claim_compare(current, under_way) < 0)
        current = under_way;
    next = mom__claim_next(current, arrival->site, arrival->at_ms);
    h->epoch = next.epoch;
    h->claim_ms = next.ms;
    if (is_before_move(h) && device->site == arrival->site) {
        h->whither = MOM__WHITHER_BACK;
        return 0;
    }
    if (h->from != device->site) {
        h->end = MOM__END_NOT_ASKED;
        h->answer_stale = true; /* what it answers before it is asked belongs to an earlier visit */
    }
    h->from = device->site;
    h->to = arrival->site;
    h->subscribing = arrival->subscribing;
    return abandoned;
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

void mom__handoff_claim(struct mom_engine *e, uint64_t device, struct mom__arrival arrival)
{
    struct mom__handoff *h = mom__handoff_of(e, device);
    struct mom__work *w = mom__work_live(e, device);
    mom_site abandoned = 0;

    if (!w)
        return;
    if (!h)
        h = add(e, device);
    if (!h)
        return;
    h->whither = MOM__WHITHER_NEW;
    h->subscribed |= mom__is_subscribed(&w->record);
    if (h->state != MOM__HANDOFF_HOME && h->to == arrival.site) {
        h->whither = MOM__WHITHER_SAME;
        note_again(e, h, w, arrival.at_ms);
    } else {
        abandoned = redirect(h, &w->record, &arrival);
    }
    mom__handoff_step(e, h, MOM__EVENT_LOCATED); /* it may be gone after this */
    if (abandoned)
        mom__want_both(e, abandoned, &w->record, false);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Handoffs may end while they are walked: their ids are gathered first. */
void mom__handoff_gather(struct mom_engine *e, struct mom__queue *ids)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    mom__queue_init(ids, &e->alloc);
    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        if (mom__queue_put(ids, slot->key, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
}

/* An event for all in which the site is the one that the phone comes from or goes to. */
static void tell_site(struct mom_engine *e, mom_site site, bool as_target,
                      enum mom__handoff_event event)
{
    struct mom__queue ids;
    uint64_t id;

    mom__handoff_gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (h && (as_target ? h->to : h->from) == site)
            mom__handoff_step(e, h, event);
    }
    mom__queue_done(&ids);
}

void mom__handoff_down(struct mom_engine *e, mom_site site)
{
    tell_site(e, site, false, MOM__EVENT_FROM_DOWN);
    tell_site(e, site, true, MOM__EVENT_TO_DOWN);
}

void mom__handoff_up(struct mom_engine *e, mom_site site)
{
    tell_site(e, site, true, MOM__EVENT_TO_UP);
}

void mom__handoff_released(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h && h->from == site)
        mom__handoff_step(e, h, MOM__EVENT_RELEASED);
}

void mom__handoff_renewed(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h && h->to == site)
        mom__handoff_step(e, h, MOM__EVENT_RENEWED);
}

void mom__handoff_anew(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h && h->from == site)
        h->answer_stale = true;
}

bool mom__handoff_wants(const struct mom__handoff *h, mom_site site)
{
    return h->from == site || (h->to == site && h->state != MOM__HANDOFF_CLEARING);
}

void mom__handoff_refused(struct mom_engine *e, mom_site site, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    if (h && h->to == site && h->state == MOM__HANDOFF_DELIVERING)
        mom__handoff_step(e, h, MOM__EVENT_REFUSED);
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

/* The record was parked, or the phone lost its subscription: that is told once. */
static bool is_gone(struct mom_engine *e, struct mom__handoff *h)
{
    const struct mom__work *w = mom__work_live(e, h->device);
    bool was = h->subscribed;

    if (!w || (w->record.flags & MOM__PARKED))
        return true;
    h->subscribed = mom__is_subscribed(&w->record);
    return was && !h->subscribed;
}

bool mom__handoff_check(struct mom_engine *e)
{
    struct mom__queue ids;
    bool happened = false;
    uint64_t id;

    if (e->handoffs.count == 0)
        return false;
    mom__handoff_gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (!h)
            continue;
        if (is_gone(e, h))
            mom__handoff_step(e, h, MOM__EVENT_GONE);
        else if (is_delivered(e, h))
            mom__handoff_step(e, h, MOM__EVENT_DELIVERED);
        else
            continue;
        happened = true;
    }
    mom__queue_done(&ids);
    return happened;
}

uint32_t mom__handoff_expected(struct mom_engine *e, mom_site site)
{
    const struct mom__idmap_slot *slot;
    size_t cursor = 0;
    uint32_t count = 0;

    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        const struct mom__handoff *h = slot->value.ptr;

        /* What the site was given already is counted there. */
        count += h->to == site && is_before_move(h) && !mom__local_of(e, site, h->device) &&
                 !mom__op_find(mom__site(e, site), h->device);
    }
    return count;
}

/* After a site's first synchronisation all of its phones may be due at once. Those that are left are due in the next step,
 * which comes at once. */
void mom__handoff_timers(struct mom_engine *e)
{
    struct mom__queue ids;
    uint32_t ended = 0;
    uint64_t id;

    if (mom__handoff_deadline(e) > e->now.mono_ms)
        return;
    mom__handoff_gather(e, &ids);
    while (e->failed == MOM_OK && ended < e->limits.step && (id = mom__queue_take(&ids)) != 0) {
        struct mom__handoff *h = mom__handoff_of(e, id);

        if (!h || h->deadline > e->now.mono_ms)
            continue;
        mom__handoff_step(e, h, mom__shape(e)->timeout);
        ended++;
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

struct mom_handoff_info mom_engine_handoff(const struct mom_engine *engine, uint64_t device)
{
    struct mom_handoff_info info = {mom__handoff_fsm.states.words[MOM__HANDOFF_HOME].name, 0, 0, 0,
                                    MOM_NEVER};
    const struct mom__handoff *h = engine ? mom__handoff_of(engine, device) : NULL;

    if (h) {
        info.state = mom__shape(engine)->fsm->states.words[h->state].name;
        info.from = h->from;
        info.to = h->to;
        info.epoch = h->epoch;
        info.deadline_ms = h->deadline;
    }
    return info;
}
