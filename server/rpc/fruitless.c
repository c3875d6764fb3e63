#include "server/rpc/fruitless.h"

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "server/rpc/gate.h"

/* By the address of the connection's context. Two that share a place share a sum that both keep near zero. */
enum { PLACES_LOG2 = 10 };

static struct place {
    atomic_llong second;
    atomic_int streams;
    atomic_uint activity;
} places[1 << PLACES_LOG2];

static struct place *place_of(const void *context)
{
    return &places[((uintptr_t)context * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - PLACES_LOG2)];
}

static void forget_half(struct place *place)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_exchange_explicit(&place->second, now.tv_sec, memory_order_relaxed) != now.tv_sec)
        atomic_store(&place->streams, atomic_load(&place->streams) / 2);
}

/* On whichever thread core reads with: it must be quick and take no lock. */
static void begun(void *gate, grpc_auth_context *context, const grpc_metadata *metadata, size_t count,
                  grpc_process_auth_metadata_done_cb done, void *call)
{
    struct place *place = place_of(context);
    int streams = atomic_fetch_add_explicit(&place->streams, 1, memory_order_relaxed);

    (void)metadata;
    (void)count;
    if (streams % 64 == 0)
        forget_half(place);
    if (streams >= FRUITLESS_STREAMS) {
        atomic_store(&place->streams, 0);
        rpc_gate_accuse(gate, context);
    }
    done(call, NULL, 0, NULL, 0, GRPC_STATUS_OK, NULL);
}

void fruitless_watch(grpc_server_credentials *credentials, struct rpc_gate *gate)
{
    const grpc_auth_metadata_processor processor = {.process = begun, .state = gate};

    grpc_server_credentials_set_auth_metadata_processor(credentials, processor);
}

void fruitless_ended(const void *context)
{
    atomic_fetch_sub_explicit(&place_of(context)->streams, 1, memory_order_relaxed);
}

void fruitless_message(const void *context)
{
    atomic_fetch_add_explicit(&place_of(context)->activity, 1, memory_order_relaxed);
}

unsigned fruitless_activity(const void *context)
{
    return atomic_load_explicit(&place_of(context)->activity, memory_order_relaxed);
}
