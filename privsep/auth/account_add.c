#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/account_file.h"
#include "auth/password_policy.h"

#define LINE_SIZE 256

static int fail(char error[ACCOUNT_ERROR_LEN], const char *what)
{
    snprintf(error, ACCOUNT_ERROR_LEN, "%s", what);
    return -1;
}

static int fail_errno(char error[ACCOUNT_ERROR_LEN], const char *what)
{
    snprintf(error, ACCOUNT_ERROR_LEN, "%s: %s", what, strerror(errno));
    return -1;
}

/* The folder that holds `path`, opened and locked: adding is read, change, replace, and must not lose another's line.
 */
static int lock_folder(const char *path, char error[ACCOUNT_ERROR_LEN])
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;

    if (length == 0)
        length = 1;
    if (strlen(path) >= PATH_MAX - 8)
        return fail(error, "the path is too long");
    snprintf(folder, sizeof folder, "%.*s", length, slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(error, "cannot open the accounts file's folder");
    if (flock(fd, LOCK_EX) != 0) {
        fail_errno(error, "cannot lock the accounts file's folder");
        close(fd);
        return -1;
    }
    return fd;
}

/* Text and rows of the file as it is; both empty when there is none. */
struct content {
    char *text;
    size_t length;
    struct account_table table;
};

static int read_text(int fd, struct content *content, char error[ACCOUNT_ERROR_LEN])
{
    struct stat status;
    uint32_t line;

    if (fstat(fd, &status) != 0)
        return fail_errno(error, "cannot read the accounts file");
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0)
        return fail(error, "the accounts file must be a regular file that only its owner can read (mode 0600)");
    if (account_table_read(fd, &content->table, &line) != 0) {
        snprintf(error, ACCOUNT_ERROR_LEN, "the accounts file is not valid (line %u)", line);
        return -1;
    }
    content->length = (size_t)status.st_size;
    content->text = malloc(content->length + 1);
    if (!content->text || pread(fd, content->text, content->length, 0) != (ssize_t)content->length)
        return fail(error, "cannot read the accounts file");
    return 0;
}

static int read_content(const char *path, struct content *content, char error[ACCOUNT_ERROR_LEN])
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return errno == ENOENT ? 0 : fail_errno(error, "cannot open the accounts file");
    int result = read_text(fd, content, error);
    close(fd);
    return result;
}

static int write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        text += written;
        length -= (size_t)written;
    }
    return 0;
}

static int replace_file(const char *path, int folder, const struct content *content, const char *line,
                        char error[ACCOUNT_ERROR_LEN])
{
    char temporary[PATH_MAX];

    snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return fail_errno(error, "cannot make a new accounts file");
    bool written =
        write_all(fd, content->text, content->length) == 0 && write_all(fd, line, strlen(line)) == 0 && fsync(fd) == 0;
    bool closed = close(fd) == 0;
    if (!written || !closed || rename(temporary, path) != 0) {
        fail_errno(error, "cannot write the new accounts file");
        unlink(temporary);
        return -1;
    }
    if (fsync(folder) != 0)
        return fail_errno(error, "cannot make the new accounts file durable");
    return 0;
}

static void format_line(const struct account *account, const struct password_hash *hash, char line[LINE_SIZE])
{
    char encoded[PASSWORD_ENCODED_LEN + 1];

    password_encode(hash, encoded);
    snprintf(line, LINE_SIZE, "%u\t%.*s\t%s\t%s\t%s\n", account->tenant, ACCOUNT_LEN, account->id,
             role_code(account->role), account->state == ACCOUNT_ACTIVE ? "ACTIVE" : "SUSPENDED", encoded);
}

static int add_locked(const char *path, int folder, const struct account *account, const char *password, size_t length,
                      struct content *content, char error[ACCOUNT_ERROR_LEN])
{
    struct password_hash hash;
    char line[LINE_SIZE];

    if (read_content(path, content, error) != 0)
        return -1;
    if (account_table_find(&content->table, account->tenant, account->id))
        return fail(error, "the account exists already");
    if (content->table.count >= ACCOUNTS_MAX)
        return fail(error, "the accounts file is full");
    if (password_make(password, length, &hash) != 0)
        return fail(error, "cannot hash the password: no memory");
    format_line(account, &hash, line);
    return replace_file(path, folder, content, line, error);
}

int account_file_add(const char *path, const struct account *account, const char *password, size_t length,
                     char error[ACCOUNT_ERROR_LEN])
{
    struct content content = {0};

    if (account->tenant < 1 || account->tenant > TENANTS_MAX)
        return fail(error, "the prefecture is not a JIS X 0401 code from 1 to 47");
    if (!account_id_valid(account->id))
        return fail(error, "an account id has 1 to 32 of a-z 0-9 . _ - and begins with a letter or digit");
    if (!role_code(account->role))
        return fail(error, "there is no such role");
    const char *fault = password_policy_fault(password, length);
    if (fault)
        return fail(error, fault);
    int folder = lock_folder(path, error);
    if (folder < 0)
        return -1;
    int result = add_locked(path, folder, account, password, length, &content, error);
    close(folder);
    account_table_free(&content.table);
    free(content.text);
    return result;
}
