/* Requests of the front to the vault about the ledger, typed. As in vault_client.h. */
#ifndef SEKISHO_CHANNEL_VAULT_LEDGER_H
#define SEKISHO_CHANNEL_VAULT_LEDGER_H

#include "server/channel/link.h"
#include "wire/ledger_messages.h"

/* Answer to PROOF and HASHES; the hashes live until the callback returns. */
struct vault_hashes {
    enum ledger_status status;
    uint32_t count;        /* 0 unless LEDGER_OK */
    const uint8_t *hashes; /* 32 bytes each */
};

/* Everywhere below NULL as the answer: the vault did not answer in time. */
typedef void vault_head_done(void *user, const struct ledger_head_reply *reply);
typedef void vault_hashes_done(void *user, const struct vault_hashes *answer);

enum link_sent vault_ledger_head(struct link *vault, uint16_t tenant, vault_head_done *done, void *user);
enum link_sent vault_ledger_proof(struct link *vault, const struct ledger_proof_request *request,
                                  vault_hashes_done *done, void *user);
enum link_sent vault_ledger_hashes(struct link *vault, const struct ledger_hashes_request *request,
                                   vault_hashes_done *done, void *user);

#endif
