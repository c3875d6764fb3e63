/* What an approved disposition does to the register, the card and the national database: all in its transaction. */
#include <errno.h>
#include <string.h>

#include "server/dispositions/card_return.h"
#include "server/dispositions/internal.h"
#include "server/dispositions/national_record.h"
#include "server/dispositions/suspension.h"
#include "server/identity/identity.h"
#include "server/lists/paper_card.h"
#include "server/register/checks.h"

#define STATE(name)           SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define ANNOTATION_KIND(name) SEKISHO__V1__ANNOTATION__KIND__KIND_##name

/* One disposition that is being carried out. */
struct effect {
    struct disposition_context *context;
    const uint8_t *id;
    disposition *approved;
    stored_entry *entry;
    const struct former *former;
    uint32_t serial;
    int32_t today;
};

/* A version of the entry with its annotation. */
static int write_entry(struct effect *effect, Sekisho__V1__Annotation__Kind kind)
{
    struct disposition_context *context = effect->context;
    struct entry_decision by = {.account = context->account,
                                .decision = effect->approved->name,
                                .kind = kind,
                                .reason = effect->approved->reason,
                                .valid_from = effect->approved->effective_date};

    return entry_change(context->reg, context->txn, context->now_us, &by, context->arena, effect->entry);
}

static int suspend(struct effect *effect)
{
    struct disposition_context *context = effect->context;
    Sekisho__V1__Registration *registration = effect->entry->registration;
    int32_t from = date_value(effect->approved->period_from), to = date_value(effect->approved->period_to);

    if (from <= effect->today)
        registration->state = qualification_next(registration->state, QUALIFICATION_SUSPEND);
    registration->suspended_until = effect->approved->period_to;
    effect->entry->suspension_from = from;
    int rc = write_entry(effect, ANNOTATION_KIND(SUSPENSION));
    if (rc != 0)
        return rc;
    return suspension_schedule(context->reg, context->txn, effect->serial, from, to, effect->today);
}

static const char *first_given(const char *first, const char *second)
{
    return first[0] != '\0' ? first : second;
}

/* `cancelled_on` and `ground` are of the cancellation, which a late finding is not. */
static int tell_national_database(struct effect *effect, int32_t cancelled_on, Sekisho__V1__CancellationGround ground)
{
    struct disposition_context *context = effect->context;
    const Sekisho__V1__Registration *registration = effect->entry->registration;
    const disposition *approved = effect->approved;
    national_record record = SEKISHO__V1__NATIONAL_RECORD__INIT;
    char *registered_name = registration->person->name->text;

    record.registration = registration->name;
    record.person_name = (char *)(uintptr_t)first_given(approved->present_name, registered_name);
    if (strcmp(record.person_name, registered_name) != 0)
        record.person_name_at_cancellation = registered_name;
    record.kana = registration->person->kana;
    record.birth_date = registration->person->birth_date;
    record.registration_number = registration->registration_number;
    record.registration_date = registration->registration_date;
    record.prefecture = (char *)(uintptr_t)prefecture_name(context->reg->tenant);
    record.cancellation_date = date_new(cancelled_on, context->arena);
    record.ground = ground;
    record.sexual_violence_facts = approved->sexual_violence_facts;
    return national_record_add(context->reg, context->txn, context->now_us, effect->id, &record);
}

/* The registration ends: its card is void and to be returned. */
static int leave_register(struct effect *effect, enum qualification_event event, Sekisho__V1__Annotation__Kind kind,
                          bool card_attached)
{
    struct disposition_context *context = effect->context;
    Sekisho__V1__Registration *registration = effect->entry->registration;

    registration->state = qualification_next(registration->state, event);
    registration->suspended_until = NULL;
    effect->entry->suspension_from = 0;
    int rc = write_entry(effect, kind);
    if (rc == 0)
        rc = paper_card_void(context->reg, context->txn, context->now_us, effect->serial);
    if (rc == 0)
        rc = card_return_begin(context->reg, context->txn, effect->id, registration->name, effect->today, card_attached,
                               context->arena);
    return rc;
}

static int cancel(struct effect *effect)
{
    int rc = leave_register(effect, QUALIFICATION_CANCEL, ANNOTATION_KIND(CANCELLATION), false);

    if (rc != 0 || !effect->approved->sexual_violence)
        return rc;
    return tell_national_database(effect, effect->today, effect->approved->ground);
}

static int late_finding(struct effect *effect)
{
    int rc = write_entry(effect, ANNOTATION_KIND(CORRECTION));

    return rc != 0 ? rc : tell_national_database(effect, effect->former->cancelled_on, effect->former->ground);
}

static enum disposition_result drop_return(struct disposition_context *context, const disposition *found,
                                           const uint8_t id[REGISTER_ID_LEN], void *user)
{
    (void)user;
    if (found->kind != KIND(ERASURE) || found->state != DECISION(APPROVED))
        return DISPOSITION_OK;
    return disposition_store(context, card_return_drop(context->reg, context->txn, id, context->arena));
}

static int restore(struct effect *effect)
{
    struct disposition_context *context = effect->context;
    Sekisho__V1__Registration *registration = effect->entry->registration;

    registration->state = qualification_next(registration->state, QUALIFICATION_RESTORE);
    int rc = write_entry(effect, ANNOTATION_KIND(CORRECTION));
    if (rc == 0)
        rc = paper_card_restore(context->reg, context->txn, context->now_us, effect->serial);
    if (rc == 0 && disposition_each(context, effect->serial, drop_return, NULL) != DISPOSITION_OK)
        rc = context->rc;
    return rc;
}

static int carry_out(struct effect *effect)
{
    switch (effect->approved->kind) {
    case KIND(SUSPENSION):
        return suspend(effect);
    case KIND(CANCELLATION):
        return cancel(effect);
    case KIND(ERASURE):
        return leave_register(effect, QUALIFICATION_ERASE, ANNOTATION_KIND(ERASURE), effect->approved->card_attached);
    case KIND(RESTORATION):
        return restore(effect);
    case KIND(LATE_FINDING):
        return late_finding(effect);
    default: /* REREGISTRATION: the application's completion makes a new entry */
        return 0;
    }
}

enum disposition_result disposition_effect(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                           disposition *approved, stored_entry *entry, const struct former *former)
{
    struct effect effect = {.context = context,
                            .id = id,
                            .approved = approved,
                            .entry = entry,
                            .former = former,
                            .serial = disposition_serial(context, approved),
                            .today = date_today(context->now_us)};
    int32_t effective = approved->kind == KIND(SUSPENSION) ? date_value(approved->period_from) : effect.today;

    approved->effective_date = date_new(effective, context->arena);
    return disposition_store(context, approved->effective_date ? carry_out(&effect) : ENOMEM);
}
