#include "ledger_model.h"

#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/sealed.h"

#define RECEIPT_LEAVES 5
#define RECEIPT_AT     3 /* the leaf of the erasure */
#define RECEIPT_ITEMS  3

/* The leaf at RECEIPT_AT is an entry's while the receipt is made. */
static uint8_t entry_leaf[SEKISHO_HASH_LEN];
static bool with_entry;

void model_leaf(uint64_t n, uint8_t hash[SEKISHO_HASH_LEN])
{
    memset(hash, 0, SEKISHO_HASH_LEN);
    hash[0] = (uint8_t)(n + 1);
    if (with_entry && n == RECEIPT_AT)
        memcpy(hash, entry_leaf, SEKISHO_HASH_LEN);
}

static void node(const uint8_t *left, const uint8_t *right, uint8_t out[SEKISHO_HASH_LEN])
{
    uint8_t bytes[1 + 2 * SEKISHO_HASH_LEN] = {1};

    memcpy(bytes + 1, left, SEKISHO_HASH_LEN);
    memcpy(bytes + 1 + SEKISHO_HASH_LEN, right, SEKISHO_HASH_LEN);
    REQUIRE(sha256(bytes, sizeof bytes, out) == 0);
}

/* The largest power of two below n. */
static uint64_t split(uint64_t n)
{
    uint64_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

/* MTH of `size` leaves from `first` on. */
static void subtree(uint64_t first, uint64_t size, uint8_t out[SEKISHO_HASH_LEN])
{
    uint8_t left[SEKISHO_HASH_LEN], right[SEKISHO_HASH_LEN];

    if (size == 1) {
        model_leaf(first, out);
        return;
    }
    subtree(first, split(size), left);
    subtree(first + split(size), size - split(size), right);
    node(left, right, out);
}

void model_root(uint64_t size, uint8_t root[SEKISHO_HASH_LEN])
{
    subtree(0, size, root);
}

/* PATH(m, D[n]) */
static void path(uint64_t m, uint64_t first, uint64_t size, struct sekisho_proof *proof)
{
    if (size == 1)
        return;
    uint64_t k = split(size);
    if (m < k) {
        path(m, first, k, proof);
        subtree(first + k, size - k, proof->hash[proof->count++]);
    } else {
        path(m - k, first + k, size - k, proof);
        subtree(first, k, proof->hash[proof->count++]);
    }
}

void model_inclusion(uint64_t index, uint64_t size, struct sekisho_proof *proof)
{
    proof->count = 0;
    path(index, 0, size, proof);
}

/* SUBPROOF(m, D[n], b) */
static void subproof(uint64_t m, uint64_t first, uint64_t size, bool whole, struct sekisho_proof *proof)
{
    if (m == size) {
        if (!whole)
            subtree(first, size, proof->hash[proof->count++]);
        return;
    }
    uint64_t k = split(size);
    if (m <= k) {
        subproof(m, first, k, whole, proof);
        subtree(first + k, size - k, proof->hash[proof->count++]);
    } else {
        subproof(m - k, first + k, size - k, false, proof);
        subtree(first, k, proof->hash[proof->count++]);
    }
}

void model_consistency(uint64_t old_size, uint64_t size, struct sekisho_proof *proof)
{
    proof->count = 0;
    subproof(old_size, 0, size, true, proof);
}

/* ---- the receipt ---- */

static struct {
    struct sekisho_checkpoint head;
    char *text;
} made;

static void sign(struct sekisho_checkpoint *head)
{
    static const uint8_t seed[32] = {7};
    char note[SEKISHO_NOTE_MAX];
    struct ed25519 *key = ed25519_new(seed, head->public_key);

    REQUIRE(key && sekisho_checkpoint_note(head, note));
    REQUIRE(ed25519_sign(key, note, (size_t)(strstr(note, "\n\n") + 1 - note), head->signature) == 0);
    ed25519_free(key);
}

/* Of five leaves the fourth erased the second of three people. */
static void make(void)
{
    struct {
        struct ledger_entry entry;
        struct ledger_item item[RECEIPT_ITEMS];
    } data = {.entry = {.version = LEDGER_ENTRY_VERSION,
                        .tenant = 11,
                        .operation = OPERATION_ERASE,
                        .purpose = PURPOSE_DELETE,
                        .count = RECEIPT_ITEMS,
                        .index = RECEIPT_AT,
                        .time_us = 1795420800123456,
                        .account = "approver01",
                        .salt = {1, 2, 3}}};
    struct sekisho_ledger_entry entry;
    struct sekisho_proof proof;
    static struct erasure_receipt receipt;

    for (uint8_t i = 0; i < RECEIPT_ITEMS; i++)
        data.item[i] =
            (struct ledger_item){.reference = {0xa0, i}, .outcome = OUTCOME_DONE, .detail = DETAIL_DONE, .salt = {i}};
    REQUIRE(sekisho_ledger_decode((const uint8_t *)&data, sizeof data, &entry));
    memcpy(entry_leaf, entry.leaf_hash, sizeof entry_leaf);
    with_entry = true;
    made.head = (struct sekisho_checkpoint){.prefecture = 11, .size = RECEIPT_LEAVES};
    model_root(RECEIPT_LEAVES, made.head.root);
    model_inclusion(RECEIPT_AT, RECEIPT_LEAVES, &proof);
    with_entry = false;
    sign(&made.head);
    REQUIRE(erasure_receipt_make(&entry, 1, &proof, &made.head, &receipt));
    made.text = erasure_receipt_text(&receipt);
}

const struct sekisho_checkpoint *model_head(void)
{
    if (!made.text)
        make();
    return &made.head;
}

const char *model_receipt(void)
{
    if (!made.text)
        make();
    return made.text;
}
