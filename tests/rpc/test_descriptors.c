#include "interop_descriptor_set.h"
#include "server/rpc/descriptors.h"
#include "tests/rpc/cmocka_all.h"

#define INTEROP "interop/v1/interop.proto"
#define HEALTH  "grpc/health/v1/health.proto"

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

static void files_of_symbols(void **state)
{
    static const struct {
        const char *symbol, *file;
    } cases[] = {
        {"interop.v1.InteropService", INTEROP},
        {"interop.v1.InteropService.Echo", INTEROP},
        {"interop.v1.InteropService.Ech", NULL},
        {"interop.v1.EchoRequest", INTEROP},
        {"interop.v1.EchoRequest.text", INTEROP},
        {"interop.v1.EchoRequest.text.text", NULL},
        {"interop.v1.EchoReq", NULL},
        {"interop.v1", NULL},
        {"interop.v1.", NULL},
        {"", NULL},
        {"EchoRequest", NULL},
        {"grpc.health.v1.HealthCheckResponse.ServingStatus", HEALTH},
        {"grpc.health.v1.HealthCheckResponse.SERVING", HEALTH},
        {"grpc.health.v1.SERVING", NULL},
        {"grpc.health.v1.HealthListResponse.StatusesEntry.key", HEALTH},
        {"grpc.reflection.v1.ServerReflectionRequest.message_request", "grpc/reflection/v1/reflection.proto"},
        {"grpc.reflection.v1alpha.ServerReflection", "grpc/reflection/v1alpha/reflection.proto"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const rpc_descriptor_file *file = rpc_descriptors_file_of_symbol(*state, cases[i].symbol);
        if (cases[i].file) {
            assert_non_null(file);
            assert_string_equal(file->name, cases[i].file);
        } else {
            assert_null(file);
        }
    }
}

static void services_and_files(void **state)
{
    assert_int_equal(rpc_descriptors_service(*state, "interop.v1.InteropService")->n_method, 8);
    assert_null(rpc_descriptors_service(*state, "interop.v1.InteropServic"));
    assert_null(rpc_descriptors_service(*state, "InteropService"));
    assert_ptr_equal(rpc_descriptors_file(*state, HEALTH),
                     rpc_descriptors_file_of_symbol(*state, "grpc.health.v1.Health"));
    assert_null(rpc_descriptors_file(*state, "health.proto"));
}

static void bytes_of_something_else(void **state)
{
    (void)state;
    assert_null(rpc_descriptors_parse((const uint8_t *)"\x0a\x05", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_symbols),
        cmocka_unit_test(services_and_files),
        cmocka_unit_test(bytes_of_something_else),
    };
    return cmocka_run_group_tests(tests, parse, release);
}
