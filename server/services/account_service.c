/* AccountService and TerminalService: the front carries sealed calls to auth and learns nothing but the method. */
#include "server/services/account_call.h"
#include "server/services/methods.h"

#define UNARY(service, method)                                                                                         \
    {                                                                                                                  \
        METHOD_ROW(service, method), .kind = RPC_UNARY, .on_message = account_unary                                    \
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
