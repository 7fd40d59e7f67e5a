/*
 * Rows of the answer for people: tables, pairs, lines. With --json they are not touched.
 */
#include "ctl_private.h"

#include <com/table.h>
#include <com/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 1024
#define PROGRESS "{\"what\":\"progress\"}"

struct printer {
    const char *program;
    const struct ctl_command *command;
    bool json, told;
    struct com_column columns[COM_TABLE_COLUMNS_MAX];
    struct com_table *table;
    json_t *counts; /* printed behind the table */
};

struct printer *printer_new(const struct line *line)
{
    const struct ctl_command *command = line->command;
    struct printer *printer = calloc(1, sizeof *printer);
    if (!printer)
        return NULL;
    printer->program = line->program->name;
    printer->command = command;
    printer->json = line->json;
    for (size_t i = 0; i < command->column_count; i++)
        printer->columns[i] = (struct com_column){
            command->columns[i].header, command->columns[i].right, command->columns[i].max};
    if (command->column_count > 0 && !line->json) {
        printer->table = com_table_new(printer->columns, command->column_count);
        if (!printer->table) {
            free(printer);
            return NULL;
        }
    }
    return printer;
}

void printer_free(struct printer *printer)
{
    if (!printer)
        return;
    com_table_free(printer->table);
    json_decref(printer->counts);
    free(printer);
}

/* --- values as text -------------------------------------------------------------------------------- */

static void value_text(const json_t *value, char *text, size_t max);

static void append(char *text, size_t max, const char *more)
{
    size_t len = strlen(text);
    if (len + 1 < max)
        snprintf(text + len, max - len, "%s", more);
}

/* "group=name at=… by=site1" */
static void object_text(const json_t *object, char *text, size_t max)
{
    const char *key;
    json_t *value;
    char part[CELL_MAX];
    text[0] = '\0';
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        value_text(value, part, sizeof part);
        append(text, max, text[0] ? "  " : "");
        append(text, max, key);
        append(text, max, "=");
        append(text, max, part);
    }
}

static void array_text(const json_t *array, char *text, size_t max)
{
    char part[CELL_MAX];
    text[0] = '\0';
    for (size_t i = 0; i < json_array_size(array); i++) {
        value_text(json_array_get(array, i), part, sizeof part);
        append(text, max, i ? "; " : "");
        append(text, max, part);
    }
}

static void value_text(const json_t *value, char *text, size_t max)
{
    if (json_is_string(value))
        snprintf(text, max, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, max, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(text, max, "%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value))
        array_text(value, text, max);
    else if (json_is_object(value))
        object_text(value, text, max);
    else
        snprintf(text, max, "%s", "");
}

/* Numbers that people do not read as they come, in lists and pairs alike. */
static bool measure_text(const json_t *value, const char *key, char *text, size_t max)
{
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value))
        return false;
    if (strcmp(key, "bytes_in") == 0 || strcmp(key, "bytes_out") == 0)
        snprintf(text, max, "%.1f MiB", (double)n / 1048576);
    else if (strcmp(key, "eta_s") == 0 && n < 60)
        snprintf(text, max, "%" JSON_INTEGER_FORMAT "s", n);
    else if (strcmp(key, "eta_s") == 0 && n < 3600)
        snprintf(text, max, "%" JSON_INTEGER_FORMAT "min %" JSON_INTEGER_FORMAT "s", n / 60,
                 n % 60);
    else if (strcmp(key, "eta_s") == 0)
        snprintf(text, max, "%" JSON_INTEGER_FORMAT "h %" JSON_INTEGER_FORMAT "min", n / 3600,
                 n / 60 % 60);
    else
        return false;
    return true;
}

/* Progress may be made from two members, and a clock that is right is not news. */
static void cell_text(const json_t *row, const char *key, char *text, size_t max)
{
    json_int_t read = json_integer_value(json_object_get(row, "read"));
    json_int_t total = json_integer_value(json_object_get(row, "total"));
    const json_t *value = json_object_get(row, key);
    if (strcmp(key, "progress") == 0 && total > 0)
        snprintf(text, max, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT, read, total);
    else if (strcmp(key, "clock_offset_ms") == 0 && json_is_integer(value))
        snprintf(text, max, "%+.1f s", (double)json_integer_value(value) / 1000);
    else if (strcmp(key, "next_try_s") == 0 && json_is_integer(value))
        snprintf(text, max, "%" JSON_INTEGER_FORMAT " s", json_integer_value(value));
    else if (json_is_false(value))
        text[0] = '\0';
    else if (!measure_text(value, key, text, max))
        value_text(value, text, max);
}

/* --- shapes ------------------------------------------------------------------------------------------- */

static void add_table_row(struct printer *printer, const json_t *row)
{
    const struct ctl_command *command = printer->command;
    const char *cells[COM_TABLE_COLUMNS_MAX];
    char(*texts)[CELL_MAX] = calloc(command->column_count, sizeof *texts);
    if (!texts)
        return;
    for (size_t i = 0; i < command->column_count; i++) {
        cell_text(row, command->columns[i].key, texts[i], CELL_MAX);
        cells[i] = texts[i];
    }
    com_table_row(printer->table, cells);
    free(texts);
}

/* Control characters of a record must not reach the terminal. */
static void print_clean(const char *text)
{
    for (; *text; text++) {
        size_t control = com_control_length(text);
        putchar(control ? '?' : *text);
        text += control ? control - 1 : 0;
    }
}

static void print_label(const char *key)
{
    enum { WIDTH = 26 };
    int len = 0;
    for (; key[len]; len++)
        putchar(key[len] == '_' ? ' ' : key[len]);
    printf("%*s", len < WIDTH ? WIDTH - len : 1, "");
}

static void print_pairs(json_t *row)
{
    const char *key;
    json_t *value;
    char text[CELL_MAX];
    json_object_foreach(row, key, value)
    {
        size_t len = strlen(key);
        bool bytes = len > 6 && strcmp(key + len - 6, "_bytes") == 0;
        if (strcmp(key, "changes") == 0) /* a line for each field: --json tells it */
            continue;
        if (json_is_array(value)) { /* a line for each */
            for (size_t i = 0; i < json_array_size(value); i++) {
                value_text(json_array_get(value, i), text, sizeof text);
                print_label(i == 0 ? key : "");
                print_clean(text);
                putchar('\n');
            }
            continue;
        }
        if (!measure_text(value, key, text, sizeof text))
            value_text(value, text, sizeof text);
        print_label(key);
        if (bytes)
            printf("%.1f MiB", (double)json_integer_value(value) / 1048576);
        else
            print_clean(text);
        putchar('\n');
    }
}

static void print_event(const json_t *row)
{
    static const char *const keys[] = {"type", "num", "ipei", "name", "site", "state", "text"};
    const char *what = json_string_value(json_object_get(row, "what"));
    if (!what || strcmp(what, "watching") == 0)
        return;
    const char *time = json_string_value(json_object_get(row, "time"));
    printf("%s  %-8s", time ? time : "", what);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = json_string_value(json_object_get(row, keys[i]));
        if (!text || !text[0])
            continue;
        fputs(strcmp(keys[i], "site") == 0 && strcmp(what, "site") != 0 ? " at " : " ", stdout);
        print_clean(text);
    }
    putchar('\n');
    fflush(stdout);
}

static void print_undone(struct printer *printer, const json_t *row)
{
    const char *error = json_string_value(json_object_get(row, "error"));
    if (!error)
        return;
    printer->told = true;
    fprintf(stderr, "%s: %s\n", printer->program, error);
}

void printer_row(struct printer *printer, const char *text, size_t len)
{
    if (len == strlen(PROGRESS) && memcmp(text, PROGRESS, len) == 0)
        return;
    if (printer->json) {
        fwrite(text, 1, len, stdout);
        putchar('\n');
        if (printer->command->shape == CTL_EVENTS)
            fflush(stdout);
        return;
    }
    json_t *row = json_loadb(text, len, 0, NULL);
    if (!row)
        return;
    switch (printer->command->shape) {
    case CTL_TABLE:
        add_table_row(printer, row);
        break;
    case CTL_PAIRS:
        print_pairs(row);
        break;
    case CTL_EVENTS:
        print_event(row);
        break;
    case CTL_DONE:
    case CTL_EXPORT:
        print_undone(printer, row);
        break;
    case CTL_FINDINGS:
    case CTL_IMPORT:
        if (!json_object_get(row, "what"))
            add_table_row(printer, row);
        else if (!printer->counts)
            printer->counts = json_incref(row);
        break;
    }
    json_decref(row);
}

bool printer_finish(struct printer *printer, bool good)
{
    bool empty = printer->command->shape == CTL_TABLE && good;
    if (printer->table && (empty || com_table_rows(printer->table) > 0))
        com_table_print(printer->table, stdout, com_terminal_width(stdout));
    if (printer->counts) {
        json_object_del(printer->counts, "what");
        print_pairs(printer->counts);
    }
    fflush(stdout);
    return printer->told;
}
