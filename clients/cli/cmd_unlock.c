/* unlock: gives a guess budget back, of a person or of an account; never the caller's own. */
#include <string.h>

#include "job.h"
#include "ledger_job.h"

static int take_item(const struct options *options, struct sekisho_unlock_item *item)
{
    const char *reference = options->value[OPT_REFERENCE], *account = options->value[OPT_ACCOUNT];

    memset(item, 0, sizeof *item);
    if (!reference == !account) {
        SAY(stderr, TEXT_UNLOCK_WHOM);
        return CLI_USAGE;
    }
    if (reference && !hex16_parse(reference, strlen(reference), item->reference)) {
        SAY(stderr, TEXT_BAD_HEX16, "--reference");
        return CLI_USAGE;
    }
    if (account && (strlen(account) < 1 || strlen(account) > SEKISHO_ACCOUNT_MAX)) {
        SAY(stderr, TEXT_BAD_ACCOUNT, account);
        return CLI_USAGE;
    }
    if (account)
        memcpy(item->account, account, strlen(account) + 1);
    return CLI_OK;
}

static int print_result(const struct options *options, const struct sekisho_result *result,
                        const struct sekisho_receipt *receipt)
{
    const char *explanation = detail_explanation(result->detail);

    if (options->value[OPT_JSON]) {
        json_line(json_pack("{s:s, s:s, s:o}", "outcome", sekisho_outcome_name(result->outcome), "reason",
                            sekisho_detail_name(result->detail), "receipt", receipt_json(receipt)));
    } else {
        printf("%s", sekisho_outcome_name(result->outcome));
        if (result->outcome != SEKISHO_OUTCOME_DONE)
            printf(" %s: %s", sekisho_detail_name(result->detail), explanation);
        putchar('\n');
        SAY(stderr, TEXT_RECORDED, count_text(receipt->ledger_index));
    }
    return result->outcome == SEKISHO_OUTCOME_DONE ? CLI_OK : CLI_SOME_REFUSED;
}

int cmd_unlock(const struct options *options)
{
    static const struct job_kind kind = {.operation = SEKISHO_UNLOCK, .purpose = SEKISHO_CHANGE};
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_unlock_item item;
    struct sekisho_request request;
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    struct sekisho_error error;

    int code = request_options(options, &kind, &request);
    if (code == CLI_OK)
        code = take_item(options, &item);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK) {
        request.unlock_items = &item;
        request.count = 1;
        code = sekisho_call(session, &request, &result, &receipt, &error) == SEKISHO_OK
                   ? print_result(options, &result, &receipt)
                   : report_error(&error);
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
