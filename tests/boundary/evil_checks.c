/* What must hold after every attack. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "evil.h"
#include "number/individual_number.h"
#include "sandbox/sandbox.h"

bool evil_has_number(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at + NUMBER_LEN <= length; at++)
        if (individual_number_valid((const char *)bytes + at))
            return true;
    return false;
}

static unsigned count_descriptors(pid_t pid)
{
    char path[64];
    unsigned count = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Ids are left out: the process in its user namespace sees others than its parent does. */
static void expect_attested(const struct evil *evil)
{
    const struct process_view *attested = &evil->report.view;
    struct process_view now;
    int status = process_view_open(evil->pid);

    assert_true(status >= 0);
    assert_true(process_view_read(status, &now));
    close(status);
    assert_int_equal(now.threads, attested->threads);
    assert_int_equal(now.no_new_privs, attested->no_new_privs);
    assert_int_equal(now.seccomp, attested->seccomp);
    assert_int_equal(now.seccomp_filters, attested->seccomp_filters);
    assert_int_equal(now.cap_effective | now.cap_permitted | now.cap_ambient | now.cap_inheritable, 0);
    assert_int_equal(now.cap_bounding, attested->cap_bounding);
    if (geteuid() == 0)
        assert_int_equal(count_descriptors(evil->pid), evil->report.open_fds);
}

void evil_expect_unchanged(struct evil *evil, const uint8_t before[32])
{
    uint8_t after[32];

    if (before) {
        evil_store_digest(evil, after);
        assert_memory_equal(before, after, sizeof after);
    }
    expect_attested(evil);
}

/* ---- the store's digest ---- */

struct digest {
    uint8_t hash[HASH_LEN];
};

static void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    const struct iovec parts[] = {
        {.iov_base = digest->hash, .iov_len = HASH_LEN},
        {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length},
    };

    assert_int_equal(sha256_parts(parts, 2, digest->hash), 0);
}

static void digest_rows(struct digest *digest, MDB_txn *txn, MDB_dbi dbi)
{
    MDB_cursor *cursor;
    MDB_val key, value;

    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        digest_add(digest, key.mv_data, key.mv_size);
        digest_add(digest, value.mv_data, value.mv_size);
    }
    mdb_cursor_close(cursor);
}

static void digest_databases(struct digest *digest, MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    MDB_dbi names, dbi;
    char name[64];

    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &names), 0);
    assert_int_equal(mdb_cursor_open(txn, names, &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        assert_true(key.mv_size < sizeof name);
        snprintf(name, sizeof name, "%.*s", (int)key.mv_size, (const char *)key.mv_data);
        /* The vault's own clock goes on, whoever asks for what. */
        if (strcmp(name, "clock") == 0)
            continue;
        digest_add(digest, name, key.mv_size);
        assert_int_equal(mdb_dbi_open(txn, name, 0, &dbi), 0);
        digest_rows(digest, txn, dbi);
    }
    mdb_cursor_close(cursor);
}

static void digest_journal(const struct evil *evil, struct digest *digest)
{
    char path[128];
    uint8_t bytes[4096];
    ssize_t got;

    snprintf(path, sizeof path, "%s/%s", evil->folder, ERASURES_NAME);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        digest_add(digest, bytes, (size_t)got);
    close(fd);
}

void evil_store_digest(struct evil *evil, uint8_t digest[32])
{
    struct digest all = {0};
    MDB_env *env;
    MDB_txn *txn;

    /* Without a lock: nobody commits while the vault has nothing to do. */
    assert_int_equal(mdb_env_create(&env), 0);
    mdb_env_set_maxdbs(env, 64);
    assert_int_equal(mdb_env_open(env, evil->folder, MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    digest_databases(&all, txn);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    digest_journal(evil, &all);
    memcpy(digest, all.hash, sizeof all.hash);
}
