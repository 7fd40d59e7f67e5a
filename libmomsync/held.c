/*
 * The brake. A site or a neighbour that comes back and would delete a large share of the records is
 * more likely emptied, replaced or restored than right. What it would delete is kept in HELD until
 * somebody decides (MOM_IN_DECIDE).
 *
 * Of a neighbour the deletions of its backlog are kept, as entries without what else came with them,
 * and beside each what it did not know when it deleted, also of what came since; few of them are done
 * as soon as the backlog is complete. Of a site the ids of what its import lacks are kept.
 */
#include "neighbour.h"
#include "node.h"
#include "wire.h"

enum { HELD_FORMAT = 1 };

bool mom__brake(const struct mom_engine *e, uint64_t count, uint64_t of)
{
    return count > MOM__BRAKE_LEAST && count * 100 > of * e->brake_percent &&
           !MOM__PLANTED(BRAKE_OFF);
}

/* --- rows ------------------------------------------------------------------------------------- */

void mom__hold(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes)
{
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, HELD_FORMAT);
    mom__buf_bytes(&e->buf, bytes.ptr, bytes.len);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_HELD, mom__key_site_id(&key, where, id), mom__buf_view(&e->buf));
}

bool mom__is_held(struct mom_engine *e, uint32_t where, uint64_t id)
{
    struct mom_str value;
    struct mom__key key;

    return mom__get(e, MOM_T_HELD, mom__key_site_id(&key, where, id), &value);
}

struct walk {
    struct mom_engine *e;
    uint32_t where;
    struct mom__queue *ids;
    uint64_t count;
};

static bool visit_held(void *user, struct mom_str key, struct mom_str value)
{
    struct walk *walk = user;
    uint32_t where;
    uint64_t id;

    (void)value;
    if (mom__key_read_site_id(key, &where, &id) != MOM_OK)
        mom__fail(walk->e, MOM_ECORRUPT);
    else if (where != walk->where)
        return false;
    else if (walk->ids && mom__queue_put(walk->ids, id, false) != MOM_OK)
        mom__fail(walk->e, MOM_ENOMEM);
    walk->count++;
    return walk->e->failed == MOM_OK;
}

uint64_t mom__held_count(struct mom_engine *e, uint32_t where)
{
    struct walk walk = {.e = e, .where = where};
    struct mom__key key;

    mom__scan(e, MOM_T_HELD, mom__key_site_id(&key, where, 0), visit_held, &walk);
    return walk.count;
}

/* What a row keeps; empty when the step has failed. */
static struct mom_str row_content(struct mom_engine *e, struct mom_str row)
{
    if (row.len > 0 && row.ptr[0] == HELD_FORMAT)
        return mom__step_dup(e, (struct mom_str){row.ptr + 1, row.len - 1});
    mom__fail(e, row.len ? MOM_EFORMAT : MOM_ECORRUPT);
    return mom__str("");
}

/* Take all rows: `each` gets what was kept. */
static void take_all(struct mom_engine *e, uint32_t where,
                     void (*each)(struct mom_engine *e, uint32_t where, uint64_t id,
                                  struct mom_str bytes))
{
    struct mom__queue ids;
    struct walk walk = {.e = e, .where = where, .ids = &ids};
    struct mom__key key;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    mom__scan(e, MOM_T_HELD, mom__key_site_id(&key, where, 0), visit_held, &walk);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom_str value;

        if (!mom__get(e, MOM_T_HELD, mom__key_site_id(&key, where, id), &value))
            continue;
        value = row_content(e, value);
        mom__del(e, MOM_T_HELD, mom__key_site_id(&key, where, id));
        if (e->failed == MOM_OK)
            each(e, where, id, value);
        mom__settle(e);
    }
    mom__queue_done(&ids);
}

void mom__hold_forget(struct mom_engine *e, uint32_t where)
{
    struct mom__queue ids;
    struct walk walk = {.e = e, .where = where, .ids = &ids};
    struct mom__key key;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    mom__scan(e, MOM_T_HELD, mom__key_site_id(&key, where, 0), visit_held, &walk);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0)
        mom__del(e, MOM_T_HELD, mom__key_site_id(&key, where, id));
    mom__queue_done(&ids);
}

static void tell_held(struct mom_engine *e, uint32_t where, uint64_t count)
{
    struct mom_action *action = mom__act(e, MOM_DO_HELD, where < MOM__DEFAULT_NODE ? where : 0);

    if (!action)
        return;
    action->node = where >= MOM__DEFAULT_NODE ? where : 0;
    action->id = count;
}

/* --- neighbours ------------------------------------------------------------------------------- */

/* A row: the deletion as an entry, and the newest group of ours that the neighbour did not know. */
static void put_deletion(struct mom_engine *e, uint32_t node, const struct mom__entry *deletion,
                         struct mom_stamp unseen)
{
    struct mom__wire_context context = {.id = 0};
    struct mom_stamp near = {0, 0, 0};
    struct mom__buf bytes;

    mom__buf_init(&bytes, &e->alloc);
    mom__wire_put_entry(&bytes, &context, deletion);
    mom__wire_put_stamp(&bytes, &near, unseen);
    if (bytes.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__hold(e, node, deletion->record.id, mom__buf_view(&bytes));
    mom__buf_done(&bytes);
}

/* NULL: the step has failed. */
static struct mom__entry *read_deletion(struct mom_engine *e, struct mom_str bytes)
{
    struct mom__wire_context context = {.id = 0};
    struct mom__entry *entry = mom__step_room(e, sizeof *entry);
    struct mom_stamp near = {0, 0, 0};
    struct mom__reader reader;

    if (!entry)
        return NULL;
    mom__reader_init(&reader, bytes);
    mom__fail(e, mom__wire_get_entry(&reader, &context, &e->arena, entry));
    if (e->failed == MOM_OK && reader.at != reader.end) /* earlier rows have the entry alone */
        entry->unseen = mom__wire_get_stamp(&reader, &near);
    if (reader.failed)
        mom__fail(e, MOM_ECORRUPT);
    return e->failed == MOM_OK ? entry : NULL;
}

void mom__hold_entry(struct mom_engine *e, struct mom__neighbour *n, const struct mom__entry *entry)
{
    struct mom_stamp unseen = mom__join_but_deletion(e, n, entry);
    struct mom__entry *deletion = mom__step_room(e, sizeof *deletion);

    if (!deletion)
        return;
    mom__entry_init(deletion);
    deletion->record = entry->record;
    deletion->has[MOM__REG_DELETED] = true;
    deletion->has_base[MOM__REG_DELETED] = entry->has_base[MOM__REG_DELETED];
    deletion->bases[MOM__REG_DELETED] = entry->bases[MOM__REG_DELETED];
    put_deletion(e, n->node, deletion, unseen);
}

void mom__hold_unseen(struct mom_engine *e, const struct mom__neighbour *n, uint64_t id,
                      struct mom_stamp unseen)
{
    const struct mom__entry *deletion;
    struct mom_str bytes;
    struct mom__key key;

    if (mom__stamp_is_zero(unseen) ||
        !mom__get(e, MOM_T_HELD, mom__key_site_id(&key, n->node, id), &bytes))
        return;
    bytes = row_content(e, bytes);
    deletion = e->failed == MOM_OK ? read_deletion(e, bytes) : NULL;
    if (deletion && mom_stamp_compare(unseen, deletion->unseen) > 0)
        put_deletion(e, n->node, deletion, unseen);
}

static void join_held(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes)
{
    const struct mom__entry *entry = read_deletion(e, bytes);
    struct mom__neighbour *n = mom__neighbour(e, where);

    (void)id;
    if (entry && n)
        mom__join(e, n, entry);
}

/* A new stamp on what identifies the record: later than the deletion, so it lives, here and there. */
void mom__reaffirm(struct mom_engine *e, struct mom__work *w)
{
    enum mom_field group = w->record.type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;

    mom__record_set_stamp(&w->record, group, mom__stamp_new(e));
    mom__work_changed(e, w, MOM_CHANGED);
}

static void keep_held(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes)
{
    struct mom__work *w = mom__work(e, id);

    join_held(e, where, id, bytes);
    if (!w)
        return;
    mom__settle(e);
    if (w->record.flags & MOM__DELETED)
        mom__reaffirm(e, w);
}

/* Fewer were kept while a backlog came that broke off: they are done when the next one is complete. */
uint64_t mom__hold_waiting(struct mom_engine *e, const struct mom__neighbour *n)
{
    uint64_t count = mom__held_count(e, n->node);

    return mom__brake(e, count, e->counts.users + e->counts.devices) ? count : 0;
}

bool mom__hold_check(struct mom_engine *e, struct mom__neighbour *n)
{
    uint64_t count = mom__held_count(e, n->node), of = e->counts.users + e->counts.devices;

    if (count == 0)
        return true;
    if (!mom__brake(e, count, of)) {
        take_all(e, n->node, join_held);
        return true;
    }
    mom__logf(e, MOM_LOG_ERROR,
              "node %u would delete %u of %u records: they are held until somebody decides",
              MOM__U(n->node), count, of);
    tell_held(e, n->node, count);
    return false;
}

/* --- sites ------------------------------------------------------------------------------------ */

void mom__hold_missing(struct mom_engine *e, struct mom__site *site, uint64_t count, uint64_t of)
{
    site->held = count;
    mom__logf(e, MOM_LOG_ERROR,
              "site %u: %u of the %u records that it had are missing: they are held until somebody "
              "decides whether they are deleted or put back",
              MOM__U(site->number), count, of);
    tell_held(e, site->number, count);
}

/* The mapping of a record that is held and is not there again; its number may be somebody else's by now. */
static struct mom__mapping *missing(struct mom_engine *e, mom_site site, uint64_t id)
{
    struct mom__mapping *m = mom__site(e, site) ? mom__mapping(e, site, id) : NULL;

    return m && m->exists && m->base.local == 0 ? m : NULL;
}

bool mom__is_missing(struct mom_engine *e, struct mom__site *site, const struct mom_record *record)
{
    return site->held && mom__is_held(e, site->number, record->id) &&
           missing(e, site->number, record->id) && mom__desired(e, record, site->number);
}

static void delete_missing(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes)
{
    struct mom__site *site = mom__site(e, where);
    struct mom__mapping *m = missing(e, where, id);

    (void)bytes;
    if (m)
        mom__deleted_at_site(e, site, m, site->contact_ms, false);
}

static void put_back(struct mom_engine *e, uint32_t where, uint64_t id, struct mom_str bytes)
{
    struct mom__site *site = mom__site(e, where);
    struct mom__mapping *m = missing(e, where, id);

    (void)bytes;
    if (!m)
        return;
    mom__unmap(e, m);
    mom__want(e, site, id, false);
}

/* --- the decision ----------------------------------------------------------------------------- */

void mom__on_decide(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = in->node ? mom__neighbour(e, in->node) : NULL;
    struct mom__site *site = in->node ? NULL : mom__site(e, in->site);
    uint32_t where = n ? n->node : in->site;

    if (!n && !site) {
        mom__refuse(e, in, MOM_ENOENT, "no such site or neighbour");
        return;
    }
    if (mom__held_count(e, where) == 0) {
        mom__refuse(e, in, MOM_ENOENT, "nothing is held there");
        return;
    }
    if (n)
        take_all(e, where, in->yes ? join_held : keep_held);
    else
        take_all(e, where, in->yes ? delete_missing : put_back);
    if (site)
        site->held = 0;
    if (n)
        mom__neighbour_go_on(e, n);
    mom__done(e, in, 0);
}
