/* The pinned authorities and their lists: what is refused at the start and while running. */
#include <string.h>

#include <openssl/pem.h>

#include "world.h"

static void add(BIO *bio, const X509 *certificate)
{
    assert_int_equal(PEM_write_bio_X509(bio, (X509 *)(uintptr_t)certificate), 1);
}

/* Sign and auth authorities of at most two certificates each; whether they are taken. */
static bool taken(const X509 *sign[2], const X509 *auth[2], const char *policies)
{
    char texts[2][8192], error[256] = "";

    for (unsigned i = 0; i < 2; i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        for (unsigned j = 0; j < 2; j++)
            if ((i == 0 ? sign : auth)[j])
                add(bio, (i == 0 ? sign : auth)[j]);
        int length = BIO_read(bio, texts[i], sizeof texts[i] - 1);
        texts[i][length > 0 ? length : 0] = '\0';
        BIO_free(bio);
    }
    struct card_trust *trust = card_trust_new(texts[0], texts[1], policies, error);
    assert_int_equal(trust == NULL, error[0] != '\0');
    bool good = trust && card_trust_is_trial(trust) == (strstr(policies, ".5.1.0.") != NULL);
    card_trust_free(trust);
    return good;
}
#define TAKEN(one, two, three, policies) taken((const X509 *[2]){one, two}, (const X509 *[2]){three, NULL}, policies)

static X509 *authority_signed_by(const char *organization, const char *constraints, EVP_PKEY *signing_key)
{
    struct jpki_authority made = {.key = world.other};
    const struct jpki_authority_spec spec = {.organization = organization,
                                             .constraints = constraints,
                                             .signing_key = signing_key,
                                             .serial = 5,
                                             .from = RECEIVED - DAY,
                                             .until = RECEIVED + DAY};

    assert_true(jpki_authority_make(&made, &spec));
    return made.certificate;
}

static X509 *authority(const char *organization, const char *constraints)
{
    return authority_signed_by(organization, constraints, NULL);
}

static void test_F002_authorities(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec), *no_ca = authority("JPKI-TEST", "critical,CA:FALSE");
    X509 *not_self_signed = authority_signed_by("JPKI-TEST", NULL, world.rogue.key);
    X509 *sign = world.sign.certificate, *old = world.sign_old.certificate, *auth = world.auth.certificate;

    (void)state;
    assert_true(TAKEN(sign, NULL, NULL, JPKI_TEST_POLICY));
    assert_true(TAKEN(sign, old, auth, JPKI_TEST_POLICY " " JPKI_TEST_POLICY));
    assert_false(TAKEN(NULL, NULL, auth, JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, sign, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, old, old, JPKI_TEST_POLICY)); /* one key in both hierarchies */
    assert_false(TAKEN(leaf, NULL, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(no_ca, NULL, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(not_self_signed, NULL, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, NULL, NULL, ""));
    assert_false(TAKEN(sign, NULL, NULL, "signing"));
    X509_free(leaf);
    X509_free(no_ca);
    X509_free(not_self_signed);
}

/* A trial hierarchy is never trusted beside the real one. */
static void test_F002_trials_and_real_authorities_do_not_mix(void **state)
{
    X509 *real = authority("JPKI", NULL), *sign = world.sign.certificate;

    (void)state;
    assert_true(TAKEN(real, NULL, NULL, "1.2.392.200149.8.5.1.1.20 1.2.392.200149.8.5.1.1.40"));
    assert_false(TAKEN(real, NULL, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(real, NULL, NULL, "1.2.392.200149.8.5.1.1.20 " JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, NULL, NULL, "1.2.392.200149.8.5.1.1.20"));
    assert_false(TAKEN(sign, real, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, real, NULL, "1.2.392.200149.8.5.1.1.20"));
    assert_false(TAKEN(real, sign, NULL, JPKI_TEST_POLICY));
    assert_false(TAKEN(sign, NULL, real, JPKI_TEST_POLICY));
    X509_free(real);
}

static void test_F002_a_changed_authority_is_refused(void **state)
{
    char error[256];
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());

    (void)state;
    add(bio, world.sign.certificate);
    long length = BIO_get_mem_data(bio, &text);
    assert_true(length > 500);
    text[400] = text[400] == 'A' ? 'B' : 'A';
    assert_int_equal(BIO_write(bio, "", 1), 1);
    assert_null(card_trust_new(text, "", JPKI_TEST_POLICY, error));
    BIO_free(bio);
    assert_null(card_trust_new("no certificate", "", JPKI_TEST_POLICY, error));
}

static enum card_crl_result give(struct card_trust *trust, const struct jpki_crl_spec *spec, bool keep,
                                 struct card_crl_info *info)
{
    X509_CRL *crl = jpki_crl(spec);
    uint8_t *der = NULL;

    assert_non_null(crl);
    int length = i2d_X509_CRL(crl, &der);
    assert_true(length > 0);
    enum card_crl_result result = card_trust_crl(trust, der, (size_t)length, US(RECEIVED), keep, info);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    return result;
}

#define GIVE(wanted, ...)                                                                                              \
    do {                                                                                                               \
        struct jpki_crl_spec spec = {                                                                                  \
            .issuer = &world.sign, .this_update = RECEIVED - DAY, .next_update = RECEIVED + DAY};                      \
        __VA_ARGS__;                                                                                                   \
        assert_int_equal(give(trust, &spec, true, &info), wanted);                                                     \
    } while (0)

static void test_F024_lists_that_are_taken_and_refused(void **state)
{
    struct card_trust *trust = world_trust();
    struct card_crl_info info;

    (void)state;
    assert_false(card_trust_crl_info(trust, 0, &info));
    GIVE(CARD_CRL_TAKEN, (void)0);
    GIVE(CARD_CRL_TAKEN, (void)0); /* the same again */
    GIVE(CARD_CRL_TAKEN, spec.this_update += 60);
    GIVE(CARD_CRL_OLDER, spec.this_update += 59);
    GIVE(CARD_CRL_EARLY, spec.this_update = RECEIVED + 301; spec.next_update = RECEIVED + DAY);
    GIVE(CARD_CRL_TAKEN, spec.issuer = &world.auth);
    assert_true(info.auth);
    GIVE(CARD_CRL_FOREIGN, spec.issuer = &world.rogue);
    GIVE(CARD_CRL_FOREIGN, spec.signing_key = world.rogue.key);
    GIVE(CARD_CRL_FOREIGN, spec.without_key_id = true);
    GIVE(CARD_CRL_MALFORMED, spec.next_update = 0);
    GIVE(CARD_CRL_MALFORMED, spec.delta = true);
    GIVE(CARD_CRL_MALFORMED, spec.scope = "[scope]\nonlyCA=TRUE\n");
    GIVE(CARD_CRL_MALFORMED, spec.scope = "[scope]\nindirectCRL=TRUE\n");
    GIVE(CARD_CRL_MALFORMED, spec.scope = "[scope]\nonlysomereasons=keyCompromise\n");
    GIVE(CARD_CRL_TAKEN, spec.scope = "[scope]\nonlyuser=TRUE\n"; spec.this_update += 61);
    assert_false(info.partial);
    assert_true(card_trust_crl_info(trust, 1, &info));
    assert_false(card_trust_crl_info(trust, 2, &info));
    card_trust_free(trust);
}

static void test_F024_a_check_keeps_nothing(void **state)
{
    struct card_trust *trust = world_trust();
    struct card_crl_info info;
    const struct jpki_crl_spec spec = {
        .issuer = &world.sign, .this_update = RECEIVED - DAY, .next_update = RECEIVED + DAY};

    (void)state;
    assert_int_equal(give(trust, &spec, false, &info), CARD_CRL_TAKEN);
    assert_int_equal(info.this_update_us, US(RECEIVED - DAY));
    assert_false(card_trust_crl_info(trust, 0, &info));
    card_trust_free(trust);
}

static void test_F024_lists_in_a_file(void **state)
{
    struct jpki_crl_spec spec = {.issuer = &world.sign, .this_update = RECEIVED - DAY, .next_update = RECEIVED + DAY};
    struct card_trust *trust = world_trust();
    X509_CRL *sign = jpki_crl(&spec), *auth, *foreign;
    struct card_crl_info info;
    char text[8192] = "";
    BIO *bio = BIO_new(BIO_s_mem());

    (void)state;
    spec.issuer = &world.auth;
    auth = jpki_crl(&spec);
    spec.issuer = &world.rogue;
    foreign = jpki_crl(&spec);
    assert_false(card_trust_crl_pem(trust, "no list", US(RECEIVED)));
    assert_true(PEM_write_bio_X509_CRL(bio, sign) == 1 && PEM_write_bio_X509_CRL(bio, auth) == 1);
    assert_true(BIO_read(bio, text, sizeof text - 1) > 0);
    assert_true(card_trust_crl_pem(trust, text, US(RECEIVED)));
    assert_true(card_trust_crl_info(trust, 1, &info));
    assert_int_equal(PEM_write_bio_X509_CRL(bio, foreign), 1);
    memset(text, 0, sizeof text);
    assert_true(BIO_read(bio, text, sizeof text - 1) > 0);
    assert_false(card_trust_crl_pem(trust, text, US(RECEIVED)));
    BIO_free(bio);
    X509_CRL_free(sign);
    X509_CRL_free(auth);
    X509_CRL_free(foreign);
    card_trust_free(trust);
}

static void test_F024_bytes_that_are_no_list(void **state)
{
    const struct jpki_crl_spec spec = {
        .issuer = &world.sign, .this_update = RECEIVED - DAY, .next_update = RECEIVED + DAY};
    X509_CRL *crl = jpki_crl(&spec);
    struct card_crl_info info;
    uint8_t *der = NULL;
    size_t length = (size_t)i2d_X509_CRL(crl, &der);

    (void)state;
    for (size_t cut = 0; cut < length; cut++)
        assert_int_equal(card_trust_crl(world.trust, der, cut, US(RECEIVED), false, &info), CARD_CRL_MALFORMED);
    for (size_t at = 0; at < length; at++) {
        der[at] ^= 1;
        assert_int_not_equal(card_trust_crl(world.trust, der, length, US(RECEIVED), false, &info), CARD_CRL_TAKEN);
        der[at] ^= 1;
    }
    OPENSSL_free(der);
    X509_CRL_free(crl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F002_authorities),
        cmocka_unit_test(test_F002_trials_and_real_authorities_do_not_mix),
        cmocka_unit_test(test_F002_a_changed_authority_is_refused),
        cmocka_unit_test(test_F024_lists_that_are_taken_and_refused),
        cmocka_unit_test(test_F024_a_check_keeps_nothing),
        cmocka_unit_test(test_F024_lists_in_a_file),
        cmocka_unit_test(test_F024_bytes_that_are_no_list),
    };

    return cmocka_run_group_tests_name("card: trust", tests, world_make, world_free);
}
