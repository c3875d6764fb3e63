#include "people.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/individual_number.h"

struct person *people;
uint32_t people_count;
struct handed_out *handed_out;
uint64_t handed_out_end;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void people_lock(void)
{
    pthread_mutex_lock(&lock);
}

void people_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static void make_number(uint64_t digits11, char number[SEKISHO_NUMBER_LEN])
{
    char digits[SEKISHO_NUMBER_LEN + 1];

    snprintf(digits, sizeof digits, "%011llu", (unsigned long long)digits11 % 100000000000ull);
    memcpy(number, digits, 11);
    number[11] = individual_number_check_digit(number);
}

void person_number(uint32_t person, bool replaced, char number[SEKISHO_NUMBER_LEN])
{
    make_number(1000000ull + (uint64_t)person * 2 + replaced, number);
}

void nobodys_number(uint64_t n, char number[SEKISHO_NUMBER_LEN])
{
    make_number(50000000000ull + n % 40000000000ull, number);
}

/* ---- replaying ---- */

static void take_asked(const struct record *record, struct person *person)
{
    switch (record->operation) {
    case SEKISHO_ENROLL:
        person->asked = true;
        /* fall through */
    case SEKISHO_REPLACE:
    case SEKISHO_ERASE:
        person->out = (uint8_t)record->operation;
        /* A replacement that is done is charged as a miss is. */
        person->doubtful += record->operation == SEKISHO_REPLACE;
        person->touched |= record->operation == SEKISHO_REPLACE;
        break;
    case SEKISHO_MATCH:
        person->doubtful += record->missed != 0;
        person->touched |= record->missed != 0;
        break;
    case SEKISHO_UNLOCK:
        person->unlock_doubtful = true;
        person->touched = true;
        break;
    default:
        break;
    }
}

static void take_change(const struct record *record, struct person *person, bool done)
{
    static const uint8_t stage_after[] = {
        [SEKISHO_ENROLL] = STAGE_ENROLLED, [SEKISHO_REPLACE] = STAGE_REPLACED, [SEKISHO_ERASE] = STAGE_ERASED};

    person->out = 0;
    if (record->kind == RECORD_ANSWERED && record->operation == SEKISHO_REPLACE) {
        /* One that is repeated was charged when it was not answered, maybe before an unlock. */
        person->doubtful -= person->doubtful > 0;
        person->misses += record->detail == SEKISHO_DETAIL_DONE;
    }
    if (!done)
        return;
    person->stage = stage_after[record->operation];
    if (record->operation == SEKISHO_ENROLL)
        memcpy(person->reference, record->reference, sizeof person->reference);
}

static void take_budget(const struct record *record, struct person *person)
{
    if (record->operation == SEKISHO_MATCH && record->missed) {
        person->doubtful -= person->doubtful > 0;
        /* A spent budget is not charged. */
        person->misses += record->detail == SEKISHO_DETAIL_NOT_MATCHED;
    } else if (record->operation == SEKISHO_UNLOCK) {
        person->unlock_doubtful = false;
        if (record->outcome == SEKISHO_OUTCOME_DONE || record->detail == SEKISHO_DETAIL_NOT_LOCKED)
            person->misses = person->doubtful = 0;
    }
}

/* Settled: the audit has spent what was left. */
static void take_locked(struct person *person)
{
    person->misses = MISSES_LIMIT;
    person->doubtful = 0;
    person->unlock_doubtful = person->touched = false;
}

static void take_receipt(const struct record *record)
{
    const struct sekisho_receipt *receipt = &record->receipt;

    if (receipt->ledger_index >= CALLS_MAX || receipt->tree_size >= CALLS_MAX) {
        fprintf(stderr, "campaign: too many leaves\n");
        exit(2);
    }
    struct handed_out *leaf = &handed_out[receipt->ledger_index], *root = &handed_out[receipt->tree_size];
    memcpy(leaf->leaf, receipt->leaf_hash, sizeof leaf->leaf);
    leaf->operation = (uint8_t)record->operation;
    leaf->leaf_known = true;
    if (root->root_known && memcmp(root->root, receipt->tree_root, sizeof root->root) != 0) {
        printf("FOUND: two roots of one size were handed out (%llu)\n", (unsigned long long)receipt->tree_size);
        exit(1);
    }
    memcpy(root->root, receipt->tree_root, sizeof root->root);
    memcpy(root->signature, receipt->tree_signature, sizeof root->signature);
    root->root_known = root->root_new = true;
    if (receipt->tree_size >= handed_out_end)
        handed_out_end = receipt->tree_size + 1; /* its leaf is before it */
}

static void take_audited(void)
{
    for (uint64_t size = 0; size < handed_out_end; size++)
        handed_out[size].root_new = false;
}

static void take(const struct record *record)
{
    struct person *person = NULL;

    if (record->kind == RECORD_AUDITED) {
        take_audited();
        return;
    }

    if (record->person != NO_PERSON) {
        if (record->person >= PEOPLE_MAX) {
            fprintf(stderr, "campaign: too many people\n");
            exit(2);
        }
        person = &people[record->person];
        if (record->person >= people_count)
            people_count = record->person + 1;
    }
    if (record->kind == RECORD_ANSWERED)
        take_receipt(record);
    if (!person)
        return;
    bool change = record->operation == SEKISHO_ENROLL || record->operation == SEKISHO_REPLACE ||
                  record->operation == SEKISHO_ERASE;
    if (record->kind == RECORD_ASKED)
        take_asked(record, person);
    else if (change)
        take_change(record, person, record->outcome == SEKISHO_OUTCOME_DONE);
    else if (record->kind == RECORD_ANSWERED)
        take_budget(record, person);
    else
        take_locked(person);
}

void people_open(const char *journal)
{
    people = calloc(PEOPLE_MAX, sizeof people[0]);
    handed_out = calloc(CALLS_MAX, sizeof handed_out[0]);
    if (!people || !handed_out) {
        fprintf(stderr, "campaign: out of memory\n");
        exit(2);
    }
    journal_open(journal, take);
}

/* ---- going on ---- */

static void add(const struct record *record)
{
    people_lock();
    journal_add(record);
    take(record);
    people_unlock();
}

void people_ask(enum sekisho_operation operation, uint32_t person, bool missed)
{
    const struct record record = {.kind = RECORD_ASKED, .operation = operation, .person = person, .missed = missed};

    add(&record);
}

void people_answer(enum sekisho_operation operation, uint32_t person, bool missed, const struct sekisho_result *result,
                   const struct sekisho_receipt *receipt)
{
    struct record record = {.kind = RECORD_ANSWERED,
                            .operation = operation,
                            .person = person,
                            .missed = missed,
                            .outcome = result->outcome,
                            .detail = result->detail,
                            .receipt = *receipt};

    memcpy(record.reference, result->reference, sizeof record.reference);
    add(&record);
}

void people_settle(enum sekisho_operation operation, uint32_t person, bool done)
{
    const struct record record = {
        .kind = RECORD_SETTLED, .operation = operation, .person = person, .outcome = done ? SEKISHO_OUTCOME_DONE : 0};

    add(&record);
}

void people_audited(void)
{
    add(&(struct record){.kind = RECORD_AUDITED, .person = NO_PERSON});
}
