/*
 * The short form of a message, word by word.
 */
#include "words.h"

#include <axi/check.h>
#include <ctype.h>
#include <stdlib.h>

#define NAME_MAX_LEN 128 /* longest name of an element or attribute that can be written so */

struct builder {
    struct axi_msg *msg;
    struct axi_elem *root, *at;
    bool unchecked;
    struct cat_error *error;
};

/* For error texts. */
#define SHOWN(s) (int)((s).len < 60 ? (s).len : 60), (s).ptr

/* --- children */

static const char *nearest_child(enum axi_type type, struct axi_str word)
{
    const char *names[128];
    struct axi_child child;
    size_t count = 0;
    while (count < sizeof names / sizeof *names - 1 && axi_type_child_at(type, count, &child))
        names[count++] = child.element;
    names[count] = NULL;
    return cat_nearest(word, names);
}

static bool has_child(enum axi_type type, struct axi_str name)
{
    struct axi_child child;
    for (size_t i = 0; axi_type_child_at(type, i, &child); i++) {
        if (cat_is(name, child.element))
            return true;
    }
    return false;
}

static bool fail_unknown(struct builder *builder, const struct axi_elem *elem, const char *what,
                         struct axi_str name, const char *near)
{
    struct axi_str owner = axi_elem_name(elem);
    return cat_fail(builder->error, "%.*s has no %s %.*s%s%s%s", SHOWN(owner), what, SHOWN(name),
                    near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

static struct axi_elem *last_child(const struct axi_elem *elem, const char *name)
{
    struct axi_elem *last = axi_first_child(elem, name);
    for (struct axi_elem *next = last; next; next = axi_next_sibling(next, name))
        last = next;
    return last;
}

/* The last child of that name, or a new one. NULL with the error. */
static struct axi_elem *descend(struct builder *builder, struct axi_elem *elem, struct axi_str part,
                                bool append)
{
    char name[NAME_MAX_LEN];
    enum axi_type type = axi_elem_type(elem);
    if (part.len == 0 || part.len >= sizeof name) {
        cat_explain(builder->error, "\"%.*s\" is no name of an element", SHOWN(part));
        return NULL;
    }
    memcpy(name, part.ptr, part.len);
    name[part.len] = '\0';
    struct axi_elem *found = append ? NULL : last_child(elem, name);
    if (found)
        return found;
    if (!builder->unchecked && type != AXI_T_NONE && !has_child(type, part)) {
        fail_unknown(builder, elem, "element", part, nearest_child(type, part));
        return NULL;
    }
    return axi_add_child(elem, name);
}

/* Follow the parts of a path between dots; the last part is not followed but returned. */
static struct axi_elem *follow(struct builder *builder, struct axi_elem *elem, struct axi_str *path)
{
    const char *dot;
    for (unsigned depth = 1; (dot = memchr(path->ptr, '.', path->len)) != NULL; depth++) {
        struct axi_str part = {path->ptr, (size_t)(dot - path->ptr)};
        if (depth >= CAT_DEPTH_MAX - 1) {
            cat_explain(builder->error, "elements are nested too deep");
            return NULL;
        }
        elem = descend(builder, elem, part, false);
        if (!elem)
            return NULL;
        path->len -= part.len + 1;
        path->ptr = dot + 1;
    }
    return elem;
}

static bool add_child(struct builder *builder, struct axi_str path)
{
    struct axi_elem *parent = follow(builder, builder->root, &path);
    struct axi_elem *child = parent ? descend(builder, parent, path, true) : NULL;
    if (child)
        builder->at = child;
    return child != NULL;
}

/* --- attributes and text */

static bool fail_value(struct builder *builder, const struct axi_field *field, struct axi_str name)
{
    static const char *const wants[] = {
        [AXI_INT] = "a number from -2147483648 to 2147483647",
        [AXI_INT16] = "a number from -32768 to 32767",
        [AXI_UINT32] = "a number from 0 to 4294967295",
        [AXI_INT64] = "a number of at most 64 bits",
        [AXI_BOOL] = "1, 0, true or false",
        [AXI_INT_LIST] = "numbers with commas between them",
        [AXI_HEX] = "hexadecimal digits",
    };
    char values[160] = "";
    if (field->form == AXI_ENUMERATED) {
        size_t len = 0;
        enum axi_value value;
        for (size_t i = 0; (value = axi_enum_at(field->of, i)) != AXI_V_NOTHING; i++) {
            int n = snprintf(values + len, sizeof values - len, "%s%s", i > 0 ? ", " : "",
                             axi_value_text(value));
            if (n < 0 || (len += (size_t)n) >= sizeof values - 4) {
                memcpy(values + sizeof values - 4, "...", 4);
                break;
            }
        }
    }
    return cat_fail(builder->error, "%.*s takes %s", SHOWN(name),
                    field->form == AXI_ENUMERATED ? values
                    : wants[field->form]          ? wants[field->form]
                                                  : "another text");
}

static bool check_attribute(struct builder *builder, const struct axi_elem *elem,
                            struct axi_str name, struct axi_str value)
{
    enum axi_type type = axi_elem_type(elem);
    struct axi_field field;
    if (builder->unchecked || type == AXI_T_NONE)
        return true;
    if (!axi_type_field(type, axi_attr_of(name), &field))
        return axi_type_is_open(type) ||
               fail_unknown(builder, elem, "attribute", name, cat_nearest_attribute(type, name));
    return value.len == 0 || axi_field_accepts(&field, value) || fail_value(builder, &field, name);
}

static bool set_attribute(struct builder *builder, struct axi_str path, struct axi_str value)
{
    bool dotted = path.len > 0 && memchr(path.ptr, '.', path.len);
    struct axi_elem *elem = follow(builder, dotted ? builder->root : builder->at, &path);
    if (!elem)
        return false;
    if (path.len == 0)
        axi_set_text(elem, value);
    else if (!check_attribute(builder, elem, path, value))
        return false;
    else
        axi_set_named(elem, path, value);
    int code = axi_msg_error(builder->msg);
    return code == AXI_OK || cat_fail(builder->error, "%.*s: %s", SHOWN(path), axi_err_text(code));
}

static bool take_word(struct builder *builder, struct axi_str word)
{
    const char *equals = word.len > 0 ? memchr(word.ptr, '=', word.len) : NULL;
    if (word.len > 1 && word.ptr[0] == '+' && !equals)
        return add_child(builder, (struct axi_str){word.ptr + 1, word.len - 1});
    if (!equals)
        return cat_fail(builder->error, "\"%.*s\" is neither NAME=VALUE nor +ELEMENT", SHOWN(word));
    struct axi_str path = {word.ptr, (size_t)(equals - word.ptr)};
    return set_attribute(builder, path, (struct axi_str){equals + 1, word.len - path.len - 1});
}

/* --- messages */

bool cat_words_message(const struct axi_str *words, size_t count, bool unchecked,
                       struct axi_msg *msg, struct cat_error *error)
{
    if (count == 0 || words[0].len == 0)
        return cat_fail(error, "a message needs a name");
    enum axi_type type = axi_type_of(words[0]);
    bool record = type != AXI_T_NONE && axi_type_kind(type) == AXI_RECORD;
    if (!unchecked && (type == AXI_T_NONE || record)) {
        const char *near = cat_nearest_message(words[0]);
        if (!near && axi_attr_of(words[0]) != AXI_A_NONE)
            return cat_fail(error, "%.*s is an attribute: write %.*s=VALUE", SHOWN(words[0]),
                            SHOWN(words[0]));
        return cat_fail(error, "the catalogue has no message %.*s%s%s%s", SHOWN(words[0]),
                        near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
    }
    struct axi_elem *root = axi_msg_start_named(msg, words[0]);
    struct builder builder = {msg, root, root, unchecked, error};
    if (axi_msg_error(msg) != AXI_OK)
        return cat_fail(error, "\"%.*s\" is no name of a message", SHOWN(words[0]));
    for (size_t i = 1; i < count; i++) {
        if (!take_word(&builder, words[i]))
            return false;
    }
    int code = axi_msg_error(msg);
    return code == AXI_OK || cat_fail(error, "%s", axi_err_text(code));
}

bool cat_word_begins(const char *word)
{
    size_t len = strcspn(word, "= \t\n");
    return word[0] == '<' || word[0] == '{' || (word[len] != '=' && word[0] != '+');
}

/* --- lines */

/* What a backslash makes of the character behind it. */
static char escaped(char c)
{
    return (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
}

/* One word into `out` (which has room for all of the line); *at moves behind it. False when a quote is not closed. */
static bool take_quoted(const char **at, const char *end, char *out, size_t *ret_len)
{
    char quote = '\0';
    size_t len = 0;
    const char *p = *at;
    for (; p < end && (quote || !isspace((unsigned char)*p)); p++) {
        if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? '\0' : *p;
        else if (*p == '\\' && quote != '\'' && p + 1 < end)
            out[len++] = escaped(*++p);
        else
            out[len++] = *p;
    }
    *at = p;
    *ret_len = len;
    return quote == '\0';
}

bool cat_words_split(struct axi_str line, char *room, struct axi_str *words, size_t *ret_count,
                     struct cat_error *error)
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    for (;;) {
        while (at < end && isspace((unsigned char)*at))
            at++;
        if (at == end)
            return true;
        if (*ret_count == CAT_WORDS_MAX)
            return cat_fail(error, "more than %d words", CAT_WORDS_MAX);
        size_t len;
        if (!take_quoted(&at, end, room, &len))
            return cat_fail(error, "a quote is not closed");
        words[(*ret_count)++] = (struct axi_str){room, len};
        room += len;
    }
}

bool cat_line_message(struct axi_str line, bool unchecked, struct axi_msg *msg,
                      struct cat_error *error)
{
    char *room = malloc(line.len + 1);
    struct axi_str *words = calloc(CAT_WORDS_MAX, sizeof *words);
    size_t count = 0;
    bool good = room && words;
    if (!good)
        cat_explain(error, "out of memory");
    good = good && cat_words_split(line, room, words, &count, error) &&
           cat_words_message(words, count, unchecked, msg, error);
    free(words);
    free(room);
    return good;
}
