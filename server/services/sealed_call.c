#include "server/services/sealed_call.h"

#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/services/errors.h"
#include "server/services/resource_name.h"
#include "server/services/session_check.h"

#define CIPHERTEXT_MIN (sizeof(struct call_head) + sizeof(struct call_item) + SEAL_TAG_LEN)
#define CIPHERTEXT_MAX (sizeof(struct call_head) + CALL_ITEMS_MAX * sizeof(struct call_item) + SEAL_TAG_LEN)

_Static_assert(CIPHERTEXT_MAX == 98352, "as documented at SealedCall.ciphertext");
_Static_assert(offsetof(sealed_request, call) == offsetof(Sekisho__V1__EnrollRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__ConfirmRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__ReleaseRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__LookupRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__ReplaceRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__EraseRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__UnlockRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__RotateKeysRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__MatchStreamRequest, call) &&
                   offsetof(sealed_request, call) == offsetof(Sekisho__V1__ListEntriesRequest, call),
               "sealed requests have one layout");
_Static_assert(sizeof(sealed_response) == sizeof(Sekisho__V1__EnrollResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__ConfirmResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__ReleaseResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__LookupResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__ReplaceResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__EraseResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__UnlockResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__RotateKeysResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__MatchStreamResponse) &&
                   sizeof(sealed_response) == sizeof(Sekisho__V1__ListEntriesResponse),
               "sealed responses have one layout");

static bool fail_field(struct rpc_error *error, enum front_error what, const char *field, const char *description)
{
    *error = *error_of_front(what);
    error->field = field;
    error->field_description = description;
    return false;
}

bool sealed_call_read(const Sekisho__V1__SealedCall *sealed, uint16_t operation, uint16_t *tenant,
                      struct session_call *head, struct rpc_error *error)
{
    *head = (struct session_call){.operation = operation};
    if (!sealed)
        return fail_field(error, FRONT_BAD_CALL, "call", "is required");
    if (!session_name_parse(sealed->session, tenant, head->session))
        return fail_field(error, FRONT_BAD_SESSION_NAME, "call.session",
                          "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
    if (sealed->sequence == 0)
        return fail_field(error, FRONT_BAD_CALL, "call.sequence", "must be 1 or greater");
    if (sealed->ciphertext.len < CIPHERTEXT_MIN || sealed->ciphertext.len > CIPHERTEXT_MAX)
        return fail_field(error, FRONT_BAD_LENGTH, "call.ciphertext", "must have 96 to 98,352 bytes");
    head->call_seq = sealed->sequence;
    head->sealed_length = (uint32_t)sealed->ciphertext.len;
    return true;
}

bool sealed_call_check(struct rpc_call *call, const Sekisho__V1__SealedCall *sealed, uint16_t operation,
                       struct session_call *head, struct rpc_error *error)
{
    struct session_row row;
    uint16_t tenant;

    return sealed_call_read(sealed, operation, &tenant, head, error) &&
           session_check(call, tenant, head->session, &row, error);
}

void sealed_response_fill(sealed_response *response, const ProtobufCMessageDescriptor *type,
                          Sekisho__V1__SealedReply *reply, uint64_t sequence, const struct vault_answer *answer)
{
    sekisho__v1__sealed_reply__init(reply);
    reply->sequence = sequence;
    reply->results = (ProtobufCBinaryData){.data = (uint8_t *)answer->clear, .len = answer->clear_length};
    reply->sealed = (ProtobufCBinaryData){.data = (uint8_t *)answer->sealed, .len = answer->sealed_length};
    protobuf_c_message_init(type, response);
    response->reply = reply;
}

enum link_sent sealed_send(struct front *front, const struct session_call *head, const uint8_t *ciphertext,
                           vault_call_done *done, void *user)
{
    bulk_make_way(&front->bulk);
    return vault_call(front->vault, head, ciphertext, done, user);
}

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "a sequence number fits a pointer");

void sealed_unary(struct rpc_call *call, const ProtobufCMessage *request, enum operation operation,
                  vault_call_done *done)
{
    const Sekisho__V1__SealedCall *sealed = ((const sealed_request *)request)->call;
    struct front *front = rpc_call_context(call);
    struct session_call head;
    struct rpc_error error;

    if (!sealed_call_check(call, sealed, (uint16_t)operation, &head, &error)) {
        rpc_call_finish(call, &error);
        return;
    }
    /* All that the answer needs of the request: no memory of its own.
     * NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)sealed->sequence);
    const uint8_t *ciphertext = sealed->ciphertext.data;
    enum link_sent sent = head.sealed_length < BULK_SEALED_MIN ? sealed_send(front, &head, ciphertext, done, call)
                                                               : bulk_call(&front->bulk, &head, ciphertext, done, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

void sealed_answer(struct rpc_call *call, const ProtobufCMessageDescriptor *type, const struct vault_answer *answer)
{
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
    sealed_response_fill(&response, type, &reply, (uint64_t)(uintptr_t)rpc_call_user(call), answer);
    rpc_call_reply(call, &response.base);
}
