#include "server/rpc/status.h"

#include <stdio.h>
#include <string.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"

#define DOMAIN          "sekisho.dev"
#define TYPE_URL_PREFIX "type.googleapis.com/"

enum {
    MAX_TEXT = 512, /* clients take 8 KiB of trailers by default; five texts in base64 stay below */
    MAX_DETAILS = 4,
    MAX_TYPE_URL = 64,
    /* A detail is at most two texts and the wire format's few bytes around them. */
    MAX_PACKED_DETAIL = 2 * MAX_TEXT + 64,
};

/* The messages of one status; protobuf-c packs from pointers, so all live here until then. */
struct composition {
    Google__Rpc__Status status;
    Google__Protobuf__Any details[MAX_DETAILS];
    Google__Protobuf__Any *detail_pointers[MAX_DETAILS];
    char type_urls[MAX_DETAILS][MAX_TYPE_URL];
    uint8_t packed[MAX_DETAILS][MAX_PACKED_DETAIL];
    char texts[5][MAX_TEXT + 1];
};

/* Copies a text and cuts it before an incomplete UTF-8 sequence. */
static char *bounded(char copy[MAX_TEXT + 1], const char *text)
{
    size_t length = strnlen(text, MAX_TEXT + 1);
    if (length > MAX_TEXT) {
        length = MAX_TEXT;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static void add_detail(struct composition *composition, const ProtobufCMessage *detail)
{
    size_t index = composition->status.n_details++;
    Google__Protobuf__Any *any = &composition->details[index];
    char *url = composition->type_urls[index];

    google__protobuf__any__init(any);
    snprintf(url, MAX_TYPE_URL, TYPE_URL_PREFIX "%s", detail->descriptor->name);
    any->type_url = url;
    any->value.data = composition->packed[index];
    any->value.len = protobuf_c_message_pack(detail, composition->packed[index]);
    composition->detail_pointers[index] = any;
}

static void add_error_info(struct composition *composition, const char *reason)
{
    Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
    info.reason = bounded(composition->texts[1], reason);
    info.domain = (char *)DOMAIN;
    add_detail(composition, &info.base);
}

static void add_bad_request(struct composition *composition, const char *field, const char *description)
{
    Google__Rpc__BadRequest__FieldViolation violation = GOOGLE__RPC__BAD_REQUEST__FIELD_VIOLATION__INIT;
    Google__Rpc__BadRequest__FieldViolation *violations[] = {&violation};
    Google__Rpc__BadRequest bad_request = GOOGLE__RPC__BAD_REQUEST__INIT;
    violation.field = bounded(composition->texts[2], field);
    violation.description = bounded(composition->texts[3], description ? description : "");
    bad_request.n_field_violations = 1;
    bad_request.field_violations = violations;
    add_detail(composition, &bad_request.base);
}

static void add_retry_info(struct composition *composition, int64_t retry_ms)
{
    Google__Protobuf__Duration delay = GOOGLE__PROTOBUF__DURATION__INIT;
    Google__Rpc__RetryInfo retry = GOOGLE__RPC__RETRY_INFO__INIT;
    delay.seconds = retry_ms / 1000;
    delay.nanos = (int32_t)(retry_ms % 1000) * 1000000;
    retry.retry_delay = &delay;
    add_detail(composition, &retry.base);
}

static void add_localized_message(struct composition *composition, const char *message)
{
    Google__Rpc__LocalizedMessage localized = GOOGLE__RPC__LOCALIZED_MESSAGE__INIT;
    localized.locale = (char *)"ja";
    localized.message = bounded(composition->texts[4], message);
    add_detail(composition, &localized.base);
}

static grpc_slice packed_slice(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    return slice;
}

void rpc_status_set(struct rpc_status *status, const struct rpc_error *error)
{
    struct composition composition = {.status = GOOGLE__RPC__STATUS__INIT};

    *status = (struct rpc_status){.code = GRPC_STATUS_OK, .message = grpc_empty_slice()};
    if (!error)
        return;
    composition.status.code = error->code;
    composition.status.message = bounded(composition.texts[0], error->message ? error->message : "");
    composition.status.details = composition.detail_pointers;
    if (error->reason)
        add_error_info(&composition, error->reason);
    if (error->field)
        add_bad_request(&composition, error->field, error->field_description);
    if (error->retry_ms >= 0)
        add_retry_info(&composition, error->retry_ms);
    if (error->message_ja)
        add_localized_message(&composition, error->message_ja);

    status->code = (grpc_status_code)error->code;
    status->message = grpc_slice_from_copied_string(composition.status.message);
    status->has_details = composition.status.n_details > 0;
    if (status->has_details)
        status->details = packed_slice(&composition.status.base);
}

void rpc_status_clear(struct rpc_status *status)
{
    grpc_slice_unref(status->message);
    if (status->has_details)
        grpc_slice_unref(status->details);
    *status = (struct rpc_status){.message = grpc_empty_slice()};
}
