/* Step 1: forms that are not the one form. */
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>

#include "world.h"

#define FLAGS (CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP)

static enum card_code check_bytes(const uint8_t *cms, size_t length)
{
    const struct card_signature signature = {.content = (const uint8_t *)world_content,
                                             .content_length = strlen(world_content),
                                             .cms = cms,
                                             .cms_length = length};

    return world_check(world.trust, &signature, NULL);
}

static enum card_code check_cms(CMS_ContentInfo *cms)
{
    uint8_t *der = NULL;
    int length = i2d_CMS_ContentInfo(cms, &der);

    assert_true(length > 0);
    enum card_code code = check_bytes(der, (size_t)length);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    return code;
}

/* Signed by the good card, and changed before the last step. */
static CMS_ContentInfo *make(unsigned flags, void (*change)(CMS_ContentInfo *cms, X509 *leaf))
{
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec);
    BIO *bio = BIO_new_mem_buf(world_content, -1);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);

    assert_non_null(CMS_add1_signer(cms, leaf, world.card, EVP_sha256(), flags));
    if (change)
        change(cms, leaf);
    assert_int_equal(CMS_final(cms, bio, NULL, flags), 1);
    BIO_free(bio);
    X509_free(leaf);
    return cms;
}

static void second_signer(CMS_ContentInfo *cms, X509 *leaf)
{
    assert_non_null(CMS_add1_signer(cms, leaf, world.card, EVP_sha256(), FLAGS | CMS_NOCERTS));
}

static void second_certificate(CMS_ContentInfo *cms, X509 *leaf)
{
    (void)leaf;
    assert_int_equal(CMS_add1_cert(cms, world.sign.certificate), 1);
}

static void a_list(CMS_ContentInfo *cms, X509 *leaf)
{
    const struct jpki_crl_spec spec = {.issuer = &world.sign, .this_update = RECEIVED, .next_update = RECEIVED + DAY};
    X509_CRL *crl = jpki_crl(&spec);

    (void)leaf;
    assert_int_equal(CMS_add1_crl(cms, crl), 1);
    X509_CRL_free(crl);
}

static void an_unsigned_attribute(CMS_ContentInfo *cms, X509 *leaf)
{
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);

    (void)leaf;
    assert_int_equal(CMS_unsigned_add1_attr_by_NID(signer, NID_pkcs9_unstructuredName, V_ASN1_UTF8STRING, "x", 1), 1);
}

static void another_type(CMS_ContentInfo *cms, X509 *leaf)
{
    (void)leaf;
    assert_int_equal(CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_authData)), 1);
}

static void test_F024_one_signer_detached_nothing_else(void **state)
{
    BIO *bio = BIO_new_mem_buf(world_content, -1);

    (void)state;
    assert_code(check_cms(make(FLAGS, NULL)), CARD_GOOD);
    assert_code(check_cms(make(FLAGS, second_signer)), CARD_SIG_MALFORMED);
    assert_code(check_cms(make(FLAGS & ~(unsigned)CMS_DETACHED, NULL)), CARD_SIG_MALFORMED);
    assert_code(check_cms(make(FLAGS, a_list)), CARD_SIG_MALFORMED);
    assert_code(check_cms(make(FLAGS, an_unsigned_attribute)), CARD_SIG_MALFORMED);
    assert_code(check_cms(make(FLAGS, another_type)), CARD_SIG_MALFORMED);
    assert_code(check_cms(CMS_data_create(bio, CMS_BINARY)), CARD_SIG_MALFORMED);
    BIO_free(bio);
}

static void test_F024_one_certificate(void **state)
{
    (void)state;
    assert_code(check_cms(make(FLAGS, second_certificate)), CARD_LEAF_INVALID);
    assert_code(check_cms(make(FLAGS | CMS_NOCERTS, NULL)), CARD_LEAF_INVALID);
}

static void test_F024_signed_attributes_are_required(void **state)
{
    (void)state;
    assert_code(check_cms(make(FLAGS | CMS_NOATTR, NULL)), CARD_DIGEST_MISMATCH);
}

/* A signed message digest of other bytes, although the signature over the attributes is genuine. */
static void test_F024_digest_of_other_bytes(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec);
    size_t length;

    (void)state;
    uint8_t *cms = jpki_sign_cms("another text", 12, leaf, world.card, NULL, &length);
    assert_code(check_bytes(cms, length), CARD_DIGEST_MISMATCH);
    OPENSSL_free(cms);
    X509_free(leaf);
}

static void test_F024_ber_is_refused(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    size_t length;
    uint8_t *cms = world_sign(&spec, NULL, &length), *other = malloc(length + 8);

    (void)state;
    assert_int_equal(cms[1], 0x82);
    other[0] = 0x30; /* indefinite length around the same content */
    other[1] = 0x80;
    memcpy(other + 2, cms + 4, length - 4);
    memset(other + length - 2, 0, 2);
    assert_code(check_bytes(other, length), CARD_SIG_MALFORMED);
    other[1] = 0x83; /* a length with a leading zero */
    other[2] = 0;
    memcpy(other + 3, cms + 2, length - 2);
    assert_code(check_bytes(other, length + 1), CARD_SIG_MALFORMED);
    memcpy(other, cms, length);
    other[length] = 0; /* something behind */
    assert_code(check_bytes(other, length + 1), CARD_SIG_MALFORMED);
    free(other);
    OPENSSL_free(cms);
}

static void test_F024_sizes(void **state)
{
    static uint8_t large[CARD_CMS_MAX + 1];
    struct card_signature signature = {.content = large, .content_length = 1};

    (void)state;
    assert_code(check_bytes(large, 0), CARD_SIG_MALFORMED);
    assert_code(check_bytes(large, sizeof large), CARD_SIG_MALFORMED);
    assert_code(world_check(world.trust, &signature, NULL), CARD_SIG_MALFORMED);
    signature.raw_signature = signature.certificate = large;
    signature.certificate_length = 100;
    signature.raw_signature_length = CARD_SIGNATURE_MAX + 1;
    assert_code(world_check(world.trust, &signature, NULL), CARD_SIG_MALFORMED);
    signature.raw_signature_length = 256;
    assert_code(world_check(world.trust, &signature, NULL), CARD_SIG_MALFORMED);
}

/* Cut off anywhere it is malformed; with any bit changed it is good only where nothing is signed or said. */
static void test_F024_cut_and_changed(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    size_t length, good = 0;
    uint8_t *cms = world_sign(&spec, NULL, &length);

    (void)state;
    for (size_t cut = 0; cut < length; cut++)
        assert_code(check_bytes(cms, cut), CARD_SIG_MALFORMED);
    for (size_t at = 0; at < length; at++) {
        cms[at] ^= 1;
        good += check_bytes(cms, length) == CARD_GOOD;
        cms[at] ^= 1;
    }
    /* The two version numbers, and the list of digest algorithms, which repeats what the signer says. */
    assert_true(good <= 2 + 11);
    OPENSSL_free(cms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F024_one_signer_detached_nothing_else),
        cmocka_unit_test(test_F024_one_certificate),
        cmocka_unit_test(test_F024_signed_attributes_are_required),
        cmocka_unit_test(test_F024_digest_of_other_bytes),
        cmocka_unit_test(test_F024_ber_is_refused),
        cmocka_unit_test(test_F024_sizes),
        cmocka_unit_test(test_F024_cut_and_changed),
    };

    return cmocka_run_group_tests_name("card: malformed", tests, world_make, world_free);
}
