/*
 * A message as one JSON object:
 *
 *   {"message":"GetPPUserResp","direction":"in","time":"2026-01-31T12:34:56.789Z","attributes":{"seq":1},
 *    "children":[{"element":"user","attributes":{"uid":1,"name":"Anna","permanent":false}}]}
 *
 * Integers of the catalogue are numbers when they are written without leading zeros and within 2^53, booleans are
 * booleans, all else is a string. Booleans go back as 1 and 0, or as true and false when the object says
 * "booleans":"words"; one in the other form is a string. So the way back gives the same message.
 */
#ifndef AXICAT_JSON_H
#define AXICAT_JSON_H

#include "axicat.h"

#include <com/json.h>

/* When and which way; empty and 0 when not known. */
struct cat_stamp {
    char direction[4]; /* "in", "out" or "" */
    int64_t wall_ms;
};

/* Append the message as an object. `stamp` may be NULL. */
void cat_json_write(struct com_json *json, const struct axi_msg *msg,
                    const struct cat_stamp *stamp);
/* Build `msg` from a text. ret_stamp may be NULL. */
bool cat_json_read(struct axi_str text, struct axi_msg *msg, struct cat_stamp *ret_stamp,
                   struct cat_error *error);

#endif
