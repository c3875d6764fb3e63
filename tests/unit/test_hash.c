/* SHA-256, HMAC-SHA-256 and HKDF against published vectors. */
#include "support/test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "support/hex.h"

/* FIPS 180-4 examples: one block, two blocks, nothing. */
static void test_sha256(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t hash[HASH_LEN];

    (void)state;
    assert_int_equal(sha256("", 0, hash), 0);
    assert_hex(hash, sizeof hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(sha256("abc", 3, hash), 0);
    assert_hex(hash, sizeof hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sha256(two_blocks, strlen(two_blocks), hash), 0);
    assert_hex(hash, sizeof hash, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_sha256_in_parts(void **state)
{
    char a[] = "a", bc[] = "bc";
    const struct iovec parts[] = {{a, 1}, {NULL, 0}, {bc, 2}};
    uint8_t hash[HASH_LEN], none[HASH_LEN];

    (void)state;
    assert_int_equal(sha256_parts(parts, 3, hash), 0);
    assert_hex(hash, sizeof hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sha256_parts(parts, 0, none), 0);
    assert_hex(none, sizeof none, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231 section 4, test cases 1-4, 6 and 7 (5 is truncated, which nothing here does). */
struct hmac_case {
    const char *key, *data, *mac;
};
static const struct hmac_case hmac_cases[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
};
#define LONG_KEY_LEN 131 /* test cases 6 and 7: 131 bytes of 0xaa, longer than a block */

/* A key shorter than a block is filled with zeros (RFC 2104 section 2), so these keys are keys of 32 bytes as well. */
static void test_prf_is_hmac(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hmac_cases / sizeof *hmac_cases; i++) {
        uint8_t key[HASH_LEN] = {0}, data[64], mac[HASH_LEN];
        unhex(hmac_cases[i].key, key, sizeof key);
        size_t length = unhex(hmac_cases[i].data, data, sizeof data);
        struct prf *context = prf_new(key);
        assert_non_null(context);
        /* Twice: the kept key schedule must not be changed by use. */
        for (int round = 0; round < 2; round++) {
            memset(mac, 0, sizeof mac);
            assert_int_equal(prf(context, data, length, mac), 0);
            assert_hex(mac, sizeof mac, hmac_cases[i].mac);
        }
        prf_free(context);
    }
    prf_free(NULL);
}

static void test_two_prfs_do_not_mix(void **state)
{
    const uint8_t key_a[HASH_LEN] = {1}, key_b[HASH_LEN] = {2};
    struct prf *a = prf_new(key_a), *b = prf_new(key_b);
    uint8_t first[HASH_LEN], other[HASH_LEN], again[HASH_LEN];

    (void)state;
    assert_int_equal(prf(a, "123456789018", 12, first), 0);
    assert_int_equal(prf(b, "123456789018", 12, other), 0);
    assert_int_equal(prf(a, "123456789018", 12, again), 0);
    assert_memory_not_equal(first, other, HASH_LEN);
    assert_memory_equal(first, again, HASH_LEN);
    prf_free(a);
    prf_free(b);
}

/* HKDF-Extract is HMAC(salt, ikm): the place where keys of other lengths are used. */
static void test_extract_with_long_salt(void **state)
{
    static const char short_text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const char long_text[] =
        "This is a test using a larger than block-size key and a larger than block-size data. "
        "The key needs to be hashed before being used by the HMAC algorithm.";
    uint8_t key[LONG_KEY_LEN], mac[HASH_LEN];

    (void)state;
    memset(key, 0xaa, sizeof key);
    assert_int_equal(hkdf_extract(key, sizeof key, short_text, strlen(short_text), mac), 0);
    assert_hex(mac, sizeof mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_int_equal(hkdf_extract(key, sizeof key, long_text, strlen(long_text), mac), 0);
    assert_hex(mac, sizeof mac, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

/* RFC 5869 appendix A.1 to A.3, the SHA-256 cases. */
struct hkdf_case {
    const char *ikm, *salt, *info, *prk, *okm;
};
static const struct hkdf_case hkdf_cases[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
     "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
     "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
     "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
     "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static void test_hkdf(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hkdf_cases / sizeof *hkdf_cases; i++) {
        const struct hkdf_case *c = &hkdf_cases[i];
        uint8_t ikm[80], salt[80], info[80], prk[HASH_LEN], okm[82];
        size_t ikm_length = unhex(c->ikm, ikm, sizeof ikm), salt_length = unhex(c->salt, salt, sizeof salt);
        size_t info_length = unhex(c->info, info, sizeof info), okm_length = strlen(c->okm) / 2;
        assert_int_equal(hkdf_extract(salt, salt_length, ikm, ikm_length, prk), 0);
        assert_hex(prk, sizeof prk, c->prk);
        assert_int_equal(hkdf_expand(prk, info, info_length, okm, okm_length), 0);
        assert_hex(okm, okm_length, c->okm);
    }
}

static void test_hkdf_bounds(void **state)
{
    const uint8_t prk[HASH_LEN] = {7};
    const size_t most = 255 * HASH_LEN;
    uint8_t *okm = malloc(most + 1), first[HASH_LEN];

    (void)state;
    assert_non_null(okm);
    assert_int_equal(hkdf_expand(prk, "", 0, okm, most + 1), -1);
    assert_int_equal(hkdf_expand(prk, "", 0, okm, most), 0);
    assert_int_equal(hkdf_expand(prk, "", 0, first, sizeof first), 0);
    assert_memory_equal(okm, first, sizeof first);
    assert_int_equal(hkdf_expand(prk, "", 0, okm, 0), 0);
    free(okm);
}

static void test_equal(void **state)
{
    (void)state;
    assert_int_equal(crypto_equal("same bytes", "same bytes", 10), 1);
    assert_int_equal(crypto_equal("same bytes", "same byteS", 10), 0);
    assert_int_equal(crypto_equal("Same bytes", "same bytes", 10), 0);
    assert_int_equal(crypto_equal("a", "b", 0), 1);
}

static void test_wipe(void **state)
{
    uint8_t memory[64], zero[64] = {0};

    (void)state;
    memset(memory, 0xff, sizeof memory);
    crypto_wipe(memory, sizeof memory);
    assert_memory_equal(memory, zero, sizeof zero);
}

/* Not a test of randomness: that every byte is written, and that no two calls give the same. */
static void test_random(void **state)
{
    uint8_t first[512] = {0}, second[512] = {0}, seen_nonzero[512] = {0};

    (void)state;
    for (int round = 0; round < 8; round++) {
        crypto_random(first, sizeof first);
        for (size_t i = 0; i < sizeof first; i++)
            seen_nonzero[i] |= first[i];
    }
    for (size_t i = 0; i < sizeof first; i++)
        assert_int_not_equal(seen_nonzero[i], 0);
    crypto_random(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

static void test_init_may_be_repeated(void **state)
{
    (void)state;
    assert_int_equal(crypto_init(), 0);
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_sha256_in_parts),
        cmocka_unit_test(test_prf_is_hmac),
        cmocka_unit_test(test_two_prfs_do_not_mix),
        cmocka_unit_test(test_extract_with_long_salt),
        cmocka_unit_test(test_hkdf),
        cmocka_unit_test(test_hkdf_bounds),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_init_may_be_repeated),
    };
    return cmocka_run_group_tests_name("hash", tests, set_up, NULL);
}
