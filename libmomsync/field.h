/*
 * What can be asked about the fields of field_rows.h beyond the public header, and the canonical
 * form of values.
 */
#ifndef MOM__FIELD_H
#define MOM__FIELD_H

#include "arena.h"

#include <momsync/record.h>

/* Number of fields of an owner. Fields of an owner follow each other in enum mom_field, the fields
 * of a group follow the one that leads it; the tests hold the rows to that. */
enum {
    MOM__USER_FIRST = 1,
    MOM__USER_FIELDS = MOM_DEVICE_ipei - MOM__USER_FIRST,
    MOM__DEVICE_FIRST = MOM_DEVICE_ipei,
    MOM__DEVICE_FIELDS = MOM_FIELD_COUNT - MOM__DEVICE_FIRST,
    MOM__FIELDS_MAX = (int)MOM__USER_FIELDS > (int)MOM__DEVICE_FIELDS ? (int)MOM__USER_FIELDS
                                                                      : (int)MOM__DEVICE_FIELDS
};

/* What is asked of every field of every record is answered here, by the tables, without a call. */
extern const struct mom_field_info mom__field_infos[MOM_FIELD_COUNT];

/* What is asked most often, in a byte a field. */
enum mom__field_marks {
    MOM__MARK_LEADS = 1,    /* it leads its group */
    MOM__MARK_REPORTED = 2, /* MOM_REPORTED */
    MOM__MARK_MERGED = 4,   /* it leads a group that nodes and sites merge: a register */
    MOM__MARK_SECRET = 8    /* a secret with a prefix: a site may seal it */
};
extern const uint8_t mom__field_marks[MOM_FIELD_COUNT];

static inline bool mom__is_field(enum mom_field field)
{
    return field > MOM_FIELD_NONE && field < MOM_FIELD_COUNT;
}

/* for (enum mom_field f = mom__field_first(t); f != mom__field_end(t); f++) */
static inline enum mom_field mom__field_first(enum mom_type owner)
{
    return owner == MOM_USER ? (enum mom_field)MOM__USER_FIRST : (enum mom_field)MOM__DEVICE_FIRST;
}

static inline enum mom_field mom__field_end(enum mom_type owner)
{
    return owner == MOM_USER ? (enum mom_field)MOM__DEVICE_FIRST : MOM_FIELD_COUNT;
}

/* At least 1. */
static inline size_t mom__field_count(enum mom_type owner)
{
    return owner == MOM_USER ? (size_t)MOM__USER_FIELDS : (size_t)MOM__DEVICE_FIELDS;
}

/* 0 for the first field of the owner. `field` must be valid. */
static inline unsigned mom__field_index(enum mom_field field)
{
    return (unsigned)field - (field < (enum mom_field)MOM__DEVICE_FIRST
                                  ? (unsigned)MOM__USER_FIRST
                                  : (unsigned)MOM__DEVICE_FIRST);
}

/* How a field is told; NONE has the form of TEXT. */
static inline enum mom_form mom__field_form(enum mom_field field)
{
    return mom__field_infos[field].form;
}

/* MOM_FIELD_NONE when there is no such code. */
enum mom_field mom__field_by_code(enum mom_type owner, unsigned code);

/* The group of a field; true for the field that leads it. */
static inline enum mom_field mom__field_group(enum mom_field field)
{
    return mom__is_field(field) ? mom__field_infos[field].group : MOM_FIELD_NONE;
}

static inline bool mom__field_leads(enum mom_field field)
{
    return mom__is_field(field) && (mom__field_marks[field] & MOM__MARK_LEADS) != 0;
}

/* The field behind the last one of the group:
 * for (enum mom_field f = group; f != mom__group_end(group); f++) */
static inline enum mom_field mom__group_end(enum mom_field group)
{
    enum mom_field f = group;

    if (!mom__field_leads(group))
        return group;
    do
        f++;
    while (f < MOM_FIELD_COUNT && (mom__field_marks[f] & MOM__MARK_LEADS) == 0);
    return f;
}

/* The EXTRA field, the PARTNER field of an owner. */
enum mom_field mom__field_extra(enum mom_type owner);
enum mom_field mom__field_partner(enum mom_type owner);

/* Told by the OMM only: never merged, never deployed. */
static inline bool mom__field_is_reported(enum mom_field field)
{
    return mom__is_field(field) && (mom__field_marks[field] & MOM__MARK_REPORTED) != 0;
}

/* How many bytes a value may have, whatever its form, so that a record that a stranger fills fits
 * into the store. */
size_t mom__field_bytes(enum mom_field field);

/*
 * Canonical form of a value: BOOL 1 or 0, NUMBER without leading zeros, HEX upper case, IPEI with
 * blanks, TEXT as it is. Empty is canonical for every form. A secret keeps its prefix; 'P' with
 * nothing behind it becomes empty. The result is borrowed from `value` or from the arena.
 *
 * MOM_EVALUE: not the form of the field; MOM_ETOOLONG: more characters than the field has, or more
 * bytes than mom__field_bytes;
 * MOM_EFIELD: PARTNER or EXTRA; MOM_ENOMEM.
 */
MOM_MUST_CHECK int mom__field_canonical(enum mom_field field, struct mom_str value,
                                        struct mom__arena *arena, struct mom_str *ret_value);
/* For what an OMM sent: a value that has no canonical form is kept as it came; one of more bytes
 * than mom__field_bytes is missing. Only MOM_ENOMEM can happen. */
MOM_MUST_CHECK int mom__field_tolerant(enum mom_field field, struct mom_str value,
                                       struct mom__arena *arena, struct mom_str *ret_value);

/* Has the group a secret that a site may seal? Else all hashes of it are the same. */
static inline bool mom__group_has_secret(enum mom_field group)
{
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        if ((mom__field_marks[f] & MOM__MARK_SECRET) != 0)
            return true;
    }
    return false;
}

/* A secret that nobody but the owner of its key can read. */
bool mom__secret_is_sealed(enum mom_field field, struct mom_str value);
/* The same key? Fingerprint of a sealed secret; missing for others. */
struct mom_str mom__secret_fingerprint(enum mom_field field, struct mom_str value);

#endif
