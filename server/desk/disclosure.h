/* Requests for disclosure, correction and suspension of use (F168, F169; domain 10.6). */
#ifndef SEKISHO_DESK_DISCLOSURE_H
#define SEKISHO_DESK_DISCLOSURE_H

#include "sekisho/v1/inquiry_desk_service.pb-c.h"
#include "server/register/register.h"

typedef Sekisho__V1__DisclosureRequest disclosure;

/* 個人情報保護法83条; the office may set another day. */
#define DISCLOSURE_DAYS 30

/* Which item is missing or not good, as "disclosure_request.content"; NULL: none. */
const char *disclosure_wrong_item(const disclosure *request, int32_t today);

/* Codes of the following: LMDB's, ENOMEM. Memory is the arena's; texts given must live until they are stored. */

/* RECEIVED, under the next number; without due date DISCLOSURE_DAYS after the reception. */
int disclosure_add(struct reg *reg, MDB_txn *txn, int64_t now_us, disclosure *made, const char *account,
                   ProtobufCAllocator *arena);
/* With name, etag and whether it is overdue on `today`. MDB_NOTFOUND. */
int disclosure_get(const struct reg *reg, MDB_txn *txn, uint64_t number, int32_t today, ProtobufCAllocator *arena,
                   disclosure **found);

/* May it get from one state to the other? A step that changes no state (a later due date) is from and to the same. */
bool disclosure_possible(Sekisho__V1__DisclosureState from, Sekisho__V1__DisclosureState to);
/* The request, changed by the caller, gets into the state; a step is noted. */
int disclosure_step(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, disclosure *changed,
                    Sekisho__V1__DisclosureState to, const char *account, ProtobufCAllocator *arena);

#endif
