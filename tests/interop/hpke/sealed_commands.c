/* What auth and vault do with a sealed session, on the functions of crypto/sealed.h that they use. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "crypto/aead.h"
#include "crypto/hpke.h"
#include "crypto/sealed.h"

static struct aead *aead_or_end(const uint8_t *key)
{
    struct aead *aead = aead_new(key);

    if (!aead)
        usage("no AEAD");
    return aead;
}

struct opened_login {
    struct login_plain plain;
    uint8_t exported[32];
};

static int open_login(const struct line *line, struct opened_login *opened)
{
    uint8_t info[LOGIN_INFO_LEN];
    struct hpke_context context;

    sealed_login_info((uint16_t)word_number(line, 0), word_of_length(line, 2, CHALLENGE_LEN), info);
    if (hpke_setup_recipient(word_of_length(line, 1, HPKE_KEY_LEN), word_of_length(line, 3, HPKE_KEY_LEN), info,
                             sizeof info, &context) != 0)
        return -1;
    if (hpke_open(&context, NULL, 0, word_of_length(line, 4, LOGIN_SEALED_LEN), LOGIN_SEALED_LEN, &opened->plain) != 0)
        return -1;
    return hpke_export(&context, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), opened->exported,
                       sizeof opened->exported);
}

static int derive(const struct line *line, const struct opened_login *opened, uint8_t server_public[X25519_LEN],
                  struct session_keys *keys)
{
    uint8_t server_private[X25519_LEN], dh[X25519_LEN];
    const struct session_transcript transcript = {
        .tenant = (uint16_t)word_number(line, 0),
        .challenge = word_of_length(line, 2, CHALLENGE_LEN),
        .encapsulated = word_of_length(line, 3, X25519_LEN),
        .client_ephemeral = opened->plain.client_ephemeral,
        .server_ephemeral = server_public,
        .session = word_of_length(line, 5, SESSION_ID_LEN),
        .certificate = opened->plain.certificate,
    };

    if (x25519_key_pair(server_private, server_public) != 0 ||
        x25519(server_private, opened->plain.client_ephemeral, dh) != 0)
        return -1;
    return sealed_derive(&transcript, opened->exported, dh, keys);
}

static void print_welcome(const struct line *line, const struct session_keys *keys)
{
    static const uint8_t zero_nonce[AEAD_NONCE_LEN];
    uint8_t welcome[WELCOME_SEALED_LEN];
    struct aead *aead = aead_or_end(keys->welcome);

    if (aead_seal(aead, zero_nonce, keys->salt, sizeof keys->salt,
                  word_of_length(line, 6, sizeof(struct welcome_plain)), sizeof(struct welcome_plain), welcome) != 0)
        usage("seal failed");
    print_word(welcome, sizeof welcome);
    aead_free(aead);
}

void command_login(const struct line *line)
{
    struct opened_login opened;
    struct session_keys keys;
    uint8_t server_public[X25519_LEN];

    if (open_login(line, &opened) != 0 || derive(line, &opened, server_public, &keys) != 0) {
        printf("refused");
        return;
    }
    print_word(&opened.plain, sizeof opened.plain);
    print_word(server_public, sizeof server_public);
    print_welcome(line, &keys);
    print_word(keys.call, sizeof keys.call);
    print_word(keys.reply, sizeof keys.reply);
}

void command_call(const struct line *line)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    uint64_t seq = word_number(line, 2);

    if (line->count != 4 || line->words[3].length < SEAL_TAG_LEN)
        usage("call CALL_KEY SESSION SEQ SEALED");
    const struct bytes *sealed = &line->words[3];
    struct aead *aead = aead_or_end(word_of_length(line, 0, AEAD_KEY_LEN));
    sealed_nonce(seq, nonce);
    sealed_call_aad(word_of_length(line, 1, SESSION_ID_LEN), seq, aad);
    /* In place: the plaintext is shorter by the tag. */
    if (aead_open(aead, nonce, aad, sizeof aad, sealed->data, sealed->length, sealed->data) == 0)
        print_word(sealed->data, sealed->length - SEAL_TAG_LEN);
    else
        printf("refused");
    aead_free(aead);
}

void command_citizen(const struct line *line)
{
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN], number[NUMBER_LEN];
    const uint8_t *portal = word_of_length(line, 3, ACCOUNT_LEN), *blob = word_of_length(line, 4, CITIZEN_BLOB_LEN);
    struct hpke_context context;

    sealed_citizen_info((uint16_t)word_number(line, 0), info);
    sealed_citizen_aad(word_of_length(line, 2, APPLICATION_NONCE_LEN), (const char *)portal, aad);
    if (hpke_setup_recipient(word_of_length(line, 1, HPKE_KEY_LEN), blob, info, sizeof info, &context) != 0 ||
        hpke_open(&context, aad, sizeof aad, blob + X25519_LEN, CITIZEN_BLOB_LEN - X25519_LEN, number) != 0)
        printf("refused");
    else
        print_word(number, sizeof number);
}

void command_reply(const struct line *line)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    uint64_t seq = word_number(line, 2);

    if (line->count != 5)
        usage("reply REPLY_KEY SESSION SEQ CLEAR DETAILS");
    const struct bytes *clear = &line->words[3], *details = &line->words[4];
    uint8_t *sealed = malloc(details->length + SEAL_TAG_LEN);
    struct aead *aead = aead_or_end(word_of_length(line, 0, AEAD_KEY_LEN));
    sealed_nonce(seq, nonce);
    sealed_reply_aad(word_of_length(line, 1, SESSION_ID_LEN), seq, aad);
    if (!sealed || aead_seal2(aead, nonce, aad, sizeof aad, clear->data, clear->length, details->data, details->length,
                              sealed) != 0)
        usage("seal failed");
    print_word(sealed, details->length + SEAL_TAG_LEN);
    free(sealed);
    aead_free(aead);
}
