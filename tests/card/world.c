#include "world.h"

#include <string.h>

#include <openssl/pem.h>

#include "crypto/hash.h"

struct world world;
int64_t world_received = INT64_C(1780272000);
const char world_content[] = "保育士登録申請書\n氏名：浦和　花子\n受付番号：0123456789abcdef\n";
const struct identity world_applicant = {
    .name = "浦和　花子",
    .address = "埼玉県さいたま市浦和区高砂３丁目１５番１号",
    .birth = {2001, 4, 3},
    .sex = 2,
};

static bool pem_add(BIO *bio, const struct jpki_authority *authority)
{
    return PEM_write_bio_X509(bio, authority->certificate) == 1;
}

static char *pem_of(const struct jpki_authority *one, const struct jpki_authority *two)
{
    static char texts[2][8192];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    BIO *bio = BIO_new(BIO_s_mem());

    assert_true(pem_add(bio, one) && (!two || pem_add(bio, two)));
    int length = BIO_read(bio, text, sizeof texts[0] - 1);
    assert_true(length > 0);
    text[length] = '\0';
    BIO_free(bio);
    return text;
}

struct card_trust *world_trust(void)
{
    char error[256];
    struct card_trust *trust =
        card_trust_new(pem_of(&world.sign_old, &world.sign), pem_of(&world.auth, NULL), JPKI_TEST_POLICY, error);

    assert_non_null(trust);
    return trust;
}

struct card_trust *world_trust_of(const struct jpki_authority *authority)
{
    char error[256];
    struct card_trust *trust = card_trust_new(pem_of(authority, NULL), "", JPKI_TEST_POLICY, error);

    assert_non_null(trust);
    return trust;
}

void world_give_list(struct card_trust *trust, const struct jpki_authority *authority, int64_t this_update,
                     int64_t next_update)
{
    const struct jpki_revoked revoked[] = {{REVOKED_SERIAL, this_update - 1}, {1, this_update - 1}};
    const struct jpki_crl_spec spec = {
        .issuer = authority, .this_update = this_update, .next_update = next_update, .revoked = revoked, .count = 2};
    X509_CRL *crl = jpki_crl(&spec);
    uint8_t *der = NULL;
    struct card_crl_info info;

    assert_non_null(crl);
    int length = i2d_X509_CRL(crl, &der);
    assert_true(length > 0);
    assert_int_equal(card_trust_crl(trust, der, (size_t)length, US(this_update), true, &info), CARD_CRL_TAKEN);
    OPENSSL_free(der);
    X509_CRL_free(crl);
}

int world_make(void **state)
{
    const struct jpki_authority_spec old = {.serial = 1, .from = RECEIVED - 2400 * DAY, .until = RECEIVED + 1200 * DAY};
    const struct jpki_authority_spec now = {.serial = 2, .from = RECEIVED - 1000 * DAY, .until = RECEIVED + 2600 * DAY};
    struct jpki_authority_spec auth = now;

    (void)state;
    auth.auth = true;
    assert_int_equal(crypto_init(), 0);
    assert_true(jpki_authority_make(&world.sign_old, &old) && jpki_authority_make(&world.sign, &now) &&
                jpki_authority_make(&world.auth, &auth) && jpki_authority_make(&world.rogue, &now));
    world.card = jpki_key(2048);
    world.other = jpki_key(2048);
    assert_true(world.card && world.other);
    world.trust = world_trust();
    const struct jpki_authority *authorities[] = {&world.sign_old, &world.sign, &world.auth};
    for (size_t i = 0; i < 3; i++)
        world_give_list(world.trust, authorities[i], RECEIVED - DAY, RECEIVED + DAY);
    return 0;
}

int world_free(void **state)
{
    (void)state;
    card_trust_free(world.trust);
    jpki_authority_free(&world.sign_old);
    jpki_authority_free(&world.sign);
    jpki_authority_free(&world.auth);
    jpki_authority_free(&world.rogue);
    EVP_PKEY_free(world.card);
    EVP_PKEY_free(world.other);
    return 0;
}

struct jpki_leaf_spec world_leaf(void)
{
    static const struct jpki_holder holder = {
        .name = "浦和　花子",
        .birth = "420010403",
        .sex = "2",
        .address = "埼玉県さいたま市浦和区高砂３丁目１５番１号",
    };
    static char flags[2][512];
    struct jpki_leaf_spec spec = {
        .issuer = &world.sign,
        .key = world.card,
        .serial = GOOD_SERIAL,
        .from = RECEIVED - 60 * DAY,
        .until = RECEIVED + 1700 * DAY,
    };

    jpki_names(&spec, &holder, flags);
    return spec;
}

uint8_t *world_sign(const struct jpki_leaf_spec *spec, const EVP_MD *digest, size_t *length)
{
    X509 *leaf = jpki_leaf(spec);

    assert_non_null(leaf);
    uint8_t *cms = jpki_sign_cms(world_content, strlen(world_content), leaf, spec->key, digest, length);
    assert_non_null(cms);
    X509_free(leaf);
    return cms;
}

enum card_code world_check(const struct card_trust *trust, const struct card_signature *signature,
                           struct card_evidence *evidence)
{
    struct card_evidence unread;
    struct card_submission *submission;
    enum card_code code = card_parse(signature, &submission);

    if (code != CARD_GOOD) {
        assert_null(submission);
        return code;
    }
    code = card_check(trust, submission, &world_applicant, US(RECEIVED), US(RECEIVED), evidence ? evidence : &unread);
    card_submission_free(submission);
    return code;
}

enum card_code world_try(const struct jpki_leaf_spec *spec, struct card_evidence *evidence)
{
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};
    uint8_t *cms = world_sign(spec, NULL, &signature.cms_length);

    signature.cms = cms;
    enum card_code code = world_check(world.trust, &signature, evidence);
    OPENSSL_free(cms);
    return code;
}

enum card_code world_try_raw(const struct jpki_leaf_spec *spec, struct card_evidence *evidence)
{
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};
    X509 *leaf = jpki_leaf(spec);
    uint8_t *der = NULL;

    assert_non_null(leaf);
    int length = i2d_X509(leaf, &der);
    assert_true(length > 0);
    uint8_t *raw = jpki_sign_raw(world_content, strlen(world_content), spec->key, &signature.raw_signature_length);
    assert_non_null(raw);
    signature.raw_signature = raw;
    signature.certificate = der;
    signature.certificate_length = (size_t)length;
    enum card_code code = world_check(world.trust, &signature, evidence);
    OPENSSL_free(raw);
    OPENSSL_free(der);
    X509_free(leaf);
    return code;
}

static const char *name(enum card_code code)
{
    return code == CARD_GOOD ? "GOOD" : card_code_name(code);
}

void world_assert_code(enum card_code got, enum card_code wanted, const char *file, int line)
{
    if (got == wanted)
        return;
    print_error("%s instead of %s\n", name(got), name(wanted));
    _fail(file, line);
}
