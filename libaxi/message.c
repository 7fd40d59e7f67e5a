/*
 * Messages: their life, and reading them. What changes them is in build.c.
 */
#include <axi/message.h>

#include <string.h>

#include "alloc.h"
#include "catalogue.h"
#include "text.h"
#include "tree.h"

struct axi_msg *axi_msg_new(const struct axi_alloc *alloc)
{
    struct axi_alloc hook = axi__alloc_copy(alloc);
    struct axi_msg *msg = axi__realloc(&hook, NULL, sizeof *msg);
    if (msg == NULL)
        return NULL;
    axi__arena_init(&msg->arena, &hook);
    axi__msg_clear(msg, SIZE_MAX);
    return msg;
}

void axi_msg_free(struct axi_msg *msg)
{
    if (msg == NULL)
        return;
    struct axi_alloc hook = msg->arena.alloc;
    axi__arena_done(&msg->arena);
    axi__free(&hook, msg);
}

void axi_msg_reset(struct axi_msg *msg)
{
    if (msg != NULL)
        axi__msg_clear(msg, SIZE_MAX);
}

struct axi_elem *axi_msg_root(const struct axi_msg *msg)
{
    return msg != NULL ? msg->root : NULL;
}

int axi_msg_error(const struct axi_msg *msg)
{
    return msg != NULL ? msg->error : AXI_EINVAL;
}

enum axi_attr axi_msg_error_attr(const struct axi_msg *msg)
{
    return msg != NULL ? msg->error_attr : AXI_A_NONE;
}

enum axi_type axi_msg_type(const struct axi_msg *msg)
{
    return axi_elem_type(axi_msg_root(msg));
}

bool axi_msg_repaired(const struct axi_msg *msg)
{
    return msg != NULL && msg->repaired;
}

/* --- elements -------------------------------------------------------------------------------- */

enum axi_type axi_elem_type(const struct axi_elem *elem)
{
    return elem != NULL ? elem->type : AXI_T_NONE;
}

struct axi_str axi_elem_name(const struct axi_elem *elem)
{
    struct axi_str none = {NULL, 0};
    return elem != NULL ? elem->name : none;
}

struct axi_str axi_elem_text(const struct axi_elem *elem)
{
    struct axi_str text = {NULL, 0};
    if (elem != NULL) {
        text.ptr = elem->text;
        text.len = elem->text_len;
    }
    return text;
}

static struct axi_elem *first_named(struct axi_elem *elem, const char *name)
{
    struct axi_str wanted = axi__str(name);
    while (elem != NULL && name != NULL && !axi__equal(elem->name, wanted))
        elem = elem->next;
    return elem;
}

struct axi_elem *axi_first_child(const struct axi_elem *elem, const char *name)
{
    return elem != NULL ? first_named(elem->first, name) : NULL;
}

struct axi_elem *axi_next_sibling(const struct axi_elem *elem, const char *name)
{
    return elem != NULL ? first_named(elem->next, name) : NULL;
}

struct axi_elem *axi_elem_parent(const struct axi_elem *elem)
{
    return elem != NULL ? elem->parent : NULL;
}

struct axi_elem *axi_next_in_tree(const struct axi_elem *top, const struct axi_elem *elem)
{
    if (elem == NULL || elem->first != NULL)
        return elem != NULL ? elem->first : NULL;
    while (elem != top && elem->next == NULL)
        elem = elem->parent;
    return elem == top ? NULL : elem->next;
}

/* --- attributes ------------------------------------------------------------------------------- */

size_t axi_attr_count(const struct axi_elem *elem)
{
    return elem != NULL ? elem->count : 0;
}

bool axi_attr_at(const struct axi_elem *elem, size_t i, struct axi_attr_view *ret_view)
{
    if (elem == NULL || i >= elem->count)
        return false;
    const struct axi__attr *attr = &elem->attrs[i];
    ret_view->id = (enum axi_attr)attr->id;
    ret_view->name = axi__attr_name(attr);
    ret_view->value.ptr = attr->value;
    ret_view->value.len = attr->len;
    return true;
}

static const struct axi__attr *find(const struct axi_elem *elem, enum axi_attr id)
{
    if (elem == NULL || id == AXI_A_NONE)
        return NULL;
    struct axi_msg *msg = elem->msg;
    unsigned start = msg->asked == elem && msg->asked_at < elem->count ? msg->asked_at : 0;
    unsigned i = start;
    while (i < elem->count && elem->attrs[i].id != id)
        i++;
    if (i == elem->count)
        for (i = 0; i < start && elem->attrs[i].id != id;)
            i++;
    if (i >= elem->count || elem->attrs[i].id != id)
        return NULL;
    msg->asked = elem;
    msg->asked_at = i + 1;
    return &elem->attrs[i];
}

static struct axi_str value_of(const struct axi__attr *attr)
{
    struct axi_str value = {NULL, 0};
    if (attr != NULL) {
        value.ptr = attr->value;
        value.len = attr->len;
    }
    return value;
}

bool axi_has(const struct axi_elem *elem, enum axi_attr attr)
{
    return find(elem, attr) != NULL;
}

struct axi_str axi_get_str(const struct axi_elem *elem, enum axi_attr attr)
{
    return value_of(find(elem, attr));
}

struct axi_str axi_get_named(const struct axi_elem *elem, const char *name)
{
    struct axi_str wanted = axi__str(name);
    for (size_t i = 0; name != NULL && i < axi_attr_count(elem); i++)
        if (axi__equal(axi__attr_name(&elem->attrs[i]), wanted))
            return value_of(&elem->attrs[i]);
    return value_of(NULL);
}
