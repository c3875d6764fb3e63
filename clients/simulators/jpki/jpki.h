/*
 * A trial hierarchy in the profile of the public personal authentication (公的個人認証, domain 5.2, 5.3, 5.7):
 * authorities with O=JPKI-TEST, certificates of invented holders, revocation lists, OCSP answers, and what a card does
 * with its key. For tests, the portal simulator and the demo. Everything may be spoiled on purpose: that is what tests
 * need.
 *
 * Times are seconds UTC. What a function returns is the caller's to free with OpenSSL's own functions; NULL: OpenSSL
 * failed.
 */
#ifndef SEKISHO_SIMULATORS_JPKI_H
#define SEKISHO_SIMULATORS_JPKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define JPKI_TEST_POLICY "1.2.392.200149.8.5.1.0.20"
#define JPKI_AUTH_POLICY "1.2.392.200149.8.5.1.0.30"

EVP_PKEY *jpki_key(unsigned bits);

/* ---- authorities ---- */

struct jpki_authority {
    EVP_PKEY *key;
    X509 *certificate;
};

struct jpki_authority_spec {
    const char *organization; /* NULL: JPKI-TEST */
    bool auth;                /* of the authentication hierarchy: another OU */
    int64_t serial, from, until;
    const char *constraints; /* NULL: critical,CA:TRUE */
    EVP_PKEY *signing_key;   /* NULL: its own */
};

bool jpki_authority_make(struct jpki_authority *authority, const struct jpki_authority_spec *spec);
void jpki_authority_free(struct jpki_authority *authority);

/* ---- certificates ---- */

struct jpki_other_name {
    const char *oid, *text;
};

/* The six items of a holder (domain 5.3); `flags` NULL: as many zeros as characters. */
struct jpki_holder {
    const char *name, *birth /* EYYYYMMDD */, *sex, *address;
    const char *name_flags, *address_flags;
};

#define JPKI_OTHER_NAMES_MAX 8

/* What is zero is taken from the profile. */
struct jpki_leaf_spec {
    const struct jpki_authority *issuer;
    EVP_PKEY *key; /* of the holder */
    int64_t serial, from, until;
    struct jpki_other_name names[JPKI_OTHER_NAMES_MAX]; /* of SubjectAltName, in this order; none: no extension */
    const char *constraints, *usage, *policies;         /* OpenSSL's text forms, "": no such extension */
    const char *points;                                 /* cRLDistributionPoints; NULL: none */
    const char *extended;                               /* extendedKeyUsage; NULL: none */
    const char *further_oid;                            /* an extension nobody knows; NULL: none */
    bool further_critical;
    bool usage_twice;
    const EVP_MD *digest;     /* NULL: SHA-256 */
    EVP_PKEY *signing_key;    /* NULL: the issuer's */
    const X509_NAME *subject; /* NULL: of the profile */
    bool version_1;           /* without extensions */
};

/* The holder's items as other names, in the order of real certificates. Flags of zeros are made in `flags`. */
void jpki_names(struct jpki_leaf_spec *spec, const struct jpki_holder *holder, char flags[2][512]);
X509 *jpki_leaf(const struct jpki_leaf_spec *spec);

/* ---- status ---- */

struct jpki_revoked {
    int64_t serial, at;
};

struct jpki_crl_spec {
    const struct jpki_authority *issuer;
    int64_t this_update, next_update; /* next_update 0: none */
    const struct jpki_revoked *revoked;
    size_t count;
    const char *scope; /* issuingDistributionPoint with its section, or NULL: all certificates */
    bool delta, without_key_id;
    EVP_PKEY *signing_key; /* NULL: the issuer's */
};
X509_CRL *jpki_crl(const struct jpki_crl_spec *spec);

struct jpki_ocsp_spec {
    const struct jpki_authority *issuer;
    X509 *leaf;
    X509 *responder; /* NULL: the authority itself */
    EVP_PKEY *responder_key;
    int status; /* V_OCSP_CERTSTATUS_... */
    int64_t this_update, next_update, revoked_at;
};
/* DER, to be freed with OPENSSL_free. */
uint8_t *jpki_ocsp(const struct jpki_ocsp_spec *spec, size_t *length);

/* ---- what a card does ---- */

/* CMS SignedData, detached, DER; `digest` NULL: SHA-256. */
uint8_t *jpki_sign_cms(const void *content, size_t length, X509 *certificate, EVP_PKEY *key, const EVP_MD *digest,
                       size_t *cms_length);
/* PKCS#1 v1.5 over SHA-256. */
uint8_t *jpki_sign_raw(const void *content, size_t length, EVP_PKEY *key, size_t *signature_length);

#endif
