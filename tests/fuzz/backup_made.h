/* A genuine backup of a small store, and backups of other rows that are sealed and signed as the vault would. */
#ifndef SEKISHO_TESTS_FUZZ_BACKUP_MADE_H
#define SEKISHO_TESTS_FUZZ_BACKUP_MADE_H

#include "crypto/backup_file.h"
#include "support/fuzz.h"

#define MADE_MAX (1u << 20) /* bytes of a file */

extern const uint8_t made_backup_key[HPKE_KEY_LEN], made_root_key[32];

struct made {
    uint8_t *file, *plain; /* the file; and the rows of its chunks, one after the other */
    size_t file_length, plain_length;
};

/* Made at the first call: two tenants, numbers current, former and erased, a budget, a ledger of several leaves. */
const struct made *made_backup(void);

/* A file that is being made up. */
struct making {
    uint8_t *out;
    size_t length;
    struct hpke_context seal;
    uint8_t hash[HASH_LEN];
};
/* Begins one in the name of a tenant. */
void making_begin(struct making *making, uint8_t *out, uint16_t tenant);
/* False when the file would be longer than MADE_MAX. */
bool making_chunk(struct making *making, const uint8_t *plain, size_t length, bool last);
/* Signed with the ledger key of the genuine backup, or with another one. */
void making_end(struct making *making, bool other_key);

#endif
