/*
 * Texts of signed tree heads: what the vault signs, what others read with any C2SP verifier. A checkpoint without
 * extension lines (c2sp.org/tlog-checkpoint):
 *
 *     sekisho/prefectures/11      the log's origin; also the name of its key. Of access records: ".../11/access"
 *     1234                        leaves, decimal
 *     CsUY...Uo=                  root hash, base64 (RFC 4648 section 4, padded)
 *
 * A note (c2sp.org/signed-note) is this text, an empty line, and "\xe2\x80\x94 <origin> <base64 of key id and
 * signature>".
 */
#ifndef SEKISHO_CRYPTO_CHECKPOINT_TEXT_H
#define SEKISHO_CRYPTO_CHECKPOINT_TEXT_H

#include "crypto/hash.h"
#include "crypto/sealed.h"

/* The two ledgers of a tenant. */
enum ledger_kind {
    LEDGER_OF_NUMBERS, /* number use, kept by the vault */
    LEDGER_OF_ACCESS,  /* logins and account calls, kept by auth (wire/access_entry.h) */
    LEDGER_KIND_COUNT
};

#define CHECKPOINT_TEXT_MAX 128
#define CHECKPOINT_NOTE_MAX 320
#define CHECKPOINT_VKEY_MAX 128

/* Each writes a zero-terminated text and returns its length; note and vkey 0 when libcrypto fails. */
size_t checkpoint_text(enum ledger_kind kind, uint16_t tenant, uint64_t size, const uint8_t root[HASH_LEN],
                       char text[CHECKPOINT_TEXT_MAX]);
size_t checkpoint_note(enum ledger_kind kind, uint16_t tenant, const struct ledger_checkpoint *checkpoint,
                       const uint8_t public_key[32], char note[CHECKPOINT_NOTE_MAX]);
/* The key as signed-note verifiers take it: "<origin>+<key id in hex>+<base64 of type and key>". */
size_t checkpoint_vkey(enum ledger_kind kind, uint16_t tenant, const uint8_t public_key[32],
                       char vkey[CHECKPOINT_VKEY_MAX]);

#endif
