/* X25519 against RFC 7748, and the peer keys that must be refused. */
#include "support/test.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "support/hex.h"

struct exchange {
    const char *scalar, *point, *result;
};

/* RFC 7748 section 5.2 (two) and both sides of section 6.1. */
static const struct exchange exchanges[] = {
    {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
    {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
     "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
     "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    {"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
     "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
};

/* The points of small order on the curve and its twist, in every encoding below 2^255 (RFC 7748 section 7 asks for the
 * all-zero check on their account). */
static const char *const small_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void test_exchanges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
        uint8_t scalar[HPKE_KEY_LEN], point[HPKE_KEY_LEN], result[HPKE_KEY_LEN];
        unhex(exchanges[i].scalar, scalar, sizeof scalar);
        unhex(exchanges[i].point, point, sizeof point);
        assert_int_equal(x25519(scalar, point, result), 0);
        assert_hex(result, sizeof result, exchanges[i].result);
    }
}

static void test_public_key(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    (void)state;
    unhex(exchanges[2].scalar, private_key, sizeof private_key);
    assert_int_equal(x25519_public(private_key, public_key), 0);
    assert_hex(public_key, sizeof public_key, exchanges[3].point);
}

/* Bits 0-2 and 254-255 of a private key have no meaning (RFC 7748 section 5, decodeScalar25519). */
static void test_private_keys_are_clamped(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], expected[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    (void)state;
    unhex(exchanges[2].scalar, private_key, sizeof private_key);
    assert_int_equal(x25519_public(private_key, expected), 0);
    private_key[0] ^= 0x07;
    private_key[31] ^= 0xc0;
    assert_int_equal(x25519_public(private_key, public_key), 0);
    assert_memory_equal(public_key, expected, sizeof expected);
    private_key[0] ^= 0x08;
    assert_int_equal(x25519_public(private_key, public_key), 0);
    assert_memory_not_equal(public_key, expected, sizeof expected);
}

static void test_small_order_points_are_refused(void **state)
{
    static const uint8_t zero[HPKE_KEY_LEN];
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    (void)state;
    assert_int_equal(x25519_key_pair(private_key, public_key), 0);
    for (size_t i = 0; i < sizeof small_order / sizeof *small_order; i++) {
        uint8_t point[HPKE_KEY_LEN], result[HPKE_KEY_LEN];
        unhex(small_order[i], point, sizeof point);
        for (int top_bit = 0; top_bit <= 1; top_bit++) { /* the top bit of a point is ignored */
            point[31] |= (uint8_t)(top_bit << 7);
            memset(result, 0xee, sizeof result);
            assert_int_equal(x25519(private_key, point, result), -1);
            assert_memory_equal(result, zero, sizeof zero);
        }
    }
}

static void test_key_pairs_agree_and_differ(void **state)
{
    uint8_t a[HPKE_KEY_LEN], a_public[HPKE_KEY_LEN], b[HPKE_KEY_LEN], b_public[HPKE_KEY_LEN];
    uint8_t ab[HPKE_KEY_LEN], ba[HPKE_KEY_LEN];

    (void)state;
    assert_int_equal(x25519_key_pair(a, a_public), 0);
    assert_int_equal(x25519_key_pair(b, b_public), 0);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(x25519(a, b_public, ab), 0);
    assert_int_equal(x25519(b, a_public, ba), 0);
    assert_memory_equal(ab, ba, sizeof ab);
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_public_key),
        cmocka_unit_test(test_private_keys_are_clamped),
        cmocka_unit_test(test_small_order_points_are_refused),
        cmocka_unit_test(test_key_pairs_agree_and_differ),
    };
    return cmocka_run_group_tests_name("x25519", tests, set_up, NULL);
}
