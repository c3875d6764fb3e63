/* Tables of the desk: records under numbers 1, 2, 3 ... that are shown as `prefectures/11/{collection}/{number}`. */
#ifndef SEKISHO_DESK_NUMBERED_H
#define SEKISHO_DESK_NUMBERED_H

#include <protobuf-c/protobuf-c.h>

#include "server/register/register.h"

/* The number after the last. An LMDB code. */
int numbered_next(MDB_txn *txn, MDB_dbi table, uint64_t *number);
int numbered_get(MDB_txn *txn, MDB_dbi table, uint64_t number, const ProtobufCMessageDescriptor *type,
                 ProtobufCAllocator *arena, ProtobufCMessage **message);
int numbered_put(MDB_txn *txn, MDB_dbi table, uint64_t number, const ProtobufCMessage *message);
/* Of a key of the table. */
uint64_t numbered_key(MDB_val key);

/* In the arena; NULL when there is no memory. */
char *numbered_name(uint16_t tenant, const char *collection, uint64_t number, ProtobufCAllocator *arena);
/* Of this collection, nothing may follow. Does not look at the prefecture: register_call.h has. */
bool numbered_parse(const char *name, const char *collection, uint64_t *number);

#endif
