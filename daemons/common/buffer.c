/*
 * Byte queues. Memory doubles and is given back when the queue is empty and was large.
 */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST 4096
/* An empty queue keeps so much for the next bytes. */
#define KEEP (64u * 1024)

/* Room for `len` more bytes. Moving to the front happens only when at least as much was consumed
 * as is kept, and new memory has room to spare: both keep the cost per byte constant. */
static int make_room(struct buffer *buffer, size_t len)
{
    size_t need = buffer->len + len, cap = buffer->cap ? buffer->cap : FIRST;
    if (buffer->start + need <= buffer->cap)
        return 0;
    if (need <= buffer->cap && buffer->start >= buffer->len) {
        memmove(buffer->mem, buffer->mem + buffer->start, buffer->len);
        buffer->start = 0;
        return 0;
    }
    while (cap < need + need / 2)
        cap *= 2;
    uint8_t *mem = malloc(cap);
    if (!mem)
        return -1;
    if (buffer->len > 0)
        memcpy(mem, buffer->mem + buffer->start, buffer->len);
    free(buffer->mem);
    buffer->mem = mem;
    buffer->start = 0;
    buffer->cap = cap;
    return 0;
}

int com__buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0)
        return 0;
    if (len > SIZE_MAX / 8 || buffer->len > SIZE_MAX / 8 || make_room(buffer, len) != 0)
        return -1;
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
