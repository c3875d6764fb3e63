/*
 * What was asked of the vault, what it answered, and what the store must therefore be: the calls in the order of their
 * leaves, replayed on a model of people. A store that has the first n leaves must be the state after exactly those n
 * calls.
 */
#ifndef SEKISHO_TESTS_VAULT_POWER_HISTORY_H
#define SEKISHO_TESTS_VAULT_POWER_HISTORY_H

#include "../fixture.h"

#define CALLS_MAX  4096
#define PEOPLE_MAX 256
#define GROUP_MAX  8 /* people of one enrolment */

/* The two accounts that work: one spends budgets, both unlock. */
enum { ACCOUNT_ONE = SESSION_ALL, ACCOUNT_TWO = SESSION_LOOKUP };

enum stage { STAGE_NONE, STAGE_ENROLLED, STAGE_REPLACED, STAGE_ERASED };

struct asked {
    uint16_t operation; /* OPERATION_NONE: a frame that is no call */
    uint8_t session;
    bool missed;           /* MATCH: with a number that is nobody's */
    bool in_case;          /* ENROLL: provisional */
    uint32_t first, count; /* people */
    bool answered;
    struct call_result_head answer;
};

struct person {
    uint8_t reference[REFERENCE_LEN];
    enum stage stage;
    bool in_case, provisional;
    uint32_t misses; /* since the last unlock */
};

struct state {
    struct person person[PEOPLE_MAX];
    uint32_t account_misses; /* of ACCOUNT_ONE */
    uint64_t subjects;
};

struct history {
    struct asked asked[CALLS_MAX + 1]; /* by sequence number on the front's channel, from 1 */
    size_t asked_count;
    uint32_t people; /* asked to be enrolled so far */
    uint8_t reference[PEOPLE_MAX][REFERENCE_LEN];
    size_t by_leaf[CALLS_MAX]; /* asked[] of each leaf, once all is answered */
    size_t leaves;
};

/* A person's number before and after it is replaced. */
void person_number(uint32_t person, bool replaced, char number[NUMBER_LEN]);

/* The request that enrols a person. */
void person_request(uint32_t person, uint8_t request_id[REQUEST_ID_LEN]);

/* Takes an answer of the front's channel; returns the request it belongs to. The test fails when it is not CALL_OK. */
struct asked *history_answer(struct history *history, uint64_t reply_to, const uint8_t *body, size_t length);

/* When all is answered: orders the calls by their leaves, and checks that each answer's tree head is the root of the
 * leaves up to it. */
void history_settle(struct history *history);

/* The state after the first `leaves` calls. */
void history_state(const struct history *history, size_t leaves, struct state *state);

#endif
