/* What every request's texts and dates are held to before they are stored. The runtime has refused what is not UTF-8.
 */
#ifndef SEKISHO_REGISTER_CHECKS_H
#define SEKISHO_REGISTER_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sekisho/v1/register.pb-c.h"

/* min..max characters, without control characters but line feeds; not only spaces when min > 0. */
bool text_within(const char *text, size_t min, size_t max);
/* 1..max ASCII letters, digits and hyphens. */
bool token_within(const char *text, size_t max);

/* yyyymmdd; unknown parts zero, 0 for NULL. */
int32_t date_value(const Sekisho__V1__Date *date);
/* A day of the calendar, all parts known. */
bool date_is_day(const Sekisho__V1__Date *date);
/* A date whose day, or day and month, may be unknown. */
bool date_is_partial(const Sekisho__V1__Date *date);
/* In `arena`; NULL when there is no memory, or when value is 0. */
Sekisho__V1__Date *date_new(int32_t value, ProtobufCAllocator *arena);
/* The day in Japan. */
int32_t date_today(int64_t now_us);
int32_t date_after(int32_t day, int days);

#endif
