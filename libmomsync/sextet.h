/*
 * Text of base64 digits as bytes, six bits a digit: what an OMM encrypted is such text, and takes three quarters of the
 * room. Unlike a base64 decoder this keeps every text: any number of digits, padding or none, bits that decoding drops.
 */
#ifndef MOM__SEXTET_H
#define MOM__SEXTET_H

#include <momsync/base.h>

enum { MOM__SEXTET_PADS = 2 };

/* The text is digits, and after them at most MOM__SEXTET_PADS times '='. */
bool mom__sextet_is(struct mom_str text, size_t *ret_digits, unsigned *ret_pads);
/* Bytes for so many digits. */
size_t mom__sextet_bytes(size_t digits);
/* Writes mom__sextet_bytes(digits) bytes of a text that has so many. Bits that are left over are 0. */
void mom__sextet_pack(const char *text, size_t digits, unsigned char *ret_bytes);
/* Writes digits + pads characters, without an end mark. */
void mom__sextet_unpack(const unsigned char *bytes, size_t digits, unsigned pads, char *ret_text);

#endif
