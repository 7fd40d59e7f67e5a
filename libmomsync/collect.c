/*
 * Forgetting deleted records, when everybody has seen the deletion and not because of their age.
 *
 * The node that no other one is above knows when all neighbours have confirmed a deletion: it says
 * so with a stamp, SEEN, up to which all are known. From then on such a record is in no fingerprint,
 * on any node, and each node forgets it when none of its own sites has it any more.
 */
#include "neighbour.h"
#include "node.h"

enum { COLLECT_STEP = 1000 }; /* records of one step */

struct walk {
    struct mom_engine *e;
    struct mom__queue *ids;
    struct mom_stamp limit;
};

static bool visit_tombstone(void *user, struct mom_str key, struct mom_str value)
{
    struct walk *walk = user;
    uint64_t id;

    (void)value;
    if (mom__key_read_id(key, &id) != MOM_OK)
        mom__fail(walk->e, MOM_ECORRUPT);
    else if (mom__queue_put(walk->ids, id, false) != MOM_OK)
        mom__fail(walk->e, MOM_ENOMEM);
    return walk->e->failed == MOM_OK;
}

static void list(struct mom_engine *e, struct mom__queue *ids)
{
    struct walk walk = {.e = e, .ids = ids};

    mom__queue_init(ids, &e->alloc);
    mom__scan(e, MOM_T_TOMBSTONE, mom__str(""), visit_tombstone, &walk);
}

static bool is_at_a_site(struct mom_engine *e, uint64_t id)
{
    for (size_t i = 0; i < e->site_count; i++) {
        const struct mom__mapping *m = mom__mapping(e, e->sites[i]->number, id);

        if (!m || m->exists)
            return true;
    }
    return false;
}

static bool is_pending(struct mom_engine *e, uint64_t id)
{
    for (size_t i = 0; i < e->neighbour_count; i++) {
        struct mom_str row;
        struct mom__key key;

        if (mom__get(e, MOM_T_PENDING, mom__key_site_id(&key, e->neighbours[i]->node, id), &row) ||
            !e->neighbours[i]->agreed)
            return true;
    }
    return false;
}

/* Deletions that are not confirmed by all keep the later ones from being seen. */
static struct mom_stamp seen_by_all(struct mom_engine *e, struct mom__queue *ids)
{
    struct mom_stamp seen = {0, 0, 0}, unseen = {INT64_MAX, 0, 0};

    for (size_t i = 0; i < ids->count && e->failed == MOM_OK; i++) {
        uint64_t id = ids->ids[(ids->head + i) & (ids->size - 1)];
        const struct mom__work *w = mom__work(e, id);

        if (!w)
            continue;
        if (is_pending(e, id)) {
            if (mom_stamp_compare(w->record.deleted, unseen) < 0)
                unseen = w->record.deleted;
        } else if (mom_stamp_compare(w->record.deleted, seen) > 0) {
            seen = w->record.deleted;
        }
    }
    if (mom_stamp_compare(seen, unseen) < 0)
        return seen;
    if (unseen.ms <= 0)
        return (struct mom_stamp){0, 0, 0};
    return (struct mom_stamp){unseen.ms - 1, 0, 0};
}

static void forget(struct mom_engine *e, struct mom__work *w)
{
    struct mom__key key;
    uint64_t id = w->record.id;

    mom__digest_drop(e, id);
    mom__del(e, MOM_T_TOMBSTONE, mom__key_id(&key, id));
    mom__work_gone(e, w);
    e->counts.tombstones--;
}

static void sweep(struct mom_engine *e, struct mom__queue *ids)
{
    uint64_t id;
    unsigned count = 0;

    while (e->failed == MOM_OK && (id = mom__queue_take(ids)) != 0 && count < COLLECT_STEP) {
        struct mom__work *w = mom__work(e, id);

        if (!w || !(w->record.flags & MOM__DELETED) ||
            mom_stamp_compare(w->record.deleted, e->seen) > 0)
            continue;
        mom__digest_drop(e, id);
        if (is_pending(e, id) || is_at_a_site(e, id))
            continue;
        forget(e, w);
        count++;
    }
    if (count > 0)
        mom__logf(e, MOM_LOG_INFO, "%u deleted records were forgotten: everybody has seen it",
                  MOM__U(count));
}

static void save_seen(struct mom_engine *e, struct mom_stamp seen)
{
    unsigned char bytes[MOM__STAMP_LEN];

    e->seen = seen;
    mom__stamp_encode(seen, bytes);
    mom__put(e, MOM_T_META, mom__str(MOM__META_SEEN),
             (struct mom_str){(const char *)bytes, sizeof bytes});
}

void mom__collect_up_to(struct mom_engine *e, struct mom_stamp seen,
                        const struct mom__neighbour *from)
{
    struct mom__queue ids;

    if (mom_stamp_compare(seen, e->seen) <= 0)
        return;
    save_seen(e, seen);
    mom__neighbours_tell_seen(e, from); /* else they would count what we do not any more */
    list(e, &ids);
    sweep(e, &ids);
    mom__queue_done(&ids);
}

static bool is_below_somebody(const struct mom_engine *e)
{
    for (size_t i = 0; i < e->neighbour_count; i++) {
        if (e->neighbours[i]->above)
            return true;
    }
    return false;
}

void mom__collect(struct mom_engine *e)
{
    struct mom__queue ids;
    struct mom_stamp seen;

    if (e->counts.tombstones == 0 || e->collect_at > e->now.mono_ms)
        return;
    e->collect_at = e->now.mono_ms + e->timers.collect_ms;
    list(e, &ids);
    seen = is_below_somebody(e) ? e->seen : seen_by_all(e, &ids);
    if (mom_stamp_compare(seen, e->seen) > 0) {
        save_seen(e, seen);
        mom__neighbours_tell_seen(e, NULL);
    }
    sweep(e, &ids);
    mom__queue_done(&ids);
}
