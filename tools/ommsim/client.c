/*
 * ommsim ctl: one command over the control socket, shown as a table or as JSON.
 */
#include "control.h"

#include <stdlib.h>
#include <string.h>
#include <com/cli.h>
#include <com/config.h>
#include <com/table.h>

/* Columns of lists whose rows have too many; the others show what their first row has. */
struct view {
    const char *command;
    const char *columns[COM_TABLE_COLUMNS_MAX + 1];
};
static const struct view views[] = {
    {"users", {"uid", "num", "name", "relType", "ppn", "sip", "hierarchy1", "hierarchy2"}},
    {"devices", {"ppn", "ipei", "relType", "uid", "s", "ommId", "ommIdAck", "hwType"}},
    {"registrations", {"site", "num", "name", "uid", "ppn", "state", "since", "renewals"}},
};

struct output {
    bool json;
    const char *const *wanted; /* NULL: from the first row */
    struct com_table *table;
    struct com_column columns[COM_TABLE_COLUMNS_MAX];
    char *names[COM_TABLE_COLUMNS_MAX];
    size_t count;
};

static void add_column(struct output *out, const char *name, bool number)
{
    if (out->count == COM_TABLE_COLUMNS_MAX || (out->names[out->count] = strdup(name)) == NULL)
        return;
    out->columns[out->count] =
        (struct com_column){.header = out->names[out->count], .right = number};
    out->count++;
}

static bool make_table(struct output *out, json_t *row)
{
    const char *key;
    json_t *value;
    for (size_t i = 0; out->wanted != NULL && out->wanted[i] != NULL; i++)
        add_column(out, out->wanted[i], json_is_integer(json_object_get(row, out->wanted[i])));
    if (out->wanted == NULL) {
        json_object_foreach(row, key, value) add_column(out, key, json_is_integer(value));
    }
    out->table = com_table_new(out->columns, out->count);
    return out->table != NULL;
}

/* Cell text in `cell`: numbers, truth and lists of numbers are written out. */
static const char *cell_text(const json_t *value, char *cell, size_t max)
{
    if (json_is_string(value))
        return json_string_value(value);
    cell[0] = '\0';
    if (json_is_integer(value))
        snprintf(cell, max, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(cell, max, "%s", json_is_true(value) ? "yes" : "no");
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++) {
        size_t len = strlen(cell);
        snprintf(cell + len, max - len, "%s%lld", i > 0 ? "," : "",
                 (long long)json_integer_value(json_array_get(value, i)));
    }
    return cell;
}

static bool on_row(void *user, const char *text, size_t len)
{
    struct output *out = user;
    if (out->json) {
        fwrite(text, 1, len, stdout);
        putchar('\n');
        return true;
    }
    json_t *row = json_loadb(text, len, 0, NULL);
    if (row != NULL && (out->table != NULL || make_table(out, row))) {
        const char *cells[COM_TABLE_COLUMNS_MAX];
        char texts[COM_TABLE_COLUMNS_MAX][96];
        for (size_t i = 0; i < out->count; i++)
            cells[i] = cell_text(json_object_get(row, out->names[i]), texts[i], sizeof texts[i]);
        com_table_row(out->table, cells);
    }
    json_decref(row);
    return true;
}

static void print_help(FILE *file)
{
    size_t count;
    const struct sim_command *commands = sim_commands(&count);
    fprintf(file, "ommsim ctl SOCKET COMMAND [ARG]... [--json]\n\n");
    for (size_t i = 0; i < count; i++)
        fprintf(file, "  %s %s\n      %s\n", commands[i].name, commands[i].args, commands[i].help);
}

/* Sort words into arguments and options. False when an option is not known. */
static bool read_words(int argc, char **argv, char **args, int *ret_count, json_t *options,
                       bool *ret_json)
{
    int count = 0;
    for (int i = 0; i < argc; i++) {
        int64_t number;
        if (strcmp(argv[i], "--json") == 0) {
            *ret_json = true;
        } else if (strcmp(argv[i], "--down") == 0 && i + 1 < argc &&
                   com_parse_int(argv[i + 1], &number)) {
            json_object_set_new(options, "down", json_integer(number));
            i++;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            fprintf(stderr, "ommsim ctl: %s is not an option here\n", argv[i]);
            return false;
        } else {
            args[count++] = argv[i];
        }
    }
    *ret_count = count;
    return true;
}

static int call(const char *path, int argc, char **args, const json_t *options, struct output *out)
{
    char *request = com_ctl_request_text(argc, args, options);
    if (request == NULL) {
        fprintf(stderr, "ommsim ctl: an argument is not UTF-8\n");
        return COM_EXIT_USAGE;
    }
    struct com_ctl_call ctl = {
        .path = path, .request = request, .on_row = on_row, .user = out, .timeout_ms = 30000};
    int rc = com_ctl_call(&ctl);
    free(request);
    if (out->table != NULL)
        com_table_print(out->table, stdout, com_terminal_width(stdout));
    if (ctl.error[0] != '\0')
        fprintf(stderr, "ommsim ctl: %s\n", ctl.error);
    return rc == COM_CTL_OK ? ctl.code : COM_EXIT_UNREACHABLE;
}

int sim_client(int argc, char **argv)
{
    struct output out = {0};
    if (argc >= 2 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
                      (argc >= 3 && strcmp(argv[2], "help") == 0))) {
        print_help(stdout);
        return COM_EXIT_OK;
    }
    if (argc < 3) {
        print_help(stderr);
        return COM_EXIT_USAGE;
    }
    char **args = calloc((size_t)argc, sizeof(char *));
    json_t *options = json_object();
    int count = 0, code = COM_EXIT_USAGE;
    if (args != NULL && options != NULL &&
        read_words(argc - 2, argv + 2, args, &count, options, &out.json) && count > 0) {
        out.json |= strcmp(args[0], "dump") == 0;
        for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
            if (strcmp(views[i].command, args[0]) == 0)
                out.wanted = views[i].columns;
        code = call(argv[1], count, args, options, &out);
    }
    com_table_free(out.table);
    for (size_t i = 0; i < out.count; i++)
        free(out.names[i]);
    json_decref(options);
    free(args);
    return code;
}
