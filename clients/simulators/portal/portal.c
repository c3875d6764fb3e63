#include "clients/simulators/portal/portal.h"

#include <stdlib.h>
#include <string.h>

#include "clients/simulators/portal/copies.h"
#include "sekisho_rpc.h"

void portal_report(const struct sekisho_error *error)
{
    fprintf(stderr, "%s (%s)%s%s\n", error->message, error->reason, error->field[0] ? ": " : "", error->field);
}

bool portal_open(const char *folder, struct portal *portal)
{
    const struct sekisho_options options = {.address = getenv("SEKISHO_ADDRESS"),
                                            .ca_file = getenv("SEKISHO_CA"),
                                            .certificate_file = getenv("SEKISHO_CERT"),
                                            .key_file = getenv("SEKISHO_KEY"),
                                            .pin = getenv("SEKISHO_PIN")};
    const char *session = getenv("SEKISHO_SESSION");
    struct sekisho_error error;
    char path[4096];

    *portal = (struct portal){.folder = folder};
    snprintf(path, sizeof path, "%s/log", folder);
    if (!session || !copies_open(folder) || !(portal->log = fopen(path, "ae"))) {
        fprintf(stderr, "no session in the environment, or no folder %s\n", folder);
        return false;
    }
    if (sekisho_connect(&options, &portal->client, &error) != SEKISHO_OK ||
        sekisho_session_load(portal->client, session, &portal->session, &error) != SEKISHO_OK) {
        portal_report(&error);
        return false;
    }
    sekisho_session_info(portal->session, &portal->info);
    return true;
}

void portal_close(struct portal *portal)
{
    sekisho_session_free(portal->session);
    sekisho_disconnect(portal->client);
    if (portal->log)
        fclose(portal->log);
}

void *portal_call(struct portal *portal, const char *method, const ProtobufCMessage *request, const char *name)
{
    ProtobufCMessage *answer = NULL;
    struct sekisho_error error;

    enum sekisho_status status =
        sekisho_rpc(portal->session, &sekisho__v1__portal_service__descriptor, method, request, &answer, &error);
    fprintf(portal->log, "%s %s %s\n", method, name, status == SEKISHO_OK ? "OK" : error.reason);
    fflush(portal->log);
    if (status == SEKISHO_OK)
        return answer;
    portal_report(&error);
    return NULL;
}

uint8_t *whole_file(const char *path, size_t max, size_t *length)
{
    FILE *file = fopen(path, "re");
    uint8_t *bytes = file ? malloc(max + 1) : NULL;

    *length = bytes ? fread(bytes, 1, max + 1, file) : 0;
    if (file)
        fclose(file);
    if (bytes && *length > 0 && *length <= max)
        return bytes;
    fprintf(stderr, "%s: not there, empty, or more than %zu bytes\n", path, max);
    free(bytes);
    return NULL;
}
