/* RegisterService: the entries of the register, as they are and as they were. */
#include "server/services/register_service.h"

#include <errno.h>
#include <string.h>

#include "server/dispositions/suspension.h"
#include "server/register/checks.h"
#include "server/services/front.h"
#include "server/services/methods.h"

#define BATCH_MAX 1000

Sekisho__V1__Registration *registration_seen(stored_entry *entry, int32_t day)
{
    suspension_view(entry, day);
    return entry->registration;
}

char *register_account(struct register_call *call)
{
    return register_printf(call, "%.*s", ACCOUNT_LEN, call->caller.account);
}

/* "" or "/revisions/{version}". */
static bool parse_revision(const char *rest, uint64_t *version)
{
    static const char revisions[] = "/revisions/";

    *version = 0;
    if (rest[0] == '\0')
        return true;
    if (strncmp(rest, revisions, sizeof revisions - 1) != 0)
        return false;
    rest += sizeof revisions - 1;
    size_t digits = strspn(rest, "0123456789");
    if (digits == 0 || digits > 18 || rest[digits] != '\0' || rest[0] == '0')
        return false;
    for (size_t i = 0; i < digits; i++)
        *version = *version * 10 + (uint64_t)(rest[i] - '0');
    return true;
}

/* ---- GetRegistration ---- */

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetRegistrationRequest *request = (const void *)call->request;
    Sekisho__V1__GetRegistrationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetRegistrationResponse, SEKISHO__V1__GET_REGISTRATION_RESPONSE__INIT);
    int64_t moment = request->as_of_record_time_us;
    stored_entry *entry;
    uint64_t version;
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    if (!entry_name_parse(request->name, &tenant, &serial, &rest) || !parse_revision(rest, &version))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", "must be an entry or a revision of one");
    if (request->as_of_date && !date_is_day(request->as_of_date))
        return register_fail(call, REGISTER_BAD_FIELD, "as_of_date", "must be a whole date");
    if (moment < 0 || (version != 0 && (moment != 0 || request->as_of_date)))
        return register_fail(call, REGISTER_BAD_FIELD, "as_of_record_time_us",
                             "must not be negative or with a revision");
    int rc = version != 0 ? entry_get_version(call->reg, call->txn, serial, version, &call->arena, &entry)
                          : entry_get_as_of(call->reg, call->txn, serial, date_value(request->as_of_date), moment,
                                            &call->arena, &entry);
    if (rc != 0 || !response)
        return register_fail_store(call, rc != 0 ? rc : ENOMEM);
    int32_t day = date_value(request->as_of_date);
    if (day == 0)
        day = date_today(moment != 0 ? moment : call->now_us);
    response->registration = version != 0 ? entry->registration : registration_seen(entry, day);
    return &response->base;
}

static void get_registration(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

/* ---- BatchGetRegistrations ---- */

static int batch_row(struct register_call *call, const char *name, Sekisho__V1__BatchGetRegistrationsResponse__Row *row)
{
    static char not_found[] = "NOT_FOUND", bad_name[] = "BAD_RESOURCE_NAME";
    stored_entry *entry;
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    row->name = (char *)(uintptr_t)name;
    if (!entry_name_parse(name, &tenant, &serial, &rest) || *rest != '\0') {
        row->reason = bad_name;
        return 0;
    }
    int rc = tenant == call->reg->tenant ? entry_get(call->reg, call->txn, serial, &call->arena, &entry) : MDB_NOTFOUND;
    if (rc == 0)
        row->registration = registration_seen(entry, date_today(call->now_us));
    else if (rc == MDB_NOTFOUND)
        row->reason = not_found;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static const ProtobufCMessage *batch_get(struct register_call *call)
{
    typedef Sekisho__V1__BatchGetRegistrationsResponse__Row row;
    const Sekisho__V1__BatchGetRegistrationsRequest *request = (const void *)call->request;
    Sekisho__V1__BatchGetRegistrationsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__BatchGetRegistrationsResponse, SEKISHO__V1__BATCH_GET_REGISTRATIONS_RESPONSE__INIT);

    if (request->n_names == 0 || request->n_names > BATCH_MAX)
        return register_fail(call, REGISTER_BAD_FIELD, "names", "must be 1 to 1,000");
    row **rows = register_alloc(call, request->n_names * sizeof(row *));
    if (!response || !rows)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    for (size_t i = 0; i < request->n_names; i++) {
        rows[i] = REGISTER_NEW(call, row, SEKISHO__V1__BATCH_GET_REGISTRATIONS_RESPONSE__ROW__INIT);
        int rc = rows[i] ? batch_row(call, request->names[i], rows[i]) : ENOMEM;
        if (rc != 0)
            return register_fail_store(call, rc);
    }
    response->rows = rows;
    response->n_rows = request->n_names;
    return &response->base;
}

static void batch_get_registrations(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, batch_get);
}

const struct rpc_method register_methods[] = {
    {METHOD_ROW(RegisterService, GetRegistration), .on_message = get_registration},
    {METHOD_ROW(RegisterService, ListRegistrations), .on_message = list_registrations},
    {METHOD_ROW(RegisterService, BatchGetRegistrations), .on_message = batch_get_registrations},
    {METHOD_ROW(RegisterService, ListRegistrationRevisions), .on_message = list_registration_revisions},
    {METHOD_ROW(RegisterService, CorrectRegistration), .on_message = correct_registration},
    {METHOD_ROW(RegisterService, ImportRegistrations), .kind = RPC_BIDI_STREAM, .on_message = import_message,
     .on_half_close = import_end, .on_cancel = import_end, .on_sent = import_sent, .on_done = import_done},
    {METHOD_ROW(RegisterService, GetImport), .on_message = get_import},
    {METHOD_ROW(RegisterService, ListImportFaults), .on_message = list_import_faults},
};
const size_t register_method_count = sizeof register_methods / sizeof register_methods[0];
