#include "server/services/application_open.h"

#include <string.h>

#include "sekisho/v1/application_service.pb-c.h"
#include "server/applications/name.h"
#include "server/payments/gate.h"
#include "server/services/methods.h"

#define CODE_MAX 40

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

bool application_begin(struct register_call *call, struct opened *opened)
{
    char *account = register_alloc(call, ACCOUNT_LEN + 1);

    if (!account)
        return false;
    memcpy(account, call->caller.account, ACCOUNT_LEN);
    *opened = (struct opened){.call = call, .account = account};
    opened->actor = (struct application_actor){
        .account = opened->account, .person = call->caller.person, .role = call->caller.role};
    opened->context = (struct application_context){
        .reg = call->reg,
        .txn = call->txn,
        .now_us = call->now_us,
        .actor = &opened->actor,
        .arena = &call->arena,
    };
    return true;
}

bool application_visible(uint16_t role, const stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;

    if (shown->receive_time_us == 0)
        return false;
    return role != ROLE_CEN || shown->channel != SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PORTAL;
}

bool application_open(struct register_call *call, const char *name, const char *etag, struct opened *opened)
{
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;

    if (!application_begin(call, opened))
        return false;
    if (!application_name_parse(name, &tenant, id, NULL)) {
        (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name",
                            "must be prefectures/{01..47}/applications/{32 lower-case hex digits}");
        return false;
    }
    opened->application = tenant == call->reg->tenant ? application_get(&opened->context, id) : NULL;
    if (!opened->application && tenant == call->reg->tenant && opened->context.rc != MDB_NOTFOUND) {
        (void)register_fail_store(call, opened->context.rc);
        return false;
    }
    if (!opened->application || !application_visible(call->caller.role, opened->application)) {
        (void)register_fail(call, REGISTER_NOT_FOUND, NULL, NULL);
        return false;
    }
    if (etag && etag[0] != '\0' && strcmp(etag, opened->application->application->etag) != 0) {
        (void)register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
        return false;
    }
    return true;
}

bool application_settle(struct opened *opened, enum application_result result)
{
    struct register_call *call = opened->call;

    switch (result) {
    case APPLICATION_OK:
        return true;
    case APPLICATION_WRONG_STATE:
        (void)register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
        return false;
    case APPLICATION_NEEDS_REASON:
        (void)register_fail(call, REGISTER_MISSING_FIELD, "reason", NULL);
        return false;
    case APPLICATION_SAME_PERSON:
        (void)register_fail(call, REGISTER_SAME_PERSON, NULL, NULL);
        return false;
    case APPLICATION_UNPAID:
        (void)register_fail(call, REGISTER_UNPAID, NULL, NULL);
        return false;
    case APPLICATION_INCOMPLETE:
        (void)register_fail(call, REGISTER_INCOMPLETE, opened->context.field, NULL);
        return false;
    case APPLICATION_NUMBER:
        (void)register_fail(call, REGISTER_WRONG_NUMBER_STATE, NULL, NULL);
        return false;
    case APPLICATION_STORE:
        break;
    }
    (void)register_fail_store(call, opened->context.rc);
    return false;
}

bool application_fire(struct opened *opened, enum application_event event, const char *reason)
{
    return application_settle(opened, application_event(&opened->context, opened->application, event, reason));
}

bool application_store(struct opened *opened)
{
    return application_settle(opened, application_update(&opened->context, opened->application));
}

Sekisho__V1__Application *application_show(struct opened *opened)
{
    Sekisho__V1__Application *shown = opened->application->application;
    struct fee fee;
    int rc;

    shown->fee_settled = payment_settled(opened->call->reg, opened->call->txn, opened->application->id.data,
                                         shown->kind, shown->receive_time_us, &rc);
    if (rc != 0 && rc != MDB_NOTFOUND) {
        (void)register_fail_store(opened->call, rc);
        return NULL;
    }
    shown->fee_yen =
        fee_on(opened->call->reg->tenant, shown->kind, fee_day(shown->receive_time_us), &fee) ? fee.yen : 0;
    return shown;
}

/* Answers with the application alone, and with the vault's answer. */
typedef Sekisho__V1__ReviewApplicationResponse shown_alone;
typedef Sekisho__V1__AcceptApplicationResponse shown_with_reply;
#define ALONE(message)                                                                                                 \
    (sizeof(shown_alone) == sizeof(Sekisho__V1__##message) &&                                                          \
     offsetof(shown_alone, application) == offsetof(Sekisho__V1__##message, application))
#define WITH_REPLY(message)                                                                                            \
    (sizeof(shown_with_reply) == sizeof(Sekisho__V1__##message) &&                                                     \
     offsetof(shown_with_reply, application) == offsetof(Sekisho__V1__##message, application) &&                       \
     offsetof(shown_with_reply, reply) == offsetof(Sekisho__V1__##message, reply))
_Static_assert(ALONE(RequestCorrectionResponse) && ALONE(ResolveCheckResponse) && ALONE(SendBackApplicationResponse) &&
                   WITH_REPLY(CheckNumberResponse) && WITH_REPLY(ResolveNumberActionResponse) &&
                   offsetof(shown_alone, application) == offsetof(shown_with_reply, application),
               "answers have one layout");

const ProtobufCMessage *application_answer(struct opened *opened, const ProtobufCMessageDescriptor *type,
                                           Sekisho__V1__SealedReply *reply)
{
    shown_with_reply *response = register_alloc(opened->call, sizeof *response);

    if (!response)
        return NULL;
    protobuf_c_message_init(type, response);
    response->application = application_show(opened);
    if (reply)
        response->reply = reply;
    return response->application ? &response->base : NULL;
}

bool text_check(struct register_call *call, const char *text, size_t max_characters, bool required, const char *field)
{
    size_t characters = 0;

    for (const char *c = text; *c != '\0'; c++)
        characters += ((unsigned char)*c & 0xC0) != 0x80;
    if (required && characters == 0) {
        (void)register_fail(call, REGISTER_MISSING_FIELD, field, NULL);
        return false;
    }
    if (characters > max_characters) {
        (void)register_fail(call, REGISTER_BAD_FIELD, field, "is too long");
        return false;
    }
    return true;
}

bool code_check(struct register_call *call, const char *code, const char *field)
{
    size_t length = strlen(code);

    if (length > 0 && length <= CODE_MAX && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length)
        return true;
    (void)register_fail(call, length == 0 ? REGISTER_MISSING_FIELD : REGISTER_BAD_FIELD, field,
                        "must be a code of 1 to 40 characters of A-Z, 0-9 and _");
    return false;
}
