/*
 * The words that lines of an export are made of: quoted texts, numbers, stamps. docs/store.md has
 * the grammar.
 */
#ifndef MOM__TRANSFER_TEXT_H
#define MOM__TRANSFER_TEXT_H

#include "arena.h"
#include "buf.h"

#include <momsync/record.h>

#define MOM__TRANSFER_MAGIC "momsync-export"

/* --- writing ---------------------------------------------------------------------------------- */

void mom__write_text(struct mom__buf *buf, const char *text);
void mom__write_number(struct mom__buf *buf, uint64_t number);
/* " key=" before a value; `key` may be any text without blanks and '='. */
void mom__write_key(struct mom__buf *buf, const char *key);
/* In quotes, with escapes. */
void mom__write_quoted(struct mom__buf *buf, struct mom_str text);
void mom__write_hex(struct mom__buf *buf, struct mom_str bytes);
/* "1700000000000.0.1", "-" for none. */
void mom__write_stamp(struct mom__buf *buf, struct mom_stamp stamp);

/* --- reading ---------------------------------------------------------------------------------- */

/* A line that is being read. The first failure stays: `wrong` says what it was, in words that hold
 * nothing of the line. */
struct mom__words {
    const char *at, *end;
    struct mom__arena *arena; /* of texts with escapes */
    int rc;
    const char *wrong;
};

void mom__words_init(struct mom__words *words, struct mom_str line, struct mom__arena *arena);
/* Note a failure; keeps the first. */
void mom__words_fail(struct mom__words *words, int rc, const char *wrong);
/* Skip blanks; true at the end of the line (or after a failure). */
bool mom__words_end(struct mom__words *words);
/* The next character, without taking it; 0 at the end. */
char mom__words_peek(const struct mom__words *words);
/* Take a character if it is the next. */
bool mom__words_take(struct mom__words *words, char c);
/* A name: up to a blank, '=' or the end. Not empty, else it fails. */
struct mom_str mom__words_name(struct mom__words *words);
/* Decimal, up to `max`. */
uint64_t mom__words_number(struct mom__words *words, uint64_t max);
int64_t mom__words_signed(struct mom__words *words);
struct mom_str mom__words_quoted(struct mom__words *words);
struct mom_str mom__words_hex(struct mom__words *words);
struct mom_stamp mom__words_stamp(struct mom__words *words);

#endif
