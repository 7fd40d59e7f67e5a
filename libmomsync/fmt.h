/*
 * Lines for the log and the trace, built without stdio. What does not fit is cut at a character of
 * its own ("…" at the end says so); the text is always terminated.
 */
#ifndef MOM__FMT_H
#define MOM__FMT_H

#include <momsync/base.h>
#include <momsync/limits.h>

enum { MOM__TEXT_SIZE = MOM_LINE_BYTES };

struct mom__text {
    char buf[MOM__TEXT_SIZE];
    size_t len;
    bool cut;
};

void mom__text_init(struct mom__text *text);
void mom__text_add(struct mom__text *text, const char *s); /* NULL: nothing */
void mom__text_char(struct mom__text *text, char c);
/* Control characters are written as '?'; bytes of UTF-8 are kept. A missing text is written as "-".
 */
void mom__text_str(struct mom__text *text, struct mom_str s);
void mom__text_int(struct mom__text *text, int64_t value);
void mom__text_uint(struct mom__text *text, uint64_t value);
/* Lower case, at least `digits` digits (up to 16). */
void mom__text_hex(struct mom__text *text, uint64_t value, unsigned digits);
/* " key=value", for lines of the trace. */
void mom__text_key_str(struct mom__text *text, const char *key, struct mom_str value);
void mom__text_key_uint(struct mom__text *text, const char *key, uint64_t value);
struct mom_str mom__text_view(const struct mom__text *text);

#endif
