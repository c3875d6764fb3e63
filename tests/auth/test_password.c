/* Argon2id with one set of costs. */
#include "auth/password.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"

static void made_hash_verifies_this_password_only(void **state)
{
    static const char password[] = "Correct-Horse-7";
    struct password_hash first, second;

    (void)state;
    assert_int_equal(password_make(password, sizeof password - 1, &first), 0);
    assert_true(password_verify(password, sizeof password - 1, &first));
    assert_false(password_verify(password, sizeof password - 2, &first));
    assert_false(password_verify("Correct-Horse-8", sizeof password - 1, &first));
    assert_int_equal(password_make(password, sizeof password - 1, &second), 0);
    assert_memory_not_equal(first.salt, second.salt, sizeof first.salt);
    assert_memory_not_equal(first.digest, second.digest, sizeof first.digest);
}

/* Made by the argon2 command of the reference implementation: -id -t 3 -k 65536 -p 4 -l 32, salt "somesaltsomesalt". */
static void agrees_with_the_reference_implementation(void **state)
{
    const struct password_hash hash = {
        .salt = {"somesaltsomesalt"},
        .digest = {0x81, 0xdb, 0x97, 0xa7, 0xe6, 0x7a, 0x89, 0x17, 0x84, 0xa2, 0x59, 0x9b, 0xc8, 0x79, 0xf9, 0x57,
                   0xcb, 0x35, 0x12, 0xd2, 0x73, 0x98, 0x4b, 0xd9, 0x7d, 0x8a, 0x18, 0xfc, 0x59, 0xff, 0x01, 0xe2},
    };

    (void)state;
    assert_true(password_verify("password", 8, &hash));
    assert_false(password_verify("Password", 8, &hash));
}

static void salt_is_kept_when_asked(void **state)
{
    struct password_hash first, again;

    (void)state;
    assert_int_equal(password_make("first", 5, &first), 0);
    again = first;
    assert_int_equal(password_hash_again("second", 6, &again), 0);
    assert_memory_equal(again.salt, first.salt, sizeof first.salt);
    assert_true(password_verify("second", 6, &again));
    assert_int_equal(password_hash_again("first", 5, &again), 0);
    assert_memory_equal(&again, &first, sizeof first);
}

static void workspace_gives_the_same_hash(void **state)
{
    struct password_hash hash;

    (void)state;
    assert_int_equal(password_make("before", 6, &hash), 0);
    assert_int_equal(password_workspace_open(), 0);
    assert_true(password_verify("before", 6, &hash));
    assert_true(password_verify("before", 6, &hash));
    assert_false(password_verify("after", 5, &hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_hash_verifies_this_password_only),
        cmocka_unit_test(agrees_with_the_reference_implementation),
        cmocka_unit_test(salt_is_kept_when_asked),
        cmocka_unit_test(workspace_gives_the_same_hash),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
