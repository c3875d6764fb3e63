/* The services' method tables against what the .proto files say, before the server starts. */
#ifndef SEKISHO_RPC_TABLE_H
#define SEKISHO_RPC_TABLE_H

#include "server/rpc/descriptors.h"
#include "server/rpc/rpc.h"

/* Each method of the service has one row and each row a method; kinds agree; the callbacks a kind needs are there.
 * False with a text in error[256]. */
bool rpc_table_check(const struct rpc_service *service, const rpc_descriptor_set *set, char error[256]);

/* The generated descriptor of a method; NULL when there is none of this name. */
const ProtobufCMethodDescriptor *rpc_table_method(const struct rpc_service *service, const char *name);

#endif
