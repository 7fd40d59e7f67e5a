/*
 * Memory through the hook. The only file of libmomsync that names the C library's allocator.
 */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>

void *mom__realloc(const struct mom_alloc *alloc, void *ptr, size_t size)
{
    if (size == 0)
        size = 1;
    if (alloc != NULL && alloc->realloc != NULL)
        return alloc->realloc(alloc->user, ptr, size);
    return realloc(ptr, size);
}

void *mom__alloc(const struct mom_alloc *alloc, size_t size)
{
    return mom__realloc(alloc, NULL, size);
}

void *mom__zalloc(const struct mom_alloc *alloc, size_t size)
{
    void *ptr = mom__alloc(alloc, size);
    if (ptr != NULL)
        memset(ptr, 0, size);
    return ptr;
}

void mom__free(const struct mom_alloc *alloc, void *ptr)
{
    if (ptr == NULL)
        return;
    if (alloc == NULL || alloc->realloc == NULL)
        free(ptr);
    else if (alloc->free != NULL)
        alloc->free(alloc->user, ptr);
}

struct mom_alloc mom__alloc_copy(const struct mom_alloc *alloc)
{
    struct mom_alloc none = {0};
    return alloc != NULL ? *alloc : none;
}
