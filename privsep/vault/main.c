/*
 * vault: numbers, their references, the ledger of their use. It has no network, no file system, no exec, one thread,
 * and after the lock-down only the descriptors it was given. This function is its privilege story.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "vault/loop.h"
#include "vault/number_index.h"
#include "vault/pins.h"
#include "vault/rules.h"

enum { FD_FRONT = 4, FD_AUTH = 5, FD_ROOT_KEY = 6, FD_COUNT = 7 };

#define ROOT_KEY_LEN 32
#define HEAP_BYTES   (1ull << 30) /* beyond the map and pairs: code, libcrypto, LMDB's dirty pages, queues */

static const enum fd_kind descriptors[FD_COUNT] = {
    FD_NULL,    FD_NULL,
#ifdef NDEBUG
    FD_NULL,
#else
    FD_ANY, /* a sanitizer's report needs somewhere to go */
#endif
    FD_CHANNEL, FD_CHANNEL, FD_CHANNEL, FD_SECRET_FILE,
};

static bool open_arena(const struct launch_config *config)
{
    size_t bytes = session_table_bytes(config->session_max) + call_engine_bytes() + FRAME_MAX + ROOT_KEY_LEN +
                   config->tenant_count * (sizeof(struct tenant_keys) + 16) + 4096;

    return crypto_init() == 0 && secret_arena_open(bytes) == 0;
}

/* Mapped, not read: an unsealed root key is in secret memory (memfd_secret(2)), which has no read(2). */
static bool read_root_key(uint8_t key[ROOT_KEY_LEN])
{
    struct stat info;

    if (fstat(FD_ROOT_KEY, &info) < 0 || info.st_size != ROOT_KEY_LEN)
        return false;
    void *mapped = mmap(NULL, ROOT_KEY_LEN, PROT_READ, MAP_SHARED, FD_ROOT_KEY, 0);
    if (mapped == MAP_FAILED)
        return false;
    memcpy(key, mapped, ROOT_KEY_LEN);
    return munmap(mapped, ROOT_KEY_LEN) == 0 && close(FD_ROOT_KEY) == 0;
}

static bool make_buffers(struct vault *vault)
{
    vault->receive_buffer = secret_alloc(FRAME_MAX);
    vault->front_buffer = mmap(NULL, FRAME_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return vault->front_buffer != MAP_FAILED && vault->receive_buffer && replies_init(&vault->replies) &&
           session_table_init(&vault->sessions, vault->child->config.session_max) == 0 &&
           call_engine_init(&vault->engine, &vault->store, &vault->sessions, vault->child->config.guesses) == 0;
}

static enum event event_of(int rc)
{
    if (rc == ESTALE || rc == EBADMSG)
        return EVENT_ERASURES_REFUSED;
    return store_damaged(rc) ? EVENT_STORE_DAMAGED : EVENT_STORE_FAILED;
}

/* LMDB found a page that cannot be: it would abort(3), and nobody would know why. */
static void on_damage(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
    child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)MDB_CORRUPTED, 9, 0);
}

static bool store_refused(int rc)
{
    if (rc != 0) {
        child_event(event_of(rc), (uint32_t)rc, 0, 0, 0);
        errno = rc > 0 ? rc : EIO;
    }
    return rc != 0;
}

static bool open_store(struct vault *vault, const uint8_t root_key[ROOT_KEY_LEN])
{
    const struct launch_config *config = &vault->child->config;
    uint64_t subjects = 0, leaves = 0;
    int rc = store_open(&vault->store, "/", config->store_bytes, config->tenants, config->tenant_count, root_key);

    if (rc == 0)
        rc = pins_write(&vault->store, "");
    if (store_refused(rc))
        return false;
    mdb_env_set_assert(vault->store.env, on_damage);
    if (!crypto_all_zero(config->backup_key, sizeof config->backup_key) &&
        backup_set_key(&vault->store, config->backup_key) != 0)
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_BACKUP_KEY, 0, 0);
    store_prefault(&vault->store);
    if (store_refused(index_load(&vault->store)))
        return false;
    for (size_t i = 0; i < vault->store.tenant_count; i++) {
        subjects += vault->store.tenant[i].now.subjects;
        leaves += vault->store.tenant[i].now.ledger.size;
    }
    child_event(EVENT_STORE_OPEN, config->tenant_count, (uint32_t)subjects, (uint32_t)leaves, 0);
    return true;
}

int main(void)
{
    static struct vault vault;
    static struct child child;
    const struct launch_config *config = &child.config;
    pid_t parent = getppid();
    uint8_t *root_key = NULL;

    bool descriptors_ok = sandbox_descriptors(descriptors, FD_COUNT);
    child_configure(&child);
    child_step(&child, STEP_DESCRIPTORS, descriptors_ok);
    vault.child = &child;
    vault.upkeep.retention_days = config->ledger_retention_days;

    struct sandbox_limits limits = {.files = 16, .processes = 0, .file_bytes = config->store_bytes};
#ifndef SEKISHO_SANITIZED
    limits.memory_bytes = config->store_bytes + PAIRS_BYTES_MAX + HEAP_BYTES;
#endif
    child_step(&child, STEP_RLIMITS, sandbox_rlimits(&limits));
    child_step(&child, STEP_DUMPABLE, sandbox_not_dumpable());

    child_step(&child, STEP_SECRETS,
               open_arena(config) && (root_key = secret_alloc(ROOT_KEY_LEN)) != NULL && make_buffers(&vault));
    if (!root_key || !read_root_key(root_key))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_KEY, 0, 0);
    child_step(&child, STEP_NAMESPACES,
               sandbox_namespaces(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    child_step(&child, STEP_ROOT, sandbox_root(config->data_folder, false));
    child_step(&child, STEP_CAPABILITIES, sandbox_drop_bounding());
    child_step(&child, STEP_IDENTITY, sandbox_identity(config->flags & LAUNCH_ROOT, config->uid, config->gid, parent));

    child_step(&child, STEP_STORE, open_store(&vault, root_key));
    crypto_wipe(root_key, ROOT_KEY_LEN);

    child_step(&child, STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    child_step(&child, STEP_MDWE, sandbox_mdwe());
    struct sandbox_landlock_state landlock;
    child_step(&child, STEP_LANDLOCK, sandbox_landlock(NULL, &landlock));
    child.report.landlock_abi = landlock.abi;
    child.report.landlock_fs = landlock.fs;
    child.report.landlock_net = landlock.net;
    child.report.landlock_scope = landlock.scope;
    (void)sha256(vault_rules, vault_rule_count * sizeof vault_rules[0], child.report.rules_hash);
    child.report.filter_rows = (uint32_t)seccomp_policy_vault()->count;
    child_step(&child, STEP_SECCOMP, sandbox_seccomp(seccomp_policy_vault(), false, child.report.filter_hash));

    channel_init(&vault.front, FD_FRONT, PEER_FRONT);
    vault.front.batched = true;
    channel_init(&vault.auth, FD_AUTH, PEER_AUTH);
    vault.phase = PHASE_SEALED;
    child_attest(&child);
    vault_run(&vault);
}
