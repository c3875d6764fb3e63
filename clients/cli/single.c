#include <inttypes.h>
#include <string.h>

#include "job.h"
#include "ledger_job.h"
#include "number_syntax.h"

static const char *const purpose_names[] = {
    [SEKISHO_REGISTER] = "register",
    [SEKISHO_CHANGE] = "change",
    [SEKISHO_DELETE] = "delete",
    [SEKISHO_PERIODIC] = "periodic",
};

int purpose_of(const char *name, enum sekisho_purpose *purpose)
{
    for (int i = SEKISHO_REGISTER; i <= SEKISHO_PERIODIC; i++)
        if (strcmp(name, purpose_names[i]) == 0) {
            *purpose = (enum sekisho_purpose)i;
            return CLI_OK;
        }
    SAY(stderr, TEXT_BAD_PURPOSE);
    return CLI_USAGE;
}

int request_options(const struct options *options, const struct job_kind *kind, struct sekisho_request *request)
{
    const char *purpose = options->value[OPT_PURPOSE], *serves = options->value[OPT_CASE];

    *request = (struct sekisho_request){.operation = kind->operation, .purpose = kind->purpose};
    if (serves && !hex16_parse(serves, strlen(serves), request->case_reference)) {
        SAY(stderr, TEXT_BAD_HEX16, "--case");
        return CLI_USAGE;
    }
    return purpose ? purpose_of(purpose, &request->purpose) : CLI_OK;
}

int number_read(const char *path, char number[SEKISHO_NUMBER_LEN])
{
    char line[SECRET_MAX];
    long length = secret_read(path, TEXT_PROMPT_NUMBER, line);
    int code = CLI_USAGE;

    if (length >= 0) {
        enum number_syntax syntax = number_syntax(line, (size_t)length);
        if (syntax == NUMBER_OK) {
            memcpy(number, line, SEKISHO_NUMBER_LEN);
            code = CLI_OK;
        } else {
            SAY(stderr, TEXT_NUMBER_MALFORMED, fault_explanation((enum row_fault)(FAULT_NUMBER_EMPTY + syntax - 1)));
        }
    }
    sekisho_wipe(line, sizeof line);
    return code;
}

static int take_item(const struct options *options, const struct job_kind *kind, struct sekisho_item *item)
{
    const char *reference = options->value[OPT_REFERENCE];

    memset(item, 0, sizeof *item);
    if (kind->reference && !reference) {
        SAY(stderr, TEXT_INPUT_OR_REFERENCE);
        return CLI_USAGE;
    }
    if (kind->reference && !hex16_parse(reference, strlen(reference), item->reference)) {
        SAY(stderr, TEXT_BAD_HEX16, "--reference");
        return CLI_USAGE;
    }
    if (kind->request_id)
        sekisho_random(item->request_id, sizeof item->request_id);
    return kind->number ? number_read(NULL, item->number) : CLI_OK;
}

static void print_json(const struct sekisho_result *result, const char *reference,
                       const struct sekisho_receipt *receipt)
{
    json_line(json_pack("{s:s, s:s, s:s, s:I, s:o}", "outcome", sekisho_outcome_name(result->outcome), "reason",
                        sekisho_detail_name(result->detail), "reference", reference, "ledger_index",
                        (json_int_t)receipt->ledger_index, "receipt", receipt_json(receipt)));
}

static void print_text(const struct sekisho_result *result, const char *reference)
{
    const char *outcome = sekisho_outcome_name(result->outcome), *reason = sekisho_detail_name(result->detail);
    const char *explanation = detail_explanation(result->detail);
    bool known = strspn(reference, "0") != HEX16_LEN;

    printf("%s%s%s", outcome, known ? " " : "", known ? reference : "");
    if (strcmp(outcome, reason) != 0)
        printf(" %s", reason);
    printf("%s%s\n", *explanation ? ": " : "", explanation);
}

static int print_result(const struct options *options, const struct job_kind *kind, const struct sekisho_item *item,
                        const struct sekisho_result *result, const struct sekisho_receipt *receipt)
{
    char reference[HEX16_LEN + 1];

    hex16_format(kind->reference ? item->reference : result->reference, reference);
    if (options->value[OPT_JSON]) {
        print_json(result, reference, receipt);
    } else {
        print_text(result, reference);
        SAY(stderr, TEXT_RECORDED, count_text(receipt->ledger_index));
    }
    if (result->detail == SEKISHO_DETAIL_BUDGET_SPENT)
        return CLI_BUDGET;
    return outcome_good(result->outcome) ? CLI_OK : CLI_SOME_REFUSED;
}

int single_run(const struct options *options, const struct job_kind *kind)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_item item = {0};
    struct sekisho_request request;
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    struct sekisho_error error;

    int code = request_options(options, kind, &request);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK)
        code = take_item(options, kind, &item);
    if (code == CLI_OK) {
        request.items = &item;
        request.count = 1;
        code = sekisho_call(session, &request, &result, &receipt, &error) == SEKISHO_OK
                   ? print_result(options, kind, &item, &result, &receipt)
                   : report_error(&error);
    }
    sekisho_wipe(&item, sizeof item);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
