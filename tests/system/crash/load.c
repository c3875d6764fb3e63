/*
 * Mixed load from four desks at once until something of the set is gone: enrolments in small batches, matches with
 * hits and misses, look-ups, replacements, erasures, unlocks, readings of the ledger.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign.h"
#include "desks.h"
#include "people.h"

#define DEPTH     8
#define BATCH_MAX 4

/* A call that is out. */
struct call {
    bool used, missed;
    enum sekisho_operation operation;
    uint32_t person, count;
};

struct worker {
    enum desk desk;
    unsigned depth; /* calls in flight, at most DEPTH */
    uint64_t random;
    struct call call[DEPTH];
    bool (*prepare)(struct worker *worker, struct call *call, struct sekisho_item *items);
};

static atomic_bool ended, failed;
static atomic_uint_fast64_t guesses;
static uint32_t next_person;

static uint32_t random_below(struct worker *worker, uint32_t bound)
{
    worker->random = worker->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(worker->random >> 33) % bound;
}

/* Every way to fail but a forged answer is what a kill looks like. */
static void note_failure(const char *what, enum sekisho_status status, const struct sekisho_error *error)
{
    if (status == SEKISHO_ERROR_FORGED || status == SEKISHO_ERROR_KEY_CHANGED || status == SEKISHO_ERROR_ARGUMENT) {
        printf("FOUND: %s: %s %s\n", what, error->reason, error->message);
        failed = true;
    }
    ended = true;
}

/* ---- what is asked; the people's lock is held ---- */

static bool prepare_enrolment(struct worker *worker, struct call *call, struct sekisho_item *items)
{
    *call =
        (struct call){.operation = SEKISHO_ENROLL, .person = next_person, .count = 1 + random_below(worker, BATCH_MAX)};
    next_person += call->count;
    for (uint32_t i = 0; i < call->count; i++) {
        person_number(call->person + i, false, items[i].number);
        campaign_request_id(call->person + i, SEKISHO_ENROLL, items[i].request_id);
    }
    return true;
}

/* Somebody enrolled of whom nothing is out; the newer half more often. */
static struct person *find_person(struct worker *worker, uint32_t *number)
{
    for (int i = 0; i < 50 && people_count > 0; i++) {
        uint32_t person = random_below(worker, people_count);
        if (random_below(worker, 2) == 0)
            person = people_count - 1 - random_below(worker, people_count < 500 ? people_count : 500);
        if (people[person].stage == STAGE_NONE || people[person].stage == STAGE_ERASED || people[person].out ||
            people[person].in_use)
            continue;
        *number = person;
        return &people[person];
    }
    return NULL;
}

static bool prepare_review(struct worker *worker, struct call *call, struct sekisho_item *items)
{
    uint32_t number, dice = random_below(worker, 10);
    const struct person *person = find_person(worker, &number);

    if (!person)
        return false;
    *call = (struct call){
        .operation = dice < 7 ? SEKISHO_MATCH : SEKISHO_LOOKUP, .person = number, .count = 1, .missed = dice < 3};
    if (call->operation == SEKISHO_MATCH)
        memcpy(items[0].reference, person->reference, sizeof items[0].reference);
    if (call->missed)
        nobodys_number(guesses++, items[0].number);
    else
        person_number(number, person->stage == STAGE_REPLACED, items[0].number);
    people[number].in_use = true;
    return true;
}

static bool prepare_change(struct worker *worker, struct call *call, struct sekisho_item *items)
{
    uint32_t number;
    const struct person *person = find_person(worker, &number);

    if (!person)
        return false;
    bool erase = person->stage == STAGE_REPLACED || random_below(worker, 3) == 0;
    *call = (struct call){.operation = erase ? SEKISHO_ERASE : SEKISHO_REPLACE, .person = number, .count = 1};
    memcpy(items[0].reference, person->reference, sizeof items[0].reference);
    campaign_request_id(number, call->operation, items[0].request_id);
    if (!erase)
        person_number(number, true, items[0].number);
    people[number].in_use = true;
    return true;
}

/* ---- many calls in flight ---- */

static enum sekisho_purpose purpose_of(enum sekisho_operation operation)
{
    return operation == SEKISHO_ENROLL  ? SEKISHO_REGISTER
           : operation == SEKISHO_ERASE ? SEKISHO_DELETE
                                        : SEKISHO_CHANGE;
}

static bool submit(struct worker *worker, struct sekisho_pipeline *pipeline)
{
    struct sekisho_item items[BATCH_MAX] = {0};
    struct sekisho_request request = {.items = items};
    struct sekisho_error error;
    struct call *call = worker->call;

    while (call->used)
        call++;
    people_lock();
    bool something = worker->prepare(worker, call, items);
    people_unlock();
    if (!something)
        return false;
    call->used = true;
    request.operation = call->operation;
    request.purpose = purpose_of(call->operation);
    request.count = call->count;
    for (uint32_t i = 0; i < call->count; i++)
        people_ask(call->operation, call->person + i, call->missed);
    enum sekisho_status status = sekisho_pipeline_submit(pipeline, &request, call, &error);
    if (status != SEKISHO_OK)
        note_failure("submit", status, &error);
    return status == SEKISHO_OK;
}

static void complete(const struct sekisho_completion *completion)
{
    struct call *call = completion->tag;

    if (completion->status != SEKISHO_OK) {
        note_failure("call", completion->status, &completion->error);
        return;
    }
    for (uint32_t i = 0; i < call->count; i++)
        people_answer(call->operation, call->person + i, call->missed, &completion->results[i], &completion->receipt);
    people_lock();
    people[call->person].in_use = false;
    people_unlock();
    call->used = false;
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct sekisho_pipeline *pipeline;
    struct sekisho_completion completion;
    struct sekisho_error error;

    if (sekisho_pipeline_open(desk[worker->desk], SEKISHO_PIPELINE_CALLS, worker->depth, &pipeline, &error) !=
        SEKISHO_OK)
        return NULL;
    while (!ended) {
        while (!ended && !sekisho_pipeline_full(pipeline) && submit(worker, pipeline))
            continue;
        if (sekisho_pipeline_next(pipeline, &completion))
            complete(&completion);
        else
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    /* What was answered before the end is read: only what is lost with the set stays unanswered. */
    while (sekisho_pipeline_next(pipeline, &completion))
        complete(&completion);
    sekisho_pipeline_close(pipeline);
    return NULL;
}

/* ---- unlocks and the ledger, one at a time ---- */

static void unlock_someone(struct worker *worker)
{
    struct sekisho_unlock_item item = {0};
    const struct sekisho_request request = {
        .operation = SEKISHO_UNLOCK, .purpose = SEKISHO_CHANGE, .unlock_items = &item, .count = 1};
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    struct sekisho_error error;
    uint32_t number;

    people_lock();
    struct person *person = find_person(worker, &number);
    if (person) {
        memcpy(item.reference, person->reference, sizeof item.reference);
        person->in_use = true;
    }
    people_unlock();
    if (!person)
        return;
    people_ask(SEKISHO_UNLOCK, number, false);
    enum sekisho_status status = sekisho_call(desk[DESK_PRIVACY], &request, &result, &receipt, &error);
    if (status != SEKISHO_OK) {
        note_failure("unlock", status, &error);
        return;
    }
    people_answer(SEKISHO_UNLOCK, number, false, &result, &receipt);
    people_lock();
    person->in_use = false;
    people_unlock();
}

static void read_ledger(void)
{
    const struct sekisho_ledger_filter everything = {0};
    const struct sekisho_ledger_options options = {.prefecture = PREFECTURE, .trust_on_first_use = true};
    const struct sekisho_ledger_entry *entry = NULL;
    struct sekisho_ledger_reader *reader;
    struct sekisho_checkpoint head;
    struct sekisho_error error;
    uint64_t last;

    enum sekisho_status status = sekisho_ledger_open(client, &options, &head, &last, &error);
    if (status == SEKISHO_OK)
        status = sekisho_ledger_read(desk[DESK_PRIVACY], &everything, head.size, &reader, &error);
    if (status == SEKISHO_OK) {
        for (int i = 0; i < 20 && status == SEKISHO_OK && (i == 0 || entry); i++)
            status = sekisho_ledger_next(reader, &entry, &error);
        sekisho_ledger_close(reader);
    }
    if (status != SEKISHO_OK)
        note_failure("ledger", status, &error);
}

static void *supervise(void *context)
{
    struct worker *worker = context;

    for (unsigned turn = 0; !ended; turn++) {
        unlock_someone(worker);
        if (turn % 8 == 0 && !ended)
            read_ledger();
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return NULL;
}

int campaign_load(uint64_t seed, unsigned seconds)
{
    struct worker workers[] = {
        {.desk = DESK_RECEPTION, .depth = 3, .prepare = prepare_enrolment},
        {.desk = DESK_REVIEW, .depth = DEPTH, .prepare = prepare_review},
        {.desk = DESK_APPROVAL, .depth = DEPTH, .prepare = prepare_change},
        {.desk = DESK_PRIVACY},
    };
    pthread_t threads[DESK_COUNT];

    next_person = people_count;
    /* Guesses of all runs differ: no candidate's budget is spent by accident. */
    guesses = seed * 1000003u;
    for (int i = 0; i < DESK_COUNT; i++) {
        workers[i].random = seed * DESK_COUNT + (unsigned)i;
        if (pthread_create(&threads[i], NULL, workers[i].prepare ? work : supervise, &workers[i]) != 0)
            exit(2);
    }
    for (unsigned waited = 0; waited < seconds * 100 && !ended; waited++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    ended = true;
    for (int i = 0; i < DESK_COUNT; i++)
        pthread_join(threads[i], NULL);
    return failed ? 1 : 0;
}
