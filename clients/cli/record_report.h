/* Failed logins of a period, by the id that was sent, where from and why (F096). */
#ifndef SEKISHO_CLI_RECORD_REPORT_H
#define SEKISHO_CLI_RECORD_REPORT_H

#include "sekisho_access.h"

struct failed_logins {
    char id[SEKISHO_ACCOUNT_MAX + 1];        /* as it was sent; empty: no id by its form */
    bool known;                              /* an account of the prefecture */
    char terminal[SEKISHO_TERMINAL_MAX + 1]; /* empty: none of the list, then the certificate tells which */
    uint8_t certificate[32];
    unsigned reason; /* sekisho_login_refusal_name */
    uint64_t count;
    int64_t first_us, last_us;
};

struct login_report { /* a zeroed struct is empty; free with report_free */
    struct failed_logins *groups;
    size_t count, room;
    uint64_t failed;
};

/* Counts a record of event LOGIN_FAILED; aborts without memory. */
void report_add(struct login_report *report, const struct sekisho_access_record *record);
/* Most failures first. */
void report_sort(struct login_report *report);
void report_free(struct login_report *report);

#endif
