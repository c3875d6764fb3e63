/* In the place of Argon2, which would let one input a second through: linked with --wrap. */
#include <string.h>
#include <sys/uio.h>

#include "auth/password.h"
#include "crypto/hash.h"

int __wrap_password_hash_again(const char *password, size_t length, struct password_hash *hash);
int __wrap_password_hash_again(const char *password, size_t length, struct password_hash *hash)
{
    const struct iovec parts[] = {{.iov_base = hash->salt, .iov_len = sizeof hash->salt},
                                  {.iov_base = (void *)(uintptr_t)password, .iov_len = length}};

    return sha256_parts(parts, 2, hash->digest);
}

int __wrap_password_make(const char *password, size_t length, struct password_hash *hash);
int __wrap_password_make(const char *password, size_t length, struct password_hash *hash)
{
    crypto_random(hash->salt, sizeof hash->salt);
    return __wrap_password_hash_again(password, length, hash);
}

bool __wrap_password_verify(const char *password, size_t length, const struct password_hash *hash);
bool __wrap_password_verify(const char *password, size_t length, const struct password_hash *hash)
{
    struct password_hash again = *hash;

    return __wrap_password_hash_again(password, length, &again) == 0 &&
           memcmp(again.digest, hash->digest, sizeof again.digest) == 0;
}

int __wrap_password_workspace_open(void);
int __wrap_password_workspace_open(void)
{
    return 0;
}
