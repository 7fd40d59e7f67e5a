/*
 * Tables for terminals: rows of text in columns that are as wide as they must be. Width is counted
 * in code points.
 */
#ifndef COM_TABLE_H
#define COM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct com_column {
    const char *header;
    bool right;   /* numbers */
    unsigned max; /* widest, longer texts are cut and end in "…"; 0: no limit */
};

#define COM_TABLE_COLUMNS_MAX 32

struct com_table;

/* `columns` must live as long as the table. NULL on no memory. */
struct com_table *com_table_new(const struct com_column *columns, size_t count);
void com_table_free(struct com_table *table);
/* A row of `count` cells, copied; NULL is an empty cell, control characters become blanks. */
void com_table_row(struct com_table *table, const char *const *cells);
size_t com_table_rows(const struct com_table *table);
/* Print headers and rows, two blanks between columns; lines are cut at `width` (0: no limit). */
void com_table_print(const struct com_table *table, FILE *out, unsigned width);
/* Width of the terminal behind the stream, 0 when it is none. */
unsigned com_terminal_width(FILE *out);

#endif
