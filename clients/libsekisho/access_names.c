#include <strings.h>

#include "crypto/account_call.h"
#include "sekisho_access.h"

#define COUNT(table)          (sizeof(table) / sizeof((table)[0]))
#define NAME_OF(table, value) ((size_t)(value) < COUNT(table) && (table)[value] ? (table)[value] : "UNKNOWN")

_Static_assert((int)SEKISHO_ACCESS_FIRST_ADMINISTRATOR == (int)ACCESS_FIRST_ADMINISTRATOR &&
                   ACCESS_FIRST_ADMINISTRATOR + 1 == ACCESS_EVENT_END,
               "events of both sides have one numbering");

static const char *const events[] = {
    [ACCESS_LOGIN] = "LOGIN",
    [ACCESS_LOGIN_FAILED] = "LOGIN_FAILED",
    [ACCESS_LOGOUT] = "LOGOUT",
    [ACCESS_SESSION_EXPIRED] = "SESSION_EXPIRED",
    [ACCESS_SESSION_DISPLACED] = "SESSION_DISPLACED",
    [ACCESS_SESSION_TERMINATED] = "SESSION_TERMINATED",
    [ACCESS_OPERATION] = "OPERATION",
    [ACCESS_LOCKED] = "LOCKED",
    [ACCESS_DORMANT] = "DORMANT",
    [ACCESS_CONTRACT_ENDED] = "CONTRACT_ENDED",
    [ACCESS_METHOD_REFUSED] = "METHOD_REFUSED",
    [ACCESS_CERTIFICATE_REFUSED] = "CERTIFICATE_REFUSED",
    [ACCESS_FIRST_ADMINISTRATOR] = "FIRST_ADMINISTRATOR",
};

static const char *const operations[] = {
    [ACCOUNT_CHANGE_PASSWORD] = "CHANGE_PASSWORD",
    [ACCOUNT_AGREE_TERMS] = "AGREE_TERMS",
    [ACCOUNT_SHOW_OWN] = "SHOW_OWN",
    [ACCOUNT_ENROLL_OTP] = "ENROLL_OTP",
    [ACCOUNT_CONFIRM_OTP] = "CONFIRM_OTP",
    [ACCOUNT_REQUEST] = "REQUEST",
    [ACCOUNT_APPROVE] = "APPROVE",
    [ACCOUNT_ISSUE] = "ISSUE",
    [ACCOUNT_LOCK] = "LOCK",
    [ACCOUNT_UNLOCK] = "UNLOCK",
    [ACCOUNT_SUSPEND] = "SUSPEND",
    [ACCOUNT_RESUME] = "RESUME",
    [ACCOUNT_RETURN] = "RETURN",
    [ACCOUNT_RESET_PASSWORD] = "RESET_PASSWORD",
    [ACCOUNT_INSPECT] = "INSPECT",
    [ACCOUNT_LIST] = "LIST_ACCOUNTS",
    [ACCOUNT_LIST_SESSIONS] = "LIST_SESSIONS",
    [ACCOUNT_END_SESSION] = "END_SESSION",
    [TERMINAL_ADD] = "ADD_TERMINAL",
    [TERMINAL_REMOVE] = "REMOVE_TERMINAL",
    [TERMINAL_LIST] = "LIST_TERMINALS",
    [ACCESS_LIST] = "LIST_ACCESS_RECORDS",
    [ACCESS_REVIEW] = "REVIEW_LOGINS",
};

static const char *const results[] = {
    [ACCOUNT_DONE] = "DONE",
    [ACCOUNT_NOT_PERMITTED] = "NOT_PERMITTED",
    [ACCOUNT_UNKNOWN] = "UNKNOWN_OBJECT",
    [ACCOUNT_EXISTS] = "ALREADY_EXISTS",
    [ACCOUNT_WRONG_STATE] = "WRONG_STATE",
    [ACCOUNT_SAME_PERSON] = "SAME_PERSON",
    [ACCOUNT_BAD_FIELD] = "BAD_FIELD",
    [ACCOUNT_WRONG_PASSWORD] = "WRONG_PASSWORD",
    [ACCOUNT_WEAK_PASSWORD] = "WEAK_PASSWORD",
    [ACCOUNT_WRONG_OTP] = "WRONG_OTP",
    [ACCOUNT_WRONG_TERMS] = "WRONG_TERMS",
};
_Static_assert(COUNT(results) == ACCOUNT_RESULT_END, "every result has a name");

static const char *const refusals[] = {
    [LOGIN_REFUSAL_ACCOUNT] = "NO_SUCH_ACCOUNT", [LOGIN_REFUSAL_PASSWORD] = "WRONG_PASSWORD",
    [LOGIN_REFUSAL_TERMINAL] = "WRONG_TERMINAL", [LOGIN_REFUSAL_CERTIFICATE] = "WRONG_CERTIFICATE",
    [LOGIN_REFUSAL_DELAYED] = "DELAYED",         [LOGIN_REFUSAL_LOCKED] = "LOCKED",
    [LOGIN_REFUSAL_SUSPENDED] = "SUSPENDED",     [LOGIN_REFUSAL_NOT_ISSUED] = "NOT_ISSUED",
    [LOGIN_REFUSAL_RETURNED] = "RETURNED",       [LOGIN_REFUSAL_TEMPORARY] = "TEMPORARY_PASSWORD_EXPIRED",
    [LOGIN_REFUSAL_OTP] = "WRONG_OTP",
};
_Static_assert(COUNT(refusals) == LOGIN_REFUSAL_END, "every refusal has a name");

const char *sekisho_access_event_name(enum sekisho_access_event event)
{
    return NAME_OF(events, event);
}

const char *sekisho_account_operation_name(unsigned operation)
{
    return NAME_OF(operations, operation);
}

const char *sekisho_account_result_name(unsigned result)
{
    return NAME_OF(results, result);
}

const char *sekisho_login_refusal_name(unsigned refusal)
{
    return NAME_OF(refusals, refusal);
}

enum sekisho_access_event sekisho_access_event_of(const char *name)
{
    for (size_t i = 0; i < COUNT(events); i++)
        if (events[i] && strcasecmp(events[i], name) == 0)
            return (enum sekisho_access_event)i;
    return (enum sekisho_access_event)0;
}
