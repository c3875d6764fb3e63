#include "clients/simulators/portal/citizen.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/sha.h>

bool citizen_seal(struct sekisho_client *client, const struct sekisho_session_info *portal, const char *pin,
                  const uint8_t nonce[SEKISHO_NONCE_LEN], const struct card *card, uint8_t blob[SEKISHO_BLOB_LEN])
{
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];
    struct sekisho_error error;
    uint8_t key[SEKISHO_KEY_LEN];

    if (sekisho_citizen_key(client, portal->prefecture, key, &error) != SEKISHO_OK) {
        fprintf(stderr, "%s\n", error.message);
        return false;
    }
    sekisho_fingerprint(key, fingerprint);
    if (strcasecmp(fingerprint, pin) != 0) {
        fprintf(stderr, "the vault's key is not the one that is known: nothing was sealed\n");
        return false;
    }
    return sekisho_citizen_seal(key, portal->prefecture, nonce, portal->account, card->number, blob, &error) ==
           SEKISHO_OK;
}

static bool says(const uint8_t *text, size_t length, const char *title, const char *value)
{
    char line[2048];
    int size = snprintf(line, sizeof line, "%s:%s\n", title, value && value[0] ? value : "(なし)");

    if (size > 0 && (size_t)size < sizeof line && memmem(text, length, line, (size_t)size))
        return true;
    fprintf(stderr, "the text does not say what was entered: %s\n", title);
    return false;
}

static bool says_hex(const uint8_t *text, size_t length, const char *title, const uint8_t *bytes, size_t count)
{
    char hex[2 * SHA256_DIGEST_LENGTH + 1];

    for (size_t i = 0; i < count; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return says(text, length, title, hex);
}

bool citizen_agrees(const Sekisho__V1__ApplicationContent *content, const uint8_t *blob, bool number_stays,
                    const uint8_t nonce[SEKISHO_NONCE_LEN], const uint8_t *text, size_t length)
{
    const Sekisho__V1__Person *person = content->person;
    uint8_t hash[SHA256_DIGEST_LENGTH];

    if (blob)
        SHA256(blob, SEKISHO_BLOB_LEN, hash);
    return person && person->name && says(text, length, "氏名", person->name->text) &&
           says(text, length, "フリガナ", person->kana) && says(text, length, "住所", person->address) &&
           says(text, length, "申請の理由", content->cause) &&
           says_hex(text, length, "受付用の使い捨て番号", nonce, SEKISHO_NONCE_LEN) &&
           (blob ? says_hex(text, length, "暗号化した個人番号のSHA-256", hash, sizeof hash)
                 : says(text, length, "個人番号", number_stays ? "変更しません" : NULL));
}
