/*
 * Texts for people: a small formatter, because these libraries call no stdio function. What came
 * from the network is cleaned of control characters on the way.
 */
#ifndef MOM_AXI_TEXT_H
#define MOM_AXI_TEXT_H

#include <stddef.h>

/*
 * Write to `buf` and end with NUL, cutting off at a character's boundary. In `form`, %s takes a
 * const char *, %d an int64_t and %v a struct axi_str; NULL texts are empty.
 */
void mom__text_format(char *buf, size_t size, const char *form, ...);

#endif
