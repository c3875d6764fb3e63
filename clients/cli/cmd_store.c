/* store accept-lost-erasures: begins a new erasure journal where the old one is lost. What was erased since the backup
 * that the store may come from is not erased again then: the operator says so knowingly. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "store_folder.h"
#include "vault/erasures.h"

int cmd_store_accept_lost_erasures(const struct options *options)
{
    const char *folder = options->value[OPT_STORE];

    if (!folder) {
        SAY(stderr, TEXT_OPTION_MISSING, "--store");
        return CLI_USAGE;
    }
    int lock = store_folder_lock(folder);
    if (lock < 0)
        return CLI_USAGE;
    int rc = crypto_init() == 0 ? erasures_restart(folder) : EIO;
    close(lock);
    if (rc != 0) {
        SAY(stderr, TEXT_ERASURES_NOT_RESTARTED, folder, strerror(rc));
        return CLI_USAGE;
    }
    SAY(stderr, TEXT_ERASURES_RESTARTED, folder);
    return CLI_OK;
}
