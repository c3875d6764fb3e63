/*
 * The open loop: call n is due at begin + n / rate, whether earlier ones have been answered or not, and its latency
 * counts from then, not from when there was time to start it. A closed loop asks nothing while a server stalls, and so
 * leaves out of its percentiles just what a stall does to those who come meanwhile (coordinated omission).
 */
#include <stdlib.h>

#include "load/slot.h"

#define DRAIN_FACTOR                                                                                                   \
    2 /* calls due within the measured time are waited for this much longer, then counted by their age */

struct open_loop {
    struct caller caller;
    struct measurement *measurement;
    double per_ns;           /* calls a nanosecond */
    uint64_t first_ns;       /* when call 0 is due */
    uint64_t due;            /* calls started, or tried to */
    uint64_t from_ns, to_ns; /* calls due within are measured */
    struct slot *free;
    bool broken;
};

static uint64_t due_ns(const struct open_loop *loop, uint64_t call)
{
    return loop->first_ns + (uint64_t)((double)call / loop->per_ns);
}

static bool is_measured(const struct open_loop *loop, uint64_t at_ns)
{
    return at_ns >= loop->from_ns && at_ns < loop->to_ns;
}

/* Starts what is due by now, as far as there are slots. */
static void start_due(struct open_loop *loop, uint64_t now_ns)
{
    uint64_t at_ns = due_ns(loop, loop->due);
    while (at_ns <= now_ns && at_ns < loop->to_ns && loop->free != NULL && !loop->broken) {
        struct slot *slot = loop->free;
        loop->free = slot->next;
        loop->broken = !slot_start(&loop->caller, slot, at_ns);
        at_ns = due_ns(loop, ++loop->due);
    }
}

static void take(struct open_loop *loop, struct slot *slot)
{
    int status = slot_finish(&loop->caller, slot);
    uint64_t now_ns = clock_ns();
    if (status != 0) {
        measurement_fail(loop->measurement, status);
        loop->broken = true;
    } else if (is_measured(loop, slot->started_ns)) {
        measurement_record_due(loop->measurement, slot->started_ns, now_ns);
    }
    slot->next = loop->free;
    loop->free = slot;
}

/* Takes everything that has ended. The queue is asked without waiting: its timers are too coarse for rates above a
 * thousand a second, so this thread spins, which its CPU time shows. */
static void take_ended(struct open_loop *loop)
{
    gpr_timespec now = gpr_inf_past(GPR_CLOCK_MONOTONIC);
    grpc_event event = grpc_completion_queue_next(loop->caller.connection->queue, now, NULL);
    while (event.type == GRPC_OP_COMPLETE) {
        take(loop, event.tag);
        event = grpc_completion_queue_next(loop->caller.connection->queue, now, NULL);
    }
}

/* Calls of the measured time that have not been answered by the end of the drain: recorded as old as they are. */
static void record_unanswered(struct open_loop *loop, const struct slot *slots, unsigned count, uint64_t now_ns)
{
    for (const struct slot *slot = loop->free; slot != NULL; slot = slot->next) {
        ((struct slot *)slot)->started_ns = 0;
    }
    for (unsigned i = 0; i < count; i++) {
        if (slots[i].started_ns != 0 && is_measured(loop, slots[i].started_ns)) {
            measurement_record_due(loop->measurement, slots[i].started_ns, now_ns);
        }
    }
    for (uint64_t at_ns = due_ns(loop, loop->due); at_ns < loop->to_ns; at_ns = due_ns(loop, ++loop->due)) {
        if (is_measured(loop, at_ns)) {
            measurement_record_due(loop->measurement, at_ns, now_ns);
        }
    }
}

static void finish_active(struct open_loop *loop)
{
    while (loop->caller.active > 0) {
        grpc_event event =
            grpc_completion_queue_next(loop->caller.connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        int status = slot_finish(&loop->caller, event.tag);
        if (status != 0) {
            measurement_fail(loop->measurement, status);
        }
    }
}

static void run_until_drained(struct open_loop *loop, const struct load_plan *plan)
{
    uint64_t give_up_ns = loop->to_ns + DRAIN_FACTOR * plan->measure_ns;
    uint64_t now_ns = clock_ns();
    bool measuring = true;
    while (!loop->broken && now_ns < give_up_ns && (measuring || loop->caller.active > 0)) {
        measuring = measurement_tick(loop->measurement, now_ns);
        start_due(loop, now_ns);
        take_ended(loop);
        now_ns = clock_ns();
    }
}

int open_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
             struct measurement *measurement)
{
    struct slot *slots = calloc(plan->in_flight, sizeof(*slots));
    struct open_loop loop = {.measurement = measurement, .per_ns = plan->rate / 1e9};
    if (slots == NULL) {
        return -1;
    }
    for (unsigned i = 0; i < plan->in_flight; i++) {
        slots[i].next = loop.free;
        loop.free = &slots[i];
    }
    caller_init(&loop.caller, connection, workload);
    measurement_start(measurement, plan);
    loop.first_ns = clock_ns();
    loop.from_ns = measurement->begin_ns;
    loop.to_ns = loop.from_ns + plan->measure_ns;
    run_until_drained(&loop, plan);
    record_unanswered(&loop, slots, plan->in_flight, clock_ns());
    finish_active(&loop);
    free(slots);
    return loop.broken ? -1 : 0;
}
