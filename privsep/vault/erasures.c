#include "vault/erasures.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/erase.h"
#include "vault/store.h"
#include "vault/store_look.h"

#define SCAN_RECORDS 1024

static int chain_next(const uint8_t before[HASH_LEN], struct erasure_record *record)
{
    const struct iovec parts[] = {
        {.iov_base = (void *)before, .iov_len = HASH_LEN},
        {.iov_base = record, .iov_len = offsetof(struct erasure_record, chain)},
    };

    return sha256_parts(parts, 2, record->chain);
}

static struct erasure_record head_record(bool lost)
{
    struct erasure_record head = {.kind = ERASURE_HEAD, .version = ERASURES_VERSION, .count = lost};

    memcpy(head.reference, ERASURES_MAGIC, sizeof head.reference);
    return head;
}

/* Makes the file with its head; the caller makes its name durable. */
static int make_file(const char *path, bool lost)
{
    static const uint8_t none[HASH_LEN];
    struct erasure_record head = head_record(lost);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return -1;
    if (chain_next(none, &head) == 0 && write(fd, &head, sizeof head) == (ssize_t)sizeof head && fsync(fd) == 0 &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    unlink(path);
    return -1;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

static bool is_new(const struct store *store)
{
    for (size_t i = 0; i < store->tenant_count; i++)
        if (store->tenant[i].now.ledger.size > 0 || store->tenant[i].now.erased > 0)
            return false;
    return true;
}

static int open_file(const struct store *store, const char *folder, int *fd)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", folder, ERASURES_NAME) >= (int)sizeof path)
        return ENAMETOOLONG;
    *fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (*fd >= 0)
        return 0;
    if (errno != ENOENT)
        return errno;
    if (!is_new(store))
        return ESTALE;
    *fd = make_file(path, false);
    return *fd >= 0 && sync_folder(folder) ? 0 : errno ? errno : EIO;
}

/* ---- reading at the start ---- */

struct scan {
    struct store *store;
    uint64_t known[TENANTS_MAX + 1];   /* erasures of each tenant that the journal knows of */
    uint64_t at_open[TENANTS_MAX + 1]; /* that the store knew of */
    bool based[TENANTS_MAX + 1];
    bool lost; /* of the head */
    bool new_store;
    bool only_look; /* at a store without its keys */
    uint64_t size;  /* of the file */
};

static int erase_known(const struct scan *scan, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN])
{
    if (!scan->only_look)
        return erase_again(scan->store, tenant, reference);
    tenant->now.erased++;
    return 0;
}

static int take_record(struct scan *scan, const struct erasure_record *record)
{
    uint16_t id = record->tenant;
    struct tenant *tenant = store_tenant(scan->store, id);

    if (id < 1 || id > TENANTS_MAX || (record->kind != ERASURE_BASE && record->kind != ERASURE_DONE))
        return EBADMSG;
    if (record->kind == ERASURE_BASE) {
        scan->based[id] = true;
        scan->known[id] = record->count;
        return 0;
    }
    if (!scan->based[id] || record->count != scan->known[id] + 1)
        return EBADMSG;
    scan->known[id] = record->count;
    /* Its data.mdb is gone, or this folder is not the store's: nothing is begun anew in its place. */
    if (scan->new_store)
        return ESTALE;
    if (!tenant || record->count <= scan->at_open[id])
        return 0;
    /* The store is older than the erasures before this one too. */
    return tenant->now.erased == record->count - 1 ? erase_known(scan, tenant, record->reference) : ESTALE;
}

static bool is_next(const struct erasures *erasures, const struct erasure_record *record)
{
    struct erasure_record copy = *record;

    return chain_next(erasures->chain, &copy) == 0 && memcmp(copy.chain, record->chain, HASH_LEN) == 0;
}

/* Takes records until one does not continue the chain: what a crash or erasures_take_back has left of one transaction.
 */
static int scan_records(struct scan *scan, struct erasures *erasures, uint64_t size)
{
    struct erasure_record records[SCAN_RECORDS];
    const struct erasure_record head = head_record(false);

    while (erasures->end < size) {
        ssize_t got = pread(erasures->fd, records, sizeof records, (off_t)erasures->end);
        if (got < 0)
            return errno;
        size_t count = (size_t)got / sizeof records[0];
        for (size_t i = 0; i < count; i++) {
            if (!is_next(erasures, &records[i]))
                return erasures->end > 0 ? 0 : EBADMSG;
            int rc = 0;
            if (erasures->end > 0)
                rc = take_record(scan, &records[i]);
            else if (records[i].kind != head.kind || records[i].version != head.version || records[i].count > 1 ||
                     memcmp(records[i].reference, head.reference, sizeof head.reference) != 0)
                rc = EBADMSG;
            else
                scan->lost = records[i].count == 1;
            if (rc != 0)
                return rc;
            memcpy(erasures->chain, records[i].chain, HASH_LEN);
            erasures->end += sizeof records[0];
        }
        if (count == 0)
            return 0;
    }
    return 0;
}

static int add_pending(struct erasures *erasures, struct erasure_record *record)
{
    if (erasures->pending_count == ERASURES_PENDING)
        return EOVERFLOW;
    if (chain_next(erasures->chain, record) != 0)
        return EACCES;
    memcpy(erasures->chain, record->chain, HASH_LEN);
    erasures->pending[erasures->pending_count++] = *record;
    return 0;
}

/* Does the journal know all that the store knows? A tenant that is new, or whose journal was lost knowingly, begins. */
static int check_tenant(const struct scan *scan, const struct tenant *tenant)
{
    if (scan->based[tenant->id])
        return scan->known[tenant->id] < scan->at_open[tenant->id] ? ESTALE : 0;
    return !scan->lost && tenant->now.ledger.size > 0 ? ESTALE : 0;
}

static int scan_file(struct scan *scan, struct erasures *erasures)
{
    const struct store *store = scan->store;
    struct stat info;

    scan->new_store = is_new(store);
    for (size_t i = 0; i < store->tenant_count; i++)
        scan->at_open[store->tenant[i].id] = store->tenant[i].now.erased;
    if (fstat(erasures->fd, &info) < 0)
        return errno;
    scan->size = (uint64_t)info.st_size;
    int rc = scan_records(scan, erasures, scan->size);
    /* More than one transaction can have left behind is no torn end but damage in the middle. */
    if (rc == 0 &&
        (erasures->end == 0 || scan->size - erasures->end > ERASURES_PENDING * sizeof(struct erasure_record)))
        rc = EBADMSG;
    for (size_t i = 0; i < store->tenant_count && rc == 0; i++)
        rc = check_tenant(scan, &store->tenant[i]);
    return rc;
}

static int begin_tenants(const struct scan *scan, struct erasures *erasures)
{
    int rc = 0;

    for (size_t i = 0; i < scan->store->tenant_count && rc == 0; i++) {
        const struct tenant *tenant = &scan->store->tenant[i];
        struct erasure_record base = {
            .kind = ERASURE_BASE, .tenant = tenant->id, .version = ERASURES_VERSION, .count = tenant->now.erased};
        if (!scan->based[tenant->id])
            rc = add_pending(erasures, &base);
    }
    return rc;
}

int erasures_open(struct store *store, const char *folder)
{
    struct erasures *erasures = &store->erasures;
    struct scan scan = {.store = store};
    int rc = open_file(store, folder, &erasures->fd);

    if (rc != 0)
        return rc;
    erasures->pending = calloc(ERASURES_PENDING, sizeof erasures->pending[0]);
    rc = erasures->pending ? scan_file(&scan, erasures) : ENOMEM;
    /* Nothing of a torn end may seem to continue what is written over its beginning. */
    if (rc == 0 && scan.size > erasures->end && ftruncate(erasures->fd, (off_t)erasures->end) < 0)
        rc = errno;
    memcpy(erasures->committed_chain, erasures->chain, HASH_LEN);
    return rc == 0 ? begin_tenants(&scan, erasures) : rc;
}

void erasures_close(struct erasures *erasures)
{
    if (erasures->fd >= 0)
        close(erasures->fd);
    free(erasures->pending);
    *erasures = (struct erasures){.fd = -1};
}

/* ---- writing ---- */

int erasures_note(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN])
{
    struct erasure_record record = {
        .kind = ERASURE_DONE, .tenant = tenant->id, .version = ERASURES_VERSION, .count = ++tenant->now.erased};

    memcpy(record.reference, reference, REFERENCE_LEN);
    return add_pending(&store->erasures, &record);
}

/* A disk that is full takes nothing or a part: what it took is to be taken back. */
static int write_at_end(struct erasures *erasures, const void *bytes, size_t length)
{
    ssize_t done = pwrite(erasures->fd, bytes, length, (off_t)erasures->end);

    erasures->written = done < 0 ? 0 : (size_t)done;
    if (done < 0)
        return errno;
    if (erasures->written != length)
        return ENOSPC;
    return fdatasync(erasures->fd) == 0 ? 0 : errno;
}

int erasures_write(struct erasures *erasures)
{
    erasures->written = 0;
    if (erasures->pending_count == 0)
        return 0;
    return write_at_end(erasures, erasures->pending, erasures->pending_count * sizeof erasures->pending[0]);
}

void erasures_keep(struct erasures *erasures)
{
    erasures->end += erasures->pending_count * sizeof erasures->pending[0];
    erasures->pending_count = 0;
    memcpy(erasures->committed_chain, erasures->chain, HASH_LEN);
}

int erasures_take_back(struct erasures *erasures)
{
    size_t length = erasures->written;

    if (length > 0)
        memset(erasures->pending, 0, length);
    int rc = length > 0 ? write_at_end(erasures, erasures->pending, length) : 0;
    erasures_forget(erasures);
    return rc;
}

void erasures_forget(struct erasures *erasures)
{
    erasures->pending_count = 0;
    memcpy(erasures->chain, erasures->committed_chain, HASH_LEN);
}

/* ---- a lost journal ---- */

/* 0: a vault would start with the journal; ESTALE, EBADMSG: it would not; else neither can be said. */
static int look_at_journal(const char *path, struct store *store)
{
    struct scan scan = {.store = store, .only_look = true};
    struct erasures erasures = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};

    if (erasures.fd < 0 && errno == ENOENT)
        return is_new(store) ? 0 : ESTALE;
    if (erasures.fd < 0)
        return errno;
    int rc = scan_file(&scan, &erasures);
    close(erasures.fd);
    return rc;
}

static int check_lost(const char *folder, const char *path)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store)
        return ENOMEM;
    int rc = store_look(folder, store);
    if (rc == 0)
        rc = look_at_journal(path, store);
    free(store);
    if (rc == 0)
        return EALREADY;
    return rc == ESTALE || rc == EBADMSG ? 0 : rc;
}

int erasures_restart(const char *folder)
{
    char path[PATH_MAX], kept[PATH_MAX], data[PATH_MAX];
    struct stat owner;

    if (snprintf(kept, sizeof kept, "%s/%s.lost", folder, ERASURES_NAME) >= (int)sizeof kept)
        return ENAMETOOLONG;
    snprintf(path, sizeof path, "%s/%s", folder, ERASURES_NAME);
    snprintf(data, sizeof data, "%s/data.mdb", folder);
    if (stat(data, &owner) < 0)
        return errno;
    int rc = check_lost(folder, path);
    if (rc != 0)
        return rc;
    /* link(2) refuses what rename(2) would overwrite. */
    if (link(path, kept) < 0 && errno != ENOENT)
        return errno;
    if (unlink(path) < 0 && errno != ENOENT)
        return errno;
    int fd = make_file(path, true);
    if (fd < 0)
        return errno ? errno : EIO;
    rc = fchown(fd, owner.st_uid, owner.st_gid) == 0 && sync_folder(folder) ? 0 : errno;
    close(fd);
    return rc;
}
