/* ApplicationService: one application with all that is known of it. */
#include <string.h>

#include "server/applications/compare.h"
#include "server/register/record.h"
#include "server/services/application_methods.h"
#include "server/services/application_open.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

/* Events of one application, oldest first. False after register_fail. */
static bool load_events(struct opened *opened)
{
    struct register_call *call = opened->call;
    Sekisho__V1__Application *shown = opened->application->application;
    uint32_t count = opened->application->event_count;
    uint8_t key[REGISTER_ID_LEN + 4];

    shown->events = register_alloc(call, (count + 1) * sizeof(Sekisho__V1__ApplicationEvent *));
    if (!shown->events)
        return false;
    memcpy(key, opened->application->id.data, REGISTER_ID_LEN);
    for (uint32_t number = 1; number <= count; number++) {
        ProtobufCMessage *message;
        for (int i = 0; i < 4; i++)
            key[REGISTER_ID_LEN + i] = (uint8_t)(number >> (24 - 8 * i));
        int rc = record_get(call->txn, call->reg->table[TABLE_application_event], key, sizeof key,
                            &sekisho__stored__stored_application_event__descriptor, &call->arena, &message);
        if (rc != 0) {
            (void)register_fail_store(call, rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc);
            return false;
        }
        shown->events[shown->n_events++] = ((Sekisho__Stored__StoredApplicationEvent *)message)->event;
    }
    return true;
}

static bool add_comparisons(struct register_call *call, const stored_application *application,
                            Sekisho__V1__GetApplicationResponse *response)
{
    size_t count = application->n_matches;
    Sekisho__V1__Comparison *all = register_alloc(call, (count + 1) * sizeof *all);

    response->comparisons = register_alloc(call, (count + 1) * sizeof(Sekisho__V1__Comparison *));
    if (!all || !response->comparisons)
        return false;
    for (size_t i = 0; i < count; i++) {
        match_show(application->matches[i], &all[i]);
        response->comparisons[i] = &all[i];
    }
    response->n_comparisons = count;
    return true;
}

/* For who puts it into a sealed call: reception at the acceptance, review at the check. */
static bool add_sealed_number(struct register_call *call, const stored_application *application,
                              Sekisho__V1__GetApplicationResponse *response)
{
    if ((call->caller.role != ROLE_REC && call->caller.role != ROLE_REV) || application->number_blob.len == 0)
        return true;
    response->sealed_number = REGISTER_NEW(call, Sekisho__V1__SealedNumber, SEKISHO__V1__SEALED_NUMBER__INIT);
    if (!response->sealed_number)
        return false;
    response->sealed_number->nonce = application->nonce;
    response->sealed_number->portal = application->portal;
    response->sealed_number->blob = application->number_blob;
    return true;
}

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetApplicationRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, NULL, &opened) || !load_events(&opened))
        return NULL;
    Sekisho__V1__GetApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetApplicationResponse, SEKISHO__V1__GET_APPLICATION_RESPONSE__INIT);
    if (!response || !add_comparisons(call, opened.application, response) ||
        !add_sealed_number(call, opened.application, response))
        return NULL;
    response->checks = opened.application->checks;
    response->n_checks = opened.application->n_checks;
    response->application = application_show(&opened);
    return response->application ? &response->base : NULL;
}

void application_get_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}
