/*
 * Building a line of text in a fixed buffer.
 */
#include "fmt.h"

#include <string.h>

/* "…" in UTF-8 and the NUL have room behind the limit. */
static const char cut_mark[] = "\xe2\x80\xa6";
enum { TEXT_LIMIT = MOM__TEXT_SIZE - (int)sizeof cut_mark };

void mom__text_init(struct mom__text *text)
{
    text->len = 0;
    text->cut = false;
    text->buf[0] = '\0';
}

/* What did not fit: end with the mark, behind a whole character. */
static void cut(struct mom__text *text)
{
    text->cut = true;
    while (text->len > 0 && ((unsigned char)text->buf[text->len - 1] & 0xc0) == 0x80)
        text->len--; /* the rest of a character of several bytes */
    if (text->len > 0 && (unsigned char)text->buf[text->len - 1] >= 0xc0)
        text->len--;
    memcpy(text->buf + text->len, cut_mark, sizeof cut_mark);
    text->len += sizeof cut_mark - 1;
}

static void add(struct mom__text *text, const char *s, size_t len, bool clean)
{
    if (text->cut)
        return;
    size_t room = (size_t)TEXT_LIMIT - text->len;
    size_t fits = len < room ? len : room;
    memcpy(text->buf + text->len, s, fits);
    for (size_t i = 0; clean && i < fits; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == 0x7f)
            text->buf[text->len + i] = '?';
    }
    text->len += fits;
    text->buf[text->len] = '\0';
    if (fits < len)
        cut(text);
}

void mom__text_add(struct mom__text *text, const char *s)
{
    if (s != NULL)
        add(text, s, strlen(s), false);
}

void mom__text_char(struct mom__text *text, char c)
{
    add(text, &c, 1, false);
}

void mom__text_str(struct mom__text *text, struct mom_str s)
{
    if (s.ptr == NULL)
        mom__text_char(text, '-');
    else
        add(text, s.ptr, s.len, true);
}

void mom__text_uint(struct mom__text *text, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    add(text, digits + at, sizeof digits - at, false);
}

void mom__text_int(struct mom__text *text, int64_t value)
{
    if (value < 0)
        mom__text_char(text, '-');
    mom__text_uint(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void mom__text_hex(struct mom__text *text, uint64_t value, unsigned digits)
{
    char buf[16];
    size_t at = sizeof buf;
    do {
        buf[--at] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (at > 0 && (value > 0 || sizeof buf - at < digits));
    add(text, buf + at, sizeof buf - at, false);
}

static void key_of(struct mom__text *text, const char *key)
{
    mom__text_char(text, ' ');
    mom__text_add(text, key);
    mom__text_char(text, '=');
}

void mom__text_key_str(struct mom__text *text, const char *key, struct mom_str value)
{
    key_of(text, key);
    mom__text_str(text, value);
}

void mom__text_key_uint(struct mom__text *text, const char *key, uint64_t value)
{
    key_of(text, key);
    mom__text_uint(text, value);
}

struct mom_str mom__text_view(const struct mom__text *text)
{
    return (struct mom_str){text->buf, text->len};
}
