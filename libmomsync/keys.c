/*
 * Building and reading the keys of the store's tables.
 */
#include "keys.h"

#include "hash.h"
#include "stamp.h"

#include <string.h>

enum {
    UNIQUE_VALUE_MAX = MOM_UNIQUE_VALUE_BYTES,
    HASHED = 0x80, /* in the owner's byte of a key of UNIQUE */
    CLAIMANT_LEN = MOM__STAMP_LEN + 8,
};

void mom__put_be32(unsigned char *at, uint32_t value)
{
    for (int i = 3; i >= 0; i--, value >>= 8)
        at[i] = (unsigned char)value;
}

void mom__put_be64(unsigned char *at, uint64_t value)
{
    mom__put_be32(at, (uint32_t)(value >> 32));
    mom__put_be32(at + 4, (uint32_t)value);
}

uint32_t mom__get_be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint64_t mom__get_be64(const unsigned char *at)
{
    return (uint64_t)mom__get_be32(at) << 32 | mom__get_be32(at + 4);
}

static struct mom_str view(const struct mom__key *key, size_t len)
{
    return (struct mom_str){(const char *)key->bytes, len};
}

struct mom_str mom__key_id(struct mom__key *key, uint64_t id)
{
    mom__put_be64(key->bytes, id);
    return view(key, 8);
}

struct mom_str mom__key_site(struct mom__key *key, uint32_t site)
{
    mom__put_be32(key->bytes, site);
    return view(key, 4);
}

struct mom_str mom__key_site_id(struct mom__key *key, uint32_t site, uint64_t id)
{
    mom__put_be32(key->bytes, site);
    mom__put_be64(key->bytes + 4, id);
    return view(key, 12);
}

struct mom_str mom__key_local(struct mom__key *key, uint32_t site, enum mom_type type,
                              uint32_t local)
{
    mom__put_be32(key->bytes, site);
    key->bytes[4] = (unsigned char)type;
    mom__put_be32(key->bytes + 5, local);
    return view(key, 9);
}

struct mom_str mom__key_history(struct mom__key *key, uint64_t id, uint64_t number)
{
    mom__put_be64(key->bytes, id);
    mom__put_be64(key->bytes + 8, UINT64_MAX - number);
    return view(key, 16);
}

struct mom_str mom__key_unique(struct mom__key *key, enum mom_field field, struct mom_str value)
{
    const struct mom_field_info *info = mom_field_info(field);
    key->bytes[0] = info != NULL ? (unsigned char)info->owner : 0;
    key->bytes[1] = info != NULL ? info->code : 0;
    if (value.len > UNIQUE_VALUE_MAX) {
        key->bytes[0] |= HASHED;
        mom__put_be64(key->bytes + 4, mom__hash_str(value));
        mom__put_be64(key->bytes + 12, mom__hash_keyed(1, 2, value.ptr, value.len));
        value.len = 16;
    } else if (value.len > 0) {
        memcpy(key->bytes + 4, value.ptr, value.len);
    }
    /* The length first: no value is the beginning of another. */
    key->bytes[2] = (unsigned char)(value.len >> 8);
    key->bytes[3] = (unsigned char)value.len;
    return view(key, 4 + value.len);
}

struct mom_str mom__key_claimant(struct mom__key *key, enum mom_field field, struct mom_str value,
                                 struct mom_stamp created, uint64_t id)
{
    size_t len = mom__key_unique(key, field, value).len;

    mom__stamp_encode(created, key->bytes + len);
    mom__put_be64(key->bytes + len + MOM__STAMP_LEN, id);
    return view(key, len + CLAIMANT_LEN);
}

int mom__key_read_id(struct mom_str key, uint64_t *ret_id)
{
    uint64_t id = key.len == 8 ? mom__get_be64((const unsigned char *)key.ptr) : 0;
    if (id == 0)
        return MOM_ECORRUPT;
    *ret_id = id;
    return MOM_OK;
}

int mom__key_read_claimant(struct mom_str key, uint64_t *ret_id)
{
    const unsigned char *end = (const unsigned char *)key.ptr + key.len;

    if (key.len < 4 + CLAIMANT_LEN || mom__get_be64(end - 8) == 0)
        return MOM_ECORRUPT;
    *ret_id = mom__get_be64(end - 8);
    return MOM_OK;
}

int mom__key_read_site(struct mom_str key, uint32_t *ret_site)
{
    uint32_t site = key.len == 4 ? mom__get_be32((const unsigned char *)key.ptr) : 0;
    if (site == 0)
        return MOM_ECORRUPT;
    *ret_site = site;
    return MOM_OK;
}

int mom__key_read_site_id(struct mom_str key, uint32_t *ret_site, uint64_t *ret_id)
{
    const unsigned char *at = (const unsigned char *)key.ptr;
    if (key.len != 12 || mom__get_be64(at + 4) == 0)
        return MOM_ECORRUPT;
    *ret_site = mom__get_be32(at);
    *ret_id = mom__get_be64(at + 4);
    return MOM_OK;
}

struct mom_str mom__key_id_site(struct mom__key *key, uint64_t id, uint32_t site)
{
    mom__put_be64(key->bytes, id);
    mom__put_be32(key->bytes + 8, site);
    return view(key, 12);
}

int mom__key_read_id_site(struct mom_str key, uint64_t *ret_id, uint32_t *ret_site)
{
    const unsigned char *at = (const unsigned char *)key.ptr;
    if (key.len != 12 || mom__get_be64(at) == 0 || mom__get_be32(at + 8) == 0)
        return MOM_ECORRUPT;
    *ret_id = mom__get_be64(at);
    *ret_site = mom__get_be32(at + 8);
    return MOM_OK;
}

int mom__key_read_local(struct mom_str key, uint32_t *ret_site, enum mom_type *ret_type,
                        uint32_t *ret_local)
{
    const unsigned char *at = (const unsigned char *)key.ptr;
    if (key.len != 9 || (at[4] != MOM_USER && at[4] != MOM_DEVICE))
        return MOM_ECORRUPT;
    *ret_site = mom__get_be32(at);
    *ret_type = (enum mom_type)at[4];
    *ret_local = mom__get_be32(at + 5);
    return MOM_OK;
}

int mom__key_read_history(struct mom_str key, uint64_t *ret_id, uint64_t *ret_number)
{
    const unsigned char *at = (const unsigned char *)key.ptr;
    if (key.len != 16 || mom__get_be64(at) == 0 || mom__get_be64(at + 8) == UINT64_MAX)
        return MOM_ECORRUPT;
    *ret_id = mom__get_be64(at);
    *ret_number = UINT64_MAX - mom__get_be64(at + 8);
    return MOM_OK;
}

struct mom_str mom__value_u64(unsigned char buf[8], uint64_t value)
{
    mom__put_be64(buf, value);
    return (struct mom_str){(const char *)buf, 8};
}

int mom__value_read_u64(struct mom_str value, uint64_t *ret_value)
{
    if (value.len != 8)
        return MOM_ECORRUPT;
    *ret_value = mom__get_be64((const unsigned char *)value.ptr);
    return MOM_OK;
}
