/* Argon2id in its PHC form, and what a new password must be (F092, INV-14). */
#include <stdlib.h>
#include <string.h>

#include "auth/base64.h"
#include "auth/password.h"
#include "auth/password_policy.h"
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
    static const char encoded[] =
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$gduXp+Z6iReEolmbyHn5V8s1EtJzmEvZfYoY/Fn/AeI";
    struct password_hash hash;

    (void)state;
    assert_true(password_decode(encoded, sizeof encoded - 1, &hash));
    assert_true(password_verify("password", 8, &hash));
    assert_false(password_verify("Password", 8, &hash));
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

static void encoding_has_one_spelling(void **state)
{
    struct password_hash hash, again;
    char text[PASSWORD_ENCODED_LEN + 1], other[PASSWORD_ENCODED_LEN + 1];

    (void)state;
    crypto_random(&hash, sizeof hash);
    password_encode(&hash, text);
    assert_int_equal(strlen(text), PASSWORD_ENCODED_LEN);
    assert_true(password_decode(text, PASSWORD_ENCODED_LEN, &again));
    assert_memory_equal(&hash, &again, sizeof hash);
    assert_false(password_decode(text, PASSWORD_ENCODED_LEN - 1, &again));
    /* Other costs, other algorithm, foreign characters, padding, stray bits beyond the last byte. */
    for (size_t i = 0; i < PASSWORD_ENCODED_LEN; i++) {
        memcpy(other, text, sizeof other);
        other[i] = other[i] == '!' ? '?' : '!';
        assert_false(password_decode(other, PASSWORD_ENCODED_LEN, &again));
    }
    memcpy(other, text, sizeof other);
    other[PASSWORD_ENCODED_LEN - 1] = other[PASSWORD_ENCODED_LEN - 1] == 'B' ? 'C' : 'B';
    assert_false(password_decode(other, PASSWORD_ENCODED_LEN, &again));
}

static void base64_vectors_of_rfc_4648(void **state)
{
    static const struct {
        const char *plain, *text;
    } vectors[] = {{"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
                   {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        size_t length = strlen(vectors[i].plain);
        char text[16] = {0};
        uint8_t plain[16] = {0};
        assert_int_equal(BASE64_LEN(length), strlen(vectors[i].text));
        base64_encode((const uint8_t *)vectors[i].plain, length, text);
        assert_string_equal(text, vectors[i].text);
        assert_true(base64_decode(vectors[i].text, plain, length));
        assert_memory_equal(plain, vectors[i].plain, length);
    }
}

static bool allowed(const char *password)
{
    return password_policy_fault(password, strlen(password)) == NULL;
}

static void f092_weak_passwords_are_refused(void **state)
{
    char longest[130];

    (void)state;
    assert_true(allowed("Abcdefghij12"));
    assert_true(allowed("abcdefghij1-"));
    assert_true(allowed("ABCDEFGHIJ1-"));
    assert_true(allowed("合言葉は山と川Ab12X"));
    assert_false(allowed(""));
    assert_false(allowed("Abcdefghi12"));      /* 11 characters */
    assert_false(allowed("abcdefghijklmnop")); /* one kind */
    assert_false(allowed("abcdefghij123456")); /* two kinds */
    assert_false(allowed("合言葉は山A1"));     /* 7 characters in 17 bytes */
    assert_false(allowed("Abcdefghij12\n"));   /* control character */
    assert_false(allowed("Abcdefghij12\x7f"));
    assert_false(allowed("Abcdefghij12\xff"));             /* not UTF-8 */
    assert_false(allowed("Abcdefghij12\xc0\x80"));         /* overlong */
    assert_false(allowed("Abcdefghij12\xed\xa0\x80"));     /* surrogate */
    assert_false(allowed("Abcdefghij12\xe3\x81"));         /* cut short */
    assert_false(allowed("Abcdefghij12\xf4\x90\x80\x80")); /* beyond U+10FFFF */
    assert_non_null(password_policy_fault("Abcdefgh\0ij12", 13));
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "B1", 2);
    assert_null(password_policy_fault(longest, 128));
    assert_non_null(password_policy_fault(longest, 129));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_hash_verifies_this_password_only),
        cmocka_unit_test(agrees_with_the_reference_implementation),
        cmocka_unit_test(encoding_has_one_spelling),
        cmocka_unit_test(base64_vectors_of_rfc_4648),
        cmocka_unit_test(f092_weak_passwords_are_refused),
        cmocka_unit_test(workspace_gives_the_same_hash),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
