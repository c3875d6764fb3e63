/* The record of operations (F103, INV-13): who read or changed what, and what was refused. Only grows. */
#ifndef SEKISHO_REGISTER_OPERATION_H
#define SEKISHO_REGISTER_OPERATION_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

/* Under the next number. */
int operation_add(const struct reg *reg, MDB_txn *txn, const Sekisho__Stored__StoredOperation *operation);

#endif
