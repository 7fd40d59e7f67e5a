/*
 * The growing byte buffer.
 */
#include "buf.h"

#include "alloc.h"

enum { FIRST_SIZE = 256 };

void axi_buf_done(struct axi_buf *buf)
{
    if (buf == NULL)
        return;
    axi__free(&buf->alloc, buf->ptr);
    buf->ptr = NULL;
    buf->len = buf->cap = 0;
}

bool axi__buf_grow(struct axi_buf *buf, size_t more)
{
    if (more > SIZE_MAX / 4 || buf->cap > SIZE_MAX / 4)
        return false;
    size_t cap = buf->cap < FIRST_SIZE ? FIRST_SIZE : 2 * buf->cap;
    if (cap < buf->len + more)
        cap = buf->len + more;
    char *grown = axi__realloc(&buf->alloc, buf->ptr, cap);
    if (grown == NULL)
        return false;
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}
