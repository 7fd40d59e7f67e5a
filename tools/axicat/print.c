/*
 * Printing messages. What is secret libaxi's encoder knows: a message is encoded without its secrets, read again, and
 * printed, whatever the form.
 */
#include "print.h"

#include <com/loop.h>
#include <com/table.h>
#include <com/text.h>
#include <stdlib.h>

#define INDENT        2
#define WIDTH_DEFAULT 100
#define WIDTH_MIN     40

struct cat_printer {
    struct cat_printer_options options;
    struct cat_redactor redactor;
    struct com_json json;
    struct axi_buf buf;
};

/* --- without secrets */

bool cat_redactor_init(struct cat_redactor *redactor)
{
    /* What came in is within the limits of a parser, but not what was built. */
    struct axi_parser_options options = {.max_message = CAT_MESSAGE_MAX * 8,
                                         .max_attrs = CAT_MESSAGE_MAX,
                                         .max_elems = CAT_MESSAGE_MAX,
                                         .max_depth = CAT_DEPTH_MAX * 2};
    memset(redactor, 0, sizeof *redactor);
    redactor->parser = axi_parser_new(&options);
    return redactor->parser != NULL;
}

void cat_redactor_done(struct cat_redactor *redactor)
{
    axi_parser_free(redactor->parser);
    axi_buf_done(&redactor->buf);
}

const struct axi_msg *cat_redact(struct cat_redactor *redactor, const struct axi_msg *msg,
                                 bool show)
{
    struct axi_msg *copy = NULL;
    redactor->buf.len = 0;
    if (axi_encode(msg, show ? 0 : AXI_ENCODE_REDACT, &redactor->buf) != AXI_OK)
        return NULL;
    const char *bytes = redactor->buf.ptr;
    size_t len = redactor->buf.len;
    axi_parser_reset(redactor->parser);
    if (axi_parser_next(redactor->parser, &bytes, &len, &copy) != AXI_OK || !copy)
        return NULL;
    struct axi_elem *root = axi_msg_root(copy);
    if (axi_msg_type(copy) == AXI_T_Open && axi_has(root, AXI_A_password))
        axi_set_cstr(root, AXI_A_password, "***");
    return copy;
}

/* --- life */

struct cat_printer *cat_printer_new(const struct cat_printer_options *options)
{
    struct cat_printer *printer = calloc(1, sizeof *printer);
    if (!printer)
        return NULL;
    printer->options = *options;
    if (options->width == 0)
        printer->options.width = WIDTH_DEFAULT;
    else if (options->width < WIDTH_MIN)
        printer->options.width = WIDTH_MIN;
    com_json_init(&printer->json);
    if (cat_redactor_init(&printer->redactor))
        return printer;
    cat_printer_free(printer);
    return NULL;
}

void cat_printer_free(struct cat_printer *printer)
{
    if (!printer)
        return;
    cat_redactor_done(&printer->redactor);
    com_json_done(&printer->json);
    axi_buf_done(&printer->buf);
    free(printer);
}

/* --- characters */

/* Bytes of a character that is written as a reference, and its code; 0 when it is written as it is. */
static size_t hidden_character(const char *at, size_t len, unsigned *ret_code)
{
    char c[3] = {at[0], len > 1 ? at[1] : '\0', '\0'};
    size_t n = com_control_length(c);
    *ret_code = n == 2 ? (unsigned char)c[1] : (unsigned char)c[0];
    return n;
}

/* Text of an XML line: what would end the line or reach the terminal becomes a reference. */
static void put_line(FILE *out, struct axi_str text)
{
    size_t start = 0, i = 0;
    while (i < text.len) {
        unsigned code;
        size_t n = hidden_character(text.ptr + i, text.len - i, &code);
        if (n == 0) {
            i++;
            continue;
        }
        fwrite(text.ptr + start, 1, i - start, out);
        fprintf(out, "&#%u;", code);
        start = i += n;
    }
    fwrite(text.ptr + start, 1, text.len - start, out);
}

/* The same in JSON, where only C1 is left as it is by the writer. */
static void put_json(FILE *out, const char *text, size_t len)
{
    size_t start = 0, i = 0;
    while (i < len) {
        unsigned code;
        size_t n = hidden_character(text + i, len - i, &code);
        if (n < 2) {
            i++;
            continue;
        }
        fwrite(text + start, 1, i - start, out);
        fprintf(out, "\\u%04x", code);
        start = i += n;
    }
    fwrite(text + start, 1, len - start, out);
}

/* --- pretty */

enum colour { PLAIN, DIM, NAME, ATTRIBUTE, VALUE, BAD };

static void set_colour(const struct cat_printer *printer, enum colour colour)
{
    static const char *const codes[] = {[PLAIN] = "0",      [DIM] = "2",    [NAME] = "1;34",
                                        [ATTRIBUTE] = "36", [VALUE] = "32", [BAD] = "1;31"};
    if (printer->options.colour)
        fprintf(printer->options.out, "\033[%sm", codes[colour]);
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

static void put_escaped(FILE *out, struct axi_str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *escape = escape_of(text.ptr[i]);
        if (!escape)
            continue;
        put_line(out, (struct axi_str){text.ptr + start, i - start});
        fputs(escape, out);
        start = i + 1;
    }
    if (text.len > start)
        put_line(out, (struct axi_str){text.ptr + start, text.len - start});
}

/* Columns, near enough: code points, and what is escaped. */
static size_t columns_of(struct axi_str text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *escape = escape_of(text.ptr[i]);
        columns += escape ? strlen(escape) : ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    }
    return columns;
}

static void put_attribute(const struct cat_printer *printer, const struct axi_attr_view *attr)
{
    FILE *out = printer->options.out;
    bool bad = attr->id == AXI_A_errCode || attr->id == AXI_A_bad;
    set_colour(printer, bad ? BAD : ATTRIBUTE);
    fwrite(attr->name.ptr, 1, attr->name.len, out);
    set_colour(printer, PLAIN);
    fputs("=\"", out);
    set_colour(printer, bad ? BAD : VALUE);
    put_escaped(out, attr->value);
    set_colour(printer, PLAIN);
    fputc('"', out);
}

/* Attributes behind each other up to the width; the next line begins below the first. */
static void put_attributes(const struct cat_printer *printer, const struct axi_elem *elem,
                           size_t indent, size_t column)
{
    FILE *out = printer->options.out;
    struct axi_attr_view attr;
    size_t room = printer->options.width;
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++) {
        size_t need = 1 + columns_of(attr.name) + 3 + columns_of(attr.value);
        if (i > 0 && column + need + 2 > room) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            fputc(' ', out);
            column++;
        }
        put_attribute(printer, &attr);
        column += need - 1;
    }
}

static void put_name(const struct cat_printer *printer, const char *before, struct axi_str name,
                     const char *after)
{
    FILE *out = printer->options.out;
    fputs(before, out);
    set_colour(printer, NAME);
    fwrite(name.ptr, 1, name.len, out);
    set_colour(printer, PLAIN);
    fputs(after, out);
}

/* As deep as the parser lets messages be. */
static void put_element(const struct cat_printer *printer, const struct axi_elem *elem,
                        unsigned depth)
{
    FILE *out = printer->options.out;
    struct axi_str name = axi_elem_name(elem), text = axi_elem_text(elem);
    const struct axi_elem *child = axi_first_child(elem, NULL);
    size_t column = (size_t)depth * INDENT + 1 + columns_of(name);
    size_t indent = column < printer->options.width / 2 ? column + 1 : (size_t)depth * INDENT + 4;
    fprintf(out, "%*s", (int)depth * INDENT, "");
    put_name(printer, "<", name, "");
    put_attributes(printer, elem, indent, column);
    if (!child && text.len == 0) {
        fputs("/>\n", out);
        return;
    }
    fputc('>', out);
    put_escaped(out, text);
    if (child) {
        fputc('\n', out);
        for (; child; child = axi_next_sibling(child, NULL))
            put_element(printer, child, depth + 1);
        fprintf(out, "%*s", (int)depth * INDENT, "");
    }
    put_name(printer, "</", name, ">\n");
}

static void put_stamp(const struct cat_printer *printer, const struct cat_stamp *stamp)
{
    char time[COM_TIME_TEXT_MAX] = "";
    if (!printer->options.stamps || !stamp)
        return;
    if (stamp->wall_ms > 0)
        com_time_text(stamp->wall_ms, time, sizeof time);
    set_colour(printer, DIM);
    fprintf(printer->options.out, "<!-- %s %s -->", stamp->direction, time);
    set_colour(printer, PLAIN);
    fputc('\n', printer->options.out);
}

/* --- one message */

static bool print_xml(struct cat_printer *printer, const struct axi_msg *msg)
{
    printer->buf.len = 0;
    if (axi_encode(msg, AXI_ENCODE_NO_NUL, &printer->buf) != AXI_OK)
        return false;
    put_line(printer->options.out, (struct axi_str){printer->buf.ptr, printer->buf.len});
    fputc('\n', printer->options.out);
    return true;
}

static bool print_json(struct cat_printer *printer, const struct axi_msg *msg,
                       const struct cat_stamp *stamp)
{
    com_json_reset(&printer->json);
    cat_json_write(&printer->json, msg, stamp);
    const char *text = com_json_done_text(&printer->json);
    if (!text)
        return false;
    put_json(printer->options.out, text, com_json_len(&printer->json));
    fputc('\n', printer->options.out);
    return true;
}

bool cat_print(struct cat_printer *printer, const struct axi_msg *msg,
               const struct cat_stamp *stamp)
{
    bool good = true;
    if (printer->options.format == CAT_QUIET)
        return true;
    msg = cat_redact(&printer->redactor, msg, printer->options.show_secrets);
    if (!msg)
        return false;
    switch (printer->options.format) {
    case CAT_PRETTY:
        put_stamp(printer, stamp);
        put_element(printer, axi_msg_root(msg), 0);
        break;
    case CAT_JSON:
        good = print_json(printer, msg, stamp);
        break;
    default:
        good = print_xml(printer, msg);
        break;
    }
    return fflush(printer->options.out) == 0 && !ferror(printer->options.out) && good;
}
