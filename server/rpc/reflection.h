/* grpc.reflection.v1 and v1alpha, answered from the embedded descriptor set. */
#ifndef SEKISHO_RPC_REFLECTION_H
#define SEKISHO_RPC_REFLECTION_H

#include "server/rpc/descriptors.h"
#include "server/rpc/rpc.h"

/* What the services answer from; both must outlive them. */
struct rpc_reflection {
    const rpc_descriptor_set *set;
    const struct rpc_service *services;
    size_t service_count;
};

struct rpc_service rpc_reflection_v1(struct rpc_reflection *reflection);
struct rpc_service rpc_reflection_v1alpha(struct rpc_reflection *reflection);

#endif
