/*
 * account first: a register's first administrators, offline, on the server's machine (auth/account_first.h). Makes the
 * store when there is none. The password, which is good for one login, is typed twice on a terminal.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "auth/account_first.h"
#include "crypto/hash.h"
#include "new_password.h"
#include "sekisho_accounts.h"
#include "store_folder.h"

#define MAP_BYTES          (1ull << 40) /* address space, not memory; auth's own bound is in the configuration */
#define PASSWORD_MIN_CHARS 12

/* Zero-padded; what is too long is refused. */
static int take_text(const struct options *options, enum option_id option, const char *name, char *out, size_t size)
{
    const char *value = options->value[option];

    if (!value) {
        SAY(stderr, TEXT_OPTION_MISSING, name);
        return CLI_USAGE;
    }
    if (strlen(value) > size) {
        SAY(stderr, TEXT_TOO_LONG, name);
        return CLI_USAGE;
    }
    memcpy(out, value, strnlen(value, size));
    return CLI_OK;
}

static int take_certificate(const struct options *options, uint8_t certificate[CERT_HASH_LEN])
{
    const char *path = options->value[OPT_CLIENT_CERT];
    struct sekisho_error error;

    if (!path)
        return CLI_OK; /* the terminal is the local socket */
    return sekisho_certificate_hash(path, certificate, &error) == SEKISHO_OK ? CLI_OK : report_error(&error);
}

static int fill(const struct options *options, struct first_administrator *first)
{
    char role[ROLE_CODE_LEN + 1] = "";

    *first = (struct first_administrator){0};
    if (take_text(options, OPT_ROLE, "--role", role, ROLE_CODE_LEN) != CLI_OK ||
        take_text(options, OPT_ACCOUNT, "--account", first->account, sizeof first->account) != CLI_OK ||
        take_text(options, OPT_TERMINAL, "--terminal", first->terminal, sizeof first->terminal) != CLI_OK ||
        take_text(options, OPT_PERSON, "--person", first->person, sizeof first->person) != CLI_OK ||
        take_text(options, OPT_ORGANISATION, "--organisation", first->organisation, sizeof first->organisation) !=
            CLI_OK)
        return CLI_USAGE;
    first->role = (uint16_t)role_by_code(role, strlen(role));
    if (first->role != ROLE_OWN && first->role != ROLE_ADM) {
        SAY(stderr, TEXT_BAD_ROLE, "OWN, ADM");
        return CLI_USAGE;
    }
    return take_certificate(options, first->certificate);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* One transaction: all of it is there, or nothing. */
static int make(const char *folder, uint16_t tenant, const struct first_administrator *first, enum first_result *result)
{
    static struct account_store store;
    int rc = account_store_open(&store, folder, MAP_BYTES, &tenant, 1);

    if (rc != 0)
        return rc;
    rc = account_store_begin(&store);
    if (rc == 0)
        rc = account_first(&store, account_store_tenant(&store, tenant), first, PASSWORD_MIN_CHARS, now_us(), result);
    if (rc == 0 && *result == FIRST_DONE)
        rc = account_store_commit(&store);
    account_store_close(&store);
    return rc;
}

static int refuse(enum first_result result)
{
    static const enum text why[] = {
        [FIRST_BAD_FIELD] = TEXT_FIRST_BAD_FIELD, [FIRST_WEAK_PASSWORD] = TEXT_FIRST_WEAK_PASSWORD,
        [FIRST_NOT_FIRST] = TEXT_FIRST_NOT_FIRST, [FIRST_EXISTS] = TEXT_FIRST_EXISTS,
        [FIRST_TERMINAL] = TEXT_FIRST_TERMINAL,
    };

    SAY(stderr, TEXT_FIRST_NOT_MADE, text(why[result]));
    return CLI_USAGE;
}

static int make_locked(const struct options *options, uint16_t tenant, const struct first_administrator *first)
{
    const char *folder = options->value[OPT_STORE];
    enum first_result result = FIRST_DONE;

    if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, folder, strerror(errno));
        return CLI_USAGE;
    }
    int lock = store_folder_lock(folder);
    if (lock < 0)
        return CLI_USAGE;
    int rc = crypto_init() == 0 ? make(folder, tenant, first, &result) : EIO;
    close(lock);
    if (rc != 0) {
        SAY(stderr, TEXT_FIRST_NOT_MADE, mdb_strerror(rc));
        return CLI_USAGE;
    }
    return result == FIRST_DONE ? CLI_OK : refuse(result);
}

int cmd_account_first(const struct options *options)
{
    struct first_administrator first;
    char password[SECRET_MAX];
    unsigned prefecture;
    long length = 0;

    if (!options->value[OPT_STORE]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--store");
        return CLI_USAGE;
    }
    int code = prefecture_of(options, &prefecture);
    if (code == CLI_OK)
        code = fill(options, &first);
    if (code == CLI_OK)
        code = new_password_read(options->value[OPT_PASSWORD_FILE], password, &length);
    if (code == CLI_OK) {
        first.password = password;
        first.password_length = (size_t)length;
        code = make_locked(options, (uint16_t)prefecture, &first);
    }
    sekisho_wipe(password, sizeof password);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_FIRST_MADE, options->value[OPT_ACCOUNT], options->value[OPT_ROLE]);
    return code;
}
