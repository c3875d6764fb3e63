/* Account calls about one's own account: password, terms, second factor (F092, F165, INV-14). */
#include "accounts_fixture.h"
#include "auth/account_fields.h"
#include "auth/otp.h"
#include "auth/password_rules.h"
#include "crypto/hash.h"

#define NEW_PASSWORD "Battery-Staple-9"

static enum account_result change_password(struct fixture *fixture, const struct session_entry *actor, const char *from,
                                           const char *to)
{
    struct account_call_plain *call = begin_call(fixture, ACCOUNT_CHANGE_PASSWORD, NULL);

    call->password_length = (uint16_t)strlen(from);
    call->new_password_length = (uint16_t)strlen(to);
    memcpy(call->password, from, call->password_length);
    memcpy(call->new_password, to, call->new_password_length);
    return do_call(fixture, actor);
}

static enum account_result agree(struct fixture *fixture, const struct session_entry *actor, uint32_t version,
                                 uint8_t digest)
{
    struct account_call_plain *call = begin_call(fixture, ACCOUNT_AGREE_TERMS, NULL);

    call->terms_version = version;
    call->digest[0] = digest;
    return do_call(fixture, actor);
}

static bool has_password(struct fixture *fixture, const char *id, const char *password)
{
    struct stored_account account;

    load_account(fixture, id, &account);
    return password_verify(password, strlen(password), &account.hash);
}

static struct session_entry *fresh_session(struct fixture *fixture)
{
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.state = ACCOUNT_ISSUED;
    account.must_change = 1;
    account.terms_version = 0;
    store_account(fixture, "tanaka", &account);
    struct session_entry *session = make_session(fixture, "tanaka");
    session->fresh = true;
    return session;
}

static void f165_password_and_terms_make_an_account_active(void **state)
{
    struct fixture *fixture = *state;
    struct session_entry *session = fresh_session(fixture);

    assert_int_equal(change_password(fixture, session, FIXTURE_PASSWORD, NEW_PASSWORD), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ISSUED);
    assert_int_equal(agree(fixture, session, 2, 7), ACCOUNT_WRONG_TERMS); /* a former version */
    assert_int_equal(agree(fixture, session, 3, 8), ACCOUNT_WRONG_TERMS); /* another text */
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ISSUED);
    assert_int_equal(agree(fixture, session, 3, 7), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ACTIVE);
    assert_true(has_password(fixture, "tanaka", NEW_PASSWORD));
}

static void f165_the_other_order_does_as_well(void **state)
{
    struct fixture *fixture = *state;
    struct session_entry *session = fresh_session(fixture);

    assert_int_equal(agree(fixture, session, 3, 7), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ISSUED);
    assert_int_equal(change_password(fixture, session, FIXTURE_PASSWORD, NEW_PASSWORD), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ACTIVE);
}

/* A fresh session stays one: its owner logs in again. */
static void fresh_session_may_do_nothing_else(void **state)
{
    static const uint16_t others[] = {ACCOUNT_REQUEST, ACCOUNT_APPROVE, ACCOUNT_LIST,  TERMINAL_ADD,
                                      TERMINAL_LIST,   ACCESS_LIST,     ACCESS_REVIEW, ACCOUNT_LIST_SESSIONS};
    struct fixture *fixture = *state;

    make_account(fixture, "owner", ROLE_OWN);
    struct session_entry *session = make_session(fixture, "owner");
    session->fresh = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(call_about(fixture, session, others[i], "tanaka"), ACCOUNT_NOT_PERMITTED);
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL);
    assert_int_equal(do_call(fixture, session), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    struct account_row row;
    memcpy(&row, fixture->reply.rows, sizeof row);
    assert_string_equal(row.account, "owner");
    assert_int_equal(row.state, ACCOUNT_ACTIVE);
}

/* Also a session that is no fresh one, when the account has become less since. */
static void what_has_changed_since_the_login_holds(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "owner", ROLE_OWN);
    struct session_entry *session = make_session(fixture, "owner");
    begin_call(fixture, ACCOUNT_LIST, NULL);
    assert_int_equal(do_call(fixture, session), ACCOUNT_DONE);
    load_account(fixture, "owner", &account);
    account.terms_version = 2;
    store_account(fixture, "owner", &account);
    assert_int_equal(do_call(fixture, session), ACCOUNT_NOT_PERMITTED);
    account.terms_version = 3;
    account.role = ROLE_REV;
    store_account(fixture, "owner", &account);
    assert_int_equal(do_call(fixture, session), ACCOUNT_NOT_PERMITTED);
    account.role = ROLE_OWN;
    account.until = 20251031;
    store_account(fixture, "owner", &account);
    assert_int_equal(do_call(fixture, session), ACCOUNT_NOT_PERMITTED);
    account.until = 0;
    account.state = ACCOUNT_SUSPENDED;
    store_account(fixture, "owner", &account);
    assert_int_equal(do_call(fixture, session), ACCOUNT_NOT_PERMITTED);
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL);
    assert_int_equal(do_call(fixture, session), ACCOUNT_NOT_PERMITTED);
}

static void f092_weak_and_used_passwords_are_refused(void **state)
{
    static const struct {
        const char *password;
        enum password_fault fault;
    } weak[] = {{"Short-1", PASSWORD_TOO_SHORT},
                {"kqmvxrtbwpdzhj", PASSWORD_FEW_KINDS},
                {"Tanaka-2025-11", PASSWORD_COMMON},
                {"Correct-Horse-7\t", PASSWORD_NOT_TEXT},
                {FIXTURE_PASSWORD, PASSWORD_USED}};
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        assert_int_equal(change_password(fixture, session, FIXTURE_PASSWORD, weak[i].password), ACCOUNT_WEAK_PASSWORD);
        assert_int_equal(fixture->reply.field, weak[i].fault);
        assert_true(has_password(fixture, "tanaka", FIXTURE_PASSWORD));
    }
    assert_int_equal(change_password(fixture, session, FIXTURE_PASSWORD, NEW_PASSWORD), ACCOUNT_DONE);
    assert_int_equal(change_password(fixture, session, NEW_PASSWORD, FIXTURE_PASSWORD), ACCOUNT_WEAK_PASSWORD);
    assert_int_equal(fixture->reply.field, PASSWORD_USED);
}

static void guesses_in_an_open_session_are_charged(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    load_account(fixture, "tanaka", &account);
    account.lock_count = 8;
    store_account(fixture, "tanaka", &account);
    for (int i = 0; i < 5; i++)
        assert_int_equal(change_password(fixture, session, "Wrong-Horse-7", NEW_PASSWORD), ACCOUNT_WRONG_PASSWORD);
    /* delayed: the right one is not looked at */
    assert_int_equal(change_password(fixture, session, FIXTURE_PASSWORD, NEW_PASSWORD), ACCOUNT_WRONG_PASSWORD);
    assert_int_equal(session->event, 0);
    fixture->now_us += DAY_US;
    for (int i = 0; i < 5; i++)
        assert_int_equal(change_password(fixture, session, "Wrong-Horse-7", NEW_PASSWORD), ACCOUNT_WRONG_PASSWORD);
    assert_int_equal(record_at(fixture, 1).entry.event, ACCESS_LOCKED);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_LOCKED);
    assert_int_equal(session->event, ACCESS_SESSION_TERMINATED);
    assert_true(has_password(fixture, "tanaka", FIXTURE_PASSWORD));
}

static enum account_result enroll(struct fixture *fixture, const struct session_entry *session, const char *password)
{
    struct account_call_plain *call = begin_call(fixture, ACCOUNT_ENROLL_OTP, NULL);

    call->password_length = (uint16_t)strlen(password);
    memcpy(call->password, password, call->password_length);
    return do_call(fixture, session);
}

static enum account_result confirm(struct fixture *fixture, const struct session_entry *session, const char code[8])
{
    memcpy(begin_call(fixture, ACCOUNT_CONFIRM_OTP, NULL)->otp, code, 8);
    return do_call(fixture, session);
}

static void second_factor_is_in_use_after_a_code_of_it(void **state)
{
    struct fixture *fixture = *state;
    uint8_t secret[OTP_SECRET_LEN];
    struct stored_account account;
    char code[8];

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    assert_int_equal(confirm(fixture, session, "123456\0"), ACCOUNT_WRONG_STATE);
    assert_int_equal(enroll(fixture, session, "Wrong-Horse-7"), ACCOUNT_WRONG_PASSWORD);
    assert_true(crypto_all_zero(fixture->reply.otp_secret, OTP_SECRET_LEN));
    assert_int_equal(enroll(fixture, session, FIXTURE_PASSWORD), ACCOUNT_DONE);
    memcpy(secret, fixture->reply.otp_secret, sizeof secret);
    assert_false(crypto_all_zero(secret, sizeof secret));
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.otp_state, OTP_ENROLLED);
    assert_null(memmem(&account, sizeof account, secret, sizeof secret)); /* at rest it is sealed */
    assert_int_equal(otp_code(secret, (uint64_t)(fixture->now_us / SECOND_US / OTP_STEP_S) + 9, code), 0);
    assert_int_equal(confirm(fixture, session, code), ACCOUNT_WRONG_OTP);
    assert_int_equal(otp_code(secret, (uint64_t)(fixture->now_us / SECOND_US / OTP_STEP_S), code), 0);
    assert_int_equal(confirm(fixture, session, code), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.otp_state, OTP_IN_USE);
    /* Whoever holds the session cannot put his own in its place. */
    assert_int_equal(enroll(fixture, session, FIXTURE_PASSWORD), ACCOUNT_WRONG_STATE);
}

static void malformed_calls_are_none(void **state)
{
    struct fixture *fixture = *state;
    struct account_call_plain *call = begin_call(fixture, ACCOUNT_SHOW_OWN, NULL);

    assert_true(account_call_well_formed(call));
    call->version = 2;
    assert_false(account_call_well_formed(call));
    call->version = 1;
    call->operation = ACCOUNT_OPERATION_NONE;
    assert_false(account_call_well_formed(call));
    call->operation = UINT16_MAX;
    assert_false(account_call_well_formed(call));
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL)->zero = 1;
    assert_false(account_call_well_formed(call));
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL)->zero2 = 1;
    assert_false(account_call_well_formed(call));
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL)->zero3[199] = 1;
    assert_false(account_call_well_formed(call));
    begin_call(fixture, ACCOUNT_CHANGE_PASSWORD, NULL)->password_length = PASSWORD_MAX + 1;
    assert_false(account_call_well_formed(call));
    begin_call(fixture, ACCOUNT_CHANGE_PASSWORD, NULL)->new_password[0] = 'x'; /* longer than it says */
    assert_false(account_call_well_formed(call));
}

/* What an operation does not take must not be there: it would look as if it counted. */
static void fields_that_are_not_taken_are_refused(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    begin_call(fixture, ACCOUNT_SHOW_OWN, "tanaka");
    assert_int_equal(do_call(fixture, session), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(account));
    begin_call(fixture, ACCOUNT_SHOW_OWN, NULL)->until_us = 1;
    assert_int_equal(do_call(fixture, session), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(until_us));
    begin_call(fixture, ACCOUNT_CHANGE_PASSWORD, NULL);
    assert_int_equal(do_call(fixture, session), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(password));
    memcpy(begin_call(fixture, ACCOUNT_CONFIRM_OTP, NULL)->otp, "12345x", 6);
    assert_int_equal(do_call(fixture, session), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(otp));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f165_password_and_terms_make_an_account_active),
        TEST(f165_the_other_order_does_as_well),
        TEST(fresh_session_may_do_nothing_else),
        TEST(what_has_changed_since_the_login_holds),
        TEST(f092_weak_and_used_passwords_are_refused),
        TEST(guesses_in_an_open_session_are_charged),
        TEST(second_factor_is_in_use_after_a_code_of_it),
        TEST(malformed_calls_are_none),
        TEST(fields_that_are_not_taken_are_refused),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
