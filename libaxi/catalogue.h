/*
 * What other files of libaxi need of the catalogue beyond <axi/catalogue.h>.
 */
#ifndef AXI__CATALOGUE_H
#define AXI__CATALOGUE_H

#include <axi/catalogue.h>

#include <string.h>

/* Name of an attribute with its length; `attr` is a valid id. */
struct axi_str axi__attr_str(enum axi_attr attr);
/* Type of a root element: NONE also for a name that only a record has. */
enum axi_type axi__message_type(struct axi_str name);
/* What the catalogue says of an element `name` inside a `parent`; false when nothing. */
bool axi__child_of(enum axi_type parent, struct axi_str name, struct axi_child *ret_child);
/* Value of that text in any enumeration. */
enum axi_value axi__value_anywhere(struct axi_str text);
/* Mark the attributes that are secret in some type. */
void axi__mark_secrets(bool secret[AXI_A_COUNT]);

/* --- attribute names: the hot path of the parser */

enum { AXI__ATTR_SLOTS = 2048 };
extern const uint16_t axi__attr_slots[AXI__ATTR_SLOTS]; /* ids by hash of the name, 0 = free */
extern const struct axi_str axi__attr_names[AXI_A_COUNT];

static inline unsigned axi__attr_hash(const char *name, size_t len)
{
    const unsigned char *u = (const unsigned char *)name;
    /* Names share beginnings (have…, timeStamp…) and ends (…RFPs), seldom both and the middle. */
    uint32_t h = (uint32_t)len * 0x9E3779B1u + u[0] * 0x85EBCA6Bu + u[len - 1] * 0xC2B2AE35u +
                 u[len / 2] * 0x27D4EB2Fu + u[len / 4] * 0x165667B1u +
                 u[len - 1 - len / 4] * 0x2C1B3C6Du;
    return (h ^ h >> 15) & (AXI__ATTR_SLOTS - 1);
}

/* Id of a name, and the catalogue's own copy of it; `len` is not 0. */
static inline enum axi_attr axi__attr_find(const char *name, size_t len, const char **ret_static)
{
    for (unsigned slot = axi__attr_hash(name, len);; slot = (slot + 1) & (AXI__ATTR_SLOTS - 1)) {
        unsigned id = axi__attr_slots[slot];
        if (id == 0)
            return AXI_A_NONE;
        const struct axi_str *known = &axi__attr_names[id];
        if (known->len == len && memcmp(known->ptr, name, len) == 0) {
            *ret_static = known->ptr;
            return (enum axi_attr)id;
        }
    }
}

#endif
