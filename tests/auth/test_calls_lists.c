/* Terminals, lists, live sessions, and the leaf of each call (F095, F097, F098, F103, INV-13, INV-14). */
#include <stdio.h>

#include "accounts_fixture.h"
#include "auth/account_fields.h"
#include "crypto/hash.h"

#define PAGE_ROWS (sizeof(((struct account_reply_plain *)0)->rows) / sizeof(struct account_row))

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

static struct account_row row_at(const struct fixture *fixture, size_t index)
{
    struct account_row row;

    assert_true(index < fixture->reply.count);
    assert_int_equal(fixture->reply.row_length, sizeof row);
    memcpy(&row, fixture->reply.rows + index * sizeof row, sizeof row);
    return row;
}

static bool more(const struct fixture *fixture)
{
    return !crypto_all_zero(fixture->reply.next, sizeof fixture->reply.next);
}

static void f098_accounts_are_listed_in_pages(void **state)
{
    struct fixture *fixture = *state;
    char id[ACCOUNT_LEN], last[ACCOUNT_LEN] = {0};
    size_t seen = 0, pages = 0;

    for (size_t i = 0; i < 2 * PAGE_ROWS; i++) {
        snprintf(id, sizeof id, "officer.%02zu", i);
        make_account(fixture, id, ROLE_REV);
    }
    begin_call(fixture, ACCOUNT_LIST, NULL);
    do {
        assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
        for (size_t i = 0; i < fixture->reply.count; i++, seen++) {
            struct account_row row = row_at(fixture, i);
            assert_true(memcmp(row.account, last, ACCOUNT_LEN) > 0);
            memcpy(last, row.account, ACCOUNT_LEN);
        }
        memcpy(fixture->call.next, fixture->reply.next, sizeof fixture->call.next);
        pages++;
    } while (more(fixture));
    assert_int_equal(seen, 2 * PAGE_ROWS + 2);
    assert_int_equal(pages, 3);
}

static void page_that_ends_the_list_says_so(void **state)
{
    struct fixture *fixture = *state;

    begin_call(fixture, ACCOUNT_LIST, NULL)->count = 2;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 2);
    assert_false(more(fixture));
    fixture->call.count = 1;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    assert_true(more(fixture));
    assert_string_equal(row_at(fixture, 0).account, "admin");
    fixture->call.count = 1000; /* more than fit */
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 2);
}

static void filters_of_the_list(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    make_account(fixture, "tanaka", ROLE_REV);
    make_account(fixture, "sato", ROLE_REV);
    load_account(fixture, "sato", &account);
    account.state = ACCOUNT_SUSPENDED;
    store_account(fixture, "sato", &account);
    begin_call(fixture, ACCOUNT_LIST, NULL)->role = ROLE_REV;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 2);
    fixture->call.state = ACCOUNT_SUSPENDED;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    assert_string_equal(row_at(fixture, 0).account, "sato");
    assert_string_equal(row_at(fixture, 0).person, "sato");
    begin_call(fixture, ACCOUNT_LIST, "tanaka");
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    begin_call(fixture, ACCOUNT_LIST, "tanaka")->role = ROLE_APR;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 0);
    begin_call(fixture, ACCOUNT_LIST, "nobody");
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 0);
    begin_call(fixture, ACCOUNT_LIST, NULL)->role = ROLE_COUNT;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, CALL_FIELD(role));
}

/* No hash, no secret, in any row that is shown. */
static void rows_hold_no_secret(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;

    load_account(fixture, "owner", &account);
    begin_call(fixture, ACCOUNT_LIST, "owner");
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_null(memmem(&fixture->reply, sizeof fixture->reply, account.hash.digest, PASSWORD_DIGEST_LEN));
    assert_null(memmem(&fixture->reply, sizeof fixture->reply, account.hash.salt, PASSWORD_SALT_LEN));
}

static struct account_call_plain *begin_terminal(struct fixture *fixture, uint16_t operation, const char *terminal,
                                                 uint8_t certificate)
{
    struct account_call_plain *call = begin_call(fixture, operation, NULL);

    copy_id(call->terminal, terminal);
    strcpy(call->note, "counter 3");
    if (operation == TERMINAL_ADD) {
        call->kind = TERMINAL_OPERATION;
        memset(call->digest, certificate, sizeof call->digest);
    }
    return call;
}

static void f097_terminals_are_added_once(void **state)
{
    struct fixture *fixture = *state;
    struct terminal_row row;

    begin_terminal(fixture, TERMINAL_ADD, "counter", 0x31);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_string_equal(record_at(fixture, 0).entry.object, "counter");
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    begin_terminal(fixture, TERMINAL_ADD, "counter", 0x32); /* another certificate for an id that is taken */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    begin_terminal(fixture, TERMINAL_ADD, "counter.2", 0x31); /* another id for a certificate that is bound */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    begin_terminal(fixture, TERMINAL_ADD, "socket", 0); /* the local socket is one like any */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    begin_terminal(fixture, TERMINAL_ADD, "counter.3", 0x33)->kind = TERMINAL_KIND_END;
    assert_int_equal(do_call(fixture, admin), ACCOUNT_BAD_FIELD);
    begin_call(fixture, TERMINAL_LIST, NULL);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 3);
    memcpy(&row, fixture->reply.rows, sizeof row);
    assert_string_equal(row.terminal, "counter");
    assert_string_equal(row.place, "counter 3");
    assert_string_equal(row.added_by, "admin");
    assert_int_equal(row.certificate[31], 0x31);
    assert_int_equal(row.removed, 0);
}

static void f097_removed_terminal_ends_its_sessions(void **state)
{
    struct fixture *fixture = *state;
    struct terminal_row row;

    begin_terminal(fixture, TERMINAL_ADD, "counter", 0x31);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    copy_id(session->terminal, "counter");
    begin_terminal(fixture, TERMINAL_REMOVE, "counter", 0);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(session->event, ACCESS_SESSION_TERMINATED);
    assert_int_equal(admin->event, 0);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_WRONG_STATE);
    begin_call(fixture, TERMINAL_LIST, NULL);
    copy_id(fixture->call.terminal, "counter");
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    memcpy(&row, fixture->reply.rows, sizeof row);
    assert_int_equal(row.removed, 1);
    assert_int_equal(row.removed_us, fixture->now_us);
    begin_terminal(fixture, TERMINAL_ADD, "counter", 0x31); /* the id stays that of the records */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_EXISTS);
    begin_terminal(fixture, TERMINAL_ADD, "counter.2", 0x31); /* the machine may come back under another */
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
}

static void f097_own_terminal_stays(void **state)
{
    struct fixture *fixture = *state;

    begin_terminal(fixture, TERMINAL_REMOVE, "desk", 0);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_WRONG_STATE);
    begin_terminal(fixture, TERMINAL_REMOVE, "nowhere", 0);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_UNKNOWN);
}

static void f095_who_is_in_and_from_where(void **state)
{
    struct fixture *fixture = *state;
    struct live_session_row row;

    make_account(fixture, "tanaka", ROLE_REV);
    make_account(fixture, "sato", ROLE_REC);
    make_session(fixture, "tanaka");
    make_session(fixture, "sato")->state = SESSION_ENDED;
    make_session(fixture, "sato")->tenant = TENANT_B; /* the same id elsewhere */
    begin_call(fixture, ACCOUNT_LIST_SESSIONS, NULL);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 3);
    assert_int_equal(fixture->reply.row_length, sizeof row);
    memcpy(&row, fixture->reply.rows + 2 * sizeof row, sizeof row);
    assert_string_equal(row.account, "tanaka");
    assert_string_equal(row.terminal, "desk");
    assert_int_equal(row.role, ROLE_REV);
    assert_int_equal(row.opened_us, fixture->now_us);
    fixture->call.count = 2;
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 2);
    memcpy(fixture->call.next, fixture->reply.next, sizeof fixture->call.next);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    assert_false(more(fixture));
    assert_int_equal(call_about(fixture, admin, ACCOUNT_END_SESSION, "sato"), ACCOUNT_UNKNOWN);
}

/* INV-13: refused calls, too; do_call looks at the leaf of each. */
static void inv13_refused_calls_leave_a_leaf(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before = record_count(fixture);

    make_account(fixture, "tanaka", ROLE_REV);
    struct session_entry *session = make_session(fixture, "tanaka");
    assert_int_equal(call_about(fixture, session, ACCOUNT_LOCK, "owner"), ACCOUNT_NOT_PERMITTED);
    struct access_row row = record_at(fixture, 0);
    assert_int_equal(row.entry.role, ROLE_REV);
    assert_string_equal(row.entry.object, "owner");
    assert_string_equal(row.entry.terminal, "desk");
    assert_string_equal(row.note, "a reason");
    assert_int_equal(row.entry.certificate[0], 0xc0);
    assert_int_equal(record_count(fixture), before + 1);
}

static void f103_reading_the_records_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct account_call_plain *call;

    call_about(fixture, admin, ACCOUNT_LOCK, "nobody");
    call = begin_call(fixture, ACCESS_LIST, "nobody");
    call->from_us = fixture->now_us;
    call->until_us = fixture->now_us + 1;
    assert_int_equal(do_call(fixture, owner), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 1);
    struct access_row row = record_at(fixture, 0);
    assert_string_equal(row.entry.object, "nobody");
    assert_int_equal(row.entry.from_us, call->from_us);
    assert_int_equal(row.entry.until_us, call->until_us);
    assert_int_equal(do_call(fixture, admin), ACCOUNT_NOT_PERMITTED);
}

static void f096_review_is_signed_off_by_its_leaf(void **state)
{
    struct fixture *fixture = *state;
    struct account_call_plain *call = begin_call(fixture, ACCESS_REVIEW, NULL);

    call->from_us = fixture->now_us - 30 * DAY_US;
    call->until_us = fixture->now_us;
    call->count = 2;
    strcpy(call->note, "screens lock after 5 minutes");
    assert_int_equal(do_call(fixture, admin), ACCOUNT_DONE);
    struct access_row row = record_at(fixture, 0);
    assert_int_equal(row.entry.count, 2);
    assert_int_equal(row.entry.from_us, call->from_us);
    assert_int_equal(row.entry.until_us, call->until_us);
    assert_string_equal(row.note, "screens lock after 5 minutes");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f098_accounts_are_listed_in_pages),
        TEST(page_that_ends_the_list_says_so),
        TEST(filters_of_the_list),
        TEST(rows_hold_no_secret),
        TEST(f097_terminals_are_added_once),
        TEST(f097_removed_terminal_ends_its_sessions),
        TEST(f097_own_terminal_stays),
        TEST(f095_who_is_in_and_from_where),
        TEST(inv13_refused_calls_leave_a_leaf),
        TEST(f103_reading_the_records_is_recorded),
        TEST(f096_review_is_signed_off_by_its_leaf),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
