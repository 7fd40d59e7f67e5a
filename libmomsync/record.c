/*
 * Records in memory: fields, groups, extra attributes, hashes. The encoding is in record_codec.c.
 */
#include "record.h"

#include "hash.h"
#include "seal.h"
#include "stamp.h"
#include "text.h"

#include <string.h>

static const struct mom_str missing = {NULL, 0};

void mom__record_init(struct mom_record *record, enum mom_type type, uint64_t id)
{
    memset(record, 0, offsetof(struct mom_record, values));
    record->type = type;
    record->id = id;
    memset(record->values, 0, mom__field_count(type) * sizeof record->values[0]);
    memset(record->stamps, 0, mom__field_count(type) * sizeof record->stamps[0]);
}

int mom__record_dup(const struct mom_record *record, struct mom__arena *arena,
                    struct mom_record *ret_record)
{
    struct mom_record copy = *record;
    for (size_t i = 0; i < mom__field_count(record->type); i++) {
        if (!mom__arena_dup(arena, record->values[i], &copy.values[i]))
            return MOM_ENOMEM;
    }
    if (record->extra_count > 0) {
        struct mom_attr *extra = mom__arena_alloc(arena, record->extra_count * sizeof *extra);
        if (extra == NULL)
            return MOM_ENOMEM;
        for (size_t i = 0; i < record->extra_count; i++) {
            if (!mom__arena_dup(arena, record->extra[i].name, &extra[i].name) ||
                !mom__arena_dup(arena, record->extra[i].value, &extra[i].value))
                return MOM_ENOMEM;
        }
        copy.extra = extra;
    }
    *ret_record = copy;
    return MOM_OK;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* A field of the record that has a value of its own. */
static bool has_slot(const struct mom_record *record, enum mom_field field)
{
    return mom__is_field(field) && mom__field_infos[field].owner == record->type &&
           mom__field_form(field) != MOM_PARTNER && mom__field_form(field) != MOM_EXTRA;
}

void mom__record_set(struct mom_record *record, enum mom_field field, struct mom_str value)
{
    if (has_slot(record, field))
        record->values[mom__field_index(field)] = value;
}

void mom__record_clear(struct mom_record *record, enum mom_field field)
{
    mom__record_set(record, field, missing);
}

/* --- extra attributes ------------------------------------------------------------------------- */

/* Where a name is or belongs in an ascending list. */
static size_t extra_place(const struct mom_attr *list, size_t count, struct mom_str name,
                          bool *ret_found)
{
    size_t low = 0, high = count;
    *ret_found = false;
    while (low < high && !*ret_found) {
        size_t middle = low + (high - low) / 2;
        int order = mom__compare(name, list[middle].name);
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
        if (order == 0) {
            *ret_found = true;
            low = middle;
        }
    }
    return low;
}

/* Put, replace or (missing value) drop one; false when the list is full. */
static bool extra_apply(struct mom_attr *list, size_t *count, const struct mom_attr *attr)
{
    bool found;
    size_t at = extra_place(list, *count, attr->name, &found);
    if (attr->value.ptr == NULL) {
        if (found)
            memmove(&list[at], &list[at + 1], (--*count - at) * sizeof *list);
        return true;
    }
    if (!found) {
        if (*count == MOM__EXTRA_MAX)
            return false;
        memmove(&list[at + 1], &list[at], ((*count)++ - at) * sizeof *list);
    }
    list[at] = *attr;
    return true;
}

/* With room for the lengths in front of the texts. */
static size_t extra_bytes(const struct mom_attr *list, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += list[i].name.len + list[i].value.len + 4;
    return bytes;
}

/* Change a list of `kept` attributes. */
static int extra_change(struct mom_record *record, struct mom__arena *arena, size_t kept,
                        const struct mom_attr *attrs, size_t count)
{
    size_t room = count < MOM__EXTRA_MAX - kept ? kept + count : MOM__EXTRA_MAX;
    struct mom_attr *list = mom__arena_alloc(arena, room * sizeof *list);
    if (list == NULL)
        return MOM_ENOMEM;
    if (kept > 0)
        memcpy(list, record->extra, kept * sizeof *list);
    size_t used = kept;
    for (size_t i = 0; i < count; i++) {
        if (!extra_apply(list, &used, &attrs[i]))
            return MOM_ELIMIT;
    }
    if (extra_bytes(list, used) > MOM__EXTRA_BYTES)
        return MOM_ELIMIT;
    record->extra = used > 0 ? list : NULL;
    record->extra_count = used;
    return MOM_OK;
}

int mom__record_set_extra(struct mom_record *record, struct mom__arena *arena,
                          const struct mom_attr *attrs, size_t count)
{
    return extra_change(record, arena, 0, attrs, count);
}

int mom__record_merge_extra(struct mom_record *record, struct mom__arena *arena,
                            const struct mom_attr *attrs, size_t count)
{
    return extra_change(record, arena, record->extra_count, attrs, count);
}

static bool extra_equal(const struct mom_record *a, const struct mom_record *b)
{
    if (a->extra_count != b->extra_count)
        return false;
    if (a->extra == b->extra)
        return true;
    for (size_t i = 0; i < a->extra_count; i++) {
        if (!mom__equal(a->extra[i].name, b->extra[i].name) ||
            !mom__equal(a->extra[i].value, b->extra[i].value))
            return false;
    }
    return true;
}

/* --- groups ----------------------------------------------------------------------------------- */

/* The field that leads, NONE when it is no group of the record. */
static enum mom_field group_of(const struct mom_record *record, enum mom_field field)
{
    bool is = mom__is_field(field) && mom__field_infos[field].owner == record->type;
    return is ? mom__field_infos[field].group : MOM_FIELD_NONE;
}

void mom__record_set_stamp(struct mom_record *record, enum mom_field group, struct mom_stamp stamp)
{
    group = group_of(record, group);
    if (group != MOM_FIELD_NONE)
        record->stamps[mom__field_index(group)] = stamp;
}

struct mom_stamp mom__record_newest(const struct mom_record *record)
{
    struct mom_stamp newest = {0, 0, 0};
    for (size_t i = 0; i < mom__field_count(record->type); i++) {
        if (record->stamps[i].ms >= newest.ms && !mom__stamp_equal(record->stamps[i], newest) &&
            mom_stamp_compare(record->stamps[i], newest) > 0)
            newest = record->stamps[i];
    }
    return newest;
}

bool mom__record_has_group(const struct mom_record *record, enum mom_field group)
{
    group = group_of(record, group);
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        enum mom_form form = mom__field_form(f);
        if (form == MOM_PARTNER ? record->claimed != 0
            : form == MOM_EXTRA ? record->extra_count > 0
                                : record->values[mom__field_index(f)].ptr != NULL)
            return true;
    }
    return false;
}

bool mom__record_group_equal(const struct mom_record *a, const struct mom_record *b,
                             enum mom_field group)
{
    if (a->type != b->type)
        return false;
    group = group_of(a, group);
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        enum mom_form form = mom__field_form(f);
        unsigned i = mom__field_index(f);
        if (form == MOM_PARTNER ? a->claimed != b->claimed
            : form == MOM_EXTRA ? !extra_equal(a, b)
                                : !mom__equal(a->values[i], b->values[i]))
            return false;
    }
    return true;
}

void mom__record_compare(const struct mom_record *a, const struct mom_record *b,
                         bool ret_differ[MOM__FIELDS_MAX])
{
    enum mom_type type = a->type;
    const uint8_t *marks = &mom__field_marks[mom__field_first(type)];
    size_t lead = 0;
    for (size_t i = 0; i < mom__field_count(type); i++) {
        ret_differ[i] = false;
        lead = (marks[i] & MOM__MARK_LEADS) != 0 ? i : lead;
        if (!mom__equal(a->values[i], b->values[i]))
            ret_differ[lead] = true;
    }
    if (a->claimed != b->claimed)
        ret_differ[mom__field_index(mom__field_group(mom__field_partner(type)))] = true;
    if (!extra_equal(a, b))
        ret_differ[mom__field_index(mom__field_extra(type))] = true;
}

void mom__record_copy_group(struct mom_record *record, const struct mom_record *from,
                            enum mom_field group)
{
    group = group_of(record, group);
    if (group == MOM_FIELD_NONE || from->type != record->type)
        return;
    record->stamps[mom__field_index(group)] = from->stamps[mom__field_index(group)];
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        enum mom_form form = mom__field_form(f);
        unsigned i = mom__field_index(f);
        if (form == MOM_PARTNER) {
            record->partner = from->partner;
            record->claimed = from->claimed;
        } else if (form == MOM_EXTRA) {
            record->extra = from->extra;
            record->extra_count = from->extra_count;
        } else {
            record->values[i] = from->values[i];
        }
    }
}

static void hash_extra(const struct mom_record *record, struct mom__hasher *hasher)
{
    for (size_t i = 0; i < record->extra_count; i++) {
        mom__hasher_str(hasher, record->extra[i].name);
        mom__hasher_str(hasher, record->extra[i].value);
    }
}

/* Does a secret take part? */
static bool counts(enum mom_field field, struct mom_str value, enum mom__hash_mode mode)
{
    const struct mom_field_info *info = mom_field_info(field);
    if (mode == MOM__HASH_ALL || (info->flags & MOM_SECRET) == 0 || info->form == MOM_HEX)
        return true;
    if (mode == MOM__HASH_PUBLIC)
        return value.len == 0; /* that there is none is no secret */
    return !mom__secret_is_sealed(field, value);
}

/* The relation that a site is to have: a claim that has no effect is none. */
struct mom_str mom__record_relation(const struct mom_record *record)
{
    enum mom_field f = record->type == MOM_USER ? MOM_USER_relType : MOM_DEVICE_relType;
    struct mom_str claimed = record->values[mom__field_index(f)];

    return record->claimed != 0 && record->partner == 0 ? mom__str("Unbound") : claimed;
}

uint64_t mom__record_group_hash(const struct mom_record *record, enum mom_field group,
                                enum mom__hash_mode mode)
{
    struct mom__hasher hasher;
    group = group_of(record, group);
    if (mom__field_infos[group].kind != MOM_RELATION && !mom__record_has_group(record, group))
        return 0;
    mom__hasher_init(&hasher);
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        const struct mom_field_info *info = &mom__field_infos[f];
        struct mom_str value = info->kind == MOM_RELATION ? mom__record_relation(record)
                                                          : record->values[mom__field_index(f)];
        if (info->form == MOM_PARTNER && record->partner != 0) {
            mom__hasher_u64(&hasher, info->code);
            mom__hasher_u64(&hasher, record->partner);
        } else if (info->form == MOM_EXTRA) {
            hash_extra(record, &hasher);
        } else if (value.ptr != NULL && counts(f, value, mode)) {
            /* A missing field leaves no trace, so that a field that joins the group later changes
             * no old hash. */
            mom__hasher_u64(&hasher, info->code);
            mom__hasher_str(&hasher, value);
        }
    }
    if (hasher.total == 0)
        return 0;
    uint64_t hash = mom__hasher_end(&hasher);
    return hash != 0 ? hash : 1;
}

/* --- public questions ------------------------------------------------------------------------- */

uint64_t mom_record_id(const struct mom_record *record)
{
    return record->id;
}

enum mom_type mom_record_type(const struct mom_record *record)
{
    return record->type;
}

bool mom_record_get(const struct mom_record *record, enum mom_field field,
                    struct mom_str *ret_value)
{
    const struct mom_field_info *info = mom_field_info(field);
    struct mom_str value = mom__record_value(record, field);
    if (value.ptr == NULL || mom__is_sealed_value(field, value))
        return false;
    *ret_value = info->kind == MOM_RELATION ? mom__record_relation(record) : value;
    return true;
}

bool mom_record_extra(const struct mom_record *record, size_t i, struct mom_attr *ret_attr)
{
    if (i >= record->extra_count)
        return false;
    *ret_attr = record->extra[i];
    return true;
}

uint64_t mom_record_partner(const struct mom_record *record)
{
    return record->partner;
}

struct mom_stamp mom_record_stamp(const struct mom_record *record, enum mom_field group)
{
    struct mom_stamp none = {0, 0, 0};
    group = group_of(record, group);
    return group != MOM_FIELD_NONE ? record->stamps[mom__field_index(group)] : none;
}

struct mom_stamp mom_record_created(const struct mom_record *record)
{
    return record->created;
}

bool mom_record_parked(const struct mom_record *record)
{
    return (record->flags & MOM__PARKED) != 0;
}

uint32_t mom_record_site(const struct mom_record *record)
{
    return record->site;
}

uint32_t mom_record_epoch(const struct mom_record *record)
{
    return record->epoch;
}

int64_t mom_record_claim_ms(const struct mom_record *record)
{
    return record->claim_ms;
}

uint64_t mom_record_version(const struct mom_record *record)
{
    return record->version;
}
