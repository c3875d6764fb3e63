/* Heads and proofs from the server, each checked before it is given to anybody. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ledger.h"
#include "sekisho/v1/ledger_service.pb-c.h"

/* The services of both ledgers have the same methods, and messages of the same fields: a message's name is not on the
 * wire. */
enum tree_method { GET_CHECKPOINT, GET_INCLUSION_PROOF, GET_CONSISTENCY_PROOF, LIST_LEAF_HASHES, TREE_METHODS };
#define METHODS_OF(service)                                                                                            \
    {                                                                                                                  \
        "/sekisho.v1." service "/GetCheckpoint", "/sekisho.v1." service "/GetInclusionProof",                          \
            "/sekisho.v1." service "/GetConsistencyProof", "/sekisho.v1." service "/ListLeafHashes"                    \
    }
static const char *const methods[][TREE_METHODS] = {
    [SEKISHO_LEDGER_NUMBERS] = METHODS_OF("LedgerService"),
    [SEKISHO_LEDGER_ACCESS] = METHODS_OF("AccessRecordService"),
};
static const char *const collections[] = {
    [SEKISHO_LEDGER_NUMBERS] = "ledgerEntries",
    [SEKISHO_LEDGER_ACCESS] = "accessRecords",
};

enum sekisho_status ledger_forged(struct sekisho_error *error, const char *reason, const char *message,
                                  const char *message_ja)
{
    return error_set(error, SEKISHO_ERROR_FORGED, reason, message, message_ja);
}

static void prefecture_name(unsigned prefecture, char name[PREFECTURE_NAME_LEN])
{
    snprintf(name, PREFECTURE_NAME_LEN, "prefectures/%02u", prefecture % 100);
}

static bool take_bytes(const ProtobufCBinaryData *bytes, void *out, size_t length)
{
    if (bytes->len != length)
        return false;
    memcpy(out, bytes->data, length);
    return true;
}

enum sekisho_status ledger_head(struct sekisho_client *client, enum sekisho_ledger ledger, unsigned prefecture,
                                struct sekisho_checkpoint *head, struct sekisho_error *error)
{
    Sekisho__V1__GetCheckpointRequest request = SEKISHO__V1__GET_CHECKPOINT_REQUEST__INIT;
    char name[PREFECTURE_NAME_LEN];
    ProtobufCMessage *answer = NULL;

    prefecture_name(prefecture, name);
    request.prefecture = name;
    enum sekisho_status status = unary_call(client, methods[ledger][GET_CHECKPOINT], &request.base,
                                            &sekisho__v1__get_checkpoint_response__descriptor, &answer, error);
    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__GetCheckpointResponse *response = (const Sekisho__V1__GetCheckpointResponse *)answer;
    *head = (struct sekisho_checkpoint){.ledger = ledger, .prefecture = prefecture, .size = response->tree_size};
    bool good = take_bytes(&response->root_hash, head->root, sizeof head->root) &&
                take_bytes(&response->signature, head->signature, sizeof head->signature) &&
                take_bytes(&response->public_key, head->public_key, sizeof head->public_key) &&
                sekisho_verify_checkpoint(head);
    protobuf_c_message_free_unpacked(answer, NULL);
    return good ? SEKISHO_OK
                : ledger_forged(error, "LEDGER_SIGNATURE", "the head of the ledger is not signed by its key",
                                "台帳の先頭が、台帳の鍵で署名されていません");
}

/* Both answers have the hashes as field 1. */
typedef Sekisho__V1__GetInclusionProofResponse proof_response;

static enum sekisho_status fetch_proof(struct sekisho_client *client, const char *method,
                                       const ProtobufCMessage *request, struct sekisho_proof *proof,
                                       struct sekisho_error *error)
{
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status =
        unary_call(client, method, request, &sekisho__v1__get_inclusion_proof_response__descriptor, &answer, error);

    if (status != SEKISHO_OK)
        return status;
    const proof_response *response = (const proof_response *)answer;
    bool good = response->n_hashes <= SEKISHO_PROOF_MAX;
    proof->count = good ? response->n_hashes : 0;
    for (size_t i = 0; i < proof->count && good; i++)
        good = take_bytes(&response->hashes[i], proof->hash[i], sizeof proof->hash[i]);
    protobuf_c_message_free_unpacked(answer, NULL);
    return good ? SEKISHO_OK : error_forged(error, "the answer is not a proof", "応答が証明の形式ではありません");
}

enum sekisho_status sekisho_ledger_inclusion(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                             uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                             struct sekisho_proof *proof, struct sekisho_error *error)
{
    Sekisho__V1__GetInclusionProofRequest request = SEKISHO__V1__GET_INCLUSION_PROOF_REQUEST__INIT;
    char name[64];

    snprintf(name, sizeof name, "prefectures/%02u/%s/%" PRIu64, head->prefecture % 100, collections[head->ledger],
             index);
    request.name = name;
    request.tree_size = head->size;
    enum sekisho_status status =
        fetch_proof(client, methods[head->ledger][GET_INCLUSION_PROOF], &request.base, proof, error);
    if (status != SEKISHO_OK || sekisho_verify_inclusion(index, head->size, leaf_hash, proof, head->root))
        return status;
    return ledger_forged(error, "LEDGER_LEAF_MISSING", "the leaf is not in the signed tree of the ledger",
                         "この記録は、署名された台帳に含まれていません");
}

enum sekisho_status sekisho_ledger_consistency(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                               uint64_t old_size, const uint8_t old_root[SEKISHO_HASH_LEN],
                                               struct sekisho_error *error)
{
    Sekisho__V1__GetConsistencyProofRequest request = SEKISHO__V1__GET_CONSISTENCY_PROOF_REQUEST__INIT;
    struct sekisho_proof proof = {0};
    char name[PREFECTURE_NAME_LEN];
    enum sekisho_status status = SEKISHO_OK;

    if (old_size == 0)
        return SEKISHO_OK;
    if (old_size > head->size)
        return ledger_forged(error, "LEDGER_ROLLED_BACK", "the ledger has fewer leaves than it had before",
                             "台帳の記録が、以前より少なくなっています");
    if (old_size < head->size) {
        prefecture_name(head->prefecture, name);
        request.prefecture = name;
        request.old_tree_size = old_size;
        request.tree_size = head->size;
        status = fetch_proof(client, methods[head->ledger][GET_CONSISTENCY_PROOF], &request.base, &proof, error);
    }
    if (status != SEKISHO_OK || sekisho_verify_consistency(old_size, old_root, head->size, head->root, &proof))
        return status;
    return ledger_forged(error, "LEDGER_FORKED", "the ledger is not the continuation of what it was before",
                         "台帳が、以前の内容の続きではありません");
}

enum sekisho_status sekisho_ledger_receipt(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                           const struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    struct sekisho_checkpoint then = *head;
    struct sekisho_proof proof;

    then.size = receipt->tree_size;
    memcpy(then.root, receipt->tree_root, sizeof then.root);
    memcpy(then.signature, receipt->tree_signature, sizeof then.signature);
    if (!sekisho_verify_checkpoint(&then))
        return ledger_forged(error, "LEDGER_SIGNATURE", "the head in the receipt is not signed by the ledger's key",
                             "受領証の台帳の先頭が、台帳の鍵で署名されていません");
    enum sekisho_status status = sekisho_ledger_consistency(client, head, then.size, then.root, error);
    if (status == SEKISHO_OK)
        status = sekisho_ledger_inclusion(client, &then, receipt->ledger_index, receipt->leaf_hash, &proof, error);
    if (status == SEKISHO_OK)
        status = sekisho_ledger_inclusion(client, head, receipt->ledger_index, receipt->leaf_hash, &proof, error);
    return status;
}

enum sekisho_status ledger_leaf_hashes(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                       uint64_t first, struct ledger_leaves *leaves, struct sekisho_error *error)
{
    Sekisho__V1__ListLeafHashesRequest request = SEKISHO__V1__LIST_LEAF_HASHES_REQUEST__INIT;
    char name[PREFECTURE_NAME_LEN];
    ProtobufCMessage *answer = NULL;

    prefecture_name(head->prefecture, name);
    request.prefecture = name;
    request.first = first;
    enum sekisho_status status = unary_call(client, methods[head->ledger][LIST_LEAF_HASHES], &request.base,
                                            &sekisho__v1__list_leaf_hashes_response__descriptor, &answer, error);
    if (status != SEKISHO_OK)
        return status;
    const ProtobufCBinaryData *hashes = &((const Sekisho__V1__ListLeafHashesResponse *)answer)->hashes;
    bool good = hashes->len > 0 && hashes->len % SEKISHO_HASH_LEN == 0 && hashes->len <= sizeof leaves->hash;
    leaves->first = first;
    leaves->count = good ? hashes->len / SEKISHO_HASH_LEN : 0;
    if (good)
        memcpy(leaves->hash, hashes->data, hashes->len);
    protobuf_c_message_free_unpacked(answer, NULL);
    return good ? SEKISHO_OK : error_forged(error, "the answer has no hashes", "応答にハッシュがありません");
}
