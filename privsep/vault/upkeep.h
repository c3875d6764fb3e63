/* What the vault does beside answering: rotations (rotation.h), a slice at a time, between the front's groups; and it
 * drops a backup that nobody reads (backup.h), erases ledger entries whose time is over (retention.h), and commits what
 * only the redo log has (redo.h). */
#ifndef SEKISHO_VAULT_UPKEEP_H
#define SEKISHO_VAULT_UPKEEP_H

#include "vault/store.h"

/* Of all time, at most a quarter is upkeep's, however busy or idle the vault is. */
#define UPKEEP_SHARE 4

struct upkeep {
    int64_t next_ms;         /* of rotations; session_clock_ms: not before */
    int64_t retention_ms;    /* of the ledger's retention, the same */
    uint32_t retention_days; /* 0: entries are kept for ever */
};

/* How long the loop may sleep: milliseconds until there is work, -1 when none is known of. */
int64_t upkeep_wait_ms(const struct upkeep *upkeep, struct store *store, int64_t now_ms);

/* Works a slice when it is time. No transaction may be open. A failing disk is tried again later; data that does not
 * open under its keys halts that rotation and leaves everything else as it is; a damaged store ends the process. */
void upkeep_run(struct upkeep *upkeep, struct store *store);

#endif
