/*
 * A row of BASE: what we and a site last agreed on of a record. Of each group only hashes of its
 * values are kept (mom__record_group_hash), so a row costs about ten bytes a group.
 */
#ifndef MOM__BASE_ROW_H
#define MOM__BASE_ROW_H

#include "buf.h"
#include "field.h"

enum mom__base_flags {
    MOM__BASE_LEAVING = 1,  /* the record is to be removed from the site */
    MOM__BASE_RELEASED = 2, /* the site has ended the SIP registration of the phone's user */
    MOM__BASE_OWING = 4,    /* it may have one, but the phone is elsewhere: it has to end it */
    MOM__BASE_SILENT = 8,   /* it was told to end it, for the phone was not heard there any more */
    /* It said that the phone was there, and another site's word counted, perhaps wrongly: once the phone is elsewhere
     * beyond doubt it is told to end, once more. */
    MOM__BASE_DOUBTED = 16,
};

struct mom__base_entry {
    enum mom_field group;
    uint64_t hash;   /* MOM__HASH_ALL of what was agreed; 0: the site does not have the group */
    uint64_t open;   /* hash without what cannot be compared; which mode is the engine's choice */
    bool has_pushed; /* we sent a value and have not seen the answer: */
    uint64_t pushed; /* its hash */
    uint64_t pushed_open; /* and the one without what cannot be compared */
};

struct mom__base {
    enum mom_type type;
    uint32_t local;              /* uid or ppn at the site; 0: not there (yet) */
    unsigned flags;              /* enum mom__base_flags */
    uint64_t partner;            /* id of the record that it is bound to there, 0: none */
    int64_t times_ms[MOM_KINDS]; /* by the site's own clock, so that another offset moves none */
    size_t count;
    struct mom__base_entry entries[MOM__FIELDS_MAX]; /* `count`, ascending by group */
};

void mom__base_init(struct mom__base *base, enum mom_type type);
/* NULL when there is none. Borrowed until an entry is added or removed. */
struct mom__base_entry *mom__base_find(struct mom__base *base, enum mom_field group);
/* Find or add one (all 0). There is room for every group of the type: never NULL for a group of it.
 */
struct mom__base_entry *mom__base_entry(struct mom__base *base, enum mom_field group);
/* True when it was there. */
bool mom__base_remove(struct mom__base *base, enum mom_field group);

/* The buffer is reset first. MOM_ENOMEM. */
MOM_MUST_CHECK int mom__base_encode(const struct mom__base *base, struct mom__buf *buf);
/* MOM_ECORRUPT, MOM_EFORMAT (a newer format, or a group that this build does not have). */
MOM_MUST_CHECK int mom__base_decode(struct mom_str bytes, struct mom__base *ret_base);

#endif
