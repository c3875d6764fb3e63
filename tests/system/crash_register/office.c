#include "office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOGIN_ATTEMPTS 20

struct sekisho_client *client;
struct sekisho_session *desk[DESK_COUNT];

static const char *const accounts[DESK_COUNT] = {"reception01", "reviewer01", "cashier01", "approver01", "auditor01"};

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

bool office_open(const char *folder)
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

void office_close(void)
{
    for (int which = 0; which < DESK_COUNT; which++)
        sekisho_session_free(desk[which]);
    sekisho_disconnect(client);
}

/* What a killed process leaves its callers with. */
static bool explained(enum sekisho_status status, const char *reason)
{
    static const char *const reasons[] = {"VAULT_UNAVAILABLE", "AUTH_UNAVAILABLE", "UNKNOWN_SESSION",
                                          "SESSION_EXPIRED"};

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return status == SEKISHO_ERROR_UNREACHABLE;
}

enum ended office_call(enum desk which, const ProtobufCServiceDescriptor *service, const char *method,
                       const ProtobufCMessage *request, ProtobufCMessage **answer)
{
    struct sekisho_error error;
    enum sekisho_status status = sekisho_rpc(desk[which], service, method, request, answer, &error);

    if (status == SEKISHO_OK)
        return ENDED_WELL;
    if (explained(status, error.reason))
        return ENDED_UNKNOWN;
    printf("FOUND: %s: %d %s %s %s\n", method, (int)status, error.reason, error.field, error.message);
    return ENDED_WRONG;
}

struct sekisho_sealed *office_seal(enum desk which, enum sekisho_operation operation, const uint8_t application[16],
                                   const char number[SEKISHO_NUMBER_LEN])
{
    struct sekisho_item item = {0};
    struct sekisho_request request = {.operation = operation, .purpose = SEKISHO_REGISTER, .items = &item, .count = 1};
    struct sekisho_sealed *sealed;
    struct sekisho_error error;

    memcpy(request.case_reference, application, sizeof request.case_reference);
    memcpy(item.request_id, application, sizeof item.request_id);
    if (number)
        memcpy(item.number, number, sizeof item.number);
    if (sekisho_seal(desk[which], &request, &sealed, &error) != SEKISHO_OK) {
        fprintf(stderr, "seal: %s\n", error.reason);
        exit(2);
    }
    return sealed;
}
