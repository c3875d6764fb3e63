/*
 * Records: a sealed number under a reference. MATCH and LOOKUP go by the index (number_index.h) and open no record.
 * Numbers are sealed under the tenant's key, not each under one of its own: a key set up for each record costs 0.5 us,
 * a fifth of a whole MATCH. Erasing takes the sealed number itself out of the store (erase.h).
 * A number is in clear only in the buffers that the functions here fill; callers wipe them.
 */
#ifndef SEKISHO_VAULT_RECORD_H
#define SEKISHO_VAULT_RECORD_H

#include "vault/store.h"

/* 0, MDB_NOTFOUND, or an LMDB code. */
int record_get(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
               struct stored_record *record);
int record_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
               const struct stored_record *record);

/* Seals a number into the record, bound to tenant and reference; opens it again. 0 or EACCES. */
int record_seal(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                struct stored_record *record);
int record_open(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const struct stored_record *record,
                char number[NUMBER_LEN]);

/* Former numbers of a reference: keeps a copy of the record as it was; deletes all of them with their index rows. */
int former_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], uint32_t order,
               const struct stored_record *record);
int former_delete_all(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                      uint32_t count);

#endif
