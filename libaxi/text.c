/*
 * UTF-8 (RFC 3629), XML characters and decimal numbers. No locale, no C library conversions: their
 * results depend on the process, a codec's must not.
 */
#include "text.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

size_t axi__utf8_next(const char *s, size_t left, uint32_t *ret_char)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *ret_char = u[0];
        return 1;
    }
    if (u[0] >= 0xC2 && u[0] <= 0xDF && left >= 2 && is_tail(u[1])) {
        *ret_char = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
        return 2;
    }
    if ((u[0] & 0xF0) == 0xE0 && left >= 3 && is_tail(u[1]) && is_tail(u[2])) {
        uint32_t c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
        *ret_char = c;
        return c >= 0x800 && (c < 0xD800 || c > 0xDFFF) ? 3 : 0;
    }
    if (u[0] >= 0xF0 && u[0] <= 0xF4 && left >= 4 && is_tail(u[1]) && is_tail(u[2]) &&
        is_tail(u[3])) {
        uint32_t c =
            (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
        *ret_char = c;
        return c >= 0x10000 && c <= 0x10FFFF ? 4 : 0;
    }
    return 0;
}

size_t axi__utf8_bad(const char *s, size_t len)
{
    size_t at = 0;
    while (at < len) {
        uint32_t c;
        size_t n = axi__utf8_next(s + at, len - at, &c);
        if (n == 0)
            return at;
        at += n;
    }
    return len;
}

size_t axi__char_count(struct axi_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += !is_tail((unsigned char)text.ptr[i]);
    return count;
}

size_t axi__utf8_whole(const char *s, size_t len)
{
    uint32_t c;
    size_t start = len;
    while (start > 0 && len - start < 4) {
        start--;
        if (!is_tail((unsigned char)s[start]))
            return axi__utf8_next(s + start, len - start, &c) > 0 ? len : start;
    }
    return len;
}

bool axi__is_xml_char(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    if (c >= 0xD800 && c <= 0xDFFF)
        return false;
    return c != 0xFFFE && c != 0xFFFF && c <= 0x10FFFF;
}

int axi__check_text(struct axi_str text)
{
    int rc = AXI_OK;
    for (size_t at = 0; at < text.len;) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte >= 0x20 && byte < 0x80) {
            at++;
            continue;
        }
        uint32_t c;
        size_t n = axi__utf8_next(text.ptr + at, text.len - at, &c);
        if (n == 0 || c == 0)
            return AXI_EUTF8;
        if (!axi__is_xml_char(c))
            rc = AXI_EVALUE;
        at += n;
    }
    return rc;
}

bool axi__is_name(struct axi_str name)
{
    if (name.len == 0)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool starts = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
        bool goes_on = (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!starts && (i == 0 || !goes_on))
            return false;
    }
    return true;
}

bool axi__is_blank(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] != ' ' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r')
            return false;
    return true;
}

struct axi_str axi__str(const char *s)
{
    struct axi_str str = {s, s != NULL ? strlen(s) : 0};
    return str;
}

bool axi__equal(struct axi_str a, struct axi_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool axi__equal_ascii_case(struct axi_str a, struct axi_str b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && lower(a.ptr[i]) == lower(b.ptr[i]))
        i++;
    return i == a.len && i == b.len;
}

int axi__compare(struct axi_str a, struct axi_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

int axi__digit_of(char c, unsigned base)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (base == 16 && c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (base == 16 && c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool axi__parse_int(struct axi_str text, int64_t *ret)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t at = negative ? 1 : 0;
    if (at == text.len)
        return false;
    /* Counted downwards: the negative half of the range is the larger one. */
    int64_t value = 0;
    for (; at < text.len; at++) {
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
        int digit = text.ptr[at] - '0';
        if (value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

bool axi__int_list_end(struct axi_str list, size_t at)
{
    return list.len == 0 || at > list.len;
}

bool axi__int_list_next(struct axi_str list, size_t *at, int64_t *ret)
{
    size_t end = *at;
    while (end < list.len && list.ptr[end] != ',')
        end++;
    struct axi_str number = {list.ptr + *at, end - *at};
    *at = end + 1;
    return axi__parse_int(number, ret);
}

bool axi__parse_bool(struct axi_str text, bool *ret)
{
    bool yes = (text.len == 1 && text.ptr[0] == '1') ||
               (text.len == 4 && memcmp(text.ptr, "true", 4) == 0);
    bool no = (text.len == 1 && text.ptr[0] == '0') ||
              (text.len == 5 && memcmp(text.ptr, "false", 5) == 0);
    if (yes || no)
        *ret = yes;
    return yes || no;
}

size_t axi__format_int(char buf[AXI__INT_TEXT], int64_t value)
{
    char digits[AXI__INT_TEXT];
    size_t n = 0, len = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        buf[len++] = '-';
    while (n > 0)
        buf[len++] = digits[--n];
    return len;
}
