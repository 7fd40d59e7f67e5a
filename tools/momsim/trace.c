/*
 * The trace: what happened, as lines for people and as a hash for machines (same seed, same
 * hash); and which rows of
 * the tables of states were taken, from the lines of docs/trace.md.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static void hash_text(struct sim *s, const char *text)
{
    for (; *text; text++)
        s->hash = (s->hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    s->hash = (s->hash ^ '\n') * UINT64_C(0x100000001b3);
}

static void show(const struct sim *s, const char *text)
{
    int64_t t = s->now;

    if (s->trace)
        printf("%02d:%02d:%02d.%03d %s\n", (int)(t / SIM_HOUR), (int)(t / SIM_MINUTE % 60),
               (int)(t / SIM_SECOND % 60), (int)(t % SIM_SECOND), text);
}

/* In a star: which node it is that says it. */
static void show_of(const struct sim *s, const char *line)
{
    char text[600];

    if (!s->trace)
        return;
    snprintf(text, sizeof text, "node %u: %s", s->speaking, line);
    show(s, s->plan.star ? text : line);
}

/* The machines whose tables are asked for. */
static const char *const machines[] = {"handoff", "login", "presence", "star"};

/* The machine whose name a text begins with, and `end` after it; NULL: none. */
static const char *machine_of(const char *text, const char *end)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        size_t len = strlen(machines[i]);

        if (strncmp(text, machines[i], len) == 0 && strncmp(text + len, end, strlen(end)) == 0)
            return machines[i];
    }
    return NULL;
}

/* The line of a transition ends with its row: "STATE + EVENT (GUARD) -> STATE". */
static void note_row(struct sim *s, const char *line)
{
    const char *row = strstr(line, " : ");

    const char *machine = machine_of(line, " ");
    size_t len = machine ? strlen(machine) : 0;

    if (!s->rows || s->rows->count == 0 || !machine || !row)
        return;
    for (size_t i = 0; i < s->rows->count; i++) {
        const char *text = s->rows->text[i];

        if (strncmp(text, machine, len) == 0 && text[len] == ':' &&
            strcmp(text + len + 2, row + 3) == 0) {
            s->rows->seen[i] = 1;
            return;
        }
    }
    sim_fail(s, "a transition that is in no table: %s", line);
}

void sim_trace_line(void *user, const char *line)
{
    struct sim *s = user;

    hash_text(s, line);
    note_row(s, line);
    show_of(s, line);
}

void sim_log_line(void *user, enum mom_level level, const char *line)
{
    struct sim *s = user;

    (void)level;
    if (s->trace && s->plan.star)
        printf("             log of node %u: %s\n", s->speaking, line);
    else if (s->trace)
        printf("             log: %s\n", line);
}

void sim_note(struct sim *s, const char *format, ...)
{
    char text[400] = "# ";
    va_list args;

    va_start(args, format);
    vsnprintf(text + 2, sizeof text - 2, format, args);
    va_end(args);
    hash_text(s, text);
    show(s, text);
}

void sim_fail(struct sim *s, const char *format, ...)
{
    va_list args;

    if (s->failed)
        return;
    s->failed = true;
    va_start(args, format);
    vsnprintf(s->failure, sizeof s->failure, format, args);
    va_end(args);
    if (s->trace)
        printf("FAILED: %s\n", s->failure);
}

/* --- the rows --------------------------------------------------------------------------------- */

/* A cell of a line of a table without the blanks around it; NULL: there is none. */
static char *cell(char **at)
{
    char *begin = *at, *end = strchr(begin, '|');

    if (!end)
        return NULL;
    *at = end + 1;
    while (*begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    *end = '\0';
    return begin;
}

static void read_row(struct sim_rows *rows, const char *machine, char *line)
{
    char *cells[5], *at = line + 1;
    char *text = rows->text[rows->count];

    for (int i = 0; i < 5; i++) {
        cells[i] = cell(&at);
        if (!cells[i])
            return;
    }
    if (strcmp(cells[0], "state") == 0 || strncmp(cells[0], "---", 3) == 0)
        return;
    snprintf(text, SIM_ROW_TEXT, "%s: %s + %s%s%s%s -> %s", machine, cells[0], cells[1],
             cells[2][0] ? " (" : "", cells[2], cells[2][0] ? ")" : "", cells[4]);
    rows->count++;
}

/* The tables between the marks "rows of NAME: begin" and "rows of NAME: end" of a page. */
bool sim_rows_read(struct sim_rows *rows, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[400];
    const char *machine = NULL, *mark;

    if (!file)
        return false;
    while (fgets(line, sizeof line, file) && rows->count < SIM_ROWS) {
        mark = strstr(line, "rows of ");
        if (mark)
            machine = machine_of(mark + strlen("rows of "), ": begin");
        else if (machine && line[0] == '|')
            read_row(rows, machine, line);
    }
    fclose(file);
    return rows->count > 0;
}
