/* A small certificate authority for demonstrations and tests: EC P-256, X.509 v3 (RFC 5280). Keys in use belong to a
 * real CA. */
#ifndef SEKISHO_CLI_PKI_H
#define SEKISHO_CLI_PKI_H

#include <openssl/evp.h>
#include <openssl/x509.h>

struct identity {
    EVP_PKEY *key;
    X509 *certificate;
};

enum pki_use { PKI_CA, PKI_SERVER, PKI_CLIENT };

/* Makes a key and its certificate, signed by `issuer` (NULL: itself, for PKI_CA). `names` is a subjectAltName value
 * ("DNS:localhost,IP:127.0.0.1") or NULL. 0, or -1 when libcrypto fails. Free with pki_free. */
int pki_make(struct identity *identity, enum pki_use use, const char *common_name, const char *names, long days,
             const struct identity *issuer);
void pki_free(struct identity *identity);

/* PEM texts; BIO_free when done. NULL when libcrypto fails. */
BIO *pki_certificate_pem(const struct identity *identity);
BIO *pki_key_pem(const struct identity *identity);

#endif
