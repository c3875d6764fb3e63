/*
 * release-probe APPLICATION-ID: asks the vault, past the register, to forget what was enrolled for an application, with
 * the session of SEKISHO_SESSION. Prints what it says: "DONE ..." it had a provisional number, or none; "REFUSED
 * CONFIRMED" the number is kept. Ends with 0 when the vault answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sekisho.h"

static void need(bool good, const struct sekisho_error *error)
{
    if (good)
        return;
    fprintf(stderr, "release-probe: %s [%s]\n", error->message, error->reason);
    exit(1);
}

static bool parse(const char *hex, uint8_t id[16])
{
    unsigned byte;

    for (size_t i = 0; i < 16; i++) {
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        id[i] = (uint8_t)byte;
    }
    return hex[32] == '\0';
}

int main(int argc, char **argv)
{
    const struct sekisho_options options = {.address = getenv("SEKISHO_ADDRESS"),
                                            .ca_file = getenv("SEKISHO_CA"),
                                            .certificate_file = getenv("SEKISHO_CERT"),
                                            .key_file = getenv("SEKISHO_KEY"),
                                            .pin = getenv("SEKISHO_PIN")};
    struct sekisho_item item = {0};
    struct sekisho_request request = {
        .operation = SEKISHO_RELEASE, .purpose = SEKISHO_REGISTER, .items = &item, .count = 1};
    struct sekisho_client *client;
    struct sekisho_session *session;
    struct sekisho_result result;
    struct sekisho_error error;

    if (argc != 2 || strlen(argv[1]) != 32 || !parse(argv[1], item.request_id))
        return 2;
    memcpy(request.case_reference, item.request_id, sizeof request.case_reference);
    need(sekisho_connect(&options, &client, &error) == SEKISHO_OK, &error);
    need(sekisho_session_load(client, getenv("SEKISHO_SESSION"), &session, &error) == SEKISHO_OK, &error);
    need(sekisho_call(session, &request, &result, NULL, &error) == SEKISHO_OK, &error);
    printf("%s %s\n", sekisho_outcome_name(result.outcome), sekisho_detail_name(result.detail));
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return 0;
}
