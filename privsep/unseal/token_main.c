/*
 * sekisho-unseal-token: has a PKCS#11 token open a wrapped root key, hands the key over and ends. The token's module is
 * foreign code that opens files, talks to daemons or over a network, and starts threads: it has a uid of its own, no
 * privilege, no other process in reach and no exec, but the file system and the network. That is why this is another
 * program than sekisho-unseal, run only where the configuration says `token:`. This function is its privilege story.
 */
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "unseal/process.h"
#include "unseal/token.h"

enum { FD_COUNT = UNSEAL_FD_MODULE + 1 };

static const enum fd_kind descriptors[FD_COUNT] = {
    FD_NULL,      FD_NULL,
#ifdef NDEBUG
    FD_NULL,
#else
    FD_ANY, /* a sanitizer's report needs somewhere to go */
#endif
    FD_FILE_READ, FD_ANY,  FD_ANY, FD_FILE_READ,
};

static enum unseal_status unwrap(struct unsealing *unsealing, const char *uri)
{
    /* By descriptor: the very file whose owner the warden has looked at. */
    char module[32];
    struct token *token;

    snprintf(module, sizeof module, "/proc/self/fd/%d", UNSEAL_FD_MODULE);
    enum unseal_status status = token_open(module, uri, &token);
    if (status != UNSEAL_DONE)
        return status;
    unseal_read_secret(unsealing, "PIN of the root key's token: ");
    status = token_login(token, false, unsealing->secret, unsealing->secret_length);
    if (status == UNSEAL_DONE)
        status = token_find_key(token);
    if (status == UNSEAL_DONE)
        status = token_unwrap(token, &unsealing->file, unsealing->key);
    token_close(token);
    return status;
}

int main(int argc, char **argv)
{
    const struct sandbox_limits limits = {
        .files = 256, .processes = 1024, .file_bytes = 16 << 20, .memory_bytes = 1ull << 30};
    uint32_t uid = unseal_uid(argc, argv, 3);
    pid_t parent = getppid();
    uint8_t filter_hash[32];

    unseal_step(STEP_DESCRIPTORS, sandbox_descriptors(descriptors, FD_COUNT));
    unseal_step(STEP_RLIMITS, sandbox_rlimits(&limits));
    unseal_step(STEP_DUMPABLE, sandbox_not_dumpable());
    struct unsealing *unsealing = unseal_open_memory();
    unseal_step(STEP_NAMESPACES, sandbox_namespaces(CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    unseal_step(STEP_CAPABILITIES, sandbox_drop_bounding());
    unseal_step(STEP_IDENTITY, sandbox_identity(uid != 0, uid, uid, parent));
    unseal_step(STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    unseal_step(STEP_MDWE, sandbox_mdwe());
    unseal_step(STEP_SECCOMP, sandbox_seccomp(seccomp_policy_unseal_token(), false, filter_hash));

    unseal_read_file(unsealing, WRAP_TOKEN);
    enum unseal_status status = unwrap(unsealing, argv[2]);
    if (status != UNSEAL_DONE)
        unseal_end(status);
    unseal_hand_over(unsealing);
}
