/* The Merkle tree against RFC 6962's definition written down directly, and against published reference roots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/merkle.h"

#define LEAVES 600 /* past two complete tiles of 256 */

static uint8_t stored[3][LEAVES][HASH_LEN];
static uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], expected[MERKLE_PROOF_MAX][HASH_LEN];

static int get(void *context, unsigned level, uint64_t index, uint8_t hash[HASH_LEN])
{
    (void)context;
    assert_int_equal(level % MERKLE_STORED_LEVELS, 0);
    assert_true(level / 8 < 3 && index < LEAVES);
    memcpy(hash, stored[level / 8][index], HASH_LEN);
    return 0;
}

static int put(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    (void)context;
    assert_true(level / 8 < 3 && index < LEAVES);
    memcpy(stored[level / 8][index], hash, HASH_LEN);
    return 0;
}

static const struct merkle_store store = {.get = get, .put = put};

static void leaf_hash(const void *data, size_t length, uint8_t hash[HASH_LEN])
{
    uint8_t input[64] = {0x00};

    memcpy(input + 1, data, length);
    assert_int_equal(sha256(input, 1 + length, hash), 0);
}

/* ---- RFC 6962 section 2.1, word for word ---- */

static uint64_t k_of(uint64_t n)
{
    uint64_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static void mth(uint64_t begin, uint64_t end, uint8_t out[HASH_LEN])
{
    uint8_t left[HASH_LEN], right[HASH_LEN];

    if (end - begin == 1) {
        memcpy(out, stored[0][begin], HASH_LEN);
        return;
    }
    uint64_t k = k_of(end - begin);
    mth(begin, begin + k, left);
    mth(begin + k, end, right);
    merkle_node(left, right, out);
}

static unsigned path(uint64_t m, uint64_t begin, uint64_t end, uint8_t (*out)[HASH_LEN])
{
    if (end - begin == 1)
        return 0;
    uint64_t k = k_of(end - begin);
    unsigned count;
    if (m < k) {
        count = path(m, begin, begin + k, out);
        mth(begin + k, end, out[count]);
    } else {
        count = path(m - k, begin + k, end, out);
        mth(begin, begin + k, out[count]);
    }
    return count + 1;
}

static unsigned subproof(uint64_t m, uint64_t begin, uint64_t end, bool whole, uint8_t (*out)[HASH_LEN])
{
    uint64_t n = end - begin;

    if (m == n) {
        if (whole)
            return 0;
        mth(begin, end, out[0]);
        return 1;
    }
    uint64_t k = k_of(n);
    unsigned count;
    if (m <= k) {
        count = subproof(m, begin, begin + k, whole, out);
        mth(begin + k, end, out[count]);
    } else {
        count = subproof(m - k, begin + k, end, false, out);
        mth(begin, begin + k, out[count]);
    }
    return count + 1;
}

/* ---- */

static void from_hex(const char *hex, uint8_t out[HASH_LEN])
{
    for (int i = 0; i < HASH_LEN; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
}

/* Leaves and roots of the Certificate Transparency reference implementation's Merkle tree tests
 * (github.com/google/certificate-transparency, also in github.com/transparency-dev/merkle, testonly/constants.go). */
static void reference_roots(void **state)
{
    static const struct {
        const char *data;
        size_t length;
        const char *root;
    } rows[] = {
        {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    struct merkle tree = {0};
    uint8_t root[HASH_LEN], wanted[HASH_LEN], hash[HASH_LEN];

    (void)state;
    assert_int_equal(merkle_root(&tree, root), 0);
    from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", wanted);
    assert_memory_equal(root, wanted, HASH_LEN);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        leaf_hash(rows[i].data, rows[i].length, hash);
        assert_int_equal(merkle_append(&tree, &store, hash), 0);
        assert_int_equal(merkle_root(&tree, root), 0);
        from_hex(rows[i].root, wanted);
        assert_memory_equal(root, wanted, HASH_LEN);
    }
}

static void grow(struct merkle *tree, uint64_t leaves)
{
    uint8_t hash[HASH_LEN];

    *tree = (struct merkle){0};
    for (uint64_t i = 0; i < leaves; i++) {
        leaf_hash(&i, sizeof i, hash);
        assert_int_equal(merkle_append(tree, &store, hash), 0);
    }
}

static void every_root_is_the_rfcs(void **state)
{
    struct merkle tree, loaded;
    uint8_t root[HASH_LEN], wanted[HASH_LEN];

    (void)state;
    grow(&tree, LEAVES);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        mth(0, size, wanted);
        assert_int_equal(merkle_root_at(&store, size, root), 0);
        assert_memory_equal(root, wanted, HASH_LEN);
        assert_int_equal(merkle_load(&loaded, &store, size), 0);
        assert_int_equal(merkle_root(&loaded, root), 0);
        assert_memory_equal(root, wanted, HASH_LEN);
    }
    assert_int_equal(merkle_root(&tree, root), 0);
    assert_memory_equal(root, wanted, HASH_LEN);
}

static void every_inclusion_proof_is_the_rfcs(void **state)
{
    static const uint64_t sizes[] = {1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 600};
    struct merkle tree;
    unsigned count;

    (void)state;
    grow(&tree, LEAVES);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (uint64_t index = 0; index < sizes[i]; index++) {
            unsigned wanted = path(index, 0, sizes[i], expected);
            assert_int_equal(merkle_inclusion(&store, index, sizes[i], proof, &count), 0);
            assert_int_equal(count, wanted);
            assert_memory_equal(proof, expected, count * HASH_LEN);
        }
    }
}

static void every_consistency_proof_is_the_rfcs(void **state)
{
    static const uint64_t sizes[] = {1, 2, 3, 7, 8, 256, 257, 512, 600};
    struct merkle tree;
    unsigned count;

    (void)state;
    grow(&tree, LEAVES);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (uint64_t old = 1; old <= sizes[i]; old++) {
            unsigned wanted = subproof(old, 0, sizes[i], true, expected);
            assert_int_equal(merkle_consistency(&store, old, sizes[i], proof, &count), 0);
            assert_int_equal(count, wanted);
            assert_memory_equal(proof, expected, count * HASH_LEN);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_roots),
        cmocka_unit_test(every_root_is_the_rfcs),
        cmocka_unit_test(every_inclusion_proof_is_the_rfcs),
        cmocka_unit_test(every_consistency_proof_is_the_rfcs),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("merkle tree", tests, NULL, NULL);
}
