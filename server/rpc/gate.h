/*
 * Lets connections in. gRPC 1.51 accepts by itself without any bound, and after a single EMFILE never again
 * (CVE-2023-4785); so this server accepts in a thread of its own, with bounds, and hands core what it lets in.
 *
 *   all places taken                 the oldest connection over which no call has come yet has to go: a stranger who
 *                                    holds every place cannot keep out who has a certificate
 *   too many from one address        the new one is refused
 *   no descriptor, no memory         as with all places taken, and a moment's pause
 *
 * A connection takes two descriptors: core's, and a duplicate that tells of its end and can end it.
 */
#ifndef SEKISHO_RPC_GATE_H
#define SEKISHO_RPC_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#define RPC_GATE_DOORS 4 /* listeners at most */

struct rpc_gate;

/* As many places as RLIMIT_NOFILE allows, `most` at most. NULL: no memory or descriptor. */
struct rpc_gate *rpc_gate_new(uint32_t most, uint32_t most_from_one);
/* Of the server, before grpc_server_create. */
grpc_arg rpc_gate_arg(struct rpc_gate *gate, int door);
/* The name that stands for an address in grpc_server_add_http2_port; add_door comes after that. The listening
 * descriptor belongs to the gate, also when this fails: gRPC does not know connections from outside any more. */
const char *rpc_gate_name(int door);
bool rpc_gate_add_door(struct rpc_gate *gate, int door, int listener);
bool rpc_gate_start(struct rpc_gate *gate); /* the thread */

/* A call has come over the connection with this context. Any thread. */
void rpc_gate_prove(struct rpc_gate *gate, grpc_call *call, const grpc_auth_context *context);
/* Ends the connection with this context, and all that send and send while nothing comes of it (looked for ten times a
 * second anyhow). Before its first call core gives no way to tell which connection a context belongs to; the second
 * part finds it. Any thread, takes no lock. */
void rpc_gate_accuse(struct rpc_gate *gate, const grpc_auth_context *context);

/* Lets nobody in any more; before core is shut down. Any thread. */
void rpc_gate_close(struct rpc_gate *gate);
void rpc_gate_free(struct rpc_gate *gate); /* NULL is allowed */

#endif
