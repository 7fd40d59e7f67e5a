/*
 * Look-ups in the tables of the catalogue, which tools/axigen.py makes of libaxi/catalogue/.
 *
 * The tables have no pointers, so that they need no relocation and are shared by all processes: texts
 * stand in one pool, types name their attributes and children by places in lists, and lists that
 * contain each other share their place.
 */
#include "catalogue.h"

#include <string.h>

#include "text.h"

struct type_row {
    uint16_t name, shape;
    uint8_t bits; /* kind: 2, basis: 3, release: 2, open: 1 */
    uint8_t permission;
    uint8_t version; /* 0: none */
    uint8_t answer;  /* how many types behind this one, 0: none */
};

/* What a type consists of; many messages are alike. */
struct shape_row {
    uint16_t fields, children; /* places in their lists */
    uint8_t field_count, child_count;
};

struct child_row {
    uint16_t element, type;
    uint8_t of, min, max;
};

struct page_row {
    uint16_t request, key, record, element;
    uint8_t first;
};

struct range_row {
    int32_t least, most;
};

struct event_row {
    uint16_t name, brought;
    uint8_t brought_count, filters, permission;
};

#include "catalogue_tables.inc"

_Static_assert(sizeof types / sizeof types[0] == AXI_T_COUNT, "one row per type");

static bool is_type(enum axi_type type)
{
    return (unsigned)type - 1 < AXI_T_COUNT - 1u;
}

static bool is_enum(enum axi_enum of)
{
    return (unsigned)of - 1 < AXI_E_COUNT - 1u;
}

uint32_t axi_catalogue_hash(void)
{
    return AXI_CATALOGUE_HASH;
}

/* --- texts --------------------------------------------------------------------------------------- */

const char *axi_type_name(enum axi_type type)
{
    return is_type(type) ? axi__pool + types[type].name : NULL;
}

const char *axi_attr_name(enum axi_attr attr)
{
    return (unsigned)attr - 1 < AXI_A_COUNT - 1u ? axi__pool + axi__attr_at[attr] : NULL;
}

const char *axi_value_text(enum axi_value value)
{
    return (unsigned)value - 1 < AXI_V_COUNT - 1u ? axi__pool + value_at[value] : NULL;
}

const char *axi_enum_name(enum axi_enum of)
{
    return is_enum(of) ? axi__pool + enum_at[of] : NULL;
}

enum axi_attr axi_attr_of(struct axi_str name)
{
    const char *known;
    return name.len > 0 ? axi__attr_find(name.ptr, name.len, &known) : AXI_A_NONE;
}

enum axi_type axi_type_of(struct axi_str name)
{
    uint32_t slot = name.len > 0 ? axi__name_hash(name.ptr, name.len) : 0;
    for (; name.len > 0; slot++) {
        unsigned type = type_slots[slot & (TYPE_SLOTS - 1)];
        if (type == 0)
            break;
        if (axi__equal(axi__str(axi__pool + types[type].name), name))
            return (enum axi_type)type;
    }
    return AXI_T_NONE;
}

enum axi_type axi__message_type(struct axi_str name)
{
    enum axi_type type = axi_type_of(name);
    return axi_type_kind(type) == AXI_RECORD ? AXI_T_NONE : type;
}

/* --- enumerations -------------------------------------------------------------------------------- */

enum axi_value axi_enum_at(enum axi_enum of, size_t i)
{
    if (!is_enum(of) || i >= (size_t)(value_starts[of + 1] - value_starts[of]))
        return AXI_V_NOTHING;
    return (enum axi_value)enum_values[value_starts[of] + i];
}

/* Enumerations have a handful of values, most of them unlike in their first letter: look there before comparing. */
enum axi_value axi_value_of(enum axi_enum in, struct axi_str text)
{
    char first = text.len > 0 ? text.ptr[0] : '\0';
    if (!is_enum(in))
        return AXI_V_NOTHING;
    for (size_t i = value_starts[in]; i < value_starts[in + 1]; i++) {
        const char *known = axi__pool + value_at[enum_values[i]];
        if (known[0] == first && axi__equal(axi__str(known), text))
            return (enum axi_value)enum_values[i];
    }
    return AXI_V_NOTHING;
}

enum axi_enum axi__attr_enum(enum axi_attr attr)
{
    return (enum axi_enum)attr_enums[attr];
}

enum axi_value axi__value_anywhere(struct axi_str text)
{
    size_t low = 1, high = AXI_V_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = axi__compare(text, axi__str(axi__pool + value_at[middle]));
        if (order == 0)
            return (enum axi_value)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return AXI_V_NOTHING;
}

/* --- types --------------------------------------------------------------------------------------- */

enum axi_kind axi_type_kind(enum axi_type type)
{
    return is_type(type) ? (enum axi_kind)(types[type].bits & 3) : AXI_RECORD;
}

enum axi_basis axi_type_basis(enum axi_type type)
{
    return is_type(type) ? (enum axi_basis)(types[type].bits >> 2 & 7) : AXI_BASIS_INFERRED;
}

const char *axi_type_release(enum axi_type type)
{
    return is_type(type) ? axi__pool + release_at[types[type].bits >> 5 & 3] : NULL;
}

bool axi_type_is_open(enum axi_type type)
{
    return is_type(type) && types[type].bits >> 7 != 0;
}

/* That of a type that is none is the one of types[0]: empty. */
static const struct shape_row *shape_of(enum axi_type type)
{
    return &shapes[types[is_type(type) ? type : AXI_T_NONE].shape];
}

const char *axi_type_version(enum axi_type type)
{
    unsigned version = is_type(type) ? types[type].version : 0;
    return version > 0 ? axi__pool + version_at[version - 1] : NULL;
}

enum axi_type axi_type_response(enum axi_type request)
{
    unsigned answer = is_type(request) ? types[request].answer : 0;
    return answer > 0 ? (enum axi_type)((unsigned)request + answer) : AXI_T_NONE;
}

/* The bits of a row of `fields`, as the generator packs them. */
static struct axi_field unpack(uint32_t row)
{
    enum axi_form form = (enum axi_form)(row >> 11 & 15);
    bool is_number = form >= AXI_INT && form <= AXI_INT64;
    unsigned of = row >> 15 & 0x7f; /* an enumeration, or of a number its range */
    const struct range_row *range = &ranges[is_number ? of : 0];
    struct axi_field field = {(enum axi_attr)(row & 0x7ff),
                              form,
                              is_number ? AXI_E_NOTHING : (enum axi_enum)of,
                              max_lengths[row >> 26],
                              row >> 22 & 15,
                              range->least,
                              range->most};
    return field;
}

bool axi_type_field_at(enum axi_type type, size_t i, struct axi_field *ret_field)
{
    const struct shape_row *shape = shape_of(type);
    if (i >= shape->field_count)
        return false;
    *ret_field = unpack(fields[field_lists[shape->fields + i]]);
    return true;
}

bool axi_type_field(enum axi_type type, enum axi_attr attr, struct axi_field *ret_field)
{
    const struct shape_row *shape = shape_of(type);
    for (size_t i = 0; i < shape->field_count; i++) {
        uint32_t row = fields[field_lists[shape->fields + i]];
        if ((row & 0x7ff) == (uint32_t)attr) {
            *ret_field = unpack(row);
            return true;
        }
    }
    return false;
}

bool axi_type_child_at(enum axi_type type, size_t i, struct axi_child *ret_child)
{
    const struct shape_row *shape = shape_of(type);
    if (i >= shape->child_count)
        return false;
    const struct child_row *row = &children[child_lists[shape->children + i]];
    struct axi_child child = {axi__pool + row->element, (enum axi_type)row->type,
                              (enum axi_enum)row->of, row->min, row->max};
    *ret_child = child;
    return true;
}

bool axi__child_of(enum axi_type parent, struct axi_str name, struct axi_child *ret_child)
{
    struct axi_child child;
    for (size_t i = 0; axi_type_child_at(parent, i, &child); i++) {
        if (axi__equal(axi__str(child.element), name)) {
            *ret_child = child;
            return true;
        }
    }
    return false;
}

void axi__mark_secrets(bool secret[AXI_A_COUNT])
{
    for (size_t i = 0; i < AXI_A_COUNT; i++)
        secret[i] = false;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct axi_field field = unpack(fields[i]);
        if (field.flags & AXI_SECRET)
            secret[field.attr] = true;
    }
    /* Goes as it is inside TLS, so it is no secret of the catalogue in Open, and belongs in no log. */
    secret[AXI_A_password] = true;
}

/* --- permissions --------------------------------------------------------------------------------- */

static const char permission_names[][16] = {
#define NAME(name, bit) [bit] = #name,
    AXI_PERMISSIONS(NAME)
#undef NAME
};
enum { PERMISSIONS = sizeof permission_names / sizeof permission_names[0] };

unsigned axi_permission_of(struct axi_str name)
{
    for (unsigned i = 0; i < PERMISSIONS; i++)
        if (axi__equal(axi__str(permission_names[i]), name))
            return 1u << i;
    return AXI_MAY_NOTHING;
}

const char *axi_permission_name(unsigned bit)
{
    for (unsigned i = 0; i < PERMISSIONS; i++)
        if (bit == 1u << i)
            return permission_names[i];
    return NULL;
}

unsigned axi_permissions_with_implied(unsigned granted)
{
    if (granted & (AXI_MAY_Alerting | AXI_MAY_LocatingAlert))
        granted |= AXI_MAY_Messaging;
    if (granted & AXI_MAY_Messaging)
        granted |= AXI_MAY_InfoMessaging;
    if (granted & (AXI_MAY_AllCnfWrite | AXI_MAY_Monitoring | AXI_MAY_Conferencing | AXI_MAY_Video))
        granted |= AXI_MAY_AllCnfRead;
    return granted;
}

/* In the tables a permission is its bit's number plus one, 0 is none. */
static unsigned permission_bit(unsigned number)
{
    return number > 0 ? 1u << (number - 1) : AXI_MAY_NOTHING;
}

unsigned axi_type_permission(enum axi_type request)
{
    return is_type(request) ? permission_bit(types[request].permission) : AXI_MAY_NOTHING;
}

/* --- paged reading, event types ------------------------------------------------------------------ */

bool axi_type_paging(enum axi_type request, struct axi_paging *ret_paging)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (pages[i].request == (unsigned)request) {
            struct axi_paging paging = {(enum axi_attr)pages[i].key, (enum axi_attr)pages[i].record,
                                        axi__pool + pages[i].element, pages[i].first};
            *ret_paging = paging;
            return true;
        }
    }
    return false;
}

bool axi_event_type_at(size_t i, struct axi_event_type *ret_type)
{
    if (i >= sizeof event_types / sizeof event_types[0])
        return false;
    const struct event_row *row = &event_types[i];
    struct axi_event_type type = {(enum axi_value)row->name, row->filters,
                                  permission_bit(row->permission)};
    *ret_type = type;
    return true;
}

static const struct event_row *find_event_type(enum axi_value name)
{
    for (size_t i = 0; i < sizeof event_types / sizeof event_types[0]; i++)
        if (event_types[i].name == (unsigned)name)
            return &event_types[i];
    return NULL;
}

bool axi_event_type(enum axi_value name, struct axi_event_type *ret_type)
{
    const struct event_row *row = find_event_type(name);
    return row != NULL && axi_event_type_at((size_t)(row - event_types), ret_type);
}

enum axi_type axi_event_type_message(enum axi_value name, size_t i)
{
    const struct event_row *row = find_event_type(name);
    if (row == NULL || i >= row->brought_count)
        return AXI_T_NONE;
    return (enum axi_type)brought[row->brought + i];
}
