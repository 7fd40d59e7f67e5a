/*
 * Registers of a record, and the hash of all of them.
 */
#include "register.h"

#include "hash.h"
#include "stamp.h"
#include "text.h"

static enum mom_field field_at(enum mom_type type, unsigned reg)
{
    unsigned first = (unsigned)mom__field_first(type);

    return (enum mom_field)(first + reg);
}

enum mom_field mom__reg_group(enum mom_type type, unsigned reg)
{
    enum mom_field f = field_at(type, reg);

    if (reg >= MOM__FIELDS_MAX || f >= mom__field_end(type) || !mom__field_leads(f) ||
        mom__field_is_reported(f))
        return MOM_FIELD_NONE;
    return f;
}

bool mom__reg_is(enum mom_type type, unsigned reg)
{
    if (reg == MOM__REG_CLAIM)
        return type == MOM_DEVICE;
    return reg == MOM__REG_DELETED || mom__reg_group(type, reg) != MOM_FIELD_NONE;
}

unsigned mom__reg_code(enum mom_type type, unsigned reg)
{
    if (reg == MOM__REG_DELETED)
        return MOM__CODE_DELETED;
    return reg == MOM__REG_CLAIM ? MOM__CODE_CLAIM : mom_field_info(field_at(type, reg))->code;
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

static struct mom_stamp claim_stamp(const struct mom_record *record)
{
    uint32_t epoch = record->epoch < UINT16_MAX ? record->epoch : UINT16_MAX;

    return (struct mom_stamp){record->claim_ms, (uint16_t)epoch, record->site};
}

struct mom_stamp mom__reg_stamp(const struct mom_record *record, unsigned reg)
{
    if (reg == MOM__REG_DELETED)
        return record->deleted;
    return reg == MOM__REG_CLAIM ? claim_stamp(record) : record->stamps[reg];
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

uint64_t mom__reg_digest(const struct mom_record *record)
{
    struct mom__hasher hasher;

    mom__hasher_init(&hasher);
    mom__hasher_u64(&hasher, record->id);
    mom__hasher_u64(&hasher, (uint64_t)record->type);
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++) {
        unsigned char stamp[MOM__STAMP_LEN];

        if (!mom__reg_is(record->type, reg) || mom__stamp_is_zero(mom__reg_stamp(record, reg)))
            continue;
        mom__stamp_encode(mom__reg_stamp(record, reg), stamp);
        mom__hasher_u64(&hasher, mom__reg_code(record->type, reg));
        mom__hasher_bytes(&hasher, stamp, sizeof stamp);
        mom__hasher_u64(&hasher, mom__reg_hash(record, reg));
    }
    return mom__hasher_end(&hasher);
}
