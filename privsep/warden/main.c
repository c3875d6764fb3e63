/*
 * sekisho-warden: starts the processes, wires them, verifies their lock-down, watches them. It has two stages, each an
 * execution of this file:
 *
 *   the keeper       root (or uid 0 of its own user namespace): starts a set, waits for its end, starts the next
 * (keeper.h) the set warden   init of the set's PID namespace: its end is the end of every process of the set, by the
 * kernel
 *
 * This file is the privilege story of both, and wire() is the whole graph of who can talk to whom.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "warden/account_rules.h"
#include "warden/become.h"
#include "warden/config.h"
#include "warden/identity.h"
#include "warden/keeper.h"
#include "warden/log.h"
#include "warden/paths.h"
#include "warden/root_key.h"
#include "warden/set.h"

#define SEAL_MS  120000 /* the vault reads its whole store once before it seals */
#define READY_MS 30000

/* ---- the wiring list: numbers are the descriptors as each process knows them; 3 is the channel to the warden ---- */

/* clang-format off: one channel, one file a line */
static bool wire(struct set *set, const struct opened_files *files)
{
    return wire_control(set, PROCESS_VAULT) && wire_control(set, PROCESS_AUTH) && wire_control(set, PROCESS_FRONT) &&

           wire_channel(set, PROCESS_FRONT, 4, PROCESS_VAULT, 4) && /* sealed calls and their answers */
           wire_channel(set, PROCESS_FRONT, 5, PROCESS_AUTH, 4) &&  /* sealed logins and account calls */
           wire_channel(set, PROCESS_AUTH, 5, PROCESS_VAULT, 5) &&  /* sessions with their keys, and which are used */

           wire_file(set, PROCESS_VAULT, 6, files->root_key) && wire_file(set, PROCESS_AUTH, 6, files->login_key) &&
           wire_file(set, PROCESS_FRONT, 6, files->server_certificate) &&
           wire_file(set, PROCESS_FRONT, 7, files->server_key) && wire_file(set, PROCESS_FRONT, 8, files->client_ca) &&
           wire_file(set, PROCESS_FRONT, 9, files->terms) &&
           /* A folder: the front opens its registers in it, and closes it before its lock-down. The lock stays here. */
           wire_file(set, PROCESS_FRONT, 10, fcntl(set->register_lock, F_DUPFD_CLOEXEC, 0)) &&
           wire_file(set, PROCESS_FRONT, 11, files->sign_authorities) &&
           wire_file(set, PROCESS_FRONT, 12, files->auth_authorities) && wire_file(set, PROCESS_FRONT, 13, files->crl);
}
/* clang-format on */

/* ---- the set warden ---- */

/* The signals were blocked by the keeper, so that none is lost before this. */
static bool open_signals(struct set *set)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    set->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return set->signal_fd >= 0 && sigprocmask(SIG_SETMASK, &signals, NULL) == 0;
}

static int end_after(struct set *set, enum watch_result result)
{
    if (result == WATCH_ASKED)
        return end_because_asked(set);
    if (result == WATCH_ENDED)
        return end_because_of_end(set);
    log_line("warden", "a process is not ready in time");
    return end_with(set, EXIT_SYSTEM);
}

static void say_ready(const struct set *set)
{
    char line[PATH_LEN + 64];
    const char *socket = set->config->socket;
    uint16_t port = set->worker[PROCESS_FRONT].tcp_port;
    int length = 0;

    if (set->config->tcp_address[0])
        length = snprintf(line, sizeof line, "ready: https port %u%s%s\n", port, socket[0] ? ", socket " : "", socket);
    else
        length = snprintf(line, sizeof line, "ready: socket %s\n", socket);
    ssize_t written = write(STDOUT_FILENO, line, (size_t)length);
    (void)written; /* nobody may be reading */
}

/* Each process is verified before the next one exists; nobody serves before the warden itself is sealed. */
static int run_set(struct set *set)
{
    static const enum process order[] = {PROCESS_VAULT, PROCESS_AUTH, PROCESS_FRONT};
    enum watch_result result;

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (!spawn(set, order[i])) {
            log_line("warden", "cannot start %s: %s", set->worker[order[i]].executable, strerror(errno));
            return end_with(set, EXIT_SYSTEM);
        }
        result = watch(set, PHASE_SEALED, SEAL_MS);
        if (result != WATCH_REACHED)
            return end_after(set, result);
    }
    seal_warden(set);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (channel_send(&set->worker[order[i]].control, FRAME_START, 0, NULL, 0) != CHANNEL_OK)
            return end_because_of_end(set);
    result = watch(set, PHASE_SERVING, READY_MS);
    if (result != WATCH_REACHED)
        return end_after(set, result);
    say_ready(set);
    return end_after(set, watch_serving(set));
}

/* The descriptor that the keeper has of an unsealed root key takes the place of the wrapped file. */
static bool take_root_key(const struct warden_config *config, bool kept, struct opened_files *files)
{
    if (kept != (config->root_key_source != ROOT_KEY_FILE)) {
        log_line("warden", "the source of the root key has changed: end the warden and start it again");
        return false;
    }
    if (!kept)
        return true;
    close(files->root_key);
    files->root_key = ROOT_KEY_FD;
    return true;
}

/* The text goes to the front, which shows it; what it must be goes to auth. */
static bool read_terms(struct warden_config *config, const struct opened_files *files)
{
    if (account_rules_terms(&config->rules, files->terms))
        return true;
    log_line("warden", "terms_file: %s: must be a text of 1 to %d bytes", config->terms, TERMS_MAX);
    return false;
}

static int set_main(const char *config_path, uint32_t restarts)
{
    static struct warden_config config;
    static struct set set;
    struct opened_files files;
    /* Nothing has been opened yet: what is there was given by the keeper. */
    bool root_key_kept = fcntl(ROOT_KEY_FD, F_GETFD) >= 0;

    if (getpid() != 1) {
        log_line("warden", "--set is for the keeper's use only");
        return EXIT_CONFIG;
    }
    prctl(PR_SET_NAME, "sekisho-warden"); /* not "exe", for those who look at the process table */
    umask(022);                           /* the modes of the folders made here are meant as written */
    if (crypto_init() != 0)
        return EXIT_CRYPTO;
    if (!config_load(config_path, &config) || !paths_open(&config, &files) || !read_terms(&config, &files) ||
        !take_root_key(&config, root_key_kept, &files))
        return EXIT_CONFIG;
    set_init(&set, &config, restarts);
    set.own_uids = has_own_uids(config.uid_base);
    if (!set_prepare_folders(&set))
        return EXIT_CONFIG;
    verify_init();
    if ((set.executables = become_folder()) < 0 || !open_signals(&set) || !wire(&set, &files)) {
        log_line("warden", "cannot make the channels: %s", strerror(errno));
        return EXIT_SYSTEM;
    }
    return run_set(&set);
}

/* ---- the keeper ---- */

static pid_t start_set(void *context, unsigned restarts)
{
    char count[16];
    const char *const arguments[] = {"sekisho-warden", "--set", "--config", context, "--restarts", count, NULL};
    char *const environment[] = {NULL};
    struct clone_args clone = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};

    snprintf(count, sizeof count, "%u", restarts);
    pid_t set = (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
    if (set != 0)
        return set;
    /* Out of the terminal's process group: the keeper alone takes its Ctrl-C. Out with the keeper, too. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && setsid() >= 0 &&
        close_range(ROOT_KEY_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        execve("/proc/self/exe", (char *const *)arguments, environment);
    _exit(EXIT_SYSTEM);
}

/* Every path is looked at with the starting user's eyes: inside a user namespace all foreign owners look alike. */
static int check_config(const char *config_path, struct warden_config *config)
{
    struct opened_files files;
    struct unsealing_files unsealing;

    return crypto_init() == 0 && config_load(config_path, config) && paths_open(config, &files) &&
                   read_terms(config, &files) &&
                   (config->root_key_source == ROOT_KEY_FILE || paths_open_unsealing(config, &unsealing))
               ? 0
               : EXIT_CONFIG;
}

static int keep(char *config_path)
{
    struct keeper_plan plan = keeper_default;
    static struct warden_config config;

    if (check_config(config_path, &config) != 0)
        return EXIT_CONFIG;
    if (geteuid() != 0 && !enter_user_namespace()) {
        log_line("warden", "cannot make a user namespace (%s): allow it for this user, or start as root",
                 strerror(errno));
        return EXIT_SANDBOX;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return EXIT_SANDBOX;
    close_range(3, ~0u, 0);
    int code = root_key_unseal(&config);
    if (code != 0)
        return code;
    plan.start = start_set;
    plan.context = config_path;
    return keeper_run(&plan);
}

static int usage(FILE *to, int code)
{
    fputs("usage: sekisho-warden --config FILE\n"
          "       sekisho-warden --check-config FILE\n",
          to);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},   {"check-config", required_argument, NULL, 'k'},
        {"restarts", required_argument, NULL, 'r'}, {"set", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},           {0},
    };
    char *config_path = NULL, *check_path = NULL;
    uint32_t restarts = 0;
    bool is_set = false;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'c')
            config_path = optarg;
        else if (option == 'k')
            check_path = optarg;
        else if (option == 'r')
            restarts = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 's')
            is_set = true;
        else
            return option == 'h' ? usage(stdout, EXIT_SUCCESS) : usage(stderr, EXIT_CONFIG);
    }
    if (optind != argc || (config_path == NULL) == (check_path == NULL))
        return usage(stderr, EXIT_CONFIG);
    if (check_path) {
        static struct warden_config config;
        return check_config(check_path, &config);
    }
    /* The set warden ends inside its filter, where no library may clean up. */
    if (is_set)
        _exit(set_main(config_path, restarts));
    return keep(config_path);
}
