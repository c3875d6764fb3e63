/*
 * What a client makes of pages of access records: whatever auth, or who has its keys, puts into them. Requires: records
 * come in their order, of the prefecture, as asked for, with the note that they were made with; texts have no control
 * characters; the report counts every failed login once; whoever can use numbers
 * at the end of a period could in it.
 */
#include <string.h>

#include "crypto/hash.h"
#include "internal.h"
#include "ledger_job.h"
#include "record_json.h"
#include "record_report.h"
#include "record_rights.h"
#include "support/fuzz.h"

#define PREFECTURE 11
#define ROWS_MAX   (ACCOUNT_ROWS_LEN / sizeof(struct access_row))

static struct input pages;

/* A row as auth makes them, then as the input says. */
static void put_row(struct input *input, struct access_row *row)
{
    uint8_t choice = input_u8(input);
    struct access_entry *entry = &row->entry;

    *entry = (struct access_entry){.version = 1, .tenant = PREFECTURE};
    entry->index = input_u8(input);
    entry->event = input_u8(input) % 16;
    entry->operation = input_u8(input) % 64;
    entry->result = input_u8(input) % 16;
    entry->role = entry->object_role = input_u8(input) % 20;
    entry->time_us = input_u16(input);
    entry->account[0] = (char)('a' + choice % 4);
    entry->object[0] = (char)('a' + choice / 4 % 4);
    entry->terminal[0] = 't';
    if (choice & 16)
        input_copy(input, row->note, input_u8(input));
    size_t length = strnlen(row->note, sizeof row->note);
    if (length > 0)
        REQUIRE(sha256(row->note, length, entry->note_hash) == 0);
    if (choice & 32)
        input_copy(input, (uint8_t *)entry + input_u16(input) % (sizeof *entry - 32), 32);
    if (choice & 64)
        row->note[input_u8(input)] ^= 1;
}

enum sekisho_status __wrap_account_exchange(struct sekisho_session *session, const char *method,
                                            const struct account_call_plain *plain, struct account_reply_plain *reply,
                                            struct sekisho_error *error);
enum sekisho_status __wrap_account_exchange(struct sekisho_session *session, const char *method,
                                            const struct account_call_plain *plain, struct account_reply_plain *reply,
                                            struct sekisho_error *error)
{
    struct access_row rows[ROWS_MAX] = {0};
    uint8_t choice = input_u8(&pages);

    (void)session, (void)method;
    if (pages.left == 0)
        return error_forged(error, "no page", "no page");
    *reply = (struct account_reply_plain){.version = 1, .operation = plain->operation, .result = ACCOUNT_DONE};
    reply->row_length = (uint16_t)(choice & 32 ? input_u16(&pages) : sizeof rows[0]);
    reply->count = choice & 31;
    for (uint32_t i = 0; i < reply->count; i++)
        put_row(&pages, &rows[i]);
    memcpy(reply->rows, rows, sizeof rows);
    if (choice & 64)
        input_copy(&pages, reply->next, 8);
    if (choice & 128)
        reply->count = input_u32(&pages);
    /* What account_exchange itself has checked. */
    if ((uint64_t)reply->count * reply->row_length > sizeof reply->rows)
        return error_forged(error, "rows", "rows");
    return SEKISHO_OK;
}

static void require_printable(const char *text, size_t size)
{
    REQUIRE(memchr(text, '\0', size) != NULL);
    for (; *text; text++)
        REQUIRE((uint8_t)*text >= 0x20 && *text != 0x7f);
}

static void require_good(const struct sekisho_access_record *record, const struct sekisho_access_filter *filter)
{
    REQUIRE(record->prefecture == PREFECTURE && sekisho_access_matches(filter, record));
    require_printable(record->account, sizeof record->account);
    require_printable(record->object, sizeof record->object);
    require_printable(record->terminal, sizeof record->terminal);
    require_printable(record->note, sizeof record->note);
    json_t *shown = record_json(record);
    REQUIRE(shown != NULL);
    json_decref(shown);
}

/* Each account and terminal once; who could at the end could in the period. */
static void require_rights(struct rights *rights)
{
    rights_finish(rights);
    for (size_t i = 0; i < rights->account_count; i++) {
        REQUIRE(rights->accounts[i].could || !right_now(rights, &rights->accounts[i]));
        for (size_t j = 0; j < i; j++)
            REQUIRE(strcmp(rights->accounts[i].account, rights->accounts[j].account) != 0);
    }
    for (size_t i = 0; i < rights->terminal_count; i++) {
        REQUIRE(rights->terminals[i].could || !rights->terminals[i].listed);
        for (size_t j = 0; j < i; j++)
            REQUIRE(strcmp(rights->terminals[i].terminal, rights->terminals[j].terminal) != 0);
    }
}

static void require_report(struct login_report *report, uint64_t failed)
{
    uint64_t sum = 0;

    report_sort(report);
    for (size_t i = 0; i < report->count; i++) {
        REQUIRE(i == 0 || report->groups[i].count <= report->groups[i - 1].count);
        sum += report->groups[i].count;
    }
    REQUIRE(sum == failed && report->failed == failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    struct session_state state = {.tenant = PREFECTURE};
    struct sekisho_session session = {.state = &state};
    uint8_t choice = input_u8(&input);
    const struct sekisho_access_filter filter = {.account = choice & 1 ? "a" : NULL,
                                                 .event = choice & 2 ? SEKISHO_ACCESS_LOGIN_FAILED : 0};
    struct rights rights = {.start_us = input_u16(&input), .end_us = input_u16(&input)};
    const struct sekisho_access_record *record = NULL;
    struct sekisho_access_reader *reader = NULL;
    struct login_report report = {0};
    uint64_t least = 0, head = input_u8(&input), failed = 0;

    REQUIRE(crypto_init() == 0);
    pages = input;
    if (sekisho_access_read(&session, &filter, head, &reader, NULL) == SEKISHO_OK) {
        while (sekisho_access_next(reader, &record, NULL) == SEKISHO_OK && record) {
            REQUIRE(record->index >= least && record->index < head);
            least = record->index + 1;
            require_good(record, &filter);
            rights_take(&rights, record);
            if (record->event != SEKISHO_ACCESS_LOGIN_FAILED)
                continue;
            report_add(&report, record);
            failed++;
        }
        sekisho_access_close(reader);
    }
    require_rights(&rights);
    require_report(&report, failed);
    rights_free(&rights);
    report_free(&report);
    return 0;
}
