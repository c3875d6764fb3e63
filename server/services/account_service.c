/* AccountService and TerminalService: the front carries sealed calls to auth and learns nothing but the method. */
#include "server/services/account_call.h"
#include "server/services/methods.h"

static const enum account_operation operations[METHOD_END] = {
    [METHOD_AccountService_ChangePassword] = ACCOUNT_CHANGE_PASSWORD,
    [METHOD_AccountService_AgreeToTerms] = ACCOUNT_AGREE_TERMS,
    [METHOD_AccountService_GetOwnAccount] = ACCOUNT_SHOW_OWN,
    [METHOD_AccountService_EnrollOtp] = ACCOUNT_ENROLL_OTP,
    [METHOD_AccountService_ConfirmOtp] = ACCOUNT_CONFIRM_OTP,
    [METHOD_AccountService_RequestAccount] = ACCOUNT_REQUEST,
    [METHOD_AccountService_ApproveAccount] = ACCOUNT_APPROVE,
    [METHOD_AccountService_IssueAccount] = ACCOUNT_ISSUE,
    [METHOD_AccountService_LockAccount] = ACCOUNT_LOCK,
    [METHOD_AccountService_UnlockAccount] = ACCOUNT_UNLOCK,
    [METHOD_AccountService_SuspendAccount] = ACCOUNT_SUSPEND,
    [METHOD_AccountService_ResumeAccount] = ACCOUNT_RESUME,
    [METHOD_AccountService_ReturnAccount] = ACCOUNT_RETURN,
    [METHOD_AccountService_ResetPassword] = ACCOUNT_RESET_PASSWORD,
    [METHOD_AccountService_InspectAccount] = ACCOUNT_INSPECT,
    [METHOD_AccountService_ListAccounts] = ACCOUNT_LIST,
    [METHOD_AccountService_ListSessions] = ACCOUNT_LIST_SESSIONS,
    [METHOD_AccountService_EndSession] = ACCOUNT_END_SESSION,
    [METHOD_TerminalService_AddTerminal] = TERMINAL_ADD,
    [METHOD_TerminalService_RemoveTerminal] = TERMINAL_REMOVE,
    [METHOD_TerminalService_ListTerminals] = TERMINAL_LIST,
};

static void on_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    account_unary(call, request, operations[rpc_call_method(call)->number]);
}

#define UNARY(service, method)                                                                                         \
    {                                                                                                                  \
        METHOD_ROW(service, method), .kind = RPC_UNARY, .on_message = on_message                                       \
    }

const struct rpc_method account_methods[] = {
    UNARY(AccountService, ChangePassword), UNARY(AccountService, AgreeToTerms),   UNARY(AccountService, GetOwnAccount),
    UNARY(AccountService, EnrollOtp),      UNARY(AccountService, ConfirmOtp),     UNARY(AccountService, RequestAccount),
    UNARY(AccountService, ApproveAccount), UNARY(AccountService, IssueAccount),   UNARY(AccountService, LockAccount),
    UNARY(AccountService, UnlockAccount),  UNARY(AccountService, SuspendAccount), UNARY(AccountService, ResumeAccount),
    UNARY(AccountService, ReturnAccount),  UNARY(AccountService, ResetPassword),  UNARY(AccountService, InspectAccount),
    UNARY(AccountService, ListAccounts),   UNARY(AccountService, ListSessions),   UNARY(AccountService, EndSession),
};
const size_t account_method_count = sizeof account_methods / sizeof account_methods[0];

const struct rpc_method terminal_methods[] = {
    UNARY(TerminalService, AddTerminal),
    UNARY(TerminalService, RemoveTerminal),
    UNARY(TerminalService, ListTerminals),
};
const size_t terminal_method_count = sizeof terminal_methods / sizeof terminal_methods[0];
