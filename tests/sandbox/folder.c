#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct file {
    const char *key, *name;
    mode_t mode;
} files[] = {
    {"root_key", "root.key", 0600},     {"login_key", "login.key", 0400},           {"terms_file", "terms.txt", 0644},
    {"server_key", "server.key", 0600}, {"server_certificate", "server.crt", 0644}, {"client_ca", "ca.crt", 0644},
};

void folder_write(const char *path, const char *name, mode_t mode, const char *text)
{
    char file[256];
    struct stat folder;

    snprintf(file, sizeof file, "%s/%s", path, name);
    assert_int_equal(stat(path, &folder), 0);
    unlink(file);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchown(fd, folder.st_uid, folder.st_gid) | fchmod(fd, mode) | close(fd), 0);
}

void folder_make(char path[FOLDER_LEN], uid_t uid)
{
    strcpy(path, "/tmp/sekisho-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    assert_int_equal(chown(path, uid, uid), 0);
    assert_int_equal(chmod(path, 0755), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        folder_write(path, files[i].name, files[i].mode, "0123456789abcdef0123456789abcdef");
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
    (void)info;
    (void)type;
    (void)position;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Appends "key = value" unless `more` has a line for that key. */
static void put(char *text, size_t room, const char *more, const char *key, const char *path, const char *name)
{
    char start[64];
    size_t used = strlen(text);

    snprintf(start, sizeof start, "%s =", key);
    if (!strstr(more, start))
        snprintf(text + used, room - used, "%s = %s%s\n", key, path, name);
}

void folder_write_config(const char *path, const char *more)
{
    char text[8192] = "# written by a test\n", prefix[FOLDER_LEN + 1];

    snprintf(prefix, sizeof prefix, "%s/", path);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        put(text, sizeof text, more, files[i].key, prefix, files[i].name);
    put(text, sizeof text, more, "store", prefix, "store");
    put(text, sizeof text, more, "accounts", prefix, "accounts");
    put(text, sizeof text, more, "register", prefix, "register");
    put(text, sizeof text, more, "terms_version", "", "1");
    put(text, sizeof text, more, "run_folder", prefix, "run");
    put(text, sizeof text, more, "prefectures", "", "11, 13");
    put(text, sizeof text, more, "listen", "", "127.0.0.1:18443");
    strncat(text, more, sizeof text - strlen(text) - 1);
    folder_write(path, "conf", 0644, text);
}
