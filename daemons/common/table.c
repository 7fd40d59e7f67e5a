/*
 * Tables: cells are kept until the widths of all columns are known.
 */
#include <com/table.h>
#include <com/text.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct com_table {
    const struct com_column *columns;
    size_t count;
    char **cells; /* rows × count */
    size_t rows, cap;
};

struct com_table *com_table_new(const struct com_column *columns, size_t count)
{
    if (count == 0 || count > COM_TABLE_COLUMNS_MAX)
        return NULL;
    struct com_table *table = calloc(1, sizeof *table);
    if (table) {
        table->columns = columns;
        table->count = count;
    }
    return table;
}

void com_table_free(struct com_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->rows * table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

size_t com_table_rows(const struct com_table *table)
{
    return table->rows;
}

/* A cell must not break the line or steer the terminal. */
static char *copy_cell(const char *text)
{
    char *copy = strdup(text ? text : "");
    for (char *p = copy; p && *p; p++)
        memset(p, ' ', com_control_length(p));
    return copy;
}

void com_table_row(struct com_table *table, const char *const *cells)
{
    if (table->rows == table->cap) {
        size_t cap = table->cap ? table->cap * 2 : 32;
        char **grown = realloc(table->cells, cap * table->count * sizeof *grown);
        if (!grown)
            return;
        table->cells = grown;
        table->cap = cap;
    }
    for (size_t i = 0; i < table->count; i++)
        table->cells[table->rows * table->count + i] = copy_cell(cells[i]);
    table->rows++;
}

/* --- printing */

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static unsigned width_of(const char *text)
{
    unsigned width = 0;
    for (; *text; text++)
        width += starts_character(*text);
    return width;
}

/* The first `width` characters; the rest is replaced by one "…" if there is a rest. */
static void print_cut(const char *text, unsigned width, FILE *out)
{
    bool cut = width_of(text) > width;
    unsigned room = cut && width > 0 ? width - 1 : width;
    const char *p = text;
    for (unsigned n = 0; *p; p++) {
        if (starts_character(*p) && n++ == room)
            break;
    }
    fwrite(text, 1, (size_t)(p - text), out);
    if (cut && width > 0)
        fputs("…", out);
}

static const char *cell(const struct com_table *table, size_t row, size_t column)
{
    /* row 0 is the headers */
    const char *text =
        row == 0 ? table->columns[column].header : table->cells[(row - 1) * table->count + column];
    return text ? text : "";
}

static void print_row(const struct com_table *table, size_t row, const unsigned *widths,
                      unsigned limit, FILE *out)
{
    unsigned at = 0;
    for (size_t i = 0; i < table->count; i++) {
        unsigned room = limit == 0 ? widths[i] : limit > at ? limit - at : 0;
        unsigned wide = widths[i] < room ? widths[i] : room;
        unsigned own = width_of(cell(table, row, i));
        unsigned pad = own < wide ? wide - own : 0;
        bool last = i + 1 == table->count;
        if (table->columns[i].right)
            fprintf(out, "%*s", (int)pad, "");
        print_cut(cell(table, row, i), wide, out);
        if (!table->columns[i].right && !last)
            fprintf(out, "%*s", (int)pad, "");
        at += wide;
        if (!last && (limit == 0 || at + 2 < limit)) {
            fputs("  ", out);
            at += 2;
        } else if (!last) {
            break;
        }
    }
    fputc('\n', out);
}

void com_table_print(const struct com_table *table, FILE *out, unsigned width)
{
    unsigned widths[COM_TABLE_COLUMNS_MAX] = {0};
    for (size_t row = 0; row <= table->rows; row++) {
        for (size_t i = 0; i < table->count; i++) {
            unsigned own = width_of(cell(table, row, i)), max = table->columns[i].max;
            if (max > 0 && own > max)
                own = max;
            if (own > widths[i])
                widths[i] = own;
        }
    }
    for (size_t row = 0; row <= table->rows; row++)
        print_row(table, row, widths, width, out);
}

unsigned com_terminal_width(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}
