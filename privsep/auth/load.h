/* What auth reads before it is sealed: its private key and its store. */
#ifndef SEKISHO_AUTH_LOAD_H
#define SEKISHO_AUTH_LOAD_H

#include "auth/auth.h"

/* Reads 32 raw bytes, no more and no less, and derives the public key. Closes the descriptor. False when it is no key
 * file. */
bool load_login_key(struct auth *auth, int fd);

/* Opens the store of accounts in `folder`, under keys that follow from the login key. False with LMDB's code or errno.
 */
bool load_store(struct auth *auth, const char *folder, const struct launch_config *config, int *rc);

/* Channels, sessions, challenges, the hash of the account that does not exist, and memory for Argon2. False when there
 * is no memory. */
bool auth_open(struct auth *auth, const struct launch_config *config, int front_fd, int vault_fd);

#endif
