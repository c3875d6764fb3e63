/*
 * Erasure receipts (erasure_receipt.h): written after `erase --receipts`, or later by whoever may read the ledger;
 * checked by anybody who knows the ledger's key.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "erasure_receipt.h"
#include "job.h"
#include "ledger_job.h"

/* Of a call of CALL_ITEMS_MAX items, each with a line of its hash. */
#define RECEIPT_MAX (256u << 10)

/* ---- writing ---- */

static int write_receipt(const char *folder, const uint8_t reference[SEKISHO_REFERENCE_LEN], const char *text)
{
    char path[PATH_MAX], hex[HEX16_LEN + 1];

    hex16_format(reference, hex);
    snprintf(path, sizeof path, "%s/%s.receipt", folder, hex);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool done = file && fputs(text, file) >= 0 && fflush(file) == 0 && fsync(fd) == 0;
    int number = errno;
    if (file)
        done = fclose(file) == 0 && done;
    if (!done)
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(number));
    return done ? CLI_OK : CLI_USAGE;
}

/* Receipts of the items of an entry that erased somebody, of `reference` alone when it is not NULL. */
static int write_entry(const struct ledger_job *job, const struct sekisho_ledger_entry *entry, const char *folder,
                       const uint8_t *reference, uint64_t *written)
{
    static struct erasure_receipt receipt;
    struct sekisho_ledger_item item;
    struct sekisho_proof proof;
    struct sekisho_error error;
    int code = CLI_OK;

    if (sekisho_ledger_inclusion(job->client, &job->head, entry->index, entry->leaf_hash, &proof, &error) != SEKISHO_OK)
        return report_error(&error);
    for (size_t i = 0; i < entry->count && code == CLI_OK; i++) {
        sekisho_ledger_item(entry, i, &item);
        if (item.detail != SEKISHO_DETAIL_DONE ||
            (reference && memcmp(item.reference, reference, sizeof item.reference) != 0))
            continue;
        if (!erasure_receipt_make(entry, i, &proof, &job->head, &receipt))
            abort();
        char *text = erasure_receipt_text(&receipt);
        code = write_receipt(folder, item.reference, text);
        free(text);
        *written += code == CLI_OK;
    }
    return code;
}

/* Of a session's erasures alone, when `session` is not NULL, and of leaves from `first` on. */
static int write_receipts(const struct ledger_job *job, const struct sekisho_ledger_filter *filter, uint64_t first,
                          const char *session, const char *folder)
{
    const struct sekisho_ledger_entry *entry = NULL;
    struct sekisho_ledger_reader *reader = NULL;
    struct sekisho_error error;
    char hex[HEX16_LEN + 1];
    uint64_t written = 0;
    int code = CLI_OK;

    if (sekisho_ledger_read(job->session, filter, job->head.size, &reader, &error) != SEKISHO_OK)
        return report_error(&error);
    do {
        if (sekisho_ledger_next(reader, &entry, &error) != SEKISHO_OK) {
            code = report_error(&error);
            break;
        }
        if (!entry || entry->operation != SEKISHO_ERASE || !entry->permitted || entry->index < first)
            continue;
        hex16_format(entry->session, hex);
        if (!session || strcmp(hex, session) == 0)
            code = write_entry(job, entry, folder, filter->reference, &written);
    } while (code == CLI_OK && entry);
    sekisho_ledger_close(reader);
    if (code == CLI_OK)
        SAY(stderr, TEXT_RECEIPTS_WRITTEN, count_text(written), folder);
    return code;
}

static int make_folder(const char *folder)
{
    if (mkdir(folder, 0700) == 0)
        return CLI_OK;
    SAY(stderr, TEXT_FILE_UNWRITABLE, folder, strerror(errno));
    return CLI_USAGE;
}

int cmd_receipt_write(const struct options *options)
{
    struct ledger_filter filter;
    struct ledger_job job = {0};
    const char *folder = options->value[OPT_OUT];
    int code = ledger_filter_of(options, &filter);

    if (code == CLI_OK && !folder) {
        SAY(stderr, TEXT_OPTION_MISSING, "--out");
        code = CLI_USAGE;
    }
    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, true, &job);
    if (code == CLI_OK)
        code = make_folder(folder);
    if (code == CLI_OK)
        code = write_receipts(&job, &filter.given, 0, NULL, folder);
    ledger_end(&job);
    return code;
}

/* ---- with an erasure ---- */

static struct options reader_options(const struct options *options)
{
    struct options reader = *options;

    if (options->value[OPT_READER_SESSION])
        reader.value[OPT_SESSION] = options->value[OPT_READER_SESSION];
    return reader;
}

/* Everything that can go wrong does so before anybody is erased. The session's id is the end of its name. */
int receipts_begin(const struct options *options, struct receipts *receipts)
{
    const struct options reader = reader_options(options);
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct ledger_job job = {0};
    int code = ledger_begin(&reader, SEKISHO_LEDGER_NUMBERS, true, &job);

    receipts->first = job.head.size;
    if (code == CLI_OK && !ledger_may_read(&job)) {
        SAY(stderr, TEXT_RECEIPTS_NO_RIGHT);
        code = CLI_NOT_PERMITTED;
    }
    ledger_end(&job);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK) {
        sekisho_session_info(session, &receipts->eraser);
        code = make_folder(options->value[OPT_RECEIPTS]);
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

int receipts_finish(const struct options *options, const struct receipts *receipts)
{
    struct options reader = reader_options(options);
    const struct sekisho_ledger_filter filter = {.account = receipts->eraser.account};
    const char *id = strrchr(receipts->eraser.name, '/');
    struct ledger_job job = {0};

    reader.value[OPT_QUIET] = "";
    int code = ledger_begin(&reader, SEKISHO_LEDGER_NUMBERS, true, &job);
    if (code == CLI_OK)
        code = write_receipts(&job, &filter, receipts->first, id ? id + 1 : "", options->value[OPT_RECEIPTS]);
    ledger_end(&job);
    return code;
}

/* ---- checking ---- */

static int load(const char *path, char text[RECEIPT_MAX])
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, RECEIPT_MAX, file) : 0;
    bool unreadable = !file || ferror(file);
    int number = errno;

    if (file)
        fclose(file);
    if (unreadable) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(number));
        return CLI_USAGE;
    }
    if (length == RECEIPT_MAX || memchr(text, '\0', length)) {
        SAY(stderr, TEXT_LEDGER_BAD_RECEIPT, path);
        return CLI_USAGE;
    }
    text[length] = '\0';
    return CLI_OK;
}

static int check(const char *path, const char *text, struct erasure_receipt *receipt)
{
    static const enum text says[] = {[RECEIPT_LINE] = TEXT_RECEIPT_LINE,
                                     [RECEIPT_NOT_ERASURE] = TEXT_RECEIPT_NOT_ERASURE,
                                     [RECEIPT_LEAF] = TEXT_RECEIPT_LEAF,
                                     [RECEIPT_SIGNATURE] = TEXT_RECEIPT_SIGNATURE};
    unsigned line;
    enum receipt_fault fault = erasure_receipt_check(text, receipt, &line);

    if (fault == RECEIPT_GOOD)
        return CLI_OK;
    if (fault == RECEIPT_LINE)
        SAY(stderr, TEXT_RECEIPT_LINE, path, count_text(line));
    else
        SAY(stderr, says[fault], path);
    return CLI_FORGED;
}

/* Is it the ledger's key, and does the ledger of today continue the receipt's head? */
static int check_online(const struct options *options, const struct sekisho_checkpoint *then)
{
    struct ledger_job job = {0};
    struct sekisho_error error;
    int code = ledger_begin(options, SEKISHO_LEDGER_NUMBERS, false, &job);

    if (code == CLI_OK && (job.head.prefecture != then->prefecture ||
                           memcmp(job.head.public_key, then->public_key, sizeof then->public_key) != 0)) {
        SAY(stderr, TEXT_RECEIPT_OTHER_KEY);
        code = CLI_FORGED;
    }
    if (code == CLI_OK &&
        sekisho_ledger_consistency(job.client, &job.head, then->size, then->root, &error) != SEKISHO_OK)
        code = report_error(&error);
    ledger_end(&job);
    return code;
}

static int check_key(const struct options *options, const struct sekisho_checkpoint *head)
{
    const char *pin = options->value[OPT_LEDGER_PIN];
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];

    sekisho_fingerprint(head->public_key, fingerprint);
    if (options->value[OPT_ONLINE])
        return check_online(options, head);
    if (!pin && !options->value[OPT_TRUST]) {
        SAY(stderr, TEXT_RECEIPT_KEY_UNKNOWN);
        return CLI_USAGE;
    }
    if (pin && strcasecmp(pin, fingerprint) != 0) {
        SAY(stderr, TEXT_RECEIPT_OTHER_KEY);
        return CLI_FORGED;
    }
    if (!pin)
        SAY(stderr, TEXT_LEDGER_TRUSTED, fingerprint);
    return CLI_OK;
}

int cmd_receipt_verify(const struct options *options)
{
    static struct erasure_receipt receipt;
    static char text[RECEIPT_MAX];
    const char *path = options->value[OPT_RECEIPT];

    if (!path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--receipt");
        return CLI_USAGE;
    }
    int code = load(path, text);
    if (code == CLI_OK)
        code = check(path, text, &receipt);
    if (code == CLI_OK)
        code = check_key(options, &receipt.head);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_RECEIPT_GOOD, path);
    return code;
}
