/* What an approved application does to the register (domain 10.1, the effects), in the transaction of its approval. */
#include <string.h>

#include "server/applications/internal.h"
#include "server/dispositions/dispositions.h"
#include "server/identity/identity.h"
#include "server/lists/paper_card.h"
#include "server/register/entry.h"

#define KIND(kind)     SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define CARD(reason)   SEKISHO__V1__PAPER_CARD_REASON__PAPER_CARD_REASON_##reason
#define ERASED(reason) SEKISHO__V1__ERASURE_REASON__ERASURE_REASON_##reason
#define NOTE(kind)     SEKISHO__V1__ANNOTATION__KIND__KIND_##kind

static enum application_result store_result(struct application_context *context, int rc)
{
    context->rc = rc;
    return rc == 0 ? APPLICATION_OK : APPLICATION_STORE;
}

static enum application_result disposition_result_of(struct application_context *context,
                                                     const struct disposition_context *decision,
                                                     enum disposition_result result)
{
    switch (result) {
    case DISPOSITION_OK:
        return APPLICATION_OK;
    case DISPOSITION_STORE:
        return store_result(context, decision->rc);
    case DISPOSITION_MISSING:
    case DISPOSITION_DQ4:
        context->field = "reregistration";
        return APPLICATION_INCOMPLETE;
    case DISPOSITION_SAME_PERSON:
        return APPLICATION_SAME_PERSON;
    default:
        return APPLICATION_WRONG_STATE;
    }
}

static struct disposition_context dispositions(const struct application_context *context)
{
    return (struct disposition_context){
        .reg = context->reg,
        .txn = context->txn,
        .now_us = context->now_us,
        .account = context->actor->account,
        .person = context->actor->person,
        .arena = context->arena,
    };
}

static Sekisho__V1__Date today(const struct application_context *context)
{
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;
    int32_t day = date_number(date_of_time_us(context->now_us));

    date.year = day / 10000;
    date.month = day / 100 % 100;
    date.day = day % 100;
    return date;
}

static int create_card(const struct application_context *context, const Sekisho__V1__Application *shown,
                       uint32_t serial, Sekisho__V1__PaperCardReason reason)
{
    return paper_card_create(context->reg, context->txn, context->now_us, serial, reason, shown->name);
}

/* The serial number of the registration concerned; false: there is none. */
static bool serial_of(const Sekisho__V1__Application *shown, uint32_t *serial)
{
    const char *rest;
    uint16_t tenant;

    return entry_name_parse(shown->registration, &tenant, serial, &rest);
}

/* ---- NEW ---- */

static enum application_result register_person(struct application_context *context, stored_application *application,
                                               const struct reregistration *former, uint32_t *serial)
{
    Sekisho__V1__Application *shown = application->application;
    Sekisho__V1__Registration items = SEKISHO__V1__REGISTRATION__INIT;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    Sekisho__V1__Date day = today(context);
    const struct entry_decision by = {
        .account = context->actor->account,
        .decision = shown->name,
        .kind = former->count > 0 ? NOTE(REREGISTRATION) : SEKISHO__V1__ANNOTATION__KIND__KIND_UNSPECIFIED,
        .reason = former->count > 0 ? "再登録" : "",
        .valid_from = &day,
    };

    items.registration_date = &day;
    items.person = shown->person;
    items.kind = shown->register_kind;
    items.route = shown->route;
    items.qualified_month = shown->qualified_month;
    items.specially_cancelled_before = former->specially_cancelled;
    items.number_reference = shown->number_reference;
    entry.registration = &items;
    entry.portal_pid = application->applicant;
    int rc = entry_create(context->reg, context->txn, context->now_us, &by, context->arena, &entry, serial);
    if (rc != 0)
        return store_result(context, rc);
    shown->registration = arena_alloc(context, ENTRY_NAME_SIZE);
    if (!shown->registration)
        return store_result(context, MDB_MAP_FULL);
    entry_name_format(context->reg->tenant, *serial, shown->registration);
    return APPLICATION_OK;
}

static enum application_result complete_new(struct application_context *context, stored_application *application)
{
    struct disposition_context gate = dispositions(context);
    Sekisho__V1__Application *shown = application->application;
    struct reregistration former = {0};
    uint32_t serial;
    enum application_result result = disposition_result_of(context, &gate, reregistration_gate(&gate, shown, &former));

    if (result == APPLICATION_OK)
        result = register_person(context, application, &former, &serial);
    if (result == APPLICATION_OK && former.count > 0)
        result = disposition_result_of(context, &gate, reregistration_use(&gate, &former, shown->registration));
    if (result == APPLICATION_OK)
        result = store_result(context, create_card(context, shown, serial, CARD(NEW)));
    return result;
}

/* ---- REWRITE, REISSUE ---- */

static bool may_change(const stored_entry *entry)
{
    return qualification_next(entry->registration->state, QUALIFICATION_CHANGE) != 0;
}

static enum application_result complete_rewrite(struct application_context *context, stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;
    Sekisho__V1__Date day = today(context);
    const struct entry_decision by = {
        .account = context->actor->account,
        .decision = shown->name,
        .kind = NOTE(CORRECTION),
        .reason = shown->cause,
        .valid_from = &day,
    };
    stored_entry *entry;
    uint32_t serial;

    if (!serial_of(shown, &serial))
        return APPLICATION_WRONG_STATE;
    int rc = entry_get(context->reg, context->txn, serial, context->arena, &entry);
    if (rc == 0 && !may_change(entry))
        return APPLICATION_WRONG_STATE;
    if (rc == 0) {
        entry->registration->person = shown->person;
        if (entry->registration->number_reference.len == 0)
            entry->registration->number_reference = shown->number_reference;
        rc = entry_change(context->reg, context->txn, context->now_us, &by, context->arena, entry);
    }
    if (rc == 0)
        rc = create_card(context, shown, serial, CARD(REWRITE));
    return store_result(context, rc);
}

static enum application_result complete_reissue(struct application_context *context, stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;
    stored_entry *entry;
    uint32_t serial;

    if (!serial_of(shown, &serial))
        return APPLICATION_WRONG_STATE;
    int rc = entry_get(context->reg, context->txn, serial, context->arena, &entry);
    if (rc == 0 && !may_change(entry))
        return APPLICATION_WRONG_STATE;
    if (rc == 0)
        rc = create_card(context, shown, serial, CARD(REISSUE));
    return store_result(context, rc);
}

/* ---- erasures ---- */

static Sekisho__V1__ErasureReason erasure_reason(const Sekisho__V1__Application *shown)
{
    if (shown->kind == KIND(DELETE))
        return ERASED(APPLICATION);
    if (shown->kind == KIND(DISQUALIFIED_CONDITION))
        return ERASED(DISQUALIFIED);
    /* One form for both (死亡・失踪宣告届). */
    return strstr(shown->cause, "失踪") ? ERASED(DISAPPEARANCE) : ERASED(DEATH);
}

static enum application_result complete_erasure(struct application_context *context, stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;
    struct disposition_context decision = dispositions(context);
    struct application_erasure erasure = {
        .reason = erasure_reason(shown),
        .text = shown->cause,
        .application = shown->name,
        .event_date = shown->event_date,
        .card_attached = shown->card_attached,
        .reviewer = shown->reviewer,
    };

    if (!serial_of(shown, &erasure.serial))
        return APPLICATION_WRONG_STATE;
    return disposition_result_of(context, &decision, disposition_from_application(&decision, &erasure));
}

enum application_result application_complete(struct application_context *context, stored_application *application)
{
    switch (application->application->kind) {
    case KIND(NEW):
        return complete_new(context, application);
    case KIND(REWRITE):
        return complete_rewrite(context, application);
    case KIND(REISSUE):
        return complete_reissue(context, application);
    case KIND(DELETE):
    case KIND(DEATH):
    case KIND(DISQUALIFIED_CONDITION):
        return complete_erasure(context, application);
    default:
        /* A found card, and reports that are candidates for a disposition (INV-15, INV-17): nothing changes by them. */
        return APPLICATION_OK;
    }
}
