/*
 * A queue of bytes for the files of this library: append at the end, consume at the front.
 */
#ifndef COM_BUFFER_H
#define COM_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *mem;
    size_t start, len, cap; /* mem[start] is the first of len bytes */
};

/* 0, or -1 when memory is out (then nothing was added). */
int com__buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void com__buffer_consume(struct buffer *buffer, size_t len);
/* Hand the memory over to the caller, who frees it; the buffer is empty afterwards. */
uint8_t *com__buffer_take(struct buffer *buffer, size_t *ret_start, size_t *ret_len);
void com__buffer_done(struct buffer *buffer);

static inline uint8_t *com__buffer_ptr(const struct buffer *buffer)
{
    return buffer->mem ? buffer->mem + buffer->start : NULL;
}

#endif
