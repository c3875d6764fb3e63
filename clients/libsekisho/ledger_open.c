/* The newest head of a ledger, under the key that the caller knows and as the continuation of what was seen before. */
#include <string.h>
#include <strings.h>

#include "crypto/hash.h"
#include "ledger.h"

static enum sekisho_status key_changed(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_KEY_CHANGED, "LEDGER_KEY_CHANGED",
                     "the ledger is signed with another key than the pinned one",
                     "台帳の署名鍵が、指定された鍵と異なります");
}

static enum sekisho_status check_key(const struct sekisho_ledger_options *options,
                                     const struct sekisho_checkpoint *last, const struct sekisho_checkpoint *head,
                                     struct sekisho_error *error)
{
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];

    sekisho_fingerprint(head->public_key, fingerprint);
    if (options->pin && strcasecmp(options->pin, fingerprint) != 0)
        return key_changed(error);
    if (last && crypto_equal(last->public_key, head->public_key, sizeof head->public_key) != 1)
        return key_changed(error);
    return SEKISHO_OK;
}

static enum sekisho_status check_options(const struct sekisho_ledger_options *options, bool known,
                                         struct sekisho_error *error)
{
    enum sekisho_status status = check_prefecture(options->prefecture, error);

    if (status != SEKISHO_OK || known || options->pin || options->trust_on_first_use)
        return status;
    return error_set(error, SEKISHO_ERROR_ARGUMENT, "LEDGER_KEY_UNKNOWN",
                     "the ledger's key is not known yet: pin its fingerprint, or trust it on first use",
                     "台帳の公開鍵が未確認です。指紋を指定するか、初回のみ確認せずに信用してください");
}

enum sekisho_status sekisho_ledger_open(struct sekisho_client *client, const struct sekisho_ledger_options *options,
                                        struct sekisho_checkpoint *head, uint64_t *last_size,
                                        struct sekisho_error *error)
{
    struct sekisho_checkpoint last = {0}, now;
    bool known = false;
    enum sekisho_status status = SEKISHO_OK;

    if (options->state_file)
        status = ledger_state_load(options->state_file, &last, &known, error);
    if (status == SEKISHO_OK)
        status = check_options(options, known, error);
    if (status == SEKISHO_OK && known && (last.prefecture != options->prefecture || last.ledger != options->ledger))
        status = error_set(error, SEKISHO_ERROR_ARGUMENT, "LEDGER_STATE_OTHER", "the state file is of another ledger",
                           "状態ファイルが別の台帳のものです");
    if (status == SEKISHO_OK)
        status = ledger_head(client, options->ledger, options->prefecture, &now, error);
    if (status == SEKISHO_OK)
        status = check_key(options, known ? &last : NULL, &now, error);
    if (status == SEKISHO_OK)
        status = sekisho_ledger_consistency(client, &now, last.size, last.root, error);
    if (status == SEKISHO_OK && options->state_file)
        status = ledger_state_save(options->state_file, &now, error);
    if (status != SEKISHO_OK)
        return status;
    *head = now;
    *last_size = last.size;
    return SEKISHO_OK;
}
