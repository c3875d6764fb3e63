#include "server/services/account_call.h"

#include <string.h>

#include "crypto/account_call.h"
#include "sekisho/v1/access_record_service.pb-c.h"
#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/terminal_service.pb-c.h"
#include "server/channel/auth_client.h"
#include "server/services/errors.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"
#include "server/services/session_check.h"

/* Every request and every response of an account call has this layout, in memory and on the wire. */
typedef Sekisho__V1__GetOwnAccountRequest sealed_request;
typedef Sekisho__V1__GetOwnAccountResponse sealed_response;

_Static_assert(sizeof(((struct account_call *)0)->sealed) == 1168, "as documented at SealedAccountCall.ciphertext");
_Static_assert(sizeof(((struct account_call_reply *)0)->sealed) == 16400, "as documented at SealedAccountReply.sealed");

/* What each method stands for, and the type of its answer. */
static const struct {
    enum account_operation operation;
    const ProtobufCMessageDescriptor *response;
} calls[METHOD_END] = {
#define CALL(service, method, name, operation)                                                                         \
    [METHOD_##service##_##method] = {operation, &sekisho__v1__##name##_response__descriptor}
    CALL(AccountService, ChangePassword, change_password, ACCOUNT_CHANGE_PASSWORD),
    CALL(AccountService, AgreeToTerms, agree_to_terms, ACCOUNT_AGREE_TERMS),
    CALL(AccountService, GetOwnAccount, get_own_account, ACCOUNT_SHOW_OWN),
    CALL(AccountService, EnrollOtp, enroll_otp, ACCOUNT_ENROLL_OTP),
    CALL(AccountService, ConfirmOtp, confirm_otp, ACCOUNT_CONFIRM_OTP),
    CALL(AccountService, RequestAccount, request_account, ACCOUNT_REQUEST),
    CALL(AccountService, ApproveAccount, approve_account, ACCOUNT_APPROVE),
    CALL(AccountService, IssueAccount, issue_account, ACCOUNT_ISSUE),
    CALL(AccountService, LockAccount, lock_account, ACCOUNT_LOCK),
    CALL(AccountService, UnlockAccount, unlock_account, ACCOUNT_UNLOCK),
    CALL(AccountService, SuspendAccount, suspend_account, ACCOUNT_SUSPEND),
    CALL(AccountService, ResumeAccount, resume_account, ACCOUNT_RESUME),
    CALL(AccountService, ReturnAccount, return_account, ACCOUNT_RETURN),
    CALL(AccountService, ResetPassword, reset_password, ACCOUNT_RESET_PASSWORD),
    CALL(AccountService, InspectAccount, inspect_account, ACCOUNT_INSPECT),
    CALL(AccountService, ListAccounts, list_accounts, ACCOUNT_LIST),
    CALL(AccountService, ListSessions, list_sessions, ACCOUNT_LIST_SESSIONS),
    CALL(AccountService, EndSession, end_session, ACCOUNT_END_SESSION),
    CALL(TerminalService, AddTerminal, add_terminal, TERMINAL_ADD),
    CALL(TerminalService, RemoveTerminal, remove_terminal, TERMINAL_REMOVE),
    CALL(TerminalService, ListTerminals, list_terminals, TERMINAL_LIST),
    CALL(AccessRecordService, ListAccessRecords, list_access_records, ACCESS_LIST),
    CALL(AccessRecordService, ReviewLogins, review_logins, ACCESS_REVIEW),
#undef CALL
};

static void on_answer(void *user, const struct account_call_reply *answer)
{
    struct rpc_call *call = user;
    sealed_response response = SEKISHO__V1__GET_OWN_ACCOUNT_RESPONSE__INIT;
    Sekisho__V1__SealedAccountReply reply = SEKISHO__V1__SEALED_ACCOUNT_REPLY__INIT;

    if (!answer) {
        rpc_call_finish(call, error_of_front(FRONT_AUTH_UNAVAILABLE));
        return;
    }
    if (answer->status != ACCOUNT_CALL_OK) {
        rpc_call_finish(call, error_of_account((enum account_call_status)answer->status));
        return;
    }
    reply.sequence = (uint64_t)(uintptr_t)rpc_call_user(call);
    reply.sealed = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)answer->sealed, .len = sizeof answer->sealed};
    response.base.descriptor = calls[rpc_call_method(call)->number].response;
    response.reply = &reply;
    rpc_call_reply(call, &response.base);
}

static bool fail_field(struct rpc_error *error, enum front_error what, const char *field, const char *description)
{
    *error = *error_of_front(what);
    error->field = field;
    error->field_description = description;
    return false;
}

static bool check(struct rpc_call *call, const Sekisho__V1__SealedAccountCall *sealed, struct account_call *body,
                  struct rpc_error *error)
{
    struct session_row row;
    uint16_t tenant;

    if (!sealed)
        return fail_field(error, FRONT_BAD_CALL, "call", "is required");
    if (!session_name_parse(sealed->session, &tenant, body->session))
        return fail_field(error, FRONT_BAD_SESSION_NAME, "call.session",
                          "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
    if (sealed->sequence == 0)
        return fail_field(error, FRONT_BAD_CALL, "call.sequence", "must be 1 or greater");
    if (sealed->ciphertext.len != sizeof body->sealed)
        return fail_field(error, FRONT_BAD_LENGTH, "call.ciphertext", "must have 1,168 bytes");
    body->call_seq = sealed->sequence;
    memcpy(body->sealed, sealed->ciphertext.data, sizeof body->sealed);
    return session_check(call, tenant, body->session, &row, error);
}

void account_unary(struct rpc_call *call, const ProtobufCMessage *request)
{
    const Sekisho__V1__SealedAccountCall *sealed = ((const sealed_request *)request)->call;
    const struct front *front = rpc_call_context(call);
    struct account_call body = {.operation = (uint16_t)calls[rpc_call_method(call)->number].operation};
    struct rpc_error error;

    if (!check(call, sealed, &body, &error)) {
        rpc_call_finish(call, &error);
        return;
    }
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)sealed->sequence);
    enum link_sent sent = auth_account_call(front->auth, &body, on_answer, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_AUTH_UNAVAILABLE));
}
