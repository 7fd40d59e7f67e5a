/*
 * Records on their way to a neighbour and from it: filling messages from PENDING, confirming what
 * came, asking for what is lacking.
 */
#include "session.h"

enum { WANT_MAX = 4096 }; /* ids of one message */

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
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(entry->record.type, reg)) {
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
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(w->record.type, reg)) {
        const struct mom__pending_reg *at = p.whole ? NULL : mom__pending_find(&p, reg);

        if ((!p.whole && !at) || mom__stamp_is_zero(mom__reg_stamp(&w->record, reg)))
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

uint32_t mom__session_send_records(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom__wire_context context = {.bare_out = &e->message.bare};
    struct mom__flight *f = mom__zalloc(&e->alloc, sizeof *f);
    struct mom__buf *buf = mom__session_begin(e, n, MOM__WIRE_RECORDS);
    struct mom__entry *entries = mom__step_room(e, MOM__ENTRIES * sizeof *entries);
    uint64_t id;
    uint32_t count = 0;
    bool whole;

    if (!f) {
        mom__fail(e, MOM_ENOMEM);
        return 0;
    }
    f->seq = n->last_sent;
    f->sent_ms = e->now.mono_ms;
    *n->flights_end = f;
    n->flights_end = &f->next;
    n->flight_count++;
    while (buf->len + e->message.bare.len < MOM__MESSAGE_FILL && count < e->limits.per_step &&
           e->failed == MOM_OK && (id = next_id(n, &whole)) != 0) {
        struct mom__entry *entry = mom__wire_next(&context, entries);
        struct mom__sent *sent;

        count++;
        if (!fill_entry(e, n, id, whole, entry))
            continue;
        mom__wire_put_entry(buf, &context, entry);
        sent = note_sent(e, entry);
        if (!sent) {
            mom__fail(e, MOM_ENOMEM);
            break;
        }
        mom__same_sent(e, n, id);
        sent->next = f->sent;
        f->sent = sent;
        if (MOM__PLANTED(SENT_CONFIRMED))
            mom__pending_confirm(e, n, sent);
    }
    mom__session_send(e, n);
    return count;
}

void mom__session_send_want(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom__buf *buf = mom__session_begin(e, n, MOM__WIRE_WANT);
    uint64_t id;

    for (unsigned i = 0; i < WANT_MAX && (id = mom__queue_take(&n->want)) != 0; i++)
        mom__buf_u64(buf, id);
    mom__session_send(e, n);
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

static void take_entry(struct mom_engine *e, struct mom__neighbour *n,
                       const struct mom__entry *entry)
{
    if (is_to_hold(e, n, entry))
        mom__hold_entry(e, n, entry);
    else
        mom__join(e, n, entry);
    mom__settle(e);
}

void mom__session_records(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__wire_in *message)
{
    struct mom__wire_context context = {.bare_in = &message->bare};
    struct mom__entry *entries = mom__step_room(e, MOM__ENTRIES * sizeof *entries);
    struct mom__reader *reader = &message->body;
    int rc = MOM_OK;

    while (rc == MOM_OK && reader->at != reader->end && e->failed == MOM_OK) {
        struct mom__entry *entry = mom__wire_next(&context, entries);

        rc = mom__wire_get_entry(reader, &context, &e->arena, entry);
        n->got++;
        if (rc == MOM_OK)
            take_entry(e, n, entry);
    }
    if (rc == MOM_ENOMEM)
        mom__fail(e, rc);
    if (rc != MOM_OK || (e->failed == MOM_OK && !mom__reader_ok(&message->bare))) {
        mom__session_close(e, n, MOM_REFUSED_NODE_MESSAGE, "a record that it told cannot be read");
        return;
    }
    mom__buf_varint(mom__session_begin(e, n, MOM__WIRE_CONFIRM), message->seq);
    mom__session_send(e, n);
}

void mom__session_confirm(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__reader *reader)
{
    uint64_t seq = mom__reader_varint(reader);

    while (n->flights && n->flights->seq <= seq && !reader->failed) {
        for (const struct mom__sent *s = n->flights->sent; s; s = s->next)
            mom__pending_confirm(e, n, s);
        n->near = e->now.mono_ms - n->flights->sent_ms < MOM__NEAR_MS;
        mom__session_drop_flight(e, n);
    }
}

/* Not loaded: many may be asked for, and only what is sent is looked at. */
static bool exists(struct mom_engine *e, uint64_t id)
{
    struct mom_str row;
    struct mom__key key;

    return mom__idmap_has(&e->works, id) || mom__get(e, MOM_T_RECORD, mom__key_id(&key, id), &row);
}

void mom__session_wanted(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    while (reader->at != reader->end && !reader->failed) {
        uint64_t id = mom__reader_u64(reader);

        if (id && exists(e, id) && mom__queue_put(&n->whole, id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
}
