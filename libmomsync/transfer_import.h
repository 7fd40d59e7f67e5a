/*
 * The inside of an import: what was read of a file, for those who read it and those who carry it
 * out.
 *
 * The content is held in a store in memory, which keeps it in order and finds it by id:
 *   RECORD   id → stamp of the deletion (all 0: live), record in the library's encoding
 *   SITE     number → PARK (10 digits), name
 *   SETTING  name → value
 * A value of RECORD is also the `value` of a RESTORE input.
 */
#ifndef MOM__TRANSFER_IMPORT_H
#define MOM__TRANSFER_IMPORT_H

#include "node.h"

#include <momsync/transfer.h>

enum mom__import_state {
    MOM__IMPORT_HEAD, /* the first line is expected */
    MOM__IMPORT_BODY,
    MOM__IMPORT_ENDED, /* the line `end` was there */
    MOM__IMPORT_READY, /* checked as a whole */
    MOM__IMPORT_FAILED
};

/* What is left to be done, in this order. */
enum mom__import_phase {
    MOM__PHASE_SITES,
    MOM__PHASE_SETTINGS,
    MOM__PHASE_DELETE,
    MOM__PHASE_RECORDS,
    MOM__PHASE_RELATIONS,
    MOM__PHASE_DONE
};

struct mom__import_cursor {
    enum mom__import_phase phase;
    uint64_t after;       /* the last site or id of the phase that was looked at */
    struct mom__buf name; /* the last setting */
};

struct mom_import {
    struct mom_alloc alloc;
    struct mom_sealer sealer; /* seal NULL: none */
    uint64_t max_bytes, bytes;
    enum mom__import_state state;
    int rc;
    struct mom__text error;
    struct mom_import_info info;
    bool sealed; /* the head says that there are secrets */

    struct mom_store store;
    struct mom_txn *txn;     /* writes until the end, then reads */
    struct mom__buf line;    /* a line of which the end has not come */
    uint64_t number;         /* of the line at hand */
    struct mom__idmap lines; /* id → line */
    struct mom__arena arena; /* of a line, or of a record that is compared */
    struct mom__buf buf;

    bool begun;
    enum mom_import_mode mode;
    struct mom__import_cursor cursor;
};

/* What the file has of an id: texts are in the arena. NULL: nothing (or *ret_rc is not MOM_OK). */
struct mom_record *mom__import_record(struct mom_import *import, uint64_t id,
                                      struct mom__arena *arena, struct mom_stamp *ret_deleted,
                                      int *ret_rc);
/* Take a value of RECORD (and of a RESTORE input) apart; texts are borrowed from it. */
MOM_MUST_CHECK int mom__import_decode(struct mom_str value, uint64_t id, struct mom__arena *arena,
                                      struct mom_stamp *ret_deleted, struct mom_record *ret_record);

#endif
