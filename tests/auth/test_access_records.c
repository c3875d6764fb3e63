/* The access records: leaves, signed heads, proofs, lists with filters (F103, F107, F096, INV-12, INV-13). */
#include "accounts_fixture.h"

#include "auth/access_calls.h"
#include "crypto/hmac.h"
#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "ledger/tree_read.h"

#define PAGE_ROWS (sizeof(((struct account_reply_plain *)0)->rows) / sizeof(struct access_row))

static uint8_t reply[TREE_REPLY_MAX];

/* A leaf of its own transaction; `account` and `object` may be NULL. */
static void add(struct fixture *fixture, uint16_t event, const char *account, const char *object)
{
    struct access_entry entry = {.event = event, .time_us = fixture->now_us, .role = ROLE_REV};

    if (account)
        copy_id(entry.account, account);
    if (object)
        copy_id(entry.object, object);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_append(&fixture->store, fixture->tenant, &entry, NULL), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
}

static void add_many(struct fixture *fixture, unsigned count)
{
    assert_int_equal(account_store_begin(&fixture->store), 0);
    for (unsigned i = 0; i < count; i++) {
        struct access_entry entry = {.event = ACCESS_LOGOUT, .time_us = fixture->now_us};
        assert_int_equal(access_append(&fixture->store, fixture->tenant, &entry, NULL), 0);
    }
    assert_int_equal(account_store_commit(&fixture->store), 0);
}

static size_t ask(struct fixture *fixture, uint16_t type, const void *request)
{
    size_t length = 0;

    assert_int_equal(access_read(&fixture->store, type, request, reply, &length), 0);
    return length;
}

static struct ledger_head_reply head_of(struct fixture *fixture, uint16_t tenant)
{
    const struct ledger_head_request request = {.tenant = tenant};
    struct ledger_head_reply head;

    assert_int_equal(ask(fixture, FRAME_ACCESS_HEAD, &request), sizeof head);
    memcpy(&head, reply, sizeof head);
    return head;
}

static uint16_t ask_proof(struct fixture *fixture, uint16_t kind, uint64_t first, uint64_t size, uint32_t *count)
{
    const struct ledger_proof_request request = {.tenant = TENANT_A, .kind = kind, .first = first, .size = size};
    struct ledger_hashes_reply head;

    assert_true(ask(fixture, FRAME_ACCESS_PROOF, &request) >= sizeof head);
    memcpy(&head, reply, sizeof head);
    *count = head.count;
    return head.status;
}

static void leaf_at(struct fixture *fixture, uint64_t index, uint8_t hash[HASH_LEN])
{
    const struct ledger_hashes_request request = {.tenant = TENANT_A, .first = index, .count = 1};

    assert_int_equal(ask(fixture, FRAME_ACCESS_HASHES, &request), sizeof(struct ledger_hashes_reply) + HASH_LEN);
    memcpy(hash, reply + sizeof(struct ledger_hashes_reply), HASH_LEN);
}

static bool head_is_signed(const struct ledger_head_reply *head, enum ledger_kind kind, uint16_t tenant)
{
    struct ledger_checkpoint checkpoint = {.size = head->size};

    memcpy(checkpoint.root, head->root, sizeof checkpoint.root);
    memcpy(checkpoint.signature, head->signature, sizeof checkpoint.signature);
    return checkpoint_verify(head->public_key, kind, tenant, &checkpoint);
}

static void heads_are_signed_for_their_own_ledger(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    struct ledger_head_reply head = head_of(fixture, TENANT_A);
    assert_int_equal(head.known, 1);
    assert_int_equal(head.size, record_count(fixture));
    assert_true(head_is_signed(&head, LEDGER_OF_ACCESS, TENANT_A));
    assert_false(head_is_signed(&head, LEDGER_OF_NUMBERS, TENANT_A));
    assert_false(head_is_signed(&head, LEDGER_OF_ACCESS, TENANT_B));
    head = head_of(fixture, TENANT_B);
    assert_int_equal(head.size, 0);
    assert_true(head_is_signed(&head, LEDGER_OF_ACCESS, TENANT_B));
    assert_int_equal(head_of(fixture, 12).known, 0);
}

/* A set whose login key is another has another key here; the login key itself signs nothing. */
static void key_is_derived_from_the_login_key(void **state)
{
    static const char info[] = "sekisho/v1 access records";
    struct fixture *fixture = *state;
    const uint8_t login_private[X25519_LEN] = {1};
    uint8_t prk[HASH_LEN], seed[ED25519_KEY_LEN], public_key[ED25519_KEY_LEN];

    assert_int_equal(hkdf_extract("", 0, login_private, sizeof login_private, prk), 0);
    assert_int_equal(hkdf_expand(prk, info, sizeof info - 1, seed, sizeof seed), 0);
    struct ed25519 *key = ed25519_new(seed, public_key);
    assert_memory_equal(public_key, fixture->store.records_public, sizeof public_key);
    assert_memory_not_equal(seed, login_private, sizeof seed);
    ed25519_free(key);
}

static void f103_leaf_commits_to_every_byte_of_the_record(void **state)
{
    struct fixture *fixture = *state;
    uint8_t leaf[HASH_LEN], hash[HASH_LEN];

    add(fixture, ACCESS_LOGIN_FAILED, NULL, "nobody");
    struct access_row row = record_at(fixture, 0);
    leaf_at(fixture, row.entry.index, leaf);
    assert_int_equal(sha256(&row.entry, sizeof row.entry, hash), 0);
    assert_int_equal(ledger_leaf_hash(hash, hash), 0);
    assert_memory_equal(hash, leaf, HASH_LEN);
    assert_int_equal(row.entry.tenant, TENANT_A);
    assert_false(crypto_all_zero(row.entry.salt, sizeof row.entry.salt));
    for (size_t i = 0; i < sizeof row.entry; i++) {
        struct access_entry changed = row.entry;
        ((uint8_t *)&changed)[i] ^= 1;
        assert_int_equal(sha256(&changed, sizeof changed, hash), 0);
        assert_int_equal(ledger_leaf_hash(hash, hash), 0);
        assert_memory_not_equal(hash, leaf, HASH_LEN);
    }
}

/* The same event twice: two leaves whose hashes tell nothing. */
static void leaves_are_salted(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, ACCESS_LOGOUT, "rev01", NULL);
    add(fixture, ACCESS_LOGOUT, "rev01", NULL);
    struct access_row first = record_at(fixture, 1), second = record_at(fixture, 0);
    assert_memory_not_equal(first.entry.salt, second.entry.salt, sizeof first.entry.salt);
}

static void notes_lie_beside_the_leaf(void **state)
{
    struct fixture *fixture = *state;
    struct access_entry entry = {.event = ACCESS_OPERATION};
    char note[TEXT_NOTE_LEN];
    uint8_t hash[HASH_LEN];

    memset(note, 'n', sizeof note); /* fills its field: no terminator */
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_append(&fixture->store, fixture->tenant, &entry, note), 0);
    assert_int_equal(account_store_commit(&fixture->store), 0);
    struct access_row row = record_at(fixture, 0);
    assert_memory_equal(row.note, note, sizeof note);
    assert_int_equal(sha256(note, sizeof note, hash), 0);
    assert_memory_equal(row.entry.note_hash, hash, HASH_LEN);
    add(fixture, ACCESS_LOGOUT, "rev01", NULL);
    row = record_at(fixture, 0);
    assert_true(crypto_all_zero(row.entry.note_hash, HASH_LEN));
    assert_true(crypto_all_zero(row.note, sizeof row.note));
}

static void inv13_what_is_not_committed_leaves_no_leaf(void **state)
{
    struct fixture *fixture = *state;
    struct access_entry entry = {.event = ACCESS_LOGIN};

    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    struct ledger_head_reply before = head_of(fixture, TENANT_A);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_append(&fixture->store, fixture->tenant, &entry, NULL), 0);
    account_store_abort(&fixture->store);
    struct ledger_head_reply after = head_of(fixture, TENANT_A);
    assert_memory_equal(&before, &after, sizeof before);
    add(fixture, ACCESS_LOGOUT, "rev01", NULL);
    assert_int_equal(record_at(fixture, 0).entry.index, before.size);
}

static void records_go_on_after_a_restart(void **state)
{
    struct fixture *fixture = *state;

    add_many(fixture, 300);
    struct ledger_head_reply before = head_of(fixture, TENANT_A);
    fixture_reopen(fixture);
    struct ledger_head_reply after = head_of(fixture, TENANT_A);
    assert_memory_equal(&before, &after, sizeof before);
    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    after = head_of(fixture, TENANT_A);
    assert_int_equal(after.size, before.size + 1);
    assert_true(head_is_signed(&after, LEDGER_OF_ACCESS, TENANT_A));
}

/* As the offline command does: no key there, and the next start signs what it left. */
static void f099_offline_records_are_signed_at_the_next_start(void **state)
{
    struct fixture *fixture = *state;
    struct ed25519 *key = fixture->store.records_key;

    fixture->store.records_key = NULL;
    add(fixture, ACCESS_FIRST_ADMINISTRATOR, "owner", "owner");
    uint64_t size = record_count(fixture);
    fixture->store.records_key = key;
    fixture_reopen(fixture);
    struct ledger_head_reply head = head_of(fixture, TENANT_A);
    assert_int_equal(head.size, size);
    assert_true(head_is_signed(&head, LEDGER_OF_ACCESS, TENANT_A));
}

static void proofs_prove(void **state)
{
    struct fixture *fixture = *state;
    uint8_t leaf[3][HASH_LEN], left[HASH_LEN], root[HASH_LEN];
    uint32_t count;

    while (record_count(fixture) < 3)
        add(fixture, ACCESS_LOGIN, "rev01", NULL);
    for (uint64_t i = 0; i < 3; i++)
        leaf_at(fixture, i, leaf[i]);
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 2, 3, &count), LEDGER_OK);
    assert_int_equal(count, 1);
    merkle_node(leaf[0], leaf[1], left);
    assert_memory_equal(reply + sizeof(struct ledger_hashes_reply), left, HASH_LEN);
    merkle_node(left, leaf[2], root);
    assert_memory_equal(root, head_of(fixture, TENANT_A).root, HASH_LEN);
    assert_int_equal(ask_proof(fixture, LEDGER_CONSISTENCY, 2, 3, &count), LEDGER_OK);
    assert_memory_equal(reply + sizeof(struct ledger_hashes_reply), leaf[2], HASH_LEN);
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 3, 3, &count), LEDGER_OUT_OF_RANGE);
    assert_int_equal(ask_proof(fixture, LEDGER_CONSISTENCY, 0, 3, &count), LEDGER_OUT_OF_RANGE);
}

static void malformed_requests_are_violations(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_head_request head = {.tenant = TENANT_A, .zero2 = 1};
    const struct ledger_proof_request proof = {.tenant = TENANT_A, .kind = 3};
    const struct ledger_hashes_request none = {.tenant = TENANT_A}, odd = {.tenant = TENANT_A, .level = 3, .count = 1};

    assert_int_equal(ask(fixture, FRAME_ACCESS_HEAD, &head), 0);
    assert_int_equal(ask(fixture, FRAME_ACCESS_PROOF, &proof), 0);
    assert_int_equal(ask(fixture, FRAME_ACCESS_HASHES, &none), 0);
    assert_int_equal(ask(fixture, FRAME_ACCESS_HASHES, &odd), 0);
}

/* A record that is not there, or another's, is damage and never passed over. */
static void inv13_damaged_records_are_noticed(void **state)
{
    struct fixture *fixture = *state;
    struct access_row row;
    uint64_t index;

    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    add(fixture, ACCESS_LOGIN, "rev02", NULL);
    index = record_count(fixture) - 1;
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_get(&fixture->store, fixture->tenant, index - 1, &row), 0);
    MDB_val key = {sizeof index, &index}, value = {sizeof row.entry, &row.entry};
    assert_int_equal(mdb_put(fixture->store.txn, fixture->tenant->access, &key, &value, 0), 0);
    assert_int_equal(access_get(&fixture->store, fixture->tenant, index, &row), MDB_CORRUPTED);
    assert_int_equal(mdb_del(fixture->store.txn, fixture->tenant->access, &key, NULL), 0);
    assert_int_equal(access_get(&fixture->store, fixture->tenant, index, &row), MDB_CORRUPTED);
    assert_int_equal(access_load(&fixture->store, fixture->tenant), MDB_CORRUPTED); /* fewer records than leaves */
    account_store_abort(&fixture->store);
}

/* ---- lists ---- */

/* Asks for a page of fixture->call in a transaction of its own, without the leaf of the call. */
static enum account_result list(struct fixture *fixture)
{
    enum account_result result;

    fixture->reply = (struct account_reply_plain){0};
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(access_list(&fixture->store, fixture->tenant, &fixture->call, &fixture->reply, &result), 0);
    account_store_abort(&fixture->store);
    return result;
}

static uint32_t count_of(struct fixture *fixture, struct account_call_plain call)
{
    fixture->call = call;
    assert_int_equal(list(fixture), ACCOUNT_DONE);
    assert_true(crypto_all_zero(fixture->reply.next, sizeof fixture->reply.next));
    assert_int_equal(fixture->reply.row_length, sizeof(struct access_row));
    return fixture->reply.count;
}

static void f103_filters_of_the_list(void **state)
{
    struct fixture *fixture = *state;
    uint64_t others = record_count(fixture);

    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    add(fixture, ACCESS_OPERATION, "admin", "rev01");
    fixture->now_us += MINUTE_US;
    add(fixture, ACCESS_LOGIN, "rev02", NULL);
    add(fixture, ACCESS_LOGIN_FAILED, NULL, "rev03");
    assert_int_equal(count_of(fixture, (struct account_call_plain){0}), others + 4);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.account = "rev01"}), 2); /* by, and to */
    assert_int_equal(count_of(fixture, (struct account_call_plain){.account = "rev03"}), 1);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.account = "rev0"}), 0);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.state = ACCESS_LOGIN}), 2);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.from_us = fixture->now_us}), 2);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.until_us = fixture->now_us}), others + 2);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.terminal = "desk"}), 0);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.role = ROLE_REV, .state = ACCESS_OPERATION}), 1);
    assert_int_equal(count_of(fixture, (struct account_call_plain){.role = ROLE_OWN}), 0);
}

static void pages_follow_one_another(void **state)
{
    struct fixture *fixture = *state;
    uint64_t seen = 0;
    unsigned pages = 0;

    add_many(fixture, 2 * PAGE_ROWS + 1);
    fixture->call = (struct account_call_plain){0};
    do {
        assert_int_equal(list(fixture), ACCOUNT_DONE);
        for (uint32_t i = 0; i < fixture->reply.count; i++, seen++) {
            struct access_row row;
            memcpy(&row, fixture->reply.rows + i * sizeof row, sizeof row);
            assert_int_equal(row.entry.index, seen);
        }
        memcpy(fixture->call.next, fixture->reply.next, sizeof fixture->call.next);
        pages++;
    } while (!crypto_all_zero(fixture->reply.next, sizeof fixture->reply.next));
    assert_int_equal(seen, record_count(fixture));
    assert_true(pages >= 3);
}

/* One call looks at so many leaves only: logins do not wait for a reader. */
static void long_scans_end_and_go_on(void **state)
{
    struct fixture *fixture = *state;
    unsigned pages = 0, found = 0;

    add_many(fixture, 9000);
    add(fixture, ACCESS_LOCKED, "rev01", NULL);
    fixture->call = (struct account_call_plain){.state = ACCESS_LOCKED};
    do {
        assert_int_equal(list(fixture), ACCOUNT_DONE);
        found += fixture->reply.count;
        memcpy(fixture->call.next, fixture->reply.next, sizeof fixture->call.next);
        pages++;
    } while (!crypto_all_zero(fixture->reply.next, sizeof fixture->reply.next));
    assert_int_equal(found, 1);
    assert_true(pages >= 3);
}

static void inv12_another_tenants_records_are_not_there(void **state)
{
    struct fixture *fixture = *state;
    uint64_t own = record_count(fixture);

    fixture->tenant = account_store_tenant(&fixture->store, TENANT_B);
    add(fixture, ACCESS_LOGIN, "rev01", NULL);
    assert_int_equal(count_of(fixture, (struct account_call_plain){0}), 1);
    fixture->tenant = account_store_tenant(&fixture->store, TENANT_A);
    assert_int_equal(count_of(fixture, (struct account_call_plain){0}), own);
}

static void bad_fields_of_lists(void **state)
{
    static const struct {
        struct account_call_plain call;
        size_t field;
    } cases[] = {
        {{.state = ACCESS_EVENT_END}, offsetof(struct account_call_plain, state)},
        {{.from_us = 2, .until_us = 1}, offsetof(struct account_call_plain, until_us)},
        {{.from_us = -1}, offsetof(struct account_call_plain, until_us)},
        {{.next = {[8] = 1}}, offsetof(struct account_call_plain, next)},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture->call = cases[i].call;
        assert_int_equal(list(fixture), ACCOUNT_BAD_FIELD);
        assert_int_equal(fixture->reply.field, cases[i].field);
    }
    fixture->call = (struct account_call_plain){.next = {255, 255, 255, 255, 255, 255, 255, 255}};
    assert_int_equal(list(fixture), ACCOUNT_DONE);
    assert_int_equal(fixture->reply.count, 0);
}

static void f096_a_review_says_something(void **state)
{
    const struct account_call_plain good = {.from_us = 1, .until_us = 10, .count = 1, .note = "lock the screens"};
    struct fixture *fixture = *state;
    struct account_call_plain call = good;
    enum account_result result;

    assert_int_equal(access_review(&call, 10, &fixture->reply, &result), 0);
    assert_int_equal(result, ACCOUNT_DONE);
    assert_int_equal(access_review(&call, 9, &fixture->reply, &result), 0); /* a period that is not over */
    assert_int_equal(result, ACCOUNT_BAD_FIELD);
    assert_int_equal(fixture->reply.field, offsetof(struct account_call_plain, until_us));
    call.until_us = 1;
    assert_int_equal(access_review(&call, 10, &fixture->reply, &result), 0);
    assert_int_equal(result, ACCOUNT_BAD_FIELD);
    call = good, call.from_us = 0;
    assert_int_equal(access_review(&call, 10, &fixture->reply, &result), 0);
    assert_int_equal(result, ACCOUNT_BAD_FIELD);
    call = good, call.note[0] = '\0'; /* findings, and nothing to be improved */
    assert_int_equal(access_review(&call, 10, &fixture->reply, &result), 0);
    assert_int_equal(result, ACCOUNT_BAD_FIELD);
    call.count = 0;
    assert_int_equal(access_review(&call, 10, &fixture->reply, &result), 0);
    assert_int_equal(result, ACCOUNT_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(heads_are_signed_for_their_own_ledger),
        TEST(key_is_derived_from_the_login_key),
        TEST(f103_leaf_commits_to_every_byte_of_the_record),
        TEST(leaves_are_salted),
        TEST(notes_lie_beside_the_leaf),
        TEST(inv13_what_is_not_committed_leaves_no_leaf),
        TEST(records_go_on_after_a_restart),
        TEST(f099_offline_records_are_signed_at_the_next_start),
        TEST(proofs_prove),
        TEST(malformed_requests_are_violations),
        TEST(inv13_damaged_records_are_noticed),
        TEST(f103_filters_of_the_list),
        TEST(pages_follow_one_another),
        TEST(long_scans_end_and_go_on),
        TEST(inv12_another_tenants_records_are_not_there),
        TEST(bad_fields_of_lists),
        TEST(f096_a_review_says_something),
    };
    if (crypto_init() != 0 || password_workspace_open() != 0)
        return 1;
    return cmocka_run_group_tests_name("access records", tests, NULL, NULL);
}
