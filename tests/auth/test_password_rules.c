/* What a new password must be (F092, INV-14), and the passwords an account had. */
#include <string.h>

#include "auth/password_common.h"
#include "auth/password_rules.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"

static const char account[ACCOUNT_LEN] = "tanaka.y";

static enum password_fault fault_of(const char *password)
{
    return password_fault(password, strlen(password), account, PASSWORD_MIN_CHARS);
}

static void f092_length_and_kinds(void **state)
{
    char longest[PASSWORD_MAX + 1];

    (void)state;
    assert_int_equal(fault_of("Correct-Horse-7"), PASSWORD_FINE);
    assert_int_equal(fault_of("kqmvxrtbwpd1-"), PASSWORD_FINE);
    assert_int_equal(fault_of("KQMVXRTBWPD1-"), PASSWORD_FINE);
    assert_int_equal(fault_of("合言葉は山と川Ab12X"), PASSWORD_FINE);
    assert_int_equal(fault_of(""), PASSWORD_TOO_SHORT);
    assert_int_equal(fault_of("Kqmvxrtbw12"), PASSWORD_TOO_SHORT);
    assert_int_equal(fault_of("合言葉は山A1"), PASSWORD_TOO_SHORT); /* 7 characters in 17 bytes */
    assert_int_equal(fault_of("kqmvxrtbwpdzhj"), PASSWORD_FEW_KINDS);
    assert_int_equal(fault_of("kqmvxrtbwp123456"), PASSWORD_FEW_KINDS);
    assert_int_equal(password_fault("Correct-Horse-7", 15, account, 16), PASSWORD_TOO_SHORT);
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "qB1-", 4);
    memcpy(longest + 60, "kvq", 3);
    assert_int_equal(password_fault(longest, PASSWORD_MAX, account, PASSWORD_MIN_CHARS), PASSWORD_FINE);
    assert_int_equal(password_fault(longest, PASSWORD_MAX + 1, account, PASSWORD_MIN_CHARS), PASSWORD_TOO_LONG);
}

static void f092_only_text(void **state)
{
    static const char *const bad[] = {
        "Correct-Horse-7\n",
        "Correct-Horse-7\x7f",
        "Correct-Horse-7\xff",
        "Correct-Horse-7\xc2\x9b",         /* C1 control */
        "Correct-Horse-7\xc0\x80",         /* overlong */
        "Correct-Horse-7\xed\xa0\x80",     /* surrogate */
        "Correct-Horse-7\xe3\x81",         /* cut short */
        "Correct-Horse-7\xf4\x90\x80\x80", /* beyond U+10FFFF */
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(fault_of(bad[i]), PASSWORD_NOT_TEXT);
    assert_int_equal(password_fault("Correct\0Horse-7", 15, account, PASSWORD_MIN_CHARS), PASSWORD_NOT_TEXT);
    assert_int_equal(password_fault("Correct-Horse-7\0", 16, account, PASSWORD_MIN_CHARS), PASSWORD_NOT_TEXT);
}

static void f092_common_passwords(void **state)
{
    static const char *const bad[] = {
        "Password12345",      "P@ssw0rd!2025",       "passWORD-passWORD1", "!!Qwertyuiop99",  "Sekisho-Admin-1",
        "Hoikushi2025!!",     "Sakura-Tokyo-2025",   "Ch4ng3M3N0w!-Now1",  "Tanaka.y-2025-1", "2025TanakaTanaka",
        "Abcdefghijkl-1",     "Zyxwvutsrqpo-1",      "Aaaaaaaaaaaa-1",     "L3tm31n-L3tm31n", "W3lc0me!Welc0me!",
        "Saitama-Saitama-11", "Watanabe-Hiroshi-01",
    };
    static const char *const good[] = {
        "Correct-Horse-7", "Sakura-kqmvw-2025", "Xk8-Password-mvq", "Passwordish-123q", "合言葉Password1-x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (fault_of(bad[i]) != PASSWORD_COMMON)
            fail_msg("%s: %d", bad[i], fault_of(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (fault_of(good[i]) != PASSWORD_FINE)
            fail_msg("%s: %d", good[i], fault_of(good[i]));
}

/* The id only counts for its own account. */
static void own_id_is_common_for_its_account_alone(void **state)
{
    static const char other[ACCOUNT_LEN] = "xqvwkrz.j";

    (void)state;
    assert_true(password_is_common("Xqvwkrz.j-2025", 14, other));
    assert_true(password_is_common("xqvwkrz2025!", 12, other));
    assert_false(password_is_common("Xqvwkrz.j-2025", 14, account));
    assert_true(password_is_common("2025-11-01!", 11, account)); /* nothing but digits and signs */
}

static void temporary_passwords_have_no_fault_and_differ(void **state)
{
    char password[TEMPORARY_LEN], former[TEMPORARY_LEN] = {0};

    (void)state;
    for (int i = 0; i < 200; i++) {
        password_temporary(password);
        assert_int_equal(password_fault(password, TEMPORARY_LEN, account, PASSWORD_MIN_CHARS), PASSWORD_FINE);
        assert_memory_not_equal(password, former, sizeof former);
        assert_null(memchr(password, 'l', sizeof password)); /* is taken for 1 */
        assert_null(memchr(password, 'O', sizeof password));
        memcpy(former, password, sizeof former);
    }
}

static void set_number(struct stored_account *row, int number)
{
    char password[] = "Correct-Horse-0";

    password[14] = (char)('a' + number);
    assert_int_equal(password_set(row, password, 15, false, 1000 + number), 0);
}

static bool was_used(const struct stored_account *row, int number, uint32_t history)
{
    char password[] = "Correct-Horse-0";
    bool used;

    password[14] = (char)('a' + number);
    assert_int_equal(password_was_used(row, password, 15, history, &used), 0);
    return used;
}

static void f092_none_of_the_last_ten(void **state)
{
    struct stored_account row = {.version = 1};

    (void)state;
    for (int number = 0; number <= 11; number++)
        set_number(&row, number);
    assert_int_equal(row.former_count, 11);
    assert_true(was_used(&row, 11, 10)); /* the current one */
    assert_true(was_used(&row, 10, 10));
    assert_true(was_used(&row, 1, 10)); /* ten before it */
    assert_false(was_used(&row, 0, 10));
    assert_true(was_used(&row, 0, 11));
    assert_false(was_used(&row, 12, FORMER_PASSWORDS_MAX));
    assert_true(password_verify("Correct-Horse-l", 15, &row.hash));
    assert_false(password_verify("Correct-Horse-k", 15, &row.hash));
}

static void history_is_bounded_and_a_temporary_password_is_marked(void **state)
{
    struct stored_account row = {.version = 1, .former_count = FORMER_PASSWORDS_MAX, .password_set_us = 1};

    (void)state;
    memset(row.former[FORMER_PASSWORDS_MAX - 1], 0xee, PASSWORD_DIGEST_LEN);
    memset(row.hash.digest, 0x11, PASSWORD_DIGEST_LEN);
    memset(row.hash.salt, 0x22, PASSWORD_SALT_LEN);
    assert_int_equal(password_set(&row, "Correct-Horse-7", 15, true, 2000), 0);
    assert_int_equal(row.former_count, FORMER_PASSWORDS_MAX);
    assert_int_equal(row.former[0][0], 0x11);
    assert_int_not_equal(row.former[FORMER_PASSWORDS_MAX - 1][0], 0xee);
    assert_int_equal(row.hash.salt[0], 0x22); /* one salt for life */
    assert_int_equal(row.must_change, 1);
    assert_int_equal(row.password_set_us, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f092_length_and_kinds),
        cmocka_unit_test(f092_only_text),
        cmocka_unit_test(f092_common_passwords),
        cmocka_unit_test(own_id_is_common_for_its_account_alone),
        cmocka_unit_test(temporary_passwords_have_no_fault_and_differ),
        cmocka_unit_test(f092_none_of_the_last_ten),
        cmocka_unit_test(history_is_bounded_and_a_temporary_password_is_marked),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
