/* RSASSA-PKCS1-v1_5 (RFC 8017, 8.2), and which algorithms and keys are accepted: step 4 of domain 5.6. */
#ifndef SEKISHO_CARD_RSA_H
#define SEKISHO_CARD_RSA_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "server/card/der.h"

#define RSA_BITS_MIN  2048
#define RSA_BITS_MAX  4096 /* bounds the work of one verification */
#define RSA_BYTES_MAX (RSA_BITS_MAX / 8)

/* SHA-256, SHA-384 or SHA-512 of an AlgorithmIdentifier; NULL for every other. */
const EVP_MD *rsa_digest(const X509_ALGOR *algorithm);
/* Of a signature algorithm sha256WithRSAEncryption, ...; NULL for every other. */
const EVP_MD *rsa_signature_digest(const X509_ALGOR *algorithm);

/* Plain rsaEncryption of 2048 to 4096 bits, exponent odd and 65537 or greater (below 2^64). */
bool rsa_key_accepted(const X509_PUBKEY *key);

/* A signature's bytes; none when it has unused bits, which would be a second encoding of it. */
struct der rsa_signature(const ASN1_STRING *bits);

/* Whether `signature` is the key's over `data`. All comparison of padding is OpenSSL's EVP_DigestVerify. */
bool rsa_verify(EVP_PKEY *key, const EVP_MD *digest, struct der data, struct der signature);

#endif
