/* Every way a call of the API can fail: code, reason (stable), English and Japanese message. The .proto files list
 * them. */
#ifndef SEKISHO_SERVICES_ERRORS_H
#define SEKISHO_SERVICES_ERRORS_H

#include "server/channel/link.h"
#include "server/rpc/rpc.h"
#include "wire/account_messages.h"
#include "wire/ledger_messages.h"

/* Failures that the front itself finds. */
enum front_error {
    FRONT_VAULT_UNAVAILABLE,
    FRONT_AUTH_UNAVAILABLE,
    FRONT_WARDEN_UNAVAILABLE,
    FRONT_BUSY,
    FRONT_UNKNOWN_PREFECTURE,
    FRONT_UNKNOWN_SESSION,   /* of a name that a method is to act on: NOT_FOUND */
    FRONT_WRONG_CERTIFICATE, /* a session used over another connection than its own */
    FRONT_BAD_PREFECTURE_NAME,
    FRONT_BAD_SESSION_NAME,
    FRONT_BAD_LENGTH,
    FRONT_BAD_CALL,
    FRONT_BAD_ENTRY_NAME,
    FRONT_BAD_PAGE,
    FRONT_LEDGER_OUT_OF_RANGE,
    FRONT_BACKUP_GONE,
    FRONT_ROLE_NOT_PERMITTED, /* methods.def */
    FRONT_NO_TERMS,
    FRONT_ACCOUNTS_UNWRITABLE,
    FRONT_ERROR_COUNT
};

/* Never NULL but for CALL_OK, LOGIN_OK and LEDGER_OK. Static. */
const struct rpc_error *error_of_call(enum call_status status);
const struct rpc_error *error_of_login(enum login_status status);
const struct rpc_error *error_of_account(enum account_call_status status); /* NULL for ACCOUNT_CALL_OK */
const struct rpc_error *error_of_ledger(enum ledger_status status);
const struct rpc_error *error_of_front(enum front_error error);

/* For a request that could not be sent; `unavailable` says whose absence LINK_UNRESPONSIVE is. */
const struct rpc_error *error_of_link(enum link_sent sent, enum front_error unavailable);

/* Finishes the call with an error about one field of its request. */
void finish_with_field(struct rpc_call *call, enum front_error error, const char *field, const char *description);

#endif
