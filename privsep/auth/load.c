#include "auth/load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "auth/access_records.h"
#include "auth/otp.h"
#include "crypto/hash.h"
#include "sandbox/sandbox.h"

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

/* LMDB found a page that cannot be: it would abort(3), and nobody would know why. */
static void on_damage(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
    child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)MDB_CORRUPTED, 9, 0);
}

bool load_store(struct auth *auth, const char *folder, const struct launch_config *config, int *rc)
{
    struct account_store *store = &auth->store;
    uint64_t records = 0;

    *rc = access_records_key(store, auth->secrets->login_private) == 0 &&
                  otp_key(store, auth->secrets->login_private) == 0
              ? account_store_open(store, folder, config->store_bytes, config->tenants, config->tenant_count)
              : EIO;
    if (*rc != 0)
        return false;
    mdb_env_set_assert(store->env, on_damage);
    for (size_t i = 0; i < store->tenant_count; i++)
        records += store->tenant[i].committed.tree.size;
    child_event(EVENT_ACCOUNTS_OPEN, config->tenant_count, (uint32_t)records, 0, 0);
    return true;
}

bool auth_open(struct auth *auth, const struct launch_config *config, int front_fd, int vault_fd)
{
    uint8_t key[HASH_LEN];
    struct outbox *to_vault = &auth->secrets->to_vault;

    auth->config = *config;
    channel_init(&auth->front, front_fd, PEER_FRONT);
    channel_init(&auth->vault, vault_fd, PEER_VAULT);
    auth->to_front =
        (struct outbox){.channel = &auth->front, .buffer = auth->to_front_buffer, .size = sizeof auth->to_front_buffer};
    *to_vault = (struct outbox){.channel = &auth->vault,
                                .buffer = auth->secrets->to_vault_buffer,
                                .size = sizeof auth->secrets->to_vault_buffer};
    /* No password has these bytes for its hash: the digest of the account that does not exist is random. */
    crypto_random(&auth->unknown_account, sizeof auth->unknown_account);
    crypto_random(key, sizeof key);
    auth->challenges = challenges_new(key);
    crypto_wipe(key, sizeof key);
    return auth->challenges && sessions_open(&auth->sessions, config->session_max) == 0 &&
           password_workspace_open() == 0;
}
