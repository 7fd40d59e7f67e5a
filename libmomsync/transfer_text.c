/*
 * Writing and reading the words of an export.
 */
#include "transfer_text.h"

#include "fmt.h"
#include "text.h"

#include <string.h>

/* --- writing ---------------------------------------------------------------------------------- */

void mom__write_text(struct mom__buf *buf, const char *text)
{
    mom__buf_bytes(buf, text, strlen(text));
}

void mom__write_number(struct mom__buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    mom__buf_bytes(buf, digits + at, sizeof digits - at);
}

void mom__write_key(struct mom__buf *buf, const char *key)
{
    mom__buf_u8(buf, ' ');
    mom__write_text(buf, key);
    mom__buf_u8(buf, '=');
}

static void write_digits(struct mom__buf *buf, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";

    mom__buf_u8(buf, (unsigned char)digits[byte >> 4]);
    mom__buf_u8(buf, (unsigned char)digits[byte & 15]);
}

void mom__write_hex(struct mom__buf *buf, struct mom_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        write_digits(buf, (unsigned char)bytes.ptr[i]);
}

static void write_escape(struct mom__buf *buf, unsigned char byte)
{
    mom__buf_u8(buf, '\\');
    switch (byte) {
    case '\n':
        mom__buf_u8(buf, 'n');
        break;
    case '\r':
        mom__buf_u8(buf, 'r');
        break;
    case '\t':
        mom__buf_u8(buf, 't');
        break;
    case '"':
    case '\\':
        mom__buf_u8(buf, byte);
        break;
    default:
        mom__buf_u8(buf, 'x');
        write_digits(buf, byte);
        break;
    }
}

/* Length of the character of UTF-8 that begins here; 0: none that a text file should hold. */
static size_t character(const char *at, size_t left)
{
    size_t chars;

    for (size_t len = 2; len <= 4 && len <= left; len++) {
        if (mom__utf8_count((struct mom_str){at, len}, &chars))
            return chars == 1 ? len : 0;
    }
    return 0;
}

void mom__write_quoted(struct mom__buf *buf, struct mom_str text)
{
    mom__buf_u8(buf, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned char byte = (unsigned char)text.ptr[i];
        size_t len = byte < 0x80 ? 1 : character(text.ptr + i, text.len - i);

        if (len == 0 || byte < ' ' || byte == 0x7f || byte == '"' || byte == '\\') {
            write_escape(buf, byte);
            len = 1;
        } else {
            mom__buf_bytes(buf, text.ptr + i, len);
        }
        i += len;
    }
    mom__buf_u8(buf, '"');
}

void mom__write_stamp(struct mom__buf *buf, struct mom_stamp stamp)
{
    if (stamp.ms == 0 && stamp.counter == 0 && stamp.origin == 0) {
        mom__buf_u8(buf, '-');
        return;
    }
    mom__write_number(buf, (uint64_t)stamp.ms);
    mom__buf_u8(buf, '.');
    mom__write_number(buf, stamp.counter);
    mom__buf_u8(buf, '.');
    mom__write_number(buf, stamp.origin);
}

/* --- reading ---------------------------------------------------------------------------------- */

void mom__words_init(struct mom__words *words, struct mom_str line, struct mom__arena *arena)
{
    *words = (struct mom__words){line.ptr, line.ptr + line.len, arena, MOM_OK, NULL};
}

void mom__words_fail(struct mom__words *words, int rc, const char *wrong)
{
    if (words->rc != MOM_OK)
        return;
    words->rc = rc;
    words->wrong = wrong;
    words->at = words->end;
}

bool mom__words_end(struct mom__words *words)
{
    while (words->at < words->end && *words->at == ' ')
        words->at++;
    return words->at == words->end;
}

char mom__words_peek(const struct mom__words *words)
{
    return words->at < words->end ? *words->at : '\0';
}

bool mom__words_take(struct mom__words *words, char c)
{
    if (words->at == words->end || *words->at != c)
        return false;
    words->at++;
    return true;
}

struct mom_str mom__words_name(struct mom__words *words)
{
    const char *begin = words->at;

    while (words->at < words->end && *words->at != ' ' && *words->at != '=')
        words->at++;
    if (words->at == begin)
        mom__words_fail(words, MOM_EVALUE, "a name is missing");
    return (struct mom_str){begin, (size_t)(words->at - begin)};
}

uint64_t mom__words_number(struct mom__words *words, uint64_t max)
{
    const char *begin = words->at;
    uint64_t number = 0;

    while (words->at < words->end && *words->at >= '0' && *words->at <= '9')
        words->at++;
    if (!mom__parse_uint((struct mom_str){begin, (size_t)(words->at - begin)}, &number) ||
        number > max) {
        mom__words_fail(words, MOM_EVALUE, "a number is missing or too large");
        return 0;
    }
    return number;
}

int64_t mom__words_signed(struct mom__words *words)
{
    bool minus = mom__words_take(words, '-');
    int64_t number = (int64_t)mom__words_number(words, INT64_MAX);

    return minus ? -number : number;
}

struct mom_stamp mom__words_stamp(struct mom__words *words)
{
    struct mom_stamp stamp = {0, 0, 0};

    if (mom__words_take(words, '-'))
        return stamp;
    stamp.ms = (int64_t)mom__words_number(words, (UINT64_C(1) << 48) - 1);
    if (!mom__words_take(words, '.'))
        mom__words_fail(words, MOM_EVALUE, "a stamp has three numbers, parted by points");
    stamp.counter = (uint16_t)mom__words_number(words, UINT16_MAX);
    if (!mom__words_take(words, '.'))
        mom__words_fail(words, MOM_EVALUE, "a stamp has three numbers, parted by points");
    stamp.origin = (uint32_t)mom__words_number(words, UINT32_MAX);
    return stamp;
}

struct mom_str mom__words_hex(struct mom__words *words)
{
    const char *begin = words->at;
    char *bytes;
    size_t len;

    while (words->at < words->end && mom__is_hex(*words->at))
        words->at++;
    len = (size_t)(words->at - begin);
    bytes = mom__arena_bytes(words->arena, len / 2 + 1);
    if (!bytes || len % 2 != 0) {
        mom__words_fail(words, bytes ? MOM_EVALUE : MOM_ENOMEM, "an odd number of digits");
        return (struct mom_str){"", 0};
    }
    for (size_t i = 0; i < len / 2; i++)
        bytes[i] = (char)(mom__hex_value(begin[2 * i]) << 4 | mom__hex_value(begin[2 * i + 1]));
    return (struct mom_str){bytes, len / 2};
}

/* What an escape stands for; -1: nothing. */
static int escaped(struct mom__words *words)
{
    char c = mom__words_peek(words);
    int high, low;

    if (words->at == words->end)
        return -1;
    words->at++;
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '"':
    case '\\':
        return c;
    case 'x':
        if (words->end - words->at < 2)
            return -1;
        high = mom__hex_value(words->at[0]);
        low = mom__hex_value(words->at[1]);
        words->at += 2;
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    default:
        return -1;
    }
}

/* The text between quotes, which has escapes, of at most `max` bytes. */
static struct mom_str unescape(struct mom__words *words, size_t max)
{
    char *bytes = mom__arena_bytes(words->arena, max + 1);
    size_t len = 0;

    if (!bytes) {
        mom__words_fail(words, MOM_ENOMEM, "out of memory");
        return (struct mom_str){"", 0};
    }
    while (words->at < words->end && *words->at != '"') {
        int c = (unsigned char)*words->at++;

        if (c == '\\')
            c = escaped(words);
        if (c < 0) {
            mom__words_fail(words, MOM_EVALUE, "there is no such escape");
            return (struct mom_str){"", 0};
        }
        bytes[len++] = (char)c;
    }
    return (struct mom_str){bytes, len};
}

struct mom_str mom__words_quoted(struct mom__words *words)
{
    struct mom_str text = {"", 0};
    const char *begin;

    if (!mom__words_take(words, '"')) {
        mom__words_fail(words, MOM_EVALUE, "a text stands in quotes");
        return text;
    }
    begin = words->at;
    while (words->at < words->end && *words->at != '"' && *words->at != '\\')
        words->at++;
    text = (struct mom_str){begin, (size_t)(words->at - begin)};
    if (mom__words_peek(words) == '\\') {
        words->at = begin;
        text = unescape(words, (size_t)(words->end - begin));
    }
    if (!mom__words_take(words, '"'))
        mom__words_fail(words, MOM_EVALUE, "a text has no closing quote");
    return text;
}
