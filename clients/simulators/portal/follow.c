/* What comes after the submission: how it stands, status of the certificate, withdrawal, purge. */
#include <stdlib.h>
#include <string.h>

#include "clients/simulators/portal/copies.h"
#include "clients/simulators/portal/portal.h"
#include "sekisho_rpc.h"

#define OCSP_MAX  16384
#define PAGE_ROWS 100

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

void status_print(const Sekisho__V1__ApplicationStatus *status)
{
    const ProtobufCEnumValue *state =
        protobuf_c_enum_descriptor_get_value(&sekisho__v1__application_state__descriptor, (int)status->state);

    printf("%s %s %s%s\n", status->name, state ? state->name + strlen("APPLICATION_STATE_") : "?",
           status->signature_code[0] ? status->signature_code : "-", status->portal_purged ? " purged" : "");
}

bool portal_status(struct portal *portal, const char *name)
{
    Sekisho__V1__GetApplicationStatusRequest request = SEKISHO__V1__GET_APPLICATION_STATUS_REQUEST__INIT;

    request.name = text_of(name);
    Sekisho__V1__GetApplicationStatusResponse *answer =
        portal_call(portal, "GetApplicationStatus", &request.base, name);
    if (!answer)
        return false;
    status_print(answer->status);
    sekisho_message_free(&answer->base);
    return true;
}

bool portal_list(struct portal *portal, const char *pseudonym)
{
    Sekisho__V1__ListApplicationStatusesRequest request = SEKISHO__V1__LIST_APPLICATION_STATUSES_REQUEST__INIT;
    char parent[256], token[2048] = "";

    snprintf(parent, sizeof parent, "prefectures/%02u/applicants/%s", portal->info.prefecture, pseudonym);
    request.parent = parent;
    request.page_size = PAGE_ROWS;
    do {
        request.page_token = token;
        Sekisho__V1__ListApplicationStatusesResponse *answer =
            portal_call(portal, "ListApplicationStatuses", &request.base, parent);
        if (!answer)
            return false;
        for (size_t i = 0; i < answer->n_statuses; i++)
            status_print(answer->statuses[i]);
        snprintf(token, sizeof token, "%s", answer->next_page_token);
        sekisho_message_free(&answer->base);
    } while (token[0] != '\0');
    return true;
}

bool portal_retry(struct portal *portal, const char *name, const char *ocsp_file)
{
    Sekisho__V1__RetrySignatureRequest request = SEKISHO__V1__RETRY_SIGNATURE_REQUEST__INIT;
    uint8_t *ocsp = ocsp_file ? whole_file(ocsp_file, OCSP_MAX, &request.ocsp_response.len) : NULL;

    request.name = text_of(name);
    request.ocsp_response.data = ocsp;
    Sekisho__V1__RetrySignatureResponse *answer = portal_call(portal, "RetrySignature", &request.base, name);
    free(ocsp);
    if (!answer)
        return false;
    status_print(answer->status);
    sekisho_message_free(&answer->base);
    return true;
}

bool portal_withdraw(struct portal *portal, const char *name)
{
    Sekisho__V1__PortalServiceWithdrawApplicationRequest request =
        SEKISHO__V1__PORTAL_SERVICE_WITHDRAW_APPLICATION_REQUEST__INIT;

    request.name = text_of(name);
    Sekisho__V1__PortalServiceWithdrawApplicationResponse *answer =
        portal_call(portal, "WithdrawApplication", &request.base, name);
    if (!answer)
        return false;
    status_print(answer->status);
    sekisho_message_free(&answer->base);
    return true;
}

bool portal_purge(struct portal *portal, const char *name)
{
    Sekisho__V1__ConfirmPurgeRequest request = SEKISHO__V1__CONFIRM_PURGE_REQUEST__INIT;
    uint8_t hash[CONTENT_HASH_LEN];

    if (!copy_hash(portal->folder, name, hash)) {
        fprintf(stderr, "there is no copy of this application\n");
        return false;
    }
    /* Only what has been handed over is purged; then the copy goes before the server is told. */
    if (!portal_status(portal, name) || !copy_purge(portal->folder, name))
        return false;
    request.name = text_of(name);
    request.content_sha256 = (ProtobufCBinaryData){sizeof hash, hash};
    Sekisho__V1__ConfirmPurgeResponse *answer = portal_call(portal, "ConfirmPurge", &request.base, name);
    if (!answer)
        return false;
    bool good = receipt_keep(portal->folder, name, hash, answer);
    if (!good)
        fprintf(stderr, "the receipt is not for this copy\n");
    status_print(answer->status);
    sekisho_message_free(&answer->base);
    return good;
}
