/* What was decided about a registration before, and what may be decided now. */
#include <string.h>

#include "server/dispositions/internal.h"
#include "server/register/checks.h"

#define STATE(name)           SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define THREE_YEARS           30000 /* of yyyymmdd: 民法143条② also where the day does not exist */
#define ANNOTATION_KIND(name) SEKISHO__V1__ANNOTATION__KIND__KIND_##name

static enum disposition_result look(struct disposition_context *context, const disposition *found,
                                    const uint8_t id[REGISTER_ID_LEN], void *user)
{
    struct former *former = user;

    (void)context;
    (void)id;
    if (found->state == DECISION(PROPOSED))
        former->open = true;
    if (found->state != DECISION(APPROVED))
        return DISPOSITION_OK;
    if (found->kind == KIND(CANCELLATION)) {
        former->cancelled_on = date_value(found->effective_date);
        former->ground = found->ground;
    }
    if (found->kind == KIND(CANCELLATION) || found->kind == KIND(LATE_FINDING))
        former->sexual_violence = former->sexual_violence || found->sexual_violence;
    return DISPOSITION_OK;
}

enum disposition_result former_decisions(struct disposition_context *context, uint32_t serial,
                                         const stored_entry *entry, struct former *former)
{
    const Sekisho__V1__Registration *registration = entry->registration;

    memset(former, 0, sizeof *former);
    enum disposition_result result = disposition_each(context, serial, look, former);
    if (result != DISPOSITION_OK || registration->state != STATE(CANCELLED) || former->cancelled_on != 0)
        return result;
    former->taken_over = true;
    for (size_t i = 0; i < registration->n_annotations; i++)
        if (registration->annotations[i]->kind == ANNOTATION_KIND(CANCELLATION))
            former->cancelled_on = date_value(registration->annotations[i]->effective_date);
    return DISPOSITION_OK;
}

enum disposition_result former_dq4(const struct former *former, int32_t today)
{
    /* A cancellation by 18条の19①一 begins no period. One that was taken over without its ground may be any. */
    if (former->ground == GROUND(CX1) || today >= former->cancelled_on + THREE_YEARS)
        return DISPOSITION_OK;
    return DISPOSITION_DQ4;
}

static enum disposition_result reregistration_allowed(struct disposition_context *context, const disposition *proposed,
                                                      const struct former *former)
{
    if (proposed->another_person)
        return DISPOSITION_OK;
    /* Whether it was one for 児童生徒性暴力等 is not known of one that was taken over. */
    if ((former->sexual_violence || former->taken_over) && proposed->council_opinion_reference[0] == '\0')
        return disposition_missing(context, "disposition.council_opinion_reference");
    return former_dq4(former, date_today(context->now_us));
}

static enum qualification_event event_of(Sekisho__V1__DispositionKind kind)
{
    switch (kind) {
    case KIND(SUSPENSION):
        return QUALIFICATION_SUSPEND;
    case KIND(CANCELLATION):
        return QUALIFICATION_CANCEL;
    case KIND(ERASURE):
        return QUALIFICATION_ERASE;
    case KIND(REREGISTRATION):
        return QUALIFICATION_REREGISTER;
    case KIND(RESTORATION):
        return QUALIFICATION_RESTORE;
    case KIND(LATE_FINDING):
        return QUALIFICATION_LATE_FINDING;
    default:
        return QUALIFICATION_EVENT_COUNT;
    }
}

enum disposition_result disposition_allowed(struct disposition_context *context, const disposition *proposed,
                                            const stored_entry *entry, const struct former *former)
{
    Sekisho__V1__RegistrationState next = qualification_next(entry->registration->state, event_of(proposed->kind));

    if (next == STATE(UNSPECIFIED))
        return DISPOSITION_WRONG_STATE;
    /* One that has not begun yet would be lost. */
    if (proposed->kind == KIND(SUSPENSION) && entry->registration->suspended_until)
        return DISPOSITION_WRONG_STATE;
    if (proposed->kind == KIND(LATE_FINDING) && former->sexual_violence)
        return DISPOSITION_WRONG_STATE;
    if (proposed->kind == KIND(REREGISTRATION))
        return reregistration_allowed(context, proposed, former);
    return DISPOSITION_OK;
}
