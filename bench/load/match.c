#include "load/match.h"

#include <stdlib.h>
#include <string.h>

#include "load/sealed.h"

struct match {
    struct workload base;
    struct match_plan plan;
    struct sealed_calls calls;
    uint64_t random;
    struct sealed_request *ahead;
    uint64_t ahead_count, ahead_next;
};

static int seal_next(struct match *match, struct sealed_request *request)
{
    for (uint32_t i = 0; i < match->plan.batch; i++) {
        const struct person *person = &match->plan.people[people_pick(&match->random, match->plan.people_count)];
        memcpy(match->calls.items[i].reference, person->reference, REFERENCE_LEN);
        memcpy(match->calls.items[i].number, person->number, NUMBER_LEN);
    }
    return sealed_calls_next(&match->calls, request);
}

static grpc_byte_buffer *match_request(struct workload *workload, uint64_t *token, unsigned *method)
{
    struct match *match = (struct match *)workload;
    struct sealed_request request;
    (void)method;
    if (match->ahead_next < match->ahead_count) {
        request = match->ahead[match->ahead_next++];
    } else if (seal_next(match, &request) == 0) {
        workload->sealed_live++;
    } else {
        return NULL;
    }
    *token = request.sequence;
    return sealed_request_take(&request);
}

static bool match_reply(struct workload *workload, uint64_t token, grpc_byte_buffer *reply)
{
    return sealed_calls_right(&((struct match *)workload)->calls, token, reply);
}

static int seal_ahead(struct match *match)
{
    match->ahead = calloc(match->plan.seal_ahead + 1, sizeof(*match->ahead));
    while (match->ahead != NULL && match->ahead_count < match->plan.seal_ahead) {
        if (seal_next(match, &match->ahead[match->ahead_count]) != 0) {
            return -1;
        }
        match->ahead_count++;
    }
    return match->ahead != NULL ? 0 : -1;
}

struct workload *match_open(const struct match_plan *plan)
{
    struct match *match = calloc(1, sizeof(*match));
    if (match == NULL) {
        return NULL;
    }
    match->base = (struct workload){
        .name = plan->stream ? "match-stream" : "match",
        .methods = {plan->stream ? "/sekisho.v1.NumberService/MatchStream" : "/sekisho.v1.NumberService/Match"},
        .items_per_call = plan->batch,
        .request = match_request,
        .reply = match_reply,
    };
    match->plan = *plan;
    match->calls.session = plan->session;
    match->calls.operation = SEKISHO_MATCH;
    match->calls.purpose = SEKISHO_CHANGE;
    match->calls.outcome = SEKISHO_OUTCOME_MATCHED;
    match->calls.batch = plan->batch;
    sekisho_random(&match->random, sizeof(match->random));
    match->random |= 1;
    if (sealed_calls_open(&match->calls) != 0 || seal_ahead(match) != 0) {
        match_close(&match->base);
        return NULL;
    }
    return &match->base;
}

void match_close(struct workload *workload)
{
    struct match *match = (struct match *)workload;
    while (match->ahead_next < match->ahead_count) {
        grpc_slice_unref(match->ahead[match->ahead_next++].message);
    }
    free(match->ahead);
    sealed_calls_close(&match->calls);
    free(match);
}
