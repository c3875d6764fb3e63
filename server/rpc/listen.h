/* Listeners and the limits that core enforces on them. */
#ifndef SEKISHO_RPC_LISTEN_H
#define SEKISHO_RPC_LISTEN_H

#include <grpc/grpc.h>

#include "server/rpc/rpc.h"

grpc_server *rpc_listen_create_server(const struct rpc_limits *limits);
/* Binds. `port` is set to the port of a TCP listener and left alone otherwise. False with a text in error[256]. */
bool rpc_listen_add(grpc_server *server, const struct rpc_listen *listen, uint16_t *port, char error[256]);

#endif
