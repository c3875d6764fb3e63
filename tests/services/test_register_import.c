/*
 * ImportRegistrations (F073, F074): a register kept before is taken over row by row; faults name row and field, a
 * cut-off import goes on after its last row, a dry run changes nothing, no row is there twice or half.
 */
#include "register_fixture.h"

#include <stdio.h>
#include <string.h>

#include "sample_entry.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define TEXT(text) ((char *)(uintptr_t)(text))
#define IMPORT     "prefectures/11/imports/0f0e0d0c0b0a09080706050403020100"
#define ROWS       10

static struct register_fixture *fixture;

/* Rows 1..ROWS with the numbers 101.., all of them sound. */
struct rows {
    struct sample_entry entry[ROWS];
    char number[ROWS][32];
    Sekisho__V1__ImportRow row[ROWS], *list[ROWS];
    Sekisho__V1__ImportRegistrationsRequest request;
};

static struct rows rows;

static void make_rows(void)
{
    sekisho__v1__import_registrations_request__init(&rows.request);
    for (int i = 0; i < ROWS; i++) {
        sample_entry_make(&rows.entry[i]);
        rows.entry[i].registration.state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
        snprintf(rows.number[i], sizeof rows.number[i], "埼玉県-%06d", 101 + i);
        sekisho__v1__import_row__init(&rows.row[i]);
        rows.row[i].row = i + 1;
        rows.row[i].registration_number = rows.number[i];
        rows.row[i].registration = &rows.entry[i].registration;
        rows.list[i] = &rows.row[i];
    }
    rows.request.name = TEXT(IMPORT);
    rows.request.rows = rows.list;
    rows.request.n_rows = ROWS;
}

static int set_up(void **state)
{
    register_fixture_set_up(state);
    fixture = *state;
    register_fixture_caller(fixture, ROLE_APR, "suzuki");
    make_rows();
    return 0;
}

/* ---- a stream ---- */

static int nothing(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context, (void)txn, (void)now_us;
    return 0;
}

static void wait_for_writer(void)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(register_folder_write(&fixture->folder, nothing, NULL), 0);
}

static void begin_stream(void)
{
    fixture->call = (struct rpc_call){.context = &fixture->front, .time_left_ms = INT64_MAX};
    for (size_t i = 0; i < register_method_count; i++)
        if (register_methods[i].number == METHOD_RegisterService_ImportRegistrations)
            fixture->call.method = &register_methods[i];
}

/* NULL: there was no answer. */
static Sekisho__V1__ImportRegistrationsResponse *send_rows(void)
{
    unsigned sent = fixture->call.sent;

    fixture->call.method->on_message(&fixture->call, &rows.request.base);
    wait_for_writer();
    if (fixture->call.sent == sent)
        return NULL;
    return sekisho__v1__import_registrations_response__unpack(NULL, fixture->call.length, fixture->call.packed);
}

static void end_stream(const char *reason)
{
    if (fixture->call.finished == 0)
        fixture->call.method->on_half_close(&fixture->call);
    wait_for_writer();
    assert_int_equal(fixture->call.finished, 1);
    assert_int_equal(fixture->call.failed, reason != NULL);
    if (reason)
        assert_string_equal(fixture->call.error.reason, reason);
    fixture->call.method->on_done(&fixture->call);
}

static void expect(Sekisho__V1__ImportRegistrationsResponse *response, int64_t last_row, int64_t imported,
                   int64_t refused)
{
    assert_non_null(response);
    assert_int_equal(response->last_row, last_row);
    assert_int_equal(response->imported, imported);
    assert_int_equal(response->refused, refused);
    sekisho__v1__import_registrations_response__free_unpacked(response, NULL);
}

static size_t entries(void)
{
    MDB_stat stat;
    int rc;
    MDB_txn *txn = reg_read_begin(&fixture->folder.reg, &rc);

    assert_int_equal(mdb_stat(txn, fixture->folder.reg.table[TABLE_entry], &stat), 0);
    reg_read_end(&fixture->folder.reg, txn);
    return stat.ms_entries;
}

static void expect_progress(int64_t last_row, int64_t refused)
{
    Sekisho__V1__GetImportRequest request = SEKISHO__V1__GET_IMPORT_REQUEST__INIT;

    request.name = TEXT(IMPORT);
    Sekisho__V1__GetImportResponse *response = (Sekisho__V1__GetImportResponse *)register_fixture_call(
        fixture, register_methods, register_method_count, "GetImport", &request.base,
        &sekisho__v1__get_import_response__descriptor);
    assert_non_null(response);
    assert_int_equal(response->import->last_row, last_row);
    assert_int_equal(response->import->refused, refused);
    assert_string_equal(response->import->account, "suzuki");
    sekisho__v1__get_import_response__free_unpacked(response, NULL);
}

/* ---- cases ---- */

static void test_F073_rows_become_entries(void **state)
{
    int rc;

    (void)state;
    rows.entry[1].registration.state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_SUSPENDED;
    Sekisho__V1__Date until = sample_date(2030, 12, 31);
    rows.entry[1].registration.suspended_until = &until;
    static uint8_t reference[ENTRY_REFERENCE_LEN] = {1}; /* the vault's to give, not a file's */
    rows.entry[1].registration.number_reference = (ProtobufCBinaryData){sizeof reference, reference};
    begin_stream();
    expect(send_rows(), 10, 10, 0);
    end_stream(NULL);
    register_folder_reopen(&fixture->folder);
    assert_int_equal(entries(), ROWS);
    stored_entry *entry = sample_entry_get(&fixture->folder, 102, 0, 0, &rc);
    assert_non_null(entry);
    assert_string_equal(entry->registration->registration_number, "埼玉県-000102");
    assert_int_equal(entry->registration->suspended_until->year, 2030);
    assert_int_equal(entry->suspension_from, 20200410);
    assert_int_equal(entry->registration->number_reference.len, 0);
    assert_int_equal(entry->registration->annotations[0]->kind, SEKISHO__V1__ANNOTATION__KIND__KIND_TAKEN_OVER);
    assert_string_equal(entry->registration->recorded_by, "suzuki");
    sample_entry_free(entry);
    expect_progress(10, 0);
}

static void test_F074_a_fault_names_row_and_field_and_stops_no_other(void **state)
{
    Sekisho__V1__ListImportFaultsRequest list = SEKISHO__V1__LIST_IMPORT_FAULTS_REQUEST__INIT;
    Sekisho__V1__Date impossible = sample_date(1990, 2, 30);

    (void)state;
    rows.entry[2].person.birth_date = &impossible;
    rows.row[4].registration_number = TEXT("東京都-000105");
    rows.row[6].registration_number = rows.row[5].registration_number;
    rows.entry[6].person.address = TEXT("埼玉県川越市元町一丁目3番地1");
    rows.entry[8].person.name = NULL;
    begin_stream();
    Sekisho__V1__ImportRegistrationsResponse *answer = send_rows();
    assert_int_equal(answer->n_faults, 4);
    assert_int_equal(answer->faults[0]->row, 3);
    assert_string_equal(answer->faults[0]->field, "registration.person.birth_date");
    assert_string_equal(answer->faults[0]->reason, "BAD_FIELD");
    assert_int_equal(answer->faults[1]->row, 5);
    assert_string_equal(answer->faults[1]->field, "registration_number");
    assert_int_equal(answer->faults[2]->row, 7);
    assert_string_equal(answer->faults[2]->reason, "DIFFERS");
    assert_string_equal(answer->faults[2]->field, "registration.person.address");
    assert_int_equal(answer->faults[3]->row, 9);
    assert_string_equal(answer->faults[3]->reason, "MISSING_FIELD");
    expect(answer, 10, 6, 4);
    end_stream(NULL);
    assert_int_equal(entries(), 6);
    /* They can be asked for again, also by one whose stream was cut. */
    list.parent = TEXT(IMPORT);
    list.page_size = 3;
    Sekisho__V1__ListImportFaultsResponse *page = (Sekisho__V1__ListImportFaultsResponse *)register_fixture_call(
        fixture, register_methods, register_method_count, "ListImportFaults", &list.base,
        &sekisho__v1__list_import_faults_response__descriptor);
    assert_int_equal(page->n_faults, 3);
    list.page_token = page->next_page_token;
    Sekisho__V1__ListImportFaultsResponse *rest = (Sekisho__V1__ListImportFaultsResponse *)register_fixture_call(
        fixture, register_methods, register_method_count, "ListImportFaults", &list.base,
        &sekisho__v1__list_import_faults_response__descriptor);
    assert_int_equal(rest->n_faults, 1);
    assert_int_equal(rest->faults[0]->row, 9);
    assert_string_equal(rest->next_page_token, "");
    sekisho__v1__list_import_faults_response__free_unpacked(rest, NULL);
    sekisho__v1__list_import_faults_response__free_unpacked(page, NULL);
}

static void test_F073_a_cut_off_import_goes_on_after_its_last_row(void **state)
{
    (void)state;
    rows.request.n_rows = 4;
    begin_stream();
    expect(send_rows(), 4, 4, 0);
    fixture->call.method->on_cancel(&fixture->call); /* the client is gone */
    end_stream(NULL);
    register_folder_reopen(&fixture->folder); /* and the server was, too */
    rows.request.n_rows = ROWS;
    begin_stream();
    expect(send_rows(), 10, 10, 0); /* rows 1..4 are sent again, and not done again */
    end_stream(NULL);
    assert_int_equal(entries(), ROWS);
    expect_progress(10, 0);
}

static void test_F019_another_import_synchronises_and_overwrites_nothing(void **state)
{
    int rc;

    (void)state;
    begin_stream();
    expect(send_rows(), 10, 10, 0);
    end_stream(NULL);
    make_rows();
    rows.request.name = TEXT("prefectures/11/imports/000e0d0c0b0a09080706050403020100");
    rows.entry[4].person.kana = TEXT("ヤマタ　ハナコ");
    rows.row[9].registration_number = TEXT("埼玉県-000111"); /* new over there */
    begin_stream();
    Sekisho__V1__ImportRegistrationsResponse *answer = send_rows();
    assert_int_equal(answer->unchanged, 8);
    assert_int_equal(answer->n_faults, 1);
    assert_int_equal(answer->faults[0]->row, 5);
    assert_string_equal(answer->faults[0]->reason, "DIFFERS");
    assert_string_equal(answer->faults[0]->field, "registration.person.kana");
    expect(answer, 10, 1, 1);
    end_stream(NULL);
    assert_int_equal(entries(), ROWS + 1);
    stored_entry *entry = sample_entry_get(&fixture->folder, 105, 0, 0, &rc);
    assert_string_equal(entry->registration->person->kana, "ヤマダ　ハナコ");
    assert_int_equal(entry->registration->version, 1);
    sample_entry_free(entry);
}

static void test_F073_a_dry_run_finds_the_faults_and_changes_nothing(void **state)
{
    (void)state;
    sample_entry_create(&fixture->folder, &rows.entry[0]); /* takes 000001 */
    make_rows();
    rows.row[0].registration_number = TEXT("埼玉県-000001");
    rows.entry[0].person.address = TEXT("埼玉県川越市元町一丁目3番地1");
    rows.entry[3].person.kana = TEXT("abc");
    rows.row[6].registration_number = rows.row[5].registration_number;
    rows.request.validate_only = 1;
    begin_stream();
    Sekisho__V1__ImportRegistrationsResponse *answer = send_rows();
    assert_int_equal(answer->n_faults, 3);
    assert_string_equal(answer->faults[0]->reason, "DIFFERS");
    assert_string_equal(answer->faults[1]->field, "registration.person.kana");
    assert_int_equal(answer->faults[2]->row, 7);
    assert_string_equal(answer->faults[2]->reason, "ALREADY_REGISTERED");
    expect(answer, 10, 7, 3);
    for (int i = 0; i < ROWS; i++)
        rows.row[i].row = ROWS + 1 + i;
    answer = send_rows(); /* now every number was seen */
    assert_int_equal(answer->n_faults, ROWS);
    expect(answer, 20, 7, 3 + ROWS);
    end_stream(NULL);
    assert_int_equal(entries(), 1);
}

static void test_F073_what_a_stream_may_not_do(void **state)
{
    (void)state;
    rows.row[5].row = 5;
    begin_stream();
    assert_null(send_rows());
    end_stream("WRONG_STATE"); /* rows that do not ascend */
    assert_int_equal(entries(), 0);
    make_rows();
    rows.request.n_rows = 0;
    begin_stream();
    assert_null(send_rows());
    end_stream("BAD_FIELD");
    make_rows();
    rows.request.name = TEXT("prefectures/11/imports/x");
    begin_stream();
    assert_null(send_rows());
    end_stream("BAD_RESOURCE_NAME");
    make_rows();
    begin_stream();
    expect(send_rows(), 10, 10, 0);
    rows.request.name = TEXT("prefectures/11/imports/000e0d0c0b0a09080706050403020100");
    assert_null(send_rows());
    end_stream("BAD_FIELD");
    make_rows();
    register_fixture_caller(fixture, ROLE_APR, "tanaka");
    begin_stream();
    assert_null(send_rows());
    end_stream("WRONG_STATE"); /* another account's */
    register_fixture_caller(fixture, ROLE_REC, "sato");
    begin_stream();
    assert_null(send_rows());
    end_stream("ROLE_NOT_PERMITTED");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, register_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_F073_rows_become_entries),
        CASE(test_F074_a_fault_names_row_and_field_and_stops_no_other),
        CASE(test_F073_a_cut_off_import_goes_on_after_its_last_row),
        CASE(test_F019_another_import_synchronises_and_overwrites_nothing),
        CASE(test_F073_a_dry_run_finds_the_faults_and_changes_nothing),
        CASE(test_F073_what_a_stream_may_not_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
