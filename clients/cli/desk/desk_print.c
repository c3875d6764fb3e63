/* Answers for a person or as JSON. */
#include <stdlib.h>

#include "desk/desk.h"
#include "desk/resource.h"
#include "ledger_job.h"
#include "table.h"

void desk_print(const struct desk *desk, ProtobufCMessage *answer)
{
    ProtobufCMessage *resource = field_first_message(answer);

    if (desk->options->value[OPT_JSON]) {
        json_line(message_json(answer));
        return;
    }
    message_make_printable(answer);
    if (desk->call->columns && resource)
        message_show_brief(resource, desk->call->columns, stdout);
    else
        message_show(answer, stdout);
}

struct desk_rows {
    const struct desk *desk;
    struct table table;
    size_t columns;
};

static void heading(struct desk_rows *rows)
{
    const char *cells[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < rows->columns; i++)
        cells[i] = label_of(rows->desk->call->columns[i]);
    table_start(&rows->table, rows->columns);
    table_row(&rows->table, cells);
}

struct desk_rows *desk_rows_begin(const struct desk *desk)
{
    struct desk_rows *rows = calloc(1, sizeof *rows);

    if (!rows)
        abort();
    rows->desk = desk;
    while (rows->columns < TABLE_COLUMNS_MAX && desk->call->columns[rows->columns])
        rows->columns++;
    heading(rows);
    return rows;
}

void desk_row(struct desk_rows *rows, ProtobufCMessage *row)
{
    char *texts[TABLE_COLUMNS_MAX] = {NULL};
    const char *cells[TABLE_COLUMNS_MAX] = {NULL};

    if (rows->desk->options->value[OPT_JSON]) {
        json_line(message_json(row));
        return;
    }
    message_make_printable(row);
    if (rows->table.rows == TABLE_ROWS_MAX) {
        table_print(&rows->table, stdout);
        heading(rows);
    }
    for (size_t i = 0; i < rows->columns; i++) {
        texts[i] = field_text(row, rows->desk->call->columns[i]);
        cells[i] = resource_short(texts[i]);
    }
    table_row(&rows->table, cells);
    for (size_t i = 0; i < rows->columns; i++)
        free(texts[i]);
}

void desk_rows_end(struct desk_rows *rows, bool wanted)
{
    if (rows->desk->options->value[OPT_JSON] || !wanted)
        table_free(&rows->table);
    else
        table_print(&rows->table, stdout);
    free(rows);
}
