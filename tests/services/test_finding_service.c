/* Findings of the periodic inquiry by their calls: candidates that change no entry (F006, F009, F077, INV-15). */
#include "disposition_desk.h"

#include <string.h>

#include "server/findings/finding.h"

#define FOUND_AS(name) SEKISHO__V1__FINDING_STATE__FINDING_STATE_##name
#define CLASS(name)    SEKISHO__V1__FINDING_CLASS__FINDING_CLASS_##name
#define ITEM(name)     SEKISHO__V1__FINDING_ITEM__FINDING_ITEM_##name
#define APPLICATION    "prefectures/11/applications/0123456789abcdef0123456789abcdef"
#define FREE(message)  protobuf_c_message_free_unpacked(&(message)->base, NULL)
#define ROWS_MAX       8
#define STATES_MAX     6
#define FINDING(fixture, name, request, type)                                                                          \
    ((void *)register_fixture_call(fixture, finding_methods, finding_method_count, name, &(request).base,              \
                                   &sekisho__v1__##type##_response__descriptor))
#define FINDING_REFUSED(fixture, name, request, reason)                                                                \
    register_fixture_refused(fixture, finding_methods, finding_method_count, name, &(request).base, reason)

/* A request of so many rows about the registrant, by the terminal of the resident network. */
struct rows {
    Sekisho__V1__RecordFindingsRequest request;
    finding row[ROWS_MAX], *rows[ROWS_MAX];
    Sekisho__V1__FindingItem name[1];
};

static void rows_of(struct register_fixture *fixture, size_t count, struct rows *rows)
{
    rows->request = (Sekisho__V1__RecordFindingsRequest)SEKISHO__V1__RECORD_FINDINGS_REQUEST__INIT;
    rows->name[0] = ITEM(NAME);
    for (size_t i = 0; i < count; i++) {
        rows->rows[i] = &rows->row[i];
        sekisho__v1__finding__init(&rows->row[i]);
        rows->row[i].registration = REGISTRANT;
        rows->row[i].finding_class = CLASS(NAME_CHANGED);
        rows->row[i].n_differing_items = 1;
        rows->row[i].differing_items = rows->name;
    }
    rows->request.parent = PREFECTURE;
    rows->request.run = TEXT("2026-11");
    rows->request.source = SEKISHO__V1__FINDING_SOURCE__FINDING_SOURCE_RESIDENT_NETWORK;
    rows->request.n_findings = count;
    rows->request.findings = rows->rows;
    register_fixture_caller(fixture, ROLE_JUK, "terminal");
}

static void record(struct register_fixture *fixture, size_t count)
{
    struct rows rows;

    rows_of(fixture, count, &rows);
    Sekisho__V1__RecordFindingsResponse *made = FINDING(fixture, "RecordFindings", rows.request, record_findings);
    assert_non_null(made);
    assert_int_equal(made->n_findings, count);
    FREE(made);
}

static Sekisho__V1__ReviewFindingResponse *take(struct register_fixture *fixture, const char *name)
{
    Sekisho__V1__ReviewFindingRequest request = SEKISHO__V1__REVIEW_FINDING_REQUEST__INIT;

    request.name = TEXT(name);
    request.etag = TEXT("W/\"1\"");
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    return FINDING(fixture, "ReviewFinding", request, review_finding);
}

/* Of a finding in review. */
static Sekisho__V1__DecideFindingRequest end_of(const char *name, Sekisho__V1__FindingState state)
{
    Sekisho__V1__DecideFindingRequest request = SEKISHO__V1__DECIDE_FINDING_REQUEST__INIT;

    request.name = TEXT(name);
    request.etag = TEXT("W/\"2\"");
    request.state = state;
    return request;
}

static Sekisho__V1__DecideFindingRequest in_review(struct register_fixture *fixture, const char *name)
{
    Sekisho__V1__ReviewFindingResponse *taken = take(fixture, name);

    assert_non_null(taken);
    FREE(taken);
    return end_of(name, FOUND_AS(APPLIED));
}

static void applied(struct register_fixture *fixture, Sekisho__V1__DecideFindingRequest request)
{
    Sekisho__V1__DecideFindingResponse *ended = FINDING(fixture, "DecideFinding", request, decide_finding);

    assert_non_null(ended);
    assert_int_equal(ended->finding->state, FOUND_AS(APPLIED));
    assert_string_equal(ended->finding->decision, request.decision);
    FREE(ended);
}

static int64_t version_now(struct register_fixture *fixture)
{
    struct call_arena memory = {0};
    int64_t version = entry_now(fixture, &memory)->registration->version;

    call_arena_free(&memory);
    return version;
}

/* ---- what changes the register ---- */

static void correct(struct register_fixture *fixture)
{
    struct call_arena memory = {0};
    Sekisho__V1__CorrectRegistrationRequest request = SEKISHO__V1__CORRECT_REGISTRATION_REQUEST__INIT;
    char *fields[] = {TEXT("person.name"), TEXT("route"), TEXT("qualified_month")};
    Sekisho__V1__Date month = date_of(20200300);

    request.registration = entry_now(fixture, &memory)->registration;
    request.registration->person->name->text = TEXT("髙橋　花子");
    request.registration->route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    request.registration->qualified_month = &month;
    request.fields = fields;
    request.n_fields = sizeof fields / sizeof fields[0];
    request.reason = TEXT("照会の結果を確認した");
    register_fixture_caller(fixture, ROLE_APR, "approver");
    ProtobufCMessage *answer =
        register_fixture_call(fixture, register_methods, register_method_count, "CorrectRegistration", &request.base,
                              &sekisho__v1__correct_registration_response__descriptor);
    assert_non_null(answer);
    protobuf_c_message_free_unpacked(answer, NULL);
    call_arena_free(&memory);
}

/* A version as a completed application makes it; without an account, as the calendar does. */
struct made {
    struct register_fixture *fixture;
    const char *account;
};

static int make_version(void *context, MDB_txn *txn, int64_t now_us)
{
    const struct made *made = context;
    struct reg *reg = &made->fixture->folder.reg;
    struct call_arena memory = {0};
    ProtobufCAllocator arena = call_arena_allocator(&memory);
    stored_entry *entry;
    int rc = entry_get(reg, txn, 1, &arena, &entry);

    if (rc == 0) {
        const struct entry_decision by = {.account = made->account,
                                          .decision = APPLICATION,
                                          .reason = "",
                                          .valid_from = entry->registration->registration_date};
        rc = entry_change(reg, txn, now_us, &by, &arena, entry);
    }
    call_arena_free(&memory);
    return rc;
}

static void change_by_application(struct register_fixture *fixture, const char *account)
{
    struct made made = {fixture, account};

    assert_int_equal(register_folder_write(&fixture->folder, make_version, &made), 0);
}

static void test_F006_F077_INV15_a_finding_changes_no_entry_a_correction_does(void **state)
{
    struct register_fixture *fixture = *state;
    struct call_arena memory = {0};

    record(fixture, 1);
    assert_int_equal(version_now(fixture), 1);
    Sekisho__V1__DecideFindingRequest request = in_review(fixture, "prefectures/11/findings/1");
    assert_int_equal(version_now(fixture), 1);
    request.decision = TEXT("prefectures/11/registrations/000001/revisions/1"); /* from before the finding */
    FINDING_REFUSED(fixture, "DecideFinding", request, "NOT_DECIDED");
    request.decision = TEXT("prefectures/11/registrations/000001/revisions/2");
    FINDING_REFUSED(fixture, "DecideFinding", request, "NOT_DECIDED");
    assert_int_equal(version_now(fixture), 1);
    assert_string_equal(entry_now(fixture, &memory)->registration->person->name->text, "埼玉　花子");
    correct(fixture);
    assert_int_equal(version_now(fixture), 2);
    applied(fixture, request);
    assert_int_equal(version_now(fixture), 2);
    call_arena_free(&memory);
}

static void test_F006_F009_INV15_a_death_is_applied_by_an_approved_disposition(void **state)
{
    struct register_fixture *fixture = *state;

    record(fixture, 1);
    Sekisho__V1__DecideFindingRequest request = in_review(fixture, "prefectures/11/findings/1");
    Sekisho__V1__ProposeDispositionResponse *proposed = propose(fixture, erasure());
    request.decision = proposed->disposition->name;
    FINDING_REFUSED(fixture, "DecideFinding", request, "NOT_DECIDED"); /* only proposed */
    assert_int_equal(state_now(fixture), STATE(REGISTERED));
    Sekisho__V1__ApproveDispositionRequest approval = approval_of(proposed->disposition);
    register_fixture_caller(fixture, ROLE_APR, "approver");
    done((void *)CALL(fixture, "ApproveDisposition", approval, approve_disposition));
    assert_int_equal(state_now(fixture), STATE(ERASED));
    applied(fixture, request);
    record(fixture, 1);
    Sekisho__V1__DecideFindingRequest late = in_review(fixture, "prefectures/11/findings/2");
    late.decision = request.decision;
    FINDING_REFUSED(fixture, "DecideFinding", late, "NOT_DECIDED"); /* made before this finding */
    FREE(proposed);
}

static void test_F006_INV15_an_application_applies_it_the_calendar_does_not(void **state)
{
    struct register_fixture *fixture = *state;

    record(fixture, 1);
    Sekisho__V1__DecideFindingRequest request = in_review(fixture, "prefectures/11/findings/1");
    request.decision = TEXT(APPLICATION);
    change_by_application(fixture, "");
    FINDING_REFUSED(fixture, "DecideFinding", request, "NOT_DECIDED");
    change_by_application(fixture, "approver");
    applied(fixture, request);
    assert_int_equal(version_now(fixture), 3);
}

/* ---- recording ---- */

static size_t listed(struct register_fixture *fixture, Sekisho__V1__FindingState state)
{
    Sekisho__V1__ListFindingsRequest request = SEKISHO__V1__LIST_FINDINGS_REQUEST__INIT;

    request.parent = PREFECTURE;
    request.state = state;
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    Sekisho__V1__ListFindingsResponse *answer = FINDING(fixture, "ListFindings", request, list_findings);
    assert_non_null(answer);
    size_t count = answer->n_findings;
    FREE(answer);
    return count;
}

static void test_F006_an_unknown_registration_is_named_and_nothing_recorded(void **state)
{
    static const struct {
        const char *registration, *reason;
    } wrong[] = {{"prefectures/11/registrations/000002", "NOT_FOUND"},
                 {"prefectures/13/registrations/000001", "NOT_FOUND"}, /* INV-12 */
                 {"prefectures/11/registrations/000001/revisions/1", "BAD_RESOURCE_NAME"},
                 {"", "BAD_RESOURCE_NAME"}};
    struct register_fixture *fixture = *state;
    struct rows rows;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        rows_of(fixture, 3, &rows);
        rows.row[1].registration = TEXT(wrong[i].registration);
        FINDING_REFUSED(fixture, "RecordFindings", rows.request, wrong[i].reason);
        assert_string_equal(fixture->call.error.field, "findings[1].registration");
    }
    assert_int_equal(listed(fixture, FOUND_AS(UNSPECIFIED)), 0);
}

static void test_F006_a_repeated_call_records_once(void **state)
{
    struct register_fixture *fixture = *state;
    struct rows rows;

    for (int i = 0; i < 2; i++) {
        rows_of(fixture, 2, &rows);
        rows.request.request_id = TEXT("00112233445566778899aabbccddeeff");
        Sekisho__V1__RecordFindingsResponse *made = FINDING(fixture, "RecordFindings", rows.request, record_findings);
        assert_string_equal(made->findings[1]->name, "prefectures/11/findings/2");
        assert_string_equal(made->findings[1]->recorded_by, "terminal");
        assert_string_equal(made->findings[1]->run, "2026-11");
        assert_int_equal(made->findings[1]->registration_version, 1);
        FREE(made);
    }
    rows.request.run = TEXT("2026-12");
    FINDING_REFUSED(fixture, "RecordFindings", rows.request, "REQUEST_REUSED");
    assert_int_equal(listed(fixture, FOUND_AS(FOUND)), 2);
}

static void items_refused(struct register_fixture *fixture, Sekisho__V1__FindingClass class,
                          Sekisho__V1__FindingItem *items, size_t count)
{
    struct rows rows;

    rows_of(fixture, 1, &rows);
    rows.row[0].finding_class = class;
    rows.row[0].differing_items = items;
    rows.row[0].n_differing_items = count;
    FINDING_REFUSED(fixture, "RecordFindings", rows.request, "BAD_FIELD");
}

/* Items are named from a closed list; a finding has no room for a person's values. */
static void test_F006_a_finding_names_items_and_holds_no_values(void **state)
{
    static const char *const texts[] = {"name",     "etag",    "run",      "registration", "recorded_by",
                                        "reviewer", "decider", "decision", "reason",       "notice_reference"};
    const ProtobufCMessageDescriptor *type = &sekisho__v1__finding__descriptor;
    Sekisho__V1__FindingItem items[] = {ITEM(NAME), ITEM(NAME), ITEM(NATIONALITY) + 1, 0};
    struct register_fixture *fixture = *state;

    for (unsigned i = 0; i < type->n_fields; i++) {
        bool listed_text = false;
        assert_int_not_equal(type->fields[i].type, PROTOBUF_C_TYPE_MESSAGE);
        assert_int_not_equal(type->fields[i].type, PROTOBUF_C_TYPE_BYTES);
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++)
            listed_text = listed_text || strcmp(type->fields[i].name, texts[j]) == 0;
        assert_true(type->fields[i].type != PROTOBUF_C_TYPE_STRING || listed_text);
    }
    items_refused(fixture, CLASS(NAME_CHANGED), items, 0);
    items_refused(fixture, CLASS(NAME_CHANGED), items, 2);
    items_refused(fixture, CLASS(NAME_CHANGED), items + 2, 1);
    items_refused(fixture, CLASS(NAME_CHANGED), items + 3, 1);
    items_refused(fixture, CLASS(DEATH), items, 1);
    items_refused(fixture, CLASS(UNSPECIFIED), items, 1);
    items_refused(fixture, CLASS(NOT_FOUND) + 1, items, 1);
}

/* ---- states ---- */

static void test_F006_states_follow_the_table(void **state)
{
    size_t ways = 0;

    (void)state;
    for (int from = 0; from < STATES_MAX; from++)
        for (int to = 0; to < STATES_MAX; to++)
            ways += finding_may_go(from, to);
    assert_int_equal(ways, 4);
    assert_true(finding_may_go(FOUND_AS(FOUND), FOUND_AS(REVIEW)));
    for (int end = FOUND_AS(APPLIED); end <= FOUND_AS(APPLICATION_NEEDED); end++)
        assert_true(finding_may_go(FOUND_AS(REVIEW), end));
}

static void test_F006_a_review_ends_with_a_reason_or_a_notice(void **state)
{
    struct register_fixture *fixture = *state;

    record(fixture, 2);
    Sekisho__V1__DecideFindingRequest request = end_of("prefectures/11/findings/1", FOUND_AS(DISMISSED));
    request.etag = TEXT("W/\"1\"");
    request.reason = TEXT("表記の揺れであり、変更はない");
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    FINDING_REFUSED(fixture, "DecideFinding", request, "WRONG_STATE"); /* nobody has taken it */
    in_review(fixture, "prefectures/11/findings/1");
    FINDING_REFUSED(fixture, "DecideFinding", request, "CHANGED_MEANWHILE");
    request = end_of("prefectures/11/findings/1", FOUND_AS(DISMISSED));
    FINDING_REFUSED(fixture, "DecideFinding", request, "BAD_FIELD");
    request.state = FOUND_AS(REVIEW);
    FINDING_REFUSED(fixture, "DecideFinding", request, "BAD_FIELD");
    request.state = FOUND_AS(DISMISSED);
    request.reason = TEXT("表記の揺れであり、変更はない");
    request.decision = TEXT(APPLICATION);
    FINDING_REFUSED(fixture, "DecideFinding", request, "BAD_FIELD"); /* another end's item */
    request.decision = TEXT("");
    Sekisho__V1__DecideFindingResponse *dismissed = FINDING(fixture, "DecideFinding", request, decide_finding);
    assert_int_equal(dismissed->finding->state, FOUND_AS(DISMISSED));
    assert_string_equal(dismissed->finding->reviewer, "reviewer");
    request.etag = dismissed->finding->etag;
    FINDING_REFUSED(fixture, "DecideFinding", request, "WRONG_STATE");
    request = in_review(fixture, "prefectures/11/findings/2");
    request.state = FOUND_AS(APPLICATION_NEEDED);
    FINDING_REFUSED(fixture, "DecideFinding", request, "BAD_FIELD");
    request.notice_reference = TEXT("少政第7号");
    Sekisho__V1__DecideFindingResponse *needed = FINDING(fixture, "DecideFinding", request, decide_finding);
    assert_int_equal(needed->finding->state, FOUND_AS(APPLICATION_NEEDED));
    assert_int_equal(version_now(fixture), 1);
    FREE(dismissed);
    FREE(needed);
}

static void test_F077_findings_are_listed_by_state_in_pages(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__ListFindingsRequest request = SEKISHO__V1__LIST_FINDINGS_REQUEST__INIT;

    record(fixture, 5);
    in_review(fixture, "prefectures/11/findings/2");
    assert_int_equal(listed(fixture, FOUND_AS(UNSPECIFIED)), 5);
    assert_int_equal(listed(fixture, FOUND_AS(REVIEW)), 1);
    request.parent = PREFECTURE;
    request.state = FOUND_AS(FOUND);
    request.page_size = 2;
    Sekisho__V1__ListFindingsResponse *first = FINDING(fixture, "ListFindings", request, list_findings);
    request.page_token = first->next_page_token;
    Sekisho__V1__ListFindingsResponse *second = FINDING(fixture, "ListFindings", request, list_findings);
    assert_int_equal(first->n_findings, 2);
    assert_string_equal(first->findings[1]->name, "prefectures/11/findings/3");
    assert_string_equal(second->findings[0]->name, "prefectures/11/findings/4");
    request.state = FOUND_AS(UNSPECIFIED);
    FINDING_REFUSED(fixture, "ListFindings", request, "BAD_PAGE");
    FREE(first);
    FREE(second);
}

static void test_F006_the_terminal_records_and_officers_decide(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__GetFindingRequest get = SEKISHO__V1__GET_FINDING_REQUEST__INIT;
    struct rows rows;

    record(fixture, 1);
    get.name = TEXT("prefectures/11/findings/1");
    FINDING_REFUSED(fixture, "GetFinding", get, "ROLE_NOT_PERMITTED");
    rows_of(fixture, 1, &rows);
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    FINDING_REFUSED(fixture, "RecordFindings", rows.request, "ROLE_NOT_PERMITTED");
    Sekisho__V1__GetFindingResponse *got = FINDING(fixture, "GetFinding", get, get_finding);
    assert_int_equal(got->finding->differing_items[0], ITEM(NAME));
    assert_int_equal(got->finding->finding_class, CLASS(NAME_CHANGED));
    FREE(got);
    get.name = TEXT("prefectures/11/findings/2");
    FINDING_REFUSED(fixture, "GetFinding", get, "NOT_FOUND");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, disposition_desk_set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F006_F077_INV15_a_finding_changes_no_entry_a_correction_does),
        TEST(test_F006_F009_INV15_a_death_is_applied_by_an_approved_disposition),
        TEST(test_F006_INV15_an_application_applies_it_the_calendar_does_not),
        TEST(test_F006_an_unknown_registration_is_named_and_nothing_recorded),
        TEST(test_F006_a_repeated_call_records_once),
        TEST(test_F006_a_finding_names_items_and_holds_no_values),
        TEST(test_F006_states_follow_the_table),
        TEST(test_F006_a_review_ends_with_a_reason_or_a_notice),
        TEST(test_F077_findings_are_listed_by_state_in_pages),
        TEST(test_F006_the_terminal_records_and_officers_decide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
