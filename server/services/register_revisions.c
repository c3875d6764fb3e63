/* RegisterService.ListRegistrationRevisions: every version of an entry, the newest first. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "server/services/register_page.h"
#include "server/services/register_service.h"

typedef Sekisho__V1__ListRegistrationRevisionsResponse__Revision revision;

static revision *show(struct register_call *call, stored_entry *entry)
{
    revision *shown = REGISTER_NEW(call, revision, SEKISHO__V1__LIST_REGISTRATION_REVISIONS_RESPONSE__REVISION__INIT);

    if (!shown)
        return NULL;
    shown->name =
        register_printf(call, "%s/revisions/%" PRId64, entry->registration->name, entry->registration->version);
    shown->registration = entry->registration;
    shown->reason = entry->reason;
    shown->decision = entry->decision;
    return shown->name ? shown : NULL;
}

/* From `version` down; the next page's first, 0 for none, in *version. */
static int fill(struct register_call *call, uint32_t serial, uint32_t rows, uint64_t *version,
                Sekisho__V1__ListRegistrationRevisionsResponse *response)
{
    for (; *version > 0 && response->n_revisions < rows; --*version) {
        stored_entry *entry;
        int rc = entry_get_version(call->reg, call->txn, serial, *version, &call->arena, &entry);
        if (rc != 0)
            return rc;
        if (!(response->revisions[response->n_revisions] = show(call, entry)))
            return ENOMEM;
        response->n_revisions++;
    }
    return 0;
}

static int newest(struct register_call *call, uint32_t serial, const struct register_page *page, uint64_t *version)
{
    stored_entry *entry;

    if (page->key_length == sizeof *version) {
        memcpy(version, page->key, sizeof *version);
        return 0;
    }
    int rc = entry_get(call->reg, call->txn, serial, &call->arena, &entry);
    *version = rc == 0 ? (uint64_t)entry->registration->version : 0;
    return rc;
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListRegistrationRevisionsRequest *request = (const void *)call->request;
    Sekisho__V1__ListRegistrationRevisionsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListRegistrationRevisionsResponse, SEKISHO__V1__LIST_REGISTRATION_REVISIONS_RESPONSE__INIT);
    struct register_page page;
    uint64_t version;
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    if (!entry_name_parse(request->name, &tenant, &serial, &rest) || *rest != '\0')
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", "must be an entry");
    if (!register_page(call, &page))
        return NULL;
    revision **rows = register_alloc(call, page.rows * sizeof(void *));
    if (!response || !rows)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    response->revisions = rows;
    int rc = newest(call, serial, &page, &version);
    if (rc == 0)
        rc = fill(call, serial, page.rows, &version, response);
    if (rc == 0 && version > 0 &&
        !(response->next_page_token = register_page_token(call, &page, &version, sizeof version)))
        rc = ENOMEM;
    return rc == 0 ? &response->base : register_fail_store(call, rc);
}

void list_registration_revisions(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}
