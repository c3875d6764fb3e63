/*
 * key rotate: asks the vault to put a prefecture's data under new keys.
 * key rotate-root: puts the keys of a stopped store under a new root key. The new key is on the disk before the store
 * is touched, and the store changes in one transaction: at any moment it opens under a key that is there.
 */
#include <errno.h>
#include <lmdb.h>
#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "root_key_file.h"
#include "store_folder.h"
#include "vault/rewrap.h"

static int keys_of(const struct options *options, unsigned *keys)
{
    static const struct {
        const char *name;
        unsigned keys;
    } names[] = {
        {"record", SEKISHO_RECORD_KEY}, {"index", SEKISHO_INDEX_KEY}, {"all", SEKISHO_RECORD_KEY | SEKISHO_INDEX_KEY}};
    const char *given = options->value[OPT_KEYS] ? options->value[OPT_KEYS] : "all";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(given, names[i].name) == 0) {
            *keys = names[i].keys;
            return CLI_OK;
        }
    SAY(stderr, TEXT_BAD_KEYS);
    return CLI_USAGE;
}

int cmd_key_rotate(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    struct sekisho_error error;
    unsigned keys;

    int code = keys_of(options, &keys);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK && sekisho_rotate_keys(session, keys, &result, &receipt, &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK && result.detail == SEKISHO_DETAIL_DONE)
        SAY(stderr, TEXT_ROTATION_BEGUN, count_text(receipt.ledger_index));
    else if (code == CLI_OK) {
        SAY(stderr, TEXT_ROTATION_RUNS);
        code = CLI_SOME_REFUSED;
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

/* ---- root key ---- */

static int make_root_key(const char *path, uint8_t key[ROOT_KEY_LEN])
{
    crypto_random(key, ROOT_KEY_LEN);
    int code = root_key_write_new(path, key, ROOT_KEY_LEN);
    if (code == CLI_OK && !folder_sync(path)) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(errno));
        code = CLI_USAGE;
    }
    return code;
}

static int rewrap(const char *folder, const char *from_path, const char *to_path, const uint8_t from[ROOT_KEY_LEN],
                  const uint8_t to[ROOT_KEY_LEN])
{
    unsigned tenants;
    int rc = store_rewrap(folder, from, to, &tenants);

    if (rc == 0) {
        SAY(stderr, TEXT_ROOT_ROTATED, count_text(tenants), to_path, from_path);
        return CLI_OK;
    }
    if (rc == ENOENT || rc == EACCES) {
        SAY(stderr, rc == ENOENT ? TEXT_STORE_MISSING : TEXT_KEY_NOT_OF_STORE, rc == ENOENT ? folder : from_path);
        unlink(to_path);
    } else if (rc == EBUSY) {
        SAY(stderr, TEXT_STORE_NOT_SETTLED, folder);
        unlink(to_path);
    } else {
        /* A disk that failed in the commit itself may have the change or not: the new key stays. */
        SAY(stderr, TEXT_STORE_FAILED, folder, mdb_strerror(rc));
    }
    return CLI_USAGE;
}

int cmd_key_rotate_root(const struct options *options)
{
    const char *folder = options->value[OPT_STORE], *old = options->value[OPT_ROOT_KEY];
    const char *output = options->value[OPT_OUTPUT];
    struct {
        uint8_t from[ROOT_KEY_LEN], to[ROOT_KEY_LEN];
    } keys;

    if (!folder || !old || !output) {
        SAY(stderr, TEXT_OPTION_MISSING, !folder ? "--store" : !old ? "--root-key" : "--output");
        return CLI_USAGE;
    }
    int lock = store_folder_lock(folder);
    if (lock < 0)
        return CLI_USAGE;
    int code = crypto_init() == 0 ? root_key_open(old, options->value[OPT_PASSWORD_FILE], keys.from) : CLI_USAGE;
    if (code == CLI_OK)
        code = make_root_key(output, keys.to);
    if (code == CLI_OK)
        code = rewrap(folder, old, output, keys.from, keys.to);
    sekisho_wipe(&keys, sizeof keys);
    close(lock);
    return code;
}
