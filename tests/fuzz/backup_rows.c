#include "backup_rows.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 16
#define ROOM        (1u << 18) /* bytes of changed rows */

struct row {
    const uint8_t *bytes; /* struct backup_row, key, value */
    size_t length;
};

static struct row genuine[ROWS_MAX], rows[ROWS_MAX];
static size_t genuine_count, row_count, room_used;
static uint8_t room[ROOM];

static size_t length_of(const uint8_t *bytes)
{
    struct backup_row row;

    memcpy(&row, bytes, sizeof row);
    return sizeof row + row.key_length + row.value_length;
}

static void find_rows(void)
{
    const struct made *made = made_backup();

    for (size_t at = 0; at < made->plain_length; at += genuine[genuine_count++].length) {
        REQUIRE(genuine_count < ROWS_MAX / 2);
        genuine[genuine_count] = (struct row){.bytes = made->plain + at, .length = length_of(made->plain + at)};
    }
}

/* Room for a changed row; NULL when there is no more. */
static uint8_t *take_room(size_t length)
{
    if (length > ROOM - room_used)
        return NULL;
    room_used += length;
    return room + room_used - length;
}

static size_t any_row(struct input *input)
{
    return row_count ? input_u16(input) % row_count : 0;
}

static void change_byte(struct input *input)
{
    struct row *row = &rows[any_row(input)];
    size_t at = input_u16(input) % row->length;
    uint8_t *copy = take_room(row->length);

    if (!copy)
        return;
    memcpy(copy, row->bytes, row->length);
    copy[at] ^= input_u8(input);
    row->bytes = copy;
}

/* Value of another length: what is added is zero, unless the lengths before the value are left as they were. */
static void change_length(struct input *input)
{
    struct row *row = &rows[any_row(input)];
    struct backup_row head;

    memcpy(&head, row->bytes, sizeof head);
    size_t keep = sizeof head + head.key_length, value_length = input_u16(input) % 4096;
    uint8_t *copy = row->length >= keep ? take_room(keep + value_length) : NULL;
    if (!copy)
        return;
    memset(copy, 0, keep + value_length);
    memcpy(copy, row->bytes, row->length < keep + value_length ? row->length : keep + value_length);
    head.value_length = (uint32_t)value_length;
    memcpy(copy, &head, sizeof head);
    *row = (struct row){.bytes = copy, .length = keep + value_length};
}

static void remove_rows(struct input *input)
{
    size_t first = any_row(input), count = input_u8(input) % 32 + 1u;

    if (count > row_count - first)
        count = row_count - first;
    memmove(rows + first, rows + first + count, (row_count - first - count) * sizeof rows[0]);
    row_count -= count;
}

static void insert(size_t at, struct row row)
{
    if (row_count == ROWS_MAX || !row.bytes)
        return;
    memmove(rows + at + 1, rows + at, (row_count - at) * sizeof rows[0]);
    rows[at] = row;
    row_count++;
}

static void insert_new(struct input *input)
{
    size_t at = any_row(input);
    struct backup_row head = {.kind = input_u8(input)};
    struct input key = input_part(input, input_u8(input)), value;

    value = input_part(input, input_u16(input) % 1024);
    head.key_length = (uint16_t)key.left;
    head.value_length = (uint32_t)value.left;
    struct row row = {.length = sizeof head + key.left + value.left};
    uint8_t *bytes = take_room(row.length);
    if (!bytes)
        return;
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, key.at, key.left);
    memcpy(bytes + sizeof head + key.left, value.at, value.left);
    row.bytes = bytes;
    insert(at, row);
}

static void change(struct input *input)
{
    size_t a, b;
    struct row row;

    switch (input_u8(input) % 6) {
    case 0:
        change_byte(input);
        break;
    case 1:
        change_length(input);
        break;
    case 2:
        remove_rows(input);
        break;
    case 3:
        a = any_row(input), b = any_row(input);
        insert(b, rows[a]);
        break;
    case 4:
        a = any_row(input), b = any_row(input);
        row = rows[a], rows[a] = rows[b], rows[b] = row;
        break;
    default:
        insert_new(input);
    }
}

size_t rows_changed(struct input *input, uint8_t *out, size_t ends[ROWS_MAX], size_t *count)
{
    size_t used = 0;

    if (genuine_count == 0)
        find_rows();
    memcpy(rows, genuine, sizeof rows);
    row_count = genuine_count;
    room_used = 0;
    for (int i = 0; i < CHANGES_MAX && input->left > 0 && row_count > 0; i++)
        change(input);
    *count = 0;
    for (size_t i = 0; i < row_count && rows[i].length <= MADE_MAX - used; i++) {
        memcpy(out + used, rows[i].bytes, rows[i].length);
        used += rows[i].length;
        ends[(*count)++] = used;
    }
    return used;
}
