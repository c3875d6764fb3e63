#include "crypto/checkpoint_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#define ORIGIN_MAX     40
#define KEY_ID_LEN     4
#define TYPE_ED25519   0x01
#define BASE64_LEN(n)  (((n) + 2) / 3 * 4 + 1)
#define PUBLIC_KEY_LEN 32

static int origin(enum ledger_kind kind, uint16_t tenant, char out[ORIGIN_MAX])
{
    return snprintf(out, ORIGIN_MAX, "sekisho/prefectures/%02u%s", tenant, kind == LEDGER_OF_ACCESS ? "/access" : "");
}

size_t checkpoint_text(enum ledger_kind kind, uint16_t tenant, uint64_t size, const uint8_t root[HASH_LEN],
                       char text[CHECKPOINT_TEXT_MAX])
{
    unsigned char base64[BASE64_LEN(HASH_LEN)];
    char name[ORIGIN_MAX];

    origin(kind, tenant, name);
    EVP_EncodeBlock(base64, root, HASH_LEN);
    return (size_t)snprintf(text, CHECKPOINT_TEXT_MAX, "%s\n%" PRIu64 "\n%s\n", name, size, (const char *)base64);
}

/* SHA-256(name || 0x0A || type || public key), first four bytes. */
static int key_id(const char *name, const uint8_t public_key[PUBLIC_KEY_LEN], uint8_t id[KEY_ID_LEN])
{
    static const uint8_t separator[] = {'\n', TYPE_ED25519};
    uint8_t hash[HASH_LEN];
    const struct iovec parts[] = {
        {.iov_base = (void *)(uintptr_t)name, .iov_len = strlen(name)},
        {.iov_base = (void *)(uintptr_t)separator, .iov_len = sizeof separator},
        {.iov_base = (void *)(uintptr_t)public_key, .iov_len = PUBLIC_KEY_LEN},
    };

    if (sha256_parts(parts, sizeof parts / sizeof parts[0], hash) != 0)
        return -1;
    memcpy(id, hash, KEY_ID_LEN);
    return 0;
}

size_t checkpoint_note(enum ledger_kind kind, uint16_t tenant, const struct ledger_checkpoint *checkpoint,
                       const uint8_t public_key[32], char note[CHECKPOINT_NOTE_MAX])
{
    uint8_t signature[KEY_ID_LEN + sizeof checkpoint->signature];
    unsigned char base64[BASE64_LEN(sizeof signature)];
    char name[ORIGIN_MAX], text[CHECKPOINT_TEXT_MAX];

    origin(kind, tenant, name);
    if (key_id(name, public_key, signature) != 0)
        return 0;
    memcpy(signature + KEY_ID_LEN, checkpoint->signature, sizeof checkpoint->signature);
    EVP_EncodeBlock(base64, signature, sizeof signature);
    checkpoint_text(kind, tenant, checkpoint->size, checkpoint->root, text);
    return (size_t)snprintf(note, CHECKPOINT_NOTE_MAX, "%s\n\xe2\x80\x94 %s %s\n", text, name, (const char *)base64);
}

size_t checkpoint_vkey(enum ledger_kind kind, uint16_t tenant, const uint8_t public_key[32],
                       char vkey[CHECKPOINT_VKEY_MAX])
{
    uint8_t id[KEY_ID_LEN], typed[1 + PUBLIC_KEY_LEN] = {TYPE_ED25519};
    unsigned char base64[BASE64_LEN(sizeof typed)];
    char name[ORIGIN_MAX];

    origin(kind, tenant, name);
    if (key_id(name, public_key, id) != 0)
        return 0;
    memcpy(typed + 1, public_key, PUBLIC_KEY_LEN);
    EVP_EncodeBlock(base64, typed, sizeof typed);
    return (size_t)snprintf(vkey, CHECKPOINT_VKEY_MAX, "%s+%02x%02x%02x%02x+%s", name, id[0], id[1], id[2], id[3],
                            (const char *)base64);
}
