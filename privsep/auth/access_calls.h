/* The account calls about the access records. The call's own leaf is its caller's (account_calls.h). */
#ifndef SEKISHO_AUTH_ACCESS_CALLS_H
#define SEKISHO_AUTH_ACCESS_CALLS_H

#include "auth/account_store.h"

/*
 * Both write *result, and with ACCOUNT_BAD_FIELD reply->field; 0 or an LMDB code. In the open transaction; they change
 * nothing.
 */

/* ACCESS_LIST: rows of what was committed before this call, oldest first, and reply->next. A page may have fewer rows
 * than asked for, also none, and be followed by others. */
int access_list(struct account_store *store, const struct account_tenant *tenant, const struct account_call_plain *call,
                struct account_reply_plain *reply, enum account_result *result);

/* ACCESS_REVIEW (F096): the sign-off is the call's leaf, with period, findings and improvement. Checks that it says
 * something: a period that is over, and with findings what is to be improved. */
int access_review(const struct account_call_plain *call, int64_t now_us, struct account_reply_plain *reply,
                  enum account_result *result);

#endif
