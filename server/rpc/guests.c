#include "server/rpc/guests.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define V4_MAPPED 12 /* bytes of ::ffff: */
#define V6_SITE   8  /* bytes that one subscriber has for itself */

bool guests_init(struct guests *guests, uint32_t size)
{
    *guests = (struct guests){.size = size, .free = 0, .oldest = GUEST_NONE, .newest = GUEST_NONE};
    guests->guest = calloc(size, sizeof *guests->guest);
    guests->site = calloc(size, sizeof *guests->site);
    if (!guests->guest || !guests->site || getrandom(&guests->key, sizeof guests->key, 0) != sizeof guests->key)
        return false;
    for (uint32_t i = 0; i < size; i++)
        guests->guest[i] = (struct guest){.fd = -1, .newer = i + 1 < size ? i + 1 : GUEST_NONE};
    return true;
}

void guests_free(struct guests *guests)
{
    free(guests->guest);
    free(guests->site);
    guests->guest = NULL;
    guests->site = NULL;
}

/* A multiplication for each half, keyed by an odd number that nobody outside knows. Two sites of one hash share a
 * bound, no more. */
static uint32_t site_of(const struct guests *guests, const struct guest_address *address)
{
    bool v4 = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address->ip);
    uint64_t high, low = 0;

    memcpy(&high, address->ip, V6_SITE);
    if (v4)
        memcpy(&low, address->ip + V6_SITE, sizeof low);
    uint64_t mixed = (high ^ guests->key) * (guests->key | 1);
    mixed = ((mixed ^ mixed >> 29) + low) * (guests->key | 1);
    return (uint32_t)(mixed >> 32) | 1;
}

/* Out of the list of those not proven. */
static void unlink_guest(struct guests *guests, const struct guest *guest)
{
    if (guest->older == GUEST_NONE)
        guests->oldest = guest->newer;
    else
        guests->guest[guest->older].newer = guest->newer;
    if (guest->newer == GUEST_NONE)
        guests->newest = guest->older;
    else
        guests->guest[guest->newer].older = guest->older;
}

uint32_t guests_add(struct guests *guests, int fd, const struct guest_address *address)
{
    uint32_t which = guests->free;

    if (which == GUEST_NONE)
        return GUEST_NONE;
    struct guest *guest = &guests->guest[which];
    guests->free = guest->newer;
    *guest = (struct guest){.fd = fd, .address = *address, .older = guests->newest, .newer = GUEST_NONE};
    if (guests->newest == GUEST_NONE)
        guests->oldest = which;
    else
        guests->guest[guests->newest].newer = which;
    guests->newest = which;
    guests->site[which] = site_of(guests, address);
    guests->count++;
    return which;
}

void guests_remove(struct guests *guests, uint32_t which)
{
    struct guest *guest = &guests->guest[which];

    if (!guest->context)
        unlink_guest(guests, guest);
    *guest = (struct guest){.fd = -1, .newer = guests->free};
    guests->site[which] = 0;
    guests->free = which;
    guests->count--;
}

void guests_prove(struct guests *guests, uint32_t which, const void *context)
{
    struct guest *guest = &guests->guest[which];

    if (!guest->context)
        unlink_guest(guests, guest);
    guest->context = context;
}

uint32_t guests_find(const struct guests *guests, const struct guest_address *address)
{
    uint32_t site = site_of(guests, address);

    for (uint32_t i = 0; i < guests->size; i++) {
        const struct guest *guest = &guests->guest[i];
        if (guests->site[i] == site && guest->address.port == address->port &&
            memcmp(guest->address.ip, address->ip, sizeof address->ip) == 0)
            return i;
    }
    return GUEST_NONE;
}

uint32_t guests_from(const struct guests *guests, const struct guest_address *address)
{
    uint32_t site = site_of(guests, address), count = 0;

    for (uint32_t i = 0; i < guests->size; i++)
        count += guests->site[i] == site;
    return count;
}

static void set_v4(struct guest_address *address, const struct in_addr *ip)
{
    address->ip[10] = address->ip[11] = 0xff;
    memcpy(address->ip + V4_MAPPED, ip, sizeof *ip);
}

void guest_address_of(const struct sockaddr *from, struct guest_address *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    memset(address, 0, sizeof *address);
    if (from->sa_family == AF_INET) {
        memcpy(&v4, from, sizeof v4);
        set_v4(address, &v4.sin_addr);
        address->port = ntohs(v4.sin_port);
    } else if (from->sa_family == AF_INET6) {
        memcpy(&v6, from, sizeof v6);
        memcpy(address->ip, &v6.sin6_addr, sizeof address->ip);
        address->port = ntohs(v6.sin6_port);
    }
}

/* "ipv4:192.0.2.1:50000", "ipv6:%5B2001:db8::1%5D:50000" (RFC 3986 escapes of the brackets). */
bool guest_address_parse(const char *peer, struct guest_address *address)
{
    const char *port = strrchr(peer, ':');
    const char *host = peer + strlen("ipv4:");
    bool v6 = strncmp(peer, "ipv6:%5B", 8) == 0;
    struct in_addr v4;
    char text[INET6_ADDRSTRLEN];

    memset(address, 0, sizeof *address);
    if ((!v6 && strncmp(peer, "ipv4:", 5) != 0) || port < host)
        return false;
    address->port = (uint16_t)strtoul(port + 1, NULL, 10);
    size_t length = (size_t)(port - host);
    if (v6) {
        host += strlen("%5B");
        length = length >= strlen("%5B%5D") ? length - strlen("%5B%5D") : 0;
    }
    if (length == 0 || length >= sizeof text)
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    if (v6)
        return inet_pton(AF_INET6, text, address->ip) == 1;
    if (inet_pton(AF_INET, text, &v4) != 1)
        return false;
    set_v4(address, &v4);
    return true;
}
