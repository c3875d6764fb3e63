/*
 * keygen backup: the offline key pair that backups are sealed to.
 * restore: puts a backup into a new store, on the machine where both secret keys may be for the moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/secret.h"
#include "job.h"
#include "ledger_job.h"
#include "restore/restore.h"
#include "root_key_file.h"

int cmd_keygen_backup(const struct options *options)
{
    const char *path = options->value[OPT_OUTPUT];
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    if (!path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--output");
        return CLI_USAGE;
    }
    if (crypto_init() != 0 || x25519_key_pair(private_key, public_key) != 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, "libcrypto");
        return CLI_USAGE;
    }
    int code = root_key_write_new(path, private_key, sizeof private_key);
    sekisho_wipe(private_key, sizeof private_key);
    if (code == CLI_OK && !folder_sync(path)) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(errno));
        code = CLI_USAGE;
    }
    if (code != CLI_OK)
        return code;
    printf("backup_public_key = ");
    for (size_t i = 0; i < sizeof public_key; i++)
        printf("%02x", public_key[i]);
    putchar('\n');
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_BACKUP_KEY_MADE, path);
    return CLI_OK;
}

/* ---- restore ---- */

/* uid_base of the configuration is the vault's (warden/config.h), this without one. */
#define DEFAULT_VAULT_UID 64200

struct keys {
    uint8_t backup[HPKE_KEY_LEN], root[ROOT_KEY_LEN];
};

static int read_backup_key(const char *path, uint8_t key[HPKE_KEY_LEN])
{
    uint8_t bytes[HPKE_KEY_LEN + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);

    if (length < 0)
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
    else if (length != HPKE_KEY_LEN)
        SAY(stderr, TEXT_NOT_A_BACKUP_KEY, path);
    if (length == HPKE_KEY_LEN)
        memcpy(key, bytes, HPKE_KEY_LEN);
    sekisho_wipe(bytes, sizeof bytes);
    if (fd >= 0)
        close(fd);
    return length == HPKE_KEY_LEN ? CLI_OK : CLI_USAGE;
}

/* Whose the store is to be. Started as root the vault has a uid of its own; else it is the starting user's. */
static int owner_of(const struct options *options, uint32_t *owner)
{
    uint64_t uid;

    if (options_number(options, OPT_OWNER, 1, UINT32_MAX - 1, DEFAULT_VAULT_UID, &uid) < 0)
        return CLI_USAGE;
    *owner = geteuid() == 0 || options->value[OPT_OWNER] ? (uint32_t)uid : UINT32_MAX;
    return CLI_OK;
}

static const enum text check_texts[RESTORE_CHECK_COUNT] = {
    [RESTORE_CHECK_ROWS] = TEXT_RESTORE_CHECK_ROWS,       [RESTORE_CHECK_KEYS] = TEXT_RESTORE_CHECK_KEYS,
    [RESTORE_CHECK_LEDGER] = TEXT_RESTORE_CHECK_LEDGER,   [RESTORE_CHECK_HEAD] = TEXT_RESTORE_CHECK_HEAD,
    [RESTORE_CHECK_RECORDS] = TEXT_RESTORE_CHECK_RECORDS, [RESTORE_CHECK_COUNTS] = TEXT_RESTORE_CHECK_COUNTS,
};

static const enum text status_texts[RESTORE_STATUS_COUNT] = {
    [RESTORE_NOT_A_BACKUP] = TEXT_RESTORE_NOT_A_BACKUP,
    [RESTORE_OTHER_VERSION] = TEXT_RESTORE_OTHER_VERSION,
    [RESTORE_OTHER_KEY] = TEXT_RESTORE_OTHER_KEY,
    [RESTORE_TRUNCATED] = TEXT_RESTORE_TRUNCATED,
    [RESTORE_DAMAGED_HEAD] = TEXT_RESTORE_DAMAGED_HEAD,
    [RESTORE_DAMAGED] = TEXT_RESTORE_DAMAGED,
    [RESTORE_DAMAGED_END] = TEXT_RESTORE_DAMAGED_END,
    [RESTORE_UNREADABLE] = TEXT_RESTORE_UNREADABLE,
    [RESTORE_OTHER_ROOT_KEY] = TEXT_RESTORE_OTHER_ROOT_KEY,
    [RESTORE_NOT_SIGNED] = TEXT_RESTORE_NOT_SIGNED,
    [RESTORE_INCONSISTENT] = TEXT_RESTORE_INCONSISTENT,
    [RESTORE_NOT_EMPTY] = TEXT_RESTORE_NOT_EMPTY,
    [RESTORE_DISK] = TEXT_RESTORE_DISK,
};

static int report_failure(const struct options *options, enum restore_status status,
                          const struct restore_report *report)
{
    char tenant[8];

    snprintf(tenant, sizeof tenant, "%02u", report->tenant);
    switch (status) {
    case RESTORE_TRUNCATED:
    case RESTORE_DAMAGED:
        SAY(stderr, status_texts[status], options->value[OPT_INPUT], count_text(report->chunk));
        break;
    case RESTORE_INCONSISTENT:
        SAY(stderr, status_texts[status], options->value[OPT_INPUT], text(check_texts[report->what]), tenant);
        break;
    case RESTORE_OTHER_ROOT_KEY:
        SAY(stderr, status_texts[status], options->value[OPT_ROOT_KEY]);
        break;
    case RESTORE_OTHER_KEY:
        SAY(stderr, status_texts[status], options->value[OPT_INPUT], options->value[OPT_BACKUP_KEY]);
        break;
    case RESTORE_NOT_EMPTY:
    case RESTORE_DISK:
        SAY(stderr, status_texts[status], options->value[OPT_STORE], mdb_strerror(report->code));
        break;
    default:
        SAY(stderr, status_texts[status], options->value[OPT_INPUT], mdb_strerror(report->code));
    }
    return CLI_USAGE;
}

static json_t *tenant_json(const struct backup_tenant *tenant)
{
    char name[24];

    snprintf(name, sizeof name, "prefectures/%02u", tenant->tenant);
    return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "prefecture", name, "subjects", (json_int_t)tenant->subjects,
                     "erasures", (json_int_t)tenant->erased, "tree_size", (json_int_t)tenant->checkpoint.size,
                     "tree_root", hex_json(tenant->checkpoint.root, sizeof tenant->checkpoint.root), "ledger_key",
                     hex_json(tenant->ledger_key, sizeof tenant->ledger_key));
}

static void report_success(const struct options *options, const struct restore_report *report)
{
    char time[TIME_TEXT_LEN], prefecture[8];

    time_format(report->head.taken_at_us, time);
    if (options->value[OPT_JSON]) {
        json_t *tenants = json_array();
        for (size_t i = 0; i < report->tenant_count; i++)
            json_array_append_new(tenants, tenant_json(&report->tenants[i]));
        json_line(json_pack("{s:s, s:s, s:I, s:o}", "store", options->value[OPT_STORE], "backup_time", time, "rows",
                            (json_int_t)report->rows, "prefectures", tenants));
    }
    if (options->value[OPT_QUIET])
        return;
    SAY(stderr, TEXT_RESTORED, options->value[OPT_STORE], time, count_text(report->rows));
    for (size_t i = 0; i < report->tenant_count; i++) {
        const struct backup_tenant *tenant = &report->tenants[i];
        snprintf(prefecture, sizeof prefecture, "%02u", tenant->tenant);
        SAY(stderr, TEXT_RESTORED_PREFECTURE, prefecture, count_text(tenant->subjects),
            count_text(tenant->checkpoint.size), count_text(tenant->erased));
    }
    SAY(stderr, TEXT_RESTORED_JOURNAL);
}

static void draw(void *context, uint64_t done, uint64_t total)
{
    progress_draw_bytes(context, done, (double)done / (double)total);
}

static int restore(const struct options *options, const struct keys *keys, uint32_t owner)
{
    static struct restore_report report;
    struct progress progress;
    struct restore_request request = {.backup = open(options->value[OPT_INPUT], O_RDONLY | O_CLOEXEC),
                                      .backup_key = keys->backup,
                                      .root_key = keys->root,
                                      .store = options->value[OPT_STORE],
                                      .owner = owner,
                                      .progress = draw,
                                      .context = &progress};

    if (request.backup < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, options->value[OPT_INPUT], strerror(errno));
        return CLI_USAGE;
    }
    umask(077);
    progress_start(&progress, !options->value[OPT_QUIET]);
    enum restore_status status = restore_store(&request, &report);
    progress_clear(&progress);
    close(request.backup);
    if (status != RESTORE_DONE)
        return report_failure(options, status, &report);
    report_success(options, &report);
    return CLI_OK;
}

int cmd_restore(const struct options *options)
{
    static const enum option_id required[] = {OPT_INPUT, OPT_BACKUP_KEY, OPT_ROOT_KEY, OPT_STORE};
    static const char *const names[] = {"--input", "--backup-key", "--root-key", "--store"};
    struct keys *keys;
    uint32_t owner;

    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (!options->value[required[i]]) {
            SAY(stderr, TEXT_OPTION_MISSING, names[i]);
            return CLI_USAGE;
        }
    if (owner_of(options, &owner) != CLI_OK)
        return CLI_USAGE;
    if (crypto_init() != 0 || secret_arena_open(restore_arena_bytes() + sizeof *keys + 64) != 0 ||
        !(keys = secret_alloc(sizeof *keys))) {
        SAY(stderr, TEXT_NO_LOCKED_MEMORY, strerror(errno));
        return CLI_USAGE;
    }
    int code = read_backup_key(options->value[OPT_BACKUP_KEY], keys->backup);
    if (code == CLI_OK)
        code = root_key_open(options->value[OPT_ROOT_KEY], options->value[OPT_PASSWORD_FILE], keys->root);
    if (code == CLI_OK)
        code = restore(options, keys, owner);
    sekisho_wipe(keys, sizeof *keys);
    return code;
}
