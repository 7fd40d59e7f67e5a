/*
 * The mark in a copy of a store: when it was made and by which version. Written by the stores that
 * can be copied while they are used, read when an engine opens the copy.
 */
#ifndef MOM__SNAPSHOT_H
#define MOM__SNAPSHOT_H

#include <momsync/base.h>

enum { MOM__SNAPSHOT_MAX = 32, MOM__SNAPSHOT_VERSION = 15 };

/* The mark of a copy that is made now. */
struct mom_str mom__snapshot_encode(char buf[MOM__SNAPSHOT_MAX], int64_t wall_ms);
/* MOM_ECORRUPT. The version is terminated, and cut when it is too long. */
MOM_MUST_CHECK int mom__snapshot_decode(struct mom_str mark, int64_t *ret_wall_ms,
                                        char ret_version[MOM__SNAPSHOT_VERSION + 1]);

#endif
