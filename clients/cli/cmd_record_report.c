/* record report and record review: failed logins of a period, and the sign-off that somebody looked at them (F096). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "account_options.h"
#include "ledger_job.h"
#include "record_json.h"
#include "record_report.h"
#include "table.h"

#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)

struct period {
    int64_t start_us, end_us;
};

/* --until is now when it is not given. */
static int period_of(const struct options *options, struct period *period)
{
    period->start_us = 0;
    period->end_us = (int64_t)time(NULL) * 1000000;
    if (!option_needed(options, OPT_FROM, "--from"))
        return CLI_USAGE;
    int code = time_option(options, OPT_FROM, "--from", &period->start_us);
    if (code == CLI_OK)
        code = time_option(options, OPT_UNTIL, "--until", &period->end_us);
    if (code == CLI_OK && period->end_us <= period->start_us) {
        SAY(stderr, TEXT_BAD_PERIOD);
        code = CLI_USAGE;
    }
    return code;
}

/* ---- report ---- */

struct reporting {
    const struct options *options;
    struct ledger_job job;
    struct period period;
    struct login_report report;
    uint64_t locked, reviews;
};

typedef void take_record(struct reporting *reporting, const struct sekisho_access_record *record);

static enum sekisho_status each_record(struct reporting *reporting, const struct sekisho_access_filter *filter,
                                       take_record *take, struct sekisho_error *error)
{
    const struct ledger_job *job = &reporting->job;
    const struct sekisho_access_record *record = NULL;
    struct sekisho_access_reader *reader = NULL;
    struct sekisho_proof proof;
    enum sekisho_status status = sekisho_access_read(job->session, filter, job->head.size, &reader, error);

    do {
        if (status == SEKISHO_OK)
            status = sekisho_access_next(reader, &record, error);
        if (status == SEKISHO_OK && record)
            status = sekisho_ledger_inclusion(job->client, &job->head, record->index, record->leaf_hash, &proof, error);
        if (status == SEKISHO_OK && record)
            take(reporting, record);
    } while (status == SEKISHO_OK && record);
    sekisho_access_close(reader);
    return status;
}

static void take_failed(struct reporting *reporting, const struct sekisho_access_record *record)
{
    report_add(&reporting->report, record);
}

static void take_locked(struct reporting *reporting, const struct sekisho_access_record *record)
{
    (void)record;
    reporting->locked++;
}

/* Sign-offs whose period takes in the whole of this one. */
static void take_review(struct reporting *reporting, const struct sekisho_access_record *record)
{
    char time[TIME_TEXT_LEN];

    if (strcmp(record_operation(record), "REVIEW_LOGINS") != 0 || strcmp(record_result(record), "DONE") != 0 ||
        record->start_us > reporting->period.start_us || record->end_us < reporting->period.end_us)
        return;
    reporting->reviews++;
    time_format(record->time_us, time);
    if (reporting->options->value[OPT_JSON])
        json_line(record_json(record));
    else
        SAY(stdout, TEXT_REPORT_REVIEWED, record->account, time, count_text(record->findings), record->note);
}

/* The terminal; else, of a certificate that is none of the list, how it begins. */
static void place_of(const struct failed_logins *group, char out[48])
{
    char hex[HEX16_LEN + 1];

    hex16_format(group->certificate, hex);
    if (group->terminal[0] != '\0')
        snprintf(out, 48, "%s", group->terminal);
    else
        snprintf(out, 48, "(%.16s)", hex);
}

static void start_table(struct table *table)
{
    table_start(table, 7);
    table_row(table, (const char *const[]){text(TEXT_COLUMN_SENT_ID), text(TEXT_COLUMN_ACCOUNT),
                                           text(TEXT_COLUMN_TERMINAL), text(TEXT_COLUMN_REASON),
                                           text(TEXT_COLUMN_COUNT), text(TEXT_COLUMN_FIRST), text(TEXT_COLUMN_LAST)});
}

static void print_table(const struct login_report *report)
{
    char place[48], first[TIME_TEXT_LEN], last[TIME_TEXT_LEN];
    struct table table = {0};

    start_table(&table);
    for (size_t i = 0; i < report->count; i++) {
        const struct failed_logins *group = &report->groups[i];
        place_of(group, place);
        time_format(group->first_us, first);
        time_format(group->last_us, last);
        if (table.rows > TABLE_ENTRIES) {
            table_print(&table, stdout);
            start_table(&table);
        }
        table_row(&table, (const char *const[]){group->id[0] ? group->id : "-", group->known ? group->id : "-", place,
                                                sekisho_login_refusal_name(group->reason), count_text(group->count),
                                                first, last});
    }
    table_print(&table, stdout);
}

static void print_json(const struct login_report *report)
{
    char first[TIME_TEXT_LEN], last[TIME_TEXT_LEN];

    for (size_t i = 0; i < report->count; i++) {
        const struct failed_logins *group = &report->groups[i];
        time_format(group->first_us, first);
        time_format(group->last_us, last);
        json_line(json_pack("{s:s, s:b, s:s, s:o, s:s, s:I, s:s, s:s}", "id", group->id, "known", (int)group->known,
                            "terminal", group->terminal, "certificate",
                            hex_json(group->certificate, sizeof group->certificate), "reason",
                            sekisho_login_refusal_name(group->reason), "count", (json_int_t)group->count, "first",
                            first, "last", last));
    }
}

static enum sekisho_status read_and_print(struct reporting *reporting, struct sekisho_error *error)
{
    const struct period *period = &reporting->period;
    struct sekisho_access_filter filter = {
        .event = SEKISHO_ACCESS_LOGIN_FAILED, .start_us = period->start_us, .end_us = period->end_us};
    enum sekisho_status status = each_record(reporting, &filter, take_failed, error);

    filter.event = SEKISHO_ACCESS_LOCKED;
    if (status == SEKISHO_OK)
        status = each_record(reporting, &filter, take_locked, error);
    if (status != SEKISHO_OK)
        return status;
    report_sort(&reporting->report);
    if (reporting->options->value[OPT_JSON])
        print_json(&reporting->report);
    else
        print_table(&reporting->report);
    /* A period is signed off after it is over. */
    filter = (struct sekisho_access_filter){.event = SEKISHO_ACCESS_OPERATION, .start_us = period->end_us};
    return each_record(reporting, &filter, take_review, error);
}

int cmd_record_report(const struct options *options)
{
    struct reporting reporting = {.options = options};
    struct sekisho_error error;
    int code = period_of(options, &reporting.period);

    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_ACCESS, true, &reporting.job);
    if (code == CLI_OK && read_and_print(&reporting, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK && !options->value[OPT_QUIET]) {
        SAY(stderr, TEXT_REPORT_SUMMARY, count_text(reporting.report.failed), count_text(reporting.locked));
        if (reporting.reviews == 0)
            SAY(stderr, TEXT_REPORT_NOT_REVIEWED);
    }
    report_free(&reporting.report);
    ledger_end(&reporting.job);
    return code;
}

/* ---- review ---- */

int cmd_record_review(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_error error;
    struct period period;
    uint64_t findings, index;
    int code = option_needed(options, OPT_UNTIL, "--until") ? period_of(options, &period) : CLI_USAGE;

    if (code == CLI_OK && options_number(options, OPT_COUNT, 0, UINT32_MAX, 0, &findings) < 0)
        code = CLI_USAGE;
    if (code == CLI_OK && findings > 0 && !option_needed(options, OPT_NOTE, "--note"))
        code = CLI_USAGE;
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK) {
        const struct sekisho_login_review review = {.start_us = period.start_us,
                                                    .end_us = period.end_us,
                                                    .findings = (uint32_t)findings,
                                                    .note = options->value[OPT_NOTE]};
        if (sekisho_review_logins(session, &review, &index, &error) != SEKISHO_OK)
            code = report_error(&error);
        else if (!options->value[OPT_QUIET])
            SAY(stderr, TEXT_REVIEW_DONE, count_text(index));
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
