/*
 * What other files of libaxi need of the catalogue beyond <axi/catalogue.h>.
 */
#ifndef AXI__CATALOGUE_H
#define AXI__CATALOGUE_H

#include <axi/catalogue.h>

#include <string.h>

/* Type of a root element: NONE also for a name that only a record has. */
enum axi_type axi__message_type(struct axi_str name);
/* What the catalogue says of an element `name` inside a `parent`; false when nothing. */
bool axi__child_of(enum axi_type parent, struct axi_str name, struct axi_child *ret_child);
/* The enumeration of an attribute where all types that enumerate it agree, NOTHING where they do not; `attr` is a
 * valid id. Saves a search in the type for most values that are read. */
enum axi_enum axi__attr_enum(enum axi_attr attr);
/* Value of that text in any enumeration. */
enum axi_value axi__value_anywhere(struct axi_str text);
/* Mark the attributes that are secret in some type. */
void axi__mark_secrets(bool secret[AXI_A_COUNT]);

/* --- attribute names: the hot path of the parser */

enum { AXI__ATTR_SLOTS = 2048 };
_Static_assert(AXI_A_COUNT * 2 < AXI__ATTR_SLOTS, "the table of attribute names is too full");

extern const char axi__pool[];                          /* all texts of the catalogue */
extern const uint16_t axi__attr_at[AXI_A_COUNT];        /* where in it a name begins */
extern const uint8_t axi__attr_len[AXI_A_COUNT];        /* and how long it is */
extern const uint16_t axi__attr_slots[AXI__ATTR_SLOTS]; /* ids by hash of the name, 0 = free */

/* Name of an attribute with its length; `attr` is a valid id. */
static inline struct axi_str axi__attr_str(enum axi_attr attr)
{
    struct axi_str name = {axi__pool + axi__attr_at[attr], axi__attr_len[attr]};
    return name;
}

/* `len` is not 0. tools/axigen.py has the same function. */
static inline uint32_t axi__name_hash(const char *name, size_t len)
{
    const unsigned char *u = (const unsigned char *)name;
    /* Names share beginnings (have…, timeStamp…) and ends (…RFPs), seldom both and the middle. */
    uint32_t h = (uint32_t)len * 0x9E3779B1u + u[0] * 0x85EBCA6Bu + u[len - 1] * 0xC2B2AE35u +
                 u[len / 2] * 0x27D4EB2Fu + u[len / 4] * 0x165667B1u +
                 u[len - 1 - len / 4] * 0x2C1B3C6Du;
    return h ^ h >> 15;
}

/* Id of a name, and the catalogue's own copy of it; `len` is not 0. */
static inline enum axi_attr axi__attr_find(const char *name, size_t len, const char **ret_static)
{
    uint32_t slot = axi__name_hash(name, len);
    for (;; slot++) {
        unsigned id = axi__attr_slots[slot & (AXI__ATTR_SLOTS - 1)];
        if (id == 0)
            return AXI_A_NONE;
        const char *known = axi__pool + axi__attr_at[id];
        if (axi__attr_len[id] == len && memcmp(known, name, len) == 0) {
            *ret_static = known;
            return (enum axi_attr)id;
        }
    }
}

#endif
