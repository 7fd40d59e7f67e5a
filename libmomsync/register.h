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

enum {
    MOM__REG_DELETED = MOM__FIELDS_MAX,
    MOM__REG_CLAIM,
    MOM__REGS_MAX,
    /* Codes in the store and in messages; a group has that of its first field. */
    MOM__CODE_DELETED = 0,
    MOM__CODE_CLAIM = 255,
};

/* Do records of the type have it? */
bool mom__reg_is(enum mom_type type, unsigned reg);
unsigned mom__reg_code(enum mom_type type, unsigned reg);
/* MOM__REGS_MAX: there is no such register. */
unsigned mom__reg_of_code(enum mom_type type, unsigned code);
/* The group of a register, NONE for the others. */
enum mom_field mom__reg_group(enum mom_type type, unsigned reg);

/* Zero when the record does not have it. The stamp of a claim is its time, its epoch (as far as it fits) and its
 * site. */
struct mom_stamp mom__reg_stamp(const struct mom_record *record, unsigned reg);
/* Hash of the value alone: of a relation as it was claimed. */
uint64_t mom__reg_hash(const struct mom_record *record, unsigned reg);
/* <0, 0, >0: by stamp, then by value. */
int mom__reg_compare(const struct mom_record *a, const struct mom_record *b, unsigned reg);
/* Value and stamp; texts are borrowed. `partner` is left to derive.c. */
void mom__reg_copy(struct mom_record *record, const struct mom_record *from, unsigned reg);

/* Hash of all registers: equal records have equal ones. Part of the store's format and of messages. */
uint64_t mom__reg_digest(const struct mom_record *record);

#endif
