/* ledger export: the tree as static files that other people's verifiers read; the checkpoint last, when all is proven.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger_job.h"
#include "tlog_tiles.h"

static enum sekisho_status file_error(const struct tlog_tiles *tiles, struct sekisho_error *error)
{
    memset(error, 0, sizeof *error);
    error->retry_ms = -1;
    error->status = SEKISHO_ERROR_LOCAL;
    snprintf(error->reason, sizeof error->reason, "FILE_UNWRITABLE");
    snprintf(error->message, sizeof error->message, "%.160s: %.80s", tiles->failed, strerror(tiles->error));
    return error->status;
}

static enum sekisho_status on_leaf(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                   const struct sekisho_ledger_entry *entry, struct sekisho_error *error)
{
    struct tlog_tiles *tiles = user;
    uint8_t leaf_data[SEKISHO_HASH_LEN];

    (void)index;
    bool known = entry && sekisho_leaf_data(entry->data, entry->length, leaf_data);
    return tiles_add(tiles, leaf_hash, known ? leaf_data : NULL) ? SEKISHO_OK : file_error(tiles, error);
}

static enum sekisho_status write_head(struct tlog_tiles *tiles, const struct sekisho_checkpoint *head,
                                      struct sekisho_error *error)
{
    char note[SEKISHO_NOTE_MAX], vkey[SEKISHO_VKEY_MAX], line[SEKISHO_VKEY_MAX + 1];

    if (!sekisho_checkpoint_note(head, note) || !sekisho_checkpoint_vkey(head, vkey))
        abort();
    snprintf(line, sizeof line, "%s\n", vkey);
    return tiles_finish(tiles) && tiles_write(tiles, "vkey", line, strlen(line)) &&
                   tiles_write(tiles, "checkpoint", note, strlen(note))
               ? SEKISHO_OK
               : file_error(tiles, error);
}

static int export(const struct options *options, const struct ledger_job *job, struct tlog_tiles *tiles)
{
    struct sekisho_error error;
    enum sekisho_status status = sekisho_ledger_walk(job->client, job->session, &job->head, on_leaf, tiles, &error);

    if (status == SEKISHO_OK)
        status = write_head(tiles, &job->head, &error);
    if (status != SEKISHO_OK)
        return report_error(&error);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_LEDGER_EXPORTED, count_text(job->head.size), options->value[OPT_OUT],
            count_text(tiles->data_count));
    return CLI_OK;
}

int cmd_ledger_export(const struct options *options)
{
    struct tlog_tiles *tiles = malloc(sizeof *tiles);
    struct ledger_job job = {0};

    if (!tiles)
        abort();
    int code = CLI_OK;
    if (!options->value[OPT_OUT]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--out");
        code = CLI_USAGE;
    }
    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, false, &job);
    if (code == CLI_OK && mkdir(options->value[OPT_OUT], 0755) != 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, options->value[OPT_OUT], strerror(errno));
        code = CLI_USAGE;
    }
    if (code == CLI_OK) {
        /* Without the right to read entries there are hashes, and no entry bundles. */
        if (!ledger_may_read(&job)) {
            sekisho_session_free(job.session);
            job.session = NULL;
        }
        tiles_start(tiles, options->value[OPT_OUT]);
        code = export(options, &job, tiles);
    }
    ledger_end(&job);
    free(tiles);
    return code;
}
