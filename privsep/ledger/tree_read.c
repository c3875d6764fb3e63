#include "ledger/tree_read.h"

#include <string.h>

/* The tenant is the first field of each of the three. */
_Static_assert(offsetof(struct ledger_head_request, tenant) == 0 &&
                   offsetof(struct ledger_proof_request, tenant) == 0 &&
                   offsetof(struct ledger_hashes_request, tenant) == 0,
               "requests begin alike");

uint16_t tree_read_tenant(const uint8_t *body)
{
    uint16_t tenant;

    memcpy(&tenant, body, sizeof tenant);
    return tenant;
}

static size_t finish(uint8_t *reply, enum ledger_status status, uint64_t hashes)
{
    const struct ledger_hashes_reply head = {.status = (uint16_t)status, .count = (uint32_t)hashes};

    memcpy(reply, &head, sizeof head);
    return sizeof head + hashes * HASH_LEN;
}

size_t tree_read_head(const struct tree_view *tree, const uint8_t *body, uint8_t *reply)
{
    struct ledger_head_request request;
    struct ledger_head_reply head = {0};

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        return 0;
    if (tree) {
        head.known = 1;
        head.size = tree->checkpoint->size;
        memcpy(head.root, tree->checkpoint->root, sizeof head.root);
        memcpy(head.signature, tree->checkpoint->signature, sizeof head.signature);
        memcpy(head.public_key, tree->public_key, sizeof head.public_key);
    }
    memcpy(reply, &head, sizeof head);
    return sizeof head;
}

size_t tree_read_proof(const struct tree_view *tree, const uint8_t *body, uint8_t *reply)
{
    struct ledger_proof_request request;
    uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN];
    unsigned count = 0;

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || (request.kind != LEDGER_INCLUSION && request.kind != LEDGER_CONSISTENCY))
        return 0;
    if (!tree)
        return finish(reply, LEDGER_UNKNOWN_TENANT, 0);
    bool inclusion = request.kind == LEDGER_INCLUSION;
    if (request.size > tree->checkpoint->size ||
        (inclusion ? request.first >= request.size : request.first == 0 || request.first > request.size))
        return finish(reply, LEDGER_OUT_OF_RANGE, 0);

    int rc = inclusion ? merkle_inclusion(&tree->hashes, request.first, request.size, proof, &count)
                       : merkle_consistency(&tree->hashes, request.first, request.size, proof, &count);
    if (rc != 0)
        return finish(reply, LEDGER_UNAVAILABLE, 0);
    memcpy(reply + sizeof(struct ledger_hashes_reply), proof, count * HASH_LEN);
    return finish(reply, LEDGER_OK, count);
}

size_t tree_read_hashes(const struct tree_view *tree, const uint8_t *body, uint8_t *reply)
{
    struct ledger_hashes_request request;
    uint8_t *out = reply + sizeof(struct ledger_hashes_reply);

    memcpy(&request, body, sizeof request);
    if (request.count == 0 || request.count > LEDGER_HASHES_MAX || request.level % MERKLE_STORED_LEVELS != 0 ||
        request.level >= MERKLE_LEVELS)
        return 0;
    if (!tree)
        return finish(reply, LEDGER_UNKNOWN_TENANT, 0);
    uint64_t complete = tree->checkpoint->size >> request.level;
    if (request.first >= complete)
        return finish(reply, LEDGER_OUT_OF_RANGE, 0);

    uint64_t left = complete - request.first, count = request.count < left ? request.count : left;
    for (uint64_t i = 0; i < count; i++)
        if (tree->hashes.get(tree->hashes.context, request.level, request.first + i, out + i * HASH_LEN) != 0)
            return finish(reply, LEDGER_UNAVAILABLE, 0);
    return finish(reply, LEDGER_OK, count);
}
