/*
 * Registers of a record, and the hash of all of them.
 */
#include "register.h"

#include "hash.h"
#include "keys.h"
#include "text.h"

#include <string.h>

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

/* A field of the usual size: codes, a stamp, a short text. */
enum { TEXT_LONG = 255, PIECE = 1024, WORD = 8, FIELD = 3 + MOM__STAMP_LEN + TEXT_LONG };

/* Small pieces are gathered, and hashed in whole words when there are many. */
struct digest {
    struct mom__hasher hasher;
    unsigned char bytes[PIECE];
    size_t len;
};

static void flush(struct digest *d)
{
    size_t whole = d->len - d->len % WORD;

    mom__hasher_bytes(&d->hasher, d->bytes, whole);
    memmove(d->bytes, d->bytes + whole, d->len - whole);
    d->len -= whole;
}

/* Room for a field, looked for once: what `put_` adds is part of one. */
static inline void make_room(struct digest *d)
{
    if (d->len > sizeof d->bytes - FIELD)
        flush(d);
}

static inline void put_u8(struct digest *d, unsigned byte)
{
    d->bytes[d->len++] = (unsigned char)byte;
}

static inline void put_stamp(struct digest *d, struct mom_stamp stamp, struct mom_stamp *last)
{
    bool same = mom__stamp_equal(stamp, *last);

    put_u8(d, !same);
    if (same)
        return;
    mom__stamp_encode(stamp, d->bytes + d->len);
    d->len += MOM__STAMP_LEN;
    *last = stamp;
}

static void add_bytes(struct digest *d, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    while (len > sizeof d->bytes - d->len) {
        size_t part = sizeof d->bytes - d->len;

        memcpy(d->bytes + d->len, at, part);
        d->len += part;
        at += part;
        len -= part;
        flush(d);
    }
    if (len > 0)
        memcpy(d->bytes + d->len, at, len);
    d->len += len;
}

static void add_u64(struct digest *d, uint64_t value)
{
    unsigned char bytes[8];

    mom__put_be64(bytes, value);
    add_bytes(d, bytes, sizeof bytes);
}

static void add_long(struct digest *d, struct mom_str text)
{
    put_u8(d, TEXT_LONG);
    add_u64(d, text.len);
    add_bytes(d, text.ptr, text.len);
}

/* After make_room. */
static inline void add_text(struct digest *d, struct mom_str text)
{
    if (text.len >= TEXT_LONG) {
        add_long(d, text);
        return;
    }
    put_u8(d, (unsigned)text.len);
    if (text.len == 1)
        d->bytes[d->len] = (unsigned char)text.ptr[0]; /* most of them */
    else if (text.len > 0)
        memcpy(d->bytes + d->len, text.ptr, text.len);
    d->len += text.len;
}

static void add_extra(struct digest *d, const struct mom_record *record)
{
    add_u64(d, record->extra_count);
    for (size_t i = 0; i < record->extra_count; i++) {
        make_room(d);
        add_text(d, record->extra[i].name);
        make_room(d);
        add_text(d, record->extra[i].value);
    }
}

static void add_other(struct digest *d, const struct mom_record *record,
                      const struct mom_field_info *info)
{
    if (info->form == MOM_PARTNER && record->claimed) {
        put_u8(d, info->code);
        add_u64(d, record->claimed);
    } else if (info->form == MOM_EXTRA && record->extra_count) {
        put_u8(d, info->code);
        add_extra(d, record);
    }
}

static inline void add_field(struct digest *d, const struct mom_record *record,
                             const struct mom_field_info *info, struct mom_str value)
{
    if (info->form == MOM_PARTNER || info->form == MOM_EXTRA)
        add_other(d, record, info);
    else if (value.ptr) {
        put_u8(d, info->code);
        add_text(d, value);
    }
}

/* A missing field leaves no trace: nodes that know fields which others do not know yet have the same hash. */
static void add_groups(struct digest *d, const struct mom_record *record, struct mom_stamp *last)
{
    enum mom_field first = mom__field_first(record->type);
    const uint8_t *marks = &mom__field_marks[first];
    unsigned end = (unsigned)mom__field_count(record->type);
    bool counts = false; /* the group at hand */

    for (unsigned i = 0; i < end; i++) {
        make_room(d);
        if ((marks[i] & MOM__MARK_LEADS) != 0) {
            counts = (marks[i] & MOM__MARK_MERGED) != 0 && !mom__stamp_is_zero(record->stamps[i]);
            if (counts) {
                put_u8(d, mom__field_infos[first + i].code);
                put_stamp(d, record->stamps[i], last);
            }
        }
        if (counts)
            add_field(d, record, &mom__field_infos[first + i], record->values[i]);
    }
}

uint64_t mom__reg_digest(const struct mom_record *record)
{
    struct mom_stamp last = {0, 0, 0}, claim = mom__reg_stamp(record, MOM__REG_CLAIM);
    struct digest d;

    mom__hasher_init(&d.hasher);
    d.len = 0;
    add_u64(&d, record->id);
    add_u64(&d, (uint64_t)record->type);
    add_groups(&d, record, &last);
    make_room(&d);
    if (!mom__stamp_is_zero(record->deleted)) {
        put_u8(&d, MOM__CODE_DELETED);
        put_stamp(&d, record->deleted, &last);
    }
    if (record->type == MOM_DEVICE && !mom__stamp_is_zero(claim)) {
        put_u8(&d, MOM__CODE_CLAIM);
        put_stamp(&d, claim, &last);
        add_u64(&d, record->epoch);
        add_u64(&d, (uint64_t)record->confirmed_ms);
        add_u64(&d, record->confirmed_by);
    }
    mom__hasher_bytes(&d.hasher, d.bytes, d.len);
    return mom__hasher_end(&d.hasher);
}
