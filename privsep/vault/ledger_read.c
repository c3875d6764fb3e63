#include "vault/ledger_read.h"

#include <string.h>

#include "vault/ledger.h"

_Static_assert(sizeof(uint32_t) + sizeof(struct ledger_entry) + CALL_ITEMS_MAX * sizeof(struct ledger_item) <=
                   LEDGER_LIST_MAX,
               "the largest entry fits a reply");

static size_t finish(uint8_t *reply, enum ledger_status status, uint64_t hashes)
{
    const struct ledger_hashes_reply head = {.status = (uint16_t)status, .count = (uint32_t)hashes};

    memcpy(reply, &head, sizeof head);
    return sizeof head + hashes * HASH_LEN;
}

size_t ledger_read_head(struct store *store, const uint8_t *body, uint8_t *reply)
{
    struct ledger_head_request request;
    struct ledger_head_reply head = {0};

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        return 0;
    const struct tenant *tenant = store_tenant(store, request.tenant);
    if (tenant) {
        const struct ledger_checkpoint *checkpoint = &tenant->committed.checkpoint;
        head.known = 1;
        head.size = checkpoint->size;
        memcpy(head.root, checkpoint->root, sizeof head.root);
        memcpy(head.signature, checkpoint->signature, sizeof head.signature);
        memcpy(head.public_key, tenant->keys->ledger_public, sizeof head.public_key);
    }
    memcpy(reply, &head, sizeof head);
    return sizeof head;
}

size_t ledger_read_proof(struct store *store, const uint8_t *body, uint8_t *reply)
{
    struct ledger_proof_request request;
    uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN];
    unsigned count = 0;

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || (request.kind != LEDGER_INCLUSION && request.kind != LEDGER_CONSISTENCY))
        return 0;
    struct tenant *tenant = store_tenant(store, request.tenant);
    if (!tenant)
        return finish(reply, LEDGER_UNKNOWN_TENANT, 0);
    bool inclusion = request.kind == LEDGER_INCLUSION;
    if (request.size > tenant->committed.ledger.size ||
        (inclusion ? request.first >= request.size : request.first == 0 || request.first > request.size))
        return finish(reply, LEDGER_OUT_OF_RANGE, 0);

    struct ledger_tree tree = {.txn = store->txn, .tenant = tenant};
    const struct merkle_store hashes = ledger_tree_store(&tree);
    int rc = inclusion ? merkle_inclusion(&hashes, request.first, request.size, proof, &count)
                       : merkle_consistency(&hashes, request.first, request.size, proof, &count);
    if (rc != 0)
        return finish(reply, LEDGER_UNAVAILABLE, 0);
    memcpy(reply + sizeof(struct ledger_hashes_reply), proof, count * HASH_LEN);
    return finish(reply, LEDGER_OK, count);
}

size_t ledger_read_hashes(struct store *store, const uint8_t *body, uint8_t *reply)
{
    struct ledger_hashes_request request;
    uint8_t *out = reply + sizeof(struct ledger_hashes_reply);

    memcpy(&request, body, sizeof request);
    if (request.count == 0 || request.count > LEDGER_HASHES_MAX || request.level % MERKLE_STORED_LEVELS != 0 ||
        request.level >= MERKLE_LEVELS)
        return 0;
    struct tenant *tenant = store_tenant(store, request.tenant);
    if (!tenant)
        return finish(reply, LEDGER_UNKNOWN_TENANT, 0);
    uint64_t complete = tenant->committed.ledger.size >> request.level;
    if (request.first >= complete)
        return finish(reply, LEDGER_OUT_OF_RANGE, 0);

    struct ledger_tree tree = {.txn = store->txn, .tenant = tenant};
    const struct merkle_store hashes = ledger_tree_store(&tree);
    uint64_t left = complete - request.first, count = request.count < left ? request.count : left;
    for (uint64_t i = 0; i < count; i++)
        if (hashes.get(&tree, request.level, request.first + i, out + i * HASH_LEN) != 0)
            return finish(reply, LEDGER_UNAVAILABLE, 0);
    return finish(reply, LEDGER_OK, count);
}

/* ---- entries ---- */

static bool touches(const MDB_val *value, const uint8_t reference[REFERENCE_LEN])
{
    size_t count = (value->mv_size - sizeof(struct ledger_entry)) / sizeof(struct ledger_item);
    const uint8_t *items = (const uint8_t *)value->mv_data + sizeof(struct ledger_entry);

    for (size_t i = 0; i < count; i++)
        if (memcmp(items + i * sizeof(struct ledger_item), reference, REFERENCE_LEN) == 0)
            return true;
    return false;
}

static bool wanted(const struct ledger_list_request *request, const MDB_val *value)
{
    struct ledger_entry entry;

    memcpy(&entry, value->mv_data, sizeof entry);
    return (request->purpose == 0 || entry.purpose == request->purpose) &&
           (request->from_us == 0 || entry.time_us >= request->from_us) &&
           (request->until_us == 0 || entry.time_us < request->until_us) &&
           (crypto_all_zero(request->account, ACCOUNT_LEN) || memcmp(entry.account, request->account, ACCOUNT_LEN) == 0) &&
           (crypto_all_zero(request->reference, REFERENCE_LEN) || touches(value, request->reference));
}

/* Copies wanted entries until the reply is full, the count is reached or enough leaves have been looked at. */
static int scan(struct store *store, const struct tenant *tenant, const struct ledger_list_request *request,
                struct ledger_list_reply *reply, uint8_t *out, size_t *used)
{
    uint64_t end = tenant->committed.ledger.size;

    if (end - reply->next > LEDGER_SCAN_MAX)
        end = reply->next + LEDGER_SCAN_MAX;
    for (; reply->next < end && reply->count < request->count; reply->next++) {
        MDB_val key = {sizeof reply->next, &reply->next}, value;
        int rc = mdb_get(store->txn, tenant->entry, &key, &value);
        if (rc != 0 || value.mv_size < sizeof(struct ledger_entry))
            return rc ? rc : MDB_CORRUPTED;
        uint32_t length = (uint32_t)value.mv_size;
        if (!wanted(request, &value))
            continue;
        if (*used + sizeof length + length > LEDGER_LIST_MAX)
            return 0;
        memcpy(out + *used, &length, sizeof length);
        memcpy(out + *used + sizeof length, value.mv_data, length);
        *used += sizeof length + length;
        reply->count++;
    }
    return 0;
}

size_t ledger_read_list(struct store *store, struct session_table *sessions, int64_t now_ms, const uint8_t *body,
                        uint8_t *out)
{
    struct ledger_list_request request;
    struct ledger_list_reply reply = {.status = LEDGER_OK};
    size_t used = 0;

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || request.count == 0 || request.purpose >= PURPOSE_COUNT)
        return 0;
    const struct session *session = session_find(sessions, request.session);
    if (!session || session->expires_ms <= now_ms || session->permit[OPERATION_READ_LEDGER] == 0) {
        reply.status = LEDGER_NOT_PERMITTED;
    } else {
        reply.size = session->tenant->committed.ledger.size;
        reply.next = request.next < reply.size ? request.next : reply.size;
        if (scan(store, session->tenant, &request, &reply, out + sizeof reply, &used) != 0) {
            reply = (struct ledger_list_reply){.status = LEDGER_UNAVAILABLE};
            used = 0;
        }
    }
    memcpy(out, &reply, sizeof reply);
    return sizeof reply + used;
}
