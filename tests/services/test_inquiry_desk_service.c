/* The enquiry desk by its calls: F070, F168, F169, F170, INV-22. */
#include "register_fixture.h"

#include <string.h>

#include "server/register/checks.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"
#include "server/services/services.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define STATE(name)      SEKISHO__V1__DISCLOSURE_STATE__DISCLOSURE_STATE_##name
#define DECISION(name)   SEKISHO__V1__DISCLOSURE_DECISION__DISCLOSURE_DECISION_##name
#define TEXT(text)       ((char *)(uintptr_t)(text))
#define PREFECTURE       TEXT("prefectures/11")
#define APPLICATION      TEXT("prefectures/11/applications/0123456789abcdef0123456789abcdef")
#define OTHER_PREFECTURE TEXT("prefectures/13/applications/0123456789abcdef0123456789abcdef")

#define CALL(fixture, name, request, type)                                                                             \
    ((void *)register_fixture_call(fixture, inquiry_desk_methods, inquiry_desk_method_count, name, &(request).base,    \
                                   &sekisho__v1__##type##_response__descriptor))
#define REFUSED(fixture, name, request, reason)                                                                        \
    register_fixture_refused(fixture, inquiry_desk_methods, inquiry_desk_method_count, name, &(request).base, reason)
#define FREE(message) protobuf_c_message_free_unpacked(&(message)->base, NULL)

static Sekisho__V1__Date date_of(int32_t value)
{
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;

    date.year = value / 10000;
    date.month = value / 100 % 100;
    date.day = value % 100;
    return date;
}

static int32_t today(void)
{
    return date_today(reg_now_us());
}

/* ---- enquiries ---- */

static int set_up(void **state)
{
    register_fixture_set_up(state);
    register_fixture_caller(*state, ROLE_PRV, "privacy");
    return 0;
}

static Sekisho__V1__CreateEnquiryRequest enquiry_of(Sekisho__V1__Enquiry *enquiry)
{
    Sekisho__V1__CreateEnquiryRequest request = SEKISHO__V1__CREATE_ENQUIRY_REQUEST__INIT;

    sekisho__v1__enquiry__init(enquiry);
    enquiry->channel = SEKISHO__V1__ENQUIRY_CHANNEL__ENQUIRY_CHANNEL_TELEPHONE;
    enquiry->subject = TEXT("登録証の再交付の手続きについて");
    request.parent = PREFECTURE;
    request.enquiry = enquiry;
    return request;
}

static void test_F170_INV22_no_enquiry_is_closed_without_a_handling_record(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Enquiry enquiry;
    Sekisho__V1__CreateEnquiryRequest request = enquiry_of(&enquiry);
    Sekisho__V1__CloseEnquiryRequest closing = SEKISHO__V1__CLOSE_ENQUIRY_REQUEST__INIT;
    Sekisho__V1__RecordHandlingRequest handling = SEKISHO__V1__RECORD_HANDLING_REQUEST__INIT;
    Sekisho__V1__CreateEnquiryResponse *made = CALL(fixture, "CreateEnquiry", request, create_enquiry);

    assert_string_equal(made->enquiry->name, "prefectures/11/enquiries/1");
    assert_string_equal(made->enquiry->received_by, "privacy");
    closing.name = handling.name = made->enquiry->name;
    closing.etag = handling.etag = made->enquiry->etag;
    REFUSED(fixture, "CloseEnquiry", closing, "NO_HANDLING_RECORD");
    handling.text = TEXT("　 \n");
    REFUSED(fixture, "RecordHandling", handling, "BAD_FIELD");
    handling.text = TEXT("申請書の送付先を案内した。");
    Sekisho__V1__RecordHandlingResponse *handled = CALL(fixture, "RecordHandling", handling, record_handling);
    assert_int_equal(handled->enquiry->state, SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_HANDLED);
    REFUSED(fixture, "CloseEnquiry", closing, "CHANGED_MEANWHILE");
    closing.etag = handled->enquiry->etag;
    Sekisho__V1__CloseEnquiryResponse *closed = CALL(fixture, "CloseEnquiry", closing, close_enquiry);
    assert_int_equal(closed->enquiry->state, SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_CLOSED);
    assert_string_equal(closed->enquiry->closed_by, "privacy");
    assert_string_equal(closed->enquiry->handling_records[0]->text, "申請書の送付先を案内した。");
    handling.etag = closing.etag = closed->enquiry->etag;
    REFUSED(fixture, "RecordHandling", handling, "WRONG_STATE");
    REFUSED(fixture, "CloseEnquiry", closing, "WRONG_STATE");
    FREE(made);
    FREE(handled);
    FREE(closed);
}

static void test_F170_what_was_answered_at_once_is_recorded_at_reception(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Enquiry enquiry;
    Sekisho__V1__CreateEnquiryRequest request = enquiry_of(&enquiry);

    request.handling = TEXT("その場で回答した。");
    Sekisho__V1__CreateEnquiryResponse *made = CALL(fixture, "CreateEnquiry", request, create_enquiry);
    assert_int_equal(made->enquiry->state, SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_HANDLED);
    assert_int_equal(made->enquiry->n_handling_records, 1);
    assert_string_equal(made->enquiry->handling_records[0]->account, "privacy");
    assert_true(made->enquiry->handling_records[0]->time_us > 0);
    FREE(made);
}

static void test_F170_enquiries_are_listed_newest_first_by_state(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Enquiry enquiry;
    Sekisho__V1__CreateEnquiryRequest request = enquiry_of(&enquiry);
    Sekisho__V1__ListEnquiriesRequest list = SEKISHO__V1__LIST_ENQUIRIES_REQUEST__INIT;

    for (int i = 0; i < 5; i++) {
        request.handling = TEXT(i % 2 ? "対応した。" : "");
        Sekisho__V1__CreateEnquiryResponse *made = CALL(fixture, "CreateEnquiry", request, create_enquiry);
        FREE(made);
    }
    list.parent = PREFECTURE;
    list.page_size = 2;
    Sekisho__V1__ListEnquiriesResponse *first = CALL(fixture, "ListEnquiries", list, list_enquiries);
    assert_int_equal(first->n_enquiries, 2);
    assert_string_equal(first->enquiries[0]->name, "prefectures/11/enquiries/5");
    list.page_token = first->next_page_token;
    Sekisho__V1__ListEnquiriesResponse *second = CALL(fixture, "ListEnquiries", list, list_enquiries);
    assert_string_equal(second->enquiries[0]->name, "prefectures/11/enquiries/3");
    list.page_token = TEXT("");
    list.page_size = 0;
    list.state = SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_HANDLED;
    Sekisho__V1__ListEnquiriesResponse *handled = CALL(fixture, "ListEnquiries", list, list_enquiries);
    assert_int_equal(handled->n_enquiries, 2);
    assert_string_equal(handled->next_page_token, "");
    FREE(first);
    FREE(second);
    FREE(handled);
}

/* ---- disclosure requests ---- */

static Sekisho__V1__CreateDisclosureRequestRequest disclosure_of(Sekisho__V1__DisclosureRequest *asked,
                                                                 Sekisho__V1__Date *received)
{
    Sekisho__V1__CreateDisclosureRequestRequest request = SEKISHO__V1__CREATE_DISCLOSURE_REQUEST_REQUEST__INIT;

    sekisho__v1__disclosure_request__init(asked);
    asked->kind = SEKISHO__V1__DISCLOSURE_KIND__DISCLOSURE_KIND_DISCLOSURE;
    asked->person_name = TEXT("埼玉　花子");
    asked->address = TEXT("埼玉県さいたま市浦和区高砂三丁目15番1号");
    asked->content = TEXT("保育士登録に関する保有個人情報の全部");
    asked->identity_document = SEKISHO__V1__IDENTITY_DOCUMENT__IDENTITY_DOCUMENT_DRIVING_LICENCE;
    asked->window = SEKISHO__V1__DISCLOSURE_WINDOW__DISCLOSURE_WINDOW_INFORMATION_CENTRE;
    asked->receive_date = received;
    request.parent = PREFECTURE;
    request.disclosure_request = asked;
    return request;
}

static void test_F168_a_request_has_name_address_and_content(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date day = date_of(today()), tomorrow = date_of(date_after(today(), 1));
    Sekisho__V1__DisclosureRequest asked;
    Sekisho__V1__CreateDisclosureRequestRequest request = disclosure_of(&asked, &day);
    char **const texts[] = {&asked.person_name, &asked.address, &asked.content};

    for (size_t i = 0; i < 3; i++) {
        char *text = *texts[i];
        *texts[i] = TEXT("");
        REFUSED(fixture, "CreateDisclosureRequest", request, "BAD_FIELD");
        *texts[i] = text;
    }
    asked.receive_date = &tomorrow;
    REFUSED(fixture, "CreateDisclosureRequest", request, "BAD_FIELD");
    asked.receive_date = &day;
    for (int kind = 1; kind <= 3; kind++) {
        asked.kind = kind;
        Sekisho__V1__CreateDisclosureRequestResponse *made =
            CALL(fixture, "CreateDisclosureRequest", request, create_disclosure_request);
        assert_non_null(made);
        assert_int_equal(made->disclosure_request->state, STATE(RECEIVED));
        assert_int_equal(date_value(made->disclosure_request->due_date), date_after(today(), 30));
        FREE(made);
    }
}

static void test_F169_identity_is_proved_at_one_of_two_windows(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date day = date_of(today());
    Sekisho__V1__DisclosureRequest asked;
    Sekisho__V1__CreateDisclosureRequestRequest request = disclosure_of(&asked, &day);

    asked.identity_document = 0;
    REFUSED(fixture, "CreateDisclosureRequest", request, "BAD_FIELD");
    assert_string_equal(fixture->call.error.field, "disclosure_request.identity_document");
    request = disclosure_of(&asked, &day);
    asked.window = 0;
    REFUSED(fixture, "CreateDisclosureRequest", request, "BAD_FIELD");
    assert_string_equal(fixture->call.error.field, "disclosure_request.window");
    asked.window = 3;
    REFUSED(fixture, "CreateDisclosureRequest", request, "BAD_FIELD");
    for (int window = 1; window <= 2; window++) {
        asked.window = window;
        Sekisho__V1__CreateDisclosureRequestResponse *made =
            CALL(fixture, "CreateDisclosureRequest", request, create_disclosure_request);
        assert_non_null(made);
        assert_int_equal(made->disclosure_request->window, window);
        FREE(made);
    }
    register_fixture_caller(fixture, ROLE_REC, "reception");
    REFUSED(fixture, "CreateDisclosureRequest", request, "ROLE_NOT_PERMITTED");
}

/* The steps of domain 10.6; each wants the etag of the one before. */
static void test_F168_a_request_is_examined_decided_and_carried_out(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date day = date_of(today()), old = date_of(date_after(today(), -40)),
                      later = date_of(date_after(today(), 20)), before = date_of(date_after(today(), -1));
    Sekisho__V1__DisclosureRequest asked;
    Sekisho__V1__CreateDisclosureRequestRequest request = disclosure_of(&asked, &old);
    Sekisho__V1__ExamineDisclosureRequestRequest examine = SEKISHO__V1__EXAMINE_DISCLOSURE_REQUEST_REQUEST__INIT;
    Sekisho__V1__ExtendDisclosureRequestRequest extend = SEKISHO__V1__EXTEND_DISCLOSURE_REQUEST_REQUEST__INIT;
    Sekisho__V1__DecideDisclosureRequestRequest decide = SEKISHO__V1__DECIDE_DISCLOSURE_REQUEST_REQUEST__INIT;
    Sekisho__V1__ExecuteDisclosureRequestRequest execute = SEKISHO__V1__EXECUTE_DISCLOSURE_REQUEST_REQUEST__INIT;
    Sekisho__V1__RecordObjectionRequest object = SEKISHO__V1__RECORD_OBJECTION_REQUEST__INIT;
    Sekisho__V1__CreateDisclosureRequestResponse *made =
        CALL(fixture, "CreateDisclosureRequest", request, create_disclosure_request);
    char *name = made->disclosure_request->name;

    assert_true(made->disclosure_request->overdue);
    decide.name = examine.name = extend.name = execute.name = object.name = name;
    decide.etag = examine.etag = made->disclosure_request->etag;
    decide.decision = DECISION(PART);
    REFUSED(fixture, "DecideDisclosureRequest", decide, "BAD_FIELD"); /* a part wants its reason */
    decide.reason = TEXT("第三者の情報を含むため");
    REFUSED(fixture, "DecideDisclosureRequest", decide, "WRONG_STATE"); /* not examined */
    Sekisho__V1__ExamineDisclosureRequestResponse *examined =
        CALL(fixture, "ExamineDisclosureRequest", examine, examine_disclosure_request);
    assert_int_equal(examined->disclosure_request->state, STATE(EXAMINE));
    extend.etag = examined->disclosure_request->etag;
    extend.due_date = &old;
    extend.reason = TEXT("事務処理上の困難");
    REFUSED(fixture, "ExtendDisclosureRequest", extend, "BAD_FIELD");
    extend.due_date = &later;
    Sekisho__V1__ExtendDisclosureRequestResponse *extended =
        CALL(fixture, "ExtendDisclosureRequest", extend, extend_disclosure_request);
    assert_false(extended->disclosure_request->overdue);
    REFUSED(fixture, "DecideDisclosureRequest", decide, "CHANGED_MEANWHILE");
    decide.etag = extended->disclosure_request->etag;
    Sekisho__V1__DecideDisclosureRequestResponse *decided =
        CALL(fixture, "DecideDisclosureRequest", decide, decide_disclosure_request);
    assert_int_equal(decided->disclosure_request->decision, DECISION(PART));
    execute.etag = object.etag = decided->disclosure_request->etag;
    execute.date = &before;
    REFUSED(fixture, "ExecuteDisclosureRequest", execute, "BAD_FIELD");
    execute.date = object.date = &day;
    Sekisho__V1__ExecuteDisclosureRequestResponse *executed =
        CALL(fixture, "ExecuteDisclosureRequest", execute, execute_disclosure_request);
    assert_int_equal(executed->disclosure_request->state, STATE(EXECUTED));
    assert_int_equal(executed->disclosure_request->n_steps, 5);
    object.etag = executed->disclosure_request->etag;
    REFUSED(fixture, "RecordObjection", object, "WRONG_STATE");
    FREE(made);
    FREE(examined);
    FREE(extended);
    FREE(decided);
    FREE(executed);
}

/* ---- where is my application ---- */

static int add_application(void *context, MDB_txn *txn, int64_t now_us)
{
    struct register_fixture *fixture = context;
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Application application = SEKISHO__V1__APPLICATION__INIT;
    Sekisho__Stored__StoredApplication stored = SEKISHO__STORED__STORED_APPLICATION__INIT;
    static uint8_t id[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                           0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    uint8_t birth[] = {19950315 >> 24, 19950315 >> 16 & 0xff, 19950315 >> 8 & 0xff, 19950315 & 0xff};
    MDB_val key = {sizeof birth, birth}, value = {sizeof id, id};

    name.text = TEXT("髙橋　花子");
    person.name = &name;
    application.name = APPLICATION;
    application.person = &person;
    application.kind = SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW;
    application.state = SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_IN_REVIEW;
    application.receive_time_us = now_us;
    application.reason = TEXT("内部の理由");
    stored.application = &application;
    int rc = record_put(txn, fixture->folder.reg.table[TABLE_application], id, sizeof id, &stored.base);
    return rc != 0 ? rc : mdb_put(txn, fixture->folder.reg.table[TABLE_application_by_birth], &key, &value, 0);
}

static size_t found(struct register_fixture *fixture, const Sekisho__V1__FindApplicationsRequest *request)
{
    Sekisho__V1__FindApplicationsResponse *answer = CALL(fixture, "FindApplications", *request, find_applications);
    assert_non_null(answer);
    size_t count = answer->n_applications;

    if (count > 0) {
        assert_string_equal(answer->applications[0]->application, APPLICATION);
        assert_int_equal(answer->applications[0]->state, SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_IN_REVIEW);
        assert_false(answer->applications[0]->fee_settled);
    }
    FREE(answer);
    return count;
}

static void test_F070_an_application_is_found_by_its_id_or_by_name_and_birth(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__FindApplicationsRequest request = SEKISHO__V1__FIND_APPLICATIONS_REQUEST__INIT;
    Sekisho__V1__Date birth = date_of(19950315), other = date_of(19950316), month = date_of(19950300);

    assert_int_equal(register_folder_write(&fixture->folder, add_application, fixture), 0);
    register_fixture_caller(fixture, ROLE_CEN, "centre");
    request.parent = PREFECTURE;
    request.application = APPLICATION;
    assert_int_equal(found(fixture, &request), 1);
    request.application = OTHER_PREFECTURE; /* INV-12 */
    REFUSED(fixture, "FindApplications", request, "NOT_FOUND");
    request.application = TEXT("");
    request.person_name = TEXT("高橋花子"); /* variants and spaces do not matter */
    request.birth_date = &birth;
    assert_int_equal(found(fixture, &request), 1);
    request.birth_date = &other;
    assert_int_equal(found(fixture, &request), 0);
    request.birth_date = &month;
    REFUSED(fixture, "FindApplications", request, "BAD_FIELD");
    request.birth_date = &birth;
    request.person_name = TEXT("鈴木花子");
    assert_int_equal(found(fixture, &request), 0);
    request.person_name = TEXT("");
    REFUSED(fixture, "FindApplications", request, "BAD_FIELD");
    register_fixture_caller(fixture, ROLE_SYS, "portal");
    REFUSED(fixture, "FindApplications", request, "ROLE_NOT_PERMITTED");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F170_INV22_no_enquiry_is_closed_without_a_handling_record),
        TEST(test_F170_what_was_answered_at_once_is_recorded_at_reception),
        TEST(test_F170_enquiries_are_listed_newest_first_by_state),
        TEST(test_F168_a_request_has_name_address_and_content),
        TEST(test_F169_identity_is_proved_at_one_of_two_windows),
        TEST(test_F168_a_request_is_examined_decided_and_carried_out),
        TEST(test_F070_an_application_is_found_by_its_id_or_by_name_and_birth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
