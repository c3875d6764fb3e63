#include "record_report.h"

#include <stdlib.h>
#include <string.h>

static bool belongs(const struct failed_logins *group, const struct sekisho_access_record *record)
{
    return strcmp(group->id, record->object) == 0 && strcmp(group->terminal, record->terminal) == 0 &&
           group->known == (record->account[0] != '\0') && group->reason == record->result &&
           memcmp(group->certificate, record->certificate, sizeof group->certificate) == 0;
}

static struct failed_logins *group_of(struct login_report *report, const struct sekisho_access_record *record)
{
    for (size_t i = 0; i < report->count; i++)
        if (belongs(&report->groups[i], record))
            return &report->groups[i];
    if (report->count == report->room) {
        report->room = report->room ? 2 * report->room : 64;
        report->groups = realloc(report->groups, report->room * sizeof *report->groups);
        if (!report->groups)
            abort();
    }
    struct failed_logins *group = &report->groups[report->count++];
    *group = (struct failed_logins){.known = record->account[0] != '\0',
                                    .reason = record->result,
                                    .first_us = record->time_us,
                                    .last_us = record->time_us};
    memcpy(group->id, record->object, sizeof group->id);
    memcpy(group->terminal, record->terminal, sizeof group->terminal);
    memcpy(group->certificate, record->certificate, sizeof group->certificate);
    return group;
}

void report_add(struct login_report *report, const struct sekisho_access_record *record)
{
    struct failed_logins *group = group_of(report, record);

    report->failed++;
    group->count++;
    if (record->time_us < group->first_us)
        group->first_us = record->time_us;
    if (record->time_us > group->last_us)
        group->last_us = record->time_us;
}

static int by_count(const void *a, const void *b)
{
    const struct failed_logins *left = a, *right = b;

    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return strcmp(left->id, right->id);
}

void report_sort(struct login_report *report)
{
    if (report->count > 1)
        qsort(report->groups, report->count, sizeof *report->groups, by_count);
}

void report_free(struct login_report *report)
{
    free(report->groups);
    *report = (struct login_report){0};
}
