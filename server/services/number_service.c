/* NumberService: the front forwards sealed calls and reads nothing but their outcome. */
#include "crypto/sealed.h"
#include "server/services/match_stream.h"
#include "server/services/methods.h"
#include "server/services/sealed_call.h"

enum { ENROLL, CONFIRM, RELEASE, MATCH, LOOKUP, REPLACE, ERASE, UNLOCK, ROTATE_KEYS, MATCH_STREAM, METHOD_COUNT };

static const struct {
    enum operation operation;
    const ProtobufCMessageDescriptor *response;
} unary[] = {
    [ENROLL] = {OPERATION_ENROLL, &sekisho__v1__enroll_response__descriptor},
    [CONFIRM] = {OPERATION_CONFIRM, &sekisho__v1__confirm_response__descriptor},
    [RELEASE] = {OPERATION_RELEASE, &sekisho__v1__release_response__descriptor},
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

static void on_answer(void *user, const struct vault_answer *answer)
{
    sealed_answer(user, unary[method_of(user)].response, answer);
}

static void on_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    sealed_unary(call, request, unary[method_of(call)].operation, on_answer);
}

#define UNARY(method)                                                                                                  \
    {                                                                                                                  \
        METHOD_ROW(NumberService, method), .kind = RPC_UNARY, .on_message = on_message                                 \
    }

const struct rpc_method number_methods[METHOD_COUNT] = {
    [ENROLL] = UNARY(Enroll),
    [CONFIRM] = UNARY(Confirm),
    [RELEASE] = UNARY(Release),
    [MATCH] = UNARY(Match),
    [LOOKUP] = UNARY(Lookup),
    [REPLACE] = UNARY(Replace),
    [ERASE] = UNARY(Erase),
    [UNLOCK] = UNARY(Unlock),
    [ROTATE_KEYS] = UNARY(RotateKeys),
    [MATCH_STREAM] = MATCH_STREAM_METHOD,
};
const size_t number_method_count = METHOD_COUNT;
