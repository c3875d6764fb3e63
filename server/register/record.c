#include "server/register/record.h"

int record_unpack(const MDB_val *value, const ProtobufCMessageDescriptor *type, ProtobufCAllocator *allocator,
                  ProtobufCMessage **message)
{
    *message = protobuf_c_message_unpack(type, allocator, value->mv_size, value->mv_data);
    return *message ? 0 : MDB_CORRUPTED;
}

int record_get(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessageDescriptor *type,
               ProtobufCAllocator *allocator, ProtobufCMessage **message)
{
    MDB_val id = {key_length, (void *)(uintptr_t)key}, value;
    int rc = mdb_get(txn, table, &id, &value);

    *message = NULL;
    return rc == 0 ? record_unpack(&value, type, allocator, message) : rc;
}

int record_add(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessage *message,
               unsigned flags)
{
    MDB_val id = {key_length, (void *)(uintptr_t)key};
    MDB_val value = {protobuf_c_message_get_packed_size(message), NULL};
    int rc = mdb_put(txn, table, &id, &value, flags | MDB_RESERVE);

    if (rc == 0)
        protobuf_c_message_pack(message, value.mv_data);
    return rc;
}

int record_put(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const ProtobufCMessage *message)
{
    return record_add(txn, table, key, key_length, message, 0);
}
