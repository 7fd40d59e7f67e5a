/*
 * Messages from a file, a pipe or a terminal while the loop runs: bytes are read when somebody wants a message and
 * there is none, so that what is written to us waits where it is.
 */
#ifndef AXICAT_INPUT_H
#define AXICAT_INPUT_H

#include "reader.h"

#include <uv.h>

struct cat_input;

enum cat_input_state { CAT_INPUT_ITEM, CAT_INPUT_WAIT, CAT_INPUT_END, CAT_INPUT_FAILED };

/* `path` "-" is standard input. on_ready is called when it is worth asking again. NULL with the error. */
struct cat_input *cat_input_open(uv_loop_t *loop, const char *path, void (*on_ready)(void *user),
                                 void *user, struct cat_error *error);
/* The next item, or why there is none. */
enum cat_input_state cat_input_next(struct cat_input *input, struct cat_item *ret_item,
                                    struct cat_error *error);
/* Name for messages: the path, or "standard input". */
const char *cat_input_name(const struct cat_input *input);
/* The memory goes in the next turns of the loop. NULL is allowed. */
void cat_input_close(struct cat_input *input);

#endif
