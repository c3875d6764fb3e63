/*
 * The people of the campaign, as the journal tells of them: what has been acknowledged of each, and what is out. Each
 * has two numbers, before and after the one replacement. At most one change of a person is out at a time. One lock
 * guards all of it, journal included.
 */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_PEOPLE_H
#define SEKISHO_TESTS_SYSTEM_CRASH_PEOPLE_H

#include "journal.h"

#define PEOPLE_MAX   400000
#define CALLS_MAX    4000000 /* leaves of the ledger */
#define MISSES_LIMIT 5       /* reference_day and reference_life of the set's configuration */

enum stage { STAGE_NONE, STAGE_ENROLLED, STAGE_REPLACED, STAGE_ERASED };

struct person {
    uint8_t reference[SEKISHO_REFERENCE_LEN];
    uint8_t stage;        /* enum stage, as acknowledged */
    uint8_t out;          /* enum sekisho_operation of the change that is out, or 0 */
    uint8_t misses;       /* and replacements, acknowledged since the last unlock that may have been done */
    uint8_t doubtful;     /* of both, asked and not answered */
    bool unlock_doubtful; /* an unlock was asked and not answered */
    bool asked;           /* an enrolment was asked */
    bool in_use;          /* misses or an unlock are out now: this run */
    bool touched;         /* its budget, since the last audit */
};

/* What was handed out with an answer, by leaf and by size of the tree. */
struct handed_out {
    uint8_t leaf[32], root[32], signature[64];
    uint8_t operation;
    bool leaf_known, root_known;
    bool root_new; /* since the last audit: its signature has not been checked */
};

extern struct person *people;
extern uint32_t people_count;
extern struct handed_out *handed_out; /* index: leaf; the root of size n stands at n */
extern uint64_t handed_out_end;       /* one past the last that is known */

void people_open(const char *journal);

/* Valid numbers that no two people share: of a person, and such as are nobody's. */
void person_number(uint32_t person, bool replaced, char number[SEKISHO_NUMBER_LEN]);
void nobodys_number(uint64_t n, char number[SEKISHO_NUMBER_LEN]);

/* Journal and people together. The lock is taken inside. */
void people_ask(enum sekisho_operation operation, uint32_t person, bool missed);
void people_answer(enum sekisho_operation operation, uint32_t person, bool missed, const struct sekisho_result *result,
                   const struct sekisho_receipt *receipt);
/* By the audit. Of a change that was never answered, whether it was done; of MATCH, that the budget is spent now. */
void people_settle(enum sekisho_operation operation, uint32_t person, bool done);

/* The audit has checked all that was handed out so far. */
void people_audited(void);

void people_lock(void);
void people_unlock(void);

#endif
