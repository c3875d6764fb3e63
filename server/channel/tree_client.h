/* Requests of the front about the trees of the two ledgers, typed: to the vault of number use, to auth of access
 * records. As in vault_client.h and auth_client.h. */
#ifndef SEKISHO_CHANNEL_TREE_CLIENT_H
#define SEKISHO_CHANNEL_TREE_CLIENT_H

#include "server/channel/link.h"
#include "wire/ledger_messages.h"

/* Who keeps a ledger, and the frames that ask. */
struct tree_source {
    struct link *link;
    uint16_t head, proof, hashes; /* enum frame_type */
};
struct tree_source tree_of_numbers(struct link *vault);
struct tree_source tree_of_access(struct link *auth);

/* Answer to PROOF and HASHES; the hashes live until the callback returns. */
struct tree_hashes {
    enum ledger_status status;
    uint32_t count;        /* 0 unless LEDGER_OK */
    const uint8_t *hashes; /* 32 bytes each */
};

/* Everywhere below NULL as the answer: it did not come in time. */
typedef void tree_head_done(void *user, const struct ledger_head_reply *reply);
typedef void tree_hashes_done(void *user, const struct tree_hashes *answer);

enum link_sent tree_ask_head(const struct tree_source *tree, uint16_t tenant, tree_head_done *done, void *user);
enum link_sent tree_ask_proof(const struct tree_source *tree, const struct ledger_proof_request *request,
                              tree_hashes_done *done, void *user);
enum link_sent tree_ask_hashes(const struct tree_source *tree, const struct ledger_hashes_request *request,
                               tree_hashes_done *done, void *user);

#endif
