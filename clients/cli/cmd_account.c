/* account add: offline, on the server's machine. The password is typed twice on a terminal. */
#include <string.h>

#include "auth/account_file.h"
#include "cli.h"
#include "crypto/hash.h"

static int read_new_password(const struct options *options, char password[SECRET_MAX], long *length)
{
    const char *path = options->value[OPT_PASSWORD_FILE];
    char again[SECRET_MAX];

    *length = secret_read(path, TEXT_PROMPT_NEW_PASSWORD, password);
    if (*length < 0)
        return CLI_USAGE;
    if (path)
        return CLI_OK;
    long second = secret_read(NULL, TEXT_PROMPT_PASSWORD_AGAIN, again);
    bool same = second == *length && memcmp(password, again, (size_t)second) == 0;
    sekisho_wipe(again, sizeof again);
    if (!same)
        SAY(stderr, TEXT_PASSWORDS_DIFFER);
    return same ? CLI_OK : CLI_USAGE;
}

static void refuse_role(void)
{
    char codes[ROLE_COUNT * (ROLE_CODE_LEN + 2)];
    size_t used = 0;

    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
        used += (size_t)snprintf(codes + used, sizeof codes - used, "%s%s", used > 0 ? ", " : "",
                                 role_code((uint16_t)role));
    SAY(stderr, TEXT_BAD_ROLE, codes);
}

static int fill_account(const struct options *options, struct account *account)
{
    const char *id = options->value[OPT_ACCOUNT], *role = options->value[OPT_ROLE];
    unsigned prefecture;

    if (!id || !role || !options->value[OPT_ACCOUNTS]) {
        SAY(stderr, TEXT_OPTION_MISSING, !id ? "--account" : !role ? "--role" : "--accounts");
        return CLI_USAGE;
    }
    int code = prefecture_of(options, &prefecture);
    if (code != CLI_OK)
        return code;
    memset(account, 0, sizeof *account);
    account->tenant = (uint16_t)prefecture;
    account->role = (uint16_t)role_by_code(role, strlen(role));
    account->state = ACCOUNT_ACTIVE;
    if (account->role == ROLE_NONE) {
        refuse_role();
        return CLI_USAGE;
    }
    if (strlen(id) <= sizeof account->id)
        memcpy(account->id, id, strlen(id));
    if (!account_id_valid(account->id)) {
        SAY(stderr, TEXT_BAD_ACCOUNT, id);
        return CLI_USAGE;
    }
    return CLI_OK;
}

int cmd_account_add(const struct options *options)
{
    struct account account;
    char password[SECRET_MAX], why[ACCOUNT_ERROR_LEN] = "";
    long length = 0;

    int code = fill_account(options, &account);
    if (code == CLI_OK)
        code = read_new_password(options, password, &length);
    if (code == CLI_OK && (crypto_init() < 0 || account_file_add(options->value[OPT_ACCOUNTS], &account, password,
                                                                 (size_t)length, why) < 0)) {
        SAY(stderr, TEXT_ACCOUNT_NOT_ADDED, why);
        code = CLI_USAGE;
    }
    sekisho_wipe(password, sizeof password);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_ACCOUNT_ADDED, options->value[OPT_ACCOUNT], options->value[OPT_ROLE]);
    return code;
}
