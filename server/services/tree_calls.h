/* The methods that the services of both ledgers have in common: heads, proofs and hashes, carried. */
#ifndef SEKISHO_SERVICES_TREE_CALLS_H
#define SEKISHO_SERVICES_TREE_CALLS_H

#include "crypto/checkpoint_text.h"
#include "server/rpc/rpc.h"

/* Each takes the request message of either service: they have the same fields. */
void tree_get_checkpoint(struct rpc_call *call, const ProtobufCMessage *request, enum ledger_kind kind);
void tree_get_inclusion_proof(struct rpc_call *call, const ProtobufCMessage *request, enum ledger_kind kind);
void tree_get_consistency_proof(struct rpc_call *call, const ProtobufCMessage *request, enum ledger_kind kind);
void tree_list_leaf_hashes(struct rpc_call *call, const ProtobufCMessage *request, enum ledger_kind kind);

#endif
