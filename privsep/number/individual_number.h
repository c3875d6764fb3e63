/*
 * 個人番号 (individual number): 11 digits and a check digit. Rule: 平成26年総務省令第85号 第5条.
 * The check digit catches typing errors only; it never proves an identity.
 */
#ifndef SEKISHO_NUMBER_INDIVIDUAL_NUMBER_H
#define SEKISHO_NUMBER_INDIVIDUAL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* True when `digits` is 12 ASCII digits (no terminator needed) with the right check digit and not all zeros (which the
 * arithmetic passes; refused by policy). Time does not depend on the digits. */
bool individual_number_valid(const char digits[12]);

/* The check digit ('0'..'9') of 11 ASCII digits. */
char individual_number_check_digit(const char digits[11]);

#endif
