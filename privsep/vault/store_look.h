/* What a store says of its tenants to whoever has its folder, and none of its keys. */
#ifndef SEKISHO_VAULT_STORE_LOOK_H
#define SEKISHO_VAULT_STORE_LOOK_H

#include "vault/store.h"

/* Fills id, now.erased and now.ledger.size (with what only the redo log has) of every tenant that the store in `folder`
 * has, served or not, and tenant_count; `store` is zeroed by the caller, and is not open afterwards. Changes nothing.
 * 0, an errno or an LMDB code. */
int store_look(const char *folder, struct store *store);

#endif
