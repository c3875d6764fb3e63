#include <string.h>

#include "load/beside.h"
#include "load/load.h"

void measurement_start(struct measurement *measurement, const struct load_plan *plan)
{
    memset(measurement, 0, sizeof(*measurement));
    measurement->plan = plan;
    measurement->begin_ns = clock_ns() + plan->warm_up_ns;
    measurement->end_ns = measurement->begin_ns + plan->measure_ns;
}

static void begin(struct measurement *measurement, uint64_t now_ns)
{
    measurement->begun = true;
    measurement->end_ns = now_ns + measurement->plan->measure_ns;
    watched_begin(measurement->plan->watched, measurement->plan->watched_count);
    measurement->client_cpu_ns = cpu_of_self_ns();
    measurement->begin_ns = clock_ns();
    if (measurement->plan->beside) {
        beside_say_begun();
    }
}

static void end(struct measurement *measurement, uint64_t now_ns)
{
    measurement->ended = true;
    measurement->end_ns = now_ns;
    measurement->client_cpu_ns = cpu_of_self_ns() - measurement->client_cpu_ns;
    measurement->watched_lost = watched_end(measurement->plan->watched, measurement->plan->watched_count) != 0;
}

bool measurement_tick(struct measurement *measurement, uint64_t now_ns)
{
    bool over = measurement->plan->beside ? beside_end_asked() : now_ns >= measurement->end_ns;
    if (!measurement->begun) {
        if (now_ns >= measurement->begin_ns) {
            begin(measurement, now_ns);
        }
    } else if (!measurement->ended && over) {
        end(measurement, now_ns);
    }
    return !measurement->ended;
}

void measurement_record(struct measurement *measurement, uint64_t started_ns, uint64_t now_ns)
{
    if (measurement->begun && !measurement->ended) {
        measurement->calls++;
        histogram_record(&measurement->latency, now_ns - started_ns);
    }
}

void measurement_record_due(struct measurement *measurement, uint64_t due_ns, uint64_t now_ns)
{
    bool in_time = !measurement->ended && now_ns < measurement->end_ns;
    measurement->calls += in_time;
    measurement->late += !in_time;
    histogram_record(&measurement->latency, now_ns - due_ns);
}

void measurement_fail(struct measurement *measurement, int status)
{
    if (measurement->failed++ == 0) {
        measurement->first_failure = status;
    }
}

int measurement_result(const struct measurement *measurement, const struct workload *workload,
                       struct run_result *result)
{
    *result = (struct run_result){
        .load = workload->name,
        .in_flight = measurement->plan->in_flight,
        .items_per_call = workload->items_per_call,
        .offered_per_s = measurement->plan->rate,
        .unanswered = measurement->late,
        .calls = measurement->calls,
        .failed = measurement->failed,
        .first_failure = measurement->first_failure,
        .elapsed_ns = measurement->end_ns - measurement->begin_ns,
        .client_cpu_ns = measurement->client_cpu_ns,
        .sealed_live = workload->sealed_live,
        .latency = &measurement->latency,
        .watched = measurement->plan->watched,
        .watched_count = measurement->plan->watched_count,
    };
    bool worthless = measurement->failed != 0 || measurement->calls == 0 || measurement->watched_lost;
    return worthless || !measurement->ended ? -1 : 0;
}
