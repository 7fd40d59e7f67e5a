/*
 * What text of a stranger must not bring along into a log line, a table or a terminal.
 */
#ifndef COM_TEXT_H
#define COM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the control character that begins here: 1 for C0 and DEL, 2 for C1 in UTF-8 (0xc2 0x80 to 0xc2 0x9f), 0 when
 * there is none; the end of the text is none. */
static inline size_t com_control_length(const char *text)
{
    unsigned char c = (unsigned char)text[0];
    if (c == 0xc2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0)
        return 2;
    return c != 0 && (c < 0x20 || c == 0x7f) ? 1 : 0;
}

static inline bool com_has_controls(const char *text)
{
    while (*text && com_control_length(text) == 0)
        text++;
    return *text != '\0';
}

#endif
