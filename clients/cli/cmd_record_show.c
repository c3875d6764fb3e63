/* record verify and record show: the access records, proven to be in their signed tree before anything is shown. */
#include <inttypes.h>
#include <stdio.h>

#include "account_options.h"
#include "ledger_job.h"
#include "record_json.h"
#include "table.h"

#define LIMIT_DEFAULT 60
/* Rows of one table: its heading takes one. */
#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)

/* ---- record verify ---- */

struct counts {
    uint64_t leaves, records;
};

static enum sekisho_status count_leaf(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                      const struct sekisho_access_record *record, struct sekisho_error *error)
{
    struct counts *counts = user;

    (void)index, (void)leaf_hash, (void)error;
    counts->leaves++;
    counts->records += record != NULL;
    return SEKISHO_OK;
}

int cmd_record_verify(const struct options *options)
{
    struct ledger_job job = {0};
    struct counts counts = {0};
    struct sekisho_error error;
    bool full = options->value[OPT_FULL] != NULL;
    int code = ledger_begin(options, SEKISHO_LEDGER_ACCESS, false, &job);

    if (code == CLI_OK && full &&
        sekisho_access_walk(job.client, job.session, &job.head, count_leaf, &counts, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK && full && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_RECORD_ALL, count_text(counts.leaves), count_text(counts.records));
    ledger_end(&job);
    return code;
}

/* ---- record show ---- */

static int filter_of(const struct options *options, struct sekisho_access_filter *filter)
{
    *filter = (struct sekisho_access_filter){.account = options->value[OPT_ACCOUNT],
                                             .terminal = options->value[OPT_TERMINAL]};
    if (options->value[OPT_EVENT]) {
        filter->event = sekisho_access_event_of(options->value[OPT_EVENT]);
        if (filter->event == 0) {
            SAY(stderr, TEXT_BAD_EVENT);
            return CLI_USAGE;
        }
    }
    int code = role_option(options, &filter->role);
    if (code == CLI_OK)
        code = time_option(options, OPT_FROM, "--from", &filter->start_us);
    return code == CLI_OK ? time_option(options, OPT_UNTIL, "--until", &filter->end_us) : code;
}

static void start_table(struct table *table)
{
    table_start(table, 8);
    table_row(table,
              (const char *const[]){text(TEXT_COLUMN_INDEX), text(TEXT_COLUMN_TIME), text(TEXT_COLUMN_ACCOUNT),
                                    text(TEXT_COLUMN_TERMINAL), text(TEXT_COLUMN_EVENT), text(TEXT_COLUMN_OBJECT),
                                    text(TEXT_COLUMN_OUTCOME), text(TEXT_COLUMN_NOTE)});
}

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "-";
}

static void add_row(struct table *table, const struct sekisho_access_record *record)
{
    char index[24], time[TIME_TEXT_LEN];
    const char *operation = record_operation(record);

    snprintf(index, sizeof index, "%" PRIu64, record->index);
    time_format(record->time_us, time);
    if (table->rows > TABLE_ENTRIES) {
        table_print(table, stdout);
        start_table(table);
    }
    table_row(table,
              (const char *const[]){index, time, or_dash(record->account), or_dash(record->terminal),
                                    operation[0] ? operation : sekisho_access_event_name(record->event),
                                    or_dash(record->object), or_dash(record_result(record)), or_dash(record->note)});
}

static int show(const struct options *options, const struct ledger_job *job, struct sekisho_access_reader *reader,
                uint64_t limit, uint64_t *shown)
{
    const struct sekisho_access_record *record;
    struct sekisho_proof proof;
    struct sekisho_error error;
    struct table table = {0};
    enum sekisho_status status = SEKISHO_OK;

    if (!options->value[OPT_JSON])
        start_table(&table);
    for (*shown = 0; *shown < limit; ++*shown) {
        status = sekisho_access_next(reader, &record, &error);
        if (status == SEKISHO_OK && record)
            status =
                sekisho_ledger_inclusion(job->client, &job->head, record->index, record->leaf_hash, &proof, &error);
        if (status != SEKISHO_OK || !record)
            break;
        if (options->value[OPT_JSON])
            json_line(record_json(record));
        else
            add_row(&table, record);
    }
    if (!options->value[OPT_JSON])
        table_print(&table, stdout);
    return status == SEKISHO_OK ? CLI_OK : report_error(&error);
}

int cmd_record_show(const struct options *options)
{
    struct sekisho_access_filter filter;
    struct sekisho_access_reader *reader = NULL;
    struct ledger_job job = {0};
    struct sekisho_error error;
    uint64_t limit, shown = 0;

    int code = filter_of(options, &filter);
    if (code == CLI_OK && options_number(options, OPT_LIMIT, 1, 100000000, LIMIT_DEFAULT, &limit) < 0)
        code = CLI_USAGE;
    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_ACCESS, true, &job);
    if (code == CLI_OK && sekisho_access_read(job.session, &filter, job.head.size, &reader, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK)
        code = show(options, &job, reader, limit, &shown);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, shown == limit ? TEXT_RECORD_SHOWN_LIMIT : TEXT_RECORD_SHOWN, count_text(shown));
    sekisho_access_close(reader);
    ledger_end(&job);
    return code;
}
