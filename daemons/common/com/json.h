/*
 * A writer of JSON that needs no tree: text goes into one growing buffer. Commas and colons come by
 * themselves. Reading is jansson's work.
 *
 * Errors stick: after one, calls do nothing and com_json_done_text gives NULL.
 */
#ifndef COM_JSON_H
#define COM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COM_JSON_DEPTH_MAX 60

struct com_json {
    char *buf; /* private */
    size_t len, cap;
    uint64_t in_object, has_items; /* a bit per level */
    unsigned depth;
    bool after_key, failed;
};

void com_json_init(struct com_json *json);
void com_json_done(struct com_json *json);
/* Empty it and keep the memory: for one line after the other. */
void com_json_reset(struct com_json *json);

void com_json_object(struct com_json *json);
void com_json_array(struct com_json *json);
void com_json_end(struct com_json *json); /* of the innermost object or array */
void com_json_key(struct com_json *json, const char *name);

/* Values. What is not UTF-8 becomes U+FFFD; NULL text becomes null. */
void com_json_text(struct com_json *json, const char *text);
void com_json_str(struct com_json *json, const char *ptr, size_t len);
void com_json_format(struct com_json *json, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void com_json_int(struct com_json *json, int64_t value);
/* A 64-bit id, as a string of decimal digits: JavaScript would round the number. */
void com_json_id(struct com_json *json, uint64_t id);
void com_json_double(struct com_json *json, double value); /* null when it is not finite */
void com_json_bool(struct com_json *json, bool value);
void com_json_null(struct com_json *json);
/* A complete JSON text, as it is. */
void com_json_raw(struct com_json *json, const char *text, size_t len);

/* Key and value in one. */
void com_json_set_text(struct com_json *json, const char *key, const char *text);
void com_json_set_str(struct com_json *json, const char *key, const char *ptr, size_t len);
void com_json_set_int(struct com_json *json, const char *key, int64_t value);
void com_json_set_id(struct com_json *json, const char *key, uint64_t id);
void com_json_set_bool(struct com_json *json, const char *key, bool value);

/* The terminated text when everything is closed and nothing failed, otherwise NULL. Borrowed: until
 * the next call. */
const char *com_json_done_text(const struct com_json *json);
static inline size_t com_json_len(const struct com_json *json)
{
    return json->len;
}

#endif
