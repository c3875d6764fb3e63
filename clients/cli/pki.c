#include "pki.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#define CLOCK_SKEW_S 300 /* certificates are valid from a little earlier: clocks of two machines differ */

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added ? 0 : -1;
}

static int add_extensions(X509 *certificate, X509 *issuer, enum pki_use use, const char *names)
{
    static const char *const constraints[] = {[PKI_CA] = "critical,CA:TRUE,pathlen:0",
                                              [PKI_SERVER] = "critical,CA:FALSE",
                                              [PKI_CLIENT] = "critical,CA:FALSE"};
    static const char *const usage[] = {[PKI_CA] = "critical,keyCertSign,cRLSign",
                                        [PKI_SERVER] = "critical,digitalSignature",
                                        [PKI_CLIENT] = "critical,digitalSignature"};

    if (add_extension(certificate, issuer, NID_basic_constraints, constraints[use]) < 0 ||
        add_extension(certificate, issuer, NID_key_usage, usage[use]) < 0 ||
        add_extension(certificate, issuer, NID_subject_key_identifier, "hash") < 0 ||
        add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") < 0)
        return -1;
    if (use != PKI_CA &&
        add_extension(certificate, issuer, NID_ext_key_usage, use == PKI_SERVER ? "serverAuth" : "clientAuth") < 0)
        return -1;
    return names ? add_extension(certificate, issuer, NID_subject_alt_name, names) : 0;
}

/* 64 random bits and more (CA/Browser Forum, Baseline Requirements 7.1): 127, positive. */
static int set_serial(X509 *certificate)
{
    unsigned char bytes[16];
    int result = -1;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return -1;
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    if (number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)))
        result = 0;
    BN_free(number);
    return result;
}

static int set_name(X509_NAME *name, const char *common_name)
{
    const unsigned char *text = (const unsigned char *)common_name;

    return X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8, (const unsigned char *)"Sekisho demo",
                                      -1, -1, 0) == 1 &&
                   X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, -1, -1, 0) == 1
               ? 0
               : -1;
}

int pki_make(struct identity *identity, enum pki_use use, const char *common_name, const char *names, long days,
             const struct identity *issuer)
{
    memset(identity, 0, sizeof *identity);
    identity->key = EVP_EC_gen("P-256");
    identity->certificate = X509_new();
    X509 *certificate = identity->certificate;
    const struct identity *signer = issuer ? issuer : identity;

    if (!identity->key || !certificate || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        set_serial(certificate) < 0 || set_name(X509_get_subject_name(certificate), common_name) < 0 ||
        X509_set_issuer_name(certificate, X509_get_subject_name(signer->certificate)) != 1 ||
        !X509_gmtime_adj(X509_getm_notBefore(certificate), -CLOCK_SKEW_S) ||
        !X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86400) ||
        X509_set_pubkey(certificate, identity->key) != 1 ||
        add_extensions(certificate, signer->certificate, use, names) < 0 ||
        X509_sign(certificate, signer->key, EVP_sha256()) == 0) {
        pki_free(identity);
        return -1;
    }
    return 0;
}

void pki_free(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->certificate);
    memset(identity, 0, sizeof *identity);
}

BIO *pki_certificate_pem(const struct identity *identity)
{
    BIO *bio = BIO_new(BIO_s_mem());

    if (bio && PEM_write_bio_X509(bio, identity->certificate) != 1) {
        BIO_free(bio);
        bio = NULL;
    }
    return bio;
}

BIO *pki_key_pem(const struct identity *identity)
{
    BIO *bio = BIO_new(BIO_s_secmem());

    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, identity->key, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(bio);
        bio = NULL;
    }
    return bio;
}
