/* Tables on a terminal: columns as wide as their widest cell, East Asian wide characters counted as two. */
#ifndef SEKISHO_CLI_TABLE_H
#define SEKISHO_CLI_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 8
#define TABLE_ROWS_MAX    64

struct table {
    size_t columns, rows;
    char *cell[TABLE_ROWS_MAX][TABLE_COLUMNS_MAX];
};

void table_start(struct table *table, size_t columns);
/* Adds a row; each cell is copied. A row beyond the last is dropped. */
void table_row(struct table *table, const char *const *cells);
/* Prints with two spaces between columns, a rule under the first row, and frees the cells. */
void table_print(struct table *table, FILE *stream);
/* Frees the cells of a table that is not printed. */
void table_free(struct table *table);
/* Columns that a UTF-8 text takes on a terminal. */
size_t display_width(const char *text);

#endif
