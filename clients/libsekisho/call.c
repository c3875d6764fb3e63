#include "internal.h"

static const char *const methods[] = {
    [SEKISHO_ENROLL] = "/sekisho.v1.NumberService/Enroll",
    [SEKISHO_MATCH] = "/sekisho.v1.NumberService/Match",
    [SEKISHO_LOOKUP] = "/sekisho.v1.NumberService/Lookup",
    [SEKISHO_REPLACE] = "/sekisho.v1.NumberService/Replace",
    [SEKISHO_ERASE] = "/sekisho.v1.NumberService/Erase",
    [SEKISHO_UNLOCK] = "/sekisho.v1.NumberService/Unlock",
    [SEKISHO_ENROLL_CITIZEN] = "/sekisho.v1.NumberService/Enroll",
    [SEKISHO_READ_LEDGER] = "/sekisho.v1.LedgerService/ListEntries",
    [SEKISHO_ROTATE_KEYS] = "/sekisho.v1.NumberService/RotateKeys",
    [SEKISHO_CONFIRM] = "/sekisho.v1.NumberService/Confirm",
    [SEKISHO_RELEASE] = "/sekisho.v1.NumberService/Release",
    [SEKISHO_MATCH_CITIZEN] = "/sekisho.v1.NumberService/Match",
};

const char *number_method(enum sekisho_operation operation)
{
    return methods[operation];
}

/* One request message for all methods: a descriptor's name is not on the wire, and all have `call` as field 1. */
enum sekisho_status sealed_start(struct sekisho_session *session, const char *method, const struct sealed_call *call,
                                 grpc_completion_queue *queue, struct exchange *exchange, void *tag,
                                 struct sekisho_error *error)
{
    char name[SESSION_NAME_LEN];
    Sekisho__V1__SealedCall message = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;

    session_name(session->state, name);
    message.session = name;
    message.sequence = call->sequence;
    message.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &message;
    return exchange_start(exchange, session->client, queue, method, &request.base, tag, error);
}

enum sekisho_status sealed_finish(struct sekisho_session *session, const struct sealed_call *call,
                                  struct exchange *exchange, struct sekisho_result *results,
                                  struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = exchange_finish(exchange, &sekisho__v1__match_response__descriptor, &answer, error);

    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__MatchResponse *response = (const Sekisho__V1__MatchResponse *)answer;
    status = session_open_reply(session, call, response->reply, results, receipt, error);
    protobuf_c_message_free_unpacked(answer, NULL);
    return status;
}

/* sealed_start and the wait for its end. */
static enum sekisho_status send_and_wait(struct sekisho_session *session, const char *method,
                                         const struct sealed_call *call, struct exchange *exchange,
                                         struct sekisho_error *error)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
    enum sekisho_status status = sealed_start(session, method, call, queue, exchange, exchange, error);

    /* The call's own deadline bounds this wait. */
    if (status == SEKISHO_OK)
        grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    queue_free(queue);
    return status;
}

enum sekisho_status sealed_exchange(struct sekisho_session *session, const char *method, const struct sealed_call *call,
                                    struct sekisho_result *results, struct sekisho_receipt *receipt,
                                    struct sekisho_error *error)
{
    struct exchange exchange;
    enum sekisho_status status = send_and_wait(session, method, call, &exchange, error);

    if (status != SEKISHO_OK)
        return status;
    status = sealed_finish(session, call, &exchange, results, receipt, error);
    exchange_free(&exchange);
    return status;
}

enum sekisho_status session_read_page(struct sekisho_session *session, const struct call_item_read *item,
                                      uint8_t page[LEDGER_PAGE_LEN], struct sekisho_error *error)
{
    ProtobufCMessage *answer = NULL;
    struct exchange exchange;
    struct sealed_call call;
    enum sekisho_status status = session_seal_read(session, item, &call, error);

    if (status != SEKISHO_OK)
        return status;
    status = send_and_wait(session, number_method(SEKISHO_READ_LEDGER), &call, &exchange, error);
    if (status == SEKISHO_OK) {
        status = exchange_finish(&exchange, &sekisho__v1__match_response__descriptor, &answer, error);
        exchange_free(&exchange);
    }
    if (status == SEKISHO_OK)
        status = session_open_page(session, &call, ((const Sekisho__V1__MatchResponse *)answer)->reply, page, error);
    if (answer)
        protobuf_c_message_free_unpacked(answer, NULL);
    sealed_call_free(&call);
    return status;
}

enum sekisho_status sekisho_call(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sekisho_result *results, struct sekisho_receipt *receipt,
                                 struct sekisho_error *error)
{
    struct sealed_call call;
    enum sekisho_status status = session_seal(session, request, &call, error);

    if (status != SEKISHO_OK)
        return status;
    status = sealed_exchange(session, number_method(request->operation), &call, results, receipt, error);
    sealed_call_free(&call);
    return status;
}

enum sekisho_status sekisho_rotate_keys(struct sekisho_session *session, unsigned keys, struct sekisho_result *result,
                                        struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    struct sealed_call call;
    enum sekisho_status status = session_seal_rotation(session, keys, &call, error);

    if (status != SEKISHO_OK)
        return status;
    status = sealed_exchange(session, number_method(SEKISHO_ROTATE_KEYS), &call, result, receipt, error);
    sealed_call_free(&call);
    return status;
}
