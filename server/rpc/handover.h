/*
 * Gives an accepted connection to core. Core can take one (C++: ServerBuilder::AddExternalConnectionAcceptor), but its
 * C headers have no name for it: a server that gets an argument "external:<name>" and is asked to listen on
 * "external:<name>" writes the address of an object into the argument's value. The object is a C++
 * grpc_core::TcpServerFdHandler: its first word points to its virtual functions, which are, by the Itanium C++ ABI, two
 * destructors and Handle(listener_fd, fd, pending_read). That has not changed since gRPC 1.25; a build against
 * another major version of core stops in CMakeLists.txt.
 */
#ifndef SEKISHO_RPC_HANDOVER_H
#define SEKISHO_RPC_HANDOVER_H

#include <grpc/grpc.h>

struct core_handler; /* core's; lives as long as its server listens */

grpc_arg handover_arg(const char *name, struct core_handler **handler);
/* `fd` must not block and belongs to core from here on. Any thread. */
void handover(struct core_handler *handler, int listener, int fd);

#endif
