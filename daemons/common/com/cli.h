/*
 * Command tables: one table of rows serves dispatch, help and the hint after a mistyped word.
 */
#ifndef COM_CLI_H
#define COM_CLI_H

#include <stddef.h>
#include <stdio.h>

/* Exit codes. Daemons use 0, 1, 2 and 78, control programs 0 to 5. */
enum com_exit {
    COM_EXIT_OK = 0,
    COM_EXIT_REFUSED = 1, /* failure */
    COM_EXIT_USAGE = 2,
    COM_EXIT_UNREACHABLE = 3,
    COM_EXIT_NOT_PERMITTED = 4,
    COM_EXIT_PARTLY = 5,
    COM_EXIT_CONFIG = 78
};

struct com_command {
    const char *name; /* may have two words: "sites add" */
    const char *args; /* "NAME HOST [PORT]", "" when there are none */
    const char *help; /* one line */
    /* argv[0] is the last word of the name. Returns an exit code. */
    int (*run)(void *user, int argc, char **argv);
};

/* The row that the words name, the longest name first; NULL when none does. *ret_words: how many
 * words it took. */
const struct com_command *com_cli_find(const struct com_command *commands, size_t count, int argc,
                                       char **argv, int *ret_words);
/* Find and run; COM_EXIT_USAGE with a hint on stderr for unknown words. */
int com_cli_run(const struct com_command *commands, size_t count, void *user, int argc,
                char **argv);
/* The commands as aligned lines. */
void com_cli_help(const struct com_command *commands, size_t count, FILE *out);

#endif
