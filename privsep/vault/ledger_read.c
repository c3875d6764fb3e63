#include "vault/ledger_read.h"

#include <string.h>

#include "vault/ledger.h"

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
