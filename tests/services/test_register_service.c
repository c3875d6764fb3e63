/* RegisterService (F073, F074, F103, INV-12, INV-13): read, searched, corrected, recorded; by its API. */
#include "register_fixture.h"

#include <string.h>

#include "sample_entry.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "server/register/record.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define TEXT(text) ((char *)(uintptr_t)(text))
#define ENTRY      "prefectures/11/registrations/000001"

static struct register_fixture *fixture;
static struct sample_entry sample;

static int set_up(void **state)
{
    register_fixture_set_up(state);
    fixture = *state;
    register_fixture_caller(fixture, ROLE_APR, "suzuki");
    sample_entry_make(&sample);
    sample_entry_create(&fixture->folder, &sample);
    return 0;
}

static void *call(const char *method, const ProtobufCMessage *request, const ProtobufCMessageDescriptor *response)
{
    return register_fixture_call(fixture, register_methods, register_method_count, method, request, response);
}

static void refused(const char *method, const ProtobufCMessage *request, const char *reason)
{
    register_fixture_refused(fixture, register_methods, register_method_count, method, request, reason);
}

static void release(void *message)
{
    protobuf_c_message_free_unpacked(message, NULL);
}

/* ---- reading ---- */

static Sekisho__V1__GetRegistrationResponse *get(const char *name)
{
    Sekisho__V1__GetRegistrationRequest request = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;

    request.name = TEXT(name);
    return call("GetRegistration", &request.base, &sekisho__v1__get_registration_response__descriptor);
}

static void test_F073_an_entry_is_read_by_its_name(void **state)
{
    Sekisho__V1__GetRegistrationRequest request = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;

    (void)state;
    Sekisho__V1__GetRegistrationResponse *found = get(ENTRY);
    assert_string_equal(found->registration->person->name->text, "山田　花子");
    assert_string_equal(found->registration->registration_number, "埼玉県-000001");
    release(found);
    request.name = TEXT("prefectures/11/registrations/000002");
    refused("GetRegistration", &request.base, "NOT_FOUND");
    request.name = TEXT("prefectures/11/registrations/2");
    refused("GetRegistration", &request.base, "BAD_RESOURCE_NAME");
    request.name = TEXT(ENTRY "/revisions/2");
    refused("GetRegistration", &request.base, "NOT_FOUND");
    request.name = TEXT(ENTRY "/revisions/01");
    refused("GetRegistration", &request.base, "BAD_RESOURCE_NAME");
}

static void test_INV12_another_prefecture_is_not_found(void **state)
{
    Sekisho__V1__GetRegistrationRequest request = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;
    Sekisho__V1__BatchGetRegistrationsRequest batch = SEKISHO__V1__BATCH_GET_REGISTRATIONS_REQUEST__INIT;
    char *names[] = {TEXT("prefectures/12/registrations/000001"), TEXT(ENTRY), TEXT("x")};

    (void)state;
    request.name = TEXT("prefectures/12/registrations/000001");
    refused("GetRegistration", &request.base, "NOT_FOUND");
    batch.parent = TEXT("prefectures/11");
    batch.names = names;
    batch.n_names = 3;
    Sekisho__V1__BatchGetRegistrationsResponse *rows =
        call("BatchGetRegistrations", &batch.base, &sekisho__v1__batch_get_registrations_response__descriptor);
    assert_int_equal(rows->n_rows, 3);
    assert_string_equal(rows->rows[0]->reason, "NOT_FOUND");
    assert_string_equal(rows->rows[1]->registration->name, ENTRY);
    assert_string_equal(rows->rows[1]->reason, "");
    assert_string_equal(rows->rows[2]->reason, "BAD_RESOURCE_NAME");
    release(rows);
}

struct operations {
    unsigned count;
    char last_object[96], last_refusal[32], last_account[40];
};

static int count_operations(void *context, MDB_txn *txn, int64_t now_us)
{
    struct operations *seen = context;
    Sekisho__Stored__StoredOperation *last;
    MDB_cursor *cursor;
    MDB_val key, value;
    MDB_stat stat;

    (void)now_us;
    assert_int_equal(mdb_stat(txn, fixture->folder.reg.table[TABLE_operation], &stat), 0);
    seen->count = (unsigned)stat.ms_entries;
    assert_int_equal(mdb_cursor_open(txn, fixture->folder.reg.table[TABLE_operation], &cursor), 0);
    if (mdb_cursor_get(cursor, &key, &value, MDB_LAST) == 0) {
        assert_int_equal(
            record_unpack(&value, &sekisho__stored__stored_operation__descriptor, NULL, (ProtobufCMessage **)&last), 0);
        strcpy(seen->last_object, last->object);
        strcpy(seen->last_refusal, last->refusal);
        strcpy(seen->last_account, last->account);
        release(last);
    }
    mdb_cursor_close(cursor);
    return 0;
}

static struct operations operations(void)
{
    struct operations seen = {0};

    assert_int_equal(register_folder_write(&fixture->folder, count_operations, &seen), 0);
    return seen;
}

static void test_F103_every_reading_and_refusal_is_recorded_without_personal_values(void **state)
{
    Sekisho__V1__ListRegistrationsRequest list = SEKISHO__V1__LIST_REGISTRATIONS_REQUEST__INIT;
    Sekisho__V1__GetRegistrationRequest request = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;

    (void)state;
    release(get(ENTRY));
    struct operations seen = operations();
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.last_object, ENTRY);
    assert_string_equal(seen.last_account, "suzuki");
    assert_string_equal(seen.last_refusal, "");
    request.name = TEXT("prefectures/11/registrations/000077");
    refused("GetRegistration", &request.base, "NOT_FOUND");
    seen = operations();
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.last_refusal, "NOT_FOUND");
    list.parent = TEXT("prefectures/11");
    list.name = TEXT("山田花子");
    release(call("ListRegistrations", &list.base, &sekisho__v1__list_registrations_response__descriptor));
    seen = operations();
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.last_object, "prefectures/11");
}

/* ---- searching ---- */

static size_t found(const Sekisho__V1__ListRegistrationsRequest *request)
{
    Sekisho__V1__ListRegistrationsResponse *rows =
        call("ListRegistrations", &request->base, &sekisho__v1__list_registrations_response__descriptor);
    assert_non_null(rows);
    size_t count = rows->n_registrations;

    release(rows);
    return count;
}

static Sekisho__V1__ListRegistrationsRequest search(void)
{
    Sekisho__V1__ListRegistrationsRequest request = SEKISHO__V1__LIST_REGISTRATIONS_REQUEST__INIT;

    request.parent = TEXT("prefectures/11");
    return request;
}

static void test_F074_criteria_hold_together(void **state)
{
    Sekisho__V1__Date birth = sample_date(1988, 4, 1), other = sample_date(1988, 4, 2);
    Sekisho__V1__RegistrationState erased = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_ERASED,
                                   registered = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
    Sekisho__V1__ListRegistrationsRequest request = search();

    (void)state;
    assert_int_equal(found(&request), 1);
    request.name = TEXT("山田 花子");
    request.kana = TEXT("ﾔﾏﾀﾞ");
    request.kana_match = SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_PREFIX;
    request.birth_date = &birth;
    request.registration_number = TEXT("１");
    assert_int_equal(found(&request), 1);
    request.birth_date = &other;
    assert_int_equal(found(&request), 0);
    request.birth_date = &birth;
    request.states = &erased;
    request.n_states = 1;
    assert_int_equal(found(&request), 0);
    request = search();
    request.states = &registered;
    request.n_states = 1;
    assert_int_equal(found(&request), 1);
    request.states = &erased;
    assert_int_equal(found(&request), 0);
}

static void test_F074_ids_lead_to_their_entry(void **state)
{
    Sekisho__V1__ListRegistrationsRequest request = search();

    (void)state;
    Sekisho__V1__GetRegistrationResponse *entry = get(ENTRY);
    request.qualification_pseudonym = entry->registration->qualification_pseudonym;
    assert_int_equal(found(&request), 1);
    request.qualification_pseudonym = TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(found(&request), 0);
    request.qualification_pseudonym = TEXT("x");
    refused("ListRegistrations", &request.base, "BAD_FIELD");
    release(entry);
}

static void test_F074_pages_are_bound_to_their_search(void **state)
{
    Sekisho__V1__ListRegistrationsRequest request = search();

    (void)state;
    for (int i = 0; i < 4; i++) {
        sample_entry_make(&sample);
        sample_entry_create(&fixture->folder, &sample);
    }
    request.name = TEXT("山");
    request.name_match = SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_PREFIX;
    request.page_size = 3;
    Sekisho__V1__ListRegistrationsResponse *page =
        call("ListRegistrations", &request.base, &sekisho__v1__list_registrations_response__descriptor);
    assert_int_equal(page->n_registrations, 3);
    request.page_token = page->next_page_token;
    assert_int_equal(found(&request), 2);
    request.name = TEXT("鈴");
    refused("ListRegistrations", &request.base, "BAD_PAGE");
    release(page);
}

/* ---- correction ---- */

static char kana_field[] = "person.kana";
static char *kana_only[] = {kana_field};

struct correction {
    Sekisho__V1__CorrectRegistrationRequest request;
    Sekisho__V1__Registration registration;
    Sekisho__V1__Person person;
};

static void make_correction(struct correction *correction)
{
    sekisho__v1__correct_registration_request__init(&correction->request);
    sekisho__v1__registration__init(&correction->registration);
    sekisho__v1__person__init(&correction->person);
    correction->registration.name = TEXT(ENTRY);
    correction->registration.etag = TEXT("W/\"1-1\"");
    correction->registration.person = &correction->person;
    correction->person.kana = TEXT("ヤマタ　ハナコ");
    correction->request.registration = &correction->registration;
    correction->request.fields = kana_only;
    correction->request.n_fields = 1;
    correction->request.reason = TEXT("届書の読み違い");
}

static Sekisho__V1__CorrectRegistrationResponse *correct(const struct correction *correction)
{
    return call("CorrectRegistration", &correction->request.base,
                &sekisho__v1__correct_registration_response__descriptor);
}

static void expect_version(int64_t version)
{
    Sekisho__V1__GetRegistrationResponse *entry = get(ENTRY);

    assert_int_equal(entry->registration->version, version);
    release(entry);
}

static void test_F073_a_correction_keeps_what_was_and_says_why(void **state)
{
    Sekisho__V1__ListRegistrationRevisionsRequest list = SEKISHO__V1__LIST_REGISTRATION_REVISIONS_REQUEST__INIT;
    struct correction correction;

    (void)state;
    make_correction(&correction);
    Sekisho__V1__CorrectRegistrationResponse *done = correct(&correction);
    assert_string_equal(done->registration->person->kana, "ヤマタ　ハナコ");
    assert_string_equal(done->registration->person->name->text, "山田　花子");
    assert_int_equal(done->registration->annotations[0]->kind, SEKISHO__V1__ANNOTATION__KIND__KIND_CORRECTION);
    assert_string_equal(done->registration->annotations[0]->reason, "届書の読み違い");
    assert_string_equal(done->registration->recorded_by, "suzuki");
    release(done);
    list.name = TEXT(ENTRY);
    Sekisho__V1__ListRegistrationRevisionsResponse *revisions =
        call("ListRegistrationRevisions", &list.base, &sekisho__v1__list_registration_revisions_response__descriptor);
    assert_int_equal(revisions->n_revisions, 2);
    assert_string_equal(revisions->revisions[0]->name, ENTRY "/revisions/2");
    assert_string_equal(revisions->revisions[0]->reason, "届書の読み違い");
    assert_string_equal(revisions->revisions[1]->registration->person->kana, "ヤマダ　ハナコ");
    release(revisions);
    Sekisho__V1__GetRegistrationResponse *first = get(ENTRY "/revisions/1");
    assert_string_equal(first->registration->person->kana, "ヤマダ　ハナコ");
    release(first);
}

static void test_F073_a_correction_needs_reason_version_and_sound_items(void **state)
{
    static char state_field[] = "state", person_field[] = "person";
    char *state_only[] = {state_field}, *person_only[] = {person_field};
    struct correction correction;

    (void)state;
    make_correction(&correction);
    correction.request.reason = TEXT("");
    refused("CorrectRegistration", &correction.request.base, "MISSING_FIELD");
    make_correction(&correction);
    correction.registration.etag = TEXT("");
    refused("CorrectRegistration", &correction.request.base, "MISSING_FIELD");
    correction.registration.etag = TEXT("W/\"1-2\"");
    refused("CorrectRegistration", &correction.request.base, "CHANGED_MEANWHILE");
    make_correction(&correction);
    correction.request.fields = state_only; /* INV-17 */
    refused("CorrectRegistration", &correction.request.base, "BAD_FIELD");
    correction.request.fields = person_only; /* without a name */
    refused("CorrectRegistration", &correction.request.base, "MISSING_FIELD");
    make_correction(&correction);
    register_fixture_caller(fixture, ROLE_REV, "sato");
    refused("CorrectRegistration", &correction.request.base, "ROLE_NOT_PERMITTED");
    expect_version(1);
}

static void cancel(stored_entry *entry)
{
    entry->registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_CANCELLED;
}

static void test_F073_a_cancelled_entry_is_not_corrected(void **state)
{
    struct correction correction;
    Sekisho__V1__Date today = sample_date(2024, 5, 1);
    const struct entry_decision by = {.account = "suzuki",
                                      .decision = "prefectures/11/dispositions/000102030405060708090a0b0c0d0e0f",
                                      .kind = SEKISHO__V1__ANNOTATION__KIND__KIND_CANCELLATION,
                                      .reason = "法18条の19①二",
                                      .valid_from = &today};

    (void)state;
    assert_int_equal(sample_entry_change(&fixture->folder, 1, &by, cancel), 0);
    make_correction(&correction);
    correction.registration.etag = TEXT("W/\"1-2\"");
    refused("CorrectRegistration", &correction.request.base, "WRONG_STATE");
    expect_version(2);
}

/* ---- what every change has (register_call.h) ---- */

static void test_a_repeated_request_gets_the_first_answer(void **state)
{
    struct correction correction;
    uint8_t first[4096];

    (void)state;
    make_correction(&correction);
    correction.request.request_id = TEXT("000102030405060708090a0b0c0d0e0f");
    release(correct(&correction));
    size_t length = fixture->call.length;
    assert_true(length <= sizeof first);
    memcpy(first, fixture->call.packed, length);
    register_folder_reopen(&fixture->folder);
    release(correct(&correction));
    assert_int_equal(fixture->call.length, length);
    assert_memory_equal(fixture->call.packed, first, length);
    expect_version(2);
    correction.request.reason = TEXT("別の理由");
    refused("CorrectRegistration", &correction.request.base, "REQUEST_REUSED");
    /* Another account has ids of its own, and sees nothing of the answer. */
    register_fixture_caller(fixture, ROLE_APR, "tanaka");
    refused("CorrectRegistration", &correction.request.base, "CHANGED_MEANWHILE");
    correction.request.request_id = TEXT("x");
    refused("CorrectRegistration", &correction.request.base, "BAD_FIELD");
}

static void test_a_rehearsal_changes_nothing(void **state)
{
    struct correction correction;

    (void)state;
    make_correction(&correction);
    correction.request.validate_only = 1;
    correction.request.request_id = TEXT("000102030405060708090a0b0c0d0e0f");
    Sekisho__V1__CorrectRegistrationResponse *done = correct(&correction);
    assert_int_equal(done->registration->version, 2);
    release(done);
    expect_version(1);
    correction.request.validate_only = 0;
    release(correct(&correction));
    expect_version(2);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, register_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_F073_an_entry_is_read_by_its_name),
        CASE(test_INV12_another_prefecture_is_not_found),
        CASE(test_F103_every_reading_and_refusal_is_recorded_without_personal_values),
        CASE(test_F074_criteria_hold_together),
        CASE(test_F074_ids_lead_to_their_entry),
        CASE(test_F074_pages_are_bound_to_their_search),
        CASE(test_F073_a_correction_keeps_what_was_and_says_why),
        CASE(test_F073_a_correction_needs_reason_version_and_sound_items),
        CASE(test_F073_a_cancelled_entry_is_not_corrected),
        CASE(test_a_repeated_request_gets_the_first_answer),
        CASE(test_a_rehearsal_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
