/*
 * The accounts file: any bytes. What is accepted must be the one spelling that account_file.h documents: written again
 * from the parsed rows it is the same file, but for the order of its lines; rows are sorted, unique and found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/account_file.h"
#include "support/fuzz.h"

/* The line of a row, with its newline. */
static int spell(const struct account *row, char line[512])
{
    char hash[PASSWORD_ENCODED_LEN + 1];

    password_encode(&row->hash, hash);
    return snprintf(line, 512, "%u\t%.*s\t%s\t%s\t%s\n", row->tenant, ACCOUNT_LEN, row->id, role_code(row->role),
                    row->state == ACCOUNT_ACTIVE ? "ACTIVE" : "SUSPENDED", hash);
}

static bool starts_a_line(const char *text, const char *at)
{
    return at == text || at[-1] == '\n';
}

static void require_in(const char *text, size_t length, const char *line, size_t line_length)
{
    const char *end = text + length, *at = memmem(text, length, line, line_length);

    while (at && !starts_a_line(text, at))
        at = memmem(at + 1, (size_t)(end - at - 1), line, line_length);
    REQUIRE(at != NULL);
}

static void require_rows(const struct account_table *table, const char *text, size_t length)
{
    size_t total = 0;
    char line[512];

    for (size_t i = 0; i < table->count; i++) {
        const struct account *row = &table->rows[i];
        REQUIRE(row->tenant >= 1 && row->tenant <= TENANTS_MAX && account_id_valid(row->id) && role_code(row->role));
        REQUIRE(account_table_find(table, row->tenant, row->id) == row);
        size_t spelt = (size_t)spell(row, line);
        require_in(text, length, line, spelt);
        total += spelt;
        if (i > 0)
            REQUIRE(row[-1].tenant < row->tenant ||
                    (row[-1].tenant == row->tenant && memcmp(row[-1].id, row->id, ACCOUNT_LEN) < 0));
    }
    REQUIRE(total == length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account_table table;
    uint32_t line = 0;

    if (account_table_parse((const char *)data, size, &table, &line) == 0) {
        require_rows(&table, (const char *)data, size);
        account_table_free(&table);
    } else {
        REQUIRE(table.rows == NULL && table.count == 0);
    }
    return 0;
}
