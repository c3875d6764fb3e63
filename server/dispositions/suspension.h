/* 名称の使用の停止 begins and ends by the calendar of Japan, whether the server ran at that moment or not. */
#ifndef SEKISHO_DISPOSITIONS_SUSPENSION_H
#define SEKISHO_DISPOSITIONS_SUSPENSION_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

/* Brings an entry that was read to a day (yyyymmdd): SUSPENDED from the first day of its suspension to the last, also
 * before the sweep has written it. The entry's memory must be an arena's. */
void suspension_view(Sekisho__Stored__StoredEntry *entry, int32_t day);

/* Writes the versions of suspensions that have begun or ended since it ran last, at most 1,000, oldest first. For
 * reg_daily. 0: none is left; 1: some are; else an LMDB code. */
int suspension_sweep(struct reg *reg, MDB_txn *txn, int64_t now_us);

#endif
