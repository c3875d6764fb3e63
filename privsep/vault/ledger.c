#include "vault/ledger.h"

#include <errno.h>
#include <string.h>

#include "crypto/ledger_leaf.h"
#include "vault/checkpoint.h"
#include "vault/legal_basis.h"

static uint64_t node_key(unsigned level, uint64_t index)
{
    return (uint64_t)level << 56 | index;
}

static int get_hash(void *context, unsigned level, uint64_t index, uint8_t hash[HASH_LEN])
{
    const struct ledger_tree *tree = context;
    uint64_t number = node_key(level, index);
    MDB_val key = {sizeof number, &number}, value;
    int rc = mdb_get(tree->txn, level == 0 ? tree->tenant->leaf : tree->tenant->node, &key, &value);

    if (rc == 0 && value.mv_size != HASH_LEN)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        memcpy(hash, value.mv_data, HASH_LEN);
    return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
}

static int put_hash(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    const struct ledger_tree *tree = context;
    uint64_t number = node_key(level, index);
    MDB_val key = {sizeof number, &number}, value = {HASH_LEN, (void *)hash};

    if (level == 0)
        return mdb_put(tree->txn, tree->tenant->leaf, &key, &value, MDB_APPEND);
    return mdb_put(tree->txn, tree->tenant->node, &key, &value, MDB_NOOVERWRITE);
}

struct merkle_store ledger_tree_store(struct ledger_tree *tree)
{
    return (struct merkle_store){.get = get_hash, .put = put_hash, .context = tree};
}

/* One past the last key of an append-only database. */
static int next_index(MDB_txn *txn, MDB_dbi dbi, uint64_t *next)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, dbi, &cursor);

    if (rc != 0)
        return rc;
    *next = 0;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (rc == 0) {
        memcpy(next, key.mv_data, sizeof *next);
        ++*next;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int ledger_load(MDB_txn *txn, struct tenant *tenant)
{
    struct ledger_tree context = {.txn = txn, .tenant = tenant};
    const struct merkle_store store = ledger_tree_store(&context);
    uint64_t size, entries = 0;
    int rc = next_index(txn, tenant->leaf, &size);

    if (rc == 0)
        rc = next_index(txn, tenant->entry, &entries);
    if (entries == 0) /* all have expired */
        entries = tenant->now.expired;
    if (rc == 0 && entries != size)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        rc = merkle_load(&tenant->now.ledger, &store, size);
    return rc == 0 ? checkpoint_sign(tenant->keys->ledger, tenant->id, &tenant->now.ledger, &tenant->now.checkpoint)
                   : rc;
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
    struct ledger_tree context = {.txn = store->txn, .tenant = tenant};
    const struct merkle_store tree = ledger_tree_store(&context);
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
            rc = checkpoint_sign(tenant->keys->ledger, tenant->id, &tenant->now.ledger, &tenant->now.checkpoint);
    }
    return rc;
}
