/*
 * The kernel's Landlock interface (landlock(7)) with the ABI that introduced each right: the headers of Debian 12 know
 * ABI 2 only, and a right that is not handled is not denied.
 */
#ifndef SEKISHO_SANDBOX_LANDLOCK_ABI_H
#define SEKISHO_SANDBOX_LANDLOCK_ABI_H

#include <stdint.h>

/* System call numbers are the same on every architecture. */
#define LL_SYS_CREATE_RULESET 444
#define LL_SYS_ADD_RULE       445
#define LL_SYS_RESTRICT_SELF  446
#define LL_CREATE_VERSION     1u

#define LL_RULE_PATH_BENEATH 1
#define LL_RULE_NET_PORT     2

#define LL_FS_MAKE_SOCK (1ull << 9)
#define LL_FS_ABI1      ((1ull << 13) - 1) /* execute ... make_sym */
#define LL_FS_ABI2      (1ull << 13)       /* refer */
#define LL_FS_ABI3      (1ull << 14)       /* truncate */
#define LL_FS_ABI5      (1ull << 15)       /* ioctl on devices */
#define LL_NET_BIND_TCP (1ull << 0)        /* ABI 4 */
#define LL_NET_ABI4     ((1ull << 2) - 1)  /* bind and connect, TCP; UDP is not covered */
#define LL_SCOPE_ABI6   ((1ull << 2) - 1)  /* abstract unix sockets and signals stay inside the domain */

struct ll_ruleset {
    uint64_t fs, net, scope;
};
struct ll_path_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));
struct ll_net_port {
    uint64_t allowed, port;
};

#endif
