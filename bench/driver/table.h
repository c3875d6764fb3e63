/* Tables of text: the first column to the left, figures to the right. */
#ifndef SEKISHO_BENCH_TABLE_H
#define SEKISHO_BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 8
#define CELL_SIZE     192

struct table {
    char (*cells)[TABLE_COLUMNS][CELL_SIZE]; /* rows, the first is the heading */
    size_t rows, columns, room;
};

/* Adds a row of the cells given; those not given are empty. -1 without memory. */
int table_add(struct table *table, const char *const cells[TABLE_COLUMNS]);
void table_print(const struct table *table, bool markdown, FILE *out);
void table_free(struct table *table);

/* "12,345,678", or with one decimal below 100; at most 32 bytes. */
void number_text(double value, char text[32]);

#endif
