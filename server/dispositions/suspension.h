/* 名称の使用の停止 begins and ends by the calendar of Japan, whether the server ran at that moment or not. */
#ifndef SEKISHO_DISPOSITIONS_SUSPENSION_H
#define SEKISHO_DISPOSITIONS_SUSPENSION_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

/* Brings an entry that was read to a day (yyyymmdd): SUSPENDED from the first day of its suspension to the last, also
 * before the sweep has written it. The entry's memory must be an arena's. */
void suspension_view(Sekisho__Stored__StoredEntry *entry, int32_t day);

/* Writes the versions of an entry whose suspension has begun or ended by now: before anything else is done to it. An
 * LMDB code. */
int suspension_settle(struct reg *reg, MDB_txn *txn, int64_t now_us, ProtobufCAllocator *arena,
                      Sekisho__Stored__StoredEntry *entry);

/* Notes in the calendar when a suspension begins (if that is yet to come) and is over. */
int suspension_schedule(struct reg *reg, MDB_txn *txn, uint32_t serial, int32_t from, int32_t to, int32_t today);

/* Writes what the calendar has brought about since it ran last. For reg_daily. */
int suspension_sweep(struct reg *reg, MDB_txn *txn, int64_t now_us);

#endif
