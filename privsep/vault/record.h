/*
 * Records: a sealed number under a reference. MATCH and LOOKUP go by the index (number_index.h) and open no record.
 * Root key -> tenant keys (tenant_keys.h) -> record keys: each number is sealed under a key of its own, the PRF of a
 * random salt in its row under the tenant's record key. Without the salt there is no key: erasing takes it out of the
 * row. (A random key wrapped in the row would be destroyed in the same way, with a second seal to keep and to open.)
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

/* Seals a number into the record, under a new key and bound to tenant and reference; opens it again. 0 or EACCES. */
int record_seal(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                struct stored_record *record);
int record_open(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const struct stored_record *record,
                char number[NUMBER_LEN]);

/* Takes the key and the sealed number out of the record. */
void record_destroy(struct stored_record *record);

/* Former numbers of a reference: keeps a copy of the record as it was; deletes all of them with their index rows. */
int former_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], uint32_t order,
               const struct stored_record *record);
int former_delete_all(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                      uint32_t count);

#endif
