#include "support/fake_accounts.h"

#include <grpc/status.h>
#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "support/fake_server.h"

static void refuse(struct rpc_call *call, int code, const char *reason)
{
    rpc_call_finish(call, RPC_ERROR(.code = code, .reason = reason, .message = "refused", .message_ja = "拒否"));
}

static bool open_call(const struct fake_accounts *fake, const Sekisho__V1__SealedAccountCall *sealed,
                      struct account_call_plain *plain)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_AAD_LEN];
    struct aead *aead = aead_new(fake->keys->account);

    sealed_nonce(sealed->sequence, nonce);
    account_call_aad(fake->session, sealed->sequence, aad);
    int opened = sealed->ciphertext.len == sizeof *plain + ACCOUNT_SEAL_TAG_LEN
                     ? aead_open(aead, nonce, aad, sizeof aad, sealed->ciphertext.data, sealed->ciphertext.len, plain)
                     : -1;
    aead_free(aead);
    return opened == 0;
}

static void seal_reply(const struct fake_accounts *fake, uint64_t sequence, const struct account_reply_plain *reply,
                       uint8_t *sealed)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_REPLY_AAD_LEN];
    struct aead *aead = aead_new(fake->keys->account_reply);

    sealed_nonce(sequence, nonce);
    account_reply_aad(fake->session, sequence, aad);
    aead_seal(aead, nonce, aad, sizeof aad, reply, sizeof *reply, sealed);
    aead_free(aead);
}

/* All account requests have `call` as field 1, all answers `reply`. */
static void on_account(struct rpc_call *call, const ProtobufCMessage *message)
{
    static uint8_t sealed[ACCOUNT_REPLY_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
    static struct account_reply_plain reply;
    struct fake_accounts *fake = rpc_call_context(call);
    const Sekisho__V1__SealedAccountCall *request = ((const Sekisho__V1__GetOwnAccountRequest *)message)->call;
    Sekisho__V1__GetOwnAccountResponse response = SEKISHO__V1__GET_OWN_ACCOUNT_RESPONSE__INIT;
    Sekisho__V1__SealedAccountReply answer = SEKISHO__V1__SEALED_ACCOUNT_REPLY__INIT;
    struct account_call_plain plain;

    if (!open_call(fake, request, &plain)) {
        refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL");
        return;
    }
    if (request->sequence <= fake->last_sequence) {
        refuse(call, GRPC_STATUS_ABORTED, "REPLAYED");
        return;
    }
    fake->last_sequence = request->sequence;
    memset(&reply, 0, sizeof reply);
    reply.version = 1;
    reply.operation = plain.operation;
    reply.result = ACCOUNT_DONE;
    fake->answer(&plain, &reply);
    seal_reply(fake, request->sequence, &reply, sealed);
    if (*fake->lie == LIE_SWAP)
        memcpy(sealed, fake->last, sizeof sealed);
    memcpy(fake->last, sealed, sizeof sealed);
    sealed[40] ^= *fake->lie == LIE_RESULT;
    answer.sequence = request->sequence + (*fake->lie == LIE_SEQUENCE);
    answer.sealed = (ProtobufCBinaryData){.data = sealed, .len = sizeof sealed};
    response.reply = &answer;
    rpc_call_reply(call, &response.base);
}

static void on_terms(struct rpc_call *call, const ProtobufCMessage *message)
{
    const struct fake_accounts *fake = rpc_call_context(call);
    Sekisho__V1__GetTermsResponse response = SEKISHO__V1__GET_TERMS_RESPONSE__INIT;

    (void)message;
    if (!fake->terms) {
        refuse(call, GRPC_STATUS_NOT_FOUND, "NO_TERMS");
        return;
    }
    response.version = 2;
    response.text = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)fake->terms, .len = fake->terms_length};
    rpc_call_reply(call, &response.base);
}

static void on_other(struct rpc_call *call, const ProtobufCMessage *message)
{
    (void)message;
    refuse(call, GRPC_STATUS_UNIMPLEMENTED, "UNIMPLEMENTED");
}

#define UNARY(method)                                                                                                  \
    {                                                                                                                  \
        .name = (method), .kind = RPC_UNARY, .on_message = on_account                                                  \
    }

const struct rpc_method fake_account_methods[] = {
    UNARY("ChangePassword"), UNARY("AgreeToTerms"),   UNARY("GetOwnAccount"),  UNARY("EnrollOtp"),
    UNARY("ConfirmOtp"),     UNARY("RequestAccount"), UNARY("ApproveAccount"), UNARY("IssueAccount"),
    UNARY("LockAccount"),    UNARY("UnlockAccount"),  UNARY("SuspendAccount"), UNARY("ResumeAccount"),
    UNARY("ReturnAccount"),  UNARY("ResetPassword"),  UNARY("InspectAccount"), UNARY("ListAccounts"),
    UNARY("ListSessions"),   UNARY("EndSession"),
};
const size_t fake_account_method_count = sizeof fake_account_methods / sizeof fake_account_methods[0];

const struct rpc_method fake_terminal_methods[] = {UNARY("AddTerminal"), UNARY("RemoveTerminal"),
                                                   UNARY("ListTerminals")};
const size_t fake_terminal_method_count = sizeof fake_terminal_methods / sizeof fake_terminal_methods[0];

const struct rpc_method fake_system_methods[] = {
    {.name = "GetAttestation", .kind = RPC_UNARY, .on_message = on_other},
    {.name = "GetStatus", .kind = RPC_UNARY, .on_message = on_other},
    {.name = "GetTerms", .kind = RPC_UNARY, .on_message = on_terms},
};
const size_t fake_system_method_count = sizeof fake_system_methods / sizeof fake_system_methods[0];
