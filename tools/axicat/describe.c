/*
 * Printing the catalogue: one message, record, enumeration or event type, or lists of names.
 */
#include "describe.h"

#include <axi/check.h>
#include <com/table.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const kind_names[] = {[AXI_RECORD] = "record",
                                         [AXI_REQUEST] = "request",
                                         [AXI_RESPONSE] = "answer",
                                         [AXI_EVENT] = "event"};

static const char *const basis_texts[] = {[AXI_BASIS_SCHEMA] = "schema of AXI 6.1",
                                          [AXI_BASIS_CAPTURE] = "recorded from an OMM",
                                          [AXI_BASIS_CLIENT] = "used by public clients",
                                          [AXI_BASIS_NAME] =
                                              "only the name is public: the content is our reading",
                                          [AXI_BASIS_INFERRED] = "concluded from its siblings"};

static const char *const form_names[] = {[AXI_STR] = "text",
                                         [AXI_INT] = "integer",
                                         [AXI_INT16] = "16-bit integer",
                                         [AXI_UINT32] = "unsigned integer",
                                         [AXI_INT64] = "64-bit integer",
                                         [AXI_INT_LIST] = "integers",
                                         [AXI_BOOL] = "boolean",
                                         [AXI_HEX] = "hexadecimal",
                                         [AXI_ENUMERATED] = "enumeration"};

#define FORM_COUNT (sizeof form_names / sizeof form_names[0])

/* --- one type */

static const char *form_of(const struct axi_field *field)
{
    if (field->form == AXI_ENUMERATED)
        return axi_enum_name(field->of);
    return (size_t)field->form < FORM_COUNT && form_names[field->form] ? form_names[field->form]
                                                                       : "text";
}

static void flags_of(const struct axi_field *field, char *text, size_t max)
{
    static const struct {
        unsigned flag;
        const char *text;
    } rows[] = {{AXI_REQUIRED, "required"},
                {AXI_SECRET, "secret"},
                {AXI_READ_ONLY, "read only"},
                {AXI_OWN_READING, "our reading"}};
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (field->flags & rows[i].flag && len < max)
            len +=
                (size_t)snprintf(text + len, max - len, "%s%s", len > 0 ? ", " : "", rows[i].text);
    }
}

/* Characters of a text, or the range of a number. */
static void limit_of(const struct axi_field *field, char *text, size_t max)
{
    text[0] = '\0';
    if (field->max > 0)
        snprintf(text, max, "%u", field->max);
    else if (field->least < field->most)
        snprintf(text, max, "%" PRId64 "..%" PRId64, field->least, field->most);
}

static void print_fields(enum axi_type type)
{
    static const struct com_column columns[] = {
        {"  attribute", false, 0}, {"type", false, 0}, {"limit", true, 0}, {"", false, 0}};
    struct com_table *table = com_table_new(columns, 4);
    struct axi_field field;
    for (size_t i = 0; table && axi_type_field_at(type, i, &field); i++) {
        char name[80], max[48], flags[80];
        snprintf(name, sizeof name, "  %s", axi_attr_name(field.attr));
        limit_of(&field, max, sizeof max);
        flags_of(&field, flags, sizeof flags);
        com_table_row(table, (const char *[]){name, form_of(&field), max, flags});
    }
    if (table && com_table_rows(table) > 0)
        com_table_print(table, stdout, 0);
    com_table_free(table);
    if (axi_type_is_open(type))
        puts("  attributes of any name");
}

static void print_children(enum axi_type type)
{
    static const struct com_column columns[] = {
        {"  element", false, 0}, {"type", false, 0}, {"number", false, 0}};
    struct com_table *table = com_table_new(columns, 3);
    struct axi_child child;
    for (size_t i = 0; table && axi_type_child_at(type, i, &child); i++) {
        const char *of = axi_type_name(child.type);
        char name[80], number[40];
        snprintf(name, sizeof name, "  %s", child.element);
        if (child.max == 0)
            snprintf(number, sizeof number, "%u or more", child.min);
        else if (child.max == child.min)
            snprintf(number, sizeof number, "%u", child.min);
        else
            snprintf(number, sizeof number, "%u to %u", child.min, child.max);
        if (!of)
            of = child.of != AXI_E_NOTHING ? axi_enum_name(child.of) : "text";
        com_table_row(table, (const char *[]){name, of, number});
    }
    if (table && com_table_rows(table) > 0)
        com_table_print(table, stdout, 0);
    com_table_free(table);
}

static void print_events_of(enum axi_type type)
{
    struct axi_event_type event;
    bool any = false;
    for (size_t i = 0; axi_event_type_at(i, &event); i++) {
        for (size_t k = 0; axi_event_type_message(event.name, k) != AXI_T_NONE; k++) {
            if (axi_event_type_message(event.name, k) != type)
                continue;
            printf("%s%s", any ? ", " : "subscribe by: ", axi_value_text(event.name));
            any = true;
        }
    }
    if (any)
        putchar('\n');
}

static void describe_type(enum axi_type type)
{
    enum axi_kind kind = axi_type_kind(type);
    const char *release = axi_type_release(type), *version = axi_type_version(type);
    const char *answer = axi_type_name(axi_type_response(type));
    struct axi_paging paging;
    printf("%s: %s", axi_type_name(type), kind_names[kind]);
    if (answer)
        printf(", answered by %s", answer);
    putchar('\n');
    if (kind == AXI_REQUEST) {
        unsigned needs = axi_type_permission(type);
        printf("permission: %s\n", needs ? axi_permission_name(needs) : "any session");
    }
    if (axi_type_paging(type, &paging))
        printf("reads pages of %s by %s\n", paging.element, axi_attr_name(paging.key));
    printf("known from: %s", basis_texts[axi_type_basis(type)]);
    if (release)
        printf("; since %s", release);
    if (version)
        printf("; version in 7.1: %s", version);
    putchar('\n');
    if (kind == AXI_EVENT)
        print_events_of(type);
    print_fields(type);
    print_children(type);
}

/* --- enumerations and event types */

static void describe_enum(enum axi_enum of)
{
    enum axi_value value;
    printf("%s: enumeration\n", axi_enum_name(of));
    for (size_t i = 0; (value = axi_enum_at(of, i)) != AXI_V_NOTHING; i++)
        printf("  %s\n", axi_value_text(value));
}

static void describe_event_type(const struct axi_event_type *type)
{
    static const struct {
        unsigned bit;
        const char *name;
    } filters[] = {{AXI_BY_PPN, "ppn"}, {AXI_BY_UID, "uid"},         {AXI_BY_RFP, "rfpId"},
                   {AXI_BY_OMM, "omm"}, {AXI_BY_TRIGGER, "trigger"}, {AXI_BY_SCHEME, "scheme"}};
    enum axi_type message;
    printf("%s: event type\n", axi_value_text(type->name));
    if (type->permission)
        printf("permission: %s\n", axi_permission_name(type->permission));
    if (type->filters) {
        printf("filters:");
        for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
            if (type->filters & filters[i].bit)
                printf(" %s", filters[i].name);
        }
        putchar('\n');
    }
    printf("brings:");
    for (size_t i = 0; (message = axi_event_type_message(type->name, i)) != AXI_T_NONE; i++)
        printf(" %s", axi_type_name(message));
    putchar('\n');
}

static enum axi_enum enum_of(const char *name)
{
    for (int of = 1; of < AXI_E_COUNT; of++) {
        if (strcmp(axi_enum_name((enum axi_enum)of), name) == 0)
            return (enum axi_enum)of;
    }
    return AXI_E_NOTHING;
}

/* An attribute's name: the types that have it. */
static bool describe_attribute(const char *name)
{
    enum axi_attr attr = axi_attr_of(cat_str(name));
    struct axi_field field;
    if (attr == AXI_A_NONE)
        return false;
    printf("%s: attribute of\n", name);
    for (int type = 1; type < AXI_T_COUNT; type++) {
        if (axi_type_field((enum axi_type)type, attr, &field))
            printf("  %s (%s)\n", axi_type_name((enum axi_type)type), form_of(&field));
    }
    return true;
}

/* Of all that can be described but attributes, which are many and short. */
static const char *nearest_name(const char *name)
{
    const char *names[AXI_T_COUNT + AXI_E_COUNT + AXI_V_COUNT];
    struct axi_event_type event;
    size_t count = 0;
    for (int type = 1; type < AXI_T_COUNT; type++)
        names[count++] = axi_type_name((enum axi_type)type);
    for (int of = 1; of < AXI_E_COUNT; of++)
        names[count++] = axi_enum_name((enum axi_enum)of);
    for (size_t i = 0; i < AXI_V_COUNT && axi_event_type_at(i, &event); i++)
        names[count++] = axi_value_text(event.name);
    names[count] = NULL;
    return cat_nearest(cat_str(name), names);
}

/* A name can be several things: a type of events and an attribute, say. */
static bool describe(const char *name)
{
    enum axi_type type = axi_type_of(cat_str(name));
    enum axi_enum of = enum_of(name);
    enum axi_value value = axi_value_of(AXI_E_EventType, cat_str(name));
    struct axi_event_type event;
    bool is_event = value != AXI_V_NOTHING && axi_event_type(value, &event);
    if (type != AXI_T_NONE)
        describe_type(type);
    if (of != AXI_E_NOTHING)
        describe_enum(of);
    if (is_event)
        describe_event_type(&event);
    if (type != AXI_T_NONE || of != AXI_E_NOTHING || is_event)
        return true;
    if (describe_attribute(name))
        return true;
    const char *near = nearest_name(name);
    cat_say("the catalogue has no %s%s%s%s", name, near ? " (did you mean \"" : "",
            near ? near : "", near ? "\"?)" : "");
    return false;
}

int cat_describe(const struct cat_options *options)
{
    int code = CAT_DONE;
    size_t count = 0;
    for (size_t i = 0; i < options->thing_count; i++) {
        if (options->things[i].kind != CAT_THING_WORD)
            continue;
        if (count++ > 0)
            putchar('\n');
        if (!describe(options->things[i].text))
            code = CAT_USAGE;
    }
    if (count > 0)
        return code;
    cat_say("--describe takes names of messages, records, enumerations, event types or attributes");
    return CAT_USAGE;
}

/* --- lists */

static void list_kind(enum axi_kind kind)
{
    for (int type = 1; type < AXI_T_COUNT; type++) {
        if (axi_type_kind((enum axi_type)type) == kind)
            puts(axi_type_name((enum axi_type)type));
    }
}

static void list_requests(void)
{
    list_kind(AXI_REQUEST);
}

static void list_responses(void)
{
    list_kind(AXI_RESPONSE);
}

static void list_events(void)
{
    list_kind(AXI_EVENT);
}

static void list_types(void)
{
    list_kind(AXI_RECORD);
}

static void list_enums(void)
{
    for (int of = 1; of < AXI_E_COUNT; of++)
        puts(axi_enum_name((enum axi_enum)of));
}

static void list_event_types(void)
{
    struct axi_event_type type;
    for (size_t i = 0; axi_event_type_at(i, &type); i++)
        puts(axi_value_text(type.name));
}

static void list_tables(void)
{
    struct axi_paging paging;
    for (int type = 1; type < AXI_T_COUNT; type++) {
        if (axi_type_paging((enum axi_type)type, &paging))
            puts(axi_type_name((enum axi_type)type));
    }
}

static void list_options(void)
{
    cat_options_list(stdout);
}

static const struct {
    const char *name;
    void (*print)(void);
} lists[] = {
    {"requests", list_requests}, {"responses", list_responses}, {"events", list_events},
    {"types", list_types},       {"enums", list_enums},         {"event-types", list_event_types},
    {"tables", list_tables},     {"options", list_options},
};
#define LIST_COUNT (sizeof lists / sizeof lists[0])

/* As the short form takes them: attributes, then the children's with their path; two levels are enough to type. */
static void list_attributes(enum axi_type type, const char *path, unsigned depth)
{
    struct axi_field field;
    struct axi_child child;
    for (size_t i = 0; axi_type_field_at(type, i, &field); i++)
        printf("%s%s=\n", path, axi_attr_name(field.attr));
    for (size_t i = 0; axi_type_child_at(type, i, &child); i++) {
        char below[160];
        int len = snprintf(below, sizeof below, "%s%s.", path, child.element);
        if (depth == 0)
            printf("+%s\n", child.element);
        if (depth < 2 && child.type != AXI_T_NONE && len > 0 && (size_t)len < sizeof below)
            list_attributes(child.type, below, depth + 1);
    }
}

/* The type of the element that a path leads to ("user.name": that of user), its last name in *ret_name. */
static enum axi_type type_at(enum axi_type type, const char *path, const char **ret_name)
{
    const char *dot;
    for (; (dot = strchr(path, '.')) != NULL && type != AXI_T_NONE; path = dot + 1) {
        struct axi_str part = {path, (size_t)(dot - path)};
        struct axi_child child;
        enum axi_type below = AXI_T_NONE;
        for (size_t i = 0; below == AXI_T_NONE && axi_type_child_at(type, i, &child); i++) {
            if (cat_is(part, child.element))
                below = child.type;
        }
        type = below;
    }
    *ret_name = path;
    return type;
}

static bool list_values(const char *message, const char *path)
{
    const char *name;
    enum axi_type type = type_at(axi_type_of(cat_str(message)), path, &name);
    enum axi_value value;
    struct axi_field field;
    if (!axi_type_field(type, axi_attr_of(cat_str(name)), &field))
        return false;
    if (field.form == AXI_BOOL)
        puts("1\n0");
    for (size_t i = 0;
         field.form == AXI_ENUMERATED && (value = axi_enum_at(field.of, i)) != AXI_V_NOTHING; i++)
        puts(axi_value_text(value));
    return true;
}

static int unknown_list(const char *name)
{
    const char *names[LIST_COUNT + 3];
    for (size_t i = 0; i < LIST_COUNT; i++)
        names[i] = lists[i].name;
    names[LIST_COUNT] = "attributes";
    names[LIST_COUNT + 1] = "values";
    names[LIST_COUNT + 2] = NULL;
    const char *near = cat_nearest(cat_str(name), names);
    cat_say("--list: there is no list %s%s%s%s", name, near ? " (did you mean \"" : "",
            near ? near : "; --list names them", near ? "\"?)" : "");
    return CAT_USAGE;
}

int cat_list(const struct cat_options *options)
{
    const char **words = calloc(options->thing_count + 1, sizeof *words);
    size_t count = words ? cat_options_words(options, words) : 0, i = 0;
    int code = CAT_DONE;
    if (count == 0) {
        for (; i < LIST_COUNT; i++)
            puts(lists[i].name);
        puts("attributes\nvalues");
    } else if (strcmp(words[0], "attributes") == 0) {
        enum axi_type type = count == 2 ? axi_type_of(cat_str(words[1])) : AXI_T_NONE;
        if (type == AXI_T_NONE)
            cat_say("--list attributes takes the name of a message");
        else
            list_attributes(type, "", 0);
        code = type == AXI_T_NONE ? CAT_USAGE : CAT_DONE;
    } else if (strcmp(words[0], "values") == 0) {
        if (count != 3 || !list_values(words[1], words[2])) {
            cat_say("--list values takes the name of a message and one of its attributes");
            code = CAT_USAGE;
        }
    } else {
        while (i < LIST_COUNT && strcmp(lists[i].name, words[0]) != 0)
            i++;
        if (i < LIST_COUNT && count == 1)
            lists[i].print();
        else
            code = unknown_list(words[i < LIST_COUNT ? 1 : 0]);
    }
    free(words);
    return code;
}
