/*
 * Forbidden are the control characters other than TAB, LF and CR, U+FFFE and U+FFFF (XML 1.0,
 * production 2), as bytes and as references; references also to halves of surrogate pairs and to
 * what lies behind U+10FFFF. A reference inside CDATA or a comment is text and is replaced all the
 * same: such a message was broken anyway.
 */
#include "repair.h"

#include <string.h>

#include "text.h"

static const char REPLACEMENT[] = "\xEF\xBF\xBD";
enum { REPLACEMENT_LEN = 3 };

/* Length of a reference to a forbidden character at `s`, 0 when there is none. */
static size_t bad_reference(const char *s, size_t left)
{
    if (left < 4 || s[1] != '#')
        return 0;
    unsigned base = s[2] == 'x' ? 16 : 10;
    size_t first = base == 16 ? 3 : 2, at = first;
    uint32_t value = 0;
    while (at < left && axi__digit_of(s[at], base) >= 0) {
        value = value * base + (uint32_t)axi__digit_of(s[at++], base);
        if (value > 0x10FFFF)
            value = 0x110000; /* large enough, and cannot overflow */
    }
    if (at == first || at == left || s[at] != ';')
        return 0;
    return axi__is_xml_char(value) ? 0 : at + 1;
}

/* How many bytes from `s` on belong together; says whether they are to be replaced. */
static size_t step(const char *s, size_t left, bool *ret_bad)
{
    unsigned char c = (unsigned char)s[0];
    size_t len = 1;
    if (c == '&') {
        size_t reference = bad_reference(s, left);
        *ret_bad = reference > 0;
        return reference > 0 ? reference : 1;
    }
    if (c == 0xEF && left >= 3 && (unsigned char)s[1] == 0xBF && (unsigned char)s[2] >= 0xBE) {
        *ret_bad = true;
        len = 3;
    } else {
        *ret_bad = c < 0x20 && !axi__is_xml_char(c);
    }
    return len;
}

size_t axi__repair_size(const char *src, size_t len)
{
    size_t size = 0;
    bool any = false, bad;
    for (size_t at = 0; at < len;) {
        size_t n = step(src + at, len - at, &bad);
        size += bad ? REPLACEMENT_LEN : n;
        any = any || bad;
        at += n;
    }
    return any ? size : 0;
}

void axi__repair(const char *src, size_t len, char *dst)
{
    bool bad;
    for (size_t at = 0; at < len;) {
        size_t n = step(src + at, len - at, &bad), out = bad ? REPLACEMENT_LEN : n;
        memcpy(dst, bad ? REPLACEMENT : src + at, out);
        dst += out;
        at += n;
    }
}

size_t axi__repair_origin(struct axi__origins *origins, size_t offset)
{
    bool bad;
    while (origins->at < origins->len) {
        size_t n = step(origins->src + origins->at, origins->len - origins->at, &bad);
        size_t out = bad ? REPLACEMENT_LEN : n;
        if (origins->out + out > offset)
            break;
        origins->out += out;
        origins->at += n;
    }
    return origins->at;
}
