/*
 * Password hashes: Argon2id, RFC 9106 section 4, second recommended option (t=3, m=64 MiB, 4 lanes). One set of costs
 * for all accounts, so that the time of an answer tells nothing of the account. Raising the costs is a change here, and
 * of the version of an account's row.
 */
#ifndef SEKISHO_AUTH_PASSWORD_H
#define SEKISHO_AUTH_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_SALT_LEN   16
#define PASSWORD_DIGEST_LEN 32
#define PASSWORD_MEMORY_KIB 65536
#define PASSWORD_PASSES     3
#define PASSWORD_LANES      4

struct password_hash {
    uint8_t salt[PASSWORD_SALT_LEN];
    uint8_t digest[PASSWORD_DIGEST_LEN];
};

/* Reserves the working memory for the life of the process, so that no later hash can fail for want of it. Without it
 * each hash allocates its own. 0, or -1 with errno. One thread only after this. */
int password_workspace_open(void);

/* Hashes under a fresh salt. 0, or -1 when there is no memory. */
int password_make(const char *password, size_t length, struct password_hash *hash);

/* Hashes under the salt that *hash has. As password_make. */
int password_hash_again(const char *password, size_t length, struct password_hash *hash);

/* True when the password has this hash. Same work whatever the answer; false also when there is no memory. */
bool password_verify(const char *password, size_t length, const struct password_hash *hash);

#endif
