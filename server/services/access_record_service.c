/* AccessRecordService: heads, proofs and hashes carried from auth; records and sign-offs, sealed. Nothing is checked
 * here but form: a client checks. */
#include "server/services/account_call.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/tree_calls.h"

static void get_checkpoint(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_checkpoint(call, request, LEDGER_OF_ACCESS);
}

static void get_inclusion_proof(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_inclusion_proof(call, request, LEDGER_OF_ACCESS);
}

static void get_consistency_proof(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_get_consistency_proof(call, request, LEDGER_OF_ACCESS);
}

static void list_leaf_hashes(struct rpc_call *call, const ProtobufCMessage *request)
{
    tree_list_leaf_hashes(call, request, LEDGER_OF_ACCESS);
}

const struct rpc_method access_record_methods[] = {
    {METHOD_ROW(AccessRecordService, GetCheckpoint), .kind = RPC_UNARY, .on_message = get_checkpoint},
    {METHOD_ROW(AccessRecordService, GetInclusionProof), .kind = RPC_UNARY, .on_message = get_inclusion_proof},
    {METHOD_ROW(AccessRecordService, GetConsistencyProof), .kind = RPC_UNARY, .on_message = get_consistency_proof},
    {METHOD_ROW(AccessRecordService, ListLeafHashes), .kind = RPC_UNARY, .on_message = list_leaf_hashes},
    {METHOD_ROW(AccessRecordService, ListAccessRecords), .kind = RPC_UNARY, .on_message = account_unary},
    {METHOD_ROW(AccessRecordService, ReviewLogins), .kind = RPC_UNARY, .on_message = account_unary},
};
const size_t access_record_method_count = sizeof access_record_methods / sizeof access_record_methods[0];
