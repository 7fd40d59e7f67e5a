/*
 * Questions: a view reads the store as of its opening, through a read transaction of its own.
 */
#include "view.h"

#include "profile.h"

#include <string.h>

int mom_view_open(struct mom_engine *engine, struct mom_view **ret_view)
{
    struct mom_view *view;
    int rc;

    if (!engine || !ret_view)
        return MOM_EINVAL;
    if (engine->view || engine->txn)
        return MOM_ESTATE;
    view = mom__alloc(&engine->alloc, sizeof *view);
    if (!view)
        return MOM_ENOMEM;
    memset(view, 0, offsetof(struct mom_view, record));
    rc = engine->store.ops->begin(engine->store.store, false, &view->txn);
    if (rc != MOM_OK) {
        mom__free(&engine->alloc, view);
        return rc;
    }
    view->engine = engine;
    mom__arena_init(&view->arena, &engine->alloc);
    engine->view = view;
    *ret_view = view;
    return MOM_OK;
}

void mom_view_close(struct mom_view *view)
{
    struct mom_engine *e;

    if (!view)
        return;
    e = view->engine;
    e->store.ops->abort(view->txn);
    mom__arena_done(&view->arena);
    e->view = NULL;
    mom__free(&e->alloc, view);
}

/* Notes a failure; true when there is none. */
static bool good(struct mom_view *view, int rc)
{
    if (view->failed == MOM_OK && rc != MOM_OK)
        view->failed = rc;
    return rc == MOM_OK;
}

struct mom_engine *mom__view_engine(const struct mom_view *view)
{
    return view->engine;
}

struct mom_txn *mom__view_txn(const struct mom_view *view)
{
    return view->txn;
}

static bool get(struct mom_view *view, enum mom_table table, struct mom_str key,
                struct mom_str *ret_value)
{
    int rc = view->engine->store.ops->get(view->txn, table, key, ret_value);

    return rc != MOM_ENOENT && rc != MOM_EINVAL && good(view, rc);
}

int mom_view_error(const struct mom_view *view)
{
    return view ? view->failed : MOM_EINVAL;
}

/* --- records ---------------------------------------------------------------------------------- */

static const struct mom_record *decode(struct mom_view *view, uint64_t id, struct mom_str bytes)
{
    int rc = MOM_ENOMEM;

    mom__arena_reset(&view->arena, MOM__RECORD_MAX);
    if (mom__arena_dup(&view->arena, bytes, &bytes))
        rc = mom__record_load(&view->engine->sealer, bytes, id, &view->arena, &view->record);
    return good(view, rc) ? &view->record : NULL;
}

struct mom_record *mom__view_load(struct mom_view *view, uint64_t id, struct mom__arena *arena,
                                  int *ret_rc)
{
    struct mom_record *record = mom__arena_alloc(arena, sizeof *record);
    struct mom_str bytes;
    struct mom__key key;

    *ret_rc = record ? view->engine->store.ops->get(view->txn, MOM_T_RECORD, mom__key_id(&key, id),
                                                    &bytes)
                     : MOM_ENOMEM;
    if (*ret_rc == MOM_OK && !mom__arena_dup(arena, bytes, &bytes))
        *ret_rc = MOM_ENOMEM;
    if (*ret_rc == MOM_OK)
        *ret_rc = mom__record_load(&view->engine->sealer, bytes, id, arena, record);
    return *ret_rc == MOM_OK ? record : NULL;
}

const struct mom_record *mom_view_record(struct mom_view *view, uint64_t id)
{
    struct mom_str bytes;
    struct mom__key key;
    const struct mom_record *record;

    if (!view || !get(view, MOM_T_RECORD, mom__key_id(&key, id), &bytes))
        return NULL;
    record = decode(view, id, bytes);
    return record && !(record->flags & MOM__DELETED) ? record : NULL;
}

struct owner {
    struct mom_str prefix;
    uint64_t id;
};

/* The first claimant that is not parked has the value. */
static bool visit_owner(void *user, struct mom_str key, struct mom_str value)
{
    struct owner *owner = user;

    if (key.len < owner->prefix.len ||
        !mom__equal((struct mom_str){key.ptr, owner->prefix.len}, owner->prefix))
        return false;
    if (value.len == 1 && value.ptr[0] == 0 && mom__key_read_claimant(key, &owner->id) != MOM_OK)
        owner->id = 0;
    return owner->id == 0;
}

const struct mom_record *mom_view_find(struct mom_view *view, enum mom_field field,
                                       struct mom_str value)
{
    const struct mom_record *record;
    struct owner owner = {.id = 0};
    struct mom__key key;

    if (!view || !mom_field_info(field) || !(mom_field_info(field)->flags & MOM_UNIQUE) ||
        value.len == 0)
        return NULL;
    owner.prefix = mom__key_unique(&key, field, value);
    if (!good(view, view->engine->store.ops->scan(view->txn, MOM_T_UNIQUE, owner.prefix,
                                                  visit_owner, &owner)) ||
        owner.id == 0)
        return NULL;
    record = mom_view_record(view, owner.id);
    return record && mom__equal(mom__record_value(record, field), value) ? record : NULL;
}

struct next {
    struct mom_view *view;
    enum mom_type type;
    const struct mom_record *found;
};

/* Type and flags stand in the first bytes of a record: the others are not decoded. */
static bool visit_next(void *user, struct mom_str key, struct mom_str value)
{
    struct next *next = user;
    uint64_t id;

    if (mom__key_read_id(key, &id) != MOM_OK || value.len < 3)
        return true;
    if ((enum mom_type)(unsigned char)value.ptr[1] != next->type ||
        ((unsigned char)value.ptr[2] & MOM__DELETED))
        return true;
    next->found = decode(next->view, id, value);
    return false;
}

const struct mom_record *mom_view_next(struct mom_view *view, enum mom_type type, uint64_t after)
{
    struct next next = {view, type, NULL};
    struct mom__key key;

    if (!view || after == UINT64_MAX)
        return NULL;
    if (!good(view, view->engine->store.ops->scan(view->txn, MOM_T_RECORD,
                                                  mom__key_id(&key, after + 1), visit_next, &next)))
        return NULL;
    return next.found;
}

uint32_t mom_view_local(struct mom_view *view, mom_site site, uint64_t id)
{
    struct mom_str bytes;
    struct mom__key key;

    if (!view || !get(view, MOM_T_BASE, mom__key_site_id(&key, site, id), &bytes) ||
        !good(view, mom__base_decode(bytes, &view->base)))
        return 0;
    return view->base.local;
}

struct numbered {
    mom_site site;
    enum mom_type type;
    uint32_t local;
    uint64_t id;
    int rc;
};

static bool visit_numbered(void *user, struct mom_str key, struct mom_str value)
{
    struct numbered *numbered = user;
    enum mom_type type;
    uint32_t site, local;

    numbered->rc = mom__key_read_local(key, &site, &type, &local);
    if (numbered->rc != MOM_OK || site != numbered->site || type != numbered->type)
        return false;
    numbered->rc = mom__value_read_u64(value, &numbered->id);
    numbered->local = local;
    return false;
}

uint64_t mom_view_next_local(struct mom_view *view, mom_site site, enum mom_type type,
                             uint32_t after, uint32_t *ret_local)
{
    struct numbered numbered = {.site = site, .type = type};
    struct mom__key key;

    if (!view || after == UINT32_MAX)
        return 0;
    if (!good(view, view->engine->store.ops->scan(view->txn, MOM_T_LOCAL,
                                                  mom__key_local(&key, site, type, after + 1),
                                                  visit_numbered, &numbered)) ||
        !good(view, numbered.rc) || numbered.id == 0)
        return 0;
    *ret_local = numbered.local;
    return numbered.id;
}

/* --- settings, conflicts ---------------------------------------------------------------------- */

struct mom_str mom_view_setting(struct mom_view *view, struct mom_str name)
{
    struct mom_str value, none = {NULL, 0};

    mom__arena_reset(&view->arena, MOM__RECORD_MAX);
    if (name.len == 0 || !get(view, MOM_T_SETTING, name, &value))
        return none;
    return good(view, mom__arena_dup(&view->arena, value, &value) ? MOM_OK : MOM_ENOMEM) ? value
                                                                                         : none;
}

struct pair {
    struct mom_view *view;
    struct mom_str after, key, value;
    bool found;
};

static bool visit_pair(void *user, struct mom_str key, struct mom_str value)
{
    struct pair *pair = user;

    if (mom__compare(key, pair->after) <= 0)
        return true;
    mom__arena_reset(&pair->view->arena, MOM__RECORD_MAX);
    pair->found = mom__arena_dup(&pair->view->arena, key, &pair->key) &&
                  mom__arena_dup(&pair->view->arena, value, &pair->value);
    good(pair->view, pair->found ? MOM_OK : MOM_ENOMEM);
    return false;
}

static bool next_pair(struct mom_view *view, enum mom_table table, struct mom_str after,
                      struct pair *ret_pair)
{
    char copy[MOM__KEY_MAX];

    /* `after` may be the last answer, which ends with this call. */
    if (after.len > sizeof copy)
        return false;
    for (size_t i = 0; i < after.len; i++)
        copy[i] = after.ptr[i];
    *ret_pair = (struct pair){.view = view, .after = {copy, after.len}};
    return good(view, view->engine->store.ops->scan(view->txn, table, ret_pair->after, visit_pair,
                                                    ret_pair)) &&
           ret_pair->found;
}

bool mom_view_next_setting(struct mom_view *view, struct mom_str after,
                           struct mom_attr *ret_setting)
{
    struct pair pair;

    if (!view || !next_pair(view, MOM_T_SETTING, after, &pair))
        return false;
    ret_setting->name = pair.key;
    ret_setting->value = pair.value;
    return true;
}

bool mom_view_next_profile(struct mom_view *view, uint32_t after, struct mom_profile *ret_profile)
{
    struct mom__key key;
    struct mom_str row;

    for (uint32_t number = after + 1; view && number <= MOM_PROFILES; number++) {
        if (!get(view, MOM_T_PROFILE, mom__key_site_id(&key, 0, number), &row))
            continue;
        if (!good(view, mom__profile_decode(row, ret_profile)))
            return false;
        ret_profile->number = number;
        return true;
    }
    return false;
}

bool mom_view_next_conflict(struct mom_view *view, uint64_t after,
                            struct mom_conflict *ret_conflict)
{
    struct mom__key key;
    struct pair pair;

    return view && next_pair(view, MOM_T_CONFLICT, mom__key_id(&key, after), &pair) &&
           good(view, mom__conflict_decode(pair.key, pair.value, ret_conflict)) &&
           good(view, mom__conflict_open(&view->engine->sealer, &view->arena, ret_conflict));
}

struct held {
    uint32_t where;
    uint64_t after, found;
};

static bool visit_held(void *user, struct mom_str key, struct mom_str value)
{
    struct held *held = user;
    uint32_t where;
    uint64_t id;

    (void)value;
    if (mom__key_read_site_id(key, &where, &id) != MOM_OK || where != held->where)
        return false;
    if (id > held->after)
        held->found = id;
    return held->found == 0;
}

uint64_t mom_view_next_held(struct mom_view *view, uint32_t site_or_node, uint64_t after)
{
    struct held held = {site_or_node, after, 0};
    struct mom__key key;

    if (!view || !good(view, view->engine->store.ops->scan(
                                 view->txn, MOM_T_HELD, mom__key_site_id(&key, site_or_node, after),
                                 visit_held, &held)))
        return 0;
    return held.found;
}

int mom_view_counts(struct mom_view *view, struct mom_counts *ret_counts)
{
    if (!view || !ret_counts)
        return MOM_EINVAL;
    *ret_counts = view->engine->counts;
    ret_counts->handoffs_active = view->engine->handoffs.count;
    return MOM_OK;
}
