/*
 * Messages to JSON and back.
 */
#include "json.h"

#include <com/loop.h>
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

/* Integers beyond are not exact in programs that read all numbers as double. */
#define EXACT_MAX (INT64_C(1) << 53)

/* --- writing */

struct writer {
    struct com_json *json;
    bool words; /* booleans of this message are true and false on the wire */
};

static bool is_word(struct axi_str value)
{
    return cat_is(value, "true") || cat_is(value, "false");
}

static bool form_of(const struct axi_elem *elem, const struct axi_attr_view *attr,
                    enum axi_form *ret_form)
{
    struct axi_field field;
    if (attr->id == AXI_A_NONE || !axi_type_field(axi_elem_type(elem), attr->id, &field))
        return false;
    *ret_form = field.form;
    return true;
}

/* The form of the first boolean is that of the message. */
static bool find_words(const struct axi_elem *elem, bool *ret_words)
{
    struct axi_attr_view attr;
    enum axi_form form;
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++) {
        if (!form_of(elem, &attr, &form) || form != AXI_BOOL)
            continue;
        *ret_words = is_word(attr.value);
        if (*ret_words || cat_is(attr.value, "1") || cat_is(attr.value, "0"))
            return true;
    }
    for (const struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (find_words(child, ret_words))
            return true;
    }
    return false;
}

/* A decimal number that is written in the one way in which we would write it. */
static bool exact_integer(struct axi_str text, int64_t *ret_value)
{
    size_t i = text.len > 0 && text.ptr[0] == '-';
    int64_t value = 0;
    if (text.len == i || text.len > 17 || (text.ptr[i] == '0' && text.len > 1))
        return false;
    for (size_t k = i; k < text.len; k++) {
        if (!isdigit((unsigned char)text.ptr[k]))
            return false;
        value = value * 10 + (text.ptr[k] - '0');
    }
    *ret_value = i ? -value : value;
    return value <= EXACT_MAX;
}

static void write_value(const struct writer *writer, enum axi_form form, struct axi_str text)
{
    int64_t value;
    bool integer = form == AXI_INT || form == AXI_INT16 || form == AXI_UINT32 || form == AXI_INT64;
    const char *yes = writer->words ? "true" : "1", *no = writer->words ? "false" : "0";
    if (form == AXI_BOOL && (cat_is(text, yes) || cat_is(text, no)))
        com_json_bool(writer->json, cat_is(text, yes));
    else if (integer && exact_integer(text, &value))
        com_json_int(writer->json, value);
    else
        com_json_str(writer->json, text.ptr, text.len);
}

/* Keys of com_json are terminated. */
static void write_key(struct com_json *json, struct axi_str name)
{
    char room[128], *copy = name.len < sizeof room ? room : malloc(name.len + 1);
    if (!copy) {
        json->failed = true;
        return;
    }
    memcpy(copy, name.ptr, name.len);
    copy[name.len] = '\0';
    com_json_key(json, copy);
    if (copy != room)
        free(copy);
}

static void write_content(const struct writer *writer, const struct axi_elem *elem)
{
    struct axi_attr_view attr;
    struct axi_str text = axi_elem_text(elem);
    const struct axi_elem *child = axi_first_child(elem, NULL);
    com_json_key(writer->json, "attributes");
    com_json_object(writer->json);
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++) {
        enum axi_form form = AXI_STR;
        (void)form_of(elem, &attr, &form);
        write_key(writer->json, attr.name);
        write_value(writer, form, attr.value);
    }
    com_json_end(writer->json);
    if (text.ptr)
        com_json_set_str(writer->json, "text", text.ptr, text.len);
    if (!child)
        return;
    com_json_key(writer->json, "children");
    com_json_array(writer->json);
    for (; child; child = axi_next_sibling(child, NULL)) {
        struct axi_str name = axi_elem_name(child);
        com_json_object(writer->json);
        com_json_set_str(writer->json, "element", name.ptr, name.len);
        write_content(writer, child); /* as deep as the parser lets messages be */
        com_json_end(writer->json);
    }
    com_json_end(writer->json);
}

void cat_json_write(struct com_json *json, const struct axi_msg *msg, const struct cat_stamp *stamp)
{
    const struct axi_elem *root = axi_msg_root(msg);
    struct axi_str name = axi_elem_name(root);
    struct writer writer = {json, false};
    char time[COM_TIME_TEXT_MAX];
    (void)find_words(root, &writer.words);
    com_json_object(json);
    com_json_set_str(json, "message", name.ptr, name.len);
    if (stamp && stamp->direction[0])
        com_json_set_text(json, "direction", stamp->direction);
    if (stamp && stamp->wall_ms > 0)
        com_json_set_text(json, "time", com_time_text(stamp->wall_ms, time, sizeof time));
    if (writer.words)
        com_json_set_text(json, "booleans", "words");
    write_content(&writer, root);
    com_json_end(json);
}

/* --- reading */

struct taker {
    struct axi_msg *msg;
    bool words;
    struct cat_error *error;
};

static bool take_value(const struct taker *taker, struct axi_elem *elem, const char *name,
                       const json_t *value)
{
    char number[32];
    struct axi_str text;
    if (json_is_string(value)) {
        text = (struct axi_str){json_string_value(value), json_string_length(value)};
    } else if (json_is_boolean(value)) {
        bool yes = json_is_true(value);
        text = cat_str(taker->words ? (yes ? "true" : "false") : (yes ? "1" : "0"));
    } else if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = cat_str(number);
    } else {
        return cat_fail(taker->error,
                        "the attribute \"%.60s\" is neither text, an integer nor a boolean", name);
    }
    axi_set_named(elem, cat_str(name), text);
    int code = axi_msg_error(taker->msg);
    return code == AXI_OK ||
           cat_fail(taker->error, "the attribute \"%.60s\": %s", name, axi_err_text(code));
}

static bool take_attributes(const struct taker *taker, struct axi_elem *elem, json_t *attributes)
{
    const char *name;
    json_t *value;
    if (!attributes)
        return true;
    if (!json_is_object(attributes))
        return cat_fail(taker->error, "\"attributes\" is not an object");
    json_object_foreach(attributes, name, value)
    {
        if (!take_value(taker, elem, name, value))
            return false;
    }
    return true;
}

static bool take_content(const struct taker *taker, struct axi_elem *elem, json_t *object,
                         unsigned depth);

static bool take_child(const struct taker *taker, struct axi_elem *elem, json_t *object,
                       unsigned depth)
{
    const char *name = json_string_value(json_object_get(object, "element"));
    if (!name)
        return cat_fail(taker->error, "a child is not an object with \"element\"");
    if (depth >= CAT_DEPTH_MAX)
        return cat_fail(taker->error, "elements are nested too deep");
    struct axi_elem *child = axi_add_child(elem, name);
    int code = axi_msg_error(taker->msg);
    if (code != AXI_OK)
        return cat_fail(taker->error, "the element \"%.60s\": %s", name, axi_err_text(code));
    return take_content(taker, child, object, depth);
}

static bool take_content(const struct taker *taker, struct axi_elem *elem, json_t *object,
                         unsigned depth)
{
    json_t *text = json_object_get(object, "text"), *child;
    json_t *children = json_object_get(object, "children");
    size_t i;
    if (!take_attributes(taker, elem, json_object_get(object, "attributes")))
        return false;
    if (text && !json_is_string(text))
        return cat_fail(taker->error, "\"text\" is not a string");
    if (text)
        axi_set_text(elem, (struct axi_str){json_string_value(text), json_string_length(text)});
    if (children && !json_is_array(children))
        return cat_fail(taker->error, "\"children\" is not an array");
    json_array_foreach(children, i, child)
    {
        if (!take_child(taker, elem, child, depth + 1))
            return false;
    }
    return true;
}

/* "2026-01-31T12:34:56.789Z", as com_time_text writes it; 0 when it is something else. */
static int64_t time_of(const char *text)
{
    struct tm tm = {0};
    char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (!rest || rest[0] != '.')
        return 0;
    char *end;
    long ms = strtol(rest + 1, &end, 10);
    if (end != rest + 4 || strcmp(end, "Z") != 0 || ms < 0)
        return 0;
    return (int64_t)timegm(&tm) * 1000 + ms;
}

static bool take_head(json_t *object, struct cat_stamp *stamp, struct taker *taker)
{
    const char *direction = json_string_value(json_object_get(object, "direction"));
    const char *booleans = json_string_value(json_object_get(object, "booleans"));
    *stamp = (struct cat_stamp){"", time_of(json_string_value(json_object_get(object, "time")))};
    if (direction && strcmp(direction, "in") != 0 && strcmp(direction, "out") != 0)
        return cat_fail(taker->error, "\"direction\" is neither \"in\" nor \"out\"");
    if (direction)
        snprintf(stamp->direction, sizeof stamp->direction, "%s", direction);
    if (booleans && strcmp(booleans, "words") != 0)
        return cat_fail(taker->error, "\"booleans\" is not \"words\"");
    taker->words = booleans != NULL;
    return true;
}

static bool take_message(json_t *object, struct taker *taker, struct cat_stamp *ret_stamp)
{
    struct cat_stamp stamp;
    const char *name = json_string_value(json_object_get(object, "message"));
    if (!name)
        return cat_fail(taker->error, "the object has no \"message\"");
    if (!take_head(object, &stamp, taker))
        return false;
    struct axi_elem *root = axi_msg_start_named(taker->msg, cat_str(name));
    if (axi_msg_error(taker->msg) != AXI_OK)
        return cat_fail(taker->error, "\"%.60s\" is no name of a message", name);
    if (!take_content(taker, root, object, 1))
        return false;
    int code = axi_msg_error(taker->msg);
    if (code != AXI_OK)
        return cat_fail(taker->error, "%s", axi_err_text(code));
    if (ret_stamp)
        *ret_stamp = stamp;
    return true;
}

bool cat_json_read(struct axi_str text, struct axi_msg *msg, struct cat_stamp *ret_stamp,
                   struct cat_error *error)
{
    json_error_t json_error;
    struct taker taker = {msg, false, error};
    json_t *object = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &json_error);
    if (!object)
        return cat_fail(error, "no JSON: %s", json_error.text);
    bool good = json_is_object(object) ? take_message(object, &taker, ret_stamp)
                                       : cat_fail(error, "no JSON object");
    json_decref(object);
    return good;
}
