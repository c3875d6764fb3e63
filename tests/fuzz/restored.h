/* Backups restored within a target. */
#ifndef SEKISHO_TESTS_FUZZ_RESTORED_H
#define SEKISHO_TESTS_FUZZ_RESTORED_H

#include <stdbool.h>

#include "restore/restore.h"

/* Restores these bytes into a folder of their own and removes it again. A restore that fails must leave nothing; one
 * that is done, a store of mode 0600. */
enum restore_status restored(const uint8_t *bytes, size_t length, const uint8_t backup_key[HPKE_KEY_LEN],
                             const uint8_t root_key[32], struct restore_report *report);

/* Are these bytes a whole backup to the client that takes it, who cannot open it? */
bool client_takes(const uint8_t *bytes, size_t length);

#endif
