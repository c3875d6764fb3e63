#include "vault/ledger.h"

#include <errno.h>
#include <string.h>

int ledger_leaf_hash(const struct ledger_entry *entry, const struct ledger_item *items, size_t item_count,
                     uint8_t leaf_hash[HASH_LEN])
{
    struct iovec parts[2] = {
        {.iov_base = (void *)(uintptr_t)entry, .iov_len = sizeof *entry},
        {.iov_base = (void *)(uintptr_t)items, .iov_len = item_count * sizeof *items},
    };
    uint8_t leaf[1 + HASH_LEN] = {0x00};

    if (sha256_parts(parts, item_count ? 2 : 1, leaf + 1) != 0)
        return -1;
    return sha256(leaf, sizeof leaf, leaf_hash);
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

int ledger_append(struct store *store, struct tenant *tenant, struct ledger_entry *entry,
                  const struct ledger_item *items, size_t item_count, uint8_t leaf_hash[HASH_LEN])
{
    entry->version = 1;
    entry->tenant = tenant->id;
    entry->index = tenant->ledger_next;
    crypto_random(entry->salt, sizeof entry->salt);
    if (ledger_leaf_hash(entry, items, item_count, leaf_hash) != 0)
        return EACCES;

    MDB_val key = {sizeof entry->index, &entry->index}, value = {HASH_LEN, leaf_hash};
    int rc = put_entry(store, tenant, entry, items, item_count);
    if (rc == 0)
        rc = mdb_put(store->txn, tenant->leaf, &key, &value, MDB_APPEND);
    if (rc == 0)
        tenant->ledger_next++;
    return rc;
}
