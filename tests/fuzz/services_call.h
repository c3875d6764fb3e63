/* A call without gRPC, for the fuzz target of the services: the part of server/rpc/rpc.h that handlers use. */
#ifndef SEKISHO_TESTS_FUZZ_SERVICES_CALL_H
#define SEKISHO_TESTS_FUZZ_SERVICES_CALL_H

#include "server/rpc/rpc.h"
#include "support/fuzz.h"
#include "wire/messages.h"

struct rpc_call {
    const struct rpc_method *method;
    const ProtobufCMethodDescriptor *descriptor;
    void *context, *user;
    uint8_t certificate[CERT_HASH_LEN];
    unsigned finished, asked; /* times that the handler has ended it, and asked for a message */
    unsigned sent;            /* messages of a stream */
    bool begun;               /* the handler has had a callback */
    bool ended;               /* half-closed or cancelled by the client */
    size_t queued_bytes;
    int64_t time_left_ms;
};

#endif
