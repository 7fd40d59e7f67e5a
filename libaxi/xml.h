/*
 * One message's bytes to a tree, through expat. The only file that knows expat is xml.c.
 */
#ifndef AXI__XML_H
#define AXI__XML_H

#include <axi/parser.h>

#include "tree.h"

struct axi__xml;

struct axi__xml_result {
    int code;
    size_t offset;    /* where the error was noticed */
    const char *text; /* static */
};

/* Limits are those of the options, all of them set. NULL on no memory. */
struct axi__xml *axi__xml_new(const struct axi_parser_options *options);
void axi__xml_free(struct axi__xml *xml);
/* Fill `msg`, which is empty. On error it is to be cleared. */
struct axi__xml_result axi__xml_parse(struct axi__xml *xml, const char *data, size_t len,
                                      struct axi_msg *msg);

#endif
