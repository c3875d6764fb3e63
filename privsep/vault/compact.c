#include "vault/compact.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lmdb.h>

#include "vault/redo.h"

static int copy_to(const char *folder, int fd)
{
    MDB_env *env;
    int rc = mdb_env_create(&env);

    if (rc != 0)
        return rc;
    rc = mdb_env_open(env, folder, MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0600);
    if (rc == 0)
        rc = redo_settled(env, folder);
    if (rc == 0)
        rc = mdb_env_copyfd2(env, fd, MDB_CP_COMPACT);
    mdb_env_close(env);
    return rc;
}

/* A new file of the store's owner, durable. 0, an errno or an LMDB code. */
static int make_copy(const char *folder, const char *path, const struct stat *owner)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno;
    int rc = copy_to(folder, fd);
    if (rc == 0 && (fchown(fd, owner->st_uid, owner->st_gid) < 0 || fsync(fd) < 0))
        rc = errno;
    close(fd);
    return rc;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd >= 0 && fsync(fd) == 0 ? 0 : errno;

    if (fd >= 0)
        close(fd);
    return rc;
}

int store_compact(const char *folder)
{
    char path[PATH_MAX], copy[PATH_MAX];
    struct stat owner;

    if (snprintf(copy, sizeof copy, "%s/data.mdb.compact", folder) >= (int)sizeof copy)
        return ENAMETOOLONG;
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    if (stat(path, &owner) < 0)
        return errno;
    /* What a crash has left. */
    if (unlink(copy) < 0 && errno != ENOENT)
        return errno;
    int rc = make_copy(folder, copy, &owner);
    /* The copy counts its transactions anew: no record of the log may seem to belong to one of them. */
    if (rc == 0)
        rc = redo_remove(folder);
    if (rc == 0 && rename(copy, path) < 0)
        rc = errno;
    if (rc != 0)
        (void)unlink(copy);
    return rc == 0 ? sync_folder(folder) : rc;
}
