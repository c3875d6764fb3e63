#include <string.h>

#include "grpc/health/v1/health.pb-c.h"
#include "grpc/reflection/v1/reflection.pb-c.h"
#include "interop/v1/interop.pb-c.h"
#include "interop_descriptor_set.h"
#include "server/rpc/table.h"
#include "tests/rpc/cmocka_all.h"

static void on_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    (void)call;
    (void)message;
}

static void on_event(struct rpc_call *call)
{
    (void)call;
}

static const struct rpc_method health_rows[] = {
    {.name = "Watch", .kind = RPC_SERVER_STREAM, .on_message = on_message},
    {.name = "Check", .kind = RPC_UNARY, .on_message = on_message},
    {.name = "List", .kind = RPC_UNARY, .on_message = on_message},
};

enum { HEALTH_ROWS = sizeof health_rows / sizeof *health_rows };

static int parse(void **state)
{
    *state = rpc_descriptors_parse(interop_descriptor_set, interop_descriptor_set_length);
    return *state == NULL;
}

static int release(void **state)
{
    rpc_descriptors_free(*state);
    return 0;
}

/* The fault that is found in a table, NULL for none. */
static const char *check(void *set, const ProtobufCServiceDescriptor *descriptor, const struct rpc_method *rows,
                         size_t count)
{
    static char error[256];
    struct rpc_service service = {.descriptor = descriptor, .methods = rows, .method_count = count};
    return rpc_table_check(&service, set, error) ? NULL : error;
}

static void health_is(void **state, const struct rpc_method *rows, size_t count, const char *fault)
{
    const char *found = check(*state, &grpc__health__v1__health__descriptor, rows, count);
    if (fault) {
        assert_non_null(found);
        assert_non_null(strstr(found, fault));
    } else {
        assert_null(found);
    }
}

static void any_order_is_good(void **state)
{
    health_is(state, health_rows, HEALTH_ROWS, NULL);
}

static void rows_and_methods_must_match(void **state)
{
    struct rpc_method rows[HEALTH_ROWS + 1];

    memcpy(rows, health_rows, sizeof health_rows);
    health_is(state, rows, HEALTH_ROWS - 1, "List must have exactly one row");
    rows[HEALTH_ROWS] = rows[0];
    health_is(state, rows, HEALTH_ROWS + 1, "Watch must have exactly one row");
    rows[HEALTH_ROWS].name = "Nope";
    health_is(state, rows, HEALTH_ROWS + 1, "methods that do not exist");
}

static void kinds_must_match(void **state)
{
    struct rpc_method rows[HEALTH_ROWS];

    for (enum rpc_kind kind = RPC_UNARY; kind <= RPC_BIDI_STREAM; kind++) {
        memcpy(rows, health_rows, sizeof rows);
        rows[0].kind = kind;
        health_is(state, rows, HEALTH_ROWS, kind == RPC_SERVER_STREAM ? NULL : "Watch is of another kind");
    }
}

static void callbacks_must_be_there(void **state)
{
    const ProtobufCServiceDescriptor *reflection = &grpc__reflection__v1__server_reflection__descriptor;
    struct rpc_method rows[HEALTH_ROWS];
    struct rpc_method stream = {.name = "ServerReflectionInfo",
                                .kind = RPC_BIDI_STREAM,
                                .on_message = on_message,
                                .on_half_close = on_event,
                                .on_cancel = on_event};

    memcpy(rows, health_rows, sizeof rows);
    rows[1].on_message = NULL;
    health_is(state, rows, HEALTH_ROWS, "Check has no on_message");
    memcpy(rows, health_rows, sizeof rows);
    rows[0].on_start = on_event;
    health_is(state, rows, HEALTH_ROWS, "Watch has on_start and needs on_cancel");

    assert_null(check(*state, reflection, &stream, 1));
    stream.on_half_close = NULL;
    assert_non_null(check(*state, reflection, &stream, 1));
    stream.on_half_close = on_event;
    stream.on_cancel = NULL;
    assert_non_null(check(*state, reflection, &stream, 1));
}

static void service_must_be_in_the_set(void **state)
{
    ProtobufCServiceDescriptor renamed = interop__v1__interop_service__descriptor;
    renamed.name = "interop.v1.Other";
    assert_non_null(strstr(check(*state, &renamed, health_rows, HEALTH_ROWS), "not in the descriptor set"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_is_good),          cmocka_unit_test(rows_and_methods_must_match),
        cmocka_unit_test(kinds_must_match),           cmocka_unit_test(callbacks_must_be_there),
        cmocka_unit_test(service_must_be_in_the_set),
    };
    return cmocka_run_group_tests(tests, parse, release);
}
