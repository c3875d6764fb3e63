/* What an application of each kind must say (domain 3.3), and what the kind does with the individual number. */
#include <stdio.h>

#include "server/applications/internal.h"
#include "server/identity/identity.h"
#include "server/register/entry.h"
#include "server/register/person_check.h"

#define KIND(kind) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind

#define NAME_MAX_CHARACTERS 200
#define FIELD_SIZE          80

enum need {
    NEED_REGISTRATION = 1u << 0,
    NEED_ROUTE = 1u << 1,
    NEED_CAUSE = 1u << 2,
    NEED_EVENT = 1u << 3,        /* its date, and who reports it */
    NEED_WHOLE_PERSON = 1u << 4, /* all items of the register */
};

static const struct {
    unsigned needs;
    enum number_rule number;
} kinds[] = {
    [KIND(NEW)] = {NEED_WHOLE_PERSON | NEED_ROUTE, NUMBER_ENROLLED},
    [KIND(REWRITE)] = {NEED_WHOLE_PERSON | NEED_REGISTRATION | NEED_CAUSE, NUMBER_MATCHED},
    [KIND(REISSUE)] = {NEED_WHOLE_PERSON | NEED_REGISTRATION, NUMBER_NONE},
    [KIND(DELETE)] = {NEED_WHOLE_PERSON | NEED_REGISTRATION, NUMBER_MATCHED},
    [KIND(FOUND_CARD)] = {NEED_REGISTRATION, NUMBER_NONE},
    [KIND(DEATH)] = {NEED_REGISTRATION | NEED_EVENT, NUMBER_NONE},
    [KIND(DISQUALIFIED_CONDITION)] = {NEED_REGISTRATION | NEED_CAUSE | NEED_EVENT, NUMBER_NONE},
    [KIND(DISQUALIFIED_SENTENCE)] = {NEED_REGISTRATION | NEED_CAUSE | NEED_EVENT, NUMBER_NONE},
    [KIND(EMPLOYER_REPORT)] = {NEED_CAUSE | NEED_EVENT, NUMBER_NONE},
    [KIND(PREFECTURE_NOTICE)] = {NEED_CAUSE | NEED_EVENT, NUMBER_NONE},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static bool given(const char *text)
{
    return text && text[0] != '\0';
}

static bool past(const Sekisho__V1__Date *date, const struct application_context *context)
{
    return message_date_valid(date) && message_date_number(date) <= date_number(date_of_time_us(context->now_us));
}

/* Who only reports about somebody may not know more than the name. */
static const char *person_missing(const struct application_context *context, const Sekisho__V1__Person *person,
                                  unsigned needs)
{
    struct item_fault fault;
    struct text_key key;

    if (!person || !person->name || !name_key(person->name->text, NAME_MAX_CHARACTERS, &key))
        return "application.person.name";
    if ((needs & NEED_WHOLE_PERSON) == 0)
        return !person->birth_date || past(person->birth_date, context) ? NULL : "application.person.birth_date";
    if (person_check(person, date_number(date_of_time_us(context->now_us)), &fault))
        return NULL;
    char *field = arena_alloc(context, FIELD_SIZE);
    if (!field)
        return "application.person";
    snprintf(field, FIELD_SIZE, "application.person.%s", fault.field);
    return field;
}

/* Named where the kind concerns one, and not by a NEW. */
static bool registration_good(const struct application_context *context, const char *name, unsigned needs)
{
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if (!given(name))
        return (needs & NEED_REGISTRATION) == 0;
    return (needs & NEED_ROUTE) == 0 && entry_name_parse(name, &tenant, &serial, &rest) && rest[0] == '\0' &&
           tenant == context->reg->tenant;
}

static const char *route_missing(const struct application_context *context, const Sekisho__V1__Application *application)
{
    const Sekisho__V1__Date *month = application->qualified_month;

    if (application->route == SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_UNSPECIFIED)
        return "application.route";
    return past(month, context) && month->month != 0 && month->day == 0 ? NULL : "application.qualified_month";
}

const char *application_missing(const struct application_context *context, const Sekisho__V1__Application *application)
{
    if (application->kind == 0 || (size_t)application->kind >= KINDS)
        return "application.kind";
    unsigned needs = kinds[application->kind].needs;
    const char *field = person_missing(context, application->person, needs);
    if (!field && !registration_good(context, application->registration, needs))
        field = "application.registration";
    if (!field && (needs & NEED_ROUTE) != 0)
        field = route_missing(context, application);
    if (!field && (needs & NEED_CAUSE) != 0 && !given(application->cause))
        field = "application.cause";
    if (!field && (needs & NEED_EVENT) != 0 && !past(application->event_date, context))
        field = "application.event_date";
    if (!field && (needs & NEED_EVENT) != 0 && !given(application->reporter))
        field = "application.reporter";
    return field;
}

int application_number_rule(const struct application_context *context, const stored_application *application,
                            enum number_rule *rule)
{
    const Sekisho__V1__Application *shown = application->application;
    const char *rest;
    stored_entry *entry;
    uint16_t tenant;
    uint32_t serial;

    *rule = shown->kind > 0 && (size_t)shown->kind < KINDS ? kinds[shown->kind].number : NUMBER_NONE;
    if (*rule != NUMBER_MATCHED || !entry_name_parse(shown->registration, &tenant, &serial, &rest))
        return 0;
    int rc = entry_get(context->reg, context->txn, serial, context->arena, &entry);
    /* Taken over without a number: a change is the occasion to get it, an erasure is not. */
    if (rc == 0 && entry->registration->number_reference.len == 0)
        *rule = shown->kind == KIND(REWRITE) ? NUMBER_ENROLLED : NUMBER_NONE;
    return rc;
}
