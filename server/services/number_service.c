/* NumberService: the front forwards sealed calls and reads nothing but their outcome. */
#include "crypto/sealed.h"
#include "server/services/errors.h"
#include "server/services/match_stream.h"
#include "server/services/sealed_call.h"

enum { ENROLL, MATCH, LOOKUP, REPLACE, ERASE, UNLOCK, ROTATE_KEYS, MATCH_STREAM, METHOD_COUNT };

static const struct {
    enum operation operation;
    const ProtobufCMessageDescriptor *response;
} unary[] = {
    [ENROLL] = {OPERATION_ENROLL, &sekisho__v1__enroll_response__descriptor},
    [MATCH] = {OPERATION_MATCH, &sekisho__v1__match_response__descriptor},
    [LOOKUP] = {OPERATION_LOOKUP, &sekisho__v1__lookup_response__descriptor},
    [REPLACE] = {OPERATION_REPLACE, &sekisho__v1__replace_response__descriptor},
    [ERASE] = {OPERATION_ERASE, &sekisho__v1__erase_response__descriptor},
    [UNLOCK] = {OPERATION_UNLOCK, &sekisho__v1__unlock_response__descriptor},
    [ROTATE_KEYS] = {OPERATION_ROTATE_KEYS, &sekisho__v1__rotate_keys_response__descriptor},
};

static size_t method_of(const struct rpc_call *call)
{
    return (size_t)(rpc_call_method(call) - number_methods);
}

static uint64_t sequence_of(const struct rpc_call *call)
{
    return (uint64_t)(uintptr_t)rpc_call_user(call);
}

static void on_answer(void *user, const struct vault_answer *answer)
{
    struct rpc_call *call = user;
    sealed_response response;
    Sekisho__V1__SealedReply reply;

    if (!answer) {
        rpc_call_finish(call, error_of_front(FRONT_VAULT_UNAVAILABLE));
        return;
    }
    if (answer->status != CALL_OK) {
        rpc_call_finish(call, error_of_call(answer->status));
        return;
    }
    sealed_response_fill(&response, unary[method_of(call)].response, &reply, sequence_of(call), answer);
    rpc_call_reply(call, &response.base);
}

static void on_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    const Sekisho__V1__SealedCall *sealed = ((const sealed_request *)request)->call;
    const struct front *front = rpc_call_context(call);
    struct session_call head;
    struct rpc_error error;

    if (!sealed_call_check(call, sealed, (uint16_t)unary[method_of(call)].operation, &head, &error)) {
        rpc_call_finish(call, &error);
        return;
    }
    /* All that the answer needs of the request: no memory of its own.
     * NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)sealed->sequence);
    enum link_sent sent = vault_call(front->vault, &head, sealed->ciphertext.data, on_answer, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "a sequence number fits a pointer");

#define UNARY(method)                                                                                                  \
    {                                                                                                                  \
        .name = (method), .kind = RPC_UNARY, .on_message = on_message                                                  \
    }

const struct rpc_method number_methods[METHOD_COUNT] = {
    [ENROLL] = UNARY("Enroll"),
    [MATCH] = UNARY("Match"),
    [LOOKUP] = UNARY("Lookup"),
    [REPLACE] = UNARY("Replace"),
    [ERASE] = UNARY("Erase"),
    [UNLOCK] = UNARY("Unlock"),
    [ROTATE_KEYS] = UNARY("RotateKeys"),
    [MATCH_STREAM] = MATCH_STREAM_METHOD,
};
const size_t number_method_count = METHOD_COUNT;
