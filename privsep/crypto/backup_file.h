/*
 * A backup of the vault's store: what the vault makes, the front carries unread, `sekisho backup` checks and `sekisho
 * restore` opens. Little-endian, fixed layouts, independent of the build.
 *
 *     file  = struct backup_head || chunk 1 || chunk 2 ... || struct backup_end
 *     chunk = struct backup_chunk || ciphertext and tag, `length` bytes
 *
 * Chunks are sealed with HPKE (crypto/hpke.h) to an offline X25519 key, in a row under one context, so that a chunk
 * opens in its own place only; info is "sekisho/v1 backup" || the head without `encapsulated`, aad the struct
 * backup_chunk. The last chunk says so. What is inside is sealed or wrapped under the root key's keys already; the root
 * key is not in it.
 *
 * Anybody can seal to a public key: the end is signed with the ledger key of `tenant`, over a hash chain of all before
 * it. Whoever knows that key's public half can check a backup without being able to read it.
 *
 * The plain chunks are whole rows, each struct backup_row || key || value:
 *     BACKUP_DATABASE   key: its name in the store (vault/store.h), value: struct backup_database
 *     BACKUP_ENTRY      key and value of the database named last, in its order
 *     BACKUP_TENANT     after the last database, one a tenant served: value struct backup_tenant
 * The journal of erasures (vault/erasures.h) is never in a backup.
 */
#ifndef SEKISHO_CRYPTO_BACKUP_FILE_H
#define SEKISHO_CRYPTO_BACKUP_FILE_H

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/sealed.h"

#define BACKUP_MAGIC     "sekisho backup\r\n" /* 16 bytes: a transfer as text shows */
#define BACKUP_END_MAGIC "end of backup \r\n"
#define BACKUP_MAGIC_LEN 16
#define BACKUP_VERSION   1u
#define BACKUP_PLAIN_MAX 69632 /* bytes of a chunk before it is sealed; at least 1: the ledger's largest entry fits */
#define BACKUP_ID_LEN    16

struct backup_head {
    char magic[BACKUP_MAGIC_LEN];
    uint32_t version;
    uint16_t tenant; /* of the account that asked for it */
    uint16_t zero;
    int64_t taken_at_us;       /* UTC: everything acknowledged before is in it */
    uint8_t id[BACKUP_ID_LEN]; /* random */
    uint8_t recipient[32];     /* SHA-256 of the public key it is sealed to */
    uint8_t encapsulated[HPKE_KEY_LEN];
};
_Static_assert(sizeof(struct backup_head) == 112, "backup_head layout");

struct backup_chunk {
    uint32_t length;
    uint32_t last; /* 1: of the last chunk, else 0 */
};

struct backup_end {
    char magic[BACKUP_MAGIC_LEN];
    uint8_t hash[HASH_LEN]; /* backup_hash of everything before */
    uint8_t ledger_key[ED25519_KEY_LEN];
    uint8_t signature[ED25519_SIGNATURE_LEN]; /* over "sekisho/v1 backup" || hash */
};
_Static_assert(sizeof(struct backup_end) == 144, "backup_end layout");

enum backup_row_kind { BACKUP_DATABASE = 1, BACKUP_ENTRY, BACKUP_TENANT };

struct backup_row {
    uint16_t kind; /* enum backup_row_kind */
    uint16_t key_length;
    uint32_t value_length;
};

struct backup_database {
    uint64_t entries;
    uint32_t flags; /* LMDB's */
    uint32_t zero;
};

struct backup_tenant {
    uint16_t tenant;
    uint16_t zero;
    uint32_t zero2;
    uint64_t subjects;
    uint64_t erased; /* erasures so far */
    struct ledger_checkpoint checkpoint;
    uint8_t ledger_key[ED25519_KEY_LEN];
};
_Static_assert(sizeof(struct backup_tenant) == 160, "backup_tenant layout");

#define BACKUP_INFO_LEN (17 + offsetof(struct backup_head, encapsulated))
void backup_info(const struct backup_head *head, uint8_t info[BACKUP_INFO_LEN]);

/* The hash chain: of the head; then, with each chunk, of the hash before it, struct backup_chunk and the sealed bytes.
 * 0, or -1 when libcrypto fails. */
int backup_hash_head(const struct backup_head *head, uint8_t hash[HASH_LEN]);
int backup_hash_chunk(const struct backup_chunk *chunk, const uint8_t *sealed, uint8_t hash[HASH_LEN]);

/* Signs, and checks what is signed. */
int backup_sign(struct ed25519 *ledger, struct backup_end *end);
bool backup_signed(const struct backup_end *end, const uint8_t hash[HASH_LEN]);

#endif
