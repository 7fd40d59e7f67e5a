/*
 * Uniqueness: a number, an additional id and a non-empty IPEI belong to at most one live record.
 * UNIQUE lists all that claim a value in the order in which they were created, and whether they are
 * parked; the first that is not has the value. Who is parked is derived (derive.c).
 */
#include "node.h"

#include <string.h>

enum { ROW_LIVE, ROW_PARKED };

/* The fields with MOM_UNIQUE, and the name for SIP that may be. The tests hold this to the rows. The subscription is
 * how a phone is found when it registers; it does not decide who is who. */
static const struct unique_field {
    enum mom_field field;
    enum mom_type owner;
    bool exclusive, sip_auth;
} unique_fields[] = {
    {MOM_USER_num, MOM_USER, true, false},
    {MOM_USER_addId, MOM_USER, true, false},
    {MOM_USER_sipAuthId, MOM_USER, true, true},
    {MOM_DEVICE_ipei, MOM_DEVICE, true, false},
    {MOM_DEVICE_subscriptionId, MOM_DEVICE, false, false},
};

size_t mom__unique_fields(const struct mom_engine *e, enum mom_type type, bool exclusive,
                          enum mom_field ret_fields[MOM__UNIQUE_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof unique_fields / sizeof unique_fields[0]; i++) {
        const struct unique_field *u = &unique_fields[i];

        if (u->owner == type && (u->exclusive || !exclusive) &&
            (!u->sip_auth || (e && e->unique_sip_auth)))
            ret_fields[count++] = u->field;
    }
    return count;
}

/* --- the list of a value ---------------------------------------------------------------------- */

struct walk {
    struct mom_engine *e;
    struct mom_str prefix; /* what all keys of the value begin with */
    uint64_t self;         /* the record that asks */
    bool later;            /* gather those behind it; else the first live one is looked for */
    uint64_t found;
    bool any; /* somebody claims it */
    struct mom__queue *ids;
};

static bool visit_claimant(void *user, struct mom_str key, struct mom_str value)
{
    struct walk *walk = user;
    uint64_t id;

    if (key.len < walk->prefix.len ||
        !mom__equal((struct mom_str){key.ptr, walk->prefix.len}, walk->prefix))
        return false;
    walk->any = true;
    if (mom__key_read_claimant(key, &id) != MOM_OK || value.len != 1) {
        mom__fail(walk->e, MOM_ECORRUPT);
        return false;
    }
    if (walk->later) {
        if (id != walk->self && mom__queue_put(walk->ids, id, false) != MOM_OK)
            mom__fail(walk->e, MOM_ENOMEM);
        return walk->e->failed == MOM_OK;
    }
    if (id == walk->self) /* nobody before it */
        return false;
    if (value.ptr[0] == ROW_LIVE)
        walk->found = id;
    return walk->found == 0;
}

static uint64_t find(struct mom_engine *e, enum mom_field field, struct mom_str value,
                     bool *ret_any)
{
    struct walk walk = {.e = e};
    struct mom__key key;

    *ret_any = false;
    if (value.len == 0)
        return 0;
    walk.prefix = mom__key_unique(&key, field, value);
    mom__scan(e, MOM_T_UNIQUE, walk.prefix, visit_claimant, &walk);
    *ret_any = walk.any;
    return walk.found;
}

uint64_t mom__unique_find(struct mom_engine *e, enum mom_field field, struct mom_str value)
{
    bool any;

    return find(e, field, value, &any);
}

uint64_t mom__unique_other(struct mom_engine *e, const struct mom_record *record,
                           enum mom_field field)
{
    uint64_t id = mom__unique_find(e, field, mom__record_value(record, field));
    const struct mom__work *other = id && id != record->id ? mom__work_live(e, id) : NULL;

    /* The row is as of the last settling, and long values share rows by their hash: the record itself decides. */
    if (!other || (other->record.flags & MOM__PARKED))
        return 0;
    return mom__equal(mom__record_value(&other->record, field), mom__record_value(record, field))
               ? id
               : 0;
}

/* A record that has no row yet looks for itself as if it had: whoever comes behind is not looked at. */
static uint64_t earlier(struct mom_engine *e, const struct mom_record *record, enum mom_field field,
                        bool *ret_any)
{
    uint64_t id = find(e, field, mom__record_value(record, field), ret_any);
    const struct mom__work *other = id && id != record->id ? mom__work_live(e, id) : NULL;
    int order = other ? mom_stamp_compare(other->record.created, record->created) : 1;

    return order < 0 || (order == 0 && id < record->id) ? id : 0;
}

uint64_t mom__unique_winner(struct mom_engine *e, struct mom__work *w, enum mom_field *ret_field)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, w->record.type, true, fields);

    memset(w->alone, 0, sizeof w->alone);
    if (MOM__PLANTED(UNIQUE_OFF))
        return 0;
    for (size_t i = 0; i < count; i++) {
        bool any;
        uint64_t id = earlier(e, &w->record, fields[i], &any);

        w->alone[i] = !any;
        if (id) {
            *ret_field = fields[i];
            return id;
        }
    }
    return 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Whoever was created later and claims the value is looked at again. */
static void touch_later(struct mom_engine *e, const struct mom_record *record, enum mom_field field,
                        struct mom_str value)
{
    struct mom__queue ids;
    struct walk walk = {.e = e, .self = record->id, .later = true, .ids = &ids};
    struct mom__key prefix, from;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    walk.prefix = mom__key_unique(&prefix, field, value);
    mom__scan(e, MOM_T_UNIQUE, mom__key_claimant(&from, field, value, record->created, record->id),
              visit_claimant, &walk);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__work *w = mom__work(e, id);

        if (w)
            mom__work_touch(e, w);
    }
    mom__queue_done(&ids);
}

void mom__unique_save(struct mom_engine *e, const struct mom__work *w, const struct mom__index *now)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    const struct mom_record *r = &w->record;
    size_t count = mom__unique_fields(e, r->type, false, fields);
    struct mom__key key;
    char row = now->parked ? ROW_PARKED : ROW_LIVE;

    for (size_t i = 0; i < count; i++) {
        struct mom_str old = w->index.unique[i], next = now->unique[i];
        bool same = mom__equal(old, next);

        if (same && w->index.parked == now->parked)
            continue;
        if (old.ptr && !same)
            mom__del(e, MOM_T_UNIQUE, mom__key_claimant(&key, fields[i], old, r->created, r->id));
        if (next.ptr)
            mom__put(e, MOM_T_UNIQUE, mom__key_claimant(&key, fields[i], next, r->created, r->id),
                     (struct mom_str){&row, 1});
        if (fields[i] == MOM_DEVICE_subscriptionId)
            continue;
        if (old.ptr && !same)
            touch_later(e, r, fields[i], old);
        if (next.ptr && !w->alone[i])
            touch_later(e, r, fields[i], next);
    }
}
