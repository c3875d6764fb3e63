#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/set.h"

/* A self-report proves nothing: it is believed where the warden's own reading of /proc, its own compilation of the
 * policy and the kernel's own answer about Landlock say the same. */

static struct sandbox_landlock_state kernel_offers;

void verify_init(void)
{
    if (!sandbox_landlock_rights(&kernel_offers))
        kernel_offers = (struct sandbox_landlock_state){0};
}

static const char *check_view(const struct set *set, const struct worker *worker, const struct process_view *view)
{
    uint32_t uid = set_uid(set, worker->process);

    if (view->uid != uid || view->euid != uid || view->suid != uid)
        return "uid";
    if (view->gid != uid || view->egid != uid || view->sgid != uid)
        return "gid";
    if (set->own_uids && view->groups != 0)
        return "supplementary groups";
    if (view->no_new_privs != 1)
        return "no_new_privs";
    if (view->seccomp != 2 || view->seccomp_filters < 1)
        return "seccomp";
    if ((view->cap_inheritable | view->cap_permitted | view->cap_effective | view->cap_bounding | view->cap_ambient) !=
        0)
        return "capabilities";
    if ((worker->steps & 1u << STEP_SECRETS) != 0 && view->locked_kb == 0)
        return "locked memory";
    if (worker->threads != 0 && view->threads != worker->threads)
        return "number of threads";
    return NULL;
}

static const char *compare_views(const struct worker *worker)
{
    struct process_view said = worker->entry.reported.view, seen = worker->entry.observed;

    /* These two change in a sound process: locked memory always, threads where the row does not fix them. */
    said.locked_kb = seen.locked_kb = 0;
    if (worker->threads == 0)
        said.threads = seen.threads = 0;
    return memcmp(&said, &seen, sizeof said) == 0 ? NULL : "its report and /proc differ";
}

static const char *check_report(const struct set *set, const struct worker *worker)
{
    const struct attest_report *report = &worker->entry.reported;
    uint8_t hash[32];
#ifdef SEKISHO_SANITIZED
    const uint32_t sanitized = 1;
#else
    const uint32_t sanitized = 0;
#endif

    if ((report->steps & worker->steps) != worker->steps)
        return "steps left out";
    if (!seccomp_policy_hash(worker->policy, hash) || memcmp(report->filter_hash, hash, sizeof hash) != 0 ||
        report->filter_rows != worker->policy->count)
        return "seccomp policy";
    if (report->landlock_abi != kernel_offers.abi || report->landlock_fs != kernel_offers.fs ||
        report->landlock_net != kernel_offers.net || report->landlock_scope != kernel_offers.scope)
        return "Landlock rights";
    if (report->dumpable != 0)
        return "dumpable";
    if (report->mdwe != 1)
        return "MDWE";
    if (report->sanitized != sanitized)
        return "sanitizer build";
    if (report->user_namespace != !set->own_uids)
        return "user namespace";
    return NULL;
}

static bool same_namespace(uint32_t pid, const char *name)
{
    char path[64], own[64];
    struct stat theirs, ours;

    snprintf(path, sizeof path, "/proc/%u/ns/%s", pid, name);
    snprintf(own, sizeof own, "/proc/self/ns/%s", name);
    /* What cannot be read counts as not separated. */
    return stat(path, &theirs) < 0 || stat(own, &ours) < 0 || theirs.st_ino == ours.st_ino;
}

static bool has_root(uint32_t pid, const char *folder)
{
    char path[64];
    struct stat theirs, wanted;

    snprintf(path, sizeof path, "/proc/%u/root/.", pid);
    return stat(path, &theirs) == 0 && stat(folder, &wanted) == 0 && theirs.st_dev == wanted.st_dev &&
           theirs.st_ino == wanted.st_ino;
}

static const char *check_descriptors(const struct worker *worker, uint32_t pid)
{
    char path[64], target[64];
    uint32_t count = 0, sockets = 0, folders = 0;
    const struct dirent *entry;
    struct stat info;

    snprintf(path, sizeof path, "/proc/%u/fd", pid);
    DIR *folder = opendir(path);
    if (!folder)
        return "descriptors are hidden";
    /* cppcheck-suppress readdirCalled; one thread, a stream of its own */
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = '\0';
        /* 0-2 are the log's, which may be one. */
        sockets += strtol(entry->d_name, NULL, 10) > 2 && strncmp(target, "socket:", 7) == 0;
        folders += fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
    }
    closedir(folder);
    if (folders != 0)
        return "an open folder leads out of its root";
    /* The front listens already: a client may have come since its report. */
    if (worker->sockets == 0)
        return NULL;
    if (count != worker->entry.reported.open_fds)
        return "number of descriptors";
    return sockets == worker->sockets ? NULL : "number of sockets";
}

static const char *check_surroundings(const struct worker *worker, uint32_t pid)
{
    if (same_namespace(pid, "mnt") || (worker->own_network && same_namespace(pid, "net")))
        return "namespaces";
    if (!has_root(pid, worker->root))
        return "root folder";
    return check_descriptors(worker, pid);
}

const char *verify_sealed(const struct set *set, struct worker *worker)
{
    uint32_t pid;
    const char *differs;

    if (!process_view_pid(worker->status_fd, &pid) || !process_view_read(worker->status_fd, &worker->entry.observed))
        return "its /proc status";
    if (worker->entry.reported.pid != pid)
        return "pid";
    differs = check_view(set, worker, &worker->entry.observed);
    if (!differs)
        differs = compare_views(worker);
    if (!differs)
        differs = check_report(set, worker);
    return differs ? differs : check_surroundings(worker, pid);
}

const char *verify_still(struct worker *worker)
{
    const char *differs = "its /proc status";

    if (process_view_read(worker->status_fd, &worker->entry.observed))
        differs = compare_views(worker);
    worker->entry.agrees = differs == NULL;
    return differs;
}
