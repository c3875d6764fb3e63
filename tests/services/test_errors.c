/* Every status has its error, in two languages, and every reason is in the API's documentation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <grpc/status.h>

#include "server/services/errors.h"

static char *read_proto(const char *name)
{
    char path[512];
    char *text = calloc(1, 65536);

    snprintf(path, sizeof path, "%s/%s", PROTO_FOLDER, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

static bool documented(const char *proto, const char *reason)
{
    char quoted[80];

    snprintf(quoted, sizeof quoted, "`%s`", reason);
    return strstr(proto, quoted) != NULL;
}

static void check(const struct rpc_error *error)
{
    assert_non_null(error);
    assert_int_not_equal(error->code, GRPC_STATUS_OK);
    assert_true(error->code > 0 && error->code <= GRPC_STATUS_UNAUTHENTICATED);
    assert_non_null(error->reason);
    for (const char *c = error->reason; *c; c++)
        assert_true((*c >= 'A' && *c <= 'Z') || *c == '_');
    assert_true(strlen(error->message) > 10);
    assert_true((uint8_t)error->message_ja[0] >= 0xe3);
    /* google.rpc.RetryInfo exactly where coming back may help. */
    bool may_retry = error->code == GRPC_STATUS_UNAVAILABLE || error->code == GRPC_STATUS_RESOURCE_EXHAUSTED;
    assert_int_equal(error->retry_ms > 0, may_retry);
}

static void every_call_status_has_a_row(void **state)
{
    char *proto = read_proto("number_service.proto");

    (void)state;
    assert_null(error_of_call(CALL_OK));
    for (int status = CALL_OK + 1; status < CALL_STATUS_COUNT; status++) {
        check(error_of_call((enum call_status)status));
        if (!documented(proto, error_of_call((enum call_status)status)->reason))
            fail_msg("not documented: %s", error_of_call((enum call_status)status)->reason);
    }
    free(proto);
}

static void every_login_status_has_a_row(void **state)
{
    char *proto = read_proto("session_service.proto");

    (void)state;
    assert_null(error_of_login(LOGIN_OK));
    for (int status = LOGIN_OK + 1; status < LOGIN_STATUS_COUNT; status++) {
        check(error_of_login((enum login_status)status));
        if (!documented(proto, error_of_login((enum login_status)status)->reason))
            fail_msg("not documented: %s", error_of_login((enum login_status)status)->reason);
    }
    free(proto);
}

static void every_account_call_status_has_a_row(void **state)
{
    char *proto = read_proto("account_service.proto");

    (void)state;
    assert_null(error_of_account(ACCOUNT_CALL_OK));
    for (int status = ACCOUNT_CALL_OK + 1; status < ACCOUNT_CALL_STATUS_COUNT; status++) {
        check(error_of_account((enum account_call_status)status));
        if (!documented(proto, error_of_account((enum account_call_status)status)->reason))
            fail_msg("not documented: %s", error_of_account((enum account_call_status)status)->reason);
    }
    free(proto);
}

static void every_ledger_status_has_a_row(void **state)
{
    char *proto = read_proto("ledger_service.proto");

    (void)state;
    assert_null(error_of_ledger(LEDGER_OK));
    for (int status = LEDGER_OK + 1; status <= LEDGER_UNAVAILABLE; status++) {
        check(error_of_ledger((enum ledger_status)status));
        if (!documented(proto, error_of_ledger((enum ledger_status)status)->reason))
            fail_msg("not documented: %s", error_of_ledger((enum ledger_status)status)->reason);
    }
    free(proto);
}

static void every_error_of_the_front_has_a_row(void **state)
{
    char *protos[] = {read_proto("number_service.proto"), read_proto("session_service.proto"),
                      read_proto("system_service.proto"), read_proto("ledger_service.proto"),
                      read_proto("backup_service.proto"), read_proto("account_service.proto")};
    const size_t count = sizeof protos / sizeof protos[0];

    (void)state;
    for (int error = 0; error < FRONT_ERROR_COUNT; error++) {
        const char *reason = error_of_front((enum front_error)error)->reason;
        check(error_of_front((enum front_error)error));
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found = found || documented(protos[i], reason);
        if (!found)
            fail_msg("not documented: %s", reason);
    }
    for (size_t i = 0; i < count; i++)
        free(protos[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_status_has_a_row),         cmocka_unit_test(every_login_status_has_a_row),
        cmocka_unit_test(every_account_call_status_has_a_row), cmocka_unit_test(every_ledger_status_has_a_row),
        cmocka_unit_test(every_error_of_the_front_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
