#include "server/services/tree_calls.h"

#include <string.h>

#include "sekisho/v1/access_record_service.pb-c.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/channel/tree_client.h"
#include "server/services/errors.h"
#include "server/services/front.h"
#include "server/services/resource_name.h"

/* A proof of a tree of 2^64 leaves has at most 2 * 64 hashes; a list LEDGER_HASHES_MAX. */
#define PROOF_MAX 128

#define SAME_SIZE(message) (sizeof(Sekisho__V1__##message) == sizeof(Sekisho__V1__AccessRecordService##message))
#define SAME_PLACE(message, field)                                                                                     \
    (offsetof(Sekisho__V1__##message, field) == offsetof(Sekisho__V1__AccessRecordService##message, field))
_Static_assert(SAME_SIZE(GetCheckpointRequest) && SAME_PLACE(GetCheckpointRequest, prefecture) &&
                   SAME_SIZE(GetCheckpointResponse) && SAME_PLACE(GetCheckpointResponse, tree_size) &&
                   SAME_PLACE(GetCheckpointResponse, root_hash) && SAME_PLACE(GetCheckpointResponse, signature) &&
                   SAME_PLACE(GetCheckpointResponse, public_key) && SAME_PLACE(GetCheckpointResponse, note),
               "checkpoints have one layout");
_Static_assert(SAME_SIZE(GetInclusionProofRequest) && SAME_PLACE(GetInclusionProofRequest, name) &&
                   SAME_PLACE(GetInclusionProofRequest, tree_size) && SAME_SIZE(GetConsistencyProofRequest) &&
                   SAME_PLACE(GetConsistencyProofRequest, prefecture) &&
                   SAME_PLACE(GetConsistencyProofRequest, old_tree_size) &&
                   SAME_PLACE(GetConsistencyProofRequest, tree_size),
               "requests for proofs have one layout");
_Static_assert(SAME_SIZE(ListLeafHashesRequest) && SAME_PLACE(ListLeafHashesRequest, prefecture) &&
                   SAME_PLACE(ListLeafHashesRequest, first) && SAME_PLACE(ListLeafHashesRequest, page_size) &&
                   SAME_SIZE(ListLeafHashesResponse) && SAME_PLACE(ListLeafHashesResponse, hashes),
               "lists of hashes have one layout");

/* The answers to both questions for a proof have the hashes as their only field. */
typedef Sekisho__V1__GetInclusionProofResponse proof_response;
_Static_assert(SAME_SIZE(GetInclusionProofResponse) && SAME_SIZE(GetConsistencyProofResponse) &&
                   sizeof(proof_response) == sizeof(Sekisho__V1__GetConsistencyProofResponse) &&
                   offsetof(proof_response, hashes) == offsetof(Sekisho__V1__GetConsistencyProofResponse, hashes) &&
                   offsetof(proof_response, n_hashes) == offsetof(Sekisho__V1__GetConsistencyProofResponse, n_hashes) &&
                   SAME_PLACE(GetInclusionProofResponse, hashes) && SAME_PLACE(GetInclusionProofResponse, n_hashes) &&
                   SAME_PLACE(GetConsistencyProofResponse, hashes) && SAME_PLACE(GetConsistencyProofResponse, n_hashes),
               "proofs have one layout");

/* In what the two differ. */
static const struct {
    const ProtobufCMessageDescriptor *checkpoint, *inclusion, *consistency, *hashes; /* responses */
    bool (*parse_leaf)(const char *name, uint16_t *tenant, uint64_t *index);
    const char *leaf_name;
    enum front_error unavailable;
} kinds[LEDGER_KIND_COUNT] = {
    [LEDGER_OF_NUMBERS] = {&sekisho__v1__get_checkpoint_response__descriptor,
                           &sekisho__v1__get_inclusion_proof_response__descriptor,
                           &sekisho__v1__get_consistency_proof_response__descriptor,
                           &sekisho__v1__list_leaf_hashes_response__descriptor, ledger_entry_name_parse,
                           "must be prefectures/{01..47}/ledgerEntries/{index}", FRONT_VAULT_UNAVAILABLE},
    [LEDGER_OF_ACCESS] = {&sekisho__v1__access_record_service_get_checkpoint_response__descriptor,
                          &sekisho__v1__access_record_service_get_inclusion_proof_response__descriptor,
                          &sekisho__v1__access_record_service_get_consistency_proof_response__descriptor,
                          &sekisho__v1__access_record_service_list_leaf_hashes_response__descriptor,
                          access_record_name_parse, "must be prefectures/{01..47}/accessRecords/{index}",
                          FRONT_AUTH_UNAVAILABLE},
};

/* All that an answer needs of its request: no memory of its own. */
static void keep(struct rpc_call *call, enum ledger_kind kind, uint16_t tenant)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)((unsigned)kind << 16 | tenant));
}

static enum ledger_kind kind_of(const struct rpc_call *call)
{
    return (enum ledger_kind)((uintptr_t)rpc_call_user(call) >> 16);
}

static uint16_t tenant_of(const struct rpc_call *call)
{
    return (uint16_t)(uintptr_t)rpc_call_user(call);
}

static struct tree_source source_of(const struct rpc_call *call, enum ledger_kind kind)
{
    const struct front *front = rpc_call_context(call);

    return kind == LEDGER_OF_ACCESS ? tree_of_access(front->auth) : tree_of_numbers(front->vault);
}

static bool parse_prefecture(struct rpc_call *call, const char *name, uint16_t *tenant)
{
    if (prefecture_name_parse(name, tenant))
        return true;
    finish_with_field(call, FRONT_BAD_PREFECTURE_NAME, "prefecture", "must be prefectures/{01..47}");
    return false;
}

static void settle_sent(struct rpc_call *call, enum ledger_kind kind, enum link_sent sent)
{
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, kinds[kind].unavailable));
}

static void finish_unavailable(struct rpc_call *call)
{
    rpc_call_finish(call, error_of_front(kinds[kind_of(call)].unavailable));
}

static ProtobufCBinaryData bytes_of(const uint8_t *data, size_t length)
{
    return (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)data, .len = length};
}

/* ---- GetCheckpoint ---- */

static void answer_checkpoint(struct rpc_call *call, const struct ledger_head_reply *head)
{
    enum ledger_kind kind = kind_of(call);
    Sekisho__V1__GetCheckpointResponse response;
    struct ledger_checkpoint checkpoint = {.size = head->size};
    char note[CHECKPOINT_NOTE_MAX];

    memcpy(checkpoint.root, head->root, sizeof checkpoint.root);
    memcpy(checkpoint.signature, head->signature, sizeof checkpoint.signature);
    if (checkpoint_note(kind, tenant_of(call), &checkpoint, head->public_key, note) == 0) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    protobuf_c_message_init(kinds[kind].checkpoint, &response);
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

    if (!reply)
        finish_unavailable(call);
    else if (!reply->known)
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_PREFECTURE));
    else
        answer_checkpoint(call, reply);
}

void tree_get_checkpoint(struct rpc_call *call, const ProtobufCMessage *message, enum ledger_kind kind)
{
    const Sekisho__V1__GetCheckpointRequest *request = (const void *)message;
    const struct tree_source tree = source_of(call, kind);
    uint16_t tenant;

    if (!parse_prefecture(call, request->prefecture, &tenant))
        return;
    keep(call, kind, tenant);
    settle_sent(call, kind, tree_ask_head(&tree, tenant, on_head, call));
}

/* ---- proofs ---- */

/* False: the call is finished. */
static bool check_answer(struct rpc_call *call, const struct tree_hashes *answer)
{
    if (!answer || answer->status == LEDGER_UNAVAILABLE) {
        finish_unavailable(call);
        return false;
    }
    if (answer->status != LEDGER_OK) {
        rpc_call_finish(call, error_of_ledger(answer->status));
        return false;
    }
    return true;
}

static void answer_proof(struct rpc_call *call, const ProtobufCMessageDescriptor *type,
                         const struct tree_hashes *answer)
{
    ProtobufCBinaryData hashes[PROOF_MAX];
    proof_response response;

    if (!check_answer(call, answer))
        return;
    if (answer->count > PROOF_MAX) {
        finish_unavailable(call);
        return;
    }
    for (uint32_t i = 0; i < answer->count; i++)
        hashes[i] = bytes_of(answer->hashes + i * HASH_LEN, HASH_LEN);
    protobuf_c_message_init(type, &response);
    response.hashes = hashes;
    response.n_hashes = answer->count;
    rpc_call_reply(call, &response.base);
}

static void on_inclusion(void *user, const struct tree_hashes *answer)
{
    answer_proof(user, kinds[kind_of(user)].inclusion, answer);
}

void tree_get_inclusion_proof(struct rpc_call *call, const ProtobufCMessage *message, enum ledger_kind kind)
{
    const Sekisho__V1__GetInclusionProofRequest *request = (const void *)message;
    const struct tree_source tree = source_of(call, kind);
    struct ledger_proof_request body = {.kind = LEDGER_INCLUSION, .size = request->tree_size};

    if (!kinds[kind].parse_leaf(request->name, &body.tenant, &body.first)) {
        finish_with_field(call, FRONT_BAD_ENTRY_NAME, "name", kinds[kind].leaf_name);
        return;
    }
    keep(call, kind, body.tenant);
    settle_sent(call, kind, tree_ask_proof(&tree, &body, on_inclusion, call));
}

static void on_consistency(void *user, const struct tree_hashes *answer)
{
    answer_proof(user, kinds[kind_of(user)].consistency, answer);
}

void tree_get_consistency_proof(struct rpc_call *call, const ProtobufCMessage *message, enum ledger_kind kind)
{
    const Sekisho__V1__GetConsistencyProofRequest *request = (const void *)message;
    const struct tree_source tree = source_of(call, kind);
    struct ledger_proof_request body = {
        .kind = LEDGER_CONSISTENCY, .first = request->old_tree_size, .size = request->tree_size};

    if (!parse_prefecture(call, request->prefecture, &body.tenant))
        return;
    keep(call, kind, body.tenant);
    settle_sent(call, kind, tree_ask_proof(&tree, &body, on_consistency, call));
}

/* ---- ListLeafHashes ---- */

static void on_hashes(void *user, const struct tree_hashes *answer)
{
    struct rpc_call *call = user;
    Sekisho__V1__ListLeafHashesResponse response;

    if (!check_answer(call, answer))
        return;
    protobuf_c_message_init(kinds[kind_of(call)].hashes, &response);
    response.hashes = bytes_of(answer->hashes, (size_t)answer->count * HASH_LEN);
    rpc_call_reply(call, &response.base);
}

void tree_list_leaf_hashes(struct rpc_call *call, const ProtobufCMessage *message, enum ledger_kind kind)
{
    const Sekisho__V1__ListLeafHashesRequest *request = (const void *)message;
    const struct tree_source tree = source_of(call, kind);
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
    keep(call, kind, body.tenant);
    settle_sent(call, kind, tree_ask_hashes(&tree, &body, on_hashes, call));
}
