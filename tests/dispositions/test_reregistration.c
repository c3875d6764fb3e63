/* Registered again after a cancellation: the council's opinion, the three years, a decision that names the application
 * (児童福祉法18条の5四, 18条の20の2; domain 3.6, 10.2; F008). */
#include "trial.h"

#include <stdio.h>
#include <string.h>

#include "server/register/checks.h"
#include "server/register/record.h"

#define KIND(name)   SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define GROUND(name) SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_##name
#define TEXT(text)   ((char *)(uintptr_t)(text))
#define APPLICATION  TEXT("prefectures/11/applications/0123456789abcdef0123456789abcdef")
#define OTHER        TEXT("prefectures/11/applications/0123456789abcdef0123456789abcd00")
#define THREE_YEARS  1096 /* days from 2027-04-01 to 2030-04-01 */

static uint32_t serial;

static int put_application(struct trial *trial, uint8_t last)
{
    Sekisho__Stored__StoredApplication application = SEKISHO__STORED__STORED_APPLICATION__INIT;
    uint8_t id[REGISTER_ID_LEN] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                   0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, last};

    return record_put(trial->context.txn, trial->context.reg->table[TABLE_application], id, sizeof id,
                      &application.base);
}

/* `user`: the ground. */
static int cancel(struct trial *trial, void *user)
{
    const Sekisho__V1__CancellationGround ground = *(const Sekisho__V1__CancellationGround *)user;
    stored_disposition *approved;

    serial = trial_registrant(trial, "髙橋　花子", 19950315);
    disposition proposal = trial_proposal(trial, KIND(CANCELLATION), serial);
    proposal.ground = ground;
    if (ground == GROUND(CX1))
        proposal.disqualification = SEKISHO__V1__DISQUALIFICATION_GROUND__DISQUALIFICATION_GROUND_DQ2;
    if (ground == GROUND(CX3)) {
        proposal.sexual_violence = true;
        proposal.sexual_violence_facts = TEXT("事実");
    }
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    assert_int_equal(put_application(trial, 0xef), 0);
    return put_application(trial, 0x00);
}

/* What a new application of this name and birth date meets. */
static enum disposition_result gate(struct trial *trial, char *application, const char *name, int32_t birth,
                                    struct reregistration *found)
{
    Sekisho__V1__Name written = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Application applied = SEKISHO__V1__APPLICATION__INIT;

    written.text = TEXT(name);
    person.name = &written;
    person.birth_date = trial_date(trial, birth);
    applied.name = application;
    applied.person = &person;
    return reregistration_gate(&trial->context, &applied, found);
}

static disposition permission(struct trial *trial)
{
    disposition proposal = trial_proposal(trial, KIND(REREGISTRATION), serial);

    proposal.application = APPLICATION;
    return proposal;
}

static void with_opinion(struct trial *trial, disposition *proposal)
{
    proposal->council_opinion_reference = TEXT("審議会第5号");
    proposal->council_opinion_date = trial_date(trial, date_today(trial->context.now_us));
}

static int without_decision(struct trial *trial, void *user)
{
    struct reregistration found;

    (void)user;
    assert_int_equal(gate(trial, APPLICATION, "髙橋　花子", 19950315, &found), DISPOSITION_MISSING);
    assert_int_equal(gate(trial, APPLICATION, "高橋花子", 19950315, &found), DISPOSITION_MISSING);
    assert_int_equal(gate(trial, APPLICATION, "高橋花子", 19950316, &found), DISPOSITION_OK);
    assert_int_equal(found.count, 0);
    assert_int_equal(gate(trial, APPLICATION, "鈴木　一郎", 19950315, &found), DISPOSITION_OK);
    return 0;
}

static void test_F008_a_cancelled_person_is_known_again_and_held_up(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX2);

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, 0, without_decision, NULL), 0);
}

static int known_by_reference(struct trial *trial, void *user)
{
    static uint8_t reference[ENTRY_REFERENCE_LEN] = {7};
    Sekisho__V1__Name written = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Application applied = SEKISHO__V1__APPLICATION__INIT;
    struct reregistration found;
    stored_entry *entry = trial_entry(trial, serial);
    struct entry_decision by = {
        .account = "import", .decision = "", .reason = "", .valid_from = trial_date(trial, TRIAL_BEGIN)};

    (void)user;
    entry->registration->number_reference = (ProtobufCBinaryData){sizeof reference, reference};
    assert_int_equal(
        entry_change(trial->context.reg, trial->context.txn, trial->context.now_us, &by, &trial->arena, entry), 0);
    written.text = TEXT("別名　太郎");
    person.name = &written;
    person.birth_date = trial_date(trial, 20000101);
    applied.name = APPLICATION;
    applied.person = &person;
    applied.number_reference = entry->registration->number_reference;
    assert_int_equal(reregistration_gate(&trial->context, &applied, &found), DISPOSITION_MISSING);
    return 0;
}

static void test_F008_a_cancelled_person_is_known_again_by_the_number_under_another_name(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX3);

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, 0, known_by_reference, NULL), 0);
}

static int too_early(struct trial *trial, void *user)
{
    disposition proposal = permission(trial);
    stored_disposition *made;

    (void)user;
    assert_int_equal(trial_propose(trial, &proposal, &made), DISPOSITION_DQ4);
    return 0;
}

static int grant(struct trial *trial, void *user)
{
    stored_disposition *approved;
    disposition proposal = permission(trial);

    if (user)
        with_opinion(trial, &proposal);
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    return 0;
}

static int granted(struct trial *trial, void *user)
{
    const bool special = *(const bool *)user;
    struct reregistration found;
    stored_disposition *used;

    assert_int_equal(gate(trial, OTHER, "髙橋　花子", 19950315, &found), DISPOSITION_MISSING);
    assert_int_equal(gate(trial, APPLICATION, "髙橋　花子", 19950315, &found), DISPOSITION_OK);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.specially_cancelled, special);
    assert_memory_equal(found.decision, "prefectures/11/dispositions/", 28);
    trial->context.account = "approver";
    assert_int_equal(reregistration_use(&trial->context, &found, "prefectures/11/registrations/000002"),
                     DISPOSITION_OK);
    assert_int_equal(disposition_get(&trial->context, found.grants[0], &used), DISPOSITION_OK);
    assert_string_equal(used->disposition->resulting_registration, "prefectures/11/registrations/000002");
    return 0;
}

/* The period ends with the day before the anniversary (民法143条②). */
static void test_F008_three_years_after_cx2_cx3_cx4(void **state)
{
    static const Sekisho__V1__CancellationGround grounds[] = {GROUND(CX2), GROUND(CX4)};
    bool special = false;

    for (size_t i = 0; i < 2; i++) {
        Sekisho__V1__CancellationGround ground = grounds[i];
        assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
        assert_int_equal(trial_run(*state, THREE_YEARS - 1, too_early, NULL), 0);
        assert_int_equal(trial_run(*state, THREE_YEARS, grant, NULL), 0);
        assert_int_equal(trial_run(*state, THREE_YEARS, granted, &special), 0);
        trial_tear_down(state);
        trial_set_up(state);
    }
}

static void test_F008_no_three_years_after_cx1(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX1);
    bool special = false;

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, 1, grant, NULL), 0);
    assert_int_equal(trial_run(*state, 1, granted, &special), 0);
}

static int without_opinion(struct trial *trial, void *user)
{
    disposition proposal = permission(trial);
    stored_disposition *made;

    (void)user;
    assert_int_equal(trial_propose(trial, &proposal, &made), DISPOSITION_MISSING);
    assert_string_equal(trial->context.field, "disposition.council_opinion_reference");
    return 0;
}

static void
test_F008_the_councils_opinion_is_heard_before_a_specially_cancelled_person_is_registered_again(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX3);
    bool special = true;

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, THREE_YEARS, without_opinion, NULL), 0);
    assert_int_equal(trial_run(*state, THREE_YEARS, grant, &special), 0);
    assert_int_equal(trial_run(*state, THREE_YEARS, granted, &special), 0);
}

static int find_later(struct trial *trial, void *user)
{
    disposition proposal = trial_proposal(trial, KIND(LATE_FINDING), serial);
    stored_disposition *approved;

    (void)user;
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    assert_int_equal(trial_rows(trial, TABLE_national_record), 1);
    return 0;
}

static void test_F008_what_is_found_later_makes_a_cancellation_a_special_one(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX2);

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, 100, find_later, NULL), 0);
    assert_int_equal(trial_run(*state, THREE_YEARS, without_opinion, NULL), 0);
}

static int another_person(struct trial *trial, void *user)
{
    struct reregistration found;
    stored_disposition *approved;
    disposition proposal = permission(trial);

    (void)user;
    proposal.another_person = true;
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    assert_int_equal(gate(trial, APPLICATION, "髙橋　花子", 19950315, &found), DISPOSITION_OK);
    assert_int_equal(found.count, 0);
    assert_false(found.specially_cancelled);
    return 0;
}

static void test_F008_another_person_of_the_same_name_and_birth_date_is_let_through_by_decision(void **state)
{
    Sekisho__V1__CancellationGround ground = GROUND(CX3);

    assert_int_equal(trial_run(*state, 0, cancel, &ground), 0);
    assert_int_equal(trial_run(*state, 1, another_person, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, trial_set_up, trial_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F008_a_cancelled_person_is_known_again_and_held_up),
        TEST(test_F008_a_cancelled_person_is_known_again_by_the_number_under_another_name),
        TEST(test_F008_three_years_after_cx2_cx3_cx4),
        TEST(test_F008_no_three_years_after_cx1),
        TEST(test_F008_the_councils_opinion_is_heard_before_a_specially_cancelled_person_is_registered_again),
        TEST(test_F008_what_is_found_later_makes_a_cancellation_a_special_one),
        TEST(test_F008_another_person_of_the_same_name_and_birth_date_is_let_through_by_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
