/* The operation records: who read or changed what (F103, F107, INV-13). */
#include "register_fixture.h"

#include <string.h>

#include "sekisho/v1/operation_record_service.pb-c.h"
#include "server/register/operation.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define BASE_US INT64_C(1790000000000000)

typedef Sekisho__V1__ListOperationsResponse page;

static struct row {
    int64_t time_us;
    const char *account, *object, *refusal;
    uint32_t role, method;
} const rows[] = {
    {BASE_US + 1, "sato", "prefectures/11/registrations/000001", "", ROLE_REV, METHOD_SessionService_Login},
    {BASE_US + 2, "suzuki", "prefectures/11/registrations/000002", "", ROLE_APR, METHOD_NumberService_Match},
    {BASE_US + 3, "sato", "prefectures/11/registrations/000002/revisions/1", "NOT_FOUND", ROLE_REV, 9999},
    {BASE_US + 4, "sato", "prefectures/11/registrations/0000021", "", ROLE_REV, METHOD_SessionService_Login},
};
#define ROWS (sizeof rows / sizeof rows[0])

static int add_rows(void *context, MDB_txn *txn, int64_t now_us)
{
    struct register_fixture *fixture = context;
    int rc = 0;

    (void)now_us;
    for (size_t i = 0; i < ROWS && rc == 0; i++) {
        Sekisho__Stored__StoredOperation operation = SEKISHO__STORED__STORED_OPERATION__INIT;
        operation.time_us = rows[i].time_us;
        operation.account = (char *)(uintptr_t)rows[i].account;
        operation.object = (char *)(uintptr_t)rows[i].object;
        operation.refusal = (char *)(uintptr_t)rows[i].refusal;
        operation.role = rows[i].role;
        operation.method = rows[i].method;
        rc = operation_add(&fixture->folder.reg, txn, &operation);
    }
    return rc;
}

static int set_up(void **state)
{
    register_fixture_set_up(state);
    register_fixture_caller(*state, ROLE_AUD, "auditor");
    return register_folder_write(&((struct register_fixture *)*state)->folder, add_rows, *state);
}

static Sekisho__V1__ListOperationsRequest request_of_all(void)
{
    Sekisho__V1__ListOperationsRequest request = SEKISHO__V1__LIST_OPERATIONS_REQUEST__INIT;

    request.parent = (char *)(uintptr_t) "prefectures/11";
    return request;
}

static page *list(struct register_fixture *fixture, const Sekisho__V1__ListOperationsRequest *request)
{
    page *answer = (page *)register_fixture_call(fixture, operation_record_methods, operation_record_method_count,
                                                 "ListOperations", &request->base,
                                                 &sekisho__v1__list_operations_response__descriptor);

    assert_non_null(answer);
    return answer;
}

static void expect(struct register_fixture *fixture, const Sekisho__V1__ListOperationsRequest *request,
                   const char *numbers)
{
    page *answer = list(fixture, request);
    char found[16] = "";

    for (size_t i = 0; i < answer->n_operations; i++)
        strncat(found, strrchr(answer->operations[i]->name, '/') + 1, 2);
    assert_string_equal(found, numbers);
    sekisho__v1__list_operations_response__free_unpacked(answer, NULL);
}

static void refused(struct register_fixture *fixture, const Sekisho__V1__ListOperationsRequest *request,
                    const char *reason)
{
    register_fixture_refused(fixture, operation_record_methods, operation_record_method_count, "ListOperations",
                             &request->base, reason);
}

static void test_F103_who_when_what_and_what_was_refused(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();
    page *answer = list(*state, &request);

    assert_int_equal(answer->n_operations, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(answer->operations[i]->time_us, rows[i].time_us);
        assert_string_equal(answer->operations[i]->account, rows[i].account);
        assert_string_equal(answer->operations[i]->object, rows[i].object);
        assert_string_equal(answer->operations[i]->refusal, rows[i].refusal);
        assert_string_equal(answer->operations[i]->role, rows[i].role == ROLE_REV ? "REV" : "APR");
    }
    assert_string_equal(answer->operations[0]->method, "SessionService.Login");
    assert_string_equal(answer->operations[1]->method, "NumberService.Match");
    assert_string_equal(answer->operations[2]->method, "");
    assert_string_equal(answer->next_page_token, "");
    sekisho__v1__list_operations_response__free_unpacked(answer, NULL);
}

/* Reading records is an operation, too. */
static void test_F107_reading_records_is_recorded(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();

    sekisho__v1__list_operations_response__free_unpacked(list(*state, &request), NULL);
    page *answer = list(*state, &request);
    assert_int_equal(answer->n_operations, ROWS + 1);
    assert_string_equal(answer->operations[ROWS]->account, "auditor");
    assert_string_equal(answer->operations[ROWS]->method, "OperationRecordService.ListOperations");
    assert_string_equal(answer->operations[ROWS]->object, "prefectures/11");
    sekisho__v1__list_operations_response__free_unpacked(answer, NULL);
}

static void test_F103_filters(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();

    request.until_time_us = BASE_US + 100; /* before the records of these very calls */
    request.account = (char *)(uintptr_t) "sato";
    expect(*state, &request, "134");
    request.refused_only = true;
    expect(*state, &request, "3");
    request.refused_only = false;
    request.object = (char *)(uintptr_t) "prefectures/11/registrations/000002";
    expect(*state, &request, "3");
    request.account = (char *)(uintptr_t) "";
    expect(*state, &request, "23");
    request.object = request.account;
    request.from_time_us = BASE_US + 2;
    request.until_time_us = BASE_US + 4;
    expect(*state, &request, "23");
    request.from_time_us = INT64_MAX;
    expect(*state, &request, "");
}

static void test_F103_pages(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();

    request.page_size = 3;
    request.until_time_us = BASE_US + 100;
    page *first = list(*state, &request);
    assert_int_equal(first->n_operations, 3);
    assert_string_not_equal(first->next_page_token, "");
    request.page_token = first->next_page_token;
    expect(*state, &request, "4");
    request.refused_only = true; /* a token of another filter */
    refused(*state, &request, "BAD_PAGE");
    request.refused_only = false;
    request.page_token = (char *)(uintptr_t) "00";
    refused(*state, &request, "BAD_PAGE");
    request.page_size = 1001;
    refused(*state, &request, "BAD_FIELD");
    sekisho__v1__list_operations_response__free_unpacked(first, NULL);
}

static void test_F103_only_auditors_and_those_responsible(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();

    for (uint16_t role = ROLE_OWN; role <= ROLE_SYS; role++) {
        register_fixture_caller(*state, role, "someone");
        if (role == ROLE_AUD || role == ROLE_PRV || role == ROLE_OWN)
            sekisho__v1__list_operations_response__free_unpacked(list(*state, &request), NULL);
        else
            refused(*state, &request, "ROLE_NOT_PERMITTED");
    }
}

static void test_INV_12_no_other_prefectures_records(void **state)
{
    Sekisho__V1__ListOperationsRequest request = request_of_all();

    request.parent = (char *)(uintptr_t) "prefectures/12";
    refused(*state, &request, "NOT_FOUND");
    request.parent = (char *)(uintptr_t) "prefectures/11/registrations/000001";
    refused(*state, &request, "BAD_RESOURCE_NAME");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F103_who_when_what_and_what_was_refused),
        TEST(test_F107_reading_records_is_recorded),
        TEST(test_F103_filters),
        TEST(test_F103_pages),
        TEST(test_F103_only_auditors_and_those_responsible),
        TEST(test_INV_12_no_other_prefectures_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
