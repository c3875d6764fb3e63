#include "auth/access_records.h"

#include <errno.h>
#include <string.h>

#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "ledger/tree_rows.h"

struct ed25519 *access_key_new(const uint8_t login_private[X25519_LEN], uint8_t public_key[ED25519_KEY_LEN])
{
    static const char info[] = "sekisho/v1 access records";
    uint8_t prk[HASH_LEN], seed[ED25519_KEY_LEN];

    int rc = hkdf_extract("", 0, login_private, X25519_LEN, prk);
    if (rc == 0)
        rc = hkdf_expand(prk, info, sizeof info - 1, seed, sizeof seed);
    struct ed25519 *key = rc == 0 ? ed25519_new(seed, public_key) : NULL;
    crypto_wipe(prk, sizeof prk);
    crypto_wipe(seed, sizeof seed);
    return key;
}

int access_records_key(struct account_store *store, const uint8_t login_private[X25519_LEN])
{
    store->records_key = access_key_new(login_private, store->records_public);
    return store->records_key ? 0 : -1;
}

static struct tree_rows rows_of(const struct account_store *store, const struct account_tenant *tenant)
{
    return (struct tree_rows){.txn = store->txn, .leaf = tenant->leaf, .node = tenant->node};
}

static int sign_head(const struct account_store *store, struct account_tenant *tenant)
{
    return store->records_key ? checkpoint_sign(store->records_key, LEDGER_OF_ACCESS, tenant->id, &tenant->now.tree,
                                                &tenant->now.checkpoint)
                              : 0;
}

int access_load(struct account_store *store, struct account_tenant *tenant)
{
    struct tree_rows rows = rows_of(store, tenant);
    const struct merkle_store hashes = tree_rows_store(&rows);
    uint64_t size, entries = 0;
    int rc = tree_rows_next(store->txn, tenant->leaf, &size);

    if (rc == 0)
        rc = tree_rows_next(store->txn, tenant->access, &entries);
    if (rc == 0 && entries != size)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        rc = merkle_load(&tenant->now.tree, &hashes, size);
    if (rc == 0)
        rc = sign_head(store, tenant);
    tenant->committed = tenant->now;
    return rc;
}

/* The entry and, of the note, what is not padding. */
static int put_row(const struct account_store *store, const struct account_tenant *tenant,
                   const struct access_entry *entry, const char *note, size_t note_length)
{
    uint64_t index = entry->index;
    MDB_val key = {sizeof index, &index}, value = {sizeof *entry + note_length, NULL};
    int rc = mdb_put(store->txn, tenant->access, &key, &value, MDB_APPEND | MDB_RESERVE);

    if (rc != 0)
        return rc;
    memcpy(value.mv_data, entry, sizeof *entry);
    if (note_length > 0)
        memcpy((uint8_t *)value.mv_data + sizeof *entry, note, note_length);
    return 0;
}

int access_append(struct account_store *store, struct account_tenant *tenant, struct access_entry *entry,
                  const char note[TEXT_NOTE_LEN])
{
    size_t note_length = note ? strnlen(note, TEXT_NOTE_LEN) : 0;
    struct tree_rows rows = rows_of(store, tenant);
    const struct merkle_store hashes = tree_rows_store(&rows);
    uint8_t leaf[HASH_LEN];

    entry->version = 1;
    entry->tenant = tenant->id;
    entry->index = tenant->now.tree.size;
    crypto_random(entry->salt, sizeof entry->salt);
    memset(entry->note_hash, 0, sizeof entry->note_hash);
    if ((note_length > 0 && sha256(note, note_length, entry->note_hash) != 0) ||
        sha256(entry, sizeof *entry, leaf) != 0 || ledger_leaf_hash(leaf, leaf) != 0)
        return EACCES;
    int rc = put_row(store, tenant, entry, note, note_length);
    return rc == 0 ? merkle_append(&tenant->now.tree, &hashes, leaf) : rc;
}

int access_sign(struct account_store *store)
{
    int rc = 0;

    for (size_t i = 0; i < store->tenant_count && rc == 0; i++)
        if (store->tenant[i].now.checkpoint.size != store->tenant[i].now.tree.size)
            rc = sign_head(store, &store->tenant[i]);
    return rc;
}

int access_get(struct account_store *store, const struct account_tenant *tenant, uint64_t index, struct access_row *row)
{
    MDB_val key = {sizeof index, &index}, value;
    int rc = mdb_get(store->txn, tenant->access, &key, &value);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    if (value.mv_size < sizeof row->entry || value.mv_size > sizeof *row)
        return MDB_CORRUPTED;
    memset(row, 0, sizeof *row);
    memcpy(row, value.mv_data, value.mv_size);
    return row->entry.version == 1 && row->entry.index == index ? 0 : MDB_CORRUPTED;
}

static size_t answer(const struct tree_view *tree, uint16_t type, const uint8_t *body, uint8_t *reply)
{
    switch (type) {
    case FRAME_ACCESS_HEAD:
        return tree_read_head(tree, body, reply);
    case FRAME_ACCESS_PROOF:
        return tree_read_proof(tree, body, reply);
    default:
        return tree_read_hashes(tree, body, reply);
    }
}

int access_read(struct account_store *store, uint16_t type, const uint8_t *body, uint8_t *reply, size_t *length)
{
    const struct account_tenant *tenant = account_store_tenant(store, tree_read_tenant(body));

    if (!tenant) {
        *length = answer(NULL, type, body, reply);
        return 0;
    }
    int rc = account_store_begin(store);
    if (rc != 0)
        return rc;
    struct tree_rows rows = rows_of(store, tenant);
    const struct tree_view view = {.hashes = tree_rows_store(&rows),
                                   .checkpoint = &tenant->committed.checkpoint,
                                   .public_key = store->records_public};
    *length = answer(&view, type, body, reply);
    account_store_abort(store);
    return 0;
}
