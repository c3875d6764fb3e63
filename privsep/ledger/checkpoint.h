/* Signed tree heads. The signed text is that of crypto/checkpoint_text.h. */
#ifndef SEKISHO_LEDGER_CHECKPOINT_H
#define SEKISHO_LEDGER_CHECKPOINT_H

#include "crypto/checkpoint_text.h"
#include "crypto/ed25519.h"
#include "crypto/sealed.h"
#include "ledger/merkle.h"

/* Signs the head of a tree. 0, or EACCES when libcrypto fails. */
int checkpoint_sign(struct ed25519 *key, enum ledger_kind kind, uint16_t tenant, const struct merkle *tree,
                    struct ledger_checkpoint *checkpoint);

bool checkpoint_verify(const uint8_t public_key[ED25519_KEY_LEN], enum ledger_kind kind, uint16_t tenant,
                       const struct ledger_checkpoint *checkpoint);

#endif
