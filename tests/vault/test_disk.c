/* A disk that is full, a folder that may not be written to, a store that is damaged: refused, and nothing is lost. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture.h"
#include "vault/erase.h"
#include "vault/ledger.h"
#include "vault/rotation.h"

#define PEOPLE 40

static uint8_t references[PEOPLE][REFERENCE_LEN];

static struct tenant *tenant_a(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static void enroll_people(struct fixture *fixture)
{
    char number[NUMBER_LEN];

    for (uint8_t i = 0; i < PEOPLE; i++) {
        test_number(i, number);
        assert_int_equal(enroll(fixture, SESSION_ALL, number, (uint8_t)(i + 1), references[i]), DETAIL_DONE);
    }
}

static void expect_people(struct fixture *fixture)
{
    char number[NUMBER_LEN];

    for (unsigned i = 0; i < PEOPLE; i++) {
        test_number(i, number);
        assert_int_equal(match(fixture, SESSION_ALL, references[i], number), DETAIL_MATCHED);
    }
}

/* Bytes of the pages in use: the file itself has room ahead. */
static size_t used_bytes(const struct fixture *fixture)
{
    MDB_envinfo info;
    MDB_stat stat;

    assert_int_equal(mdb_env_info(fixture->store.env, &info), 0);
    assert_int_equal(mdb_env_stat(fixture->store.env, &stat), 0);
    return (info.me_last_pgno + 1) * stat.ms_psize;
}

/* A group's work: `change` in a transaction of its own; the code of the commit or of the first failure. */
static int try_change(struct fixture *fixture, int (*change)(struct fixture *fixture))
{
    assert_int_equal(store_begin(&fixture->store), 0);
    int rc = change(fixture);
    if (rc == 0)
        return store_commit(&fixture->store);
    store_abort(&fixture->store);
    return rc;
}

/* Enough to make the file grow. */
static int enroll_many(struct fixture *fixture)
{
    struct stored_record record = {.version = RECORD_VERSION, .state = RECORD_ACTIVE};
    struct ledger_entry entry = {.operation = OPERATION_ENROLL, .purpose = PURPOSE_REGISTER};
    struct number_tags tags;
    uint8_t reference[REFERENCE_LEN], leaf[HASH_LEN];
    char number[NUMBER_LEN];
    int rc = ledger_append(&fixture->store, tenant_a(fixture), &entry, NULL, 0, leaf);

    for (unsigned i = 0; i < 20000 && rc == 0; i++) {
        crypto_random(reference, sizeof reference);
        test_number(1000 + i, number);
        rc = record_seal(tenant_a(fixture), reference, number, &record);
        if (rc == 0)
            rc = record_put(&fixture->store, tenant_a(fixture), reference, &record);
        if (rc == 0)
            rc = number_tags(tenant_a(fixture), number, &tags);
        if (rc == 0)
            rc = index_put(&fixture->store, tenant_a(fixture), &tags, reference, INDEX_CURRENT);
    }
    return rc;
}

static int erase_first(struct fixture *fixture)
{
    struct stored_record record;
    int rc = record_get(&fixture->store, tenant_a(fixture), references[0], &record);

    return rc == 0 ? erase_subject(&fixture->store, tenant_a(fixture), references[0], &record) : rc;
}

static int begin_rotation(struct fixture *fixture)
{
    int rc = rotation_begin(&fixture->store, tenant_a(fixture), ROTATE_ALL);

    return rc == 0 ? enroll_many(fixture) : rc;
}

static void a_full_disk_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    int (*const changes[])(struct fixture *) = {enroll_many, begin_rotation};
    struct rlimit before, full;

    enroll_people(fixture);
    uint64_t subjects = tenant_a(fixture)->committed.subjects, leaves = tenant_a(fixture)->committed.ledger.size;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        full = (struct rlimit){.rlim_cur = used_bytes(fixture), .rlim_max = before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
        int rc = try_change(fixture, changes[i]);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_not_equal(rc, 0);
        assert_int_equal(tenant_a(fixture)->keys->data.record_id, 1);
        assert_int_equal(tenant_a(fixture)->now.rotation.phase, ROTATION_NONE);
        /* Nor does the redo log have anything of it, before and after the first record. */
        expect_people(fixture);
        leaves += PEOPLE;
    }
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.subjects, subjects);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, leaves);
    expect_people(fixture);
}

#define META_PAGES (2 * 4096)

static bool head_fails;
static int journal = -1;

/* In libc's place, for liblmdb too: a disk that has taken LMDB's head page, and says that it has not. */
__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    static bool taken;

    if (!head_fails || fd == journal || offset >= META_PAGES)
        return syscall(SYS_pwrite64, fd, bytes, length, offset);
    /* The first is the new head; the next, the old one put back, does not reach the disk. */
    if (!taken)
        taken = syscall(SYS_pwrite64, fd, bytes, length, offset) == (ssize_t)length;
    errno = EIO;
    return -1;
}

/* Whether the transaction is in the store nobody can say then: the journal must not be behind it. */
static void a_head_in_doubt_ends_the_vault_and_keeps_the_journal(void **state)
{
    struct fixture *fixture = *state;
    char number[NUMBER_LEN];

    enroll_people(fixture);
    journal = fixture->store.erasures.fd;
    head_fails = true;
    int rc = try_change(fixture, erase_first);
    head_fails = false;
    assert_true(store_damaged(rc));
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.erased, 1);
    test_number(0, number);
    assert_int_equal(match(fixture, SESSION_ALL, references[0], number), DETAIL_ERASED);
}

static void a_full_map_changes_nothing(void **state)
{
    struct fixture *fixture = *state;

    enroll_people(fixture);
    uint64_t subjects = tenant_a(fixture)->committed.subjects;
    assert_int_equal(mdb_env_set_mapsize(fixture->store.env, used_bytes(fixture)), 0);
    assert_int_equal(try_change(fixture, enroll_many), MDB_MAP_FULL);
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.subjects, subjects);
    expect_people(fixture);
    assert_int_equal(try_change(fixture, erase_first), 0);
}

static void a_folder_that_may_not_be_written_to_is_refused(void **state)
{
    static struct store store;
    struct fixture *fixture = *state;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    char path[128];

    if (geteuid() == 0)
        skip(); /* root may write everywhere */
    enroll_people(fixture);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(store_open(&store, fixture->folder, 256u << 20, tenants, 2, fixture->root_key), EACCES);
    assert_int_equal(chmod(path, 0600), 0);
    fixture_reopen(fixture);
    expect_people(fixture);
}

/* Both meta pages of LMDB gone: no store, and not one that is taken for new. */
static void a_store_without_its_meta_pages_is_refused(void **state)
{
    static struct store store;
    static const uint8_t rubbish[2 * 4096] = {0xa5, 0x5a, 1};
    struct fixture *fixture = *state;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    uint8_t kept[sizeof rubbish];
    char path[128];

    enroll_people(fixture);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fread(kept, 1, sizeof kept, file), sizeof kept);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    assert_int_equal(fwrite(rubbish, 1, sizeof rubbish, file), sizeof rubbish);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(store_open(&store, fixture->folder, 256u << 20, tenants, 2, fixture->root_key), MDB_INVALID);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    assert_int_equal(fwrite(kept, 1, sizeof kept, file), sizeof kept);
    fclose(file);
    fixture_reopen(fixture);
    expect_people(fixture);
}

/* An empty data.mdb where the journal remembers erasures: a store that was lost is not quietly begun anew. */
static void an_empty_store_is_not_begun_beside_a_journal(void **state)
{
    static struct store store;
    struct fixture *fixture = *state;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    char path[128], aside[140];

    enroll_people(fixture);
    assert_int_equal(try_change(fixture, erase_first), 0);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    snprintf(aside, sizeof aside, "%s.aside", path);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(store_open(&store, fixture->folder, 256u << 20, tenants, 2, fixture->root_key), ESTALE);
    assert_int_equal(rename(aside, path), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_changes_nothing),
        TEST(a_full_map_changes_nothing),
        TEST(a_head_in_doubt_ends_the_vault_and_keeps_the_journal),
        TEST(a_folder_that_may_not_be_written_to_is_refused),
        TEST(a_store_without_its_meta_pages_is_refused),
        TEST(an_empty_store_is_not_begun_beside_a_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
