#include "services_methods.h"

#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/access_record_service.pb-c.h"
#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/backup_service.pb-c.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "sekisho/v1/session_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "sekisho/v1/terminal_service.pb-c.h"
#include "server/services/front.h"

struct service {
    const ProtobufCServiceDescriptor *descriptor;
    const struct rpc_method *methods;
    const size_t *count;
};

static const struct service services[] = {
    {&sekisho__v1__session_service__descriptor, session_methods, &session_method_count},
    {&sekisho__v1__number_service__descriptor, number_methods, &number_method_count},
    {&sekisho__v1__system_service__descriptor, system_methods, &system_method_count},
    {&sekisho__v1__ledger_service__descriptor, ledger_methods, &ledger_method_count},
    {&sekisho__v1__backup_service__descriptor, backup_methods, &backup_method_count},
    {&sekisho__v1__account_service__descriptor, account_methods, &account_method_count},
    {&sekisho__v1__terminal_service__descriptor, terminal_methods, &terminal_method_count},
    {&sekisho__v1__access_record_service__descriptor, access_record_methods, &access_record_method_count},
};

void services_choose(struct rpc_call *call, uint8_t service, uint8_t method)
{
    const struct service *chosen = &services[service % (sizeof services / sizeof services[0])];

    call->method = &chosen->methods[method % *chosen->count];
    for (unsigned i = 0; i < chosen->descriptor->n_methods; i++)
        if (strcmp(chosen->descriptor->methods[i].name, call->method->name) == 0)
            call->descriptor = &chosen->descriptor->methods[i];
    REQUIRE(call->descriptor != NULL);
}

uint8_t *services_sealed(uint64_t sequence, size_t sealed_length, size_t *length)
{
    static char session[] = "prefectures/11/sessions/0102030405060708090a0b0c0d0e0f10";
    Sekisho__V1__SealedCall call = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__EnrollRequest request = SEKISHO__V1__ENROLL_REQUEST__INIT; /* all such requests have one layout */
    uint8_t *sealed = calloc(1, sealed_length + 1);

    REQUIRE(sealed != NULL);
    call.session = session;
    call.sequence = sequence;
    call.ciphertext = (ProtobufCBinaryData){.data = sealed, .len = sealed_length};
    request.call = &call;
    uint8_t *packed = malloc(sekisho__v1__enroll_request__get_packed_size(&request));
    REQUIRE(packed != NULL);
    *length = sekisho__v1__enroll_request__pack(&request, packed);
    free(sealed);
    return packed;
}
