#include "cases.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { ASKED = 1, ANSWERED, SETTLED_DONE, SETTLED_NOT_DONE };

struct record {
    uint32_t kind, number;
    uint8_t id[16];
};

static const enum step completed[] = {STEP_CREATE, STEP_ACCEPT, STEP_START,  STEP_RESULT,
                                      STEP_PAY,    STEP_REVIEW, STEP_APPROVE};
static const enum step returned[] = {STEP_CREATE, STEP_ACCEPT, STEP_START, STEP_RESULT, STEP_RETURN};

struct one_case *cases;
uint32_t case_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;

static void give_up(const char *what)
{
    fprintf(stderr, "campaign: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void take(const struct record *record)
{
    if (record->number >= CASES_MAX)
        give_up("too many cases");
    struct one_case *one = &cases[record->number];
    if (record->number >= case_count)
        case_count = record->number + 1;
    one->out = record->kind == ASKED;
    one->done += record->kind == ANSWERED || record->kind == SETTLED_DONE;
    if (record->kind == ANSWERED && one->done == 1)
        memcpy(one->id, record->id, sizeof one->id);
}

void cases_open(const char *path)
{
    struct record record;
    ssize_t got;

    cases = calloc(CASES_MAX, sizeof cases[0]);
    journal = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!cases || journal < 0)
        give_up(path);
    while ((got = read(journal, &record, sizeof record)) == (ssize_t)sizeof record)
        take(&record);
    if (got != 0)
        give_up("a record is not whole");
}

void cases_lock(void)
{
    pthread_mutex_lock(&lock);
}

void cases_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static void add(enum kind kind, uint32_t number, const uint8_t id[16])
{
    struct record record = {.kind = kind, .number = number};

    if (id)
        memcpy(record.id, id, sizeof record.id);
    if (write(journal, &record, sizeof record) != (ssize_t)sizeof record)
        give_up("append");
    take(&record);
}

bool case_is_returned(uint32_t number)
{
    return number % 4 == 3;
}

bool case_next(uint32_t number, enum step *step)
{
    bool back = case_is_returned(number);
    size_t steps = back ? sizeof returned / sizeof returned[0] : sizeof completed / sizeof completed[0];

    if (cases[number].done == steps)
        return false;
    *step = (back ? returned : completed)[cases[number].done];
    return true;
}

uint32_t case_begin(void)
{
    cases_lock();
    uint32_t number = case_count;
    add(ASKED, number, NULL);
    cases[number].busy = true;
    cases_unlock();
    return number;
}

void case_ask(uint32_t number)
{
    cases_lock();
    add(ASKED, number, NULL);
    cases_unlock();
}

void case_answer(uint32_t number, const uint8_t id[16])
{
    cases_lock();
    add(ANSWERED, number, id);
    cases_unlock();
}

void case_settle(uint32_t number, bool done)
{
    cases_lock();
    add(done ? SETTLED_DONE : SETTLED_NOT_DONE, number, NULL);
    cases_unlock();
}
