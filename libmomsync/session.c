/*
 * The conversation with a neighbour, from the connection to the end of it.
 *
 *   hello, hello       who is it, do both have the same records? Then they are steady at once
 *   records, confirm   each sends what the other one has not confirmed (PENDING)
 *   drained, drained   the backlog is through; what would delete too much is held
 *   ranges …           the one that connected compares everything, both send what differs
 *   steady             changes stream; an audit compares again
 *
 * Messages come in order or not at all: each has a number, and a missing one ends the connection.
 * A message that comes twice is dropped. Nothing is confirmed before it is on disk, for the
 * confirmation is an action of the step that took the message.
 */
#include "neighbour.h"
#include "node.h"
#include "reconcile.h"
#include "wire.h"

#include <string.h>

enum {
    RANGES_CAP = 32 * 1024, /* bytes of a list of ranges */
    WANT_MAX = 4096,        /* ids of one message */
    RANGES_LOOK = 1,        /* flag of a list: differences are only to be told */
    ID_GAP = 1 << 20,       /* ids that are left out after a store was put back */
};

void mom__session_init(struct mom_engine *e, struct mom__neighbour *n)
{
    mom__queue_init(&n->outbox, &e->alloc);
    mom__queue_init(&n->whole, &e->alloc);
    mom__queue_init(&n->want, &e->alloc);
    n->flights_end = &n->flights;
    n->deadline = MOM_NEVER;
}

static void drop_flight(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom__flight *f = n->flights;

    n->flights = f->next;
    if (!n->flights)
        n->flights_end = &n->flights;
    n->flight_count--;
    while (f->sent) {
        struct mom__sent *sent = f->sent;

        f->sent = sent->next;
        mom__free(&e->alloc, sent);
    }
    mom__free(&e->alloc, f);
}

/* What a connection leaves behind is in PENDING. */
static void reset(struct mom_engine *e, struct mom__neighbour *n)
{
    while (n->flights)
        drop_flight(e, n);
    mom__queue_reset(&n->outbox);
    mom__queue_reset(&n->whole);
    mom__queue_reset(&n->want);
    n->state = MOM__NEIGHBOUR_DOWN;
    n->last_sent = n->last_got = 0;
    n->said_drained = n->told_drained = n->owes_drained = false;
    n->awaits_ranges = n->root_asked = n->auditing = n->repair = false;
    n->warned_future = false;
    n->rounds = 0;
    n->deadline = MOM_NEVER;
}

void mom__session_done(struct mom_engine *e, struct mom__neighbour *n)
{
    reset(e, n);
    mom__queue_done(&n->outbox);
    mom__queue_done(&n->whole);
    mom__queue_done(&n->want);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void arm(struct mom_engine *e, struct mom__neighbour *n)
{
    bool waits = n->flights || n->awaits_ranges || n->state == MOM__NEIGHBOUR_GREETING;

    n->deadline = waits ? e->now.mono_ms + e->timers.confirm_ms : MOM_NEVER;
}

static struct mom__buf *begin(struct mom_engine *e, struct mom__neighbour *n,
                              enum mom__wire_kind kind)
{
    mom__wire_begin(&e->message, kind, kind == MOM__WIRE_HELLO ? 0 : ++n->last_sent);
    return &e->message;
}

static void send(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom_str bytes = mom__wire_end(&e->message, &e->packed);
    struct mom_action *action;

    if (bytes.len == 0) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    action = mom__act(e, MOM_DO_NODE_BYTES, 0);
    if (!action)
        return;
    action->node = n->node;
    action->text = mom__step_dup(e, bytes);
    n->sent_bytes += bytes.len;
    arm(e, n);
}

static void send_bare(struct mom_engine *e, struct mom__neighbour *n, enum mom__wire_kind kind)
{
    (void)begin(e, n, kind);
    send(e, n);
}

static void close_it(struct mom_engine *e, struct mom__neighbour *n, enum mom_refusal reason,
                     const char *text)
{
    struct mom_action *action = mom__act(e, MOM_DO_NODE_CLOSE, 0);

    reset(e, n);
    mom__logf(e, MOM_LOG_ERROR, "node %u: %s", MOM__U(n->node), text);
    if (!action)
        return;
    action->node = n->node;
    action->reason = reason;
    action->text = mom__step_dup(e, mom__str(text));
}

static void greet(struct mom_engine *e, struct mom__neighbour *n, bool answer, int64_t echo_ms)
{
    struct mom__hello h = {.node = e->node, .to = n->node};
    struct mom_park sari = mom_engine_sari(e);

    h.shape = (unsigned)e->shape;
    h.agreed = n->agreed;
    h.answer = answer;
    h.sari_pli = sari.pli;
    h.sari_ari = sari.ari;
    h.wall_ms = e->now.wall_ms;
    h.echo_ms = echo_ms;
    h.fingerprint = e->fingerprint;
    h.count = e->digests;
    h.backlog = n->outbox.count;
    h.your_ids = n->greatest_id;
    h.clock = (struct mom_stamp){e->clock.ms, e->clock.counter, e->node};
    h.seen = e->seen;
    mom__wire_put_hello(begin(e, n, MOM__WIRE_HELLO), &h);
    send(e, n);
}

/* --- records ---------------------------------------------------------------------------------- */

static struct mom__sent *note_sent(struct mom_engine *e, const struct mom__entry *entry)
{
    unsigned count = 0;
    struct mom__sent *sent;

    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++)
        count += entry->has[reg];
    sent = mom__zalloc(&e->alloc, sizeof *sent + count * sizeof sent->regs[0]);
    if (!sent)
        return NULL;
    sent->id = entry->record.id;
    sent->claim = mom__reg_hash(&entry->record, MOM__REG_CLAIM);
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++) {
        if (!entry->has[reg])
            continue;
        sent->regs[sent->count].reg = (uint8_t)reg;
        sent->regs[sent->count++].stamp = mom__reg_stamp(&entry->record, reg);
    }
    return sent;
}

/* False: there is nothing to say of the record any more. */
static bool fill_entry(struct mom_engine *e, struct mom__neighbour *n, uint64_t id, bool whole,
                       struct mom__entry *entry)
{
    const struct mom__work *w = mom__work(e, id);
    struct mom__pending p = {.whole = whole};
    bool any = false;

    if (!w || (!whole && !mom__pending_get(e, n->node, id, w->record.type, &p)))
        return false;
    mom__entry_init(entry);
    entry->record = w->record;
    entry->whole = p.whole;
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++) {
        const struct mom__pending_reg *at = p.whole ? NULL : mom__pending_find(&p, reg);

        if ((!p.whole && !at) || !mom__reg_is(w->record.type, reg) ||
            mom__stamp_is_zero(mom__reg_stamp(&w->record, reg)))
            continue;
        any = entry->has[reg] = true;
        if (at && !mom__stamp_is_zero(at->base)) {
            entry->has_base[reg] = true;
            entry->bases[reg] = at->base;
        }
    }
    return any;
}

static uint64_t next_id(struct mom__neighbour *n, bool *ret_whole)
{
    uint64_t id = mom__queue_take(&n->outbox);

    *ret_whole = id == 0;
    return id ? id : mom__queue_take(&n->whole);
}

static void send_records(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom__wire_context context = {.id = 0};
    struct mom__flight *f = mom__zalloc(&e->alloc, sizeof *f);
    struct mom__buf *buf = begin(e, n, MOM__WIRE_RECORDS);
    struct mom__entry *entries = mom__step_room(e, MOM__ENTRIES * sizeof *entries);
    uint64_t id;
    bool whole;

    if (!f) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    f->seq = n->last_sent;
    *n->flights_end = f;
    n->flights_end = &f->next;
    n->flight_count++;
    while (buf->len < MOM__MESSAGE_FILL && e->failed == MOM_OK && (id = next_id(n, &whole)) != 0) {
        struct mom__entry *entry = mom__wire_next(&context, entries);
        struct mom__sent *sent;

        if (!fill_entry(e, n, id, whole, entry))
            continue;
        mom__wire_put_entry(buf, &context, entry);
        sent = note_sent(e, entry);
        if (!sent) {
            mom__fail(e, MOM_ENOMEM);
            break;
        }
        sent->next = f->sent;
        f->sent = sent;
    }
    send(e, n);
}

static void send_want(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom__buf *buf = begin(e, n, MOM__WIRE_WANT);
    uint64_t id;

    for (unsigned i = 0; i < WANT_MAX && (id = mom__queue_take(&n->want)) != 0; i++)
        mom__buf_u64(buf, id);
    send(e, n);
}

/* Deletions that are told in the backlog wait until it is complete, so that the brake sees all of them. */
static bool is_to_hold(struct mom_engine *e, const struct mom__neighbour *n,
                       const struct mom__entry *entry)
{
    const struct mom__work *w;

    if (!entry->has[MOM__REG_DELETED] || !n->agreed ||
        (n->state != MOM__NEIGHBOUR_CATCHING_UP && n->state != MOM__NEIGHBOUR_HELD))
        return false;
    w = mom__work_live(e, entry->record.id);
    return w && mom_stamp_compare(entry->record.deleted, mom__record_newest(&w->record)) > 0;
}

static void on_records(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader,
                       uint64_t seq)
{
    struct mom__wire_context context = {.id = 0};
    struct mom__entry *entries = mom__step_room(e, MOM__ENTRIES * sizeof *entries);

    while (reader->at != reader->end && e->failed == MOM_OK) {
        struct mom__entry *entry = mom__wire_next(&context, entries);
        int rc = mom__wire_get_entry(reader, &context, &e->arena, entry);

        if (rc == MOM_ENOMEM)
            mom__fail(e, rc);
        if (rc != MOM_OK) {
            close_it(e, n, MOM_REFUSED_NODE_MESSAGE, "a record that it told cannot be read");
            return;
        }
        if (is_to_hold(e, n, entry))
            mom__hold_entry(e, n, entry);
        else
            mom__join(e, n, entry);
        mom__settle(e);
    }
    mom__buf_varint(begin(e, n, MOM__WIRE_CONFIRM), seq);
    send(e, n);
}

static void on_confirm(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    uint64_t seq = mom__reader_varint(reader);

    while (n->flights && n->flights->seq <= seq && !reader->failed) {
        for (const struct mom__sent *s = n->flights->sent; s; s = s->next)
            mom__pending_confirm(e, n, s);
        drop_flight(e, n);
    }
}

static void on_want(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    while (reader->at != reader->end && !reader->failed) {
        uint64_t id = mom__reader_u64(reader);

        if (id && mom__work(e, id) && mom__queue_put(&n->whole, id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
}

/* --- comparing -------------------------------------------------------------------------------- */

static bool is_drained(const struct mom__neighbour *n)
{
    return n->outbox.count == 0 && n->whole.count == 0 && n->want.count == 0 && !n->flights;
}

static void become_steady(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom_action *action;

    if (n->state == MOM__NEIGHBOUR_STEADY)
        return;
    n->state = MOM__NEIGHBOUR_STEADY;
    n->agreed = true;
    n->agreed_ms = e->now.wall_ms;
    n->said_drained = n->told_drained = false;
    mom__neighbour_save(e, n);
    action = mom__act(e, MOM_DO_NODE_STEADY, 0);
    if (action)
        action->node = n->node;
    arm(e, n);
}

static void ask_root(struct mom_engine *e, struct mom__neighbour *n, bool look)
{
    struct mom__buf *buf = begin(e, n, MOM__WIRE_RANGES);

    n->awaits_ranges = n->root_asked = true;
    mom__buf_u8(buf, look ? RANGES_LOOK : 0);
    mom__range_begin(buf, e->fingerprint, e->digests);
    send(e, n);
}

struct search {
    struct mom_engine *e;
    struct mom__neighbour *n;
    struct mom__queue *told; /* NULL: differences are mended */
    uint64_t count;
};

struct scan {
    mom__range_visit *visit;
    void *visitor;
    int rc;
};

static bool visit_row(void *user, struct mom_str key, struct mom_str value)
{
    struct scan *scan = user;
    uint64_t id, hash;

    scan->rc = mom__key_read_id(key, &id);
    if (scan->rc == MOM_OK)
        scan->rc = mom__value_read_u64(value, &hash);
    return scan->rc == MOM_OK && scan->visit(scan->visitor, id, hash);
}

static int scan_digests(void *user, uint64_t from, mom__range_visit *visit, void *visitor)
{
    struct mom_engine *e = user;
    struct scan scan = {visit, visitor, MOM_OK};
    struct mom__key key;

    mom__digest_flush(e);
    mom__scan(e, MOM_T_DIGEST, mom__key_id(&key, from ? from : 1), visit_row, &scan);
    return e->failed != MOM_OK ? e->failed : scan.rc;
}

static void tell_difference(struct mom_engine *e, const struct mom__neighbour *n, uint64_t id)
{
    struct mom_action *action = mom__act(e, MOM_DO_DIFFERENCE, 0);

    if (!action)
        return;
    action->node = n->node;
    action->id = id;
}

/* Of a record that differs ours is sent; what the other one has later comes back. */
static void found(void *user, uint64_t id, enum mom__range_difference what)
{
    struct search *search = user;
    struct mom__queue *to = search->told                ? search->told
                            : what == MOM__RANGE_THEIRS ? &search->n->want
                                                        : &search->n->whole;

    search->count++;
    if (mom__queue_put(to, id, false) != MOM_OK)
        mom__fail(search->e, MOM_ENOMEM);
}

/* Differences that an audit finds on this side are told on both. */
static void send_found(struct mom_engine *e, struct mom__neighbour *n, struct mom__queue *ids)
{
    struct mom__buf *buf;
    uint64_t id;

    if (ids->count == 0)
        return;
    buf = begin(e, n, MOM__WIRE_FOUND);
    while ((id = mom__queue_take(ids)) != 0) {
        if (buf->len < RANGES_CAP)
            mom__buf_u64(buf, id);
        if (n->auditing)
            tell_difference(e, n, id);
        n->differences++;
    }
    send(e, n);
}

static void end_audit(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom_input in = {.tag = n->audit_tag};

    if (!n->auditing)
        return;
    n->auditing = n->repair = false;
    mom__done(e, &in, n->differences);
}

static void end_round(struct mom_engine *e, struct mom__neighbour *n, bool equal)
{
    n->awaits_ranges = n->root_asked = false;
    end_audit(e, n);
    if (equal && n->state != MOM__NEIGHBOUR_HELD)
        become_steady(e, n);
    else
        n->said_drained = n->told_drained = false;
    arm(e, n);
}

static void answer_ranges(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__reader *reader, bool look)
{
    struct mom__range_source source = {e, scan_digests};
    struct mom__queue told;
    struct search search = {e, n, look ? &told : NULL, 0};
    struct mom__buf answer;
    bool more = false;
    int rc;

    mom__queue_init(&told, &e->alloc);
    mom__buf_init(&answer, &e->alloc);
    rc = mom__range_answer(&source, reader, &answer, RANGES_CAP, found, &search, &more);
    if (rc == MOM_ECORRUPT && e->failed == MOM_OK) {
        close_it(e, n, MOM_REFUSED_NODE_MESSAGE, "a list of ranges cannot be read");
    } else if (rc != MOM_OK) {
        mom__fail(e, rc);
    } else {
        struct mom__buf *buf;

        send_found(e, n, &told);
        buf = begin(e, n, MOM__WIRE_RANGES);
        mom__buf_u8(buf, look ? RANGES_LOOK : 0);
        n->awaits_ranges = more;
        if (more)
            mom__buf_bytes(buf, mom__buf_view(&answer).ptr, mom__buf_view(&answer).len);
        send(e, n);
        if (!more)
            end_round(e, n, search.count == 0 && is_drained(n));
    }
    mom__buf_done(&answer);
    mom__queue_done(&told);
}

static void on_ranges(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    bool look = mom__reader_u8(reader) & RANGES_LOOK, root = n->root_asked;

    n->root_asked = false;
    if (reader->at == reader->end)
        end_round(e, n, root && !look);
    else
        answer_ranges(e, n, reader, look);
}

static void on_found(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    while (reader->at != reader->end && !reader->failed) {
        uint64_t id = mom__reader_u64(reader);

        n->differences++;
        if (n->auditing && !reader->failed)
            tell_difference(e, n, id);
    }
}

/* --- hello ------------------------------------------------------------------------------------ */

/* Our store is older than what the neighbour knows of us: it was put back. No id may be given twice. */
static void notice_rollback(struct mom_engine *e, struct mom__neighbour *n, uint64_t your_ids)
{
    if (your_ids < e->next_id)
        return;
    mom__logf(e, MOM_LOG_ERROR,
              "this store was put back to an earlier state: node %u knows records that it does not",
              MOM__U(n->node));
    e->next_id = your_ids + ID_GAP;
    e->numbers_changed = true;
}

static const char *objection(struct mom_engine *e, const struct mom__neighbour *n,
                             const struct mom__hello *h, enum mom_refusal *ret_reason)
{
    struct mom_park sari = mom_engine_sari(e), theirs = {h->sari_pli, h->sari_ari};

    *ret_reason = MOM_REFUSED_NODE_UNKNOWN;
    if (h->node != n->node || h->to != e->node)
        return "it is another node than it should be, or takes us for another";
    *ret_reason = MOM_REFUSED_NODE_SARI;
    if (theirs.pli && sari.pli && !mom_park_equal(sari, theirs))
        return "it has another SARI";
    return NULL;
}

static void revive_pending(struct mom_engine *e, struct mom__neighbour *n)
{
    for (size_t i = 0; i < n->outbox.count && e->failed == MOM_OK; i++) {
        uint64_t id = n->outbox.ids[(n->outbox.head + i) & (n->outbox.size - 1)];
        struct mom__work *w = mom__work(e, id);
        struct mom__pending p;

        if (w && (w->record.flags & MOM__DELETED) &&
            mom__pending_get(e, n->node, id, w->record.type, &p) && !p.whole &&
            mom__pending_find(&p, MOM__REG_DELETED))
            mom__reaffirm(e, w);
    }
    mom__settle(e);
}

static void take_hello(struct mom_engine *e, struct mom__neighbour *n, const struct mom__hello *h)
{
    struct mom_stamp clock = h->clock;
    bool agreed = n->agreed && h->agreed, above = n->caller;

    (void)mom__stamp_clamp(&clock, e->now.wall_ms, e->skew_ms);
    mom__hlc_after(&e->clock, clock);
    notice_rollback(e, n, h->your_ids);
    if (mom_engine_sari(e).pli == 0 && h->sari_pli)
        mom__set_sari(e, (struct mom_park){h->sari_pli, h->sari_ari});
    n->offset_ms = h->answer ? h->wall_ms - (h->echo_ms + (e->now.wall_ms - h->echo_ms) / 2)
                             : h->wall_ms - e->now.wall_ms;
    if (agreed != n->agreed) /* it knows nothing of us: what we take for confirmed is not */
        mom__pending_forget(e, n->node);
    if (agreed != n->agreed || above != n->above) {
        n->agreed = agreed;
        n->above = above;
        mom__neighbour_save(e, n);
    }
    mom__collect_up_to(e, h->seen);
    n->state = MOM__NEIGHBOUR_CATCHING_UP;
    mom__pending_load(e, n);
    if (e->offline_delete == MOM_RESTORE_DELETED)
        revive_pending(e, n);
    n->held = mom__held_count(e, n->node);
}

static void on_hello(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    struct mom__hello h;
    enum mom_refusal reason;
    const char *why;
    bool equal;

    if (!mom__wire_get_hello(reader, &h) || h.answer != n->caller ||
        n->state != MOM__NEIGHBOUR_GREETING) {
        close_it(e, n, MOM_REFUSED_NODE_MESSAGE, "its greeting cannot be read");
        return;
    }
    why = objection(e, n, &h, &reason);
    if (why) {
        close_it(e, n, reason, why);
        return;
    }
    take_hello(e, n, &h);
    mom__digest_flush(e);
    equal = h.fingerprint == e->fingerprint && h.count == e->digests && h.backlog == 0 &&
            n->outbox.count == 0 && n->held == 0;
    if (!h.answer)
        greet(e, n, true, h.wall_ms);
    if (n->held) {
        n->state = MOM__NEIGHBOUR_HELD;
        mom__buf_u8(begin(e, n, MOM__WIRE_HELD), 1);
        send(e, n);
    } else if (equal) {
        become_steady(e, n);
    }
}

/* --- drained, held ---------------------------------------------------------------------------- */

static void say_drained(struct mom_engine *e, struct mom__neighbour *n)
{
    n->said_drained = true;
    n->owes_drained = false;
    send_bare(e, n, MOM__WIRE_DRAINED);
}

static void on_drained(struct mom_engine *e, struct mom__neighbour *n)
{
    if (n->state == MOM__NEIGHBOUR_STEADY) {
        n->owes_drained = true;
        return;
    }
    n->told_drained = true;
    if (n->state != MOM__NEIGHBOUR_CATCHING_UP)
        return;
    if (mom__hold_check(e, n)) {
        n->state = MOM__NEIGHBOUR_COMPARING;
        return;
    }
    n->state = MOM__NEIGHBOUR_HELD;
    mom__buf_u8(begin(e, n, MOM__WIRE_HELD), 1);
    send(e, n);
}

static void on_held(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    bool held = mom__reader_u8(reader);

    n->said_drained = n->told_drained = n->awaits_ranges = false;
    n->state = held ? MOM__NEIGHBOUR_HELD : MOM__NEIGHBOUR_CATCHING_UP;
    arm(e, n);
}

void mom__neighbour_go_on(struct mom_engine *e, struct mom__neighbour *n)
{
    n->held = 0;
    if (n->state != MOM__NEIGHBOUR_HELD)
        return;
    n->state = MOM__NEIGHBOUR_CATCHING_UP;
    n->said_drained = n->told_drained = false;
    mom__buf_u8(begin(e, n, MOM__WIRE_HELD), 0);
    send(e, n);
}

/* --- inputs ----------------------------------------------------------------------------------- */

void mom__on_node_up(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);
    struct mom_action *action;

    if (!n) {
        action = mom__act(e, MOM_DO_NODE_CLOSE, 0);
        if (action) {
            action->node = in->node;
            action->reason = MOM_REFUSED_NODE_UNKNOWN;
            action->text = mom__str("no such neighbour");
        }
        return;
    }
    reset(e, n);
    n->state = MOM__NEIGHBOUR_GREETING;
    n->caller = in->yes;
    if (n->agreed)
        mom__pending_load(e, n);
    arm(e, n);
    if (n->caller)
        greet(e, n, false, 0);
}

void mom__on_node_down(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);

    if (n)
        reset(e, n);
}

static void dispatch(struct mom_engine *e, struct mom__neighbour *n, enum mom__wire_kind kind,
                     struct mom__reader *reader, uint64_t seq)
{
    switch (kind) {
    case MOM__WIRE_RECORDS:
        on_records(e, n, reader, seq);
        return; /* it reads to the end, or closes */
    case MOM__WIRE_CONFIRM:
        on_confirm(e, n, reader);
        break;
    case MOM__WIRE_RANGES:
        on_ranges(e, n, reader);
        break;
    case MOM__WIRE_WANT:
        on_want(e, n, reader);
        break;
    case MOM__WIRE_FOUND:
        on_found(e, n, reader);
        break;
    case MOM__WIRE_DRAINED:
        on_drained(e, n);
        break;
    case MOM__WIRE_HELD:
        on_held(e, n, reader);
        break;
    case MOM__WIRE_SEEN: {
        struct mom_stamp last = {0, 0, 0};
        struct mom_stamp seen = mom__wire_get_stamp(reader, &last);

        if (!reader->failed)
            mom__collect_up_to(e, seen);
        break;
    }
    default:
        reader->failed = true;
        break;
    }
    if (reader->failed && n->state != MOM__NEIGHBOUR_DOWN)
        close_it(e, n, MOM_REFUSED_NODE_MESSAGE, "a message cannot be read");
}

void mom__on_node_bytes(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);
    enum mom__wire_kind kind;
    struct mom__reader reader;
    uint64_t seq;
    int rc;

    if (!n || n->state == MOM__NEIGHBOUR_DOWN)
        return;
    n->received_bytes += in->value.len;
    rc = in->value.len > MOM_NODE_MESSAGE_MAX
             ? MOM_ECORRUPT
             : mom__wire_open(in->value, &e->arena, &kind, &seq, &reader);
    if (rc == MOM_ENOMEM) {
        mom__fail(e, rc);
        return;
    }
    if (rc != MOM_OK) {
        close_it(e, n, rc == MOM_EFORMAT ? MOM_REFUSED_NODE_VERSION : MOM_REFUSED_NODE_MESSAGE,
                 rc == MOM_EFORMAT ? "it speaks another version" : "a message cannot be read");
        return;
    }
    if (kind == MOM__WIRE_HELLO) {
        on_hello(e, n, &reader);
    } else if (n->state == MOM__NEIGHBOUR_GREETING || seq > n->last_got + 1) {
        close_it(e, n, MOM_REFUSED_NODE_MESSAGE, "a message is missing");
    } else if (seq == n->last_got + 1) {
        n->last_got = seq;
        dispatch(e, n, kind, &reader, seq);
    }
    if (n->state != MOM__NEIGHBOUR_DOWN)
        arm(e, n);
}

void mom__on_node_audit(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);

    if (!n) {
        mom__refuse(e, in, MOM_ENOENT, "no such neighbour");
        return;
    }
    if (n->state != MOM__NEIGHBOUR_STEADY || n->awaits_ranges) {
        mom__refuse(e, in, MOM_ESTATE, "the neighbour is not steady");
        return;
    }
    n->auditing = true;
    n->repair = in->yes;
    n->audit_tag = in->tag;
    n->differences = 0;
    mom__digest_flush(e);
    ask_root(e, n, !in->yes);
}

/* --- working off ------------------------------------------------------------------------------ */

static void work_off(struct mom_engine *e, struct mom__neighbour *n)
{
    while (n->flight_count < MOM__WINDOW && e->failed == MOM_OK &&
           (n->outbox.count > 0 || n->whole.count > 0))
        send_records(e, n);
    while (n->want.count > 0 && e->failed == MOM_OK)
        send_want(e, n);
    if (!is_drained(n) || n->state == MOM__NEIGHBOUR_HELD || n->awaits_ranges)
        return;
    if (n->state == MOM__NEIGHBOUR_STEADY ? n->owes_drained : !n->said_drained)
        say_drained(e, n);
    if (n->state != MOM__NEIGHBOUR_COMPARING || !n->caller || !n->told_drained)
        return;
    if (++n->rounds > MOM__ROUNDS) {
        mom__logf(e, MOM_LOG_WARNING, "node %u: it changes faster than it can be compared",
                  MOM__U(n->node));
        become_steady(e, n);
        return;
    }
    mom__digest_flush(e);
    ask_root(e, n, false);
}

void mom__neighbours_work_off(struct mom_engine *e)
{
    for (size_t i = 0; i < e->neighbour_count && e->failed == MOM_OK; i++) {
        struct mom__neighbour *n = e->neighbours[i];

        if (n->deadline <= e->now.mono_ms)
            close_it(e, n, MOM_REFUSED_NODE_SILENT, "it did not confirm in time");
        if (n->state > MOM__NEIGHBOUR_GREETING)
            work_off(e, n);
    }
}

int64_t mom__neighbours_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;

    for (size_t i = 0; i < e->neighbour_count; i++) {
        if (e->neighbours[i]->deadline < deadline)
            deadline = e->neighbours[i]->deadline;
    }
    return deadline;
}

void mom__neighbours_tell_seen(struct mom_engine *e)
{
    for (size_t i = 0; i < e->neighbour_count && e->failed == MOM_OK; i++) {
        struct mom__neighbour *n = e->neighbours[i];
        struct mom_stamp last = {0, 0, 0};

        if (n->state != MOM__NEIGHBOUR_STEADY)
            continue;
        mom__wire_put_stamp(begin(e, n, MOM__WIRE_SEEN), &last, e->seen);
        send(e, n);
    }
}
