#include "support/process.h"

#include <poll.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "sandbox/sandbox.h"

#define TIMEOUTS_MAX 4
/* The calendar's time at boot_ms 0. */
#define EPOCH_S 1800000000

struct peer_end process_control;

static jmp_buf ended;
static bool (*feeding)(void *);
static void *feeding_context;

void peer_open(struct peer_end *end, enum peer peer)
{
    int fds[2];

    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0);
    channel_init(&end->outer, fds[0], peer);
    channel_init(&end->inner, fds[1], peer);
}

void peer_close(struct peer_end *end)
{
    close(end->outer.fd);
    close(end->inner.fd);
}

int process_run(void (*serve)(void *context), bool (*feed)(void *context), void *context)
{
    feeding = feed;
    feeding_context = context;
    int how = setjmp(ended);
    if (how == 0) {
        serve(context);
        return EXIT_DRAINED;
    }
    return how - 2;
}

/* longjmp cannot give 0, and the exit codes begin at 0, below them PROCESS_WAITS. */
__attribute__((noreturn)) static void end(int code)
{
    longjmp(ended, code + 2);
}

void child_exit(enum exit_code code, enum event event, uint32_t a, uint32_t b, uint32_t c)
{
    (void)event, (void)a, (void)b, (void)c;
    end((int)code);
}

void child_event(enum event event, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    REQUIRE(event < EVENT_COUNT);
}

struct channel *child_channel(void)
{
    return &process_control.inner;
}

int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap___ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                       size_t size);

int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    static unsigned timeouts;

    (void)mask;
    for (;;) {
        int ready = poll(fds, count, 0);
        bool work_to_do = timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
        if (ready != 0 || work_to_do) {
            timeouts = 0;
            return ready;
        }
        if (feeding(feeding_context))
            continue;
        /* Nobody says anything more: what the process waits for by the clock may still come, a few times. */
        if (!timeout || ++timeouts > TIMEOUTS_MAX)
            end(PROCESS_WAITS);
        process_advance((int64_t)timeout->tv_sec * 1000 + timeout->tv_nsec / 1000000);
        return 0;
    }
}

int __wrap___ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                       size_t size)
{
    (void)size;
    return __wrap_ppoll(fds, count, timeout, mask);
}

/* ---- what follows from the input alone ---- */

static uint64_t random_state;
static int64_t boot_ms_now;

void process_reset(uint64_t seed, int64_t boot_ms)
{
    random_state = seed;
    boot_ms_now = boot_ms;
}

void process_advance(int64_t ms)
{
    boot_ms_now += ms;
}

void __wrap_crypto_random(void *out, size_t length);
void __wrap_crypto_random(void *out, size_t length)
{
    uint8_t *at = out;

    /* splitmix64 */
    for (size_t i = 0; i < length; i++) {
        uint64_t mixed = (random_state += 0x9e3779b97f4a7c15u);
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
        at[i] = (uint8_t)(mixed >> 56);
    }
}

int64_t process_now_ms(void)
{
    return boot_ms_now;
}

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_BOOTTIME && clock != CLOCK_REALTIME)
        return __real_clock_gettime(clock, now);
    *now = (struct timespec){.tv_sec = boot_ms_now / 1000, .tv_nsec = boot_ms_now % 1000 * 1000000};
    if (clock == CLOCK_REALTIME)
        now->tv_sec += EPOCH_S;
    return 0;
}

#define SECRETS_MAX 256
static void *secrets[SECRETS_MAX];
static size_t secret_count;

void *__wrap_secret_alloc(size_t bytes);
void *__wrap_secret_alloc(size_t bytes)
{
    REQUIRE(secret_count < SECRETS_MAX);
    secrets[secret_count] = calloc(1, bytes);
    return secrets[secret_count++];
}

void process_free_secrets(void)
{
    while (secret_count > 0)
        free(secrets[--secret_count]);
}

void process_keep_secrets(void)
{
    secret_count = 0;
}

/* ---- the contract of frame.h ---- */

static bool has_row(const struct frame_header *header, size_t body, enum peer from, enum phase phase,
                    const struct frame_rule *rules, size_t rule_count)
{
    for (const struct frame_rule *rule = rules; rule < rules + rule_count; rule++)
        if (rule->type == header->type && rule->from == from && (rule->phases >> phase & 1))
            return body >= rule->min_body && body <= rule->max_body;
    return false;
}

bool frame_acceptable(const void *record, size_t length, uint64_t last_seq, enum peer from, enum phase phase,
                      const struct frame_rule *rules, size_t rule_count)
{
    struct frame_header header, good;

    if (length < sizeof header || length > FRAME_MAX)
        return false;
    memcpy(&header, record, sizeof header);
    size_t body = length - sizeof header;
    frame_fill(&good, header.type, (uint32_t)body, last_seq + 1, header.reply_to);
    if (memcmp(&header, &good, sizeof header) != 0)
        return false;
    if (header.type % 2 == 0 && header.reply_to != 0)
        return false;
    return has_row(&header, body, from, phase, rules, rule_count);
}
