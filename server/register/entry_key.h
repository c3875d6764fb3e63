/* Keys of the tables of entries, and what reading and writing of entries share. */
#ifndef SEKISHO_REGISTER_ENTRY_KEY_H
#define SEKISHO_REGISTER_ENTRY_KEY_H

#include <endian.h>

#include "server/register/entry.h"

/* Of entry_version; big-endian, so that the versions of an entry stand together, the oldest first. */
struct version_key {
    uint32_t serial;
    uint64_t version;
} __attribute__((packed));

static inline struct version_key version_key_of(uint32_t serial, uint64_t version)
{
    return (struct version_key){.serial = htobe32(serial), .version = htobe64(version)};
}

/* Fills what is derived. ENOMEM, MDB_CORRUPTED. */
int entry_fill(const struct reg *reg, uint32_t serial, ProtobufCAllocator *allocator, stored_entry *entry);

#endif
