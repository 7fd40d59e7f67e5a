/*
 * Messages for people (indented, wrapped, coloured) and for programs (XML or JSON, one message in a line). Secrets are
 * written as ***; control characters as references, so that a message cannot write on a terminal.
 */
#ifndef AXICAT_PRINT_H
#define AXICAT_PRINT_H

#include "axicat.h"
#include "json.h"

enum cat_format { CAT_XML, CAT_PRETTY, CAT_JSON, CAT_QUIET };

struct cat_printer;

struct cat_printer_options {
    FILE *out;
    enum cat_format format;
    bool colour;
    bool show_secrets; /* but never the password of an Open */
    bool stamps;       /* pretty: a line with time and direction above each message */
    unsigned width;    /* pretty: where lines are wrapped; 0: 100 */
};
/* NULL on no memory. */
struct cat_printer *cat_printer_new(const struct cat_printer_options *options);
void cat_printer_free(struct cat_printer *printer);
/* Print and flush. False when it could not be written. */
bool cat_print(struct cat_printer *printer, const struct axi_msg *msg,
               const struct cat_stamp *stamp);

/* --- without secrets */

/* Makes copies of messages in which secrets are ***. */
struct cat_redactor {
    struct axi_parser *parser;
    struct axi_buf buf;
};
bool cat_redactor_init(struct cat_redactor *redactor);
void cat_redactor_done(struct cat_redactor *redactor);
/* Borrowed until the next call; NULL on no memory. With `show` only the password of an Open is hidden. */
const struct axi_msg *cat_redact(struct cat_redactor *redactor, const struct axi_msg *msg,
                                 bool show);

#endif
