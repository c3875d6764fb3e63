#include <sched.h>

#include "sandbox/sandbox.h"

bool sandbox_namespaces(int clone_flags)
{
    return unshare(clone_flags) == 0;
}
