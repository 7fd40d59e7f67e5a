/*
 * Open addressing with linear probing. A removal moves the slots behind it back, so there are no
 * graves and a map that lives for months does not slow down.
 */
#include "idmap.h"

#include "alloc.h"

#include <string.h>

enum { FIRST_SIZE = 16, NEAR = 4 };

void mom__idmap_init(struct mom__idmap *map, const struct mom_alloc *alloc)
{
    *map = (struct mom__idmap){.alloc = mom__alloc_copy(alloc)};
}

void mom__idmap_done(struct mom__idmap *map)
{
    mom__free(&map->alloc, map->slots);
    map->slots = NULL;
    map->size = map->count = 0;
}

void mom__idmap_reset(struct mom__idmap *map)
{
    if (map->count > 0)
        memset(map->slots, 0, map->size * sizeof *map->slots);
    map->count = 0;
}

/* Spreads keys that count up, but leaves NEAR of them beside each other, in one line of the cache: what is asked for
 * often comes in the order of its id (the finalizer of SplitMix64). */
static size_t home(uint64_t id, size_t size)
{
    uint64_t key = id / NEAR;

    key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((key ^ key >> 31) * NEAR + id % NEAR) & (size - 1);
}

/* The slot of a key, or the free one where it would go. The map has a free slot. */
static struct mom__idmap_slot *slot_of(struct mom__idmap_slot *slots, size_t size, uint64_t key)
{
    size_t i = home(key, size);
    while (slots[i].key != 0 && slots[i].key != key)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

static int grow(struct mom__idmap *map)
{
    if (map->size > SIZE_MAX / 4 / sizeof *map->slots)
        return MOM_ENOMEM;
    size_t size = map->size > 0 ? map->size * 2 : FIRST_SIZE;
    struct mom__idmap_slot *slots = mom__zalloc(&map->alloc, size * sizeof *slots);
    if (slots == NULL)
        return MOM_ENOMEM;
    for (size_t i = 0; i < map->size; i++) {
        if (map->slots[i].key != 0)
            *slot_of(slots, size, map->slots[i].key) = map->slots[i];
    }
    mom__free(&map->alloc, map->slots);
    map->slots = slots;
    map->size = size;
    return MOM_OK;
}

static const struct mom__idmap_slot *find(const struct mom__idmap *map, uint64_t key)
{
    if (map->count == 0 || key == 0)
        return NULL;
    const struct mom__idmap_slot *slot = slot_of(map->slots, map->size, key);
    return slot->key != 0 ? slot : NULL;
}

/* The slot for a new value; NULL with a code in *ret_rc. */
static struct mom__idmap_slot *place(struct mom__idmap *map, uint64_t key, int *ret_rc)
{
    struct mom__idmap_slot *slot;
    *ret_rc = MOM_EINVAL;
    if (key == 0)
        return NULL;
    slot = map->size > 0 ? slot_of(map->slots, map->size, key) : NULL;
    *ret_rc = MOM_OK;
    if ((slot == NULL || slot->key == 0) && map->count + 1 > map->size / 4 * 3) {
        *ret_rc = grow(map);
        slot = *ret_rc == MOM_OK ? slot_of(map->slots, map->size, key) : NULL;
    }
    if (slot == NULL)
        return NULL;
    map->count += slot->key == 0;
    slot->key = key;
    return slot;
}

int mom__idmap_put(struct mom__idmap *map, uint64_t key, uint64_t value)
{
    int rc;
    struct mom__idmap_slot *slot = place(map, key, &rc);
    if (slot != NULL)
        slot->value.number = value;
    return rc;
}

int mom__idmap_put_ptr(struct mom__idmap *map, uint64_t key, void *value)
{
    int rc;
    struct mom__idmap_slot *slot = place(map, key, &rc);
    if (slot != NULL)
        slot->value.ptr = value;
    return rc;
}

bool mom__idmap_has(const struct mom__idmap *map, uint64_t key)
{
    return find(map, key) != NULL;
}

bool mom__idmap_get(const struct mom__idmap *map, uint64_t key, uint64_t *ret_value)
{
    const struct mom__idmap_slot *slot = find(map, key);
    if (slot == NULL)
        return false;
    *ret_value = slot->value.number;
    return true;
}

void *mom__idmap_get_ptr(const struct mom__idmap *map, uint64_t key)
{
    const struct mom__idmap_slot *slot = find(map, key);
    return slot != NULL ? slot->value.ptr : NULL;
}

bool mom__idmap_del(struct mom__idmap *map, uint64_t key)
{
    if (!mom__idmap_has(map, key))
        return false;
    size_t mask = map->size - 1;
    size_t hole = (size_t)(slot_of(map->slots, map->size, key) - map->slots);
    for (size_t i = (hole + 1) & mask; map->slots[i].key != 0; i = (i + 1) & mask) {
        /* A slot may move back to the hole unless its home lies behind the hole. */
        size_t from_home = (i - home(map->slots[i].key, map->size)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    memset(&map->slots[hole], 0, sizeof map->slots[hole]);
    map->count--;
    return true;
}

struct mom__idmap_slot *mom__idmap_next(const struct mom__idmap *map, size_t *cursor)
{
    while (*cursor < map->size) {
        struct mom__idmap_slot *slot = &map->slots[(*cursor)++];
        if (slot->key != 0)
            return slot;
    }
    return NULL;
}
