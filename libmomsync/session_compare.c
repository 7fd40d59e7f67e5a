/*
 * Comparing all records with a neighbour: rounds of lists of ranges, until the differences are known,
 * after the backlog and for an audit.
 */
#include "session.h"

#include "reconcile.h"

enum {
    RANGES_CAP = 32 * 1024, /* bytes of a list of ranges */
    RANGES_LOOK = 1,        /* flag of a list: differences are only to be told */
};

bool mom__session_is_drained(const struct mom__neighbour *n)
{
    return n->outbox.count == 0 && n->whole.count == 0 && n->want.count == 0 && !n->flights;
}

void mom__session_steady(struct mom_engine *e, struct mom__neighbour *n)
{
    struct mom_action *action;

    if (n->state == MOM__NEIGHBOUR_STEADY)
        return;
    mom__neighbour_enter(e, n, MOM__NEIGHBOUR_STEADY);
    n->agreed = true;
    n->agreed_ms = e->now.wall_ms;
    mom__idmap_done(&n->same);
    mom__idmap_init(&n->same, &e->alloc);
    n->said_drained = n->told_drained = false;
    mom__neighbour_save(e, n);
    action = mom__act(e, MOM_DO_NODE_STEADY, 0);
    if (action)
        action->node = n->node;
    mom__session_arm(e, n);
}

void mom__session_ask(struct mom_engine *e, struct mom__neighbour *n, bool look)
{
    struct mom__buf *buf = mom__session_begin(e, n, MOM__WIRE_RANGES);

    n->awaits_ranges = n->root_asked = true;
    mom__buf_u8(buf, look ? RANGES_LOOK : 0);
    mom__range_begin(buf, e->fingerprint, e->digests);
    mom__session_send(e, n);
}

struct search {
    struct mom_engine *e;
    struct mom__neighbour *n;
    struct mom__queue *told; /* NULL: differences are mended */
    struct mom__queue ours;  /* records that the neighbour does not have */
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
                            : what == MOM__RANGE_OURS   ? &search->ours
                                                        : &search->n->whole;

    search->count++;
    search->n->expected += search->n->agreed && to == &search->n->want;
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
    buf = mom__session_begin(e, n, MOM__WIRE_FOUND);
    while ((id = mom__queue_take(ids)) != 0) {
        if (buf->len < RANGES_CAP)
            mom__buf_u64(buf, id);
        if (n->auditing)
            tell_difference(e, n, id);
        n->differences++;
    }
    mom__session_send(e, n);
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
        mom__session_steady(e, n);
    else
        n->said_drained = n->told_drained = false;
    mom__session_arm(e, n);
}

/* A store that was put back may have records that were deleted since, and that everybody has forgotten by now: those
 * that the neighbour had confirmed, and does not have. They are not to come back. */
static bool is_forgotten(struct mom_engine *e, struct mom__neighbour *n, const struct mom__work *w)
{
    struct mom__pending p;

    return e->incarnation.restored && n->agreed &&
           !mom__pending_get(e, n->node, w->record.id, w->record.type, &p);
}

static void give_ours(struct mom_engine *e, struct mom__neighbour *n, struct mom__queue *ours)
{
    uint64_t id, dropped = 0;

    while (e->failed == MOM_OK && (id = mom__queue_take(ours)) != 0) {
        /* only then is it looked at: there may be many */
        struct mom__work *w = e->incarnation.restored ? mom__work(e, id) : NULL;

        if (w && !(w->record.flags & MOM__DELETED) && is_forgotten(e, n, w)) {
            mom__delete(e, w, mom__stamp_new(e));
            dropped++;
        } else if (mom__queue_put(&n->whole, id, false) != MOM_OK) {
            mom__fail(e, MOM_ENOMEM);
        }
    }
    mom__settle(e);
    if (dropped > 0)
        mom__logf(e, MOM_LOG_WARNING,
                  "%u records of the store that was put back had been deleted since", dropped);
}

static void answer_ranges(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__reader *reader, bool look)
{
    struct mom__range_source source = {e, scan_digests};
    struct mom__queue told;
    struct search search = {.e = e, .n = n, .told = look ? &told : NULL};
    struct mom__buf answer;
    bool more = false;
    int rc;

    mom__queue_init(&told, &e->alloc);
    mom__queue_init(&search.ours, &e->alloc);
    mom__buf_init(&answer, &e->alloc);
    rc = mom__range_answer(&source, reader, &answer, RANGES_CAP, found, &search, &more);
    if (rc == MOM_ECORRUPT && e->failed == MOM_OK) {
        mom__session_close(e, n, MOM_REFUSED_NODE_MESSAGE, "a list of ranges cannot be read");
    } else if (rc != MOM_OK) {
        mom__fail(e, rc);
    } else {
        struct mom__buf *buf;

        send_found(e, n, &told);
        give_ours(e, n, &search.ours);
        buf = mom__session_begin(e, n, MOM__WIRE_RANGES);
        mom__buf_u8(buf, look ? RANGES_LOOK : 0);
        n->awaits_ranges = more;
        if (more)
            mom__buf_bytes(buf, mom__buf_view(&answer).ptr, mom__buf_view(&answer).len);
        mom__session_send(e, n);
        if (!more)
            end_round(e, n, search.count == 0 && mom__session_is_drained(n));
    }
    mom__buf_done(&answer);
    mom__queue_done(&told);
    mom__queue_done(&search.ours);
}

void mom__session_ranges(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    bool look = mom__reader_u8(reader) & RANGES_LOOK, root = n->root_asked;

    n->root_asked = false;
    if (reader->at == reader->end)
        end_round(e, n, root && !look);
    else
        answer_ranges(e, n, reader, look);
}

void mom__session_found(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader)
{
    while (reader->at != reader->end && !reader->failed) {
        uint64_t id = mom__reader_u64(reader);

        n->differences++;
        if (n->auditing && !reader->failed)
            tell_difference(e, n, id);
    }
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
    mom__session_ask(e, n, !in->yes);
}
