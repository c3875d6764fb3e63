#include "server/services/caller.h"

#include <string.h>

#include "server/channel/auth_client.h"
#include "server/services/errors.h"
#include "server/services/resource_name.h"
#include "server/services/session_check.h"

#define METADATA_KEY "sekisho-session"

static bool fail_name(struct rpc_error *error, const char *description)
{
    *error = *error_of_front(FRONT_BAD_SESSION_NAME);
    error->field = METADATA_KEY;
    error->field_description = description;
    return false;
}

/* auth ends sessions that nobody uses, and sees none of these calls. */
static void report_use(struct rpc_call *call, const uint8_t id[SESSION_ID_LEN])
{
    const struct front *front = rpc_call_context(call);

    if (session_table_worked(front->sessions, id, link_now_ms()))
        auth_session_worked(front->auth, id);
}

bool caller_of(struct rpc_call *call, struct caller *caller, struct rpc_error *error)
{
    char name[SESSION_NAME_SIZE];
    struct session_row row;
    uint16_t tenant;
    size_t length;
    uint8_t id[SESSION_ID_LEN];
    const char *value = rpc_call_metadata(call, METADATA_KEY, &length);

    if (!value)
        return fail_name(error, "request metadata is required");
    if (length >= sizeof name || memchr(value, '\0', length))
        return fail_name(error, "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
    memcpy(name, value, length);
    name[length] = '\0';
    if (!session_name_parse(name, &tenant, id))
        return fail_name(error, "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
    if (!session_check(call, tenant, id, &row, error))
        return false;
    report_use(call, id);
    *caller = (struct caller){.tenant = row.tenant, .role = row.role};
    memcpy(caller->account, row.account, ACCOUNT_LEN);
    memcpy(caller->person, row.person, PERSON_TAG_LEN);
    memcpy(caller->session, id, SESSION_ID_LEN);
    memcpy(caller->certificate, row.certificate, CERT_HASH_LEN);
    return true;
}
