/*
 * The schema of a register: a number in `meta`, and the steps from each number to the next. Steps run at open, all in
 * the transaction that opens the tables: a register is of one schema or of the next, never between.
 */
#ifndef SEKISHO_REGISTER_SCHEMA_H
#define SEKISHO_REGISTER_SCHEMA_H

#include "server/register/register.h"

/* MDB_VERSION_MISMATCH when the register is of a newer schema; 0 also when it is new. Needs TABLE_meta only. */
int schema_check(struct reg *reg, MDB_txn *txn);
/* Brings it to REGISTER_SCHEMA. */
int schema_bring(struct reg *reg, MDB_txn *txn);

typedef int schema_step(struct reg *reg, MDB_txn *txn);
/* The same to any schema: steps[i] makes schema i+2 of schema i+1. For schema_bring and its test. */
int schema_run(struct reg *reg, MDB_txn *txn, schema_step *const *steps, uint32_t newest);

/* A number of `meta`; 0 when there is none. */
int meta_get(const struct reg *reg, MDB_txn *txn, const char *name, uint64_t *value);
int meta_put(const struct reg *reg, MDB_txn *txn, const char *name, uint64_t value);

#endif
