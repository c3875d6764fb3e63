#include "driver/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int table_add(struct table *table, const char *const cells[TABLE_COLUMNS])
{
    if (table->rows == table->room) {
        size_t room = table->room * 2 + 16;
        void *grown = realloc(table->cells, room * sizeof(*table->cells));
        if (grown == NULL) {
            return -1;
        }
        table->cells = grown;
        table->room = room;
    }
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        snprintf(table->cells[table->rows][i], CELL_SIZE, "%s", cells[i] != NULL ? cells[i] : "");
        if (cells[i] != NULL && i >= table->columns) {
            table->columns = i + 1;
        }
    }
    table->rows++;
    return 0;
}

static void print_markdown(const struct table *table, FILE *out)
{
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            fprintf(out, "%s%s", i == 0 ? "| " : " | ", table->cells[row][i]);
        }
        fputs(" |\n", out);
        for (size_t i = 0; row == 0 && i < table->columns; i++) {
            fputs(i == 0 ? "|---" : "|---:", out);
        }
        fputs(row == 0 ? "|\n" : "", out);
    }
}

static void print_text(const struct table *table, FILE *out)
{
    size_t width[TABLE_COLUMNS] = {0};
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            size_t length = strlen(table->cells[row][i]);
            width[i] = length > width[i] ? length : width[i];
        }
    }
    for (size_t row = 0; row < table->rows; row++) {
        fprintf(out, "%-*s", (int)width[0], table->cells[row][0]);
        for (size_t i = 1; i < table->columns; i++) {
            fprintf(out, "  %*s", (int)width[i], table->cells[row][i]);
        }
        fputc('\n', out);
    }
}

void table_print(const struct table *table, bool markdown, FILE *out)
{
    (markdown ? print_markdown : print_text)(table, out);
}

void table_free(struct table *table)
{
    free(table->cells);
    *table = (struct table){0};
}

void number_text(double value, char text[32])
{
    char digits[32];
    if (fabs(value) < 100.0) {
        snprintf(text, 32, "%.1f", value);
        return;
    }
    int length = snprintf(digits, sizeof(digits), "%.0f", value);
    size_t used = 0;
    for (int i = 0; i < length && used < 30; i++) {
        text[used++] = digits[i];
        if ((length - 1 - i) % 3 == 0 && i + 1 < length && digits[i] != '-') {
            text[used++] = ',';
        }
    }
    text[used] = '\0';
}
