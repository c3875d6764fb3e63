/* What crypto_init fetched; private to privsep/crypto. The handle lives as long as the process and is safe to share. */
#ifndef SEKISHO_CRYPTO_ALGORITHMS_H
#define SEKISHO_CRYPTO_ALGORITHMS_H

#include <openssl/evp.h>

extern EVP_CIPHER *algorithm_aes256gcm;

#endif
