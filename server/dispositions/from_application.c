/* Where applications and dispositions meet: an erasure that an application is, and the gate of a new registration. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/dispositions/internal.h"
#include "server/dispositions/suspension.h"
#include "server/identity/identity.h"
#include "server/register/checks.h"

#define STATE(name) SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name

/* ---- erasure ---- */

static enum disposition_result erasure_of(struct disposition_context *context, const struct application_erasure *from,
                                          stored_disposition **made)
{
    char name[ENTRY_NAME_SIZE];
    stored_disposition *stored = *made = disposition_take(context, sizeof *stored);
    disposition *erasure = disposition_take(context, sizeof *erasure);

    if (!stored || !erasure)
        return DISPOSITION_STORE;
    sekisho__stored__stored_disposition__init(stored);
    sekisho__v1__disposition__init(erasure);
    stored->disposition = erasure;
    entry_name_format(context->reg->tenant, from->serial, name);
    erasure->kind = KIND(ERASURE);
    erasure->state = DECISION(APPROVED);
    erasure->registration = disposition_copy(context, name);
    erasure->application = (char *)(uintptr_t)from->application;
    erasure->reason = (char *)(uintptr_t)from->text;
    erasure->erasure_reason = from->reason;
    erasure->disqualification = from->reason == REASON(DISQUALIFIED) ? DQ(DQ1) : DQ(UNSPECIFIED);
    erasure->event_date = (Sekisho__V1__Date *)(uintptr_t)from->event_date;
    erasure->card_attached = from->card_attached;
    erasure->proposer = (char *)(uintptr_t)from->reviewer;
    erasure->decider = (char *)(uintptr_t)context->account;
    erasure->decide_time_us = context->now_us;
    return erasure->registration ? DISPOSITION_OK : DISPOSITION_STORE;
}

enum disposition_result disposition_from_application(struct disposition_context *context,
                                                     const struct application_erasure *from)
{
    stored_disposition *made;
    stored_entry *entry;
    struct former former = {0};
    uint8_t id[REGISTER_ID_LEN];
    int rc = entry_get(context->reg, context->txn, from->serial, context->arena, &entry);

    if (rc == 0)
        rc = suspension_settle(context->reg, context->txn, context->now_us, context->arena, entry);
    if (rc != 0)
        return disposition_store(context, rc);
    enum disposition_result result = erasure_of(context, from, &made);
    if (result == DISPOSITION_OK)
        result = disposition_allowed(context, made->disposition, entry, &former);
    if (result == DISPOSITION_OK)
        result = disposition_add(context, from->serial, made, id);
    if (result == DISPOSITION_OK)
        result = disposition_effect(context, id, made->disposition, entry, &former);
    return result == DISPOSITION_OK ? disposition_put(context, id, made) : result;
}

/* ---- the gate of a new registration ---- */

struct search {
    const Sekisho__V1__Application *application;
    struct reregistration *found;
    int32_t today;
};

struct grant {
    const char *application;
    bool found, another_person, sexual_violence;
    uint8_t id[REGISTER_ID_LEN];
    const char *name;
};

static enum disposition_result look_for_grant(struct disposition_context *context, const disposition *found,
                                              const uint8_t id[REGISTER_ID_LEN], void *user)
{
    struct grant *grant = user;

    (void)context;
    if (found->kind != KIND(REREGISTRATION) || found->state != DECISION(APPROVED) ||
        strcmp(found->application, grant->application) != 0)
        return DISPOSITION_OK;
    grant->found = true;
    grant->another_person = found->another_person;
    grant->sexual_violence = found->sexual_violence;
    grant->name = found->name;
    memcpy(grant->id, id, REGISTER_ID_LEN);
    return DISPOSITION_OK;
}

static bool is_counted(const struct reregistration *found, const uint8_t id[REGISTER_ID_LEN])
{
    for (unsigned i = 0; i < found->count; i++)
        if (memcmp(found->grants[i], id, REGISTER_ID_LEN) == 0)
            return true;
    return false;
}

static enum disposition_result use_grant(struct disposition_context *context, const struct search *search,
                                         const struct former *former, const struct grant *grant)
{
    struct reregistration *found = search->found;

    if (grant->another_person || is_counted(found, grant->id))
        return DISPOSITION_OK;
    if (found->count == REREGISTRATION_GRANTS_MAX)
        return disposition_store(context, EOVERFLOW);
    found->specially_cancelled =
        found->specially_cancelled || former->sexual_violence || (former->taken_over && grant->sexual_violence);
    memcpy(found->grants[found->count++], grant->id, REGISTER_ID_LEN);
    snprintf(found->decision, sizeof found->decision, "%s", grant->name);
    return former_dq4(former, search->today);
}

static enum disposition_result pass_former(struct disposition_context *context, const struct search *search,
                                           uint32_t serial, const stored_entry *entry)
{
    struct grant grant = {.application = search->application->name};
    struct former former;
    enum disposition_result result = former_decisions(context, serial, entry, &former);

    if (result == DISPOSITION_OK)
        result = disposition_each(context, serial, look_for_grant, &grant);
    if (result != DISPOSITION_OK)
        return result;
    return grant.found ? use_grant(context, search, &former, &grant) : disposition_missing(context, "disposition");
}

static struct civil_date civil(const Sekisho__V1__Date *date)
{
    return date_of_number(date_value(date));
}

static struct identity identity_of(const Sekisho__V1__Person *person)
{
    return (struct identity){.name = person->name ? person->name->text : NULL,
                             .kana = person->kana,
                             .former_surname = person->former_surname ? person->former_surname->text : NULL,
                             .common_name = person->common_name ? person->common_name->text : NULL,
                             .address = person->address,
                             .birth = civil(person->birth_date),
                             .sex = (uint8_t)person->sex};
}

/* Same birth date, and a name that is alike in writing or reading: a person must look. */
static bool is_alike(const Sekisho__V1__Person *former, const Sekisho__V1__Person *applicant)
{
    struct identity ours = identity_of(former), theirs = identity_of(applicant);
    struct identity_match match;

    identity_compare(&ours, &theirs, &match);
    return match.name != NAME_NONE && match.birth != FIELD_DIFFERS;
}

enum known_by { BY_BIRTH, BY_REFERENCE };

/* Every former registration under one key of an index, but those of other persons. */
static enum disposition_result search_index(struct disposition_context *context, const struct search *search,
                                            enum known_by known_by, MDB_val key)
{
    MDB_dbi index = context->reg->table[known_by == BY_BIRTH ? TABLE_entry_by_birth : TABLE_entry_by_reference];
    enum disposition_result result = DISPOSITION_OK;
    MDB_cursor *cursor;
    MDB_val value;
    int rc = mdb_cursor_open(context->txn, index, &cursor);

    if (rc != 0)
        return disposition_store(context, rc);
    for (rc = mdb_cursor_get(cursor, &key, &value, MDB_SET); rc == 0 && result == DISPOSITION_OK;
         rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT_DUP)) {
        stored_entry *entry;
        uint32_t serial;
        memcpy(&serial, value.mv_data, sizeof serial);
        serial = be32toh(serial);
        result = disposition_store(context, entry_get(context->reg, context->txn, serial, context->arena, &entry));
        if (result != DISPOSITION_OK || entry->registration->state != STATE(CANCELLED))
            continue;
        if (known_by == BY_REFERENCE || is_alike(entry->registration->person, search->application->person))
            result = pass_former(context, search, serial, entry);
    }
    mdb_cursor_close(cursor);
    return result != DISPOSITION_OK || rc == MDB_NOTFOUND ? result : disposition_store(context, rc);
}

enum disposition_result reregistration_gate(struct disposition_context *context,
                                            const Sekisho__V1__Application *application, struct reregistration *found)
{
    struct search search = {.application = application, .found = found, .today = date_today(context->now_us)};
    uint32_t birth = htobe32((uint32_t)date_value(application->person->birth_date));
    const ProtobufCBinaryData *reference = &application->number_reference;

    memset(found, 0, sizeof *found);
    enum disposition_result result = search_index(context, &search, BY_BIRTH, (MDB_val){sizeof birth, &birth});
    if (result != DISPOSITION_OK || reference->len == 0)
        return result;
    return search_index(context, &search, BY_REFERENCE, (MDB_val){reference->len, reference->data});
}

enum disposition_result reregistration_use(struct disposition_context *context, const struct reregistration *found,
                                           const char *registration)
{
    for (unsigned i = 0; i < found->count; i++) {
        stored_disposition *grant;
        enum disposition_result result = disposition_get(context, found->grants[i], &grant);
        if (result != DISPOSITION_OK)
            return result;
        grant->disposition->resulting_registration = (char *)(uintptr_t)registration;
        result = disposition_put(context, found->grants[i], grant);
        if (result != DISPOSITION_OK)
            return result;
    }
    return DISPOSITION_OK;
}
