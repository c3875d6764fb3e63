/* Verification of RFC 6962 trees, as RFC 9162 writes it down; nothing here makes a proof or talks to a server. */
#include <string.h>

#include "crypto/checkpoint_text.h"
#include "crypto/ed25519.h"
#include "crypto/ledger_leaf.h"
#include "internal.h"

_Static_assert(SEKISHO_HASH_LEN == HASH_LEN && SEKISHO_NOTE_MAX == CHECKPOINT_NOTE_MAX, "sizes");
_Static_assert(SEKISHO_VKEY_MAX == CHECKPOINT_VKEY_MAX, "sizes");

/* SHA-256(0x01 || left || right). `out` may be one of both. */
static bool node(const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN])
{
    uint8_t bytes[1 + 2 * HASH_LEN] = {0x01};

    memcpy(bytes + 1, left, HASH_LEN);
    memcpy(bytes + 1 + HASH_LEN, right, HASH_LEN);
    return sha256(bytes, sizeof bytes, out) == 0;
}

bool sekisho_leaf_data(const void *data, size_t length, uint8_t leaf_data[SEKISHO_HASH_LEN])
{
    const size_t head = sizeof(struct ledger_entry), item = sizeof(struct ledger_item);

    return length >= head && (length - head) % item == 0 &&
           ledger_leaf_data(data, (const uint8_t *)data + head, (length - head) / item, leaf_data) == 0;
}

bool sekisho_leaf_hash(const void *data, size_t length, uint8_t hash[SEKISHO_HASH_LEN])
{
    uint8_t leaf_data[HASH_LEN];

    return sekisho_leaf_data(data, length, leaf_data) && ledger_leaf_hash(leaf_data, hash) == 0;
}

bool sekisho_leaf_hash_of_items(const void *head, size_t head_length, const uint8_t (*items)[SEKISHO_HASH_LEN],
                                size_t count, uint8_t hash[SEKISHO_HASH_LEN])
{
    const struct iovec parts[] = {{(void *)(uintptr_t)head, head_length}, {(void *)(uintptr_t)items, count * HASH_LEN}};
    uint8_t leaf_data[HASH_LEN];

    return sha256_parts(parts, 2, leaf_data) == 0 && ledger_leaf_hash(leaf_data, hash) == 0;
}

bool sekisho_item_hash(const struct sekisho_ledger_item *item, uint8_t hash[SEKISHO_HASH_LEN])
{
    return item->length == sizeof(struct ledger_item) && ledger_item_hash(item->data, hash) == 0;
}

bool sekisho_verify_inclusion(uint64_t index, uint64_t size, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                              const struct sekisho_proof *proof, const uint8_t root[SEKISHO_HASH_LEN])
{
    uint64_t at = index, last = size - 1;
    uint8_t hash[HASH_LEN];

    if (index >= size)
        return false;
    memcpy(hash, leaf_hash, sizeof hash);
    for (size_t i = 0; i < proof->count; i++, at >>= 1, last >>= 1) {
        if (last == 0)
            return false;
        if ((at & 1) == 0 && at != last) {
            if (!node(hash, proof->hash[i], hash))
                return false;
            continue;
        }
        if (!node(proof->hash[i], hash, hash))
            return false;
        for (; (at & 1) == 0 && at != 0; at >>= 1)
            last >>= 1;
    }
    return last == 0 && memcmp(hash, root, sizeof hash) == 0;
}

/* The proof's hashes after the first one, which both trees share. */
static bool climb(uint64_t at, uint64_t last, const uint8_t (*hashes)[HASH_LEN], size_t count,
                  uint8_t old_hash[HASH_LEN], uint8_t hash[HASH_LEN])
{
    for (size_t i = 0; i < count; i++, at >>= 1, last >>= 1) {
        if (last == 0)
            return false;
        if ((at & 1) == 0 && at != last) {
            if (!node(hash, hashes[i], hash))
                return false;
            continue;
        }
        if (!node(hashes[i], old_hash, old_hash) || !node(hashes[i], hash, hash))
            return false;
        for (; (at & 1) == 0 && at != 0; at >>= 1)
            last >>= 1;
    }
    return last == 0;
}

bool sekisho_verify_consistency(uint64_t old_size, const uint8_t old_root[SEKISHO_HASH_LEN], uint64_t size,
                                const uint8_t root[SEKISHO_HASH_LEN], const struct sekisho_proof *proof)
{
    uint8_t old_hash[HASH_LEN], hash[HASH_LEN];
    bool complete = (old_size & (old_size - 1)) == 0; /* the old tree is a subtree of the new one: its root is known */
    size_t used = complete ? 0 : 1;

    if (old_size == 0 || old_size > size)
        return false;
    if (old_size == size)
        return proof->count == 0 && memcmp(old_root, root, HASH_LEN) == 0;
    if (proof->count == 0)
        return false;
    memcpy(hash, complete ? old_root : proof->hash[0], sizeof hash);
    memcpy(old_hash, hash, sizeof old_hash);
    uint64_t at = old_size - 1, last = size - 1;
    for (; at & 1; at >>= 1)
        last >>= 1;
    return climb(at, last, proof->hash + used, proof->count - used, old_hash, hash) &&
           memcmp(old_hash, old_root, HASH_LEN) == 0 && memcmp(hash, root, HASH_LEN) == 0;
}

static enum ledger_kind kind_of(const struct sekisho_checkpoint *checkpoint)
{
    return checkpoint->ledger == SEKISHO_LEDGER_ACCESS ? LEDGER_OF_ACCESS : LEDGER_OF_NUMBERS;
}

bool sekisho_verify_checkpoint(const struct sekisho_checkpoint *checkpoint)
{
    char text[CHECKPOINT_TEXT_MAX];
    size_t length = checkpoint_text(kind_of(checkpoint), (uint16_t)checkpoint->prefecture, checkpoint->size,
                                    checkpoint->root, text);

    return ed25519_verify(checkpoint->public_key, text, length, checkpoint->signature);
}

bool sekisho_tree_add(struct sekisho_tree *tree, const uint8_t leaf_hash[SEKISHO_HASH_LEN])
{
    uint8_t hash[HASH_LEN];
    unsigned level = 0;

    memcpy(hash, leaf_hash, sizeof hash);
    for (uint64_t size = tree->size; size & 1; size >>= 1, level++)
        if (!node(tree->edge[level], hash, hash))
            return false;
    memcpy(tree->edge[level], hash, sizeof hash);
    tree->size++;
    return true;
}

bool sekisho_tree_root(const struct sekisho_tree *tree, uint8_t root[SEKISHO_HASH_LEN])
{
    bool begun = false;

    if (tree->size == 0)
        return sha256("", 0, root) == 0;
    for (unsigned level = 0; level < 64; level++) {
        if ((tree->size >> level & 1) == 0)
            continue;
        if (begun && !node(tree->edge[level], root, root))
            return false;
        if (!begun)
            memcpy(root, tree->edge[level], HASH_LEN);
        begun = true;
    }
    return true;
}

bool sekisho_checkpoint_note(const struct sekisho_checkpoint *checkpoint, char note[SEKISHO_NOTE_MAX])
{
    struct ledger_checkpoint head = {.size = checkpoint->size};

    memcpy(head.root, checkpoint->root, sizeof head.root);
    memcpy(head.signature, checkpoint->signature, sizeof head.signature);
    return checkpoint_note(kind_of(checkpoint), (uint16_t)checkpoint->prefecture, &head, checkpoint->public_key, note) >
           0;
}

bool sekisho_checkpoint_vkey(const struct sekisho_checkpoint *checkpoint, char vkey[SEKISHO_VKEY_MAX])
{
    return checkpoint_vkey(kind_of(checkpoint), (uint16_t)checkpoint->prefecture, checkpoint->public_key, vkey) > 0;
}
