/* "Where is my application" (F070): the way of an application, nothing of its content. */
#ifndef SEKISHO_DESK_WHEREABOUTS_H
#define SEKISHO_DESK_WHEREABOUTS_H

#include "sekisho/v1/inquiry_desk_service.pb-c.h"
#include "server/register/register.h"

#define WHEREABOUTS_MAX 100

struct whereabouts {
    Sekisho__V1__ApplicationWhereabouts *rows[WHEREABOUTS_MAX];
    size_t count;
};

/* LMDB codes, ENOMEM. Drafts are not found. */

/* MDB_NOTFOUND. */
int whereabouts_of(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN],
                   ProtobufCAllocator *arena, struct whereabouts *found);
/* By birth date (yyyymmdd) and the key of the name; EINVAL: the name has no key. Newest first. */
int whereabouts_search(const struct reg *reg, MDB_txn *txn, int32_t birth, const char *name, ProtobufCAllocator *arena,
                       struct whereabouts *found);

#endif
