/* A number operation that travels inside a call of another service: the front hands it to the vault unread. */
#include "sekisho_rpc.h"

#include <stdlib.h>

#include "internal.h"

struct sekisho_sealed {
    struct sealed_call call;
    Sekisho__V1__SealedCall message;
    char session[SESSION_NAME_LEN];
};

enum sekisho_status sekisho_seal(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sekisho_sealed **sealed, struct sekisho_error *error)
{
    struct sekisho_sealed *made = calloc(1, sizeof *made);

    if (!made)
        return error_memory(error);
    enum sekisho_status status = session_seal(session, request, &made->call, error);
    if (status != SEKISHO_OK) {
        free(made);
        return status;
    }
    session_name(session->state, made->session);
    sekisho__v1__sealed_call__init(&made->message);
    made->message.session = made->session;
    made->message.sequence = made->call.sequence;
    made->message.ciphertext = (ProtobufCBinaryData){.data = made->call.ciphertext, .len = made->call.length};
    *sealed = made;
    return SEKISHO_OK;
}

Sekisho__V1__SealedCall *sekisho_sealed_call(struct sekisho_sealed *sealed)
{
    return &sealed->message;
}

enum sekisho_status sekisho_open(struct sekisho_session *session, const struct sekisho_sealed *sealed,
                                 const Sekisho__V1__SealedReply *reply, struct sekisho_result *results,
                                 struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    return session_open_reply(session, &sealed->call, reply, results, receipt, error);
}

void sekisho_sealed_free(struct sekisho_sealed *sealed)
{
    if (!sealed)
        return;
    sealed_call_free(&sealed->call);
    free(sealed);
}
