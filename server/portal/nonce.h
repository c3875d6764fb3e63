/*
 * Nonces of submissions. One is made for a draft, is in the text that is signed, and is taken once: what is not in the
 * table has been used. Taking it happens before anything is computed with a signature (domain 5.6, step 2).
 */
#ifndef SEKISHO_PORTAL_NONCE_H
#define SEKISHO_PORTAL_NONCE_H

#include "server/register/register.h"

#define NONCE_LEN     16
#define NONCE_LIFE_US (INT64_C(30) * 60 * 1000000)

/* A new one for this application. An LMDB code. */
int nonce_make(const struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t application[REGISTER_ID_LEN],
               uint8_t nonce[NONCE_LEN], int64_t *expire_us);

/* 0: it was good, and is gone; MDB_NOTFOUND: used before, or not this application's; ETIME: too old; else of LMDB. */
int nonce_take(const struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t nonce[NONCE_LEN],
               const uint8_t application[REGISTER_ID_LEN]);

/* Makes it void, if it is still there. */
int nonce_drop(const struct reg *reg, MDB_txn *txn, const uint8_t nonce[NONCE_LEN]);

#endif
