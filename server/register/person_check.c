#include "server/register/person_check.h"

#include <stddef.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/checks.h"

#define NAME_MAX_CHARACTERS    200
#define ADDRESS_MAX_CHARACTERS 300
#define WRITTEN_MAX_CHARACTERS 40
#define PREFECTURE_MAX         47

static bool fault_of(struct item_fault *fault, const char *field, const char *what)
{
    *fault = (struct item_fault){.field = field, .what = what};
    return false;
}

static bool missing(struct item_fault *fault, const char *field)
{
    *fault = (struct item_fault){.field = field, .what = "is required", .missing = true};
    return false;
}

static struct civil_date civil_of(const Sekisho__V1__Date *date)
{
    return (struct civil_date){(int16_t)date->year, (int8_t)date->month, (int8_t)date->day};
}

bool message_date_valid(const Sekisho__V1__Date *date)
{
    return date && date->year >= 0 && date->year <= 9999 && date->month >= 0 && date->month <= 12 && date->day >= 0 &&
           date->day <= 31 && date_valid(civil_of(date));
}

int32_t message_date_number(const Sekisho__V1__Date *date)
{
    return date_value(date);
}

static bool is_empty(const Sekisho__V1__Name *name)
{
    return !name || name->text[0] == '\0';
}

static bool name_valid(const Sekisho__V1__Name *name)
{
    struct text_key key;

    return is_empty(name) || name_key(name->text, NAME_MAX_CHARACTERS, &key);
}

/* U+30A0..U+30FF and spaces: what is printed above a name. */
static bool is_katakana(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at) {
        bool space = at[0] == 0xe3 && at[1] == 0x80 && at[2] == 0x80;
        bool kana = at[0] == 0xe3 && ((at[1] == 0x82 && at[2] >= 0xa0) || at[1] == 0x83);
        if (!space && !kana && *at != ' ')
            return false;
        at += *at == ' ' ? 1 : 3;
    }
    return true;
}

static bool all_of(const char *text, size_t length, char first, char last)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < first || text[i] > last)
            return false;
    return text[length] == '\0';
}

static bool prefecture_valid(const char *code)
{
    if (!all_of(code, 2, '0', '9'))
        return false;
    int number = (code[0] - '0') * 10 + (code[1] - '0');
    return number >= 1 && number <= PREFECTURE_MAX;
}

static bool check_names(const Sekisho__V1__Person *person, struct item_fault *fault)
{
    static const char wrong[] = "must be 1 to 200 characters without control characters";
    struct text_key key;

    if (is_empty(person->name))
        return missing(fault, "name.text");
    if (!name_valid(person->name))
        return fault_of(fault, "name.text", wrong);
    if (person->kana[0] != '\0' && (!is_katakana(person->kana) || !kana_key(person->kana, NAME_MAX_CHARACTERS, &key)))
        return fault_of(fault, "kana", "must be at most 200 characters of full-width katakana");
    if (!name_valid(person->former_surname))
        return fault_of(fault, "former_surname.text", wrong);
    if (!name_valid(person->common_name))
        return fault_of(fault, "common_name.text", wrong);
    if (!name_valid(person->roman_name))
        return fault_of(fault, "roman_name.text", wrong);
    return true;
}

static bool check_birth(const Sekisho__V1__Person *person, int32_t today, struct item_fault *fault)
{
    if (!person->birth_date)
        return missing(fault, "birth_date");
    if (!message_date_valid(person->birth_date))
        return fault_of(fault, "birth_date", "must be a civil date from 1868-01-25 on, parts unknown from the right");
    if (message_date_number(person->birth_date) > today)
        return fault_of(fault, "birth_date", "must not be in the future");
    if (!text_within(person->birth_date_text, 0, WRITTEN_MAX_CHARACTERS))
        return fault_of(fault, "birth_date_text", "must be at most 40 characters");
    return true;
}

static bool check_origin(const Sekisho__V1__Person *person, struct item_fault *fault)
{
    bool honseki = person->honseki_prefecture[0] != '\0', nationality = person->nationality[0] != '\0';

    if (!honseki && !nationality)
        return missing(fault, "honseki_prefecture");
    if (honseki && nationality)
        return fault_of(fault, "nationality", "must be empty when honseki_prefecture is given");
    if (honseki && !prefecture_valid(person->honseki_prefecture))
        return fault_of(fault, "honseki_prefecture", "must be 01 to 47 (JIS X 0401)");
    if (nationality && !all_of(person->nationality, 3, 'A', 'Z'))
        return fault_of(fault, "nationality", "must be three capital letters (ISO 3166-1 alpha-3)");
    return true;
}

bool person_check(const Sekisho__V1__Person *person, int32_t today, struct item_fault *fault)
{
    if (!check_names(person, fault) || !check_birth(person, today, fault) || !check_origin(person, fault))
        return false;
    if (person->sex != 0 && person->sex != 1 && person->sex != 2 && person->sex != 9)
        return fault_of(fault, "sex", "must be 1, 2 or 9 (ISO/IEC 5218), or not given");
    if (!text_within(person->address, 0, ADDRESS_MAX_CHARACTERS))
        return fault_of(fault, "address", "must be at most 300 characters without control characters");
    if (person->municipality_code[0] != '\0' && !all_of(person->municipality_code, 5, '0', '9'))
        return fault_of(fault, "municipality_code", "must be five digits");
    return true;
}

/* The person's paths below "person.". */
static const char *below_person(const char *field)
{
    static const char *const paths[] = {
        "person.name.text",
        "person.kana",
        "person.former_surname.text",
        "person.common_name.text",
        "person.roman_name.text",
        "person.birth_date",
        "person.birth_date_text",
        "person.honseki_prefecture",
        "person.nationality",
        "person.sex",
        "person.address",
        "person.municipality_code",
    };

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strcmp(paths[i] + sizeof "person." - 1, field) == 0)
            return paths[i];
    return "person";
}

static bool check_qualification(const Sekisho__V1__Registration *registration, int32_t today, struct item_fault *fault)
{
    const Sekisho__V1__Date *month = registration->qualified_month;

    if ((int)registration->kind < 0 || registration->kind > SEKISHO__V1__REGISTER_KIND__REGISTER_KIND_REGIONAL)
        return fault_of(fault, "kind", "is not a kind of registration");
    if (registration->route != SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL &&
        registration->route != SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_EXAMINATION)
        return missing(fault, "route");
    if (!month)
        return missing(fault, "qualified_month");
    if (!message_date_valid(month) || month->day != 0 || message_date_number(month) > today)
        return fault_of(fault, "qualified_month", "must be a year and month of the past, day zero");
    return true;
}

bool registration_check(const Sekisho__V1__Registration *registration, int32_t today, struct item_fault *fault)
{
    if (!registration->person)
        return missing(fault, "person");
    if (!person_check(registration->person, today, fault)) {
        fault->field = below_person(fault->field);
        return false;
    }
    if (!registration->registration_date)
        return missing(fault, "registration_date");
    if (!message_date_valid(registration->registration_date) || registration->registration_date->day == 0 ||
        message_date_number(registration->registration_date) > today)
        return fault_of(fault, "registration_date", "must be a whole date of the past or today");
    return check_qualification(registration, today, fault);
}
