#include <openssl/conf.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "clients/simulators/jpki/internal.h"

static bool revoke(X509_CRL *crl, const struct jpki_revoked *revoked)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_TIME *at = ASN1_TIME_set(NULL, revoked->at);

    bool good = entry && serial && at && ASN1_INTEGER_set_int64(serial, revoked->serial) == 1 &&
                X509_REVOKED_set_serialNumber(entry, serial) == 1 && X509_REVOKED_set_revocationDate(entry, at) == 1 &&
                X509_CRL_add0_revoked(crl, entry) == 1;
    if (!good)
        X509_REVOKED_free(entry);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(at);
    return good;
}

static bool crl_extension(X509_CRL *crl, X509 *issuer, CONF *conf, int nid, const char *text)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, NULL, NULL, crl, 0);
    X509V3_set_nconf(&context, conf);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(conf, &context, nid, text);
    bool added = extension && X509_CRL_add_ext(crl, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static CONF *section(const char *text)
{
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text ? text : "", -1);
    long line;

    if (!conf || !bio || NCONF_load_bio(conf, bio, &line) != 1) {
        NCONF_free(conf);
        conf = NULL;
    }
    BIO_free(bio);
    return conf;
}

static bool crl_extensions(X509_CRL *crl, const struct jpki_crl_spec *spec)
{
    CONF *conf = section(spec->scope);
    X509 *issuer = spec->issuer->certificate;
    ASN1_INTEGER *number = ASN1_INTEGER_new();

    bool good =
        conf && number && ASN1_INTEGER_set_int64(number, spec->this_update) == 1 &&
        (spec->without_key_id || crl_extension(crl, issuer, conf, NID_authority_key_identifier, "keyid:always")) &&
        X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1 &&
        (!spec->scope || crl_extension(crl, issuer, conf, NID_issuing_distribution_point, "critical,@scope")) &&
        (!spec->delta || X509_CRL_add1_ext_i2d(crl, NID_delta_crl, number, 1, 0) == 1);
    ASN1_INTEGER_free(number);
    NCONF_free(conf);
    return good;
}

X509_CRL *jpki_crl(const struct jpki_crl_spec *spec)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *this_update = ASN1_TIME_set(NULL, spec->this_update);
    ASN1_TIME *next_update = ASN1_TIME_set(NULL, spec->next_update);

    bool good = crl && this_update && next_update && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(spec->issuer->certificate)) == 1 &&
                X509_CRL_set1_lastUpdate(crl, this_update) == 1 &&
                (spec->next_update == 0 || X509_CRL_set1_nextUpdate(crl, next_update) == 1);
    for (size_t i = 0; good && i < spec->count; i++)
        good = revoke(crl, &spec->revoked[i]);
    good = good && crl_extensions(crl, spec) &&
           X509_CRL_sign(crl, spec->signing_key ? spec->signing_key : spec->issuer->key, EVP_sha256()) > 0;
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
    if (good)
        return crl;
    X509_CRL_free(crl);
    return NULL;
}

static bool add_status(OCSP_BASICRESP *basic, const struct jpki_ocsp_spec *spec)
{
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), spec->leaf, spec->issuer->certificate);
    ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, spec->this_update);
    ASN1_TIME *next_update = ASN1_GENERALIZEDTIME_set(NULL, spec->next_update);
    ASN1_TIME *revoked = ASN1_GENERALIZEDTIME_set(NULL, spec->revoked_at);

    bool good = id && this_update && next_update && revoked &&
                OCSP_basic_add1_status(basic, id, spec->status, OCSP_REVOKED_STATUS_NOSTATUS, revoked, this_update,
                                       next_update);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
    ASN1_TIME_free(revoked);
    return good;
}

uint8_t *jpki_ocsp(const struct jpki_ocsp_spec *spec, size_t *length)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    X509 *signer = spec->responder ? spec->responder : spec->issuer->certificate;
    EVP_PKEY *key = spec->responder ? spec->responder_key : spec->issuer->key;
    OCSP_RESPONSE *response = NULL;
    uint8_t *der = NULL;
    int made = 0;

    if (basic && add_status(basic, spec) &&
        OCSP_basic_sign(basic, signer, key, EVP_sha256(), NULL, spec->responder ? 0 : OCSP_NOCERTS) == 1 &&
        (response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)))
        made = i2d_OCSP_RESPONSE(response, &der);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    *length = made > 0 ? (size_t)made : 0;
    return der;
}
