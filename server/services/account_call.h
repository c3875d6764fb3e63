/* What all methods with a sealed account call have in common: checked, sent to auth, answered. */
#ifndef SEKISHO_SERVICES_ACCOUNT_CALL_H
#define SEKISHO_SERVICES_ACCOUNT_CALL_H

#include "server/services/front.h"

/* on_message of every unary method whose request holds one SealedAccountCall and whose response one SealedAccountReply.
 */
void account_unary(struct rpc_call *call, const ProtobufCMessage *request);

#endif
