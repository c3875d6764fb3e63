/* What auth reads before it is sealed: its private key and the accounts. */
#ifndef SEKISHO_AUTH_LOAD_H
#define SEKISHO_AUTH_LOAD_H

#include "auth/auth.h"

/* Reads 32 raw bytes, no more and no less, and derives the public key. Closes the descriptor. False when it is no key
 * file. */
bool load_login_key(struct auth *auth, int fd);

/* Reads the accounts and closes the descriptor. As account_table_read. */
bool load_accounts(struct auth *auth, int fd, uint32_t *line);

/* Channels, sessions, challenges, the hash of the account that does not exist, and memory for Argon2. False when there
 * is no memory. */
bool auth_open(struct auth *auth, const struct launch_config *config, int front_fd, int vault_fd);

#endif
