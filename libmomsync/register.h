/*
 * The registers of a record: what nodes exchange, each with an order of its own in which the greater
 * one wins. A register is a group of fields (numbered like the field that leads it, by its index
 * within its owner), the deletion, or the claim of a site on a device.
 *
 * What only one node knows is no register: REPORTED fields, the claim on a user (a bound user is
 * where the phone is), and everything that is derived.
 */
#ifndef MOM__REGISTER_H
#define MOM__REGISTER_H

#include "record.h"
#include "stamp.h"

enum {
    MOM__REG_DELETED = MOM__FIELDS_MAX,
    MOM__REG_CLAIM,
    MOM__REGS_MAX,
    /* Codes in the store and in messages; a group has that of its first field. */
    MOM__CODE_DELETED = 0,
    MOM__CODE_CLAIM = 255,
};

/* The group of a register, NONE for the others. */
static inline enum mom_field mom__reg_group(enum mom_type type, unsigned reg)
{
    enum mom_field f = (enum mom_field)((unsigned)mom__field_first(type) + reg);
    bool is = reg < mom__field_count(type) && (mom__field_marks[f] & MOM__MARK_MERGED) != 0;

    return is ? f : MOM_FIELD_NONE;
}

/* Do records of the type have it? */
static inline bool mom__reg_is(enum mom_type type, unsigned reg)
{
    if (reg == MOM__REG_CLAIM)
        return type == MOM_DEVICE;
    return reg == MOM__REG_DELETED || mom__reg_group(type, reg) != MOM_FIELD_NONE;
}

/* The next register that records of the type have; MOM__REGS_MAX: none. The first field of an owner is one:
 * for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(type, reg)) */
static inline unsigned mom__reg_next(enum mom_type type, unsigned reg)
{
    const uint8_t *marks = &mom__field_marks[mom__field_first(type)];
    size_t count = mom__field_count(type);

    if (reg >= MOM__REG_DELETED)
        return reg == MOM__REG_DELETED && type == MOM_DEVICE ? MOM__REG_CLAIM : MOM__REGS_MAX;
    do
        reg++;
    while (reg < count && (marks[reg] & MOM__MARK_MERGED) == 0);
    return reg < count ? reg : (unsigned)MOM__REG_DELETED;
}

unsigned mom__reg_code(enum mom_type type, unsigned reg);
/* MOM__REGS_MAX: there is no such register. */
unsigned mom__reg_of_code(enum mom_type type, unsigned code);

/* Zero when the record does not have it. The stamp of a claim is its time, its epoch (as far as it fits) and its
 * site. */
static inline struct mom_stamp mom__reg_stamp(const struct mom_record *record, unsigned reg)
{
    uint32_t epoch = record->epoch < UINT16_MAX ? record->epoch : UINT16_MAX;

    if (reg == MOM__REG_CLAIM)
        return (struct mom_stamp){record->claim_ms, (uint16_t)epoch, record->site};
    return reg == MOM__REG_DELETED ? record->deleted : record->stamps[reg];
}
/* Hash of the value alone: of a relation as it was claimed. */
uint64_t mom__reg_hash(const struct mom_record *record, unsigned reg);
/* <0, 0, >0: by stamp, then by value. */
int mom__reg_compare(const struct mom_record *a, const struct mom_record *b, unsigned reg);
/* Value and stamp; texts are borrowed. `partner` is left to derive.c. */
void mom__reg_copy(struct mom_record *record, const struct mom_record *from, unsigned reg);

/*
 * Hash of all registers: equal records have equal ones. Part of the store's format and of messages.
 *
 * SipHash-2-4 (hash.h) of id and type (8 bytes each, big-endian as all numbers here); then of each register that has
 * a stamp, ascending: its code (a byte); 0 when its stamp is that of the register before, else 1 and the stamp (12
 * bytes); its value. The value of a group is each of its fields that is there: code (a byte), and the partner (8
 * bytes), the number of extra attributes (8 bytes) with names and values, or the text. A text has its length in front
 * of it: a byte, or 255 and 8 bytes. The value of a claim is epoch, time and origin of the confirmation (8 bytes
 * each); a deletion has none.
 */
uint64_t mom__reg_digest(const struct mom_record *record);

#endif
