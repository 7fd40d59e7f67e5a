/*
 * The small formatter: see text.h.
 */
#include "text.h"

#include <axi/base.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

struct line {
    char *ptr;
    size_t len, room;
};

static void put(struct line *line, const char *text, size_t len)
{
    for (size_t i = 0; i < len && line->len < line->room; i++) {
        unsigned char c = (unsigned char)text[i];

        line->ptr[line->len++] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
}

static void put_number(struct line *line, int64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        put(line, "-", 1);
    put(line, digits + at, sizeof(digits) - at);
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, text == NULL ? 0 : strlen(text));
}

/* A line that was cut within a character loses the rest of it. */
static void end_at_character(struct line *line)
{
    size_t at = line->len, tail = 0;

    if (line->len < line->room)
        return;
    while (at > 0 && tail < 3 && ((unsigned char)line->ptr[at - 1] & 0xc0) == 0x80) {
        at--;
        tail++;
    }
    if (at > 0 && ((unsigned char)line->ptr[at - 1] & 0xc0) == 0xc0)
        line->len = at - 1;
}

void mom__text_format(char *buf, size_t size, const char *form, ...)
{
    struct line line = {buf, 0, size - 1};
    va_list args;

    /* clang-tidy 14 forgets va_start when it looks at several files in one call. */
    /* NOLINTBEGIN(clang-analyzer-valist.Uninitialized) */
    va_start(args, form);
    for (const char *c = form; *c != '\0'; c++) {
        if (*c != '%') {
            put(&line, c, 1);
            continue;
        }
        if (*++c == 'd') {
            put_number(&line, va_arg(args, int64_t));
        } else if (*c == 's') {
            put_text(&line, va_arg(args, const char *));
        } else if (*c == 'v') {
            struct axi_str text = va_arg(args, struct axi_str);

            put(&line, text.ptr, text.ptr == NULL ? 0 : text.len);
        } else {
            break; /* a mistake of the form */
        }
    }
    va_end(args);
    /* NOLINTEND(clang-analyzer-valist.Uninitialized) */
    end_at_character(&line);
    buf[line.len] = '\0';
}
