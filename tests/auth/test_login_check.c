/* Logins: who gets in, what each refusal is recorded as, and what it charges (F092, F097, F099, F102, INV-13, INV-14).
 */
#include <time.h>

#include "accounts_fixture.h"
#include "auth/login_check.h"
#include "auth/otp.h"
#include "crypto/hash.h"

static uint8_t certificate[CERT_HASH_LEN];
static const uint8_t session[SESSION_ID_LEN] = {0x5e};
static struct login_plain plain;
static struct login_grant grant;

static void begin_login(const char *account, const char *password)
{
    plain = (struct login_plain){.version = 1, .tenant = TENANT_A};
    plain.account_length = (uint16_t)strlen(account);
    plain.password_length = (uint16_t)strlen(password);
    memcpy(plain.account, account, plain.account_length);
    memcpy(plain.password, password, plain.password_length);
    memset(certificate, 0xc0, sizeof certificate);
}

static bool do_login(struct fixture *fixture)
{
    const struct login_attempt attempt = {
        .plain = &plain, .certificate = certificate, .session = session, .now_us = fixture->now_us};

    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(login_check(&fixture->store, fixture->tenant, &fixture->rules, &attempt, &grant), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
    return grant.granted;
}

static bool log_in(struct fixture *fixture, const char *account, const char *password)
{
    begin_login(account, password);
    return do_login(fixture);
}

/* The last leaf is a refusal for this reason; nothing of the grant is set. */
static void assert_refused(struct fixture *fixture, enum login_refusal refusal)
{
    static const char nowhere[TERMINAL_ID_LEN];
    struct access_row row = record_at(fixture, 0);

    assert_false(grant.granted);
    assert_int_equal(grant.role, 0);
    assert_int_equal(grant.flags, 0);
    assert_memory_equal(grant.terminal, nowhere, sizeof nowhere);
    assert_int_equal(row.entry.event, ACCESS_LOGIN_FAILED);
    assert_int_equal(row.entry.result, refusal);
    assert_int_equal(row.entry.time_us, fixture->now_us);
    assert_memory_equal(row.entry.certificate, certificate, sizeof certificate);
}

static void set_state(struct fixture *fixture, const char *id, uint16_t account_state)
{
    struct stored_account account;

    load_account(fixture, id, &account);
    account.state = account_state;
    store_account(fixture, id, &account);
}

static void inv13_good_login_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;
    char expected[ACCOUNT_LEN];

    make_account(fixture, "tanaka", ROLE_REV);
    fixture->now_us += MINUTE_US;
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_int_equal(grant.role, ROLE_REV);
    assert_int_equal(grant.flags, 0);
    assert_false(grant.closed);
    copy_id(expected, "tanaka");
    assert_memory_equal(grant.account, expected, ACCOUNT_LEN);
    struct access_row row = record_at(fixture, 0);
    assert_int_equal(row.entry.event, ACCESS_LOGIN);
    assert_int_equal(row.entry.role, ROLE_REV);
    assert_memory_equal(row.entry.account, expected, ACCOUNT_LEN);
    assert_memory_equal(row.entry.session, session, sizeof session);
    copy_id(expected, "desk");
    assert_memory_equal(grant.terminal, expected, TERMINAL_ID_LEN);
    assert_memory_equal(row.entry.terminal, expected, TERMINAL_ID_LEN);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.last_login_us, fixture->now_us);
}

static void inv13_unknown_account_is_recorded_and_has_no_state(void **state)
{
    struct fixture *fixture = *state;
    char expected[ACCOUNT_LEN];

    for (int i = 0; i < 2; i++) {
        assert_false(log_in(fixture, "nobody", FIXTURE_PASSWORD));
        assert_refused(fixture, LOGIN_REFUSAL_ACCOUNT);
    }
    struct access_row row = record_at(fixture, 0);
    copy_id(expected, "nobody");
    assert_memory_equal(row.entry.object, expected, ACCOUNT_LEN);
    assert_true(crypto_all_zero(row.entry.account, ACCOUNT_LEN));
    assert_int_equal(record_count(fixture), 2);
}

/* Somebody has typed the password in the wrong place. */
static void what_is_no_id_is_not_kept(void **state)
{
    struct fixture *fixture = *state;

    assert_false(log_in(fixture, "Correct-Horse-7", "x"));
    assert_refused(fixture, LOGIN_REFUSAL_ACCOUNT);
    assert_true(crypto_all_zero(record_at(fixture, 0).entry.object, ACCOUNT_LEN));
}

static void inv14_terminal_must_be_on_the_list(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    for (int i = 0; i < 2; i++) {
        begin_login("tanaka", FIXTURE_PASSWORD);
        certificate[0] = 0;
        assert_false(do_login(fixture));
        assert_refused(fixture, LOGIN_REFUSAL_TERMINAL);
    }
    begin_login("tanaka", FIXTURE_PASSWORD);
    memset(certificate, 0, sizeof certificate); /* the local socket, not bound here */
    assert_false(do_login(fixture));
    assert_refused(fixture, LOGIN_REFUSAL_TERMINAL);
    load_account(fixture, "tanaka", &account); /* nobody elsewhere can lock him out */
    assert_int_equal(account.failed_count, 0);
    assert_int_equal(account.lock_count, 0);
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
}

static void each_closed_state_has_its_reason(void **state)
{
    static const struct {
        uint16_t state;
        enum login_refusal refusal;
    } closed[] = {{ACCOUNT_REQUESTED, LOGIN_REFUSAL_NOT_ISSUED},
                  {ACCOUNT_APPROVED, LOGIN_REFUSAL_NOT_ISSUED},
                  {ACCOUNT_LOCKED, LOGIN_REFUSAL_LOCKED},
                  {ACCOUNT_SUSPENDED, LOGIN_REFUSAL_SUSPENDED},
                  {ACCOUNT_RETURNED, LOGIN_REFUSAL_RETURNED}};
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        set_state(fixture, "tanaka", closed[i].state);
        assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
        assert_refused(fixture, closed[i].refusal);
        assert_int_equal(record_at(fixture, 0).entry.role, ROLE_REV);
    }
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.failed_count, 0);
}

/* A row with no password yet: no hash, and nothing that a password could equal. */
static void f099_account_without_a_password_lets_nobody_in(void **state)
{
    struct stored_account account = {.version = 1, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .terms_version = 3};
    struct fixture *fixture = *state;

    account.dormant_from_us = fixture->now_us;
    store_account(fixture, "tanaka", &account);
    assert_false(log_in(fixture, "tanaka", ""));
    assert_refused(fixture, LOGIN_REFUSAL_PASSWORD);
    assert_false(log_in(fixture, "tanaka", "x"));
    assert_refused(fixture, LOGIN_REFUSAL_PASSWORD);
}

static void guess(struct fixture *fixture, int times)
{
    for (int i = 0; i < times; i++) {
        assert_false(log_in(fixture, "tanaka", "Wrong-Horse-7"));
        assert_refused(fixture, LOGIN_REFUSAL_PASSWORD);
    }
}

static void lock_out_outlives_a_restart(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    guess(fixture, 3);
    fixture_reopen(fixture);
    guess(fixture, 2);
    fixture_reopen(fixture);
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_DELAYED);
    fixture->now_us += MINUTE_US - 1;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_DELAYED);
    fixture->now_us += 1;
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    load_account(fixture, "tanaka", &account); /* a good login has ended the row */
    assert_int_equal(account.lock_count, 0);
}

static void delay_ends_by_itself_after_the_clock_was_set_back(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    guess(fixture, 5);
    fixture->now_us -= 30 * DAY_US;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_DELAYED);
    fixture->now_us += MINUTE_US;
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
}

static void tenth_row_locks_the_account(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.lock_count = 9;
    store_account(fixture, "tanaka", &account);
    guess(fixture, 4);
    assert_false(grant.closed);
    guess(fixture, 1);
    assert_true(grant.closed); /* its session must end */
    assert_int_equal(record_at(fixture, 1).entry.event, ACCESS_LOCKED);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_LOCKED);
    fixture->now_us += 30 * DAY_US;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_LOCKED);
}

static void temporary_password_gives_a_fresh_session_for_a_week(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.state = ACCOUNT_ISSUED;
    account.must_change = 1;
    account.terms_version = 0;
    store_account(fixture, "tanaka", &account);
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_int_equal(grant.flags, WELCOME_CHANGE_PASSWORD | WELCOME_AGREE_TERMS);
    fixture->now_us += 7 * DAY_US + 1;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_TEMPORARY);
    assert_false(log_in(fixture, "tanaka", "Wrong-Horse-7")); /* is not told from a wrong one */
    assert_refused(fixture, LOGIN_REFUSAL_PASSWORD);
}

static void use_otp(struct fixture *fixture, const uint8_t secret[OTP_SECRET_LEN])
{
    struct stored_account account;
    char id[ACCOUNT_LEN];

    copy_id(id, "tanaka");
    load_account(fixture, "tanaka", &account);
    assert_int_equal(otp_seal(&fixture->store, TENANT_A, id, secret, account.otp_secret), 0);
    account.otp_state = OTP_IN_USE;
    store_account(fixture, "tanaka", &account);
}

static void second_factor_is_asked_and_each_code_is_good_once(void **state)
{
    static const uint8_t secret[OTP_SECRET_LEN] = {1, 2, 3};
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    use_otp(fixture, secret);
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_OTP);
    begin_login("tanaka", FIXTURE_PASSWORD);
    assert_int_equal(otp_code(secret, (uint64_t)(fixture->now_us / SECOND_US / OTP_STEP_S), plain.otp), 0);
    plain.password[0] ^= 1; /* a right code with a wrong password is not used up */
    assert_false(do_login(fixture));
    assert_refused(fixture, LOGIN_REFUSAL_PASSWORD);
    plain.password[0] ^= 1;
    assert_true(do_login(fixture));
    fixture_reopen(fixture);
    assert_false(do_login(fixture));
    assert_refused(fixture, LOGIN_REFUSAL_OTP);
}

static void role_may_need_a_second_factor_and_a_code_needs_one(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    fixture->rules.otp_roles = 1u << ROLE_REV;
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_int_equal(grant.flags, WELCOME_ENROLL_OTP);
    begin_login("tanaka", FIXTURE_PASSWORD);
    memcpy(plain.otp, "123456", 6);
    assert_false(do_login(fixture));
    assert_refused(fixture, LOGIN_REFUSAL_OTP);
}

static void wrong_codes_lock_out_as_wrong_passwords_do(void **state)
{
    static const uint8_t secret[OTP_SECRET_LEN] = {1};
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    use_otp(fixture, secret);
    for (int i = 0; i < 5; i++) {
        assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
        assert_refused(fixture, LOGIN_REFUSAL_OTP);
    }
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_DELAYED);
}

static void dormant_account_is_suspended_at_its_login(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    fixture->now_us += 45 * DAY_US;
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    fixture->now_us += 45 * DAY_US + 1;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_SUSPENDED);
    assert_int_equal(record_at(fixture, 1).entry.event, ACCESS_DORMANT);
    assert_true(grant.closed);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_SUSPENDED);
}

static void inv20_login_after_the_contract_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_CEN);
    load_account(fixture, "tanaka", &account);
    account.until = 20251102;
    store_account(fixture, "tanaka", &account);
    fixture->now_us = FIXTURE_NOW + 38 * 60 * MINUTE_US; /* 2 November, 23:00 in Japan */
    assert_true(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    fixture->now_us += 60 * MINUTE_US;
    assert_false(log_in(fixture, "tanaka", FIXTURE_PASSWORD));
    assert_refused(fixture, LOGIN_REFUSAL_SUSPENDED);
    assert_int_equal(record_at(fixture, 1).entry.event, ACCESS_CONTRACT_ENDED);
}

static double cpu_s(struct fixture *fixture, const char *account)
{
    struct timespec begin, end;
    double best = 1e9;

    for (int i = 0; i < 2; i++) {
        begin_login(account, "Wrong-Horse-7");
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
        assert_false(do_login(fixture));
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        double took = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
        best = took < best ? took : best;
    }
    return best;
}

static void refusals_cost_the_same(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    make_account(fixture, "locked", ROLE_REV);
    make_account(fixture, "requested", ROLE_REV);
    set_state(fixture, "locked", ACCOUNT_LOCKED);
    set_state(fixture, "requested", ACCOUNT_REQUESTED);
    double wrong = cpu_s(fixture, "tanaka");
    static const char *const others[] = {"nobody", "locked", "requested", "No-Id"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        double other = cpu_s(fixture, others[i]);
        assert_true(other > wrong / 2 && other < wrong * 2); /* Argon2id is hundreds of times all the rest */
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(inv13_good_login_is_recorded),
        TEST(inv13_unknown_account_is_recorded_and_has_no_state),
        TEST(what_is_no_id_is_not_kept),
        TEST(inv14_terminal_must_be_on_the_list),
        TEST(each_closed_state_has_its_reason),
        TEST(f099_account_without_a_password_lets_nobody_in),
        TEST(lock_out_outlives_a_restart),
        TEST(delay_ends_by_itself_after_the_clock_was_set_back),
        TEST(tenth_row_locks_the_account),
        TEST(temporary_password_gives_a_fresh_session_for_a_week),
        TEST(second_factor_is_asked_and_each_code_is_good_once),
        TEST(role_may_need_a_second_factor_and_a_code_needs_one),
        TEST(wrong_codes_lock_out_as_wrong_passwords_do),
        TEST(dormant_account_is_suspended_at_its_login),
        TEST(inv20_login_after_the_contract_is_refused),
        TEST(refusals_cost_the_same),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
