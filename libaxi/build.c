/*
 * Building messages. Every function checks what it is given, so that no tree can be built that
 * would not be well-formed XML, and leaves the first error in the message.
 */
#include <axi/message.h>

#include <string.h>

#include "catalogue.h"
#include "text.h"
#include "tree.h"

/* True when `elem` takes changes: it exists, is not the sink, and nothing went wrong before. */
static bool is_open(const struct axi_elem *elem)
{
    return elem != NULL && elem != &elem->msg->sink && elem->msg->error == AXI_OK;
}

static struct axi_elem *fail(struct axi_msg *msg, int error)
{
    axi__msg_fail(msg, error);
    return &msg->sink;
}

/* Copy of `text` in the arena. Its ptr is NULL on no memory, and only then. */
static struct axi_str keep(struct axi_msg *msg, struct axi_str text)
{
    struct axi_str kept = {NULL, 0};
    char *copy = axi__arena_bytes(&msg->arena, text.len > 0 ? text.len : 1);
    if (copy == NULL) {
        axi__msg_fail(msg, AXI_ENOMEM);
        return kept;
    }
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    kept.ptr = copy;
    kept.len = text.len;
    return kept;
}

/* --- elements */

static struct axi_elem *add_elem(struct axi_msg *msg, struct axi_elem *parent, struct axi_str name)
{
    struct axi_elem *elem = axi__elem_new(msg);
    if (elem == NULL)
        return fail(msg, AXI_ENOMEM);
    if (!axi__elem_link(parent, elem, name))
        elem->name = keep(msg, name);
    return msg->error == AXI_OK ? elem : &msg->sink;
}

struct axi_elem *axi_msg_start(struct axi_msg *msg, enum axi_type type)
{
    if (msg == NULL)
        return NULL;
    axi__msg_clear(msg, SIZE_MAX);
    const char *name = axi_type_name(type);
    if (name == NULL)
        return fail(msg, AXI_EINVAL);
    struct axi_elem *root = add_elem(msg, NULL, axi__str(name));
    if (root != &msg->sink)
        root->type = type; /* a record has one too when it is asked for by id */
    return root;
}

struct axi_elem *axi__msg_start_joined(struct axi_msg *msg, struct axi_str a, struct axi_str b)
{
    axi__msg_clear(msg, SIZE_MAX);
    char *name = axi__arena_bytes(&msg->arena, a.len + b.len + 1);
    if (name == NULL)
        return fail(msg, AXI_ENOMEM);
    if (a.len > 0)
        memcpy(name, a.ptr, a.len);
    if (b.len > 0)
        memcpy(name + a.len, b.ptr, b.len);
    struct axi_elem *root = axi__elem_new(msg);
    if (root == NULL)
        return fail(msg, AXI_ENOMEM);
    struct axi_str joined = {name, a.len + b.len};
    axi__elem_link(NULL, root, joined);
    return root;
}

struct axi_elem *axi_msg_start_named(struct axi_msg *msg, struct axi_str name)
{
    if (msg == NULL)
        return NULL;
    if (!axi__is_name(name)) {
        axi__msg_clear(msg, SIZE_MAX);
        return fail(msg, AXI_EINVAL);
    }
    return axi__msg_start_joined(msg, name, axi__str(""));
}

struct axi_elem *axi_add_child(struct axi_elem *elem, const char *name)
{
    if (!is_open(elem))
        return elem != NULL ? &elem->msg->sink : NULL;
    if (!axi__is_name(axi__str(name)))
        return fail(elem->msg, AXI_EINVAL);
    return add_elem(elem->msg, elem, axi__str(name));
}

/* --- attributes */

static unsigned find_place(const struct axi_elem *elem, enum axi_attr id, struct axi_str name)
{
    unsigned i = 0;
    while (i < elem->count) {
        const struct axi__attr *attr = &elem->attrs[i];
        if (id != AXI_A_NONE ? attr->id == id
                             : attr->id == AXI_A_NONE && axi__equal(axi__attr_name(attr), name))
            break;
        i++;
    }
    return i;
}

/* Places for `room` attributes. */
static bool make_room(struct axi_elem *elem, uint32_t room)
{
    if (room <= elem->room)
        return true;
    struct axi__attr *attrs = axi__arena_take(&elem->msg->arena, room * sizeof *attrs);
    if (attrs == NULL) {
        axi__msg_fail(elem->msg, AXI_ENOMEM);
        return false;
    }
    if (elem->count > 0)
        memcpy(attrs, elem->attrs, elem->count * sizeof *attrs);
    elem->attrs = attrs;
    elem->room = room;
    return true;
}

/* Everything is checked: put it in. The old value stays in the arena, where it may be borrowed. */
static void put(struct axi_elem *elem, enum axi_attr id, struct axi_str name, struct axi_str value)
{
    unsigned place = find_place(elem, id, name);
    const char *kept = axi__attr_keep(elem->msg, id, name, value);
    if (kept == NULL) {
        axi__msg_fail(elem->msg, AXI_ENOMEM);
        return;
    }
    if (place == elem->count) {
        if (elem->count == elem->room && !make_room(elem, elem->count < 4 ? 8 : 2 * elem->count))
            return;
        elem->count++;
    }
    struct axi__attr attr = {kept, (uint32_t)value.len, (uint16_t)id};
    elem->attrs[place] = attr;
}

static void drop(struct axi_elem *elem, unsigned place)
{
    if (place >= elem->count)
        return;
    elem->count--;
    memmove(elem->attrs + place, elem->attrs + place + 1,
            (elem->count - place) * sizeof elem->attrs[0]);
}

static void set(struct axi_elem *elem, enum axi_attr id, struct axi_str name, struct axi_str value)
{
    if (value.ptr == NULL) {
        drop(elem, find_place(elem, id, name));
        return;
    }
    int rc = value.len <= UINT32_MAX ? axi__check_text(value) : AXI_EINVAL;
    if (rc == AXI_OK)
        put(elem, id, name, value);
    else
        axi__msg_fail_at(elem->msg, rc, id);
}

void axi_set_str(struct axi_elem *elem, enum axi_attr attr, struct axi_str value)
{
    if (!is_open(elem))
        return;
    if (axi_attr_name(attr) == NULL)
        axi__msg_fail(elem->msg, AXI_EINVAL);
    else
        set(elem, attr, axi__attr_str(attr), value);
}

void axi_set_cstr(struct axi_elem *elem, enum axi_attr attr, const char *value)
{
    axi_set_str(elem, attr, axi__str(value));
}

void axi_set_named(struct axi_elem *elem, struct axi_str name, struct axi_str value)
{
    if (!is_open(elem))
        return;
    if (!axi__is_name(name) || name.len > UINT32_MAX)
        axi__msg_fail(elem->msg, AXI_EINVAL);
    else
        set(elem, axi_attr_of(name), name, value);
}

void axi_unset(struct axi_elem *elem, enum axi_attr attr)
{
    struct axi_str none = {NULL, 0};
    axi_set_str(elem, attr, none);
}

void axi_set_text(struct axi_elem *elem, struct axi_str text)
{
    if (!is_open(elem))
        return;
    int rc = axi__check_text(text);
    if (rc != AXI_OK)
        axi__msg_fail(elem->msg, rc);
    elem->text = NULL;
    elem->text_len = elem->text_room = 0;
    /* An empty text cannot be told from none once it is written, so there is none. */
    if (rc == AXI_OK && text.len > 0 && !axi__elem_add_text(elem, text.ptr, text.len))
        axi__msg_fail(elem->msg, AXI_ENOMEM);
}

/* --- copies */

static bool copy_attrs(struct axi_elem *to, const struct axi_elem *from)
{
    if (!make_room(to, from->count))
        return false;
    for (unsigned i = 0; i < from->count; i++) {
        struct axi__attr attr = from->attrs[i];
        struct axi_str value = {attr.value, attr.len};
        attr.value = axi__attr_keep(to->msg, (enum axi_attr)attr.id, axi__attr_name(&attr), value);
        if (attr.value == NULL) {
            axi__msg_fail(to->msg, AXI_ENOMEM);
            return false;
        }
        to->attrs[i] = attr;
    }
    to->count = from->count;
    if (from->text_len > 0 && !axi__elem_add_text(to, from->text, from->text_len)) {
        axi__msg_fail(to->msg, AXI_ENOMEM);
        return false;
    }
    return true;
}

static struct axi_elem *copy_one(struct axi_elem *parent, const struct axi_elem *from)
{
    struct axi_elem *copy = add_elem(parent->msg, parent, from->name);
    if (copy == &parent->msg->sink || !copy_attrs(copy, from))
        return NULL;
    if (copy->type == AXI_T_NONE)
        copy->type = from->type; /* a known record keeps its type in an unknown place */
    return copy;
}

struct axi_elem *axi_add_copy(struct axi_elem *elem, const struct axi_elem *from)
{
    if (!is_open(elem))
        return elem != NULL ? &elem->msg->sink : NULL;
    if (from == NULL || from == &from->msg->sink)
        return fail(elem->msg, AXI_EINVAL);
    /* An element may be copied into itself: what hangs below it now is the copy's source, and the
     * copy itself is left out. */
    struct axi_elem *top = copy_one(elem, from), *at = top;
    for (const struct axi_elem *source = from; at != NULL;) {
        const struct axi_elem *next = source->first;
        if (next == top)
            next = next->next;
        while (next == NULL && source != from) {
            next = source->next == top ? NULL : source->next;
            source = source->parent;
            at = at->parent;
        }
        if (next == NULL)
            return top;
        at = copy_one(at, next);
        source = next;
    }
    return &elem->msg->sink;
}
