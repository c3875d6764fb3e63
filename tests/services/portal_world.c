#include "portal_world.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int portal_world_set_up(void **state)
{
    world_received = time(NULL);
    if (!world.trust && world_make(NULL) != 0)
        return -1;
    if (register_fixture_set_up(state) != 0)
        return -1;
    struct register_fixture *fixture = *state;
    fixture->front.card = world.trust;
    register_fixture_caller(fixture, ROLE_SYS, "portal01");
    return 0;
}

int portal_world_tear_down(void **state)
{
    return register_fixture_tear_down(state);
}

void answer_free(void *message)
{
    protobuf_c_message_free_unpacked(message, NULL);
}

Sekisho__V1__ApplicationContent *content_of(Sekisho__V1__ApplicationKind kind)
{
    static Sekisho__V1__Name name;
    static Sekisho__V1__Date birth, month;
    static Sekisho__V1__Person person;
    static Sekisho__V1__ApplicationContent content;

    sekisho__v1__name__init(&name);
    sekisho__v1__date__init(&birth);
    sekisho__v1__date__init(&month);
    sekisho__v1__person__init(&person);
    sekisho__v1__application_content__init(&content);
    name.text = (char *)(uintptr_t)world_applicant.name;
    birth.year = world_applicant.birth.year;
    birth.month = world_applicant.birth.month;
    birth.day = world_applicant.birth.day;
    person.name = &name;
    person.kana = (char *)(uintptr_t) "ウラワ　ハナコ";
    person.birth_date = &birth;
    person.sex = SEKISHO__V1__SEX__SEX_FEMALE;
    person.address = (char *)(uintptr_t)world_applicant.address;
    person.honseki_prefecture = (char *)(uintptr_t) "11";
    content.kind = kind;
    content.person = &person;
    if (kind == KIND(NEW)) {
        month.year = 2023;
        month.month = 3;
        content.qualified_month = &month;
        content.route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
        content.no_disqualification_declared = true;
    } else {
        content.registration_number = (char *)(uintptr_t) "埼玉県-000123";
        content.cause = (char *)(uintptr_t) "氏名の変更のため";
    }
    return &content;
}

void draft_create(struct register_fixture *fixture, Sekisho__V1__ApplicationKind kind, struct draft *draft)
{
    Sekisho__V1__CreateApplicationRequest request = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;

    *draft = (struct draft){.fixture = fixture};
    request.parent = (char *)(uintptr_t)APPLICANT;
    request.content = content_of(kind);
    Sekisho__V1__CreateApplicationResponse *answer =
        portal_call(fixture, "CreateApplication", request, create_application_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(DRAFT));
    assert_int_equal(answer->nonce->nonce.len, sizeof draft->nonce);
    memcpy(draft->nonce, answer->nonce->nonce.data, sizeof draft->nonce);
    snprintf(draft->name, sizeof draft->name, "%s", answer->status->name);
    snprintf(draft->application, sizeof draft->application, "%s", answer->application);
    answer_free(answer);
}

void draft_render(struct draft *draft)
{
    static const uint8_t blob[BLOB_LEN] = "sealed by the applicant's client";

    draft_render_with(draft, blob);
}

void draft_render_with(struct draft *draft, const uint8_t blob[BLOB_LEN])
{
    Sekisho__V1__RenderApplicationRequest request = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;

    request.name = draft->name;
    request.number_blob = (ProtobufCBinaryData){BLOB_LEN, (uint8_t *)(uintptr_t)blob};
    Sekisho__V1__RenderApplicationResponse *answer =
        portal_call(draft->fixture, "RenderApplication", request, render_application_response);
    assert_non_null(answer);
    assert_true(answer->content.len < sizeof draft->text);
    memcpy(draft->text, answer->content.data, answer->content.len);
    draft->text[answer->content.len] = '\0';
    draft->length = answer->content.len;
    memcpy(draft->hash, answer->content_sha256.data, sizeof draft->hash);
    answer_free(answer);
}

static Sekisho__V1__SubmitApplicationResponse *submit(struct draft *draft, const struct jpki_leaf_spec *spec)
{
    Sekisho__V1__SubmitApplicationRequest request = SEKISHO__V1__SUBMIT_APPLICATION_REQUEST__INIT;
    struct jpki_leaf_spec good = world_leaf();
    X509 *leaf = jpki_leaf(spec ? spec : &good);
    size_t length;
    uint8_t *cms = jpki_sign_cms(draft->text, draft->length, leaf, world.card, NULL, &length);

    assert_non_null(cms);
    request.name = draft->name;
    request.cms = (ProtobufCBinaryData){length, cms};
    Sekisho__V1__SubmitApplicationResponse *answer =
        portal_call(draft->fixture, "SubmitApplication", request, submit_application_response);
    OPENSSL_free(cms);
    X509_free(leaf);
    return answer;
}

Sekisho__V1__ApplicationState draft_submit(struct draft *draft, const struct jpki_leaf_spec *spec)
{
    Sekisho__V1__SubmitApplicationResponse *answer = submit(draft, spec);

    assert_non_null(answer);
    Sekisho__V1__ApplicationState state = answer->status->state;
    answer_free(answer);
    return state;
}

void draft_submit_refused(struct draft *draft, const char *reason)
{
    assert_null(submit(draft, NULL));
    assert_string_equal(draft->fixture->call.error.reason, reason);
}

static Sekisho__V1__GetApplicationStatusResponse *status(struct draft *draft)
{
    Sekisho__V1__GetApplicationStatusRequest request = SEKISHO__V1__GET_APPLICATION_STATUS_REQUEST__INIT;

    request.name = draft->name;
    Sekisho__V1__GetApplicationStatusResponse *answer =
        portal_call(draft->fixture, "GetApplicationStatus", request, get_application_status_response);
    assert_non_null(answer);
    return answer;
}

Sekisho__V1__ApplicationState draft_state(struct draft *draft)
{
    Sekisho__V1__GetApplicationStatusResponse *answer = status(draft);
    Sekisho__V1__ApplicationState state = answer->status->state;

    answer_free(answer);
    return state;
}

const char *draft_code(struct draft *draft)
{
    static char code[64];
    Sekisho__V1__GetApplicationStatusResponse *answer = status(draft);

    snprintf(code, sizeof code, "%s", answer->status->signature_code);
    answer_free(answer);
    return code;
}
