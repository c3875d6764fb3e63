/* Checks the bytes of a backup as they come, without the key to open it: framing, order, hash and signature. */
#ifndef SEKISHO_CLIENT_BACKUP_CHECK_H
#define SEKISHO_CLIENT_BACKUP_CHECK_H

#include "wire/backup_messages.h"

enum backup_part { BACKUP_PART_HEAD, BACKUP_PART_CHUNK_HEAD, BACKUP_PART_CHUNK, BACKUP_PART_END, BACKUP_PART_NONE };

struct backup_check {
    enum backup_part part;
    size_t have; /* bytes of the part */
    struct backup_head head;
    struct backup_chunk chunk;
    struct backup_end end;
    uint8_t sealed[BACKUP_PLAIN_MAX + HPKE_TAG_LEN];
    uint8_t hash[HASH_LEN];
    uint64_t bytes, chunks;
};

void backup_check_begin(struct backup_check *check);
/* False: these bytes are not what follows. */
bool backup_check_take(struct backup_check *check, const uint8_t *bytes, size_t length);
/* True: all of it was there, and it is signed with check->end.ledger_key. */
bool backup_check_complete(const struct backup_check *check);

#endif
