/* A backup is what the store was, whatever happens meanwhile; and every kind of damage to one is named. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_check.h"
#include "fixture.h"
#include "restore/restore.h"
#include "vault/retention.h"

#define PEOPLE   1500 /* more than one chunk of records */
#define FILE_MAX (8u << 20)

static uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];
static uint8_t references[PEOPLE][REFERENCE_LEN];
static uint8_t file[FILE_MAX], changed[FILE_MAX];
static size_t file_length;
static struct restore_report report;

static int setup(void **state)
{
    fixture_setup(state);
    assert_int_equal(x25519_key_pair(private_key, public_key), 0);
    return 0;
}

static struct tenant *tenant_a(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static void enrol(struct fixture *fixture)
{
    static struct call_item items[PEOPLE];
    static struct answer answer;

    for (unsigned i = 0; i < PEOPLE; i++) {
        test_number(i, items[i].number);
        memcpy(items[i].request_id, &i, sizeof i);
        items[i].request_id[15] = 1;
    }
    call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, items, PEOPLE, &answer);
    for (unsigned i = 0; i < PEOPLE; i++) {
        assert_int_equal(answer.details[i].detail, DETAIL_DONE);
        memcpy(references[i], answer.results[i].reference, REFERENCE_LEN);
    }
}

/* Both kinds of numbers, an erasure and a budget. */
static void fill(struct fixture *fixture)
{
    char number[NUMBER_LEN];

    enrol(fixture);
    test_number(PEOPLE, number);
    assert_int_equal(replace(fixture, SESSION_ALL, references[1], number, 9), DETAIL_DONE);
    assert_int_equal(erase(fixture, SESSION_ALL, references[0], 20), DETAIL_DONE);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], number), DETAIL_NOT_MATCHED);
}

static enum detail ask(struct fixture *fixture, uint8_t session, uint8_t id[REFERENCE_LEN])
{
    static const struct call_item none;
    static struct answer answer;

    call(fixture, session, OPERATION_BACKUP, PURPOSE_CHANGE, &none, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    memcpy(id, answer.results[0].reference, REFERENCE_LEN);
    return answer.details[0].detail;
}

static enum backup_status read_piece(struct fixture *fixture, const uint8_t id[REFERENCE_LEN], uint64_t piece,
                                     bool *last)
{
    static uint8_t out[BACKUP_REPLY_MAX];
    struct backup_read_request request = {.piece = piece};
    struct backup_read_reply reply;
    size_t length;

    memcpy(request.id, id, sizeof request.id);
    assert_int_equal(backup_read(&fixture->store, (const uint8_t *)&request, out, &length), 0);
    memcpy(&reply, out, sizeof reply);
    assert_int_equal(length, sizeof reply + reply.length);
    assert_true(file_length + reply.length <= FILE_MAX);
    memcpy(file + file_length, out + sizeof reply, reply.length);
    file_length += reply.length;
    *last = reply.last;
    return (enum backup_status)reply.status;
}

static uint64_t read_from(struct fixture *fixture, const uint8_t id[REFERENCE_LEN], uint64_t piece)
{
    bool last = false;

    while (!last)
        assert_int_equal(read_piece(fixture, id, piece++, &last), BACKUP_OK);
    return piece;
}

static void take_backup(struct fixture *fixture)
{
    uint8_t id[REFERENCE_LEN];

    fill(fixture);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    file_length = 0;
    assert_true(read_from(fixture, id, 0) > 3); /* several chunks */
}

/* ---- restoring `length` bytes ---- */

static void path_of(const struct fixture *fixture, const char *name, char path[128])
{
    snprintf(path, 128, "%s.%s", fixture->folder, name);
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Of what was refused there is no store and no half store. */
static void expect_nothing_left(const struct fixture *fixture, bool store)
{
    char pattern[128];
    glob_t found;

    path_of(fixture, "store*", pattern);
    assert_int_equal(glob(pattern, 0, NULL, &found), store ? 0 : GLOB_NOMATCH);
    if (store) {
        assert_int_equal(found.gl_pathc, 1);
        globfree(&found);
    }
}

static rlim_t disk_bytes = RLIM_INFINITY; /* what a restore may write into one file */

static enum restore_status restore_with(const struct fixture *fixture, const uint8_t *bytes, size_t length,
                                        const uint8_t *backup_key, const uint8_t *root_key)
{
    char path[128], store[128];

    path_of(fixture, "backup", path);
    path_of(fixture, "store", store);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(write(fd, bytes, length), length);
    struct restore_request request = {
        .backup = fd, .backup_key = backup_key, .root_key = root_key, .store = store, .owner = UINT32_MAX};
    set_file_limit(disk_bytes);
    enum restore_status status = restore_store(&request, &report);
    set_file_limit(RLIM_INFINITY);
    close(fd);
    expect_nothing_left(fixture, status == RESTORE_DONE || status == RESTORE_NOT_EMPTY);
    return status;
}

static enum restore_status restore(const struct fixture *fixture, const uint8_t *bytes, size_t length)
{
    return restore_with(fixture, bytes, length, private_key, fixture->root_key);
}

static void remove_restored(const struct fixture *fixture)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", REDO_NAME, ERASURES_NAME, ERASURES_NAME ".lost"};
    char store[128], path[160];

    path_of(fixture, "store", store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", store, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(store), 0);
}

static void a_restored_store_is_what_it_was(void **state)
{
    struct fixture *fixture = *state;
    static struct store store;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    char path[128], number[NUMBER_LEN];

    take_backup(fixture);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    assert_int_equal(report.tenant_count, 2);
    assert_int_equal(report.tenants[0].subjects, PEOPLE - 1);
    assert_int_equal(report.tenants[0].erased, 1);
    assert_int_equal(report.tenants[0].checkpoint.size, tenant_a(fixture)->committed.ledger.size);
    assert_memory_equal(report.tenants[0].checkpoint.root, tenant_a(fixture)->committed.checkpoint.root, HASH_LEN);

    path_of(fixture, "store", path);
    assert_int_equal(store_open(&store, path, 256u << 20, tenants, 2, fixture->root_key), ESTALE);
    assert_int_equal(erasures_restart(path), 0);
    assert_int_equal(store_open(&store, path, 256u << 20, tenants, 2, fixture->root_key), 0);
    store_close(&store);

    /* The fixture goes on with the restored store. */
    char own[64];
    memcpy(own, fixture->folder, sizeof own);
    assert_true(strlen(path) < sizeof own);
    memcpy(fixture->folder, path, strlen(path) + 1);
    fixture_reopen(fixture);
    for (unsigned i = 2; i < PEOPLE; i += 100) {
        test_number(i, number);
        assert_int_equal(match(fixture, SESSION_ALL, references[i], number), DETAIL_MATCHED);
    }
    test_number(0, number);
    assert_int_equal(match(fixture, SESSION_ALL, references[0], number), DETAIL_ERASED);
    memcpy(fixture->folder, own, sizeof own);
    fixture_reopen(fixture);
    remove_restored(fixture);
}

/* Rows of the snapshot are erased, replaced and added while it is read. */
static void a_snapshot_stands_still(void **state)
{
    struct fixture *fixture = *state;
    uint8_t id[REFERENCE_LEN], reference[REFERENCE_LEN];
    char number[NUMBER_LEN];
    bool last;

    fill(fixture);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    uint64_t leaves = tenant_a(fixture)->committed.ledger.size;
    file_length = 0;
    assert_int_equal(read_piece(fixture, id, 0, &last), BACKUP_OK);
    assert_int_equal(read_piece(fixture, id, 1, &last), BACKUP_OK);
    for (unsigned i = 10; i < 40; i++)
        assert_int_equal(erase(fixture, SESSION_ALL, references[i], (uint8_t)(100 + i)), DETAIL_DONE);
    test_number(5000, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 77, reference), DETAIL_DONE);
    read_from(fixture, id, 2);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    assert_int_equal(report.tenants[0].subjects, PEOPLE - 1);
    assert_int_equal(report.tenants[0].checkpoint.size, leaves);
    remove_restored(fixture);
}

/* Of the first leaves there is the hash alone; an entry missing among the others is damage. */
/* Found by fuzzing: heads of leaves that LMDB had not committed yet went into backups whose rows were without them. */
static void leaves_of_the_redo_log_are_no_half_of_a_backup(void **state)
{
    struct fixture *fixture = *state;
    uint8_t id[REFERENCE_LEN];
    char number[NUMBER_LEN];

    fill(fixture);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    test_number(2, number);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], number), DETAIL_MATCHED);
    assert_int_equal(fixture->store.redo.number, 1);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    uint64_t size = tenant_a(fixture)->committed.ledger.size;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(match(fixture, SESSION_ALL, references[2], number), DETAIL_MATCHED);
    file_length = 0;
    read_from(fixture, id, 0);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    assert_int_equal(report.tenants[0].checkpoint.size, size);
    remove_restored(fixture);
}

static void an_expired_ledger_is_restored(void **state)
{
    struct fixture *fixture = *state;
    uint8_t id[REFERENCE_LEN];
    uint32_t erased;

    fill(fixture);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(retention_slice(&fixture->store, tenant_a(fixture), INT64_MAX, &erased), 0);
    assert_int_equal(store_commit(&fixture->store), 0);
    assert_true(erased > 0);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    file_length = 0;
    read_from(fixture, id, 0);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    assert_int_equal(report.tenants[0].checkpoint.size, tenant_a(fixture)->committed.ledger.size);
    remove_restored(fixture);
}

static void one_backup_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    uint8_t id[REFERENCE_LEN], other[REFERENCE_LEN] = {9};
    bool last;

    fill(fixture);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_NO_BACKUP_KEY);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    assert_int_equal(ask(fixture, SESSION_OTHER, other), DETAIL_BACKUP_RUNNING);
    assert_true(crypto_all_zero(other, sizeof other));
    file_length = 0;
    assert_int_equal(read_piece(fixture, other, 0, &last), BACKUP_GONE);
    assert_int_equal(read_piece(fixture, id, 0, &last), BACKUP_OK);
    /* A piece out of turn ends it; so does the reader who stops. */
    assert_int_equal(read_piece(fixture, id, 0, &last), BACKUP_GONE);
    assert_int_equal(read_piece(fixture, id, 1, &last), BACKUP_GONE);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    assert_int_equal(read_piece(fixture, id, BACKUP_STOP, &last), BACKUP_GONE);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    assert_int_equal(file_length, sizeof(struct backup_head));
}

static void an_unread_one_is_dropped(void **state)
{
    struct fixture *fixture = *state;
    uint8_t id[REFERENCE_LEN];
    bool last;

    fill(fixture);
    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    assert_int_equal(backup_wait_ms(&fixture->store, 0), -1);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    file_length = 0;
    assert_int_equal(read_piece(fixture, id, 0, &last), BACKUP_OK);
    assert_int_equal(read_piece(fixture, id, 1, &last), BACKUP_OK);
    int64_t now = session_clock_ms();
    assert_false(backup_expire(&fixture->store, now));
    assert_in_range(backup_wait_ms(&fixture->store, now), BACKUP_IDLE_MS - 5000, BACKUP_IDLE_MS);
    assert_true(backup_expire(&fixture->store, now + BACKUP_IDLE_MS));
    assert_int_equal(read_piece(fixture, id, 2, &last), BACKUP_GONE);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
}

static void a_session_without_the_right_takes_none(void **state)
{
    struct fixture *fixture = *state;
    static const struct call_item none, with_number = {.number = "123456789018"};
    static struct answer answer;

    assert_int_equal(backup_set_key(&fixture->store, public_key), 0);
    call(fixture, SESSION_LOOKUP, OPERATION_BACKUP, PURPOSE_CHANGE, &none, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    call(fixture, SESSION_ALL, OPERATION_BACKUP, PURPOSE_REGISTER, &none, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    call(fixture, SESSION_ALL, OPERATION_BACKUP, PURPOSE_CHANGE, &with_number, 1, &answer);
    assert_int_equal(answer.status, CALL_MALFORMED);
}

static void a_key_that_nothing_can_be_sealed_to_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t low_order[HPKE_KEY_LEN] = {1};

    assert_int_equal(backup_set_key(&fixture->store, low_order), EINVAL);
    assert_false(fixture->store.backup.configured);
}

/* ---- damage ---- */

static void a_truncated_backup_is_named(void **state)
{
    struct fixture *fixture = *state;

    take_backup(fixture);
    size_t step = file_length / 40;
    for (size_t length = 0; length < file_length; length += length < 200 ? 7 : step)
        assert_int_equal(restore(fixture, file, length), RESTORE_TRUNCATED);
    for (size_t cut = 1; cut <= sizeof(struct backup_end) + 30; cut += 13)
        assert_int_equal(restore(fixture, file, file_length - cut), RESTORE_TRUNCATED);
}

static enum restore_status flipped(const struct fixture *fixture, size_t at, uint8_t bits)
{
    memcpy(changed, file, file_length);
    changed[at] ^= bits;
    return restore(fixture, changed, file_length);
}

/* Where chunk n (1 ...) begins. */
static size_t chunk_at(unsigned n)
{
    size_t at = sizeof(struct backup_head);
    struct backup_chunk chunk;

    while (--n > 0) {
        memcpy(&chunk, file + at, sizeof chunk);
        at += sizeof chunk + chunk.length;
    }
    return at;
}

static void a_changed_byte_is_named(void **state)
{
    struct fixture *fixture = *state;
    const size_t end = (take_backup(fixture), file_length - sizeof(struct backup_end));
    const struct {
        size_t at;
        enum restore_status status;
    } cases[] = {
        {offsetof(struct backup_head, magic), RESTORE_NOT_A_BACKUP},
        {offsetof(struct backup_head, version), RESTORE_OTHER_VERSION},
        {offsetof(struct backup_head, tenant), RESTORE_DAMAGED_HEAD},
        {offsetof(struct backup_head, taken_at_us), RESTORE_DAMAGED_HEAD},
        {offsetof(struct backup_head, id), RESTORE_DAMAGED_HEAD},
        {offsetof(struct backup_head, recipient), RESTORE_OTHER_KEY},
        {offsetof(struct backup_head, encapsulated), RESTORE_DAMAGED_HEAD},
        {chunk_at(1) + sizeof(struct backup_chunk) + 5, RESTORE_DAMAGED_HEAD},
        {chunk_at(2), RESTORE_DAMAGED},     /* length, a little */
        {chunk_at(2) + 2, RESTORE_DAMAGED}, /* length, much */
        {chunk_at(2) + offsetof(struct backup_chunk, last), RESTORE_DAMAGED},
        {chunk_at(2) + sizeof(struct backup_chunk), RESTORE_DAMAGED},
        {chunk_at(3) - 1, RESTORE_DAMAGED}, /* the tag of chunk 2 */
        {end - 1, RESTORE_DAMAGED},
        {end, RESTORE_DAMAGED_END},
        {end + offsetof(struct backup_end, hash), RESTORE_DAMAGED_END},
        {end + offsetof(struct backup_end, ledger_key), RESTORE_DAMAGED_END},
        {end + offsetof(struct backup_end, signature), RESTORE_DAMAGED_END},
        {file_length - 1, RESTORE_DAMAGED_END},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(flipped(fixture, cases[i].at, 1), cases[i].status);
        if (cases[i].status == RESTORE_DAMAGED && cases[i].at < chunk_at(3))
            assert_int_equal(report.chunk, 2);
    }
    memcpy(changed, file, file_length);
    changed[file_length] = 0;
    assert_int_equal(restore(fixture, changed, file_length + 1), RESTORE_DAMAGED_END);
}

static void chunks_out_of_place_are_named(void **state)
{
    struct fixture *fixture = *state;
    static uint8_t other[FILE_MAX];
    struct backup_chunk chunk;
    uint8_t id[REFERENCE_LEN];

    take_backup(fixture);
    size_t two = chunk_at(2), three = chunk_at(3), four = chunk_at(4);
    /* one left out */
    memcpy(changed, file, two);
    memcpy(changed + two, file + three, file_length - three);
    assert_int_equal(restore(fixture, changed, file_length - (three - two)), RESTORE_DAMAGED);
    assert_int_equal(report.chunk, 2);
    /* two exchanged */
    memcpy(changed + two, file + three, four - three);
    memcpy(changed + two + four - three, file + two, three - two);
    memcpy(changed + four, file + four, file_length - four);
    assert_int_equal(restore(fixture, changed, file_length), RESTORE_DAMAGED);
    assert_int_equal(report.chunk, 2);
    /* one of another backup in its place */
    const size_t other_two = two;
    memcpy(other, file, file_length);
    memcpy(&chunk, other + two, sizeof chunk);
    assert_int_equal(ask(fixture, SESSION_ALL, id), DETAIL_DONE);
    file_length = 0;
    read_from(fixture, id, 0);
    two = chunk_at(2), three = chunk_at(3);
    memcpy(changed, file, two);
    memcpy(changed + two, other + other_two, sizeof chunk + chunk.length);
    memcpy(changed + two + sizeof chunk + chunk.length, file + three, file_length - three);
    assert_int_equal(restore(fixture, changed, file_length - (three - two) + sizeof chunk + chunk.length),
                     RESTORE_DAMAGED);
    assert_int_equal(report.chunk, 2);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    remove_restored(fixture);
}

static void wrong_keys_and_places_are_named(void **state)
{
    struct fixture *fixture = *state;
    uint8_t other[32] = {7};
    char store[128], path[160];

    take_backup(fixture);
    assert_int_equal(restore_with(fixture, file, file_length, other, fixture->root_key), RESTORE_OTHER_KEY);
    assert_int_equal(restore_with(fixture, file, file_length, private_key, other), RESTORE_OTHER_ROOT_KEY);
    path_of(fixture, "store", store);
    assert_int_equal(mkdir(store, 0700), 0);
    snprintf(path, sizeof path, "%s/data.mdb", store);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_NOT_EMPTY);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE); /* into the empty folder */
    remove_restored(fixture);
}

/* RLIMIT_FSIZE stands for the full disk. */
static void a_full_disk_restores_nothing(void **state)
{
    struct fixture *fixture = *state;

    take_backup(fixture);
    signal(SIGXFSZ, SIG_IGN);
    for (disk_bytes = 4096; disk_bytes < file_length / 2; disk_bytes *= 4)
        assert_int_equal(restore(fixture, file, file_length), RESTORE_DISK);
    disk_bytes = RLIM_INFINITY;
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    remove_restored(fixture);
}

/* ---- a store that was damaged before it was backed up: whole as a file, but at odds with itself ---- */

#define GONE SIZE_MAX

/* The first row of a database, with one byte changed, or gone. */
static void change_row(struct fixture *fixture, MDB_dbi dbi, size_t at)
{
    static uint8_t bytes[BACKUP_PLAIN_MAX];
    MDB_val key, value;
    MDB_cursor *cursor;

    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_cursor_open(fixture->store.txn, dbi, &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), 0);
    memcpy(bytes, value.mv_data, value.mv_size);
    if (at != GONE)
        bytes[at] ^= 1;
    value.mv_data = bytes;
    assert_int_equal(at == GONE ? mdb_cursor_del(cursor, 0) : mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
    mdb_cursor_close(cursor);
    assert_int_equal(store_commit(&fixture->store), 0);
}

static void expect_at_odds(struct fixture *fixture, enum restore_check what)
{
    uint8_t id[REFERENCE_LEN];

    assert_int_equal(ask(fixture, SESSION_OTHER, id), DETAIL_DONE);
    file_length = 0;
    read_from(fixture, id, 0);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_INCONSISTENT);
    assert_int_equal(report.what, what);
    assert_int_equal(report.tenant, TENANT_A);
}

static void a_store_at_odds_with_itself_is_not_restored(void **state)
{
    struct fixture *fixture = *state;
    const struct tenant *tenant = tenant_a(fixture);
    struct tenant_state kept;

    take_backup(fixture);
    change_row(fixture, tenant->leaf, 5);
    expect_at_odds(fixture, RESTORE_CHECK_LEDGER);
    change_row(fixture, tenant->leaf, 5);
    change_row(fixture, tenant->entry, offsetof(struct ledger_entry, salt));
    expect_at_odds(fixture, RESTORE_CHECK_LEDGER);
    change_row(fixture, tenant->entry, offsetof(struct ledger_entry, salt));
    change_row(fixture, tenant->former,
               offsetof(struct stored_record, sealed)); /* its sealed number: the one replaced */
    expect_at_odds(fixture, RESTORE_CHECK_RECORDS);
    change_row(fixture, tenant->former, offsetof(struct stored_record, sealed));

    memcpy(&kept, &tenant->committed, sizeof kept);
    tenant_a(fixture)->committed.checkpoint.signature[3] ^= 1;
    expect_at_odds(fixture, RESTORE_CHECK_HEAD);
    memcpy(&tenant_a(fixture)->committed, &kept, sizeof kept);
    tenant_a(fixture)->now.erased = ++tenant_a(fixture)->committed.erased;
    expect_at_odds(fixture, RESTORE_CHECK_COUNTS);
    tenant_a(fixture)->now.erased = --tenant_a(fixture)->committed.erased;
    tenant_a(fixture)->keys->ledger_public[0] ^= 1;
    expect_at_odds(fixture, RESTORE_CHECK_KEYS);
    tenant_a(fixture)->keys->ledger_public[0] ^= 1;
    change_row(fixture, tenant->index, GONE);
    expect_at_odds(fixture, RESTORE_CHECK_RECORDS);
}

/* A number that waits for a decision waits for it in the restored store, too. */
static void a_provisional_number_and_its_case_are_one(void **state)
{
    struct fixture *fixture = *state;
    const struct tenant *tenant = tenant_a(fixture);
    uint8_t id[REFERENCE_LEN];
    char number[NUMBER_LEN];

    take_backup(fixture);
    test_number(5001, number);
    fixture->case_ref = 0x77;
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 0x77, NULL), DETAIL_DONE);
    assert_int_equal(ask(fixture, SESSION_OTHER, id), DETAIL_DONE);
    file_length = 0;
    read_from(fixture, id, 0);
    assert_int_equal(restore(fixture, file, file_length), RESTORE_DONE);
    remove_restored(fixture);
    change_row(fixture, tenant->cases, 3); /* leads to no record */
    expect_at_odds(fixture, RESTORE_CHECK_RECORDS);
    change_row(fixture, tenant->cases, 3);
    change_row(fixture, tenant->cases, GONE);
    expect_at_odds(fixture, RESTORE_CHECK_RECORDS);
}

/* ---- somebody else's backup: whole, sealed to the right key, and not the vault's ---- */

static void a_forged_backup_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct backup_end end;
    uint8_t seed[32] = {3};

    take_backup(fixture);
    memcpy(&end, file + file_length - sizeof end, sizeof end);
    struct ed25519 *key = ed25519_new(seed, end.ledger_key);
    assert_non_null(key);
    assert_int_equal(backup_sign(key, &end), 0);
    ed25519_free(key);
    memcpy(changed, file, file_length);
    memcpy(changed + file_length - sizeof end, &end, sizeof end);
    assert_int_equal(restore(fixture, changed, file_length), RESTORE_NOT_SIGNED);
}

/* What `sekisho backup` sees without a key. */
static void a_taker_sees_damage_without_the_key(void **state)
{
    struct fixture *fixture = *state;
    static struct backup_check checking;

    take_backup(fixture);
    backup_check_begin(&checking);
    for (size_t at = 0; at < file_length; at += 1000)
        assert_true(backup_check_take(&checking, file + at, file_length - at < 1000 ? file_length - at : 1000));
    assert_true(backup_check_complete(&checking));
    assert_memory_equal(checking.end.ledger_key, tenant_a(fixture)->keys->ledger_public, 32);
    assert_false(backup_check_take(&checking, file, 1));
    for (size_t at = 0; at < file_length; at += at < 130 ? 9 : file_length / 50) {
        if (at >= offsetof(struct backup_head, zero) && at < offsetof(struct backup_head, taken_at_us))
            continue;
        memcpy(changed, file, file_length);
        changed[at] ^= 0x10;
        backup_check_begin(&checking);
        assert_false(backup_check_take(&checking, changed, file_length) && backup_check_complete(&checking));
    }
    backup_check_begin(&checking);
    assert_true(backup_check_take(&checking, file, file_length - 1));
    assert_false(backup_check_complete(&checking));
}

static void no_number_and_no_key_is_in_clear(void **state)
{
    struct fixture *fixture = *state;
    char number[NUMBER_LEN];

    take_backup(fixture);
    for (unsigned i = 0; i < PEOPLE; i++) {
        test_number(i, number);
        assert_null(memmem(file, file_length, number, NUMBER_LEN));
    }
    assert_null(memmem(file, file_length, references[2], REFERENCE_LEN));
    assert_null(memmem(file, file_length, fixture->root_key, 32));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_restored_store_is_what_it_was),
        TEST(a_snapshot_stands_still),
        TEST(leaves_of_the_redo_log_are_no_half_of_a_backup),
        TEST(an_expired_ledger_is_restored),
        TEST(one_backup_at_a_time),
        TEST(an_unread_one_is_dropped),
        TEST(a_session_without_the_right_takes_none),
        TEST(a_key_that_nothing_can_be_sealed_to_is_refused),
        TEST(a_truncated_backup_is_named),
        TEST(a_changed_byte_is_named),
        TEST(chunks_out_of_place_are_named),
        TEST(wrong_keys_and_places_are_named),
        TEST(a_full_disk_restores_nothing),
        TEST(a_store_at_odds_with_itself_is_not_restored),
        TEST(a_provisional_number_and_its_case_are_one),
        TEST(a_forged_backup_is_refused),
        TEST(a_taker_sees_damage_without_the_key),
        TEST(no_number_and_no_key_is_in_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
