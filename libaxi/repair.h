/*
 * Mending a message that has characters which XML 1.0 forbids: each becomes U+FFFD.
 */
#ifndef AXI__REPAIR_H
#define AXI__REPAIR_H

#include <axi/base.h>

/* Bytes that the mended copy of `src` needs, 0 when there is nothing to mend. */
size_t axi__repair_size(const char *src, size_t len);
/* Writes the mended copy, axi__repair_size bytes. */
void axi__repair(const char *src, size_t len, char *dst);
/* Places of the mended copy in `src`, asked in ascending order. */
struct axi__origins {
    const char *src;
    size_t len, at, out; /* `at` of the source is at `out` of the copy */
};
/* The byte of the source from which the byte at `offset` of the mended copy comes. */
size_t axi__repair_origin(struct axi__origins *origins, size_t offset);

#endif
