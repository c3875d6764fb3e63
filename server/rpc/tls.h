/* mTLS: every client on TCP shows a certificate of the configured authority, before HTTP/2 begins. */
#ifndef SEKISHO_RPC_TLS_H
#define SEKISHO_RPC_TLS_H

#include <grpc/grpc_security.h>

#include "server/rpc/rpc.h"

/* NULL with a text in error[256]: PEM text missing or unreadable, key and certificate do not belong together. */
grpc_server_credentials *rpc_tls_credentials(const struct rpc_listen *listen, char error[256]);

#endif
