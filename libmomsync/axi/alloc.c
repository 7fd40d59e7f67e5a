/*
 * Memory of a link: the host's hook, or else the C library's. The only file here that may call the latter. And
 * the random bits that spread links over time.
 */
#include "omm_impl.h"

#include <stdlib.h>

void *mom__omm_alloc(const struct mom_alloc *alloc, void *ptr, size_t size)
{
    return alloc->realloc != NULL ? alloc->realloc(alloc->user, ptr, size) : realloc(ptr, size);
}

void mom__omm_free_by(const struct mom_alloc *alloc, void *ptr)
{
    if (ptr == NULL)
        return;
    if (alloc->free != NULL)
        alloc->free(alloc->user, ptr);
    else
        free(ptr);
}

void *mom__omm_realloc(struct mom_omm *link, void *ptr, size_t size)
{
    return mom__omm_alloc(&link->alloc, ptr, size);
}

void mom__omm_release(struct mom_omm *link, void *ptr)
{
    mom__omm_free_by(&link->alloc, ptr);
}

void mom__omm_wipe(void *ptr, size_t len)
{
    volatile char *c = ptr;

    while (len-- > 0)
        *c++ = 0;
}

/* SplitMix64 (Steele, Lea, Flood 2014): good enough to spread sites over a few seconds. */
uint64_t mom__omm_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
