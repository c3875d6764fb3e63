#include "restore/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum restore_status read_at(struct backup_reader *reader, uint64_t at, void *out, size_t length)
{
    uint8_t *to = out;

    while (length > 0) {
        ssize_t got = pread(reader->fd, to, length, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            reader->code = got < 0 ? errno : EIO; /* shorter than it was a moment ago */
            return RESTORE_UNREADABLE;
        }
        to += got;
        at += (uint64_t)got;
        length -= (size_t)got;
    }
    return RESTORE_DONE;
}

/* The head, as far as the file has one: a file that begins as a backup does has been one. */
static enum restore_status read_head(struct backup_reader *reader)
{
    struct backup_head *head = &reader->head;
    size_t there = reader->size < sizeof *head ? (size_t)reader->size : sizeof *head;
    size_t magic = there < BACKUP_MAGIC_LEN ? there : BACKUP_MAGIC_LEN;
    enum restore_status status = read_at(reader, 0, head, there);

    if (status != RESTORE_DONE)
        return status;
    if (memcmp(head->magic, BACKUP_MAGIC, magic) != 0)
        return RESTORE_NOT_A_BACKUP;
    if (there < sizeof *head)
        return RESTORE_TRUNCATED;
    reader->at = sizeof *head;
    return head->version == BACKUP_VERSION ? RESTORE_DONE : RESTORE_OTHER_VERSION;
}

static enum restore_status look_for_end(struct backup_reader *reader)
{
    if (reader->size < sizeof reader->head + sizeof reader->end)
        return RESTORE_DONE;
    enum restore_status status = read_at(reader, reader->size - sizeof reader->end, &reader->end, sizeof reader->end);
    reader->ended = status == RESTORE_DONE && memcmp(reader->end.magic, BACKUP_END_MAGIC, BACKUP_MAGIC_LEN) == 0;
    return status;
}

static enum restore_status set_up(struct backup_reader *reader, const uint8_t private_key[HPKE_KEY_LEN])
{
    uint8_t public_key[HPKE_KEY_LEN], fingerprint[HASH_LEN], info[BACKUP_INFO_LEN];

    if (x25519_public(private_key, public_key) != 0 || sha256(public_key, sizeof public_key, fingerprint) != 0 ||
        memcmp(fingerprint, reader->head.recipient, sizeof fingerprint) != 0)
        return RESTORE_OTHER_KEY;
    backup_info(&reader->head, info);
    return hpke_setup_recipient(private_key, reader->head.encapsulated, info, sizeof info, &reader->open) == 0 &&
                   backup_hash_head(&reader->head, reader->hash) == 0
               ? RESTORE_DONE
               : RESTORE_DAMAGED_HEAD;
}

enum restore_status reader_open(struct backup_reader *reader, int fd, const uint8_t private_key[HPKE_KEY_LEN])
{
    struct stat info;

    *reader = (struct backup_reader){.fd = fd};
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
        reader->code = EINVAL;
        return RESTORE_UNREADABLE;
    }
    reader->size = (uint64_t)info.st_size;
    enum restore_status status = read_head(reader);
    if (status == RESTORE_DONE)
        status = look_for_end(reader);
    return status == RESTORE_DONE ? set_up(reader, private_key) : status;
}

/* What ends before it should: cut off, or, when the end is there, a length that has been changed. */
static enum restore_status ends_early(const struct backup_reader *reader)
{
    return reader->ended ? RESTORE_DAMAGED : RESTORE_TRUNCATED;
}

enum restore_status reader_next(struct backup_reader *reader, uint8_t plain[BACKUP_PLAIN_MAX], size_t *length)
{
    uint64_t limit = reader->ended ? reader->size - sizeof reader->end : reader->size;
    struct backup_chunk chunk;

    reader->chunk++;
    if (limit - reader->at < sizeof chunk)
        return ends_early(reader);
    enum restore_status status = read_at(reader, reader->at, &chunk, sizeof chunk);
    if (status != RESTORE_DONE)
        return status;
    reader->at += sizeof chunk;
    if (chunk.last > 1 || chunk.length <= HPKE_TAG_LEN || chunk.length > sizeof reader->sealed)
        return RESTORE_DAMAGED;
    if (limit - reader->at < chunk.length)
        return ends_early(reader);
    status = read_at(reader, reader->at, reader->sealed, chunk.length);
    if (status != RESTORE_DONE)
        return status;
    reader->at += chunk.length;
    if (backup_hash_chunk(&chunk, reader->sealed, reader->hash) != 0 ||
        hpke_open(&reader->open, &chunk, sizeof chunk, reader->sealed, chunk.length, plain) != 0)
        return reader->chunk == 1 ? RESTORE_DAMAGED_HEAD : RESTORE_DAMAGED;
    *length = chunk.length - HPKE_TAG_LEN;
    reader->last = chunk.last;
    return RESTORE_DONE;
}

enum restore_status reader_finish(struct backup_reader *reader)
{
    uint64_t left = reader->size - reader->at;

    if (left < sizeof reader->end)
        return RESTORE_TRUNCATED;
    return reader->ended && left == sizeof reader->end && backup_signed(&reader->end, reader->hash)
               ? RESTORE_DONE
               : RESTORE_DAMAGED_END;
}

void reader_close(struct backup_reader *reader)
{
    crypto_wipe(&reader->open, sizeof reader->open);
}
