/*
 * Messages from files and standard input, as they come: XML (one after the other, with bytes 0, line ends or
 * nothing between them), lines of JSON (json.h), lines in the short form (words.h), and comment lines, which begin
 * with #.
 */
#ifndef AXICAT_READER_H
#define AXICAT_READER_H

#include "axicat.h"
#include "json.h"

struct cat_reader;

enum cat_item_kind { CAT_ITEM_XML, CAT_ITEM_JSON, CAT_ITEM_WORDS, CAT_ITEM_BAD };

/* One message as text; borrowed until the next call on the reader. */
struct cat_item {
    enum cat_item_kind kind;
    struct axi_str text;
    unsigned long line, column; /* of its first byte, from 1; the column counts bytes */
    const char *problem;        /* of CAT_ITEM_BAD */
};

/* NULL on no memory. */
struct cat_reader *cat_reader_new(void);
void cat_reader_free(struct cat_reader *reader);
/* Take bytes; all items must have been taken out before. False on no memory. */
bool cat_reader_feed(struct cat_reader *reader, const char *bytes, size_t len);
/* Nothing more comes. */
void cat_reader_end(struct cat_reader *reader);
/* The next item; false when there is none in what was fed. */
bool cat_reader_next(struct cat_reader *reader, struct cat_item *ret_item);

/* Where a byte of an item's text stands. */
void cat_item_place(const struct cat_item *item, size_t offset, unsigned long *ret_line,
                    unsigned long *ret_column);

/* --- to messages */

/* Texts to messages; holds a parser. */
struct cat_decoder {
    struct axi_parser *parser;
    struct axi_msg *built;
    bool unchecked; /* of the short form */
};
bool cat_decoder_init(struct cat_decoder *decoder, bool unchecked);
void cat_decoder_done(struct cat_decoder *decoder);
/* The message of an item, borrowed until the next call; NULL with the error, and in ret_offset (may be NULL)
 * where in the text it was noticed. ret_stamp may be NULL. */
struct axi_msg *cat_decode(struct cat_decoder *decoder, const struct cat_item *item,
                           struct cat_stamp *ret_stamp, size_t *ret_offset,
                           struct cat_error *error);

/* --- whole files */

/* Give every item of a file ("-": standard input) to `each`, until it returns false. False with the error when the file
 * cannot be read. */
bool cat_read_file(const char *path, bool (*each)(void *user, const struct cat_item *item),
                   void *user, struct cat_error *error);

#endif
