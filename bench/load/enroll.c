#include "load/enroll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"
#include "load/session.h"

#define DEPTH 2 /* one batch is sealed and opened while the vault commits the other */

struct batch {
    uint64_t started_ns;
};

struct enrolment {
    struct sekisho_pipeline *pipeline;
    uint64_t first, count, next; /* people (people_number); those before next have been sent */
    size_t batch_size;
    struct sekisho_item *items;
    struct batch batch[DEPTH];
    struct histogram latency;
};

static int submit(struct enrolment *enrolment, struct batch *batch)
{
    struct sekisho_error error;
    uint64_t left = enrolment->count - enrolment->next;
    size_t count = left < enrolment->batch_size ? left : enrolment->batch_size;
    memset(enrolment->items, 0, count * sizeof(*enrolment->items));
    for (size_t i = 0; i < count; i++) {
        struct sekisho_item *item = &enrolment->items[i];
        people_number(enrolment->first + enrolment->next + i, item->number);
        sekisho_random(item->request_id, sizeof(item->request_id));
    }
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = enrolment->items, .count = count};
    enrolment->next += count;
    batch->started_ns = clock_ns();
    if (sekisho_pipeline_submit(enrolment->pipeline, &request, batch, &error) != SEKISHO_OK) {
        bench_session_complain("enrol", &error);
        return -1;
    }
    return 0;
}

static int take(struct enrolment *enrolment, const struct sekisho_completion *completion)
{
    const struct batch *batch = completion->tag;
    if (completion->status != SEKISHO_OK) {
        bench_session_complain("enrol", &completion->error);
        return -1;
    }
    for (size_t i = 0; i < completion->count; i++) {
        if (completion->results[i].outcome != SEKISHO_OUTCOME_DONE) {
            fprintf(stderr, "bench-load: enrol: %s\n", sekisho_detail_name(completion->results[i].detail));
            return -1;
        }
    }
    histogram_record(&enrolment->latency, clock_ns() - batch->started_ns);
    return 0;
}

static int enroll_all(struct enrolment *enrolment)
{
    struct sekisho_completion completion;
    for (size_t i = 0; i < DEPTH && enrolment->next < enrolment->count; i++) {
        if (submit(enrolment, &enrolment->batch[i]) != 0) {
            return -1;
        }
    }
    while (sekisho_pipeline_next(enrolment->pipeline, &completion)) {
        struct batch *batch = completion.tag;
        if (take(enrolment, &completion) != 0) {
            return -1;
        }
        if (enrolment->next < enrolment->count && submit(enrolment, batch) != 0) {
            return -1;
        }
    }
    return 0;
}

static int measure(const struct options *options, struct enrolment *enrolment)
{
    struct run_result result = {.load = "enroll",
                                .in_flight = DEPTH,
                                .items_per_call = options->batch,
                                .latency = &enrolment->latency,
                                .watched = options->plan.watched,
                                .watched_count = options->plan.watched_count};
    watched_begin(options->plan.watched, options->plan.watched_count);
    uint64_t cpu_ns = cpu_of_self_ns();
    uint64_t begin_ns = clock_ns();
    if (enroll_all(enrolment) != 0) {
        return -1;
    }
    result.elapsed_ns = clock_ns() - begin_ns;
    result.client_cpu_ns = cpu_of_self_ns() - cpu_ns;
    result.calls = enrolment->latency.count;
    if (watched_end(options->plan.watched, options->plan.watched_count) != 0) {
        return -1;
    }
    return report_write(&result, stdout);
}

int enroll_run(const struct options *options)
{
    static struct enrolment enrolment;
    struct bench_session session;
    struct sekisho_error error;
    enrolment.first = options->first;
    enrolment.count = options->count;
    enrolment.batch_size = options->batch;
    enrolment.items = calloc(options->batch, sizeof(*enrolment.items));
    if (enrolment.items == NULL || bench_session_open(options, options->account, &session) != 0) {
        return -1;
    }
    int result = -1;
    if (sekisho_pipeline_open(session.session, SEKISHO_PIPELINE_CALLS, DEPTH, &enrolment.pipeline, &error) ==
        SEKISHO_OK) {
        result = measure(options, &enrolment);
        sekisho_pipeline_close(enrolment.pipeline);
    } else {
        bench_session_complain("enrol", &error);
    }
    result = bench_session_close(&session) == 0 ? result : -1;
    free(enrolment.items);
    return result;
}
