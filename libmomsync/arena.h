/*
 * Memory of one step: pieces are taken one after the other and given back all at once.
 *
 * A reset keeps one block as large as all blocks before it (up to a limit), so that steps of like
 * size settle to no allocation at all.
 */
#ifndef MOM__ARENA_H
#define MOM__ARENA_H

#include <momsync/base.h>

struct mom__block;

struct mom__arena {
    struct mom_alloc alloc;
    struct mom__block *blocks; /* newest first */
    char *at, *end;            /* free part of the newest block */
    size_t total;              /* bytes in all blocks */
    size_t want;               /* least size of the next block */
};

/* Takes no memory yet. `alloc` may be NULL. */
void mom__arena_init(struct mom__arena *arena, const struct mom_alloc *alloc);
void mom__arena_done(struct mom__arena *arena);
/* Take everything back. When more than `keep` bytes were in use the memory is returned to the hook.
 */
void mom__arena_reset(struct mom__arena *arena, size_t keep);
/* `size` bytes for any structure, not cleared; NULL on no memory. */
void *mom__arena_alloc(struct mom__arena *arena, size_t size);
/* The same, all bytes 0. */
void *mom__arena_zalloc(struct mom__arena *arena, size_t size);
/* `size` bytes for text, without alignment; NULL on no memory. */
char *mom__arena_bytes(struct mom__arena *arena, size_t size);
/* Copy text; missing stays missing, empty stays empty (not NULL). False on no memory. */
bool mom__arena_dup(struct mom__arena *arena, struct mom_str text, struct mom_str *ret_text);

#endif
