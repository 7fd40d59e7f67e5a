/*
 * Sealing and opening single secrets through the host's hook.
 */
#include "seal.h"

#include "keys.h"

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
