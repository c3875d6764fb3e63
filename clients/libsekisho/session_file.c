/*
 * The session file: struct session_state as it is in memory. Two invocations of a program must never seal under one
 * sequence number (AES-GCM gives both plaintexts away, RFC 5116 section 5.1.1); so numbers are reserved in the file,
 * durably, before the first of them is used, and the file is locked while in use.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"

static enum sekisho_status damaged(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_LOCAL, "SESSION_FILE_DAMAGED",
                     "the session file is damaged or of another version: remove it and log in again",
                     "セッションファイルが壊れているか、版が異なります。削除してログインし直してください");
}

static bool write_at(int fd, const void *data, size_t length, off_t offset)
{
    return pwrite(fd, data, length, offset) == (ssize_t)length && fsync(fd) == 0;
}

enum sekisho_status session_file_reserve(struct sekisho_session *session, struct sekisho_error *error)
{
    uint64_t reserved = session->next + SEQUENCE_BLOCK;

    if (!write_at(session->file, &reserved, sizeof reserved, offsetof(struct session_state, sequence)))
        return error_file(error, "SESSION_FILE_UNWRITABLE", session->path, errno);
    session->reserved = reserved;
    return SEKISHO_OK;
}

void session_file_close(struct sekisho_session *session)
{
    if (session->file >= 0)
        close(session->file);
    session->file = -1;
    free(session->path);
    session->path = NULL;
}

/* The caller holds the lock. */
static enum sekisho_status write_new_file(struct sekisho_session *session, const char *path,
                                          struct sekisho_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_file(error, errno == EEXIST ? "SESSION_FILE_EXISTS" : "SESSION_FILE_UNWRITABLE", path, errno);
    session->state->sequence = session->next;
    session->path = strdup(path);
    session->file = fd;
    /* fchmod: a umask may take bits away, an ACL may add some. */
    if (session->path && fchmod(fd, 0600) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        write_at(fd, session->state, sizeof *session->state, 0) && sync_folder(path)) {
        session->reserved = session->next;
        return SEKISHO_OK;
    }
    enum sekisho_status status = error_file(error, "SESSION_FILE_UNWRITABLE", path, errno);
    unlink(path);
    session_file_close(session);
    return status;
}

enum sekisho_status sekisho_session_save(struct sekisho_session *session, const char *path, struct sekisho_error *error)
{
    pthread_mutex_lock(&session->lock);
    enum sekisho_status status = session->file >= 0 ? error_set(error, SEKISHO_ERROR_ARGUMENT, "SESSION_HAS_FILE",
                                                                "the session has a file already",
                                                                "このセッションは既にファイルに保存されています")
                                                    : write_new_file(session, path, error);
    pthread_mutex_unlock(&session->lock);
    return status;
}

/* An open, locked descriptor of a file that only this user can have written. */
static enum sekisho_status open_locked(const char *path, int *out, struct sekisho_error *error)
{
    struct stat facts;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return error_file(error, errno == ENOENT ? "SESSION_FILE_MISSING" : "SESSION_FILE_UNREADABLE", path, errno);
    enum sekisho_status status = SEKISHO_OK;
    if (fstat(fd, &facts) < 0)
        status = error_file(error, "SESSION_FILE_UNREADABLE", path, errno);
    else if (!S_ISREG(facts.st_mode) || facts.st_uid != geteuid() || (facts.st_mode & 077) != 0 || facts.st_nlink != 1)
        status = error_set(error, SEKISHO_ERROR_LOCAL, "SESSION_FILE_EXPOSED",
                           "the session file must be a regular file of this user with mode 0600 and one name",
                           "セッションファイルは本人所有・モード0600・リンク数1の通常ファイルでなければなりません");
    else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        status = error_set(error, SEKISHO_ERROR_LOCAL, "SESSION_FILE_BUSY", "another process is using the session file",
                           "別のプロセスがセッションファイルを使用中です");
    if (status != SEKISHO_OK)
        close(fd);
    else
        *out = fd;
    return status;
}

static bool state_valid(const struct session_state *state)
{
    return memcmp(state->magic, SESSION_FILE_MAGIC, sizeof state->magic) == 0 &&
           state->version == SESSION_FILE_VERSION && state->tenant >= 1 && state->tenant <= TENANTS_MAX &&
           state->sequence >= 1 && state->sequence < UINT64_MAX / 2;
}

static bool read_state(int fd, struct session_state *state)
{
    char beyond;

    return pread(fd, state, sizeof *state, 0) == (ssize_t)sizeof *state && pread(fd, &beyond, 1, sizeof *state) == 0 &&
           state_valid(state);
}

enum sekisho_status sekisho_session_load(struct sekisho_client *client, const char *path,
                                         struct sekisho_session **session, struct sekisho_error *error)
{
    struct session_state state;
    struct sekisho_session *made = NULL;
    int fd = -1;
    enum sekisho_status status = open_locked(path, &fd, error);

    if (status != SEKISHO_OK)
        return status;
    if (!read_state(fd, &state))
        status = damaged(error);
    else if (crypto_equal(state.certificate, client->certificate, sizeof state.certificate) != 1)
        status = error_set(error, SEKISHO_ERROR_ARGUMENT, "WRONG_CERTIFICATE",
                           "the session was opened with another client certificate",
                           "このセッションは別のクライアント証明書で開始されました");
    else
        status = session_new(client, &state, &made, error);
    crypto_wipe(&state, sizeof state);
    if (status != SEKISHO_OK || !made) {
        close(fd);
        return status;
    }
    made->file = fd;
    made->reserved = made->next; /* the first call reserves */
    made->path = strdup(path);
    if (!made->path) {
        sekisho_session_free(made);
        return error_memory(error);
    }
    *session = made;
    return SEKISHO_OK;
}
