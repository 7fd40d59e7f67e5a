/*
 * Making messages small. The only place that knows zlib; built with MOM_NO_ZLIB it packs nothing and
 * refuses what others packed.
 */
#ifndef MOM__PACK_H
#define MOM__PACK_H

#include "buf.h"

/* Append the packed form of `bytes`. False: it would not be smaller, or there is no memory (`buf` is as before). */
bool mom__pack(struct mom__buf *buf, struct mom_str bytes);
/*
 * What was packed lately: several neighbours that are told the same, of the same records in the same order, are told it
 * packed once. Where there is no memory for it, nothing is kept.
 */
enum {
    MOM__PACKS = 128
}; /* ten neighbours that begin at the same time are so far apart after a while */
struct mom__packs {
    struct mom_alloc alloc;
    struct mom__packed *kept[MOM__PACKS];
    unsigned size, next; /* how many are kept, the oldest of them */
};
/* `size`: how many are kept at most, of some 30 KB each. */
void mom__packs_init(struct mom__packs *packs, const struct mom_alloc *alloc, uint32_t size);
/* Give the memory back; may be used on. */
void mom__packs_forget(struct mom__packs *packs);
/* mom__pack, unless the same bytes were packed lately. */
bool mom__packs_pack(struct mom__packs *packs, struct mom__buf *buf, struct mom_str bytes);

/* Unpack into `ret_bytes`, which has exactly `len` bytes. MOM_ECORRUPT, MOM_EFORMAT (built without), MOM_ENOMEM. */
MOM_MUST_CHECK int mom__unpack(struct mom_str bytes, const struct mom_alloc *alloc, char *ret_bytes,
                               size_t len);

#endif
