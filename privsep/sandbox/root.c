#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

/* Attributes are added to those the mount has, which a user namespace may not take away (mount_setattr(2)). */
static bool restrict_mount(const char *folder, bool read_only)
{
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
                                                (read_only ? MOUNT_ATTR_RDONLY : 0)};

    return mount_setattr(AT_FDCWD, folder, AT_SYMLINK_NOFOLLOW, &attributes, sizeof attributes) == 0;
}

/* pivot_root(2): with both arguments "." the old root is stacked on the new one, so no folder for it is needed. */
static bool pivot_into(const char *folder)
{
    return chdir(folder) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
           chdir("/") == 0;
}

bool sandbox_root(const char *folder, bool read_only)
{
    struct stat wanted, root, parent;

    /* Private first: no mount made here may spread to the host, and none from there to here. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || stat(folder, &wanted) < 0 ||
        mount(folder, folder, NULL, MS_BIND, NULL) < 0 || !restrict_mount(folder, read_only) || !pivot_into(folder))
        return false;
    if (stat("/", &root) < 0 || stat("/..", &parent) < 0)
        return false;
    errno = EXDEV;
    return root.st_dev == wanted.st_dev && root.st_ino == wanted.st_ino && parent.st_ino == root.st_ino &&
           parent.st_dev == root.st_dev;
}
