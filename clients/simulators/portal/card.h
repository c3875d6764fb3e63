/* The applicant's My Number Card: signs what it is given, and tells its number to nobody but the applicant's client. */
#ifndef SEKISHO_SIMULATORS_PORTAL_CARD_H
#define SEKISHO_SIMULATORS_PORTAL_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define CARD_NUMBER_LEN 12

struct card {
    X509 *certificate;
    EVP_PKEY *key;
    char number[CARD_NUMBER_LEN]; /* 券面事項入力補助AP; wiped by card_close */
};

/* Files that sekisho-jpki-trial made: STEM.crt.pem, STEM.key.pem, STEM.number. */
bool card_open(const char *stem, struct card *card);
void card_close(struct card *card);

/* CMS, or with `raw` what the card itself yields. To be freed with OPENSSL_free. */
uint8_t *card_sign(const struct card *card, bool raw, const uint8_t *content, size_t length, size_t *signature_length);

#endif
