/* PortalService: a correction (補正) that the applicant makes online, in the same application. */
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "portal_world.h"
#include "sekisho/v1/attachment_service.pb-c.h"
#include "server/applications/correction.h"
#include "server/applications/name.h"
#include "server/identity/identity.h"
#include "server/portal/submission.h"
#include "server/register/record.h"
#include "server/services/services.h"

#define REASON        "住所が住民票と異なります。"
#define NUMBER(state) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##state
#define DAY_US        (INT64_C(86400) * 1000000)

/* ---- the office's side, on the writer's thread ---- */

struct office {
    struct register_fixture *fixture;
    const struct draft *draft;
    enum application_event event; /* APPLICATION_EVENT_COUNT: the fields below are set, and nothing happens */
    int days;                     /* to the deadline; 0: as it is */
    int number_state;             /* 0: as it is */
};

static uint8_t room[1 << 20];
static size_t used;

static void *room_alloc(void *data, size_t size)
{
    (void)data;
    size = (size + 15) & ~(size_t)15;
    if (size > sizeof room - used)
        return NULL;
    used += size;
    return room + used - size;
}

static void room_free(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

static int act(void *data, MDB_txn *txn, int64_t now_us)
{
    const struct office *office = data;
    ProtobufCAllocator arena = {.alloc = room_alloc, .free = room_free};
    struct application_context context = {
        .reg = &office->fixture->folder.reg, .txn = txn, .now_us = now_us, .arena = &arena};
    Sekisho__V1__Date day = SEKISHO__V1__DATE__INIT;
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;

    used = 0;
    if (!application_name_parse(office->draft->application, &tenant, id, NULL))
        return MDB_CORRUPTED;
    stored_application *application = application_get(&context, id);
    struct civil_date last = date_of_time_us(now_us + office->days * DAY_US);
    day.year = last.year;
    day.month = last.month;
    day.day = last.day;
    if (office->days != 0)
        application->application->correction_deadline = &day;
    if (office->number_state != 0)
        application->application->number_state = (Sekisho__V1__NumberState)office->number_state;
    enum application_result result = office->event == APPLICATION_EVENT_COUNT
                                         ? application_update(&context, application)
                                         : application_event(&context, application, office->event, REASON);
    return result == APPLICATION_OK ? 0 : MDB_CORRUPTED;
}

static void office_does(const struct draft *draft, enum application_event event, int days, int number_state)
{
    struct office office = {draft->fixture, draft, event, days, number_state};

    assert_int_equal(register_folder_write(&draft->fixture->folder, act, &office), 0);
}

static Sekisho__Stored__StoredApplication *stored_of(const struct draft *draft)
{
    struct reg *reg = &draft->fixture->folder.reg;
    ProtobufCMessage *message;
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;
    int rc;
    MDB_txn *txn = reg_read_begin(reg, &rc);

    assert_non_null(txn);
    assert_true(application_name_parse(draft->application, &tenant, id, NULL));
    assert_int_equal(record_get(txn, reg->table[TABLE_application], id, sizeof id,
                                &sekisho__stored__stored_application__descriptor, NULL, &message),
                     0);
    reg_read_end(reg, txn);
    return (Sekisho__Stored__StoredApplication *)message;
}

/* ---- the applicant's side ---- */

/* Received, and a correction is asked for. */
static void ask(void **state, struct draft *draft)
{
    draft_create(*state, KIND(NEW), draft);
    draft_render(draft);
    assert_int_equal(draft_submit(draft, NULL), STATE(RECEIVED));
    office_does(draft, APPLICATION_ASK_CORRECTION, 7, 0);
}

static Sekisho__V1__ApplicationContent *corrected_content(void)
{
    Sekisho__V1__ApplicationContent *content = content_of(KIND(NEW));

    content->person->kana = (char *)(uintptr_t) "ウラワ　ハナ";
    return content;
}

/* With the nonce in *draft. */
static Sekisho__V1__BlobRule begin(struct draft *draft)
{
    Sekisho__V1__BeginCorrectionRequest request = SEKISHO__V1__BEGIN_CORRECTION_REQUEST__INIT;

    request.name = draft->name;
    request.content = corrected_content();
    Sekisho__V1__BeginCorrectionResponse *answer =
        portal_call(draft->fixture, "BeginCorrection", request, begin_correction_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(CORRECTION_WAIT));
    assert_string_equal(answer->status->reason, REASON);
    assert_non_null(answer->status->correction_deadline);
    assert_string_equal(answer->application, draft->application);
    assert_memory_not_equal(answer->nonce->nonce.data, draft->nonce, sizeof draft->nonce);
    memcpy(draft->nonce, answer->nonce->nonce.data, sizeof draft->nonce);
    Sekisho__V1__BlobRule number = answer->blob_rule;
    answer_free(answer);
    return number;
}

static void begin_refused(struct draft *draft, const char *reason)
{
    Sekisho__V1__BeginCorrectionRequest request = SEKISHO__V1__BEGIN_CORRECTION_REQUEST__INIT;

    request.name = draft->name;
    request.content = corrected_content();
    portal_refused(draft->fixture, "BeginCorrection", request, reason);
}

static void render(struct draft *draft)
{
    Sekisho__V1__RenderApplicationRequest request = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;

    request.name = draft->name;
    Sekisho__V1__RenderApplicationResponse *answer =
        portal_call(draft->fixture, "RenderApplication", request, render_application_response);
    assert_non_null(answer);
    memcpy(draft->text, answer->content.data, answer->content.len);
    draft->length = answer->content.len;
    draft->text[draft->length] = '\0';
    answer_free(answer);
}

static void test_F024_F060_a_correction_is_signed_and_taken_over(void **state)
{
    struct draft draft;

    ask(state, &draft);
    Sekisho__Stored__StoredApplication *before = stored_of(&draft);
    assert_int_equal(begin(&draft), SEKISHO__V1__BLOB_RULE__BLOB_RULE_MAY_CHANGE);
    render(&draft);
    assert_non_null(strstr((const char *)draft.text, "申請書の補正"));
    assert_non_null(strstr((const char *)draft.text, "補正の求め:" REASON "\n"));
    assert_non_null(strstr((const char *)draft.text, strrchr(draft.application, '/') + 1));
    assert_non_null(strstr((const char *)draft.text, "個人番号:変更しません\n"));
    /* The office sees what was handed in, to the last byte of its etag. */
    Sekisho__Stored__StoredApplication *meanwhile = stored_of(&draft);
    assert_string_equal(meanwhile->application->person->kana, before->application->person->kana);
    assert_string_equal(meanwhile->application->etag, before->application->etag);
    assert_int_equal(meanwhile->application->update_time_us, before->application->update_time_us);
    assert_int_equal(draft_submit(&draft, NULL), STATE(IN_REVIEW));
    Sekisho__Stored__StoredApplication *after = stored_of(&draft);
    assert_string_equal(after->application->person->kana, "ウラワ　ハナ");
    assert_null(after->correction);
    assert_null(after->application->correction_deadline);
    assert_int_equal(after->n_corrections, 1);
    assert_memory_equal(after->corrections[0]->signing_text.data, draft.text, draft.length);
    assert_int_equal(after->corrections[0]->certificate_sha256.len, 32);
    assert_true(after->corrections[0]->signature.len > 0);
    /* The first submission stays as it was signed. */
    assert_int_equal(after->signing_text.len, before->signing_text.len);
    assert_memory_equal(after->signing_text.data, before->signing_text.data, before->signing_text.len);
    assert_int_equal(after->signature.len, before->signature.len);
    assert_memory_equal(after->signature.data, before->signature.data, before->signature.len);
    assert_false(after->application->portal_purged);
    answer_free(before);
    answer_free(meanwhile);
    answer_free(after);
}

static void test_F003_an_unchanged_number_keeps_its_nonce(void **state)
{
    static const uint8_t other[BLOB_LEN] = "another number";
    struct draft draft;

    ask(state, &draft);
    Sekisho__Stored__StoredApplication *before = stored_of(&draft);
    (void)begin(&draft);
    render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(IN_REVIEW));
    Sekisho__Stored__StoredApplication *after = stored_of(&draft);
    assert_memory_equal(after->number_blob.data, before->number_blob.data, BLOB_LEN);
    assert_memory_equal(after->nonce.data, before->nonce.data, sizeof draft.nonce);
    assert_int_equal(after->application->number_state, NUMBER(SEALED));
    answer_free(before);
    answer_free(after);
    /* One that the vault refused must be sealed anew, with the correction's nonce. */
    office_does(&draft, APPLICATION_ASK_CORRECTION, 7, NUMBER(INVALID));
    assert_int_equal(begin(&draft), SEKISHO__V1__BLOB_RULE__BLOB_RULE_REQUIRED);
    Sekisho__V1__RenderApplicationRequest without = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;
    without.name = draft.name;
    portal_refused(draft.fixture, "RenderApplication", without, "BAD_FIELD");
    draft_render_with(&draft, other);
    assert_int_equal(draft_submit(&draft, NULL), STATE(IN_REVIEW));
    after = stored_of(&draft);
    assert_memory_equal(after->number_blob.data, other, BLOB_LEN);
    assert_memory_equal(after->nonce.data, draft.nonce, sizeof draft.nonce);
    assert_int_equal(after->application->number_state, NUMBER(SEALED));
    assert_int_equal(after->n_corrections, 2);
    answer_free(after);
    /* What the vault has is not exchanged. */
    office_does(&draft, APPLICATION_ASK_CORRECTION, 7, NUMBER(PROVISIONAL));
    assert_int_equal(begin(&draft), SEKISHO__V1__BLOB_RULE__BLOB_RULE_STAYS);
    without.number_blob = (ProtobufCBinaryData){BLOB_LEN, (uint8_t *)(uintptr_t)other};
    portal_refused(draft.fixture, "RenderApplication", without, "BAD_FIELD");
}

static void test_F024_a_bad_signature_leaves_the_correction_open(void **state)
{
    Sekisho__V1__UpdateApplicationRequest request = SEKISHO__V1__UPDATE_APPLICATION_REQUEST__INIT;
    struct jpki_leaf_spec spec = world_leaf();
    struct draft draft;

    spec.usage = "critical,digitalSignature";
    ask(state, &draft);
    (void)begin(&draft);
    render(&draft);
    assert_int_equal(draft_submit(&draft, &spec), STATE(CORRECTION_WAIT));
    assert_string_equal(draft_code(&draft), "WRONG_CERT_KIND");
    draft_submit_refused(&draft, "NONCE_REPLAY");
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    assert_int_equal(stored->n_corrections, 0);
    assert_string_equal(stored->application->person->kana, "ウラワ　ハナコ");
    assert_string_equal(stored->application->signature_code, "");
    answer_free(stored);
    request.name = draft.name;
    Sekisho__V1__UpdateApplicationResponse *answer =
        portal_call(draft.fixture, "UpdateApplication", request, update_application_response);
    assert_non_null(answer);
    answer_free(answer);
    draft_submit_refused(&draft, "TEXT_CHANGED");
    render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(IN_REVIEW));
    assert_string_equal(draft_code(&draft), "");
    draft_submit_refused(&draft, "NONCE_REPLAY");
}

static void test_F024_a_correction_is_for_what_waits_for_one(void **state)
{
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    begin_refused(&draft, "WRONG_STATE");
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
    begin_refused(&draft, "WRONG_STATE");
    office_does(&draft, APPLICATION_ASK_CORRECTION, 7, 0);
    draft_submit_refused(&draft, "WRONG_STATE"); /* nothing is begun */
    (void)begin(&draft);
    render(&draft);
    office_does(&draft, APPLICATION_EVENT_COUNT, -1, 0);
    begin_refused(&draft, "DEADLINE_PASSED");
    draft_submit_refused(&draft, "DEADLINE_PASSED");
    office_does(&draft, APPLICATION_CORRECTION_OVERDUE, 0, 0);
    begin_refused(&draft, "WRONG_STATE");
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    assert_null(stored->correction); /* what was not handed in is not kept */
    answer_free(stored);
}

static void test_F051_a_correction_is_its_applicants_alone(void **state)
{
    struct register_fixture *fixture = *state;
    struct draft draft, other;

    ask(state, &draft);
    other = draft;
    char *pseudonym = strstr(other.name, "p-Hanako.01");
    assert_non_null(pseudonym);
    pseudonym[2] = 'J';
    begin_refused(&other, "NOT_FOUND");
    register_fixture_caller(fixture, ROLE_SYS, "portal02");
    begin_refused(&draft, "NOT_FOUND");
    register_fixture_caller(fixture, ROLE_SYS, "portal01");
    (void)begin(&draft);
}

/* ---- status not known ---- */

static int sweep(void *data, MDB_txn *txn, int64_t now_us)
{
    return application_sweep(data, txn, now_us);
}

/* What the arrival of a list does: with the world's trust, which knows the card. */
static int retry_all(void *data, MDB_txn *txn, int64_t now_us)
{
    struct reg *reg = data;
    ProtobufCAllocator arena = {.alloc = room_alloc, .free = room_free};
    struct application_context context = {.reg = reg, .txn = txn, .now_us = now_us, .arena = &arena};
    uint32_t decided, left;

    used = 0;
    if (submission_retry_all(&context, world.trust, 10, &decided, &left) != APPLICATION_OK)
        return MDB_CORRUPTED;
    return decided == 1 && left == 0 ? 0 : MDB_CORRUPTED;
}

static void test_F024_a_correction_waits_for_an_unknown_status(void **state)
{
    Sekisho__V1__RetrySignatureRequest request = SEKISHO__V1__RETRY_SIGNATURE_REQUEST__INIT;
    struct register_fixture *fixture = *state;
    struct reg *reg = &fixture->folder.reg;
    struct draft draft;

    ask(state, &draft);
    (void)begin(&draft);
    render(&draft);
    fixture->front.card = world_trust();
    assert_int_equal(draft_submit(&draft, NULL), STATE(CORRECTION_WAIT));
    assert_string_equal(draft_code(&draft), "STATUS_UNKNOWN");
    begin_refused(&draft, "WRONG_STATE");
    /* It was handed in in time: the last day's end does not return it. */
    office_does(&draft, APPLICATION_EVENT_COUNT, -1, 0);
    assert_int_equal(register_folder_write(&fixture->folder, sweep, reg), 0);
    request.name = draft.name;
    Sekisho__V1__RetrySignatureResponse *answer =
        portal_call(fixture, "RetrySignature", request, retry_signature_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(CORRECTION_WAIT));
    answer_free(answer);
    assert_int_equal(register_folder_write(&fixture->folder, retry_all, reg), 0);
    assert_int_equal(draft_state(&draft), STATE(IN_REVIEW));
    portal_refused(fixture, "RetrySignature", request, "WRONG_STATE");
    card_trust_free(fixture->front.card);
}

/* ---- files, purge ---- */

static void test_F023_a_corrections_files_are_beside_those_of_before(void **state)
{
    Sekisho__V1__CreateAttachmentRequest request = SEKISHO__V1__CREATE_ATTACHMENT_REQUEST__INIT;
    Sekisho__V1__RenderApplicationRequest rendered = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;
    Sekisho__V1__Attachment wanted = SEKISHO__V1__ATTACHMENT__INIT;
    struct register_fixture *fixture = *state;
    static uint8_t hash[32];
    struct draft draft;

    wanted.title = (char *)(uintptr_t) "住民票.pdf";
    wanted.media_type = (char *)(uintptr_t) "application/pdf";
    wanted.size = 10;
    wanted.sha256 = (ProtobufCBinaryData){sizeof hash, hash};
    ask(state, &draft);
    request.parent = draft.application;
    request.attachment = &wanted;
    register_fixture_refused(fixture, attachment_methods, attachment_method_count, "CreateAttachment", &request.base,
                             "NOT_FOUND"); /* nothing is begun */
    (void)begin(&draft);
    Sekisho__V1__CreateAttachmentResponse *made =
        (void *)register_fixture_call(fixture, attachment_methods, attachment_method_count, "CreateAttachment",
                                      &request.base, &sekisho__v1__create_attachment_response__descriptor);
    assert_non_null(made);
    answer_free(made);
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    assert_int_equal(stored->application->n_attachments, 0);
    assert_int_equal(stored->correction->application->n_attachments, 1);
    assert_int_equal(stored->next_attachment, 1);
    answer_free(stored);
    rendered.name = draft.name;
    portal_refused(fixture, "RenderApplication", rendered, "INCOMPLETE"); /* it has not arrived */
    office_does(&draft, APPLICATION_WITHDRAW, 0, 0);
    stored = stored_of(&draft);
    assert_null(stored->correction);
    answer_free(stored);
}

static void test_F026_INV04_the_corrections_copy_is_purged_too(void **state)
{
    Sekisho__V1__ConfirmPurgeRequest request = SEKISHO__V1__CONFIRM_PURGE_REQUEST__INIT;
    struct draft draft;

    ask(state, &draft);
    request.name = draft.name;
    request.content_sha256 = (ProtobufCBinaryData){sizeof draft.hash, draft.hash};
    answer_free(portal_call(*state, "ConfirmPurge", request, confirm_purge_response));
    (void)begin(&draft);
    render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(IN_REVIEW));
    portal_refused(*state, "ConfirmPurge", request, "BAD_FIELD"); /* the first text's */
    uint8_t hash[32];
    assert_int_equal(sha256(draft.text, draft.length, hash), 0);
    request.content_sha256.data = hash;
    Sekisho__V1__ConfirmPurgeResponse *answer = portal_call(*state, "ConfirmPurge", request, confirm_purge_response);
    assert_non_null(answer);
    assert_true(answer->status->portal_purged);
    answer_free(answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, portal_world_set_up, portal_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F024_F060_a_correction_is_signed_and_taken_over),
        TEST(test_F003_an_unchanged_number_keeps_its_nonce),
        TEST(test_F024_a_bad_signature_leaves_the_correction_open),
        TEST(test_F024_a_correction_is_for_what_waits_for_one),
        TEST(test_F051_a_correction_is_its_applicants_alone),
        TEST(test_F024_a_correction_waits_for_an_unknown_status),
        TEST(test_F023_a_corrections_files_are_beside_those_of_before),
        TEST(test_F026_INV04_the_corrections_copy_is_purged_too),
    };

    return cmocka_run_group_tests_name("portal: correction", tests, NULL, NULL);
}
