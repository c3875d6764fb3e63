/* The ledger: what a leaf says, that it can be recomputed, and that it holds no number. */
#include "fixture.h"

#include "crypto/hash.h"
#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "vault/legal_basis.h"

static struct answer answer;

static void read_leaf(struct fixture *fixture, uint64_t index, struct ledger_entry *entry, struct ledger_item *items,
                      size_t max, uint8_t hash[HASH_LEN])
{
    struct tenant *tenant = &fixture->store.tenant[0];
    MDB_val key = {sizeof index, &index}, value;

    assert_int_equal(store_begin(&fixture->store), 0);
    MDB_txn *txn = fixture->store.txn;
    assert_int_equal(mdb_get(txn, tenant->entry, &key, &value), 0);
    memcpy(entry, value.mv_data, sizeof *entry);
    size_t count = (value.mv_size - sizeof *entry) / sizeof *items;
    assert_true(count <= max);
    memcpy(items, (const uint8_t *)value.mv_data + sizeof *entry, count * sizeof *items);
    assert_int_equal(mdb_get(txn, tenant->leaf, &key, &value), 0);
    assert_int_equal(value.mv_size, HASH_LEN);
    memcpy(hash, value.mv_data, HASH_LEN);
    store_abort(&fixture->store);
}

static void leaf_hash_of(const struct ledger_entry *entry, const struct ledger_item *items, size_t count,
                         uint8_t hash[HASH_LEN])
{
    assert_int_equal(ledger_leaf_data(entry, items, count, hash), 0);
    assert_int_equal(ledger_leaf_hash(hash, hash), 0);
}

static int put_nowhere(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    (void)context, (void)level, (void)index, (void)hash;
    return 0;
}

static void f083_a_leaf_says_who_why_what_and_on_whom(void **state)
{
    struct fixture *fixture = *state;
    struct call_item items[2] = {{.request_id = {1}}, {.request_id = {2}}};
    struct ledger_item recorded[2];
    struct ledger_entry entry;
    uint8_t stored[HASH_LEN], computed[HASH_LEN], session[SESSION_ID_LEN];

    test_number(1, items[0].number);
    memcpy(items[1].number, "123456789010", NUMBER_LEN);
    call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, items, 2, &answer);
    read_leaf(fixture, answer.head.ledger_index, &entry, recorded, 2, stored);

    memset(session, SESSION_ALL, sizeof session);
    assert_int_equal(entry.operation, OPERATION_ENROLL);
    assert_int_equal(entry.purpose, PURPOSE_REGISTER);
    assert_int_equal(entry.status, CALL_OK);
    assert_int_equal(entry.tenant, TENANT_A);
    assert_int_equal(entry.role, 7);
    assert_int_equal(entry.count, 2);
    assert_int_equal(entry.time_us, fixture->clock.now_us);
    assert_string_equal(entry.account, "tester");
    assert_memory_equal(entry.session, session, sizeof session);
    assert_memory_equal(recorded[0].reference, answer.results[0].reference, REFERENCE_LEN);
    assert_int_equal(recorded[0].detail, DETAIL_DONE);
    assert_int_equal(recorded[1].detail, DETAIL_INVALID_NUMBER);

    assert_int_equal(entry.legal_basis, 1); /* November 2023 */
    leaf_hash_of(&entry, recorded, 2, computed);
    assert_memory_equal(stored, computed, HASH_LEN);
    assert_memory_equal(answer.head.leaf_hash, computed, HASH_LEN);
    entry.salt[0] ^= 1;
    leaf_hash_of(&entry, recorded, 2, computed);
    assert_memory_not_equal(stored, computed, HASH_LEN);
}

/* A proof for one item of a batch shows the entry's head, that item, and of the others hashes that tell nothing: each
 * has a salt of its own. Written out here as crypto/ledger_leaf.h says it. */
static void items_of_a_batch_are_proven_one_by_one(void **state)
{
    struct fixture *fixture = *state;
    static struct call_item items[200];
    static struct ledger_item recorded[200];
    static uint8_t shown[sizeof(struct ledger_entry) + 200 * HASH_LEN];
    struct ledger_entry entry;
    uint8_t stored[HASH_LEN], computed[HASH_LEN];

    for (unsigned i = 0; i < 200; i++) {
        items[i].reference[0] = 1; /* one person, 200 times: only the salts differ */
        test_number(1, items[i].number);
    }
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, items, 200, &answer);
    read_leaf(fixture, 0, &entry, recorded, 200, stored);
    memcpy(shown, &entry, sizeof entry);
    for (unsigned i = 0; i < 200; i++) {
        uint8_t *hash = shown + sizeof entry + i * HASH_LEN;
        assert_int_equal(sha256(&recorded[i], sizeof recorded[i], hash), 0);
        assert_true(i == 0 || memcmp(hash, hash - HASH_LEN, HASH_LEN) != 0);
    }
    uint8_t leaf[1 + HASH_LEN] = {0};
    assert_int_equal(sha256(shown, sizeof shown, leaf + 1), 0);
    assert_int_equal(sha256(leaf, sizeof leaf, computed), 0);
    assert_memory_equal(stored, computed, HASH_LEN);
}

/* Every lawful use has a provision today; which one is a matter of the day in Japan. */
static void inv06_every_lawful_use_has_a_legal_basis(void **state)
{
    const int64_t may_27_2024 = 1716735600000000; /* 00:00 in Japan */

    (void)state;
    assert_int_equal(legal_basis(OPERATION_MATCH, PURPOSE_CHANGE, may_27_2024 - 1), 1);
    assert_int_equal(legal_basis(OPERATION_MATCH, PURPOSE_CHANGE, may_27_2024), 2);
    assert_int_equal(legal_basis(OPERATION_ERASE, PURPOSE_REGISTER, may_27_2024), 0);
    for (uint16_t operation = 1; operation < OPERATION_COUNT; operation++)
        for (uint16_t purpose = 1; purpose < PURPOSE_COUNT; purpose++) {
            if (!(operation_purposes(operation) & PURPOSE_BIT(purpose)))
                continue;
            assert_int_not_equal(legal_basis(operation, purpose, may_27_2024), 0);
            assert_int_not_equal(legal_basis(operation, purpose, 4000000000000000), 0);
        }
}

static void inv06_a_refused_call_is_recorded_without_items(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = {.reference = {1}};
    struct ledger_entry entry;
    struct ledger_item none[1];
    uint8_t hash[HASH_LEN];

    test_number(1, item.number);
    call(fixture, SESSION_ENROLL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    read_leaf(fixture, 0, &entry, none, 0, hash);
    assert_int_equal(entry.status, CALL_NOT_PERMITTED);
    assert_int_equal(entry.count, 1);
}

static void indices_go_on_after_a_restart(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = {.reference = {1}};

    test_number(1, item.number);
    for (uint64_t i = 0; i < 5; i++) {
        call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
        assert_int_equal(answer.head.ledger_index, i);
    }
    fixture_reopen(fixture);
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    assert_int_equal(answer.head.ledger_index, 5);
}

/* The stored hashes are those of the tree: its root after a restart is the root of the leaves. */
static void f103_the_tree_survives_a_restart(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = {.reference = {1}};
    struct merkle again = {0};
    const struct merkle_store nowhere = {.put = put_nowhere};
    uint8_t before[HASH_LEN], after[HASH_LEN], recomputed[HASH_LEN];

    test_number(1, item.number);
    for (int i = 0; i < 300; i++) {
        call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
        assert_int_equal(merkle_append(&again, &nowhere, answer.head.leaf_hash), 0);
    }
    assert_int_equal(merkle_root(&fixture->store.tenant[0].now.ledger, before), 0);
    fixture_reopen(fixture);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 300);
    assert_int_equal(merkle_root(&fixture->store.tenant[0].now.ledger, after), 0);
    assert_int_equal(merkle_root(&again, recomputed), 0);
    assert_memory_equal(before, after, HASH_LEN);
    assert_memory_equal(before, recomputed, HASH_LEN);
}

/* Every answer carries a tree head that includes its leaf, signed by the tenant's ledger key. */
static void every_answer_carries_a_signed_tree_head(void **state)
{
    struct fixture *fixture = *state;
    const struct tenant *tenant = &fixture->store.tenant[0];
    struct call_item item = {.reference = {1}};
    struct ledger_checkpoint head;
    uint8_t root[HASH_LEN];

    test_number(1, item.number);
    for (uint64_t i = 0; i < 3; i++) {
        call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
        head = answer.head.checkpoint;
        assert_int_equal(head.size, i + 1);
        assert_true(checkpoint_verify(tenant->keys->ledger_public, LEDGER_OF_NUMBERS, TENANT_A, &head));
    }
    assert_int_equal(merkle_root(&tenant->now.ledger, root), 0);
    assert_memory_equal(head.root, root, HASH_LEN);
    assert_false(checkpoint_verify(tenant->keys->ledger_public, LEDGER_OF_NUMBERS, TENANT_B, &head));
    head.size++;
    assert_false(checkpoint_verify(tenant->keys->ledger_public, LEDGER_OF_NUMBERS, TENANT_A, &head));
    assert_memory_not_equal(tenant->keys->ledger_public, fixture->store.tenant[1].keys->ledger_public, 32);
}

/* The text that is signed, byte for byte: other people's verifiers depend on it (C2SP tlog-checkpoint). */
static void checkpoint_text_is_c2sps(void **state)
{
    char text[CHECKPOINT_TEXT_MAX];
    uint8_t root[HASH_LEN];

    (void)state;
    for (int i = 0; i < HASH_LEN; i++)
        root[i] = (uint8_t)i;
    size_t length = checkpoint_text(LEDGER_OF_NUMBERS, 1, 18446744073709551615u, root, text);
    assert_string_equal(text, "sekisho/prefectures/01\n18446744073709551615\n"
                              "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    assert_int_equal(length, strlen(text));
    length = checkpoint_text(LEDGER_OF_ACCESS, 47, 0, root, text);
    assert_string_equal(text, "sekisho/prefectures/47/access\n0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    assert_int_equal(length, strlen(text));
}

/* The number's call and its leaf share one transaction: without the one there is not the other. */
static void no_leaf_no_use(void **state)
{
    struct fixture *fixture = *state;
    struct call_head head = {.version = 1, .operation = OPERATION_ENROLL, .purpose = PURPOSE_REGISTER, .count = 1};
    struct call_item item = {.request_id = {1}};
    static uint8_t body[FRAME_MAX], reply[CALL_REPLY_MAX];
    struct call_answer handled;
    int rc;

    test_number(1, item.number);
    size_t length = seal_call(SESSION_ALL, 1, OPERATION_ENROLL, &head, &item, sizeof item, body);
    /* A leaf with a later index is there already: the append fails as it would on a full disk. */
    assert_int_equal(store_begin(&fixture->store), 0);
    uint64_t later = 99;
    char anything = 0;
    MDB_val key = {sizeof later, &later}, value = {1, &anything};
    assert_int_equal(mdb_put(fixture->store.txn, fixture->store.tenant[0].entry, &key, &value, 0), 0);
    assert_true(call_handle(&fixture->engine, &fixture->clock, body, length, reply, &handled, &rc));
    assert_int_not_equal(rc, 0);
    store_abort(&fixture->store);
    assert_int_equal(lookup(fixture, SESSION_OTHER, item.number, NULL), DETAIL_NOT_FOUND);
    fixture->seq = 1;
    assert_int_equal(lookup(fixture, SESSION_ALL, item.number, NULL), DETAIL_NOT_FOUND);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f083_a_leaf_says_who_why_what_and_on_whom),
        TEST(items_of_a_batch_are_proven_one_by_one),
        TEST(inv06_every_lawful_use_has_a_legal_basis),
        TEST(inv06_a_refused_call_is_recorded_without_items),
        TEST(indices_go_on_after_a_restart),
        TEST(f103_the_tree_survives_a_restart),
        TEST(every_answer_carries_a_signed_tree_head),
        TEST(checkpoint_text_is_c2sps),
        TEST(no_leaf_no_use),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
