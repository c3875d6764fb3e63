#include "server/services/application_input.h"

#include <string.h>
#include <time.h>

#include "server/register/entry.h"

#define JAPAN_S (9 * 3600)

int64_t time_of_day(const Sekisho__V1__Date *day)
{
    struct tm noon = {.tm_year = day->year - 1900, .tm_mon = day->month - 1, .tm_mday = day->day, .tm_hour = 12};

    return ((int64_t)timegm(&noon) - JAPAN_S) * 1000000;
}

/* Who is only reported about may be known in part: the lengths hold all the same. */
static bool check_lengths(struct register_call *call, const Sekisho__V1__Application *input)
{
    const Sekisho__V1__Person *person = input->person;

    if (!text_check(call, input->cause, REASON_MAX_CHARACTERS, false, "application.cause") ||
        !text_check(call, input->reporter, 60, false, "application.reporter"))
        return false;
    return !person ||
           (text_check(call, person->kana, 200, false, "application.person.kana") &&
            text_check(call, person->birth_date_text, 40, false, "application.person.birth_date_text") &&
            text_check(call, person->address, 300, false, "application.person.address") &&
            text_check(call, person->municipality_code, 5, false, "application.person.municipality_code") &&
            text_check(call, person->honseki_prefecture, 2, false, "application.person.honseki_prefecture") &&
            text_check(call, person->nationality, 3, false, "application.person.nationality"));
}

static bool check_registration(struct opened *opened, const Sekisho__V1__Application *input)
{
    struct register_call *call = opened->call;
    stored_entry *entry;
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if (!entry_name_parse(input->registration, &tenant, &serial, &rest))
        return true; /* none: application_missing has seen that the kind needs none */
    int rc = entry_get(call->reg, call->txn, serial, &call->arena, &entry);
    if (rc == MDB_NOTFOUND)
        (void)register_fail(call, REGISTER_BAD_FIELD, "application.registration", "there is no such registration");
    else if (rc != 0)
        (void)register_fail_store(call, rc);
    return rc == 0;
}

static void take_items(Sekisho__V1__Application *shown, const Sekisho__V1__Application *input)
{
    shown->kind = input->kind;
    shown->person = input->person;
    shown->registration = input->registration;
    shown->register_kind = input->register_kind;
    shown->route = input->route;
    shown->qualified_month = input->qualified_month;
    shown->cause = input->cause;
    shown->event_date = input->event_date;
    shown->reporter = input->reporter;
    shown->card_attached = input->card_attached;
    shown->no_disqualification_declared = input->no_disqualification_declared;
}

bool application_take(struct opened *opened, const Sekisho__V1__Application *input)
{
    struct register_call *call = opened->call;
    Sekisho__V1__Application *shown = opened->application->application;

    if (!input) {
        (void)register_fail(call, REGISTER_MISSING_FIELD, "application", NULL);
        return false;
    }
    if (shown->kind != 0 && input->kind != shown->kind) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "application.kind", "stays as it is");
        return false;
    }
    const char *missing = application_missing(&opened->context, input);
    if (missing) {
        (void)register_fail(call, REGISTER_BAD_FIELD, missing, NULL);
        return false;
    }
    if (!check_lengths(call, input) || !check_registration(opened, input))
        return false;
    take_items(shown, input);
    return true;
}
