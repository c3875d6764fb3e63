/* RFC 6962 verification: the cases of transparency-dev/merkle, trees of every small size, checkpoints and their notes.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "support/fixture.h"

/* Bytes of a base64 text; -1 when there are more than `size`. */
static int base64(const json_t *value, uint8_t *out, int size)
{
    uint8_t decoded[512];
    const char *text = json_string_value(value);
    int length = text ? (int)strlen(text) : 0;

    if (length == 0)
        return 0;
    if (length > (int)sizeof decoded / 3 * 4)
        return -1;
    int bytes = EVP_DecodeBlock(decoded, (const unsigned char *)text, length);
    for (const char *end = text + length; bytes > 0 && end[-1] == '='; end--)
        bytes--;
    if (bytes < 0 || bytes > size)
        return -1;
    memcpy(out, decoded, (size_t)bytes);
    return bytes;
}

static bool take_hash(const json_t *value, uint8_t hash[SEKISHO_HASH_LEN])
{
    return base64(value, hash, SEKISHO_HASH_LEN) == SEKISHO_HASH_LEN;
}

/* Some cases have short texts in place of roots that do not matter but for being equal: filled up with zeros. */
static bool take_root(const json_t *value, uint8_t root[SEKISHO_HASH_LEN])
{
    memset(root, 0, SEKISHO_HASH_LEN);
    return base64(value, root, SEKISHO_HASH_LEN) >= 0;
}

/* False: a case that the interface cannot even hold, as a hash of another length. */
static bool take_proof(const json_t *list, struct sekisho_proof *proof)
{
    memset(proof, 0, sizeof *proof);
    if (json_array_size(list) > SEKISHO_PROOF_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!take_hash(json_array_get(list, i), proof->hash[proof->count++]))
            return false;
    return true;
}

/* The line that is being read: jansson has no integers beyond INT64_MAX, and some cases have. */
static char line[16384];

static uint64_t number(const char *name)
{
    char key[32];

    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(line, key);
    assert_non_null(at);
    return strtoull(at + strlen(key), NULL, 10);
}

static bool inclusion_good(const json_t *object)
{
    uint8_t leaf[SEKISHO_HASH_LEN], root[SEKISHO_HASH_LEN];
    struct sekisho_proof proof;

    return take_hash(json_object_get(object, "leafHash"), leaf) && take_root(json_object_get(object, "root"), root) &&
           take_proof(json_object_get(object, "proof"), &proof) &&
           sekisho_verify_inclusion(number("leafIdx"), number("treeSize"), leaf, &proof, root);
}

static bool consistency_good(const json_t *object)
{
    uint8_t root1[SEKISHO_HASH_LEN], root2[SEKISHO_HASH_LEN];
    struct sekisho_proof proof;

    return take_root(json_object_get(object, "root1"), root1) && take_root(json_object_get(object, "root2"), root2) &&
           take_proof(json_object_get(object, "proof"), &proof) &&
           sekisho_verify_consistency(number("size1"), root1, number("size2"), root2, &proof);
}

static void run_cases(const char *name, bool (*good)(const json_t *object), int expected)
{
    char path[512];
    int cases = 0, accepted = 0;

    snprintf(path, sizeof path, "%s/rfc6962/%s.jsonl", VECTORS, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        json_t *object = json_loads(line, JSON_DECODE_INT_AS_REAL, NULL);
        assert_non_null(object);
        bool wanted = !json_is_true(json_object_get(object, "wantErr"));
        if (good(object) != wanted)
            fail_msg("%s: %s", wanted ? "refused" : "accepted", json_string_value(json_object_get(object, "file")));
        cases++;
        accepted += wanted;
        json_decref(object);
    }
    fclose(file);
    assert_int_equal(cases, expected);
    assert_true(accepted > 0 && accepted < cases);
}

static void test_inclusion_cases(void **state)
{
    (void)state;
    run_cases("inclusion", inclusion_good, 98);
}

static void test_consistency_cases(void **state)
{
    (void)state;
    run_cases("consistency", consistency_good, 98);
}

/* ---- trees of our own: proofs made here by the definitions of RFC 6962, recursively ---- */

#define LEAVES 70

static uint8_t leaves[LEAVES][SEKISHO_HASH_LEN];

static void join(const uint8_t *left, const uint8_t *right, uint8_t *out)
{
    uint8_t bytes[65] = {1};

    memcpy(bytes + 1, left, 32);
    memcpy(bytes + 33, right, 32);
    assert_int_equal(sha256(bytes, sizeof bytes, out), 0);
}

static unsigned split_of(unsigned size)
{
    unsigned split = 1;

    while (split * 2 < size)
        split *= 2;
    return split;
}

static void tree_hash(unsigned first, unsigned size, uint8_t *out)
{
    uint8_t left[32], right[32];

    if (size == 1) {
        memcpy(out, leaves[first], 32);
        return;
    }
    tree_hash(first, split_of(size), left);
    tree_hash(first + split_of(size), size - split_of(size), right);
    join(left, right, out);
}

static void path(unsigned index, unsigned first, unsigned size, struct sekisho_proof *proof)
{
    if (size == 1)
        return;
    unsigned split = split_of(size);
    if (index < split) {
        path(index, first, split, proof);
        tree_hash(first + split, size - split, proof->hash[proof->count++]);
    } else {
        path(index - split, first + split, size - split, proof);
        tree_hash(first, split, proof->hash[proof->count++]);
    }
}

/* SUBPROOF(m, D[n], b) */
static void subproof(unsigned old, unsigned first, unsigned size, bool whole, struct sekisho_proof *proof)
{
    if (old == size) {
        if (!whole)
            tree_hash(first, size, proof->hash[proof->count++]);
        return;
    }
    unsigned split = split_of(size);
    if (old <= split) {
        subproof(old, first, split, whole, proof);
        tree_hash(first + split, size - split, proof->hash[proof->count++]);
    } else {
        subproof(old - split, first + split, size - split, false, proof);
        tree_hash(first, split, proof->hash[proof->count++]);
    }
}

static void test_every_small_tree(void **state)
{
    struct sekisho_tree tree = {0};
    uint8_t root[32], computed[32], old_root[32];

    (void)state;
    for (unsigned i = 0; i < LEAVES; i++)
        assert_int_equal(sha256(&i, sizeof i, leaves[i]), 0);
    for (unsigned size = 1; size <= LEAVES; size++) {
        tree_hash(0, size, root);
        assert_true(sekisho_tree_add(&tree, leaves[size - 1]));
        assert_true(sekisho_tree_root(&tree, computed));
        assert_memory_equal(root, computed, 32);
        for (unsigned i = 0; i < size; i++) {
            struct sekisho_proof proof = {0};
            path(i, 0, size, &proof);
            assert_true(sekisho_verify_inclusion(i, size, leaves[i], &proof, root));
            assert_false(sekisho_verify_inclusion((i + 1) % (size + 1), size, leaves[i], &proof, root));
        }
        for (unsigned old = 1; old <= size; old++) {
            struct sekisho_proof proof = {0};
            tree_hash(0, old, old_root);
            subproof(old, 0, size, true, &proof);
            assert_true(sekisho_verify_consistency(old, old_root, size, root, &proof));
            old_root[0] ^= 1;
            assert_false(sekisho_verify_consistency(old, old_root, size, root, &proof));
        }
    }
}

static void test_empty_tree(void **state)
{
    static const struct sekisho_tree empty;
    uint8_t root[32], expected[32];

    (void)state;
    assert_true(sekisho_tree_root(&empty, root));
    assert_int_equal(sha256("", 0, expected), 0);
    assert_memory_equal(root, expected, 32);
}

/* The key and note of c2sp.org/signed-note differ in name from ours; so the parts are checked against their definition.
 */
static void test_checkpoint(void **state)
{
    struct sekisho_checkpoint head = {.prefecture = 11, .size = 1234};
    uint8_t seed[32] = {7};
    char note[SEKISHO_NOTE_MAX], vkey[SEKISHO_VKEY_MAX], text[128];
    struct ed25519 *key = ed25519_new(seed, head.public_key);

    (void)state;
    assert_non_null(key);
    int length = snprintf(text, sizeof text, "sekisho/prefectures/11\n1234\n%s\n",
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_int_equal(ed25519_sign(key, text, (size_t)length, head.signature), 0);
    assert_true(sekisho_verify_checkpoint(&head));
    assert_true(sekisho_checkpoint_note(&head, note));
    assert_true(sekisho_checkpoint_vkey(&head, vkey));
    assert_memory_equal(note, text, (size_t)length);
    assert_memory_equal(note + length, "\n\xe2\x80\x94 sekisho/prefectures/11 ", 28);
    assert_memory_equal(vkey, "sekisho/prefectures/11+", 23);
    head.size++;
    assert_false(sekisho_verify_checkpoint(&head));
    head.size--;
    head.prefecture = 12;
    assert_false(sekisho_verify_checkpoint(&head));
    ed25519_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inclusion_cases),  cmocka_unit_test(test_consistency_cases),
        cmocka_unit_test(test_every_small_tree), cmocka_unit_test(test_empty_tree),
        cmocka_unit_test(test_checkpoint),
    };

    if (client_start(NULL) != SEKISHO_OK)
        return 1;
    return cmocka_run_group_tests_name("ledger_verify", tests, NULL, NULL);
}
