/* Looks at everything in a restored store, with its keys, before anybody relies on it. */
#ifndef SEKISHO_RESTORE_VERIFY_H
#define SEKISHO_RESTORE_VERIFY_H

#include "restore/restore.h"

/* `ledger_key`: that has signed the backup. Fills code, tenant and what of the report when it fails. */
enum restore_status verify_store(const char *folder, uint64_t map_bytes, const uint8_t root_key[32],
                                 const uint8_t ledger_key[ED25519_KEY_LEN], struct restore_report *report);

#endif
