/* google.rpc.Status of a failed call (AIP-193): what the server said beyond the status code. */
#include "internal.h"

#include <grpc/status.h>
#include <stdio.h>
#include <string.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"

#define TYPE_PREFIX "type.googleapis.com/google.rpc."

static void take_text(char *out, size_t size, const char *text)
{
    copy_printable(out, size, text, strlen(text));
}

static void take_error_info(struct sekisho_error *error, const ProtobufCMessage *message)
{
    const Google__Rpc__ErrorInfo *info = (const Google__Rpc__ErrorInfo *)message;

    if (strcmp(info->domain, "sekisho.dev") == 0)
        take_text(error->reason, sizeof error->reason, info->reason);
}

static void take_bad_request(struct sekisho_error *error, const ProtobufCMessage *message)
{
    const Google__Rpc__BadRequest *bad = (const Google__Rpc__BadRequest *)message;

    if (bad->n_field_violations > 0) {
        take_text(error->field, sizeof error->field, bad->field_violations[0]->field);
        take_text(error->field_description, sizeof error->field_description, bad->field_violations[0]->description);
    }
}

static void take_retry_info(struct sekisho_error *error, const ProtobufCMessage *message)
{
    const Google__Protobuf__Duration *delay = ((const Google__Rpc__RetryInfo *)message)->retry_delay;

    /* A day bounds what a server can make a client wait; it also keeps the arithmetic in range. */
    if (delay && delay->seconds >= 0 && delay->seconds <= 86400 && delay->nanos >= 0 && delay->nanos < 1000000000)
        error->retry_ms = delay->seconds * 1000 + delay->nanos / 1000000;
}

static void take_localized_message(struct sekisho_error *error, const ProtobufCMessage *message)
{
    const Google__Rpc__LocalizedMessage *localized = (const Google__Rpc__LocalizedMessage *)message;

    if (strncmp(localized->locale, "ja", 2) == 0)
        take_text(error->message_ja, sizeof error->message_ja, localized->message);
}

static const struct detail_type {
    const char *name;
    const ProtobufCMessageDescriptor *descriptor;
    void (*take)(struct sekisho_error *error, const ProtobufCMessage *message);
} detail_types[] = {
    {TYPE_PREFIX "ErrorInfo", &google__rpc__error_info__descriptor, take_error_info},
    {TYPE_PREFIX "BadRequest", &google__rpc__bad_request__descriptor, take_bad_request},
    {TYPE_PREFIX "RetryInfo", &google__rpc__retry_info__descriptor, take_retry_info},
    {TYPE_PREFIX "LocalizedMessage", &google__rpc__localized_message__descriptor, take_localized_message},
};

static void take_detail(struct sekisho_error *error, const Google__Protobuf__Any *any)
{
    for (size_t i = 0; i < sizeof detail_types / sizeof detail_types[0]; i++) {
        if (strcmp(any->type_url, detail_types[i].name) != 0)
            continue;
        ProtobufCMessage *message =
            protobuf_c_message_unpack(detail_types[i].descriptor, NULL, any->value.len, any->value.data);
        if (message)
            detail_types[i].take(error, message);
        if (message)
            protobuf_c_message_free_unpacked(message, NULL);
    }
}

static void take_details(struct sekisho_error *error, const uint8_t *details, size_t length)
{
    Google__Rpc__Status *status = google__rpc__status__unpack(NULL, length, details);

    if (!status)
        return;
    for (size_t i = 0; i < status->n_details; i++)
        take_detail(error, status->details[i]);
    google__rpc__status__free_unpacked(status, NULL);
}

enum sekisho_status error_from_status(struct sekisho_error *error, int code, const void *text, size_t text_length,
                                      const uint8_t *details, size_t details_length)
{
    struct sekisho_error scratch;

    if (!error)
        error = &scratch; /* the status depends on the details */
    error_clear(error);
    error->code = code;
    copy_printable(error->message, sizeof error->message, text, text_length);
    if (details)
        take_details(error, details, details_length);
    /* Without a reason of the server it is the transport that speaks. */
    bool transport = error->reason[0] == '\0' && (code == GRPC_STATUS_UNAVAILABLE || code == GRPC_STATUS_CANCELLED);
    error->status =
        transport || code == GRPC_STATUS_DEADLINE_EXCEEDED ? SEKISHO_ERROR_UNREACHABLE : SEKISHO_ERROR_REFUSED;
    if (error->message_ja[0] == '\0')
        snprintf(error->message_ja, sizeof error->message_ja, "%s: %s",
                 error->status == SEKISHO_ERROR_UNREACHABLE ? "サーバーに接続できないか、応答がありません"
                                                            : "サーバーが要求を拒否しました",
                 error->message);
    return error->status;
}
