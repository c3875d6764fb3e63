/*
 * Backup files as `sekisho restore` opens them and as the client checks them while taking one: any bytes, a genuine
 * file that was damaged, and files of foreign rows that are sealed well, since whoever knows the public key can seal.
 * Requires:
 *   - a genuine file restores; one in which a byte is different, missing or added does not, and the client does not
 * take it;
 *   - what the vault's ledger key has not signed does not restore, whatever is in it;
 *   - a restore that fails leaves nothing behind, and says what it is that failed.
 */
#include <stdlib.h>
#include <string.h>

#include "backup_made.h"
#include "backup_rows.h"
#include "restored.h"
#include "support/process.h"

#define DAMAGES_MAX 8

static uint8_t *file, *plain;

static enum restore_status restore(size_t length)
{
    static struct restore_report report;
    enum restore_status status = restored(file, length, made_backup_key, made_root_key, &report);

    REQUIRE(report.tenant_count <= TENANTS_MAX);
    REQUIRE(status != RESTORE_INCONSISTENT || report.what < RESTORE_CHECK_COUNT);
    REQUIRE((status != RESTORE_DISK && status != RESTORE_UNREADABLE) || report.code != 0);
    return status;
}

static void any_bytes(struct input *input)
{
    size_t kept = input_u8(input) % (sizeof(struct backup_head) + 1), length = kept + input->left;

    memcpy(file, made_backup()->file, kept);
    memcpy(file + kept, input->at, input->left);
    REQUIRE(restore(length) != RESTORE_DONE);
    REQUIRE(!client_takes(file, length));
}

/* A place in `length` bytes, counted from either end. */
static size_t place(struct input *input, size_t length)
{
    uint32_t at = input_u32(input);

    return at >> 31 ? length - 1 - (at & INT32_MAX) % length : at % length;
}

static void damaged(struct input *input)
{
    const struct made *made = made_backup();
    size_t length = made->file_length, again = 0;

    memcpy(file, made->file, length);
    for (unsigned i = input_u8(input) % DAMAGES_MAX; i > 0; i--) {
        size_t at = place(input, length);
        file[at] ^= input_u8(input);
    }
    uint8_t choice = input_u8(input);
    if (choice & 1)
        length = place(input, length + 1);
    if (choice & 2)
        again = input_u16(input) % made->file_length;
    memcpy(file + length, made->file + made->file_length - again, again);
    length += again;
    memcpy(file + length, input->at, input->left);
    length += input->left;
    bool same = length == made->file_length && memcmp(file, made->file, length) == 0;
    REQUIRE((restore(length) == RESTORE_DONE) == same);
    REQUIRE(client_takes(file, length) == same);
}

/* Chunks of `most` bytes or of one row that is longer, of whole rows unless they are cut anywhere. False when it comes
 * to too much. */
static bool write_chunks(struct making *making, size_t length, const size_t *ends, size_t rows, size_t most, bool cut)
{
    size_t at = 0, row = 0;

    while (at < length) {
        size_t end = at;
        while (row < rows && ends[row] - at <= most)
            end = ends[row++];
        if (end == at && row < rows && ends[row] - at <= BACKUP_PLAIN_MAX)
            end = ends[row];
        if (cut || end == at)
            end = length - at < most ? length : at + most;
        while (row < rows && ends[row] <= end)
            row++;
        if (!making_chunk(making, plain + at, end - at, end == length))
            return false;
        at = end;
    }
    return length > 0;
}

static void foreign_rows(struct input *input)
{
    static size_t ends[ROWS_MAX];
    const struct made *made = made_backup();
    uint8_t choice = input_u8(input);
    size_t most = choice & 1 ? input_u16(input) + 512u : BACKUP_PLAIN_MAX, rows;
    uint16_t tenant = choice & 2 ? input_u16(input) : 0;
    bool cut = choice & 4, other_key = choice & 8;
    struct making making;

    if (most > BACKUP_PLAIN_MAX)
        most = BACKUP_PLAIN_MAX;
    size_t length = rows_changed(input, plain, ends, &rows);
    making_begin(&making, file, tenant);
    if (!write_chunks(&making, length, ends, rows, most, cut))
        return;
    making_end(&making, other_key);
    enum restore_status status = restore(making.length);
    REQUIRE(client_takes(file, making.length));
    REQUIRE(!other_key || status != RESTORE_DONE);
    bool same = length == made->plain_length && memcmp(plain, made->plain, length) == 0;
    if (same && !cut && !other_key && tenant == 0)
        REQUIRE(status == RESTORE_DONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};

    if (!file) {
        file = malloc(2 * MADE_MAX);
        plain = malloc(MADE_MAX);
        REQUIRE(file && plain);
        made_backup();
    }
    process_reset(5, 2000000);
    switch (input_u8(&input) % 3) {
    case 0:
        any_bytes(&input);
        break;
    case 1:
        damaged(&input);
        break;
    default:
        foreign_rows(&input);
    }
    process_free_secrets();
    return 0;
}
