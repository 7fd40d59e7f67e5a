/*
 * What the files of this library share. Tables of commands and options are in shared.c; the command line is read in
 * run.c and options.c; what the answer's rows look like for people is in print.c; files that go to and fro are in
 * transfer.c.
 */
#ifndef CTL_PRIVATE_H
#define CTL_PRIVATE_H

#include "ctl.h"

#include <jansson.h>

#define COMMANDS_MAX 64
#define OPTIONS_MAX  64

/* --- shared.c ---------------------------------------------------------------------------------------- */

extern const struct ctl_command shared_commands[];
extern const size_t shared_command_count;
extern const struct ctl_option shared_options[];
extern const size_t shared_option_count;

/* --- run.c ------------------------------------------------------------------------------------------- */

/* A program's rows and the shared ones, in one order. */
struct tables {
    const struct ctl_program *program;
    const struct ctl_command *commands[COMMANDS_MAX];
    size_t command_count;
    const struct ctl_option *options[OPTIONS_MAX];
    size_t option_count;
};

/* What the command line says. */
struct line {
    const struct ctl_program *program;
    const char *socket_path;
    bool json;
    const struct ctl_command *command;
    json_t *options; /* of the request */
    json_t *secrets; /* borrowed: member of options */
    json_int_t timeout_s;
};

/* --- options.c --------------------------------------------------------------------------------------- */

/* Values are taken when the command is known: a secret must not be asked for in vain. */
struct given {
    const struct ctl_option *option;
    const char *value;
};

/* Into line->options. An exit code; what is wrong is printed. */
int options_take(struct line *line, const struct given *given, size_t count);

/* --- print.c ------------------------------------------------------------------------------------------ */

struct printer;
/* NULL when memory is out. With line->json rows are printed as they came. */
struct printer *printer_new(const struct line *line);
/* A row that only says that the daemon is still at it is not printed. */
void printer_row(struct printer *printer, const char *text, size_t len);
/* Print what was held back; of a question that failed no empty table. True when something that could not be done was
 * already told. */
bool printer_finish(struct printer *printer, bool good);
void printer_free(struct printer *printer);

/* --- transfer.c --------------------------------------------------------------------------------------- */

/* Both return an exit code and print what went wrong. The file of an export must not exist; it is removed again when
 * the export fails. */
int transfer_export(const struct line *line, const char *file);
int transfer_import(const struct line *line, const char *file);

#endif
