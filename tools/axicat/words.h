/*
 * The short form of a message: its name and words NAME=VALUE behind it.
 *
 *     GetPPUser uid=1 maxRecords=20
 *     SetPPUser user.uid=3 user.name="Anna Berg"      attributes of the child "user"
 *     Subscribe +e cmd=On eventType=PPDevCnf ppn=-1 +e cmd=On eventType=SystemState
 *
 * A word `+NAME` appends a child and the words behind it are that child's; a path goes on below the last child of each
 * name, made when there is none. An empty name after a dot (`user.confirm.=Yes`), or a word that begins with `=`, is
 * text. Names and the form of values are checked against the catalogue.
 */
#ifndef AXICAT_WORDS_H
#define AXICAT_WORDS_H

#include "axicat.h"

/* Most words of one message. */
#define CAT_WORDS_MAX 2048

/* Build `msg` from words. `unchecked`: names that the catalogue does not know are taken. */
bool cat_words_message(const struct axi_str *words, size_t count, bool unchecked,
                       struct axi_msg *msg, struct cat_error *error);
/* The same from one line, with quotes and backslashes as in a shell. */
bool cat_line_message(struct axi_str line, bool unchecked, struct axi_msg *msg,
                      struct cat_error *error);
/* Its words, appended to `words` (of CAT_WORDS_MAX); `room` takes their text and is as long as the line. */
bool cat_words_split(struct axi_str line, char *room, struct axi_str *words, size_t *ret_count,
                     struct cat_error *error);
/* True when a word of the command line begins a message and does not belong to the one before. */
bool cat_word_begins(const char *word);

#endif
