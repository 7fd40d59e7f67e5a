/*
 * Small things about text: UTF-8, the characters and names of XML 1.0, numbers.
 */
#ifndef AXI__TEXT_H
#define AXI__TEXT_H

#include <axi/base.h>

/* Length of the character at `s`, 0 when the bytes are not UTF-8. `left` is at least 1. */
size_t axi__utf8_next(const char *s, size_t left, uint32_t *ret_char);
/* Offset of the first byte that does not belong to valid UTF-8; `len` when all do. */
size_t axi__utf8_bad(const char *s, size_t len);
size_t axi__char_count(struct axi_str text);
/* The most bytes, up to `len`, that do not end in the middle of a character of the valid text `s`. */
size_t axi__utf8_whole(const char *s, size_t len);

/* XML 1.0, production 2. */
bool axi__is_xml_char(uint32_t c);
/* AXI_OK, AXI_EUTF8 (also for a NUL) or AXI_EVALUE (a character that XML forbids). */
int axi__check_text(struct axi_str text);
/* Name of an element or attribute that may be built. ASCII only: which other letters XML allows
 * depends on the edition of the standard that the reader follows. */
bool axi__is_name(struct axi_str name);
bool axi__is_blank(const char *s, size_t len);

struct axi_str axi__str(const char *s);
bool axi__equal(struct axi_str a, struct axi_str b);
/* The same, with A and a alike. */
bool axi__equal_ascii_case(struct axi_str a, struct axi_str b);
/* Order of bytes; a prefix comes first. */
int axi__compare(struct axi_str a, struct axi_str b);

/* Value of a digit of base 10 or 16, -1 when it is none. */
int axi__digit_of(char c, unsigned base);
bool axi__parse_int(struct axi_str text, int64_t *ret);
/* A list of integers with commas between them: the place `*at` begins with 0 and goes on behind each number that is
 * read. False for what is no number. An empty text is an empty list. */
bool axi__int_list_end(struct axi_str list, size_t at);
bool axi__int_list_next(struct axi_str list, size_t *at, int64_t *ret);
bool axi__parse_bool(struct axi_str text, bool *ret);
enum { AXI__INT_TEXT = 21 };
/* Writes the decimal form, without a NUL, and returns its length. */
size_t axi__format_int(char buf[AXI__INT_TEXT], int64_t value);

#endif
