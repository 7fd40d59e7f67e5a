/*
 * Small things about text: making it, comparing it, UTF-8.
 */
#ifndef MOM__TEXT_H
#define MOM__TEXT_H

#include <momsync/base.h>

#include <string.h>

struct mom_str mom__str(const char *s); /* NULL gives a missing text */

/* Missing equals missing only. */
static inline bool mom__equal(struct mom_str a, struct mom_str b)
{
    if (a.ptr == b.ptr || a.ptr == NULL || b.ptr == NULL)
        return a.ptr == b.ptr && a.len == b.len;
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool mom__equal_c(struct mom_str a, const char *b);
/* Order of unsigned bytes; a prefix comes first. Missing counts as empty. */
int mom__compare(struct mom_str a, struct mom_str b);
bool mom__is_hex(char c);
int mom__hex_value(char c); /* -1: no hexadecimal digit */
/* Decimal digits only, at most UINT64_MAX. */
bool mom__parse_uint(struct mom_str text, uint64_t *ret_value);
/* Number of characters; false when it is no UTF-8 or has a character that no XML text can hold
 * (NUL, controls but tab and line ends, U+FFFE, U+FFFF). */
bool mom__utf8_count(struct mom_str text, size_t *ret_chars);

#endif
