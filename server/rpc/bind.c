#include "server/rpc/bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define UNACKNOWLEDGED_MS 20000 /* then the client is taken as gone */

static bool on(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/* An answer is one small write, which must not wait for the acknowledgement of another. Without SO_REUSEPORT a second
 * server on the port fails to start; with it, as gRPC does by default, it would share the clients silently. */
static bool set_up(int fd, int family)
{
    return on(fd, SOL_SOCKET, SO_REUSEADDR, 1) && on(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
           on(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS) &&
           (family == AF_INET || on(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0));
}

static int listen_at(int family, const struct sockaddr *address, socklen_t length)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && (family == AF_UNIX || set_up(fd, family)) && bind(fd, address, length) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

int rpc_bind_tcp(const char *address, uint16_t port, uint16_t *bound, char error[256])
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    socklen_t length = sizeof v6;
    int fd;

    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
        fd = listen_at(AF_INET, (const struct sockaddr *)&v4, sizeof v4);
    } else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) {
        fd = listen_at(AF_INET6, (const struct sockaddr *)&v6, sizeof v6);
    } else {
        snprintf(error, 256, "not a numeric address: %.100s", address);
        return -1;
    }
    if (fd < 0) {
        snprintf(error, 256, "cannot listen on %.45s port %u: %s", address, port,
                 errno == EADDRINUSE ? "in use" : strerror(errno));
        return -1;
    }
    /* The port is at the same place in both kinds of address. */
    if (getsockname(fd, (struct sockaddr *)&v6, &length) == 0)
        *bound = ntohs(v6.sin6_port);
    return fd;
}

int rpc_bind_unix(const char *path, char error[256])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat there;

    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(error, 256, "the path of the unix socket is too long");
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    if (lstat(path, &there) == 0 && S_ISSOCK(there.st_mode))
        unlink(path);
    int fd = listen_at(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
    if (fd < 0)
        snprintf(error, 256, "cannot listen on unix socket %.120s: %s", path, strerror(errno));
    return fd;
}
