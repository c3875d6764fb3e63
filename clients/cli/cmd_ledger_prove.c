/*
 * ledger prove: who used this person's number? All leaves that touched a reference, with their proofs, for a third
 * party who trusts nobody here: only the ledger's key. Of a batch they show this person's item only. The proofs show
 * that nothing is invented; that nothing is left out shows only when every entry was read (--full), and to the one who
 * read them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger_job.h"

struct collection {
    const struct sekisho_ledger_filter *filter;
    json_t *entries; /* with "leaf" bytes; proofs come later */
    struct sekisho_client *client;
    const struct sekisho_checkpoint *head;
    uint64_t leaves, read;
};

static enum sekisho_status add_entry(struct collection *collection, const struct sekisho_ledger_entry *entry,
                                     struct sekisho_error *error)
{
    struct sekisho_proof proof;
    enum sekisho_status status =
        sekisho_ledger_inclusion(collection->client, collection->head, entry->index, entry->leaf_hash, &proof, error);

    if (status == SEKISHO_OK &&
        json_array_append_new(collection->entries, proven_json(entry, collection->filter->reference, &proof)) != 0)
        abort();
    return status;
}

static enum sekisho_status on_leaf(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                   const struct sekisho_ledger_entry *entry, struct sekisho_error *error)
{
    struct collection *collection = user;

    (void)index, (void)leaf_hash;
    collection->leaves++;
    collection->read += entry != NULL;
    return entry && sekisho_ledger_matches(collection->filter, entry) ? add_entry(collection, entry, error)
                                                                      : SEKISHO_OK;
}

static enum sekisho_status collect_listed(const struct ledger_job *job, struct collection *collection,
                                          struct sekisho_error *error)
{
    const struct sekisho_ledger_entry *entry = NULL;
    struct sekisho_ledger_reader *reader = NULL;
    enum sekisho_status status = sekisho_ledger_read(job->session, collection->filter, job->head.size, &reader, error);

    do {
        if (status == SEKISHO_OK)
            status = sekisho_ledger_next(reader, &entry, error);
        if (status == SEKISHO_OK && entry)
            status = add_entry(collection, entry, error);
    } while (status == SEKISHO_OK && entry);
    sekisho_ledger_close(reader);
    return status;
}

static json_t *document(const struct ledger_job *job, const struct collection *collection, bool complete)
{
    char note[SEKISHO_NOTE_MAX], vkey[SEKISHO_VKEY_MAX];

    if (!sekisho_checkpoint_note(&job->head, note) || !sekisho_checkpoint_vkey(&job->head, vkey))
        abort();
    return json_pack("{s:s, s:i, s:o, s:s, s:s, s:b, s:O}", "format", "sekisho-ledger-proof-2", "prefecture",
                     (int)job->head.prefecture, "reference",
                     hex_json(collection->filter->reference, SEKISHO_REFERENCE_LEN), "vkey", vkey, "checkpoint", note,
                     "complete", (int)complete, "entries", collection->entries);
}

static int write_document(const struct options *options, json_t *object)
{
    const char *path = options->value[OPT_OUTPUT];
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : STDOUT_FILENO;

    if (!object)
        abort();
    bool done = fd >= 0 && json_dumpfd(object, fd, JSON_INDENT(1)) == 0 && write(fd, "\n", 1) == 1;
    int number = errno;
    if (path && fd >= 0)
        done = close(fd) == 0 && done;
    json_decref(object);
    if (!done)
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(number));
    return done ? CLI_OK : CLI_USAGE;
}

static int prove(const struct options *options, const struct ledger_job *job, const struct ledger_filter *filter)
{
    struct collection collection = {
        .filter = &filter->given, .entries = json_array(), .client = job->client, .head = &job->head};
    bool full = options->value[OPT_FULL] != NULL;
    struct sekisho_error error;
    enum sekisho_status status =
        full ? sekisho_ledger_walk(job->client, job->session, &job->head, on_leaf, &collection, &error)
             : collect_listed(job, &collection, &error);
    int code = CLI_OK;

    if (status != SEKISHO_OK)
        code = report_error(&error);
    else
        code = write_document(options, document(job, &collection, full && collection.read == collection.leaves));
    if (code == CLI_OK && !options->value[OPT_QUIET]) {
        SAY(stderr, TEXT_LEDGER_PROVEN, count_text(json_array_size(collection.entries)));
        if (!full)
            SAY(stderr, TEXT_LEDGER_PROVEN_LISTED);
        else
            SAY(stderr, TEXT_LEDGER_ALL_ENTRIES, count_text(collection.read),
                count_text(collection.leaves - collection.read));
    }
    json_decref(collection.entries);
    return code;
}

int cmd_ledger_prove(const struct options *options)
{
    struct ledger_filter filter;
    struct ledger_job job = {0};

    if (!options->value[OPT_REFERENCE]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--reference");
        return CLI_USAGE;
    }
    int code = ledger_filter_of(options, &filter);
    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, true, &job);
    if (code == CLI_OK)
        code = prove(options, &job, &filter);
    ledger_end(&job);
    return code;
}
