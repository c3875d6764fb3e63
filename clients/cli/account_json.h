/* Accounts, sessions and terminals as JSON. Times are RFC 3339 in UTC, null for never. */
#ifndef SEKISHO_CLI_ACCOUNT_JSON_H
#define SEKISHO_CLI_ACCOUNT_JSON_H

#include <jansson.h>

#include "sekisho_accounts.h"

/* Each is the caller's; NULL without memory. */
json_t *account_json(const struct sekisho_account *account);
json_t *live_session_json(const struct sekisho_live_session *session);
json_t *terminal_json(const struct sekisho_terminal *terminal);

#endif
