/*
 * Byte queues. Memory doubles and is given back when the queue is empty and was large.
 */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST 4096
/* An empty queue keeps so much for the next bytes. */
#define KEEP (64u * 1024)

int com__buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0)
        return 0;
    if (len > SIZE_MAX / 4 || buffer->len > SIZE_MAX / 4)
        return -1;
    if (buffer->start > 0 && buffer->start + buffer->len + len > buffer->cap) {
        memmove(buffer->mem, buffer->mem + buffer->start, buffer->len);
        buffer->start = 0;
    }
    if (buffer->len + len > buffer->cap) {
        size_t cap = buffer->cap ? buffer->cap : FIRST;
        while (cap < buffer->len + len)
            cap *= 2;
        uint8_t *mem = realloc(buffer->mem, cap);
        if (!mem)
            return -1;
        buffer->mem = mem;
        buffer->cap = cap;
    }
    memcpy(buffer->mem + buffer->start + buffer->len, bytes, len);
    buffer->len += len;
    return 0;
}

void com__buffer_consume(struct buffer *buffer, size_t len)
{
    buffer->start += len;
    buffer->len -= len;
    if (buffer->len > 0)
        return;
    buffer->start = 0;
    if (buffer->cap > KEEP)
        com__buffer_done(buffer);
}

uint8_t *com__buffer_take(struct buffer *buffer, size_t *ret_start, size_t *ret_len)
{
    uint8_t *mem = buffer->mem;
    *ret_start = buffer->start;
    *ret_len = buffer->len;
    *buffer = (struct buffer){0};
    return mem;
}

void com__buffer_done(struct buffer *buffer)
{
    free(buffer->mem);
    *buffer = (struct buffer){0};
}
