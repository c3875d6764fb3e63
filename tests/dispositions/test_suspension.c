/* 名称の使用の停止: by decision alone, for a period that begins and ends by itself (F008, INV-17; domain 10.2). */
#include "trial.h"

#include <errno.h>
#include <string.h>

#include "server/dispositions/suspension.h"
#include "server/register/checks.h"

#define KIND(name)       SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define STATE(name)      SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define ANNOTATION(name) SEKISHO__V1__ANNOTATION__KIND__KIND_##name

static uint32_t serial;

/* Today for 30 days: TRIAL_BEGIN .. 2027-04-30. */
static int suspend_now(struct trial *trial, void *user)
{
    stored_disposition *approved;

    (void)user;
    serial = trial_registrant(trial, "埼玉　花子", 19950315);
    disposition proposal = trial_proposal(trial, KIND(SUSPENSION), serial);
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    return 0;
}

/* From 2027-04-11 to 2027-04-20. */
static int suspend_later(struct trial *trial, void *user)
{
    stored_disposition *approved;

    (void)user;
    serial = trial_registrant(trial, "埼玉　花子", 19950315);
    disposition proposal = trial_proposal(trial, KIND(SUSPENSION), serial);
    proposal.period_from = trial_date(trial, 20270411);
    proposal.period_to = trial_date(trial, 20270420);
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    return 0;
}

static int shown_suspended(struct trial *trial, void *user)
{
    const Sekisho__V1__Registration *shown = trial_view(trial, serial)->registration;

    assert_int_equal(shown->state, STATE(SUSPENDED));
    assert_int_equal(date_value(shown->suspended_until), *(const int32_t *)user);
    return 0;
}

static int shown_registered(struct trial *trial, void *user)
{
    const Sekisho__V1__Registration *shown = trial_view(trial, serial)->registration;

    (void)user;
    assert_int_equal(shown->state, STATE(REGISTERED));
    assert_null(shown->suspended_until);
    return 0;
}

static int sweep(struct trial *trial, void *user)
{
    (void)user;
    return suspension_sweep(trial->context.reg, trial->context.txn, trial->context.now_us);
}

static int stored_as(struct trial *trial, void *user)
{
    assert_int_equal(trial_entry(trial, serial)->registration->state, *(const int *)user);
    return 0;
}

/* The law's last day is a whole day: suspended until its end in Japan, in force from the first moment after it. */
static void test_F008_a_suspension_is_shown_to_its_last_day_without_any_sweep(void **state)
{
    int32_t last = 20270430;

    assert_int_equal(trial_run(*state, 0, suspend_now, NULL), 0);
    assert_int_equal(trial_run(*state, 0, shown_suspended, &last), 0);
    assert_int_equal(trial_run(*state, 29, shown_suspended, &last), 0);
    assert_int_equal(trial_run(*state, 30, shown_registered, NULL), 0);
}

static void test_F008_a_suspension_that_begins_later_is_not_shown_before(void **state)
{
    int32_t last = 20270420;

    assert_int_equal(trial_run(*state, 0, suspend_later, NULL), 0);
    assert_int_equal(trial_run(*state, 9, shown_registered, NULL), 0);
    assert_int_equal(trial_run(*state, 10, shown_suspended, &last), 0);
    assert_int_equal(trial_run(*state, 19, shown_suspended, &last), 0);
    assert_int_equal(trial_run(*state, 20, shown_registered, NULL), 0);
}

static int ended_is_noted(struct trial *trial, void *user)
{
    const Sekisho__V1__Registration *stored = trial_entry(trial, serial)->registration;
    const Sekisho__V1__Annotation *last = stored->annotations[stored->n_annotations - 1];

    (void)user;
    assert_int_equal(stored->state, STATE(REGISTERED));
    assert_int_equal(last->kind, ANNOTATION(SUSPENSION_END));
    assert_int_equal(date_value(last->effective_date), 20270421);
    assert_memory_equal(last->decision, "prefectures/11/dispositions/", 28);
    assert_int_equal(trial_rows(trial, TABLE_disposition_due), 0);
    return 0;
}

/* The server was down from before the first day until long after the last: both versions are written, each of its day.
 */
static void test_F008_the_sweep_writes_what_was_missed_after_a_restart(void **state)
{
    struct trial *trial = *state;

    assert_int_equal(trial_run(trial, 0, suspend_later, NULL), 0);
    register_folder_reopen(trial->folder);
    assert_int_equal(trial_run(trial, 300, sweep, NULL), 0);
    assert_int_equal(trial_run(trial, 300, ended_is_noted, NULL), 0);
    assert_int_equal(trial_run(trial, 300, sweep, NULL), 0);
    assert_int_equal(trial_run(trial, 300, ended_is_noted, NULL), 0);
}

static int as_of(struct trial *trial, void *user)
{
    static const struct {
        int32_t day;
        Sekisho__V1__RegistrationState state;
    } expected[] = {{20270410, STATE(REGISTERED)},
                    {20270411, STATE(SUSPENDED)},
                    {20270420, STATE(SUSPENDED)},
                    {20270421, STATE(REGISTERED)}};

    (void)user;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        stored_entry *entry;
        assert_int_equal(
            entry_get_as_of(trial->context.reg, trial->context.txn, serial, expected[i].day, 0, &trial->arena, &entry),
            0);
        suspension_view(entry, expected[i].day);
        assert_int_equal(entry->registration->state, expected[i].state);
    }
    return 0;
}

static void test_F008_a_past_day_shows_the_state_of_that_day(void **state)
{
    assert_int_equal(trial_run(*state, 0, suspend_later, NULL), 0);
    assert_int_equal(trial_run(*state, 0, as_of, NULL), 0); /* before anything was swept */
    assert_int_equal(trial_run(*state, 300, sweep, NULL), 0);
    assert_int_equal(trial_run(*state, 300, as_of, NULL), 0);
}

static void test_F008_the_sweep_writes_the_beginning_on_its_day(void **state)
{
    int registered = STATE(REGISTERED), suspended = STATE(SUSPENDED);

    assert_int_equal(trial_run(*state, 0, suspend_later, NULL), 0);
    assert_int_equal(trial_run(*state, 9, sweep, NULL), 0);
    assert_int_equal(trial_run(*state, 9, stored_as, &registered), 0);
    assert_int_equal(trial_run(*state, 10, sweep, NULL), 0);
    assert_int_equal(trial_run(*state, 10, stored_as, &suspended), 0);
    assert_int_equal(trial_run(*state, 20, sweep, NULL), 0);
    assert_int_equal(trial_run(*state, 20, stored_as, &registered), 0);
}

static int erase_at_once(struct trial *trial, void *user)
{
    stored_disposition *approved;

    (void)user;
    disposition proposal = trial_proposal(trial, KIND(ERASURE), serial);
    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    return 0;
}

static void test_F008_the_calendar_does_not_revive_what_was_erased_meanwhile(void **state)
{
    int erased = STATE(ERASED);

    assert_int_equal(trial_run(*state, 0, suspend_now, NULL), 0);
    assert_int_equal(trial_run(*state, 5, erase_at_once, NULL), 0);
    assert_int_equal(trial_run(*state, 40, sweep, NULL), 0);
    assert_int_equal(trial_run(*state, 40, stored_as, &erased), 0);
}

static int change_without_decision(struct trial *trial, void *user)
{
    const Sekisho__V1__RegistrationState to = *(const Sekisho__V1__RegistrationState *)user;
    stored_entry *entry = trial_entry(trial, serial);
    struct entry_decision by = {.account = "reviewer",
                                .decision = "prefectures/11/applications/00000000000000000000000000000000",
                                .kind = ANNOTATION(CORRECTION),
                                .reason = "",
                                .valid_from = trial_date(trial, TRIAL_BEGIN)};

    entry->registration->state = to;
    assert_int_equal(
        entry_change(trial->context.reg, trial->context.txn, trial->context.now_us, &by, &trial->arena, entry), EPERM);
    return EPERM;
}

static int only_register(struct trial *trial, void *user)
{
    (void)user;
    serial = trial_registrant(trial, "埼玉　花子", 19950315);
    return 0;
}

static void test_INV17_without_a_disposition_no_state_changes(void **state)
{
    Sekisho__V1__RegistrationState states[] = {STATE(SUSPENDED), STATE(CANCELLED), STATE(ERASED)};

    assert_int_equal(trial_run(*state, 0, only_register, NULL), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(trial_run(*state, 0, change_without_decision, &states[i]), EPERM);
    assert_int_equal(trial_run(*state, 0, shown_registered, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, trial_set_up, trial_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F008_a_suspension_is_shown_to_its_last_day_without_any_sweep),
        TEST(test_F008_a_suspension_that_begins_later_is_not_shown_before),
        TEST(test_F008_the_sweep_writes_what_was_missed_after_a_restart),
        TEST(test_F008_a_past_day_shows_the_state_of_that_day),
        TEST(test_F008_the_sweep_writes_the_beginning_on_its_day),
        TEST(test_F008_the_calendar_does_not_revive_what_was_erased_meanwhile),
        TEST(test_INV17_without_a_disposition_no_state_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
