#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/landlock_abi.h"
#include "sandbox/sandbox.h"

static struct ll_ruleset rights_of_abi(long abi)
{
    struct ll_ruleset rights = {.fs = LL_FS_ABI1};

    if (abi >= 2)
        rights.fs |= LL_FS_ABI2;
    if (abi >= 3)
        rights.fs |= LL_FS_ABI3;
    if (abi >= 4)
        rights.net = LL_NET_ABI4;
    if (abi >= 5)
        rights.fs |= LL_FS_ABI5;
    if (abi >= 6)
        rights.scope = LL_SCOPE_ABI6;
    return rights;
}

/* The kernel wants each structure as long as its ABI knows it; older ones refuse trailing fields only when set. */
static int create_ruleset(const struct ll_ruleset *rights)
{
    return (int)syscall(LL_SYS_CREATE_RULESET, rights, sizeof *rights, 0);
}

static bool allow_socket_below(int ruleset, const char *folder)
{
    int parent = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (parent < 0)
        return false;
    const struct ll_path_beneath rule = {.allowed = LL_FS_MAKE_SOCK, .parent_fd = parent};
    bool added = syscall(LL_SYS_ADD_RULE, ruleset, LL_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(parent);
    return added;
}

static bool allow_bind(int ruleset, uint16_t port)
{
    const struct ll_net_port rule = {.allowed = LL_NET_BIND_TCP, .port = port};
    return syscall(LL_SYS_ADD_RULE, ruleset, LL_RULE_NET_PORT, &rule, 0) == 0;
}

static bool add_rules(int ruleset, const struct ll_ruleset *rights, const struct sandbox_landlock_allow *allow)
{
    if (!allow)
        return true;
    if (allow->socket_folder && !allow_socket_below(ruleset, allow->socket_folder))
        return false;
    /* Where the kernel does not restrict TCP yet (before ABI 4) there is nothing to allow. */
    if (rights->net == 0)
        return true;
    if (allow->bind_tcp_port != 0 && !allow_bind(ruleset, allow->bind_tcp_port))
        return false;
    return !allow->any_port || allow_bind(ruleset, 0);
}

bool sandbox_landlock_rights(struct sandbox_landlock_state *state)
{
    long abi = syscall(LL_SYS_CREATE_RULESET, NULL, 0, LL_CREATE_VERSION);
    if (abi < 1)
        return false;

    const struct ll_ruleset rights = rights_of_abi(abi);
    *state = (struct sandbox_landlock_state){
        .abi = (uint32_t)abi, .fs = rights.fs, .net = rights.net, .scope = rights.scope};
    return true;
}

bool sandbox_landlock(const struct sandbox_landlock_allow *allow, struct sandbox_landlock_state *state)
{
    if (!sandbox_landlock_rights(state))
        return false;

    const struct ll_ruleset rights = {.fs = state->fs, .net = state->net, .scope = state->scope};
    int ruleset = create_ruleset(&rights);
    if (ruleset < 0)
        return false;
    bool done = add_rules(ruleset, &rights, allow) && syscall(LL_SYS_RESTRICT_SELF, ruleset, 0) == 0;
    close(ruleset);
    return done;
}
