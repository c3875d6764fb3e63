/* First administrators, made offline (F099, INV-14), and accounts that end by themselves (INV-20, domain 10.4). */
#include "accounts_fixture.h"
#include "auth/account_first.h"
#include "auth/account_sweep.h"
#include "auth/life.h"
#include "auth/password_rules.h"

static struct first_administrator someone(uint16_t role, const char *account, const char *terminal, uint8_t certificate)
{
    struct first_administrator administrator = {
        .role = role, .password = FIXTURE_PASSWORD, .password_length = strlen(FIXTURE_PASSWORD)};

    copy_id(administrator.account, account);
    copy_id(administrator.terminal, terminal);
    strcpy(administrator.person, "Yamada Taro");
    memset(administrator.certificate, certificate, CERT_HASH_LEN);
    return administrator;
}

static enum first_result first(struct fixture *fixture, const struct first_administrator *administrator)
{
    enum first_result result;

    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(
        account_first(&fixture->store, fixture->tenant, administrator, PASSWORD_MIN_CHARS, fixture->now_us, &result),
        0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
    return result;
}

static void f099_first_administrator_must_change_the_password(void **state)
{
    struct fixture *fixture = *state;
    struct first_administrator administrator = someone(ROLE_OWN, "owner", "server", 0);
    struct stored_account account;
    char id[TERMINAL_ID_LEN], server[TERMINAL_ID_LEN];

    assert_int_equal(first(fixture, &administrator), FIRST_DONE);
    load_account(fixture, "owner", &account);
    assert_int_equal(account.state, ACCOUNT_ISSUED);
    assert_int_equal(account.role, ROLE_OWN);
    assert_int_equal(account.kind, ACCOUNT_ADMINISTRATOR);
    assert_int_equal(account.issue_number, 1);
    assert_int_equal(life_duties(&account, &fixture->rules), WELCOME_CHANGE_PASSWORD | WELCOME_AGREE_TERMS);
    assert_true(password_verify(FIXTURE_PASSWORD, strlen(FIXTURE_PASSWORD), &account.hash));
    assert_int_equal(record_at(fixture, 0).entry.event, ACCESS_FIRST_ADMINISTRATOR);
    assert_string_equal(record_at(fixture, 0).entry.object, "owner");
    assert_int_equal(record_at(fixture, 0).entry.object_role, ROLE_OWN);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(terminal_of(&fixture->store, fixture->tenant, administrator.certificate, id), 0);
    account_store_abort(&fixture->store);
    copy_id(server, "server");
    assert_memory_equal(id, server, sizeof id);
}

static void f099_one_of_each_role_and_no_more(void **state)
{
    struct fixture *fixture = *state;
    struct first_administrator owner = someone(ROLE_OWN, "owner", "server", 0),
                               second = someone(ROLE_OWN, "second", "server", 0),
                               admin = someone(ROLE_ADM, "admin", "server", 0);

    assert_int_equal(first(fixture, &owner), FIRST_DONE);
    assert_int_equal(first(fixture, &second), FIRST_NOT_FIRST);
    assert_int_equal(first(fixture, &admin), FIRST_DONE); /* over the terminal that is there */
    assert_int_equal(record_count(fixture), 2);
}

/* Whoever has the machine lets somebody in again when nobody can come in any more; it is recorded each time. */
static void f099_again_when_none_can_log_in(void **state)
{
    static const uint16_t closed[] = {ACCOUNT_LOCKED, ACCOUNT_SUSPENDED, ACCOUNT_RETURNED};
    static const char *const ids[] = {"owner.1", "owner.2", "owner.3"};
    struct fixture *fixture = *state;
    struct first_administrator owner = someone(ROLE_OWN, "owner", "server", 0);
    struct stored_account account;

    assert_int_equal(first(fixture, &owner), FIRST_DONE);
    assert_int_equal(first(fixture, &owner), FIRST_NOT_FIRST);
    const char *former = "owner";
    for (size_t i = 0; i < 3; i++) {
        load_account(fixture, former, &account);
        account.state = closed[i];
        store_account(fixture, former, &account);
        assert_int_equal(first(fixture, &owner), FIRST_EXISTS); /* an id is given out once */
        struct first_administrator next = someone(ROLE_OWN, ids[i], "server", 0);
        assert_int_equal(first(fixture, &next), FIRST_DONE);
        former = ids[i];
    }
    fixture->now_us += TEMPORARY_DAYS * DAY_US + 1; /* its temporary password has grown too old */
    struct first_administrator next = someone(ROLE_OWN, "owner.4", "server", 0);
    assert_int_equal(first(fixture, &next), FIRST_DONE);
}

static void f099_what_is_no_administrator_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct first_administrator officer = someone(ROLE_REV, "tanaka", "server", 0),
                               nameless = someone(ROLE_OWN, "owner", "server", 0),
                               no_id = someone(ROLE_OWN, "Owner", "server", 0),
                               common = someone(ROLE_OWN, "owner", "server", 0);

    memset(nameless.person, 0, sizeof nameless.person);
    common.password = "Sekisho-Admin-1";
    common.password_length = strlen(common.password);
    assert_int_equal(first(fixture, &officer), FIRST_BAD_FIELD);
    assert_int_equal(first(fixture, &nameless), FIRST_BAD_FIELD);
    assert_int_equal(first(fixture, &no_id), FIRST_BAD_FIELD);
    assert_int_equal(first(fixture, &common), FIRST_WEAK_PASSWORD);
    assert_int_equal(record_count(fixture), 0);
}

static void f097_terminal_of_another_certificate_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct first_administrator same_id = someone(ROLE_OWN, "owner", "desk", 0x11),
                               same_certificate = someone(ROLE_OWN, "owner", "server", 0xc0),
                               both = someone(ROLE_OWN, "owner", "desk", 0xc0);

    assert_int_equal(first(fixture, &same_id), FIRST_TERMINAL);
    assert_int_equal(first(fixture, &same_certificate), FIRST_TERMINAL);
    assert_int_equal(first(fixture, &both), FIRST_DONE);
}

static void sweep(struct fixture *fixture)
{
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(
        account_sweep(&fixture->store, fixture->tenant, &fixture->rules, &fixture->sessions, fixture->now_us), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
}

static void dormant_accounts_are_suspended(void **state)
{
    struct fixture *fixture = *state;

    make_account(fixture, "used", ROLE_REV);
    make_account(fixture, "unused", ROLE_REV);
    struct session_entry *session = make_session(fixture, "unused");
    fixture->now_us += 45 * DAY_US;
    sweep(fixture);
    assert_int_equal(state_of(fixture, "unused"), ACCOUNT_ACTIVE);
    make_account(fixture, "used", ROLE_REV); /* used now */
    fixture->now_us += 1;
    sweep(fixture);
    assert_int_equal(state_of(fixture, "used"), ACCOUNT_ACTIVE);
    assert_int_equal(state_of(fixture, "unused"), ACCOUNT_SUSPENDED);
    assert_int_equal(record_count(fixture), 1);
    assert_int_equal(record_at(fixture, 0).entry.event, ACCESS_DORMANT);
    assert_string_equal(record_at(fixture, 0).entry.account, "unused");
    assert_int_equal(session->event, ACCESS_SESSION_TERMINATED);
    sweep(fixture); /* once */
    assert_int_equal(record_count(fixture), 1);
}

static void inv20_accounts_end_with_their_contract(void **state)
{
    static const uint16_t states[] = {ACCOUNT_ISSUED, ACCOUNT_ACTIVE, ACCOUNT_LOCKED};
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "centre", ROLE_CEN);
    for (size_t i = 0; i < 3; i++) {
        load_account(fixture, "centre", &account);
        account.state = states[i];
        account.until = 20251101; /* today, in Japan */
        store_account(fixture, "centre", &account);
        fixture->now_us = FIXTURE_NOW + 15 * 60 * MINUTE_US - 1;
        sweep(fixture);
        assert_int_equal(state_of(fixture, "centre"), states[i]);
        fixture->now_us += 1;
        sweep(fixture);
        assert_int_equal(state_of(fixture, "centre"), ACCOUNT_SUSPENDED);
        assert_int_equal(record_at(fixture, 0).entry.event, ACCESS_CONTRACT_ENDED);
    }
}

static void sweep_leaves_what_was_never_in_use(void **state)
{
    static const uint16_t states[] = {ACCOUNT_REQUESTED, ACCOUNT_APPROVED, ACCOUNT_LOCKED, ACCOUNT_RETURNED};
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    for (size_t i = 0; i < 4; i++) {
        load_account(fixture, "tanaka", &account);
        account.state = states[i];
        store_account(fixture, "tanaka", &account);
        fixture->now_us += 100 * DAY_US;
        sweep(fixture);
        assert_int_equal(state_of(fixture, "tanaka"), states[i]);
    }
    assert_int_equal(record_count(fixture), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f099_first_administrator_must_change_the_password),
        TEST(f099_one_of_each_role_and_no_more),
        TEST(f099_again_when_none_can_log_in),
        TEST(f099_what_is_no_administrator_is_refused),
        TEST(f097_terminal_of_another_certificate_is_refused),
        TEST(dormant_accounts_are_suspended),
        TEST(inv20_accounts_end_with_their_contract),
        TEST(sweep_leaves_what_was_never_in_use),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
