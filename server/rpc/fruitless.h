/*
 * Connections that make work and want nothing: rapid reset (CVE-2023-44487). A stream that is reset at once costs core
 * some 9 kB until it has come round to it, gigabytes a flood; most never become a call that this server hears of. So
 * streams are counted where core has just read their headers, and struck off when their call has ended otherwise than
 * by the client's hand.
 */
#ifndef SEKISHO_RPC_FRUITLESS_H
#define SEKISHO_RPC_FRUITLESS_H

#include <grpc/grpc_security.h>

struct rpc_gate;

/* Streams of one connection that were begun and have not ended well; so many are its end. Half is forgotten every
 * second: who cancels a thousand calls a second is left alone. */
#define FRUITLESS_STREAMS 4000

/* Has core count on these credentials, and tell the gate. */
void fruitless_watch(grpc_server_credentials *credentials, struct rpc_gate *gate);
/* A connection's context is a name here and may be gone. */
void fruitless_ended(const void *context); /* a call, not cancelled */

/* Calls and messages that came over the connection, as a number that changes with each: one that sends and sends
 * without that is up to no good. */
void fruitless_message(const void *context);
unsigned fruitless_activity(const void *context);

#endif
