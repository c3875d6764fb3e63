/*
 * Fingerprints of a tenant's public keys, written into the vault's own folder when it opens: the way by which an
 * operator learns them without the front. Clients pin them: a front that shows another citizen key could read the
 * number that is sealed to it, one that shows another ledger key could forge a ledger.
 *
 *   <tenant>.citizen.pin   SHA-256 of the X25519 key that citizens' clients seal to
 *   <tenant>.ledger.pin    SHA-256 of the Ed25519 key that signs tree heads
 *
 * each 64 lower-case hex digits and a line end.
 */
#ifndef SEKISHO_VAULT_PINS_H
#define SEKISHO_VAULT_PINS_H

#include "vault/store.h"

/* Before the lock-down: it opens files. 0 or an errno. */
int pins_write(const struct store *store, const char *folder);

#endif
