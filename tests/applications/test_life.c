/* Lives of applications of every kind, and what an approval does to the register (domain 10.1, the effects). */
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "server/applications/compare.h"
#include "server/applications/outbox.h"
#include "server/identity/identity.h"
#include "server/lists/paper_card.h"
#include "server/register/entry.h"

#define KIND(kind)   SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define NUMBER(what) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##what

#define US_OF_A_DAY (INT64_C(86400) * 1000000)

static void accept_it(struct application_context *context, stored_application *application)
{
    static const uint8_t reference[REGISTER_ID_LEN] = {9, 9};
    enum number_rule rule;
    bool taken;

    assert_int_equal(application_number_rule(context, application, &rule), 0);
    if (rule == NUMBER_ENROLLED) {
        assert_int_equal(number_want(context, application, NUMBER_ACTION_ENROLL), 0);
        assert_int_equal(number_done(context, application, NUMBER_ACTION_ENROLL, reference, &taken), 0);
    } else if (rule == NUMBER_MATCHED) {
        application->application->number_state = NUMBER(MATCHED);
    }
    application->documents_complete = true;
    assert_int_equal(application_event(context, application, APPLICATION_ACCEPT, NULL), APPLICATION_OK);
}

static void check_it(struct application_context *context, stored_application *application)
{
    Sekisho__V1__Check *check = SAMPLE_NEW(context, Sekisho__V1__Check, SEKISHO__V1__CHECK__INIT);

    check->source = SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_CANCELLED_DATABASE;
    check->result = SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_MATCH;
    application->checks = sample_alloc(context, sizeof(Sekisho__V1__Check *));
    application->checks[0] = check;
    application->n_checks = 1;
    assert_int_equal(application_event(context, application, APPLICATION_START_CHECKS, NULL), APPLICATION_OK);
    assert_int_equal(application_event(context, application, APPLICATION_CHECKS_GOOD, NULL), APPLICATION_OK);
}

static void put_review(struct application_context *context, stored_application *application)
{
    application->review = SAMPLE_NEW(context, Sekisho__Stored__StoredReview, SEKISHO__STORED__STORED_REVIEW__INIT);
    application->review->route_evidence = SEKISHO__V1__ROUTE_EVIDENCE__ROUTE_EVIDENCE_GRADUATION_CERTIFICATE;
    application->review->no_disqualification = true;
}

static void compare_it(struct application_context *context, stored_application *application)
{
    Sekisho__Stored__MatchResult *match;
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if (!entry_name_parse(application->application->registration, &tenant, &serial, &rest))
        return;
    assert_int_equal(compare_with_register(context, application, serial, &match), 0);
    match->decision = TEXT("CONFIRMED");
}

static void review_it(struct application_context *context, stored_application *application)
{
    put_review(context, application);
    compare_it(context, application);
    context->actor = &reviewer;
    assert_int_equal(application_event(context, application, APPLICATION_REVIEW_GOOD, NULL), APPLICATION_OK);
}

/* To REVIEWED, paid. */
static stored_application *reviewed(struct application_context *context, Sekisho__V1__ApplicationKind kind,
                                    const char *registration)
{
    stored_application *application = sample_application(context, kind, registration);

    context->actor = &reception;
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    accept_it(context, application);
    check_it(context, application);
    review_it(context, application);
    sample_receipt(context, application);
    context->actor = &approver;
    return application;
}

/* To COMPLETED. */
static stored_application *completed(struct application_context *context, Sekisho__V1__ApplicationKind kind,
                                     const char *registration)
{
    stored_application *application = reviewed(context, kind, registration);

    assert_int_equal(application_event(context, application, APPLICATION_APPROVE, NULL), APPLICATION_OK);
    return application;
}

static stored_entry *entry_of(struct application_context *context, const stored_application *application)
{
    stored_entry *entry;
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    assert_true(entry_name_parse(application->application->registration, &tenant, &serial, &rest));
    assert_int_equal(entry_get(context->reg, context->txn, serial, context->arena, &entry), 0);
    return entry;
}

static size_t rows(const struct application_context *context, enum register_table which)
{
    MDB_stat stat;

    assert_int_equal(mdb_stat(context->txn, context->reg->table[which], &stat), 0);
    return stat.ms_entries;
}

/* ---- effects ---- */

static int register_new(struct step *step, struct application_context *context)
{
    const stored_application *application = completed(context, KIND(NEW), NULL);
    const stored_entry *entry = entry_of(context, application);
    Sekisho__V1__PaperCard *card;

    (void)step;
    assert_string_equal(entry->registration->person->name->text, "関所　花子");
    assert_int_equal(entry->registration->version, 1);
    assert_int_equal(entry->registration->state, SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
    assert_int_equal(entry->registration->number_reference.len, REGISTER_ID_LEN);
    assert_string_equal(entry->registration->recorded_by, approver.account);
    assert_int_equal(paper_card_get(context->reg, context->txn, 1, 1, context->arena, &card), 0);
    assert_string_equal(application->application->pending_number_action, "CONFIRM");
    assert_string_equal(application->application->reviewer, reviewer.account);
    assert_string_equal(application->application->approver, approver.account);
    return 0;
}

static void test_F001_F017_approval_of_a_new_registration_makes_entry_and_card(void **state)
{
    struct step step = {.sample = *state, .run = register_new};

    assert_int_equal(sample_step(&step), 0);
}

static int rewrite(struct step *step, struct application_context *context)
{
    const char *registration = completed(context, KIND(NEW), NULL)->application->registration;
    stored_application *application = reviewed(context, KIND(REWRITE), registration);

    (void)step;
    application->application->person->name->text = TEXT("出島　花子");
    assert_int_equal(application_event(context, application, APPLICATION_APPROVE, NULL), APPLICATION_OK);
    const stored_entry *entry = entry_of(context, application);
    assert_int_equal(entry->registration->version, 2);
    assert_string_equal(entry->registration->person->name->text, "出島　花子");
    assert_int_equal(entry->registration->n_annotations, 1);
    assert_int_equal(entry->registration->annotations[0]->kind, SEKISHO__V1__ANNOTATION__KIND__KIND_CORRECTION);
    assert_string_equal(entry->registration->annotations[0]->decision, application->application->name);
    return 0;
}

static void test_F005_F007_F021_approval_of_a_rewrite_makes_a_version_with_annotation(void **state)
{
    struct step step = {.sample = *state, .run = rewrite};

    assert_int_equal(sample_step(&step), 0);
}

static int reissue(struct step *step, struct application_context *context)
{
    const char *registration = completed(context, KIND(NEW), NULL)->application->registration;
    size_t pending = rows(context, TABLE_number_outbox);
    const stored_application *application = completed(context, KIND(REISSUE), registration);
    Sekisho__V1__PaperCard *card;

    (void)step;
    assert_int_equal(entry_of(context, application)->registration->version, 1);
    assert_int_equal(paper_card_get(context->reg, context->txn, 1, 2, context->arena, &card), 0);
    assert_int_equal(application->application->number_state, 0);
    assert_int_equal(application->application->number_reference.len, 0);
    assert_int_equal(rows(context, TABLE_number_outbox), pending);
    return 0;
}

static void test_F018_INV02_reissue_makes_a_card_and_has_no_number(void **state)
{
    struct step step = {.sample = *state, .run = reissue};

    assert_int_equal(sample_step(&step), 0);
}

static int erase(struct step *step, struct application_context *context)
{
    static const Sekisho__V1__ApplicationKind kinds[] = {KIND(DELETE), KIND(DEATH), KIND(DISQUALIFIED_CONDITION)};

    (void)step;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *registration = completed(context, KIND(NEW), NULL)->application->registration;
        const stored_application *application = completed(context, kinds[i], registration);
        const stored_entry *entry = entry_of(context, application);
        assert_int_equal(entry->registration->state, SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_ERASED);
        assert_int_equal(rows(context, TABLE_disposition), i + 1);
        /* Reason and date stay in the register (児福規6条の36). */
        const Sekisho__V1__Annotation *note = entry->registration->annotations[entry->registration->n_annotations - 1];
        assert_int_equal(note->kind, SEKISHO__V1__ANNOTATION__KIND__KIND_ERASURE);
    }
    return 0;
}

static void test_F009_deletion_death_and_condition_erase_by_a_decision_record(void **state)
{
    struct step step = {.sample = *state, .run = erase};

    assert_int_equal(sample_step(&step), 0);
}

static int report(struct step *step, struct application_context *context)
{
    static const Sekisho__V1__ApplicationKind kinds[] = {KIND(EMPLOYER_REPORT), KIND(PREFECTURE_NOTICE),
                                                         KIND(DISQUALIFIED_SENTENCE), KIND(FOUND_CARD)};
    const char *registration = completed(context, KIND(NEW), NULL)->application->registration;

    (void)step;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const stored_application *application = completed(context, kinds[i], registration);
        const stored_entry *entry = entry_of(context, application);
        assert_int_equal(entry->registration->version, 1);
        assert_int_equal(entry->registration->state, SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
    }
    assert_int_equal(rows(context, TABLE_disposition), 0);
    return 0;
}

static void test_INV15_reports_are_candidates_and_change_nothing(void **state)
{
    struct step step = {.sample = *state, .run = report};

    assert_int_equal(sample_step(&step), 0);
}

/* ---- guards that the model does not have in detail ---- */

static int unpaid(struct step *step, struct application_context *context)
{
    stored_application *application = sample_application(context, KIND(NEW), NULL);

    (void)step;
    context->actor = &reception;
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    accept_it(context, application);
    check_it(context, application);
    review_it(context, application);
    context->actor = &approver;
    assert_int_equal(application_event(context, application, APPLICATION_APPROVE, NULL), APPLICATION_UNPAID);
    assert_int_equal(application_event(context, application, APPLICATION_AWAIT_PAYMENT, NULL), APPLICATION_OK);
    assert_int_equal(application_paid(context, application->id.data), APPLICATION_OK);
    assert_int_equal(application_get(context, application->id.data)->application->state, STATE(WAIT_PAYMENT));
    sample_receipt(context, application);
    assert_int_equal(application_paid(context, application->id.data), APPLICATION_OK);
    application = application_get(context, application->id.data);
    assert_int_equal(application->application->state, STATE(REVIEWED));
    assert_int_equal(application_event(context, application, APPLICATION_APPROVE, NULL), APPLICATION_OK);
    return 0;
}

static void test_INV01_nothing_is_completed_before_its_fee_is_settled(void **state)
{
    struct step step = {.sample = *state, .run = unpaid};

    assert_int_equal(sample_step(&step), 0);
}

static int same_person(struct step *step, struct application_context *context)
{
    stored_application *application = reviewed(context, KIND(NEW), NULL);

    (void)step;
    context->actor = &reviewer_as_approver;
    assert_int_equal(application_event(context, application, APPLICATION_APPROVE, NULL), APPLICATION_SAME_PERSON);
    assert_int_equal(rows(context, TABLE_entry), 0);
    return 0;
}

static void test_F007_one_person_with_two_accounts_does_not_approve_the_own_review(void **state)
{
    struct step step = {.sample = *state, .run = same_person};

    assert_int_equal(sample_step(&step), 0);
}

static int documents(struct step *step, struct application_context *context)
{
    stored_application *application = sample_application(context, KIND(REISSUE), "prefectures/11/registrations/000001");

    (void)step;
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    assert_int_equal(application_event(context, application, APPLICATION_ACCEPT, NULL), APPLICATION_INCOMPLETE);
    assert_string_equal(context->field, "documents_complete");
    application->omission_reason = TEXT("住民基本台帳ネットワークで確認");
    assert_int_equal(application_event(context, application, APPLICATION_ACCEPT, NULL), APPLICATION_OK);
    return 0;
}

static void test_F025_F061_F071_acceptance_wants_documents_or_the_reason_of_an_omission(void **state)
{
    struct step step = {.sample = *state, .run = documents};

    assert_int_equal(sample_step(&step), 0);
}

static void expect_missing(struct application_context *context, Sekisho__V1__ApplicationKind kind, const char *field,
                           void (*change)(Sekisho__V1__Application *))
{
    Sekisho__V1__Application *shown =
        sample_application(context, kind, kind == KIND(NEW) ? NULL : "prefectures/11/registrations/000001")
            ->application;

    assert_null(application_missing(context, shown));
    change(shown);
    const char *missing = application_missing(context, shown);
    assert_non_null(missing);
    assert_string_equal(missing, field);
}

static void without_birth(Sekisho__V1__Application *shown)
{
    shown->person->birth_date = NULL;
}

static void without_route(Sekisho__V1__Application *shown)
{
    shown->route = 0;
}

static void without_registration(Sekisho__V1__Application *shown)
{
    shown->registration = TEXT("");
}

static void of_another_prefecture(Sekisho__V1__Application *shown)
{
    shown->registration = TEXT("prefectures/13/registrations/000001");
}

static void without_reporter(Sekisho__V1__Application *shown)
{
    shown->reporter = TEXT("");
}

static void without_name(Sekisho__V1__Application *shown)
{
    shown->person->name = NULL;
}

static int items(struct step *step, struct application_context *context)
{
    (void)step;
    expect_missing(context, KIND(NEW), "application.person.name", without_name);
    expect_missing(context, KIND(NEW), "application.person.birth_date", without_birth);
    expect_missing(context, KIND(NEW), "application.route", without_route);
    expect_missing(context, KIND(REWRITE), "application.registration", without_registration);
    expect_missing(context, KIND(REISSUE), "application.registration", of_another_prefecture);
    expect_missing(context, KIND(DEATH), "application.reporter", without_reporter);
    return 0;
}

static void test_F059_items_of_each_kind(void **state)
{
    struct step step = {.sample = *state, .run = items};

    assert_int_equal(sample_step(&step), 0);
}

static int mismatch(struct step *step, struct application_context *context)
{
    const char *registration = completed(context, KIND(NEW), NULL)->application->registration;
    stored_application *application = sample_application(context, KIND(DELETE), registration);
    Sekisho__Stored__MatchResult *match;

    (void)step;
    application->application->person->name->text = TEXT("別人　太郎");
    application->application->person->kana = TEXT("ベツジン　タロウ");
    application->application->person->birth_date->year = 1970;
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    accept_it(context, application);
    check_it(context, application);
    assert_int_equal(application_event(context, application, APPLICATION_REVIEW_GOOD, NULL), APPLICATION_INCOMPLETE);
    assert_string_equal(context->field, "comparison.register"); /* not made yet */
    assert_int_equal(compare_with_register(context, application, 1, &match), 0);
    assert_int_equal(match->level, MATCH_MISMATCH);
    assert_int_equal(match->birth, FIELD_DIFFERS);
    match->decision = TEXT("CONFIRMED"); /* no decision makes another person the registrant */
    assert_int_equal(application_event(context, application, APPLICATION_REVIEW_GOOD, NULL), APPLICATION_INCOMPLETE);
    application->application->kind = KIND(REWRITE); /* there the difference is what is applied for */
    assert_int_equal(application_event(context, application, APPLICATION_REVIEW_GOOD, NULL), APPLICATION_OK);
    return 0;
}

static void test_F085_comparison_with_the_register_is_made_stored_and_decided(void **state)
{
    struct step step = {.sample = *state, .actor = &reviewer, .run = mismatch};

    assert_int_equal(sample_step(&step), 0);
}

static int inconclusive(struct step *step, struct application_context *context)
{
    stored_application *application = sample_application(context, KIND(NEW), NULL);
    uint8_t id[REGISTER_ID_LEN];

    (void)step;
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    memcpy(id, application->id.data, sizeof id);
    accept_it(context, application);
    check_it(context, application); /* good at first: the answers are changed below */
    assert_int_equal(application_event(context, application, APPLICATION_START_CHECKS, NULL), APPLICATION_OK);
    application->checks[0]->result = SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_AMBIGUOUS;
    assert_int_equal(application_event(context, application, APPLICATION_CHECKS_GOOD, NULL), APPLICATION_INCOMPLETE);
    assert_int_equal(application_event(context, application, APPLICATION_CHECKS_DOUBTFUL, NULL), APPLICATION_OK);
    application->application->correction_deadline = SAMPLE_NEW(context, Sekisho__V1__Date, SEKISHO__V1__DATE__INIT);
    application->application->correction_deadline->year = 2099;
    application->application->correction_deadline->month = 12;
    application->application->correction_deadline->day = 31;
    assert_int_equal(application_event(context, application, APPLICATION_ASK_CORRECTION, "住所を確認してください。"),
                     APPLICATION_OK);
    assert_int_equal(application_event(context, application, APPLICATION_CORRECTED, NULL), APPLICATION_OK);
    /* The same application, not a new one; its inconclusive answer is asked for again. */
    application = application_get(context, id);
    assert_int_equal(application->application->state, STATE(IN_REVIEW));
    assert_int_equal(application->checks[0]->result, SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_UNSPECIFIED);
    put_review(context, application);
    assert_int_equal(application_event(context, application, APPLICATION_REVIEW_GOOD, NULL), APPLICATION_INCOMPLETE);
    assert_int_equal(application_event(context, application, APPLICATION_START_CHECKS, NULL), APPLICATION_OK);
    return 0;
}

static void test_F004_F084_an_inconclusive_enquiry_resumes_the_same_application(void **state)
{
    struct step step = {.sample = *state, .actor = &reviewer, .run = inconclusive};

    assert_int_equal(sample_step(&step), 0);
}

/* ---- by itself ---- */

static int wait_for_correction(struct step *step, struct application_context *context)
{
    (void)step;
    for (int i = 0; i < 3; i++) {
        stored_application *application = sample_application(context, KIND(NEW), NULL);
        Sekisho__V1__Date *day = SAMPLE_NEW(context, Sekisho__V1__Date, SEKISHO__V1__DATE__INIT);
        struct civil_date last = date_add_days(date_of_time_us(context->now_us), i + 1);
        day->year = last.year;
        day->month = last.month;
        day->day = last.day;
        assert_int_equal(application_create(context, application), APPLICATION_OK);
        accept_it(context, application);
        application->application->correction_deadline = day;
        assert_int_equal(application_event(context, application, APPLICATION_ASK_CORRECTION, "不足"), APPLICATION_OK);
    }
    return 0;
}

static int sweep(struct step *step, struct application_context *context)
{
    int rc = application_sweep(context->reg, context->txn, context->now_us);

    (void)step;
    return rc == REGISTER_AGAIN ? 0 : rc;
}

static int count_returned(struct step *step, struct application_context *context)
{
    size_t left = *(const size_t *)step->user;

    assert_int_equal(rows(context, TABLE_application_deadline), left);
    /* What was enrolled for a returned one is to be released. */
    assert_int_equal(rows(context, TABLE_number_outbox), 3 - left);
    return 0;
}

static void test_F071_a_correction_past_its_deadline_returns_by_itself(void **state)
{
    int64_t now_us = reg_now_us();

    struct step step = {.sample = *state, .actor = &reception, .run = wait_for_correction, .now_us = now_us};
    assert_int_equal(sample_step(&step), 0);
    for (size_t day = 1; day <= 4; day++) {
        size_t left = day == 1 ? 3 : 4 - day;
        step = (struct step){.sample = *state, .run = sweep, .now_us = now_us + (int64_t)day * US_OF_A_DAY};
        assert_int_equal(sample_step(&step), 0);
        step = (struct step){.sample = *state, .run = count_returned, .user = &left};
        assert_int_equal(sample_step(&step), 0);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, sample_set_up, sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F001_F017_approval_of_a_new_registration_makes_entry_and_card),
        TEST(test_F005_F007_F021_approval_of_a_rewrite_makes_a_version_with_annotation),
        TEST(test_F018_INV02_reissue_makes_a_card_and_has_no_number),
        TEST(test_F009_deletion_death_and_condition_erase_by_a_decision_record),
        TEST(test_INV15_reports_are_candidates_and_change_nothing),
        TEST(test_INV01_nothing_is_completed_before_its_fee_is_settled),
        TEST(test_F007_one_person_with_two_accounts_does_not_approve_the_own_review),
        TEST(test_F025_F061_F071_acceptance_wants_documents_or_the_reason_of_an_omission),
        TEST(test_F059_items_of_each_kind),
        TEST(test_F085_comparison_with_the_register_is_made_stored_and_decided),
        TEST(test_F004_F084_an_inconclusive_enquiry_resumes_the_same_application),
        TEST(test_F071_a_correction_past_its_deadline_returns_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
