#include "server/applications/compare.h"

#include <string.h>

#include "server/applications/internal.h"
#include "server/register/entry.h"

static const char *text_of(const Sekisho__V1__Name *name)
{
    return name ? name->text : NULL;
}

void identity_of_person(const Sekisho__V1__Person *person, struct identity *identity)
{
    *identity = (struct identity){
        .name = text_of(person->name),
        .kana = person->kana,
        .former_surname = text_of(person->former_surname),
        .common_name = text_of(person->common_name),
        .address = person->address,
        .sex = (uint8_t)person->sex,
    };
    if (person->birth_date)
        identity->birth = (struct civil_date){.year = (int16_t)person->birth_date->year,
                                              .month = (int8_t)person->birth_date->month,
                                              .day = (int8_t)person->birth_date->day};
}

int match_add(struct application_context *context, stored_application *application, const char *with,
              const struct identity_match *match, Sekisho__Stored__MatchResult **added)
{
    size_t count = application->n_matches;
    Sekisho__Stored__MatchResult **all = arena_alloc(context, (count + 1) * sizeof(Sekisho__Stored__MatchResult *));
    Sekisho__Stored__MatchResult *result = arena_alloc(context, sizeof *result);

    if (!all || !result)
        return MDB_MAP_FULL;
    sekisho__stored__match_result__init(result);
    result->with = (char *)(uintptr_t)with;
    result->level = match->level;
    result->name = match->name;
    result->birth = match->birth;
    result->sex = match->sex;
    result->address = match->address;
    result->needs_person = match->needs_person;
    result->fold_table_version = match->fold_table_version;
    result->time_us = context->now_us;
    if (count > 0)
        memcpy(all, application->matches, count * sizeof(Sekisho__Stored__MatchResult *));
    all[count] = result;
    application->matches = all;
    application->n_matches = count + 1;
    *added = result;
    return 0;
}

int compare_with_register(struct application_context *context, stored_application *application, uint32_t serial,
                          Sekisho__Stored__MatchResult **added)
{
    struct identity ours, theirs;
    struct identity_match match;
    stored_entry *entry;
    int rc = entry_get(context->reg, context->txn, serial, context->arena, &entry);

    if (rc != 0)
        return rc;
    identity_of_person(application->application->person, &ours);
    identity_of_person(entry->registration->person, &theirs);
    identity_compare(&ours, &theirs, &match);
    return match_add(context, application, "register", &match, added);
}

Sekisho__Stored__MatchResult *match_latest(const stored_application *application, const char *with)
{
    for (size_t i = application->n_matches; i > 0; i--)
        if (strcmp(application->matches[i - 1]->with, with) == 0)
            return application->matches[i - 1];
    return NULL;
}

_Static_assert((int)MATCH_MATCH == (int)SEKISHO__V1__MATCH_LEVEL__MATCH_LEVEL_MATCH &&
                   (int)NAME_EXACT_RAW == (int)SEKISHO__V1__NAME_LEVEL__NAME_LEVEL_RAW &&
                   (int)FIELD_EQUAL == (int)SEKISHO__V1__FIELD_LEVEL__FIELD_LEVEL_EQUAL,
               "levels of the API are those of the comparison");

void match_show(const Sekisho__Stored__MatchResult *match, Sekisho__V1__Comparison *shown)
{
    sekisho__v1__comparison__init(shown);
    shown->with = match->with;
    shown->level = (Sekisho__V1__MatchLevel)match->level;
    shown->name_level = (Sekisho__V1__NameLevel)match->name;
    shown->birth_date_level = (Sekisho__V1__FieldLevel)match->birth;
    shown->sex_level = (Sekisho__V1__FieldLevel)match->sex;
    shown->address_level = (Sekisho__V1__FieldLevel)match->address;
    shown->needs_person = match->needs_person;
    shown->fold_table_version = match->fold_table_version;
    shown->time_us = match->time_us;
    shown->decision = match->decision;
}
