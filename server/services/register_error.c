#include <errno.h>
#include <stdio.h>

#include <grpc/status.h>

#include "server/services/register_call.h"

#define RETRY_MS 500

static const struct {
    const char *reason;
    int code;
    const char *english, *japanese;
} errors[REGISTER_ERROR_COUNT] = {
#define ERROR(reason, code, english, japanese) {#reason, (code), (english), (japanese)},
#include "server/services/register_errors.def"
#undef ERROR
};

const void *register_fail(struct register_call *call, enum register_error error, const char *field, const char *detail)
{
    bool may_retry = errors[error].code == GRPC_STATUS_RESOURCE_EXHAUSTED;

    call->error = (struct rpc_error){.code = errors[error].code,
                                     .reason = errors[error].reason,
                                     .message = errors[error].english,
                                     .message_ja = errors[error].japanese,
                                     .retry_ms = may_retry ? RETRY_MS : -1};
    if (detail) {
        snprintf(call->texts[0], sizeof call->texts[0], "%s: %.400s", errors[error].english, detail);
        call->error.message = call->texts[0];
    }
    if (field) {
        snprintf(call->texts[1], sizeof call->texts[1], "%s", field);
        snprintf(call->texts[2], sizeof call->texts[2], "%.400s", detail ? detail : errors[error].english);
        call->error.field = call->texts[1];
        call->error.field_description = call->texts[2];
    }
    return NULL;
}

const void *register_fail_store(struct register_call *call, int rc)
{
    switch (rc) {
    case MDB_NOTFOUND:
        return register_fail(call, REGISTER_NOT_FOUND, NULL, NULL);
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case ENOMEM:
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    default:
        return register_fail(call, REGISTER_STORE_FAILED, NULL, NULL);
    }
}
