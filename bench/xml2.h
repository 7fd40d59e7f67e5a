/*
 * libxml2's SAX reader over the stream of the AXI bench: xml2.c where libxml2 is installed, else xml2_none.c. It is a
 * peer to be measured with; nothing else of the project uses it.
 */
#ifndef BENCH_XML2_H
#define BENCH_XML2_H

#include <stddef.h>

/* Version of libxml2, NULL when there is none. */
const char *xml2_version(void);
/* Read messages of which each ends with a byte 0, with handlers that do nothing; how many there were, 0 on an error. */
size_t xml2_read(const char *data, size_t len);
void xml2_done(void);

#endif
