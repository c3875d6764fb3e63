#include "server/services/session_check.h"

#include <string.h>

#include "server/services/errors.h"

static bool fail(struct rpc_error *error, const struct rpc_error *what)
{
    *error = *what;
    return false;
}

bool session_check(struct rpc_call *call, uint16_t tenant, const uint8_t id[SESSION_ID_LEN], struct rpc_error *error)
{
    const struct front *front = rpc_call_context(call);
    struct session_row row;

    enum session_found found = session_table_find(front->sessions, id, link_now_ms(), &row);
    if (found == SESSION_UNKNOWN || row.tenant != tenant)
        return fail(error, error_of_call(CALL_UNKNOWN_SESSION));
    if (memcmp(row.certificate, rpc_call_certificate(call), CERT_HASH_LEN) != 0)
        return fail(error, error_of_front(FRONT_WRONG_CERTIFICATE));
    if (found == SESSION_EXPIRED)
        return fail(error, error_of_call(CALL_EXPIRED));
    return true;
}
