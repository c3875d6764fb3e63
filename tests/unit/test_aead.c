/* AES-256-GCM against the vectors of its specification, and the ways a seal must not open. */
#include "support/test.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "support/hex.h"

/* McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 13 to 16: the AES-256 ones
 * with a nonce of 96 bits. `sealed` is ciphertext and tag. */
struct gcm_case {
    const char *key, *nonce, *aad, *plain, *sealed;
};
static const struct gcm_case cases[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t key[AEAD_KEY_LEN], nonce[AEAD_NONCE_LEN], aad[32], plain[64], sealed[80], opened[64];
        unhex(cases[i].key, key, sizeof key);
        unhex(cases[i].nonce, nonce, sizeof nonce);
        size_t aad_length = unhex(cases[i].aad, aad, sizeof aad);
        size_t length = unhex(cases[i].plain, plain, sizeof plain);
        struct aead *aead = aead_new(key);
        assert_non_null(aead);
        /* Twice, in both directions in turn: the kept context must carry nothing from message to message. */
        for (int round = 0; round < 2; round++) {
            assert_int_equal(aead_seal(aead, nonce, aad, aad_length, plain, length, sealed), 0);
            assert_hex(sealed, length + AEAD_TAG_LEN, cases[i].sealed);
            assert_int_equal(aead_open(aead, nonce, aad, aad_length, sealed, length + AEAD_TAG_LEN, opened), 0);
            assert_memory_equal(opened, plain, length);
        }
        aead_free(aead);
    }
    aead_free(NULL);
}

static const uint8_t some_key[AEAD_KEY_LEN] = {1, 2, 3};
static const uint8_t some_nonce[AEAD_NONCE_LEN] = {4, 5, 6};

static void test_in_place(void **state)
{
    struct aead *aead = aead_new(some_key);
    uint8_t text[44 + AEAD_TAG_LEN], sealed[44 + AEAD_TAG_LEN];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(aead_seal(aead, some_nonce, "aad", 3, text, 44, sealed), 0);
    assert_int_equal(aead_seal(aead, some_nonce, "aad", 3, text, 44, text), 0);
    assert_memory_equal(text, sealed, sizeof sealed);
    assert_int_equal(aead_open(aead, some_nonce, "aad", 3, text, sizeof text, text), 0);
    for (size_t i = 0; i < 44; i++)
        assert_int_equal(text[i], 'x');
    aead_free(aead);
}

static void test_aad_in_two_pieces(void **state)
{
    struct aead *aead = aead_new(some_key);
    uint8_t whole[8 + AEAD_TAG_LEN], pieces[8 + AEAD_TAG_LEN], opened[8];

    (void)state;
    assert_int_equal(aead_seal(aead, some_nonce, "onetwo", 6, "contents", 8, whole), 0);
    for (size_t cut = 0; cut <= 6; cut++) {
        const char *text = "onetwo";
        assert_int_equal(aead_seal2(aead, some_nonce, text, cut, text + cut, 6 - cut, "contents", 8, pieces), 0);
        assert_memory_equal(pieces, whole, sizeof whole);
        assert_int_equal(aead_open2(aead, some_nonce, text, cut, text + cut, 6 - cut, whole, sizeof whole, opened), 0);
        assert_memory_equal(opened, "contents", 8);
    }
    aead_free(aead);
}

/* Opens a good seal after one bit of it, of the nonce or of the aad was changed; it must fail and leave no plaintext.
 */
static void must_not_open(struct aead *aead, const uint8_t *nonce, const uint8_t *aad, const uint8_t *sealed)
{
    static const uint8_t zero[8];
    uint8_t opened[8];

    memset(opened, 0xee, sizeof opened);
    assert_int_equal(aead_open(aead, nonce, aad, 3, sealed, 8 + AEAD_TAG_LEN, opened), -1);
    assert_memory_equal(opened, zero, sizeof zero);
}

static void test_any_changed_bit_is_found(void **state)
{
    struct aead *aead = aead_new(some_key);
    uint8_t nonce[AEAD_NONCE_LEN], aad[3] = {'a', 'a', 'd'}, sealed[8 + AEAD_TAG_LEN], opened[8];

    (void)state;
    memcpy(nonce, some_nonce, sizeof nonce);
    assert_int_equal(aead_seal(aead, nonce, aad, sizeof aad, "contents", 8, sealed), 0);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        must_not_open(aead, nonce, aad, sealed);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof nonce; bit++) {
        nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
        must_not_open(aead, nonce, aad, sealed);
        nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof aad; bit++) {
        aad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        must_not_open(aead, nonce, aad, sealed);
        aad[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    /* The context is good after all those failures. */
    assert_int_equal(aead_open(aead, nonce, aad, sizeof aad, sealed, sizeof sealed, opened), 0);
    assert_memory_equal(opened, "contents", 8);
    aead_free(aead);
}

static void test_truncated_and_other_key(void **state)
{
    const uint8_t other_key[AEAD_KEY_LEN] = {1, 2, 4};
    struct aead *aead = aead_new(some_key), *other = aead_new(other_key);
    uint8_t sealed[8 + AEAD_TAG_LEN], opened[8];

    (void)state;
    assert_int_equal(aead_seal(aead, some_nonce, NULL, 0, "contents", 8, sealed), 0);
    for (size_t length = 0; length < sizeof sealed; length++)
        assert_int_equal(aead_open(aead, some_nonce, NULL, 0, sealed, length, opened), -1);
    assert_int_equal(aead_open(other, some_nonce, NULL, 0, sealed, sizeof sealed, opened), -1);
    aead_free(aead);
    aead_free(other);
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_aad_in_two_pieces),
        cmocka_unit_test(test_any_changed_bit_is_found),
        cmocka_unit_test(test_truncated_and_other_key),
    };
    return cmocka_run_group_tests_name("aead", tests, set_up, NULL);
}
