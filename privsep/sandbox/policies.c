#include "sandbox/policies.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linux 6.3; newer than the headers of Debian 12. */
#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif

/* clang-format off: the tables are the .def files */
/* NOLINTBEGIN(readability-duplicate-include) */
static const struct seccomp_row vault_rows[] = {
#include "sandbox/attest.def"
#include "sandbox/dying.def"
#include "sandbox/vault.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};

static const struct seccomp_row auth_rows[] = {
#include "sandbox/attest.def"
#include "sandbox/auth.def"
#include "sandbox/dying.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};

#define EVERY_WRITEV
static const struct seccomp_row front_rows[] = {
#include "sandbox/attest.def"
#include "sandbox/dying.def"
#include "sandbox/front.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};
#undef EVERY_WRITEV

static const struct seccomp_row warden_rows[] = {
#include "sandbox/attest.def"
#include "sandbox/dying.def"
#include "sandbox/warden.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};

static const struct seccomp_row unseal_rows[] = {
#include "sandbox/dying.def"
#include "sandbox/unseal.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};

static const struct seccomp_row unseal_token_rows[] = {
#include "sandbox/dying.def"
#include "sandbox/unseal_token.def"
#ifdef SEKISHO_SANITIZED
#include "sandbox/sanitizer.def"
#endif
};
/* NOLINTEND(readability-duplicate-include) */
/* clang-format on */

#define POLICY(name)                                                                                                   \
    const struct seccomp_policy *seccomp_policy_##name(void)                                                           \
    {                                                                                                                  \
        static const struct seccomp_policy policy = {#name, name##_rows, sizeof name##_rows / sizeof name##_rows[0]};  \
        return &policy;                                                                                                \
    }

POLICY(vault)
POLICY(auth)
POLICY(front)
POLICY(warden)
POLICY(unseal)
POLICY(unseal_token)
