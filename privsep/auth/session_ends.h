/* The ends of sessions: recorded, told to the vault, then to the front (sessions.h says how a session gets there). */
#ifndef SEKISHO_AUTH_SESSION_ENDS_H
#define SEKISHO_AUTH_SESSION_ENDS_H

#include "auth/auth.h"

/* Commits the open transaction with a leaf for each session that is marked or has ended unrecorded: these have ended
 * then. 0, or the store's code: then the transaction is aborted, and the marks are gone. */
int ends_commit(struct auth *auth);
void ends_abort(struct auth *auth);

/* A session ends by itself, whether the store can record it now or not: what cannot be recorded is tried again. */
void ends_now(struct auth *auth, struct session_entry *entry, uint16_t event);

/* Records what has ended unrecorded. */
void ends_record(struct auth *auth);

/* Ends sessions whose lifetime is over and those that nobody uses. */
void ends_expire(struct auth *auth);

/* Tells vault and front of as many ends as they have room for. False when a peer has gone (*peer). */
bool ends_tell(struct auth *auth, enum peer *peer);

/* The vault has answered a SESSION_CLOSE. False: it was not asked. */
bool ends_closed(struct auth *auth, uint64_t vault_seq);

#endif
