/* The state file, tiles on disk, and times as the ledger commands take them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger.h"
#include "ledger_job.h"
#include "support/fixture.h"
#include "tlog_tiles.h"

static void make_head(uint64_t size, struct sekisho_checkpoint *head)
{
    uint8_t seed[32] = {9};
    char note[SEKISHO_NOTE_MAX];

    *head = (struct sekisho_checkpoint){.prefecture = 11, .size = size, .root = {1, 2, 3}};
    struct ed25519 *key = ed25519_new(seed, head->public_key);
    assert_non_null(key);
    assert_true(sekisho_checkpoint_note(head, note));
    char *end = strstr(note, "\n\n"); /* the text is what comes before the empty line */
    assert_int_equal(ed25519_sign(key, note, (size_t)(end + 1 - note), head->signature), 0);
    ed25519_free(key);
}

static void test_state_round_trip(void **state)
{
    const char *path = in_folder(state, "ledger");
    struct sekisho_checkpoint head, read;
    struct stat facts;
    bool found = true;

    assert_int_equal(ledger_state_load(path, &read, &found, NULL), SEKISHO_OK);
    assert_false(found);
    for (uint64_t size = 5; size < 7; size++) { /* new, then replaced */
        make_head(size, &head);
        assert_int_equal(ledger_state_save(path, &head, NULL), SEKISHO_OK);
        assert_int_equal(ledger_state_load(path, &read, &found, NULL), SEKISHO_OK);
        assert_true(found);
        assert_memory_equal(&read, &head, sizeof head);
    }
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

static size_t read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t length = fread(out, 1, size, file);
    fclose(file);
    return length;
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

/* Any changed or missing byte: damaged, never "there is none" and never believed. */
static void test_state_damaged(void **state)
{
    const char *path = in_folder(state, "ledger");
    struct sekisho_checkpoint head;
    struct sekisho_error error;
    char text[1024];
    bool found;

    make_head(5, &head);
    assert_int_equal(ledger_state_save(path, &head, NULL), SEKISHO_OK);
    size_t length = read_file(path, text, sizeof text);
    for (size_t i = 0; i < length; i++) {
        text[i] ^= 1;
        write_file(path, text, length);
        text[i] ^= 1;
        if (ledger_state_load(path, &head, &found, &error) != SEKISHO_ERROR_LOCAL || found)
            fail_msg("byte %zu changed is not noticed", i);
        assert_string_equal(error.reason, "LEDGER_STATE_DAMAGED");
        write_file(path, text, i);
        assert_int_equal(ledger_state_load(path, &head, &found, &error), SEKISHO_ERROR_LOCAL);
    }
    text[length] = '\n';
    write_file(path, text, length + 1);
    assert_int_equal(ledger_state_load(path, &head, &found, &error), SEKISHO_ERROR_LOCAL);
}

static off_t size_of(void *const *state, const char *name)
{
    struct stat facts;

    return stat(in_folder(state, name), &facts) == 0 ? facts.st_size : -1;
}

/* The example of c2sp.org/tlog-tiles: 70,000 leaves. */
static void test_tiles(void **state)
{
    struct tlog_tiles *tiles = malloc(sizeof *tiles);
    uint8_t hash[SEKISHO_HASH_LEN];

    assert_non_null(tiles);
    tiles_start(tiles, ((const struct folder *)*state)->path);
    for (uint32_t i = 0; i < 70000; i++) {
        assert_int_equal(sha256(&i, sizeof i, hash), 0);
        /* the data of leaf 300 is not known: its bundle is left out */
        assert_true(tiles_add(tiles, hash, i == 300 ? NULL : hash));
    }
    assert_true(tiles_finish(tiles));
    assert_int_equal(size_of(state, "tile/0/000"), 8192);
    assert_int_equal(size_of(state, "tile/0/272"), 8192);
    assert_int_equal(size_of(state, "tile/0/273.p/112"), 112 * 32);
    assert_int_equal(size_of(state, "tile/1/000"), 8192);
    assert_int_equal(size_of(state, "tile/1/001.p/17"), 17 * 32);
    assert_int_equal(size_of(state, "tile/2/000.p/1"), 32);
    assert_int_equal(size_of(state, "tile/3/000.p/1"), -1);
    assert_int_equal(size_of(state, "tile/entries/000"), 256 * 34);
    assert_int_equal(size_of(state, "tile/entries/001"), -1);
    assert_int_equal(size_of(state, "tile/entries/273.p/112"), 112 * 34);
    assert_int_equal(tiles->data_count, 69999);
    assert_false(tiles_write(tiles, "tile/0/000", "x", 1)); /* nothing is overwritten */
    assert_int_equal(tiles->error, EEXIST);
    free(tiles);
}

static void test_times(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } good[] = {
        {"2026-11-23", 1795392000000000},
        {"2026-11-23T10:00", 1795428000000000},
        {"2026-11-23T10:00:01", 1795428001000000},
        {"2026-11-23T10:00:01Z", 1795428001000000},
        {"2026-11-23T19:00:01+09:00", 1795428001000000},
        {"2026-11-22T22:00-12:00", 1795428000000000},
    };
    static const char *const bad[] = {"",
                                      "yesterday",
                                      "2026-13-01",
                                      "1969-12-31",
                                      "2026-11-23T",
                                      "2026-11-23T25:00",
                                      "2026-11-23 10:00",
                                      "2026-11-23T10:00+9",
                                      "2026-11-23T10:00Zx"};
    char text[TIME_TEXT_LEN];
    int64_t us;

    (void)state;
    setenv("TZ", "UTC", 1);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(time_parse(good[i].text, &us), 0);
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (time_parse(bad[i], &us) == 0)
            fail_msg("taken: %s", bad[i]);
    time_format(1795428001000002, text);
    assert_string_equal(text, "2026-11-23T10:00:01.000002Z");
    time_format(INT64_MAX, text);
    assert_string_equal(text, "-");
    time_format(-1, text);
    assert_string_equal(text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_state_round_trip, folder_make, folder_free),
        cmocka_unit_test_setup_teardown(test_state_damaged, folder_make, folder_free),
        cmocka_unit_test_setup_teardown(test_tiles, folder_make, folder_free),
        cmocka_unit_test(test_times),
    };

    if (client_start(NULL) != SEKISHO_OK)
        return 1;
    return cmocka_run_group_tests_name("ledger_files", tests, NULL, NULL);
}
