#include "server/applications/outbox.h"

#include <string.h>

#include "server/applications/internal.h"
#include "server/register/record.h"

#define NUMBER(state) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##state

static const char *const names[] = {
    [NUMBER_ACTION_NONE] = "",
    [NUMBER_ACTION_ENROLL] = "ENROLL",
    [NUMBER_ACTION_CONFIRM] = "CONFIRM",
    [NUMBER_ACTION_RELEASE] = "RELEASE",
};

const char *number_action_name(enum number_action action)
{
    return names[action];
}

enum number_action number_action_of(const char *name)
{
    for (enum number_action action = NUMBER_ACTION_ENROLL; action <= NUMBER_ACTION_RELEASE; action++)
        if (strcmp(name, names[action]) == 0)
            return action;
    return NUMBER_ACTION_NONE;
}

enum number_action number_pending(const stored_application *application)
{
    return number_action_of(application->application->pending_number_action);
}

int number_want(struct application_context *context, stored_application *application, enum number_action action)
{
    Sekisho__Stored__StoredNumberAction row = SEKISHO__STORED__STORED_NUMBER_ACTION__INIT;
    MDB_dbi outbox = context->reg->table[TABLE_number_outbox];
    MDB_val key = {REGISTER_ID_LEN, application->id.data};

    application->application->pending_number_action = (char *)(uintptr_t)names[action];
    if (action == NUMBER_ACTION_NONE) {
        int rc = mdb_del(context->txn, outbox, &key, NULL);
        return rc == MDB_NOTFOUND ? 0 : rc;
    }
    row.action = (char *)(uintptr_t)names[action];
    row.request_id = application->id;
    row.reference = application->application->number_reference;
    row.since_us = context->now_us;
    return record_put(context->txn, outbox, key.mv_data, key.mv_size, &row.base);
}

int number_since(struct application_context *context, const stored_application *application, int64_t *since_us)
{
    ProtobufCMessage *row;
    int rc = record_get(context->txn, context->reg->table[TABLE_number_outbox], application->id.data, REGISTER_ID_LEN,
                        &sekisho__stored__stored_number_action__descriptor, context->arena, &row);

    if (rc == 0)
        *since_us = ((const Sekisho__Stored__StoredNumberAction *)row)->since_us;
    return rc;
}

static void drop_blob(stored_application *application)
{
    application->number_blob = (ProtobufCBinaryData){0};
}

static int forget_number(struct application_context *context, stored_application *application)
{
    application->application->number_reference = (ProtobufCBinaryData){0};
    application->application->number_state = NUMBER(RELEASED);
    return number_want(context, application, NUMBER_ACTION_NONE);
}

static int set_reference(struct application_context *context, stored_application *application, const uint8_t *reference)
{
    uint8_t *copy = arena_alloc(context, REGISTER_ID_LEN);

    if (!copy)
        return MDB_MAP_FULL;
    memcpy(copy, reference, REGISTER_ID_LEN);
    application->application->number_reference = (ProtobufCBinaryData){REGISTER_ID_LEN, copy};
    application->application->number_state = NUMBER(PROVISIONAL);
    drop_blob(application);
    return 0;
}

static int keep_reference(struct application_context *context, stored_application *application,
                          const uint8_t *reference)
{
    int rc = set_reference(context, application, reference);

    return rc == 0 ? number_want(context, application, NUMBER_ACTION_NONE) : rc;
}

/* Enrolled although the application has gone on without it meanwhile. */
static int release_stray(struct application_context *context, stored_application *application, const uint8_t *reference)
{
    const ProtobufCBinaryData *own = &application->application->number_reference;

    if (own->len == REGISTER_ID_LEN && memcmp(own->data, reference, REGISTER_ID_LEN) == 0)
        return 0; /* the same enrolment, answered twice */
    if (own->len != 0)
        return 0; /* the vault keeps one provisional number an application: this is not of it */
    int rc = set_reference(context, application, reference);
    return rc == 0 ? number_want(context, application, NUMBER_ACTION_RELEASE) : rc;
}

int number_done(struct application_context *context, stored_application *application, enum number_action action,
                const uint8_t *reference, bool *taken)
{
    *taken = action != NUMBER_ACTION_NONE && number_pending(application) == action;
    if (!*taken)
        return action == NUMBER_ACTION_ENROLL ? release_stray(context, application, reference) : 0;
    if (action == NUMBER_ACTION_ENROLL)
        return keep_reference(context, application, reference);
    if (action == NUMBER_ACTION_RELEASE)
        return forget_number(context, application);
    application->application->number_state = NUMBER(CONFIRMED);
    return number_want(context, application, NUMBER_ACTION_NONE);
}

/* RELEASE where the vault has the number for this application, or may have it. */
static int release(struct application_context *context, stored_application *application)
{
    bool in_vault = application->application->number_state == NUMBER(PROVISIONAL) ||
                    number_pending(application) == NUMBER_ACTION_ENROLL;

    drop_blob(application);
    if (in_vault)
        return number_want(context, application, NUMBER_ACTION_RELEASE);
    if (application->application->number_state == NUMBER(SEALED))
        application->application->number_state = NUMBER(RELEASED);
    return 0;
}

int number_withdraw(struct application_context *context, stored_application *application)
{
    int rc = release(context, application);

    if (application->application->number_state != NUMBER(PROVISIONAL))
        application->application->number_state = NUMBER(MISSING);
    application->accepted_us = 0;
    return rc;
}

int number_follow(struct application_context *context, stored_application *application)
{
    if (!state_is_final(application->application->state))
        return 0;
    if (application->application->state != SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_COMPLETED)
        return release(context, application);
    drop_blob(application);
    if (application->application->number_state != NUMBER(PROVISIONAL))
        return 0;
    return number_want(context, application, NUMBER_ACTION_CONFIRM);
}
