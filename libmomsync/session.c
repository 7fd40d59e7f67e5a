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
#include "session.h"

#include "profile.h"

enum {
    ID_GAP = 1 << 20,  /* ids that are left out after a store was put back */
    ASK_PAUSE = 10000, /* ms */
};

void mom__session_init(struct mom_engine *e, struct mom__neighbour *n)
{
    mom__queue_init(&n->outbox, &e->alloc);
    mom__queue_init(&n->whole, &e->alloc);
    mom__queue_init(&n->want, &e->alloc);
    mom__idmap_init(&n->same, &e->alloc);
    n->flights_end = &n->flights;
    n->deadline = MOM_NEVER;
}

void mom__session_drop_flight(struct mom_engine *e, struct mom__neighbour *n)
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
        mom__session_drop_flight(e, n);
    mom__queue_reset(&n->outbox);
    mom__queue_reset(&n->whole);
    mom__queue_reset(&n->want);
    mom__idmap_done(&n->same);
    mom__idmap_init(&n->same, &e->alloc);
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_DOWN);
    n->last_sent = n->last_got = 0;
    n->said_drained = n->told_drained = n->owes_drained = false;
    n->awaits_ranges = n->root_asked = n->auditing = n->repair = false;
    n->near = n->warned_future = false;
    n->rounds = 0;
    n->ask_at = 0;
    n->deadline = MOM_NEVER;
}

void mom__session_done(struct mom_engine *e, struct mom__neighbour *n)
{
    n->state = MOM__NEIGHBOUR_DOWN; /* nobody is to be told */
    reset(e, n);
    mom__queue_done(&n->outbox);
    mom__queue_done(&n->whole);
    mom__queue_done(&n->want);
    mom__idmap_done(&n->same);
}

/* --- sending ---------------------------------------------------------------------------------- */

void mom__session_arm(struct mom_engine *e, struct mom__neighbour *n)
{
    bool waits = n->flights || n->awaits_ranges || n->state == MOM__NEIGHBOUR_GREETING;

    n->deadline = waits ? e->now.mono_ms + e->timers.confirm_ms : MOM_NEVER;
}

struct mom__buf *mom__session_begin(struct mom_engine *e, struct mom__neighbour *n,
                                    enum mom__wire_kind kind)
{
    mom__wire_begin(&e->message, kind, kind == MOM__WIRE_HELLO ? 0 : ++n->last_sent);
    return &e->message.body;
}

/* Where what is told to this one is told to others too; NULL: it is not. */
static struct mom__packs *packs_for(struct mom_engine *e, const struct mom__neighbour *n)
{
    for (size_t i = 0; e->packs.size > 0 && i < e->neighbour_count; i++) {
        if (e->neighbours[i] != n && e->neighbours[i]->state > MOM__NEIGHBOUR_GREETING)
            return &e->packs;
    }
    return NULL;
}

void mom__session_send(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom_str bytes = mom__wire_end(&e->message, packs_for(e, n));
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
    mom__session_arm(e, n);
}

static void send_bare(struct mom_engine *e, struct mom__neighbour *n, enum mom__wire_kind kind)
{
    (void)mom__session_begin(e, n, kind);
    mom__session_send(e, n);
}

void mom__session_close(struct mom_engine *e, struct mom__neighbour *n, enum mom_refusal reason,
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
    h.profiles = mom__profile_digest(e);
    h.clock = (struct mom_stamp){e->clock.ms, e->clock.counter, e->node};
    h.seen = e->seen;
    mom__wire_put_hello(mom__session_begin(e, n, MOM__WIRE_HELLO), &h);
    mom__session_send(e, n);
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
    e->incarnation.restored = true;
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
    /* At the first contact there is no backlog: all that it has more than we is to come. */
    n->expected = agreed ? h->backlog : h->count > e->digests ? h->count - e->digests : 0;
    n->got = 0;
    mom__collect_up_to(e, h->seen, n);
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_CATCHING_UP);
    mom__pending_load(e, n);
    if (e->offline_delete == MOM_RESTORE_DELETED)
        revive_pending(e, n);
    n->held = mom__hold_waiting(e, n);
}

static void on_hello(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    struct mom__hello h;
    enum mom_refusal reason;
    const char *why;
    bool equal;

    if (!mom__wire_get_hello(reader, &h) || h.answer != n->caller) {
        mom__session_close(e, n, MOM_REFUSED_NODE_MESSAGE, "its greeting cannot be read");
        return;
    }
    why = objection(e, n, &h, &reason);
    if (why) {
        mom__session_close(e, n, reason, why);
        return;
    }
    take_hello(e, n, &h);
    mom__digest_flush(e);
    equal = h.fingerprint == e->fingerprint && h.count == e->digests && h.backlog == 0 &&
            n->outbox.count == 0;
    if (equal && n->held) { /* what was to be decided came about without */
        mom__hold_forget(e, n->node);
        n->held = 0;
    }
    if (!h.answer)
        greet(e, n, true, h.wall_ms);
    if (h.profiles != mom__profile_digest(e))
        mom__profile_tell_all(e, n);
    if (n->held && !mom__hold_check(e, n)) { /* somebody is asked again */
        mom__neighbour_enter(e, n, MOM__NEIGHBOUR_HELD);
        mom__buf_u8(mom__session_begin(e, n, MOM__WIRE_HELD), 1);
        mom__session_send(e, n);
    } else if (equal) {
        mom__session_steady(e, n);
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
        mom__neighbour_enter(e, n, MOM__NEIGHBOUR_COMPARING);
        return;
    }
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_HELD);
    n->held = mom__held_count(e, n->node);
    mom__buf_u8(mom__session_begin(e, n, MOM__WIRE_HELD), 1);
    mom__session_send(e, n);
}

static void on_held(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    bool held = mom__reader_u8(reader);

    if (n->state == MOM__NEIGHBOUR_STEADY || n->state == MOM__NEIGHBOUR_GREETING) {
        reader->failed = true; /* there was no backlog that it could hold */
        return;
    }
    if (!held && (n->state != MOM__NEIGHBOUR_HELD || n->held > 0))
        return; /* what is held here waits on */
    n->said_drained = n->told_drained = n->awaits_ranges = false;
    mom__neighbour_enter(e, n, held ? MOM__NEIGHBOUR_HELD : MOM__NEIGHBOUR_CATCHING_UP);
    mom__session_arm(e, n);
}

void mom__neighbour_go_on(struct mom_engine *e, struct mom__neighbour *n)
{
    n->held = 0;
    if (n->state != MOM__NEIGHBOUR_HELD)
        return;
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_CATCHING_UP);
    n->said_drained = n->told_drained = false;
    mom__buf_u8(mom__session_begin(e, n, MOM__WIRE_HELD), 0);
    mom__session_send(e, n);
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
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_GREETING);
    n->caller = in->yes;
    if (n->agreed)
        mom__pending_load(e, n);
    mom__session_arm(e, n);
    if (n->caller)
        greet(e, n, false, 0);
}

void mom__on_node_down(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);

    if (n)
        reset(e, n);
}

static void dispatch(struct mom_engine *e, struct mom__neighbour *n, struct mom__wire_in *message)
{
    struct mom__reader *reader = &message->body;

    switch (message->kind) {
    case MOM__WIRE_RECORDS:
        mom__session_records(e, n, message);
        return; /* it reads to the end, or closes */
    case MOM__WIRE_CONFIRM:
        mom__session_confirm(e, n, reader);
        break;
    case MOM__WIRE_RANGES:
        mom__session_ranges(e, n, reader);
        break;
    case MOM__WIRE_WANT:
        mom__session_wanted(e, n, reader);
        break;
    case MOM__WIRE_FOUND:
        mom__session_found(e, n, reader);
        break;
    case MOM__WIRE_PROFILES:
        mom__session_profiles(e, n, reader);
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
            mom__collect_up_to(e, seen, n);
        break;
    }
    default:
        reader->failed = true;
        break;
    }
    if (reader->failed && n->state != MOM__NEIGHBOUR_DOWN)
        mom__session_close(e, n, MOM_REFUSED_NODE_MESSAGE, "a message cannot be read");
}

void mom__on_node_bytes(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);
    struct mom__wire_in message;
    int rc;

    if (!n || n->state == MOM__NEIGHBOUR_DOWN)
        return;
    n->received_bytes += in->value.len;
    rc = in->value.len > MOM_NODE_MESSAGE_MAX ? MOM_ECORRUPT
                                              : mom__wire_open(in->value, &e->arena, &message);
    if (rc == MOM_ENOMEM) {
        mom__fail(e, rc);
        return;
    }
    if (rc != MOM_OK) {
        mom__session_close(
            e, n, rc == MOM_EFORMAT ? MOM_REFUSED_NODE_VERSION : MOM_REFUSED_NODE_MESSAGE,
            rc == MOM_EFORMAT ? "it speaks another version" : "a message cannot be read");
        return;
    }
    if (message.kind == MOM__WIRE_HELLO && n->state > MOM__NEIGHBOUR_GREETING)
        return; /* greetings have no number: this one came twice */
    if (message.kind == MOM__WIRE_HELLO) {
        on_hello(e, n, &message.body);
    } else if (n->state == MOM__NEIGHBOUR_GREETING || message.seq > n->last_got + 1) {
        mom__session_close(e, n, MOM_REFUSED_NODE_MESSAGE, "a message is missing");
    } else if (message.seq == n->last_got + 1) {
        n->last_got = message.seq;
        dispatch(e, n, &message);
    }
    if (n->state != MOM__NEIGHBOUR_DOWN)
        mom__session_arm(e, n);
}

/* --- working off ------------------------------------------------------------------------------ */

/* More on its way keeps a fast line and both processors busy; on a slow one a roam would wait behind it. */
static unsigned window(const struct mom__neighbour *n)
{
    return n->near ? MOM__WINDOW_NEAR : MOM__WINDOW;
}

static bool may_send(const struct mom__neighbour *n)
{
    return n->state > MOM__NEIGHBOUR_GREETING && n->flight_count < window(n) &&
           (n->outbox.count > 0 || n->whole.count > 0);
}

/* The other one is not steady, and waits for a comparison. Two that do not become the same, whatever the reason, do not
 * compare without a pause. */
static bool is_owed(const struct mom_engine *e, const struct mom__neighbour *n)
{
    return n->state == MOM__NEIGHBOUR_STEADY && n->owes_drained &&
           (n->rounds <= MOM__ROUNDS || n->ask_at <= e->now.mono_ms);
}

static void ask(struct mom_engine *e, struct mom__neighbour *n)
{
    n->ask_at = e->now.mono_ms + ASK_PAUSE;
    mom__digest_flush(e);
    mom__session_ask(e, n, false);
}

static void work_off(struct mom_engine *e, struct mom__neighbour *n)
{
    bool owed;

    for (uint32_t sent = 0; sent < e->limits.per_step && may_send(n) && e->failed == MOM_OK;)
        sent += mom__session_send_records(e, n);
    while (n->want.count > 0 && e->failed == MOM_OK)
        mom__session_send_want(e, n);
    if (!mom__session_is_drained(n) || n->state == MOM__NEIGHBOUR_HELD || n->awaits_ranges)
        return;
    owed = is_owed(e, n);
    if (owed || (n->state != MOM__NEIGHBOUR_STEADY && !n->said_drained))
        say_drained(e, n);
    if (owed && n->caller) { /* who is called may not ask */
        n->rounds++;
        ask(e, n);
    }
    if (n->state != MOM__NEIGHBOUR_COMPARING || !n->caller || !n->told_drained)
        return;
    if (++n->rounds > MOM__ROUNDS) {
        mom__logf(e, MOM_LOG_WARNING, "node %u: it changes faster than it can be compared",
                  MOM__U(n->node));
        mom__session_steady(e, n);
        return;
    }
    ask(e, n);
}

void mom__neighbours_work_off(struct mom_engine *e)
{
    bool under_way = false;

    for (size_t i = 0; i < e->neighbour_count && e->failed == MOM_OK; i++) {
        struct mom__neighbour *n = e->neighbours[i];

        if (n->deadline <= e->now.mono_ms)
            mom__session_close(e, n, MOM_REFUSED_NODE_SILENT, "it did not confirm in time");
        if (n->state > MOM__NEIGHBOUR_GREETING)
            work_off(e, n);
        under_way |= n->flights != NULL;
    }
    if (!under_way)
        mom__packs_forget(&e->packs);
}

int64_t mom__neighbours_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;

    for (size_t i = 0; i < e->neighbour_count; i++) {
        const struct mom__neighbour *n = e->neighbours[i];
        bool owes = n->state == MOM__NEIGHBOUR_STEADY && n->owes_drained && !n->awaits_ranges &&
                    mom__session_is_drained(n);

        if (may_send(n)) /* the last step had enough */
            return e->now.mono_ms;
        deadline = n->deadline < deadline ? n->deadline : deadline;
        deadline = owes && n->ask_at < deadline ? n->ask_at : deadline;
    }
    return deadline;
}

void mom__neighbours_tell_seen(struct mom_engine *e, const struct mom__neighbour *from)
{
    for (size_t i = 0; i < e->neighbour_count && e->failed == MOM_OK; i++) {
        struct mom__neighbour *n = e->neighbours[i];
        struct mom_stamp last = {0, 0, 0};

        /* Who has not greeted yet will hear it then. */
        if (n == from || n->state < MOM__NEIGHBOUR_GREETING ||
            (n->state == MOM__NEIGHBOUR_GREETING && !n->caller))
            continue;
        mom__wire_put_stamp(mom__session_begin(e, n, MOM__WIRE_SEEN), &last, e->seen);
        mom__session_send(e, n);
    }
}
