/* Accounts that end by themselves: not used for too long, or past the end of their contract (domain 10.4, INV-20). */
#ifndef SEKISHO_AUTH_ACCOUNT_SWEEP_H
#define SEKISHO_AUTH_ACCOUNT_SWEEP_H

#include "auth/account_store.h"
#include "auth/sessions.h"

/* Suspends all that are due, records it and marks their sessions. In the open transaction; 0 or an LMDB code. */
int account_sweep(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                  struct sessions *sessions, int64_t now_us);

/* The same for one account, without its sessions: *due says whether it was suspended, and written. */
int account_expire(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                   const char id[ACCOUNT_LEN], struct stored_account *account, int64_t now_us, bool *due);

#endif
