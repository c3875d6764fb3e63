#include "unseal/wrapped_key.h"

#include <argon2.h>

#include "crypto/aead.h"
#include "crypto/hash.h"

static enum unseal_status derive(const struct wrapped_key *file, const char *passphrase, size_t length,
                                 uint8_t key[AEAD_KEY_LEN])
{
    argon2_context context = {
        .out = key,
        .outlen = AEAD_KEY_LEN,
        .pwd = (uint8_t *)passphrase,
        .pwdlen = (uint32_t)length,
        .salt = (uint8_t *)file->salt,
        .saltlen = WRAPPED_SALT_LEN,
        .t_cost = file->passes,
        .m_cost = file->memory_kib,
        .lanes = file->lanes,
        .threads = 1, /* the sandbox has no clone(2) */
        .version = ARGON2_VERSION_13,
    };
    int result = argon2_ctx(&context, Argon2_id);

    if (result == ARGON2_OK)
        return UNSEAL_DONE;
    return result == ARGON2_MEMORY_ALLOCATION_ERROR ? UNSEAL_NO_MEMORY : UNSEAL_BAD_COSTS;
}

/* An AEAD under the passphrase's key; *status says why there is none. */
static struct aead *aead_of(const struct wrapped_key *file, const char *passphrase, size_t length,
                            enum unseal_status *status)
{
    uint8_t key[AEAD_KEY_LEN];
    struct aead *aead = NULL;

    *status = derive(file, passphrase, length, key);
    if (*status == UNSEAL_DONE && (aead = aead_new(key)) == NULL)
        *status = UNSEAL_NO_MEMORY;
    crypto_wipe(key, sizeof key);
    return aead;
}

enum unseal_status wrapped_key_make(struct wrapped_key *file, uint32_t memory_kib, const char *passphrase,
                                    size_t length, const uint8_t key[ROOT_KEY_LEN])
{
    enum unseal_status status;

    wrapped_key_begin(file, WRAP_PASSPHRASE);
    file->memory_kib = memory_kib;
    file->passes = memory_kib == WRAPPED_MEMORY_KIB_MAX ? 1 : 3;
    file->lanes = WRAPPED_LANES;
    crypto_random(file->salt, sizeof file->salt);
    status = wrapped_key_check(file, sizeof *file, WRAP_PASSPHRASE);
    if (status != UNSEAL_DONE)
        return status;
    struct aead *aead = aead_of(file, passphrase, length, &status);
    if (aead && aead_seal(aead, file->nonce, file, WRAPPED_KEY_AAD_LEN, key, ROOT_KEY_LEN, file->sealed) != 0)
        status = UNSEAL_NO_MEMORY;
    aead_free(aead);
    return status;
}

enum unseal_status wrapped_key_open(const struct wrapped_key *file, const char *passphrase, size_t length,
                                    uint8_t key[ROOT_KEY_LEN])
{
    enum unseal_status status;
    struct aead *aead = aead_of(file, passphrase, length, &status);

    if (aead && aead_open(aead, file->nonce, file, WRAPPED_KEY_AAD_LEN, file->sealed, sizeof file->sealed, key) != 0)
        status = UNSEAL_REFUSED;
    aead_free(aead);
    return status;
}
