/*
 * What a client reads of a ledger from others: receipts of erasures and of calls, state files, proofs, and pages of
 * entries. Genuine ones are changed; what the model's key has not signed must not be taken for its. Requires:
 *   - a receipt, a state file: under the model's key no other text than the genuine one is good;
 *   - a proof: good as it is, bad with any other hash, leaf, root, length or index;
 *   - a page: entries in their order, of the prefecture, as asked for, and each can be shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "crypto/hash.h"
#include "ledger.h"
#include "ledger_job.h"
#include "ledger_model.h"

#define TEXT_MAX    (64u << 10)
#define CHANGES_MAX 8

static char given[TEXT_MAX + 1];

/* Changes a text as the input says: bytes replaced, left out, put in. Returns its length; it has no zero byte. */
static size_t change_text(struct input *input, const char *genuine)
{
    size_t length = strlen(genuine);

    memcpy(given, genuine, length);
    for (int i = 0; i < CHANGES_MAX && input->left > 0; i++) {
        uint8_t what = input_u8(input);
        size_t at = input_u16(input) % (length + 1), count = input_u8(input);
        if (what % 3 == 0 && at < length)
            given[at] = (char)count;
        if (what % 3 == 1) {
            count = count < length - at ? count : length - at;
            memmove(given + at, given + at + count, length - at - count);
            length -= count;
        }
        if (what % 3 == 2) {
            struct input part = input_part(input, count);
            memmove(given + at + part.left, given + at, length - at);
            memcpy(given + at, part.at, part.left);
            length += part.left;
        }
    }
    given[length] = '\0';
    return strlen(given);
}

static bool of_model(const struct sekisho_checkpoint *head)
{
    return memcmp(head->public_key, model_head()->public_key, sizeof head->public_key) == 0;
}

static void erasure_receipts(struct input *input)
{
    static struct erasure_receipt receipt;
    bool genuine = input_u8(input) & 1;
    unsigned line = 0;

    change_text(input, genuine ? model_receipt() : "");
    enum receipt_fault fault = erasure_receipt_check(given, &receipt, &line);
    REQUIRE((fault == RECEIPT_LINE) == (line > 0));
    REQUIRE(receipt.item_count <= CALL_ITEMS_MAX && receipt.proof.count <= SEKISHO_PROOF_MAX);
    if (strcmp(given, model_receipt()) == 0)
        REQUIRE(fault == RECEIPT_GOOD);
    else
        REQUIRE(fault != RECEIPT_GOOD || !of_model(&receipt.head));
}

/* The state file that the client itself writes of a head. */
static const char *genuine_state(void)
{
    static char state[1024];
    char path[512];

    if (state[0])
        return state;
    snprintf(path, sizeof path, "%s", fuzz_file("state", "", 0));
    REQUIRE(ledger_state_save(path, model_head(), NULL) == SEKISHO_OK);
    FILE *file = fopen(path, "r");
    REQUIRE(file && fread(state, 1, sizeof state - 1, file) > 0);
    fclose(file);
    return state;
}

static void state_files(struct input *input)
{
    bool genuine = input_u8(input) & 1, found = false;
    struct sekisho_checkpoint head;
    struct sekisho_error error = {0};
    size_t length = change_text(input, genuine ? genuine_state() : "");
    enum sekisho_status status = ledger_state_load(fuzz_file("state", given, length), &head, &found, &error);

    REQUIRE(found == (status == SEKISHO_OK));
    if (strcmp(given, genuine_state()) == 0)
        REQUIRE(found && memcmp(&head, model_head(), sizeof head) == 0);
    else
        REQUIRE(!found || !of_model(&head));
}

static void call_receipts(struct input *input)
{
    struct sekisho_receipt receipt, again;
    json_t *object = json_loadb((const char *)input->at, input->left, 0, NULL);
    bool good = receipt_from_json(object, &receipt);

    json_decref(object);
    if (!good)
        return;
    object = receipt_json(&receipt);
    REQUIRE(object && receipt_from_json(object, &again));
    json_decref(object);
    receipt.recorded_us = again.recorded_us = 0;
    REQUIRE(memcmp(&receipt, &again, sizeof receipt) == 0);
}

/* ---- proofs ---- */

static bool change_proof(struct input *input, struct sekisho_proof *proof)
{
    uint8_t choice = input_u8(input), hash = input_u8(input), flip = input_u8(input);

    if (choice & 1 && proof->count > 0)
        proof->hash[hash % proof->count][choice / 8] ^= flip;
    bool changed = choice & 1 && proof->count > 0 && flip != 0;
    if (choice & 2)
        proof->count++;
    else if (choice & 4 && proof->count > 0)
        proof->count--, changed = true;
    return changed || choice & 2;
}

static void inclusion(struct input *input)
{
    uint64_t size = input_u8(input) % MODEL_LEAVES + 1u, index = input_u8(input) % size, other = input_u64(input);
    uint8_t leaf[SEKISHO_HASH_LEN], root[SEKISHO_HASH_LEN];
    struct sekisho_proof proof = {0};

    model_leaf(index, leaf);
    model_root(size, root);
    model_inclusion(index, size, &proof);
    REQUIRE(sekisho_verify_inclusion(index, size, leaf, &proof, root));
    REQUIRE(other % size == index || !sekisho_verify_inclusion(other % size, size, leaf, &proof, root));
    bool changed = change_proof(input, &proof);
    leaf[0] ^= input_u8(input) & 1, root[5] ^= input_u8(input);
    model_root(size, proof.hash[SEKISHO_PROOF_MAX - 1]);
    changed = changed || leaf[0] != (uint8_t)(index + 1) || root[5] != proof.hash[SEKISHO_PROOF_MAX - 1][5];
    REQUIRE(sekisho_verify_inclusion(index, size, leaf, &proof, root) == !changed);
    (void)sekisho_verify_inclusion(other, input_u64(input), leaf, &proof, root);
}

static void consistency(struct input *input)
{
    uint64_t size = input_u8(input) % MODEL_LEAVES + 1u, old_size = input_u8(input) % size + 1u;
    uint8_t old_root[SEKISHO_HASH_LEN], root[SEKISHO_HASH_LEN];
    struct sekisho_proof proof = {0};

    model_root(old_size, old_root);
    model_root(size, root);
    model_consistency(old_size, size, &proof);
    REQUIRE(sekisho_verify_consistency(old_size, old_root, size, root, &proof));
    bool changed = change_proof(input, &proof);
    uint8_t flip_old = input_u8(input), flip = input_u8(input);
    old_root[9] ^= flip_old, root[5] ^= flip;
    changed = changed || flip_old || flip;
    REQUIRE(sekisho_verify_consistency(old_size, old_root, size, root, &proof) == !changed);
    (void)sekisho_verify_consistency(input_u64(input), old_root, input_u64(input), root, &proof);
}

/* ---- pages ---- */

static struct input pages;

static void put_entry(struct input *input, uint8_t *page, size_t *used)
{
    struct ledger_entry entry = {.version = LEDGER_ENTRY_VERSION, .tenant = 11, .account = "officer"};
    uint8_t choice = input_u8(input);
    size_t items = choice & 1 ? input_u8(input) % 8 : 1;
    uint32_t length = (uint32_t)(sizeof entry + items * sizeof(struct ledger_item));

    if (length + sizeof length > LEDGER_PAGE_LEN - *used)
        return;
    entry.index = input_u8(input);
    entry.count = (uint32_t)items;
    entry.operation = input_u8(input);
    if (choice & 2)
        input_copy(input, (uint8_t *)&entry + input_u8(input) % (sizeof entry - 8), 8);
    memcpy(page + *used + sizeof length, &entry, sizeof entry);
    input_copy(input, page + *used + sizeof length + sizeof entry, items * sizeof(struct ledger_item));
    if (choice & 4)
        length ^= input_u32(input);
    memcpy(page + *used, &length, sizeof length);
    *used += sizeof length + sizeof entry + items * sizeof(struct ledger_item);
}

enum sekisho_status __wrap_session_read_page(struct sekisho_session *session, const struct call_item_read *item,
                                             uint8_t *page, struct sekisho_error *error);
enum sekisho_status __wrap_session_read_page(struct sekisho_session *session, const struct call_item_read *item,
                                             uint8_t *page, struct sekisho_error *error)
{
    struct ledger_page head = {.count = input_u8(&pages)};
    size_t used = sizeof head;

    (void)session;
    if (pages.left == 0)
        return error_forged(error, "no page", "no page");
    uint8_t choice = input_u8(&pages);
    head.next = item->next + (choice & 1 ? input_u64(&pages) : head.count);
    head.size = choice & 2 ? input_u64(&pages) : 64;
    head.count = choice & 4 ? input_u32(&pages) : head.count % 16;
    memset(page, 0, LEDGER_PAGE_LEN);
    for (unsigned i = choice / 8 % 16; i > 0; i--)
        put_entry(&pages, page, &used);
    memcpy(page, &head, sizeof head);
    return SEKISHO_OK;
}

static void show(const struct sekisho_ledger_entry *entry, const uint8_t *reference)
{
    const struct sekisho_proof proof = {.count = 1};
    json_t *whole = entry_json(entry), *proven = proven_json(entry, reference, &proof);

    REQUIRE(whole && proven);
    json_decref(whole);
    json_decref(proven);
}

static void entries(struct input *input)
{
    struct session_state state = {.tenant = 11};
    struct sekisho_session session = {.state = &state};
    static const uint8_t reference[SEKISHO_REFERENCE_LEN] = {1};
    uint8_t choice = input_u8(input);
    const struct sekisho_ledger_filter filter = {.reference = choice & 1 ? reference : NULL,
                                                 .account = choice & 2 ? "officer" : NULL,
                                                 .start_us = choice & 4 ? 5 : 0};
    const struct sekisho_ledger_entry *entry = NULL;
    struct sekisho_ledger_reader *reader = NULL;
    struct sekisho_error error;
    uint64_t size = input_u8(input), least = 0;

    pages = *input;
    REQUIRE(sekisho_ledger_read(&session, &filter, size, &reader, &error) == SEKISHO_OK);
    while (sekisho_ledger_next(reader, &entry, &error) == SEKISHO_OK && entry) {
        REQUIRE(entry->index >= least && entry->prefecture == 11 && sekisho_ledger_matches(&filter, entry));
        least = entry->index + 1;
        show(entry, reference);
    }
    sekisho_ledger_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};

    REQUIRE(crypto_init() == 0);
    switch (input_u8(&input) % 6) {
    case 0:
        erasure_receipts(&input);
        break;
    case 1:
        state_files(&input);
        break;
    case 2:
        call_receipts(&input);
        break;
    case 3:
        inclusion(&input);
        break;
    case 4:
        consistency(&input);
        break;
    default:
        entries(&input);
    }
    return 0;
}
