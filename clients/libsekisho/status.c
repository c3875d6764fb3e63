#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/system_service.pb-c.h"

/* The public struct first: what the caller holds is the address of both. */
struct owned_status {
    struct sekisho_system_status shown;
    ProtobufCMessage *message; /* owns the names */
    struct sekisho_prefecture_status prefectures[];
};

/* The ranges of timestamp.proto and duration.proto; what is beyond them is of a server that lies, and would overflow.
 */
#define TIMESTAMP_MIN_S (-62135596800)
#define TIMESTAMP_MAX_S 253402300799
#define DURATION_MAX_S  315576000000

static int64_t microseconds_of(const Google__Protobuf__Timestamp *time)
{
    if (!time || time->seconds < TIMESTAMP_MIN_S || time->seconds > TIMESTAMP_MAX_S)
        return 0;
    return time->seconds * 1000000 + time->nanos / 1000;
}

static int64_t milliseconds_of(const Google__Protobuf__Duration *time)
{
    if (!time || time->seconds < -DURATION_MAX_S || time->seconds > DURATION_MAX_S)
        return 0;
    return time->seconds * 1000 + time->nanos / 1000000;
}

static void take_status(const Sekisho__V1__GetStatusResponse *response, struct owned_status *owned)
{
    owned->shown = (struct sekisho_system_status){
        .version = make_printable(response->version),
        .start_us = microseconds_of(response->start_time),
        .uptime_ms = milliseconds_of(response->uptime),
        .restarts = response->restarts,
        .vault_available = response->vault_available,
        .sessions = response->sessions,
        .prefectures = owned->prefectures,
        .prefecture_count = response->n_prefectures,
    };
    for (size_t i = 0; i < response->n_prefectures; i++)
        owned->prefectures[i] =
            (struct sekisho_prefecture_status){.name = make_printable(response->prefectures[i]->name),
                                               .subjects = response->prefectures[i]->subjects,
                                               .ledger_leaves = response->prefectures[i]->ledger_leaves,
                                               .record_key_version = response->prefectures[i]->record_key_version,
                                               .index_key_version = response->prefectures[i]->index_key_version,
                                               .rotation = (enum sekisho_rotation)response->prefectures[i]->rotation,
                                               .rotated_rows = response->prefectures[i]->rotated_rows,
                                               .rotating_rows = response->prefectures[i]->rotating_rows};
}

enum sekisho_status sekisho_get_status(struct sekisho_client *client, struct sekisho_system_status **status_out,
                                       struct sekisho_error *error)
{
    Sekisho__V1__GetStatusRequest request = SEKISHO__V1__GET_STATUS_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = unary_call(client, "/sekisho.v1.SystemService/GetStatus", &request.base,
                                            &sekisho__v1__get_status_response__descriptor, &answer, error);

    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__GetStatusResponse *response = (const Sekisho__V1__GetStatusResponse *)answer;
    struct owned_status *owned = calloc(1, sizeof *owned + response->n_prefectures * sizeof owned->prefectures[0]);
    if (!owned) {
        protobuf_c_message_free_unpacked(answer, NULL);
        return error_memory(error);
    }
    owned->message = answer;
    take_status(response, owned);
    *status_out = &owned->shown;
    return SEKISHO_OK;
}

void sekisho_system_status_free(struct sekisho_system_status *status)
{
    struct owned_status *owned = (struct owned_status *)status;

    if (owned)
        protobuf_c_message_free_unpacked(owned->message, NULL);
    free(owned);
}
