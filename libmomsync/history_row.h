/*
 * A row of HISTORY: what one change of a record replaced. The record as it is and its rows, newest
 * first, give the record as it was.
 */
#ifndef MOM__HISTORY_ROW_H
#define MOM__HISTORY_ROW_H

#include "record.h"

#include <momsync/history.h>
#include <momsync/seal.h>

/* What a change replaced beside groups. */
enum mom__history_parts {
    MOM__PART_CREATED = 1, /* nothing: the record began with it */
    MOM__PART_FLAGS = 2,
    MOM__PART_PLACE = 4,    /* site, epoch, time of the claim */
    MOM__PART_BIRTH = 8,    /* the stamp of its creation */
    MOM__PART_PARTNER = 16, /* the partner in effect, where its relation does not tell */
};

struct mom__history {
    enum mom_type type;
    unsigned parts; /* enum mom__history_parts */
    enum mom_reason reason;
    int64_t at_ms;          /* when the change was taken */
    int64_t since_ms;       /* when the one before it was: what it replaced was so from then on */
    uint64_t first;         /* number of the oldest row that was kept when this one was written */
    struct mom_stamp stamp; /* the newest that the change gave */
    unsigned flags;         /* of the record after the change */
    struct mom_record old;  /* the parts and groups that were replaced; `version` */
    uint64_t partner;       /* PARTNER, when it was read */
    bool replaced[MOM__FIELDS_MAX]; /* groups, at the index of their first field */
};

/* The buffer is reset first. */
void mom__history_encode(const struct mom__history *row, struct mom__buf *buf);
/* Values are borrowed from the bytes. MOM_ECORRUPT, MOM_EFORMAT, MOM_ENOMEM. */
MOM_MUST_CHECK int mom__history_decode(struct mom_str bytes, struct mom__arena *arena,
                                       struct mom__history *ret_row);
/* What a row says of the rows of its record. */
struct mom__history_age {
    int64_t at_ms;
    uint64_t first;
};
MOM_MUST_CHECK int mom__history_read_age(struct mom_str bytes, struct mom__history_age *ret_age);
/* Take the change back. MOM_ECORRUPT: the row is of another type. The record must not be one that was not there. */
MOM_MUST_CHECK int mom__history_apply(const struct mom__history *row, struct mom_record *record);

/* Where rows and records are read: a step's transaction or a view's. */
struct mom__past {
    const struct mom_store *store;
    struct mom_txn *txn;
    struct mom__arena *arena; /* what is found lives in it */
    const struct mom_sealer *sealer;
};

/*
 * Go back from the record as it is. Changes that `is_after` says true of are taken back, newest first, until one is
 * not.
 */
struct mom__way_back {
    struct mom_record record; /* as it was */
    bool there; /* false: it was not made yet. Deleted ones are there, with their flag */
    bool found; /* the change at which the way ended: */
    uint64_t number;
    struct mom__history row;
    int64_t since_ms; /* the record was so from then on, as far as is kept */
};
typedef bool mom__is_after(const void *user, uint64_t number, const struct mom__history *row);
/* MOM_ENOENT: no such record. MOM_ECORRUPT and other codes of the STORE band. */
MOM_MUST_CHECK int mom__go_back(const struct mom__past *past, uint64_t id, mom__is_after *is_after,
                                const void *user, struct mom__way_back *ret_way);
/* To a time: MOM_ENOENT when it was not there or deleted, MOM_EHISTORY. Without what only reports. */
MOM_MUST_CHECK int mom__go_back_to(const struct mom__past *past, uint64_t id, int64_t at_ms,
                                   struct mom_record *ret_record);

#endif
