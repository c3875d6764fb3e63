/*
 * Account calls behind their seal (crypto/account_call.h). Each is decided by tables: who may (duties.def), which
 * fields it takes (account_fields.c), which way its account goes (life.c), and which function does it; and each leaves
 * one leaf in the access records, whatever became of it (F103).
 */
#ifndef SEKISHO_AUTH_ACCOUNT_CALLS_H
#define SEKISHO_AUTH_ACCOUNT_CALLS_H

#include "auth/account_store.h"
#include "auth/sessions.h"

/* Known version and operation, reserved fields zero, lengths in range: else it is no call, and leaves no leaf. */
bool account_call_well_formed(const struct account_call_plain *call);

/*
 * Does a call for the account of the session `actor`. Fills reply but for its checkpoint, which is known after the
 * commit. Marks the sessions that it ends. In the open transaction; 0, or an LMDB code (also ENOMEM: no memory for a
 * hash; EACCES: libcrypto failed), upon which nothing may be committed.
 */
int account_call(struct account_store *store, struct sessions *sessions, const struct account_rules *rules,
                 const struct session_entry *actor, int64_t now_us, const struct account_call_plain *call,
                 struct account_reply_plain *reply);

#endif
