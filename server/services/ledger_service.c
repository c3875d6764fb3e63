/* LedgerService: heads, proofs and hashes carried from the vault, and pages of entries, sealed. Nothing is checked here
 * but form: a client checks. */
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/sealed_call.h"
#include "server/services/tree_calls.h"

#include "sekisho/v1/ledger_service.pb-c.h"

static void get_checkpoint(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_checkpoint(call, request, LEDGER_OF_NUMBERS);
}

static void get_inclusion_proof(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_inclusion_proof(call, request, LEDGER_OF_NUMBERS);
}

static void get_consistency_proof(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_consistency_proof(call, request, LEDGER_OF_NUMBERS);
}

static void list_leaf_hashes(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_list_leaf_hashes(call, request, LEDGER_OF_NUMBERS);
}

static void on_page(void *user, const struct vault_answer *answer)
{
    sealed_answer(user, &sekisho__v1__list_entries_response__descriptor, answer);
}

static void list_entries(struct rpc_call *call, const ProtobufCMessage *message)
{
    sealed_unary(call, message, OPERATION_READ_LEDGER, on_page);
}

const struct rpc_method ledger_methods[] = {
    {METHOD_ROW(LedgerService, GetCheckpoint), .kind = RPC_UNARY, .on_message = get_checkpoint},
    {METHOD_ROW(LedgerService, GetInclusionProof), .kind = RPC_UNARY, .on_message = get_inclusion_proof},
    {METHOD_ROW(LedgerService, GetConsistencyProof), .kind = RPC_UNARY, .on_message = get_consistency_proof},
    {METHOD_ROW(LedgerService, ListLeafHashes), .kind = RPC_UNARY, .on_message = list_leaf_hashes},
    {METHOD_ROW(LedgerService, ListEntries), .kind = RPC_UNARY, .on_message = list_entries},
};
const size_t ledger_method_count = sizeof ledger_methods / sizeof ledger_methods[0];
