/* Which fields each account call takes, and what may stand in them. */
#ifndef SEKISHO_AUTH_ACCOUNT_FIELDS_H
#define SEKISHO_AUTH_ACCOUNT_FIELDS_H

#include "crypto/account_call.h"

/* Of BAD_FIELD: where in the call. */
#define CALL_FIELD(name) ((uint16_t)offsetof(struct account_call_plain, name))

/* ACCOUNT_DONE, or ACCOUNT_BAD_FIELD and the first field that the operation needs and has not, has and does not take,
 * or that is not of its form. What it means is not looked at. `call` is well-formed. */
enum account_result account_fields_check(const struct account_call_plain *call, uint16_t *field);

#endif
