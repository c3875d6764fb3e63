/* ledger show: entries, each proven to be in the signed tree before it is shown. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger_job.h"
#include "table.h"

#define LIMIT_DEFAULT 60
/* Rows of one table: its heading takes one. */
#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)

/* The item to show of a batch: the one asked for, else the first. Only with entry->count > 0. */
static void chosen_item(const struct sekisho_ledger_entry *entry, const uint8_t *reference,
                        struct sekisho_ledger_item *item)
{
    for (size_t i = 0; reference && i < entry->count; i++) {
        sekisho_ledger_item(entry, i, item);
        if (memcmp(item->reference, reference, sizeof item->reference) == 0)
            return;
    }
    sekisho_ledger_item(entry, 0, item);
}

/* What became of an entry's item, and whose it was; "+n": and n more. */
static void item_texts(const struct sekisho_ledger_entry *entry, const uint8_t *reference, char outcome[32],
                       char touched[64])
{
    struct sekisho_ledger_item item;
    char hex[HEX16_LEN + 1], more[24] = "";

    snprintf(outcome, 32, "%s", text(TEXT_LEDGER_NOT_PERMITTED));
    snprintf(touched, 64, "-");
    if (!entry->permitted || entry->count == 0)
        return;
    chosen_item(entry, reference, &item);
    hex16_format(item.reference, hex);
    if (entry->count > 1)
        snprintf(more, sizeof more, " +%zu", entry->count - 1);
    snprintf(outcome, 32, "%s", sekisho_outcome_name(item.outcome));
    snprintf(touched, 64, "%s%s", strspn(hex, "0") == HEX16_LEN ? "-" : hex, more);
}

static void start_table(struct table *table)
{
    table_start(table, 8);
    table_row(table, (const char *const[]){text(TEXT_COLUMN_INDEX), text(TEXT_COLUMN_TIME), text(TEXT_COLUMN_ACCOUNT),
                                           text(TEXT_COLUMN_OPERATION), text(TEXT_COLUMN_PURPOSE),
                                           text(TEXT_COLUMN_LEGAL_BASIS), text(TEXT_COLUMN_OUTCOME),
                                           text(TEXT_COLUMN_REFERENCE)});
}

static void add_row(struct table *table, const struct sekisho_ledger_entry *entry, const uint8_t *reference)
{
    char index[24], time[TIME_TEXT_LEN], outcome[32], touched[64];

    snprintf(index, sizeof index, "%" PRIu64, entry->index);
    time_format(entry->time_us, time);
    item_texts(entry, reference, outcome, touched);
    if (table->rows > TABLE_ENTRIES)
        table_print(table, stdout);
    if (table->rows == 0)
        start_table(table);
    table_row(table, (const char *const[]){index, time, entry->account, sekisho_operation_name(entry->operation),
                                           sekisho_purpose_name(entry->purpose),
                                           sekisho_legal_basis_name(entry->legal_basis, language() == LANGUAGE_JA),
                                           outcome, touched});
}

static int show(const struct options *options, const struct ledger_job *job, const struct ledger_filter *filter,
                struct sekisho_ledger_reader *reader, uint64_t limit, uint64_t *shown)
{
    const struct sekisho_ledger_entry *entry;
    struct sekisho_proof proof;
    struct sekisho_error error;
    struct table table = {0};
    enum sekisho_status status = SEKISHO_OK;

    for (*shown = 0; *shown < limit; ++*shown) {
        status = sekisho_ledger_next(reader, &entry, &error);
        if (status == SEKISHO_OK && entry)
            status = sekisho_ledger_inclusion(job->client, &job->head, entry->index, entry->leaf_hash, &proof, &error);
        if (status != SEKISHO_OK || !entry)
            break;
        if (options->value[OPT_JSON])
            json_line(entry_json(entry));
        else
            add_row(&table, entry, filter->given.reference);
    }
    /* Nothing found is a heading alone; a refusal is not even that. */
    if (!options->value[OPT_JSON] && status == SEKISHO_OK && table.rows == 0)
        start_table(&table);
    if (table.rows > 0)
        table_print(&table, stdout);
    return status == SEKISHO_OK ? CLI_OK : report_error(&error);
}

int cmd_ledger_show(const struct options *options)
{
    struct ledger_filter filter;
    struct ledger_job job = {0};
    struct sekisho_ledger_reader *reader = NULL;
    struct sekisho_error error;
    uint64_t limit, shown = 0;

    int code = ledger_filter_of(options, &filter);
    if (code == CLI_OK && options_number(options, OPT_LIMIT, 1, 100000000, LIMIT_DEFAULT, &limit) < 0)
        code = CLI_USAGE;
    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, true, &job);
    if (code == CLI_OK && sekisho_ledger_read(job.session, &filter.given, job.head.size, &reader, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK)
        code = show(options, &job, &filter, reader, limit, &shown);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, shown == limit ? TEXT_LEDGER_SHOWN_LIMIT : TEXT_LEDGER_SHOWN, count_text(shown));
    if (code == CLI_OK && !options->value[OPT_QUIET] && sekisho_ledger_expired(reader) > 0)
        SAY(stderr, TEXT_LEDGER_EXPIRED, count_text(sekisho_ledger_expired(reader)));
    sekisho_ledger_close(reader);
    ledger_end(&job);
    return code;
}
