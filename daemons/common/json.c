/*
 * The JSON writer. A bit per level remembers whether it is an object and whether it has items.
 */
#include <com/json.h>

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void com_json_init(struct com_json *json)
{
    *json = (struct com_json){0};
}

void com_json_done(struct com_json *json)
{
    free(json->buf);
    *json = (struct com_json){0};
}

void com_json_reset(struct com_json *json)
{
    char *buf = json->buf;
    size_t cap = json->cap;
    *json = (struct com_json){.buf = buf, .cap = cap};
}

static void put(struct com_json *json, const char *bytes, size_t len)
{
    if (json->failed)
        return;
    if (json->len + len + 1 > json->cap) {
        size_t cap = json->cap ? json->cap : 256;
        while (cap < json->len + len + 1 && cap <= SIZE_MAX / 2)
            cap *= 2;
        char *buf = cap >= json->len + len + 1 ? realloc(json->buf, cap) : NULL;
        if (!buf) {
            json->failed = true;
            return;
        }
        json->buf = buf;
        json->cap = cap;
    }
    memcpy(json->buf + json->len, bytes, len);
    json->len += len;
    json->buf[json->len] = '\0';
}

static void put_text(struct com_json *json, const char *text)
{
    put(json, text, strlen(text));
}

/* What stands before a value: a comma, or nothing after a key. A value without key in an object is
 * an error, and so is a second text behind a complete one. */
static void begin_value(struct com_json *json)
{
    uint64_t bit = (uint64_t)1 << json->depth;
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if ((json->in_object & bit) || (json->depth == 0 && (json->has_items & bit)))
        json->failed = true;
    if (json->has_items & bit)
        put_text(json, ",");
    json->has_items |= bit;
}

static void open_level(struct com_json *json, bool object)
{
    begin_value(json);
    if (json->depth == COM_JSON_DEPTH_MAX)
        json->failed = true;
    if (json->failed)
        return;
    put_text(json, object ? "{" : "[");
    uint64_t bit = (uint64_t)1 << ++json->depth;
    json->has_items &= ~bit;
    json->in_object = object ? json->in_object | bit : json->in_object & ~bit;
}

void com_json_object(struct com_json *json)
{
    open_level(json, true);
}

void com_json_array(struct com_json *json)
{
    open_level(json, false);
}

void com_json_end(struct com_json *json)
{
    if (json->depth == 0 || json->after_key)
        json->failed = true;
    if (json->failed)
        return;
    put_text(json, json->in_object >> json->depth & 1 ? "}" : "]");
    json->depth--;
}

/* --- strings */

/* Bytes of the UTF-8 character at p, 0 when there is none (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *p, size_t len)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t need;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    need = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] == 0xe0)
        low = 0xa0;
    if (p[0] == 0xed)
        high = 0x9f;
    if (p[0] == 0xf0)
        low = 0x90;
    if (p[0] == 0xf4)
        high = 0x8f;
    if (len < need || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    }
    return need;
}

static void put_escape(struct com_json *json, unsigned char c)
{
    static const char plain[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    char text[8];
    const char *at = c ? strchr(plain, c) : NULL;
    if (at)
        snprintf(text, sizeof text, "\\%c", letters[at - plain]);
    else
        snprintf(text, sizeof text, "\\u%04x", c);
    put_text(json, text);
}

static void put_string(struct com_json *json, const char *ptr, size_t len)
{
    const unsigned char *p = (const unsigned char *)ptr;
    put_text(json, "\"");
    size_t start = 0, i = 0;
    while (i < len) {
        size_t n = utf8_length(p + i, len - i);
        bool special = n == 1 && (p[i] < 0x20 || p[i] == 0x7f || p[i] == '"' || p[i] == '\\');
        if (n > 0 && !special) {
            i += n;
            continue;
        }
        if (i > start)
            put(json, ptr + start, i - start);
        if (n == 0)
            put_text(json, "\xef\xbf\xbd");
        else
            put_escape(json, p[i]);
        start = ++i;
    }
    if (len > start)
        put(json, ptr + start, len - start);
    put_text(json, "\"");
}

void com_json_key(struct com_json *json, const char *name)
{
    uint64_t bit = (uint64_t)1 << json->depth;
    if (!(json->in_object & bit) || json->after_key)
        json->failed = true;
    if (json->failed)
        return;
    if (json->has_items & bit)
        put_text(json, ",");
    json->has_items |= bit;
    put_string(json, name, strlen(name));
    put_text(json, ":");
    json->after_key = true;
}

void com_json_text(struct com_json *json, const char *text)
{
    com_json_str(json, text, text ? strlen(text) : 0);
}

void com_json_str(struct com_json *json, const char *ptr, size_t len)
{
    begin_value(json);
    if (ptr)
        put_string(json, ptr, len);
    else
        put_text(json, "null");
}

void com_json_format(struct com_json *json, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0) {
        json->failed = true;
        return;
    }
    com_json_str(json, text, (size_t)len);
    free(text);
}

/* --- other values */

void com_json_int(struct com_json *json, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    com_json_raw(json, text, strlen(text));
}

void com_json_id(struct com_json *json, uint64_t id)
{
    char text[32];
    snprintf(text, sizeof text, "\"%" PRIu64 "\"", id);
    com_json_raw(json, text, strlen(text));
}

void com_json_double(struct com_json *json, double value)
{
    char text[40];
    if (!isfinite(value)) {
        com_json_null(json);
        return;
    }
    snprintf(text, sizeof text, "%.17g", value);
    /* a locale may have put a comma in */
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    com_json_raw(json, text, strlen(text));
}

void com_json_bool(struct com_json *json, bool value)
{
    com_json_raw(json, value ? "true" : "false", value ? 4 : 5);
}

void com_json_null(struct com_json *json)
{
    com_json_raw(json, "null", 4);
}

void com_json_raw(struct com_json *json, const char *text, size_t len)
{
    begin_value(json);
    put(json, text, len);
}

void com_json_set_text(struct com_json *json, const char *key, const char *text)
{
    com_json_key(json, key);
    com_json_text(json, text);
}

void com_json_set_str(struct com_json *json, const char *key, const char *ptr, size_t len)
{
    com_json_key(json, key);
    com_json_str(json, ptr, len);
}

void com_json_set_int(struct com_json *json, const char *key, int64_t value)
{
    com_json_key(json, key);
    com_json_int(json, value);
}

void com_json_set_id(struct com_json *json, const char *key, uint64_t id)
{
    com_json_key(json, key);
    com_json_id(json, id);
}

void com_json_set_bool(struct com_json *json, const char *key, bool value)
{
    com_json_key(json, key);
    com_json_bool(json, value);
}

const char *com_json_done_text(const struct com_json *json)
{
    return json->failed || json->depth > 0 || json->len == 0 ? NULL : json->buf;
}
