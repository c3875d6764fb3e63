/* Listening sockets, not blocking. What is set on them is inherited by every connection. */
#ifndef SEKISHO_RPC_BIND_H
#define SEKISHO_RPC_BIND_H

#include <stdint.h>

/* `address` is numeric, IPv4 or IPv6; port 0: any. Returns the descriptor and sets `bound`, or -1 with a text in
 * error[256]. */
int rpc_bind_tcp(const char *address, uint16_t port, uint16_t *bound, char error[256]);
/* Replaces a socket that an earlier server left. */
int rpc_bind_unix(const char *path, char error[256]);

#endif
