/* Exchange of the root key, on a store that no vault has open. */
#ifndef SEKISHO_VAULT_REWRAP_H
#define SEKISHO_VAULT_REWRAP_H

#include <stdint.h>

/*
 * Puts the keys of every tenant in the store from under one root key under another (32 bytes each), in one transaction:
 * whenever it is interrupted, all of them are under the one or all under the other. What has been stored is opened
 * again under the new key before it is committed. The caller holds the store's lock (flock(2) on
 * the folder). *tenants is the number of them.
 *
 * 0; ENOENT: no store there; EACCES: not the root key of this store: nothing is changed then. Else errno or an LMDB
 * code: nothing is changed, unless the disk failed in the commit itself; the keys are under one of the two then too.
 */
int store_rewrap(const char *folder, const uint8_t from_root_key[32], const uint8_t to_root_key[32], unsigned *tenants);

#endif
