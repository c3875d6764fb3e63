/*
 * sekisho-auth: verifies who logs in, opens their session in the vault, and keeps the accounts and the records of
 * access. It holds the login key; it never sees a number. This file is its privilege story: what it is given, what it
 * gives up and in which order, and when it begins to serve.
 *
 * Descriptors: 3 warden, 4 front, 5 vault, 6 login key (32 bytes).
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "auth/load.h"
#include "auth/serve.h"
#include "crypto/secret.h"
#include "sandbox/sandbox.h"

enum { FD_FRONT = 4, FD_VAULT = 5, FD_LOGIN_KEY = 6, FD_COUNT = 7 };

#define SESSION_LIMIT 65536
#define HEAP_BYTES                                                                                                     \
    (512ull << 20) /* beyond the map: code, Argon2's 64 MiB, the sessions, LMDB's dirty pages, libcrypto */

static const enum fd_kind descriptors[FD_COUNT] = {
    FD_NULL,    FD_NULL,
#ifdef NDEBUG
    FD_NULL,
#else
    FD_ANY, /* a sanitizer's report needs somewhere to go */
#endif
    FD_CHANNEL, FD_CHANNEL, FD_CHANNEL, FD_FILE_READ,
};

static struct auth auth;

static void check_config(const struct launch_config *config)
{
    if (config->session_max < 1 || config->session_max > SESSION_LIMIT || config->session_ttl_s < 1 ||
        config->session_ttl_s > UINT32_MAX / 1000 || config->accounts.zero != 0 ||
        config->accounts.password_history > FORMER_PASSWORDS_MAX || config->accounts.idle_s == 0)
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_LAUNCH, 0, 0);
}

static bool open_secrets(const struct launch_config *config)
{
    if (secret_arena_open(sizeof *auth.secrets + sessions_bytes(config->session_max) + 64) != 0)
        return false;
    auth.secrets = secret_alloc(sizeof *auth.secrets);
    return auth.secrets != NULL;
}

static bool open_store(const struct launch_config *config)
{
    int rc;

    if (load_store(&auth, "/", config, &rc))
        return true;
    child_event(EVENT_STORE_FAILED, (uint32_t)rc, 0, 0, 0);
    errno = rc > 0 ? rc : EIO;
    return false;
}

int main(void)
{
    static struct child child;
    struct sandbox_landlock_state landlock;
    pid_t warden = getppid();

    bool descriptors_ok = sandbox_descriptors(descriptors, FD_COUNT);
    child_configure(&child);
    child_step(&child, STEP_DESCRIPTORS, descriptors_ok);
    check_config(&child.config);
    if (crypto_init() != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);

    struct sandbox_limits limits = {.files = 16, .file_bytes = child.config.store_bytes};
#ifndef SEKISHO_SANITIZED
    limits.memory_bytes = child.config.store_bytes + HEAP_BYTES;
#endif
    child_step(&child, STEP_RLIMITS, sandbox_rlimits(&limits));
    child_step(&child, STEP_DUMPABLE, sandbox_not_dumpable());
    child_step(&child, STEP_SECRETS, open_secrets(&child.config));
    if (!load_login_key(&auth, FD_LOGIN_KEY))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_KEY, 0, 0);
    child_step(&child, STEP_NAMESPACES,
               sandbox_namespaces(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    child_step(&child, STEP_ROOT, sandbox_root(child.config.data_folder, false));
    child_step(&child, STEP_CAPABILITIES, sandbox_drop_bounding());
    child_step(&child, STEP_IDENTITY,
               sandbox_identity(child.config.flags & LAUNCH_ROOT, child.config.uid, child.config.gid, warden));
    child_step(&child, STEP_STORE, open_store(&child.config));
    if (!auth_open(&auth, &child.config, FD_FRONT, FD_VAULT))
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
    child_step(&child, STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    child_step(&child, STEP_MDWE, sandbox_mdwe());
    child_step(&child, STEP_LANDLOCK, sandbox_landlock(NULL, &landlock));
    child.report.landlock_abi = landlock.abi;
    child.report.landlock_fs = landlock.fs;
    child.report.landlock_net = landlock.net;
    child.report.landlock_scope = landlock.scope;
    child_step(&child, STEP_SECCOMP, sandbox_seccomp(seccomp_policy_auth(), false, child.report.filter_hash));
    child.report.filter_rows = (uint32_t)seccomp_policy_auth()->count;
    (void)sha256(auth_rules, auth_rule_count * sizeof auth_rules[0], child.report.rules_hash);
    child_attest(&child);

    auth_serve(&auth, child_channel());
    child_exit(EXIT_DRAINED, EVENT_DRAINED, 0, 0, 0);
}
