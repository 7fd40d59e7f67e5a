/*
 * The only way from libmomsync to memory: the hook of the object, or the C library when there is
 * none.
 */
#ifndef MOM__ALLOC_H
#define MOM__ALLOC_H

#include <momsync/base.h>

/* NULL on no memory. `size` 0 is taken as 1. The memory is not cleared. `alloc` NULL: the C
 * library. */
void *mom__alloc(const struct mom_alloc *alloc, size_t size);
/* The same, all bytes 0. */
void *mom__zalloc(const struct mom_alloc *alloc, size_t size);
/* NULL on no memory; then `ptr` is still valid. */
void *mom__realloc(const struct mom_alloc *alloc, void *ptr, size_t size);
void mom__free(const struct mom_alloc *alloc, void *ptr);
/* The hook to keep: all NULL when `alloc` is NULL. */
struct mom_alloc mom__alloc_copy(const struct mom_alloc *alloc);

#endif
