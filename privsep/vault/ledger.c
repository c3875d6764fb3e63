#include "vault/ledger.h"

#include <errno.h>
#include <string.h>

#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "ledger/tree_read.h"
#include "vault/legal_basis.h"

struct tree_rows ledger_rows(MDB_txn *txn, const struct tenant *tenant)
{
    return (struct tree_rows){.txn = txn, .leaf = tenant->leaf, .node = tenant->node};
}

static int sign_head(struct tenant *tenant)
{
    return checkpoint_sign(tenant->keys->ledger, LEDGER_OF_NUMBERS, tenant->id, &tenant->now.ledger,
                           &tenant->now.checkpoint);
}

int ledger_load(MDB_txn *txn, struct tenant *tenant)
{
    struct tree_rows rows = ledger_rows(txn, tenant);
    const struct merkle_store store = tree_rows_store(&rows);
    uint64_t size, entries = 0;
    int rc = tree_rows_next(txn, tenant->leaf, &size);

    if (rc == 0)
        rc = tree_rows_next(txn, tenant->entry, &entries);
    if (entries == 0) /* all have expired */
        entries = tenant->now.expired;
    if (rc == 0 && entries != size)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        rc = merkle_load(&tenant->now.ledger, &store, size);
    return rc == 0 ? sign_head(tenant) : rc;
}

/* Reserves room in the database and writes both parts there, so that a batch's items are copied once. */
static int put_entry(struct store *store, struct tenant *tenant, const struct ledger_entry *entry,
                     const struct ledger_item *items, size_t item_count)
{
    uint64_t index = entry->index;
    MDB_val key = {sizeof index, &index}, value = {sizeof *entry + item_count * sizeof *items, NULL};
    int rc = mdb_put(store->txn, tenant->entry, &key, &value, MDB_APPEND | MDB_RESERVE);

    if (rc != 0)
        return rc;
    memcpy(value.mv_data, entry, sizeof *entry);
    if (item_count)
        memcpy((uint8_t *)value.mv_data + sizeof *entry, items, item_count * sizeof *items);
    return 0;
}

/*
 * Salts are a key stream (AES-256 in counter mode) under a key of this start: as unpredictable as getrandom(2) for
 * whoever has not the vault's memory, where what they hide lies in clear, and a tenth of its cost. Drawn ahead: a
 * cipher's beginning costs more than the salts of a leaf.
 */
static int draw_salts(struct store *store, uint8_t *out, size_t length)
{
    struct salts *salts = &store->salts;
    uint8_t nonce[AEAD_NONCE_LEN];

    if (length > salts->left) {
        sealed_nonce(++salts->drawn, nonce);
        memset(salts->stream, 0, sizeof salts->stream);
        if (aead_seal(salts->key, nonce, NULL, 0, salts->stream, SALTS_AHEAD, salts->stream) != 0)
            return EACCES;
        salts->left = SALTS_AHEAD;
    }
    memcpy(out, salts->stream + SALTS_AHEAD - salts->left, length);
    salts->left -= length;
    return 0;
}

static int put_salts(struct store *store, struct ledger_entry *entry, struct ledger_item *items, size_t item_count)
{
    int rc = draw_salts(store, entry->salt, LEDGER_SALT_LEN);

    for (size_t i = 0; i < item_count && rc == 0; i++)
        rc = draw_salts(store, items[i].salt, LEDGER_ITEM_SALT_LEN);
    return rc;
}

int ledger_put(struct store *store, struct tenant *tenant, const struct ledger_entry *entry,
               const struct ledger_item *items, size_t item_count, uint8_t leaf_hash[HASH_LEN])
{
    struct tree_rows rows = ledger_rows(store->txn, tenant);
    const struct merkle_store tree = tree_rows_store(&rows);
    uint8_t leaf_data[HASH_LEN];

    if (ledger_leaf_data(entry, items, item_count, leaf_data) != 0 || ledger_leaf_hash(leaf_data, leaf_hash) != 0)
        return EACCES;
    int rc = put_entry(store, tenant, entry, items, item_count);
    return rc == 0 ? merkle_append(&tenant->now.ledger, &tree, leaf_hash) : rc;
}

int ledger_append(struct store *store, struct tenant *tenant, struct ledger_entry *entry, struct ledger_item *items,
                  size_t item_count, uint8_t leaf_hash[HASH_LEN])
{
    entry->version = LEDGER_ENTRY_VERSION;
    entry->tenant = tenant->id;
    entry->index = tenant->now.ledger.size;
    entry->legal_basis = legal_basis(entry->operation, entry->purpose, entry->time_us);
    if (put_salts(store, entry, items, item_count) != 0)
        return EACCES;
    int rc = ledger_put(store, tenant, entry, items, item_count, leaf_hash);
    if (rc == 0)
        redo_note(&store->redo, entry, items, item_count);
    return rc;
}

int ledger_sign(struct store *store)
{
    int rc = 0;

    for (size_t i = 0; i < store->tenant_count && rc == 0; i++) {
        struct tenant *tenant = &store->tenant[i];
        if (tenant->now.checkpoint.size != tenant->now.ledger.size)
            rc = sign_head(tenant);
    }
    return rc;
}

size_t ledger_read(struct store *store, uint16_t type, const uint8_t *body, uint8_t *reply)
{
    const struct tenant *tenant = store_tenant(store, tree_read_tenant(body));
    struct tree_rows rows;
    struct tree_view view;

    if (tenant) {
        rows = ledger_rows(store->txn, tenant);
        view = (struct tree_view){.hashes = tree_rows_store(&rows),
                                  .checkpoint = &tenant->committed.checkpoint,
                                  .public_key = tenant->keys->ledger_public};
    }
    switch (type) {
    case FRAME_LEDGER_HEAD:
        return tree_read_head(tenant ? &view : NULL, body, reply);
    case FRAME_LEDGER_PROOF:
        return tree_read_proof(tenant ? &view : NULL, body, reply);
    default:
        return tree_read_hashes(tenant ? &view : NULL, body, reply);
    }
}
