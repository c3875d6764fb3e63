#include "number/individual_number.h"

/* Q(n) of the rule, read from the left: weights 6 5 4 3 2 7 6 5 4 3 2 (see the header for the source). */
static const unsigned char weights[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};

static unsigned check_value(const char digits[11])
{
    unsigned sum = 0;

    for (int i = 0; i < 11; i++)
        sum += (unsigned)(digits[i] - '0') * weights[i];
    unsigned remainder = sum % 11u;
    return remainder <= 1 ? 0 : 11 - remainder;
}

bool individual_number_valid(const char digits[12])
{
    unsigned bad = 0, any = 0;

    for (int i = 0; i < 12; i++) {
        unsigned value = (unsigned)(unsigned char)digits[i] - '0';
        bad |= value > 9u;
        any |= value;
    }
    return (!bad) & (any != 0) & (check_value(digits) == (unsigned)(unsigned char)digits[11] - '0');
}

char individual_number_check_digit(const char digits[11])
{
    return (char)('0' + check_value(digits));
}
