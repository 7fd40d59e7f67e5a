/*
 * Memory of one message: pieces are taken one after the other and given back all at once.
 *
 * A reset keeps one block as large as all blocks of the message before it, so that an arena which
 * is used for messages of like size allocates nothing any more.
 */
#ifndef AXI__ARENA_H
#define AXI__ARENA_H

#include <axi/base.h>

struct axi__block;

struct axi__arena {
    struct axi_alloc alloc;
    struct axi__block *blocks; /* newest first */
    char *at, *end;            /* free part of the newest block */
    size_t total;              /* bytes in all blocks */
    size_t want;               /* least size of the first block */
};

void axi__arena_init(struct axi__arena *arena, const struct axi_alloc *alloc);
void axi__arena_done(struct axi__arena *arena);
/* Take everything back. Memory beyond `keep` bytes is returned to the hook. */
void axi__arena_reset(struct axi__arena *arena, size_t keep);
/* For the inline functions below: a piece out of a new block. */
void *axi__arena_more(struct axi__arena *arena, size_t size);

/* `size` bytes for a structure, NULL on no memory. */
static inline void *axi__arena_take(struct axi__arena *arena, size_t size)
{
    size_t pad = (size_t)(-(uintptr_t)arena->at & (sizeof(void *) - 1));
    if ((size_t)(arena->end - arena->at) < pad || (size_t)(arena->end - arena->at) - pad < size)
        return axi__arena_more(arena, size);
    char *piece = arena->at + pad;
    arena->at = piece + size;
    return piece;
}

/* `size` bytes for text, without alignment. */
static inline char *axi__arena_bytes(struct axi__arena *arena, size_t size)
{
    if ((size_t)(arena->end - arena->at) < size || arena->at == NULL)
        return axi__arena_more(arena, size);
    char *piece = arena->at;
    arena->at += size;
    return piece;
}

#endif
