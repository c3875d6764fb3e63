/* The officers' way of a disposition: proposed by one person, decided by another. */
#include <string.h>

#include "server/dispositions/internal.h"
#include "server/dispositions/suspension.h"
#include "server/register/checks.h"
#include "server/services/caller.h"

#define REASON_MAX    1000
#define REFERENCE_MAX 100

/* The registration as it is today, and what was decided about it. `etag`: as the caller has seen it, before the
 * calendar is caught up with; NULL: whatever it is. */
static enum disposition_result look_up(struct disposition_context *context, const disposition *about, const char *etag,
                                       stored_entry **entry, struct former *former)
{
    uint32_t serial = disposition_serial(context, about);
    int rc = entry_get(context->reg, context->txn, serial, context->arena, entry);

    if (rc == MDB_NOTFOUND)
        return disposition_bad(context, "disposition.registration");
    if (rc == 0 && etag && strcmp((*entry)->registration->etag, etag) != 0)
        return DISPOSITION_CHANGED;
    if (rc == 0)
        rc = suspension_settle(context->reg, context->txn, context->now_us, context->arena, *entry);
    return rc != 0 ? disposition_store(context, rc) : former_decisions(context, serial, *entry, former);
}

/* Items that the server gives are not the proposer's. */
static void clear_output(disposition *made)
{
    char *empty = (char *)(uintptr_t)protobuf_c_empty_string;

    made->name = made->etag = made->proposer = made->decider = made->decision_reason = empty;
    made->resulting_registration = empty;
    made->effective_date = NULL;
    made->notice = NULL;
    made->propose_time_us = made->decide_time_us = 0;
    made->state = DECISION(PROPOSED);
}

static enum disposition_result add(struct disposition_context *context, const disposition *proposed,
                                   stored_disposition **made)
{
    uint8_t id[REGISTER_ID_LEN];

    *made = disposition_take(context, sizeof **made);
    disposition *copy = disposition_take(context, sizeof *copy);
    if (!*made || !copy)
        return DISPOSITION_STORE;
    sekisho__stored__stored_disposition__init(*made);
    *copy = *proposed;
    clear_output(copy);
    copy->proposer = (char *)(uintptr_t)context->account;
    (*made)->disposition = copy;
    (*made)->proposer_person =
        (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)context->person, .len = PERSON_TAG_LEN};
    return disposition_add(context, disposition_serial(context, copy), *made, id);
}

enum disposition_result disposition_propose(struct disposition_context *context, const disposition *proposed,
                                            const char *registration_etag, stored_disposition **made)
{
    stored_entry *entry;
    struct former former = {0};
    enum disposition_result result = proposal_check(context, proposed);

    if (result == DISPOSITION_OK)
        result = look_up(context, proposed, registration_etag, &entry, &former);
    if (result != DISPOSITION_OK)
        return result;
    if (former.open)
        return DISPOSITION_ANOTHER_OPEN;
    result = disposition_allowed(context, proposed, entry, &former);
    return result == DISPOSITION_OK ? add(context, proposed, made) : result;
}

/* The proposal as somebody has looked at it. */
static enum disposition_result get_as_seen(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                           const char *etag, stored_disposition **found)
{
    enum disposition_result result = disposition_get(context, id, found);

    if (result == DISPOSITION_OK && strcmp((*found)->disposition->etag, etag) != 0)
        return DISPOSITION_CHANGED;
    return result;
}

static enum disposition_result get_to_decide(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                             const char *etag, bool by_another, stored_disposition **found)
{
    enum disposition_result result = get_as_seen(context, id, etag, found);

    if (result != DISPOSITION_OK)
        return result;
    if ((*found)->disposition->state != DECISION(PROPOSED))
        return DISPOSITION_WRONG_STATE;
    const ProtobufCBinaryData *proposer = &(*found)->proposer_person;
    if (by_another && proposer->len == PERSON_TAG_LEN && memcmp(proposer->data, context->person, PERSON_TAG_LEN) == 0)
        return DISPOSITION_SAME_PERSON;
    return DISPOSITION_OK;
}

static void decided(struct disposition_context *context, disposition *by, Sekisho__V1__DispositionState state)
{
    by->state = state;
    by->decider = (char *)(uintptr_t)context->account;
    by->decide_time_us = context->now_us;
}

enum disposition_result disposition_approve(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                            const char *etag, stored_disposition **approved, stored_entry **entry)
{
    struct former former = {0};
    enum disposition_result result = get_to_decide(context, id, etag, true, approved);

    if (result != DISPOSITION_OK)
        return result;
    /* Days have passed since the proposal. */
    result = proposal_check(context, (*approved)->disposition);
    if (result == DISPOSITION_OK)
        result = look_up(context, (*approved)->disposition, NULL, entry, &former);
    if (result == DISPOSITION_OK)
        result = disposition_allowed(context, (*approved)->disposition, *entry, &former);
    if (result != DISPOSITION_OK)
        return result;
    decided(context, (*approved)->disposition, DECISION(APPROVED));
    result = disposition_effect(context, id, (*approved)->disposition, *entry, &former);
    return result == DISPOSITION_OK ? disposition_put(context, id, *approved) : result;
}

enum disposition_result disposition_end(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        const char *etag, Sekisho__V1__DispositionState end, const char *reason,
                                        stored_disposition **ended)
{
    if (reason[0] == '\0')
        return disposition_missing(context, "reason");
    if (!text_within(reason, 1, REASON_MAX))
        return disposition_bad(context, "reason");
    enum disposition_result result = get_to_decide(context, id, etag, end == DECISION(REJECTED), ended);
    if (result != DISPOSITION_OK)
        return result;
    decided(context, (*ended)->disposition, end);
    (*ended)->disposition->decision_reason = (char *)(uintptr_t)reason;
    return disposition_put(context, id, *ended);
}

static bool wants_notice(const disposition *of)
{
    return of->state == DECISION(APPROVED) && !of->notice &&
           (of->kind == KIND(SUSPENSION) || of->kind == KIND(CANCELLATION));
}

enum disposition_result disposition_notice(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                           const char *etag, const Sekisho__V1__Notice *notice,
                                           stored_disposition **noticed)
{
    enum disposition_result result = get_as_seen(context, id, etag, noticed);

    if (result != DISPOSITION_OK)
        return result;
    disposition *of = (*noticed)->disposition;
    if (!wants_notice(of))
        return DISPOSITION_WRONG_STATE;
    if (!notice || !notice->date)
        return disposition_missing(context, "notice.date");
    int32_t day = date_value(notice->date);
    if (!date_is_day(notice->date) || day > date_today(context->now_us) || day < date_today(of->decide_time_us))
        return disposition_bad(context, "notice.date");
    if (!text_within(notice->reference, 1, REFERENCE_MAX))
        return disposition_bad(context, "notice.reference");
    of->notice = disposition_take(context, sizeof *of->notice);
    if (!of->notice)
        return DISPOSITION_STORE;
    *of->notice = *notice;
    of->notice->recorded_by = (char *)(uintptr_t)context->account;
    return disposition_put(context, id, *noticed);
}
