/* Ed25519 against RFC 8032, section 7.1, tests 1 to 3. */
#include "support/test.h"

#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "support/hex.h"

struct signing {
    const char *seed, *public_key, *message, *signature;
};
static const struct signing signings[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

static void test_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signings / sizeof *signings; i++) {
        uint8_t seed[ED25519_KEY_LEN], public_key[ED25519_KEY_LEN], message[8], signature[ED25519_SIGNATURE_LEN];
        unhex(signings[i].seed, seed, sizeof seed);
        size_t length = unhex(signings[i].message, message, sizeof message);
        struct ed25519 *key = ed25519_new(seed, public_key);
        assert_non_null(key);
        assert_hex(public_key, sizeof public_key, signings[i].public_key);
        /* Twice: a key signs one tree head after the other. */
        for (int round = 0; round < 2; round++) {
            memset(signature, 0, sizeof signature);
            assert_int_equal(ed25519_sign(key, message, length, signature), 0);
            assert_hex(signature, sizeof signature, signings[i].signature);
            assert_true(ed25519_verify(public_key, message, length, signature));
        }
        ed25519_free(key);
    }
    ed25519_free(NULL);
}

static void test_any_change_is_found(void **state)
{
    uint8_t public_key[ED25519_KEY_LEN], message[2], signature[ED25519_SIGNATURE_LEN];

    (void)state;
    unhex(signings[2].public_key, public_key, sizeof public_key);
    unhex(signings[2].message, message, sizeof message);
    unhex(signings[2].signature, signature, sizeof signature);
    for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(ed25519_verify(public_key, message, sizeof message, signature));
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof message; bit++) {
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(ed25519_verify(public_key, message, sizeof message, signature));
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_false(ed25519_verify(public_key, message, 1, signature));
    unhex(signings[1].public_key, public_key, sizeof public_key);
    assert_false(ed25519_verify(public_key, message, sizeof message, signature));
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_any_change_is_found),
    };
    return cmocka_run_group_tests_name("ed25519", tests, set_up, NULL);
}
