/*
 * Writing and reading the pieces of encoded rows.
 */
#include "buf.h"

#include "alloc.h"

#include <momsync/limits.h>

enum { FIRST_SIZE = MOM_BUFFER_BYTES, VARINT_MAX = 10 };

void mom__buf_init(struct mom__buf *buf, const struct mom_alloc *alloc)
{
    *buf = (struct mom__buf){.alloc = mom__alloc_copy(alloc)};
}

void mom__buf_done(struct mom__buf *buf)
{
    mom__free(&buf->alloc, buf->ptr);
    buf->ptr = NULL;
    buf->len = buf->size = 0;
}

void mom__buf_reset(struct mom__buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

bool mom__buf_grow(struct mom__buf *buf, size_t len)
{
    if (buf->failed || len > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
        buf->failed = true;
        return false;
    }
    size_t size = buf->size > 0 ? buf->size : FIRST_SIZE;
    while (size - buf->len < len)
        size *= 2;
    char *ptr = mom__realloc(&buf->alloc, buf->ptr, size);
    if (ptr == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = ptr;
    buf->size = size;
    return true;
}

void mom__buf_u64(struct mom__buf *buf, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 7; i >= 0; i--, value >>= 8)
        bytes[i] = (unsigned char)value;
    mom__buf_bytes(buf, bytes, sizeof bytes);
}

void mom__buf_long(struct mom__buf *buf, uint64_t value)
{
    unsigned char bytes[VARINT_MAX];
    size_t len = 0;
    while (value >= 0x80) {
        bytes[len++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (unsigned char)value;
    mom__buf_bytes(buf, bytes, len);
}

void mom__buf_zigzag(struct mom__buf *buf, int64_t value)
{
    uint64_t bits = (uint64_t)value << 1;
    mom__buf_varint(buf, value < 0 ? ~bits : bits);
}

struct mom_str mom__buf_view(const struct mom__buf *buf)
{
    return (struct mom_str){buf->ptr != NULL ? buf->ptr : "", buf->len};
}

void mom__reader_init(struct mom__reader *reader, struct mom_str bytes)
{
    const unsigned char *at = (const unsigned char *)(bytes.ptr != NULL ? bytes.ptr : "");
    *reader = (struct mom__reader){.at = at, .end = at + bytes.len};
}

uint64_t mom__reader_u64(struct mom__reader *reader)
{
    const unsigned char *bytes = mom__reader_bytes(reader, 8);
    uint64_t value = 0;
    for (int i = 0; bytes != NULL && i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint64_t mom__reader_long(struct mom__reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned byte = mom__reader_u8(reader);
        if (reader->failed)
            return 0;
        if (shift == 63 && byte > 1)
            break; /* more than 64 bits */
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte != 0 || shift == 0)
                return value;
            break; /* a last byte of 0 adds nothing: not the shortest form */
        }
    }
    reader->failed = true;
    return 0;
}

uint32_t mom__reader_varint32(struct mom__reader *reader)
{
    uint64_t value = mom__reader_varint(reader);
    if (value <= UINT32_MAX)
        return (uint32_t)value;
    reader->failed = true;
    return 0;
}

int64_t mom__reader_zigzag(struct mom__reader *reader)
{
    uint64_t bits = mom__reader_varint(reader);
    int64_t half = (int64_t)(bits >> 1);
    return (bits & 1) != 0 ? -half - 1 : half;
}

struct mom_str mom__reader_str(struct mom__reader *reader)
{
    uint64_t len = mom__reader_varint(reader);
    if (len > (size_t)(reader->end - reader->at))
        reader->failed = true;
    if (reader->failed)
        return (struct mom_str){"", 0};
    const unsigned char *bytes = mom__reader_bytes(reader, (size_t)len);
    return (struct mom_str){(const char *)bytes, (size_t)len};
}

bool mom__reader_ok(const struct mom__reader *reader)
{
    return !reader->failed && reader->at == reader->end;
}
