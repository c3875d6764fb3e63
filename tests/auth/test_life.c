/* The state machine of accounts (domain 10.4), kinds and roles (INV-20), and days. */
#include "auth/account_text.h"
#include "auth/life.h"
#include "auth/otp.h"
#include "cmocka_includes.h"

/* Every way there is, as 10.4 has it: event, from, to. What is not here must not go. */
static const struct {
    enum life_event event;
    uint16_t from, to;
} expected[] = {
    {LIFE_REQUEST, 0, ACCOUNT_REQUESTED},
    {LIFE_APPROVE, ACCOUNT_REQUESTED, ACCOUNT_APPROVED},
    {LIFE_ISSUE, ACCOUNT_APPROVED, ACCOUNT_ISSUED},
    {LIFE_ACTIVATE, ACCOUNT_ISSUED, ACCOUNT_ACTIVE},
    {LIFE_LOCK, ACCOUNT_ISSUED, ACCOUNT_LOCKED},
    {LIFE_LOCK, ACCOUNT_ACTIVE, ACCOUNT_LOCKED},
    {LIFE_UNLOCK, ACCOUNT_LOCKED, ACCOUNT_ISSUED},
    {LIFE_SUSPEND, ACCOUNT_ISSUED, ACCOUNT_SUSPENDED},
    {LIFE_SUSPEND, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED},
    {LIFE_SUSPEND, ACCOUNT_LOCKED, ACCOUNT_SUSPENDED},
    {LIFE_RESUME, ACCOUNT_SUSPENDED, ACCOUNT_ISSUED},
    {LIFE_RESET, ACCOUNT_ISSUED, ACCOUNT_ISSUED},
    {LIFE_RESET, ACCOUNT_ACTIVE, ACCOUNT_ISSUED},
    {LIFE_RETURN, ACCOUNT_REQUESTED, ACCOUNT_RETURNED},
    {LIFE_RETURN, ACCOUNT_APPROVED, ACCOUNT_RETURNED},
    {LIFE_RETURN, ACCOUNT_ISSUED, ACCOUNT_RETURNED},
    {LIFE_RETURN, ACCOUNT_ACTIVE, ACCOUNT_RETURNED},
    {LIFE_RETURN, ACCOUNT_LOCKED, ACCOUNT_RETURNED},
    {LIFE_RETURN, ACCOUNT_SUSPENDED, ACCOUNT_RETURNED},
    {LIFE_DORMANT, ACCOUNT_ISSUED, ACCOUNT_SUSPENDED},
    {LIFE_DORMANT, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED},
    {LIFE_CONTRACT_ENDED, ACCOUNT_ISSUED, ACCOUNT_SUSPENDED},
    {LIFE_CONTRACT_ENDED, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED},
    {LIFE_CONTRACT_ENDED, ACCOUNT_LOCKED, ACCOUNT_SUSPENDED},
};

static uint16_t expected_next(enum life_event event, uint16_t from)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        if (expected[i].event == event && expected[i].from == from)
            return expected[i].to;
    return 0;
}

static void every_event_in_every_state(void **state)
{
    (void)state;
    for (int event = 0; event < LIFE_EVENT_END; event++)
        for (uint16_t from = 0; from <= ACCOUNT_STATE_END; from++)
            assert_int_equal(life_next((enum life_event)event, from), expected_next((enum life_event)event, from));
    for (int event = 0; event < LIFE_EVENT_END; event++)
        assert_int_equal(life_next((enum life_event)event, UINT16_MAX), 0);
}

static void inv20_contractors_end_and_do_not_decide(void **state)
{
    (void)state;
    for (uint16_t kind = 0; kind <= ACCOUNT_KIND_END; kind++)
        assert_int_equal(life_kind_ends(kind), kind == ACCOUNT_CONTRACTOR);
    assert_true(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_OPS));
    assert_true(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_CEN));
    assert_false(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_APR));
    assert_false(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_REV));
    assert_false(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_ADM));
    assert_false(life_kind_fits(ACCOUNT_CONTRACTOR, ROLE_OWN));
}

/* F091, F094: administrators, officers and machines never share a kind of account. */
static void f091_each_role_has_its_kinds(void **state)
{
    (void)state;
    for (uint16_t role = 0; role <= ROLE_COUNT; role++) {
        bool administers = role == ROLE_OWN || role == ROLE_ADM, machine = role == ROLE_SYS || role == ROLE_TPV;
        bool none = role == ROLE_NONE || role == ROLE_HLD || role == ROLE_COUNT;
        assert_int_equal(life_kind_fits(ACCOUNT_ADMINISTRATOR, role), administers);
        assert_int_equal(life_kind_fits(ACCOUNT_MACHINE, role), machine);
        assert_int_equal(life_kind_fits(ACCOUNT_OFFICER, role), !administers && !machine && !none);
        assert_int_equal(life_administers(role), administers);
        assert_false(life_kind_fits(0, role));
        assert_false(life_kind_fits(ACCOUNT_KIND_END, role));
    }
}

static void f165_duties_of_an_account(void **state)
{
    struct account_rules rules = {.terms_version = 2, .otp_roles = 1u << ROLE_OWN};
    struct stored_account account = {.role = ROLE_REV, .state = ACCOUNT_ISSUED, .must_change = 1};

    (void)state;
    assert_int_equal(life_duties(&account, &rules), WELCOME_CHANGE_PASSWORD | WELCOME_AGREE_TERMS);
    account.must_change = 0;
    life_activate(&account, &rules);
    assert_int_equal(account.state, ACCOUNT_ISSUED);
    account.terms_version = 2;
    life_activate(&account, &rules);
    assert_int_equal(account.state, ACCOUNT_ACTIVE);
    assert_int_equal(life_duties(&account, &rules), 0);
    rules.terms_version = 3; /* a new text */
    assert_int_equal(life_duties(&account, &rules), WELCOME_AGREE_TERMS);
    rules.terms_version = 0; /* there are none */
    assert_int_equal(life_duties(&account, &rules), 0);
    account.role = ROLE_OWN;
    assert_int_equal(life_duties(&account, &rules), WELCOME_ENROLL_OTP);
    account.otp_state = OTP_ENROLLED;
    assert_int_equal(life_duties(&account, &rules), WELCOME_ENROLL_OTP);
    account.otp_state = OTP_IN_USE;
    assert_int_equal(life_duties(&account, &rules), 0);
}

static void contract_ends_at_midnight_in_japan(void **state)
{
    const int64_t midnight = INT64_C(1761922800000000); /* 2025-10-31 15:00 UTC: 1 November in Japan */
    struct stored_account account = {.until = 20251031};

    (void)state;
    assert_int_equal(date_in_japan(midnight - 1), 20251031);
    assert_int_equal(date_in_japan(midnight), 20251101);
    assert_false(life_contract_over(&account, midnight - 1));
    assert_true(life_contract_over(&account, midnight));
    account.until = 0;
    assert_false(life_contract_over(&account, midnight));
}

static void days_of_the_calendar(void **state)
{
    static const uint32_t good[] = {19700101, 20240229, 20000229, 20251231, 99991231};
    static const uint32_t bad[] = {0, 20250229, 21000229, 20251301, 20250001, 20250100, 20250431, 19691231, 100000101};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(account_date_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(account_date_valid(bad[i]));
    assert_int_equal(date_in_japan(INT64_C(1709132400000000)), 20240229); /* 2024-02-28 15:00 UTC */
    assert_int_equal(date_in_japan(INT64_C(1709218799999999)), 20240229);
    assert_int_equal(date_in_japan(INT64_C(1709218800000000)), 20240301);
}

static void temporary_password_is_good_for_seven_days(void **state)
{
    struct stored_account account = {.must_change = 1, .password_set_us = 1000};
    const int64_t week = TEMPORARY_DAYS * INT64_C(86400000000);

    (void)state;
    assert_false(life_temporary_over(&account, 1000 + week));
    assert_true(life_temporary_over(&account, 1001 + week));
    account.must_change = 0;
    assert_false(life_temporary_over(&account, 1001 + week));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state),
        cmocka_unit_test(inv20_contractors_end_and_do_not_decide),
        cmocka_unit_test(f091_each_role_has_its_kinds),
        cmocka_unit_test(f165_duties_of_an_account),
        cmocka_unit_test(contract_ends_at_midnight_in_japan),
        cmocka_unit_test(days_of_the_calendar),
        cmocka_unit_test(temporary_password_is_good_for_seven_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
