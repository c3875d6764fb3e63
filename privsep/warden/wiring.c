#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "warden/set.h"

/* Linux 6.16; newer than the headers of Debian 12. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

#define FIRST_FD 3
/* So many bytes of frames may be in flight in one direction before a sender sees CHANNEL_FULL. */
#define IN_FLIGHT (4 << 20)

static bool size_buffer(int fd)
{
    const int bytes = IN_FLIGHT;

    /* Over the system's maximum with CAP_NET_ADMIN; without it the maximum itself. */
    return setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0 ||
           setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0;
}

/* Older kernels do not know the option; there channel_receive's missing control buffer makes the kernel drop them. */
static bool refuse_descriptors(int fd)
{
    const int off = 0;
    return setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off) == 0 || errno == ENOPROTOOPT;
}

static bool make_pair(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return false;
    return size_buffer(ends[0]) && size_buffer(ends[1]) && refuse_descriptors(ends[0]) && refuse_descriptors(ends[1]);
}

bool wire_file(struct set *set, enum process process, int at, int fd)
{
    int *slot = &set->worker[process].give[at - FIRST_FD];

    errno = EEXIST;
    if (*slot >= 0 || fd < 0)
        return false;
    *slot = fd;
    return true;
}

bool wire_channel(struct set *set, enum process one, int at_one, enum process other, int at_other)
{
    int ends[2];

    return make_pair(ends) && wire_file(set, one, at_one, ends[0]) && wire_file(set, other, at_other, ends[1]);
}

bool wire_control(struct set *set, enum process process)
{
    struct worker *worker = &set->worker[process];
    int ends[2];

    if (!make_pair(ends) || !wire_file(set, process, FIRST_FD, ends[0]))
        return false;
    channel_init(&worker->control, ends[1], worker->peer);
    return true;
}
