#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void table_start(struct table *table, size_t columns)
{
    memset(table, 0, sizeof *table);
    table->columns = columns;
}

void table_row(struct table *table, const char *const *cells)
{
    if (table->rows == TABLE_ROWS_MAX)
        return;
    for (size_t i = 0; i < table->columns; i++)
        if (!(table->cell[table->rows][i] = strdup(cells[i])))
            abort();
    table->rows++;
}

/* wcwidth(3) knows wide characters in a UTF-8 locale only; main sets one. */
size_t display_width(const char *text)
{
    size_t width = 0, left = strlen(text);
    mbstate_t state = {0};

    while (left > 0) {
        wchar_t character;
        size_t step = mbrtowc(&character, text, left, &state);
        if (step == 0 || step > left) {
            memset(&state, 0, sizeof state);
            step = 1;
            width++;
        } else {
            int columns = wcwidth(character);
            width += columns > 0 ? (size_t)columns : 0;
        }
        text += step, left -= step;
    }
    return width;
}

static void print_cells(const struct table *table, const size_t *widths, size_t row, FILE *stream)
{
    for (size_t i = 0; i < table->columns; i++) {
        const char *cell = table->cell[row][i];
        fputs(cell, stream);
        if (i + 1 < table->columns)
            fprintf(stream, "%*s", (int)(widths[i] - display_width(cell) + 2), "");
    }
    fputc('\n', stream);
}

void table_print(struct table *table, FILE *stream)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0}, total = 0;

    for (size_t i = 0; i < table->columns; i++) {
        for (size_t row = 0; row < table->rows; row++)
            if (display_width(table->cell[row][i]) > widths[i])
                widths[i] = display_width(table->cell[row][i]);
        total += widths[i] + (i + 1 < table->columns ? 2 : 0);
    }
    for (size_t row = 0; row < table->rows; row++) {
        print_cells(table, widths, row, stream);
        if (row == 0) {
            for (size_t i = 0; i < total; i++)
                fputc('-', stream);
            fputc('\n', stream);
        }
    }
    table_free(table);
}

void table_free(struct table *table)
{
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < table->columns; i++)
            free(table->cell[row][i]);
    table->rows = 0;
}
