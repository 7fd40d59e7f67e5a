/*
 * A growing buffer of bytes: what records and rows are encoded into. Meant to be kept and used
 * again.
 */
#ifndef MOM__BUF_H
#define MOM__BUF_H

#include <momsync/base.h>

#include <string.h>

struct mom__buf {
    struct mom_alloc alloc;
    char *ptr;
    size_t len, size;
    bool failed; /* an append found no memory: the content is not whole. Cleared by a reset */
};

void mom__buf_init(struct mom__buf *buf, const struct mom_alloc *alloc);
void mom__buf_done(struct mom__buf *buf);
/* Empty it and keep the memory. */
void mom__buf_reset(struct mom__buf *buf);
/* The rare halves of what follows: more memory, and numbers of several bytes. */
bool mom__buf_grow(struct mom__buf *buf, size_t len);
void mom__buf_long(struct mom__buf *buf, uint64_t value);

static inline bool mom__buf_room(struct mom__buf *buf, size_t len)
{
    return (!buf->failed && buf->size - buf->len >= len) || mom__buf_grow(buf, len);
}

/* Appends do nothing once one has failed: check `failed` at the end. */
static inline void mom__buf_bytes(struct mom__buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || !mom__buf_room(buf, len))
        return;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

static inline void mom__buf_u8(struct mom__buf *buf, unsigned value)
{
    if (mom__buf_room(buf, 1))
        buf->ptr[buf->len++] = (char)(unsigned char)value;
}

void mom__buf_u64(struct mom__buf *buf, uint64_t value); /* big-endian */

/* Seven bits a byte, lowest first; the top bit says that more follow. */
static inline void mom__buf_varint(struct mom__buf *buf, uint64_t value)
{
    if (value < 0x80) /* nearly all */
        mom__buf_u8(buf, (unsigned)value);
    else
        mom__buf_long(buf, value);
}
/* A signed number as a varint: small magnitudes are short. */
void mom__buf_zigzag(struct mom__buf *buf, int64_t value);
/* Length as varint, then the bytes. */
static inline void mom__buf_str(struct mom__buf *buf, struct mom_str text)
{
    char *at;

    if (text.len >= 0x80) {
        mom__buf_long(buf, text.len);
        mom__buf_bytes(buf, text.ptr, text.len);
        return;
    }
    if (!mom__buf_room(buf, 1 + text.len)) /* nearly all: once for both */
        return;
    at = buf->ptr + buf->len;
    *at = (char)text.len;
    if (text.len == 1)
        at[1] = *text.ptr;
    else if (text.len > 0)
        memcpy(at + 1, text.ptr, text.len);
    buf->len += 1 + text.len;
}

/* What is in it; borrowed until the next change. Never NULL. */
struct mom_str mom__buf_view(const struct mom__buf *buf);

/* Reads what a buffer was given. Every function checks the length; after the first failure all
 * return 0 or empty, so that a decoder checks `failed` where a wrong value could do harm and once
 * at the end. */
struct mom__reader {
    const unsigned char *at, *end;
    bool failed;
};

void mom__reader_init(struct mom__reader *reader, struct mom_str bytes);

static inline const unsigned char *mom__reader_bytes(struct mom__reader *reader, size_t len)
{
    const unsigned char *bytes = reader->at;

    if (reader->failed || (size_t)(reader->end - bytes) < len) {
        reader->failed = true;
        return NULL;
    }
    reader->at += len;
    return bytes;
}

static inline unsigned mom__reader_u8(struct mom__reader *reader)
{
    const unsigned char *byte = mom__reader_bytes(reader, 1);

    return byte != NULL ? *byte : 0;
}

uint64_t mom__reader_u64(struct mom__reader *reader);
uint64_t mom__reader_long(struct mom__reader *reader); /* the rare half of: */

/* Fails on a form that is longer than needed: one value has one encoding. */
static inline uint64_t mom__reader_varint(struct mom__reader *reader)
{
    if (!reader->failed && reader->at != reader->end && *reader->at < 0x80) /* nearly all */
        return *reader->at++;
    return mom__reader_long(reader);
}

/* A varint that must fit into 32 bits. */
uint32_t mom__reader_varint32(struct mom__reader *reader);
int64_t mom__reader_zigzag(struct mom__reader *reader);
/* Borrowed from the bytes. ptr is not NULL, for empty text too. */
struct mom_str mom__reader_str(struct mom__reader *reader);
/* Everything was read and nothing failed. */
bool mom__reader_ok(const struct mom__reader *reader);

#endif
