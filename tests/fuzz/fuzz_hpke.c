/*
 * HPKE: set-up from an encapsulated key and opening, both any bytes; then the same input as info, aad and plaintext of
 * an honest exchange, which must open to what was sealed, and must not open with any one of the three changed.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "support/fuzz.h"

static uint8_t recipient_private[HPKE_KEY_LEN], recipient_public[HPKE_KEY_LEN];

static void open_anything(struct input input)
{
    struct hpke_context context;
    uint8_t enc[HPKE_KEY_LEN];

    input_copy(&input, enc, sizeof enc);
    struct input info = input_part(&input, input_u8(&input));
    if (hpke_setup_recipient(recipient_private, enc, info.at, info.left, &context) != 0) {
        REQUIRE(crypto_all_zero(&context, sizeof context));
        return;
    }
    struct input aad = input_part(&input, input_u8(&input));
    uint8_t *out = malloc(input.left + 1);
    REQUIRE(out != NULL);
    uint64_t seq = context.seq;
    /* The fuzzer knows no key under which it could seal. */
    REQUIRE(hpke_open(&context, aad.at, aad.left, input.at, input.left, out) != 0);
    REQUIRE(context.seq == seq);
    free(out);
}

struct parts {
    struct input info, aad, plain;
};

static bool opens(const struct parts *parts, const uint8_t enc[HPKE_KEY_LEN], const uint8_t *sealed, uint8_t *out)
{
    struct hpke_context context;

    return hpke_setup_recipient(recipient_private, enc, parts->info.at, parts->info.left, &context) == 0 &&
           hpke_open(&context, parts->aad.at, parts->aad.left, sealed, parts->plain.left + HPKE_TAG_LEN, out) == 0;
}

static void exchange(struct input input)
{
    struct parts parts, changed;
    struct hpke_context context;
    uint8_t enc[HPKE_KEY_LEN], flip = input_u8(&input);

    parts.info = input_part(&input, input_u8(&input));
    parts.aad = input_part(&input, input_u8(&input));
    parts.plain = input;
    uint8_t *sealed = malloc(input.left + HPKE_TAG_LEN), *out = malloc(input.left + 1);
    REQUIRE(sealed && out);
    REQUIRE(hpke_setup_sender(recipient_public, parts.info.at, parts.info.left, &flip, 1, enc, &context) == 0);
    REQUIRE(hpke_seal(&context, parts.aad.at, parts.aad.left, input.at, input.left, sealed) == 0);
    REQUIRE(opens(&parts, enc, sealed, out));
    REQUIRE(input.left == 0 || memcmp(out, input.at, input.left) == 0);

    changed = parts;
    changed.info.left -= changed.info.left > 0;
    REQUIRE(changed.info.left == parts.info.left || !opens(&changed, enc, sealed, out));
    changed = parts;
    changed.aad.left -= changed.aad.left > 0;
    REQUIRE(changed.aad.left == parts.aad.left || !opens(&changed, enc, sealed, out));
    sealed[flip % (input.left + HPKE_TAG_LEN)] ^= 1;
    REQUIRE(!opens(&parts, enc, sealed, out));
    free(sealed);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};

    if (recipient_public[0] == 0 && recipient_public[1] == 0) {
        REQUIRE(crypto_init() == 0);
        REQUIRE(hpke_derive_key_pair("fuzz", 4, recipient_private, recipient_public) == 0);
    }
    if (input_u8(&input) & 1)
        open_anything(input);
    else
        exchange(input);
    return 0;
}
