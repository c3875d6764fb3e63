/*
 * google.rpc.Status: how a call ended, as gRPC wants it (code, message, the trailer grpc-status-details-bin).
 */
#ifndef SEKISHO_RPC_STATUS_H
#define SEKISHO_RPC_STATUS_H

#include <stdbool.h>

#include <grpc/grpc.h>

#include "server/rpc/rpc.h"

struct rpc_status {
    grpc_status_code code;
    grpc_slice message;
    grpc_slice details; /* packed google.rpc.Status; only when has_details */
    bool has_details;
};

/* OK when error is NULL. To be released with rpc_status_clear. */
void rpc_status_set(struct rpc_status *status, const struct rpc_error *error);
void rpc_status_clear(struct rpc_status *status);

#endif
