/*
 * Records: users and devices (DECT phones), their fields, groups and stamps.
 *
 * A field is missing (no site has told it yet: an older OMM does not have it), empty, or has a value. Values are text
 * in AXI's form, made canonical: booleans are 1 or 0, numbers have no leading zeros, IPEIs are printed with blanks,
 * hexadecimal is upper case.
 */
#ifndef MOMSYNC_RECORD_H
#define MOMSYNC_RECORD_H

#include <momsync/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mom_type { MOM_USER = 1, MOM_DEVICE = 2 };

/* What a time stamp of an OMM covers. */
enum mom_kind { MOM_ADMIN, MOM_RELATION, MOM_ROAMING, MOM_SUBSCRIPTION, MOM_KINDS };

enum mom_form { MOM_TEXT, MOM_NUMBER, MOM_BOOL, MOM_HEX, MOM_IPEI, MOM_PARTNER, MOM_EXTRA };

enum mom_field_flags { MOM_SECRET = 1, MOM_UNIQUE = 2, MOM_REPORTED = 4, MOM_IMPLIED = 8 };

/* MOM_USER_num, MOM_DEVICE_ipei …; a group has the id of the field that leads it. Ids belong to one build;
 * the store has the codes of field_rows.h. */
enum mom_field {
    MOM_FIELD_NONE = 0,
#define MOM_FIELD(code, owner, name, form, max, group, kind, flags) MOM_##owner##_##name,
#include <momsync/field_rows.h>
    MOM_FIELD_COUNT,
    MOM_FIELD_WIDTH_ = 0x7fffffff
};

struct mom_field_info {
    uint8_t code;
    enum mom_type owner;
    enum mom_form form;
    enum mom_kind kind;
    enum mom_field group;
    unsigned max;   /* characters, 0: no limit known */
    unsigned flags; /* enum mom_field_flags */
    const char *name;
};
/* NULL for NONE and what is out of range. Static storage. */
MOM_API const struct mom_field_info *mom_field_info(enum mom_field field);
/* Field of an owner by AXI's attribute name, MOM_FIELD_NONE when it has no row. PARTNER and EXTRA fields are not
 * found by name. */
MOM_API enum mom_field mom_field_of(enum mom_type owner, struct mom_str name);

/*
 * A stamp: hybrid logical clock and origin, totally ordered by (ms, counter, origin). Between two changes of which one
 * knew the other, the later always has the greater stamp.
 */
struct mom_stamp {
    int64_t ms; /* Unix milliseconds */
    uint16_t counter;
    uint32_t origin; /* node or site that made the change; sites of this node have their number */
};
MOM_API int mom_stamp_compare(struct mom_stamp a, struct mom_stamp b); /* <0, 0, >0 */

/*
 * Secrets. A value begins with one character: 'P' and the clear text, or 'K', 16 hexadecimal digits of the fingerprint
 * of the RSA key that it is encrypted for, and base64: a secret that an OMM told and that nobody but the owner of
 * that key can read. Secret values of HEX form (uak) are plain hexadecimal.
 */
#define MOM_SECRET_PLAIN        'P'
#define MOM_SECRET_SEALED       'K'
#define MOM_KEY_FINGERPRINT_LEN 16

/* A field by name and its text, for input and output of records. */
struct mom_attr {
    struct mom_str name;
    struct mom_str value;
};

/* A record as it is in the store. Borrowed from a view (engine.h). */
struct mom_record;

/* Id of the record in this system: the same at every site and never used again. */
MOM_API uint64_t mom_record_id(const struct mom_record *record);
/* User or device. */
MOM_API enum mom_type mom_record_type(const struct mom_record *record);
/* Value of a field; false when missing, and for a secret that is there but cannot be opened. PARTNER fields: use
 * mom_record_partner. */
MOM_API bool mom_record_get(const struct mom_record *record, enum mom_field field,
                            struct mom_str *ret_value);
/* The i-th attribute that has no row of its own; false when there are no more. */
MOM_API bool mom_record_extra(const struct mom_record *record, size_t i, struct mom_attr *ret_attr);
/* Id of the bound user or device, 0 when unbound. */
MOM_API uint64_t mom_record_partner(const struct mom_record *record);
/* Stamp of a group (of any field of it). All zero when the group is missing. */
MOM_API struct mom_stamp mom_record_stamp(const struct mom_record *record, enum mom_field group);
/* When the record was first seen. */
MOM_API struct mom_stamp mom_record_created(const struct mom_record *record);
/* True for a record that lost a uniqueness conflict: kept and shown, not deployed. */
MOM_API bool mom_record_parked(const struct mom_record *record);
/* Number of the site where the record lives, 0: at no site. A bound user lives where its device does. */
MOM_API uint32_t mom_record_site(const struct mom_record *record);
/* Epoch of that site's claim on the device; a newer claim has a greater one. */
MOM_API uint32_t mom_record_epoch(const struct mom_record *record);
/* Since when the device is at that site, Unix milliseconds by the clock of the node that noted it. */
MOM_API int64_t mom_record_claim_ms(const struct mom_record *record);
/* Number of changes that the record has seen: the same number means the same content. */
MOM_API uint64_t mom_record_version(const struct mom_record *record);

#ifdef __cplusplus
}
#endif
#endif
