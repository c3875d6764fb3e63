/*
 * Provisional enrolments: a number that is enrolled for a case (an application), until that is decided. CONFIRM keeps
 * it, RELEASE forgets it; both know it by the request id of the enrolment, since a front that has crashed may not have
 * learned the reference. The rows stay: a repeated request gets the same answer.
 */
#ifndef SEKISHO_VAULT_CASE_ROW_H
#define SEKISHO_VAULT_CASE_ROW_H

#include "vault/store.h"

/* The record that a request of a case has made, whatever has become of it. 0, MDB_NOTFOUND or an LMDB code. */
int case_get(struct store *store, struct tenant *tenant, const uint8_t request_id[REQUEST_ID_LEN],
             uint8_t reference[REFERENCE_LEN], struct stored_record *record);
/* In place of an erased one's. */
int case_put(struct store *store, struct tenant *tenant, const uint8_t request_id[REQUEST_ID_LEN],
             const uint8_t reference[REFERENCE_LEN]);

#endif
