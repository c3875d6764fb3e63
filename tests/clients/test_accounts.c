/* sekisho_accounts.h against a fake auth, through a front that is honest, or lies. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sekisho_accounts.h"
#include "support/fake_accounts.h"
#include "support/fake_server.h"
#include "support/fixture.h"

static struct fake_server *fake;
static struct sekisho_client *client;
static struct sekisho_session *session;
static char address[PATH_MAX], pin[SEKISHO_FINGERPRINT_LEN + 1];
static struct account_call_plain heard; /* the last call */

static int start(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    fake = fake_start(in_folder(state, "socket"));
    fake_pin(fake, pin);
    snprintf(address, sizeof address, "unix:%.100s", in_folder(state, "socket"));
    return 0;
}

static int finish(void **state)
{
    fake_stop(fake);
    return folder_free(state);
}

static void answer_done(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    (void)reply;
    heard = *call;
}

static int log_in(void **state)
{
    struct sekisho_options options = {.address = address, .pin = pin, .timeout_ms = 5000};
    char password[] = FAKE_PASSWORD;

    (void)state;
    fake_lie(fake, LIE_NONE);
    fake_must(fake, 0);
    fake_accounts_of(fake)->answer = answer_done;
    if (sekisho_connect(&options, &client, NULL) != SEKISHO_OK)
        return -1;
    return sekisho_login(client, 11, FAKE_ACCOUNT, password, strlen(password), &session, NULL) == SEKISHO_OK ? 0 : -1;
}

static int log_out(void **state)
{
    (void)state;
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return 0;
}

static void test_login_with_second_factor(void **state)
{
    struct sekisho_session *other = NULL;
    struct sekisho_session_info info;
    struct sekisho_error error;
    char password[] = FAKE_PASSWORD;

    (void)state;
    fake_must(fake, WELCOME_CHANGE_PASSWORD | WELCOME_AGREE_TERMS);
    assert_int_equal(sekisho_login_otp(client, 11, FAKE_ACCOUNT, password, strlen(password), "012345", &other, &error),
                     SEKISHO_OK);
    assert_string_equal(fake_otp(fake), "012345");
    sekisho_session_info(other, &info);
    assert_int_equal(info.must, SEKISHO_MUST_CHANGE_PASSWORD | SEKISHO_MUST_AGREE_TO_TERMS);
    sekisho_session_free(other);
    assert_int_equal(sekisho_login_otp(client, 11, FAKE_ACCOUNT, password, 1, "12345x", &other, &error),
                     SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.reason, "BAD_OTP");
}

static void test_change_password(void **state)
{
    static const char wiped[16];
    char old[16] = "Old-Password-1", new[16] = "New-Password-2";

    (void)state;
    assert_int_equal(sekisho_change_password(session, old, strlen(old), new, strlen(new), NULL), SEKISHO_OK);
    assert_int_equal(heard.version, 1);
    assert_int_equal(heard.operation, ACCOUNT_CHANGE_PASSWORD);
    assert_int_equal(heard.password_length, 14);
    assert_memory_equal(heard.password, "Old-Password-1\0", 15);
    assert_int_equal(heard.new_password_length, 14);
    assert_memory_equal(heard.new_password, "New-Password-2\0", 15);
    assert_memory_equal(old, wiped, sizeof old);
    assert_memory_equal(new, wiped, sizeof new);
}

static void test_request(void **state)
{
    const struct sekisho_account_request request = {.account = "sato.h",
                                                    .role = sekisho_role_of("rev"),
                                                    .kind = SEKISHO_OFFICER,
                                                    .person = "佐藤 花子",
                                                    .organisation = "県庁 資格課",
                                                    .purpose = "審査",
                                                    .until = 20270331};
    struct sekisho_account_request bad = request;
    struct sekisho_error error;
    char text[SEKISHO_PERSON_MAX + 2];

    (void)state;
    assert_int_equal(sekisho_request_account(session, &request, &error), SEKISHO_OK);
    assert_int_equal(heard.operation, ACCOUNT_REQUEST);
    assert_string_equal(heard.account, "sato.h");
    assert_int_equal(heard.role, 4);
    assert_int_equal(heard.kind, ACCOUNT_OFFICER);
    assert_string_equal(heard.person, "佐藤 花子");
    assert_string_equal(heard.organisation, "県庁 資格課");
    assert_string_equal(heard.note, "審査");
    assert_int_equal(heard.until, 20270331);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    bad.person = text;
    assert_int_equal(sekisho_request_account(session, &bad, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.field, "person");
    bad = request;
    bad.account = "Sato H";
    assert_int_equal(sekisho_request_account(session, &bad, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.field, "account");
}

static void answer_temporary(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->temporary_length = 20;
    memcpy(reply->temporary, "abcdefghijABCDEFGHIJ", 20);
}

static void test_steps(void **state)
{
    static const uint16_t operations[SEKISHO_ACCOUNT_STEPS] = {
        ACCOUNT_APPROVE, ACCOUNT_ISSUE,  ACCOUNT_LOCK,           ACCOUNT_UNLOCK,  ACCOUNT_SUSPEND,
        ACCOUNT_RESUME,  ACCOUNT_RETURN, ACCOUNT_RESET_PASSWORD, ACCOUNT_INSPECT, ACCOUNT_END_SESSION};
    char temporary[SEKISHO_TEMPORARY_MAX + 1];

    (void)state;
    for (int step = 0; step < SEKISHO_ACCOUNT_STEPS; step++) {
        const struct sekisho_account_change change = {
            .step = (enum sekisho_account_step)step, .account = "sato.h", .note = "why"};
        assert_int_equal(sekisho_change_account(session, &change, temporary, NULL), SEKISHO_OK);
        assert_int_equal(heard.operation, operations[step]);
        assert_string_equal(heard.account, "sato.h");
        assert_string_equal(heard.note, "why");
        assert_string_equal(temporary, "");
    }
    fake_accounts_of(fake)->answer = answer_temporary;
    const struct sekisho_account_change issue = {.step = SEKISHO_ISSUE_ACCOUNT, .account = "sato.h"};
    assert_int_equal(sekisho_change_account(session, &issue, temporary, NULL), SEKISHO_OK);
    assert_string_equal(temporary, "abcdefghijABCDEFGHIJ");
    assert_int_equal(heard.note[0], 0);
}

static uint16_t refuse_as, refuse_field;

static void answer_refused(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->result = refuse_as;
    reply->field = refuse_field;
}

static void expect_refused(uint16_t result, uint16_t field, const char *reason)
{
    const struct sekisho_account_change change = {.step = SEKISHO_LOCK_ACCOUNT, .account = "sato.h", .note = "why"};
    char temporary[SEKISHO_TEMPORARY_MAX + 1];
    struct sekisho_error error;

    refuse_as = result;
    refuse_field = field;
    assert_int_equal(sekisho_change_account(session, &change, temporary, &error), SEKISHO_ERROR_REFUSED);
    assert_string_equal(error.reason, reason);
    assert_true(error.code > 0);
    assert_true(error.message[0] != '\0' && (unsigned char)error.message_ja[0] >= 0xe3);
    if (result == ACCOUNT_BAD_FIELD)
        assert_string_equal(error.field, "note");
}

static void test_refusals(void **state)
{
    struct sekisho_account account;
    struct sekisho_error error;

    (void)state;
    fake_accounts_of(fake)->answer = answer_refused;
    expect_refused(ACCOUNT_NOT_PERMITTED, 0, "NOT_PERMITTED");
    expect_refused(ACCOUNT_UNKNOWN, 0, "UNKNOWN_OBJECT");
    expect_refused(ACCOUNT_EXISTS, 0, "ALREADY_EXISTS");
    expect_refused(ACCOUNT_WRONG_STATE, 0, "WRONG_STATE");
    expect_refused(ACCOUNT_SAME_PERSON, 0, "SAME_PERSON");
    expect_refused(ACCOUNT_BAD_FIELD, offsetof(struct account_call_plain, note), "BAD_FIELD");
    expect_refused(ACCOUNT_WRONG_PASSWORD, 0, "WRONG_PASSWORD");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_NOT_TEXT, "PASSWORD_NOT_TEXT");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_TOO_SHORT, "PASSWORD_TOO_SHORT");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_TOO_LONG, "PASSWORD_TOO_LONG");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_FEW_KINDS, "PASSWORD_FEW_KINDS");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_COMMON, "PASSWORD_COMMON");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_USED, "PASSWORD_USED");
    expect_refused(ACCOUNT_WEAK_PASSWORD, PASSWORD_FAULT_END, "WEAK_PASSWORD");
    expect_refused(ACCOUNT_WRONG_OTP, 0, "WRONG_OTP");
    expect_refused(ACCOUNT_WRONG_TERMS, 0, "WRONG_TERMS");
    refuse_as = ACCOUNT_RESULT_END;
    assert_int_equal(sekisho_own_account(session, &account, &error), SEKISHO_ERROR_FORGED);
    refuse_as = ACCOUNT_RESULT_NONE;
    assert_int_equal(sekisho_own_account(session, &account, &error), SEKISHO_ERROR_FORGED);
}

/* ---- lists ---- */

static void put_account(struct account_reply_plain *reply, unsigned number)
{
    struct account_row row = {.role = 4, .kind = ACCOUNT_OFFICER, .state = ACCOUNT_ACTIVE, .otp = 1, .issue_number = 7};

    snprintf(row.account, sizeof row.account, "account%02u", number);
    /* A text that fills its field has no terminator; an escape sequence must not reach a terminal. */
    memset(row.person, 'p', sizeof row.person);
    strcpy(row.purpose, "a\033[2Jb");
    memcpy(reply->rows + reply->count * sizeof row, &row, sizeof row);
    reply->count++;
    reply->row_length = sizeof row;
}

/* 16 accounts, an empty page, 2 more. */
static void answer_pages(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->row_length = sizeof(struct account_row);
    if (call->next[0] == 0) {
        for (unsigned i = 0; i < 16; i++)
            put_account(reply, i);
        reply->next[0] = 1;
    } else if (call->next[0] == 1) {
        reply->next[0] = 2;
    } else {
        put_account(reply, 16);
        put_account(reply, 17);
    }
}

static void test_list(void **state)
{
    const struct sekisho_account_filter filter = {.role = 4, .state = SEKISHO_ACTIVE};
    struct sekisho_account account;
    struct sekisho_live_session live;
    struct sekisho_list *list = NULL;
    struct sekisho_error error;
    bool more = true;
    unsigned count = 0;

    (void)state;
    fake_accounts_of(fake)->answer = answer_pages;
    assert_int_equal(sekisho_list_accounts(session, &filter, &list, &error), SEKISHO_OK);
    assert_int_equal(heard.role, 4);
    assert_int_equal(heard.state, ACCOUNT_ACTIVE);
    for (;; count++) {
        char expected[16];
        assert_int_equal(sekisho_next_account(list, &account, &more, &error), SEKISHO_OK);
        if (!more)
            break;
        snprintf(expected, sizeof expected, "account%02u", count);
        assert_string_equal(account.account, expected);
    }
    assert_int_equal(count, 18);
    assert_int_equal(heard.role, 4); /* of every page */
    assert_int_equal(strlen(account.person), SEKISHO_PERSON_MAX);
    assert_string_equal(account.purpose, "a[2Jb");
    assert_true(account.second_factor);
    assert_int_equal(account.issue_number, 7);
    assert_int_equal(sekisho_next_session(list, &live, &more, &error), SEKISHO_ERROR_ARGUMENT);
    sekisho_list_free(list);
}

static void answer_no_progress(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->next[0] = 1;
}

static void answer_other_rows(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->count = 1;
    reply->row_length = sizeof(struct account_row) - 8;
}

static void answer_too_many_rows(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    reply->count = 17;
    reply->row_length = sizeof(struct account_row);
}

static void test_pages_that_are_none(void **state)
{
    struct sekisho_account account;
    struct sekisho_list *list = NULL;
    bool more;

    (void)state;
    fake_accounts_of(fake)->answer = answer_no_progress;
    assert_int_equal(sekisho_list_accounts(session, NULL, &list, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_next_account(list, &account, &more, NULL), SEKISHO_ERROR_FORGED);
    sekisho_list_free(list);
    fake_accounts_of(fake)->answer = answer_other_rows;
    assert_int_equal(sekisho_list_accounts(session, NULL, &list, NULL), SEKISHO_ERROR_FORGED);
    assert_int_equal(sekisho_own_account(session, &account, NULL), SEKISHO_ERROR_FORGED);
    fake_accounts_of(fake)->answer = answer_too_many_rows;
    assert_int_equal(sekisho_list_terminals(session, &list, NULL), SEKISHO_ERROR_FORGED);
}

/* ---- a front that lies ---- */

static void test_lies(void **state)
{
    struct sekisho_account account;

    (void)state;
    fake_accounts_of(fake)->answer = answer_pages;
    fake_lie(fake, LIE_RESULT);
    assert_int_equal(sekisho_own_account(session, &account, NULL), SEKISHO_ERROR_FORGED);
    fake_lie(fake, LIE_SEQUENCE);
    assert_int_equal(sekisho_own_account(session, &account, NULL), SEKISHO_ERROR_FORGED);
    fake_lie(fake, LIE_SWAP); /* the answer to the call before */
    assert_int_equal(sekisho_own_account(session, &account, NULL), SEKISHO_ERROR_FORGED);
}

/* auth takes sequence numbers in ascending order only: threads of one session wait for one another. */
static void *ask_often(void *argument)
{
    struct sekisho_account_change change = {.step = SEKISHO_LOCK_ACCOUNT, .account = "sato.h", .note = "why"};
    char temporary[SEKISHO_TEMPORARY_MAX + 1];
    size_t *failed = argument;

    for (int i = 0; i < 20; i++)
        *failed += sekisho_change_account(session, &change, temporary, NULL) != SEKISHO_OK;
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[4];
    size_t failed[4] = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &failed[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failed[i], 0);
    }
}

/* ---- terms, second factor, terminals ---- */

static void test_terms(void **state)
{
    /* SHA-256("abc\n"), as sha256sum(1) has it */
    static const uint8_t digest[4] = {0xed, 0xea, 0xaf, 0xf3};
    struct fake_accounts *accounts = fake_accounts_of(fake);
    struct sekisho_terms *terms = NULL;
    struct sekisho_error error;

    (void)state;
    accounts->terms = NULL;
    assert_int_equal(sekisho_get_terms(client, &terms, &error), SEKISHO_ERROR_REFUSED);
    assert_string_equal(error.reason, "NO_TERMS");
    accounts->terms = "abc\n";
    accounts->terms_length = 4;
    assert_int_equal(sekisho_get_terms(client, &terms, &error), SEKISHO_OK);
    assert_int_equal(terms->version, 2);
    assert_string_equal(terms->text, "abc\n");
    assert_memory_equal(terms->digest, digest, sizeof digest);
    assert_int_equal(sekisho_agree_to_terms(session, terms, &error), SEKISHO_OK);
    assert_int_equal(heard.operation, ACCOUNT_AGREE_TERMS);
    assert_int_equal(heard.terms_version, 2);
    assert_memory_equal(heard.digest, terms->digest, sizeof heard.digest);
    sekisho_terms_free(terms);
    accounts->terms = "hidden\033[8m\n";
    accounts->terms_length = strlen(accounts->terms);
    assert_int_equal(sekisho_get_terms(client, &terms, &error), SEKISHO_ERROR_FORGED);
    accounts->terms = "\xe3\x81"; /* half a character */
    accounts->terms_length = 2;
    assert_int_equal(sekisho_get_terms(client, &terms, &error), SEKISHO_ERROR_FORGED);
    accounts->terms_length = 0;
    assert_int_equal(sekisho_get_terms(client, &terms, &error), SEKISHO_ERROR_FORGED);
}

static void answer_secret(const struct account_call_plain *call, struct account_reply_plain *reply)
{
    heard = *call;
    memset(reply->otp_secret, 0x5a, sizeof reply->otp_secret);
}

static void test_second_factor(void **state)
{
    uint8_t secret[SEKISHO_OTP_SECRET_LEN], expected[SEKISHO_OTP_SECRET_LEN];
    char password[] = "Some-Password-1";

    (void)state;
    memset(expected, 0x5a, sizeof expected);
    fake_accounts_of(fake)->answer = answer_secret;
    assert_int_equal(sekisho_enroll_otp(session, password, strlen(password), secret, NULL), SEKISHO_OK);
    assert_memory_equal(secret, expected, sizeof secret);
    assert_int_equal(password[0], 0);
    assert_int_equal(sekisho_confirm_otp(session, "987654", NULL), SEKISHO_OK);
    assert_int_equal(heard.operation, ACCOUNT_CONFIRM_OTP);
    assert_memory_equal(heard.otp, "987654\0\0", 8);
    assert_int_equal(sekisho_confirm_otp(session, "9876", NULL), SEKISHO_ERROR_ARGUMENT);
}

static void test_terminals(void **state)
{
    struct sekisho_terminal terminal = {.terminal = "desk-1", .kind = SEKISHO_TERMINAL_JUKI, .place = "2F"};

    (void)state;
    memset(terminal.certificate, 0xce, sizeof terminal.certificate);
    assert_int_equal(sekisho_add_terminal(session, &terminal, NULL), SEKISHO_OK);
    assert_int_equal(heard.operation, TERMINAL_ADD);
    assert_string_equal(heard.terminal, "desk-1");
    assert_int_equal(heard.kind, TERMINAL_JUKI);
    assert_string_equal(heard.note, "2F");
    assert_memory_equal(heard.digest, terminal.certificate, sizeof heard.digest);
    assert_int_equal(sekisho_remove_terminal(session, "desk-1", "stolen", NULL), SEKISHO_OK);
    assert_int_equal(heard.operation, TERMINAL_REMOVE);
    assert_string_equal(heard.note, "stolen");
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 1; i < ACCOUNT_KIND_END; i++)
        assert_int_equal(sekisho_account_kind_of(sekisho_account_kind_name((enum sekisho_account_kind)i)), i);
    for (int i = 1; i < ACCOUNT_STATE_END; i++)
        assert_int_equal(sekisho_account_state_of(sekisho_account_state_name((enum sekisho_account_state)i)), i);
    for (int i = 1; i < TERMINAL_KIND_END; i++)
        assert_int_equal(sekisho_terminal_kind_of(sekisho_terminal_kind_name((enum sekisho_terminal_kind)i)), i);
    assert_string_equal(sekisho_account_state_name((enum sekisho_account_state)ACCOUNT_STATE_END), "UNKNOWN");
    assert_int_equal(sekisho_account_state_of("UNKNOWN"), 0);
    assert_string_equal(sekisho_role_name(13), "AUD");
    assert_int_equal(sekisho_role_of("XXX"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, log_in, log_out)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_login_with_second_factor),
        TEST(test_change_password),
        TEST(test_request),
        TEST(test_steps),
        TEST(test_refusals),
        TEST(test_list),
        TEST(test_pages_that_are_none),
        TEST(test_lies),
        TEST(test_threads),
        TEST(test_terms),
        TEST(test_second_factor),
        TEST(test_terminals),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("accounts", tests, start, finish);
}
