/* Messages in the register's tables. */
#ifndef SEKISHO_REGISTER_RECORD_H
#define SEKISHO_REGISTER_RECORD_H

#include <lmdb.h>
#include <protobuf-c/protobuf-c.h>

/* Unpacked with `allocator`. MDB_NOTFOUND; MDB_CORRUPTED when the value is no such message (or memory is short). */
int record_get(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessageDescriptor *type,
               ProtobufCAllocator *allocator, ProtobufCMessage **message);
int record_unpack(const MDB_val *value, const ProtobufCMessageDescriptor *type, ProtobufCAllocator *allocator,
                  ProtobufCMessage **message);

/* Packs straight into the page. Replaces what is there. */
int record_put(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessage *message);
/* The same with flags of mdb_put: MDB_APPEND, MDB_NOOVERWRITE. */
int record_add(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessage *message,
               unsigned flags);

#endif
