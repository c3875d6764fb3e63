/*
 * What protobuf-c lets pass and this server does not, checked on the wire bytes before anything is allocated: unknown
 * fields (a client of another version must hear it, not lose data silently), strings that are not UTF-8 or hold a NUL
 * (protobuf-c gives a char *: the text would end early), and deep nesting (protobuf-c recurses without a bound).
 */
#ifndef SEKISHO_RPC_VALIDATE_H
#define SEKISHO_RPC_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

enum rpc_fault_kind { RPC_FAULT_NONE, RPC_FAULT_MALFORMED, RPC_FAULT_UNKNOWN_FIELD, RPC_FAULT_BAD_TEXT };

struct rpc_fault {
    enum rpc_fault_kind kind;
    char path[256]; /* of the field, as in google.rpc.BadRequest; an unknown field is its number: `call.#7` */
};

#define RPC_MAX_NESTING 16

bool rpc_validate(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                  struct rpc_fault *fault);

#endif
