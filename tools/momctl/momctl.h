/*
 * momctl: one question to momd on its control socket. Commands and options are tables in commands.c; what the answer's
 * rows look like for people is in print.c; files that go to and fro are in transfer.c.
 */
#ifndef MOMCTL_H
#define MOMCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

#define MOMCTL_SOCKET "/run/momd/momd.sock"

/* --- commands.c ------------------------------------------------------------------------------------- */

enum shape {
    SHAPE_TABLE,  /* rows of a list */
    SHAPE_PAIRS,  /* one row, a line for each member */
    SHAPE_EVENTS, /* one line for each row, as it comes */
    SHAPE_DONE,   /* nothing, or what could not be done */
    SHAPE_EXPORT, /* nothing: the answer goes to a file */
    SHAPE_IMPORT  /* a list of differences if there is one, then counts */
};

struct column {
    const char *header, *key;
    bool right;
    unsigned max;
};

struct command {
    const char *name; /* words on the command line */
    const char *args, *help;
    const char *request; /* words for momd, NULL: the same */
    enum shape shape;
    const struct column *columns; /* of a table */
    size_t column_count;
    unsigned options; /* bits of enum option_bit */
};

enum option_bit {
    OPT_STANDBY = 1u << 0,
    OPT_ADDRESS = 1u << 1,
    OPT_USER = 1u << 2,
    OPT_PASSWORD_FILE = 1u << 3,
    OPT_PASSWORD_STDIN = 1u << 4,
    OPT_PASSWORD = 1u << 5,
    OPT_CHECK = 1u << 6,
    OPT_PLAIN = 1u << 7,
    OPT_TLS = 1u << 8,
    OPT_DISABLED = 1u << 9,
    OPT_FORGET = 1u << 10,
    OPT_SITE = 1u << 11,
    OPT_PARKED = 1u << 12,
    OPT_SEARCH = 1u << 13,
    OPT_SECRET = 1u << 14,
    OPT_FIXED = 1u << 15,
    OPT_COUNT = 1u << 16,
    OPT_TIMEOUT = 1u << 17,
    OPT_POLICY = 1u << 19,
    OPT_PASSPHRASE = 1u << 20,
    OPT_INSPECT = 1u << 21,
    OPT_FILL_GAPS = 1u << 22,
    OPT_ROLL_BACK = 1u << 23,
    OPT_YES = 1u << 24,
    OPT_NEW_PASSWORD = 1u << 18 /* not an option: the command needs a password and asks for it */
};

/* How an option reaches the request. */
enum option_kind {
    KIND_TEXT,
    KIND_INT,
    KIND_FLAG,
    KIND_PASSWORD_FILE,
    KIND_PASSWORD_STDIN,
    KIND_PASSWORD,
    KIND_PASSPHRASE,
    KIND_PASSPHRASE_FILE,
    KIND_SECRET
};

struct option_row {
    const char *name, *value; /* value NULL: a flag */
    const char *key;          /* member of the request's options */
    enum option_kind kind;
    unsigned bit;
    const char *help;
};

extern const struct command commands[];
extern const size_t command_count;
extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* --- print.c ------------------------------------------------------------------------------------------ */

struct printer;
/* NULL when memory is out. With `json` rows are printed as they came. */
struct printer *printer_new(const struct command *command, bool json);
void printer_row(struct printer *printer, const char *text, size_t len);
/* Print what was held back; of a question that failed no empty table. True when something that could not be done was
 * already told. */
bool printer_finish(struct printer *printer, bool good);
void printer_free(struct printer *printer);

/* --- transfer.c --------------------------------------------------------------------------------------- */

/* Both return an exit code and print what went wrong. `options` are those of the command line. The file of an export
 * must not exist; it is removed again when the export fails. */
int transfer_export(const char *socket_path, const char *file, const json_t *options);
int transfer_import(const char *socket_path, const char *file, json_t *options,
                    struct printer *printer);

#endif
