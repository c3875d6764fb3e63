#include "ledger/checkpoint.h"

#include <errno.h>

int checkpoint_sign(struct ed25519 *key, enum ledger_kind kind, uint16_t tenant, const struct merkle *tree,
                    struct ledger_checkpoint *checkpoint)
{
    char text[CHECKPOINT_TEXT_MAX];

    checkpoint->size = tree->size;
    if (merkle_root(tree, checkpoint->root) != 0)
        return EACCES;
    size_t length = checkpoint_text(kind, tenant, tree->size, checkpoint->root, text);
    return ed25519_sign(key, text, length, checkpoint->signature) == 0 ? 0 : EACCES;
}

bool checkpoint_verify(const uint8_t public_key[ED25519_KEY_LEN], enum ledger_kind kind, uint16_t tenant,
                       const struct ledger_checkpoint *checkpoint)
{
    char text[CHECKPOINT_TEXT_MAX];
    size_t length = checkpoint_text(kind, tenant, checkpoint->size, checkpoint->root, text);

    return ed25519_verify(public_key, text, length, checkpoint->signature);
}
