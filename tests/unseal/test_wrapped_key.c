/* The file of a wrapped root key: exactly the documented one opens, and nothing is computed for any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <malloc.h>
#include <string.h>

#include "crypto/hash.h"
#include "unseal/wrapped_key.h"

#define MEMORY WRAPPED_MEMORY_KIB_MIN

static const char passphrase[] = "correct horse battery staple";
#define PASSPHRASE passphrase, sizeof passphrase - 1

/* Made apart from this code: libargon2's argon2id_hash_raw (t=3, m=64 MiB, p=4, salt 00..0f), then AES-256-GCM of
 * Python's cryptography over the key 40..5f with the nonce 20..2b. */
static const uint8_t known[] = {
    0x53, 0x4b, 0x53, 0x48, 0x52, 0x4f, 0x4f, 0x54, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x03,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
    0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a,
    0x2b, 0xad, 0x44, 0xd6, 0x86, 0xc3, 0x64, 0x75, 0x69, 0xb5, 0xaf, 0x03, 0xc4, 0xda, 0xd7, 0x50, 0x84,
    0x43, 0xf1, 0x93, 0x84, 0x54, 0x5a, 0x79, 0x73, 0x56, 0x47, 0x23, 0xc0, 0x92, 0xda, 0x61, 0x72, 0xb6,
    0x26, 0xc1, 0x8d, 0x4a, 0x84, 0x47, 0x93, 0x9d, 0x17, 0xe2, 0x75, 0x43, 0xc1, 0x01, 0xa2,
};
_Static_assert(sizeof known == sizeof(struct wrapped_key), "length of the known file");

static struct wrapped_key known_file(void)
{
    struct wrapped_key file;
    memcpy(&file, known, sizeof file);
    return file;
}

static enum unseal_status check(const struct wrapped_key *file)
{
    return wrapped_key_check(file, sizeof *file, WRAP_PASSPHRASE);
}

static void opens_the_known_file(void **state)
{
    struct wrapped_key file = known_file();
    uint8_t key[ROOT_KEY_LEN];

    (void)state;
    assert_int_equal(check(&file), UNSEAL_DONE);
    assert_int_equal(wrapped_key_open(&file, PASSPHRASE, key), UNSEAL_DONE);
    for (unsigned i = 0; i < sizeof key; i++)
        assert_int_equal(key[i], 0x40 + i);
}

static void opens_what_it_makes(void **state)
{
    struct wrapped_key file, other;
    uint8_t key[ROOT_KEY_LEN], opened[ROOT_KEY_LEN] = {0};

    (void)state;
    crypto_random(key, sizeof key);
    assert_int_equal(wrapped_key_make(&file, MEMORY, PASSPHRASE, key), UNSEAL_DONE);
    assert_int_equal(check(&file), UNSEAL_DONE);
    assert_int_equal(file.memory_kib, MEMORY);
    assert_int_equal(file.passes, 3);
    assert_int_equal(wrapped_key_open(&file, PASSPHRASE, opened), UNSEAL_DONE);
    assert_memory_equal(key, opened, sizeof key);
    /* The same again is another file: fresh salt and nonce. */
    assert_int_equal(wrapped_key_make(&other, MEMORY, PASSPHRASE, key), UNSEAL_DONE);
    assert_memory_not_equal(file.salt, other.salt, sizeof file.salt);
    assert_memory_not_equal(file.nonce, other.nonce, sizeof file.nonce);
    assert_memory_not_equal(file.sealed, other.sealed, sizeof file.sealed);
    assert_int_equal(wrapped_key_make(&file, MEMORY - 1, PASSPHRASE, key), UNSEAL_BAD_COSTS);
}

static void refuses_a_wrong_passphrase(void **state)
{
    static const char *const wrong[] = {"", "correct horse battery stapl", "correct horse battery staple ",
                                        "Correct horse battery staple"};
    static const uint8_t nothing[ROOT_KEY_LEN];
    struct wrapped_key file = known_file();
    uint8_t key[ROOT_KEY_LEN] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(wrapped_key_open(&file, wrong[i], strlen(wrong[i]), key), UNSEAL_REFUSED);
        assert_memory_equal(key, nothing, sizeof key);
    }
}

static void refuses_a_changed_byte_of_every_field(void **state)
{
    static const size_t opened[] = {24, 39, 40, 51, 52, 83, 84, 99};
    struct wrapped_key file;
    uint8_t key[ROOT_KEY_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++) {
        file = known_file();
        ((uint8_t *)&file)[opened[i]] ^= 1;
        assert_int_equal(check(&file), UNSEAL_DONE);
        assert_int_equal(wrapped_key_open(&file, PASSPHRASE, key), UNSEAL_REFUSED);
    }
    /* Costs within the bounds that are not those it was made with. */
    file = known_file();
    file.passes = 4;
    assert_int_equal(check(&file), UNSEAL_DONE);
    assert_int_equal(wrapped_key_open(&file, PASSPHRASE, key), UNSEAL_REFUSED);
    /* Magic, version, method: not even looked at further. */
    for (size_t at = 0; at < 12; at++) {
        file = known_file();
        ((uint8_t *)&file)[at] ^= 0x80;
        assert_int_equal(check(&file), UNSEAL_NOT_WRAPPED);
    }
}

static void refuses_every_other_length(void **state)
{
    struct {
        struct wrapped_key file;
        uint8_t more;
    } longer = {.file = known_file()};

    (void)state;
    for (size_t length = 0; length < sizeof longer.file; length++)
        assert_int_equal(wrapped_key_check(&longer.file, length, WRAP_PASSPHRASE), UNSEAL_NOT_WRAPPED);
    assert_int_equal(wrapped_key_check(&longer.file, sizeof longer.file + 1, WRAP_PASSPHRASE), UNSEAL_NOT_WRAPPED);
}

static void refuses_costs_out_of_bounds_without_allocating(void **state)
{
    static const struct {
        uint32_t memory_kib, passes, lanes;
        enum unseal_status status;
    } costs[] = {
        {MEMORY, 3, 4, UNSEAL_DONE},
        {WRAPPED_MEMORY_KIB_MAX, 1, 4, UNSEAL_DONE},
        {WRAPPED_MEMORY_KIB_MAX, 16, 4, UNSEAL_DONE},
        {WRAPPED_MEMORY_KIB_MAX + 1, 1, 4, UNSEAL_BAD_COSTS},
        {UINT32_MAX, 3, 4, UNSEAL_BAD_COSTS},
        {UINT32_MAX, UINT32_MAX, UINT32_MAX, UNSEAL_BAD_COSTS},
        {MEMORY - 1, 16, 4, UNSEAL_BAD_COSTS},
        {0, 0, 0, UNSEAL_BAD_COSTS},
        {MEMORY, 0, 4, UNSEAL_BAD_COSTS},
        {MEMORY, 2, 4, UNSEAL_BAD_COSTS}, /* cheaper together than RFC 9106's second option */
        {MEMORY, 17, 4, UNSEAL_BAD_COSTS},
        {MEMORY, 3, 1, UNSEAL_BAD_COSTS},
        {MEMORY, 3, 5, UNSEAL_BAD_COSTS},
    };

    (void)state;
    struct mallinfo2 before = mallinfo2();
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        struct wrapped_key file = known_file();
        file.memory_kib = costs[i].memory_kib;
        file.passes = costs[i].passes;
        file.lanes = costs[i].lanes;
        if (check(&file) != costs[i].status)
            fail_msg("costs %zu: not status %d", i, costs[i].status);
    }
    struct mallinfo2 after = mallinfo2();
    assert_true(before.uordblks == after.uordblks && before.hblkhd == after.hblkhd);
}

static void each_method_refuses_the_other(void **state)
{
    struct wrapped_key file = known_file();

    (void)state;
    assert_int_equal(wrapped_key_check(&file, sizeof file, WRAP_TOKEN), UNSEAL_OTHER_SOURCE);
    wrapped_key_begin(&file, WRAP_TOKEN);
    assert_int_equal(wrapped_key_check(&file, sizeof file, WRAP_TOKEN), UNSEAL_DONE);
    assert_int_equal(check(&file), UNSEAL_OTHER_SOURCE);
    file.salt[15] = 1; /* costs and salt are zero where they mean nothing */
    assert_int_equal(wrapped_key_check(&file, sizeof file, WRAP_TOKEN), UNSEAL_BAD_COSTS);
}

static void every_status_has_its_sentence(void **state)
{
    (void)state;
    for (unsigned status = 0; status < UNSEAL_STATUS_COUNT; status++)
        assert_true(strlen(unseal_status_text(status)) > 10);
    assert_non_null(unseal_status_text(UNSEAL_STATUS_COUNT));
    assert_non_null(unseal_status_text(255));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_known_file),
        cmocka_unit_test(opens_what_it_makes),
        cmocka_unit_test(refuses_a_wrong_passphrase),
        cmocka_unit_test(refuses_a_changed_byte_of_every_field),
        cmocka_unit_test(refuses_every_other_length),
        cmocka_unit_test(refuses_costs_out_of_bounds_without_allocating),
        cmocka_unit_test(each_method_refuses_the_other),
        cmocka_unit_test(every_status_has_its_sentence),
    };

    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("wrapped root key", tests, NULL, NULL);
}
