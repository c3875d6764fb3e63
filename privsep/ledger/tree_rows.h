/* Where the hashes of a tree lie: two LMDB databases with keys in ascending order (MDB_INTEGERKEY). */
#ifndef SEKISHO_LEDGER_TREE_ROWS_H
#define SEKISHO_LEDGER_TREE_ROWS_H

#include <lmdb.h>

#include "ledger/merkle.h"

/*
 *   leaf  u64 index                -> leaf hash[32]
 *   node  u64 level << 56 | index  -> inner node[32] of a stored level (merkle.h)
 */
struct tree_rows {
    MDB_txn *txn;
    MDB_dbi leaf, node;
};

/* The tree as merkle.h takes it; lives as long as `rows`. Codes are LMDB's: a hash that is missing is MDB_CORRUPTED. */
struct merkle_store tree_rows_store(struct tree_rows *rows);

/* One past the last key of an append-only database with u64 keys. */
int tree_rows_next(MDB_txn *txn, MDB_dbi dbi, uint64_t *next);

#endif
