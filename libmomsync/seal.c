/*
 * Sealing and opening secrets through the host's hook: single ones, those of a record on its way to
 * the store and back, and those of a whole store when the key has changed.
 */
#include "seal.h"

#include "keys.h"
#include "node.h"

enum { CONTEXT = 10 }; /* id, owner, code of the field */

bool mom__can_seal(const struct mom_sealer *sealer)
{
    return sealer && sealer->seal && sealer->open && sealer->overhead <= MOM_SEAL_OVERHEAD_MAX;
}

bool mom__is_sealed_value(enum mom_field field, struct mom_str value)
{
    const struct mom_field_info *info = mom_field_info(field);

    return info && (info->flags & MOM_SECRET) && value.len >= MOM__SEAL_HEAD &&
           value.ptr[0] == MOM__SEALED_AT_REST;
}

static struct mom_str context_of(unsigned char bytes[CONTEXT], uint64_t id, enum mom_field field)
{
    const struct mom_field_info *info = mom_field_info(field);

    mom__put_be64(bytes, id);
    bytes[8] = (unsigned char)info->owner;
    bytes[9] = info->code;
    return (struct mom_str){(const char *)bytes, CONTEXT};
}

int mom__seal_value(const struct mom_sealer *sealer, uint64_t id, enum mom_field field,
                    struct mom_str clear, struct mom__arena *arena, struct mom_str *ret_sealed)
{
    size_t len = MOM__SEAL_HEAD + clear.len + sealer->overhead;
    unsigned char context[CONTEXT], *sealed = (unsigned char *)mom__arena_bytes(arena, len);

    if (!sealed)
        return MOM_ENOMEM;
    sealed[0] = MOM__SEALED_AT_REST;
    sealed[1] = sealer->key;
    if (sealer->seal(sealer->user, sealer->key, context_of(context, id, field), clear,
                     sealed + MOM__SEAL_HEAD) != MOM_OK)
        return MOM_ESTORE;
    *ret_sealed = (struct mom_str){(const char *)sealed, len};
    return MOM_OK;
}

int mom__open_value(const struct mom_sealer *sealer, uint64_t id, enum mom_field field,
                    struct mom_str sealed, struct mom__arena *arena, struct mom_str *ret_clear)
{
    struct mom_str body = {sealed.ptr + MOM__SEAL_HEAD, sealed.len - MOM__SEAL_HEAD};
    unsigned char context[CONTEXT];
    char *clear;

    if (!mom__can_seal(sealer) || body.len < sealer->overhead)
        return MOM_ESTORE;
    clear = mom__arena_bytes(arena, body.len - sealer->overhead + 1);
    if (!clear)
        return MOM_ENOMEM;
    if (sealer->open(sealer->user, (uint8_t)sealed.ptr[1], context_of(context, id, field), body,
                     (unsigned char *)clear) != MOM_OK)
        return MOM_ESTORE;
    *ret_clear = (struct mom_str){clear, body.len - sealer->overhead};
    return MOM_OK;
}

/* --- records ---------------------------------------------------------------------------------- */

bool mom__needs_seal(enum mom_field field, struct mom_str value)
{
    const struct mom_field_info *info = mom_field_info(field);

    return info && (info->flags & MOM_SECRET) && value.len > 0 &&
           !mom__is_sealed_value(field, value) && !mom__secret_is_sealed(field, value);
}

int mom__record_open(const struct mom_sealer *sealer, struct mom__arena *arena,
                     struct mom_record *record)
{
    if (!mom__can_seal(sealer))
        return MOM_OK;
    for (enum mom_field f = mom__field_first(record->type); f != mom__field_end(record->type);
         f++) {
        struct mom_str value = mom__record_value(record, f), clear;
        int rc;

        if (!mom__is_sealed_value(f, value))
            continue;
        rc = mom__open_value(sealer, record->id, f, value, arena, &clear);
        if (rc == MOM_ENOMEM)
            return rc;
        /* What opens to something that is sealed is not what we sealed. */
        if (rc == MOM_OK && (clear.len == 0 || mom__needs_seal(f, clear)))
            mom__record_set(record, f, clear);
    }
    return MOM_OK;
}

int mom__record_close(const struct mom_sealer *sealer, struct mom__arena *arena,
                      struct mom_record *record)
{
    if (!mom__can_seal(sealer))
        return MOM_OK;
    for (enum mom_field f = mom__field_first(record->type); f != mom__field_end(record->type);
         f++) {
        struct mom_str value = mom__record_value(record, f), sealed;
        int rc;

        if (!mom__needs_seal(f, value))
            continue;
        rc = mom__seal_value(sealer, record->id, f, value, arena, &sealed);
        if (rc != MOM_OK)
            return rc;
        mom__record_set(record, f, sealed);
    }
    return MOM_OK;
}

int mom__record_load(const struct mom_sealer *sealer, struct mom_str bytes, uint64_t id,
                     struct mom__arena *arena, struct mom_record *ret_record)
{
    int rc = mom__record_decode(bytes, id, arena, ret_record);

    return rc == MOM_OK ? mom__record_open(sealer, arena, ret_record) : rc;
}

int mom__record_store(const struct mom_sealer *sealer, const struct mom_record *record,
                      struct mom__arena *arena, struct mom__buf *buf)
{
    struct mom_record *copy;
    int rc;

    if (!mom__can_seal(sealer))
        return mom__record_encode(record, buf);
    copy = mom__arena_alloc(arena, sizeof *copy);
    if (!copy)
        return MOM_ENOMEM;
    mom__record_copy(copy, record);
    rc = mom__record_close(sealer, arena, copy);
    return rc == MOM_OK ? mom__record_encode(copy, buf) : rc;
}

bool mom__group_is_closed(const struct mom_record *record, enum mom_field group)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        if (mom__is_sealed_value(f, mom__record_value(record, f)))
            return true;
    }
    return false;
}

/* --- a whole store ---------------------------------------------------------------------------- */

enum { RESEAL_MAX = 1000 };

/* Which key a secret of a record in the store is sealed with. Counts one record. */
static void look_at(const struct mom_sealer *sealer, const struct mom_record *record,
                    struct mom__arena *arena, struct mom_sealing *sealing)
{
    for (enum mom_field f = mom__field_first(record->type); f != mom__field_end(record->type);
         f++) {
        struct mom_str value = mom__record_value(record, f), clear;

        if (mom__needs_seal(f, value))
            sealing->clear++;
        if (!mom__is_sealed_value(f, value))
            continue;
        if (mom__open_value(sealer, record->id, f, value, arena, &clear) != MOM_OK)
            sealing->unreadable++;
        else if ((uint8_t)value.ptr[1] == sealer->key)
            sealing->current++;
        else
            sealing->older++;
    }
}

struct ids {
    uint64_t *list;
    size_t count, limit;
    bool bad;
};

static bool gather(void *user, struct mom_str key, struct mom_str value)
{
    struct ids *ids = user;

    (void)value;
    if (mom__key_read_id(key, &ids->list[ids->count]) != MOM_OK)
        ids->bad = true;
    else
        ids->count++;
    return !ids->bad && ids->count < ids->limit;
}

static int reseal_one(struct mom_engine *e, uint64_t id, struct mom_reseal *progress)
{
    struct mom_sealing sealing = {0, 0, 0, 0};
    struct mom_record *record;
    struct mom_str bytes;
    struct mom__key key;
    int rc = e->store.ops->get(e->txn, MOM_T_RECORD, mom__key_id(&key, id), &bytes);

    mom__arena_reset(&e->arena, MOM__STEP_KEEP);
    record = mom__arena_alloc(&e->arena, sizeof *record);
    if (rc == MOM_OK && (!record || !mom__arena_dup(&e->arena, bytes, &bytes)))
        rc = MOM_ENOMEM;
    if (rc == MOM_OK)
        rc = mom__record_decode(bytes, id, &e->arena, record);
    if (rc != MOM_OK)
        return rc;
    look_at(&e->sealer, record, &e->arena, &sealing);
    progress->looked++;
    progress->unreadable += sealing.unreadable;
    if (!sealing.clear && !sealing.older)
        return MOM_OK;
    progress->rewritten++;
    rc = mom__record_load(&e->sealer, bytes, id, &e->arena, record);
    if (rc == MOM_OK)
        rc = mom__record_store(&e->sealer, record, &e->arena, &e->buf);
    if (rc == MOM_OK)
        rc = e->store.ops->put(e->txn, MOM_T_RECORD, mom__key_id(&key, id), mom__buf_view(&e->buf));
    return rc;
}

/* In a transaction of its own. */
static int reseal_some(struct mom_engine *e, struct ids *ids, struct mom_reseal *progress)
{
    struct mom__key key;
    int rc = e->store.ops->begin(e->store.store, true, &e->txn);

    if (rc != MOM_OK)
        return rc;
    rc = e->store.ops->scan(e->txn, MOM_T_RECORD, mom__key_id(&key, progress->after + 1), gather,
                            ids);
    if (rc == MOM_OK && ids->bad)
        rc = MOM_ECORRUPT;
    for (size_t i = 0; rc == MOM_OK && i < ids->count; i++)
        rc = reseal_one(e, ids->list[i], progress);
    if (rc == MOM_OK)
        rc = e->store.ops->commit(e->txn);
    else
        e->store.ops->abort(e->txn);
    e->txn = NULL;
    return rc;
}

int mom_engine_reseal(struct mom_engine *engine, size_t limit, struct mom_reseal *progress)
{
    struct mom_reseal next;
    struct ids ids = {.limit = limit > 0 && limit < RESEAL_MAX ? limit : RESEAL_MAX};
    int rc;

    if (!engine || !progress || progress->after == UINT64_MAX)
        return MOM_EINVAL;
    if (engine->dead || engine->unread || engine->view || !mom__can_seal(&engine->sealer))
        return MOM_ESTATE;
    ids.list = mom__alloc(&engine->alloc, ids.limit * sizeof *ids.list);
    if (!ids.list)
        return MOM_ENOMEM;
    next = *progress;
    rc = reseal_some(engine, &ids, &next);
    if (rc == MOM_OK) {
        *progress = next;
        progress->done = ids.count < ids.limit;
        if (ids.count > 0)
            progress->after = ids.list[ids.count - 1];
    }
    mom__free(&engine->alloc, ids.list);
    return rc;
}

struct census {
    const struct mom_sealer *sealer;
    struct mom__arena arena;
    struct mom_sealing sealing;
    int rc;
};

static bool visit_record(void *user, struct mom_str key, struct mom_str value)
{
    struct census *census = user;
    struct mom_record *record;
    uint64_t id;

    mom__arena_reset(&census->arena, MOM__STEP_KEEP);
    record = mom__arena_alloc(&census->arena, sizeof *record);
    census->rc = record ? mom__key_read_id(key, &id) : MOM_ENOMEM;
    if (census->rc == MOM_OK)
        census->rc = mom__record_decode(value, id, &census->arena, record);
    if (census->rc == MOM_OK)
        look_at(census->sealer, record, &census->arena, &census->sealing);
    return census->rc == MOM_OK;
}

int mom_view_sealing(struct mom_view *view, struct mom_sealing *ret_sealing)
{
    struct census census = {.rc = MOM_OK};
    struct mom_engine *e;
    int rc;

    if (!view || !ret_sealing)
        return MOM_EINVAL;
    e = mom__view_engine(view);
    census.sealer = &e->sealer;
    mom__arena_init(&census.arena, &e->alloc);
    rc = e->store.ops->scan(mom__view_txn(view), MOM_T_RECORD, mom__str(""), visit_record, &census);
    mom__arena_done(&census.arena);
    if (rc == MOM_OK)
        rc = census.rc;
    if (rc == MOM_OK)
        *ret_sealing = census.sealing;
    return rc;
}
