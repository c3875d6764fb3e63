/* TOTP: vectors of RFC 4226 appendix D and RFC 6238 appendix B (SHA-1, last six digits), and codes that are good once.
 */
#include <string.h>

#include "auth/otp.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"

#define SECOND INT64_C(1000000)

static const uint8_t secret[OTP_SECRET_LEN] = {"12345678901234567890"};

static void check(uint64_t step, const char *expected)
{
    char code[8];

    assert_int_equal(otp_code(secret, step, code), 0);
    assert_memory_equal(code, expected, OTP_DIGITS);
    assert_int_equal(code[6], 0);
    assert_int_equal(code[7], 0);
}

static void vectors_of_rfc_4226(void **state)
{
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};

    (void)state;
    for (uint64_t count = 0; count < 10; count++)
        check(count, codes[count]);
}

static void vectors_of_rfc_6238(void **state)
{
    static const struct {
        uint64_t time;
        const char *code; /* of eight digits there */
    } vectors[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                   {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        check(vectors[i].time / OTP_STEP_S, vectors[i].code + 2);
}

static bool accepts(uint64_t step, int64_t now_s, uint64_t *last)
{
    char code[8];

    assert_int_equal(otp_code(secret, step, code), 0);
    return otp_accept(secret, code, now_s * SECOND, last);
}

static void steps_before_and_after_are_taken_each_once(void **state)
{
    uint64_t last = 0;

    (void)state;
    assert_false(accepts(998, 1000 * 30, &last));
    assert_false(accepts(1002, 1000 * 30, &last));
    assert_int_equal(last, 0);
    assert_true(accepts(999, 1000 * 30, &last));
    assert_false(accepts(999, 1000 * 30, &last));
    assert_true(accepts(1000, 1000 * 30 + 29, &last));
    assert_false(accepts(999, 1000 * 30, &last)); /* an older one, overtaken */
    assert_true(accepts(1001, 1000 * 30, &last));
    assert_int_equal(last, 1001);
    assert_false(accepts(1001, 1001 * 30, &last));
}

static void wrong_codes_are_refused(void **state)
{
    static const char *const bad[] = {"000000", "", "75522", "7552244"};
    uint64_t last = 0;
    char code[8];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(code, 0, sizeof code);
        memcpy(code, bad[i], strlen(bad[i]));
        assert_false(otp_accept(secret, code, 30 * 1000 * SECOND, &last));
    }
    assert_false(otp_accept(secret, "755224\0", 0, &last)); /* a clock that stands at the beginning of time */
    assert_int_equal(last, 0);
}

static void sealed_secret_opens_for_its_account_alone(void **state)
{
    static const uint8_t login_key[X25519_LEN] = {1}, other_key[X25519_LEN] = {2};
    static const char tanaka[ACCOUNT_LEN] = "tanaka", sato[ACCOUNT_LEN] = "sato";
    struct account_store store = {0}, other = {0}, offline = {0};
    uint8_t sealed[SEALED_OTP_SECRET_LEN], opened[OTP_SECRET_LEN];

    (void)state;
    assert_int_equal(otp_key(&store, login_key), 0);
    assert_int_equal(otp_key(&other, other_key), 0);
    assert_int_equal(otp_seal(&store, 11, tanaka, secret, sealed), 0);
    assert_int_equal(otp_open(&store, 11, tanaka, sealed, opened), 0);
    assert_memory_equal(opened, secret, sizeof secret);
    assert_int_not_equal(otp_open(&store, 11, sato, sealed, opened), 0);
    assert_int_not_equal(otp_open(&store, 13, tanaka, sealed, opened), 0);
    assert_int_not_equal(otp_open(&other, 11, tanaka, sealed, opened), 0);
    assert_int_not_equal(otp_open(&offline, 11, tanaka, sealed, opened), 0);
    sealed[AEAD_NONCE_LEN] ^= 1;
    assert_int_not_equal(otp_open(&store, 11, tanaka, sealed, opened), 0);
    aead_free(store.otp_key);
    aead_free(other.otp_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_4226),
        cmocka_unit_test(vectors_of_rfc_6238),
        cmocka_unit_test(steps_before_and_after_are_taken_each_once),
        cmocka_unit_test(wrong_codes_are_refused),
        cmocka_unit_test(sealed_secret_opens_for_its_account_alone),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
