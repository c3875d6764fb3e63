/* Erasing a number: the record keeps its reference and that it is erased; its key, the sealed number, its former ones
 * and what leads to them are destroyed. What LMDB leaves of them in pages it no longer uses: compact.h. */
#ifndef SEKISHO_VAULT_ERASE_H
#define SEKISHO_VAULT_ERASE_H

#include "vault/store.h"

/* Erases the number of an active record, its former ones and their index rows, and notes it in the erasure journal. */
int erase_subject(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                  struct stored_record *record);

/* Reads how many erasures the store knows of. */
int erase_load(MDB_txn *txn, struct tenant *tenant);

/* At the start: erases a reference that the journal knows as erased, when the store has its number again, with a leaf
 * in the ledger; counts the erasure in every case. */
int erase_again(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN]);

#endif
