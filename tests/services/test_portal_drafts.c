/* PortalService: drafts and the text that is signed. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "portal_world.h"

static Sekisho__V1__UpdateApplicationRequest update_request(struct draft *draft)
{
    Sekisho__V1__UpdateApplicationRequest request = SEKISHO__V1__UPDATE_APPLICATION_REQUEST__INIT;

    request.name = draft->name;
    return request;
}

static void test_F023_F059_a_draft_is_written_and_rendered(void **state)
{
    static const char *const lines[] = {
        "申請先:埼玉県知事\n",
        "申請の種類:新規登録\n",
        "氏名:浦和　花子\n",
        "フリガナ:ウラワ　ハナコ\n",
        "生年月日:平成13年4月3日(20010403)\n",
        "性別:女\n",
        "住所:埼玉県さいたま市浦和区高砂３丁目１５番１号\n",
        "登録番号:(なし)\n",
        "要件を満たした年月:2023-03\n",
        "欠格事由:該当しないことを申告します\n",
        "添付書類:0件\n",
        "上記のとおり申請します。\n",
    };
    struct draft draft;
    char nonce[64];

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!strstr((const char *)draft.text, lines[i]))
            fail_msg("missing: %s", lines[i]);
    int length = snprintf(nonce, sizeof nonce, "受付用の使い捨て番号:");
    assert_true(length > 0);
    const char *shown = strstr((const char *)draft.text, nonce);
    assert_non_null(shown);
    shown += length;
    for (size_t i = 0; i < sizeof draft.nonce; i++) {
        snprintf(nonce, sizeof nonce, "%02x", draft.nonce[i]);
        assert_memory_equal(shown + 2 * i, nonce, 2);
    }
    assert_non_null(strstr((const char *)draft.text, draft.application + strlen("prefectures/11/applications/")));
}

static void test_F024_the_same_draft_gives_the_same_bytes(void **state)
{
    static uint8_t first[sizeof((struct draft *)NULL)->text];
    struct draft draft;

    draft_create(*state, KIND(REWRITE), &draft);
    draft_render(&draft);
    memcpy(first, draft.text, draft.length);
    size_t length = draft.length;
    draft_render(&draft);
    assert_int_equal(draft.length, length);
    assert_memory_equal(draft.text, first, length);
    assert_non_null(strstr((const char *)draft.text, "登録番号:埼玉県-000123\n"));
}

/* Every item that the applicant changes changes the text: nothing is left out of what is signed. */
static void test_F024_every_item_is_in_the_text(void **state)
{
    struct register_fixture *fixture = *state;
    static uint8_t texts[16][4096];
    size_t count = 0;
    struct draft draft;

    draft_create(fixture, KIND(REWRITE), &draft);
    for (unsigned change = 0; change < 16; change++) {
        Sekisho__V1__UpdateApplicationRequest request = update_request(&draft);
        Sekisho__V1__ApplicationContent *content = content_of(KIND(REWRITE));
        Sekisho__V1__Name other = SEKISHO__V1__NAME__INIT;
        Sekisho__V1__Date month = SEKISHO__V1__DATE__INIT;
        other.text = (char *)(uintptr_t) "他";
        month.year = 2020;
        month.month = 1;
        Sekisho__V1__Person *person = content->person;
        switch (change) {
        case 1:
            person->name = &other;
            break;
        case 2:
            person->kana = (char *)(uintptr_t) "タ";
            break;
        case 3:
            person->former_surname = &other;
            break;
        case 4:
            person->common_name = &other;
            break;
        case 5:
            person->roman_name = &other;
            break;
        case 6:
            person->birth_date->day = 4;
            break;
        case 7:
            person->birth_date_text = (char *)(uintptr_t) "平成十三年四月三日";
            break;
        case 8:
            person->sex = SEKISHO__V1__SEX__SEX_MALE;
            break;
        case 9:
            person->address = (char *)(uintptr_t) "埼玉県さいたま市";
            break;
        case 10:
            person->municipality_code = (char *)(uintptr_t) "11107";
            break;
        case 11:
            person->honseki_prefecture = (char *)(uintptr_t) "13";
            break;
        case 12:
            content->registration_number = (char *)(uintptr_t) "埼玉県-000124";
            break;
        case 13:
            content->cause = (char *)(uintptr_t) "別の理由";
            break;
        case 14:
            content->card_attached = true;
            break;
        case 15:
            content->qualified_month = &month;
            break;
        default:
            break;
        }
        request.content = content;
        Sekisho__V1__UpdateApplicationResponse *answer =
            portal_call(fixture, "UpdateApplication", request, update_application_response);
        assert_non_null(answer);
        answer_free(answer);
        draft_render(&draft);
        char *end = strstr((char *)draft.text, "受付用の使い捨て番号");
        assert_non_null(end);
        *end = '\0'; /* the nonce is always another */
        assert_true(strlen((char *)draft.text) < sizeof texts[0]);
        memset(texts[count], 0, sizeof texts[count]);
        strcpy((char *)texts[count], (char *)draft.text);
        for (size_t i = 0; i < count; i++)
            if (strcmp((char *)texts[i], (char *)texts[count]) == 0)
                fail_msg("%u and %zu give one text", change, i);
        count++;
    }
}

static void refused_content(struct register_fixture *fixture, Sekisho__V1__ApplicationContent *content,
                            const char *reason)
{
    Sekisho__V1__CreateApplicationRequest request = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;

    request.parent = (char *)(uintptr_t)APPLICANT;
    request.content = content;
    portal_refused(fixture, "CreateApplication", request, reason);
}

static void test_F024_what_is_read_is_what_is_signed(void **state)
{
    static const char *const unseen[] = {
        "one line\nanother", "\xe2\x80\xae reversed", "zero\xe2\x80\x8bwidth", "\x7f", "\xe2\x80\xa8", "\xff\xfe",
    };

    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        Sekisho__V1__ApplicationContent *content = content_of(KIND(REISSUE));
        content->cause = (char *)(uintptr_t)unseen[i];
        refused_content(*state, content, "BAD_FIELD");
        content = content_of(KIND(REISSUE));
        content->person->address = (char *)(uintptr_t)unseen[i];
        refused_content(*state, content, "BAD_FIELD");
    }
}

/* No individual number gets into a text, in whatever way it is written. */
static void test_F076_INV03_twelve_digits_are_refused(void **state)
{
    static const char *const numbers[] = {
        "123456789018",
        "番号は1234 5678 9018です",
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "１２３４－５６７８－９０１８",
        "1234　5678　9018",
    };
    static const char *const others[] = {"12345678901", "1234567890123", "1-2-3 45 678号室",
                                         "2026年04月01日12時00分00秒"};
    struct register_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        Sekisho__V1__ApplicationContent *content = content_of(KIND(REISSUE));
        content->cause = (char *)(uintptr_t)numbers[i];
        refused_content(fixture, content, "TWELVE_DIGITS");
        content = content_of(KIND(REISSUE));
        content->person->name->text = (char *)(uintptr_t)numbers[i];
        refused_content(fixture, content, "TWELVE_DIGITS");
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        Sekisho__V1__CreateApplicationRequest request = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;
        request.parent = (char *)(uintptr_t)APPLICANT;
        request.content = content_of(KIND(REISSUE));
        request.content->cause = (char *)(uintptr_t)others[i];
        void *answer = portal_call(fixture, "CreateApplication", request, create_application_response);
        assert_non_null(answer);
        answer_free(answer);
    }
}

static void test_F023_kinds_and_content(void **state)
{
    Sekisho__V1__ApplicationContent *content = content_of(KIND(DEATH));

    refused_content(*state, content, "BAD_FIELD");
    content = content_of(KIND(NEW));
    content->registration_number = (char *)(uintptr_t) "埼玉県-000123";
    refused_content(*state, content, "BAD_FIELD");
    content = content_of(KIND(REISSUE));
    content->registration_number = (char *)(uintptr_t) "東京都-000123";
    refused_content(*state, content, "BAD_FIELD");
    content = content_of(KIND(NEW));
    content->person->birth_date->year = INT32_MAX;
    refused_content(*state, content, "BAD_FIELD");
    content = content_of(KIND(NEW));
    content->qualified_month->month = 13;
    refused_content(*state, content, "BAD_FIELD");
    content = content_of(KIND(NEW));
    content->person->sex = (Sekisho__V1__Sex)7;
    refused_content(*state, content, "BAD_FIELD");
    refused_content(*state, NULL, "MISSING_FIELD");
}

static void test_F023_an_incomplete_draft_is_not_rendered(void **state)
{
    Sekisho__V1__CreateApplicationRequest create = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;
    Sekisho__V1__RenderApplicationRequest render = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;
    static uint8_t blob[BLOB_LEN];

    create.parent = (char *)(uintptr_t)APPLICANT;
    create.content = content_of(KIND(NEW));
    create.content->route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_UNSPECIFIED;
    for (int i = 0; i < 3; i++) {
        Sekisho__V1__CreateApplicationResponse *answer =
            portal_call(*state, "CreateApplication", create, create_application_response);
        assert_non_null(answer);
        render.name = answer->status->name;
        render.number_blob = (ProtobufCBinaryData){BLOB_LEN, blob};
        portal_refused(*state, "RenderApplication", render, "INCOMPLETE");
        answer_free(answer);
        if (i == 0)
            create.content->person->name = NULL;
        else
            create.content->person = NULL;
    }
}

/* A card is issued again without any number (INV-02); all other kinds need one that is sealed. */
static void test_INV02_a_reissue_carries_no_number(void **state)
{
    Sekisho__V1__RenderApplicationRequest render = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;
    static uint8_t blob[BLOB_LEN + 1];
    struct draft draft;

    draft_create(*state, KIND(REISSUE), &draft);
    render.name = draft.name;
    render.number_blob = (ProtobufCBinaryData){BLOB_LEN, blob};
    portal_refused(*state, "RenderApplication", render, "BAD_FIELD");
    render.number_blob = (ProtobufCBinaryData){0};
    void *answer = portal_call(*state, "RenderApplication", render, render_application_response);
    assert_non_null(answer);
    answer_free(answer);
    draft_create(*state, KIND(DELETE), &draft);
    render.name = draft.name;
    portal_refused(*state, "RenderApplication", render, "BAD_FIELD");
    render.number_blob = (ProtobufCBinaryData){BLOB_LEN + 1, blob};
    portal_refused(*state, "RenderApplication", render, "BAD_FIELD");
}

/* Of another applicant's or another portal's application nothing is known. */
static void test_F051_applicants_and_portals_are_apart(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__GetApplicationStatusRequest get = SEKISHO__V1__GET_APPLICATION_STATUS_REQUEST__INIT;
    struct draft draft;
    char other[256];

    draft_create(fixture, KIND(NEW), &draft);
    get.name = other;
    snprintf(other, sizeof other, "prefectures/11/applicants/p-Taro%.100s", draft.name + strlen(APPLICANT));
    portal_refused(fixture, "GetApplicationStatus", get, "NOT_FOUND");
    register_fixture_caller(fixture, ROLE_SYS, "portal02");
    get.name = draft.name;
    portal_refused(fixture, "GetApplicationStatus", get, "NOT_FOUND");
    register_fixture_caller(fixture, ROLE_REC, "reception01");
    portal_refused(fixture, "GetApplicationStatus", get, "ROLE_NOT_PERMITTED");
}

static void test_F051_pseudonyms_are_no_numbers(void **state)
{
    static const char *const bad[] = {"prefectures/11/applicants/123456789018", "prefectures/11/applicants/",
                                      "prefectures/11/applicants/p/",           "prefectures/11/applicants/名",
                                      "prefectures/11/registrations/012345",    "prefectures/11"};
    Sekisho__V1__CreateApplicationRequest request = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        request.parent = (char *)(uintptr_t)bad[i];
        request.content = content_of(KIND(NEW));
        portal_refused(*state, "CreateApplication", request, "BAD_RESOURCE_NAME");
    }
}

/* What the portal gets back shows nothing of the content, and no message has a field for a number. */
static void test_F050_F052_INV03_no_answer_shows_content_or_number(void **state)
{
    static const char *const allowed[] = {
        "name",    "kind",        "state",           "signature_code", "reason",        "correction_deadline",
        "fee_yen", "fee_settled", "receive_time_us", "update_time_us", "portal_purged",
    };
    const ProtobufCMessageDescriptor *status = &sekisho__v1__application_status__descriptor;
    const ProtobufCServiceDescriptor *service = &sekisho__v1__portal_service__descriptor;

    (void)state;
    assert_int_equal(status->n_fields, sizeof allowed / sizeof allowed[0]);
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        assert_non_null(protobuf_c_message_descriptor_get_field_by_name(status, allowed[i]));
    for (unsigned i = 0; i < service->n_methods; i++) {
        const ProtobufCMessageDescriptor *answer = service->methods[i].output;
        for (unsigned j = 0; j < answer->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &answer->fields[j];
            if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->descriptor != status)
                assert_ptr_equal(field->descriptor, &sekisho__v1__submission_nonce__descriptor);
            assert_null(strstr(field->name, "number"));
            assert_null(strstr(field->name, "registration"));
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, portal_world_set_up, portal_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F023_F059_a_draft_is_written_and_rendered),
        TEST(test_F024_the_same_draft_gives_the_same_bytes),
        TEST(test_F024_every_item_is_in_the_text),
        TEST(test_F024_what_is_read_is_what_is_signed),
        TEST(test_F076_INV03_twelve_digits_are_refused),
        TEST(test_F023_kinds_and_content),
        TEST(test_F023_an_incomplete_draft_is_not_rendered),
        TEST(test_INV02_a_reissue_carries_no_number),
        TEST(test_F051_applicants_and_portals_are_apart),
        TEST(test_F051_pseudonyms_are_no_numbers),
        TEST(test_F050_F052_INV03_no_answer_shows_content_or_number),
    };

    return cmocka_run_group_tests_name("portal: drafts", tests, NULL, NULL);
}
