/*
 * Records: a sealed number under a reference, and the keyed index that leads from a number to its reference.
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

/* A sealed record that no valid number matches, under a reference of its own: what MATCH opens for an absent or erased
 * reference, so that it costs the same work as a wrong number. Made at the start, and anew when the record key it is
 * under is no longer the current one. 0 or EACCES. */
int record_make_decoy(struct tenant *tenant);

/* Index rows by number, whichever key they are under: 0, MDB_NOTFOUND or an LMDB code; index_put overwrites. */
int index_get(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN], struct stored_index *index);
int index_put(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN],
              const uint8_t reference[REFERENCE_LEN], enum index_kind kind);
int index_delete(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN]);
/* Moves the number's row from under the former index key; MDB_CORRUPTED when it is under neither key. */
int index_move(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN]);

/* Former numbers of a reference: keeps a copy of the record as it was; deletes all of them with their index rows. */
int former_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], uint32_t order,
               const struct stored_record *record);
int former_delete_all(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                      uint32_t count);

#endif
