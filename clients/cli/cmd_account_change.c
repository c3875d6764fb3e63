/* account request and the steps of an account's life; session end. */
#include <string.h>

#include "account_options.h"
#include "ledger_job.h"

/* Runs one call with the session of the options. */
struct change {
    struct sekisho_client *client;
    struct sekisho_session *session;
};

static void change_end(struct change *change)
{
    sekisho_session_free(change->session);
    sekisho_disconnect(change->client);
}

static int request_of(const struct options *options, struct sekisho_account_request *request)
{
    request->kind = SEKISHO_OFFICER;
    if (!(request->account = option_needed(options, OPT_ACCOUNT, "--account")) ||
        !option_needed(options, OPT_ROLE, "--role") ||
        !(request->person = option_needed(options, OPT_PERSON, "--person")) ||
        !(request->organisation = option_needed(options, OPT_ORGANISATION, "--organisation")) ||
        !(request->purpose = option_needed(options, OPT_NOTE, "--note")))
        return CLI_USAGE;
    int code = role_option(options, &request->role);
    if (code == CLI_OK)
        code = kind_option(options, &request->kind);
    return code == CLI_OK ? date_option(options, &request->until) : code;
}

int cmd_account_request(const struct options *options)
{
    struct sekisho_account_request request = {0};
    struct change change = {0};
    struct sekisho_error error;

    int code = request_of(options, &request);
    if (code == CLI_OK)
        code = resume_session(options, &change.client, &change.session);
    if (code == CLI_OK && sekisho_request_account(change.session, &request, &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_ACCOUNT_REQUESTED, request.account);
    change_end(&change);
    return code;
}

/* A temporary password is a result: it goes to standard output, and nowhere else. */
static void print_done(const struct options *options, const char *account, const char *temporary)
{
    if (options->value[OPT_JSON] && temporary[0] != '\0')
        json_line(json_pack("{s:s, s:s}", "account", account, "temporary_password", temporary));
    else if (options->value[OPT_JSON])
        json_line(json_pack("{s:s}", "account", account));
    else if (temporary[0] != '\0')
        puts(temporary);
    if (options->value[OPT_QUIET])
        return;
    if (temporary[0] != '\0')
        SAY(stderr, TEXT_ACCOUNT_TEMPORARY, account);
    else
        SAY(stderr, TEXT_ACCOUNT_CHANGED, account);
}

static bool takes_note(enum sekisho_account_step step)
{
    return step != SEKISHO_APPROVE_ACCOUNT && step != SEKISHO_ISSUE_ACCOUNT;
}

static int change_account(const struct options *options, enum sekisho_account_step step)
{
    struct sekisho_account_change what = {.step = step};
    char temporary[SEKISHO_TEMPORARY_MAX + 1] = "";
    struct change change = {0};
    struct sekisho_error error;

    if (!(what.account = option_needed(options, OPT_ACCOUNT, "--account")) ||
        (takes_note(step) && !(what.note = option_needed(options, OPT_NOTE, "--note"))))
        return CLI_USAGE;
    int code = date_option(options, &what.until);
    if (code == CLI_OK)
        code = resume_session(options, &change.client, &change.session);
    if (code == CLI_OK && sekisho_change_account(change.session, &what, temporary, &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK)
        print_done(options, what.account, temporary);
    sekisho_wipe(temporary, sizeof temporary);
    change_end(&change);
    return code;
}

#define STEP(command, step)                                                                                            \
    int command(const struct options *options)                                                                         \
    {                                                                                                                  \
        return change_account(options, step);                                                                          \
    }
STEP(cmd_account_approve, SEKISHO_APPROVE_ACCOUNT)
STEP(cmd_account_issue, SEKISHO_ISSUE_ACCOUNT)
STEP(cmd_account_lock, SEKISHO_LOCK_ACCOUNT)
STEP(cmd_account_unlock, SEKISHO_UNLOCK_ACCOUNT)
STEP(cmd_account_suspend, SEKISHO_SUSPEND_ACCOUNT)
STEP(cmd_account_resume, SEKISHO_RESUME_ACCOUNT)
STEP(cmd_account_return, SEKISHO_RETURN_ACCOUNT)
STEP(cmd_account_reset, SEKISHO_RESET_PASSWORD)
STEP(cmd_account_inspect, SEKISHO_INSPECT_ACCOUNT)
STEP(cmd_session_end, SEKISHO_END_SESSION)
