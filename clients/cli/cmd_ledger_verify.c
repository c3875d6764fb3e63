/* ledger verify: the head alone, a receipt, or everything there is. */
#include "ledger_job.h"

struct counts {
    uint64_t leaves, entries;
};

static enum sekisho_status count_leaf(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                      const struct sekisho_ledger_entry *entry, struct sekisho_error *error)
{
    struct counts *counts = user;

    (void)index, (void)leaf_hash, (void)error;
    counts->leaves++;
    counts->entries += entry != NULL;
    return SEKISHO_OK;
}

static int verify_all(const struct options *options, const struct ledger_job *job)
{
    struct counts counts = {0};
    struct sekisho_error error;
    bool entries = ledger_may_read(job);

    if (sekisho_ledger_walk(job->client, entries ? job->session : NULL, &job->head, count_leaf, &counts, &error) !=
        SEKISHO_OK)
        return report_error(&error);
    if (options->value[OPT_QUIET])
        return CLI_OK;
    SAY(stderr, TEXT_LEDGER_ALL_LEAVES, count_text(counts.leaves));
    if (entries)
        SAY(stderr, TEXT_LEDGER_ALL_ENTRIES, count_text(counts.entries), count_text(counts.leaves - counts.entries));
    else
        SAY(stderr, TEXT_LEDGER_NO_ENTRIES);
    return CLI_OK;
}

/* A receipt as the number commands write it with --json: an object of its own, or the member "receipt" of one. */
static int load_receipt(const char *path, struct sekisho_receipt *receipt)
{
    json_error_t problem;
    json_t *object = json_load_file(path, 0, &problem);
    const json_t *inner = json_object_get(object, "receipt");
    bool good = object && receipt_from_json(inner ? inner : object, receipt);

    json_decref(object);
    if (!good)
        SAY(stderr, TEXT_LEDGER_BAD_RECEIPT, path);
    return good ? CLI_OK : CLI_USAGE;
}

static int verify_receipt(const struct options *options, const struct ledger_job *job,
                          const struct sekisho_receipt *receipt)
{
    struct sekisho_error error;

    if (sekisho_ledger_receipt(job->client, &job->head, receipt, &error) != SEKISHO_OK)
        return report_error(&error);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_LEDGER_RECEIPT_GOOD, count_text(receipt->ledger_index));
    return CLI_OK;
}

int cmd_ledger_verify(const struct options *options)
{
    struct ledger_job job = {0};
    struct sekisho_receipt receipt;
    int code = options->value[OPT_RECEIPT] ? load_receipt(options->value[OPT_RECEIPT], &receipt) : CLI_OK;

    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, false, &job);
    if (code == CLI_OK && options->value[OPT_RECEIPT])
        code = verify_receipt(options, &job, &receipt);
    if (code == CLI_OK && options->value[OPT_FULL])
        code = verify_all(options, &job);
    ledger_end(&job);
    return code;
}
