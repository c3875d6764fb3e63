#include "crypto/backup_file.h"

#include <string.h>

#include "crypto/hash.h"

#define LABEL     "sekisho/v1 backup"
#define LABEL_LEN (sizeof LABEL - 1)
_Static_assert(LABEL_LEN == 17, "BACKUP_INFO_LEN");

void backup_info(const struct backup_head *head, uint8_t info[BACKUP_INFO_LEN])
{
    memcpy(info, LABEL, LABEL_LEN);
    memcpy(info + LABEL_LEN, head, offsetof(struct backup_head, encapsulated));
}

int backup_hash_head(const struct backup_head *head, uint8_t hash[HASH_LEN])
{
    return sha256(head, sizeof *head, hash);
}

int backup_hash_chunk(const struct backup_chunk *chunk, const uint8_t *sealed, uint8_t hash[HASH_LEN])
{
    const struct iovec parts[] = {
        {.iov_base = hash, .iov_len = HASH_LEN},
        {.iov_base = (void *)(uintptr_t)chunk, .iov_len = sizeof *chunk},
        {.iov_base = (void *)(uintptr_t)sealed, .iov_len = chunk->length},
    };

    return sha256_parts(parts, 3, hash);
}

static void signed_message(const uint8_t hash[HASH_LEN], uint8_t message[LABEL_LEN + HASH_LEN])
{
    memcpy(message, LABEL, LABEL_LEN);
    memcpy(message + LABEL_LEN, hash, HASH_LEN);
}

int backup_sign(struct ed25519 *ledger, struct backup_end *end)
{
    uint8_t message[LABEL_LEN + HASH_LEN];

    signed_message(end->hash, message);
    return ed25519_sign(ledger, message, sizeof message, end->signature);
}

bool backup_signed(const struct backup_end *end, const uint8_t hash[HASH_LEN])
{
    uint8_t message[LABEL_LEN + HASH_LEN];

    signed_message(hash, message);
    return memcmp(end->magic, BACKUP_END_MAGIC, BACKUP_MAGIC_LEN) == 0 && memcmp(end->hash, hash, HASH_LEN) == 0 &&
           ed25519_verify(end->ledger_key, message, sizeof message, end->signature);
}
