/*
 * Making and walking trees, for the parser and for the functions that build.
 */
#include "tree.h"

#include <string.h>

#include "catalogue.h"
#include "text.h"

void axi__msg_fail(struct axi_msg *msg, int error)
{
    axi__msg_fail_at(msg, error, AXI_A_NONE);
}

void axi__msg_fail_at(struct axi_msg *msg, int error, enum axi_attr attr)
{
    if (msg->error != AXI_OK)
        return;
    msg->error = error;
    msg->error_attr = attr;
}

void axi__msg_clear(struct axi_msg *msg, size_t keep)
{
    struct axi_elem empty = {.msg = msg, .offset = AXI__BUILT};
    axi__arena_reset(&msg->arena, keep);
    msg->root = NULL;
    msg->error = AXI_OK;
    msg->error_attr = AXI_A_NONE;
    msg->repaired = false;
    msg->asked = NULL;
    msg->sink = empty;
}

struct axi_elem *axi__elem_new(struct axi_msg *msg)
{
    struct axi_elem *elem = axi__arena_take(&msg->arena, sizeof *elem);
    if (elem != NULL) {
        memset(elem, 0, sizeof *elem);
        elem->msg = msg;
        elem->offset = AXI__BUILT;
    }
    return elem;
}

/* Records of a page follow each other with the same name: ask the catalogue for the first only. */
static bool same_as_last(const struct axi_elem *parent, struct axi_str name)
{
    return parent->last != NULL && axi__equal(parent->last->name, name);
}

bool axi__elem_link(struct axi_elem *parent, struct axi_elem *elem, struct axi_str name)
{
    bool known = false;
    elem->name = name;
    elem->parent = parent;
    if (parent == NULL) {
        elem->msg->root = elem;
        elem->type = axi__message_type(name);
        known = elem->type != AXI_T_NONE;
        if (known)
            elem->name.ptr = axi_type_name(elem->type);
        return known;
    }
    if (same_as_last(parent, name)) {
        elem->type = parent->last->type;
        elem->name = parent->last->name;
        known = true;
    } else {
        struct axi_child row;
        known = axi__child_of(parent->type, name, &row);
        if (known) {
            elem->type = row.type;
            elem->name.ptr = row.element;
        }
    }
    if (parent->last == NULL)
        parent->first = elem;
    else
        parent->last->next = elem;
    parent->last = elem;
    return known;
}

struct axi_str axi__attr_name(const struct axi__attr *attr)
{
    if (attr->id != AXI_A_NONE)
        return axi__attr_str((enum axi_attr)attr->id);
    uint32_t len;
    memcpy(&len, attr->value - sizeof len, sizeof len);
    struct axi_str name = {attr->value - sizeof len - len, len};
    return name;
}

static char *put_bytes(char *to, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(to, bytes, len);
    return to + len;
}

char *axi__attr_keep(struct axi_msg *msg, enum axi_attr id, struct axi_str name,
                     struct axi_str value)
{
    uint32_t name_len = (uint32_t)name.len;
    size_t front = id == AXI_A_NONE ? name.len + sizeof name_len : 0;
    char *kept = axi__arena_bytes(&msg->arena, front + value.len + 1);
    if (kept == NULL)
        return NULL;
    if (front > 0) {
        kept = put_bytes(kept, name.ptr, name.len);
        kept = put_bytes(kept, &name_len, sizeof name_len);
    }
    put_bytes(kept, value.ptr, value.len);
    return kept;
}

bool axi__elem_add_text(struct axi_elem *elem, const char *text, size_t len)
{
    if (len > UINT32_MAX / 4 || elem->text_len > UINT32_MAX / 4)
        return false;
    uint32_t needed = elem->text_len + (uint32_t)len;
    if (needed > elem->text_room) {
        /* Doubling from the second piece on: text can come in thousands of small pieces. */
        uint32_t room = elem->text_room == 0 ? needed : 2 * needed;
        char *grown = axi__arena_bytes(&elem->msg->arena, room);
        if (grown == NULL)
            return false;
        put_bytes(grown, elem->text, elem->text_len);
        elem->text = grown;
        elem->text_room = room;
    }
    put_bytes(elem->text + elem->text_len, text, len);
    elem->text_len = needed;
    return true;
}
