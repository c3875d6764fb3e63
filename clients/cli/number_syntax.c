#include "number_syntax.h"

#include <stdbool.h>

#include "sekisho.h"

static bool full_width_digit(const unsigned char *text, size_t left)
{
    return left >= 3 && text[0] == 0xef && text[1] == 0xbc && text[2] >= 0x90 && text[2] <= 0x99;
}

/* U+3000, which Japanese input methods put for a space. */
static bool ideographic_space(const unsigned char *text, size_t left)
{
    return left >= 3 && text[0] == 0xe3 && text[1] == 0x80 && text[2] == 0x80;
}

enum number_syntax number_syntax(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t left = length, digits = 0;
    bool full_width = false, separated = false, other = false;

    while (left > 0) {
        size_t step = 1;
        if (*at >= '0' && *at <= '9')
            digits++;
        else if (full_width_digit(at, left))
            full_width = true, step = 3;
        else if (ideographic_space(at, left))
            separated = true, step = 3;
        else if (*at == ' ' || *at == '-')
            separated = true;
        else
            other = true;
        at += step, left -= step;
    }
    if (other)
        return NUMBER_NOT_DIGITS;
    if (full_width)
        return NUMBER_FULL_WIDTH;
    if (digits == 0)
        return NUMBER_EMPTY;
    if (separated)
        return NUMBER_SEPARATED;
    return digits < SEKISHO_NUMBER_LEN ? NUMBER_TOO_SHORT : digits > SEKISHO_NUMBER_LEN ? NUMBER_TOO_LONG : NUMBER_OK;
}
