/* AttachmentService: files come in pieces and go out in pieces; who may, and what a cut-off stream leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "register_fixture.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/attachment_service.pb-c.h"
#include "server/applications/attachments.h"
#include "server/services/services.h"

#define TEXT(text) ((char *)(uintptr_t)(text))
#define PIECE      ((size_t)ATTACHMENT_PIECE)
#define SIZE       (2 * PIECE + 321)

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

static uint8_t file[SIZE];
static char application[96], attachment[128];

static int nothing(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context, (void)txn, (void)now_us;
    return 0;
}

static void drain(struct register_fixture *fixture)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(register_folder_write(&fixture->folder, nothing, NULL), 0);
}

static const struct rpc_method *method_of(const char *name)
{
    for (size_t i = 0; i < attachment_method_count; i++)
        if (strcmp(attachment_methods[i].name, name) == 0)
            return &attachment_methods[i];
    fail_msg("no method %s", name);
    return NULL;
}

/* A report of an employer: it needs no registration and no number. */
static void take_in(struct register_fixture *fixture)
{
    Sekisho__V1__CreatePaperApplicationRequest request = SEKISHO__V1__CREATE_PAPER_APPLICATION_REQUEST__INIT;
    Sekisho__V1__Application asked = SEKISHO__V1__APPLICATION__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Date day = SEKISHO__V1__DATE__INIT;

    name.text = TEXT("関所　花子");
    day.year = 2026, day.month = 1, day.day = 15;
    person.name = &name;
    asked.kind = SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_EMPLOYER_REPORT;
    asked.person = &person;
    asked.cause = TEXT("信用失墜行為");
    asked.reporter = TEXT("雇用する者");
    asked.event_date = &day;
    request.parent = TEXT("prefectures/11");
    request.application = &asked;
    register_fixture_caller(fixture, ROLE_REC, "reception01");
    Sekisho__V1__CreatePaperApplicationResponse *response =
        (void *)register_fixture_call(fixture, application_methods, application_method_count, "CreatePaperApplication",
                                      &request.base, &sekisho__v1__create_paper_application_response__descriptor);
    assert_non_null(response);
    snprintf(application, sizeof application, "%s", response->application->name);
    sekisho__v1__create_paper_application_response__free_unpacked(response, NULL);
}

static int set_up(void **state)
{
    Sekisho__V1__CreateAttachmentRequest request = SEKISHO__V1__CREATE_ATTACHMENT_REQUEST__INIT;
    Sekisho__V1__Attachment wanted = SEKISHO__V1__ATTACHMENT__INIT;
    uint8_t hash[HASH_LEN];

    assert_int_equal(crypto_init(), 0);
    register_fixture_set_up(state);
    take_in(*state);
    for (size_t i = 0; i < SIZE; i++)
        file[i] = (uint8_t)(i * 7);
    memcpy(file, "%PDF-1.7", 8);
    assert_int_equal(sha256(file, SIZE, hash), 0);
    wanted.title = TEXT("届出書.pdf");
    wanted.media_type = TEXT("application/pdf");
    wanted.size = SIZE;
    wanted.sha256 = (ProtobufCBinaryData){HASH_LEN, hash};
    request.parent = application;
    request.attachment = &wanted;
    Sekisho__V1__CreateAttachmentResponse *response =
        (void *)register_fixture_call(*state, attachment_methods, attachment_method_count, "CreateAttachment",
                                      &request.base, &sekisho__v1__create_attachment_response__descriptor);
    assert_non_null(response);
    snprintf(attachment, sizeof attachment, "%s", response->attachment->name);
    sekisho__v1__create_attachment_response__free_unpacked(response, NULL);
    return 0;
}

static void begin(struct register_fixture *fixture, const char *method)
{
    fixture->call =
        (struct rpc_call){.context = &fixture->front, .method = method_of(method), .time_left_ms = INT64_MAX};
}

static void send_piece(struct register_fixture *fixture, size_t offset, bool first)
{
    Sekisho__V1__UploadAttachmentRequest request = SEKISHO__V1__UPLOAD_ATTACHMENT_REQUEST__INIT;
    size_t length = SIZE - offset < PIECE ? SIZE - offset : PIECE;

    if (first) {
        request.name = attachment;
        request.offset = (int64_t)offset;
    }
    request.data = (ProtobufCBinaryData){length, file + offset};
    fixture->call.method->on_message(&fixture->call, &request.base);
    drain(fixture);
}

static int64_t half_close(struct register_fixture *fixture, bool *complete)
{
    fixture->call.method->on_half_close(&fixture->call);
    assert_int_equal(fixture->call.finished, 1);
    assert_false(fixture->call.failed);
    Sekisho__V1__UploadAttachmentResponse *response =
        sekisho__v1__upload_attachment_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    int64_t received = response->received_bytes;
    *complete = response->attachment->complete;
    sekisho__v1__upload_attachment_response__free_unpacked(response, NULL);
    fixture->call.method->on_done(&fixture->call);
    return received;
}

static void test_F023_an_upload_that_was_cut_off_goes_on(void **state)
{
    struct register_fixture *fixture = *state;
    bool complete;

    begin(fixture, "UploadAttachment");
    send_piece(fixture, 0, true);
    assert_int_equal(fixture->call.next_asked, 1); /* the next piece is asked for when this one is on the disk */
    fixture->call.over = true;
    fixture->call.method->on_cancel(&fixture->call); /* the client has gone */
    assert_int_equal(fixture->call.finished, 1);
    fixture->call.method->on_done(&fixture->call);

    begin(fixture, "UploadAttachment");
    send_piece(fixture, 0, true); /* not where it was cut off */
    assert_true(fixture->call.failed);
    assert_string_equal(fixture->call.error.reason, "BAD_OFFSET");
    fixture->call.method->on_done(&fixture->call);

    begin(fixture, "UploadAttachment");
    send_piece(fixture, PIECE, true);
    assert_int_equal(half_close(fixture, &complete), 2 * PIECE);
    assert_false(complete);

    begin(fixture, "UploadAttachment");
    send_piece(fixture, 2 * PIECE, true);
    assert_int_equal(half_close(fixture, &complete), SIZE);
    assert_true(complete);
}

static void upload(struct register_fixture *fixture)
{
    bool complete;

    begin(fixture, "UploadAttachment");
    for (size_t at = 0; at < SIZE; at += PIECE)
        send_piece(fixture, at, at == 0);
    assert_int_equal(half_close(fixture, &complete), SIZE);
    assert_true(complete);
}

/* The last piece that was sent. */
static void expect_piece(const struct register_fixture *fixture, size_t offset)
{
    Sekisho__V1__DownloadAttachmentResponse *response =
        sekisho__v1__download_attachment_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    size_t length = SIZE - offset < PIECE ? SIZE - offset : PIECE;

    assert_non_null(response);
    assert_int_equal(response->data.len, length);
    assert_memory_equal(response->data.data, file + offset, length);
    sekisho__v1__download_attachment_response__free_unpacked(response, NULL);
}

static void test_F023_a_file_goes_out_as_it_came_in(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__DownloadAttachmentRequest request = SEKISHO__V1__DOWNLOAD_ATTACHMENT_REQUEST__INIT;

    request.name = attachment;
    begin(fixture, "DownloadAttachment");
    fixture->call.method->on_message(&fixture->call, &request.base);
    drain(fixture);
    assert_string_equal(fixture->call.error.reason, "WRONG_STATE"); /* it is not whole */
    upload(fixture);
    begin(fixture, "DownloadAttachment");
    request.offset = (int64_t)(2 * PIECE);
    fixture->call.method->on_message(&fixture->call, &request.base);
    drain(fixture);
    assert_int_equal(fixture->call.sent, 1);
    expect_piece(fixture, 2 * PIECE);
    begin(fixture, "DownloadAttachment");
    request.offset = 0;
    fixture->call.queued_bytes = 1 << 20; /* a client that does not read: nothing more is taken from the store */
    fixture->call.method->on_message(&fixture->call, &request.base);
    drain(fixture);
    assert_int_equal(fixture->call.sent, 0);
    fixture->call.queued_bytes = 0;
    fixture->call.method->on_sent(&fixture->call);
    assert_int_equal(fixture->call.sent, 3);
    assert_int_equal(fixture->call.finished, 1);
    assert_false(fixture->call.failed);
}

static void test_F022_the_portal_has_its_own_drafts_files_alone(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__GetAttachmentRequest request = SEKISHO__V1__GET_ATTACHMENT_REQUEST__INIT;

    request.name = attachment;
    register_fixture_caller(fixture, ROLE_SYS, "portal01");
    register_fixture_refused(fixture, attachment_methods, attachment_method_count, "GetAttachment", &request.base,
                             "NOT_FOUND");
    register_fixture_caller(fixture, ROLE_APR, "approver01");
    register_fixture_refused(fixture, attachment_methods, attachment_method_count, "GetAttachment", &request.base,
                             "ROLE_NOT_PERMITTED");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F023_an_upload_that_was_cut_off_goes_on),
        TEST(test_F023_a_file_goes_out_as_it_came_in),
        TEST(test_F022_the_portal_has_its_own_drafts_files_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
