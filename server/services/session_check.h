/* May this connection use this session for this method? */
#ifndef SEKISHO_SERVICES_SESSION_CHECK_H
#define SEKISHO_SERVICES_SESSION_CHECK_H

#include "server/services/front.h"

/* *row is the session's. False: *error says why (static texts). A session of another prefecture than its name says is
 * NOT_FOUND. A session over another connection than its own, and a method that its role may not call, are reported to
 * auth: BUSY when that cannot be done now, or too often. */
bool session_check(struct rpc_call *call, uint16_t tenant, const uint8_t id[SESSION_ID_LEN], struct session_row *row,
                   struct rpc_error *error);

#endif
