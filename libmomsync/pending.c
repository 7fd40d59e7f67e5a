/*
 * PENDING: what a neighbour has not confirmed. A row says which registers of a record, and for each
 * the stamp that both last agreed on: the base of the three-way rule, and what the neighbour is told
 * so that it sees whether we knew what it has.
 *
 * Row, format 1: format, whole or not, number of registers, and (code, stamp) of each, ascending by
 * register.
 */
#include "neighbour.h"
#include "node.h"

#include <string.h>

enum { PENDING_FORMAT = 1 };

/* --- rows ------------------------------------------------------------------------------------- */

struct mom__pending_reg *mom__pending_find(struct mom__pending *pending, unsigned reg)
{
    for (unsigned i = 0; i < pending->count; i++) {
        if (pending->regs[i].reg == reg)
            return &pending->regs[i];
    }
    return NULL;
}

struct mom__pending_reg *mom__pending_add(struct mom__pending *pending, unsigned reg)
{
    unsigned at = 0;

    while (at < pending->count && pending->regs[at].reg < reg)
        at++;
    if (at < pending->count && pending->regs[at].reg == reg)
        return &pending->regs[at];
    memmove(&pending->regs[at + 1], &pending->regs[at],
            (pending->count - at) * sizeof pending->regs[0]);
    pending->count++;
    memset(&pending->regs[at], 0, sizeof pending->regs[at]);
    pending->regs[at].reg = reg;
    return &pending->regs[at];
}

void mom__pending_remove(struct mom__pending *pending, unsigned reg)
{
    struct mom__pending_reg *at = mom__pending_find(pending, reg);

    if (!at)
        return;
    pending->count--;
    memmove(at, at + 1, (size_t)(&pending->regs[pending->count] - at) * sizeof *at);
}

static int decode(struct mom_str value, enum mom_type type, struct mom__pending *pending)
{
    struct mom__reader reader;
    unsigned format, whole, last = MOM__REGS_MAX;
    uint64_t count;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    whole = mom__reader_u8(&reader);
    count = mom__reader_varint(&reader);
    if (format > PENDING_FORMAT)
        return MOM_EFORMAT;
    if (reader.failed || format == 0 || whole > 1 || count > MOM__REGS_MAX)
        return MOM_ECORRUPT;
    pending->whole = whole;
    pending->count = (unsigned)count;
    for (unsigned i = 0; i < pending->count; i++) {
        unsigned reg = mom__reg_of_code(type, mom__reader_u8(&reader));
        const unsigned char *stamp = mom__reader_bytes(&reader, MOM__STAMP_LEN);

        if (!stamp || reg == MOM__REGS_MAX || (last != MOM__REGS_MAX && reg <= last))
            return MOM_ECORRUPT;
        last = reg;
        pending->regs[i].reg = reg;
        pending->regs[i].base = mom__stamp_decode(stamp);
    }
    return mom__reader_ok(&reader) ? MOM_OK : MOM_ECORRUPT;
}

bool mom__pending_get(struct mom_engine *e, uint32_t node, uint64_t id, enum mom_type type,
                      struct mom__pending *ret_pending)
{
    struct mom_str value;
    struct mom__key key;

    ret_pending->whole = false;
    ret_pending->count = 0;
    if (!mom__get(e, MOM_T_PENDING, mom__key_site_id(&key, node, id), &value))
        return false;
    mom__fail(e, decode(value, type, ret_pending));
    if (e->failed != MOM_OK)
        ret_pending->count = 0;
    return e->failed == MOM_OK;
}

void mom__pending_put(struct mom_engine *e, uint32_t node, uint64_t id, enum mom_type type,
                      const struct mom__pending *pending)
{
    struct mom__buf *buf = &e->buf;
    struct mom__key key;

    if (!pending->whole && pending->count == 0) {
        mom__del(e, MOM_T_PENDING, mom__key_site_id(&key, node, id));
        return;
    }
    mom__buf_reset(buf);
    mom__buf_u8(buf, PENDING_FORMAT);
    mom__buf_u8(buf, pending->whole);
    mom__buf_varint(buf, pending->count);
    for (unsigned i = 0; i < pending->count; i++) {
        unsigned char stamp[MOM__STAMP_LEN];

        mom__stamp_encode(pending->regs[i].base, stamp);
        mom__buf_u8(buf, mom__reg_code(type, pending->regs[i].reg));
        mom__buf_bytes(buf, stamp, sizeof stamp);
    }
    if (buf->failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_PENDING, mom__key_site_id(&key, node, id), mom__buf_view(buf));
}

/* --- until both agreed ------------------------------------------------------------------------
 *
 * Records go whole then, and have no row. That the neighbour has all that we have of a record is known all the same
 * once it told it or confirmed it; without that, whatever one of the two builds on it would be a conflict. From then on
 * the record has a row when it changes, as all have later.
 */

/* Beside that the number of the message that it was sent with as it is, 0: none. */
static const uint64_t SAME = (uint64_t)1 << 63;

void mom__same_sent(struct mom_engine *e, struct mom__neighbour *n, uint64_t id)
{
    uint64_t same = mom__is_same(n, id) ? SAME : 0;

    if (!n->agreed && mom__idmap_put(&n->same, id, same | n->last_sent) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

void mom__same_told(struct mom_engine *e, struct mom__neighbour *n, uint64_t id)
{
    if (!n->agreed && mom__idmap_put(&n->same, id, SAME) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

bool mom__is_same(const struct mom__neighbour *n, uint64_t id)
{
    uint64_t state = 0;

    return mom__idmap_get(&n->same, id, &state) && (state & SAME);
}

/* What was sent has arrived. True: the record was not changed meanwhile. */
static bool same_confirmed(struct mom_engine *e, struct mom__neighbour *n, uint64_t id)
{
    uint64_t state = 0;
    bool unchanged = mom__idmap_get(&n->same, id, &state) && (state & ~SAME) == n->flights->seq;

    mom__same_told(e, n, id);
    return unchanged;
}

/* --- noting changes --------------------------------------------------------------------------- */

static void take_down(const struct mom_record *r, struct mom__noted *noted)
{
    memcpy(noted->stamps, r->stamps, mom__field_count(r->type) * sizeof r->stamps[0]);
    noted->stamps[MOM__REG_DELETED] = r->deleted;
    noted->stamps[MOM__REG_CLAIM] = mom__reg_stamp(r, MOM__REG_CLAIM);
    noted->epoch = r->epoch;
    noted->confirmed_ms = r->confirmed_ms;
    noted->confirmed_by = r->confirmed_by;
}

/* The registers that were changed since neighbours were last told. */
struct news {
    unsigned count;
    uint8_t regs[MOM__REGS_MAX];
};

/* Of a fresh record nothing was noted yet: `noted` is not filled. */
static struct mom_stamp noted_stamp(const struct mom__work *w, unsigned reg)
{
    return w->fresh ? (struct mom_stamp){0, 0, 0} : w->noted->stamps[reg];
}

static bool is_news(const struct mom__work *w, unsigned reg)
{
    const struct mom_record *r = &w->record;
    const struct mom__noted *noted = w->noted;
    struct mom_stamp stamp = mom__reg_stamp(r, reg);

    if (mom__stamp_is_zero(stamp))
        return false;
    return w->fresh || !mom__stamp_equal(stamp, noted->stamps[reg]) ||
           (reg == MOM__REG_CLAIM &&
            (r->epoch != noted->epoch || r->confirmed_ms != noted->confirmed_ms ||
             r->confirmed_by != noted->confirmed_by));
}

void mom__pending_renew(struct mom__work *w, unsigned reg, struct mom_stamp stamp)
{
    if (w->noted && reg < MOM__FIELDS_MAX && mom__stamp_equal(stamp, w->noted->stamps[reg]))
        w->noted->stamps[reg] = (struct mom_stamp){0, 0, 0};
}

static void find_news(const struct mom__work *w, struct news *news)
{
    news->count = 0;
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(w->record.type, reg)) {
        if (is_news(w, reg))
            news->regs[news->count++] = (uint8_t)reg;
    }
}

static void queue(struct mom_engine *e, struct mom__neighbour *n, struct mom__queue *to,
                  uint64_t id)
{
    if (n->state > MOM__NEIGHBOUR_GREETING && mom__queue_put(to, id, false) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

/* The neighbour told it just now. */
static bool is_told(const struct mom_engine *e, const struct mom__neighbour *n,
                    const struct mom__work *w, unsigned reg)
{
    return e->joining == n && w->told && w->told[reg];
}

static bool is_all_told(const struct mom_engine *e, const struct mom__neighbour *n,
                        const struct mom__work *w, const struct news *news)
{
    for (unsigned i = 0; i < news->count; i++) {
        if (!is_told(e, n, w, news->regs[i]))
            return false;
    }
    return true;
}

/* The newest group that the neighbour did not tell. */
static struct mom_stamp newest_untold(const struct mom_engine *e, const struct mom__neighbour *n,
                                      const struct mom__work *w, const struct news *news)
{
    struct mom_stamp newest = {0, 0, 0};

    for (unsigned i = 0; i < news->count; i++) {
        unsigned reg = news->regs[i];
        struct mom_stamp stamp = mom__reg_stamp(&w->record, reg);

        if (reg < MOM__FIELDS_MAX && !is_told(e, n, w, reg) && mom_stamp_compare(stamp, newest) > 0)
            newest = stamp;
    }
    return newest;
}

static void note_for(struct mom_engine *e, struct mom__neighbour *n, struct mom__work *w,
                     const struct news *news)
{
    const struct mom_record *r = &w->record;
    struct mom__pending p;
    bool changed = false;

    if (is_all_told(e, n, w, news))
        return;
    mom__hold_unseen(e, n, r->id, newest_untold(e, n, w, news));
    /* Before the first agreement all that we have counts as not confirmed. */
    if (!n->agreed && !mom__is_same(n, r->id)) {
        (void)mom__idmap_del(&n->same, r->id);
        queue(e, n, &n->whole, r->id);
        return;
    }
    (void)mom__pending_get(e, n->node, r->id, r->type, &p);
    if (w->fresh && !p.whole && !(e->joining == n && w->told)) {
        p.whole = changed = true;
        p.count = 0;
    }
    for (unsigned i = 0; i < news->count && !p.whole; i++) {
        unsigned reg = news->regs[i];

        if (is_told(e, n, w, reg) || mom__pending_find(&p, reg) ||
            (MOM__PLANTED(CLAIM_NOT_RELAYED) && e->joining && reg == MOM__REG_CLAIM))
            continue;
        mom__pending_add(&p, reg)->base =
            MOM__PLANTED(NODE_BASE_STAYS) ? r->created : noted_stamp(w, reg);
        changed = true;
    }
    if (changed)
        mom__pending_put(e, n->node, r->id, r->type, &p);
    queue(e, n, &n->outbox, r->id);
}

/* The only neighbour that there is told all of it: nobody has to be told. */
static bool is_known_to_all(const struct mom_engine *e, const struct mom__work *w)
{
    return e->neighbour_count == 1 && e->joining && w->told && w->fresh;
}

void mom__pending_note(struct mom_engine *e, struct mom__work *w)
{
    struct news news;

    if (!w->noted || !w->unnoted)
        return;
    w->unnoted = false;
    if (!is_known_to_all(e, w)) {
        find_news(w, &news);
        if (news.count == 0)
            return;
        for (size_t i = 0; i < e->neighbour_count; i++)
            note_for(e, e->neighbours[i], w, &news);
    }
    w->fresh = false;
    take_down(&w->record, w->noted);
}

void mom__pending_watch(struct mom_engine *e, struct mom__work *w, bool fresh)
{
    w->fresh = fresh;
    if (e->neighbour_count == 0)
        return;
    w->noted = mom__step_room(e, sizeof *w->noted);
    if (w->noted && !fresh)
        take_down(&w->record, w->noted);
}

/* --- a neighbour's rows ----------------------------------------------------------------------- */

struct walk {
    struct mom_engine *e;
    uint32_t node;
    struct mom__queue *ids;
};

static bool visit_row(void *user, struct mom_str key, struct mom_str value)
{
    struct walk *walk = user;
    uint32_t node;
    uint64_t id;

    (void)value;
    if (mom__key_read_site_id(key, &node, &id) != MOM_OK)
        mom__fail(walk->e, MOM_ECORRUPT);
    else if (node != walk->node)
        return false;
    else if (mom__queue_put(walk->ids, id, false) != MOM_OK)
        mom__fail(walk->e, MOM_ENOMEM);
    return walk->e->failed == MOM_OK;
}

void mom__pending_load(struct mom_engine *e, struct mom__neighbour *n)
{
    struct walk walk = {e, n->node, &n->outbox};
    struct mom__key key;

    mom__queue_reset(&n->outbox);
    mom__scan(e, MOM_T_PENDING, mom__key_site_id(&key, n->node, 0), visit_row, &walk);
}

void mom__pending_forget(struct mom_engine *e, uint32_t node)
{
    struct mom__queue ids;
    struct walk walk = {e, node, &ids};
    struct mom__key key;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    mom__scan(e, MOM_T_PENDING, mom__key_site_id(&key, node, 0), visit_row, &walk);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0)
        mom__del(e, MOM_T_PENDING, mom__key_site_id(&key, node, id));
    mom__queue_done(&ids);
}

/* What was changed again since it was sent stays, and what was sent is its base now, unless they told something later
 * meanwhile, on which the change was built. */
static struct mom_stamp base_after(const struct mom__pending_reg *at, const struct mom_stamp *sent)
{
    struct mom_stamp base = at ? at->base : (struct mom_stamp){0, 0, 0};

    return sent && mom_stamp_compare(*sent, base) > 0 ? *sent : base;
}

void mom__pending_confirm(struct mom_engine *e, struct mom__neighbour *n,
                          const struct mom__sent *sent)
{
    const struct mom__work *w;
    struct mom__pending p = {.whole = false}, next = {.whole = false};
    bool first = !n->agreed && !mom__is_same(n, sent->id);
    struct mom_str row;
    struct mom__key key;

    if (!n->agreed && same_confirmed(e, n, sent->id) && first)
        return;
    /* What was sent before both agreed has no row, or is known from now on, up to what was changed meanwhile. */
    if (!first && !mom__get(e, MOM_T_PENDING, mom__key_site_id(&key, n->node, sent->id), &row))
        return;
    w = mom__work(e, sent->id);
    if (!w || (!mom__pending_get(e, n->node, sent->id, w->record.type, &p) && !first))
        return;
    p.whole |= first;
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(w->record.type, reg)) {
        struct mom_stamp now = mom__reg_stamp(&w->record, reg);
        const struct mom__pending_reg *at = mom__pending_find(&p, reg);
        const struct mom_stamp *base = NULL; /* that was sent */
        bool done;

        if (!at && !p.whole)
            continue;
        for (unsigned i = 0; i < sent->count && !base; i++) {
            if (sent->regs[i].reg == reg)
                base = &sent->regs[i].stamp;
        }
        done = base ? mom_stamp_compare(*base, now) == 0 : mom__stamp_is_zero(now);
        if (reg == MOM__REG_CLAIM && base)
            done = done && sent->claim == mom__reg_hash(&w->record, reg);
        if (!done)
            mom__pending_add(&next, reg)->base = base_after(at, base);
    }
    mom__pending_put(e, n->node, sent->id, w->record.type, &next);
}
