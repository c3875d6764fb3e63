/*
 * Taking over a register kept before. A batch of rows is one job: its entries, its faults and how far the import is go
 * to the disk together, so that a cut-off import goes on after its last row and no row is there twice or half.
 */
#ifndef SEKISHO_REGISTER_IMPORT_H
#define SEKISHO_REGISTER_IMPORT_H

#include "sekisho/v1/register_service.pb-c.h"
#include "server/register/register.h"

struct import_batch {
    uint8_t id[REGISTER_ID_LEN];
    const char *account;
    Sekisho__V1__ImportRow *const *rows; /* changed: ids and derived fields are filled */
    size_t count;
    ProtobufCAllocator *arena;
    /* The numbers that a dry run has seen; NULL: no dry run. */
    struct number_set *seen;
    /* Out. */
    Sekisho__V1__Import *import;       /* as it is after the batch */
    Sekisho__V1__ImportFault **faults; /* of this batch, room for `count` */
    size_t fault_count;
};

/* 0, EPERM (another account's import), ERANGE (rows that do not ascend), or a code of the store: then nothing is
 * changed. A dry run changes nothing but `seen` and *import, which the caller keeps between batches. */
int import_run(struct reg *reg, MDB_txn *txn, int64_t now_us, struct import_batch *batch);

/* MDB_NOTFOUND. */
int import_get(const struct reg *reg, MDB_txn *txn, const uint8_t id[REGISTER_ID_LEN], ProtobufCAllocator *allocator,
               Sekisho__V1__Import **import);

/* Serial numbers seen, one bit each; its memory is used as numbers are. */
struct number_set *number_set_new(void);
void number_set_free(struct number_set *set);
/* False: it was there. */
bool number_set_add(struct number_set *set, uint32_t serial);

#endif
