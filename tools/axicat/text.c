/*
 * Texts of errors, and the names that were probably meant.
 */
#include "axicat.h"

#include <com/config.h>
#include <com/text.h>
#include <errno.h>
#include <stdarg.h>
#include <strings.h>

/* Control characters would let a stranger write on our terminal: each becomes a question mark. */
static void make_visible(char *text)
{
    char *to = text;
    while (*text) {
        size_t n = com_control_length(text);
        if (n > 0) {
            *to++ = '?';
            text += n;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

void cat_explain(struct cat_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    make_visible(error->text);
}

void cat_say(const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_visible(text);
    fflush(stdout);
    fprintf(stderr, "axicat: %s\n", text);
}

void cat_say_output(void)
{
    if (errno != EPIPE)
        cat_say("the output cannot be written: %s", strerror(errno));
}

int cat_copy(struct axi_msg *msg, const struct axi_msg *from)
{
    const struct axi_elem *root = axi_msg_root(from);
    struct axi_elem *copy = axi_msg_start_named(msg, axi_elem_name(root));
    struct axi_attr_view attr;
    for (size_t i = 0; axi_attr_at(root, i, &attr); i++)
        axi_set_named(copy, attr.name, attr.value);
    if (axi_elem_text(root).ptr)
        axi_set_text(copy, axi_elem_text(root));
    for (const struct axi_elem *child = axi_first_child(root, NULL); child;
         child = axi_next_sibling(child, NULL))
        axi_add_copy(copy, child);
    return axi_msg_error(msg);
}

const char *cat_nearest(struct axi_str word, const char *const *names)
{
    char text[64];
    if (word.len >= sizeof text)
        return NULL;
    memcpy(text, word.ptr, word.len);
    text[word.len] = '\0';
    for (size_t i = 0; names[i]; i++) {
        if (strcasecmp(names[i], text) == 0)
            return names[i];
    }
    return com_nearest(text, names);
}

const char *cat_nearest_message(struct axi_str word)
{
    const char *names[AXI_T_COUNT + 1];
    size_t count = 0;
    for (int type = 1; type < AXI_T_COUNT; type++) {
        if (axi_type_kind((enum axi_type)type) != AXI_RECORD)
            names[count++] = axi_type_name((enum axi_type)type);
    }
    names[count] = NULL;
    return cat_nearest(word, names);
}

const char *cat_nearest_attribute(enum axi_type type, struct axi_str word)
{
    const char *names[AXI_A_COUNT + 1];
    struct axi_field field;
    size_t count = 0;
    while (count < AXI_A_COUNT && axi_type_field_at(type, count, &field))
        names[count++] = axi_attr_name(field.attr);
    names[count] = NULL;
    return cat_nearest(word, names);
}
