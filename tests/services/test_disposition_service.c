/* DispositionService by its calls: grounds, two persons, one proposal at a time (F008, F009, F021, INV-15, INV-17). */
#include "disposition_desk.h"

static void test_INV15_INV17_a_proposal_changes_nothing_and_another_person_decides(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__ProposeDispositionResponse *made = propose(fixture, cancellation());
    Sekisho__V1__ApproveDispositionRequest request = approval_of(made->disposition);

    assert_int_equal(state_now(fixture), STATE(REGISTERED));
    /* The same person under an approver's role. */
    register_fixture_caller(fixture, ROLE_APR, "reviewer");
    REFUSED(fixture, "ApproveDisposition", request, "SAME_PERSON");
    register_fixture_caller(fixture, ROLE_REV, "approver");
    REFUSED(fixture, "ApproveDisposition", request, "ROLE_NOT_PERMITTED");
    assert_int_equal(state_now(fixture), STATE(REGISTERED));
    register_fixture_caller(fixture, ROLE_APR, "approver");
    Sekisho__V1__ApproveDispositionResponse *approved =
        (void *)CALL(fixture, "ApproveDisposition", request, approve_disposition);
    assert_non_null(approved);
    assert_int_equal(approved->registration->state, STATE(CANCELLED));
    assert_string_equal(approved->disposition->proposer, "reviewer");
    assert_string_equal(approved->disposition->decider, "approver");
    assert_int_equal(state_now(fixture), STATE(CANCELLED));
    /* Once. */
    REFUSED(fixture, "ApproveDisposition", request, "CHANGED_MEANWHILE");
    done(approved);
    sekisho__v1__propose_disposition_response__free_unpacked(made, NULL);
}

static void test_F021_a_change_is_in_the_register_with_officer_time_reason_and_decision(void **state)
{
    struct register_fixture *fixture = *state;
    struct call_arena memory = {0};
    Sekisho__V1__ApproveDispositionResponse *approved = decide(fixture, erasure());
    const Sekisho__V1__Registration *now = entry_now(fixture, &memory)->registration;
    const Sekisho__V1__Annotation *last = now->annotations[now->n_annotations - 1];

    assert_int_equal(now->version, 2);
    assert_string_equal(now->recorded_by, "approver");
    assert_true(now->record_time_us > 0);
    assert_int_equal(last->kind, SEKISHO__V1__ANNOTATION__KIND__KIND_ERASURE);
    assert_string_equal(last->reason, "死亡の届出");
    assert_string_equal(last->decision, approved->disposition->name);
    call_arena_free(&memory);
    done(approved);
}

static void test_F008_each_ground_wants_its_facts(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date yesterday = date_of(date_after(today(), -1)), day = date_of(today());
    disposition proposed;

    /* The cases change one item of a cancellation or suspension that is right. */
    proposed = cancellation();
    proposed.reason = TEXT("　");
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.reason");
    proposed = cancellation();
    proposed.ground = 0;
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.ground");
    proposed = cancellation();
    proposed.confirmation_reference = TEXT("");
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.confirmation_reference");
    proposed = cancellation();
    proposed.hearing_reference = TEXT("");
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.hearing_reference");
    proposed = cancellation();
    proposed.ground = GROUND(CX1);
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.disqualification");
    proposed.disqualification = DQ(DQ4); /* 18条の19①一: except 四 */
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.disqualification");
    proposed = cancellation();
    proposed.ground = GROUND(CX3);
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.sexual_violence");
    proposed.sexual_violence = true;
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.sexual_violence_facts");

    proposed = cancellation();
    proposed.period_from = &day;
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.period_from");
    proposed = cancellation();
    proposed.erasure_reason = REASON(DEATH);
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.erasure_reason");

    proposed = cancellation();
    proposed.kind = KIND(SUSPENSION);
    proposed.period_from = proposed.period_to = &day;
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.ground"); /* CX2 must be cancelled */
    proposed.ground = GROUND(CX4);
    proposed.period_from = &yesterday;
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.period_from");
    proposed.period_from = &day;
    proposed.period_to = &yesterday;
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.period_to");
    proposed.period_to = NULL;
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.period_from");
    assert_int_equal(state_now(fixture), STATE(REGISTERED));
}

static void test_F008_cx1_to_cx4_cancel(void **state)
{
    for (int ground = GROUND(CX1); ground <= GROUND(CX4); ground++) {
        struct register_fixture *fixture = *state;
        disposition proposed = cancellation();

        proposed.ground = ground;
        proposed.disqualification = ground == GROUND(CX1) ? DQ(DQ2) : 0;
        proposed.sexual_violence = ground == GROUND(CX3);
        proposed.sexual_violence_facts = TEXT(ground == GROUND(CX3) ? "事実" : "");
        Sekisho__V1__ApproveDispositionResponse *approved = decide(fixture, proposed);
        assert_int_equal(approved->registration->state, STATE(CANCELLED));
        done(approved);
        register_fixture_tear_down(state);
        disposition_desk_set_up(state);
    }
}

static void test_F009_an_erasure_wants_its_cause(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date tomorrow = date_of(date_after(today(), 1));
    disposition proposed = erasure();

    proposed.erasure_reason = 0;
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.erasure_reason");
    proposed = erasure();
    proposed.finding_reference = TEXT("");
    propose_refused(fixture, proposed, "MISSING_FIELD", "disposition.application");
    proposed = erasure();
    proposed.event_date = &tomorrow;
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.event_date");
    proposed = erasure();
    proposed.erasure_reason = REASON(DISQUALIFIED);
    proposed.disqualification = DQ(DQ2); /* must be cancelled */
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.disqualification");
    proposed.disqualification = DQ(DQ1);
    Sekisho__V1__ApproveDispositionResponse *approved = decide(fixture, proposed);
    assert_int_equal(approved->registration->state, STATE(ERASED));
    done(approved);
    propose_refused(fixture, erasure(), "WRONG_STATE", NULL);
}

static void test_F009_an_erasure_in_error_is_restored(void **state)
{
    struct register_fixture *fixture = *state;
    disposition proposed = erasure();

    done(decide(fixture, proposed));
    proposed = (disposition)SEKISHO__V1__DISPOSITION__INIT;
    proposed.kind = KIND(RESTORATION);
    proposed.registration = REGISTRANT;
    proposed.reason = TEXT("別人の死亡による誤った消除");
    Sekisho__V1__ApproveDispositionResponse *approved = decide(fixture, proposed);
    assert_int_equal(approved->registration->state, STATE(REGISTERED));
    done(approved);
}

static void test_F008_one_proposal_at_a_time_rejected_or_withdrawn_with_a_reason(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__RejectDispositionRequest rejection = SEKISHO__V1__REJECT_DISPOSITION_REQUEST__INIT;
    Sekisho__V1__WithdrawDispositionRequest withdrawal = SEKISHO__V1__WITHDRAW_DISPOSITION_REQUEST__INIT;
    Sekisho__V1__ProposeDispositionResponse *made = propose(fixture, cancellation());

    propose_refused(fixture, erasure(), "DISPOSITION_OPEN", NULL);
    rejection.name = made->disposition->name;
    rejection.etag = made->disposition->etag;
    register_fixture_caller(fixture, ROLE_APR, "approver");
    REFUSED(fixture, "RejectDisposition", rejection, "MISSING_FIELD");
    rejection.reason = TEXT("証拠が足りない");
    Sekisho__V1__RejectDispositionResponse *rejected =
        (void *)CALL(fixture, "RejectDisposition", rejection, reject_disposition);
    assert_non_null(rejected);
    assert_string_equal(rejected->disposition->decision_reason, "証拠が足りない");
    sekisho__v1__reject_disposition_response__free_unpacked(rejected, NULL);
    sekisho__v1__propose_disposition_response__free_unpacked(made, NULL);

    made = propose(fixture, erasure());
    withdrawal.name = made->disposition->name;
    withdrawal.etag = made->disposition->etag;
    withdrawal.reason = TEXT("届出の取下げ");
    Sekisho__V1__WithdrawDispositionResponse *withdrawn =
        (void *)CALL(fixture, "WithdrawDisposition", withdrawal, withdraw_disposition);
    assert_non_null(withdrawn);
    sekisho__v1__withdraw_disposition_response__free_unpacked(withdrawn, NULL);
    sekisho__v1__propose_disposition_response__free_unpacked(made, NULL);
    assert_int_equal(state_now(fixture), STATE(REGISTERED));
}

static void test_INV12_names_of_another_prefecture_are_not_taken(void **state)
{
    struct register_fixture *fixture = *state;
    disposition proposed = cancellation();
    Sekisho__V1__GetDispositionRequest request = SEKISHO__V1__GET_DISPOSITION_REQUEST__INIT;

    proposed.registration = TEXT("prefectures/13/registrations/000001");
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.registration");
    proposed = erasure();
    proposed.application = TEXT("prefectures/13/applications/0123456789abcdef0123456789abcdef");
    propose_refused(fixture, proposed, "BAD_FIELD", "disposition.application");
    request.name = TEXT("prefectures/13/dispositions/0123456789abcdef0123456789abcdef");
    REFUSED(fixture, "GetDisposition", request, "NOT_FOUND");
}

static void test_F021_validate_only_changes_nothing_and_a_repeated_request_is_answered_again(void **state)
{
    struct register_fixture *fixture = *state;
    char etag[ENTRY_ETAG_SIZE];
    disposition proposed = cancellation();
    Sekisho__V1__ProposeDispositionRequest request = proposal_of(fixture, &proposed, etag);

    request.validate_only = true;
    Sekisho__V1__ProposeDispositionResponse *tried =
        (void *)CALL(fixture, "ProposeDisposition", request, propose_disposition);
    assert_non_null(tried);
    sekisho__v1__propose_disposition_response__free_unpacked(tried, NULL);
    request.validate_only = false;
    request.request_id = TEXT("00112233445566778899aabbccddeeff");
    Sekisho__V1__ProposeDispositionResponse *first =
        (void *)CALL(fixture, "ProposeDisposition", request, propose_disposition);
    Sekisho__V1__ProposeDispositionResponse *again =
        (void *)CALL(fixture, "ProposeDisposition", request, propose_disposition);
    assert_non_null(first);
    assert_non_null(again);
    assert_string_equal(first->disposition->name, again->disposition->name);
    sekisho__v1__propose_disposition_response__free_unpacked(first, NULL);
    sekisho__v1__propose_disposition_response__free_unpacked(again, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, disposition_desk_set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_INV15_INV17_a_proposal_changes_nothing_and_another_person_decides),
        TEST(test_F021_a_change_is_in_the_register_with_officer_time_reason_and_decision),
        TEST(test_F008_each_ground_wants_its_facts),
        TEST(test_F008_cx1_to_cx4_cancel),
        TEST(test_F009_an_erasure_wants_its_cause),
        TEST(test_F009_an_erasure_in_error_is_restored),
        TEST(test_F008_one_proposal_at_a_time_rejected_or_withdrawn_with_a_reason),
        TEST(test_INV12_names_of_another_prefecture_are_not_taken),
        TEST(test_F021_validate_only_changes_nothing_and_a_repeated_request_is_answered_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
