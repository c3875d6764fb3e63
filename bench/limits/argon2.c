/*
 * bench-argon2: how many passwords a second one thread hashes with Argon2id at the costs of privsep/auth/password.h, in
 * memory that is reserved once, and does nothing else: what bounds logins, since auth has one thread.
 */
#include <argon2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "auth/password.h"
#include "core/cpu.h"
#include "core/report.h"

#define MEMORY_BYTES ((size_t)PASSWORD_MEMORY_KIB * 1024)

static struct histogram latency;
static void *memory;

static int take_memory(uint8_t **taken, size_t bytes)
{
    *taken = memory;
    return bytes <= MEMORY_BYTES ? 0 : -1;
}

/* libargon2 has wiped it. */
static void give_memory_back(uint8_t *taken, size_t bytes)
{
    (void)taken;
    (void)bytes;
}

static int hash(uint64_t number)
{
    char password[] = "correct horse battery staple";
    uint8_t salt[PASSWORD_SALT_LEN] = {0};
    uint8_t digest[PASSWORD_DIGEST_LEN];
    argon2_context context = {
        .out = digest,
        .outlen = sizeof(digest),
        .pwd = (uint8_t *)password,
        .pwdlen = sizeof(password) - 1,
        .salt = salt,
        .saltlen = sizeof(salt),
        .t_cost = PASSWORD_PASSES,
        .m_cost = PASSWORD_MEMORY_KIB,
        .lanes = PASSWORD_LANES,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = take_memory,
        .free_cbk = give_memory_back,
    };
    salt[0] = (uint8_t)number;
    return argon2_ctx(&context, Argon2_id) == ARGON2_OK ? 0 : -1;
}

static int measure(uint64_t duration_ns, uint64_t *elapsed_ns)
{
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    while (before_ns - begin_ns < duration_ns) {
        if (hash(latency.count) != 0) {
            fputs("bench-argon2: a hash failed\n", stderr);
            return -1;
        }
        uint64_t now_ns = clock_ns();
        histogram_record(&latency, now_ns - before_ns);
        before_ns = now_ns;
    }
    *elapsed_ns = before_ns - begin_ns;
    return 0;
}

int main(int argc, char **argv)
{
    double seconds = argc == 2 ? strtod(argv[1], NULL) : 0.0;
    if (!(seconds > 0.0)) {
        fputs("usage: bench-argon2 SECONDS\n", stderr);
        return 2;
    }
    memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("bench-argon2");
        return EXIT_FAILURE;
    }
    struct run_result result = {.load = "argon2", .in_flight = 1, .items_per_call = 1, .latency = &latency};
    int status = measure((uint64_t)(seconds * 1e9), &result.elapsed_ns);
    result.calls = latency.count;
    return status == 0 && report_write(&result, stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
