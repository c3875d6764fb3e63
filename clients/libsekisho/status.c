#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/system_service.pb-c.h"

/* The public struct first: what the caller holds is the address of both. */
struct owned_status {
    struct sekisho_system_status public;
    ProtobufCMessage *message; /* owns the names */
    struct sekisho_prefecture_status prefectures[];
};

static void take_status(const Sekisho__V1__GetStatusResponse *response, struct owned_status *owned)
{
    struct sekisho_system_status *public = &owned->public;

    public->version = make_printable(response->version);
    if (response->start_time)
    public->start_us = response->start_time->seconds * 1000000 + response->start_time->nanos / 1000;
    if (response->uptime)
    public->uptime_ms = response->uptime->seconds * 1000 + response->uptime->nanos / 1000000;
    public->restarts = response->restarts;
    public->vault_available = response->vault_available;
    public->sessions = response->sessions;
    public->prefectures = owned->prefectures;
    public->prefecture_count = response->n_prefectures;
    for (size_t i = 0; i < response->n_prefectures; i++)
        owned->prefectures[i] =
            (struct sekisho_prefecture_status){.name = make_printable(response->prefectures[i]->name),
                                               .subjects = response->prefectures[i]->subjects,
                                               .ledger_leaves = response->prefectures[i]->ledger_leaves};
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
    *status_out = &owned->public;
    return SEKISHO_OK;
}

void sekisho_system_status_free(struct sekisho_system_status *status)
{
    struct owned_status *owned = (struct owned_status *)status;

    if (owned)
        protobuf_c_message_free_unpacked(owned->message, NULL);
    free(owned);
}
