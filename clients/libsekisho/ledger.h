/* What the ledger's files of libsekisho share. */
#ifndef SEKISHO_CLIENT_LEDGER_H
#define SEKISHO_CLIENT_LEDGER_H

#include "internal.h"
#include "wire/ledger_messages.h"

#define PREFECTURE_NAME_LEN 16

enum sekisho_status ledger_forged(struct sekisho_error *error, const char *reason, const char *message,
                                  const char *message_ja);

/* The newest head, its signature checked under the key that came with it. */
enum sekisho_status ledger_head(struct sekisho_client *client, enum sekisho_ledger ledger, unsigned prefecture,
                                struct sekisho_checkpoint *head, struct sekisho_error *error);

/* Hashes of consecutive leaves, as the server gives them: at least one. */
struct ledger_leaves {
    uint64_t first;
    size_t count;
    uint8_t hash[LEDGER_HASHES_MAX][SEKISHO_HASH_LEN];
};
enum sekisho_status ledger_leaf_hashes(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                       uint64_t first, struct ledger_leaves *leaves, struct sekisho_error *error);

/* ---- ledger_state.c: the last head seen, as a file ---- */

/* SEKISHO_OK with *found false when there is none. `head` is what the file says, its signature checked. */
enum sekisho_status ledger_state_load(const char *path, struct sekisho_checkpoint *head, bool *found,
                                      struct sekisho_error *error);
/* Replaces the file whole, durably. */
enum sekisho_status ledger_state_save(const char *path, const struct sekisho_checkpoint *head,
                                      struct sekisho_error *error);

#endif
