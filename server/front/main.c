/*
 * sekisho-front: everything that talks to the network, and the registers. It is taken as lost: whoever gets hold of it
 * can deny service and has the registers, and finds no number, no password and no key but the TLS key of the server.
 * This file is its privilege story.
 *
 * Descriptors: 3 warden, 4 vault, 5 auth, 6 server certificate, 7 server key, 8 authority of the clients (PEM),
 * 9 terms of use, 10 folder of the registers, 11 authorities of signing certificates, 12 of authentication
 * certificates, 13 their revocation lists (PEM; /dev/null for none).
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "sandbox/sandbox.h"
#include "server/front/card.h"
#include "server/front/registers.h"
#include "server/front/start.h"

enum {
    FD_VAULT = 4,
    FD_AUTH,
    FD_CERTIFICATE,
    FD_KEY,
    FD_CLIENT_CA,
    FD_TERMS,
    FD_REGISTERS,
    FD_SIGN_AUTHORITIES,
    FD_AUTH_AUTHORITIES,
    FD_CRL,
    FD_COUNT
};

#define SESSION_LIMIT 1048576

static const enum fd_kind descriptors[FD_COUNT] = {
    FD_NULL,      FD_NULL,
#ifdef NDEBUG
    FD_NULL,
#else
    FD_ANY, /* a sanitizer's report needs somewhere to go */
#endif
    FD_CHANNEL,   FD_CHANNEL, FD_CHANNEL,  FD_FILE_READ, FD_FILE_READ, FD_FILE_READ,
    FD_FILE_READ, FD_FOLDER,  FD_OPTIONAL, FD_OPTIONAL,  FD_OPTIONAL,
};

/* Connections need descriptors (gRPC 1.51 never accepts again after it ran out), its helpers are threads, which count
 * as processes. Memory: a flood of cancelled streams costs gigabytes in this gRPC; it ends the front, not the machine.
 */
#define HEAP_BYTES (4ull << 30) /* beyond the maps of the registers */
static struct sandbox_limits limits_of(const struct launch_config *config)
{
    return (struct sandbox_limits){.files = 16384,
                                   .processes = 256,
                                   .file_bytes = config->store_bytes,
                                   .memory_bytes = HEAP_BYTES + 2 * config->tenant_count * config->store_bytes};
}

static void check_config(const struct launch_config *config)
{
    if (config->session_max < 1 || config->session_max > SESSION_LIMIT ||
        (config->tcp_port == 0 && config->socket_path[0] == '\0'))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_LAUNCH, 0, 0);
}

/* No signal asks this process for anything: the warden does, by frame. Threads inherit the mask. */
static bool block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    return pthread_sigmask(SIG_BLOCK, &all, NULL) == 0;
}

static void read_pem(struct pem_files *pem, bool tcp)
{
    bool read = pem_read(FD_CERTIFICATE, pem->certificate);
    read = pem_read(FD_KEY, pem->key) && read;
    read = pem_read(FD_CLIENT_CA, pem->client_ca) && read;
    if (tcp && !read)
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_CERTIFICATE, 0, 0);
}

/* Inside the front's own root, which is the folder that the socket is in. NULL: none. */
static const char *place_of_socket(const struct launch_config *config)
{
    const char *path = config->socket_path;

    if (path[0] == '\0')
        return NULL;
    if (path[0] != '/' || path[1] == '\0' || strchr(path + 1, '/'))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_LAUNCH, 0, 0);
    return path;
}

static bool open_registers(struct front *front, const struct launch_config *config)
{
    int rc;

    if (registers_open(front, config, FD_REGISTERS, &rc) && (rc = card_lists_read(front)) == 0)
        return true;
    child_event(EVENT_STORE_FAILED, (uint32_t)rc, 0, 0, 0);
    errno = rc > 0 ? rc : EIO;
    return false;
}

/* What the warden hashed for auth is what clients are shown. */
static void read_terms(struct front *front, const struct launch_config *config)
{
    static char terms[PEM_SIZE];
    uint8_t digest[HASH_LEN];

    if (!pem_read(FD_TERMS, terms) || sha256(terms, strlen(terms), digest) != 0 ||
        !crypto_equal(digest, config->accounts.terms_digest, sizeof digest))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_TERMS, 0, 0);
    front->terms = terms;
    front->terms_length = strlen(terms);
    front->terms_version = config->accounts.terms_version;
}

static void read_card_trust(struct front *front, const struct launch_config *config)
{
    const struct card_files files = {FD_SIGN_AUTHORITIES, FD_AUTH_AUTHORITIES, FD_CRL};

    if (!card_read(front, config, &files))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_CARD_TRUST, 0, 0);
}

static void listen_now(struct front_process *process, const struct launch_config *config, const char *socket_path,
                       struct pem_files *pem)
{
    char error[256];

    if (!registers_start(&process->front) || !front_connect(process, config, child_channel(), FD_VAULT, FD_AUTH))
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
    if (!front_listen(process, config, socket_path, pem, error))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_BIND, config->tcp_port, 0);
    crypto_wipe(pem, sizeof *pem);
    /* The umask made it the front's alone. Who may come near it is the decision of its folder's mode. */
    if (socket_path && chmod(socket_path, 0666) != 0)
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_BIND, 0, 0);
}

static void wait_for_start(void)
{
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    struct pollfd ready = {.fd = child_channel()->fd, .events = POLLIN};
    enum channel_result result = CHANNEL_EMPTY;
    enum frame_verdict verdict = FRAME_OK;
    struct frame_view frame;

    while (result == CHANNEL_EMPTY) {
        if (poll(&ready, 1, -1) < 0 && errno != EINTR)
            child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
        result = channel_receive(child_channel(), buffer, sizeof buffer, PHASE_SEALED, front_rules, front_rule_count,
                                 &frame, &verdict);
    }
    if (result == CHANNEL_VIOLATION)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_WARDEN, verdict, 0);
    if (result != CHANNEL_OK)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_WARDEN, 0, 0);
}

static void begin_to_serve(struct front_process *process, const char *socket_path)
{
    const struct ready_report ready = {.tcp_port = rpc_server_port(process->server)};

    rpc_server_set_serving(process->server, true);
    child_event(EVENT_LISTENING, ready.tcp_port, socket_path != NULL, 0, 0);
    if (channel_send(child_channel(), FRAME_READY, 0, &ready, sizeof ready) != CHANNEL_OK)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_WARDEN, 0, 0);
    /* From here on the control channel is the reader's. */
    reader_begin(process->reader);
}

int main(void)
{
    static struct child child;
    static struct front_process process;
    static struct pem_files pem;
    const struct launch_config *config = &child.config;
    struct sandbox_landlock_state landlock;
    pid_t warden = getppid();

    bool descriptors_ok = sandbox_descriptors(descriptors, FD_COUNT);
    child_configure(&child);
    child_step(&child, STEP_DESCRIPTORS, descriptors_ok);
    check_config(config);
    if (crypto_init() != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    const char *socket_path = place_of_socket(config);
    const struct sandbox_landlock_allow allow = {.socket_folder = socket_path ? "/" : NULL,
                                                 .bind_tcp_port = config->tcp_port,
                                                 /* gRPC tries [::1]:0 before it takes an IPv6 address */
                                                 .any_port = strchr(config->tcp_address, ':') != NULL};

    const struct sandbox_limits limits = limits_of(config);
    child_step(&child, STEP_RLIMITS, sandbox_rlimits(&limits));
    child_step(&child, STEP_DUMPABLE, block_signals() && sandbox_not_dumpable());
    read_pem(&pem, config->tcp_port != 0);
    read_terms(&process.front, config);
    /* The network stays: it is what this process is for. */
    child_step(&child, STEP_NAMESPACES,
               sandbox_namespaces(CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    child_step(&child, STEP_ROOT, sandbox_root(config->data_folder, socket_path == NULL));
    child_step(&child, STEP_CAPABILITIES, sandbox_drop_bounding());
    child_step(&child, STEP_IDENTITY, sandbox_identity(config->flags & LAUNCH_ROOT, config->uid, config->gid, warden));
    /* Certificates and lists are parsed without rights: the lists come from elsewhere. */
    read_card_trust(&process.front, config);
    child_step(&child, STEP_STORE, open_registers(&process.front, config));
    child_step(&child, STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    child_step(&child, STEP_MDWE, sandbox_mdwe());
    child_step(&child, STEP_LANDLOCK, sandbox_landlock(&allow, &landlock));
    child.report.landlock_abi = landlock.abi;
    child.report.landlock_fs = landlock.fs;
    child.report.landlock_net = landlock.net;
    child.report.landlock_scope = landlock.scope;
    listen_now(&process, config, socket_path, &pem); /* threads, listeners */
    (void)sha256(front_rules, front_rule_count * sizeof front_rules[0], child.report.rules_hash);
    child.report.filter_rows = (uint32_t)seccomp_policy_front()->count;
    child_step(&child, STEP_SECCOMP, sandbox_seccomp(seccomp_policy_front(), true, child.report.filter_hash));
    child_attest(&child);

    wait_for_start();
    begin_to_serve(&process, socket_path);
    rpc_server_run(process.server);
    child_exit(EXIT_DRAINED, EVENT_DRAINED, 0, 0, 0);
}
