/* OperationRecordService: who read or changed what in the register (F103, F107). */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "sekisho/v1/operation_record_service.pb-c.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"
#include "server/services/front.h"
#include "server/services/hex_id.h"
#include "server/services/methods.h"
#include "server/services/register_call.h"
#include "server/services/register_page.h"
#include "server/services/resource_name.h"

/* Records looked at in one call: the server's thread waits for it. */
#define LOOKED_AT_MAX 2000

typedef Sekisho__Stored__StoredOperation stored_operation;

static const char *role_text(uint32_t role)
{
    static const char *const codes[] = {
#define ROLE(code, number, permits) [number] = #code,
#include "wire/roles.def"
#undef ROLE
    };

    return role < sizeof codes / sizeof codes[0] && codes[role] ? codes[role] : "";
}

static const char *method_text(uint32_t method)
{
    static const char *const names[METHOD_END] = {
#define METHOD(number, service, method, roles) [number] = #service "." #method,
#include "server/services/methods.def"
#undef METHOD
    };

    return method < METHOD_END && names[method] ? names[method] : "";
}

/* ---- where to begin ---- */

/* A record, unpacked into the call's memory; 0 or the store's code. */
static int get(struct register_call *call, uint64_t number, stored_operation **operation)
{
    uint64_t key = htobe64(number);

    return record_get(call->txn, call->reg->table[TABLE_operation], &key, sizeof key,
                      &sekisho__stored__stored_operation__descriptor, &call->arena, (ProtobufCMessage **)operation);
}

static int last_number(const struct register_call *call, uint64_t *number)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(call->txn, call->reg->table[TABLE_operation], &cursor);

    if (rc != 0)
        return rc;
    *number = 0;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (rc == 0) {
        memcpy(number, key.mv_data, sizeof *number);
        *number = be64toh(*number);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The first record of from_us or later: numbers and times grow together, but for a clock that was set back. */
static int first_since(struct register_call *call, int64_t from_us, uint64_t last, uint64_t *number)
{
    uint64_t low = 1, high = last + 1;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        stored_operation *operation;
        int rc = get(call, middle, &operation);
        if (rc != 0)
            return rc;
        if (operation->time_us < from_us)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return 0;
}

/* ---- the list ---- */

static bool below(const char *object, const char *wanted)
{
    size_t length = strlen(wanted);

    return strncmp(object, wanted, length) == 0 && (object[length] == '\0' || object[length] == '/');
}

static bool wanted(const Sekisho__V1__ListOperationsRequest *request, const stored_operation *operation)
{
    return (request->account[0] == '\0' || strcmp(operation->account, request->account) == 0) &&
           (request->object[0] == '\0' || below(operation->object, request->object)) &&
           (!request->refused_only || operation->refusal[0] != '\0');
}

static Sekisho__V1__OperationRecord *show(struct register_call *call, uint64_t number,
                                          const stored_operation *operation)
{
    Sekisho__V1__OperationRecord *shown =
        REGISTER_NEW(call, Sekisho__V1__OperationRecord, SEKISHO__V1__OPERATION_RECORD__INIT);
    char session[SESSION_NAME_SIZE] = "";

    if (!shown)
        return NULL;
    if (operation->session.len == SESSION_ID_LEN)
        session_name_format(call->reg->tenant, operation->session.data, session);
    shown->name = register_printf(call, "prefectures/%02u/operationRecords/%" PRIu64, call->reg->tenant, number);
    shown->time_us = operation->time_us;
    shown->account = operation->account;
    shown->role = (char *)(uintptr_t)role_text(operation->role);
    shown->method = (char *)(uintptr_t)method_text(operation->method);
    shown->object = operation->object;
    shown->refusal = operation->refusal;
    shown->session = register_strdup(call, session);
    return shown->name && shown->session ? shown : NULL;
}

/* Fills the answer from *number on; *number is then the next to look at. 0 or the store's code. */
static int fill(struct register_call *call, const Sekisho__V1__ListOperationsRequest *request, uint32_t rows,
                uint64_t last, uint64_t *number, Sekisho__V1__ListOperationsResponse *response)
{
    for (unsigned looked_at = 0; *number <= last && looked_at < LOOKED_AT_MAX && response->n_operations < rows;
         ++*number, looked_at++) {
        stored_operation *operation;
        int rc = get(call, *number, &operation);
        if (rc != 0)
            return rc;
        if (request->until_time_us != 0 && operation->time_us >= request->until_time_us) {
            *number = last + 1;
            return 0;
        }
        if (!wanted(request, operation))
            continue;
        if (!(response->operations[response->n_operations++] = show(call, *number, operation)))
            return MDB_MAP_FULL;
    }
    return 0;
}

static bool check_times(struct register_call *call, const Sekisho__V1__ListOperationsRequest *request)
{
    const char *field = NULL;

    if (request->from_time_us < 0)
        field = "from_time_us";
    else if (request->until_time_us < 0)
        field = "until_time_us";
    if (field)
        register_fail(call, REGISTER_BAD_FIELD, field, NULL);
    return !field;
}

static int begin(struct register_call *call, const Sekisho__V1__ListOperationsRequest *request,
                 const struct register_page *page, uint64_t last, uint64_t *number)
{
    if (page->key_length == 0)
        return first_since(call, request->from_time_us, last, number);
    memcpy(number, page->key, sizeof *number);
    return 0;
}

static const ProtobufCMessage *list_operations(struct register_call *call)
{
    const Sekisho__V1__ListOperationsRequest *request = (const Sekisho__V1__ListOperationsRequest *)call->request;
    Sekisho__V1__ListOperationsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListOperationsResponse, SEKISHO__V1__LIST_OPERATIONS_RESPONSE__INIT);
    struct register_page page;
    uint64_t last, number;
    uint16_t tenant;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (!check_times(call, request) || !register_page(call, &page))
        return NULL;
    if (page.key_length != 0 && page.key_length != sizeof number)
        return register_fail(call, REGISTER_BAD_PAGE, "page_token", NULL);
    response->operations = register_alloc(call, page.rows * sizeof(Sekisho__V1__OperationRecord *));
    if (!response->operations)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    int rc = last_number(call, &last);
    if (rc == 0)
        rc = begin(call, request, &page, last, &number);
    if (rc == 0)
        rc = fill(call, request, page.rows, last, &number, response);
    if (rc != 0)
        return register_fail_store(call, rc);
    if (number <= last && !(response->next_page_token = register_page_token(call, &page, &number, sizeof number)))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    return &response->base;
}

static void on_list_operations(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list_operations);
}

const struct rpc_method operation_record_methods[] = {
    {METHOD_ROW(OperationRecordService, ListOperations), .kind = RPC_UNARY, .on_message = on_list_operations},
};
const size_t operation_record_method_count = sizeof operation_record_methods / sizeof operation_record_methods[0];
