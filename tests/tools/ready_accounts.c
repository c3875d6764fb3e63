/*
 * For tests, benchmarks and the demo: puts ready accounts and terminals into the store of a set that is stopped. What
 * takes two administrators, a temporary password and the terms of use in the product (tests/system/accounts.sh) is done
 * here at once, and nothing of it is recorded. Not part of the product.
 *
 *   ready-accounts STORE PREFECTURE account NAME ROLE PASSWORD-FILE
 *   ready-accounts STORE PREFECTURE terminal NAME CERTIFICATE.pem|local
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "auth/account_store.h"
#include "crypto/hash.h"
#include "sekisho_accounts.h"

#define MAP_BYTES     (1ull << 40)
#define TERMS_VERSION 1 /* as keygen writes */

static struct account_store store;

static int fail(const char *what)
{
    fprintf(stderr, "ready-accounts: %s\n", what);
    return 2;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* As the warden takes it: whoever has the lock is the store's only user. */
static bool lock(const char *folder)
{
    (void)mkdir(folder, 0700);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static bool copy(char *out, size_t size, const char *text)
{
    if (strlen(text) > size)
        return false;
    memcpy(out, text, strlen(text));
    return true;
}

/* The first line, as the command line reads it. */
static bool read_password(const char *path, char password[PASSWORD_MAX + 2], size_t *length)
{
    FILE *file = fopen(path, "re");
    bool read = file && fgets(password, PASSWORD_MAX + 2, file) != NULL;

    if (file)
        fclose(file);
    *length = read ? strcspn(password, "\n") : 0;
    return *length > 0;
}

static int add_account(struct account_tenant *tenant, const char *name, const char *role, const char *password_file)
{
    static struct stored_account account, other;
    char id[ACCOUNT_LEN] = "", password[PASSWORD_MAX + 2];
    size_t length;
    int64_t now = now_us();

    account = (struct stored_account){
        .version = 1,
        .role = (uint16_t)role_by_code(role, strlen(role)),
        .kind = ACCOUNT_OFFICER,
        .state = ACCOUNT_ACTIVE,
        .terms_version = TERMS_VERSION,
        .requested_us = now,
        .approved_us = now,
        .issued_us = now,
        .last_login_us = now,
        .dormant_from_us = now,
        .password_set_us = now,
    };
    if (account.role == ROLE_NONE || !copy(id, sizeof id, name) || !copy(account.person, sizeof account.person, name) ||
        !read_password(password_file, password, &length))
        return fail("bad name, role or password file");
    if (account_get(&store, tenant, id, &other) != MDB_NOTFOUND)
        return fail("the account is there already");
    if (password_make(password, length, &account.hash) != 0 ||
        account_ledger_line(&store, tenant, &account.issue_number) != 0 ||
        account_put(&store, tenant, id, &account) != 0)
        return fail("the account cannot be written");
    return 0;
}

static int add_terminal(struct account_tenant *tenant, const char *name, const char *certificate)
{
    static struct stored_terminal terminal;
    char id[TERMINAL_ID_LEN] = "";
    struct sekisho_error error;

    terminal = (struct stored_terminal){.version = 1, .kind = TERMINAL_OPERATION, .added_us = now_us()};
    if (!copy(id, sizeof id, name))
        return fail("bad name");
    if (strcmp(certificate, "local") != 0 &&
        sekisho_certificate_hash(certificate, terminal.certificate, &error) != SEKISHO_OK)
        return fail("not a certificate");
    return terminal_put(&store, tenant, id, &terminal) == 0 ? 0 : fail("the terminal cannot be written");
}

int main(int argc, char **argv)
{
    bool account = argc == 7 && strcmp(argv[3], "account") == 0;
    bool terminal = argc == 6 && strcmp(argv[3], "terminal") == 0;

    if (!account && !terminal)
        return fail("see the head of tests/tools/ready_accounts.c");
    uint16_t prefecture = (uint16_t)strtoul(argv[2], NULL, 10);
    if (!lock(argv[1]))
        return fail("cannot have the folder to itself");
    if (crypto_init() != 0 || account_store_open(&store, argv[1], MAP_BYTES, &prefecture, 1) != 0 ||
        account_store_begin(&store) != 0)
        return fail("cannot open the store");
    struct account_tenant *tenant = account_store_tenant(&store, prefecture);
    int code = account ? add_account(tenant, argv[4], argv[5], argv[6]) : add_terminal(tenant, argv[4], argv[5]);
    if (code == 0 && account_store_commit(&store) != 0)
        code = fail("cannot write to the store");
    account_store_close(&store);
    return code;
}
