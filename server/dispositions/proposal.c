/* What a proposal must say for itself, whatever the register says (domain 3.4 to 3.7). */
#include <string.h>

#include "server/dispositions/internal.h"
#include "server/dispositions/name.h"
#include "server/register/checks.h"

#define REFERENCE_MAX   100
#define REASON_MAX      1000
#define FACTS_MAX       2000
#define NAME_CHARACTERS 200
#define REQUESTS_MAX    20

static bool given(const char *text)
{
    return text[0] != '\0';
}

static enum disposition_result check_texts(struct disposition_context *context, const disposition *proposed)
{
    const struct {
        const char *text, *field;
        size_t max;
    } texts[] = {
        {proposed->reason, "disposition.reason", REASON_MAX},
        {proposed->finding_reference, "disposition.finding_reference", REFERENCE_MAX},
        {proposed->sexual_violence_facts, "disposition.sexual_violence_facts", FACTS_MAX},
        {proposed->confirmation_reference, "disposition.confirmation_reference", REFERENCE_MAX},
        {proposed->hearing_reference, "disposition.hearing_reference", REFERENCE_MAX},
        {proposed->hearing_omitted_reason, "disposition.hearing_omitted_reason", REASON_MAX},
        {proposed->council_opinion_reference, "disposition.council_opinion_reference", REFERENCE_MAX},
        {proposed->present_name, "disposition.present_name", NAME_CHARACTERS},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (given(texts[i].text) && !text_within(texts[i].text, 1, texts[i].max))
            return disposition_bad(context, texts[i].field);
    if (proposed->n_information_requests > REQUESTS_MAX)
        return disposition_bad(context, "disposition.information_requests");
    for (size_t i = 0; i < proposed->n_information_requests; i++)
        if (!text_within(proposed->information_requests[i], 1, REFERENCE_MAX))
            return disposition_bad(context, "disposition.information_requests");
    return given(proposed->reason) ? DISPOSITION_OK : disposition_missing(context, "disposition.reason");
}

static enum disposition_result check_names(struct disposition_context *context, const disposition *proposed)
{
    uint8_t id[REGISTER_ID_LEN];
    uint32_t serial;

    if (!given(proposed->registration))
        return disposition_missing(context, "disposition.registration");
    if (!disposition_registration_parse(proposed->registration, context->reg->tenant, &serial))
        return disposition_bad(context, "disposition.registration");
    if (!given(proposed->application))
        return DISPOSITION_OK;
    if (!disposition_application_parse(proposed->application, context->reg->tenant, id))
        return disposition_bad(context, "disposition.application");
    MDB_val key = {sizeof id, id}, value;
    int rc = mdb_get(context->txn, context->reg->table[TABLE_application], &key, &value);
    return rc == MDB_NOTFOUND ? disposition_bad(context, "disposition.application") : disposition_store(context, rc);
}

/* 児福規6条の34の2, 行政手続法13条 */
static enum disposition_result check_procedure(struct disposition_context *context, const disposition *proposed)
{
    if (!given(proposed->confirmation_reference))
        return disposition_missing(context, "disposition.confirmation_reference");
    if (!given(proposed->hearing_reference) && !given(proposed->hearing_omitted_reason))
        return disposition_missing(context, "disposition.hearing_reference");
    return DISPOSITION_OK;
}

static enum disposition_result check_facts(struct disposition_context *context, const disposition *proposed)
{
    if (!proposed->sexual_violence)
        return disposition_missing(context, "disposition.sexual_violence");
    if (!given(proposed->sexual_violence_facts))
        return disposition_missing(context, "disposition.sexual_violence_facts");
    return DISPOSITION_OK;
}

static enum disposition_result check_suspension(struct disposition_context *context, const disposition *proposed)
{
    if (proposed->ground != GROUND(CX4))
        return disposition_bad(context, "disposition.ground");
    /* Then it must be cancelled (18条の19①三). */
    if (proposed->sexual_violence)
        return disposition_bad(context, "disposition.sexual_violence");
    if (!proposed->period_from || !proposed->period_to)
        return disposition_missing(context, "disposition.period_from");
    if (!date_is_day(proposed->period_from) || date_value(proposed->period_from) < date_today(context->now_us))
        return disposition_bad(context, "disposition.period_from");
    if (!date_is_day(proposed->period_to) || date_value(proposed->period_to) < date_value(proposed->period_from))
        return disposition_bad(context, "disposition.period_to");
    return check_procedure(context, proposed);
}

static enum disposition_result check_cancellation(struct disposition_context *context, const disposition *proposed)
{
    bool disqualified = proposed->disqualification != DQ(UNSPECIFIED);

    if (proposed->ground == GROUND(UNSPECIFIED))
        return disposition_missing(context, "disposition.ground");
    if (proposed->ground > GROUND(CX4))
        return disposition_bad(context, "disposition.ground");
    if (proposed->ground == GROUND(CX1) && !disqualified)
        return disposition_missing(context, "disposition.disqualification");
    if (proposed->disqualification > DQ(DQ5) || proposed->disqualification == DQ(DQ4) ||
        (proposed->ground != GROUND(CX1) && disqualified))
        return disposition_bad(context, "disposition.disqualification");
    if (proposed->ground == GROUND(CX3) || proposed->sexual_violence) {
        enum disposition_result result = check_facts(context, proposed);
        if (result != DISPOSITION_OK)
            return result;
    }
    return check_procedure(context, proposed);
}

static enum disposition_result check_event_date(struct disposition_context *context, const disposition *proposed)
{
    int32_t day = date_value(proposed->event_date);

    if (!proposed->event_date)
        return disposition_missing(context, "disposition.event_date");
    if (!date_is_partial(proposed->event_date) || day > date_today(context->now_us))
        return disposition_bad(context, "disposition.event_date");
    return DISPOSITION_OK;
}

static enum disposition_result check_erasure(struct disposition_context *context, const disposition *proposed)
{
    if (proposed->erasure_reason == REASON(UNSPECIFIED))
        return disposition_missing(context, "disposition.erasure_reason");
    if (proposed->erasure_reason > REASON(APPLICATION))
        return disposition_bad(context, "disposition.erasure_reason");
    /* The other grounds of 18条の5 must be cancelled (18条の19①一). */
    if (proposed->disqualification != (proposed->erasure_reason == REASON(DISQUALIFIED) ? DQ(DQ1) : DQ(UNSPECIFIED)))
        return disposition_bad(context, "disposition.disqualification");
    if (!given(proposed->application) &&
        (!given(proposed->finding_reference) || proposed->erasure_reason == REASON(APPLICATION)))
        return disposition_missing(context, "disposition.application");
    return proposed->erasure_reason == REASON(APPLICATION) ? DISPOSITION_OK : check_event_date(context, proposed);
}

static enum disposition_result check_reregistration(struct disposition_context *context, const disposition *proposed)
{
    int32_t opinion = date_value(proposed->council_opinion_date);

    if (!given(proposed->application))
        return disposition_missing(context, "disposition.application");
    if (!given(proposed->council_opinion_reference))
        return DISPOSITION_OK;
    if (!date_is_day(proposed->council_opinion_date) || opinion > date_today(context->now_us))
        return disposition_bad(context, "disposition.council_opinion_date");
    return DISPOSITION_OK;
}

/* An item of another kind would stand in the record and mean nothing. */
static enum disposition_result check_foreign(struct disposition_context *context, const disposition *proposed)
{
    bool suspends = proposed->kind == KIND(SUSPENSION), cancels = proposed->kind == KIND(CANCELLATION),
         erases = proposed->kind == KIND(ERASURE);

    if (!suspends && (proposed->period_from || proposed->period_to))
        return disposition_bad(context, "disposition.period_from");
    if (!suspends && !cancels && proposed->ground != GROUND(UNSPECIFIED))
        return disposition_bad(context, "disposition.ground");
    if (!cancels && !erases && proposed->disqualification != DQ(UNSPECIFIED))
        return disposition_bad(context, "disposition.disqualification");
    if (!erases && proposed->erasure_reason != REASON(UNSPECIFIED))
        return disposition_bad(context, "disposition.erasure_reason");
    if (!erases && proposed->event_date)
        return disposition_bad(context, "disposition.event_date");
    return DISPOSITION_OK;
}

static enum disposition_result check_kind(struct disposition_context *context, const disposition *proposed)
{
    switch (proposed->kind) {
    case KIND(SUSPENSION):
        return check_suspension(context, proposed);
    case KIND(CANCELLATION):
        return check_cancellation(context, proposed);
    case KIND(ERASURE):
        return check_erasure(context, proposed);
    case KIND(REREGISTRATION):
        return check_reregistration(context, proposed);
    case KIND(RESTORATION):
        return DISPOSITION_OK;
    case KIND(LATE_FINDING):
        return check_facts(context, proposed);
    case KIND(UNSPECIFIED):
        return disposition_missing(context, "disposition.kind");
    default:
        return disposition_bad(context, "disposition.kind");
    }
}

enum disposition_result proposal_check(struct disposition_context *context, const disposition *proposed)
{
    enum disposition_result result = check_kind(context, proposed);

    if (result == DISPOSITION_OK)
        result = check_foreign(context, proposed);
    if (result == DISPOSITION_OK)
        result = check_texts(context, proposed);
    return result == DISPOSITION_OK ? check_names(context, proposed) : result;
}
