/*
 * Signed tree heads. The signed text is a C2SP tlog-checkpoint without extension lines, as of a C2SP signed-note:
 *
 *     sekisho/prefectures/11      the log's origin: one log a tenant
 *     1234                        leaves, decimal
 *     CsUY...Uo=                  root hash, base64 (RFC 4648 section 4, padded)
 *
 * each line with its line end. A note is this text, an empty line, and "\xe2\x80\x94 <origin> <base64 of key id and
 * signature>"; clients assemble it from a struct ledger_checkpoint and the public key, others read it with any
 * signed-note verifier.
 */
#ifndef SEKISHO_VAULT_CHECKPOINT_H
#define SEKISHO_VAULT_CHECKPOINT_H

#include "crypto/ed25519.h"
#include "crypto/sealed.h"
#include "vault/merkle.h"

#define CHECKPOINT_TEXT_MAX 128

/* Writes the text (zero-terminated); returns its length. */
size_t checkpoint_text(uint16_t tenant, uint64_t size, const uint8_t root[HASH_LEN], char text[CHECKPOINT_TEXT_MAX]);

/* Signs the head of a tree. 0, or EACCES when libcrypto fails. */
int checkpoint_sign(struct ed25519 *key, uint16_t tenant, const struct merkle *tree,
                    struct ledger_checkpoint *checkpoint);

bool checkpoint_verify(const uint8_t public_key[ED25519_KEY_LEN], uint16_t tenant,
                       const struct ledger_checkpoint *checkpoint);

#endif
