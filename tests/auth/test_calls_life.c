/* The life of an account through account calls (F090-F094, F098, F102, INV-14, INV-20, domain 10.4). */
#include <stdio.h>

#include "accounts_fixture.h"
#include "auth/account_fields.h"
#include "auth/otp.h"
#include "auth/password_rules.h"
#include "crypto/hash.h"

static struct session_entry *owner, *admin;

static int set_up(void **state)
{
    if (fixture_set_up(state) != 0)
        return -1;
    make_account(*state, "owner", ROLE_OWN);
    make_account(*state, "admin", ROLE_ADM);
    owner = make_session(*state, "owner");
    admin = make_session(*state, "admin");
    return 0;
}

static void set_text(char *field, size_t size, const char *text)
{
    memset(field, 0, size);
    memcpy(field, text, strlen(text));
}

static struct account_call_plain *begin_request(struct fixture *fixture, const char *account, uint16_t role,
                                                uint16_t kind)
{
    struct account_call_plain *call = begin_call(fixture, ACCOUNT_REQUEST, account);

    call->role = role;
    call->kind = kind;
    snprintf(call->person, sizeof call->person, "person of %s", account);
    strcpy(call->organisation, "prefecture");
    strcpy(call->note, "reviews applications");
    return call;
}

static void request_officer(struct fixture *fixture, const char *account)
{
    begin_request(fixture, account, ROLE_REV, ACCOUNT_OFFICER);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
}

static enum account_result call_plain(struct fixture *fixture, const struct session_entry *actor, uint16_t operation,
                                      const char *account)
{
    begin_call(fixture, operation, account);
    return do_call(fixture, actor);
}

static void issue_officer(struct fixture *fixture, const char *account)
{
    request_officer(fixture, account);
    assert_int_equal(call_plain(fixture, owner, ACCOUNT_APPROVE, account), ACCOUNT_DONE);
    assert_int_equal(call_plain(fixture, admin, ACCOUNT_ISSUE, account), ACCOUNT_DONE);
}

static void set_state(struct fixture *fixture, const char *id, uint16_t account_state)
{
    struct stored_account account;

    load_account(fixture, id, &account);
    account.state = account_state;
    store_account(fixture, id, &account);
}

static void f093_from_request_to_a_temporary_password(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    request_officer(fixture, "tanaka");
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_REQUESTED);
    assert_int_equal(record_at(fixture, 0).entry.object_role, ROLE_REV);
    assert_string_equal(record_at(fixture, 0).entry.object, "tanaka");
    assert_string_equal(record_at(fixture, 0).note, "reviews applications");
    fixture->now_us += MINUTE_US;
    assert_int_equal(call_plain(fixture, owner, ACCOUNT_APPROVE, "tanaka"), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_APPROVED);
    fixture->now_us += MINUTE_US;
    assert_int_equal(call_plain(fixture, admin, ACCOUNT_ISSUE, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.state, ACCOUNT_ISSUED);
    assert_int_equal(account.must_change, 1);
    assert_int_equal(account.issue_number, 1);
    assert_int_equal(account.issued_us, fixture->now_us);
    assert_int_equal(account.approved_us, fixture->now_us - MINUTE_US);
    assert_string_equal(account.requested_by, "admin");
    assert_string_equal(account.approved_by, "owner");
    assert_string_equal(account.issued_by, "admin");
    assert_int_equal(fixture->reply.temporary_length, TEMPORARY_LEN);
    assert_true(password_verify(fixture->reply.temporary, TEMPORARY_LEN, &account.hash));
}

static void every_step_needs_its_state(void **state)
{
    static const struct {
        uint16_t operation;
        uint32_t from; /* bits */
    } steps[] = {
        {ACCOUNT_APPROVE, 1u << ACCOUNT_REQUESTED},
        {ACCOUNT_ISSUE, 1u << ACCOUNT_APPROVED},
        {ACCOUNT_LOCK, 1u << ACCOUNT_ISSUED | 1u << ACCOUNT_ACTIVE},
        {ACCOUNT_UNLOCK, 1u << ACCOUNT_LOCKED},
        {ACCOUNT_SUSPEND, 1u << ACCOUNT_ISSUED | 1u << ACCOUNT_ACTIVE | 1u << ACCOUNT_LOCKED},
        {ACCOUNT_RESUME, 1u << ACCOUNT_SUSPENDED},
        {ACCOUNT_RESET_PASSWORD, 1u << ACCOUNT_ISSUED | 1u << ACCOUNT_ACTIVE},
        {ACCOUNT_RETURN, ~(1u << ACCOUNT_RETURNED)},
    };
    struct fixture *fixture = *state;
    struct stored_account before;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &before);
    strcpy(before.requested_by, "admin");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (uint16_t from = ACCOUNT_REQUESTED; from < ACCOUNT_STATE_END; from++) {
            before.state = from;
            store_account(fixture, "tanaka", &before);
            enum account_result result = call_about(fixture, owner, steps[i].operation, "tanaka");
            assert_int_equal(result, steps[i].from >> from & 1 ? ACCOUNT_DONE : ACCOUNT_WRONG_STATE);
            if (result != ACCOUNT_DONE)
                assert_int_equal(state_of(fixture, "tanaka"), from);
        }
}

static void unknown_accounts_are_unknown(void **state)
{
    static const uint16_t operations[] = {ACCOUNT_APPROVE, ACCOUNT_ISSUE,      ACCOUNT_LOCK,   ACCOUNT_UNLOCK,
                                          ACCOUNT_SUSPEND, ACCOUNT_RESUME,     ACCOUNT_RETURN, ACCOUNT_RESET_PASSWORD,
                                          ACCOUNT_INSPECT, ACCOUNT_END_SESSION};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        assert_int_equal(call_about(fixture, owner, operations[i], "nobody"), ACCOUNT_UNKNOWN);
}

static void f102_one_account_for_each_person_and_role(void **state)
{
    struct fixture *fixture = *state;

    request_officer(fixture, "tanaka");
    begin_request(fixture, "tanaka", ROLE_APR, ACCOUNT_OFFICER); /* the id is taken */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    struct account_call_plain *call = begin_request(fixture, "tanaka.2", ROLE_REV, ACCOUNT_OFFICER);
    set_text(call->person, sizeof call->person, "person of tanaka");
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    call->role = ROLE_APR; /* F094: another role, another account */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(call_about(fixture, owner, ACCOUNT_RETURN, "tanaka"), ACCOUNT_DONE);
    call = begin_request(fixture, "tanaka.3", ROLE_REV, ACCOUNT_OFFICER);
    set_text(call->person, sizeof call->person, "person of tanaka");
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    begin_request(fixture, "tanaka", ROLE_REV, ACCOUNT_OFFICER); /* F098: an id is not given out again */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
}

static void inv20_contractor_needs_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct account_call_plain *call = begin_request(fixture, "centre", ROLE_CEN, ACCOUNT_CONTRACTOR);

    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(until));
    call->until = 20251031; /* over already */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    call->until = 20250230; /* no day */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    call->until = 20251130;
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    begin_request(fixture, "other", ROLE_APR, ACCOUNT_CONTRACTOR)->until = 20251130;
    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(kind));
    assert_int_equal(call_plain(fixture, owner, ACCOUNT_APPROVE, "centre"), ACCOUNT_DONE);
    fixture->now_us += 30 * DAY_US;
    assert_int_equal(call_plain(fixture, admin, ACCOUNT_ISSUE, "centre"), ACCOUNT_WRONG_STATE);
}

static void inv20_contract_goes_on_with_a_new_date(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "centre", ROLE_CEN);
    load_account(fixture, "centre", &account);
    account.state = ACCOUNT_SUSPENDED;
    account.until = 20251031;
    store_account(fixture, "centre", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_RESUME, "centre"), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(until));
    strcpy(begin_call(fixture, ACCOUNT_RESUME, "centre")->note, "the contract was renewed");
    fixture->call.until = 20260331;
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    load_account(fixture, "centre", &account);
    assert_int_equal(account.state, ACCOUNT_ACTIVE);
    assert_int_equal(account.until, 20260331);
    assert_int_equal(account.dormant_from_us, fixture->now_us);
}

static void f090_administrators_are_empowered_by_the_owner_alone(void **state)
{
    static const uint16_t empowering[] = {ACCOUNT_ISSUE, ACCOUNT_UNLOCK, ACCOUNT_RESUME, ACCOUNT_RESET_PASSWORD};
    static const uint16_t from[] = {ACCOUNT_APPROVED, ACCOUNT_LOCKED, ACCOUNT_SUSPENDED, ACCOUNT_ACTIVE};
    struct fixture *fixture = *state;

    make_account(fixture, "deputy", ROLE_OWN);
    make_account(fixture, "admin.2", ROLE_ADM);
    for (size_t i = 0; i < sizeof empowering / sizeof empowering[0]; i++) {
        set_state(fixture, "deputy", from[i]);
        set_state(fixture, "admin.2", from[i]);
        assert_int_equal(call_about(fixture, admin, empowering[i], "deputy"), ACCOUNT_NOT_PERMITTED);
        assert_int_equal(call_about(fixture, admin, empowering[i], "admin.2"), ACCOUNT_NOT_PERMITTED);
        assert_int_equal(call_about(fixture, owner, empowering[i], "deputy"), ACCOUNT_DONE);
        assert_int_equal(call_about(fixture, owner, empowering[i], "admin.2"), ACCOUNT_DONE);
    }
    set_state(fixture, "deputy", ACCOUNT_ACTIVE); /* whoever sees misuse stops it */
    assert_int_equal(call_about(fixture, admin, ACCOUNT_LOCK, "deputy"), ACCOUNT_DONE);
}

static void f091_nobody_approves_what_he_asked_for(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    begin_request(fixture, "tanaka", ROLE_REV, ACCOUNT_OFFICER);
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(call_plain(fixture, owner, ACCOUNT_APPROVE, "tanaka"), ACCOUNT_SAME_PERSON);
    assert_int_equal(call_plain(fixture, admin, ACCOUNT_APPROVE, "tanaka"), ACCOUNT_NOT_PERMITTED);
    make_account(fixture, "deputy", ROLE_OWN);
    load_account(fixture, "deputy", &account); /* the same person's second account */
    set_text(account.person, sizeof account.person, "admin");
    store_account(fixture, "deputy", &account);
    struct session_entry *deputy = make_session(fixture, "deputy");
    request_officer(fixture, "sato");
    assert_int_equal(call_plain(fixture, deputy, ACCOUNT_APPROVE, "sato"), ACCOUNT_SAME_PERSON);
    assert_int_equal(call_plain(fixture, deputy, ACCOUNT_APPROVE, "tanaka"), ACCOUNT_DONE);
    assert_int_equal(call_plain(fixture, owner, ACCOUNT_APPROVE, "sato"), ACCOUNT_DONE);
}

static void f091_nobody_gives_power_back_to_himself(void **state)
{
    static const uint16_t operations[] = {ACCOUNT_UNLOCK, ACCOUNT_RESUME, ACCOUNT_RESET_PASSWORD};
    static const uint16_t from[] = {ACCOUNT_LOCKED, ACCOUNT_SUSPENDED, ACCOUNT_ACTIVE};
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "owner.rev", ROLE_REV);
    load_account(fixture, "owner.rev", &account);
    set_text(account.person, sizeof account.person, "owner");
    for (size_t i = 0; i < 3; i++) {
        account.state = from[i];
        store_account(fixture, "owner.rev", &account);
        assert_int_equal(call_about(fixture, owner, operations[i], "owner.rev"), ACCOUNT_SAME_PERSON);
        assert_int_equal(call_about(fixture, admin, operations[i], "owner.rev"), ACCOUNT_DONE);
    }
    assert_int_equal(call_about(fixture, owner, ACCOUNT_RESET_PASSWORD, "owner"), ACCOUNT_SAME_PERSON);
}

static void power_taken_away_ends_sessions(void **state)
{
    static const uint16_t operations[] = {ACCOUNT_LOCK, ACCOUNT_SUSPEND, ACCOUNT_RETURN, ACCOUNT_RESET_PASSWORD,
                                          ACCOUNT_END_SESSION};
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        set_state(fixture, "tanaka", ACCOUNT_ACTIVE);
        session->event = 0;
        assert_int_equal(call_about(fixture, admin, operations[i], "tanaka"), ACCOUNT_DONE);
        assert_int_equal(session->event, ACCESS_SESSION_TERMINATED);
        assert_int_equal(owner->event, 0);
        assert_int_equal(admin->event, 0);
    }
}

static void unlocking_forgets_the_bad_logins(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.state = ACCOUNT_LOCKED;
    account.lock_count = 10;
    account.failed_count = 2;
    account.locked_until_us = fixture->now_us + DAY_US;
    store_account(fixture, "tanaka", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_UNLOCK, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.state, ACCOUNT_ACTIVE);
    assert_int_equal(account.lock_count + account.failed_count, 0);
    assert_int_equal(account.locked_until_us, 0);
}

static void unlocking_ends_a_delay(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.lock_count = 3;
    account.locked_until_us = fixture->now_us + DAY_US;
    store_account(fixture, "tanaka", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_UNLOCK, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.state, ACCOUNT_ACTIVE);
    assert_int_equal(account.lock_count, 0);
    assert_int_equal(account.locked_until_us, 0);
    account.locked_until_us = fixture->now_us + DAY_US; /* of one that is closed for another reason, it does not */
    account.state = ACCOUNT_SUSPENDED;
    store_account(fixture, "tanaka", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_UNLOCK, "tanaka"), ACCOUNT_WRONG_STATE);
}

static void unlocked_account_with_work_left_is_issued(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.must_change = 1;
    account.state = ACCOUNT_LOCKED;
    store_account(fixture, "tanaka", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_UNLOCK, "tanaka"), ACCOUNT_DONE);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ISSUED);
}

static void reset_gives_a_temporary_password_and_takes_the_second_factor(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    account.otp_state = OTP_IN_USE;
    account.otp_secret[0] = 1;
    store_account(fixture, "tanaka", &account);
    assert_int_equal(call_about(fixture, admin, ACCOUNT_RESET_PASSWORD, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.state, ACCOUNT_ISSUED);
    assert_int_equal(account.must_change, 1);
    assert_int_equal(account.otp_state, OTP_NONE);
    assert_true(crypto_all_zero(account.otp_secret, sizeof account.otp_secret));
    assert_int_equal(account.former_count, 1);
    assert_true(password_verify(fixture->reply.temporary, TEMPORARY_LEN, &account.hash));
    assert_false(password_verify(FIXTURE_PASSWORD, strlen(FIXTURE_PASSWORD), &account.hash));
}

/* F098: the line of the ID ledger stays, with its dates; what let its holder in is gone. */
static void f098_returned_account_is_a_line_of_the_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    issue_officer(fixture, "tanaka");
    fixture->now_us += DAY_US;
    assert_int_equal(call_about(fixture, admin, ACCOUNT_RETURN, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.issue_number, 1);
    assert_int_equal(account.returned_us, fixture->now_us);
    assert_string_equal(account.person, "person of tanaka");
    assert_true(crypto_all_zero(&account.hash, sizeof account.hash));
    assert_true(crypto_all_zero(account.former, sizeof account.former));
}

static void f098_lines_are_numbered_and_inspected(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    request_officer(fixture, "sato");
    assert_int_equal(call_about(fixture, owner, ACCOUNT_INSPECT, "sato"), ACCOUNT_WRONG_STATE); /* no line yet */
    issue_officer(fixture, "tanaka");
    issue_officer(fixture, "suzuki");
    load_account(fixture, "suzuki", &account);
    assert_int_equal(account.issue_number, 2);
    fixture->now_us += DAY_US;
    assert_int_equal(call_about(fixture, owner, ACCOUNT_INSPECT, "tanaka"), ACCOUNT_DONE);
    load_account(fixture, "tanaka", &account);
    assert_int_equal(account.inspected_us, fixture->now_us);
    assert_string_equal(account.inspected_by, "owner");
    assert_string_equal(account.inspection, "a reason");
}

static void reasons_are_asked_for(void **state)
{
    static const uint16_t operations[] = {ACCOUNT_LOCK,   ACCOUNT_UNLOCK,  ACCOUNT_SUSPEND,        ACCOUNT_RESUME,
                                          ACCOUNT_RETURN, ACCOUNT_INSPECT, ACCOUNT_RESET_PASSWORD, ACCOUNT_END_SESSION};
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        assert_int_equal(call_plain(fixture, owner, operations[i], "tanaka"), ACCOUNT_BAD_FIELD);
        assert_int_equal(fixture->reply.field, CALL_FIELD(note));
    }
    begin_request(fixture, "sato", ROLE_REV, ACCOUNT_OFFICER)->person[0] = '\0';
    memset(fixture->call.person, 0, sizeof fixture->call.person);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(person));
}

/* What is no text is neither stored nor recorded. */
static void texts_with_control_characters_are_refused(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "tanaka", ROLE_REV);
    strcpy(begin_call(fixture, ACCOUNT_LOCK, "tanaka")->note, "\x1b]0;title\x07");
    assert_int_equal(do_call(fixture, owner), ACCOUNT_BAD_FIELD);
    assert_int_equal(record_at(fixture, 0).note[0], 0);
    assert_true(crypto_all_zero(record_at(fixture, 0).entry.note_hash, 32));
    memcpy(begin_call(fixture, ACCOUNT_LOCK, NULL)->account, "Not An Id", 9);
    strcpy(fixture->call.note, "a reason");
    assert_int_equal(do_call(fixture, owner), ACCOUNT_BAD_FIELD);
    assert_true(crypto_all_zero(record_at(fixture, 0).entry.object, ACCOUNT_LEN));
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ACTIVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f093_from_request_to_a_temporary_password),
        TEST(every_step_needs_its_state),
        TEST(unknown_accounts_are_unknown),
        TEST(f102_one_account_for_each_person_and_role),
        TEST(inv20_contractor_needs_an_end),
        TEST(inv20_contract_goes_on_with_a_new_date),
        TEST(f090_administrators_are_empowered_by_the_owner_alone),
        TEST(f091_nobody_approves_what_he_asked_for),
        TEST(f091_nobody_gives_power_back_to_himself),
        TEST(power_taken_away_ends_sessions),
        TEST(unlocking_forgets_the_bad_logins),
        TEST(unlocking_ends_a_delay),
        TEST(unlocked_account_with_work_left_is_issued),
        TEST(reset_gives_a_temporary_password_and_takes_the_second_factor),
        TEST(f098_returned_account_is_a_line_of_the_ledger),
        TEST(f098_lines_are_numbered_and_inspected),
        TEST(reasons_are_asked_for),
        TEST(texts_with_control_characters_are_refused),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
