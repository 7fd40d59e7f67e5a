/*
 * Blocks of an arena. Each new block is half as large as all before it together, so a message of n bytes costs log n
 * allocations and holds little more than it needs.
 */
#include "arena.h"

#include "alloc.h"

struct axi__block {
    struct axi__block *next;
    size_t size; /* with this header */
};

enum { FIRST_BLOCK = 2048, LEAST_BLOCK = 1024 };

void axi__arena_init(struct axi__arena *arena, const struct axi_alloc *alloc)
{
    struct axi__arena empty = {0};
    *arena = empty;
    arena->alloc = axi__alloc_copy(alloc);
    arena->want = FIRST_BLOCK;
}

static void free_blocks(struct axi__arena *arena)
{
    while (arena->blocks != NULL) {
        struct axi__block *block = arena->blocks;
        arena->blocks = block->next;
        axi__free(&arena->alloc, block);
    }
    arena->at = arena->end = NULL;
    arena->total = 0;
}

void axi__arena_done(struct axi__arena *arena)
{
    free_blocks(arena);
}

static void use_block(struct axi__arena *arena, struct axi__block *block)
{
    arena->at = (char *)(block + 1);
    arena->end = (char *)block + block->size;
}

void axi__arena_reset(struct axi__arena *arena, size_t keep)
{
    if (arena->blocks == NULL)
        return;
    if (arena->total > keep) {
        free_blocks(arena);
        arena->want = FIRST_BLOCK;
    } else if (arena->blocks->next != NULL) {
        size_t total = arena->total;
        free_blocks(arena);
        arena->want = total;
    } else {
        use_block(arena, arena->blocks);
    }
}

void *axi__arena_more(struct axi__arena *arena, size_t size)
{
    const size_t header = sizeof(struct axi__block);
    if (size > SIZE_MAX / 4 || arena->total > SIZE_MAX / 4)
        return NULL;
    size_t block_size = arena->blocks == NULL ? arena->want : arena->total / 2;
    if (block_size < LEAST_BLOCK)
        block_size = LEAST_BLOCK;
    if (block_size < size + header)
        block_size = size + header;
    struct axi__block *block = axi__realloc(&arena->alloc, NULL, block_size);
    if (block == NULL)
        return NULL;
    block->next = arena->blocks;
    block->size = block_size;
    arena->blocks = block;
    arena->total += block_size;
    use_block(arena, block);
    void *piece = arena->at; /* behind the header, so aligned for every structure of ours */
    arena->at += size;
    return piece;
}
