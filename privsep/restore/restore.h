/*
 * Restores a backup (crypto/backup_file.h) into a folder that holds no store yet, offline. Everything is loaded into a
 * new folder beside it, checked, made durable, and only then put in its place by rename(2): whatever ends a restore
 * before, there is no half store under the name.
 *
 * Checked is: every chunk, its place and the signed end; the number of rows of every database; that the tenants' keys
 * open under the root key; that the ledger's leaves are what their entries say, that they give the root of the signed
 * tree head, and that every stored node is theirs; that every sealed number opens, and every row of the index is one of
 * theirs.
 *
 * The journal of erasures is not in a backup: see vault/erasures.h for what a restored store needs before it serves.
 */
#ifndef SEKISHO_RESTORE_RESTORE_H
#define SEKISHO_RESTORE_RESTORE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/backup_file.h"

enum restore_status {
    RESTORE_DONE,
    RESTORE_NOT_A_BACKUP,
    RESTORE_OTHER_VERSION,
    RESTORE_OTHER_KEY, /* sealed to another public key than that of this private one */
    RESTORE_TRUNCATED,
    RESTORE_DAMAGED_HEAD, /* or its first chunk, which does not open when either has been changed */
    RESTORE_DAMAGED,      /* report.chunk: the first that is not as the vault wrote it, at this place */
    RESTORE_DAMAGED_END,
    RESTORE_UNREADABLE,     /* report.code: errno of reading it */
    RESTORE_OTHER_ROOT_KEY, /* the tenants' keys do not open under it */
    RESTORE_NOT_SIGNED,     /* whole, but the vault whose keys are in it did not sign it */
    RESTORE_INCONSISTENT,   /* report.what of report.tenant */
    RESTORE_NOT_EMPTY,      /* the folder, or what is there is none */
    RESTORE_DISK,           /* report.code: errno or LMDB's code of writing it */
    RESTORE_STATUS_COUNT
};

/* What did not agree. */
enum restore_check {
    RESTORE_CHECK_ROWS,    /* a database has not the rows that were counted */
    RESTORE_CHECK_KEYS,    /* tenant keys are missing, or not those of the tree head */
    RESTORE_CHECK_LEDGER,  /* a leaf is not what its entry says, or the leaves do not give the stored tree */
    RESTORE_CHECK_HEAD,    /* the signed tree head is not that of the tree */
    RESTORE_CHECK_RECORDS, /* a sealed number does not open, or has no row in the index */
    RESTORE_CHECK_COUNTS,  /* subjects, index rows or erasures are not as many as they should be */
    RESTORE_CHECK_COUNT
};

struct restore_report {
    uint64_t chunk; /* 1, 2, ... */
    int code;
    uint16_t tenant; /* 0: none in particular */
    enum restore_check what;
    /* Of a backup that was restored: */
    struct backup_head head;
    uint64_t rows;
    size_t tenant_count;
    struct backup_tenant tenants[TENANTS_MAX]; /* those that were served */
};

struct restore_request {
    int backup;                           /* a regular file, open for reading */
    const uint8_t *backup_key, *root_key; /* 32 bytes each */
    const char *store;                    /* folder: absent or empty */
    uint32_t owner; /* uid and gid that the folder and the store are given; UINT32_MAX: nobody else */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes; NULL: nobody wants to know */
    void *context;
};

/* Of the secret arena (crypto/secret.h), which the caller opens before; one restore a process. */
size_t restore_arena_bytes(void);
enum restore_status restore_store(const struct restore_request *request, struct restore_report *report);

#endif
