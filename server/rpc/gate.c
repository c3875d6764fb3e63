#include "server/rpc/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <grpc/support/alloc.h>

#include "server/rpc/fruitless.h"
#include "server/rpc/guests.h"
#include "server/rpc/handover.h"

enum {
    EVENTS = 64,
    OWN_DESCRIPTORS = 384, /* of the process, beside its connections: a prefecture's register has six */
    FEWEST_PLACES = 16,    /* a limit of descriptors below that is not worth starting with */
    PAUSE_MS = 20,         /* when the system has no descriptor or memory left */
    ACCEPTS_A_ROUND = 256, /* then those who left are looked at again */
    JUDGE_MS = 100,
    FRUITLESS_BYTES = 32 << 20, /* more than the windows of HTTP/2 leave room for while the server is busy elsewhere */
    FIRST_CALL_BYTES = 200 * 1000, /* TLS handshake, headers and the largest message are less */
};

/* epoll's word: the index of a guest, a door, or the descriptor that wakes. */
#define DOOR(which) (UINT64_C(1) << 32 | (unsigned)(which))
#define WAKE        DOOR(RPC_GATE_DOORS)

struct rpc_gate {
    struct core_handler *handler[RPC_GATE_DOORS]; /* written by core */
    int listener[RPC_GATE_DOORS];
    int epoll, wake;
    _Atomic(const void *) accused;
    uint32_t most_from_one;
    pthread_t thread;
    bool started;

    pthread_mutex_t lock;
    bool closed;
    struct guests guests;
};

static const char *const names[RPC_GATE_DOORS] = {"external:0", "external:1", "external:2", "external:3"};

static uint32_t places(uint32_t most)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur < OWN_DESCRIPTORS + 2 * FEWEST_PLACES)
        return 0;
    rlim_t room = (files.rlim_cur - OWN_DESCRIPTORS) / 2;
    return room < most ? (uint32_t)room : most;
}

struct rpc_gate *rpc_gate_new(uint32_t most, uint32_t most_from_one)
{
    struct rpc_gate *gate = calloc(1, sizeof *gate);
    struct epoll_event wake = {.events = EPOLLIN, .data.u64 = WAKE};
    uint32_t size = places(most);

    if (!gate)
        return NULL;
    for (int door = 0; door < RPC_GATE_DOORS; door++)
        gate->listener[door] = -1;
    gate->most_from_one = most_from_one;
    pthread_mutex_init(&gate->lock, NULL);
    gate->epoll = epoll_create1(EPOLL_CLOEXEC);
    gate->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (gate->epoll >= 0 && gate->wake >= 0 && epoll_ctl(gate->epoll, EPOLL_CTL_ADD, gate->wake, &wake) == 0 &&
        size > 0 && guests_init(&gate->guests, size))
        return gate;
    rpc_gate_free(gate);
    return NULL;
}

grpc_arg rpc_gate_arg(struct rpc_gate *gate, int door)
{
    return handover_arg(names[door], &gate->handler[door]);
}

const char *rpc_gate_name(int door)
{
    return names[door];
}

bool rpc_gate_add_door(struct rpc_gate *gate, int door, int listener)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = DOOR(door)};

    gate->listener[door] = listener;
    return gate->handler[door] && epoll_ctl(gate->epoll, EPOLL_CTL_ADD, listener, &event) == 0;
}

/* Core sees the end of the connection and closes its descriptor; ours goes when epoll tells. */
static void show_out(struct rpc_gate *gate, uint32_t which)
{
    shutdown(gate->guests.guest[which].fd, SHUT_RDWR);
}

/* Core's descriptor keeps the socket open, so closing ours would leave it registered. */
static void forget(struct rpc_gate *gate, uint32_t which)
{
    int fd = gate->guests.guest[which].fd;

    epoll_ctl(gate->epoll, EPOLL_CTL_DEL, fd, NULL);
    close(fd);
    guests_remove(&gate->guests, which);
}

/* Its descriptor is free as soon as core has closed the other one. */
static void make_room(struct rpc_gate *gate)
{
    uint32_t oldest = gate->guests.oldest;

    if (oldest == GUEST_NONE)
        return;
    show_out(gate, oldest);
    forget(gate, oldest);
}

static bool admit(struct rpc_gate *gate, int fd, const struct guest_address *address)
{
    struct epoll_event event = {.events = 0}; /* EPOLLHUP and EPOLLERR are told unasked */

    if (guests_from(&gate->guests, address) >= gate->most_from_one)
        return false;
    if (gate->guests.free == GUEST_NONE)
        make_room(gate);
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    uint32_t which = own < 0 ? GUEST_NONE : guests_add(&gate->guests, own, address);
    event.data.u64 = which;
    if (which != GUEST_NONE && epoll_ctl(gate->epoll, EPOLL_CTL_ADD, own, &event) == 0)
        return true;
    if (which != GUEST_NONE)
        guests_remove(&gate->guests, which);
    if (own >= 0)
        close(own);
    return false;
}

enum entry { ENTRY_MADE, ENTRY_NOBODY, ENTRY_EXHAUSTED };

static enum entry let_one_in(struct rpc_gate *gate, int door)
{
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof from;
    struct guest_address address;
    int fd = accept4(gate->listener[door], (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
        make_room(gate);
        return ENTRY_EXHAUSTED;
    }
    if (fd < 0) /* what else can fail is the newcomer's own fault (accept(2)) */
        return errno == EAGAIN || errno == EINVAL ? ENTRY_NOBODY : ENTRY_MADE;
    guest_address_of((struct sockaddr *)&from, &address);
    if (admit(gate, fd, &address))
        handover(gate->handler[door], gate->listener[door], fd);
    else
        close(fd);
    return ENTRY_MADE;
}

static enum entry let_in(struct rpc_gate *gate, int door)
{
    enum entry entry = ENTRY_MADE;

    for (int i = 0; entry == ENTRY_MADE && i < ACCEPTS_A_ROUND; i++)
        entry = let_one_in(gate, door);
    return entry;
}

static uint64_t bytes_from(const struct guest *guest)
{
    struct tcp_info info;
    socklen_t length = sizeof info;

    return getsockopt(guest->fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
                   length >= offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received
               ? info.tcpi_bytes_received
               : 0;
}

/* Sends and sends, and nothing comes of it: endless headers (CONTINUATION), resets before the first call. */
static bool floods(struct guest *guest)
{
    uint64_t bytes = bytes_from(guest);

    if (!guest->context)
        return bytes > FIRST_CALL_BYTES;
    unsigned activity = fruitless_activity(guest->context);
    if (activity != guest->activity) {
        guest->activity = activity;
        guest->bytes = bytes;
    }
    return bytes - guest->bytes > FRUITLESS_BYTES;
}

static void judge(struct rpc_gate *gate)
{
    struct guests *guests = &gate->guests;
    const void *accused = atomic_exchange(&gate->accused, NULL);

    for (uint32_t i = 0; i < guests->size; i++) {
        struct guest *guest = &guests->guest[i];
        if (guest->fd >= 0 && ((accused && guest->context == accused) || floods(guest)))
            show_out(gate, i);
    }
}

/* Those who left first: a place that is taken again must not be taken for the one before. */
static enum entry handle(struct rpc_gate *gate, const struct epoll_event *events, int count)
{
    enum entry entry = ENTRY_MADE;

    for (int i = 0; i < count; i++)
        if (events[i].data.u64 < DOOR(0))
            forget(gate, (uint32_t)events[i].data.u64);
    for (int i = 0; i < count; i++)
        if (events[i].data.u64 >= DOOR(0) && events[i].data.u64 != WAKE &&
            let_in(gate, (int)(events[i].data.u64 - DOOR(0))) == ENTRY_EXHAUSTED)
            entry = ENTRY_EXHAUSTED;
    return entry;
}

static bool take_wake(struct rpc_gate *gate)
{
    uint64_t wakes;

    return read(gate->wake, &wakes, sizeof wakes) == sizeof wakes;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *run(void *argument)
{
    struct rpc_gate *gate = argument;
    struct epoll_event events[EVENTS];
    bool closed = false;
    int64_t judged = 0;

    while (!closed) {
        int count = epoll_wait(gate->epoll, events, EVENTS, gate->guests.count > 0 ? JUDGE_MS : -1);
        enum entry entry = ENTRY_MADE;
        bool woken = take_wake(gate);
        int64_t now = now_ms();
        pthread_mutex_lock(&gate->lock);
        closed = gate->closed;
        if (!closed)
            entry = handle(gate, events, count);
        if (!closed && (woken || now - judged >= JUDGE_MS)) {
            judge(gate);
            judged = now;
        }
        pthread_mutex_unlock(&gate->lock);
        if (entry == ENTRY_EXHAUSTED)
            usleep(PAUSE_MS * 1000);
    }
    return NULL;
}

bool rpc_gate_start(struct rpc_gate *gate)
{
    gate->started = pthread_create(&gate->thread, NULL, run, gate) == 0;
    return gate->started;
}

static uint32_t find(struct rpc_gate *gate, grpc_call *call)
{
    struct guest_address address;
    char *peer = grpc_call_get_peer(call);
    uint32_t which = GUEST_NONE;

    if (peer && guest_address_parse(peer, &address))
        which = guests_find(&gate->guests, &address);
    gpr_free(peer);
    return which;
}

void rpc_gate_prove(struct rpc_gate *gate, grpc_call *call, const grpc_auth_context *context)
{
    pthread_mutex_lock(&gate->lock);
    uint32_t which = find(gate, call);
    if (which != GUEST_NONE)
        guests_prove(&gate->guests, which, context);
    pthread_mutex_unlock(&gate->lock);
}

void rpc_gate_accuse(struct rpc_gate *gate, const grpc_auth_context *context)
{
    const uint64_t one = 1;

    atomic_store(&gate->accused, context);
    ssize_t written = write(gate->wake, &one, sizeof one);
    (void)written; /* it is woken already */
}

void rpc_gate_close(struct rpc_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->closed = true;
    /* Wakes the thread as well: a listener that is shut down has hung up. */
    for (int door = 0; door < RPC_GATE_DOORS; door++)
        if (gate->listener[door] >= 0)
            shutdown(gate->listener[door], SHUT_RDWR);
    pthread_mutex_unlock(&gate->lock);
}

void rpc_gate_free(struct rpc_gate *gate)
{
    if (!gate)
        return;
    rpc_gate_close(gate);
    if (gate->started)
        pthread_join(gate->thread, NULL);
    for (uint32_t i = 0; gate->guests.guest && i < gate->guests.size; i++)
        if (gate->guests.guest[i].fd >= 0)
            close(gate->guests.guest[i].fd);
    for (int door = 0; door < RPC_GATE_DOORS; door++)
        if (gate->listener[door] >= 0)
            close(gate->listener[door]);
    if (gate->epoll >= 0)
        close(gate->epoll);
    if (gate->wake >= 0)
        close(gate->wake);
    guests_free(&gate->guests);
    pthread_mutex_destroy(&gate->lock);
    free(gate);
}
