/* Applications in the register's tables. */
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/applications/internal.h"
#include "server/applications/name.h"
#include "server/applications/outbox.h"
#include "server/register/record.h"

#define ETAG_SIZE    28
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

void *arena_alloc(const struct application_context *context, size_t size)
{
    void *memory = context->arena->alloc(context->arena->allocator_data, size);

    if (memory)
        memset(memory, 0, size);
    return memory;
}

stored_application *application_get(struct application_context *context, const uint8_t id[REGISTER_ID_LEN])
{
    ProtobufCMessage *message;

    context->rc = record_get(context->txn, context->reg->table[TABLE_application], id, REGISTER_ID_LEN,
                             &sekisho__stored__stored_application__descriptor, context->arena, &message);
    return (stored_application *)message;
}

static int put_as_is(struct application_context *context, stored_application *application)
{
    const stored_application *former = application_get(context, application->id.data);

    if (context->rc != 0 && context->rc != MDB_NOTFOUND)
        return context->rc;
    int rc = application_index(context, former, application);
    if (rc == 0)
        rc = record_put(context->txn, context->reg->table[TABLE_application], application->id.data, REGISTER_ID_LEN,
                        &application->base);
    return rc;
}

int application_put(struct application_context *context, stored_application *application)
{
    Sekisho__V1__Application *shown = application->application;

    application->version++;
    shown->update_time_us = context->now_us;
    shown->etag = arena_alloc(context, ETAG_SIZE);
    if (!shown->etag)
        return MDB_MAP_FULL;
    snprintf(shown->etag, ETAG_SIZE, "W/\"%llu\"", (unsigned long long)application->version);
    return put_as_is(context, application);
}

int application_put_event(struct application_context *context, stored_application *application,
                          enum application_event event, const char *reason)
{
    Sekisho__Stored__StoredApplicationEvent stored = SEKISHO__STORED__STORED_APPLICATION_EVENT__INIT;
    Sekisho__V1__ApplicationEvent shown = SEKISHO__V1__APPLICATION_EVENT__INIT;
    const char *account = context->actor && context->actor->account ? context->actor->account : "";
    uint8_t key[REGISTER_ID_LEN + 4];

    shown.event = (char *)(uintptr_t)application_event_name(event);
    shown.state = application->application->state;
    shown.time_us = context->now_us;
    shown.account = (char *)(uintptr_t)account;
    shown.reason = (char *)(uintptr_t)(reason ? reason : "");
    stored.event = &shown;
    memcpy(key, application->id.data, REGISTER_ID_LEN);
    put_be32(key + REGISTER_ID_LEN, ++application->event_count);
    return record_add(context->txn, context->reg->table[TABLE_application_event], key, sizeof key, &stored.base,
                      MDB_NOOVERWRITE);
}

static enum application_result result_of(struct application_context *context, int rc)
{
    context->rc = rc;
    return rc == 0 ? APPLICATION_OK : APPLICATION_STORE;
}

enum application_result application_create(struct application_context *context, stored_application *application)
{
    Sekisho__V1__Application *shown = application->application;
    bool online = application->portal && application->portal[0] != '\0';
    uint8_t *id = arena_alloc(context, REGISTER_ID_LEN);
    char *name = arena_alloc(context, APPLICATION_NAME_SIZE);

    if (!id || !name)
        return result_of(context, MDB_MAP_FULL);
    crypto_random(id, REGISTER_ID_LEN);
    application_name_format(context->reg->tenant, id, name);
    application->id = (ProtobufCBinaryData){REGISTER_ID_LEN, id};
    shown->name = name;
    shown->state = online ? STATE(DRAFT) : STATE(RECEIVED);
    if (!online) {
        shown->portal_purged = true;
        if (shown->receive_time_us == 0)
            shown->receive_time_us = context->now_us;
    }
    int rc = application_put_event(context, application, online ? APPLICATION_DRAFTED : APPLICATION_PAPER_IN, NULL);
    return result_of(context, rc == 0 ? application_put(context, application) : rc);
}

enum application_result application_update(struct application_context *context, stored_application *application)
{
    if (!context->corrected)
        return result_of(context, application_put(context, application));
    /* Numbers of files are the application's: an officer may add one meanwhile. */
    context->corrected->next_attachment = application->next_attachment;
    return result_of(context, put_as_is(context, context->corrected));
}
