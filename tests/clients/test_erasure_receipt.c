/* Erasure receipts: a good one is taken, and no line of it can be changed, left out or added. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "erasure_receipt.h"
#include "support/fixture.h"

#define LEAVES 5
#define AT     3 /* the leaf of the erasure */
#define ITEMS  3

static struct erasure_receipt receipt;

static void sign(struct sekisho_checkpoint *head)
{
    uint8_t seed[32] = {7};
    char note[SEKISHO_NOTE_MAX];
    struct ed25519 *key = ed25519_new(seed, head->public_key);

    assert_non_null(key);
    assert_true(sekisho_checkpoint_note(head, note));
    assert_int_equal(ed25519_sign(key, note, (size_t)(strstr(note, "\n\n") + 1 - note), head->signature), 0);
    ed25519_free(key);
}

static void node(const uint8_t *left, const uint8_t *right, uint8_t out[HASH_LEN])
{
    uint8_t bytes[1 + 2 * HASH_LEN] = {1};

    memcpy(bytes + 1, left, HASH_LEN);
    memcpy(bytes + 1 + HASH_LEN, right, HASH_LEN);
    assert_int_equal(sha256(bytes, sizeof bytes, out), 0);
}

/* A ledger of five leaves of which the fourth erased the second of three people. */
static char *make(uint16_t operation, enum detail detail, bool included)
{
    struct {
        struct ledger_entry entry;
        struct ledger_item item[ITEMS];
    } data = {.entry = {.version = LEDGER_ENTRY_VERSION,
                        .tenant = 11,
                        .operation = operation,
                        .purpose = PURPOSE_DELETE,
                        .count = ITEMS,
                        .index = AT,
                        .time_us = 1795420800123456,
                        .account = "approver01",
                        .salt = {1, 2, 3}}};
    struct sekisho_checkpoint head = {.prefecture = 11, .size = LEAVES};
    struct sekisho_ledger_entry entry;
    struct sekisho_proof proof = {.count = 3};
    struct sekisho_tree tree = {0};
    uint8_t leaf[LEAVES][HASH_LEN] = {{1}, {2}, {3}, {4}, {5}};

    for (uint8_t i = 0; i < ITEMS; i++)
        data.item[i] = (struct ledger_item){
            .reference = {0xa0, i}, .outcome = OUTCOME_DONE, .detail = (uint8_t)detail, .salt = {i}};
    assert_true(sekisho_ledger_decode((const uint8_t *)&data, sizeof data, &entry));
    if (included)
        memcpy(leaf[AT], entry.leaf_hash, HASH_LEN);
    for (size_t i = 0; i < LEAVES; i++)
        assert_true(sekisho_tree_add(&tree, leaf[i]));
    assert_true(sekisho_tree_root(&tree, head.root));
    memcpy(proof.hash[0], leaf[2], HASH_LEN);
    node(leaf[0], leaf[1], proof.hash[1]);
    memcpy(proof.hash[2], leaf[4], HASH_LEN);
    sign(&head);
    assert_true(erasure_receipt_make(&entry, 1, &proof, &head, &receipt));
    return erasure_receipt_text(&receipt);
}

static char *good(void)
{
    return make(OPERATION_ERASE, DETAIL_DONE, true);
}

static enum receipt_fault check(const char *text)
{
    static struct erasure_receipt read;
    unsigned line;

    return erasure_receipt_check(text, &read, &line);
}

static void test_good(void **state)
{
    static struct erasure_receipt read;
    char *text = good();
    unsigned line = 1;

    (void)state;
    assert_int_equal(erasure_receipt_check(text, &read, &line), RECEIPT_GOOD);
    assert_int_equal(line, 0);
    assert_memory_equal(read.head.public_key, receipt.head.public_key, sizeof read.head.public_key);
    assert_non_null(strstr(text, "\nreference a0010000000000000000000000000000\n"));
    assert_non_null(strstr(text, "\ntime 2026-11-23T08:00:00.123456Z\noperation ERASE\npurpose DELETE\n"
                                 "account approver01\nindex 3\n"));
    assert_null(strstr(text, "a0000000000000000000000000000000")); /* nobody else of the batch */
    free(text);
}

/* Every byte of every line: none can be another one. */
static void test_every_byte_counts(void **state)
{
    char *text = good();

    (void)state;
    for (size_t i = 0; text[i]; i++) {
        char was = text[i];
        text[i] = (char)(was == '0' ? '1' : was == 'a' ? 'b' : was == '\n' ? ' ' : '0');
        if (check(text) == RECEIPT_GOOD)
            fail_msg("byte %zu may be %c instead of %c", i, text[i], was);
        text[i] = was;
    }
    assert_int_equal(check(text), RECEIPT_GOOD);
    free(text);
}

static void test_lines_left_out_twice_and_added(void **state)
{
    char *text = good(), *changed = malloc(3 * strlen(text));

    (void)state;
    assert_non_null(changed);
    for (char *line = text; *line; line = strchr(line, '\n') + 1) {
        size_t before = (size_t)(line - text), length = (size_t)(strchr(line, '\n') + 1 - line);
        sprintf(changed, "%.*s%s", (int)before, text, line + length);
        assert_int_not_equal(check(changed), RECEIPT_GOOD);
        sprintf(changed, "%.*s%.*s%s", (int)before, text, (int)length, line, line);
        assert_int_not_equal(check(changed), RECEIPT_GOOD);
        sprintf(changed, "%.*snote anything\n%s", (int)before, text, line);
        assert_int_not_equal(check(changed), RECEIPT_GOOD);
        sprintf(changed, "%.*s", (int)before, text); /* cut off */
        assert_int_not_equal(check(changed), RECEIPT_GOOD);
    }
    sprintf(changed, "%sanything", text);
    assert_int_equal(check(changed), RECEIPT_LINE);
    free(changed);
    free(text);
}

/* What libcrypto skips in base64 is not what the vault wrote. */
static void test_spaces_in_base64(void **state)
{
    char *text = good(), *key = strchr(strstr(text, "\nvkey "), '+');

    (void)state;
    assert_non_null(key);
    memset(key + 10, ' ', strcspn(key + 10, "\n") - 4);
    assert_int_equal(check(text), RECEIPT_LINE);
    free(text);
}

/* Forgers who write the whole text anew: the words fit, the proofs do not. */
static void test_consistent_lies(void **state)
{
    char *text = make(OPERATION_MATCH, DETAIL_MATCHED, true);

    (void)state;
    assert_int_equal(check(text), RECEIPT_NOT_ERASURE);
    free(text);
    text = make(OPERATION_ERASE, DETAIL_UNKNOWN_REFERENCE, true);
    assert_int_equal(check(text), RECEIPT_NOT_ERASURE);
    free(text);
    text = make(OPERATION_ERASE, DETAIL_DONE, false);
    assert_int_equal(check(text), RECEIPT_LEAF);
    free(text);

    free(good());
    ((struct ledger_entry *)receipt.data)->time_us -= 3600 * 1000000ll;
    text = erasure_receipt_text(&receipt);
    assert_int_equal(check(text), RECEIPT_LEAF);
    free(text);
    free(good());
    receipt.data[sizeof(struct ledger_entry)] ^= 1; /* another person */
    text = erasure_receipt_text(&receipt);
    assert_int_equal(check(text), RECEIPT_LEAF);
    free(text);
    free(good());
    receipt.head.signature[5] ^= 1;
    text = erasure_receipt_text(&receipt);
    assert_int_equal(check(text), RECEIPT_SIGNATURE);
    free(text);
    free(good());
    receipt.head.prefecture = 12; /* signed as it is, of another ledger */
    sign(&receipt.head);
    text = erasure_receipt_text(&receipt);
    assert_int_equal(check(text), RECEIPT_LEAF);
    free(text);
}

static void test_the_line_is_named(void **state)
{
    static struct erasure_receipt read;
    char *text = good();
    unsigned line;

    (void)state;
    memcpy(strstr(text, "approver01"), "approver02", 10);
    assert_int_equal(erasure_receipt_check(text, &read, &line), RECEIPT_LINE);
    assert_int_equal(line, 7);
    free(text);
    assert_int_equal(erasure_receipt_check("", &read, &line), RECEIPT_LINE);
    assert_int_equal(line, 1);
    assert_int_equal(erasure_receipt_check("vkey +\nvkey a+12345678+\nentry\nproof 1\n\n\n", &read, &line),
                     RECEIPT_LINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_spaces_in_base64),
        cmocka_unit_test(test_lines_left_out_twice_and_added),
        cmocka_unit_test(test_consistent_lies),
        cmocka_unit_test(test_the_line_is_named),
    };
    return cmocka_run_group_tests_name("erasure receipts", tests, NULL, NULL);
}
