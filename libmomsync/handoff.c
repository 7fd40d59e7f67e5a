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

/* Of a device, the one of the smallest number of an own site that is not below. */
static struct mom__handoff *from(const struct mom_engine *e, uint64_t device, uint64_t least)
{
    struct mom__handoff *h = mom__handoff_of(e, device);

    while (h && h->own < least)
        h = h->next;
    return h;
}

struct mom__handoff *mom__handoff_at(const struct mom_engine *e, mom_site site, uint64_t device)
{
    mom_site own = e->shape == MOM_SHAPE_STAR ? site : 0;
    struct mom__handoff *h = from(e, device, own);

    return h && h->own == own ? h : NULL;
}

/* --- rows of the store ------------------------------------------------------------------------ */

/* The row of the site beside the node, and those of a hub, have the device as their key. */
static bool has_site_in_key(const struct mom_engine *e, const struct mom__handoff *h)
{
    return h->own != 0 && h->own != e->own_site;
}

static struct mom_str key_of(const struct mom_engine *e, const struct mom__handoff *h,
                             struct mom__key *key)
{
    return has_site_in_key(e, h) ? mom__key_id_site(key, h->device, h->own)
                                 : mom__key_id(key, h->device);
}

static void save(struct mom_engine *e, const struct mom__handoff *h)
{
    const struct mom__shape *shape = mom__shape(e);
    struct mom__key key;

    if (h->state == MOM__HANDOFF_HOME) {
        mom__del(e, MOM_T_HANDOFF, key_of(e, h, &key));
        return;
    }
    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, has_site_in_key(e, h) ? shape->format_site : shape->format);
    mom__buf_u8(&e->buf, h->state);
    mom__buf_varint(&e->buf, h->from);
    mom__buf_varint(&e->buf, h->to);
    mom__buf_varint(&e->buf, h->epoch);
    mom__buf_zigzag(&e->buf, h->claim_ms);
    mom__buf_u8(&e->buf, (unsigned)h->end | (h->subscribing ? ROW_SUBSCRIBING : 0u));
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_HANDOFF, key_of(e, h, &key), mom__buf_view(&e->buf));
}

static struct mom__handoff *add(struct mom_engine *e, mom_site own, uint64_t device)
{
    struct mom__handoff *h = mom__zalloc(&e->alloc, sizeof *h), *first = mom__handoff_of(e, device);
    struct mom__handoff **at = &first;

    while (h && *at && (*at)->own < own)
        at = &(*at)->next;
    if (!h || (at == &first && mom__idmap_put_ptr(&e->handoffs, device, h) != MOM_OK)) {
        mom__free(&e->alloc, h);
        mom__fail(e, MOM_ENOMEM);
        return NULL;
    }
    h->device = device;
    h->own = own;
    h->deadline = MOM_NEVER;
    h->next = *at;
    if (at != &first)
        *at = h;
    return h;
}

static void drop(struct mom_engine *e, struct mom__handoff *h)
{
    struct mom__handoff *before = mom__handoff_of(e, h->device);

    if (before != h) {
        while (before->next != h)
            before = before->next;
        before->next = h->next;
    } else if (!h->next) {
        mom__idmap_del(&e->handoffs, h->device);
    } else if (mom__idmap_put_ptr(&e->handoffs, h->device, h->next) != MOM_OK) {
        mom__fail(e, MOM_ENOMEM); /* the key is there: it takes no memory */
    }
    mom__free(&e->alloc, h);
}

/* The device of a row, and whose it is. */
static bool read_key(const struct mom_engine *e, struct mom_str key, uint64_t *ret_device,
                     mom_site *ret_own)
{
    *ret_own = e->shape == MOM_SHAPE_STAR ? e->own_site : 0;
    return mom__key_read_id(key, ret_device) == MOM_OK ||
           mom__key_read_id_site(key, ret_device, ret_own) == MOM_OK;
}

void mom__handoff_load(struct mom_engine *e, struct mom_str key, struct mom_str value)
{
    const struct mom__shape *shape;
    struct mom__reader reader;
    struct mom__handoff *h;
    uint64_t device;
    mom_site own;
    unsigned format, bits;
    bool of_site = key.len > sizeof device;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    shape = mom__shape_of_format(format);
    if (!shape || !read_key(e, key, &device, &own) || of_site != (format == shape->format_site)) {
        mom__fail(e, format != 0 && !shape ? MOM_EFORMAT : MOM_ECORRUPT);
        return;
    }
    /* mom__handoff_resume drops what is the other shape's, or of a site that is none of ours by now */
    if (shape != mom__shape(e) || (of_site && own == e->own_site) ||
        (e->shape == MOM_SHAPE_STAR && !mom__is_own(e, own)))
        return;
    h = add(e, own, device);
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

/* What the rows say is under way, and those that nothing was made of. */
struct rows {
    struct mom_engine *e;
    struct mom__queue ids;
    struct stale_row {
        uint64_t id;
        mom_site own; /* 0: not in its key */
        struct stale_row *next;
    } * stale;
};

static bool visit_row(void *user, struct mom_str key, struct mom_str value)
{
    struct rows *r = user;
    bool of_site = key.len > sizeof(uint64_t), stands;
    struct stale_row *row;
    uint64_t id;
    mom_site own;

    (void)value;
    if (!read_key(r->e, key, &id, &own))
        return false;
    stands = !of_site || (r->e->shape == MOM_SHAPE_STAR && own != r->e->own_site);
    if (stands && mom__handoff_at(r->e, own, id))
        return mom__queue_put(&r->ids, id, false) == MOM_OK;
    row = mom__step_alloc(r->e, sizeof *row);
    if (!row)
        return false;
    *row = (struct stale_row){id, of_site ? own : 0, r->stale};
    r->stale = row;
    return true;
}

/* Whatever one waited for, it will not come: the links are down. */
void mom__handoff_resume(struct mom_engine *e)
{
    struct rows r = {.e = e};
    struct mom__key key;
    uint64_t id;

    mom__queue_init(&r.ids, &e->alloc);
    mom__scan(e, MOM_T_HANDOFF, mom__str(""), visit_row, &r);
    for (const struct stale_row *row = r.stale; row; row = row->next)
        mom__del(e, MOM_T_HANDOFF,
                 row->own ? mom__key_id_site(&key, row->id, row->own) : mom__key_id(&key, row->id));
    while (e->failed == MOM_OK && !MOM__PLANTED(RELOAD_IGNORED) &&
           (id = mom__queue_take(&r.ids)) != 0)
        mom__handoff_event(e, id, mom__shape(e)->reloaded);
    mom__queue_done(&r.ids);
    mom__settle(e);
}

static void free_all(struct mom_engine *e, struct mom__handoff *h)
{
    while (h) {
        struct mom__handoff *next = h->next;

        mom__free(&e->alloc, h);
        h = next;
    }
}

void mom__handoffs_free(struct mom_engine *e)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while ((slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL)
        free_all(e, slot->value.ptr);
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

/* At home: both ends are looked at. */
static void end(struct mom_engine *e, struct mom__handoff *h, const struct mom_record *device)
{
    mom_site ends[2] = {h->from, h->to};

    drop(e, h);
    /* What one of them has no right to any more is removed. */
    mom__want_both(e, ends[0], device, false);
    mom__want_both(e, ends[1], device, false);
    if (ends[0] != 0)
        return;
    /* The former site was forgotten when the node started again: any of them may owe something. */
    mom__want_everywhere(e, device->id);
    if (device->partner)
        mom__want_everywhere(e, device->partner);
}

void mom__handoff_step(struct mom_engine *e, struct mom__handoff *h, unsigned event)
{
    const struct mom__shape *shape = mom__shape(e);
    struct mom__handoff_step s = {e, h, mom__work(e, h->device)};
    struct mom__fsm_host host = {shape->holds, trace, shape->act, &s};
    const struct mom__fsm_row *row;

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
    if (h->state == MOM__HANDOFF_HOME)
        end(e, h, &s.w->record);
    mom__news_of_own(e);
}

void mom__handoff_event(struct mom_engine *e, uint64_t device, unsigned event)
{
    struct mom__handoff *h;
    uint64_t least = 0;

    while (e->failed == MOM_OK && (h = from(e, device, least)) != NULL) {
        least = UINT64_C(1) + h->own;
        mom__handoff_step(e, h, event);
    }
}

void mom__handoff_gone(struct mom_engine *e, uint64_t device)
{
    mom__handoff_event(e, device, mom__shape(e)->gone);
}

struct mom__handoff *mom__handoff_get(struct mom_engine *e, mom_site own, uint64_t device)
{
    struct mom__handoff *h = mom__handoff_at(e, own, device);

    return h ? h : add(e, own, device);
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
        h = add(e, 0, device);
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

bool mom__handoff_walk(struct mom_engine *e, mom__handoff_visit *visit, mom_site site)
{
    struct mom__handoff *h;
    struct mom__queue ids;
    bool happened = false;
    uint64_t id;

    if (e->handoffs.count == 0)
        return false;
    gather(e, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        for (uint64_t least = 0; (h = from(e, id, least)) != NULL;) {
            least = UINT64_C(1) + h->own;
            happened |= visit(e, h, site);
        }
    }
    mom__queue_done(&ids);
    return happened;
}

static bool forget_own(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->own != site)
        return false;
    h->state = MOM__HANDOFF_HOME;
    save(e, h);
    drop(e, h);
    return true;
}

void mom__handoff_forget_site(struct mom_engine *e, mom_site site)
{
    if (e->shape == MOM_SHAPE_STAR)
        (void)mom__handoff_walk(e, forget_own, site);
}

static bool from_down(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->from == site)
        mom__handoff_step(e, h, MOM__EVENT_FROM_DOWN);
    return false;
}

static bool to_down(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->to == site)
        mom__handoff_step(e, h, MOM__EVENT_TO_DOWN);
    return false;
}

static bool to_up(struct mom_engine *e, struct mom__handoff *h, mom_site site)
{
    if (h->to == site)
        mom__handoff_step(e, h, MOM__EVENT_TO_UP);
    return false;
}

void mom__handoff_down(struct mom_engine *e, mom_site site)
{
    (void)mom__handoff_walk(e, from_down, site);
    (void)mom__handoff_walk(e, to_down, site);
}

void mom__handoff_up(struct mom_engine *e, mom_site site)
{
    (void)mom__handoff_walk(e, to_up, site);
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
    struct mom__handoff *h = mom__handoff_at(e, site, device);

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

static bool check(struct mom_engine *e, struct mom__handoff *h, mom_site unused)
{
    (void)unused;
    if (is_gone(e, h))
        mom__handoff_step(e, h, MOM__EVENT_GONE);
    else if (is_delivered(e, h))
        mom__handoff_step(e, h, MOM__EVENT_DELIVERED);
    else
        return false;
    return true;
}

bool mom__handoff_check(struct mom_engine *e)
{
    return mom__handoff_walk(e, check, 0);
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

/* After a site's first synchronisation all of its phones may be due at once. Those that are left are due in the next
 * step, which comes at once. */
static bool run_out(struct mom_engine *e, struct mom__handoff *h, mom_site unused)
{
    (void)unused;
    if (h->deadline > e->now.mono_ms || e->timed_out >= e->limits.step)
        return false;
    e->timed_out++;
    mom__handoff_step(e, h, mom__shape(e)->timeout);
    return false;
}

void mom__handoff_timers(struct mom_engine *e)
{
    e->timed_out = 0;
    if (mom__handoff_deadline(e) <= e->now.mono_ms)
        (void)mom__handoff_walk(e, run_out, 0);
}

int64_t mom__handoff_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;
    const struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while (e->handoffs.count > 0 && (slot = mom__idmap_next(&e->handoffs, &cursor)) != NULL) {
        for (const struct mom__handoff *h = slot->value.ptr; h; h = h->next)
            deadline = h->deadline < deadline ? h->deadline : deadline;
    }
    return deadline;
}

/* Of several the one of the site that the phone is coming to. */
static const struct mom__handoff *foremost(const struct mom_engine *e, uint64_t device)
{
    const struct mom__handoff *first = mom__handoff_of(e, device), *h = first;

    while (h && h->own != h->to)
        h = h->next;
    return h ? h : first;
}

struct mom_handoff_info mom_engine_handoff(const struct mom_engine *engine, uint64_t device)
{
    struct mom_handoff_info info = {mom__handoff_fsm.states.words[MOM__HANDOFF_HOME].name, 0, 0, 0,
                                    MOM_NEVER};
    const struct mom__handoff *h = engine ? foremost(engine, device) : NULL;

    if (h) {
        info.state = mom__shape(engine)->fsm->states.words[h->state].name;
        info.from = h->from;
        info.to = h->to;
        info.epoch = h->epoch;
        info.deadline_ms = h->deadline;
    }
    return info;
}
