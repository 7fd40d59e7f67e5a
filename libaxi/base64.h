/*
 * Base64 (RFC 4648, section 4): secrets and blocks of files are written so in attributes.
 */
#ifndef AXI__BASE64_H
#define AXI__BASE64_H

#include <axi/base.h>

/* Characters that `len` bytes become. */
#define AXI__BASE64_SIZE(len) (4 * (((len) + 2) / 3))

/* Writes AXI__BASE64_SIZE(len) characters, without an end mark, and returns their number. */
size_t axi__base64_encode(const void *data, size_t len, char *out);

/* Blanks and line ends are passed over wherever they are; anything else outside the alphabet, wrong
 * padding and bits behind the last byte are refused, as is what has more than `max` bytes. What was
 * written to `out` by then is of no meaning. 3 * (text.len / 4) bytes are always enough. */
bool axi__base64_decode(struct axi_str text, void *out, size_t max, size_t *ret_len);

#endif
