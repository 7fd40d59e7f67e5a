/*
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), written from the
 * paper.
 */
#include "hash.h"

/* Any fixed key does; it must never change. */
#define KEY0 UINT64_C(0x6d6f6d73796e6330)
#define KEY1 UINT64_C(0x6469676573742e31)

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void init_keyed(struct mom__hasher *hasher, uint64_t k0, uint64_t k1)
{
    hasher->v[0] = k0 ^ UINT64_C(0x736f6d6570736575);
    hasher->v[1] = k1 ^ UINT64_C(0x646f72616e646f6d);
    hasher->v[2] = k0 ^ UINT64_C(0x6c7967656e657261);
    hasher->v[3] = k1 ^ UINT64_C(0x7465646279746573);
    hasher->tail = 0;
    hasher->total = 0;
}

static inline void compress(struct mom__hasher *hasher, uint64_t word)
{
    hasher->v[3] ^= word;
    sip_round(hasher->v);
    sip_round(hasher->v);
    hasher->v[0] ^= word;
}

void mom__hasher_init(struct mom__hasher *hasher)
{
    init_keyed(hasher, KEY0, KEY1);
}

/* Little-endian whatever the machine is; compilers make one load of it. */
static inline uint64_t load(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

/* Eight more bytes, wherever in a word the last ones ended. */
static inline void add_word(struct mom__hasher *hasher, uint64_t word)
{
    unsigned used = 8 * (unsigned)(hasher->total % 8);
    compress(hasher, used == 0 ? word : hasher->tail | word << used);
    hasher->tail = used == 0 ? 0 : word >> (64 - used);
    hasher->total += 8;
}

static inline void add_byte(struct mom__hasher *hasher, unsigned char byte)
{
    hasher->tail |= (uint64_t)byte << (8 * (hasher->total % 8));
    if (++hasher->total % 8 != 0)
        return;
    compress(hasher, hasher->tail);
    hasher->tail = 0;
}

void mom__hasher_bytes(struct mom__hasher *hasher, const void *bytes, size_t len)
{
    struct mom__hasher h = *hasher; /* in registers */
    const unsigned char *at = bytes;
    if (h.total % 8 == 0) { /* nearly always */
        h.total += len & ~(size_t)7;
        for (; len >= 8; at += 8, len -= 8)
            compress(&h, load(at));
    }
    for (; len >= 8; at += 8, len -= 8)
        add_word(&h, load(at));
    for (; len > 0; at++, len--)
        add_byte(&h, *at);
    *hasher = h;
}

void mom__hasher_u64(struct mom__hasher *hasher, uint64_t value)
{
    add_word(hasher, value);
}

void mom__hasher_str(struct mom__hasher *hasher, struct mom_str text)
{
    mom__hasher_u64(hasher, text.ptr != NULL ? (uint64_t)text.len : UINT64_MAX);
    if (text.ptr != NULL)
        mom__hasher_bytes(hasher, text.ptr, text.len);
}

uint64_t mom__hasher_end(struct mom__hasher *hasher)
{
    compress(hasher, hasher->tail | (uint64_t)(hasher->total & 0xff) << 56);
    hasher->v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(hasher->v);
    return hasher->v[0] ^ hasher->v[1] ^ hasher->v[2] ^ hasher->v[3];
}

uint64_t mom__hash_keyed(uint64_t k0, uint64_t k1, const void *bytes, size_t len)
{
    struct mom__hasher hasher;
    init_keyed(&hasher, k0, k1);
    mom__hasher_bytes(&hasher, bytes, len);
    return mom__hasher_end(&hasher);
}

uint64_t mom__hash(const void *bytes, size_t len)
{
    return mom__hash_keyed(KEY0, KEY1, bytes, len);
}

uint64_t mom__hash_str(struct mom_str text)
{
    return mom__hash(text.ptr, text.len);
}
