/* LedgerService: heads, proofs and hashes carried from the vault, and pages of entries, sealed. Nothing is checked here
 * but form: a client checks. */
#include <string.h>

#include "crypto/checkpoint_text.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/channel/vault_ledger.h"
#include "server/services/errors.h"
#include "server/services/front.h"
#include "server/services/resource_name.h"
#include "server/services/sealed_call.h"

/* A proof of a tree of 2^64 leaves has at most 2 * 64 hashes; a list LEDGER_HASHES_MAX. */
#define PROOF_MAX 128

static bool parse_prefecture(struct rpc_call *call, const char *name, uint16_t *tenant)
{
    if (prefecture_name_parse(name, tenant))
        return true;
    finish_with_field(call, FRONT_BAD_PREFECTURE_NAME, "prefecture", "must be prefectures/{01..47}");
    return false;
}

static void settle_sent(struct rpc_call *call, enum link_sent sent)
{
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

static ProtobufCBinaryData bytes_of(const uint8_t *data, size_t length)
{
    return (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)data, .len = length};
}

/* ---- GetCheckpoint ---- */

static void answer_checkpoint(struct rpc_call *call, uint16_t tenant, const struct ledger_head_reply *head)
{
    Sekisho__V1__GetCheckpointResponse response = SEKISHO__V1__GET_CHECKPOINT_RESPONSE__INIT;
    struct ledger_checkpoint checkpoint = {.size = head->size};
    char note[CHECKPOINT_NOTE_MAX];

    memcpy(checkpoint.root, head->root, sizeof checkpoint.root);
    memcpy(checkpoint.signature, head->signature, sizeof checkpoint.signature);
    if (checkpoint_note(LEDGER_OF_NUMBERS, tenant, &checkpoint, head->public_key, note) == 0) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    response.tree_size = head->size;
    response.root_hash = bytes_of(head->root, sizeof head->root);
    response.signature = bytes_of(head->signature, sizeof head->signature);
    response.public_key = bytes_of(head->public_key, sizeof head->public_key);
    response.note = note;
    rpc_call_reply(call, &response.base);
}

static void on_head(void *user, const struct ledger_head_reply *reply)
{
    struct rpc_call *call = user;
    uint16_t tenant = (uint16_t)(uintptr_t)rpc_call_user(call);

    if (!reply)
        rpc_call_finish(call, error_of_front(FRONT_VAULT_UNAVAILABLE));
    else if (!reply->known)
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_PREFECTURE));
    else
        answer_checkpoint(call, tenant, reply);
}

static void get_checkpoint(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__GetCheckpointRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    uint16_t tenant;

    if (!parse_prefecture(call, request->prefecture, &tenant))
        return;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)tenant);
    settle_sent(call, vault_ledger_head(front->vault, tenant, on_head, call));
}

/* ---- proofs ---- */

/* Both answers have the hashes as their only field. */
typedef Sekisho__V1__GetInclusionProofResponse proof_response;
_Static_assert(sizeof(proof_response) == sizeof(Sekisho__V1__GetConsistencyProofResponse) &&
                   offsetof(proof_response, hashes) == offsetof(Sekisho__V1__GetConsistencyProofResponse, hashes) &&
                   offsetof(proof_response, n_hashes) == offsetof(Sekisho__V1__GetConsistencyProofResponse, n_hashes),
               "proofs have one layout");

static void answer_proof(struct rpc_call *call, const ProtobufCMessageDescriptor *type,
                         const struct vault_hashes *answer)
{
    ProtobufCBinaryData hashes[PROOF_MAX];
    proof_response response;

    if (!answer || answer->count > PROOF_MAX) {
        rpc_call_finish(call, error_of_front(FRONT_VAULT_UNAVAILABLE));
        return;
    }
    if (answer->status != LEDGER_OK) {
        rpc_call_finish(call, error_of_ledger(answer->status));
        return;
    }
    for (uint32_t i = 0; i < answer->count; i++)
        hashes[i] = bytes_of(answer->hashes + i * HASH_LEN, HASH_LEN);
    protobuf_c_message_init(type, &response);
    response.hashes = hashes;
    response.n_hashes = answer->count;
    rpc_call_reply(call, &response.base);
}

static void on_inclusion(void *user, const struct vault_hashes *answer)
{
    answer_proof(user, &sekisho__v1__get_inclusion_proof_response__descriptor, answer);
}

static void get_inclusion_proof(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__GetInclusionProofRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    struct ledger_proof_request body = {.kind = LEDGER_INCLUSION, .size = request->tree_size};

    if (!ledger_entry_name_parse(request->name, &body.tenant, &body.first)) {
        finish_with_field(call, FRONT_BAD_ENTRY_NAME, "name", "must be prefectures/{01..47}/ledgerEntries/{index}");
        return;
    }
    settle_sent(call, vault_ledger_proof(front->vault, &body, on_inclusion, call));
}

static void on_consistency(void *user, const struct vault_hashes *answer)
{
    answer_proof(user, &sekisho__v1__get_consistency_proof_response__descriptor, answer);
}

static void get_consistency_proof(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__GetConsistencyProofRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    struct ledger_proof_request body = {
        .kind = LEDGER_CONSISTENCY, .first = request->old_tree_size, .size = request->tree_size};

    if (!parse_prefecture(call, request->prefecture, &body.tenant))
        return;
    settle_sent(call, vault_ledger_proof(front->vault, &body, on_consistency, call));
}

/* ---- ListLeafHashes ---- */

static void on_hashes(void *user, const struct vault_hashes *answer)
{
    struct rpc_call *call = user;
    Sekisho__V1__ListLeafHashesResponse response = SEKISHO__V1__LIST_LEAF_HASHES_RESPONSE__INIT;

    if (!answer) {
        rpc_call_finish(call, error_of_front(FRONT_VAULT_UNAVAILABLE));
    } else if (answer->status != LEDGER_OK) {
        rpc_call_finish(call, error_of_ledger(answer->status));
    } else {
        response.hashes = bytes_of(answer->hashes, (size_t)answer->count * HASH_LEN);
        rpc_call_reply(call, &response.base);
    }
}

static void list_leaf_hashes(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__ListLeafHashesRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    struct ledger_hashes_request body = {.first = request->first, .count = LEDGER_HASHES_MAX};

    _Static_assert(LEDGER_HASHES_MAX == 1024, "as documented at ListLeafHashesRequest.page_size");
    if (!parse_prefecture(call, request->prefecture, &body.tenant))
        return;
    if (request->page_size < 0 || request->page_size > LEDGER_HASHES_MAX) {
        finish_with_field(call, FRONT_BAD_PAGE, "page_size", "must be 0 to 1,024");
        return;
    }
    if (request->page_size > 0)
        body.count = (uint32_t)request->page_size;
    settle_sent(call, vault_ledger_hashes(front->vault, &body, on_hashes, call));
}

/* ---- ListEntries ---- */

static void on_page(void *user, const struct vault_answer *answer)
{
    sealed_answer(user, &sekisho__v1__list_entries_response__descriptor, answer);
}

static void list_entries(struct rpc_call *call, const ProtobufCMessage *message)
{
    sealed_unary(call, message, OPERATION_READ_LEDGER, on_page);
}

const struct rpc_method ledger_methods[] = {
    {.name = "GetCheckpoint", .kind = RPC_UNARY, .on_message = get_checkpoint},
    {.name = "GetInclusionProof", .kind = RPC_UNARY, .on_message = get_inclusion_proof},
    {.name = "GetConsistencyProof", .kind = RPC_UNARY, .on_message = get_consistency_proof},
    {.name = "ListLeafHashes", .kind = RPC_UNARY, .on_message = list_leaf_hashes},
    {.name = "ListEntries", .kind = RPC_UNARY, .on_message = list_entries},
};
const size_t ledger_method_count = sizeof ledger_methods / sizeof ledger_methods[0];
