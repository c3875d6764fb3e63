/*
 * Findings of the periodic inquiry (F006, F077; domain 10.6). A finding is a candidate: nothing here writes to an entry
 * of the register, and APPLIED only says which decision did (INV-15).
 */
#ifndef SEKISHO_FINDINGS_FINDING_H
#define SEKISHO_FINDINGS_FINDING_H

#include "sekisho/v1/finding_service.pb-c.h"
#include "server/register/register.h"

typedef Sekisho__V1__Finding finding;

/* May a finding go from one state to the other? */
bool finding_may_go(Sekisho__V1__FindingState from, Sekisho__V1__FindingState to);

/* Which items this class must name: none or some. False: an unknown class, an unknown or repeated item, or a wrong
 * number of them. */
bool finding_items_fit(const finding *of);

/* Codes of all: LMDB's, ENOMEM. Memory is the arena's; texts given must live until they are stored. */

/* FOUND, under the next number, of the version that the registration has now. MDB_NOTFOUND: no such registration in
 * this prefecture. EINVAL: not the name of one. */
int finding_add(struct reg *reg, MDB_txn *txn, int64_t now_us, finding *made, ProtobufCAllocator *arena);
/* With name and etag. MDB_NOTFOUND. */
int finding_get(const struct reg *reg, MDB_txn *txn, uint64_t number, ProtobufCAllocator *arena, finding **found);
/* Writes what the caller changed besides, in another state. EPERM: it may not go there. */
int finding_go(struct reg *reg, MDB_txn *txn, uint64_t number, finding *changed, Sekisho__V1__FindingState to,
               ProtobufCAllocator *arena);

/* Did `decision` make a version of the registration after the finding: as its application or disposition, or as the
 * version's own name when it is a correction? What the calendar did (the end of a suspension) is no decision.
 * MDB_NOTFOUND: no. */
int finding_decided_by(const struct reg *reg, MDB_txn *txn, const finding *of, const char *decision,
                       ProtobufCAllocator *arena);

#endif
