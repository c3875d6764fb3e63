/* Steps 4 to 9: algorithms, kind of certificate, issuer, time, signature. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/rsa.h>

#include "world.h"

static enum card_code with_digest(const EVP_MD *digest)
{
    struct jpki_leaf_spec spec = world_leaf();
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};
    uint8_t *cms = world_sign(&spec, digest, &signature.cms_length);

    signature.cms = cms;
    enum card_code code = world_check(world.trust, &signature, NULL);
    OPENSSL_free(cms);
    return code;
}

static enum card_code with_key(EVP_PKEY *key)
{
    struct jpki_leaf_spec spec = world_leaf();

    assert_non_null(key);
    spec.key = key;
    enum card_code cms = world_try(&spec, NULL), raw = world_try_raw(&spec, NULL);
    assert_code(raw, cms);
    EVP_PKEY_free(key);
    return cms;
}

static EVP_PKEY *key_with_exponent(unsigned long exponent)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    EVP_PKEY *key = NULL;

    assert_int_equal(BN_set_word(e, exponent), 1);
    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048), 1);
    assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e), 1);
    assert_int_equal(EVP_PKEY_generate(context, &key), 1);
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void test_F024_digests(void **state)
{
    (void)state;
    assert_code(with_digest(EVP_sha256()), CARD_GOOD);
    assert_code(with_digest(EVP_sha384()), CARD_GOOD);
    assert_code(with_digest(EVP_sha512()), CARD_GOOD);
    assert_code(with_digest(EVP_sha1()), CARD_ALG_REFUSED);
    assert_code(with_digest(EVP_sha224()), CARD_ALG_REFUSED);
    assert_code(with_digest(EVP_md5()), CARD_ALG_REFUSED);
}

static void test_F024_keys(void **state)
{
    (void)state;
    assert_code(with_key(jpki_key(1024)), CARD_ALG_REFUSED);
    assert_code(with_key(jpki_key(2047)), CARD_ALG_REFUSED);
    assert_code(with_key(key_with_exponent(3)), CARD_ALG_REFUSED);
    assert_code(with_key(key_with_exponent(65539)), CARD_GOOD);
}

static void test_F024_key_of_another_kind(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();

    (void)state;
    spec.key = EVP_EC_gen("P-256");
    assert_non_null(spec.key);
    assert_code(world_try(&spec, NULL), CARD_ALG_REFUSED);
    EVP_PKEY_free(spec.key);
}

static void test_F024_certificate_under_sha1(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();

    (void)state;
    spec.digest = EVP_sha1();
    assert_code(world_try(&spec, NULL), CARD_ALG_REFUSED);
    assert_code(world_try_raw(&spec, NULL), CARD_ALG_REFUSED);
}

/* Both ways of handing in give the same code. */
#define TRY(wanted, ...)                                                                                               \
    do {                                                                                                               \
        struct jpki_leaf_spec spec = world_leaf();                                                                     \
        __VA_ARGS__;                                                                                                   \
        assert_code(world_try(&spec, NULL), wanted);                                                                   \
        assert_code(world_try_raw(&spec, NULL), wanted);                                                               \
    } while (0)

static void test_F024_end_entity(void **state)
{
    (void)state;
    TRY(CARD_GOOD, spec.constraints = "");
    TRY(CARD_LEAF_INVALID, spec.constraints = "critical,CA:TRUE");
    TRY(CARD_LEAF_INVALID, spec.usage = "critical,digitalSignature,nonRepudiation,keyCertSign");
    TRY(CARD_LEAF_INVALID, spec.usage = "critical,digitalSignature,nonRepudiation,cRLSign");
    TRY(CARD_LEAF_INVALID, spec.version_1 = true);
    TRY(CARD_LEAF_INVALID, spec.subject = X509_get_subject_name(world.sign.certificate));
    TRY(CARD_LEAF_INVALID, spec.further_oid = "1.2.3.4"; spec.further_critical = true);
    TRY(CARD_GOOD, spec.further_oid = "1.2.3.4");
    TRY(CARD_LEAF_INVALID, spec.usage_twice = true);
    TRY(CARD_LEAF_INVALID, spec.serial = 0);
    TRY(CARD_LEAF_INVALID, spec.serial = -5);
}

/* Under its signature the certificate names another algorithm than in it. */
static void test_F024_one_algorithm_of_a_certificate(void **state)
{
    static const uint8_t sha256_with_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b};
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec);
    uint8_t *der = NULL;
    size_t length = (size_t)i2d_X509(leaf, &der), at = length - sizeof sha256_with_rsa;
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content),
                                       .certificate = der,
                                       .certificate_length = length};

    (void)state;
    while (at > 0 && memcmp(der + at, sha256_with_rsa, sizeof sha256_with_rsa) != 0)
        at--;
    assert_true(at > 0);
    der[at + sizeof sha256_with_rsa - 1]++; /* sha384WithRSAEncryption */
    uint8_t *raw = jpki_sign_raw(world_content, strlen(world_content), world.card, &signature.raw_signature_length);
    signature.raw_signature = raw;
    assert_code(world_check(world.trust, &signature, NULL), CARD_LEAF_INVALID);
    OPENSSL_free(raw);
    OPENSSL_free(der);
    X509_free(leaf);
}

static void test_F002_an_authentication_certificate_signs_nothing(void **state)
{
    (void)state;
    TRY(CARD_WRONG_CERT_KIND, spec.usage = "critical,digitalSignature");
    TRY(CARD_WRONG_CERT_KIND, spec.usage = "critical,nonRepudiation");
    TRY(CARD_WRONG_CERT_KIND, spec.usage = "digitalSignature,nonRepudiation");
    TRY(CARD_WRONG_CERT_KIND, spec.usage = "");
    TRY(CARD_WRONG_CERT_KIND, spec.policies = "critical," JPKI_AUTH_POLICY);
    TRY(CARD_WRONG_CERT_KIND, spec.policies = "critical," JPKI_TEST_POLICY "," JPKI_AUTH_POLICY);
    TRY(CARD_WRONG_CERT_KIND, spec.policies = JPKI_TEST_POLICY);
    TRY(CARD_WRONG_CERT_KIND, spec.policies = "critical,1.2.392.200149.8.5.1.1.20");
    TRY(CARD_WRONG_CERT_KIND, spec.policies = "");
    /* As it really is: of the other authority, too. */
    TRY(CARD_WRONG_CERT_KIND, spec.issuer = &world.auth; spec.usage = "critical,digitalSignature";
        spec.policies = "critical," JPKI_AUTH_POLICY; memset(spec.names, 0, sizeof spec.names));
}

static void test_F002_the_stores_are_apart(void **state)
{
    (void)state;
    TRY(CARD_ISSUER_UNKNOWN, spec.issuer = &world.auth);
}

static void test_F002_issuer(void **state)
{
    (void)state;
    TRY(CARD_GOOD, spec.issuer = &world.sign_old);
    TRY(CARD_ISSUER_UNKNOWN, spec.issuer = &world.rogue);
    TRY(CARD_CHAIN_BAD, spec.signing_key = world.rogue.key);
    TRY(CARD_CHAIN_BAD, spec.signing_key = world.sign_old.key);
    TRY(CARD_CHAIN_BAD, spec.signing_key = world.card);
}

static enum card_code from_authority_valid(int64_t from, int64_t until)
{
    const struct jpki_authority_spec spec = {.serial = 9, .from = from, .until = until};
    struct jpki_authority authority = {0};
    struct jpki_leaf_spec leaf = world_leaf();
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};

    assert_true(jpki_authority_make(&authority, &spec));
    leaf.issuer = &authority;
    uint8_t *cms = world_sign(&leaf, NULL, &signature.cms_length);
    signature.cms = cms;
    struct card_trust *trust = world_trust_of(&authority);
    enum card_code code = world_check(trust, &signature, NULL);
    card_trust_free(trust);
    OPENSSL_free(cms);
    jpki_authority_free(&authority);
    return code;
}

static void test_F002_an_authority_has_its_time(void **state)
{
    (void)state;
    assert_code(from_authority_valid(RECEIVED - DAY, RECEIVED + DAY), CARD_STATUS_UNKNOWN); /* all else is good */
    assert_code(from_authority_valid(RECEIVED - DAY, RECEIVED - 1), CARD_CHAIN_BAD);
    assert_code(from_authority_valid(RECEIVED + 1, RECEIVED + DAY), CARD_CHAIN_BAD);
}

static void test_F024_validity_at_reception(void **state)
{
    (void)state;
    TRY(CARD_GOOD, spec.from = RECEIVED);
    TRY(CARD_NOT_YET, spec.from = RECEIVED + 1);
    TRY(CARD_GOOD, spec.until = RECEIVED);
    TRY(CARD_CERT_EXPIRED, spec.until = RECEIVED - 1);
}

static void test_F024_signature(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec);
    uint8_t *der = NULL;
    int length = i2d_X509(leaf, &der);
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content),
                                       .certificate = der,
                                       .certificate_length = (size_t)length};

    (void)state;
    uint8_t *raw = jpki_sign_raw(world_content, strlen(world_content), world.other, &signature.raw_signature_length);
    signature.raw_signature = raw;
    assert_code(world_check(world.trust, &signature, NULL), CARD_SIGNATURE_BAD); /* another card's */
    OPENSSL_free(raw);
    raw = jpki_sign_raw("another text", 12, world.card, &signature.raw_signature_length);
    signature.raw_signature = raw;
    assert_code(world_check(world.trust, &signature, NULL), CARD_SIGNATURE_BAD);
    OPENSSL_free(raw);
    OPENSSL_free(der);
    X509_free(leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F024_digests),
        cmocka_unit_test(test_F024_keys),
        cmocka_unit_test(test_F024_key_of_another_kind),
        cmocka_unit_test(test_F024_certificate_under_sha1),
        cmocka_unit_test(test_F024_end_entity),
        cmocka_unit_test(test_F024_one_algorithm_of_a_certificate),
        cmocka_unit_test(test_F002_an_authentication_certificate_signs_nothing),
        cmocka_unit_test(test_F002_the_stores_are_apart),
        cmocka_unit_test(test_F002_issuer),
        cmocka_unit_test(test_F002_an_authority_has_its_time),
        cmocka_unit_test(test_F024_validity_at_reception),
        cmocka_unit_test(test_F024_signature),
    };

    return cmocka_run_group_tests_name("card: certificates", tests, world_make, world_free);
}
