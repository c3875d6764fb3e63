#include "accounts_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/otp.h"
#include "auth/password_rules.h"
#include "crypto/hash.h"

#define MAP_BYTES (64u << 20)

static const uint16_t tenants[] = {TENANT_A, TENANT_B};

/* Made once: a hash takes a tenth of a second. */
static struct password_hash known_hash;

void copy_id(char id[ACCOUNT_LEN], const char *text)
{
    memset(id, 0, ACCOUNT_LEN);
    memcpy(id, text, strnlen(text, ACCOUNT_LEN));
}

static void open_store(struct fixture *fixture)
{
    static const uint8_t login_private[X25519_LEN] = {1};

    fixture->store = (struct account_store){0};
    assert_int_equal(access_records_key(&fixture->store, login_private), 0);
    assert_int_equal(otp_key(&fixture->store, login_private), 0);
    assert_int_equal(account_store_open(&fixture->store, fixture->folder, MAP_BYTES, tenants, 2), 0);
    fixture->tenant = account_store_tenant(&fixture->store, TENANT_A);
    assert_non_null(fixture->tenant);
}

static void make_desk(struct fixture *fixture)
{
    struct stored_terminal terminal = {.version = 1, .kind = TERMINAL_OPERATION, .added_us = FIXTURE_NOW};
    char id[TERMINAL_ID_LEN];

    copy_id(id, "desk");
    memset(terminal.certificate, 0xc0, CERT_HASH_LEN);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(terminal_put(&fixture->store, fixture->tenant, id, &terminal), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
}

int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (!fixture)
        return -1;
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/sekisho-accounts-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    if (crypto_all_zero(&known_hash, sizeof known_hash))
        assert_int_equal(password_make(FIXTURE_PASSWORD, strlen(FIXTURE_PASSWORD), &known_hash), 0);
    fixture->rules = (struct account_rules){
        .password_min_chars = 12,
        .password_history = 10,
        .lock_failures = 5,
        .lock_window_s = 900,
        .lock_delay_s = 60,
        .dormant_days = 45,
        .idle_s = 900,
        .terms_version = 3,
        .terms_digest = {7},
    };
    fixture->now_us = FIXTURE_NOW;
    fixture->sessions = (struct sessions){.entries = fixture->entries, .capacity = SESSIONS_MAX};
    open_store(fixture);
    make_desk(fixture);
    *state = fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    char path[96];

    account_store_close(&fixture->store);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    unlink(path);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

void fixture_reopen(struct fixture *fixture)
{
    account_store_close(&fixture->store);
    open_store(fixture);
}

void store_account(struct fixture *fixture, const char *id, const struct stored_account *account)
{
    char key[ACCOUNT_LEN];

    copy_id(key, id);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(account_put(&fixture->store, fixture->tenant, key, account), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
}

void load_account(struct fixture *fixture, const char *id, struct stored_account *account)
{
    char key[ACCOUNT_LEN];

    copy_id(key, id);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(account_get(&fixture->store, fixture->tenant, key, account), 0);
    account_store_abort(&fixture->store);
}

uint16_t state_of(struct fixture *fixture, const char *id)
{
    struct stored_account account;

    load_account(fixture, id, &account);
    return account.state;
}

void make_account(struct fixture *fixture, const char *id, uint16_t role)
{
    struct stored_account account = {
        .version = 1,
        .role = role,
        .kind = role == ROLE_OWN || role == ROLE_ADM ? ACCOUNT_ADMINISTRATOR : ACCOUNT_OFFICER,
        .state = ACCOUNT_ACTIVE,
        .terms_version = fixture->rules.terms_version,
        .issue_number = 1,
        .issued_us = fixture->now_us,
        .password_set_us = fixture->now_us,
        .dormant_from_us = fixture->now_us,
        .hash = known_hash,
    };

    strcpy(account.person, id);
    strcpy(account.organisation, "prefecture");
    store_account(fixture, id, &account);
}

struct session_entry *make_session(struct fixture *fixture, const char *account)
{
    struct session_entry *entry = &fixture->entries[fixture->sessions.count];
    struct stored_account stored;

    assert_true(fixture->sessions.count < SESSIONS_MAX);
    load_account(fixture, account, &stored);
    *entry = (struct session_entry){.tenant = TENANT_A, .role = stored.role, .state = SESSION_OPEN};
    memset(entry->id, (int)++fixture->sessions.count, SESSION_ID_LEN);
    copy_id(entry->account, account);
    copy_id(entry->terminal, "desk");
    memset(entry->certificate, 0xc0, CERT_HASH_LEN);
    entry->opened_us = entry->last_used_us = fixture->now_us;
    return entry;
}

struct account_call_plain *begin_call(struct fixture *fixture, uint16_t operation, const char *account)
{
    fixture->call = (struct account_call_plain){.version = 1, .operation = operation};
    if (account)
        copy_id(fixture->call.account, account);
    return &fixture->call;
}

enum account_result do_call(struct fixture *fixture, const struct session_entry *actor)
{
    struct account_store *store = &fixture->store;
    struct access_row row;

    assert_true(account_call_well_formed(&fixture->call));
    assert_int_equal(account_store_begin(store), 0);
    assert_int_equal(account_call(store, &fixture->sessions, &fixture->rules, actor, fixture->now_us, &fixture->call,
                                  &fixture->reply),
                     0);
    assert_int_equal(account_store_commit(store), 0);
    assert_int_equal(fixture->reply.version, 1);
    assert_int_equal(fixture->reply.operation, fixture->call.operation);
    assert_int_equal(fixture->reply.access_index, record_count(fixture) - 1);
    row = record_at(fixture, 0);
    assert_int_equal(row.entry.event, ACCESS_OPERATION);
    assert_int_equal(row.entry.operation, fixture->call.operation);
    assert_int_equal(row.entry.result, fixture->reply.result);
    assert_int_equal(row.entry.time_us, fixture->now_us);
    assert_memory_equal(row.entry.account, actor->account, ACCOUNT_LEN);
    assert_memory_equal(row.entry.session, actor->id, SESSION_ID_LEN);
    return (enum account_result)fixture->reply.result;
}

enum account_result call_about(struct fixture *fixture, const struct session_entry *actor, uint16_t operation,
                               const char *account)
{
    strcpy(begin_call(fixture, operation, account)->note, "a reason");
    return do_call(fixture, actor);
}

uint64_t record_count(const struct fixture *fixture)
{
    return fixture->tenant->committed.tree.size;
}

struct access_row record_at(struct fixture *fixture, uint64_t back)
{
    struct access_row row;

    assert_true(record_count(fixture) > back);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_get(&fixture->store, fixture->tenant, record_count(fixture) - 1 - back, &row), 0);
    account_store_abort(&fixture->store);
    return row;
}
