/* The life of accounts, and terminals: what administrators do. */
#include "account_fields.h"

#include <string.h>

#include "crypto/hash.h"

#define ACCOUNT_METHOD(name)  "/sekisho.v1.AccountService/" name
#define TERMINAL_METHOD(name) "/sekisho.v1.TerminalService/" name

enum sekisho_status sekisho_request_account(struct sekisho_session *session,
                                            const struct sekisho_account_request *request, struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = ACCOUNT_REQUEST,
                                       .role = (uint16_t)request->role,
                                       .kind = (uint16_t)request->kind,
                                       .until = request->until};
    struct account_reply_plain reply;
    enum sekisho_status status;

    if ((status = put_id(plain.account, request->account, "account", error)) != SEKISHO_OK ||
        (status = put_text(plain.person, sizeof plain.person, request->person, "person", error)) != SEKISHO_OK ||
        (status = put_text(plain.organisation, sizeof plain.organisation, request->organisation, "organisation",
                           error)) != SEKISHO_OK ||
        (status = put_text(plain.note, sizeof plain.note, request->purpose, "note", error)) != SEKISHO_OK)
        return status;
    return account_exchange(session, ACCOUNT_METHOD("RequestAccount"), &plain, &reply, error);
}

static const struct {
    const char *method;
    enum account_operation operation;
} steps[SEKISHO_ACCOUNT_STEPS] = {
    [SEKISHO_APPROVE_ACCOUNT] = {ACCOUNT_METHOD("ApproveAccount"), ACCOUNT_APPROVE},
    [SEKISHO_ISSUE_ACCOUNT] = {ACCOUNT_METHOD("IssueAccount"), ACCOUNT_ISSUE},
    [SEKISHO_LOCK_ACCOUNT] = {ACCOUNT_METHOD("LockAccount"), ACCOUNT_LOCK},
    [SEKISHO_UNLOCK_ACCOUNT] = {ACCOUNT_METHOD("UnlockAccount"), ACCOUNT_UNLOCK},
    [SEKISHO_SUSPEND_ACCOUNT] = {ACCOUNT_METHOD("SuspendAccount"), ACCOUNT_SUSPEND},
    [SEKISHO_RESUME_ACCOUNT] = {ACCOUNT_METHOD("ResumeAccount"), ACCOUNT_RESUME},
    [SEKISHO_RETURN_ACCOUNT] = {ACCOUNT_METHOD("ReturnAccount"), ACCOUNT_RETURN},
    [SEKISHO_RESET_PASSWORD] = {ACCOUNT_METHOD("ResetPassword"), ACCOUNT_RESET_PASSWORD},
    [SEKISHO_INSPECT_ACCOUNT] = {ACCOUNT_METHOD("InspectAccount"), ACCOUNT_INSPECT},
    [SEKISHO_END_SESSION] = {ACCOUNT_METHOD("EndSession"), ACCOUNT_END_SESSION},
};

enum sekisho_status sekisho_change_account(struct sekisho_session *session, const struct sekisho_account_change *change,
                                           char temporary[SEKISHO_TEMPORARY_MAX + 1], struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = (uint16_t)steps[change->step].operation, .until = change->until};
    struct account_reply_plain reply;
    enum sekisho_status status;

    _Static_assert(sizeof reply.temporary == SEKISHO_TEMPORARY_MAX, "one length");
    temporary[0] = '\0';
    if ((status = put_id(plain.account, change->account, "account", error)) != SEKISHO_OK ||
        (status = put_text(plain.note, sizeof plain.note, change->note, "note", error)) != SEKISHO_OK ||
        (status = account_exchange(session, steps[change->step].method, &plain, &reply, error)) != SEKISHO_OK)
        return status;
    if (reply.temporary_length <= SEKISHO_TEMPORARY_MAX)
        copy_printable(temporary, SEKISHO_TEMPORARY_MAX + 1, reply.temporary, reply.temporary_length);
    crypto_wipe(&reply, sizeof reply);
    return SEKISHO_OK;
}

enum sekisho_status sekisho_add_terminal(struct sekisho_session *session, const struct sekisho_terminal *terminal,
                                         struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = TERMINAL_ADD, .kind = (uint16_t)terminal->kind};
    struct account_reply_plain reply;
    enum sekisho_status status;

    memcpy(plain.digest, terminal->certificate, sizeof plain.digest);
    if ((status = put_id(plain.terminal, terminal->terminal, "terminal", error)) != SEKISHO_OK ||
        (status = put_text(plain.note, sizeof plain.note, terminal->place, "note", error)) != SEKISHO_OK)
        return status;
    return account_exchange(session, TERMINAL_METHOD("AddTerminal"), &plain, &reply, error);
}

enum sekisho_status sekisho_remove_terminal(struct sekisho_session *session, const char *terminal, const char *note,
                                            struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = TERMINAL_REMOVE};
    struct account_reply_plain reply;
    enum sekisho_status status;

    if ((status = put_id(plain.terminal, terminal, "terminal", error)) != SEKISHO_OK ||
        (status = put_text(plain.note, sizeof plain.note, note, "note", error)) != SEKISHO_OK)
        return status;
    return account_exchange(session, TERMINAL_METHOD("RemoveTerminal"), &plain, &reply, error);
}
