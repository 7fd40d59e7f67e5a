/*
 * What the control programs of the daemons are: one question to a daemon on its control socket. A program says here who
 * it is and which commands and options it has of its own; those that every daemon answers to, the options of each
 * program, the conversation and what answers look like are in this library.
 */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stddef.h>

enum ctl_shape {
    CTL_TABLE,  /* rows of a list */
    CTL_PAIRS,  /* one row, a line for each member */
    CTL_EVENTS, /* one line for each row, as it comes */
    CTL_DONE,   /* nothing, or what could not be done */
    CTL_FINDINGS, /* rows of a list if there are any, then one with counts: that has a member "what" */
    CTL_EXPORT, /* nothing: the answer goes to a file */
    CTL_IMPORT  /* a file goes there, findings come back */
};

struct ctl_column {
    const char *header, *key;
    bool right;
    unsigned max;
};

struct ctl_command {
    const char *name; /* words on the command line, two at most */
    const char *args;
    const char *help;    /* '@' stands for the name of the daemon */
    const char *request; /* words for the daemon, NULL: the same */
    enum ctl_shape shape;
    const struct ctl_column *columns; /* of a list */
    size_t column_count;
    unsigned options; /* bits */
};
#define CTL_COUNT(array)   (sizeof(array) / sizeof *(array))
#define CTL_LIST(columns)  CTL_TABLE, columns, CTL_COUNT(columns)
#define CTL_FOUND(columns) CTL_FINDINGS, columns, CTL_COUNT(columns)

/* Which options a command takes. */
enum ctl_option_bit {
    CTL_OPT_USER = 1u << 0,
    CTL_OPT_PASSWORD_FILE = 1u << 1,
    CTL_OPT_PASSWORD_STDIN = 1u << 2,
    CTL_OPT_PASSWORD = 1u << 3,
    CTL_OPT_NEW_PASSWORD =
        1u << 4, /* not an option: the command needs a password and asks for it */
    CTL_OPT_SITE = 1u << 5,
    CTL_OPT_PARKED = 1u << 6,
    CTL_OPT_SEARCH = 1u << 7,
    CTL_OPT_SECRET = 1u << 8,
    CTL_OPT_FIXED = 1u << 9,
    CTL_OPT_PASSPHRASE = 1u << 10,
    CTL_OPT_INSPECT = 1u << 11,
    CTL_OPT_FILL_GAPS = 1u << 12,
    CTL_OPT_ROLL_BACK = 1u << 13,
    CTL_OPT_YES = 1u << 14,
    CTL_OPT_COUNT = 1u << 15,
    CTL_OPT_TIMEOUT = 1u << 16
};
#define CTL_OPT_OWN(n) (1u << (20 + (n))) /* of the program, n from 0 to 11 */

/* How an option reaches the request. */
enum ctl_option_kind {
    CTL_TEXT,
    CTL_INT,
    CTL_FLAG,
    CTL_PASSWORD_FILE,
    CTL_PASSWORD_STDIN,
    CTL_PASSWORD,
    CTL_PASSPHRASE,
    CTL_PASSPHRASE_FILE,
    CTL_SECRET
};

struct ctl_option {
    const char *name, *value; /* value NULL: a flag */
    const char *key;          /* member of the request's options */
    enum ctl_option_kind kind;
    unsigned bit;
    const char *help;
};

/* How an account's password is given: rows for programs that enter accounts. */
/* clang-format off */
#define CTL_PASSWORD_OPTIONS                                                                                     \
    {"password-file", "FILE", "password", CTL_PASSWORD_FILE, CTL_OPT_PASSWORD_FILE,                              \
     "its password: first line of a file"},                                                                      \
    {"password-stdin", NULL, "password", CTL_PASSWORD_STDIN, CTL_OPT_PASSWORD_STDIN,                             \
     "the same from standard input"},                                                                            \
    {"password", NULL, "password", CTL_PASSWORD, CTL_OPT_PASSWORD, "ask for a new password"}
/* clang-format on */

/* A program's own rows stand before the shared ones, and in the place of a shared one with the same name. */
struct ctl_program {
    const char *name, *daemon;
    const char *socket_path, *environment; /* the default, and the variable that replaces it */
    const char *account;                   /* what a password is asked for */
    const struct ctl_command *commands;
    size_t command_count;
    const struct ctl_option *options;
    size_t option_count;
};

/* From the command line to a request, from the answer to an exit code (enum com_exit). */
int ctl_main(const struct ctl_program *program, int argc, char **argv);

#endif
