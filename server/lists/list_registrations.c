/* 保育士登録簿, 保育士資格喪失者名簿, 保育士登録取消者名簿: rows of registrations (F069). */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "server/dispositions/card_return.h"
#include "server/dispositions/dispositions.h"
#include "server/dispositions/national_record.h"
#include "server/dispositions/suspension.h"
#include "server/lists/list.h"
#include "server/register/checks.h"
#include "server/register/entry.h"

#define STATE(name)      SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define KIND(name)       SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define ANNOTATION(name) SEKISHO__V1__ANNOTATION__KIND__KIND_##name

/* The serial number is the key, or the duplicate under a state. As shown today. */
static int read_entry(const struct list_source *source, MDB_val with_serial, uint32_t *serial, stored_entry **entry)
{
    if (with_serial.mv_size != sizeof *serial)
        return MDB_CORRUPTED;
    memcpy(serial, with_serial.mv_data, sizeof *serial);
    *serial = be32toh(*serial);
    int rc = entry_get(source->reg, source->txn, *serial, source->arena, entry);
    if (rc == 0)
        suspension_view(*entry, date_today(source->now_us));
    return rc;
}

int list_register_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                      ProtobufCMessage **row)
{
    stored_entry *entry;
    uint32_t serial;
    int rc = read_entry(source, key, &serial, &entry);

    (void)value;
    if (rc != 0)
        return rc;
    Sekisho__V1__Registration *registration = entry->registration;
    bool in_force = registration->state == STATE(REGISTERED) || registration->state == STATE(SUSPENDED);
    if (in_force && list_in_period(query, date_value(registration->registration_date)))
        *row = &registration->base;
    return WALK_TAKE;
}

/* ---- what ended a registration ---- */

struct ending {
    Sekisho__V1__DispositionKind kind; /* looked for */
    const disposition *found;
    uint8_t id[REGISTER_ID_LEN];
    bool sexual_violence;
    int64_t sent_us; /* when the national database was told */
};

static int look_at_national_record(const struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                   struct ending *ending)
{
    national_record *record;
    int rc = national_record_get(context->reg, context->txn, id, context->arena, &record);

    if (rc == 0 && record->sent_time_us != 0)
        ending->sent_us = record->sent_time_us;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The last one of its kind ended it; a late finding adds to a cancellation. */
static enum disposition_result look(struct disposition_context *context, const disposition *of,
                                    const uint8_t id[REGISTER_ID_LEN], void *user)
{
    struct ending *ending = user;

    if (of->state != SEKISHO__V1__DISPOSITION_STATE__DISPOSITION_STATE_APPROVED)
        return DISPOSITION_OK;
    if (of->kind == KIND(CANCELLATION) || of->kind == KIND(LATE_FINDING)) {
        ending->sexual_violence = ending->sexual_violence || of->sexual_violence;
        context->rc = look_at_national_record(context, id, ending);
        if (context->rc != 0)
            return DISPOSITION_STORE;
    }
    if (of->kind != ending->kind || (ending->found && ending->found->decide_time_us > of->decide_time_us))
        return DISPOSITION_OK;
    ending->found = of;
    memcpy(ending->id, id, sizeof ending->id);
    return DISPOSITION_OK;
}

static int find_ending(const struct list_source *source, uint32_t serial, struct ending *ending)
{
    struct disposition_context context = {
        .reg = source->reg, .txn = source->txn, .now_us = source->now_us, .arena = source->arena};

    return disposition_each(&context, serial, look, ending) == DISPOSITION_OK ? 0 : context.rc;
}

static int card_state(const struct list_source *source, const struct ending *ending,
                      Sekisho__V1__CardReturnState *state)
{
    card_return *found;

    if (!ending->found)
        return 0;
    int rc = card_return_get(source->reg, source->txn, ending->id, source->arena, &found);
    if (rc == 0)
        *state = found->state;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Of the disposition, or of the annotation that was taken over from the register kept before. */
static Sekisho__V1__Date *day_of(const Sekisho__V1__Registration *registration, const struct ending *ending,
                                 Sekisho__V1__Annotation__Kind kind)
{
    if (ending->found)
        return ending->found->effective_date;
    for (size_t i = registration->n_annotations; i-- > 0;)
        if (registration->annotations[i]->kind == kind)
            return registration->annotations[i]->effective_date;
    return NULL;
}

static char *former_surname(const Sekisho__V1__Person *person)
{
    return person->former_surname ? person->former_surname->text : (char *)(uintptr_t)protobuf_c_empty_string;
}

int list_lost_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                  ProtobufCMessage **made)
{
    struct ending ending = {.kind = KIND(ERASURE)};
    stored_entry *entry;
    uint32_t serial;
    int rc = read_entry(source, value, &serial, &entry);

    (void)key;
    if (rc == 0)
        rc = find_ending(source, serial, &ending);
    if (rc != 0)
        return rc;
    const Sekisho__V1__Registration *from = entry->registration;
    Sekisho__V1__Date *day = day_of(from, &ending, ANNOTATION(ERASURE));
    if (!list_in_period(query, date_value(day)))
        return WALK_SKIP;
    Sekisho__V1__LostQualificationRow *row = source->arena->alloc(source->arena->allocator_data, sizeof *row);
    if (!row)
        return ENOMEM;
    sekisho__v1__lost_qualification_row__init(row);
    row->registration = from->name;
    row->registration_number = from->registration_number;
    row->registration_date = from->registration_date;
    row->person_name = from->person->name->text;
    row->kana = from->person->kana;
    row->birth_date = from->person->birth_date;
    row->erasure_date = day;
    if (ending.found) {
        row->reason = ending.found->erasure_reason;
        row->event_date = ending.found->event_date;
        row->disposition = ending.found->name;
    }
    *made = &row->base;
    return card_state(source, &ending, &row->card_return_state);
}

int list_cancelled_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                       ProtobufCMessage **made)
{
    struct ending ending = {.kind = KIND(CANCELLATION)};
    stored_entry *entry;
    uint32_t serial;
    int rc = read_entry(source, value, &serial, &entry);

    (void)key;
    if (rc == 0)
        rc = find_ending(source, serial, &ending);
    if (rc != 0)
        return rc;
    const Sekisho__V1__Registration *from = entry->registration;
    Sekisho__V1__Date *day = day_of(from, &ending, ANNOTATION(CANCELLATION));
    if (!list_in_period(query, date_value(day)))
        return WALK_SKIP;
    Sekisho__V1__CancelledRegistrationRow *row = source->arena->alloc(source->arena->allocator_data, sizeof *row);
    if (!row)
        return ENOMEM;
    sekisho__v1__cancelled_registration_row__init(row);
    row->registration = from->name;
    row->registration_number = from->registration_number;
    row->registration_date = from->registration_date;
    row->person_name = from->person->name->text;
    row->kana = from->person->kana;
    row->former_surname = former_surname(from->person);
    row->birth_date = from->person->birth_date;
    row->cancellation_date = day;
    row->sexual_violence = ending.sexual_violence;
    row->national_record_sent_time_us = ending.sent_us;
    if (ending.found) {
        row->ground = ending.found->ground;
        row->disposition = ending.found->name;
    }
    *made = &row->base;
    return card_state(source, &ending, &row->card_return_state);
}
