/*
 * What tests do to the memory store.
 */
#ifndef MOM__STORE_MEM_H
#define MOM__STORE_MEM_H

#include <momsync/store.h>

/* Operations (begin, get, put, del, scan, count, commit) from now on: the n-th and all later ones
 * fail with `code` (a failed commit has not happened). 0: none fails any more. */
void mom__store_memory_fail_after(struct mom_store *store, uint64_t n, int code);
/* Operations since the store was made. */
uint64_t mom__store_memory_operations(const struct mom_store *store);

#endif
