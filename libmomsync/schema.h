/*
 * The format of a store as a whole.
 */
#ifndef MOM__SCHEMA_H
#define MOM__SCHEMA_H

#include "migrate.h"

#include <momsync/store.h>

enum { MOM__SCHEMA_FORMAT = 2 };

/* What is opened and how: the format that is wanted and the way to it. The tests bring their own. */
struct mom__schema_plan {
    uint64_t format;
    const struct mom__migrate_step *steps;
    size_t step_count;
    struct mom_alloc alloc;
};

/* What was found. */
struct mom__schema_report {
    uint64_t found;  /* format of the store before, 0: it was empty, or it cannot be told */
    uint64_t wanted; /* by this build */
    uint64_t rows;   /* that a migration rewrote */
};

/* Check the format of a store, mark an empty one as ours, or bring an older one to the newest format;
 * in a transaction of its own. When the store's map is full it grows and everything is done again.
 * MOM_EFORMAT: written by a newer version. MOM_ECORRUPT: it has content and no format, or a format
 * that there is no way from. The store is unchanged unless the result is MOM_OK. */
MOM_MUST_CHECK int mom__schema_open(const struct mom_store *store);
/* The same with a plan (NULL: that of this build); the report is written in any case. */
MOM_MUST_CHECK int mom__schema_open_plan(const struct mom_store *store,
                                         const struct mom__schema_plan *plan,
                                         struct mom__schema_report *ret_report);

#endif
