#include "desks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOGIN_ATTEMPTS 20

struct sekisho_client *client;
struct sekisho_session *desk[DESK_COUNT];

static const char *const accounts[DESK_COUNT] = {"reception01", "reviewer01", "approver01", "privacy01"};

static bool log_in(const char *folder, enum desk which)
{
    char path[512], password[SEKISHO_PASSWORD_MAX + 1];
    struct sekisho_error error;

    snprintf(path, sizeof path, "%s/%s.password", folder, accounts[which]);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(password, sizeof password, file)) {
        fprintf(stderr, "no password in %s\n", path);
        exit(2);
    }
    fclose(file);
    enum sekisho_status status =
        sekisho_login(client, PREFECTURE, accounts[which], password, strcspn(password, "\n"), &desk[which], &error);
    if (status != SEKISHO_OK)
        fprintf(stderr, "login of %s: %s\n", accounts[which], error.reason);
    return status == SEKISHO_OK;
}

/* A password costs memory and time on purpose: a machine that others keep busy may need several attempts. */
static bool log_in_patiently(const char *folder, enum desk which)
{
    for (int attempt = 0; attempt < LOGIN_ATTEMPTS; attempt++) {
        if (log_in(folder, which))
            return true;
        sleep(1);
    }
    return false;
}

bool desks_open(const char *folder)
{
    const struct sekisho_options options = {.address = getenv("SEKISHO_ADDRESS"),
                                            .ca_file = getenv("SEKISHO_CA"),
                                            .certificate_file = getenv("SEKISHO_CERT"),
                                            .key_file = getenv("SEKISHO_KEY"),
                                            .pin = getenv("SEKISHO_PIN"),
                                            .timeout_ms = 60000};
    struct sekisho_error error;

    if (sekisho_connect(&options, &client, &error) != SEKISHO_OK) {
        fprintf(stderr, "connect: %s\n", error.message);
        exit(2);
    }
    for (int which = 0; which < DESK_COUNT; which++)
        if (!log_in_patiently(folder, (enum desk)which))
            return false;
    return true;
}

void desks_close(void)
{
    for (int which = 0; which < DESK_COUNT; which++)
        sekisho_session_free(desk[which]);
    sekisho_disconnect(client);
}
