/*
 * Who is at the other end: the SHA-256 of the client's certificate. Core gives it as PEM text with each call; the cache
 * saves decoding and hashing the same certificate again. It holds references of core: free it before grpc_shutdown.
 */
#ifndef SEKISHO_RPC_PEER_H
#define SEKISHO_RPC_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include <grpc/grpc.h>

struct rpc_gate;
struct rpc_peer_cache;

/* Tells the gate of every connection over which a call has come. */
struct rpc_peer_cache *rpc_peer_cache_new(struct rpc_gate *gate);
void rpc_peer_cache_free(struct rpc_peer_cache *cache);

/* SHA-256 of the client's DER certificate; zero on a listener without TLS. False when neither can be said for certain:
 * the call must then be refused. `connection` names the connection (fruitless.h). One thread. */
bool rpc_peer_certificate(struct rpc_peer_cache *cache, grpc_call *call, uint8_t sha256[32], const void **connection);

#endif
