#include "auth/account_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELDS       5
#define LINE_MAX_LEN (2 + ACCOUNT_LEN + ROLE_CODE_LEN + 9 + PASSWORD_ENCODED_LEN + FIELDS)
#define FILE_MAX_LEN (ACCOUNTS_MAX * LINE_MAX_LEN)

struct field {
    const char *text;
    size_t length;
};

static bool is_field(const struct field *field, const char *word)
{
    return field->length == strlen(word) && memcmp(field->text, word, field->length) == 0;
}

static bool parse_tenant(const struct field *field, uint16_t *tenant)
{
    uint16_t value = 0;

    if (field->length < 1 || field->length > 2 || field->text[0] == '0')
        return false;
    for (size_t i = 0; i < field->length; i++) {
        if (field->text[i] < '0' || field->text[i] > '9')
            return false;
        value = (uint16_t)(value * 10 + (field->text[i] - '0'));
    }
    *tenant = value;
    return value <= TENANTS_MAX;
}

static bool parse_id(const struct field *field, char id[ACCOUNT_LEN])
{
    if (field->length > ACCOUNT_LEN || memchr(field->text, '\0', field->length))
        return false;
    memset(id, 0, ACCOUNT_LEN);
    memcpy(id, field->text, field->length);
    return account_id_valid(id);
}

static bool parse_state(const struct field *field, enum account_state *state)
{
    *state = is_field(field, "ACTIVE") ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED;
    return *state == ACCOUNT_ACTIVE || is_field(field, "SUSPENDED");
}

static bool parse_line(const char *text, size_t length, struct account *account)
{
    struct field fields[FIELDS];
    const char *end = text + length;

    for (int i = 0; i < FIELDS; i++) {
        const char *tab = i < FIELDS - 1 ? memchr(text, '\t', (size_t)(end - text)) : end;
        if (!tab)
            return false;
        fields[i] = (struct field){text, (size_t)(tab - text)};
        text = tab + 1;
    }
    account->role = (uint16_t)role_by_code(fields[2].text, fields[2].length);
    return parse_tenant(&fields[0], &account->tenant) && parse_id(&fields[1], account->id) &&
           account->role != ROLE_NONE && parse_state(&fields[3], &account->state) &&
           password_decode(fields[4].text, fields[4].length, &account->hash);
}

static int compare(const void *left, const void *right)
{
    const struct account *a = left, *b = right;
    int tenants = (a->tenant > b->tenant) - (a->tenant < b->tenant);
    return tenants ? tenants : memcmp(a->id, b->id, ACCOUNT_LEN);
}

static size_t count_lines(const char *text, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

static int parse_lines(const char *text, size_t length, struct account_table *table, uint32_t *line)
{
    const char *end = text + length;

    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        ++*line;
        if (!newline || !parse_line(text, (size_t)(newline - text), &table->rows[table->count]))
            return -1;
        table->count++;
        text = newline + 1;
    }
    *line = 0;
    qsort(table->rows, table->count, sizeof table->rows[0], compare);
    for (size_t i = 1; i < table->count; i++)
        if (compare(&table->rows[i - 1], &table->rows[i]) == 0)
            return -1;
    return 0;
}

int account_table_parse(const char *text, size_t length, struct account_table *table, uint32_t *line)
{
    size_t lines = count_lines(text, length);

    *line = 0;
    *table = (struct account_table){0};
    if (lines > ACCOUNTS_MAX)
        return -1;
    /* One row more: a last line without its newline is read before it is refused. */
    table->rows = calloc(lines + 1, sizeof table->rows[0]);
    if (!table->rows)
        return -1;
    if (parse_lines(text, length, table, line) == 0)
        return 0;
    account_table_free(table);
    return -1;
}

int account_table_read(int fd, struct account_table *table, uint32_t *line)
{
    char *text = malloc(FILE_MAX_LEN + 1);
    size_t length = 0;
    ssize_t got = text ? 1 : -1;

    *line = 0;
    *table = (struct account_table){0};
    while (got > 0 && length <= FILE_MAX_LEN) {
        got = pread(fd, text + length, FILE_MAX_LEN + 1 - length, (off_t)length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    int result = got == 0 ? account_table_parse(text, length, table, line) : -1;
    free(text);
    return result;
}

void account_table_free(struct account_table *table)
{
    free(table->rows);
    *table = (struct account_table){0};
}

const struct account *account_table_find(const struct account_table *table, uint16_t tenant, const char id[ACCOUNT_LEN])
{
    struct account key = {.tenant = tenant};

    if (table->count == 0)
        return NULL;
    memcpy(key.id, id, ACCOUNT_LEN);
    return bsearch(&key, table->rows, table->count, sizeof table->rows[0], compare);
}
