/*
 * The format of a store as a whole.
 */
#ifndef MOM__SCHEMA_H
#define MOM__SCHEMA_H

#include <momsync/store.h>

enum { MOM__SCHEMA_FORMAT = 2 };

/* Check the format of a store, or mark an empty one as ours; in a transaction of its own.
 * MOM_EFORMAT: written by a newer version. MOM_ECORRUPT: it has content and no format. */
MOM_MUST_CHECK int mom__schema_open(const struct mom_store *store);

#endif
