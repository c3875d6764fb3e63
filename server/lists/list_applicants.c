/* 申請者名簿 and 受付簿: rows of applications (F068, F071). */
#include <errno.h>
#include <string.h>

#include "server/lists/list.h"
#include "server/payments/gate.h"
#include "server/register/checks.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"

#define LIST(name) SEKISHO__V1__LIST_KIND__LIST_KIND_##name
#define KIND(name) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##name

typedef Sekisho__V1__ApplicantRow applicant_row;

/* UNSPECIFIED: every kind. */
static Sekisho__V1__ApplicationKind kind_of(Sekisho__V1__ListKind list)
{
    switch (list) {
    case LIST(APPLICANTS_NEW):
        return KIND(NEW);
    case LIST(APPLICANTS_REWRITE):
        return KIND(REWRITE);
    case LIST(APPLICANTS_REISSUE):
        return KIND(REISSUE);
    default:
        return KIND(UNSPECIFIED);
    }
}

static bool copy(ProtobufCAllocator *arena, const char *text, char **to)
{
    size_t length = strlen(text) + 1;

    *to = arena->alloc(arena->allocator_data, length);
    if (*to)
        memcpy(*to, text, length);
    return *to != NULL;
}

static int32_t complete_attachments(const Sekisho__V1__Application *of)
{
    int32_t count = 0;

    for (size_t i = 0; i < of->n_attachments; i++)
        count += of->attachments[i]->complete;
    return count;
}

static applicant_row *row_of(const struct list_source *source, const uint8_t id[REGISTER_ID_LEN],
                             const Sekisho__V1__Application *application)
{
    ProtobufCAllocator *arena = source->arena;
    applicant_row *row = arena->alloc(arena->allocator_data, sizeof *row);
    const Sekisho__V1__Person *person = application->person;
    int rc;

    if (!row)
        return NULL;
    sekisho__v1__applicant_row__init(row);
    row->receive_time_us = application->receive_time_us;
    row->kind = application->kind;
    row->channel = application->channel;
    row->state = application->state;
    row->attachment_count = complete_attachments(application);
    row->card_attached = application->card_attached;
    row->fee_settled =
        payment_settled(source->reg, source->txn, id, application->kind, application->receive_time_us, &rc);
    row->birth_date = person ? date_new(date_value(person->birth_date), arena) : NULL;
    bool good = copy(arena, application->name, &row->application) &&
                copy(arena, application->registration, &row->registration) &&
                copy(arena, person && person->name ? person->name->text : "", &row->person_name) &&
                copy(arena, person ? person->kana : "", &row->kana);
    return good ? row : NULL;
}

int list_applicant_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                       ProtobufCMessage **made)
{
    Sekisho__V1__ApplicationKind kind = kind_of(query->kind);
    uint8_t id[REGISTER_ID_LEN];
    ProtobufCMessage *message;

    if (key.mv_size < sizeof id || value.mv_size < 1)
        return MDB_CORRUPTED;
    if (kind != KIND(UNSPECIFIED) && *(const uint8_t *)value.mv_data != kind)
        return WALK_SKIP;
    memcpy(id, (const uint8_t *)key.mv_data + key.mv_size - sizeof id, sizeof id);
    /* Heap memory: an application with its signature and files is much larger than its row. */
    int rc = record_get(source->txn, source->reg->table[TABLE_application], id, sizeof id,
                        &sekisho__stored__stored_application__descriptor, NULL, &message);
    if (rc != 0)
        return rc;
    const Sekisho__V1__Application *application = ((Sekisho__Stored__StoredApplication *)message)->application;
    int32_t day = date_today(application->receive_time_us);
    if (query->to != 0 && day > query->to) {
        rc = WALK_END;
    } else if (list_in_period(query, day) && (query->channel == 0 || query->channel == application->channel)) {
        applicant_row *row = row_of(source, id, application);
        rc = row ? WALK_TAKE : ENOMEM;
        *made = row ? &row->base : NULL;
    }
    protobuf_c_message_free_unpacked(message, NULL);
    return rc;
}
