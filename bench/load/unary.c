#include <stdlib.h>

#include "load/slot.h"

static void finish(struct caller *caller, struct slot *slot, struct measurement *measurement, uint64_t now_ns)
{
    int status = slot_finish(caller, slot);
    if (status != 0) {
        measurement_fail(measurement, status);
    } else {
        measurement_record(measurement, slot->started_ns, now_ns);
    }
}

int unary_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
              struct measurement *measurement)
{
    struct slot *slots = calloc(plan->in_flight, sizeof(*slots));
    struct caller caller;
    if (slots == NULL) {
        return -1;
    }
    int result = 0;
    caller_init(&caller, connection, workload);
    measurement_start(measurement, plan);
    for (unsigned i = 0; i < plan->in_flight && result == 0; i++) {
        result = slot_start(&caller, &slots[i], clock_ns()) ? 0 : -1;
    }
    while (caller.active > 0) {
        grpc_event event = grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        uint64_t now_ns = clock_ns();
        finish(&caller, event.tag, measurement, now_ns);
        bool go_on = measurement_tick(measurement, now_ns) && result == 0 && measurement->failed == 0;
        if (go_on && !slot_start(&caller, event.tag, now_ns)) {
            result = -1;
        }
    }
    free(slots);
    return result;
}
