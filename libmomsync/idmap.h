/*
 * A map from 64-bit keys to 64-bit values or pointers: what was seen in an import, what is in
 * flight. Open addressing with linear probing; never more than three quarters full.
 */
#ifndef MOM__IDMAP_H
#define MOM__IDMAP_H

#include <momsync/base.h>

struct mom__idmap_slot {
    uint64_t key; /* 0: free */
    union {
        uint64_t number;
        void *ptr;
    } value;
};

struct mom__idmap {
    struct mom_alloc alloc;
    struct mom__idmap_slot *slots;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

void mom__idmap_init(struct mom__idmap *map,
                     const struct mom_alloc *alloc); /* takes no memory yet */
void mom__idmap_done(struct mom__idmap *map);
/* Remove all; the memory is kept. */
void mom__idmap_reset(struct mom__idmap *map);
/* Key 0 is not allowed (MOM_EINVAL). A key that is there gets the new value. MOM_ENOMEM leaves the
 * map as it was. */
MOM_MUST_CHECK int mom__idmap_put(struct mom__idmap *map, uint64_t key, uint64_t value);
MOM_MUST_CHECK int mom__idmap_put_ptr(struct mom__idmap *map, uint64_t key, void *value);
bool mom__idmap_has(const struct mom__idmap *map, uint64_t key);
bool mom__idmap_get(const struct mom__idmap *map, uint64_t key, uint64_t *ret_value);
void *mom__idmap_get_ptr(const struct mom__idmap *map, uint64_t key); /* NULL: not there */
/* True when it was there. */
bool mom__idmap_del(struct mom__idmap *map, uint64_t key);
/* Walk in no order: `cursor` begins at 0. Nothing may be put or removed meanwhile; values may
 * change. NULL at the end. */
struct mom__idmap_slot *mom__idmap_next(const struct mom__idmap *map, size_t *cursor);

#endif
