/*
 * card-fixture FOLDER: makes what the target `card` and its seeds are about, once: a trial authority, one card's
 * certificate, its signatures over the text in fixture.h, a revocation list, a stapled answer. The keys are forgotten,
 * so that nothing else than these can ever verify.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include "clients/simulators/jpki/jpki.h"
#include "fixture.h"

#define DAY INT64_C(86400)

static const char *folder;

static bool put(const char *name, const void *bytes, size_t length)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    bool good = file && length > 0 && fwrite(bytes, 1, length, file) == length;

    return file && fclose(file) == 0 && good;
}

static bool put_pem(const char *name, X509 *certificate)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());
    bool good = bio && PEM_write_bio_X509(bio, certificate) == 1;
    long length = good ? BIO_get_mem_data(bio, &text) : 0;

    good = good && put(name, text, (size_t)length);
    BIO_free(bio);
    return good;
}

static bool put_status(const struct jpki_authority *authority, X509 *leaf)
{
    const struct jpki_revoked revoked = {99, FIXTURE_RECEIVED - DAY};
    const struct jpki_crl_spec list = {.issuer = authority,
                                       .this_update = FIXTURE_RECEIVED - DAY,
                                       .next_update = FIXTURE_RECEIVED + DAY,
                                       .revoked = &revoked,
                                       .count = 1};
    const struct jpki_ocsp_spec answer = {.issuer = authority,
                                          .leaf = leaf,
                                          .status = V_OCSP_CERTSTATUS_GOOD,
                                          .this_update = FIXTURE_RECEIVED - 60,
                                          .next_update = FIXTURE_RECEIVED + DAY};
    X509_CRL *crl = jpki_crl(&list);
    uint8_t *der = NULL;
    size_t length;
    int size = crl ? i2d_X509_CRL(crl, &der) : 0;
    bool good = size > 0 && put("list.crl", der, (size_t)size);

    uint8_t *ocsp = jpki_ocsp(&answer, &length);
    good = good && ocsp && put("answer.ocsp", ocsp, length);
    OPENSSL_free(ocsp);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    return good;
}

static bool put_signatures(X509 *leaf, EVP_PKEY *key)
{
    size_t cms_length, raw_length;
    uint8_t *cms = jpki_sign_cms(FIXTURE_TEXT, strlen(FIXTURE_TEXT), leaf, key, NULL, &cms_length);
    uint8_t *raw = jpki_sign_raw(FIXTURE_TEXT, strlen(FIXTURE_TEXT), key, &raw_length), *der = NULL;
    int length = i2d_X509(leaf, &der);
    bool good = cms && raw && length > 0 && put("good.cms", cms, cms_length) && put("good.raw", raw, raw_length) &&
                put("leaf.der", der, (size_t)length);

    OPENSSL_free(cms);
    OPENSSL_free(raw);
    OPENSSL_free(der);
    return good;
}

int main(int count, char **arguments)
{
    static const struct jpki_holder holder = {FIXTURE_NAME, "420010403", "2", FIXTURE_ADDRESS, NULL, NULL};
    const struct jpki_authority_spec spec = {
        .serial = 1, .from = FIXTURE_RECEIVED - 1000 * DAY, .until = FIXTURE_RECEIVED + 2600 * DAY};
    static char flags[2][512];
    struct jpki_authority authority = {0};

    folder = count == 2 ? arguments[1] : ".";
    struct jpki_leaf_spec card = {.issuer = &authority,
                                  .key = jpki_key(2048),
                                  .serial = 7,
                                  .from = FIXTURE_RECEIVED - DAY,
                                  .until = FIXTURE_RECEIVED + 1800 * DAY};
    jpki_names(&card, &holder, flags);
    bool good = card.key && jpki_authority_make(&authority, &spec);
    X509 *leaf = good ? jpki_leaf(&card) : NULL;
    good = leaf && put_pem("sign.pem", authority.certificate) && put_signatures(leaf, card.key) &&
           put_status(&authority, leaf);
    X509_free(leaf);
    EVP_PKEY_free(card.key);
    jpki_authority_free(&authority);
    return good ? 0 : 1;
}
