/* Files of root keys: raw (32 bytes) or under a passphrase (unseal/wrapped_key.h). */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root_key_file.h"

#include "unseal/wrapped_key.h"

/* Bytes read, up to one more than the longest file has; -1 after a message. */
static ssize_t read_file(const char *path, uint8_t bytes[sizeof(struct wrapped_key) + 1])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, bytes, sizeof(struct wrapped_key) + 1);

    if (length < 0)
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return length;
}

int root_key_read(const char *path, uint8_t key[ROOT_KEY_LEN])
{
    uint8_t bytes[sizeof(struct wrapped_key) + 1];
    ssize_t length = read_file(path, bytes);

    if (length == ROOT_KEY_LEN)
        memcpy(key, bytes, ROOT_KEY_LEN);
    else if (length >= 0)
        SAY(stderr, TEXT_KEY_NOT_ROOT, path);
    sekisho_wipe(bytes, sizeof bytes);
    return length == ROOT_KEY_LEN ? CLI_OK : CLI_USAGE;
}

static int open_wrapped(const char *path, const char *password_file, const struct wrapped_key *file,
                        uint8_t key[ROOT_KEY_LEN])
{
    char passphrase[SECRET_MAX];
    long length = secret_read(password_file, TEXT_PROMPT_ROOT_PASSPHRASE, passphrase);
    bool opened = length >= 0 && wrapped_key_open(file, passphrase, (size_t)length, key) == UNSEAL_DONE;

    sekisho_wipe(passphrase, sizeof passphrase);
    if (length >= 0 && !opened)
        SAY(stderr, TEXT_KEY_REFUSED, path);
    return opened ? CLI_OK : CLI_USAGE;
}

int root_key_open(const char *path, const char *password_file, uint8_t key[ROOT_KEY_LEN])
{
    union {
        uint8_t bytes[sizeof(struct wrapped_key) + 1];
        struct wrapped_key file;
    } read;
    ssize_t length = read_file(path, read.bytes);
    int code = CLI_USAGE;

    if (length == ROOT_KEY_LEN) {
        memcpy(key, read.bytes, ROOT_KEY_LEN);
        code = CLI_OK;
    } else if (length > 0 && wrapped_key_check(&read.file, (size_t)length, WRAP_PASSPHRASE) == UNSEAL_DONE) {
        code = open_wrapped(path, password_file, &read.file, key);
    } else if (length >= 0) {
        SAY(stderr, TEXT_KEY_NOT_ROOT, path);
    }
    sekisho_wipe(&read, sizeof read);
    return code;
}

bool folder_sync(const char *path)
{
    char copy[PATH_MAX];
    int length = snprintf(copy, sizeof copy, "%s", path);
    int fd = length < (int)sizeof copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

int root_key_write_new(const char *path, const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    bool written = fd >= 0 && fchmod(fd, 0400) == 0 && write(fd, bytes, length) == (ssize_t)length && fsync(fd) == 0;

    if (!written) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(errno));
        if (fd >= 0)
            unlink(path);
    }
    if (fd >= 0)
        close(fd);
    return written ? CLI_OK : CLI_USAGE;
}
