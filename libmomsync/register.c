/*
 * Registers of a record, and the hash of all of them.
 */
#include "register.h"

#include "hash.h"
#include "text.h"

unsigned mom__reg_code(enum mom_type type, unsigned reg)
{
    if (reg == MOM__REG_DELETED)
        return MOM__CODE_DELETED;
    if (reg == MOM__REG_CLAIM)
        return MOM__CODE_CLAIM;
    return mom__field_infos[(unsigned)mom__field_first(type) + reg].code;
}

unsigned mom__reg_of_code(enum mom_type type, unsigned code)
{
    enum mom_field f;
    unsigned reg = MOM__REG_DELETED;

    if (code == MOM__CODE_CLAIM)
        reg = MOM__REG_CLAIM;
    else if (code != MOM__CODE_DELETED) {
        f = mom__field_by_code(type, code);
        reg = f != MOM_FIELD_NONE ? mom__field_index(f) : MOM__REGS_MAX;
    }
    return reg < MOM__REGS_MAX && mom__reg_is(type, reg) ? reg : MOM__REGS_MAX;
}

/* The relation as it was claimed, whether it has effect or not. */
static uint64_t relation_hash(const struct mom_record *record, unsigned reg)
{
    struct mom__hasher hasher;

    mom__hasher_init(&hasher);
    mom__hasher_str(&hasher, record->values[reg]);
    mom__hasher_u64(&hasher, record->claimed);
    return mom__hasher_end(&hasher);
}

uint64_t mom__reg_hash(const struct mom_record *record, unsigned reg)
{
    enum mom_field group = mom__reg_group(record->type, reg);
    struct mom__hasher hasher;

    if (group != MOM_FIELD_NONE)
        return mom_field_info(group)->kind == MOM_RELATION
                   ? relation_hash(record, reg)
                   : mom__record_group_hash(record, group, MOM__HASH_ALL);
    if (reg != MOM__REG_CLAIM)
        return 0;
    mom__hasher_init(&hasher);
    mom__hasher_u64(&hasher, record->epoch);
    mom__hasher_u64(&hasher, (uint64_t)record->confirmed_ms);
    mom__hasher_u64(&hasher, record->confirmed_by);
    return mom__hasher_end(&hasher);
}

static int compare_confirmed(const struct mom_record *a, const struct mom_record *b)
{
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch ? -1 : 1;
    if (a->confirmed_ms != b->confirmed_ms)
        return a->confirmed_ms < b->confirmed_ms ? -1 : 1;
    return (a->confirmed_by > b->confirmed_by) - (a->confirmed_by < b->confirmed_by);
}

int mom__reg_compare(const struct mom_record *a, const struct mom_record *b, unsigned reg)
{
    int order = mom_stamp_compare(mom__reg_stamp(a, reg), mom__reg_stamp(b, reg));
    uint64_t ha, hb;

    if (order != 0 || reg == MOM__REG_DELETED)
        return order;
    if (reg == MOM__REG_CLAIM)
        return compare_confirmed(a, b);
    ha = mom__reg_hash(a, reg);
    hb = mom__reg_hash(b, reg);
    return (ha > hb) - (ha < hb);
}

void mom__reg_copy(struct mom_record *record, const struct mom_record *from, unsigned reg)
{
    enum mom_field group = mom__reg_group(record->type, reg);
    uint64_t partner = record->partner;

    if (group != MOM_FIELD_NONE) {
        mom__record_copy_group(record, from, group);
        record->partner = partner;
    } else if (reg == MOM__REG_DELETED) {
        record->deleted = from->deleted;
    } else {
        record->site = from->site;
        record->epoch = from->epoch;
        record->claim_ms = from->claim_ms;
        record->confirmed_by = from->confirmed_by;
        record->confirmed_ms = from->confirmed_ms;
    }
}

/* --- the hash of all -------------------------------------------------------------------------- */

enum { TEXT_LONG = 255 };

static void add_text(struct mom__hasher *hasher, struct mom_str text)
{
    mom__hasher_u8(hasher, text.len < TEXT_LONG ? (unsigned)text.len : TEXT_LONG);
    if (text.len >= TEXT_LONG)
        mom__hasher_u64(hasher, text.len);
    mom__hasher_bytes(hasher, text.ptr, text.len);
}

static void add_extra(struct mom__hasher *hasher, const struct mom_record *record)
{
    mom__hasher_u64(hasher, record->extra_count);
    for (size_t i = 0; i < record->extra_count; i++) {
        add_text(hasher, record->extra[i].name);
        add_text(hasher, record->extra[i].value);
    }
}

/* A missing field leaves no trace: nodes that know fields which others do not know yet have the same hash. */
static void add_group(struct mom__hasher *hasher, const struct mom_record *record,
                      enum mom_field group)
{
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        struct mom_str value = record->values[mom__field_index(f)];
        enum mom_form form = mom__field_form(f);

        if (form == MOM_PARTNER ? !record->claimed
            : form == MOM_EXTRA ? !record->extra_count
                                : !value.ptr)
            continue;
        mom__hasher_u8(hasher, mom__field_infos[f].code);
        if (form == MOM_PARTNER)
            mom__hasher_u64(hasher, record->claimed);
        else if (form == MOM_EXTRA)
            add_extra(hasher, record);
        else
            add_text(hasher, value);
    }
}

static void add_stamp(struct mom__hasher *hasher, struct mom_stamp stamp, struct mom_stamp *last)
{
    unsigned char bytes[MOM__STAMP_LEN];
    bool same = mom__stamp_equal(stamp, *last);

    mom__hasher_u8(hasher, !same);
    if (same)
        return;
    mom__stamp_encode(stamp, bytes);
    mom__hasher_bytes(hasher, bytes, sizeof bytes);
    *last = stamp;
}

uint64_t mom__reg_digest(const struct mom_record *record)
{
    struct mom_stamp last = {0, 0, 0};
    struct mom__hasher hasher;

    mom__hasher_init(&hasher);
    mom__hasher_u64(&hasher, record->id);
    mom__hasher_u64(&hasher, (uint64_t)record->type);
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++) {
        struct mom_stamp stamp = mom__reg_stamp(record, reg);

        if (mom__stamp_is_zero(stamp) || !mom__reg_is(record->type, reg))
            continue;
        mom__hasher_u8(&hasher, mom__reg_code(record->type, reg));
        add_stamp(&hasher, stamp, &last);
        add_group(&hasher, record, mom__reg_group(record->type, reg));
        if (reg != MOM__REG_CLAIM)
            continue;
        mom__hasher_u64(&hasher, record->epoch);
        mom__hasher_u64(&hasher, (uint64_t)record->confirmed_ms);
        mom__hasher_u64(&hasher, record->confirmed_by);
    }
    return mom__hasher_end(&hasher);
}
