/*
 * The applications of the campaign, as its journal tells of them: a file of fixed records, appended to before a call is
 * sent and before anything is done with its answer, and read again by each run. One lock guards all of it.
 *
 * A case goes its steps in order, one at a time: to COMPLETED, or every fourth to RETURNED.
 */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_CASES_H
#define SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_CASES_H

#include <stdbool.h>
#include <stdint.h>

#define CASES_MAX 200000

enum step { STEP_CREATE, STEP_ACCEPT, STEP_START, STEP_RESULT, STEP_PAY, STEP_REVIEW, STEP_APPROVE, STEP_RETURN };

struct one_case {
    uint8_t id[16]; /* of the application, once CREATE is acknowledged */
    uint8_t done;   /* steps acknowledged */
    bool out;       /* the next one was asked and not answered */
    bool busy;      /* a thread of this run is at it */
};

extern struct one_case *cases;
extern uint32_t case_count;

void cases_open(const char *journal);
void cases_lock(void);
void cases_unlock(void);

/* Its next step; false: it is over. */
bool case_next(uint32_t number, enum step *step);
bool case_is_returned(uint32_t number); /* ... in the end */

/* Journal and case together; the lock is taken inside. */
uint32_t case_begin(void); /* a new one, CREATE asked */
void case_ask(uint32_t number);
void case_answer(uint32_t number, const uint8_t id[16]); /* id: of CREATE, else NULL */
/* By the audit: what had become of the step that was never answered. */
void case_settle(uint32_t number, bool done);

#endif
