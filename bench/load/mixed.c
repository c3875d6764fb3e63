#include "load/mixed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/sealed.h"

enum kind { KIND_MATCH, KIND_LOOKUP, KIND_ENROLL, KINDS };
#define KIND_SHIFT    62 /* a token is a sequence number and, above it, the kind */
#define SEQUENCE_MASK (((uint64_t)1 << KIND_SHIFT) - 1)

static const struct {
    enum sekisho_operation operation;
    enum sekisho_purpose purpose;
    enum sekisho_outcome outcome;
} kinds[KINDS] = {
    [KIND_MATCH] = {SEKISHO_MATCH, SEKISHO_CHANGE, SEKISHO_OUTCOME_MATCHED},
    [KIND_LOOKUP] = {SEKISHO_LOOKUP, SEKISHO_CHANGE, SEKISHO_OUTCOME_FOUND},
    [KIND_ENROLL] = {SEKISHO_ENROLL, SEKISHO_REGISTER, SEKISHO_OUTCOME_DONE},
};

struct mixed {
    struct workload base;
    struct mixed_plan plan;
    struct sealed_calls calls[KINDS];
    uint64_t random, enrolled;
};

static enum kind pick_kind(struct mixed *mixed)
{
    uint64_t hundredth = people_pick(&mixed->random, 100);
    return hundredth < 90 ? KIND_MATCH : hundredth < 95 ? KIND_LOOKUP : KIND_ENROLL;
}

static int fill(struct mixed *mixed, enum kind kind, struct sekisho_item *item)
{
    memset(item, 0, sizeof(*item));
    if (kind == KIND_ENROLL) {
        if (mixed->enrolled == mixed->plan.count) {
            fputs("bench-load: mixed: no people left to enrol\n", stderr);
            return -1;
        }
        people_number(mixed->plan.first + mixed->enrolled++, item->number);
        sekisho_random(item->request_id, sizeof(item->request_id));
        return 0;
    }
    const struct person *person = &mixed->plan.people[people_pick(&mixed->random, mixed->plan.people_count)];
    memcpy(item->number, person->number, NUMBER_LEN);
    if (kind == KIND_MATCH) {
        memcpy(item->reference, person->reference, REFERENCE_LEN);
    }
    return 0;
}

static grpc_byte_buffer *mixed_request(struct workload *workload, uint64_t *token, unsigned *method)
{
    struct mixed *mixed = (struct mixed *)workload;
    struct sealed_request request;
    enum kind kind = pick_kind(mixed);
    if (fill(mixed, kind, mixed->calls[kind].items) != 0 || sealed_calls_next(&mixed->calls[kind], &request) != 0) {
        return NULL;
    }
    workload->sealed_live++;
    *method = kind;
    *token = (uint64_t)kind << KIND_SHIFT | request.sequence;
    return sealed_request_take(&request);
}

static bool mixed_reply(struct workload *workload, uint64_t token, grpc_byte_buffer *reply)
{
    struct mixed *mixed = (struct mixed *)workload;
    return sealed_calls_right(&mixed->calls[token >> KIND_SHIFT], token & SEQUENCE_MASK, reply);
}

struct workload *mixed_open(const struct mixed_plan *plan)
{
    struct mixed *mixed = calloc(1, sizeof(*mixed));
    if (mixed == NULL) {
        return NULL;
    }
    mixed->base = (struct workload){
        .name = "mixed",
        .methods = {"/sekisho.v1.NumberService/Match", "/sekisho.v1.NumberService/Lookup",
                    "/sekisho.v1.NumberService/Enroll"},
        .items_per_call = 1,
        .request = mixed_request,
        .reply = mixed_reply,
    };
    mixed->plan = *plan;
    sekisho_random(&mixed->random, sizeof(mixed->random));
    mixed->random |= 1;
    int result = 0;
    for (enum kind kind = KIND_MATCH; kind < KINDS; kind++) {
        struct sealed_calls *calls = &mixed->calls[kind];
        calls->session = kind == KIND_ENROLL ? plan->enroller : plan->matcher;
        calls->operation = kinds[kind].operation;
        calls->purpose = kinds[kind].purpose;
        calls->outcome = kinds[kind].outcome;
        calls->batch = 1;
        result = sealed_calls_open(calls) == 0 ? result : -1;
    }
    if (result != 0) {
        mixed_close(&mixed->base);
        return NULL;
    }
    return &mixed->base;
}

void mixed_close(struct workload *workload)
{
    struct mixed *mixed = (struct mixed *)workload;
    for (enum kind kind = KIND_MATCH; kind < KINDS; kind++) {
        sealed_calls_close(&mixed->calls[kind]);
    }
    free(mixed);
}
