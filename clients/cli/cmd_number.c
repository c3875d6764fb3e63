/* enroll, match, lookup, replace, erase: a CSV file, or one person asked for on the terminal. */
#include "job.h"

static int run(const struct options *options, const struct job_kind *kind)
{
    return options->value[OPT_INPUT] ? job_run(options, kind) : single_run(options, kind);
}

int cmd_enroll(const struct options *options)
{
    static const struct job_kind kind = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .number = true, .request_id = true};
    return run(options, &kind);
}

int cmd_match(const struct options *options)
{
    static const struct job_kind kind = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .number = true, .reference = true};
    return run(options, &kind);
}

int cmd_lookup(const struct options *options)
{
    static const struct job_kind kind = {.operation = SEKISHO_LOOKUP, .purpose = SEKISHO_CHANGE, .number = true};
    return run(options, &kind);
}

int cmd_replace(const struct options *options)
{
    static const struct job_kind kind = {
        .operation = SEKISHO_REPLACE, .purpose = SEKISHO_CHANGE, .number = true, .reference = true, .request_id = true};
    return run(options, &kind);
}

int cmd_erase(const struct options *options)
{
    static const struct job_kind kind = {
        .operation = SEKISHO_ERASE, .purpose = SEKISHO_DELETE, .reference = true, .request_id = true};
    struct receipts receipts;

    if (!options->value[OPT_RECEIPTS])
        return run(options, &kind);
    int code = receipts_begin(options, &receipts);
    if (code != CLI_OK)
        return code;
    code = run(options, &kind);
    int written = receipts_finish(options, &receipts);
    return code == CLI_OK ? written : code;
}
