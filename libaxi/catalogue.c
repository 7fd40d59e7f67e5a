/*
 * Tables and look-ups, all made from <axi/catalogue_rows.h> by the preprocessor. Nothing here is
 * written by hand twice: a new message is rows only.
 *
 * Fields, children and enumeration values stand in one flat table each, in the order of the rows;
 * where a type's part begins is an enumerator that counts the rows before it.
 */
#include "catalogue.h"

#include "text.h"

#include "catalogue_tables.inc"

/* clang-format off */

const struct axi_str axi__attr_names[AXI_A_COUNT] = {
    {NULL, 0},
#define AXI_NAME(name) {#name, sizeof(#name) - 1},
#include <axi/catalogue_rows.h>
};

static const struct axi_str value_texts[] = {
    {NULL, 0},
#define AXI_VALUE(ident, text) {text, sizeof(text) - 1},
#include <axi/catalogue_rows.h>
};

static const struct axi_str type_names[] = {
    {NULL, 0},
#define AXI_TYPE(type, kind) {#type, sizeof(#type) - 1},
#include <axi/catalogue_rows.h>
};

static const char *const enum_names[] = {
    NULL,
#define AXI_ENUM(name) #name,
#include <axi/catalogue_rows.h>
};

static const unsigned char type_kinds[] = {
    AXI_RECORD,
#define AXI_TYPE(type, kind) AXI_##kind,
#include <axi/catalogue_rows.h>
};

static const struct axi_field fields[] = {
#define AXI_FIELD(type, attr, form, of, max, flags) {AXI_A_##attr, AXI_##form, AXI_E_##of, max, flags},
#include <axi/catalogue_rows.h>
};

/* FIELDS_OF_x is the number of AXI_FIELD rows before AXI_TYPE(x): the second enumerator steps back by
 * one, so that a type itself does not count. */
enum field_position {
#define AXI_TYPE(type, kind) FIELDS_OF_##type, FIELDS_BACK_##type = FIELDS_OF_##type - 1,
#define AXI_FIELD(type, attr, form, of, max, flags) FIELD_##type##_##attr,
#include <axi/catalogue_rows.h>
    FIELDS_END
};

static const unsigned short field_starts[] = {
    0,
#define AXI_TYPE(type, kind) FIELDS_OF_##type,
#include <axi/catalogue_rows.h>
    FIELDS_END
};

static const struct axi_child children[] = {
#define AXI_CHILD(type, element, child, min, max) {#element, AXI_T_##child, AXI_E_NOTHING, min, max},
#include <axi/catalogue_rows.h>
};

enum child_position {
#define AXI_TYPE(type, kind) CHILDREN_OF_##type, CHILDREN_BACK_##type = CHILDREN_OF_##type - 1,
#define AXI_CHILD(type, element, child, min, max) CHILD_##type##_##element,
#include <axi/catalogue_rows.h>
    CHILDREN_END
};

static const unsigned short child_starts[] = {
    0,
#define AXI_TYPE(type, kind) CHILDREN_OF_##type,
#include <axi/catalogue_rows.h>
    CHILDREN_END
};

static const unsigned short enum_values[] = {
#define AXI_OF(name, ident) AXI_V_##ident,
#include <axi/catalogue_rows.h>
};

enum value_position {
#define AXI_ENUM(name) VALUES_OF_##name, VALUES_BACK_##name = VALUES_OF_##name - 1,
#define AXI_OF(name, ident) VALUE_##name##_##ident,
#include <axi/catalogue_rows.h>
    VALUES_END
};

static const unsigned short value_starts[] = {
    0,
#define AXI_ENUM(name) VALUES_OF_##name,
#include <axi/catalogue_rows.h>
    VALUES_END
};

static const enum axi_type open_types[] = {
    AXI_T_NONE,
#define AXI_OPEN(type) AXI_T_##type,
#include <axi/catalogue_rows.h>
};

/* clang-format on */

static bool is_type(enum axi_type type)
{
    return (unsigned)type - 1 < AXI_T_COUNT - 1u;
}

const char *axi_type_name(enum axi_type type)
{
    return is_type(type) ? type_names[type].ptr : NULL;
}

const char *axi_attr_name(enum axi_attr attr)
{
    return (unsigned)attr < AXI_A_COUNT ? axi__attr_names[attr].ptr : NULL;
}

const char *axi_value_text(enum axi_value value)
{
    return (unsigned)value < AXI_V_COUNT ? value_texts[value].ptr : NULL;
}

const char *axi_enum_name(enum axi_enum of)
{
    return (unsigned)of < AXI_E_COUNT ? enum_names[of] : NULL;
}

enum axi_kind axi_type_kind(enum axi_type type)
{
    return is_type(type) ? (enum axi_kind)type_kinds[type] : AXI_RECORD;
}

struct axi_str axi__attr_str(enum axi_attr attr)
{
    return axi__attr_names[attr];
}

/* Index of `name` in a table that is sorted from index 1 on, 0 when it is not there. */
static size_t find_sorted(const struct axi_str *table, size_t count, struct axi_str name)
{
    size_t low = 1, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = axi__compare(name, table[middle]);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

enum axi_type axi_type_of(struct axi_str name)
{
    return (enum axi_type)find_sorted(type_names, AXI_T_COUNT, name);
}

enum axi_attr axi_attr_of(struct axi_str name)
{
    return (enum axi_attr)find_sorted(axi__attr_names, AXI_A_COUNT, name);
}

enum axi_value axi_enum_at(enum axi_enum of, size_t i)
{
    if ((unsigned)of - 1 >= AXI_E_COUNT - 1u ||
        i >= (size_t)(value_starts[of + 1] - value_starts[of]))
        return AXI_V_NOTHING;
    return (enum axi_value)enum_values[value_starts[of] + i];
}

enum axi_value axi__value_anywhere(struct axi_str text)
{
    return (enum axi_value)find_sorted(value_texts, AXI_V_COUNT, text);
}

enum axi_value axi_value_of(enum axi_enum in, struct axi_str text)
{
    if ((unsigned)in - 1 >= AXI_E_COUNT - 1u)
        return AXI_V_NOTHING;
    for (size_t i = value_starts[in]; i < value_starts[in + 1]; i++)
        if (axi__equal(value_texts[enum_values[i]], text))
            return (enum axi_value)enum_values[i];
    return AXI_V_NOTHING;
}

enum axi_type axi__message_type(struct axi_str name)
{
    enum axi_type type = axi_type_of(name);
    return axi_type_kind(type) == AXI_RECORD ? AXI_T_NONE : type;
}

enum axi_type axi_type_response(enum axi_type request)
{
    if (axi_type_kind(request) != AXI_REQUEST)
        return AXI_T_NONE;
    /* XResp sorts behind X, with at most some names that begin with X in between. */
    struct axi_str name = type_names[request];
    for (size_t i = (size_t)request + 1; i < AXI_T_COUNT; i++) {
        struct axi_str other = type_names[i], head = {other.ptr, name.len};
        if (other.len < name.len || !axi__equal(head, name))
            break;
        struct axi_str tail = {other.ptr + name.len, other.len - name.len};
        if (axi__equal(tail, axi__str("Resp")) && type_kinds[i] == AXI_RESPONSE)
            return (enum axi_type)i;
    }
    return AXI_T_NONE;
}

bool axi_type_field_at(enum axi_type type, size_t i, struct axi_field *ret_field)
{
    if (!is_type(type) || i >= (size_t)(field_starts[type + 1] - field_starts[type]))
        return false;
    *ret_field = fields[field_starts[type] + i];
    return true;
}

bool axi_type_field(enum axi_type type, enum axi_attr attr, struct axi_field *ret_field)
{
    size_t end = is_type(type) ? field_starts[type + 1] : 0;
    for (size_t i = is_type(type) ? field_starts[type] : 0; i < end; i++) {
        if (fields[i].attr == attr) {
            *ret_field = fields[i];
            return true;
        }
    }
    return false;
}

bool axi_type_child_at(enum axi_type type, size_t i, struct axi_child *ret_child)
{
    if (!is_type(type) || i >= (size_t)(child_starts[type + 1] - child_starts[type]))
        return false;
    *ret_child = children[child_starts[type] + i];
    return true;
}

bool axi__child_of(enum axi_type parent, struct axi_str name, struct axi_child *ret_child)
{
    for (size_t i = 0; axi_type_child_at(parent, i, ret_child); i++)
        if (axi__equal(axi__str(ret_child->element), name))
            return true;
    return false;
}

bool axi_type_is_open(enum axi_type type)
{
    if (type == AXI_T_NONE)
        return false;
    for (size_t i = 0; i < sizeof open_types / sizeof open_types[0]; i++)
        if (open_types[i] == type)
            return true;
    return false;
}

void axi__mark_secrets(bool secret[AXI_A_COUNT])
{
    for (size_t i = 0; i < AXI_A_COUNT; i++)
        secret[i] = false;
    for (size_t i = 0; i < FIELDS_END; i++)
        if (fields[i].flags & AXI_SECRET)
            secret[fields[i].attr] = true;
    /* Goes as it is inside TLS, so it is no secret of the catalogue, and yet belongs in no log. */
    secret[AXI_A_password] = true;
}
