/* The redo log: groups that leave nothing but leaves are durable without LMDB's commit, and nothing of them is lost. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "fixture.h"
#include "vault/compact.h"
#include "vault/retention.h"
#include "vault/rewrap.h"

static uint8_t reference[REFERENCE_LEN];
static char number[NUMBER_LEN];

static struct tenant *tenant(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static void someone(struct fixture *fixture)
{
    test_number(1, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, reference), DETAIL_DONE);
}

static void matches(struct fixture *fixture, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED);
}

static uint64_t last_txn(struct fixture *fixture)
{
    MDB_envinfo info;

    assert_int_equal(mdb_env_info(fixture->store.env, &info), 0);
    return info.me_last_txnid;
}

static void root_of(struct fixture *fixture, uint8_t root[HASH_LEN])
{
    assert_int_equal(merkle_root(&tenant(fixture)->now.ledger, root), 0);
}

/* Runs `change` and expects the ledger to be the same after it. */
static void expect_same_ledger(struct fixture *fixture, void (*change)(struct fixture *fixture))
{
    uint64_t size = tenant(fixture)->committed.ledger.size;
    uint8_t before[HASH_LEN], after[HASH_LEN];

    root_of(fixture, before);
    change(fixture);
    assert_int_equal(tenant(fixture)->now.ledger.size, size);
    root_of(fixture, after);
    assert_memory_equal(after, before, HASH_LEN);
    assert_int_equal(tenant(fixture)->committed.checkpoint.size, size);
    assert_memory_equal(tenant(fixture)->committed.checkpoint.root, before, HASH_LEN);
}

static int open_log(struct fixture *fixture, int flags)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", fixture->folder, REDO_NAME);
    int fd = open(path, flags | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void flip_byte(struct fixture *fixture, uint64_t offset)
{
    uint8_t byte;
    int fd = open_log(fixture, O_RDWR);

    assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
    close(fd);
}

static void leaves_alone_do_not_make_lmdb_commit(void **state)
{
    struct fixture *fixture = *state;
    char other[NUMBER_LEN];

    someone(fixture);
    uint64_t txn = last_txn(fixture);
    for (unsigned i = 0; i < 5; i++) {
        fixture->store.redo.first_ms = INT64_MAX / 2;
        matches(fixture, 1);
    }
    assert_int_equal(last_txn(fixture), txn);
    assert_int_equal(fixture->store.redo.number, 5);
    /* A wrong guess is charged, and everything is committed with it. */
    test_number(2, other);
    assert_int_equal(match(fixture, SESSION_ALL, reference, other), DETAIL_NOT_MATCHED);
    assert_int_equal(last_txn(fixture), txn + 1);
    assert_int_equal(fixture->store.redo.number, 0);
    expect_same_ledger(fixture, fixture_reopen);
}

/* store_close commits nothing: a start after it is one after kill -9. */
static void acknowledged_leaves_survive_a_crash(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    matches(fixture, 7);
    expect_same_ledger(fixture, fixture_reopen);
    matches(fixture, 3);
    expect_same_ledger(fixture, fixture_reopen);
    expect_same_ledger(fixture, fixture_reopen);
}

static void other_prefectures_leaves_come_back_too(void **state)
{
    struct fixture *fixture = *state;
    struct tenant *other = store_tenant(&fixture->store, TENANT_B);
    struct call_item item = {.reference = {1}};
    static struct answer answer;

    someone(fixture);
    for (unsigned i = 0; i < 3; i++) {
        matches(fixture, 2);
        /* Refused: a leaf that has no items. */
        call(fixture, SESSION_ENROLL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
        assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    }
    assert_int_equal(enroll(fixture, SESSION_OTHER, number, 9, NULL), DETAIL_DONE);
    matches(fixture, 2);
    uint64_t leaves = other->now.ledger.size;
    expect_same_ledger(fixture, fixture_reopen);
    assert_int_equal(store_tenant(&fixture->store, TENANT_B)->now.ledger.size, leaves);
}

/* What is torn was not acknowledged; what was before it is there, what may seem to come after it is not. */
static void a_torn_record_ends_the_log(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    for (unsigned torn = 0; torn < 4; torn++) {
        assert_int_equal(store_flush(&fixture->store, 0), 0);
        matches(fixture, 4);
        uint64_t size = tenant(fixture)->now.ledger.size;
        flip_byte(fixture, 4096 * torn + 100);
        fixture_reopen(fixture);
        assert_int_equal(tenant(fixture)->now.ledger.size, size - 4 + torn);
        matches(fixture, 2);
        expect_same_ledger(fixture, fixture_reopen);
    }
}

static void records_of_committed_transactions_mean_nothing(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    matches(fixture, 4);
    assert_int_equal(store_flush(&fixture->store, 0), 0);
    assert_int_equal(fixture->store.redo.number, 0);
    expect_same_ledger(fixture, fixture_reopen);
    matches(fixture, 4);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, reference), DETAIL_REPEATED);
    assert_int_equal(store_flush(&fixture->store, 0), 0);
    expect_same_ledger(fixture, fixture_reopen);
}

static void leaves_that_do_not_continue_the_ledger_are_damage(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_entry entry = {.version = LEDGER_ENTRY_VERSION, .tenant = TENANT_A};
    const uint16_t tenants[] = {TENANT_A, TENANT_B};

    someone(fixture);
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        assert_int_equal(store_begin(&fixture->store), 0);
        entry.index = tenant(fixture)->now.ledger.size + (wrong == 0);
        entry.tenant = wrong == 0 ? TENANT_A : 20; /* which is not served */
        redo_note(&fixture->store.redo, &entry, NULL, 0);
        assert_int_equal(redo_write(&fixture->store.redo, mdb_txn_id(fixture->store.txn), 0), 0);
        struct store other;
        assert_int_equal(
            store_open(&other, fixture->folder, fixture->store.env ? 64u << 20 : 0, tenants, 2, fixture->root_key),
            MDB_CORRUPTED);
        redo_committed(&fixture->store.redo);
        store_abort(&fixture->store);
    }
}

static void abort_an_enrolment(struct fixture *fixture)
{
    static uint8_t body[FRAME_MAX], reply[CALL_REPLY_MAX];
    const struct call_head head = {
        .version = 1, .operation = OPERATION_ENROLL, .purpose = PURPOSE_REGISTER, .count = 1};
    struct call_item item = {.request_id = {7}};
    struct call_answer handled;
    int rc;

    test_number(77, item.number);
    size_t length = seal_call(SESSION_ALL, ++fixture->seq, OPERATION_ENROLL, &head, &item, sizeof item, body);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_true(call_handle(&fixture->engine, &fixture->clock, body, length, reply, &handled, &rc));
    assert_int_equal(rc, 0);
    store_abort(&fixture->store);
}

static void a_group_that_fails_takes_nothing_along(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    matches(fixture, 6);
    expect_same_ledger(fixture, abort_an_enrolment);
    assert_int_equal(fixture->store.redo.number, 6);
    assert_int_equal(tenant(fixture)->now.subjects, 1);
    matches(fixture, 2);
    expect_same_ledger(fixture, abort_an_enrolment);
    expect_same_ledger(fixture, fixture_reopen);
    test_number(77, number);
    assert_int_equal(lookup(fixture, SESSION_ALL, number, NULL), DETAIL_NOT_FOUND);
}

static void a_full_log_is_committed(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    uint64_t txn = last_txn(fixture);
    for (unsigned i = 0; i < REDO_BYTES / 4096; i++) {
        fixture->store.redo.first_ms = INT64_MAX / 2; /* never due: the machine may be slow */
        matches(fixture, 1);
    }
    assert_int_equal(fixture->store.redo.number, REDO_BYTES / 4096);
    assert_int_equal(last_txn(fixture), txn);
    fixture->store.redo.first_ms = INT64_MAX / 2;
    matches(fixture, 1);
    assert_int_equal(last_txn(fixture), txn + 1);
    assert_int_equal(fixture->store.redo.number, 0);
    matches(fixture, 1);
    expect_same_ledger(fixture, fixture_reopen);
}

static void old_leaves_are_committed_in_time(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    assert_int_equal(redo_wait_ms(&fixture->store.redo, 0), -1);
    matches(fixture, 1);
    int64_t first_ms = fixture->store.redo.first_ms;
    assert_int_equal(redo_wait_ms(&fixture->store.redo, first_ms + 400), REDO_KEEP_MS - 400);
    assert_int_equal(redo_wait_ms(&fixture->store.redo, first_ms + 5000), 0);
    fixture->store.redo.first_ms -= REDO_KEEP_MS;
    uint64_t txn = last_txn(fixture);
    matches(fixture, 1);
    assert_int_equal(last_txn(fixture), txn + 1);
}

/* Without the log everything is as durable, only slower. */
static void a_store_does_without_the_log(void **state)
{
    struct fixture *fixture = *state;

    someone(fixture);
    matches(fixture, 2);
    fixture->store.redo.usable = false;
    uint64_t txn = last_txn(fixture);
    matches(fixture, 2);
    assert_int_equal(last_txn(fixture), txn + 2);
    expect_same_ledger(fixture, fixture_reopen);
}

static void nothing_offline_passes_over_leaves_that_wait(void **state)
{
    struct fixture *fixture = *state;
    uint8_t new_root[32] = {9};
    unsigned tenants;

    someone(fixture);
    matches(fixture, 2);
    assert_int_equal(store_compact(fixture->folder), EBUSY);
    assert_int_equal(store_rewrap(fixture->folder, fixture->root_key, new_root, &tenants), EBUSY);
    assert_int_equal(store_flush(&fixture->store, 0), 0);
    assert_int_equal(store_compact(fixture->folder), 0);
    expect_same_ledger(fixture, fixture_reopen);
    matches(fixture, 2);
    expect_same_ledger(fixture, fixture_reopen);
    assert_int_equal(store_rewrap(fixture->folder, fixture->root_key, new_root, &tenants), 0);
    assert_int_equal(tenants, 2);
    memcpy(fixture->root_key, new_root, sizeof new_root);
    expect_same_ledger(fixture, fixture_reopen);
}

static void what_has_expired_is_not_in_the_log(void **state)
{
    struct fixture *fixture = *state;
    uint8_t byte[4096];
    uint32_t erased;

    someone(fixture);
    matches(fixture, 20);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(retention_slice(&fixture->store, tenant(fixture), INT64_MAX, &erased), 0);
    assert_int_equal(erased, 21);
    assert_int_equal(store_commit(&fixture->store), 0);
    assert_int_equal(redo_wipe(&fixture->store.redo), 0);
    int fd = open_log(fixture, O_RDONLY);
    for (off_t at = 0; pread(fd, byte, sizeof byte, at) == (ssize_t)sizeof byte; at += (off_t)sizeof byte)
        assert_true(crypto_all_zero(byte, sizeof byte));
    close(fd);
    matches(fixture, 1);
    expect_same_ledger(fixture, fixture_reopen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(leaves_alone_do_not_make_lmdb_commit),
        TEST(acknowledged_leaves_survive_a_crash),
        TEST(other_prefectures_leaves_come_back_too),
        TEST(a_torn_record_ends_the_log),
        TEST(records_of_committed_transactions_mean_nothing),
        TEST(leaves_that_do_not_continue_the_ledger_are_damage),
        TEST(a_group_that_fails_takes_nothing_along),
        TEST(a_full_log_is_committed),
        TEST(old_leaves_are_committed_in_time),
        TEST(a_store_does_without_the_log),
        TEST(nothing_offline_passes_over_leaves_that_wait),
        TEST(what_has_expired_is_not_in_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
