/*
 * The vault's link as a source of the server's thread (rpc.h): requests made in one turn of the completion queue go out
 * together, and their answers are taken by the thread that made them. The reader's thread only sees the vault end.
 */
#ifndef SEKISHO_CHANNEL_VAULT_SOURCE_H
#define SEKISHO_CHANNEL_VAULT_SOURCE_H

#include "server/channel/link.h"
#include "server/rpc/rpc.h"

struct vault_source {
    struct link *link;
    uint32_t last_answers; /* taken at the last turn: so many calls may come again at once */
    _Alignas(8) uint8_t buffer[FRAME_MAX];
};

struct rpc_source vault_source(struct vault_source *source);

#endif
