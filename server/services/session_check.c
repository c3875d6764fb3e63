#include "server/services/session_check.h"

#include <string.h>

#include "server/channel/auth_client.h"
#include "server/services/errors.h"
#include "server/services/methods.h"
#include "wire/access_entry.h"

static bool fail(struct rpc_error *error, const struct rpc_error *what)
{
    *error = *what;
    return false;
}

/* What is refused here vault and auth never see: it is recorded all the same (F103), or not answered. */
static bool fail_recorded(struct rpc_call *call, const struct session_row *row, enum access_event reason,
                          struct rpc_error *error, enum front_error what)
{
    const struct front *front = rpc_call_context(call);
    struct access_refused refused = {.reason = (uint16_t)reason, .method = rpc_call_method(call)->number};

    memcpy(refused.session, row->id, SESSION_ID_LEN);
    memcpy(refused.certificate, rpc_call_certificate(call), CERT_HASH_LEN);
    bool recorded =
        session_table_refusal(front->sessions, row->id, link_now_ms()) && auth_access_refused(front->auth, &refused);
    return fail(error, error_of_front(recorded ? what : FRONT_BUSY));
}

bool session_check(struct rpc_call *call, uint16_t tenant, const uint8_t id[SESSION_ID_LEN], struct session_row *row,
                   struct rpc_error *error)
{
    const struct front *front = rpc_call_context(call);

    enum session_found found = session_table_find(front->sessions, id, link_now_ms(), row);
    if (found == SESSION_UNKNOWN)
        return fail(error, error_of_call(CALL_UNKNOWN_SESSION));
    if (row->tenant != tenant)
        return fail(error, error_of_front(FRONT_UNKNOWN_SESSION));
    if (memcmp(row->certificate, rpc_call_certificate(call), CERT_HASH_LEN) != 0)
        return fail_recorded(call, row, ACCESS_CERTIFICATE_REFUSED, error, FRONT_WRONG_CERTIFICATE);
    if (found == SESSION_EXPIRED)
        return fail(error, error_of_call(CALL_EXPIRED));
    if (!method_permitted(rpc_call_method(call)->number, row->role))
        return fail_recorded(call, row, ACCESS_METHOD_REFUSED, error, FRONT_ROLE_NOT_PERMITTED);
    return true;
}
