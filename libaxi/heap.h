/*
 * Memory for expat, through the hook of the object that uses it.
 *
 * expat's hook has no context, so the heap in use is kept in a variable of the thread while expat runs: the one
 * exception from "no writable globals". It holds nothing between calls of libaxi, and what was in it is put back
 * afterwards: a parser may be used by the hook of another one.
 *
 * expat frees and takes a small block for every name of every message. These blocks stay with the heap, so that an
 * object in use takes nothing from its hook any more.
 */
#ifndef AXI__HEAP_H
#define AXI__HEAP_H

#include <axi/base.h>

struct axi__piece;
enum { AXI__HEAP_STEP = 16, AXI__HEAP_LISTS = 16 };

struct axi__heap {
    struct axi_alloc alloc;
    size_t total; /* bytes from the hook, in use and kept */
    struct axi__piece *kept[AXI__HEAP_LISTS];
};

void axi__heap_init(struct axi__heap *heap, const struct axi_alloc *alloc);
/* Gives back what is kept; blocks in use are to be freed before. */
void axi__heap_done(struct axi__heap *heap);

/* The functions below work on this heap from now on. Returns the one before, for axi__heap_leave. */
struct axi__heap *axi__heap_enter(struct axi__heap *heap);
void axi__heap_leave(struct axi__heap *before);

void *axi__heap_malloc(size_t size);
void *axi__heap_realloc(void *ptr, size_t size);
void axi__heap_free(void *ptr);

#endif
