#include "vault/redo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/ledger_leaf.h"
#include "vault/ledger.h"

#define REDO_MAGIC 0x4f444552u /* "REDO" */
#define BLOCK      4096u
#define RECORD_MAX (1u << 19) /* more than a full group has */

static const uint8_t zeros[BLOCK];

static size_t padded(size_t length)
{
    return (length + BLOCK - 1) / BLOCK * BLOCK;
}

static int chain_next(const uint8_t before[HASH_LEN], const struct redo_record *record, const uint8_t *leaves,
                      uint8_t chain[HASH_LEN])
{
    const struct iovec parts[] = {
        {.iov_base = (void *)(uintptr_t)before, .iov_len = HASH_LEN},
        {.iov_base = (void *)(uintptr_t)record, .iov_len = offsetof(struct redo_record, chain)},
        {.iov_base = (void *)(uintptr_t)leaves, .iov_len = record->length},
    };

    return sha256_parts(parts, 3, chain) == 0 ? 0 : EACCES;
}

/* ---- the file ---- */

static int open_file(const char *folder, int flags, int *fd)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", folder, REDO_NAME) >= (int)sizeof path)
        return ENAMETOOLONG;
    *fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *fd >= 0 ? 0 : errno;
}

static int write_zeros(int fd, uint64_t length)
{
    for (uint64_t at = 0; at < length; at += BLOCK) {
        ssize_t done = pwrite(fd, zeros, BLOCK, (off_t)at);
        if (done != BLOCK)
            return done < 0 ? errno : ENOSPC;
    }
    return fdatasync(fd) == 0 ? 0 : errno;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? 0 : errno;

    if (fd >= 0)
        close(fd);
    return rc;
}

int redo_begin(struct redo *redo)
{
    struct stat status;

    if (fstat(redo->fd, &status) < 0)
        return errno;
    bool whole = status.st_size == REDO_BYTES;
    int rc = write_zeros(redo->fd, whole ? BLOCK : REDO_BYTES);
    redo->touched = whole ? REDO_BYTES : 0;
    redo->usable = rc == 0;
    return rc;
}

int redo_wipe(struct redo *redo)
{
    int rc = write_zeros(redo->fd, redo->touched);

    if (rc == 0)
        redo->touched = 0;
    return rc;
}

/* ---- reading ---- */

/* The record at `offset`, whole and continuing `chain`; false when there is none. */
static bool read_record(int fd, uint64_t offset, uint64_t number, const uint8_t chain[HASH_LEN], uint8_t *buffer,
                        struct redo_record *record)
{
    uint8_t next[HASH_LEN];

    if (offset > REDO_BYTES - BLOCK || pread(fd, buffer, BLOCK, (off_t)offset) != (ssize_t)BLOCK)
        return false;
    memcpy(record, buffer, sizeof *record);
    if (record->magic != REDO_MAGIC || record->number != number || record->zero != 0 ||
        record->length > RECORD_MAX - sizeof *record || padded(sizeof *record + record->length) > REDO_BYTES - offset)
        return false;
    size_t rest = padded(sizeof *record + record->length) - BLOCK;
    if (rest > 0 && pread(fd, buffer + BLOCK, rest, (off_t)(offset + BLOCK)) != (ssize_t)rest)
        return false;
    return chain_next(chain, record, buffer + sizeof *record, next) == 0 && memcmp(next, record->chain, HASH_LEN) == 0;
}

static int append_leaf(struct store *store, const uint8_t *bytes, uint32_t length)
{
    static struct ledger_item items[CALL_ITEMS_MAX];
    struct ledger_entry entry;
    uint8_t hash[HASH_LEN];

    if (length < sizeof entry || (length - sizeof entry) % sizeof items[0] != 0 || length - sizeof entry > sizeof items)
        return MDB_CORRUPTED;
    memcpy(&entry, bytes, sizeof entry);
    memcpy(items, bytes + sizeof entry, length - sizeof entry);
    struct tenant *tenant = store_tenant(store, entry.tenant);
    if (!tenant || entry.index != tenant->now.ledger.size)
        return MDB_CORRUPTED;
    if (!store->txn) { /* only looked at */
        tenant->now.ledger.size++;
        return 0;
    }
    return ledger_put(store, tenant, &entry, items, (length - sizeof entry) / sizeof items[0], hash);
}

static int append_leaves(struct store *store, const uint8_t *leaves, size_t length)
{
    int rc = 0;

    for (size_t at = 0; at < length && rc == 0;) {
        uint32_t head[2];
        if (length - at < sizeof head)
            return MDB_CORRUPTED;
        memcpy(head, leaves + at, sizeof head);
        at += sizeof head;
        if (head[1] != 0 || head[0] > length - at)
            return MDB_CORRUPTED;
        rc = append_leaf(store, leaves + at, head[0]);
        at += head[0];
    }
    return rc;
}

/* Appends the leaves of at most `most` records that belong to the transaction `txn`. */
static int replay(struct store *store, uint64_t txn, uint64_t most)
{
    struct redo *redo = &store->redo;
    uint64_t offset = 0, number = 0;
    uint8_t chain[HASH_LEN] = {0};
    struct redo_record record;
    int rc = 0;

    while (rc == 0 && number < most && read_record(redo->fd, offset, number + 1, chain, redo->buffer, &record) &&
           record.txn == txn) {
        rc = append_leaves(store, redo->buffer + sizeof record, record.length);
        memcpy(chain, record.chain, HASH_LEN);
        offset += padded(sizeof record + record.length);
        number++;
    }
    return rc != 0 || most == UINT64_MAX || number == most ? rc : MDB_CORRUPTED;
}

int redo_open(struct store *store, const char *folder)
{
    struct redo *redo = &store->redo;
    int rc = open_file(folder, O_RDWR, &redo->fd);

    if (rc == ENOENT)
        rc = open_file(folder, O_RDWR | O_CREAT | O_EXCL, &redo->fd);
    if (rc != 0)
        return rc;
    redo->buffer = malloc(RECORD_MAX);
    if (!redo->buffer)
        return ENOMEM;
    redo_drop(redo);
    rc = replay(store, mdb_txn_id(store->txn), UINT64_MAX);
    return rc == 0 ? sync_folder(folder) : rc;
}

int redo_look(struct store *store, const char *folder, uint64_t txn)
{
    struct redo *redo = &store->redo;
    int rc = open_file(folder, O_RDONLY, &redo->fd);

    if (rc != 0)
        return rc == ENOENT ? 0 : rc;
    redo->buffer = malloc(RECORD_MAX);
    rc = redo->buffer ? replay(store, txn, UINT64_MAX) : ENOMEM;
    redo_close(redo);
    return rc;
}

void redo_close(struct redo *redo)
{
    if (redo->fd >= 0)
        close(redo->fd);
    free(redo->buffer);
    *redo = (struct redo){.fd = -1};
}

void redo_again(struct store *store)
{
    redo_drop(&store->redo); /* the leaves of the group that is lost */
    if (store->redo.number == 0)
        return;
    int rc = mdb_txn_begin(store->env, NULL, 0, &store->txn);
    for (size_t i = 0; i < store->tenant_count && rc == 0; i++)
        rc = ledger_load(store->txn, &store->tenant[i]);
    if (rc == 0)
        rc = replay(store, mdb_txn_id(store->txn), store->redo.number);
    for (size_t i = 0; i < store->tenant_count && rc == 0; i++) {
        struct tenant *tenant = &store->tenant[i];
        if (tenant->now.ledger.size != tenant->committed.ledger.size)
            rc = MDB_CORRUPTED;
        tenant->now = tenant->committed;
    }
    if (rc != 0)
        store->failed = true;
}

int redo_settled(MDB_env *env, const char *folder)
{
    static const uint8_t none[HASH_LEN];
    struct redo_record record;
    MDB_envinfo info;
    int fd;
    int rc = open_file(folder, O_RDONLY, &fd);

    if (rc != 0)
        return rc == ENOENT ? 0 : rc;
    uint8_t *buffer = malloc(RECORD_MAX);
    rc = buffer ? mdb_env_info(env, &info) : ENOMEM;
    if (rc == 0 && read_record(fd, 0, 1, none, buffer, &record) && record.txn == info.me_last_txnid + 1)
        rc = EBUSY;
    free(buffer);
    close(fd);
    return rc;
}

int redo_remove(const char *folder)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", folder, REDO_NAME) >= (int)sizeof path)
        return ENAMETOOLONG;
    if (unlink(path) < 0)
        return errno == ENOENT ? 0 : errno;
    return sync_folder(folder);
}

/* ---- writing ---- */

void redo_drop(struct redo *redo)
{
    redo->used = sizeof(struct redo_record);
    redo->overflowed = false;
}

void redo_note(struct redo *redo, const struct ledger_entry *entry, const struct ledger_item *items, size_t count)
{
    const uint32_t head[2] = {(uint32_t)(sizeof *entry + count * sizeof *items), 0};

    if (!redo->usable || head[0] + sizeof head > RECORD_MAX - redo->used) {
        redo->overflowed = true;
        return;
    }
    memcpy(redo->buffer + redo->used, head, sizeof head);
    memcpy(redo->buffer + redo->used + sizeof head, entry, sizeof *entry);
    if (count > 0)
        memcpy(redo->buffer + redo->used + sizeof head + sizeof *entry, items, count * sizeof *items);
    redo->used += sizeof head + head[0];
}

bool redo_noted(const struct redo *redo)
{
    return redo->overflowed || redo->used > sizeof(struct redo_record);
}

bool redo_fits(const struct redo *redo)
{
    return redo->usable && !redo->overflowed && redo_noted(redo) && padded(redo->used) <= REDO_BYTES - redo->end;
}

int redo_write(struct redo *redo, uint64_t txn, int64_t now_ms)
{
    struct redo_record record = {
        .magic = REDO_MAGIC, .length = (uint32_t)(redo->used - sizeof record), .txn = txn, .number = redo->number + 1};
    size_t length = padded(redo->used);

    if (chain_next(redo->chain, &record, redo->buffer + sizeof record, record.chain) != 0)
        return EACCES;
    memcpy(redo->buffer, &record, sizeof record);
    memset(redo->buffer + redo->used, 0, length - redo->used);
    ssize_t done = pwrite(redo->fd, redo->buffer, length, (off_t)redo->end);
    if (redo->touched < redo->end + length)
        redo->touched = redo->end + length;
    if (done != (ssize_t)length)
        return done < 0 ? errno : ENOSPC;
    if (fdatasync(redo->fd) != 0)
        return errno;
    memcpy(redo->chain, record.chain, HASH_LEN);
    redo->end += length;
    if (redo->number++ == 0)
        redo->first_ms = now_ms;
    redo_drop(redo);
    return 0;
}

void redo_committed(struct redo *redo)
{
    redo->number = redo->end = 0;
    memset(redo->chain, 0, sizeof redo->chain);
    redo_drop(redo);
}

int64_t redo_wait_ms(const struct redo *redo, int64_t now_ms)
{
    if (redo->number == 0)
        return -1;
    int64_t left = redo->first_ms + REDO_KEEP_MS - now_ms;
    return left > 0 ? left : 0;
}
