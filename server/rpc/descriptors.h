/* The FileDescriptorSet that the build embeds: which files, services and names this server's API has. */
#ifndef SEKISHO_RPC_DESCRIPTORS_H
#define SEKISHO_RPC_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>

#include "google/protobuf/descriptor.pb-c.h"

typedef Google__Protobuf__FileDescriptorSet rpc_descriptor_set;
typedef Google__Protobuf__FileDescriptorProto rpc_descriptor_file;
typedef Google__Protobuf__ServiceDescriptorProto rpc_descriptor_service;

/* NULL when the bytes are not a FileDescriptorSet. The bytes are ours, made by protoc: they are not checked further. */
rpc_descriptor_set *rpc_descriptors_parse(const uint8_t *bytes, size_t length);
void rpc_descriptors_free(rpc_descriptor_set *set);

/* By full name; NULL when there is none. What is returned lives as long as the set. */
__attribute__((nonnull)) const rpc_descriptor_service *rpc_descriptors_service(const rpc_descriptor_set *set,
                                                                               const char *name);
__attribute__((nonnull)) const rpc_descriptor_file *rpc_descriptors_file(const rpc_descriptor_set *set,
                                                                         const char *name);
/* The file that declares a message, enum, enum value, field, oneof, service or method. */
__attribute__((nonnull)) const rpc_descriptor_file *rpc_descriptors_file_of_symbol(const rpc_descriptor_set *set,
                                                                                   const char *symbol);

#endif
