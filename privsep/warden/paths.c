#include "warden/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "warden/identity.h"
#include "warden/log.h"

struct rule {
    mode_t forbidden;  /* permission bits that must not be set */
    bool only_starter; /* owner is the starting user; else root will do too */
    const char *wanted;
};

static const struct rule key_rule = {0177, true, "owned by the starting user with mode 0600 or 0400"};
static const struct rule public_rule = {0022, false, "owned by root or the starting user, writable by its owner only"};

static void refuse(const char *key, const char *path, const char *problem)
{
    log_line("warden", "%s: %s: %s", key, path, problem);
}

/* A folder that others can write to lets them put their own file where ours was. */
static bool folder_is_safe(const struct stat *info)
{
    bool others_write = (info->st_mode & 0022) != 0 && (info->st_mode & S_ISVTX) == 0;
    return S_ISDIR(info->st_mode) && owner_is_trusted(info->st_uid) && !others_write;
}

/* Opens the folder that holds the last component of `path`, step by step; *name is that component. */
static int open_parent(const char *path, const char **name)
{
    char component[PATH_LEN];
    struct stat info;
    int folder = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    while (folder >= 0) {
        path += strspn(path, "/");
        size_t length = strcspn(path, "/");
        if (fstat(folder, &info) < 0 || !folder_is_safe(&info)) {
            close(folder);
            errno = EPERM;
            return -1;
        }
        if (path[length] == '\0') {
            *name = length ? path : ".";
            return folder;
        }
        snprintf(component, sizeof component, "%.*s", (int)length, path);
        int next = openat(folder, component, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int reason = errno;
        close(folder);
        errno = reason;
        folder = next;
        path += length;
    }
    return -1;
}

static const char *folder_problem(int reason)
{
    switch (reason) {
    case EPERM:
        return "a folder on the way does not belong to root or the starting user, or others can write to it";
    case ENOTDIR:
    case ELOOP:
        return "a folder on the way is a symbolic link or not a folder";
    default:
        return strerror(reason);
    }
}

static int open_checked(const char *key, const char *path, int flags)
{
    const char *name;
    int folder = open_parent(path, &name);

    if (folder < 0) {
        refuse(key, path, folder_problem(errno));
        return -1;
    }
    /* O_NONBLOCK: a FIFO in the file's place must not hang the start. */
    int fd = openat(folder, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        refuse(key, path, errno == ELOOP ? "is a symbolic link; name the file itself" : strerror(errno));
    close(folder);
    return fd;
}

static int open_file(const char *key, const char *path, const struct rule *rule)
{
    struct stat info;
    char problem[160];
    int fd = open_checked(key, path, 0);

    if (fd < 0)
        return -1;
    bool good = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 &&
                (info.st_mode & rule->forbidden) == 0 &&
                (info.st_uid == geteuid() || (!rule->only_starter && owner_is_trusted(info.st_uid)));
    if (good)
        return fd;
    close(fd);
    snprintf(problem, sizeof problem, "must be a regular file with one name, %s", rule->wanted);
    refuse(key, path, problem);
    return -1;
}

int path_open_config(const char *path)
{
    return open_file("--config", path, &public_rule);
}

/* What is not there reads as empty. */
static int open_optional(const char *key, const char *path)
{
    return path[0] ? open_file(key, path, &public_rule) : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void close_all(const int *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (files[i] >= 0)
            close(files[i]);
}

bool paths_open(const struct warden_config *config, struct opened_files *files)
{
    *files = (struct opened_files){
        .root_key = open_file("root_key", config->root_key, &key_rule),
        .login_key = open_file("login_key", config->login_key, &key_rule),
        .server_certificate = open_file("server_certificate", config->server_certificate, &public_rule),
        .server_key = open_file("server_key", config->server_key, &key_rule),
        .client_ca = open_file("client_ca", config->client_ca, &public_rule),
        .terms = open_file("terms_file", config->terms, &public_rule),
        .sign_authorities = open_optional("sign_authorities", config->sign_authorities),
        .auth_authorities = open_optional("auth_authorities", config->auth_authorities),
        .crl = open_optional("crl", config->crl),
    };
    const int all[] = {files->root_key,         files->login_key,        files->server_certificate,
                       files->server_key,       files->client_ca,        files->terms,
                       files->sign_authorities, files->auth_authorities, files->crl};
    bool good = true;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        good = all[i] >= 0 && good;
    if (!good)
        close_all(all, sizeof all / sizeof all[0]);
    return good;
}

bool paths_open_unsealing(const struct warden_config *config, struct unsealing_files *files)
{
    bool has_secret = config->root_key_secret[0] != '\0', has_module = config->root_key_module[0] != '\0';

    *files = (struct unsealing_files){
        .wrapped = open_file("root_key", config->root_key, &key_rule),
        .secret = has_secret ? open_file("root_key_secret", config->root_key_secret, &key_rule) : -1,
        .module = has_module ? open_file("root_key_module", config->root_key_module, &public_rule) : -1,
    };
    const int all[] = {files->wrapped, files->secret, files->module};

    if (files->wrapped >= 0 && (files->secret >= 0) == has_secret && (files->module >= 0) == has_module)
        return true;
    close_all(all, sizeof all / sizeof all[0]);
    return false;
}

static bool make_folder(const char *key, const char *path, mode_t mode)
{
    const char *name;
    int folder = open_parent(path, &name);

    if (folder < 0) {
        refuse(key, path, folder_problem(errno));
        return false;
    }
    bool there = mkdirat(folder, name, mode) == 0 || errno == EEXIST;
    if (!there)
        refuse(key, path, strerror(errno));
    close(folder);
    return there;
}

int path_open_folder(const char *key, const char *path, mode_t mode, uid_t owner)
{
    struct stat info;

    if (!make_folder(key, path, mode))
        return -1;
    int fd = open_checked(key, path, O_DIRECTORY);
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) == 0 && (info.st_uid == geteuid() || info.st_uid == owner) && (info.st_mode & 0022) == 0)
        return fd;
    close(fd);
    refuse(key, path, "must be owned by the starting user or the process it is for, and writable by its owner only");
    return -1;
}
