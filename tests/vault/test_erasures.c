/* An erased number does not come back with a backup; the journal that sees to it is checked against the store. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "vault/compact.h"
#include "vault/erase.h"

#define PEOPLE 4

static uint8_t references[PEOPLE][REFERENCE_LEN];
static char numbers[PEOPLE + 1][NUMBER_LEN];

static struct tenant *tenant_a(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static void enroll_people(struct fixture *fixture)
{
    for (unsigned i = 0; i <= PEOPLE; i++)
        test_number(i, numbers[i]);
    for (uint8_t i = 0; i < PEOPLE; i++)
        assert_int_equal(enroll(fixture, SESSION_ALL, numbers[i], (uint8_t)(i + 1), references[i]), DETAIL_DONE);
    assert_int_equal(replace(fixture, SESSION_ALL, references[1], numbers[PEOPLE], 9), DETAIL_DONE);
}

static void file_path(const struct fixture *fixture, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", fixture->folder, name);
}

/* What is in the file, to be put back later. */
struct copy {
    char path[128];
    uint8_t *bytes;
    size_t length;
};

static struct copy copy_file(const struct fixture *fixture, const char *name)
{
    struct copy copy;
    struct stat info;

    file_path(fixture, name, copy.path);
    FILE *file = fopen(copy.path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &info), 0);
    copy.length = (size_t)info.st_size;
    copy.bytes = malloc(copy.length);
    assert_int_equal(fread(copy.bytes, 1, copy.length, file), copy.length);
    fclose(file);
    return copy;
}

static void put_back(const struct copy *copy)
{
    FILE *file = fopen(copy->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(copy->bytes, 1, copy->length, file), copy->length);
    fclose(file);
    free(copy->bytes);
}

/* The store's code when it is opened as it lies there; it is opened again in any case where it can be. */
static int try_open(struct fixture *fixture)
{
    static struct store store;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    int rc = store_open(&store, fixture->folder, 256u << 20, tenants, 2, fixture->root_key);

    if (rc == 0)
        store_close(&store);
    return rc;
}

/* Sessions point into the store: a store that is to be opened otherwise is closed by this and opened by reopen. */
static void expect_erased(struct fixture *fixture, unsigned i)
{
    uint8_t found[REFERENCE_LEN];

    assert_int_equal(lookup(fixture, SESSION_ALL, numbers[i], found), DETAIL_NOT_FOUND);
    assert_int_equal(match(fixture, SESSION_ALL, references[i], numbers[i]), DETAIL_ERASED);
}

static void a_backup_does_not_bring_an_erased_number_back(void **state)
{
    struct fixture *fixture = *state;
    uint8_t found[REFERENCE_LEN];

    enroll_people(fixture);
    struct copy backup = copy_file(fixture, "data.mdb");
    uint64_t leaves = tenant_a(fixture)->committed.ledger.size;
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    assert_int_equal(erase(fixture, SESSION_ALL, references[1], 21), DETAIL_DONE);
    put_back(&backup);
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.subjects, PEOPLE - 2);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, leaves + 2);
    expect_erased(fixture, 0);
    expect_erased(fixture, 1);
    assert_int_equal(lookup(fixture, SESSION_ALL, numbers[PEOPLE], found), DETAIL_NOT_FOUND);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], numbers[2]), DETAIL_MATCHED);

    leaves = tenant_a(fixture)->committed.ledger.size;
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, leaves);
    assert_int_equal(erase(fixture, SESSION_ALL, references[2], 22), DETAIL_DONE);
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.erased, 3);
    expect_erased(fixture, 2);
}

static void what_is_erased_again_is_in_the_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_entry entry;
    struct ledger_item item;
    uint64_t index;

    enroll_people(fixture);
    struct copy backup = copy_file(fixture, "data.mdb");
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    put_back(&backup);
    fixture_reopen(fixture);
    index = tenant_a(fixture)->committed.ledger.size - 1;
    assert_int_equal(tenant_a(fixture)->committed.checkpoint.size, index + 1);
    assert_int_equal(store_begin(&fixture->store), 0);
    MDB_val key = {sizeof index, &index}, value;
    assert_int_equal(mdb_get(fixture->store.txn, tenant_a(fixture)->entry, &key, &value), 0);
    assert_int_equal(value.mv_size, sizeof entry + sizeof item);
    memcpy(&entry, value.mv_data, sizeof entry);
    memcpy(&item, (const uint8_t *)value.mv_data + sizeof entry, sizeof item);
    store_abort(&fixture->store);
    assert_int_equal(entry.operation, OPERATION_ERASE);
    assert_string_equal(entry.account, "erasure-journal");
    assert_memory_equal(item.reference, references[0], REFERENCE_LEN);
}

/* The vault is killed when the journal has the erasure and the store has not. */
static void an_erasure_that_only_the_journal_has_is_completed(void **state)
{
    struct fixture *fixture = *state;
    struct stored_record record;

    enroll_people(fixture);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(erasures_note(&fixture->store, tenant_a(fixture), references[3]), 0);
    assert_int_equal(erasures_write(&fixture->store.erasures), 0);
    store_abort(&fixture->store);
    fixture_reopen(fixture);
    expect_erased(fixture, 3);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(record_get(&fixture->store, tenant_a(fixture), references[3], &record), 0);
    store_abort(&fixture->store);
    assert_int_equal(record.state, RECORD_ERASED);
}

/* The store cannot commit: the caller is told that nothing was changed, and so it stays. */
static void an_erasure_that_is_taken_back_is_none(void **state)
{
    struct fixture *fixture = *state;

    enroll_people(fixture);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(erasures_note(&fixture->store, tenant_a(fixture), references[3]), 0);
    assert_int_equal(erasures_write(&fixture->store.erasures), 0);
    assert_int_equal(erasures_take_back(&fixture->store.erasures), 0);
    store_abort(&fixture->store);
    fixture_reopen(fixture);
    assert_int_equal(match(fixture, SESSION_ALL, references[3], numbers[3]), DETAIL_MATCHED);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
    assert_int_equal(tenant_a(fixture)->committed.erased, 1);
}

static void read_record(struct fixture *fixture, MDB_dbi dbi, const void *name, size_t length,
                        struct stored_record *record)
{
    MDB_val key = {length, (void *)name}, value;

    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_get(fixture->store.txn, dbi, &key, &value), 0);
    memcpy(record, value.mv_data, sizeof *record);
    store_abort(&fixture->store);
}

/* LMDB leaves erased rows in pages that it does not use any more; compacting does not. */
static void a_compacted_store_has_no_remnants(void **state)
{
    struct fixture *fixture = *state;
    struct stored_record record, former, other;
    uint8_t former_key[REFERENCE_LEN + 4] = {0};

    enroll_people(fixture);
    read_record(fixture, tenant_a(fixture)->record, references[1], REFERENCE_LEN, &record);
    read_record(fixture, tenant_a(fixture)->record, references[2], REFERENCE_LEN, &other);
    memcpy(former_key, references[1], REFERENCE_LEN);
    read_record(fixture, tenant_a(fixture)->former, former_key, sizeof former_key, &former);
    assert_int_equal(erase(fixture, SESSION_ALL, references[1], 20), DETAIL_DONE);
    /* Before, they are there: the search finds what is to be gone. */
    assert_true(store_contains(fixture, record.key_salt, sizeof record.key_salt));
    assert_true(store_contains(fixture, former.key_salt, sizeof former.key_salt));

    assert_int_equal(store_compact(fixture->folder), 0);
    assert_false(store_contains(fixture, record.key_salt, sizeof record.key_salt));
    assert_false(store_contains(fixture, record.sealed, sizeof record.sealed));
    assert_false(store_contains(fixture, former.key_salt, sizeof former.key_salt));
    assert_false(store_contains(fixture, former.sealed, sizeof former.sealed));
    assert_true(store_contains(fixture, other.key_salt, sizeof other.key_salt));

    uint64_t leaves = tenant_a(fixture)->committed.ledger.size;
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, leaves);
    expect_erased(fixture, 1);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], numbers[2]), DETAIL_MATCHED);
    assert_int_equal(replace(fixture, SESSION_ALL, references[2], numbers[1], 30), DETAIL_DONE);
    assert_int_equal(store_compact("/nonexistent"), ENOENT);
}

/* RLIMIT_FSIZE stands for the full disk: the journal may not grow. */
static void a_full_disk_refuses_and_loses_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit before, full;
    struct stored_record record;

    enroll_people(fixture);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    full = (struct rlimit){.rlim_cur = fixture->store.erasures.end, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(record_get(&fixture->store, tenant_a(fixture), references[0], &record), 0);
    assert_int_equal(erase_subject(&fixture->store, tenant_a(fixture), references[0], &record), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    int rc = store_commit(&fixture->store);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, EFBIG);
    assert_int_equal(match(fixture, SESSION_ALL, references[0], numbers[0]), DETAIL_MATCHED);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
}

/* Whatever is left of a journal after this must be refused, and taken only when it is given up knowingly. */
static void expect_refused(struct fixture *fixture, int rc)
{
    assert_int_equal(try_open(fixture), rc);
    assert_int_equal(erasures_restart(fixture->folder), 0);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
    assert_int_equal(erase(fixture, SESSION_ALL, references[2], 22), DETAIL_DONE);
    fixture_reopen(fixture);
    expect_erased(fixture, 2);
}

static void a_lost_journal_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char path[128];

    enroll_people(fixture);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    file_path(fixture, ERASURES_NAME, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_open(fixture), ESTALE);
    /* There is nothing to keep of it. */
    assert_int_equal(erasures_restart(fixture->folder), 0);
    assert_int_equal(try_open(fixture), 0);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
}

/* A store that has no leaves but those of its redo log is no new one either. */
static void a_journal_lost_before_the_first_commit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = {.reference = {1}};
    static struct answer answer;
    char path[128];

    call(fixture, SESSION_ENROLL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    assert_int_equal(fixture->store.redo.number, 1);
    file_path(fixture, ERASURES_NAME, path);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_open(fixture), ESTALE);
    assert_int_equal(erasures_restart(fixture->folder), 0);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    fixture_reopen(fixture);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, 1);
}

static void a_journal_older_than_the_store_is_refused(void **state)
{
    struct fixture *fixture = *state;

    enroll_people(fixture);
    struct copy old = copy_file(fixture, ERASURES_NAME);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    put_back(&old);
    expect_refused(fixture, ESTALE);
}

/* Giving up a journal that is whole would bring back what a store from a backup has again. */
static void a_whole_journal_is_not_given_up(void **state)
{
    struct fixture *fixture = *state;
    char path[128];

    file_path(fixture, ERASURES_NAME, path);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    enroll_people(fixture);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    struct copy older = copy_file(fixture, "data.mdb");
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);

    /* What a crash leaves behind its end is no damage, and stays for the vault to look at. */
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fwrite(references, 1, 40, file), 40);
    fclose(file);
    put_back(&older);
    struct copy before = copy_file(fixture, ERASURES_NAME);
    assert_int_equal(erasures_restart(fixture->folder), EALREADY);
    struct copy after = copy_file(fixture, ERASURES_NAME);
    assert_int_equal(after.length, before.length);
    assert_memory_equal(after.bytes, before.bytes, before.length);
    free(before.bytes);
    free(after.bytes);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
}

static void flip(const struct fixture *fixture, long offset)
{
    char path[128];

    file_path(fixture, ERASURES_NAME, path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    fclose(file);
}

static void a_damaged_journal_is_refused(void **state)
{
    struct fixture *fixture = *state;

    enroll_people(fixture);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    flip(fixture, 8);
    assert_int_equal(try_open(fixture), EBADMSG);
    flip(fixture, 8);
    flip(fixture, (long)fixture->store.erasures.end - (long)sizeof(struct erasure_record) + 20);
    expect_refused(fixture, ESTALE);
    /* The one that was kept is not written over. */
    flip(fixture, 8);
    assert_int_equal(erasures_restart(fixture->folder), EEXIST);
}

static void a_torn_end_is_no_damage(void **state)
{
    struct fixture *fixture = *state;
    char path[128];

    enroll_people(fixture);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    file_path(fixture, ERASURES_NAME, path);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fwrite(references, 1, 40, file), 40);
    fclose(file);
    fixture_reopen(fixture);
    assert_int_equal(erase(fixture, SESSION_ALL, references[2], 22), DETAIL_DONE);
    fixture_reopen(fixture);
    expect_erased(fixture, 0);
    expect_erased(fixture, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_does_not_bring_an_erased_number_back),
        TEST(what_is_erased_again_is_in_the_ledger),
        TEST(an_erasure_that_only_the_journal_has_is_completed),
        TEST(an_erasure_that_is_taken_back_is_none),
        TEST(a_compacted_store_has_no_remnants),
        TEST(a_full_disk_refuses_and_loses_nothing),
        TEST(a_lost_journal_is_refused),
        TEST(a_journal_lost_before_the_first_commit_is_refused),
        TEST(a_journal_older_than_the_store_is_refused),
        TEST(a_damaged_journal_is_refused),
        TEST(a_whole_journal_is_not_given_up),
        TEST(a_torn_end_is_no_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
