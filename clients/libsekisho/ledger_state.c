/*
 * The state file: the ledger's key and the last head seen. A fork or a rollback between two runs shows against it, so
 * it is replaced whole (rename) and is durable before anything is concluded from the new head.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "ledger.h"

#define STATE_MAX 1024

/* First word of the file. */
static const char *const titles[] = {
    [SEKISHO_LEDGER_NUMBERS] = "sekisho-ledger-state",
    [SEKISHO_LEDGER_ACCESS] = "sekisho-access-state",
};

static enum sekisho_status damaged(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_LOCAL, "LEDGER_STATE_DAMAGED",
                     "the ledger's state file is damaged: find out why before you remove it",
                     "台帳の状態ファイルが壊れています。削除する前に原因を確認してください");
}

static size_t put_hex(char *out, const char *name, const uint8_t *bytes, size_t length)
{
    size_t used = (size_t)sprintf(out, "%s ", name);

    for (size_t i = 0; i < length; i++)
        used += (size_t)sprintf(out + used, "%02x", bytes[i]);
    out[used++] = '\n';
    return used;
}

static size_t format(const struct sekisho_checkpoint *head, char text[STATE_MAX])
{
    size_t used = (size_t)sprintf(text, "%s 1\nprefecture %u\nsize %" PRIu64 "\n", titles[head->ledger],
                                  head->prefecture, head->size);

    used += put_hex(text + used, "root", head->root, sizeof head->root);
    used += put_hex(text + used, "signature", head->signature, sizeof head->signature);
    used += put_hex(text + used, "key", head->public_key, sizeof head->public_key);
    return used;
}

/* Moves past "name ". */
static bool take_name(const char **at, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(*at, name, length) != 0 || (*at)[length] != ' ')
        return false;
    *at += length + 1;
    return true;
}

static bool take_number(const char **at, const char *name, uint64_t *out)
{
    char *end;

    if (!take_name(at, name))
        return false;
    *out = strtoull(*at, &end, 10);
    *at = end + 1;
    return *end == '\n';
}

static bool take_hex(const char **at, const char *name, uint8_t *out, size_t length)
{
    if (!take_name(at, name) || strnlen(*at, 2 * length) < 2 * length)
        return false;
    for (size_t i = 0; i < length; i++, *at += 2) {
        const char digits[] = {(*at)[0], (*at)[1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return *(*at)++ == '\n';
}

/* Accepts exactly what format writes: what else strtoul takes does not come out the same again. */
static bool parse(const char *text, size_t length, struct sekisho_checkpoint *head)
{
    const char *const begin = text;
    char again[STATE_MAX];
    uint64_t version, prefecture;

    memset(head, 0, sizeof *head);
    if (strncmp(text, titles[SEKISHO_LEDGER_ACCESS], strlen(titles[SEKISHO_LEDGER_ACCESS])) == 0)
        head->ledger = SEKISHO_LEDGER_ACCESS;
    if (!take_number(&text, titles[head->ledger], &version) || version != 1 ||
        !take_number(&text, "prefecture", &prefecture) || prefecture > TENANTS_MAX ||
        !take_number(&text, "size", &head->size) || !take_hex(&text, "root", head->root, sizeof head->root) ||
        !take_hex(&text, "signature", head->signature, sizeof head->signature) ||
        !take_hex(&text, "key", head->public_key, sizeof head->public_key))
        return false;
    head->prefecture = (unsigned)prefecture;
    return format(head, again) == length && memcmp(again, begin, length) == 0;
}

enum sekisho_status ledger_state_load(const char *path, struct sekisho_checkpoint *head, bool *found,
                                      struct sekisho_error *error)
{
    char *text = NULL;
    size_t length = 0;

    *found = false;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return SEKISHO_OK;
    enum sekisho_status status = file_read(path, STATE_MAX, &text, &length, error);
    if (status != SEKISHO_OK)
        return status;
    *found = parse(text, length, head) && sekisho_verify_checkpoint(head);
    free(text);
    return *found ? SEKISHO_OK : damaged(error);
}

static bool write_durably(int fd, const char *text, size_t length)
{
    return fd >= 0 && write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
}

enum sekisho_status ledger_state_save(const char *path, const struct sekisho_checkpoint *head,
                                      struct sekisho_error *error)
{
    char text[STATE_MAX], made[PATH_MAX];
    size_t length = format(head, text);

    if (snprintf(made, sizeof made, "%s.XXXXXX", path) >= (int)sizeof made)
        return error_file(error, "LEDGER_STATE_UNWRITABLE", path, ENAMETOOLONG);
    int fd = mkstemp(made);
    bool done = write_durably(fd, text, length) && rename(made, path) == 0 && sync_folder(path);
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (!done && fd >= 0)
        unlink(made);
    return done ? SEKISHO_OK : error_file(error, "LEDGER_STATE_UNWRITABLE", path, number);
}
