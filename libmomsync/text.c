/*
 * Small things about text. No locale, no C library function that has one.
 */
#include "text.h"

#include <string.h>

struct mom_str mom__str(const char *s)
{
    return (struct mom_str){s, s != NULL ? strlen(s) : 0};
}

bool mom__equal_c(struct mom_str a, const char *b)
{
    return mom__equal(a, mom__str(b));
}

int mom__compare(struct mom_str a, struct mom_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

int mom__hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool mom__is_hex(char c)
{
    return mom__hex_value(c) >= 0;
}

bool mom__parse_uint(struct mom_str text, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret_value = value;
    return true;
}

/* Length of the character at `s` and its number; 0 when it is not UTF-8 (too long a form, a
 * surrogate, past U+10FFFF, cut off). */
static size_t utf8_next(const unsigned char *s, size_t left, uint32_t *ret_char)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = *s < 0x80                 ? 1
                 : *s >= 0xc2 && *s < 0xe0 ? 2
                 : (*s & 0xf0) == 0xe0     ? 3
                 : (*s & 0xf8) == 0xf0     ? 4
                                           : 0;
    if (len == 0 || len > left)
        return 0;
    uint32_t c = len == 1 ? *s : *s & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fU);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_char = c;
    return len;
}

static bool is_xml_char(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    return c != 0xfffe && c != 0xffff;
}

bool mom__utf8_count(struct mom_str text, size_t *ret_chars)
{
    size_t chars = 0;
    const unsigned char *s = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len; chars++) {
        uint32_t c;
        size_t len = utf8_next(s + i, text.len - i, &c);
        if (len == 0 || !is_xml_char(c))
            return false;
        i += len;
    }
    *ret_chars = chars;
    return true;
}
