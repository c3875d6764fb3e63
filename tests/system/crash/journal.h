/*
 * What the crash campaign has asked and what was acknowledged to it: a file of fixed records, appended to before the
 * program goes on, and read again by each of its runs. It outlives every process of the set; its own machine does not
 * lose power here, so it is not synced.
 */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_JOURNAL_H
#define SEKISHO_TESTS_SYSTEM_CRASH_JOURNAL_H

#include "sekisho_ledger.h"

enum record_kind {
    RECORD_ASKED = 1, /* written before the call is sent */
    RECORD_ANSWERED,  /* before anything else is done with the answer; a record for each item of a call */
    RECORD_SETTLED,   /* by the audit: what had become of a call that was never answered. outcome: 1 done, 0 not */
    RECORD_AUDITED,   /* an audit found nothing wrong up to here */
};

#define NO_PERSON UINT32_MAX

struct record {
    uint32_t kind, operation; /* enum sekisho_operation */
    uint32_t person;          /* or NO_PERSON */
    uint32_t outcome, detail;
    uint32_t missed; /* MATCH: asked with a number that is nobody's */
    uint8_t reference[SEKISHO_REFERENCE_LEN];
    struct sekisho_receipt receipt;
};

/* Opens or makes the file and hands each record of it to `take`; afterwards journal_add appends, from any thread. What
 * cannot be written ends the program: it must not go on without it. */
void journal_open(const char *path, void (*take)(const struct record *record));
void journal_add(const struct record *record);

#endif
