/*
 * Questions about the past: versions of a record, a record and all records as of a time, and what
 * differs between two times.
 */
#include "group_codec.h"
#include "history_row.h"
#include "view.h"

/* Every answer is made anew in the memory of the view. */
static struct mom__past past_of(struct mom_view *view)
{
    mom__arena_reset(&view->arena, MOM__RECORD_MAX);
    return (struct mom__past){&view->engine->store, view->txn, &view->arena, &view->engine->sealer};
}

/* --- what was replaced ------------------------------------------------------------------------ */

/* ptr NULL: the group is missing, or there is no record. */
static int show(struct mom_view *view, const struct mom_record *record, enum mom_field group,
                struct mom_str *ret_text)
{
    struct mom__buf *buf = &view->engine->buf; /* free while a view is open: there is no step */

    *ret_text = (struct mom_str){NULL, 0};
    if (!record || !mom__record_has_group(record, group))
        return MOM_OK;
    mom__buf_reset(buf);
    mom__group_show(buf, record, group);
    return !buf->failed && mom__arena_dup(&view->arena, mom__buf_view(buf), ret_text) ? MOM_OK
                                                                                      : MOM_ENOMEM;
}

struct replaced {
    struct mom_replaced *list;
    size_t count;
};

/* The groups that are marked, from one record (NULL: none) to another. */
static int list_groups(struct mom_view *view, enum mom_type type, const struct mom_record *from,
                       const struct mom_record *to, const bool marked[MOM__FIELDS_MAX],
                       struct replaced *ret_list)
{
    int rc = MOM_OK;

    ret_list->count = 0;
    ret_list->list = mom__arena_alloc(&view->arena, MOM__FIELDS_MAX * sizeof *ret_list->list);
    if (!ret_list->list)
        return MOM_ENOMEM;
    for (enum mom_field f = mom__field_first(type); rc == MOM_OK && f != mom__field_end(type);
         f++) {
        struct mom_replaced *r = &ret_list->list[ret_list->count];
        struct mom_stamp none = {0, 0, 0};

        if (!marked[mom__field_index(f)])
            continue;
        r->group = f;
        r->from_stamp = from ? mom_record_stamp(from, f) : none;
        r->to_stamp = to ? mom_record_stamp(to, f) : none;
        rc = show(view, from, f, &r->from);
        if (rc == MOM_OK)
            rc = show(view, to, f, &r->to);
        ret_list->count++;
    }
    return rc;
}

/* --- versions --------------------------------------------------------------------------------- */

struct below {
    uint64_t before; /* 0: the newest */
};

static bool is_not_below(const void *user, uint64_t number, const struct mom__history *row)
{
    const struct below *below = user;

    (void)row;
    return below->before && number >= below->before;
}

static unsigned did(const struct mom__history *row)
{
    unsigned was = row->old.flags, is = row->flags, result = 0;

    if (row->parts & MOM__PART_CREATED)
        return MOM_DID_CREATE | (is & MOM__PARKED ? MOM_DID_PARK : 0u);
    for (size_t i = 0; i < MOM__FIELDS_MAX; i++)
        result |= row->replaced[i] ? MOM_DID_CHANGE : 0u;
    result |= row->parts & MOM__PART_PLACE ? MOM_DID_MOVE : 0u;
    if (!(row->parts & MOM__PART_FLAGS))
        return result;
    if ((was ^ is) & MOM__DELETED)
        result |= is & MOM__DELETED ? MOM_DID_DELETE : MOM_DID_REVIVE;
    if ((was ^ is) & MOM__PARKED)
        result |= is & MOM__PARKED ? MOM_DID_PARK : MOM_DID_UNPARK;
    return result;
}

static int tell_version(struct mom_view *view, const struct mom__way_back *way,
                        struct mom_version *ret_version)
{
    const struct mom__history *row = &way->row;
    struct mom_record before = way->record;
    struct mom_version v = {.number = way->number, .at_ms = row->at_ms, .stamp = row->stamp};
    struct replaced list;
    int rc = mom__history_apply(row, &before);

    v.reason = row->reason;
    v.did = did(row);
    v.to_site = way->record.site;
    v.to_epoch = way->record.epoch;
    if (!(row->parts & MOM__PART_CREATED)) {
        v.from_site = before.site;
        v.from_epoch = before.epoch;
    }
    if (rc == MOM_OK)
        rc = list_groups(view, row->type, &before, &way->record, row->replaced, &list);
    if (rc != MOM_OK)
        return rc;
    v.groups = list.list;
    v.group_count = list.count;
    *ret_version = v;
    return MOM_OK;
}

int mom_view_version(struct mom_view *view, uint64_t id, uint64_t before,
                     struct mom_version *ret_version)
{
    struct below below = {before};
    struct mom__way_back *way;
    struct mom__past past;
    int rc;

    if (!view || id == 0 || !ret_version)
        return MOM_EINVAL;
    past = past_of(view);
    way = mom__arena_alloc(&view->arena, sizeof *way);
    rc = way ? mom__go_back(&past, id, is_not_below, &below, way) : MOM_ENOMEM;
    if (rc == MOM_OK && !way->found)
        rc = MOM_ENOENT;
    return rc == MOM_OK ? tell_version(view, way, ret_version) : rc;
}

/* --- as of a time ----------------------------------------------------------------------------- */

int mom_view_record_at(struct mom_view *view, uint64_t id, int64_t at_ms,
                       const struct mom_record **ret_record)
{
    struct mom__past past;
    int rc;

    if (!view || id == 0 || !ret_record)
        return MOM_EINVAL;
    past = past_of(view);
    rc = mom__go_back_to(&past, id, at_ms, &view->record);
    if (rc == MOM_OK)
        *ret_record = &view->record;
    return rc;
}

struct next {
    enum mom_type type;
    uint64_t id; /* 0: none */
};

/* Deleted ones too. The type is the second byte of a record: the others are not decoded. */
static bool visit_next(void *user, struct mom_str key, struct mom_str value)
{
    struct next *next = user;

    if (value.len < 2 || (enum mom_type)(unsigned char)value.ptr[1] != next->type)
        return true;
    if (mom__key_read_id(key, &next->id) != MOM_OK)
        next->id = 0;
    return next->id == 0;
}

static int next_id(struct mom_view *view, enum mom_type type, uint64_t after, uint64_t *ret_id)
{
    struct next next = {type, 0};
    struct mom__key key;
    int rc;

    if (after == UINT64_MAX)
        return MOM_ENOENT;
    rc = view->engine->store.ops->scan(view->txn, MOM_T_RECORD, mom__key_id(&key, after + 1),
                                       visit_next, &next);
    if (rc == MOM_OK && next.id == 0)
        rc = MOM_ENOENT;
    if (rc == MOM_OK)
        *ret_id = next.id;
    return rc;
}

int mom_view_next_at(struct mom_view *view, enum mom_type type, uint64_t after, int64_t at_ms,
                     uint64_t *ret_id, const struct mom_record **ret_record)
{
    uint64_t id = after;
    int rc, found;

    if (!view || !ret_id || !ret_record)
        return MOM_EINVAL;
    do {
        rc = next_id(view, type, id, &id);
        found = rc == MOM_OK ? mom_view_record_at(view, id, at_ms, ret_record) : rc;
    } while (rc == MOM_OK && found == MOM_ENOENT);
    if (found == MOM_OK || found == MOM_EHISTORY)
        *ret_id = id;
    return found;
}

/* --- between two times ------------------------------------------------------------------------ */

/* NULL: it was not there. */
static int at(const struct mom__past *past, uint64_t id, int64_t at_ms,
              const struct mom_record **ret_record)
{
    struct mom_record *record = mom__arena_alloc(past->arena, sizeof *record);
    int rc = record ? mom__go_back_to(past, id, at_ms, record) : MOM_ENOMEM;

    *ret_record = rc == MOM_OK ? record : NULL;
    return rc == MOM_ENOENT ? MOM_OK : rc;
}

/* MOM_ENOENT: nothing differs. */
/* A relation as it had effect. */
static bool same_group(const struct mom_record *a, const struct mom_record *b, enum mom_field group)
{
    if (mom_field_info(group)->kind != MOM_RELATION)
        return mom__record_group_equal(a, b, group);
    return a->partner == b->partner && mom__equal(mom__record_relation(a), mom__record_relation(b));
}

static int compare(struct mom_view *view, enum mom_type type, const struct mom_record *from,
                   const struct mom_record *to, struct mom_difference *d)
{
    bool marked[MOM__FIELDS_MAX], any = !from != !to;
    struct replaced list;
    int rc;

    if (!from && !to)
        return MOM_ENOENT;
    mom__groups_mark(type, marked);
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        bool *mark = &marked[mom__field_index(f)];

        if (from && to)
            *mark = *mark && !same_group(from, to, f);
        else
            *mark = *mark && mom__record_has_group(from ? from : to, f);
        any |= *mark;
    }
    d->was_there = from != NULL;
    d->is_there = to != NULL;
    d->was_parked = from && mom_record_parked(from);
    d->is_parked = to && mom_record_parked(to);
    d->from_site = from ? from->site : 0;
    d->to_site = to ? to->site : 0;
    if (!any && d->was_parked == d->is_parked && d->from_site == d->to_site)
        return MOM_ENOENT;
    rc = list_groups(view, type, from, to, marked, &list);
    d->groups = list.list;
    d->group_count = list.count;
    return rc;
}

static int difference(struct mom_view *view, enum mom_type type, int64_t from_ms, int64_t to_ms,
                      struct mom_difference *d)
{
    struct mom__past past = past_of(view);
    const struct mom_record *from, *to;
    int rc = at(&past, d->id, from_ms, &from);

    if (rc == MOM_OK)
        rc = at(&past, d->id, to_ms, &to);
    return rc == MOM_OK ? compare(view, type, from, to, d) : rc;
}

int mom_view_next_difference(struct mom_view *view, enum mom_type type, uint64_t after,
                             int64_t from_ms, int64_t to_ms, struct mom_difference *ret_difference)
{
    struct mom_difference d = {.id = after};
    int rc, found;

    if (!view || !ret_difference)
        return MOM_EINVAL;
    do {
        rc = next_id(view, type, d.id, &d.id);
        found = rc == MOM_OK ? difference(view, type, from_ms, to_ms, &d) : rc;
    } while (rc == MOM_OK && found == MOM_ENOENT);
    if (found == MOM_EHISTORY)
        ret_difference->id = d.id;
    if (found == MOM_OK)
        *ret_difference = d;
    return found;
}
