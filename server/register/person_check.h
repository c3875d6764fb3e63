/* Whether the items of a person and of an entry are as the register wants them. Pure; nothing is changed. */
#ifndef SEKISHO_REGISTER_PERSON_CHECK_H
#define SEKISHO_REGISTER_PERSON_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "sekisho/v1/register.pb-c.h"

/* What is wrong: the field's path below what was checked, e.g. "name.text", and how. Static texts; never a value. */
struct item_fault {
    const char *field;
    const char *what;
    bool missing; /* a required one is not there */
};

/* today: yyyymmdd of Japan; nobody is born later. */
bool person_check(const Sekisho__V1__Person *person, int32_t today, struct item_fault *fault);
/* The items of an entry that are not output only, with its person ("person.name.text"). */
bool registration_check(const Sekisho__V1__Registration *registration, int32_t today, struct item_fault *fault);

/* A date whose parts may be unknown from the right; 1868-01-25 or later. NULL is not. */
bool message_date_valid(const Sekisho__V1__Date *date);
/* yyyymmdd with zeros for what is not known; 0 for NULL. */
int32_t message_date_number(const Sekisho__V1__Date *date);

#endif
