/*
 * What goes over a connection, as messages: for --record and --verbose.
 */
#ifndef AXICAT_RECORDER_H
#define AXICAT_RECORDER_H

#include "print.h"

struct cat_recorder;

/* Messages of both directions go to the file `path` (NULL: none) as lines of JSON, and to `printer` (NULL: none). NULL
 * with the error. */
struct cat_recorder *cat_recorder_new(const char *path, bool show_secrets,
                                      struct cat_printer *printer, struct cat_error *error);
/* Bytes that came ("in") or went ("out"). What is not AXI is left out. */
void cat_recorder_take(struct cat_recorder *recorder, bool out, const char *bytes, size_t len,
                       int64_t wall_ms);
/* The connection is gone: half messages are forgotten. */
void cat_recorder_reset(struct cat_recorder *recorder);
/* False when something could not be written. NULL is allowed: true. */
bool cat_recorder_free(struct cat_recorder *recorder);

#endif
