#include "warden/root_key.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unseal/unseal.h"
#include "warden/become.h"
#include "warden/identity.h"
#include "warden/log.h"
#include "warden/paths.h"
#include "wire/exit_codes.h"

/* Linux 5.14; libc has no function for it. */
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* Offset of its uid from uid_base: after those of set_uid. */
#define UNSEAL_UID 4

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int refuse(const char *what, int code)
{
    log_line("warden", "cannot unseal the root key: %s: %s", what, strerror(errno));
    return code;
}

static int make_memory(bool *sealable)
{
    int memory = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

    *sealable = memory < 0;
    if (memory < 0)
        memory = memfd_create("root-key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0)
        return -1;
    if (ftruncate(memory, ROOT_KEY_LEN) == 0)
        return memory;
    close(memory);
    return -1;
}

/* Secret memory knows no seals; its size is fixed once it is set. The key's reader gets a memory file for reading. */
static int seal_memory(int memory)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    int sealed = fcntl(memory, F_ADD_SEALS, SEALS) < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    close(memory);
    return sealed;
}

/* A process that is not in the foreground would be stopped when it asked. */
static int open_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (terminal >= 0 && tcgetpgrp(terminal) == getpgrp())
        return terminal;
    if (terminal >= 0)
        close(terminal);
    return -1;
}

static _Noreturn void become_unsealer(const struct warden_config *config, const int *give)
{
    bool token = config->root_key_source == ROOT_KEY_TOKEN;
    const char *name = token ? "sekisho-unseal-token" : "sekisho-unseal";
    char uid[16];
    char *const arguments[] = {(char *)name, uid, token ? (char *)config->root_key_token : NULL, NULL};
    char *const environment[] = {config->root_key_environment[0] ? (char *)config->root_key_environment : NULL, NULL};

    snprintf(uid, sizeof uid, "%u", has_own_uids(config->uid_base) ? config->uid_base + UNSEAL_UID : 0);
    int folder = become_folder();
    if (folder < 0)
        _exit(EXIT_SYSTEM);
    become(folder, name, arguments, environment, give, token ? 4 : 3);
}

/* 0, or an exit code after logging what the end of the unsealing process means. */
static int judge(int status)
{
    unsigned code = (unsigned)WEXITSTATUS(status);

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        log_line("unseal", "was killed for a system call outside its policy: taken as an attack");
        return EXIT_SANDBOX;
    }
    if (WIFSIGNALED(status) || code == EXIT_SYSTEM) {
        log_line("unseal", "cannot be started, or was killed by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        return EXIT_SYSTEM;
    }
    if (code >= UNSEAL_STEP_FAILED) {
        log_line("unseal", "cannot lock itself down: step \"%s\" failed", log_step_name(code - UNSEAL_STEP_FAILED));
        return EXIT_SANDBOX;
    }
    log_line("unseal", "%s", unseal_status_text(code));
    return code == UNSEAL_DONE ? 0 : EXIT_CONFIG;
}

static int run(const struct warden_config *config, const int *give)
{
    int status;
    pid_t child = fork();

    if (child < 0)
        return refuse("fork", EXIT_SYSTEM);
    if (child == 0)
        become_unsealer(config, give);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return refuse("waitpid", EXIT_SYSTEM);
    return judge(status);
}

/* Moves the descriptor to its place, for the sets to inherit. */
static bool keep(int memory)
{
    if (memory != ROOT_KEY_FD && (memory < 0 || dup2(memory, ROOT_KEY_FD) < 0 || close(memory) < 0))
        return false;
    return fcntl(ROOT_KEY_FD, F_SETFD, 0) == 0 && close_range(ROOT_KEY_FD + 1, ~0u, 0) == 0;
}

int root_key_unseal(const struct warden_config *config)
{
    struct unsealing_files files;
    bool sealable;

    if (config->root_key_source == ROOT_KEY_FILE)
        return 0;
    /* Not for other processes of the same user, while it holds the key. */
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return refuse("not dumpable", EXIT_SANDBOX);
    if (!paths_open_unsealing(config, &files))
        return EXIT_CONFIG;
    if (files.secret < 0 && (files.secret = open_terminal()) < 0) {
        log_line("warden", "cannot unseal the root key: there is no terminal to ask, and root_key_secret is not set");
        return EXIT_CONFIG;
    }
    int memory = make_memory(&sealable);
    if (memory < 0)
        return refuse("memory for it", EXIT_SYSTEM);
    const int give[] = {files.wrapped, files.secret, memory, files.module};
    int code = run(config, give);
    if (code != 0)
        return code;
    if (sealable && (memory = seal_memory(memory)) < 0)
        return refuse("seal", EXIT_SYSTEM);
    return keep(memory) ? 0 : refuse("keep it", EXIT_SYSTEM);
}
