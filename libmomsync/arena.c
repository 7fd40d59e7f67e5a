/*
 * Blocks of an arena. Each new block is as large as all before it together, so n bytes cost log n allocations, until
 * blocks are so large that it does not matter; from there on they grow no more, for half of the last one is empty on
 * average.
 */
#include "arena.h"

#include "alloc.h"

#include <momsync/limits.h>

#include <string.h>

struct mom__block {
    struct mom__block *next;
    size_t size; /* with this header */
};

enum {
    FIRST_BLOCK = MOM_BLOCK_BYTES,
    GREATEST_BLOCK = MOM_BLOCK_MOST_BYTES,
    ALIGNMENT = _Alignof(max_align_t)
};

/* The header, rounded up so that what follows is aligned. */
#define HEADER ((sizeof(struct mom__block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

void mom__arena_init(struct mom__arena *arena, const struct mom_alloc *alloc)
{
    *arena = (struct mom__arena){.alloc = mom__alloc_copy(alloc), .want = FIRST_BLOCK};
}

static void free_blocks(struct mom__arena *arena)
{
    while (arena->blocks != NULL) {
        struct mom__block *block = arena->blocks;
        arena->blocks = block->next;
        mom__free(&arena->alloc, block);
    }
    arena->at = arena->end = NULL;
    arena->total = 0;
}

void mom__arena_done(struct mom__arena *arena)
{
    free_blocks(arena);
}

void mom__arena_reset(struct mom__arena *arena, size_t keep)
{
    if (arena->blocks == NULL)
        return;
    if (arena->total > keep) {
        free_blocks(arena);
        arena->want = FIRST_BLOCK;
    } else if (arena->blocks->next != NULL) {
        /* One block next time, where there were several now. */
        arena->want = arena->total;
        free_blocks(arena);
    } else {
        arena->at = (char *)arena->blocks + HEADER;
    }
}

/* Begin a block that has room for `size` bytes. */
static bool more(struct mom__arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4 || arena->total > SIZE_MAX / 4)
        return false;
    size_t block_size = arena->want > arena->total ? arena->want : arena->total;
    if (block_size > GREATEST_BLOCK)
        block_size = GREATEST_BLOCK;
    if (block_size < size + HEADER)
        block_size = size + HEADER;
    struct mom__block *block = mom__alloc(&arena->alloc, block_size);
    if (block == NULL)
        return false;
    block->next = arena->blocks;
    block->size = block_size;
    arena->blocks = block;
    arena->total += block_size;
    arena->at = (char *)block + HEADER;
    arena->end = (char *)block + block_size;
    return true;
}

void *mom__arena_alloc(struct mom__arena *arena, size_t size)
{
    size_t pad = (size_t)(-(uintptr_t)arena->at & (ALIGNMENT - 1));
    size_t left = (size_t)(arena->end - arena->at);
    if (arena->blocks == NULL || left < pad || left - pad < size) {
        if (!more(arena, size))
            return NULL;
        pad = 0;
    }
    char *piece = arena->at + pad;
    arena->at = piece + size;
    return piece;
}

void *mom__arena_zalloc(struct mom__arena *arena, size_t size)
{
    void *piece = mom__arena_alloc(arena, size);
    if (piece != NULL)
        memset(piece, 0, size);
    return piece;
}

char *mom__arena_bytes(struct mom__arena *arena, size_t size)
{
    if (arena->blocks == NULL || (size_t)(arena->end - arena->at) < size) {
        if (!more(arena, size))
            return NULL;
    }
    char *piece = arena->at;
    arena->at += size;
    return piece;
}

bool mom__arena_dup(struct mom__arena *arena, struct mom_str text, struct mom_str *ret_text)
{
    struct mom_str copy = {NULL, 0};
    if (text.ptr != NULL) {
        char *piece = mom__arena_bytes(arena, text.len);
        if (piece == NULL)
            return false;
        if (text.len > 0)
            memcpy(piece, text.ptr, text.len);
        copy = (struct mom_str){piece, text.len};
    }
    *ret_text = copy;
    return true;
}
