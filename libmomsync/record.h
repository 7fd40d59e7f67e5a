/*
 * A record in memory, what the engine does to it, and its encoding.
 *
 * The structure owns nothing: texts are borrowed from the bytes it was decoded from or from the
 * arena of the step.
 *
 * Encoding, format 2: format, type, flags, parts (a byte each); site, epoch, version, claimed partner
 * (varints); claim time (zigzag); created (stamp); by the parts: the stamp of the deletion, who
 * confirmed the claim (varint) and when (zigzag); number of distinct stamps and the stamps; number of fields
 * and (code, length, bytes), ascending; number of extra attributes and (name, value), ascending by
 * name; number of exceptions and (code of the group, index of its stamp or 255 for none),
 * ascending. A group without exception has stamp 0 when one of its fields is there and it is not
 * REPORTED, else none. The id is the key in the store and not part of the value. Format 1 had no parts
 * byte and nothing that it stands for, and its partner was never dangling.
 */
#ifndef MOM__RECORD_H
#define MOM__RECORD_H

#include "arena.h"
#include "buf.h"
#include "field.h"

#include <momsync/limits.h>
#include <momsync/record.h>

enum {
    MOM__RECORD_FORMAT = 2,
    MOM__RECORD_MAX = MOM_RECORD_BYTES,
    MOM__EXTRA_MAX = MOM_EXTRA_COUNT,
    MOM__EXTRA_BYTES = MOM_EXTRA_BYTES,
    MOM__ID_BITS =
        39, /* an id has 40 bits of counter: who tells of more than half of them tells nonsense */
};

/* Derived from the registers of this record and of others (derive.c), never sent. */
enum mom__record_flags { MOM__PARKED = 1, MOM__DELETED = 2 };

struct mom_record {
    uint64_t id;
    enum mom_type type;
    unsigned flags; /* enum mom__record_flags */
    struct mom_stamp created;
    uint64_t version;
    uint32_t site;
    uint32_t epoch;
    int64_t claim_ms; /* wall time of the claim of `epoch` */
    uint32_t
        confirmed_by; /* the former site that last confirmed, as far as who made the claim knew; 0: none */
    int64_t
        confirmed_ms; /* orders confirmations: about when, and which one it knew of (star.c); 0: none */
    struct mom_stamp
        deleted;      /* of the last deletion, zero: never. Later groups bring the record back */
    uint64_t claimed; /* the partner that the relation group names */
    uint64_t
        partner; /* the same, or 0 when the other one does not name this record, or one is not live */
    const struct mom_attr *extra; /* ascending by name, no name twice */
    size_t extra_count;
    /* As many as the type has fields; what is behind them is undefined. */
    struct mom_str values[MOM__FIELDS_MAX];   /* by mom__field_index */
    struct mom_stamp stamps[MOM__FIELDS_MAX]; /* at the index of the field that leads the group */
};

/* An empty record of a type. */
void mom__record_init(struct mom_record *record, enum mom_type type, uint64_t id);
/* Texts are shared. */
static inline void mom__record_copy(struct mom_record *record, const struct mom_record *from)
{
    memcpy(record, from, offsetof(struct mom_record, values));
    memcpy(record->values, from->values, mom__field_count(from->type) * sizeof from->values[0]);
    memcpy(record->stamps, from->stamps, mom__field_count(from->type) * sizeof from->stamps[0]);
}
/* Deep copy: texts go to the arena. MOM_ENOMEM. */
MOM_MUST_CHECK int mom__record_dup(const struct mom_record *record, struct mom__arena *arena,
                                   struct mom_record *ret_record);

/* Values are borrowed from `bytes`, the list of extra attributes is in the arena. MOM_ECORRUPT,
 * MOM_EFORMAT (a newer format, or a field that this build does not have), MOM_ENOMEM; then
 * *ret_record is undefined. */
MOM_MUST_CHECK int mom__record_decode(struct mom_str bytes, uint64_t id, struct mom__arena *arena,
                                      struct mom_record *ret_record);
/* The buffer is reset first. MOM_ELIMIT: larger than MOM__RECORD_MAX; MOM_ENOMEM. */
MOM_MUST_CHECK int mom__record_encode(const struct mom_record *record, struct mom__buf *buf);

/* Fields. Of the type of the record, not PARTNER or EXTRA; the value (ptr NULL: missing) is
 * borrowed and kept as it is: canonical form is the caller's business. */
void mom__record_set(struct mom_record *record, enum mom_field field, struct mom_str value);
void mom__record_clear(struct mom_record *record, enum mom_field field); /* missing again */
/* ptr NULL when missing. */
static inline struct mom_str mom__record_value(const struct mom_record *record,
                                               enum mom_field field)
{
    size_t index = (size_t)field - (size_t)mom__field_first(record->type);

    return index < mom__field_count(record->type) ? record->values[index]
                                                  : (struct mom_str){NULL, 0};
}

/* Replace the extra attributes: sorted into the arena, texts borrowed; of equal names the last
 * counts, a missing value drops its name. MOM_ELIMIT, MOM_ENOMEM: unchanged. */
MOM_MUST_CHECK int mom__record_set_extra(struct mom_record *record, struct mom__arena *arena,
                                         const struct mom_attr *attrs, size_t count);
/* Change some and keep the others (a missing value drops its name). MOM_ELIMIT, MOM_ENOMEM:
 * unchanged. */
MOM_MUST_CHECK int mom__record_merge_extra(struct mom_record *record, struct mom__arena *arena,
                                           const struct mom_attr *attrs, size_t count);

/* Groups: any field stands for its group. The relation group includes `claimed` (and `partner`, which is
 * set with it), the group of EXTRA the extra attributes. */
void mom__record_set_stamp(struct mom_record *record, enum mom_field group, struct mom_stamp stamp);
/* The greatest stamp of any group. */
struct mom_stamp mom__record_newest(const struct mom_record *record);
/* False when every field of it is missing (and there is no partner, no extra attribute). */
bool mom__record_has_group(const struct mom_record *record, enum mom_field group);
/* The same values; missing differs from empty. Stamps do not count. */
bool mom__record_group_equal(const struct mom_record *a, const struct mom_record *b,
                             enum mom_field group);
/* Marks the groups of which it is not so, at the index of the field that leads; the rest of the list is not set. */
void mom__record_compare(const struct mom_record *a, const struct mom_record *b,
                         bool ret_differ[MOM__FIELDS_MAX]);
/* Values and stamp of a group from another record of the same type; texts borrowed. */
void mom__record_copy_group(struct mom_record *record, const struct mom_record *from,
                            enum mom_field group);

/* The type of the relation as it has effect; missing when it was never told. */
struct mom_str mom__record_relation(const struct mom_record *record);

/* What counts in a hash of a group's values. */
enum mom__hash_mode {
    MOM__HASH_ALL,
    MOM__HASH_OPEN,   /* sealed secrets ('K') are taken as missing */
    MOM__HASH_PUBLIC, /* all secrets with a prefix, sealed or clear, are taken as missing */
};
/* 0 when nothing is left to hash (the group is missing), never 0 else. Part of the store's format. The relation
 * group counts as it has effect: unbound while there is no `partner`. */
uint64_t mom__record_group_hash(const struct mom_record *record, enum mom_field group,
                                enum mom__hash_mode mode);

#endif
