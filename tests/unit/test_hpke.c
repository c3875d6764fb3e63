/*
 * HPKE against the official vectors of RFC 9180: the file test-vectors.json of the CFRG's repository at commit 5f503c5,
 * named by appendix A of the RFC (SHA-256 61fc662f01996cd06d713dacf5e133167bd309a1f329442d53f1e21a47b3ede6). The suite
 * taken is mode 0, kem 0x0020, kdf 0x0001, aead 0x0002. Appendix A.1 itself prints the same KEM with AES-128-GCM: its
 * key pairs are checked too.
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "support/hex.h"

#define IKM_E         "2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9"
#define IKM_R         "dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee"
#define PRIVATE_R     "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"
#define PUBLIC_R      "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c"
#define ENC           "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
#define KEY           "f50b0609186798729ed0564b36ef2ef8044f1f9d05636874d1f46c819c7a669f"
#define BASE_NONCE    "151d9929e2449747889bc923"
#define EXPORTER      "86017151bbff6a1940e8abae2ac9e0e7032e33df1eaaecc02ca6259b130d62df"
#define PLAINTEXT_LEN 29
#define SEALED_LEN    (PLAINTEXT_LEN + HPKE_TAG_LEN)
#define MESSAGES      257

static const char info[] = "Ode on a Grecian Urn";
static const char plaintext[] = "Beauty is truth, truth beauty";

struct message {
    unsigned seq;
    const char *sealed;
};
static const struct message messages[] = {
    {0, "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a"},
    {1, "2c43aff25343fdbff864506f0818b9d87df84ea01b1a2144d23b4d40c26bf655fdf197fe40297a8aebeed5cc2d"},
    {2, "e0a8f2cf92ff61215edbb8c55dc31fe9e2eb42a5685867bb6854211542099f9e940c4b41c192bc390835b1a5f7"},
    {4, "448a8892f261cbb6bf5b7b64a4fae8a2c86492494b069c10525895d871c27c2f12cd17e0588fedaba9f7b0cd4c"},
    {10, "8c26159d7fb4c50cf29b0fd2d005d9a04dd42402f8e4e1dc9e2dd7cd0cf807f5b5a230554127c85510f95d945f"},
    {255, "f6ad1823eb0b932d04b6e23010eea64f1fe5edd0583dae5ba27ca6363f4ea104bd217331460ef4208040423641"},
    {256, "53624f4f9f173453b14e633b45390ff54cacaa4428d44baee1bff8133fab1ab3afe60f88e4634b525c54e92eda"},
};

struct export
{
    const char *context, *value;
};
static const struct export exports[] = {
    {"", "ded6cffafaea6b812cbf3e241e88332adbc077aca81512914213810ee291770a"},
    {"00", "04d3cb6cc116b28ffd22ad5bc276c60d31fec71ceb87ae24db811c64b7507339"},
    {"54657374436f6e74657874", "7c5ded445732c14fe09727d29b4251c0fd38455fe8440571e687f0886aac94d2"},
};

static void check_key_pair(const char *ikm_hex, const char *private_hex, const char *public_hex)
{
    uint8_t ikm[32], private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    unhex(ikm_hex, ikm, sizeof ikm);
    assert_int_equal(hpke_derive_key_pair(ikm, sizeof ikm, private_key, public_key), 0);
    assert_hex(private_key, sizeof private_key, private_hex);
    assert_hex(public_key, sizeof public_key, public_hex);
}

static void test_derive_key_pair(void **state)
{
    (void)state;
    check_key_pair(IKM_R, PRIVATE_R, PUBLIC_R);
    check_key_pair(IKM_E, "179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11", ENC);
    /* Appendix A.1.1 */
    check_key_pair("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
                   "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
                   "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
    check_key_pair("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
                   "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
                   "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
}

static struct hpke_context sender(uint8_t enc[HPKE_KEY_LEN])
{
    uint8_t public_key[HPKE_KEY_LEN], ikm[32];
    struct hpke_context context;

    unhex(PUBLIC_R, public_key, sizeof public_key);
    unhex(IKM_E, ikm, sizeof ikm);
    assert_int_equal(hpke_setup_sender(public_key, info, strlen(info), ikm, sizeof ikm, enc, &context), 0);
    return context;
}

static struct hpke_context recipient(void)
{
    uint8_t private_key[HPKE_KEY_LEN], enc[HPKE_KEY_LEN];
    struct hpke_context context;

    unhex(PRIVATE_R, private_key, sizeof private_key);
    unhex(ENC, enc, sizeof enc);
    assert_int_equal(hpke_setup_recipient(private_key, enc, info, strlen(info), &context), 0);
    return context;
}

static void check_context(const struct hpke_context *context)
{
    assert_hex(context->key, sizeof context->key, KEY);
    assert_hex(context->base_nonce, sizeof context->base_nonce, BASE_NONCE);
    assert_hex(context->exporter_secret, sizeof context->exporter_secret, EXPORTER);
    assert_int_equal(context->seq, 0);
}

static void test_setup(void **state)
{
    uint8_t enc[HPKE_KEY_LEN];
    struct hpke_context s = sender(enc), r = recipient();

    (void)state;
    assert_hex(enc, sizeof enc, ENC);
    check_context(&s);
    check_context(&r);
}

/* All 257 messages are sealed and opened in turn; those that the table has are compared. */
static void test_messages(void **state)
{
    uint8_t enc[HPKE_KEY_LEN], sealed[SEALED_LEN], opened[PLAINTEXT_LEN];
    struct hpke_context s = sender(enc), r = recipient();
    const struct message *next = messages;

    (void)state;
    for (unsigned seq = 0; seq < MESSAGES; seq++) {
        char aad[16];
        size_t aad_length = (size_t)snprintf(aad, sizeof aad, "Count-%u", seq);
        assert_int_equal(hpke_seal(&s, aad, aad_length, plaintext, PLAINTEXT_LEN, sealed), 0);
        if (next->seq == seq) {
            assert_hex(sealed, sizeof sealed, next->sealed);
            next++;
        }
        assert_int_equal(hpke_open(&r, aad, aad_length, sealed, sizeof sealed, opened), 0);
        assert_memory_equal(opened, plaintext, PLAINTEXT_LEN);
        if (next == messages + sizeof messages / sizeof *messages)
            break;
    }
    assert_ptr_equal(next, messages + sizeof messages / sizeof *messages);
    assert_int_equal(s.seq, MESSAGES);
    assert_int_equal(r.seq, MESSAGES);
}

static void test_exports(void **state)
{
    uint8_t enc[HPKE_KEY_LEN];
    struct hpke_context s = sender(enc), r = recipient();

    (void)state;
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        uint8_t context[16], value[32];
        size_t length = unhex(exports[i].context, context, sizeof context);
        assert_int_equal(hpke_export(&s, context, length, value, sizeof value), 0);
        assert_hex(value, sizeof value, exports[i].value);
        assert_int_equal(hpke_export(&r, context, length, value, sizeof value), 0);
        assert_hex(value, sizeof value, exports[i].value);
    }
}

static void test_failed_open_does_not_advance(void **state)
{
    struct hpke_context r = recipient();
    uint8_t sealed[SEALED_LEN], opened[PLAINTEXT_LEN];

    (void)state;
    unhex(messages[0].sealed, sealed, sizeof sealed);
    assert_int_equal(hpke_open(&r, "Count-1", 7, sealed, sizeof sealed, opened), -1);
    sealed[0] ^= 1;
    assert_int_equal(hpke_open(&r, "Count-0", 7, sealed, sizeof sealed, opened), -1);
    sealed[0] ^= 1;
    assert_int_equal(hpke_open(&r, "Count-0", 7, sealed, HPKE_TAG_LEN - 1, opened), -1);
    assert_int_equal(r.seq, 0);
    assert_int_equal(hpke_open(&r, "Count-0", 7, sealed, sizeof sealed, opened), 0);
    assert_int_equal(hpke_open(&r, "Count-0", 7, sealed, sizeof sealed, opened), -1); /* not twice */
    assert_int_equal(r.seq, 1);
}

/* RFC 9180 section 5.2: a context ends before its sequence number can repeat. */
static void test_sequence_never_wraps(void **state)
{
    uint8_t enc[HPKE_KEY_LEN], sealed[SEALED_LEN], opened[PLAINTEXT_LEN];
    struct hpke_context s = sender(enc), r = recipient();

    (void)state;
    s.seq = r.seq = UINT64_MAX - 1;
    assert_int_equal(hpke_seal(&s, NULL, 0, plaintext, PLAINTEXT_LEN, sealed), 0);
    assert_int_equal(hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened), 0);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(hpke_seal(&s, NULL, 0, plaintext, PLAINTEXT_LEN, sealed), -1);
        assert_int_equal(hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened), -1);
        assert_true(s.seq == UINT64_MAX && r.seq == UINT64_MAX);
    }
}

static void test_info_and_key_are_bound(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], other[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], enc[HPKE_KEY_LEN];
    uint8_t sealed[SEALED_LEN], opened[PLAINTEXT_LEN];
    struct hpke_context s, r;

    (void)state;
    assert_int_equal(x25519_key_pair(other, public_key), 0);
    assert_int_equal(x25519_key_pair(private_key, public_key), 0);
    assert_int_equal(hpke_setup_sender(public_key, "info", 4, NULL, 0, enc, &s), 0);
    assert_int_equal(hpke_seal(&s, NULL, 0, plaintext, PLAINTEXT_LEN, sealed), 0);
    assert_int_equal(hpke_setup_recipient(private_key, enc, "Info", 4, &r), 0);
    assert_int_equal(hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened), -1);
    assert_int_equal(hpke_setup_recipient(other, enc, "info", 4, &r), 0);
    assert_int_equal(hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened), -1);
    assert_int_equal(hpke_setup_recipient(private_key, enc, "info", 4, &r), 0);
    assert_int_equal(hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened), 0);
}

static void test_ephemeral_is_fresh(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], first[HPKE_KEY_LEN], second[HPKE_KEY_LEN];
    struct hpke_context a, b;

    (void)state;
    assert_int_equal(x25519_key_pair(private_key, public_key), 0);
    assert_int_equal(hpke_setup_sender(public_key, NULL, 0, NULL, 0, first, &a), 0);
    assert_int_equal(hpke_setup_sender(public_key, NULL, 0, NULL, 0, second, &b), 0);
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(a.key, b.key, sizeof a.key);
}

static void test_small_order_keys_are_refused(void **state)
{
    const uint8_t zero[HPKE_KEY_LEN] = {0};
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], enc[HPKE_KEY_LEN];
    const struct hpke_context nothing = {0};
    struct hpke_context context;

    (void)state;
    assert_int_equal(x25519_key_pair(private_key, public_key), 0);
    memset(&context, 0xee, sizeof context);
    assert_int_equal(hpke_setup_sender(zero, info, strlen(info), NULL, 0, enc, &context), -1);
    assert_memory_equal(&context, &nothing, sizeof nothing);
    memset(&context, 0xee, sizeof context);
    assert_int_equal(hpke_setup_recipient(private_key, zero, info, strlen(info), &context), -1);
    assert_memory_equal(&context, &nothing, sizeof nothing);
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derive_key_pair),
        cmocka_unit_test(test_setup),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_exports),
        cmocka_unit_test(test_failed_open_does_not_advance),
        cmocka_unit_test(test_sequence_never_wraps),
        cmocka_unit_test(test_info_and_key_are_bound),
        cmocka_unit_test(test_ephemeral_is_fresh),
        cmocka_unit_test(test_small_order_keys_are_refused),
    };
    return cmocka_run_group_tests_name("hpke", tests, set_up, NULL);
}
