/* ListService by its calls: who may have which list, and an export that is whole (F020, F069). */
#include "disposition_desk.h"

#include <string.h>

#include <grpc/status.h>

#define LIST(name) SEKISHO__V1__LIST_KIND__LIST_KIND_##name

static const struct rpc_method *export_method(void)
{
    for (size_t i = 0; i < list_method_count; i++)
        if (strcmp(list_methods[i].name, "ExportList") == 0)
            return &list_methods[i];
    fail();
    return NULL;
}

static int nothing(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context, (void)txn, (void)now_us;
    return 0;
}

/* The last message; NULL when it was refused. */
static Sekisho__V1__ExportListResponse *export(struct register_fixture *fixture, uint16_t role, int list)
{
    Sekisho__V1__ExportListRequest request = SEKISHO__V1__EXPORT_LIST_REQUEST__INIT;

    request.parent = PREFECTURE;
    request.list = list;
    register_fixture_caller(fixture, role, "officer");
    fixture->call = (struct rpc_call){.context = &fixture->front, .method = export_method(), .time_left_ms = INT64_MAX};
    fixture->call.method->on_message(&fixture->call, &request.base);
    for (int i = 0; i < 4; i++) /* the opening's record, a refusal's */
        assert_int_equal(register_folder_write(&fixture->folder, nothing, NULL), 0);
    assert_int_equal(fixture->call.finished, 1);
    if (fixture->call.failed)
        return NULL;
    return sekisho__v1__export_list_response__unpack(NULL, fixture->call.length, fixture->call.packed);
}

static bool contains(const Sekisho__V1__ExportListResponse *answer, const char *text)
{
    return memmem(answer->data.data, answer->data.len, text, strlen(text)) != NULL;
}

static void test_F069_an_export_says_that_it_is_whole(void **state)
{
    Sekisho__V1__ExportListResponse *answer = export(*state, ROLE_REV, LIST(REGISTER));

    assert_non_null(answer);
    assert_true(answer->complete);
    assert_int_equal(answer->row_count, 1);
    assert_int_equal(answer->sha256.len, 32);
    assert_true(contains(answer, "埼玉県-000001,2020-04-01,埼玉　花子,サイタマ　ハナコ,,,1995-03-15"));
    sekisho__v1__export_list_response__free_unpacked(answer, NULL);
}

static void test_F069_a_registration_is_in_the_list_of_its_state(void **state)
{
    struct register_fixture *fixture = *state;
    static const int lists[] = {LIST(REGISTER), LIST(LOST_QUALIFICATIONS), LIST(CANCELLED_REGISTRATIONS)};

    done(decide(fixture, erasure()));
    for (size_t i = 0; i < 3; i++) {
        Sekisho__V1__ExportListResponse *answer = export(fixture, ROLE_REV, lists[i]);
        assert_non_null(answer);
        assert_int_equal(answer->row_count, lists[i] == LIST(LOST_QUALIFICATIONS));
        assert_int_equal(contains(answer, "死亡"), lists[i] == LIST(LOST_QUALIFICATIONS));
        sekisho__v1__export_list_response__free_unpacked(answer, NULL);
    }
}

static void test_F020_who_may_not_page_through_a_list_does_not_export_it(void **state)
{
    static const struct {
        uint16_t role;
        int list;
    } refused[] = {{ROLE_PRV, LIST(CANCELLED_REGISTRATIONS)},
                   {ROLE_REC, LIST(LOST_QUALIFICATIONS)},
                   {ROLE_CRT, LIST(REGISTER)},
                   {ROLE_APR, LIST(APPLICANTS_NEW)},
                   {ROLE_PRV, LIST(RECEPTIONS)},
                   {ROLE_REV, LIST(PAPER_CARDS)},
                   {ROLE_OWN, LIST(REGISTER)},
                   {ROLE_SYS, LIST(REGISTER)}};
    struct register_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_null(export(fixture, refused[i].role, refused[i].list));
        assert_string_equal(fixture->call.error.reason, "ROLE_NOT_PERMITTED");
        assert_int_equal(fixture->call.sent, 0);
    }
    assert_null(export(fixture, ROLE_REV, 0));
    assert_string_equal(fixture->call.error.reason, "BAD_FIELD");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, disposition_desk_set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F069_an_export_says_that_it_is_whole),
        TEST(test_F069_a_registration_is_in_the_list_of_its_state),
        TEST(test_F020_who_may_not_page_through_a_list_does_not_export_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
