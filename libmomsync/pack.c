/*
 * Raw deflate (RFC 1951) of one message at a time: messages stand alone, so a lost connection takes
 * no state with it.
 */
#include "pack.h"

#include "alloc.h"
#include "hash.h"

#include <string.h>

#ifdef MOM_NO_ZLIB

bool mom__pack(struct mom__buf *buf, struct mom_str bytes)
{
    (void)buf;
    (void)bytes;
    return false;
}

int mom__unpack(struct mom_str bytes, const struct mom_alloc *alloc, char *ret_bytes, size_t len)
{
    (void)bytes;
    (void)alloc;
    (void)ret_bytes;
    (void)len;
    return MOM_EFORMAT;
}

#else

#include <zlib.h>

/* Level 4 and up find 2 % more in records and take twice as long; a window of 32 KB holds some fifty. */
enum { LEVEL = 2, WINDOW_BITS = -15, MEMORY = 8 };

static void *take(void *user, unsigned count, unsigned size)
{
    return mom__zalloc(user, (size_t)count * size);
}

static void give_back(void *user, void *ptr)
{
    mom__free(user, ptr);
}

static z_stream stream_of(struct mom_alloc *alloc)
{
    z_stream z;

    memset(&z, 0, sizeof z);
    z.zalloc = take;
    z.zfree = give_back;
    z.opaque = alloc;
    return z;
}

/* zlib only reads through it. */
static Bytef *input(struct mom_str bytes)
{
    union {
        const char *in;
        Bytef *out;
    } ptr = {.in = bytes.ptr};

    return ptr.out;
}

bool mom__pack(struct mom__buf *buf, struct mom_str bytes)
{
    struct mom_alloc alloc = buf->alloc;
    z_stream z = stream_of(&alloc);
    size_t start = buf->len;
    bool ok = false;
    char *room = mom__zalloc(&alloc, bytes.len);

    if (room &&
        deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK) {
        z.next_in = input(bytes);
        z.avail_in = (uInt)bytes.len;
        z.next_out = (Bytef *)room;
        z.avail_out = (uInt)bytes.len;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < bytes.len;
        (void)deflateEnd(&z);
    }
    if (ok)
        mom__buf_bytes(buf, room, (size_t)z.total_out);
    mom__free(&alloc, room);
    if (buf->failed || !ok)
        buf->len = start;
    return ok && !buf->failed;
}

int mom__unpack(struct mom_str bytes, const struct mom_alloc *hook, char *ret_bytes, size_t len)
{
    struct mom_alloc alloc = mom__alloc_copy(hook);
    z_stream z = stream_of(&alloc);
    int rc;

    if (inflateInit2(&z, WINDOW_BITS) != Z_OK)
        return MOM_ENOMEM;
    z.next_in = input(bytes);
    z.avail_in = (uInt)bytes.len;
    z.next_out = (Bytef *)ret_bytes;
    z.avail_out = (uInt)len;
    rc = inflate(&z, Z_FINISH);
    (void)inflateEnd(&z);
    if (rc == Z_MEM_ERROR)
        return MOM_ENOMEM;
    return rc == Z_STREAM_END && z.total_out == len && z.avail_in == 0 ? MOM_OK : MOM_ECORRUPT;
}

#endif

/* --- what was packed lately ------------------------------------------------------------------------ */

struct mom__packed {
    uint64_t hash;
    size_t raw_len, packed_len;
    char bytes[]; /* raw, packed */
};

void mom__packs_init(struct mom__packs *packs, const struct mom_alloc *alloc, uint32_t size)
{
    memset(packs, 0, sizeof *packs);
    packs->alloc = mom__alloc_copy(alloc);
    packs->size = size < MOM__PACKS ? size : MOM__PACKS;
}

void mom__packs_forget(struct mom__packs *packs)
{
    for (unsigned i = 0; i < packs->size; i++) {
        mom__free(&packs->alloc, packs->kept[i]);
        packs->kept[i] = NULL;
    }
    packs->next = 0;
}

static const struct mom__packed *find(const struct mom__packs *packs, uint64_t hash,
                                      struct mom_str raw)
{
    for (unsigned i = 0; i < packs->size; i++) {
        const struct mom__packed *at = packs->kept[i];

        if (at && at->hash == hash && at->raw_len == raw.len &&
            memcmp(at->bytes, raw.ptr, raw.len) == 0)
            return at;
    }
    return NULL;
}

static void keep(struct mom__packs *packs, uint64_t hash, struct mom_str raw, struct mom_str packed)
{
    struct mom__packed *kept = mom__alloc(&packs->alloc, sizeof *kept + raw.len + packed.len);

    if (!kept)
        return;
    kept->hash = hash;
    kept->raw_len = raw.len;
    kept->packed_len = packed.len;
    memcpy(kept->bytes, raw.ptr, raw.len);
    memcpy(kept->bytes + raw.len, packed.ptr, packed.len);
    mom__free(&packs->alloc, packs->kept[packs->next]);
    packs->kept[packs->next] = kept;
    packs->next = (packs->next + 1) % packs->size;
}

bool mom__packs_pack(struct mom__packs *packs, struct mom__buf *buf, struct mom_str bytes)
{
    uint64_t hash = mom__hash(bytes.ptr, bytes.len);
    const struct mom__packed *known = find(packs, hash, bytes);
    size_t start = buf->len;

    if (known) {
        mom__buf_bytes(buf, known->bytes + known->raw_len, known->packed_len);
        return !buf->failed;
    }
    if (!mom__pack(buf, bytes))
        return false;
    keep(packs, hash, bytes, (struct mom_str){buf->ptr + start, buf->len - start});
    return true;
}
