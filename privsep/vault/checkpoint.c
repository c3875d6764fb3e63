#include "vault/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <openssl/evp.h>

size_t checkpoint_text(uint16_t tenant, uint64_t size, const uint8_t root[HASH_LEN], char text[CHECKPOINT_TEXT_MAX])
{
    unsigned char base64[48];

    EVP_EncodeBlock(base64, root, HASH_LEN);
    int length = snprintf(text, CHECKPOINT_TEXT_MAX, "sekisho/prefectures/%02u\n%" PRIu64 "\n%s\n", tenant, size,
                          (const char *)base64);
    return (size_t)length;
}

int checkpoint_sign(struct ed25519 *key, uint16_t tenant, const struct merkle *tree,
                    struct ledger_checkpoint *checkpoint)
{
    char text[CHECKPOINT_TEXT_MAX];

    checkpoint->size = tree->size;
    if (merkle_root(tree, checkpoint->root) != 0)
        return EACCES;
    size_t length = checkpoint_text(tenant, tree->size, checkpoint->root, text);
    return ed25519_sign(key, text, length, checkpoint->signature) == 0 ? 0 : EACCES;
}

bool checkpoint_verify(const uint8_t public_key[ED25519_KEY_LEN], uint16_t tenant,
                       const struct ledger_checkpoint *checkpoint)
{
    char text[CHECKPOINT_TEXT_MAX];
    size_t length = checkpoint_text(tenant, checkpoint->size, checkpoint->root, text);

    return ed25519_verify(public_key, text, length, checkpoint->signature);
}
