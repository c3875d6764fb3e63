/* Wycheproof's vectors (tests/vectors/wycheproof) through our wrappers: no wrong answer, and none left out unseen. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "support/hex.h"

#define LINE_MAX_LEN 32768
#define BYTES_MAX    16384
#define FIELDS_MAX   6
#define OKM_MAX      (255 * HASH_LEN)

enum verdict { VALID, INVALID, ACCEPTABLE, VERDICTS };

struct field {
    uint8_t bytes[BYTES_MAX];
    size_t length;
};

struct vector {
    unsigned id;
    enum verdict verdict;
    char *text[FIELDS_MAX]; /* as in the file */
    struct field field[FIELDS_MAX];
};

static enum verdict parse_verdict(const char *word)
{
    static const char *const names[VERDICTS] = {"valid", "invalid", "acceptable"};

    for (int i = 0; i < VERDICTS; i++)
        if (strcmp(word, names[i]) == 0)
            return (enum verdict)i;
    fail_msg("no verdict: %s", word);
    return INVALID;
}

static void parse(char *line, struct vector *vector, size_t fields)
{
    char *rest = line;

    vector->id = (unsigned)strtoul(strsep(&rest, " "), NULL, 10);
    vector->verdict = parse_verdict(strsep(&rest, " "));
    for (size_t i = 0; i < fields; i++) {
        char *word = strsep(&rest, " ");
        assert_non_null(word);
        vector->text[i] = word;
        struct field *field = &vector->field[i];
        /* A size is decimal; everything else has an even number of digits. */
        field->length = strcmp(word, "-") == 0 || strlen(word) % 2 ? 0 : unhex(word, field->bytes, BYTES_MAX);
    }
    assert_null(rest);
}

/* Runs `check` for each line; returns how many there were. */
static size_t each(const char *name, size_t fields, void (*check)(const struct vector *vector))
{
    static char line[LINE_MAX_LEN];
    static struct vector vector;
    char path[512];
    size_t count = 0;

    snprintf(path, sizeof path, "%s/%s.txt", WYCHEPROOF_FOLDER, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        char *end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        parse(line, &vector, fields);
        check(&vector);
        count++;
    }
    fclose(file);
    return count;
}

/* ---- AES-256-GCM ---- */

static void check_aead(const struct vector *vector)
{
    const struct field *key = &vector->field[0], *nonce = &vector->field[1], *aad = &vector->field[2];
    const struct field *plain = &vector->field[3], *cipher = &vector->field[4], *tag = &vector->field[5];
    static uint8_t sealed[BYTES_MAX + AEAD_TAG_LEN], out[BYTES_MAX];

    assert_int_equal(key->length, AEAD_KEY_LEN);
    assert_int_equal(nonce->length, AEAD_NONCE_LEN);
    assert_int_equal(tag->length, AEAD_TAG_LEN);
    struct aead *aead = aead_new(key->bytes);
    memcpy(sealed, cipher->bytes, cipher->length);
    memcpy(sealed + cipher->length, tag->bytes, tag->length);
    int opened = aead_open(aead, nonce->bytes, aad->bytes, aad->length, sealed, cipher->length + AEAD_TAG_LEN, out);
    if ((opened == 0) != (vector->verdict == VALID))
        fail_msg("AES-GCM %u: wrong answer", vector->id);
    if (vector->verdict == VALID) {
        assert_memory_equal(out, plain->bytes, plain->length);
        assert_int_equal(aead_seal(aead, nonce->bytes, aad->bytes, aad->length, plain->bytes, plain->length, out), 0);
        assert_memory_equal(out, sealed, cipher->length + AEAD_TAG_LEN);
    }
    aead_free(aead);
}

static void aes_gcm(void **state)
{
    (void)state;
    assert_int_equal(each("aes_gcm", 6, check_aead), 66);
}

/* ---- Ed25519 ---- */

static size_t other_lengths;

static void check_ed25519(const struct vector *vector)
{
    const struct field *key = &vector->field[0], *message = &vector->field[1], *signature = &vector->field[2];

    assert_int_equal(key->length, ED25519_KEY_LEN);
    if (signature->length != ED25519_SIGNATURE_LEN) {
        assert_int_equal(vector->verdict, INVALID);
        other_lengths++;
        return;
    }
    bool good = ed25519_verify(key->bytes, message->bytes, message->length, signature->bytes);
    if (good != (vector->verdict == VALID))
        fail_msg("Ed25519 %u: wrong answer", vector->id);
}

static void ed25519(void **state)
{
    (void)state;
    other_lengths = 0;
    assert_int_equal(each("ed25519", 3, check_ed25519), 151);
    assert_int_equal(other_lengths, 12);
}

/* ---- HKDF ---- */

static void check_hkdf(const struct vector *vector)
{
    const struct field *ikm = &vector->field[0], *salt = &vector->field[1], *info = &vector->field[2];
    const struct field *okm = &vector->field[4];
    static uint8_t out[OKM_MAX + 1];
    size_t size = strtoul(vector->text[3], NULL, 10);
    uint8_t prk[HASH_LEN];

    assert_true(size <= sizeof out);
    assert_int_equal(hkdf_extract(salt->bytes, salt->length, ikm->bytes, ikm->length, prk), 0);
    int result = hkdf_expand(prk, info->bytes, info->length, out, size);
    if (vector->verdict == INVALID) {
        assert_true(size > OKM_MAX);
        assert_int_equal(result, -1);
        return;
    }
    assert_int_equal(result, 0);
    assert_int_equal(okm->length, size);
    if (memcmp(out, okm->bytes, size) != 0)
        fail_msg("HKDF %u: wrong answer", vector->id);
}

static void hkdf(void **state)
{
    (void)state;
    assert_int_equal(each("hkdf_sha256", 5, check_hkdf), 86);
}

/* ---- HMAC ---- */

static size_t keyed;

static void check_hmac(const struct vector *vector)
{
    const struct field *key = &vector->field[0], *message = &vector->field[1], *tag = &vector->field[2];
    uint8_t mac[HASH_LEN];

    assert_true(key->length > 0 && tag->length <= HASH_LEN);
    assert_int_equal(hkdf_extract(key->bytes, key->length, message->bytes, message->length, mac), 0);
    if ((memcmp(mac, tag->bytes, tag->length) == 0) != (vector->verdict == VALID))
        fail_msg("HMAC %u: wrong answer", vector->id);
    if (key->length != HASH_LEN)
        return;
    struct prf *context = prf_new(key->bytes);
    assert_int_equal(prf(context, message->bytes, message->length, mac), 0);
    if ((memcmp(mac, tag->bytes, tag->length) == 0) != (vector->verdict == VALID))
        fail_msg("HMAC %u: wrong answer of prf", vector->id);
    prf_free(context);
    keyed++;
}

static void hmac(void **state)
{
    (void)state;
    keyed = 0;
    assert_int_equal(each("hmac_sha256", 3, check_hmac), 174);
    assert_int_equal(keyed, 162);
}

/* ---- X25519 ---- */

static size_t refused;

/* An all-zero secret is refused (RFC 7748 section 6.1); every other "acceptable" key gives what the RFC computes. */
static void check_x25519(const struct vector *vector)
{
    const struct field *peer = &vector->field[0], *own = &vector->field[1], *shared = &vector->field[2];
    static const uint8_t zero[HPKE_KEY_LEN];
    uint8_t out[HPKE_KEY_LEN];

    assert_int_equal(peer->length, HPKE_KEY_LEN);
    assert_int_equal(own->length, HPKE_KEY_LEN);
    assert_int_equal(shared->length, HPKE_KEY_LEN);
    int result = x25519(own->bytes, peer->bytes, out);
    if (memcmp(shared->bytes, zero, sizeof zero) == 0) {
        assert_int_equal(vector->verdict, ACCEPTABLE);
        assert_int_equal(result, -1);
        assert_memory_equal(out, zero, sizeof zero);
        refused++;
        return;
    }
    if (result != 0 || memcmp(out, shared->bytes, sizeof out) != 0)
        fail_msg("X25519 %u: wrong answer", vector->id);
}

static void x25519_exchange(void **state)
{
    (void)state;
    refused = 0;
    assert_int_equal(each("x25519", 3, check_x25519), 518);
    assert_int_equal(refused, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_gcm), cmocka_unit_test(ed25519),         cmocka_unit_test(hkdf),
        cmocka_unit_test(hmac),    cmocka_unit_test(x25519_exchange),
    };

    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("Wycheproof", tests, NULL, NULL);
}
