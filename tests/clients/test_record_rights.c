/* What the records say of a period: who could use numbers, from where, and which logins failed (F022, F096, F103). */
#include <string.h>

#include "auth/roles.h"
#include "crypto/account_call.h"
#include "record_report.h"
#include "record_rights.h"
#include "support/fixture.h"

#define DAY   100
#define START (1000 * DAY)

static struct rights rights;
static int64_t now;

static int begin(void **state)
{
    (void)state;
    rights = (struct rights){.start_us = START, .end_us = START + DAY};
    now = 1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    rights_free(&rights);
    return 0;
}

static void put(char *out, const char *text)
{
    strcpy(out, text ? text : "");
}

static struct sekisho_access_record made(enum sekisho_access_event event, const char *account)
{
    struct sekisho_access_record record = {.event = event, .time_us = now++};

    put(record.account, account);
    return record;
}

static void operation(unsigned what, const char *object, unsigned role)
{
    struct sekisho_access_record record = made(SEKISHO_ACCESS_OPERATION, object && role ? "owner" : object);

    record.operation = what;
    record.result = ACCOUNT_DONE;
    record.object_role = role;
    put(record.object, role || what == TERMINAL_ADD || what == TERMINAL_REMOVE ? object : NULL);
    rights_take(&rights, &record);
}

static void event(enum sekisho_access_event what, const char *account, unsigned role, const char *terminal)
{
    struct sekisho_access_record record = made(what, account);

    record.role = role;
    put(record.terminal, terminal);
    rights_take(&rights, &record);
}

/* Issued, password changed, terms agreed to. */
static void admit(const char *account, unsigned role)
{
    operation(ACCOUNT_ISSUE, account, role);
    operation(ACCOUNT_CHANGE_PASSWORD, account, 0);
    operation(ACCOUNT_AGREE_TERMS, account, 0);
}

static const struct account_right *right_of(const char *name)
{
    for (size_t i = 0; i < rights.account_count; i++)
        if (strcmp(rights.accounts[i].account, name) == 0)
            return &rights.accounts[i];
    return NULL;
}

static bool could(const char *name)
{
    return right_of(name) && right_of(name)->could;
}

static void f022_who_had_the_right_when_the_day_began_has_it(void **state)
{
    (void)state;
    admit("rev01", ROLE_REV);
    admit("adm01", ROLE_ADM); /* administrators use no numbers */
    admit("csh01", ROLE_CSH);
    operation(ACCOUNT_ISSUE, "rev02", ROLE_REV); /* a temporary password opens nothing */
    operation(ACCOUNT_REQUEST, "rev03", ROLE_REV);
    rights_finish(&rights);
    assert_true(could("rev01"));
    assert_false(could("adm01"));
    assert_false(could("csh01"));
    assert_false(could("rev02"));
    assert_false(could("rev03"));
}

static void what_was_lost_before_the_day_is_not_there(void **state)
{
    static const unsigned ways[] = {ACCOUNT_LOCK, ACCOUNT_SUSPEND, ACCOUNT_RETURN, ACCOUNT_RESET_PASSWORD};
    static const char *const names[] = {"rev01", "rev02", "rev03", "rev04"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        admit(names[i], ROLE_REV);
        operation(ways[i], names[i], ROLE_REV);
    }
    admit("rev05", ROLE_REV), event(SEKISHO_ACCESS_LOCKED, "rev05", ROLE_REV, NULL);
    admit("rev06", ROLE_REV), event(SEKISHO_ACCESS_DORMANT, "rev06", ROLE_REV, NULL);
    admit("rev07", ROLE_REV), event(SEKISHO_ACCESS_CONTRACT_ENDED, "rev07", ROLE_REV, NULL);
    admit("rev08", ROLE_REV), operation(ACCOUNT_LOCK, "rev08", ROLE_REV), operation(ACCOUNT_UNLOCK, "rev08", ROLE_REV);
    rights_finish(&rights);
    for (size_t i = 0; i < 4; i++)
        assert_false(could(names[i]));
    assert_false(could("rev05"));
    assert_false(could("rev06"));
    assert_false(could("rev07"));
    assert_true(could("rev08"));
}

static void what_changed_within_the_day_counts(void **state)
{
    (void)state;
    admit("rev01", ROLE_REV);
    now = START + 1;
    operation(ACCOUNT_LOCK, "rev01", ROLE_REV);
    admit("rev02", ROLE_REV);
    now = START + DAY; /* the day after */
    admit("rev03", ROLE_REV);
    operation(ACCOUNT_LOCK, "rev02", ROLE_REV);
    rights_finish(&rights);
    assert_true(could("rev01"));
    assert_false(right_now(&rights, right_of("rev01")));
    assert_true(could("rev02"));
    assert_true(right_now(&rights, right_of("rev02")));
    assert_false(could("rev03"));
}

static void refused_operations_change_nothing(void **state)
{
    struct sekisho_access_record record;

    (void)state;
    admit("rev01", ROLE_REV);
    record = made(SEKISHO_ACCESS_OPERATION, "owner");
    record.operation = ACCOUNT_LOCK;
    record.result = ACCOUNT_NOT_PERMITTED;
    put(record.object, "rev01");
    rights_take(&rights, &record);
    rights_finish(&rights);
    assert_true(could("rev01"));
}

static void f097_terminals_of_the_day_and_who_came_from_them(void **state)
{
    (void)state;
    event(SEKISHO_ACCESS_FIRST_ADMINISTRATOR, "owner", 0, "office");
    operation(TERMINAL_ADD, "desk-1", 0);
    operation(TERMINAL_ADD, "desk-2", 0);
    operation(TERMINAL_REMOVE, "desk-2", 0);
    admit("rev01", ROLE_REV);
    event(SEKISHO_ACCESS_LOGIN, "rev01", ROLE_REV, "desk-2"); /* not in the period */
    now = START + 1;
    operation(TERMINAL_ADD, "desk-3", 0);
    event(SEKISHO_ACCESS_LOGIN, "rev01", ROLE_REV, "desk-1");
    event(SEKISHO_ACCESS_LOGIN, "rev01", ROLE_REV, "desk-1");
    rights_finish(&rights);
    assert_int_equal(rights.terminal_count, 4);
    for (size_t i = 0; i < rights.terminal_count; i++)
        assert_int_equal(rights.terminals[i].could, strcmp(rights.terminals[i].terminal, "desk-2") != 0);
    assert_int_equal(right_of("rev01")->logins, 2);
    assert_int_equal(rights.place_count, 1);
    assert_string_equal(rights.places[0].terminal, "desk-1");
}

static void accounts_older_than_the_records_show_by_their_login(void **state)
{
    (void)state;
    now = START + 1;
    event(SEKISHO_ACCESS_LOGIN, "rev01", ROLE_REV, "desk-1");
    rights_finish(&rights);
    assert_true(could("rev01"));
}

/* ---- failed logins ---- */

static void fail_login(struct login_report *report, const char *id, bool known, const char *terminal, unsigned reason)
{
    struct sekisho_access_record record = made(SEKISHO_ACCESS_LOGIN_FAILED, known ? id : NULL);

    put(record.object, id);
    put(record.terminal, terminal);
    record.result = reason;
    report_add(report, &record);
}

static void f096_failures_are_counted_by_id_terminal_and_reason(void **state)
{
    struct login_report report = {0};

    (void)state;
    fail_login(&report, "nobody", false, "desk-1", LOGIN_REFUSAL_ACCOUNT);
    for (int i = 0; i < 3; i++)
        fail_login(&report, "rev01", true, "desk-1", LOGIN_REFUSAL_PASSWORD);
    fail_login(&report, "rev01", true, "desk-2", LOGIN_REFUSAL_PASSWORD);
    fail_login(&report, "rev01", true, "desk-1", LOGIN_REFUSAL_DELAYED);
    report_sort(&report);
    assert_int_equal(report.failed, 6);
    assert_int_equal(report.count, 4);
    assert_string_equal(report.groups[0].id, "rev01");
    assert_true(report.groups[0].known);
    assert_int_equal(report.groups[0].count, 3);
    assert_int_equal(report.groups[0].last_us - report.groups[0].first_us, 2);
    assert_string_equal(report.groups[1].id, "nobody");
    assert_false(report.groups[1].known);
    report_free(&report);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(f022_who_had_the_right_when_the_day_began_has_it),
        CASE(what_was_lost_before_the_day_is_not_there),
        CASE(what_changed_within_the_day_counts),
        CASE(refused_operations_change_nothing),
        CASE(f097_terminals_of_the_day_and_who_came_from_them),
        CASE(accounts_older_than_the_records_show_by_their_login),
        CASE(f096_failures_are_counted_by_id_terminal_and_reason),
    };

    return cmocka_run_group_tests_name("record_rights", tests, NULL, NULL);
}
