#include "auth/password.h"

#include <argon2.h>
#include <string.h>
#include <sys/mman.h>

#include "crypto/hash.h"

#define WORKSPACE_BYTES ((size_t)PASSWORD_MEMORY_KIB * 1024)

static void *workspace;

int password_workspace_open(void)
{
    /* MAP_POPULATE: the first login must not pay for 16,384 page faults, nor find that there is no memory. */
    void *memory =
        /* cppcheck-suppress invalidFunctionArg; no descriptor: -1 goes with MAP_ANONYMOUS (mmap(2)) */
        mmap(NULL, WORKSPACE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED || madvise(memory, WORKSPACE_BYTES, MADV_DONTDUMP) != 0)
        return -1;
    workspace = memory;
    return 0;
}

static int workspace_take(uint8_t **memory, size_t bytes)
{
    if (bytes > WORKSPACE_BYTES)
        return -1;
    *memory = workspace;
    return 0;
}

static void workspace_give_back(uint8_t *memory, size_t bytes)
{
    crypto_wipe(memory, bytes);
}

static int digest(const char *password, size_t length, const uint8_t salt[PASSWORD_SALT_LEN],
                  uint8_t out[PASSWORD_DIGEST_LEN])
{
    argon2_context context = {
        .out = out,
        .outlen = PASSWORD_DIGEST_LEN,
        .pwd = (uint8_t *)password,
        .pwdlen = (uint32_t)length,
        .salt = (uint8_t *)salt,
        .saltlen = PASSWORD_SALT_LEN,
        .t_cost = PASSWORD_PASSES,
        .m_cost = PASSWORD_MEMORY_KIB,
        .lanes = PASSWORD_LANES,
        .threads = 1, /* the sandbox has no clone(2) */
        .version = ARGON2_VERSION_13,
        .allocate_cbk = workspace ? workspace_take : NULL,
        .free_cbk = workspace ? workspace_give_back : NULL,
    };
    return argon2_ctx(&context, Argon2_id) == ARGON2_OK ? 0 : -1;
}

int password_make(const char *password, size_t length, struct password_hash *hash)
{
    crypto_random(hash->salt, sizeof hash->salt);
    return password_hash_again(password, length, hash);
}

int password_hash_again(const char *password, size_t length, struct password_hash *hash)
{
    return digest(password, length, hash->salt, hash->digest);
}

bool password_verify(const char *password, size_t length, const struct password_hash *hash)
{
    uint8_t got[PASSWORD_DIGEST_LEN];

    bool done = digest(password, length, hash->salt, got) == 0;
    bool equal = done && crypto_equal(got, hash->digest, sizeof got);
    crypto_wipe(got, sizeof got);
    return equal;
}
