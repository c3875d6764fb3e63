/* grpc.health.v1 for all services of a server. */
#ifndef SEKISHO_RPC_HEALTH_H
#define SEKISHO_RPC_HEALTH_H

#include "server/rpc/rpc.h"

struct rpc_health;

/* Knows the named services and "", all NOT_SERVING. NULL without memory. The names are not copied. */
struct rpc_health *rpc_health_new(const struct rpc_service *services, size_t count);
void rpc_health_free(struct rpc_health *health);
struct rpc_service rpc_health_service(struct rpc_health *health);

/* Any thread. NULL is "all". A name that the server does not have changes nothing. */
void rpc_health_set(struct rpc_health *health, const char *service, bool serving);
/* Says NOT_SERVING to all who watch and ends their streams; nothing changes after that. Any thread. */
void rpc_health_drain(struct rpc_health *health);

#endif
