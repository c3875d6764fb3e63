#include "auth/load.h"

#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"

bool load_login_key(struct auth *auth, int fd)
{
    uint8_t file[X25519_LEN + 1];

    ssize_t got = read(fd, file, sizeof file);
    close(fd);
    bool good = got == X25519_LEN && x25519_public(file, auth->login_public) == 0;
    if (good)
        memcpy(auth->secrets->login_private, file, X25519_LEN);
    crypto_wipe(file, sizeof file);
    return good;
}

bool load_accounts(struct auth *auth, int fd, uint32_t *line)
{
    bool good = account_table_read(fd, &auth->accounts, line) == 0;
    close(fd);
    return good;
}

bool auth_open(struct auth *auth, const struct launch_config *config, int front_fd, int vault_fd)
{
    uint8_t key[HASH_LEN];

    auth->config = *config;
    channel_init(&auth->front, front_fd, PEER_FRONT);
    channel_init(&auth->vault, vault_fd, PEER_VAULT);
    auth->to_front.channel = &auth->front;
    auth->secrets->to_vault.channel = &auth->vault;
    /* No password has these bytes for its hash: the digest of the account that does not exist is random. */
    crypto_random(&auth->unknown_account, sizeof auth->unknown_account);
    crypto_random(key, sizeof key);
    auth->challenges = challenges_new(key);
    crypto_wipe(key, sizeof key);
    return auth->challenges && sessions_open(&auth->sessions, config->session_max) == 0 &&
           password_workspace_open() == 0;
}
