#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/log.h"
#include "warden/paths.h"
#include "warden/set.h"

static bool complain(const char *path, const char *problem)
{
    log_line("warden", "%s: %s", path, problem);
    return false;
}

static bool give_to(int folder, uint32_t uid, mode_t mode, const char *path)
{
    if (fchown(folder, uid, (gid_t)-1) < 0 || fchmod(folder, mode) < 0)
        return complain(path, strerror(errno));
    return true;
}

/* The lock is the set's as long as it lives: two processes on one store would overwrite each other's pages. */
static int prepare_store(struct set *set, const char *key, const char *path, enum process process)
{
    uint32_t owner = set_uid(set, process);
    int folder = path_open_folder(key, path, 0700, owner);

    if (folder < 0)
        return -1;
    if (flock(folder, LOCK_EX | LOCK_NB) < 0)
        complain(path, "is in use by another warden");
    else if (give_to(folder, owner, 0700, path))
        return folder;
    close(folder);
    return -1;
}

/* The first administrators are made by the starting user, before auth has been there. */
static bool give_accounts(struct set *set)
{
    const char *path = set->config->accounts;
    struct stat info;
    int file = openat(set->accounts_lock, "data.mdb", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file < 0)
        return errno == ENOENT || complain(path, strerror(errno));
    bool good = (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1) ||
                complain(path, "data.mdb must be a regular file with one name");
    good = good && give_to(file, set_uid(set, PROCESS_AUTH), 0600, path);
    close(file);
    return good;
}

static bool prepare_stores(struct set *set)
{
    const struct warden_config *config = set->config;

    memcpy(set->worker[PROCESS_VAULT].root, config->store, PATH_LEN);
    memcpy(set->worker[PROCESS_AUTH].root, config->accounts, PATH_LEN);
    set->store_lock = prepare_store(set, "store", config->store, PROCESS_VAULT);
    if (set->store_lock < 0)
        return false;
    set->accounts_lock = prepare_store(set, "accounts", config->accounts, PROCESS_AUTH);
    if (set->accounts_lock < 0 || !give_accounts(set))
        return false;
    set->register_lock = prepare_store(set, "register", config->registers, PROCESS_FRONT);
    return set->register_lock >= 0;
}

/* true when the folder has no entry but, possibly, `except`. */
static bool holds_only(int folder, const char *except)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;
    bool only = entries != NULL;

    /* cppcheck-suppress readdirCalled; one thread, a stream of its own */
    while (only && (entry = readdir(entries)) != NULL)
        only =
            strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || strcmp(entry->d_name, except) == 0;
    if (entries)
        closedir(entries);
    return only;
}

/* The root of every process that needs no file: nobody can write to it, and it is mounted read-only there. */
static bool prepare_empty_folder(struct set *set)
{
    char *path = set->empty_folder;
    int run = path_open_folder("run_folder", set->config->run_folder, 0755, geteuid());
    int length = snprintf(path, PATH_LEN, "%s/empty", set->config->run_folder);

    if (run < 0)
        return false;
    close(run);
    if (length >= PATH_LEN)
        return complain(set->config->run_folder, "path is too long");
    int empty = path_open_folder("run_folder", path, 0555, geteuid());
    if (empty < 0)
        return false;
    bool good = (holds_only(empty, "") || complain(path, "must be empty")) && give_to(empty, geteuid(), 0555, path);
    close(empty);
    return good;
}

/* The front cannot remove its socket at its end: it has no rights to do so then. */
static bool remove_old_socket(int folder, const char *name, const char *path)
{
    struct stat info;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || complain(path, strerror(errno));
    if (!S_ISSOCK(info.st_mode))
        return complain(path, "is there already and is not a socket");
    return unlinkat(folder, name, 0) == 0 || complain(path, strerror(errno));
}

/* The socket's folder becomes the front's root, so it must be a folder for nothing else. Its group and mode, which the
 * operator sets, say who may connect. */
static bool prepare_socket_folder(struct set *set)
{
    const char *path = set->config->socket;
    struct worker *front = &set->worker[PROCESS_FRONT];
    uint32_t uid = set_uid(set, PROCESS_FRONT);
    struct stat info;

    snprintf(front->root, sizeof front->root, "%.*s", (int)(strrchr(path, '/') - path), path);
    int folder = path_open_folder("socket", front->root, 0750, uid);
    if (folder < 0)
        return false;
    bool good = (holds_only(folder, strrchr(path, '/') + 1) || complain(path, "must be in a folder of its own")) &&
                remove_old_socket(folder, strrchr(path, '/') + 1, path) && fstat(folder, &info) == 0 &&
                give_to(folder, uid, info.st_mode & 0755, front->root);
    close(folder);
    return good;
}

bool set_prepare_folders(struct set *set)
{
    if (!prepare_stores(set) || !prepare_empty_folder(set))
        return false;
    memcpy(set->worker[PROCESS_WARDEN].root, set->empty_folder, PATH_LEN);
    if (set->config->socket[0])
        return prepare_socket_folder(set);
    memcpy(set->worker[PROCESS_FRONT].root, set->empty_folder, PATH_LEN);
    return true;
}
