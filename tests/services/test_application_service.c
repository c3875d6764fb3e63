/* ApplicationService over a register of its own and a vault that the test plays: what happens between the two stores,
 * and what nobody may do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "fake_peer.h"
#include "register_fixture.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "server/services/services.h"

#define TEXT(text)   ((char *)(uintptr_t)(text))
#define SESSION      TEXT("prefectures/11/sessions/00000000000000000000000000000000")
#define KIND(kind)   SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define NUMBER(what) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##what
#define ONE_ITEM     (sizeof(struct call_head) + sizeof(struct call_item) + SEAL_TAG_LEN)

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

struct world {
    struct register_fixture *fixture;
    struct fake_peer *vault;
    char name[96]; /* of the application in work */
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    void *fixture;

    assert_int_equal(crypto_init(), 0);
    register_fixture_set_up(&fixture);
    world->fixture = fixture;
    world->vault = fake_peer_new(PEER_VAULT, &vault_link_options);
    world->fixture->front.vault = world->vault->link;
    assert_true(bulk_init(&world->fixture->front.bulk, world->vault->link));
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    void *fixture = world->fixture;

    bulk_destroy(&world->fixture->front.bulk);
    fake_peer_free(world->vault);
    register_fixture_tear_down(&fixture);
    free(world);
    return 0;
}

/* ---- calls ---- */

static int nothing(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context, (void)txn, (void)now_us;
    return 0;
}

/* Until the writer has done what the call has given it so far. */
static void drain(struct world *world)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(register_folder_write(&world->fixture->folder, nothing, NULL), 0);
}

static void ask(struct world *world, const char *method, const ProtobufCMessage *request)
{
    struct rpc_call *call = &world->fixture->call;

    *call = (struct rpc_call){.context = &world->fixture->front, .time_left_ms = INT64_MAX};
    for (size_t i = 0; i < application_method_count; i++)
        if (strcmp(application_methods[i].name, method) == 0)
            call->method = &application_methods[i];
    assert_non_null(call->method);
    call->method->on_message(call, request);
    drain(world);
}

static void refused(const struct world *world, const char *reason)
{
    assert_int_equal(world->fixture->call.finished, 1);
    assert_true(world->fixture->call.failed);
    assert_string_equal(world->fixture->call.error.reason, reason);
}

static ProtobufCMessage *answered(const struct world *world, const ProtobufCMessageDescriptor *type)
{
    const struct rpc_call *call = &world->fixture->call;

    assert_int_equal(call->finished, 1);
    if (call->failed)
        fail_msg("refused: %s %s", call->error.reason, call->error.field ? call->error.field : "");
    ProtobufCMessage *answer = protobuf_c_message_unpack(type, NULL, call->length, call->packed);
    assert_non_null(answer);
    return answer;
}

static void as_officer(struct world *world, uint16_t role, const char *account)
{
    register_fixture_caller(world->fixture, role, account);
}

/* What a sealed call looks like from outside: of one item. */
static Sekisho__V1__SealedCall sealed_call(void)
{
    static uint8_t ciphertext[ONE_ITEM];
    Sekisho__V1__SealedCall call = SEKISHO__V1__SEALED_CALL__INIT;

    call.session = SESSION;
    call.sequence = 1;
    call.ciphertext = (ProtobufCBinaryData){sizeof ciphertext, ciphertext};
    return call;
}

/* The vault has the call and answers it. */
static void vault_says(struct world *world, enum operation operation, enum outcome outcome, uint8_t reference)
{
    struct {
        struct session_call_reply head;
        uint8_t rest[sizeof(struct call_result_head) + sizeof(struct call_result_item) +
                     sizeof(struct call_detail_item) + SEAL_TAG_LEN];
    } body = {0};
    struct call_result_head clear = {.version = 1, .count = 1};
    struct call_result_item item = {.outcome = (uint8_t)outcome};
    struct session_call asked;
    struct frame_view request = fake_peer_request(world->vault, FRAME_SESSION_CALL);

    memcpy(&asked, request.body, sizeof asked);
    assert_int_equal(asked.operation, operation);
    memset(item.reference, reference, sizeof item.reference);
    body.head.clear_length = sizeof clear + sizeof item;
    body.head.sealed_length = sizeof(struct call_detail_item) + SEAL_TAG_LEN;
    memcpy(body.rest, &clear, sizeof clear);
    memcpy(body.rest + sizeof clear, &item, sizeof item);
    fake_peer_answer(world->vault, FRAME_SESSION_CALL_REPLY, request.header->seq, &body, sizeof body);
    drain(world);
}

static void vault_is_silent(struct world *world)
{
    (void)fake_peer_request(world->vault, FRAME_SESSION_CALL);
    link_expire(world->vault->link, link_now_ms() + vault_link_options.timeout_ms + 1);
    drain(world);
}

/* ---- an application ---- */

static void take_in(struct world *world, uint16_t role)
{
    Sekisho__V1__CreatePaperApplicationRequest request = SEKISHO__V1__CREATE_PAPER_APPLICATION_REQUEST__INIT;
    Sekisho__V1__Application application = SEKISHO__V1__APPLICATION__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Date birth = SEKISHO__V1__DATE__INIT, month = SEKISHO__V1__DATE__INIT;

    name.text = TEXT("関所　花子");
    birth.year = 1988, birth.month = 4, birth.day = 1;
    month.year = 2010, month.month = 3;
    person.name = &name;
    person.birth_date = &birth;
    person.honseki_prefecture = TEXT("11");
    application.kind = KIND(NEW);
    application.person = &person;
    application.route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    application.qualified_month = &month;
    request.parent = TEXT("prefectures/11");
    request.application = &application;
    as_officer(world, role, "reception01");
    ask(world, "CreatePaperApplication", &request.base);
    refused(world, "MISSING_FIELD"); /* 番号法16条: the identity document */
    request.identity_checked = true;
    ask(world, "CreatePaperApplication", &request.base);
    Sekisho__V1__CreatePaperApplicationResponse *response =
        (void *)answered(world, &sekisho__v1__create_paper_application_response__descriptor);
    assert_int_equal(response->application->state, STATE(RECEIVED));
    assert_int_equal(response->application->fee_yen, 4200);
    snprintf(world->name, sizeof world->name, "%s", response->application->name);
    sekisho__v1__create_paper_application_response__free_unpacked(response, NULL);
}

static Sekisho__V1__AcceptApplicationRequest acceptance(struct world *world, Sekisho__V1__SealedCall *call)
{
    Sekisho__V1__AcceptApplicationRequest request = SEKISHO__V1__ACCEPT_APPLICATION_REQUEST__INIT;

    request.name = world->name;
    request.documents_complete = true;
    request.call = call;
    as_officer(world, ROLE_REC, "reception01");
    return request;
}

static void accept_it(struct world *world)
{
    Sekisho__V1__SealedCall call = sealed_call();
    Sekisho__V1__AcceptApplicationRequest request = acceptance(world, &call);

    ask(world, "AcceptApplication", &request.base);
}

/* The application in work as an officer sees it now. */
static void expect(struct world *world, Sekisho__V1__ApplicationState state, Sekisho__V1__NumberState number,
                   const char *pending)
{
    Sekisho__V1__GetApplicationRequest request = SEKISHO__V1__GET_APPLICATION_REQUEST__INIT;

    request.name = world->name;
    as_officer(world, ROLE_REV, "reviewer01");
    ask(world, "GetApplication", &request.base);
    Sekisho__V1__GetApplicationResponse *response =
        (void *)answered(world, &sekisho__v1__get_application_response__descriptor);
    assert_int_equal(response->application->state, state);
    assert_int_equal(response->application->number_state, number);
    assert_string_equal(response->application->pending_number_action, pending);
    sekisho__v1__get_application_response__free_unpacked(response, NULL);
}

/* ---- acceptance ---- */

static void test_F061_acceptance_enrols_the_number_first(void **state)
{
    struct world *world = *state;

    take_in(world, ROLE_REC);
    accept_it(world);
    assert_int_equal(world->fixture->call.finished, 0); /* waits for the vault */
    vault_says(world, OPERATION_ENROLL, OUTCOME_DONE, 0x77);
    Sekisho__V1__AcceptApplicationResponse *response =
        (void *)answered(world, &sekisho__v1__accept_application_response__descriptor);
    assert_int_equal(response->application->state, STATE(ACCEPTED));
    assert_non_null(response->reply);
    assert_int_equal(response->reply->sequence, 1);
    sekisho__v1__accept_application_response__free_unpacked(response, NULL);
    expect(world, STATE(ACCEPTED), NUMBER(PROVISIONAL), "");
}

static void test_F061_a_refused_number_leaves_the_application_as_it_was(void **state)
{
    struct world *world = *state;

    take_in(world, ROLE_REC);
    accept_it(world);
    vault_says(world, OPERATION_ENROLL, OUTCOME_REFUSED, 0);
    expect(world, STATE(RECEIVED), NUMBER(INVALID), "");
}

/* A second try after a lost answer: its refusal says nothing of what the first has done. */
static void test_F083_a_refusal_after_a_lost_answer_strikes_nothing_out(void **state)
{
    struct world *world = *state;

    take_in(world, ROLE_REC);
    accept_it(world);
    vault_is_silent(world);
    refused(world, "VAULT_UNAVAILABLE");
    expect(world, STATE(RECEIVED), NUMBER(MISSING), "ENROLL");
    fake_peer_free(world->vault); /* the vault is started again */
    bulk_destroy(&world->fixture->front.bulk);
    world->vault = fake_peer_new(PEER_VAULT, &vault_link_options);
    world->fixture->front.vault = world->vault->link;
    assert_true(bulk_init(&world->fixture->front.bulk, world->vault->link));
    accept_it(world);
    vault_says(world, OPERATION_ENROLL, OUTCOME_REFUSED, 0);
    expect(world, STATE(RECEIVED), NUMBER(MISSING), "ENROLL");
    accept_it(world);
    vault_says(world, OPERATION_ENROLL, OUTCOME_DONE, 0x77);
    expect(world, STATE(ACCEPTED), NUMBER(PROVISIONAL), "");
}

static void test_F083_a_withdrawal_overtakes_an_enrolment_in_flight(void **state)
{
    struct world *world = *state;
    Sekisho__V1__WithdrawApplicationRequest request = SEKISHO__V1__WITHDRAW_APPLICATION_REQUEST__INIT;
    static struct rpc_call second; /* the first waits in the fixture's */

    take_in(world, ROLE_REC);
    accept_it(world); /* not answered yet */
    request.name = world->name;
    as_officer(world, ROLE_REC, "reception02");
    second = (struct rpc_call){.context = &world->fixture->front, .time_left_ms = INT64_MAX};
    for (size_t i = 0; i < application_method_count; i++)
        if (strcmp(application_methods[i].name, "WithdrawApplication") == 0)
            second.method = &application_methods[i];
    second.method->on_message(&second, &request.base);
    drain(world);
    assert_int_equal(second.finished, 1);
    assert_false(second.failed);
    vault_says(world, OPERATION_ENROLL, OUTCOME_DONE, 0x77);
    assert_int_equal(world->fixture->call.finished, 1);
    expect(world, STATE(WITHDRAWN), NUMBER(PROVISIONAL), "RELEASE"); /* known now, and to be forgotten */
}

/* Two officers at once: one accepts, the other has what is pending released. The vault answers in the order it was
 * asked. */
static void test_F083_a_release_overtakes_an_enrolment_in_flight(void **state)
{
    struct world *world = *state;
    Sekisho__V1__ResolveNumberActionRequest request = SEKISHO__V1__RESOLVE_NUMBER_ACTION_REQUEST__INIT;
    Sekisho__V1__SealedCall call = sealed_call();
    static struct rpc_call second; /* the first waits in the fixture's */

    take_in(world, ROLE_REC);
    accept_it(world);
    request.name = world->name;
    request.action = TEXT("RELEASE");
    request.call = &call;
    as_officer(world, ROLE_REV, "reviewer01");
    second = (struct rpc_call){.context = &world->fixture->front, .time_left_ms = INT64_MAX};
    for (size_t i = 0; i < application_method_count; i++)
        if (strcmp(application_methods[i].name, "ResolveNumberAction") == 0)
            second.method = &application_methods[i];
    second.method->on_message(&second, &request.base);
    drain(world);
    vault_says(world, OPERATION_ENROLL, OUTCOME_DONE, 0x77);
    assert_int_equal(world->fixture->call.finished, 1);
    vault_says(world, OPERATION_RELEASE, OUTCOME_DONE, 0);
    assert_int_equal(second.finished, 1);
    assert_false(second.failed);
    expect(world, STATE(RECEIVED), NUMBER(RELEASED), "");
}

static void test_F022_a_sealed_call_is_the_callers_own_and_of_one_item(void **state)
{
    struct world *world = *state;
    Sekisho__V1__SealedCall call = sealed_call();
    Sekisho__V1__AcceptApplicationRequest request;
    static uint8_t two_items[ONE_ITEM + sizeof(struct call_item)];

    take_in(world, ROLE_REC);
    request = acceptance(world, &call);
    call.session = TEXT("prefectures/11/sessions/00000000000000000000000000000001");
    ask(world, "AcceptApplication", &request.base);
    refused(world, "BAD_FIELD");
    call = sealed_call();
    call.ciphertext = (ProtobufCBinaryData){sizeof two_items, two_items};
    ask(world, "AcceptApplication", &request.base);
    refused(world, "BAD_FIELD");
    request.call = NULL;
    ask(world, "AcceptApplication", &request.base);
    refused(world, "MISSING_FIELD");
    call = sealed_call();
    request.call = &call;
    request.validate_only = true;
    ask(world, "AcceptApplication", &request.base);
    assert_false(world->fixture->call.failed);
    link_flush(world->vault->link);
    fake_peer_expect_none(world->vault);
    expect(world, STATE(RECEIVED), NUMBER(MISSING), "");
}

/* ---- who sees what ---- */

static void test_INV12_INV21_another_prefecture_and_the_centre(void **state)
{
    struct world *world = *state;
    Sekisho__V1__GetApplicationRequest request = SEKISHO__V1__GET_APPLICATION_REQUEST__INIT;
    char name[96];

    take_in(world, ROLE_CEN);
    memcpy(name, world->name, sizeof name);
    request.name = name;
    as_officer(world, ROLE_CEN, "centre01");
    ask(world, "GetApplication", &request.base);
    Sekisho__V1__GetApplicationResponse *response =
        (void *)answered(world, &sekisho__v1__get_application_response__descriptor);
    assert_int_equal(response->application->channel,
                     SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PAPER_CENTRE);
    sekisho__v1__get_application_response__free_unpacked(response, NULL);
    memcpy(name, "prefectures/13", 14);
    ask(world, "GetApplication", &request.base);
    refused(world, "NOT_FOUND");
}

static void test_F071_another_version_than_the_officer_saw_is_refused(void **state)
{
    struct world *world = *state;
    Sekisho__V1__CancelApplicationRequest request = SEKISHO__V1__CANCEL_APPLICATION_REQUEST__INIT;

    take_in(world, ROLE_REC);
    request.name = world->name;
    request.etag = TEXT("W/\"99\"");
    request.reason = TEXT("重複");
    as_officer(world, ROLE_REV, "reviewer01");
    ask(world, "CancelApplication", &request.base);
    refused(world, "CHANGED_MEANWHILE");
    request.etag = TEXT("");
    request.reason = TEXT("");
    ask(world, "CancelApplication", &request.base);
    refused(world, "MISSING_FIELD"); /* 児福規6条の32②: never without a reason */
    request.reason = TEXT("重複");
    ask(world, "CancelApplication", &request.base);
    expect(world, STATE(CANCELLED), NUMBER(MISSING), "");
    request.reason = TEXT("再度");
    ask(world, "CancelApplication", &request.base);
    refused(world, "WRONG_STATE");
}

/* ---- lists ---- */

static size_t listed(struct world *world, Sekisho__V1__ListApplicationsRequest *request, char token[1024])
{
    ask(world, "ListApplications", &request->base);
    Sekisho__V1__ListApplicationsResponse *response =
        (void *)answered(world, &sekisho__v1__list_applications_response__descriptor);
    size_t count = response->n_applications;
    snprintf(token, 1024, "%s", response->next_page_token);
    sekisho__v1__list_applications_response__free_unpacked(response, NULL);
    return count;
}

static void test_F070_F071_lists_in_pages_with_filters(void **state)
{
    struct world *world = *state;
    Sekisho__V1__ListApplicationsRequest request = SEKISHO__V1__LIST_APPLICATIONS_REQUEST__INIT;
    static char token[1024];

    for (int i = 0; i < 5; i++)
        take_in(world, ROLE_REC);
    as_officer(world, ROLE_REV, "reviewer01");
    request.parent = TEXT("prefectures/11");
    request.page_size = 3;
    assert_int_equal(listed(world, &request, token), 3);
    assert_int_not_equal(token[0], '\0');
    request.page_token = token;
    assert_int_equal(listed(world, &request, token), 2);
    assert_string_equal(token, "");
    request.page_token = TEXT("");
    request.state = STATE(ACCEPTED);
    assert_int_equal(listed(world, &request, token), 0);
    request.state = STATE(RECEIVED);
    request.kind = KIND(NEW);
    request.page_size = 0;
    assert_int_equal(listed(world, &request, token), 5);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F061_acceptance_enrols_the_number_first),
        TEST(test_F061_a_refused_number_leaves_the_application_as_it_was),
        TEST(test_F083_a_refusal_after_a_lost_answer_strikes_nothing_out),
        TEST(test_F083_a_withdrawal_overtakes_an_enrolment_in_flight),
        TEST(test_F083_a_release_overtakes_an_enrolment_in_flight),
        TEST(test_F022_a_sealed_call_is_the_callers_own_and_of_one_item),
        TEST(test_INV12_INV21_another_prefecture_and_the_centre),
        TEST(test_F071_another_version_than_the_officer_saw_is_refused),
        TEST(test_F070_F071_lists_in_pages_with_filters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
