/*
 * Work on the store of a set that is stopped.
 * accept-lost-erasures begins a new erasure journal where the old one is lost. What was erased since the backup that
 * the store may come from is not erased again then: the operator says so knowingly. compact takes the remnants of what
 * was erased out of the file (vault/compact.h).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <lmdb.h>

#include "crypto/hash.h"
#include "store_folder.h"
#include "vault/compact.h"
#include "vault/erasures.h"

static int work_on_store(const struct options *options, int (*work)(const char *folder), enum text done,
                         enum text failed)
{
    const char *folder = options->value[OPT_STORE];

    if (!folder) {
        SAY(stderr, TEXT_OPTION_MISSING, "--store");
        return CLI_USAGE;
    }
    int lock = store_folder_lock(folder);
    if (lock < 0)
        return CLI_USAGE;
    int rc = crypto_init() == 0 ? work(folder) : EIO;
    close(lock);
    if (rc == EBUSY)
        SAY(stderr, TEXT_STORE_NOT_SETTLED, folder);
    else if (rc == EALREADY)
        SAY(stderr, TEXT_ERASURES_NOT_LOST, folder);
    else if (rc != 0)
        SAY(stderr, failed, folder, mdb_strerror(rc));
    if (rc != 0)
        return CLI_USAGE;
    SAY(stderr, done, folder);
    return CLI_OK;
}

int cmd_store_accept_lost_erasures(const struct options *options)
{
    return work_on_store(options, erasures_restart, TEXT_ERASURES_RESTARTED, TEXT_ERASURES_NOT_RESTARTED);
}

int cmd_store_compact(const struct options *options)
{
    return work_on_store(options, store_compact, TEXT_STORE_COMPACTED, TEXT_STORE_NOT_COMPACTED);
}
