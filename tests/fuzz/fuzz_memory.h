/*
 * Memory of a target: it is counted and bounded, and one allocation can be made to fail.
 */
#ifndef TESTS_FUZZ_FUZZ_MEMORY_H
#define TESTS_FUZZ_FUZZ_MEMORY_H

#include "fuzz/fuzz.h"

#include <momsync/base.h>

struct fuzz_memory {
    size_t used, most; /* bytes now, and what must not be reached */
    unsigned fails_in; /* the so-and-so-manieth allocation from now fails; 0: none does */
};

union fuzz_block {
    size_t size;
    max_align_t align;
};

static inline void *fuzz_realloc(void *user, void *ptr, size_t size)
{
    union fuzz_block *old = ptr ? (union fuzz_block *)ptr - 1 : NULL, *block;
    size_t before = old ? old->size : 0;
    struct fuzz_memory *memory = user;

    if (memory->fails_in > 0 && --memory->fails_in == 0)
        return NULL;
    block = realloc(old, sizeof *block + size);
    must(block != NULL);
    block->size = size;
    memory->used += size - before;
    must(memory->used < memory->most);
    return block + 1;
}

static inline void fuzz_free(void *user, void *ptr)
{
    union fuzz_block *block = ptr ? (union fuzz_block *)ptr - 1 : NULL;
    struct fuzz_memory *memory = user;

    if (block)
        memory->used -= block->size;
    free(block);
}

static inline struct mom_alloc fuzz_alloc(struct fuzz_memory *memory, size_t most)
{
    memory->most = most;
    return (struct mom_alloc){memory, fuzz_realloc, fuzz_free};
}

#endif
