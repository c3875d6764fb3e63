#include "record_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "ledger_job.h"

const char *record_operation(const struct sekisho_access_record *record)
{
    return record->event == SEKISHO_ACCESS_OPERATION ? sekisho_account_operation_name(record->operation) : "";
}

const char *record_result(const struct sekisho_access_record *record)
{
    if (record->event == SEKISHO_ACCESS_OPERATION)
        return sekisho_account_result_name(record->result);
    return record->event == SEKISHO_ACCESS_LOGIN_FAILED ? sekisho_login_refusal_name(record->result) : "";
}

static json_t *text_json(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *role_json(unsigned role)
{
    return role != 0 ? json_string(sekisho_role_name(role)) : json_null();
}

static json_t *time_json(int64_t us)
{
    char text[TIME_TEXT_LEN];

    time_format(us, text);
    return us != 0 ? json_string(text) : json_null();
}

/* `method` of METHOD_REFUSED is the number of the row in server/services/methods.def. */
json_t *record_json(const struct sekisho_access_record *record)
{
    unsigned method = record->event == SEKISHO_ACCESS_METHOD_REFUSED ? record->operation : 0;
    char name[64];

    snprintf(name, sizeof name, "prefectures/%02u/accessRecords/%" PRIu64, record->prefecture % 100, record->index);
    json_t *object = json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", name, "index",
                               (json_int_t)record->index, "time", time_json(record->time_us), "event",
                               sekisho_access_event_name(record->event), "account", text_json(record->account), "role",
                               role_json(record->role), "terminal", text_json(record->terminal), "operation",
                               text_json(record_operation(record)), "result", text_json(record_result(record)),
                               "object", text_json(record->object), "object_role", role_json(record->object_role));
    json_t *rest = json_pack(
        "{s:i, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "method", (int)method, "from", time_json(record->start_us),
        "until", time_json(record->end_us), "findings", (int)record->findings, "note", text_json(record->note),
        "session", hex_json(record->session, sizeof record->session), "certificate",
        hex_json(record->certificate, sizeof record->certificate), "leaf_hash",
        hex_json(record->leaf_hash, sizeof record->leaf_hash), "data", hex_json(record->data, sizeof record->data));

    json_object_update(object, rest);
    json_decref(rest);
    return object;
}
