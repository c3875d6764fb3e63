#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "driver/bench.h"

static int run_keygen(const struct bench *bench, const char *folder, unsigned port)
{
    struct command command;
    bench_command(bench, "sekisho", &command);
    command_add_all(&command, "keygen --quiet --client bench --prefecture");
    command_add(&command, "%d", PREFECTURE);
    command_add_all(&command, "--listen");
    command_add(&command, "127.0.0.1:%u", port);
    command_add_all(&command, "--out");
    command_add(&command, "%s", folder);
    return run_quietly(&command, 60);
}

static int write_password(const char *path)
{
    uint8_t random[16];
    char text[8 + 2 * sizeof(random)] = "Aa1-";
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return bench_fail("no random bytes");
    }
    for (size_t i = 0; i < sizeof(random); i++) {
        snprintf(text + 4 + 2 * i, 3, "%02x", random[i]);
    }
    return file_write(path, text, 0600);
}

/* What is `account request` and so on in use is done at once here: tests/tools/ready_accounts.c. */
static void ready(const struct bench *bench, const char *folder, struct command *command)
{
    bench_command(bench, "ready-accounts", command);
    command_add(command, "%s/accounts", folder);
    command_add(command, "%d", PREFECTURE);
}

static int add_account(const struct bench *bench, const char *folder, const char *account, const char *role)
{
    struct command command;
    ready(bench, folder, &command);
    command_add_all(&command, "account");
    command_add(&command, "%s", account);
    command_add(&command, "%s", role);
    command_add(&command, "%s/bench.password", folder);
    return run_quietly(&command, 60);
}

static int add_terminal(const struct bench *bench, const char *folder)
{
    struct command command;
    ready(bench, folder, &command);
    command_add_all(&command, "terminal bench");
    command_add(&command, "%s/clients/bench.crt.pem", folder);
    return run_quietly(&command, 60);
}

int keys_make(const struct bench *bench, const char *folder, unsigned port)
{
    char password[PATH_SIZE];
    if (path_make(password, "%s/bench.password", folder) != 0 || run_keygen(bench, folder, port) != 0 ||
        write_password(password) != 0 || add_terminal(bench, folder) != 0) {
        return -1;
    }
    int result = add_account(bench, folder, "enroller", "CEN");
    result = result == 0 ? add_account(bench, folder, "owner", "OWN") : result;
    result = result == 0 ? add_account(bench, folder, "importer", "APR") : result;
    for (size_t i = 0; i < DESKS && result == 0; i++) {
        char account[32];
        snprintf(account, sizeof(account), DESK "%zu", i);
        result = add_account(bench, folder, account, "REV");
    }
    return result == 0 ? add_account(bench, folder, "matcher", "REV") : result;
}
