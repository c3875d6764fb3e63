/*
 * The connections that the server has let in: who they are from, whether a call has come over them yet, and which
 * would have to go first. Plain bookkeeping, of one thread at a time; gate.c does what it says.
 */
#ifndef SEKISHO_RPC_GUESTS_H
#define SEKISHO_RPC_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* IPv4 as ::ffff:a.b.c.d; all zero for a client of the unix socket. */
struct guest_address {
    uint8_t ip[16];
    uint16_t port;
};

struct guest {
    int fd;              /* shared with core: never read or written here. -1: a free place */
    const void *context; /* core's name for the connection, once a call has come over it: then it is proven */
    struct guest_address address;
    uint64_t bytes; /* received when something last came of it */
    unsigned activity;
    uint32_t older, newer; /* among those that are not proven */
};
#define GUEST_NONE UINT32_MAX

struct guests {
    struct guest *guest;
    uint32_t *site; /* hash of where each comes from, 0 for a free place: counted with every newcomer */
    uint64_t key;   /* of the hash, random: collisions must not be chosen */
    uint32_t size, free, count;
    uint32_t oldest, newest; /* not proven */
};

bool guests_init(struct guests *guests, uint32_t size);
void guests_free(struct guests *guests);                                                 /* closes nothing */
uint32_t guests_add(struct guests *guests, int fd, const struct guest_address *address); /* GUEST_NONE: full */
void guests_remove(struct guests *guests, uint32_t which);
void guests_prove(struct guests *guests, uint32_t which, const void *context);
uint32_t guests_find(const struct guests *guests, const struct guest_address *address); /* GUEST_NONE: no such */
/* Connections from one IPv4 address, one IPv6 /64, or the unix socket. */
uint32_t guests_from(const struct guests *guests, const struct guest_address *address);

void guest_address_of(const struct sockaddr *from, struct guest_address *address);
/* As grpc_call_get_peer writes it. False: not the address of a TCP client. */
bool guest_address_parse(const char *peer, struct guest_address *address);

#endif
