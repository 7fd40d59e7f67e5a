/*
 * Typed values: the text of an attribute as a number, a truth, a value of an enumeration, bytes or a list of numbers,
 * and back. Nothing is allocated but the text that a message keeps.
 */
#include <axi/message.h>

#include "catalogue.h"
#include "text.h"
#include "tree.h"

/* --- reading */

int axi_get_int(const struct axi_elem *elem, enum axi_attr attr, int64_t *ret)
{
    struct axi_str text = axi_get_str(elem, attr);
    if (text.ptr == NULL)
        return AXI_ENOENT;
    return axi__parse_int(text, ret) ? AXI_OK : AXI_EVALUE;
}

int axi_get_int32(const struct axi_elem *elem, enum axi_attr attr, int32_t *ret)
{
    int64_t value;
    int rc = axi_get_int(elem, attr, &value);
    if (rc == AXI_OK && (value < INT32_MIN || value > INT32_MAX))
        rc = AXI_EVALUE;
    if (rc == AXI_OK)
        *ret = (int32_t)value;
    return rc;
}

int axi_get_uint32(const struct axi_elem *elem, enum axi_attr attr, uint32_t *ret)
{
    int64_t value;
    int rc = axi_get_int(elem, attr, &value);
    if (rc == AXI_OK && (value < 0 || value > UINT32_MAX))
        rc = AXI_EVALUE;
    if (rc == AXI_OK)
        *ret = (uint32_t)value;
    return rc;
}

int axi_get_bool(const struct axi_elem *elem, enum axi_attr attr, bool *ret)
{
    struct axi_str text = axi_get_str(elem, attr);
    if (text.ptr == NULL)
        return AXI_ENOENT;
    return axi__parse_bool(text, ret) ? AXI_OK : AXI_EVALUE;
}

/* In an element that the catalogue does not describe, any value of any enumeration will do. */
static enum axi_value value_in(enum axi_type type, enum axi_attr attr, struct axi_str text)
{
    struct axi_field field;
    if (axi_type_field(type, attr, &field) && field.form == AXI_ENUMERATED)
        return axi_value_of(field.of, text);
    return axi__value_anywhere(text);
}

int axi_get_enum(const struct axi_elem *elem, enum axi_attr attr, enum axi_value *ret)
{
    struct axi_str text = axi_get_str(elem, attr);
    if (text.ptr == NULL)
        return AXI_ENOENT;
    enum axi_value value = axi_value_of(axi__attr_enum(attr), text);
    if (value == AXI_V_NOTHING)
        value = value_in(elem->type, attr, text);
    if (value == AXI_V_NOTHING)
        return AXI_EVALUE;
    *ret = value;
    return AXI_OK;
}

int axi_get_int_list(const struct axi_elem *elem, enum axi_attr attr, size_t *at, int64_t *ret)
{
    struct axi_str text = axi_get_str(elem, attr);
    if (text.ptr == NULL || axi__int_list_end(text, *at))
        return AXI_ENOENT;
    return axi__int_list_next(text, at, ret) ? AXI_OK : AXI_EVALUE;
}

int axi_get_hex(const struct axi_elem *elem, enum axi_attr attr, void *ret_bytes, size_t max,
                size_t *ret_len)
{
    struct axi_str text = axi_get_str(elem, attr);
    unsigned char *bytes = ret_bytes;
    if (text.ptr == NULL)
        return AXI_ENOENT;
    for (size_t i = 0; i < text.len; i++)
        if (axi__digit_of(text.ptr[i], 16) < 0)
            return AXI_EVALUE;
    if (text.len % 2 != 0)
        return AXI_EVALUE;
    if (text.len / 2 > max)
        return AXI_EFULL;
    for (size_t i = 0; i < text.len; i += 2)
        bytes[i / 2] = (unsigned char)(axi__digit_of(text.ptr[i], 16) * 16 +
                                       axi__digit_of(text.ptr[i + 1], 16));
    *ret_len = text.len / 2;
    return AXI_OK;
}

int64_t axi_get_int_or(const struct axi_elem *elem, enum axi_attr attr, int64_t otherwise)
{
    int64_t value;
    return axi_get_int(elem, attr, &value) == AXI_OK ? value : otherwise;
}

bool axi_get_bool_or(const struct axi_elem *elem, enum axi_attr attr, bool otherwise)
{
    bool value;
    return axi_get_bool(elem, attr, &value) == AXI_OK ? value : otherwise;
}

/* --- building */

void axi_set_int(struct axi_elem *elem, enum axi_attr attr, int64_t value)
{
    char text[AXI__INT_TEXT];
    struct axi_str str = {text, axi__format_int(text, value)};
    axi_set_str(elem, attr, str);
}

void axi_set_bool(struct axi_elem *elem, enum axi_attr attr, bool value)
{
    axi_set_cstr(elem, attr, value ? "1" : "0");
}

void axi_set_enum(struct axi_elem *elem, enum axi_attr attr, enum axi_value value)
{
    if (axi_value_text(value) != NULL)
        axi_set_cstr(elem, attr, axi_value_text(value));
    else if (elem != NULL)
        axi__msg_fail_at(elem->msg, AXI_EINVAL, attr);
}

/* Room in the message for a text of up to `size` bytes; NULL when there is none, and then that is the
 * message's error. */
static char *text_room(struct axi_elem *elem, size_t count, size_t size)
{
    if (elem == NULL || elem->msg->error != AXI_OK)
        return NULL;
    char *text =
        count < UINT32_MAX / size ? axi__arena_bytes(&elem->msg->arena, count * size + 1) : NULL;
    if (text == NULL)
        axi__msg_fail(elem->msg, AXI_ENOMEM);
    return text;
}

void axi_set_int_list(struct axi_elem *elem, enum axi_attr attr, const int64_t *values,
                      size_t count)
{
    char *text = text_room(elem, count, AXI__INT_TEXT + 1);
    size_t len = 0;
    if (text == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text[len++] = ',';
        len += axi__format_int(text + len, values[i]);
    }
    struct axi_str list = {text, len};
    axi_set_str(elem, attr, list);
}

void axi_set_hex(struct axi_elem *elem, enum axi_attr attr, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    char *text = text_room(elem, len, 2);
    if (text == NULL)
        return;
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = "0123456789ABCDEF"[from[i] >> 4];
        text[2 * i + 1] = "0123456789ABCDEF"[from[i] & 15];
    }
    struct axi_str hex = {text, 2 * len};
    axi_set_str(elem, attr, hex);
}
