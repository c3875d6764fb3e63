/* What every method on applications has in common: the application opened for a caller who may see it, its failures as
 * errors of the register, the message that is shown. */
#ifndef SEKISHO_SERVICES_APPLICATION_OPEN_H
#define SEKISHO_SERVICES_APPLICATION_OPEN_H

#include "sekisho/v1/number_service.pb-c.h"
#include "server/applications/applications.h"
#include "server/services/register_call.h"

#define REASON_MAX_CHARACTERS 1000

struct opened {
    struct register_call *call;
    struct application_context context;
    struct application_actor actor;
    stored_application *application;
    const char *account; /* the caller's; in the call's arena: it may become part of the answer */
};

/* The context alone: for what makes an application. False after register_fail. */
bool application_begin(struct register_call *call, struct opened *opened);

/* The application of this name, which the caller may see: drafts are the applicant's alone, the centre sees what came
 * on paper. `etag`: NULL or empty: any version. False after register_fail. */
bool application_open(struct register_call *call, const char *name, const char *etag, struct opened *opened);
/* May this role see it? */
bool application_visible(uint16_t role, const stored_application *application);

/* Fires an event; false after register_fail. */
bool application_fire(struct opened *opened, enum application_event event, const char *reason);
/* False after register_fail, for anything but APPLICATION_OK. */
bool application_settle(struct opened *opened, enum application_result result);
/* Stores a change without an event; false after register_fail. */
bool application_store(struct opened *opened);

/* The message with what is worked out when it is shown (fee). NULL after register_fail. */
Sekisho__V1__Application *application_show(struct opened *opened);

/* The answer of a method that shows the application, with the vault's answer if there is one: `type` has the
 * application as its first field, and `reply` (NULL: none) as its second. NULL after register_fail. */
const ProtobufCMessage *application_answer(struct opened *opened, const ProtobufCMessageDescriptor *type,
                                           Sekisho__V1__SealedReply *reply);

/* False after register_fail: longer than that many characters, or not given though `required`. */
bool text_check(struct register_call *call, const char *text, size_t max_characters, bool required, const char *field);
/* A reason code: 1..40 of A-Z, 0-9 and _. */
bool code_check(struct register_call *call, const char *code, const char *field);

#endif
