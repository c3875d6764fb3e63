#include "unseal/wrapped_key.h"

#include <stdbool.h>
#include <string.h>

#include "crypto/hash.h"

static bool costs_are_sound(const struct wrapped_key *file)
{
    return file->lanes == WRAPPED_LANES && file->memory_kib >= WRAPPED_MEMORY_KIB_MIN &&
           file->memory_kib <= WRAPPED_MEMORY_KIB_MAX && file->passes >= 1 && file->passes <= WRAPPED_PASSES_MAX &&
           (uint64_t)file->memory_kib * file->passes >= (uint64_t)WRAPPED_MEMORY_KIB_MIN * 3;
}

static bool has_no_costs(const struct wrapped_key *file)
{
    static const uint8_t zero[WRAPPED_SALT_LEN];

    return file->lanes == 0 && file->memory_kib == 0 && file->passes == 0 && memcmp(file->salt, zero, sizeof zero) == 0;
}

enum unseal_status wrapped_key_check(const struct wrapped_key *file, size_t length, enum wrap_method method)
{
    if (length != sizeof *file || memcmp(file->magic, WRAPPED_KEY_MAGIC, WRAPPED_KEY_MAGIC_LEN) != 0 ||
        file->version != WRAPPED_KEY_VERSION || file->method < WRAP_PASSPHRASE || file->method > WRAP_TOKEN)
        return UNSEAL_NOT_WRAPPED;
    if (file->method != method)
        return UNSEAL_OTHER_SOURCE;
    return (method == WRAP_PASSPHRASE ? costs_are_sound(file) : has_no_costs(file)) ? UNSEAL_DONE : UNSEAL_BAD_COSTS;
}

void wrapped_key_begin(struct wrapped_key *file, enum wrap_method method)
{
    *file = (struct wrapped_key){.version = WRAPPED_KEY_VERSION, .method = (uint16_t)method};
    memcpy(file->magic, WRAPPED_KEY_MAGIC, WRAPPED_KEY_MAGIC_LEN);
    crypto_random(file->nonce, sizeof file->nonce);
}
