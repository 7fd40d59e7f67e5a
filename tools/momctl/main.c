/*
 * momctl: from the command line to a request, from the answer to an exit code.
 */
#include "momctl.h"

#include <com/cli.h>
#include <com/config.h>
#include <com/crypto.h>
#include <com/ctl.h>
#include <com/loop.h>
#include <com/secret.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENCE_MS     30000 /* longest silence of momd before it counts as not reachable */
#define WAIT_DEFAULT   60    /* seconds, as momd has it */
#define COMMANDS_MAX   64
#define OPTIONS_MAX    64
#define WORDS_MAX      2
#define FIRST_OPTION   256 /* values of getopt: behind the characters */
#define GLOBAL_OPTIONS 4

struct line {
    const char *socket_path;
    bool json;
    const struct command *command;
    json_t *options; /* of the request */
    json_t *secrets; /* borrowed: member of options */
    unsigned given;  /* bits of the options that were given */
    json_int_t timeout_s;
};

/* --- help ---------------------------------------------------------------------------------------------- */

static void fill_table(struct com_command *table)
{
    for (size_t i = 0; i < command_count; i++)
        table[i] = (struct com_command){commands[i].name, commands[i].args, commands[i].help, NULL};
}

static void usage(FILE *out)
{
    struct com_command table[COMMANDS_MAX];
    fill_table(table);
    fputs(
        "usage: momctl [--socket PATH] [--json] COMMAND [argument ...] [option ...]\n\nCommands:\n",
        out);
    com_cli_help(table, command_count, out);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        int len = fprintf(out, "  --%s %s", row->name, row->value ? row->value : "");
        fprintf(out, "%*s  %s\n", len < 26 ? 26 - len : 0, "", row->help);
    }
    fputs("  --socket PATH             control socket of momd, default $MOMCTL_SOCKET "
          "or " MOMCTL_SOCKET "\n"
          "  --json                    one JSON object for each row\n"
          "  --version, --help\n"
          "\nExit status: 0 done, 1 refused, 2 usage, 3 momd not reachable, 4 not permitted, 5 "
          "partly done\n",
          out);
}

/* --- options ----------------------------------------------------------------------------------------------- */

static int set_text(struct line *line, const char *key, const char *text)
{
    if (json_object_set_new(line->options, key, json_string(text)) == 0)
        return COM_EXIT_OK;
    fprintf(stderr, "momctl: %s: not UTF-8\n", key);
    return COM_EXIT_USAGE;
}

/* From the terminal if standard input is one, else from standard input. -1 with a message. */
static int ask_secret(const char *what, char ret_secret[COM_SECRET_MAX])
{
    char error[256];
    int rc = isatty(STDIN_FILENO) ? com_secret_ask(what, ret_secret, error, sizeof error)
                                  : com_secret_read(NULL, ret_secret, error, sizeof error);
    if (rc != 0)
        fprintf(stderr, "momctl: %s\n", error);
    return rc;
}

static int read_secret(const char *path, char ret_secret[COM_SECRET_MAX])
{
    char error[256];
    int rc = com_secret_read(path, ret_secret, error, sizeof error);
    if (rc != 0)
        fprintf(stderr, "momctl: %s\n", error);
    return rc;
}

static int set_secret(struct line *line, const char *field)
{
    char secret[COM_SECRET_MAX];
    int code = COM_EXIT_USAGE;
    if (!line->secrets) {
        line->secrets = json_object();
        json_object_set_new(line->options, "secrets", line->secrets);
    }
    if (ask_secret(field, secret) == 0 &&
        json_object_set_new(line->secrets, field, json_string(secret)) == 0)
        code = COM_EXIT_OK;
    com_wipe(secret, sizeof secret);
    return code;
}

static int set_password(struct line *line, enum option_kind kind, const char *path)
{
    char secret[COM_SECRET_MAX];
    int rc = kind == KIND_PASSWORD ? ask_secret("Password of the account at the OMM", secret)
                                   : read_secret(kind == KIND_PASSWORD_FILE ? path : NULL, secret);
    int code = rc == 0 ? set_text(line, "password", secret) : COM_EXIT_USAGE;
    com_wipe(secret, sizeof secret);
    return code;
}

/* What seals is asked for twice: nobody can tell that it was mistyped. */
static int set_passphrase(struct line *line, enum option_kind kind, const char *path)
{
    char secret[COM_SECRET_MAX], again[COM_SECRET_MAX] = "";
    bool twice =
        kind == KIND_PASSPHRASE && line->command->shape == SHAPE_EXPORT && isatty(STDIN_FILENO);
    int rc = kind == KIND_PASSPHRASE ? ask_secret("Passphrase of the file", secret)
                                     : read_secret(path, secret);
    if (rc == 0 && twice)
        rc = ask_secret("The same again", again);
    if (rc == 0 && twice && strcmp(secret, again) != 0) {
        fprintf(stderr, "momctl: these are two passphrases\n");
        rc = -1;
    }
    int code = rc == 0 ? set_text(line, "passphrase", secret) : COM_EXIT_USAGE;
    com_wipe(secret, sizeof secret);
    com_wipe(again, sizeof again);
    return code;
}

static int set_int(struct line *line, const struct option_row *row, const char *text)
{
    int64_t value;
    if (!com_parse_int(text, &value) || value < 0 || value > 1000000000) {
        fprintf(stderr, "momctl: --%s takes a number\n", row->name);
        return COM_EXIT_USAGE;
    }
    if (row->bit == OPT_TIMEOUT)
        line->timeout_s = value;
    json_object_set_new(line->options, row->key, json_integer(value));
    return COM_EXIT_OK;
}

static int take_option(struct line *line, const struct option_row *row, const char *value)
{
    line->given |= row->bit;
    switch (row->kind) {
    case KIND_TEXT:
        return set_text(line, row->key, value);
    case KIND_INT:
        return set_int(line, row, value);
    case KIND_FLAG:
        json_object_set_new(line->options, row->key, json_true());
        return COM_EXIT_OK;
    case KIND_SECRET:
        return set_secret(line, value);
    case KIND_PASSPHRASE:
    case KIND_PASSPHRASE_FILE:
        return set_passphrase(line, row->kind, value);
    default:
        return set_password(line, row->kind, value);
    }
}

/* Options of all commands, for getopt. */
static void fill_options(struct option *options)
{
    static const struct option global[GLOBAL_OPTIONS] = {
        {"socket", required_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
    };
    memcpy(options, global, sizeof global);
    options += GLOBAL_OPTIONS;
    for (size_t i = 0; i < option_row_count; i++)
        options[i] = (struct option){option_rows[i].name,
                                     option_rows[i].value ? required_argument : no_argument, NULL,
                                     FIRST_OPTION + (int)i};
    options[option_row_count] = (struct option){NULL, 0, NULL, 0};
}

/* Values are taken when the command is known: a secret must not be asked for in vain. */
struct given {
    size_t row;
    const char *value;
};

/* -1: go on, else an exit code. */
static int read_options(struct line *line, int argc, char **argv, struct given *given,
                        size_t *ret_count)
{
    struct option options[OPTIONS_MAX];
    int c;
    fill_options(options);
    while ((c = getopt_long(argc, argv, "s:jh", options, NULL)) != -1) {
        if (c >= FIRST_OPTION && *ret_count < OPTIONS_MAX)
            given[(*ret_count)++] = (struct given){(size_t)(c - FIRST_OPTION), optarg};
        else if (c == 's')
            line->socket_path = optarg;
        else if (c == 'j')
            line->json = true;
        else if (c == 'V')
            return printf("momctl %s\n", MOM_VERSION_TEXT), COM_EXIT_OK;
        else if (c == 'h')
            return usage(stdout), COM_EXIT_OK;
        else
            return COM_EXIT_USAGE;
    }
    return -1;
}

static int take_options(struct line *line, const struct given *given, size_t count)
{
    int code = COM_EXIT_OK;
    for (size_t i = 0; i < count; i++) {
        if (!(option_rows[given[i].row].bit & line->command->options)) {
            fprintf(stderr, "momctl: %s takes no --%s\n", line->command->name,
                    option_rows[given[i].row].name);
            return COM_EXIT_USAGE;
        }
    }
    for (size_t i = 0; i < count && code == COM_EXIT_OK; i++)
        code = take_option(line, &option_rows[given[i].row], given[i].value);
    if (code != COM_EXIT_OK || !(line->command->options & OPT_NEW_PASSWORD) ||
        (line->given & (OPT_PASSWORD_FILE | OPT_PASSWORD_STDIN)))
        return code;
    if (!isatty(STDIN_FILENO)) {
        fprintf(stderr, "momctl: %s needs --password-file or --password-stdin\n",
                line->command->name);
        return COM_EXIT_USAGE;
    }
    return set_password(line, KIND_PASSWORD, NULL);
}

/* --- asking ------------------------------------------------------------------------------------------------ */

static bool on_row(void *user, const char *json, size_t len)
{
    printer_row(user, json, len);
    return true;
}

/* The command's words and the arguments behind them. */
static char *make_request(const struct line *line, int argc, char **argv)
{
    char words[64];
    char *args[512] = {0};
    int count = 0;
    snprintf(words, sizeof words, "%s",
             line->command->request ? line->command->request : line->command->name);
    char *rest = words;
    while (count < WORDS_MAX && rest)
        args[count++] = strsep(&rest, " ");
    if (argc > (int)(sizeof args / sizeof *args) - count) {
        fprintf(stderr, "momctl: too many arguments\n");
        return NULL;
    }
    for (int i = 0; i < argc; i++)
        args[count++] = argv[i];
    char *text = com_ctl_request_text(count, args, line->options);
    if (!text)
        fprintf(stderr, "momctl: an argument is not UTF-8\n");
    return text;
}

static int ask(const struct line *line, int argc, char **argv)
{
    struct com_ctl_call call = {
        .path = line->socket_path, .on_row = on_row, .timeout_ms = SILENCE_MS};
    struct printer *printer = printer_new(line->command, line->json);
    char *request = printer ? make_request(line, argc, argv) : NULL;
    if (!request) {
        printer_free(printer);
        return COM_EXIT_USAGE;
    }
    call.request = request;
    call.user = printer;
    if (line->command->shape == SHAPE_EVENTS)
        call.timeout_ms = 0;
    else if (line->command->options & OPT_TIMEOUT)
        call.timeout_ms += (int)(line->timeout_s < 1000000 ? line->timeout_s : 1000000) * 1000;
    (void)com_ctl_call(&call);
    bool told = printer_finish(printer, call.code == COM_EXIT_OK);
    if (call.error[0] && !told)
        fprintf(stderr, "momctl: %s\n", call.error);
    com_wipe(request, strlen(request));
    free(request);
    printer_free(printer);
    return call.code;
}

static int transfer(const struct line *line, const char *file)
{
    if (line->command->shape == SHAPE_EXPORT)
        return transfer_export(line->socket_path, file, line->options);
    struct printer *printer = printer_new(line->command, line->json);
    int code = COM_EXIT_REFUSED;
    if (printer)
        code = transfer_import(line->socket_path, file, line->options, printer);
    printer_free(printer);
    return code;
}

static const struct command *find_command(int argc, char **argv, int *ret_words)
{
    struct com_command table[COMMANDS_MAX];
    fill_table(table);
    const struct com_command *row =
        argc > 0 ? com_cli_find(table, command_count, argc, argv, ret_words) : NULL;
    if (!row) {
        (void)com_cli_run(table, command_count, NULL, argc, argv); /* says what is wrong */
        return NULL;
    }
    return &commands[row - table];
}

/* --- arguments --------------------------------------------------------------------------------------------- */

static void complain_of_arguments(const struct command *command, const char *first)
{
    const char *names[COMMANDS_MAX + 1] = {NULL};
    char tried[128];
    if (command->args[0] || !first) {
        fprintf(stderr, "momctl: %s takes %s\n", command->name, command->args);
        return;
    }
    for (size_t i = 0; i < command_count; i++)
        names[i] = commands[i].name;
    snprintf(tried, sizeof tried, "%s %s", command->name, first);
    const char *near = com_nearest(tried, names);
    fprintf(stderr, "momctl: %s takes no argument %s", command->name, first);
    if (near)
        fprintf(stderr, " (did you mean \"%s\"?)", near);
    fputc('\n', stderr);
}

/* As many as the synopsis says: the words before the first bracket, dots or bar are needed; behind these any number may
 * come. */
static bool check_arguments(const struct command *command, int argc, char **argv)
{
    static const char *const marks[] = {" [", " |", " ..."};
    const char *args = command->args, *end = args + strlen(args);
    bool more = false;
    int needed = 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = strstr(args, marks[i]);
        more = more || mark;
        end = mark && mark < end ? mark : end;
    }
    for (const char *p = args; p < end; p++)
        needed += *p != ' ' && (p == args || p[-1] == ' ');
    if (argc == needed || (more && argc > needed))
        return true;
    complain_of_arguments(command, argc > 0 ? argv[0] : NULL);
    return false;
}

int main(int argc, char **argv)
{
    const char *from_environment = getenv("MOMCTL_SOCKET");
    struct line line = {.socket_path = from_environment ? from_environment : MOMCTL_SOCKET,
                        .timeout_s = WAIT_DEFAULT};
    struct given given[OPTIONS_MAX];
    size_t given_count = 0;
    int words = 0;
    com_fill_standard_streams();
    int code = read_options(&line, argc, argv, given, &given_count);
    if (code >= 0)
        return code;
    line.command = find_command(argc - optind, argv + optind, &words);
    argc -= optind + words;
    argv += optind + words;
    if (!line.command || !check_arguments(line.command, argc, argv))
        return COM_EXIT_USAGE;
    line.options = json_object();
    code = line.options ? take_options(&line, given, given_count) : COM_EXIT_REFUSED;
    bool with_file = line.command->shape == SHAPE_EXPORT || line.command->shape == SHAPE_IMPORT;
    if (code == COM_EXIT_OK)
        code = with_file ? transfer(&line, argv[0]) : ask(&line, argc, argv);
    json_decref(line.options);
    return code;
}
