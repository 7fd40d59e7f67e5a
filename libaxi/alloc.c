/*
 * Memory through the hook. The only file of libaxi that names the C library's allocator.
 */
#include "alloc.h"

#include <stdlib.h>

void *axi__realloc(const struct axi_alloc *alloc, void *ptr, size_t size)
{
    if (alloc->realloc != NULL)
        return alloc->realloc(alloc->user, ptr, size);
    return realloc(ptr, size);
}

void axi__free(const struct axi_alloc *alloc, void *ptr)
{
    if (ptr == NULL)
        return;
    if (alloc->realloc == NULL)
        free(ptr);
    else if (alloc->free != NULL)
        alloc->free(alloc->user, ptr);
}

void axi__wipe(void *ptr, size_t len)
{
    volatile char *byte = ptr;
    while (len-- > 0)
        *byte++ = 0;
}

struct axi_alloc axi__alloc_copy(const struct axi_alloc *alloc)
{
    struct axi_alloc none = {0};
    return alloc != NULL ? *alloc : none;
}
