/*
 * A 64-bit hash of bytes: SipHash-2-4 with a fixed key. The values are part of the store's format
 * (base rows, keys of long values). The key is public, so this is no defence against somebody who
 * picks values on purpose; where a collision would do harm, compare the values.
 */
#ifndef MOM__HASH_H
#define MOM__HASH_H

#include <momsync/base.h>

uint64_t mom__hash(const void *bytes, size_t len);
uint64_t mom__hash_str(struct mom_str text);
/* SipHash-2-4 with a key of the caller (k0, k1 as in the paper). */
uint64_t mom__hash_keyed(uint64_t k0, uint64_t k1, const void *bytes, size_t len);

/* Piece by piece: the result does not depend on where the pieces were cut. */
struct mom__hasher {
    uint64_t v[4];
    uint64_t tail;
    size_t total;
};
void mom__hasher_init(struct mom__hasher *hasher);
void mom__hasher_bytes(struct mom__hasher *hasher, const void *bytes, size_t len);
void mom__hasher_u64(struct mom__hasher *hasher, uint64_t value);
/* A text with its length before it; missing and empty differ. */
void mom__hasher_str(struct mom__hasher *hasher, struct mom_str text);
uint64_t mom__hasher_end(struct mom__hasher *hasher);

#endif
