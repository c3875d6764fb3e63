/*
 * sekisho-unseal: opens a root key that is wrapped under a passphrase, hands it over and ends. It has three descriptors
 * and memory. This function is its privilege story.
 */
#include <sched.h>
#include <unistd.h>

#include "unseal/process.h"

enum { FD_COUNT = UNSEAL_FD_KEY + 1 };

#define HEAP_BYTES (256ull << 20) /* beyond Argon2id's block: code, libcrypto */

static const enum fd_kind descriptors[FD_COUNT] = {
    FD_NULL,      FD_NULL,
#ifdef NDEBUG
    FD_NULL,
#else
    FD_ANY, /* a sanitizer's report needs somewhere to go */
#endif
    FD_FILE_READ, FD_ANY,  FD_ANY,
};

int main(int argc, char **argv)
{
    const struct sandbox_limits limits = {.files = FD_COUNT + 4,
                                          .memory_bytes = WRAPPED_MEMORY_KIB_MAX * 1024ull + HEAP_BYTES};
    uint32_t uid = unseal_uid(argc, argv, 2);
    pid_t parent = getppid();
    struct sandbox_landlock_state landlock;
    uint8_t filter_hash[32];

    unseal_step(STEP_DESCRIPTORS, sandbox_descriptors(descriptors, FD_COUNT));
    unseal_step(STEP_RLIMITS, sandbox_rlimits(&limits));
    unseal_step(STEP_DUMPABLE, sandbox_not_dumpable());
    struct unsealing *unsealing = unseal_open_memory();
    unseal_step(STEP_NAMESPACES,
                sandbox_namespaces(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    unseal_step(STEP_CAPABILITIES, sandbox_drop_bounding());
    unseal_step(STEP_IDENTITY, sandbox_identity(uid != 0, uid, uid, parent));
    unseal_step(STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    unseal_step(STEP_MDWE, sandbox_mdwe());
    /* No rule: no path can be opened. There is no folder of its own to pivot into before a set exists. */
    unseal_step(STEP_LANDLOCK, sandbox_landlock(NULL, &landlock));
    unseal_step(STEP_SECCOMP, sandbox_seccomp(seccomp_policy_unseal(), false, filter_hash));

    unseal_read_file(unsealing, WRAP_PASSPHRASE);
    unseal_read_secret(unsealing, "Passphrase of the root key: ");
    enum unseal_status status =
        wrapped_key_open(&unsealing->file, unsealing->secret, unsealing->secret_length, unsealing->key);
    if (status != UNSEAL_DONE)
        unseal_end(status);
    unseal_hand_over(unsealing);
}
