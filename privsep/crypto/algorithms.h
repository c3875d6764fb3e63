/* What crypto_init fetched; private to privsep/crypto. The handles live as long as the process and are safe to share.
 */
#ifndef SEKISHO_CRYPTO_ALGORITHMS_H
#define SEKISHO_CRYPTO_ALGORITHMS_H

#include <openssl/evp.h>

extern EVP_MD *algorithm_sha256;
extern EVP_MAC *algorithm_hmac;
extern EVP_CIPHER *algorithm_aes256gcm;

#endif
