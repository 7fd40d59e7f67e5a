/*
 * The only way from libaxi to memory: the hook of the object, or the C library when there is none. Memory that
 * expat takes goes the same way (heap.h, with the one variable of the thread that this needs).
 */
#ifndef AXI__ALLOC_H
#define AXI__ALLOC_H

#include <axi/base.h>

/* NULL on no memory; then `ptr` is still valid. `size` is never 0. */
void *axi__realloc(const struct axi_alloc *alloc, void *ptr, size_t size);
void axi__free(const struct axi_alloc *alloc, void *ptr);
/* Overwrite what must not stay in memory; the compiler does not leave it out. */
void axi__wipe(void *ptr, size_t len);
/* The hook to keep: all NULL when `alloc` is NULL. */
struct axi_alloc axi__alloc_copy(const struct axi_alloc *alloc);

#endif
