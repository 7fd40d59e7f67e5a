/*
 * The inside of a message: elements with their attributes, all in the message's arena.
 */
#ifndef AXI__TREE_H
#define AXI__TREE_H

#include <axi/message.h>

#include "arena.h"

/*
 * One attribute. Records have dozens of them, so it is small: a name that the catalogue has is not kept; one that it
 * has not lies in front of the value, followed by its length in 4 bytes (axi__attr_name).
 */
struct axi__attr {
    const char *value; /* in the arena */
    uint32_t len;
    uint16_t id; /* enum axi_attr */
};
_Static_assert(AXI_A_COUNT <= UINT16_MAX, "ids of attributes fit");

/* Offset of an element that was not read. */
#define AXI__BUILT UINT32_MAX

struct axi_elem {
    struct axi_msg *msg;
    struct axi_elem *parent, *next, *first, *last;
    struct axi_str name; /* static when the type is known, else in the arena */
    struct axi__attr *attrs;
    char *text;
    uint32_t count, room; /* attributes in use, and places for them */
    uint32_t text_len, text_room;
    uint32_t offset; /* of its first byte in the message that was read, or AXI__BUILT */
    enum axi_type type;
};

struct axi_msg {
    struct axi__arena arena;
    struct axi_elem *root;
    int error;
    enum axi_attr error_attr; /* where it was */
    bool repaired;
    /* Where the last look-up by id ended: a reader that asks in the order of the message finds the
     * next attribute at once. */
    const struct axi_elem *asked;
    unsigned asked_at;
    struct axi_elem sink; /* given out on error: swallows what is set on it */
};

/* Keep the first error. */
void axi__msg_fail(struct axi_msg *msg, int error);
/* The same with the attribute that it is about. */
void axi__msg_fail_at(struct axi_msg *msg, int error, enum axi_attr attr);
/* Empty the message, and give memory beyond `keep` bytes back. */
void axi__msg_clear(struct axi_msg *msg, size_t keep);
/* A root named `a` followed by `b`. */
struct axi_elem *axi__msg_start_joined(struct axi_msg *msg, struct axi_str a, struct axi_str b);

/* A zeroed element that is not yet linked; NULL on no memory. */
struct axi_elem *axi__elem_new(struct axi_msg *msg);
/* Give `elem` its place and type below `parent` (NULL: the root). A name that the catalogue has is
 * replaced by the catalogue's; false means that the name is still the caller's and is to be copied.
 */
bool axi__elem_link(struct axi_elem *parent, struct axi_elem *elem, struct axi_str name);
struct axi_str axi__attr_name(const struct axi__attr *attr);
/* Copy of `value` for an attribute, behind its name when `id` is AXI_A_NONE; NULL on no memory. */
char *axi__attr_keep(struct axi_msg *msg, enum axi_attr id, struct axi_str name,
                     struct axi_str value);
/* Append to the text; false on no memory. */
bool axi__elem_add_text(struct axi_elem *elem, const char *text, size_t len);

#endif
