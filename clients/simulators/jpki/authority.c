#include <string.h>

#include <openssl/conf.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "clients/simulators/jpki/internal.h"

EVP_PKEY *jpki_key(unsigned bits)
{
    return EVP_RSA_gen(bits);
}

bool jpki_extension(X509 *certificate, X509 *issuer, int nid, const char *text)
{
    X509V3_CTX context;
    CONF *sections = NCONF_new(NULL); /* empty: policies want one */

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_nconf(&context, sections);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(sections, &context, nid, text);
    NCONF_free(sections);
    bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool jpki_name_add(X509_NAME *name, const char *field, int type, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, field, type, (const unsigned char *)text, -1, -1, 0) == 1;
}

static bool name_of(X509_NAME *name, const struct jpki_authority_spec *spec)
{
    return jpki_name_add(name, "C", V_ASN1_PRINTABLESTRING, "JP") &&
           jpki_name_add(name, "O", V_ASN1_UTF8STRING, spec->organization ? spec->organization : "JPKI-TEST") &&
           jpki_name_add(name, "OU", V_ASN1_UTF8STRING,
                         spec->auth ? "JPKI for user authentication" : "JPKI for digital signature") &&
           jpki_name_add(name, "OU", V_ASN1_UTF8STRING, "Japan Agency for Local Authority Information Systems");
}

bool jpki_certificate_begin(X509 *certificate, int64_t serial, int64_t from, int64_t until, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), from) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), until) && X509_set_pubkey(certificate, key) == 1;
}

bool jpki_authority_make(struct jpki_authority *authority, const struct jpki_authority_spec *spec)
{
    X509 *certificate = X509_new();

    authority->certificate = certificate;
    if (!authority->key)
        authority->key = jpki_key(2048);
    return certificate && authority->key &&
           jpki_certificate_begin(certificate, spec->serial, spec->from, spec->until, authority->key) &&
           name_of(X509_get_subject_name(certificate), spec) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
           jpki_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
           jpki_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           jpki_extension(certificate, certificate, NID_basic_constraints,
                          spec->constraints ? spec->constraints : "critical,CA:TRUE") &&
           X509_sign(certificate, spec->signing_key ? spec->signing_key : authority->key, EVP_sha256()) > 0;
}

void jpki_authority_free(struct jpki_authority *authority)
{
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    *authority = (struct jpki_authority){0};
}
