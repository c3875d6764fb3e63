/*
 * Layouts of what the vault keeps on disk (store.h names the databases). Little-endian, fixed, versioned; fields of
 * other size or version than these are corruption, never skipped over.
 */
#ifndef SEKISHO_VAULT_STORED_H
#define SEKISHO_VAULT_STORED_H

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/sealed.h"

enum record_state { RECORD_ACTIVE = 1, RECORD_ERASED = 2 };

#define RECORD_VERSION  2
#define RECORD_SALT_LEN 32

struct stored_record {
    uint16_t version;      /* RECORD_VERSION */
    uint16_t state;        /* enum record_state */
    uint16_t key_id;       /* of the tenant's record key that the record's key is made with (rotation.h) */
    uint16_t provisional;  /* 1: enrolled for a case that is not decided (case_row.h) */
    uint32_t former_count; /* replacements so far */
    uint32_t zero2;
    int64_t created_at_us, changed_at_us;      /* UTC */
    uint8_t enroll_request[REQUEST_ID_LEN];    /* the request that made it */
    uint8_t change_request[REQUEST_ID_LEN];    /* the last REPLACE, ERASE or RELEASE */
    uint8_t key_salt[RECORD_SALT_LEN];         /* of the record's own key (record.h); zero once erased */
    uint8_t sealed[NUMBER_LEN + AEAD_TAG_LEN]; /* zero once erased */
    uint8_t zero3[4];
};
_Static_assert(sizeof(struct stored_record) == 128, "stored_record layout");

enum index_kind { INDEX_CURRENT = 1, INDEX_FORMER = 2 };

struct stored_index {
    uint8_t reference[REFERENCE_LEN];
    uint8_t kind; /* enum index_kind */
    uint8_t zero[7];
};
_Static_assert(sizeof(struct stored_index) == 24, "stored_index layout");

/* A guess budget (budget.h). */
struct stored_budget {
    uint32_t day_spent;             /* within the 24 h from day_began_ms on */
    uint32_t life_spent;            /* references only */
    int64_t day_began_ms;           /* the vault's own clock (store_clock_ms) */
    char last_account[ACCOUNT_LEN]; /* that was charged last: it may not unlock */
};
_Static_assert(sizeof(struct stored_budget) == 48, "stored_budget layout");

/* Where a rotation is (rotation.h). */
struct stored_rotation {
    uint16_t version; /* 1 */
    uint16_t levels;  /* enum rotation_level whose former key is still in use */
    uint16_t phase;   /* enum rotation_phase */
    uint16_t place_length;
    uint8_t place[24];    /* key of the last row worked, place_length bytes; none: the phase begins */
    uint64_t done, total; /* rows worked, and there when it began */
    int64_t began_ms;     /* the vault's own clock */
};
_Static_assert(sizeof(struct stored_rotation) == 56, "stored_rotation layout");

struct stored_blob {
    uint8_t request_id[REQUEST_ID_LEN]; /* MATCH_CITIZEN: the case */
    uint8_t blob_hash[HASH_LEN];
    uint8_t reference[REFERENCE_LEN]; /* zero unless enrolled */
    uint16_t detail; /* what became of it: the same request again gets the same answer; NONE: compared */
    uint8_t zero[6];
};
_Static_assert(sizeof(struct stored_blob) == 72, "stored_blob layout");

#endif
