#include "backup_check.h"

#include <string.h>

void backup_check_begin(struct backup_check *check)
{
    *check = (struct backup_check){.part = BACKUP_PART_HEAD};
}

static uint8_t *part_room(struct backup_check *check, size_t *length)
{
    switch (check->part) {
    case BACKUP_PART_HEAD:
        *length = sizeof check->head;
        return (uint8_t *)&check->head;
    case BACKUP_PART_CHUNK_HEAD:
        *length = sizeof check->chunk;
        return (uint8_t *)&check->chunk;
    case BACKUP_PART_CHUNK:
        *length = check->chunk.length;
        return check->sealed;
    case BACKUP_PART_END:
        *length = sizeof check->end;
        return (uint8_t *)&check->end;
    case BACKUP_PART_NONE:
        break;
    }
    return NULL;
}

static bool head_good(struct backup_check *check)
{
    check->part = BACKUP_PART_CHUNK_HEAD;
    return memcmp(check->head.magic, BACKUP_MAGIC, BACKUP_MAGIC_LEN) == 0 && check->head.version == BACKUP_VERSION &&
           check->head.zero == 0 && backup_hash_head(&check->head, check->hash) == 0;
}

static bool chunk_head_good(struct backup_check *check)
{
    check->part = BACKUP_PART_CHUNK;
    return check->chunk.last <= 1 && check->chunk.length > HPKE_TAG_LEN && check->chunk.length <= sizeof check->sealed;
}

static bool chunk_good(struct backup_check *check)
{
    check->part = check->chunk.last ? BACKUP_PART_END : BACKUP_PART_CHUNK_HEAD;
    check->chunks++;
    return backup_hash_chunk(&check->chunk, check->sealed, check->hash) == 0;
}

static bool part_good(struct backup_check *check)
{
    check->have = 0;
    switch (check->part) {
    case BACKUP_PART_HEAD:
        return head_good(check);
    case BACKUP_PART_CHUNK_HEAD:
        return chunk_head_good(check);
    case BACKUP_PART_CHUNK:
        return chunk_good(check);
    case BACKUP_PART_END:
        check->part = BACKUP_PART_NONE;
        return backup_signed(&check->end, check->hash);
    case BACKUP_PART_NONE:
        break;
    }
    return false;
}

bool backup_check_take(struct backup_check *check, const uint8_t *bytes, size_t length)
{
    check->bytes += length;
    while (length > 0) {
        size_t whole, taken;
        uint8_t *room = part_room(check, &whole);
        if (!room)
            return false;
        taken = whole - check->have < length ? whole - check->have : length;
        memcpy(room + check->have, bytes, taken);
        check->have += taken;
        bytes += taken, length -= taken;
        if (check->have == whole && !part_good(check))
            return false;
    }
    return true;
}

bool backup_check_complete(const struct backup_check *check)
{
    return check->part == BACKUP_PART_NONE;
}
