#include <string.h>

#include <grpc/grpc.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "server/rpc/status.h"
#include "tests/rpc/cmocka_all.h"

static Google__Rpc__Status *unpack(const struct rpc_status *status)
{
    assert_true(status->has_details);
    return google__rpc__status__unpack(NULL, GRPC_SLICE_LENGTH(status->details), GRPC_SLICE_START_PTR(status->details));
}

static const Google__Protobuf__Any *detail(const Google__Rpc__Status *status, const char *type)
{
    for (size_t i = 0; i < status->n_details; i++) {
        const char *url = status->details[i]->type_url;
        if (strncmp(url, "type.googleapis.com/google.rpc.", 31) == 0 && strcmp(url + 31, type) == 0)
            return status->details[i];
    }
    return NULL;
}

static void ok_has_nothing(void **state)
{
    struct rpc_status status;

    (void)state;
    rpc_status_set(&status, NULL);
    assert_int_equal(status.code, GRPC_STATUS_OK);
    assert_int_equal(GRPC_SLICE_LENGTH(status.message), 0);
    assert_false(status.has_details);
    rpc_status_clear(&status);
}

static void only_what_is_given(void **state)
{
    struct rpc_status status;
    Google__Rpc__Status *unpacked;
    Google__Rpc__RetryInfo *retry;
    const Google__Protobuf__Any *any;

    (void)state;
    rpc_status_set(&status, RPC_ERROR(.code = GRPC_STATUS_INTERNAL, .message = "no details"));
    assert_false(status.has_details);
    rpc_status_clear(&status);

    rpc_status_set(&status, RPC_ERROR_RETRY(61001, .code = GRPC_STATUS_RESOURCE_EXHAUSTED, .message = "busy"));
    unpacked = unpack(&status);
    assert_int_equal(unpacked->n_details, 1);
    any = detail(unpacked, "RetryInfo");
    assert_non_null(any);
    retry = google__rpc__retry_info__unpack(NULL, any->value.len, any->value.data);
    assert_int_equal(retry->retry_delay->seconds, 61);
    assert_int_equal(retry->retry_delay->nanos, 1000000);
    google__rpc__retry_info__free_unpacked(retry, NULL);
    google__rpc__status__free_unpacked(unpacked, NULL);
    rpc_status_clear(&status);
}

static void the_largest_fits_into_trailers(void **state)
{
    static char text[4000], japanese[4000];
    struct rpc_status status;
    Google__Rpc__Status *unpacked;
    Google__Rpc__LocalizedMessage *localized;
    const Google__Protobuf__Any *any;

    (void)state;
    memset(text, 'T', sizeof text - 1);
    for (size_t i = 0; i + 4 < sizeof japanese; i += 3)
        memcpy(japanese + i, "関", 3);
    rpc_status_set(&status,
                   &(struct rpc_error){GRPC_STATUS_INVALID_ARGUMENT, text, japanese, japanese, text, text, INT64_MAX});
    /* base64, and the status message percent-encoded: three bytes for one */
    assert_true(GRPC_SLICE_LENGTH(status.details) * 4 / 3 + GRPC_SLICE_LENGTH(status.message) * 3 < 8192 - 512);
    unpacked = unpack(&status);
    assert_int_equal(unpacked->n_details, 4);
    any = detail(unpacked, "LocalizedMessage");
    localized = google__rpc__localized_message__unpack(NULL, any->value.len, any->value.data);
    assert_string_equal(localized->locale, "ja");
    assert_int_equal(strlen(localized->message), 510); /* 170 whole characters */
    google__rpc__localized_message__free_unpacked(localized, NULL);
    google__rpc__status__free_unpacked(unpacked, NULL);
    rpc_status_clear(&status);
}

static int start_core(void **state)
{
    (void)state;
    grpc_init();
    return 0;
}

static int stop_core(void **state)
{
    (void)state;
    grpc_shutdown();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ok_has_nothing),
        cmocka_unit_test(only_what_is_given),
        cmocka_unit_test(the_largest_fits_into_trailers),
    };
    return cmocka_run_group_tests(tests, start_core, stop_core);
}
