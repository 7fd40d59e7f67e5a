/*
 * From the command line to a request, from the answer to an exit code.
 */
#include "ctl_private.h"

#include <com/cli.h>
#include <com/config.h>
#include <com/crypto.h>
#include <com/ctl.h>
#include <com/loop.h>

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_MS     30000 /* longest silence of a daemon before it counts as not reachable */
#define WAIT_DEFAULT   60    /* seconds, as the daemons have it */
#define GIVEN_MAX      64    /* options on a command line */
#define HELP_MAX       128
#define WORDS_MAX      2
#define FIRST_OPTION   256 /* values of getopt: behind the characters */
#define GLOBAL_OPTIONS 4

/* --- tables -------------------------------------------------------------------------------------------- */

static bool has_command(const struct tables *tables, const char *name)
{
    for (size_t i = 0; i < tables->command_count; i++) {
        if (strcmp(tables->commands[i]->name, name) == 0)
            return true;
    }
    return false;
}

static bool has_option(const struct tables *tables, const char *name)
{
    for (size_t i = 0; i < tables->option_count; i++) {
        if (strcmp(tables->options[i]->name, name) == 0)
            return true;
    }
    return false;
}

static void add_commands(struct tables *tables, const struct ctl_command *commands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_command(tables, commands[i].name))
            continue;
        assert(tables->command_count < COMMANDS_MAX);
        tables->commands[tables->command_count++] = &commands[i];
    }
}

static void add_options(struct tables *tables, const struct ctl_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_option(tables, options[i].name))
            continue;
        assert(tables->option_count < OPTIONS_MAX);
        tables->options[tables->option_count++] = &options[i];
    }
}

static void fill_tables(struct tables *tables)
{
    const struct ctl_program *program = tables->program;
    add_commands(tables, program->commands, program->command_count);
    add_commands(tables, shared_commands, shared_command_count);
    add_options(tables, program->options, program->option_count);
    add_options(tables, shared_options, shared_option_count);
}

/* --- help ---------------------------------------------------------------------------------------------- */

static void fill_rows(const struct tables *tables, struct com_command *rows)
{
    for (size_t i = 0; i < tables->command_count; i++) {
        const struct ctl_command *command = tables->commands[i];
        rows[i] = (struct com_command){command->name, command->args, command->help, NULL};
    }
}

static const char *name_daemon(const char *help, const char *daemon, char text[HELP_MAX])
{
    const char *at = strchr(help, '@');
    if (!at)
        return help;
    snprintf(text, HELP_MAX, "%.*s%s%s", (int)(at - help), help, daemon, at + 1);
    return text;
}

static void usage(const struct tables *tables, FILE *out)
{
    const struct ctl_program *program = tables->program;
    struct com_command rows[COMMANDS_MAX];
    char texts[COMMANDS_MAX][HELP_MAX];
    fill_rows(tables, rows);
    for (size_t i = 0; i < tables->command_count; i++)
        rows[i].help = name_daemon(rows[i].help, program->daemon, texts[i]);
    fprintf(out,
            "usage: %s [--socket PATH] [--json] COMMAND [argument ...] [option ...]\n\n"
            "Commands:\n",
            program->name);
    com_cli_help(rows, tables->command_count, out);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < tables->option_count; i++) {
        const struct ctl_option *row = tables->options[i];
        int len = fprintf(out, "  --%s %s", row->name, row->value ? row->value : "");
        fprintf(out, "%*s  %s\n", len < 26 ? 26 - len : 0, "", row->help);
    }
    fprintf(out,
            "  --socket PATH             control socket of %s, default $%s or %s\n"
            "  --json                    one JSON object for each row\n"
            "  --version, --help\n"
            "\nExit status: 0 done, 1 refused, 2 usage, 3 %s not reachable, 4 not permitted, 5 "
            "partly done\n",
            program->daemon, program->environment, program->socket_path, program->daemon);
}

/* --- options ------------------------------------------------------------------------------------------- */

/* Options of all commands, for getopt. */
static void fill_options(const struct tables *tables, struct option *options)
{
    static const struct option global[GLOBAL_OPTIONS] = {
        {"socket", required_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
    };
    memcpy(options, global, sizeof global);
    options += GLOBAL_OPTIONS;
    for (size_t i = 0; i < tables->option_count; i++)
        options[i] = (struct option){tables->options[i]->name,
                                     tables->options[i]->value ? required_argument : no_argument,
                                     NULL, FIRST_OPTION + (int)i};
    options[tables->option_count] = (struct option){NULL, 0, NULL, 0};
}

/* -1: go on, else an exit code. */
static int read_options(struct line *line, const struct tables *tables, int argc, char **argv,
                        struct given *given, size_t *ret_count)
{
    struct option options[GLOBAL_OPTIONS + OPTIONS_MAX + 1];
    int c;
    fill_options(tables, options);
    while ((c = getopt_long(argc, argv, "s:jh", options, NULL)) != -1) {
        if (c >= FIRST_OPTION && *ret_count < GIVEN_MAX)
            given[(*ret_count)++] = (struct given){tables->options[c - FIRST_OPTION], optarg};
        else if (c == 's')
            line->socket_path = optarg;
        else if (c == 'j')
            line->json = true;
        else if (c == 'V')
            return printf("%s %s\n", line->program->name, MOM_VERSION_TEXT), COM_EXIT_OK;
        else if (c == 'h')
            return usage(tables, stdout), COM_EXIT_OK;
        else
            return COM_EXIT_USAGE;
    }
    return -1;
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
        fprintf(stderr, "%s: too many arguments\n", line->program->name);
        return NULL;
    }
    for (int i = 0; i < argc; i++)
        args[count++] = argv[i];
    char *text = com_ctl_request_text(count, args, line->options);
    if (!text)
        fprintf(stderr, "%s: an argument is not UTF-8\n", line->program->name);
    return text;
}

static int ask(const struct line *line, int argc, char **argv)
{
    struct com_ctl_call call = {.path = line->socket_path,
                                .server = line->program->daemon,
                                .on_row = on_row,
                                .timeout_ms = SILENCE_MS};
    struct printer *printer = printer_new(line);
    char *request = printer ? make_request(line, argc, argv) : NULL;
    if (!request) {
        printer_free(printer);
        return COM_EXIT_USAGE;
    }
    call.request = request;
    call.user = printer;
    if (line->command->shape == CTL_EVENTS)
        call.timeout_ms = 0;
    else if (line->command->options & CTL_OPT_TIMEOUT)
        call.timeout_ms += (int)(line->timeout_s < 1000000 ? line->timeout_s : 1000000) * 1000;
    (void)com_ctl_call(&call);
    bool told = printer_finish(printer, call.code == COM_EXIT_OK);
    if (call.error[0] && !told)
        fprintf(stderr, "%s: %s\n", line->program->name, call.error);
    com_wipe(request, strlen(request));
    free(request);
    printer_free(printer);
    return call.code;
}

/* --- commands and their arguments -------------------------------------------------------------------------- */

static const struct ctl_command *find_command(const struct tables *tables, int argc, char **argv,
                                              int *ret_words)
{
    struct com_command rows[COMMANDS_MAX];
    fill_rows(tables, rows);
    const struct com_command *row =
        argc > 0 ? com_cli_find(rows, tables->command_count, argc, argv, ret_words) : NULL;
    if (!row) {
        (void)com_cli_run(rows, tables->command_count, NULL, argc, argv); /* says what is wrong */
        return NULL;
    }
    return tables->commands[row - rows];
}

static void complain_of_arguments(const struct tables *tables, const struct ctl_command *command,
                                  const char *first)
{
    const char *names[COMMANDS_MAX + 1] = {NULL}, *program = tables->program->name;
    char tried[128];
    if (command->args[0] || !first) {
        fprintf(stderr, "%s: %s takes %s\n", program, command->name, command->args);
        return;
    }
    for (size_t i = 0; i < tables->command_count; i++)
        names[i] = tables->commands[i]->name;
    snprintf(tried, sizeof tried, "%s %s", command->name, first);
    const char *near = com_nearest(tried, names);
    fprintf(stderr, "%s: %s takes no argument %s", program, command->name, first);
    if (near)
        fprintf(stderr, " (did you mean \"%s\"?)", near);
    fputc('\n', stderr);
}

/* As many as the synopsis says: the words before the first bracket, dots or bar are needed; behind these any number may
 * come. */
static bool check_arguments(const struct tables *tables, const struct ctl_command *command,
                            int argc, char **argv)
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
    complain_of_arguments(tables, command, argc > 0 ? argv[0] : NULL);
    return false;
}

/* --- all of it --------------------------------------------------------------------------------------------- */

static int run(struct line *line, int argc, char **argv)
{
    if (line->command->shape == CTL_EXPORT)
        return transfer_export(line, argv[0]);
    if (line->command->shape == CTL_IMPORT)
        return transfer_import(line, argv[0]);
    return ask(line, argc, argv);
}

int ctl_main(const struct ctl_program *program, int argc, char **argv)
{
    const char *from_environment = getenv(program->environment);
    struct line line = {.program = program,
                        .socket_path = from_environment ? from_environment : program->socket_path,
                        .timeout_s = WAIT_DEFAULT};
    struct tables tables = {.program = program};
    struct given given[GIVEN_MAX];
    size_t given_count = 0;
    int words = 0;
    com_fill_standard_streams();
    fill_tables(&tables);
    int code = read_options(&line, &tables, argc, argv, given, &given_count);
    if (code >= 0)
        return code;
    line.command = find_command(&tables, argc - optind, argv + optind, &words);
    argc -= optind + words;
    argv += optind + words;
    if (!line.command || !check_arguments(&tables, line.command, argc, argv))
        return COM_EXIT_USAGE;
    line.options = json_object();
    code = line.options ? options_take(&line, given, given_count) : COM_EXIT_REFUSED;
    if (code == COM_EXIT_OK)
        code = run(&line, argc, argv);
    json_decref(line.options);
    return code;
}
