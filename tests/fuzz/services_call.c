#include "services_call.h"

#include <stdlib.h>

#include "sekisho/v1/backup_service.pb-c.h"
#include "server/rpc/validate.h"

void *rpc_call_context(const struct rpc_call *call)
{
    return call->context;
}

void *rpc_call_user(const struct rpc_call *call)
{
    return call->user;
}

void rpc_call_set_user(struct rpc_call *call, void *user)
{
    call->user = user;
}

const struct rpc_method *rpc_call_method(const struct rpc_call *call)
{
    return call->method;
}

const uint8_t *rpc_call_certificate(const struct rpc_call *call)
{
    return call->certificate;
}

void rpc_call_next(struct rpc_call *call)
{
    call->asked++;
}

size_t rpc_call_queued_bytes(const struct rpc_call *call)
{
    return call->queued_bytes;
}

int64_t rpc_call_time_left_ms(const struct rpc_call *call)
{
    return call->time_left_ms;
}

/* Of the method's type, once, and such that this server would accept it as a request. */
static void require_message(const struct rpc_call *call, const ProtobufCMessage *response)
{
    struct rpc_fault fault;
    size_t length = protobuf_c_message_get_packed_size(response);
    uint8_t *packed = malloc(length + 1);

    REQUIRE(call->finished == 0);
    REQUIRE(response->descriptor == call->descriptor->output);
    REQUIRE(packed != NULL);
    REQUIRE(protobuf_c_message_pack(response, packed) == length);
    REQUIRE(rpc_validate(response->descriptor, packed, length, &fault));
    free(packed);
}

bool rpc_call_send(struct rpc_call *call, const ProtobufCMessage *response)
{
    require_message(call, response);
    if (response->descriptor == &sekisho__v1__take_backup_response__descriptor) {
        const Sekisho__V1__TakeBackupResponse *part = (const Sekisho__V1__TakeBackupResponse *)response;
        REQUIRE((part->reply != NULL) == (call->sent == 0) && (part->data.len == 0) == (call->sent == 0));
    }
    call->sent++;
    return !call->ended;
}

void rpc_call_reply(struct rpc_call *call, const ProtobufCMessage *response)
{
    require_message(call, response);
    call->finished++;
}

void rpc_call_finish(struct rpc_call *call, const struct rpc_error *error)
{
    REQUIRE(call->finished++ == 0);
    if (error)
        REQUIRE(error->code != 0 && error->reason && error->message && error->message_ja);
}
