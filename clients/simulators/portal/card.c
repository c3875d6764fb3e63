#include "clients/simulators/portal/card.h"

#include <stdio.h>
#include <string.h>

#include <openssl/pem.h>

#include "clients/simulators/jpki/jpki.h"
#include "sekisho.h"

static FILE *open_part(const char *stem, const char *ending)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s%s", stem, ending);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "re") : NULL;

    if (!file)
        perror(path);
    return file;
}

bool card_open(const char *stem, struct card *card)
{
    FILE *certificate = open_part(stem, ".crt.pem"), *key = open_part(stem, ".key.pem");
    FILE *number = open_part(stem, ".number");
    bool good = certificate && key && number;

    *card = (struct card){0};
    if (good) {
        setvbuf(number, NULL, _IONBF, 0); /* no second copy of it */
        card->certificate = PEM_read_X509(certificate, NULL, NULL, NULL);
        card->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
        good = card->certificate && card->key && fread(card->number, 1, CARD_NUMBER_LEN, number) == CARD_NUMBER_LEN;
    }
    FILE *const files[] = {certificate, key, number};
    for (size_t i = 0; i < 3; i++)
        if (files[i])
            fclose(files[i]);
    return good;
}

void card_close(struct card *card)
{
    X509_free(card->certificate);
    EVP_PKEY_free(card->key);
    sekisho_wipe(card->number, sizeof card->number);
}

uint8_t *card_sign(const struct card *card, bool raw, const uint8_t *content, size_t length, size_t *signature_length)
{
    if (raw)
        return jpki_sign_raw(content, length, card->key, signature_length);
    return jpki_sign_cms(content, length, card->certificate, card->key, NULL, signature_length);
}
