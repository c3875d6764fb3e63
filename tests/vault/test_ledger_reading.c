/* What can be asked of the ledger: heads, proofs and hashes by anyone who may connect, entries by a sealed call of who
 * may read them. */
#include "fixture.h"

#include "crypto/hash.h"
#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "ledger/tree_read.h"
#include "vault/compact.h"
#include "vault/ledger.h"
#include "vault/retention.h"

static struct answer answer;
static uint8_t reply[TREE_REPLY_MAX];

/* n single MATCH calls, one on reference {i} each. */
static void matches(struct fixture *fixture, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct call_item item = {.reference = {1}};
        test_number(i, item.number);
        call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
        assert_int_equal(answer.status, CALL_OK);
    }
}

static struct ledger_head_reply head_of(struct fixture *fixture, uint16_t tenant)
{
    const struct ledger_head_request request = {.tenant = tenant};
    struct ledger_head_reply head;

    assert_int_equal(ledger_read(&fixture->store, FRAME_LEDGER_HEAD, (const uint8_t *)&request, reply), sizeof head);
    memcpy(&head, reply, sizeof head);
    return head;
}

static uint16_t ask_proof(struct fixture *fixture, uint16_t kind, uint64_t first, uint64_t size, uint32_t *count)
{
    const struct ledger_proof_request request = {.tenant = TENANT_A, .kind = kind, .first = first, .size = size};
    struct ledger_hashes_reply head;

    assert_int_equal(store_begin(&fixture->store), 0);
    size_t length = ledger_read(&fixture->store, FRAME_LEDGER_PROOF, (const uint8_t *)&request, reply);
    store_abort(&fixture->store);
    assert_true(length >= sizeof head);
    memcpy(&head, reply, sizeof head);
    assert_int_equal(length, sizeof head + head.count * HASH_LEN);
    *count = head.count;
    return head.status;
}

static void heads_are_signed_and_of_what_is_committed(void **state)
{
    struct fixture *fixture = *state;

    matches(fixture, 3);
    struct ledger_head_reply head = head_of(fixture, TENANT_A);
    struct ledger_checkpoint checkpoint = {.size = head.size};
    assert_int_equal(head.known, 1);
    assert_int_equal(head.size, 3);
    memcpy(checkpoint.root, head.root, sizeof head.root);
    memcpy(checkpoint.signature, head.signature, sizeof head.signature);
    assert_true(checkpoint_verify(head.public_key, LEDGER_OF_NUMBERS, TENANT_A, &checkpoint));
    assert_int_equal(head_of(fixture, TENANT_B).size, 0);
    assert_int_equal(head_of(fixture, 12).known, 0);
}

/* The inclusion proof of the last leaf of 3: H(leaf 0, leaf 1) alone. */
static void proofs_prove(void **state)
{
    struct fixture *fixture = *state;
    uint8_t leaves[3][HASH_LEN], left[HASH_LEN], root[HASH_LEN];
    uint32_t count;

    for (int i = 0; i < 3; i++) {
        matches(fixture, 1);
        memcpy(leaves[i], answer.head.leaf_hash, HASH_LEN);
    }
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 2, 3, &count), LEDGER_OK);
    assert_int_equal(count, 1);
    merkle_node(leaves[0], leaves[1], left);
    assert_memory_equal(reply + sizeof(struct ledger_hashes_reply), left, HASH_LEN);
    merkle_node(left, leaves[2], root);
    assert_memory_equal(root, head_of(fixture, TENANT_A).root, HASH_LEN);
    assert_int_equal(ask_proof(fixture, LEDGER_CONSISTENCY, 2, 3, &count), LEDGER_OK);
    assert_int_equal(count, 1);
    assert_memory_equal(reply + sizeof(struct ledger_hashes_reply), leaves[2], HASH_LEN);

    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 3, 3, &count), LEDGER_OUT_OF_RANGE);
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 0, 4, &count), LEDGER_OUT_OF_RANGE);
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, UINT64_MAX, UINT64_MAX, &count), LEDGER_OUT_OF_RANGE);
    assert_int_equal(ask_proof(fixture, LEDGER_CONSISTENCY, 0, 3, &count), LEDGER_OUT_OF_RANGE);
    assert_int_equal(ask_proof(fixture, LEDGER_CONSISTENCY, 3, 2, &count), LEDGER_OUT_OF_RANGE);
}

/* Asks as a client does; the page is in `answer`. Under REGISTER, so that the leaves of reading can be told by purpose.
 */
static enum call_status ask(struct fixture *fixture, uint8_t session, struct call_item_read item)
{
    call(fixture, session, OPERATION_READ_LEDGER, PURPOSE_REGISTER, &item, 1, &answer);
    return answer.status;
}

static struct ledger_page list(struct fixture *fixture, uint8_t session, struct call_item_read item)
{
    struct ledger_page head;

    assert_int_equal(ask(fixture, session, item), CALL_OK);
    memcpy(&head, answer.page, sizeof head);
    return head;
}

static void malformed_requests_are_violations(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_proof_request proof = {.tenant = TENANT_A, .kind = 3};
    const struct ledger_hashes_request none = {.tenant = TENANT_A}, odd = {.tenant = TENANT_A, .level = 3, .count = 1},
                                       many = {.tenant = TENANT_A, .count = LEDGER_HASHES_MAX + 1};

    assert_int_equal(ledger_read(&fixture->store, FRAME_LEDGER_PROOF, (const uint8_t *)&proof, reply), 0);
    assert_int_equal(ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&none, reply), 0);
    assert_int_equal(ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&odd, reply), 0);
    assert_int_equal(ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&many, reply), 0);
    assert_int_equal(ask(fixture, SESSION_ALL, (struct call_item_read){0}), CALL_MALFORMED);
    assert_int_equal(ask(fixture, SESSION_ALL, (struct call_item_read){.count = 1, .purpose = PURPOSE_COUNT}),
                     CALL_MALFORMED);
    assert_int_equal(ask(fixture, SESSION_ALL, (struct call_item_read){.count = 1, .zero = 1}), CALL_MALFORMED);
}

static void hashes_of_leaves_and_stored_levels(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_hashes_request request = {.tenant = TENANT_A, .level = 0, .first = 250, .count = 100};
    struct ledger_hashes_reply head;
    uint8_t root[HASH_LEN];

    matches(fixture, 257);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_true(ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&request, reply) > 0);
    memcpy(&head, reply, sizeof head);
    assert_int_equal(head.count, 7);
    assert_memory_equal(reply + sizeof head + 6 * HASH_LEN, answer.head.leaf_hash, HASH_LEN);
    request = (struct ledger_hashes_request){.tenant = TENANT_A, .level = 8, .first = 0, .count = 5};
    assert_true(ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&request, reply) > 0);
    memcpy(&head, reply, sizeof head);
    assert_int_equal(head.count, 1);
    struct tree_rows rows = ledger_rows(fixture->store.txn, &fixture->store.tenant[0]);
    const struct merkle_store hashes = tree_rows_store(&rows);
    assert_int_equal(merkle_root_at(&hashes, 256, root), 0);
    assert_memory_equal(reply + sizeof head, root, HASH_LEN);
    store_abort(&fixture->store);
}

/* "Who used my number": every leaf of one reference, recomputed to its hash. */
static void f083_all_uses_of_one_person(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_read request = {.count = 100};
    struct ledger_entry entry;
    struct ledger_item item;
    uint8_t reference[REFERENCE_LEN], hash[HASH_LEN];
    char number[NUMBER_LEN];
    uint32_t length;

    matches(fixture, 5);
    test_number(50, number);
    enroll(fixture, SESSION_ALL, number, 1, reference);
    matches(fixture, 5);
    match(fixture, SESSION_ALL, reference, number);

    memcpy(request.reference, reference, REFERENCE_LEN);
    struct ledger_page head = list(fixture, SESSION_ALL, request);
    assert_int_equal(head.count, 2);
    assert_int_equal(head.size, 12);
    assert_int_equal(head.next, 12);
    memcpy(&length, answer.page + sizeof head, sizeof length);
    assert_int_equal(length, sizeof entry + sizeof item);
    memcpy(&entry, answer.page + sizeof head + sizeof length, sizeof entry);
    memcpy(&item, answer.page + sizeof head + sizeof length + sizeof entry, sizeof item);
    assert_int_equal(entry.index, 5);
    assert_int_equal(entry.operation, OPERATION_ENROLL);
    assert_memory_equal(item.reference, reference, REFERENCE_LEN);
    struct ledger_hashes_request wanted = {.tenant = TENANT_A, .first = 5, .count = 1};
    assert_int_equal(ledger_leaf_data(&entry, &item, 1, hash), 0);
    assert_int_equal(ledger_leaf_hash(hash, hash), 0);
    assert_int_equal(store_begin(&fixture->store), 0);
    ledger_read(&fixture->store, FRAME_LEDGER_HASHES, (const uint8_t *)&wanted, reply);
    store_abort(&fixture->store);
    assert_memory_equal(reply + sizeof(struct ledger_hashes_reply), hash, HASH_LEN);
}

static void filters_and_paging(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_page head;

    matches(fixture, 10);
    fixture->clock.now_us += 1000;
    matches(fixture, 10);
    head = list(fixture, SESSION_ALL, (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 7});
    assert_int_equal(head.count, 7);
    assert_int_equal(head.next, 7);
    head = list(fixture, SESSION_ALL, (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .next = 15});
    assert_int_equal(head.count, 5);
    head = list(fixture, SESSION_ALL,
                (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .from_us = fixture->clock.now_us});
    assert_int_equal(head.count, 10);
    head = list(fixture, SESSION_ALL,
                (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .until_us = fixture->clock.now_us});
    assert_int_equal(head.count, 10);
    head = list(fixture, SESSION_ALL,
                (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .account = "somebody-else"});
    assert_int_equal(head.count, 0);
    head = list(fixture, SESSION_ALL,
                (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .account = "tester"});
    assert_int_equal(head.count, 20);
    head = list(fixture, SESSION_ALL, (struct call_item_read){.count = 100, .purpose = PURPOSE_DELETE});
    assert_int_equal(head.count, 0);
    head = list(fixture, SESSION_ALL,
                (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .next = UINT64_MAX});
    assert_int_equal(head.count, 0);
    assert_int_equal(head.next, head.size);
}

static void inv12_readers_see_their_own_tenant_and_need_the_right(void **state)
{
    struct fixture *fixture = *state;
    const struct call_item_read all = {.count = 10};

    matches(fixture, 3);
    assert_int_equal(ask(fixture, SESSION_ENROLL, all), CALL_NOT_PERMITTED);
    assert_int_equal(ask(fixture, 0x55, all), CALL_UNKNOWN_SESSION);
    struct ledger_page other = list(fixture, SESSION_OTHER, all);
    assert_int_equal(other.count, 0);
    assert_int_equal(other.size, 0);
    fixture->clock.boot_ms += 60000;
    assert_int_equal(ask(fixture, SESSION_ALL, all), CALL_EXPIRED);
}

/* Who asked about whom: reading is a leaf, and the person's own list shows it next time. Refused readers are there,
 * too. */
static void f103_reading_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_read about = {.count = 10};
    struct ledger_entry entry;
    struct ledger_item item;
    char number[NUMBER_LEN];

    test_number(50, number);
    enroll(fixture, SESSION_ALL, number, 1, about.reference);
    assert_int_equal(list(fixture, SESSION_ALL, about).count, 1);
    assert_int_equal(ask(fixture, SESSION_ENROLL, about), CALL_NOT_PERMITTED);
    assert_int_equal(list(fixture, SESSION_ALL, about).count, 2);
    const uint8_t *second =
        answer.page + sizeof(struct ledger_page) + 2 * sizeof(uint32_t) + sizeof entry + sizeof item;
    memcpy(&entry, second, sizeof entry);
    memcpy(&item, second + sizeof entry, sizeof item);
    assert_int_equal(entry.operation, OPERATION_READ_LEDGER);
    assert_int_equal(entry.index, 1);
    assert_string_equal(entry.account, "tester");
    assert_memory_equal(item.reference, about.reference, REFERENCE_LEN);
    assert_int_equal(item.outcome, OUTCOME_DONE);
    assert_int_equal(list(fixture, SESSION_ALL, (struct call_item_read){.count = 10}).count, 4);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 5);
}

/* What the front sees of a page is the same for an empty one and a full one. */
static void pages_tell_the_front_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct call_item_read nobody = {.account = "nobody", .count = 1};

    matches(fixture, 3);
    list(fixture, SESSION_ALL, (struct call_item_read){.count = 10});
    struct call_result_item full = answer.results[0];
    list(fixture, SESSION_ALL, nobody);
    assert_memory_equal(&full, &answer.results[0], sizeof full);
    for (size_t i = sizeof(struct ledger_page); i < LEDGER_PAGE_LEN; i++)
        assert_int_equal(answer.page[i], 0); /* and nothing of the page before is left in this one */
}

/* A list of large entries stops where the reply is full, and goes on there. */
static void large_entries_come_in_several_replies(void **state)
{
    struct fixture *fixture = *state;
    static struct call_item items[1000];
    uint64_t next = 0;
    unsigned entries = 0, replies = 0;

    for (unsigned i = 0; i < 1000; i++) {
        items[i] = (struct call_item){.reference = {1, (uint8_t)i}};
        test_number(i, items[i].number);
    }
    for (int i = 0; i < 10; i++)
        call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, items, 1000, &answer);
    while (next < 10) {
        struct ledger_page head =
            list(fixture, SESSION_ALL, (struct call_item_read){.purpose = PURPOSE_CHANGE, .count = 100, .next = next});
        assert_true(head.next > next);
        next = head.next;
        entries += head.count;
        replies++;
    }
    assert_int_equal(entries, 10);
    assert_int_equal(replies, 5); /* two of 32,128 bytes each fit */
}

/* A year later: the entries of the first day are gone from the store's file, in slices; hashes, proofs and the tree are
 * as they were, and lists say how many are gone. */
static void f044_readable_parts_expire_and_the_tree_stays(void **state)
{
    const int64_t day_us = 86400 * (int64_t)1000000;
    struct fixture *fixture = *state;
    struct tenant *tenant = &fixture->store.tenant[0];
    struct ledger_entry entry;
    uint8_t root[HASH_LEN], before[HASH_LEN];
    uint32_t erased, count;

    matches(fixture, 300);
    list(fixture, SESSION_ALL, (struct call_item_read){.count = 1});
    memcpy(&entry, answer.page + sizeof(struct ledger_page) + sizeof(uint32_t), sizeof entry);
    fixture->clock.now_us += 365 * day_us;
    matches(fixture, 5);
    assert_int_equal(merkle_root(&tenant->now.ledger, before), 0);
    assert_true(store_contains(fixture, entry.salt, sizeof entry.salt));

    int64_t due_us = fixture->clock.now_us - 30 * day_us;
    for (uint32_t expected = RETENTION_SLICE, left = 301; left > 0; expected = left) {
        assert_int_equal(store_begin(&fixture->store), 0);
        assert_int_equal(retention_slice(&fixture->store, tenant, due_us, &erased), 0);
        assert_int_equal(erased, expected);
        assert_int_equal(store_commit(&fixture->store), 0);
        left -= erased;
    }
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(retention_slice(&fixture->store, tenant, due_us, &erased), 0);
    assert_int_equal(erased, 0); /* nothing before its time */
    store_abort(&fixture->store);

    fixture_reopen(fixture);
    assert_int_equal(tenant->now.expired, 301);
    assert_int_equal(merkle_root(&tenant->now.ledger, root), 0);
    assert_memory_equal(root, before, HASH_LEN);
    assert_int_equal(ask_proof(fixture, LEDGER_INCLUSION, 3, 306, &count), LEDGER_OK);
    struct ledger_page page = list(fixture, SESSION_ALL, (struct call_item_read){.count = 100});
    assert_int_equal(page.expired, 301);
    assert_int_equal(page.count, 5);
    assert_int_equal(store_flush(&fixture->store, 0), 0);
    assert_int_equal(store_compact(fixture->folder), 0); /* and the old pages, which LMDB has given up */
    assert_false(store_contains(fixture, entry.salt, sizeof entry.salt));
}

/* Everything erased, and the ledger goes on. */
static void an_expired_ledger_goes_on(void **state)
{
    struct fixture *fixture = *state;
    uint32_t erased;

    matches(fixture, 3);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(retention_slice(&fixture->store, &fixture->store.tenant[0], INT64_MAX, &erased), 0);
    assert_int_equal(store_commit(&fixture->store), 0);
    assert_int_equal(erased, 3);
    fixture_reopen(fixture);
    matches(fixture, 1);
    assert_int_equal(answer.head.ledger_index, 3);
    assert_int_equal(list(fixture, SESSION_ALL, (struct call_item_read){.count = 100}).count, 1);
    fixture_reopen(fixture);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 5);
}

static void batch(struct fixture *fixture, uint32_t count)
{
    static struct call_item items[CALL_ITEMS_MAX];

    for (uint32_t i = 0; i < count; i++) {
        items[i] = (struct call_item){.reference = {1}};
        test_number(i % 50, items[i].number);
    }
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, items, count, &answer);
    assert_int_equal(answer.status, CALL_OK);
}

/* Found by the crash campaign: an entry more was written behind a page that the ones before filled to its last byte. */
static void a_page_can_be_full_to_its_last_byte(void **state)
{
    struct fixture *fixture = *state;
    const uint32_t entry = sizeof(uint32_t) + sizeof(struct ledger_entry), item = sizeof(struct ledger_item);
    const uint32_t items = (LEDGER_PAGE_LEN - (uint32_t)sizeof(struct ledger_page) - 8 * entry) / item;

    assert_int_equal(sizeof(struct ledger_page) + 8 * entry + items * item, LEDGER_PAGE_LEN);
    for (int i = 0; i < 8; i++)
        batch(fixture, i < 7 ? items / 8 : items - 7 * (items / 8));
    matches(fixture, 2);
    struct ledger_page page = list(fixture, SESSION_ALL, (struct call_item_read){.count = 100});
    assert_int_equal(page.count, 8);
    assert_int_equal(page.next, 8);
    page = list(fixture, SESSION_ALL, (struct call_item_read){.next = page.next, .count = 100});
    assert_int_equal(page.count, 3); /* the first reading's leaf is the last */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_can_be_full_to_its_last_byte),
        TEST(heads_are_signed_and_of_what_is_committed),
        TEST(proofs_prove),
        TEST(malformed_requests_are_violations),
        TEST(hashes_of_leaves_and_stored_levels),
        TEST(f083_all_uses_of_one_person),
        TEST(filters_and_paging),
        TEST(inv12_readers_see_their_own_tenant_and_need_the_right),
        TEST(f103_reading_is_recorded),
        TEST(pages_tell_the_front_nothing),
        TEST(f044_readable_parts_expire_and_the_tree_stays),
        TEST(an_expired_ledger_goes_on),
        TEST(large_entries_come_in_several_replies),
    };
    return cmocka_run_group_tests_name("reading the ledger", tests, NULL, NULL);
}
