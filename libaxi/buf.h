/*
 * Appending to an axi_buf, for files of libaxi.
 */
#ifndef AXI__BUF_H
#define AXI__BUF_H

#include <axi/message.h>

#include <string.h>

/* For axi__buf_reserve. */
bool axi__buf_grow(struct axi_buf *buf, size_t more);

/* Room for `more` bytes behind the end; false on no memory. */
static inline bool axi__buf_reserve(struct axi_buf *buf, size_t more)
{
    return buf->cap - buf->len >= more || axi__buf_grow(buf, more);
}

/* The room must be reserved. */
static inline void axi__buf_put(struct axi_buf *buf, const char *bytes, size_t len)
{
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

#endif
