/* Listeners and the limits that core enforces on them. */
#ifndef SEKISHO_RPC_LISTEN_H
#define SEKISHO_RPC_LISTEN_H

#include <grpc/grpc.h>

#include "server/rpc/gate.h"
#include "server/rpc/rpc.h"

grpc_server *rpc_listen_create_server(const struct rpc_limits *limits, struct rpc_gate *gate);
/* Binds. `port` is set to the port of a TCP listener and left alone otherwise. `door` is the first unused one of the
 * gate and is moved on. False with a text in error[256]. */
bool rpc_listen_add(grpc_server *server, struct rpc_gate *gate, int *door, const struct rpc_listen *listen,
                    uint16_t *port, char error[256]);

#endif
